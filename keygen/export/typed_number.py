"""Numbers as somebody types them into a box: the key as a decimal, and how far from it a right answer may lie."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact
from fractions import Fraction
from functools import lru_cache
from typing import Any

from msgspec import Struct

from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.mathematics.number_format import decimal_of, leading_figures, rounded

PROVEN = 10
"""Significant digits of a key; each is proven."""
FEWEST = 3
"""Significant digits from which on a right rounding is accepted."""
SHORT = 4
"""Significant digits of a number in a sentence."""
PLAIN = range(-7, 16)
"""Powers of ten of the first digit of numbers that are written without one."""
WHOLE = Fraction(0)
"""The tolerance of a whole number."""
EXACT = Context(prec=1000, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact])
"""Decimals of which no digit is dropped."""


class TypedNumber(Struct, frozen=True):
    """A number that a box may hold.

    value      the number itself: Fraction, Real or Surd
    decimal    its first `PROVEN` significant digits as a fraction, the number itself where there are no more
    tolerance  how far from `decimal` what is typed may lie, the end included; 0 for a whole number
    """

    value: Any
    decimal: Fraction
    tolerance: Fraction

    @property
    def whole(self) -> bool:
        """Whether it is a whole number."""
        return not self.tolerance

    def near(self, other: TypedNumber) -> bool:
        """Whether two numbers are no more than two tolerances apart: no box tells them from each other."""
        (top, bottom), (over, under) = self.decimal.as_integer_ratio(), other.decimal.as_integer_ratio()
        apart, common = abs(top * under - over * bottom), bottom * under
        tolerances = (one.tolerance.as_integer_ratio() for one in (self, other))
        return any(apart * below <= 2 * above * common for above, below in tolerances)

    def accepts(self, typed: Fraction) -> bool:
        """Whether what is typed counts as this number."""
        return abs(self.decimal - typed) <= self.tolerance


def is_number(value: Any) -> bool:
    """Whether a value is a real number."""
    return isinstance(value, Real | Fraction | int | Surd) and not isinstance(value, bool)


def typed_number(value: Any) -> TypedNumber:
    """A number for a box. Raises Undecided where nobody can tell its digits.

    A whole number has to be typed as it is. Of any other number every right rounding to three significant digits or
    more is accepted: half a unit of the third digit lies between, and as the key is rounded at a decimal where such a
    rounding may turn, this holds of the key as well as of the number.
    """
    if not isinstance(value, Real | Surd) and value.denominator == 1:
        return TypedNumber(value, Fraction(value), WHOLE)
    figures = leading_figures(value, PROVEN)
    return TypedNumber(value, decimal_of(*figures), half_unit(figures[2] - FEWEST + 1))


@lru_cache(maxsize=256)
def half_unit(power: int) -> Fraction:
    """Half of a power of ten."""
    return Fraction(10 ** max(power, 0), 2 * 10 ** max(-power, 0))


def scale(number: Fraction) -> int:
    """The power of ten that the first significant digit of a number counts; 0 of 0."""
    top, bottom = number.numerator, number.denominator
    if not top:
        return 0
    top = abs(top)
    found = len(str(top)) - len(str(bottom))
    return found if top * 10 ** max(-found, 0) >= bottom * 10 ** max(found, 0) else found - 1


def decimal_text(number: Fraction) -> str:
    """A decimal with a point: -0.125, 12, 3.857e-22. Raises ValueError for a fraction that no decimal is."""
    try:
        value = EXACT.divide(Decimal(number.numerator), Decimal(number.denominator)).normalize(EXACT)
    except Inexact as error:
        raise ValueError(f"{number} is no decimal") from error
    power = value.adjusted()
    return f"{value:f}" if power in PLAIN else f"{value.scaleb(-power, EXACT):f}e{power}"


def short_text(number: TypedNumber) -> str:
    """A number as it may stand in a sentence: a whole one as it is, any other to `SHORT` significant digits."""
    return decimal_text(number.decimal if number.whole else rounded(number.value, SHORT))
