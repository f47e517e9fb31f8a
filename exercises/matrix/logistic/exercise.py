"""Logistic regression with a penalty: the gradient, the step, the Hessian."""

from keygen.author import concluded, differentials

PENALTIES = (
    "lam*w.T @ w",
    "lam*norm(w)**2",
    "lam*w.T @ D @ w",
    "lam*(w - a).T @ (w - a)",
    "lam*norm(w - a)**2",
)
PENALTY = "w:k,1 a:k,1 lam:1,1,positive D:k,k,definite"

problems = {
    "a": differentials.formulas(
        "w",
        *(
            f"{{|1/n*}}sum({{|c[i]*}}ln(1 + exp(-y[i] * {u})) for i in range(n)) + {p}"
            for u in ("x[i].T @ w", "w.T @ x[i]", "(x[i].T @ w + b)")
            for p in PENALTIES
        ),
        published="sum(ln(1 + exp(-y[i] * x[i].T @ w)) for i in range(n)) + lam*w.T @ w",
        shapes=f"x:k,1 y:1,1,sign c:1,1,positive b:1,1 {PENALTY}",
        tall=True,
    ),
}


signs = differentials.signs("L", "w", matrices="x D a")


def show(s):
    loss = differentials.Worked(s.problems["a"], "L")
    intercept = [letter for letter in loss.letters if letter.name == "b"]
    return {"loss": loss, "intercept": intercept, "tried": loss.tried()}


def answers(s):
    loss = s.shown["loss"]
    kinds = {"a": "gradient", "b": "step", "c": "hessian"}
    found = {part: loss.answers(**{kind: kind}) for part, kind in kinds.items()}
    found["a"]["gradient"] = concluded(found["a"]["gradient"], *map(loss.result, ("differential", "gradient")))
    return found
