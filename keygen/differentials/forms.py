"""The formulas of the exercises: for each part the published one, and patterns for its variants.

In a pattern `A~` is A or A.T, and `{p|q}` is p or q. Shapes are the most general ones that fit, unless they are given.
Variants of a part are of one difficulty: a test derives every form, and wants a gradient that is not zero, and lines
and rules within one of each other's.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One formula that is asked about.

    wrt        the variable
    published  the form without a seed
    patterns   the forms with one
    shapes     what the formula does not say about its shapes by itself
    """

    wrt: str
    published: str
    patterns: tuple[str, ...]
    shapes: str = ""


GRADIENTS_BY_VECTOR = {
    "a": Part(
        "x",
        "x**2",
        ("{|2*|3*|a*}x**{3|4|5}", "a*x**2", "(x {-|+} a)**{2|3}", "{|a*}exp({-|}b*x)"),
        "x:1,1 a:1,1 b:1,1",
    ),
    "b": Part(
        "x",
        "a.T @ x",
        (
            "x.T @ {a|A~ @ a|A~ @ B~ @ a}",
            "a.T @ {A~ @ |A~ @ B~ @ }x",
            "(a {+|-} b).T @ x",
            "a.T @ {|A~ @ }(x {+|-} b)",
            "tr(x @ a.T{| @ A~})",
        ),
    ),
    "c": Part(
        "x",
        "x.T @ A @ x",
        (
            "x.T @ A~ @ B~ @ x",
            "(x {-|+} a).T @ A~ @ (x {-|+} a)",
            "x.T @ A~ @ (x {-|+} b)",
            "x.T @ A~ @ x {+|-} b.T @ {|B~ @ }x",
            "a.T @ x @ x.T @ {b|A~ @ b}",
        ),
    ),
    "d": Part(
        "x",
        "ln(x.T @ A @ x)",
        (
            "{ln|exp}(x.T @ A~ @ B~ @ x)",
            "exp({-|}x.T @ A~ @ x)",
            "({x.T @ A~ @ x|x.T @ A~ @ B~ @ x|a.T @ x @ x.T @ b})**{2|3}",
            "ln({(x - a).T @ A~ @ (x - a)|x.T @ A~ @ (x + b)|1 + x.T @ A~ @ x})",
            "1 / (x.T @ A~ @ {x|B~ @ x})",
        ),
    ),
    "e": Part(
        "X",
        "a.T @ X @ A @ X @ a",
        ("a.T @ X~ @ A~ @ X~ @ b", "a.T @ X~ @ {X|X.T} @ b", "a.T @ A~ @ X~ @ B~ @ X~ @ b"),
    ),
    "f": Part(
        "x",
        "x @ x.T @ x",
        (
            "x @ x.T @ A~ @ {x|B~ @ x}",
            "A~ @ x @ x.T @ {x|B~ @ x}",
            "{|A~ @ }x @ a.T @ x",
            "{|A~ @ }a @ x.T @ B~ @ x",
            "x @ a.T @ B~ @ x",
        ),
    ),
}

DIFFERENTIALS = {
    "a": Part(
        "X",
        "inv(X)",
        (
            "A~ @ inv(X~){| @ B~}",
            "inv(X~) @ A~",
            "inv(A~ @ X~{| @ B~})",
            "inv(X~ {+|-} A)",
            "X @ A~ @ inv(X)",
        ),
    ),
    "b": Part(
        "X",
        "det(X)",
        ("det(A~ @ X~)", "det(X @ A~)", "det(A~ @ X @ B~)", "det(X {+|-} A)", "det({X|A~ @ X})**{2|3}"),
    ),
    "c": Part(
        "X",
        "tr(X)",
        ("tr(A~ @ X~)", "tr(X~ @ A~)", "tr(A~ @ X @ B~)", "tr({|A~ @ }inv(X){| @ B~})", "tr(A~ @ (X {+|-} B))"),
    ),
}

