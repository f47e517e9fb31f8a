"""A line as somebody with a calculator sees it: what each side of numbers gives when the digits printed on it are typed
in, beside the rounded number at the line's end.

Nothing of the printer's choice of digits is used: both are read off the finished text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from keygen.checking import arithmetic as mp
from keygen.checking.lines import Link, alone, entries_of, said, slot_of
from keygen.checking.tex_tokens import PrintedNumber
from keygen.checking.tex_value import Meaning, TexValue

EQUAL = frozenset({"=", r"\approx"})


class Calculated(Enum):
    """How a side of numbers stands to the rounded number that is printed behind it."""

    SAME = "same"
    UNIT = "one unit off"  # of the last place
    OFF = "off by more"


class Side(NamedTuple):
    """A side, what it gives, and how that stands to the end of the line."""

    text: str
    value: str
    found: Calculated


def calculated(links: Sequence[Link], relations: Sequence[str], functions: Any, significant: int) -> Iterator[Side]:
    """Every side of numbers alone that a rounded number ends, as its own digits have it. `significant` figures are what
    a rounded number has at least."""
    end = links[-1]
    if not alone(end.tree):
        return
    for place, link in enumerate(links[:-1]):
        between = relations[place:]
        if alone(link.tree) or not EQUAL.issuperset(between) or r"\approx" not in between:
            continue
        try:
            value = mp.settled(partial(by_hand, link, functions))
        except LookupError:  # it speaks of a variable
            continue
        yield Side(link.text, said(value), compared(value, end, functions, significant))


def by_hand(link: Link, functions: Any) -> TexValue:
    """The value of a side by its printed digits. Raises LookupError for one with a name in it."""

    def nameless(sign: str) -> Any:
        raise LookupError(sign)

    return Meaning(nameless, functions, None, numbers=link.exact).value(link.tree)


def compared(value: TexValue, end: Link, functions: Any, significant: int) -> Calculated:
    """The entry that is farthest off."""
    shown = by_hand(end, functions)
    pairs = zip(mp.entries(value.array), mp.entries(shown.array), entries_of(end.tree), strict=True)
    most = max(
        units(x, y, None if (slot := slot_of(entry)) is None else end.numbers[slot], significant)
        for x, y, entry in pairs
    )
    return Calculated.SAME if most == 0 else Calculated.UNIT if most == 1 else Calculated.OFF


def units(value: Any, shown: Any, number: PrintedNumber | None, significant: int) -> int:
    """How many units of the last place a value, rounded to it, is from a printed number."""
    unit = unit_of(abs(shown), number, significant)
    distance = abs(mp.inexact(value) - mp.inexact(shown)) / mp.inexact(unit)
    return int(mp.here().floor(distance + mp.inexact(Fraction(1, 2))))


def unit_of(magnitude: Any, number: PrintedNumber | None, significant: int) -> Fraction:
    """What the last place of a number is worth; one that is shorter than a rounded number has zeros behind it."""
    exact = Fraction(magnitude)
    least = Fraction(10) ** -(significant)
    while exact and least * 10**significant <= exact:
        least *= 10
    while exact and least * 10 ** (significant - 1) > exact:
        least /= 10
    return least if number is None or not exact else min(least, number.unit)
