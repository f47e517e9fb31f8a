"""Forty digits, for points at which a false link of a chain must show."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from mpmath import MPContext

from keygen import tolerances
from keygen.calculus.evaluation import Arithmetic
from keygen.engine.domains import Domain
from keygen.engine.primitives import Reading, elementary

DIGITS = 40
CONTEXT = MPContext()
CONTEXT.dps = DIGITS


def enter(x: Any) -> Any:
    """A number in forty digits."""
    return CONTEXT.mpf(x.numerator) / x.denominator if isinstance(x, Fraction | int) else CONTEXT.mpf(x)


MULTIPRECISION = Domain(
    "multiprecision",
    enter,
    (CONTEXT.mpf, Fraction),
    Reading(
        "its function in forty digits",
        {
            "exp": CONTEXT.exp,
            "ln": CONTEXT.ln,
            "sqrt": CONTEXT.sqrt,
            "sigmoid": lambda x: 1 / (1 + CONTEXT.exp(-x)),
            "tanh": CONTEXT.tanh,
            "relu": lambda x: max(x, CONTEXT.mpf(0)),
            "step": lambda x: CONTEXT.mpf(x > 0),
            "floor": CONTEXT.floor,
        },
        needs=elementary,
    ),
    max,
)

FAR = CONTEXT.mpf(10) ** 15
PRECISE = Arithmetic(
    MULTIPRECISION,
    CONTEXT.diff,
    CONTEXT.gamma,
    FAR,
    close=tolerances.MULTIPRECISION,
    rough=tolerances.FLOAT_LINES,
    points=2,
)
