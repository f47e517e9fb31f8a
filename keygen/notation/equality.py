"""What the relations of a page mean: equal to nine digits, before, after."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from keygen.engine.polynomial import Polynomial

TOLERANCE = 1e-9


def real(value: Any) -> Any:
    """The value without the imaginary part that carries its derivative."""
    return value.real if isinstance(value, complex) else value


def same(left: Any, right: Any) -> bool:
    """Equal: exactly for polynomials, to nine digits for numbers and arrays (a 1 x 1 array is a number)."""
    if type(left) is float and type(right) is float:
        return math.isclose(left, right, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    if isinstance(left, Polynomial) or isinstance(right, Polynomial):
        return not (left - right).terms if isinstance(left, Polynomial) else not (right - left).terms
    a, b = floats(left), floats(right)
    if len(a) == len(b) == 1:
        return math.isclose(a[0], b[0], rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    near = all(abs(x - y) <= TOLERANCE * (1 + abs(y)) for x, y in zip(a, b, strict=False))
    return near and np.shape(left) == np.shape(right)


def floats(value: Any) -> list[float]:
    """The numbers of a value in float64."""
    if not isinstance(value, np.ndarray):
        return [float(value)]
    return value.ravel().tolist() if value.dtype == np.float64 else [float(x) for x in value.ravel()]


HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "=": same,
    "<": lambda left, right: left < right and not same(left, right),
    ">": lambda left, right: left > right and not same(left, right),
    "<=": lambda left, right: left < right or same(left, right),
    ">=": lambda left, right: left > right or same(left, right),
    "<=>": lambda left, right: bool(left and right),  # two equations that hold at once
}
