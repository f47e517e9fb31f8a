"""Numbers as one policy writes them, each looked at once: the same few hundred stand on the pages of a whole course."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, cast

from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.mathematics.number_format import Digits, Policy, digits, separator_free

KEPT = 8192  # numbers of a policy that are kept
NOBODY = (None, None)  # has written a number so far


class Numeral(NamedTuple):
    """A number as a page shows it.

    face    all that decides about the signs around it: its digits without their text, which is "" or "/"; the digits
            themselves where they stand under or beside a root, or are a power
    parts   the text that the face leaves out: none, the digits, or those above and below a fraction's line
    honest  whether the digits are those of the number
    number  the nearest double
    """

    value: Fraction | Real | Surd
    digits: Digits
    shape_class: Digits
    parts: tuple[str, ...]
    digits_match: bool
    number: float


class Numerals:
    """The numbers of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.ratio: Callable[[int, int], Numeral] = lru_cache(KEPT)(
            lambda top, bottom: self.made(Fraction(top, bottom))
        )

    def of(self, value: Any) -> Numeral:
        """A number. Raises KeygenError for what is none, or is not finite."""
        if type(value) is Fraction:
            return self.ratio(*value.as_integer_ratio())
        if type(value) is not Real:
            return self.made(value)
        if getattr(value, "written", NOBODY)[0] is not self:
            value.written = self, self.made(value)
        found: Numeral = value.written[1]
        return found

    def made(self, value: Any) -> Numeral:
        """A number that has not been seen."""
        shown = digits(value, self.policy)
        parts = tuple(shown.text.split("/")) if shown.root == 1 and not shown.lone_power else ()
        shape_class = Digits(shown.negative, "/" * (len(parts) - 1), *shown[2:]) if parts else shown
        return Numeral(value, shown, shape_class, parts, digits_match(shown, value), float(value))


def numerals(policy: Policy) -> Numerals:
    """The numbers of a policy that were looked at so far, whatever its decimal separator."""
    return numerals_of(separator_free(policy))


@lru_cache(maxsize=64)
def numerals_of(policy: Policy) -> Numerals:
    """The numbers of a policy without a separator of its own."""
    return Numerals(policy)


def digits_match(shown: Digits, value: Fraction | Real | Surd) -> bool:
    """Whether the digits on a page are those of the number: all of them, or rounded half away from zero to the last
    one shown. It is asked of the number itself and shares nothing with the way in which the digits were found."""
    if shown.root != 1:
        return shown.value() == value
    if shown.exact or shown.text == "0":
        return shown.value() == value and not isinstance(value, Surd)
    if "/" in shown.text or shown.base != 10:  # which nothing is rounded to
        return False
    below, above, number = halfway(shown, -1), halfway(shown, 1), cast(Any, value)
    if number > below and number < above:
        return True
    inner = above if shown.negative else below  # what is exactly there is rounded away from zero
    return bool(number == inner) and (inner < 0) == shown.negative


def halfway(shown: Digits, side: int) -> Fraction:
    """The number half a unit of the last digit above a decimal (`side` 1) or below it (-1)."""
    whole, _, decimals = shown.text.partition(".")
    figures, places = int(whole + decimals), len(decimals) - shown.exponent
    twice = (-2 * figures if shown.negative else 2 * figures) + side
    return Fraction(twice, 2 * 10**places) if places >= 0 else Fraction(twice * 10**-places, 2)