GRADIENTS_BY_MATRIX = {
    "a": Part(
        "X",
        "tr(A @ X @ B)",
        ("tr(A~ @ X~ @ B~)", "tr(A~ @ X~ @ B~ @ C~)", "tr(X~ @ A~ @ B~)", "tr(A~ @ X.T)", "tr(A~ @ (X~ {+|-} C) @ B~)"),
    ),
    "b": Part(
        "X",
        "tr(A @ X.T @ X)",
        (
            "tr(A~ @ {X.T @ X|X @ X.T})",
            "tr({X.T @ A~ @ X|X @ A~ @ X.T}{| @ B~})",
            "tr(A~ @ {X @ B~ @ X|X @ B~ @ X.T|X.T @ B~ @ X|X.T @ B~ @ X.T})",
        ),
    ),
    "c": Part(
        "X",
        "ln(det(X))",
        (
            "ln(det({A~ @ X~|X @ A~}))",
            "ln(det(A~ @ X @ B~))",
            "ln(det(X {+|-} A))",
            "det({X|A~ @ X})**{2|3}",
        ),
    ),
    "d": Part(
        "X",
        "tr(A @ X.T @ X @ B @ inv(X).T)",
        ("tr(A~ @ {X.T @ X|X @ X.T|X @ X|X.T @ X.T} @ B~ @ inv(X~))", "tr(A~ @ X~ @ B~ @ X~ @ C~ @ inv(X~))"),
    ),
    "e": Part(
        "X",
        "det(X.T @ A @ X)",
        (
            "det({X.T @ A~ @ X|X @ A~ @ X.T})",
            "det(A~ @ {X.T @ B~ @ X|X @ B~ @ X.T})",
            "det({X.T @ A~ @ B~ @ X|X @ A~ @ B~ @ X.T})",
            "ln(det({X.T @ A~ @ X|X @ A~ @ X.T}))",
        ),
    ),
    "f": Part(
        "x",
        "x.T @ A @ b",
        ("x.T @ A~ @ {b|B~ @ b}", "{b.T|b.T @ B~} @ A~ @ x", "(A~ @ x {+|-} a).T @ b"),
        "A:n,m",
    ),
    "g": Part(
        "A",
        "x.T @ A @ b",
        ("{x.T|x.T @ B~} @ A~ @ {b|C~ @ b}", "{b.T|b.T @ B~} @ A~ @ {x|C~ @ x}", "x.T @ (A~ {+|-} B) @ b"),
    ),
}

RESIDUALS = ("y - X @ w", "X @ w - y", "y - Z.T @ w", "Z.T @ w - y")
SHIFTED = ("y - X @ w - b", "X @ w + b - y", "y - Z.T @ w - b", "Z.T @ w + b - y")
SAMPLE = "X:n,k Z:k,n w:k,1 y:n,1 b:n,1 W:n,n,definite"

LEAST_SQUARES = {
    "a": Part(
        "w",
        "(y - X @ w).T @ (y - X @ w)",
        tuple(f"{{|1/2*|1/n*}}({r}).T @ {{|W @ }}({r})" for r in RESIDUALS + SHIFTED)
        + tuple(f"{{|1/2*|1/n*}}norm({r})**2" for r in RESIDUALS + SHIFTED),
        SAMPLE,
    )
}

PENALTIES = (
    "lam*w.T @ w",
    "lam*norm(w)**2",
    "lam*w.T @ D @ w",
    "lam*(w - a).T @ (w - a)",
    "lam*norm(w - a)**2",
)
PENALTY = "w:k,1 a:k,1 lam:1,1,positive D:k,k,definite"

RIDGE = {
    "a": Part(
        "w",
        "(y - X @ w).T @ (y - X @ w) + lam*w.T @ w",
        tuple(f"{{|1/2*|1/n*}}({r}).T @ ({r}) + {p}" for r in RESIDUALS for p in PENALTIES),
        f"{SAMPLE} {PENALTY}",
    )
}

