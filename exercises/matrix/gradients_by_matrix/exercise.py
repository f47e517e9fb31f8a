"""Gradients by a matrix: traces, determinants, a logarithm, an inverse."""

from keygen.author import Name, differentials

problems = {
    "a": differentials.formulas(
        "X",
        "tr(A~ @ X~ @ B~)",
        "tr(A~ @ X~ @ B~ @ C~)",
        "tr(X~ @ A~ @ B~)",
        "tr(A~ @ (X~ {+|-} C) @ B~)",
        published="tr(A @ X @ B)",
    ),
    "b": differentials.formulas(
        "X",
        "tr(A~ @ {X.T @ X|X @ X.T})",
        "tr({X.T @ A~ @ X|X @ A~ @ X.T}{| @ B~})",
        "tr(A~ @ {X @ B~ @ X|X @ B~ @ X.T|X.T @ B~ @ X|X.T @ B~ @ X.T})",
        published="tr(A @ X.T @ X)",
    ),
    "c": differentials.formulas(
        "X",
        "ln(det({A~ @ X~|X @ A~}))",
        "ln(det(A~ @ X @ B~))",
        "ln(det(X {+|-} A))",
        "det({X|A~ @ X})**{2|3}",
        published="ln(det(X))",
    ),
    "d": differentials.formulas(
        "X",
        "tr(A~ @ {X.T @ X|X @ X.T|X @ X|X.T @ X.T} @ B~ @ inv(X~))",
        "tr(A~ @ X~ @ B~ @ X~ @ C~ @ inv(X~))",
        published="tr(A @ X.T @ X @ B @ inv(X).T)",
    ),
    "e": differentials.formulas(
        "X",
        "det({X.T @ A~ @ X|X @ A~ @ X.T})",
        "det(A~ @ {X.T @ B~ @ X|X @ B~ @ X.T})",
        "det({X.T @ A~ @ B~ @ X|X @ A~ @ B~ @ X.T})",
        "ln(det({X.T @ A~ @ X|X @ A~ @ X.T}))",
        published="det(X.T @ A @ X)",
    ),
    "f": differentials.formulas(
        "x",
        "x.T @ A~ @ {b|B~ @ b}",
        "{b.T|b.T @ B~} @ A~ @ x",
        "(A~ @ x {+|-} a).T @ b",
        published="x.T @ A @ b",
        shapes="A:n,m",
    ),
    "g": differentials.formulas(
        "A",
        "{x.T|x.T @ B~} @ A~ @ {b|C~ @ b}",
        "{b.T|b.T @ B~} @ A~ @ {x|C~ @ x}",
        "x.T @ (A~ {+|-} B) @ b",
        published="x.T @ A @ b",
    ),
}


def needed(worked):
    """What some of the formulas have, so that it must make sense."""
    return {name: any(getattr(one, name) for one in worked.values()) for name in ("logarithm", "denominator")}


signs = differentials.signs("f", "X", matrices="A B C")


def show(s):
    worked = {part: differentials.Worked(problem) for part, problem in s.problems.items()}
    tried = worked["d"].tried()
    return {"parts": worked, "f": Name("f"), "tried": tried, **needed(worked)}


def answers(s):
    return {part: w.answers(gradient="gradient") for part, w in s.shown["parts"].items()}
