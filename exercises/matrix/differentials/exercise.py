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
        "tr(A~ @ X~)",
        "tr(X~ @ A~)",
        "tr(A~ @ X @ B~)",
        "tr({|A~ @ }inv(X){| @ B~})",
        "tr(A~ @ (X {+|-} B))",
        published="tr(X)",
    ),
}


U, UNIT, ZERO = d.Symbol("U", "n", "n"), d.Identity("n"), d.Zero("n", "n")
DU = d.Differential(U)


@cache
def rule_of_inverse():
    """d(U^-1), from U U^-1 = I."""
    V = d.inverse(U)
    dV = d.Differential(V)
    return d.equations(
        U,
        (d.Product((U, V)), UNIT, "cancel"),
        (d.Differential(d.Product((U, V))), ZERO, "constant"),
        (d.by_rule("product", d.Product((U, V))), ZERO, "product"),
        (d.multiply(U, dV), d.negate(d.multiply(DU, V)), "separate"),
        (dV, d.by_rule("inverse", V), "solve"),
    )


@cache
def rule_of_det():
    """d(det U), from det(U + dU) up to terms of second order."""
    ratio = d.multiply(d.inverse(U), DU)
    near = d.Sum((UNIT, ratio))
    return d.to_first_order(
        U,
        d.Det(d.add(U, DU)),
        (d.Det(d.Product((U, near))), "factor"),
        (d.Product((d.Det(U), d.Det(near))), "det_product"),
        (d.Product((d.Det(U), d.Sum((d.ONE, d.Trace(ratio))))), "first_order"),
    )


signs = d.signs("f", "X", matrices="A B", asked="differential")


def show(s):
    worked = {part: d.Worked(problem) for part, problem in s.problems.items()}
    return {
        "parts": worked,
        "tried": worked["b"].tried("differential"),
        "inverse": rule_of_inverse(),
        "determinant": rule_of_det(),
    }


def answers(s):
    return {part: w.answers(differential="differential") for part, w in s.shown["parts"].items()}
