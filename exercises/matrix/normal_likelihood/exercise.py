"""Maximum likelihood of the mean and of the covariance matrix of a normal sample."""

from dataclasses import replace

from keygen.author import concluded, differentials

LIKELIHOODS = (
    "-n*k/2*ln(2*pi) - n/2*ln(det(Sigma)) - 1/2*{}",
    "-n/2*ln(det(Sigma)) - 1/2*{}",
    "n/2*ln(det(Sigma)) + 1/2*{}",
    "n*ln(det(Sigma)) + {}",
    "1/2*ln(det(Sigma)) + 1/(2*n)*{}",
    "ln(det(Sigma)) + 1/n*{}",
)
DEVIATIONS = ("x[i] - mu", "mu - x[i]", "x[i] - b[i] - mu", "b[i] + mu - x[i]", "x[i] - t[i]*mu", "t[i]*mu - x[i]")
PATTERNS = tuple(
    f.format(f"sum({{|c[i]*}}({u}).T @ inv(Sigma) @ ({u}) for i in range(n))") for f in LIKELIHOODS for u in DEVIATIONS
)
SHAPES = "x:k,1 b:k,1 mu:k,1 Sigma:k,k,definite t:1,1,positive c:1,1,positive pi:1,1,positive"
PUBLISHED = "-n*k/2*ln(2*pi) - n/2*ln(det(Sigma)) - 1/2*sum((x[i] - mu).T @ inv(Sigma) @ (x[i] - mu) for i in range(n))"

problems = {
    "mu": differentials.formulas("mu", *PATTERNS, published=PUBLISHED, shapes=SHAPES, tall=True),
}


def show(s):
    by_mean = s.problems["mu"]
    letters = by_mean.symbols
    mean = differentials.Worked(by_mean, "L", others=(letters["Sigma"],))
    covariance = differentials.Worked(replace(by_mean, wrt=letters["Sigma"]), "L", others=(letters["mu"],))
    estimate = covariance.result("optimum")
    hat = replace(mean.wrt, name=f"{mean.wrt.name}hat")
    return {
        "mean": mean,
        "covariance": covariance,
        "sample": next(letter for letter in mean.letters if letter.name == "x"),
        "exact": "pi" in letters and "c" not in letters,
        "estimate": replace(estimate, value=differentials.substitute(estimate.value, mean.wrt, hat)),
    }


def answers(s):
    mean, covariance = s.shown["mean"], s.shown["covariance"]
    by_mean, by_covariance = (worked.in_matrices(worked.value("optimum")) for worked in (mean, covariance))
    both = covariance.answer(differentials.substitute(by_covariance, mean.wrt, by_mean))
    by_parts = covariance.answers(Sigma_given_mu="optimum", gradient="gradient")
    return {
        "a": mean.answers(mu="optimum", gradient="gradient"),
        "b": {"Sigma": concluded(both, s.shown["estimate"])} | by_parts,
    }
