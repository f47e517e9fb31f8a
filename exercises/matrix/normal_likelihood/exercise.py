"""Maximum likelihood of the mean and of the covariance matrix of a normal sample."""

from dataclasses import replace

from keygen.author import differentials

problems = differentials.problems("matrix/normal_likelihood", "mu", tall=True)


def show(s):
    by_mean = s.problems["mu"]
    covariance = by_mean.symbols["Sigma"]
    return {
        "mean": differentials.Worked(by_mean, "L", others=(covariance,)),
        "covariance": differentials.Worked(replace(by_mean, wrt=covariance), "L"),
    }


def answers(s):
    return {
        "a": s.shown["mean"].answers(mu="optimum", gradient="gradient"),
        "b": s.shown["covariance"].answers(Sigma="optimum", gradient="gradient"),
    }
