"""How long and how large a number may become on its way: beyond, there is no room for it on a page."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from keygen.engine.real import Real

LONG = 10_000
"""Bits of a numerator or a denominator."""
LARGE = 1000
"""Bits of a rational before the point, or zeros behind it, in base two."""
FAR_FROM_ONE, FAR_FROM_ZERO = arb(2) ** 100_000, arb(2) ** -100_000
"""Where other numbers end."""


def bounded(numbers: Iterable[Any]) -> None:
    """Raise OverflowError where one of the numbers is too long, too large or too near to zero."""
    for x in numbers:
        if type(x) is Fraction:
            top, bottom = x.as_integer_ratio()
            above, below = top.bit_length(), bottom.bit_length()
            if above > LARGE or below > LARGE:
                require_room(above, below)
        elif type(x) is Real and not FAR_FROM_ZERO < abs(x.ball) < FAR_FROM_ONE:
            raise OverflowError("a number too large or too near to zero for a page")


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
