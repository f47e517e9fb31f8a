"""Gradients by a vector or a matrix, and one Jacobian, each read off a differential."""

from keygen.author import Name, differentials

problems = {
    "a": differentials.formulas(
        "x",
        "{|2*|3*|b*}(x {-|+} a)**{3|4|5}",
        "(a*x {-|+} b)**{2|3|4}",
        "{|a*}exp({-|}b*x**2)",
        "exp({-|}b*(x {-|+} a)**2)",
        "{|b*}ln(1 + a*x**2)",
        "1 / (a*x {+|-} b)**{1|2|3}",
        published="x**2",
        shapes="x:1,1 a:1,1 b:1,1",
    ),
    "b": differentials.formulas(
        "x",
        "x.T @ {A~ @ a|A~ @ B~ @ a}",
        "a.T @ {A~ @ |A~ @ B~ @ }x",
        "(a {+|-} b).T @ A~ @ x",
        "x.T @ A~ @ (a {+|-} b)",
        "a.T @ A~ @ (x {+|-} b)",
        "(x {+|-} b).T @ A~ @ a",
        "a.T @ (A~ {+|-} B~) @ x",
        "x.T @ (A~ {+|-} B~) @ a",
        "tr({x @ a.T @ A~|A~ @ x @ a.T})",
        "a.T @ A~ @ x {+|-} b.T @ B~ @ x",
        published="a.T @ x",
    ),
    "c": differentials.formulas(
        "x",
        "x.T @ A~ @ B~ @ x",
        "(x {-|+} a).T @ A~ @ (x {-|+} a)",
        "x.T @ A~ @ (x {-|+} b)",
        "x.T @ A~ @ x {+|-} b.T @ {|B~ @ }x",
        "a.T @ x @ x.T @ {b|A~ @ b}",
        published="x.T @ A @ x",
    ),
    "d": differentials.formulas(
        "x",
        "{ln|exp}(x.T @ A~ @ B~ @ x)",
        "exp({-|}x.T @ A~ @ x)",
        "({x.T @ A~ @ x|x.T @ A~ @ B~ @ x|a.T @ x @ x.T @ b})**{2|3}",
        "ln({(x - a).T @ A~ @ (x - a)|x.T @ A~ @ (x + b)|1 + x.T @ A~ @ x})",
        "1 / (x.T @ A~ @ {x|B~ @ x})",
        published="ln(x.T @ A @ x)",
    ),
    "e": differentials.formulas(
        "X",
        "a.T @ X~ @ A~ @ X~ @ b",
        "a.T @ X~ @ {X|X.T} @ b",
        "a.T @ A~ @ X~ @ B~ @ X~ @ b",
        published="a.T @ X @ A @ X @ a",
    ),
    "f": differentials.formulas(
        "x",
        "x @ x.T @ A~ @ {x|B~ @ x}",
        "A~ @ x @ x.T @ {x|B~ @ x}",
        "{|A~ @ }x @ a.T @ x",
        "{|A~ @ }a @ x.T @ B~ @ x",
        "x @ a.T @ B~ @ x",
        published="x @ x.T @ x",
    ),
}


def needed(worked):
    """What some of the formulas have, so that it must make sense."""
    return {name: any(getattr(one, name) for one in worked.values()) for name in ("logarithm", "denominator")}


signs = differentials.signs("f", "X", matrices="A B a b")


def show(s):
    worked = {part: differentials.Worked(problem) for part, problem in s.problems.items()}
    tried = worked["e"].tried()
    return {"parts": worked, "f": Name("f"), "tried": tried, **needed(worked)}


def answers(s):
    parts = s.shown["parts"]
    return {
        part: w.answers(gradient="jacobian", jacobian="jacobian") if part == "f" else w.answers(gradient="gradient")
        for part, w in parts.items()
    }