LOGISTIC = {
    "a": Part(
        "w",
        "sum(ln(1 + exp(-y[i] * x[i].T @ w)) for i in range(n)) + lam*w.T @ w",
        tuple(
            f"{{|1/n*}}sum({{|c[i]*}}ln(1 + exp(-y[i] * {u})) for i in range(n)) + {p}"
            for u in ("x[i].T @ w", "w.T @ x[i]", "(x[i].T @ w + b)")
            for p in PENALTIES
        ),
        f"x:k,1 y:1,1,sign c:1,1,positive b:1,1 {PENALTY}",
    )
}

NEAREST = (
    "{|1/2*|2*}norm({X - A|A - X})**2",
    "norm(X - A)**2 + {|2*|3*}norm(X - B)**2",
    "norm(X - A)**2 + {|2*|lam*}norm(X)**2",
    "{|1/2*}tr((X - A).T @ (X - A))",
)
SQUARE = "X:n,n A:n,n B:n,n L:n,n lam:1,1,positive"

NEAREST_SYMMETRIC = {
    "symmetric": Part(
        "X",
        "norm(X - A)**2 + tr(L.T @ (X.T - X))",
        tuple(f"{f} + tr(L.T @ ({{X.T - X|X - X.T}}))" for f in NEAREST),
        SQUARE,
    ),
    "skew": Part(
        "X",
        "norm(X - A)**2 + tr(L.T @ (X.T + X))",
        tuple(f"{f} + tr(L.T @ ({{X.T + X|X + X.T}}))" for f in NEAREST),
        SQUARE,
    ),
}

LIKELIHOODS = (
    "-n*k/2*ln(2*pi) - n/2*ln(det(Sigma)) - 1/2*{}",
    "-n/2*ln(det(Sigma)) - 1/2*{}",
    "n/2*ln(det(Sigma)) + 1/2*{}",
    "n*ln(det(Sigma)) + {}",
    "1/2*ln(det(Sigma)) + 1/(2*n)*{}",
    "ln(det(Sigma)) + 1/n*{}",
)
DEVIATIONS = ("x[i] - mu", "mu - x[i]", "x[i] - b[i] - mu", "b[i] + mu - x[i]", "x[i] - t[i]*mu", "t[i]*mu - x[i]")
NORMAL = tuple(
    f.format(f"sum({{|c[i]*}}({u}).T @ inv(Sigma) @ ({u}) for i in range(n))") for f in LIKELIHOODS for u in DEVIATIONS
)
NORMAL_SHAPES = "x:k,1 b:k,1 mu:k,1 Sigma:k,k,definite t:1,1,positive c:1,1,positive pi:1,1,positive"
PUBLISHED_NORMAL = (
    "-n*k/2*ln(2*pi) - n/2*ln(det(Sigma)) - 1/2*sum((x[i] - mu).T @ inv(Sigma) @ (x[i] - mu) for i in range(n))"
)

NORMAL_LIKELIHOOD = {
    "mu": Part("mu", PUBLISHED_NORMAL, NORMAL, NORMAL_SHAPES),
    "Sigma": Part("Sigma", PUBLISHED_NORMAL, NORMAL, NORMAL_SHAPES),
}

EXERCISES: dict[str, dict[str, Part]] = {
    "matrix/gradients_by_vector": GRADIENTS_BY_VECTOR,
    "matrix/differentials": DIFFERENTIALS,
    "matrix/gradients_by_matrix": GRADIENTS_BY_MATRIX,
    "matrix/least_squares": LEAST_SQUARES,
    "matrix/ridge": RIDGE,
    "matrix/logistic": LOGISTIC,
    "matrix/normal_likelihood": NORMAL_LIKELIHOOD,
    "matrix/nearest_symmetric": NEAREST_SYMMETRIC,
}
