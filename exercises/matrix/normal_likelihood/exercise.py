"""Maximum likelihood of the mean and of the covariance matrix of a normal sample."""

from dataclasses import replace

from keygen.author import differentials

problems = differentials.problems("matrix/normal_likelihood", "mu", tall=True)


def show(s):
    by_mean = s.problems["mu"]
    letters = by_mean.symbols
    mean = differentials.Worked(by_mean, "L", others=(letters["Sigma"],))
    covariance = differentials.Worked(replace(by_mean, wrt=letters["Sigma"]), "L", others=(letters["mu"],))
    return {
        "mean": mean,
        "covariance": covariance,
        "sample": next(letter for letter in mean.letters if letter.name == "x"),
        "exact": "pi" in letters and "c" not in letters,
        "estimate": differentials.with_hat(covariance.result("optimum"), mean.wrt),
    }


def answers(s):
    mean, covariance = s.shown["mean"], s.shown["covariance"]
    estimate = {"Sigma": covariance.estimate(mean)}
    return {
        "a": mean.answers(mu="optimum", gradient="gradient"),
        "b": estimate | covariance.answers(Sigma_given_mu="optimum", gradient="gradient"),
    }
