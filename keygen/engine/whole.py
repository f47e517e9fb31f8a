"""The whole number below an exact number: told by a ball, or by algebra where the number is whole itself."""

from __future__ import annotations

import math
from fractions import Fraction

from flint import ctx

from keygen.engine.real import BITS, Real
from keygen.engine.surd import Surd


def floor(x: Fraction | Real | Surd) -> int:
    """The largest whole number that is not above x, proven. Raises Undecided where neither ball nor algebra tells."""
    if isinstance(x, Fraction):
        return math.floor(x)
    number = x if isinstance(x, Real) else x.as_real()
    proven: list[Fraction] = []

    def is_rational() -> bool:
        value = number.rational
        if value is not None:
            proven.append(value)
        return bool(proven)

    for ball in number.depths(is_rational):
        ctx.prec = number.bits
        try:
            found = ball.floor().unique_fmpz()
        finally:
            ctx.prec = BITS
        if found is not None:
            return int(found)
    return math.floor(proven[0])
