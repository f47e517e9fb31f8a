"""Ridge regression: the differential, the normal equations, the gradient step, the second differential."""

from keygen.author import concluded, differentials

RESIDUALS = ("y - X @ w", "X @ w - y", "y - Z.T @ w", "Z.T @ w - y")
PENALTIES = (
    "lam*w.T @ w",
    "lam*norm(w)**2",
    "lam*w.T @ D @ w",
    "lam*(w - a).T @ (w - a)",
    "lam*norm(w - a)**2",
)
SAMPLE = "X:n,k Z:k,n w:k,1 y:n,1"
PENALTY = "a:k,1 lam:1,1,positive D:k,k,definite"

problems = {
    "a": differentials.formulas(
        "w",
        *(f"{{|1/2*|1/n*}}({r}).T @ ({r}) + {p}" for r in RESIDUALS for p in PENALTIES),
        published="(y - X @ w).T @ (y - X @ w) + lam*w.T @ w",
        shapes=f"{SAMPLE} {PENALTY}",
        tall=True,
    ),
}


signs = differentials.signs("L", "w", matrices="X Z D y a")


def show(s):
    loss = differentials.Worked(s.problems["a"], "L")
    constant = [letter for letter in loss.letters if letter.name == "a"]
    return {"loss": loss, "constant": constant, "column": loss.column, "tried": loss.tried(optimum=True)}


def answers(s):
    loss = s.shown["loss"]
    kinds = {"a": "gradient", "b": "optimum", "c": "step", "d": "hessian"}
    found = {part: loss.answers(**{kind: kind}) for part, kind in kinds.items()}
    found["a"]["gradient"] = concluded(found["a"]["gradient"], *map(loss.result, ("differential", "gradient")))
    found["d"]["hessian"] = concluded(found["d"]["hessian"], *map(loss.result, ("second_differential", "hessian")))
    return found
