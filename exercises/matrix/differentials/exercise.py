"""The differentials of the inverse, the determinant and the trace."""

from functools import cache

from keygen.author import differentials as d

problems = {
    "a": d.formulas(
        "X",
        "A~ @ inv(X~){| @ B~}",
        "inv(X~) @ A~",
        "inv(A~ @ X~{| @ B~})",
        "inv(X~ {+|-} A)",
        "X @ A~ @ inv(X)",
        published="inv(X)",
    ),
    "b": d.formulas(
        "X",
        "det(A~ @ X~)",
        "det(X @ A~)",
        "det(A~ @ X @ B~)",
        "det(X {+|-} A)",
        "det({X|A~ @ X})**{2|3}",
        published="det(X)",
    ),
    "c": d.formulas(
        "X",
        "tr(A~ @ {X.T @ X|X @ X.T|X @ X|X.T @ X.T})",
        "tr({X.T @ A~ @ X|X @ A~ @ X.T})",
        "tr(A~ @ X~ @ B~ @ X~)",
        "tr({|A~ @ }inv(X){| @ B~})",
        "tr((X {+|-} A).T @ {B~ @ |}(X {+|-} A))",
        published="tr(X)",
    ),
}


UNIT, ZERO = d.Identity("n"), d.Zero("n", "n")


@cache
def rule_of_inverse(X):
    """d(X^-1), from X X^-1 = I."""
    V = d.inverse(X)
    dX, dV = d.Differential(X), d.Differential(V)
    return d.equations(
        X,
        (d.Product((X, V)), UNIT, "cancel"),
        (d.Differential(d.Product((X, V))), ZERO, "constant"),
        (d.by_rule("product", d.Product((X, V))), ZERO, "product"),
        (d.multiply(X, dV), d.negate(d.multiply(dX, V)), "separate"),
        (dV, d.by_rule("inverse", V), "solve"),
    )


@cache
def rule_of_det(X):
    """d(det X), from det(X + dX) up to terms of second order."""
    dX = d.Differential(X)
    ratio = d.multiply(d.inverse(X), dX)
    near = d.Sum((UNIT, ratio))
    return d.to_first_order(
        X,
        d.Det(d.add(X, dX)),
        (d.Det(d.Product((X, near))), "factor"),
        (d.Product((d.Det(X), d.Det(near))), "det_product"),
        (d.Product((d.Det(X), d.Sum((d.ONE, d.Trace(ratio))))), "first_order"),
    )


signs = d.signs("f", "X", matrices="A B", asked="differential")


def show(s):
    worked = {part: d.Worked(problem) for part, problem in s.problems.items()}
    X = d.Symbol("X", "n", "n")
    return {
        "parts": worked,
        "tried": worked["b"].tried("differential"),
        "inverse": rule_of_inverse(X),
        "determinant": rule_of_det(X),
    }


def answers(s):
    return {part: w.answers(differential="differential") for part, w in s.shown["parts"].items()}
