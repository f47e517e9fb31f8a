r"""TeX mathematics as tokens, as a reader who knows TeX and the exercise's names sees it.

Sizes of brackets and spaces say nothing and are left out; `\,` stays, for it multiplies. A name is the longest sign of
a variable that stands here: `w_{1,2}^{(1)}`, `f(t_0)`, a derivative's fraction. A decimal comma is a decimal point.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple


class MisreadError(Exception):
    """A text that has no meaning to a strict reader, or two."""


class UnreadError(Exception):
    """A text with a sign that the reader does not know."""


class TexToken(NamedTuple):
    """kind: number, name, function, comma (between arguments), command, sign or end; `text` as TeX has it."""

    kind: str
    text: str


END = TexToken("end", "")
SKIPPED = re.compile(
    r"\s+|\\(?:left|right|[bB]igg?[lr]?)(?=\s*[()\[\]|.]|\\[lr](?:[vV]ert|floor|ceil))|\\(?:!|allowbreak|quad|displaystyle)(?![A-Za-z])|\{\}"
)
WHOLE = r"(?:\d\d{1,2}(?:\\,\d{3})+|\d(?:\\,\d{3}){2,}|\d+)"  # in groups of three if it has five figures
NUMBER = re.compile(rf"({WHOLE}(?:(?:\.|\{{,\}})\d+)?)(?:\s*\\cdot\s*10\^\{{(-?\d+)\}})?")
COMMA = re.compile(r"(?:,|;|\{,\})(?:\\allowbreak)?\\ ")
COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)")


@lru_cache(maxsize=4096)
def pattern(names: tuple[str, ...], functions: tuple[str, ...]) -> re.Pattern[str]:
    """The signs of variables and functions, the longest first; a function is one only before a bracket."""
    signs = [(name, "") for name in names if not NUMBER.fullmatch(name)] + [
        (name, r"(?=\s*(?:\\left|\\[bB]igg?l)?\()") for name in functions
    ]
    signs.sort(key=lambda sign: -len(sign[0]))
    rows = (
        re.escape(name) + (r"(?![A-Za-z])" if re.search(r"\\[A-Za-z]+$", name) else "") + behind
        for name, behind in signs
        if name
    )
    return re.compile("|".join(rows) or r"(?!)")


def tokens(text: str, names: Iterable[str] = (), functions: Iterable[str] = ()) -> tuple[TexToken, ...]:
    """The tokens of a formula. Numbers are those of `number_of`."""
    signs = pattern(tuple(sorted(names)), tuple(sorted(functions)))
    known = frozenset(functions)
    found: list[TexToken] = []
    at = 0
    while at < len(text):
        if name := signs.match(text, at):  # before what is skipped: a name may begin with a bracket
            at = name.end()
            kind = (
                "function"
                if name[0] in known and text[at:].lstrip().startswith(("(", r"\left(", r"\big", r"\Big"))
                else "name"
            )
            found.append(TexToken(kind, name[0]))
        elif skipped := SKIPPED.match(text, at):
            at = skipped.end()
        elif digits := NUMBER.match(text, at):
            at = digits.end()
            found.append(
                TexToken(
                    "number", digits[1].replace("{,}", ".").replace(r"\,", "") + (f"e{digits[2]}" if digits[2] else "")
                )
            )
        elif comma := COMMA.match(text, at):
            at = comma.end()
            found.append(TexToken("comma", ","))
        elif command := COMMAND.match(text, at):
            at = command.end()
            found.append(TexToken("command", command[0]))
        else:
            found.append(TexToken("sign", text[at]))
            at += 1
    return tuple(found)


class PrintedNumber(NamedTuple):
    """A number on a page: its magnitude, how much its last digit is worth, how many figures it has."""

    value: Fraction
    unit: Fraction
    figures: int


@lru_cache(maxsize=65536)
def printed(text: str) -> PrintedNumber:
    """The number that a token says: 0.0250 has three figures and a unit of 1/10000."""
    digits, _, exponent = text.partition("e")
    places = len(digits.partition(".")[2])
    scale = Fraction(10) ** int(exponent or 0)
    figures = len(digits.replace(".", "").lstrip("0"))
    return PrintedNumber(Fraction(digits) * scale, scale / 10**places, figures)
