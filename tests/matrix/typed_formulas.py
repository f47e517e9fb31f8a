"""Random formulas as a person types them, and what NumPy makes of them: outside keygen's parser and printer."""

from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np

SHAPES = "x:n,1 a:n,1 b:m,1 A:n,n B:n,m X:n,n S:n,n,definite lam:1,1 t:1,1 r:1,1 rho:1,1,positive sigma:1,1"
NUMBERS = ("2", "3", "0.1", "5", "1.5", "(1/3)", "(-2)")
EXPONENTS = ("2", "2", "3", "(-1)", "(-2)", "(1/2)", "(3/2)", "(-1/2)", "4")

NUMPY: dict[str, Any] = {
    "__builtins__": {}, "inv": np.linalg.inv, "det": np.linalg.det, "tr": np.trace, "norm": np.linalg.norm,
    "ln": np.log, "exp": np.exp, "sqrt": np.sqrt, "sigmoid": lambda u: 1 / (1 + np.exp(-u)), "I": np.eye,
}  # fmt: skip


def number(rng: Random, wrt: str, depth: int) -> str:
    """A formula worth a number, in which `wrt` is likely to stand."""
    of_column, of_matrix = ["x.T @ x", "a.T @ x", "x.T @ A @ x", "norm(x - a)**2"], ["tr(X)", "a.T @ X @ a", "det(X)"]
    leaves = of_column if wrt == "x" else of_matrix
    if depth == 0:
        return rng.choice([*leaves, *leaves, "lam", "t", "r", "rho", "sigma", "n", rng.choice(NUMBERS)])

    def part() -> str:
        return number(rng, wrt, rng.randrange(depth))

    match rng.randrange(10):
        case 0 | 1:
            return f"({part()}) * ({part()})" if rng.random() < 1 / 2 else f"{rng.choice(NUMBERS)}*({part()})"
        case 2:
            return f"({part()}) / ({part()})"
        case 3:
            return f"({part()}) / {rng.choice(NUMBERS)} / ({part()})"
        case 4 | 5:
            return f"({part()})**{rng.choice(EXPONENTS)}"
        case 6:
            return f"{rng.choice(['ln', 'sqrt', 'exp', 'sigmoid'])}({part()})"
        case 7:
            return f"({part()}) {rng.choice('+-')} ({part()})"
        case 8:
            return f"-({part()})"
    column = f"({part()}) * a {rng.choice('+-')} {'x' if wrt == 'x' else 'X @ a'}"
    return f"norm({column})**2" if rng.random() < 1 / 2 else f"a.T @ ({column})"


def formula(seed: int) -> tuple[str, str]:
    """A formula and its variable."""
    rng = Random(seed)
    wrt = rng.choice("xxX")
    return number(rng, wrt, rng.choice((2, 3))), wrt


def worth(text: str, values: Mapping[str, Any]) -> float:
    """What NumPy says a formula is worth, nan where it has no value."""
    with np.errstate(all="ignore"):
        return float(np.squeeze(eval(text, NUMPY, dict(values))))
