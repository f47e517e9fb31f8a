"""Numbers a * sqrt(n), so that short square roots stay exact: rational a, square-free n > 1.

A surd times or over a rational is a surd; sums, products and quotients with a surd of the same root stay exact.
Anything else leaves the surds and becomes a `Real`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import total_ordering
from operator import add, mul, truediv
from typing import Any

from keygen.engine.real import Real, real

LONGEST = 999  # the largest number under a root that a person would keep there


@total_ordering
@dataclass(frozen=True, slots=True)
class Surd:
    """factor * sqrt(radicand), the factor not zero, the radicand square-free and above 1: equal numbers, equal data."""

    factor: Fraction
    radicand: int

    def as_real(self) -> Real:
        """The number as a real one, to be computed with and written in decimals."""
        return real("mul", self.factor, real("sqrt", Fraction(self.radicand)))  # type: ignore[return-value]  # not 0

    def __float__(self) -> float:
        return float(self.as_real())

    def __str__(self) -> str:
        """sqrt(10)/10, -3*sqrt(2): text that sympy reads."""
        top, bottom = abs(self.factor.numerator), self.factor.denominator
        root = f"sqrt({self.radicand})" if top == 1 else f"{top}*sqrt({self.radicand})"
        return ("-" if self.factor < 0 else "") + root + (f"/{bottom}" if bottom > 1 else "")

    def __neg__(self) -> Surd:
        return Surd(-self.factor, self.radicand)

    def __abs__(self) -> Surd:
        return Surd(abs(self.factor), self.radicand)

    def __lt__(self, other: Any) -> Any:
        return self.as_real() < other

    def __add__(self, other: Any) -> Any:
        match other:
            case Surd() if other.radicand == self.radicand:
                return surd(self.factor + other.factor, self.radicand)
            case int() | Fraction() if other == 0:
                return self
            case _:
                return inexact(self, other, add)

    def __mul__(self, other: Any) -> Any:
        match other:
            case int() | Fraction():
                return surd(self.factor * other, self.radicand)
            case Surd() if other.radicand == self.radicand:
                return self.factor * other.factor * self.radicand
            case _:
                return inexact(self, other, mul)

    def __truediv__(self, other: Any) -> Any:
        match other:
            case int() | Fraction():
                return surd(self.factor / other, self.radicand)
            case Surd():
                return self * other.inverse()
            case _:
                return inexact(self, other, truediv)

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __rtruediv__(self, other: Any) -> Any:
        return self.inverse() * other

    def __pow__(self, exponent: int) -> Any:
        """A whole power; negative ones too."""
        half, odd = divmod(exponent, 2)
        square = (self.factor * self.factor * self.radicand) ** half
        return self * square if odd else square

    __radd__ = __add__
    __rmul__ = __mul__

    def inverse(self) -> Surd:
        """1 / (a sqrt n) = sqrt(n) / (a n)"""
        return Surd(1 / (self.factor * self.radicand), self.radicand)


def inexact(surd: Surd, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
    """An operation that leaves the surds; what is no number (an array) is left to its own operators."""
    match other:
        case complex():
            return operation(float(surd), other)
        case int() | Fraction() | Real() | Surd():
            return operation(surd.as_real(), other)
        case _:
            return NotImplemented


def surd(factor: Fraction, radicand: int) -> Fraction | Surd:
    """factor * sqrt(radicand) for a square-free radicand; zero is the rational zero."""
    return Surd(Fraction(factor), radicand) if factor else Fraction(0)


def square_root(x: Fraction) -> Fraction | Surd | None:
    """The exact square root of a rational that is not negative, None where what stays under the root is too long.

    sqrt(p / q) = sqrt(p q) / q, squares taken out of the root.
    """
    product = x.numerator * x.denominator
    whole = math.isqrt(product)
    if whole * whole == product:
        return Fraction(whole, x.denominator)
    outside, inside = without_squares(product)
    return Surd(Fraction(outside, x.denominator), inside) if inside <= LONGEST else None


def without_squares(n: int) -> tuple[int, int]:
    """n = outside^2 * inside with no small square left inside (a large one leaves a number too long for a root)."""
    outside, factor = 1, 2
    while factor <= LONGEST and factor * factor <= n:
        while n % (factor * factor) == 0:
            n //= factor * factor
            outside *= factor
        factor += 1
    return outside, n
