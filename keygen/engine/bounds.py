"""How long and how large a number may become on its way: beyond, there is no double for it, and no room on a page."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np

LONG = 10_000
"""Bits of a numerator or a denominator."""
LARGE = 1000
"""Bits before the point, or zeros behind it, in base two."""


def bounded(value: Any) -> None:
    """Raise OverflowError where a number of the value is too long, too large or too near to zero."""
    for x in value.flat if isinstance(value, np.ndarray) else (value,):
        if type(x) is Fraction:
            above, below = x.numerator.bit_length(), x.denominator.bit_length()
            if above > LARGE or below > LARGE:
                require_room(above, below)
        elif type(x) is float and not isfinite(x):
            raise OverflowError("a number too large for a double")


def require_room(above: int, below: int) -> None:
    """Raise OverflowError for a fraction of so many bits above and below its line."""
    if max(above, below) > LONG:
        raise OverflowError(f"a number of more than {round(LONG * 0.301)} digits")
    if above and abs(above - below) > LARGE:
        raise OverflowError("a number too " + ("large" if above > below else "near to zero") + " for a double")


def power_has_room(x: Any, n: int) -> None:
    """Raise OverflowError before x^n is worked out where it would be too long."""
    for entry in x.flat if isinstance(x, np.ndarray) else (x,):
        if type(entry) is Fraction and abs(entry) != 1:
            require_room(abs(n) * (entry.numerator.bit_length() - 1), abs(n) * (entry.denominator.bit_length() - 1))


POSITIVE = frozenset({"exp", "sigmoid", "softmax", "softplus"})


def lost(primitive: str, value: Any) -> bool:
    """Whether a number that is above zero, as every exponential is, has become zero in float64."""
    entries = value.flat if isinstance(value, np.ndarray) else (value,)
    return primitive in POSITIVE and any(type(x) is float and x == 0 for x in entries)
