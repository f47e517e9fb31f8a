"""Numbers of eighty digits that NumPy computes with: object arrays call their exp, log, sqrt and tanh."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import total_ordering
from typing import Any

import numpy as np
from mpmath import MPContext

CONTEXT = MPContext()
CONTEXT.dps = 80


def unwrapped(x: Any) -> Any:
    """A number as mpmath has it."""
    if isinstance(x, Number):
        return x.value
    if isinstance(x, Fraction):
        return CONTEXT.mpf(x.numerator) / x.denominator
    return CONTEXT.mpf(x) if isinstance(x, int | CONTEXT.mpf) else CONTEXT.mpf(float(x))


def operation(name: str) -> Callable[[Number, Any], Number]:
    """An operation with another number, also one of Python's; an array takes it to each of its entries."""

    def operate(self: Number, other: Any) -> Number:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return Number(getattr(self.value, name)(unwrapped(other)))

    return operate


@total_ordering
class Number:
    """A real number."""

    def __init__(self, value: Any) -> None:
        self.value = unwrapped(value)

    __add__, __radd__ = operation("__add__"), operation("__radd__")
    __sub__, __rsub__ = operation("__sub__"), operation("__rsub__")
    __mul__, __rmul__ = operation("__mul__"), operation("__rmul__")
    __truediv__, __rtruediv__ = operation("__truediv__"), operation("__rtruediv__")

    def __pow__(self, n: Any) -> Number:
        return Number(self.value ** int(float(n)))

    def __neg__(self) -> Number:
        return Number(-self.value)

    def __lt__(self, other: Any) -> bool:
        return bool(self.value < unwrapped(other))

    def __eq__(self, other: object) -> bool:
        return bool(self.value == unwrapped(other))

    def __hash__(self) -> int:
        return hash(self.value)

    def __float__(self) -> float:
        return float(self.value)

    def exp(self) -> Number:
        return Number(CONTEXT.exp(self.value))

    def log(self) -> Number:
        return Number(CONTEXT.ln(self.value))

    def sqrt(self) -> Number:
        return Number(CONTEXT.sqrt(self.value))

    def tanh(self) -> Number:
        return Number(CONTEXT.tanh(self.value))


def read(text: str) -> Number:
    """A number from its exact form."""
    functions = {name: getattr(Number, name) for name in ("exp", "log", "sqrt", "tanh")}
    found: Number = eval(re.sub(r"\d+", r"Number(\g<0>)", text), {"Number": Number, **functions})
    return found
