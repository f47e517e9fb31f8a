"""What the relations of a page mean: equal, before, after.

Exact numbers are equal if they are, by the laws of fields or by algebra; what nobody can decide raises Undecided.
Floats occur where letters have values for the sake of a trial: to nine digits. At a glance floats are close only if
they are so relative to their size, and whatever is not close is looked at again on exact numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from keygen.engine.identity import identical
from keygen.engine.polynomial import Polynomial
from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.tolerances import FLOAT_LINES

EXACT = (Fraction, int, Real, Surd)
FLOATS = (float, complex)


def real(value: Any) -> Any:
    """The value without the imaginary part that carries its derivative."""
    return value.real if isinstance(value, complex) else value


def on_trial(value: Any) -> bool:
    """Whether a value is one at which a formula is tried."""
    if isinstance(value, np.ndarray):
        return bool(value.dtype != object)
    return isinstance(value, FLOATS)


def equal_values(left: Any, right: Any) -> bool:
    """Equal numbers, polynomials or arrays (a 1 x 1 array is a number)."""
    if isinstance(left, Polynomial) or isinstance(right, Polynomial):
        return not (left - right).terms if isinstance(left, Polynomial) else not (right - left).terms
    a, b = entries(left), entries(right)
    near = len(a) == len(b) and all(map(equal, a, b))
    return near and (len(a) == 1 or np.shape(left) == np.shape(right))


def equal(x: Any, y: Any) -> bool:
    """Equal numbers. Raises Undecided for exact ones of which nobody can tell."""
    if not isinstance(x, EXACT) or not isinstance(y, EXACT):
        return abs(float(x) - float(y)) <= FLOAT_LINES * (1 + abs(float(y)))
    one, other = (number.as_real() if isinstance(number, Surd) else number for number in (x, y))
    if isinstance(one, Real) and isinstance(other, Real):
        if not one.ball.overlaps(other.ball):  # which is seen at once
            return False
        if identical(one, other):
            return True
    return bool(one == other)


def close_floats(left: Any, right: Any) -> bool:
    """Numbers or arrays in float64 that are equal to nine digits of themselves."""
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=FLOAT_LINES)
    a, b = entries(left), entries(right)
    near = all(math.isclose(x, y, rel_tol=FLOAT_LINES) for x, y in zip(a, b, strict=False))
    return near and len(a) == len(b) and (len(a) == 1 or np.shape(left) == np.shape(right))


def entries(value: Any) -> list[Any]:
    """The numbers of a value."""
    return value.ravel().tolist() if isinstance(value, np.ndarray) else [value]


Relation = Callable[[Any, Any], bool]


def relations(same: Relation) -> dict[str, Relation]:
    """The relations of a page on numbers of which `equal_values` tells whether they are equal."""
    return {
        "=": same,
        "!=": lambda left, right: not same(left, right),
        "<": lambda left, right: left < right and not same(left, right),
        ">": lambda left, right: left > right and not same(left, right),
        "<=": lambda left, right: left < right or same(left, right),
        ">=": lambda left, right: left > right or same(left, right),
        "<=>": lambda left, right: bool(left and right),  # two equations that hold at once
    }


HOLDS, HOLDS_AT_A_GLANCE = relations(equal_values), relations(close_floats)
