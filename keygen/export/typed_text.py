"""What somebody types as a number, in one form for all ways to type it; `typed.js` and `quiz.js` have the same
rules for browsers.

-0,50    −.5    -5·10^-1     ->  -5e-1
2/6      1/3                 ->  1/3
12 345   12345,0             ->  12345e0
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from keygen.export.typed_number import FEWEST, PROVEN, TypedNumber, scale
from keygen.mathematics.number_format import rounded

MINUS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
"""Signs that are typed, or copied, for a minus."""
SPACES = "\t\u00a0\u2007\u2008\u2009\u202f"
UNSEEN = "\u200b\u200e\u200f\u2060\ufeff"
SAME = str.maketrans({**dict.fromkeys(MINUS, "-"), **dict.fromkeys(SPACES, " "), **dict.fromkeys(UNSEEN)})
NUMBER = re.compile(
    r"([+-]?) ?([0-9]{1,3}(?: [0-9]{3})+|[0-9]{0,60})(?:[.,]([0-9]{0,60}))?"
    r"(?:[eE]([+-]?[0-9]{1,3})| ?[*\u00b7\u00d7\u22c5] ?10 ?\^ ?(?:([+-]?[0-9]{1,3})|\(([+-]?[0-9]{1,3})\)))?"
)
FRACTION = re.compile("([+-]?) ?([0-9]{1,60}) ?[/\u2044\u2215] ?([0-9]{1,60})")


def forms(typed: str) -> tuple[str, ...]:
    """The form of what is typed, none for what is no number. A decimal of more digits than are proven has two, where
    it is rounded to those in either direction."""
    text = typed.translate(SAME).strip(" ")
    if (found := FRACTION.fullmatch(text)) is not None:
        sign, top, bottom = found[1], int(found[2]), int(found[3])
        return (fraction_form(Fraction(-top if sign == "-" else top, bottom)),) if bottom else ()
    if (found := NUMBER.fullmatch(text)) is None:
        return ()
    before, after = found[2].replace(" ", ""), found[3] or ""
    if not before + after:
        return ()
    power = int(found[4] or found[5] or found[6] or 0) - len(after)
    return roundings(found[1] == "-", int(before + after), power)


def fraction_form(number: Fraction) -> str:
    """The form of a fraction that is typed with its stroke."""
    if number.denominator == 1:
        return form(number < 0, abs(number.numerator), 0)
    return f"{number.numerator}/{number.denominator}"


def roundings(negative: bool, figures: int, power: int, most: int = PROVEN) -> tuple[str, ...]:
    """The forms of a number of no more than so many digits, or of its neighbours with so many."""
    over = len(str(figures)) - most
    if over <= 0 or not figures % 10**over:
        return (form(negative, figures, power),)
    below = figures // 10**over
    return form(negative, below, power + over), form(negative, below + 1, power + over)


def form(negative: bool, figures: int, power: int) -> str:
    """The form of a decimal: sign, digits without a zero at their end, the power of ten of the last."""
    if not figures:
        return "0"
    text = str(figures)
    short = text.rstrip("0")
    return f"{'-' if negative else ''}{short}e{power + len(text) - len(short)}"


def decimal_form(number: Fraction) -> str:
    """The form of a decimal. Raises AssertionError for a fraction that no decimal is."""
    power = scale(number) - 2 * PROVEN
    figures = abs(number) / Fraction(10) ** power
    assert figures.denominator == 1, f"{number} has more digits than a form"
    return form(number < 0, figures.numerator, power)


def accepted(key: TypedNumber) -> tuple[str, ...]:
    """The forms of what is right: every rounding of a number to three significant digits or more, half away from zero
    or, where it lies in the middle, towards it; and a fraction as it is. Raises Undecided where nobody can tell a
    digit."""
    if key.whole:
        return roundings(key.decimal < 0, abs(int(key.decimal)), 0)
    found = [decimal_form(one) for figures in range(FEWEST, PROVEN + 1) for one in rounded_to(key.value, figures)]
    if isinstance(key.value, Fraction):
        found.append(fraction_form(key.value))
    return tuple(dict.fromkeys(found))


def rounded_to(number: Any, figures: int) -> tuple[Fraction, ...]:
    """The right roundings of a number to so many significant digits: two of one in the middle."""
    near = rounded(number, figures)
    if isinstance(number, Fraction):
        unit = Fraction(10) ** (scale(number) - figures + 1)
        if abs(near - number) == unit / 2:
            return near, near - unit if near > 0 else near + unit
    return (near,)
