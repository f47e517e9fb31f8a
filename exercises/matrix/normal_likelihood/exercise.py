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


signs = differentials.signs("L", "Sigma", before="muhat", matrices="x b mu")


def show(s):
    by_mean = s.problems["mu"]
    mu, sigma = by_mean.symbols["mu"], by_mean.symbols["Sigma"]
    mean = differentials.Worked(by_mean, "L", others=(sigma,))
    covariance = differentials.Worked(replace(by_mean, wrt=sigma), "L", before=(mu,))
    sample = next(letter for letter in mean.letters if letter.name == "x")
    model = differentials.normal_model(by_mean.f, mu, sigma, sample)
    estimate = covariance.result("optimum")
    hat = replace(mu, name="muhat")
    estimate = replace(estimate, value=differentials.substitute(estimate.value, mu, hat))
    precision = differentials.Symbol("P", *sigma.shape, trait="definite")
    at_mean = differentials.substitute(by_mean.f, mu, hat)
    f = differentials.in_precision(at_mean, sigma, precision)
    slope = differentials.substitute(covariance.value("gradient"), mu, hat)
    profile = differentials.Subject(at_mean, sigma, slope, estimate.value, defined=((hat, mean.optimum.solution),))
    inverse = differentials.inverse(sigma)
    column = differentials.Symbol("v", sigma.rows, 1)
    return {
        "mean": mean,
        "covariance": covariance,
        "model": model,
        "common_mean": model.mean == mu,
        "exact": "pi" in by_mean.symbols and model.covariance == sigma,
        "estimate": estimate,
        "hat": hat,
        "column": column,
        "form": differentials.as_squares(estimate.value, column),
        "precision": differentials.Worked(replace(by_mean, f=f, wrt=precision), "L", before=(hat,)),
        "moved": differentials.equalities(
            differentials.Differential(inverse), (differentials.by_rule("inverse", inverse), "inverse")
        ),
        "tried": differentials.try_on_numbers(profile),
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
