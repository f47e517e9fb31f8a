"""How a number looks: terminating decimals while they are short, else fractions; irrational numbers rounded.

The only place where digits are dropped; what was dropped is said (`Digits.exact`), so that the page writes an
approximation sign. The values themselves are never rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import floor, log10

from keygen.errors import KeygenError


@dataclass(frozen=True, slots=True)
class Policy:
    """point        the decimal separator of the sheet, "." or ","
    decimals     the longest terminating decimal that is written as one (digits after the point)
    fraction     the largest numerator or denominator of a fraction; longer ones are rounded like irrational numbers
    significant  digits shown of an irrational number
    """

    point: str = "."
    decimals: int = 5
    fraction: int = 9999
    significant: int = 4


@dataclass(frozen=True, slots=True)
class Digits:
    """A number's magnitude as text: whole, decimal, fraction or power of ten; its sign; whether nothing was dropped."""

    negative: bool
    text: str  # plain digits with a decimal point, or "top/bottom"
    exact: bool
    exponent: int = 0  # of ten

    def value(self) -> Fraction:
        """The number that the text says."""
        magnitude = Fraction(self.text) * Fraction(10) ** self.exponent
        return -magnitude if self.negative else magnitude


def digits(x: Fraction | float | int, policy: Policy) -> Digits:
    """The digits a page shows for x. Raises KeygenError for a number that is not finite or of another type."""
    if isinstance(x, bool) or not isinstance(x, int | float | Fraction):
        raise KeygenError(f"{x!r} is not a number that a page can show", found=type(x).__name__)
    if isinstance(x, float):
        if x != x or x in (float("inf"), float("-inf")):
            raise KeygenError(f"a page cannot show the number {x}", repair="draw other data, or mend the computation")
        return rounded(x, policy.significant)
    return rational(Fraction(x), policy)


def rational(x: Fraction, policy: Policy) -> Digits:
    """A Fraction: exact where it is short."""
    places = decimal_places(x.denominator)
    magnitude = abs(x)
    if places is None or places > policy.decimals:
        if max(magnitude.numerator, magnitude.denominator) > policy.fraction:
            return rounded(float(x), policy.significant)
        return Digits(x < 0, f"{magnitude.numerator}/{magnitude.denominator}", exact=True)
    scaled = str(magnitude * 10**places).rjust(places + 1, "0")
    text = f"{scaled[:-places]}.{scaled[-places:]}" if places else scaled
    return Digits(x < 0, text, exact=True)


def decimal_places(denominator: int) -> int | None:
    """How many decimals 1/denominator takes, None where they never end."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


def rounded(x: float, significant: int) -> Digits:
    """A float to so many significant digits, in scientific form outside 10^-4 .. 10^6."""
    if x == 0:
        return Digits(False, "0", exact=False)
    scale = floor(log10(abs(x)))
    unit = Decimal(1).scaleb(scale - significant + 1)
    short = abs(Decimal(x)).quantize(unit, ROUND_HALF_EVEN)
    if -4 <= scale < 6:
        return Digits(x < 0, format(short, "f"), exact=False)
    return Digits(x < 0, format(short.scaleb(-scale), "f"), exact=False, exponent=scale)
