"""How a number looks: terminating decimals while they are short, else fractions; square roots while they are short;
other irrational numbers rounded.

The only place where digits are dropped; what was dropped is said (`Digits.exact`), so that the page writes an
approximation sign. The values themselves are never rounded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from keygen.engine.surd import Surd
from keygen.errors import KeygenError

GUARD = 15  # digits that a quotient is computed to beyond those it is rounded to


@dataclass(frozen=True, slots=True)
class Policy:
    """point        the decimal separator of the sheet, "." or ","
    decimals     the longest terminating decimal that is written as one (digits after the point)
    fraction     the largest numerator or denominator of a fraction; longer ones are rounded like irrational numbers
    significant  digits shown of an irrational number
    root         the largest whole number in a form such as 3 sqrt(10) / 4; longer ones are rounded
    """

    point: str = "."
    decimals: int = 5
    fraction: int = 9999
    significant: int = 4
    root: int = 999


class Digits(NamedTuple):
    """A number's magnitude as text: whole, decimal, fraction or power of ten; its sign; whether nothing was dropped.

    Where `root` is not 1, its square root is one more factor (which a page writes beside the numerator).
    """

    negative: bool
    text: str  # plain digits with a decimal point, or "top/bottom"
    exact: bool
    exponent: int = 0  # of ten
    root: int = 1

    def value(self) -> Fraction | Surd:
        """The number that the text says."""
        magnitude = Fraction(self.text) * Fraction(10) ** self.exponent
        signed = -magnitude if self.negative else magnitude
        return signed if self.root == 1 else Surd(signed, self.root)


def digits(x: Fraction | float | int | Surd, policy: Policy) -> Digits:
    """The digits a page shows for x. Raises KeygenError for a number that is not finite or of another type."""
    if type(x) is Fraction:
        return rational(*x.as_integer_ratio(), policy)
    if type(x) is float:
        return rounded_float(x, policy.significant)
    if isinstance(x, bool) or not isinstance(x, int | float | Fraction | Surd):
        raise KeygenError(f"{x!r} is not a number that a page can show", found=type(x).__name__)
    if isinstance(x, Surd):
        return root_form(x, policy)
    if isinstance(x, float):
        return rounded_float(float(x), policy.significant)
    return rational(*x.as_integer_ratio(), policy)


def root_form(x: Surd, policy: Policy) -> Digits:
    """A surd: exact where it is short."""
    top, bottom = abs(x.factor.numerator), x.factor.denominator
    if max(top, bottom, x.radicand) > policy.root:
        return rounded(Decimal(float(x)), policy.significant)
    return Digits(x.factor < 0, f"{top}/{bottom}" if bottom > 1 else f"{top}", exact=True, root=x.radicand)


@lru_cache(maxsize=8192)
def rational(top: int, bottom: int, policy: Policy) -> Digits:
    """A fraction by its numbers: exact where it is short."""
    magnitude, places = abs(top), decimal_places(bottom)
    if places is None or places > policy.decimals:
        if max(magnitude, bottom) > policy.fraction:
            quotient = Context(prec=policy.significant + GUARD).divide(Decimal(top), Decimal(bottom))
            return rounded(quotient, policy.significant)
        return Digits(top < 0, f"{magnitude}/{bottom}", exact=True)
    scaled = str(magnitude * 10**places // bottom).rjust(places + 1, "0")
    text = f"{scaled[:-places]}.{scaled[-places:]}" if places else scaled
    return Digits(top < 0, text, exact=True)


def decimal_places(denominator: int) -> int | None:
    """How many decimals 1/denominator takes, None where they never end."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


def rounded_float(x: float, significant: int) -> Digits:
    """A float to so many significant digits. Raises KeygenError for one that is not finite."""
    if not math.isfinite(x):
        raise KeygenError(f"a page cannot show the number {x}", repair="draw other data, or mend the computation")
    if x == 0:
        return Digits(False, "0", exact=False)
    mantissa, _, exponent = f"{abs(x):.{significant - 1}e}".partition("e")  # half to even, as `rounded`
    return scientific(x < 0, mantissa.replace(".", ""), int(exponent))


def scientific(negative: bool, figures: str, scale: int) -> Digits:
    """Rounded figures, the first of them the 10^scale's: in scientific form below 10^-4 and where zeros would fill it
    up."""
    if not -4 <= scale < len(figures):
        text = f"{figures[0]}.{figures[1:]}" if len(figures) > 1 else figures
        return Digits(negative, text, exact=False, exponent=scale)
    if scale < 0:
        return Digits(negative, "0." + "0" * (-scale - 1) + figures, exact=False)
    whole, places = figures[: scale + 1], figures[scale + 1 :]
    return Digits(negative, f"{whole}.{places}" if places else whole, exact=False)


def rounded(x: Decimal, significant: int) -> Digits:
    """A number to so many significant digits, in scientific form below 10^-4 and where zeros would fill it up."""
    if x == 0:
        return Digits(False, "0", exact=False)
    short = Context(prec=significant, rounding=ROUND_HALF_EVEN).create_decimal(x.copy_abs())
    scale = short.adjusted()  # of what is left after rounding: 9.9996 is 10.00
    figures = "".join(map(str, short.as_tuple().digits)).ljust(significant, "0")
    return scientific(x < 0, figures, scale)
