"""An optimum that has no closed form: Newton's method in float64, halving a step that would not lower the gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from keygen.errors import KeygenError

Vector = np.ndarray  # float64, (n,)

STEPS, HALVINGS = 60, 40
CONVERGED = 1e-11  # the largest entry of the gradient at an optimum


def newton(gradient: Callable[[Vector], Vector], hessian: Callable[[Vector], Vector], start: Vector) -> Vector:
    """The least point of a strictly convex function of n numbers; `hessian` gives (n, n).

    Newton's step solves H s = -g; while it does not shorten the gradient it is halved, which ends because the step goes
    down on |g|^2. It goes on until the gradient is as short as float64 can make it. Raises KeygenError where it does
    not vanish: the function has no least point, or one too far away.
    """
    x = np.asarray(start, dtype=np.float64)
    g = gradient(x)
    for _ in range(STEPS):
        step = np.linalg.solve(hessian(x), -g)
        ahead = next((x + step / 2**k for k in range(HALVINGS) if shorter(gradient(x + step / 2**k), g)), None)
        if ahead is None:
            break
        x, g = ahead, gradient(ahead)
    if np.max(np.abs(g)) > CONVERGED:
        raise KeygenError("Newton's method found no optimum", found=f"gradient {g} at {x}", redraw=True)
    return x


def shorter(one: Vector, other: Vector) -> bool:
    """Whether one vector is shorter than the other."""
    return bool(one @ one < other @ other)


def logistic_regression(x: Sequence[float], y: Sequence[float]) -> tuple[float, float, float]:
    """b0, b1 and the least sum of logloss of p = sigma(b0 + b1 x) on a sample, y of 0 and 1.

    The loss is the sum of ln(1 + e^u) - y u over the sample, its gradient X'(p - y), its Hessian X' diag(p (1 - p)) X.
    Raises KeygenError where the classes are separable, so that there is no least point.
    """
    rows, answers = np.array([[1.0, float(at)] for at in x]), np.array([float(answer) for answer in y])

    def probabilities(b: Vector) -> Vector:
        return np.asarray(1 / (1 + np.exp(-rows @ b)))

    def loss(b: Vector) -> float:
        u = rows @ b
        return float(np.sum(np.logaddexp(0.0, u) - answers * u))

    def hessian(b: Vector) -> Vector:
        p = probabilities(b)
        return np.asarray(rows.T @ (rows * (p * (1 - p))[:, None]))

    best = newton(lambda b: np.asarray(rows.T @ (probabilities(b) - answers)), hessian, np.zeros(2))
    return float(best[0]), float(best[1]), loss(best)
