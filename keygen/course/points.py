"""What an exercise is worth: points for the whole of it, or for each of its parts, as a sheet's file has them.

points = 4                        shared over the parts and their steps
points = { a = 1, b = 2.5 }       each part its own, shared over its steps

Decimals are what was typed, never a float.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from keygen.course.toml_lines import where_key
from keygen.errors import KeygenError, nearest

HALF = Fraction(1, 2)
WHOLE, DECIMALS = 4, 2
"""Digits of a number of points, before and after the decimal point."""
NUMBER = f"a number of points, at most {WHOLE} digits before the decimal point and {DECIMALS} after it"


@dataclass(frozen=True, slots=True)
class Credit:
    """The points of one exercise: the `total`, and those of each part where the sheet tells them apart. `file` and
    `line` are where it does."""

    total: Fraction
    parts: tuple[tuple[str, Fraction], ...] = ()
    file: Path | None = field(default=None, compare=False, repr=False)
    line: int | None = field(default=None, compare=False, repr=False)

    def shared(self, weights: Mapping[str, int]) -> Mapping[str, Fraction]:
        """The points of each part; `weights` are those of all parts. Raises KeygenError, at the line of the sheet, for
        a part that the exercise has not, and for one whose points are not told."""
        if not self.parts:
            return dict(zip(weights, shares(self.total, list(weights.values())), strict=True))
        told = dict(self.parts)
        for letter in told:
            if letter not in weights:
                raise self.wrong(
                    f"the exercise has no part {letter!r}", expected="points for " + ", ".join(weights),
                    found=f"points for {letter!r}", repair=nearest(letter, weights),
                )  # fmt: skip
        for letter in weights:
            if letter not in told:
                raise self.wrong(
                    f"part {letter!r} of the exercise has no points", expected="points for " + ", ".join(weights),
                    found="points for " + ", ".join(told), repair=f"add {letter} = 0 if it is worth none",
                )  # fmt: skip
        return {letter: told[letter] for letter in weights}

    def wrong(self, what: str, **said: Any) -> KeygenError:
        """A complaint at the line of the sheet."""
        return KeygenError(what, file=self.file, line=self.line, source=line_of(self.file, self.line), **said)


def shares(total: Fraction, weights: Sequence[int]) -> list[Fraction]:
    """A total shared by weights in halves of a point, by largest remainders; of equal ones the later come first, for a
    result is worth more than a beginning. What is left of a total that is no number of halves goes to the next in turn.

    The sum is the total. Nothing of weight 0 has a share; where all weights are 0, there are none.
    """
    return list(shares_of(total, tuple(weights)))


@lru_cache(maxsize=1024)
def shares_of(total: Fraction, weights: tuple[int, ...]) -> tuple[Fraction, ...]:
    """The shares of a total: every variant of an exercise has the same."""
    whole = sum(weights)
    if not whole:
        return tuple(Fraction(0) for _ in weights)
    quotas = [total * weight / whole for weight in weights]
    found = [math.floor(quota / HALF) * HALF for quota in quotas]
    turn = sorted(
        (place for place, weight in enumerate(weights) if weight),
        key=lambda place: (quotas[place] - found[place], place), reverse=True,
    )  # fmt: skip
    left = total - sum(found)
    for place in turn:
        share = min(left, HALF)
        found[place] += share
        left -= share
    return tuple(found)


def decimal(number: Fraction, separator: str = ".") -> str:
    """A number of points as it is printed: 2, 0.5, 1.25"""
    cents = int(number * 10**DECIMALS)
    whole, rest = divmod(cents, 10**DECIMALS)
    decimals = f"{rest:0{DECIMALS}}".rstrip("0")
    return f"{whole}{separator}{decimals}" if decimals else str(whole)


# --- what a sheet's file says


def credited(file: Path, text: str, table: dict[str, Any]) -> dict[str, Any]:
    """The tables of a sheet with each exercise's points read. Raises KeygenError for what is no number of points."""
    exercises = table.get("exercise")
    if not isinstance(exercises, list) or not any(isinstance(one, dict) and "points" in one for one in exercises):
        return table
    typed = tomllib.loads(text, parse_float=Decimal)["exercise"]  # 0.1 as it was typed
    found = [
        {**one, "points": credit(exact["points"], file, place)} if isinstance(one, dict) and "points" in one else one
        for place, (one, exact) in enumerate(zip(exercises, typed, strict=True))
    ]
    return {**table, "exercise": found}


def credit(value: Any, file: Path, place: int) -> Credit:
    """The points of the exercise at a place, counted from 0. Raises KeygenError for what is no number, negative, not
    finite, or too long."""
    line = line_of_points(file, place)
    of = Credit(Fraction(0), (), file, line)
    if not isinstance(value, dict):
        return Credit(number(value, "points", of), (), file, line)
    if not value:
        raise of.wrong("the points of the exercise name no part", expected="points = { a = 1, b = 2.5 }, or one number")
    parts = tuple((letter, number(of_part, f"points of part {letter!r}", of)) for letter, of_part in value.items())
    return Credit(sum((points for _, points in parts), Fraction(0)), parts, file, line)


def number(value: Any, what: str, of: Credit) -> Fraction:
    """One number of points."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        kind = {str: "a text", bool: "true or false", list: "a list", dict: "a table"}.get(type(value), "no number")
        raise of.wrong(
            f"the {what} are no number", expected=f"{NUMBER}, or {{ a = 1, b = 2.5 }}", found=f"{kind}: {value}",
            repair="write a number without quotes" if isinstance(value, str) else None,
        )  # fmt: skip
    if isinstance(value, Decimal) and not value.is_finite():
        raise of.wrong(f"the {what} are not finite", expected=NUMBER, found=str(value))
    if value < 0:
        raise of.wrong(f"the {what} are negative", expected=NUMBER, found=shortened(value), repair="write 0 or more")
    if value >= 10**WHOLE or (isinstance(value, Decimal) and decimals_of(value) > DECIMALS):
        raise of.wrong(f"the {what} have too many digits", expected=NUMBER, found=shortened(value), repair="round them")
    return Fraction(value)


def decimals_of(value: Decimal) -> int:
    """How many digits a number has behind the point, zeros at the end not counted."""
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # it is finite
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -(exponent + zeros)) if any(digits) else 0


def shortened(value: int | Decimal) -> str:
    """A number that a message shows, be it as long as it likes."""
    try:
        return str(value)
    except ValueError:  # more digits than Python turns into a text
        return f"a number of {value.bit_length() * 3 // 10:,} digits" if isinstance(value, int) else "a long number"


def line_of_points(file: Path, place: int) -> int | None:
    """The line of an exercise's points."""
    line: int | None = where_key(file, "exercise", place, "points").get("line")
    return line


def line_of(file: Path | None, line: int | None) -> str | None:
    """The line itself."""
    return None if file is None or line is None else lines(file)[line - 1]


def lines(file: Path) -> list[str]:
    """The lines of a file."""
    return file.read_text(encoding="utf-8", errors="replace").splitlines()
