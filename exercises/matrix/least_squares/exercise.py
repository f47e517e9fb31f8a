"""Least squares: the differential, the normal equations, the gradient step, the second differential."""

from keygen.author import concluded, differentials

RESIDUALS = (
    "y - X @ w",
    "X @ w - y",
    "y - Z.T @ w",
    "Z.T @ w - y",
    "y - X @ w - b",
    "X @ w + b - y",
    "y - Z.T @ w - b",
    "Z.T @ w + b - y",
)
SAMPLE = "X:n,k Z:k,n w:k,1 y:n,1 b:n,1 W:n,n,definite"

problems = {
    "a": differentials.formulas(
        "w",
        *(f"{{|1/2*|1/n*}}({r}).T @ {{|W @ }}({r})" for r in RESIDUALS),
        *(f"{{|1/2*|1/n*}}norm({r})**2" for r in RESIDUALS),
        published="(y - X @ w).T @ (y - X @ w)",
        shapes=SAMPLE,
        tall=True,
    ),
}


signs = differentials.signs("L", "w", matrices="X Z W y b")


def show(s):
    loss = differentials.Worked(s.problems["a"], "L")
    constant = [letter for letter in loss.letters if letter.name == "b"]
    return {"loss": loss, "constant": constant, "column": loss.column, "tried": loss.tried(optimum=True)}


def answers(s):
    loss = s.shown["loss"]
    kinds = {"a": "gradient", "b": "optimum", "c": "step", "d": "hessian"}
    found = {part: loss.answers(**{kind: kind}) for part, kind in kinds.items()}
    found["a"]["gradient"] = concluded(found["a"]["gradient"], *map(loss.result, ("differential", "gradient")))
    found["d"]["hessian"] = concluded(found["d"]["hessian"], *map(loss.result, ("second_differential", "hessian")))
    return found
