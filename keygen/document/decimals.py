"""Numbers of a table's column under each other, aligned at their decimal mark, in TeX: what the shorter ones lack is
left free in \\hphantom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

NUMBER = re.compile(
    r"(?P<minus>-?)(?P<whole>\d+)(?:(?P<mark>\.|\{,\})(?P<rest>\d+))?( \\cdot 10\^\{(?P<power>-?\d+)\})?"
)
FREE = re.compile(r"\\hphantom\{(?:[^{}]|\{[^{}]*\})*\}")
"""What is left free."""
BEHIND_FREE = re.compile(rf"{FREE.pattern}\{{(?P<number>{NUMBER.pattern})\}}")
"""A negative number behind it."""


class ColumnNumber(NamedTuple):
    """How long a number's pieces are: its minus, the digits before the mark and behind it, the minus and the digits of
    a power of ten (`power` is whether there is one), and the mark itself."""

    minus: int
    whole: int
    rest: int
    power: bool
    below: int
    digits: int
    mark: str


def measured(text: str) -> ColumnNumber | None:
    """The lengths of a number; None for what is none."""
    found = NUMBER.fullmatch(text)
    if found is None:
        return None
    power = found["power"] or ""
    return ColumnNumber(
        len(found["minus"]), len(found["whole"]), len(found["rest"] or ""), bool(power), power.count("-"),
        len(power.lstrip("-")), found["mark"] or "",
    )  # fmt: skip


def aligned(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The cells, each as wide before and behind its mark as the widest of its column."""
    columns = [aligned_column(column) for column in zip_longest(*rows, fillvalue="")]
    return [list(row) for row in zip(*columns, strict=True)]


def aligned_column(cells: Sequence[str]) -> list[str]:
    """One column; what is no number stays as it is, and so do numbers that are alike."""
    numbers = [measured(cell) for cell in cells]
    known = [number for number in numbers if number is not None]
    if len(set(known)) < 2:
        return list(cells)
    widest = ColumnNumber(*map(max, zip(*known, strict=True)))
    return [
        cell if number is None else padded(cell, number, widest) for cell, number in zip(cells, numbers, strict=True)
    ]


def padded(cell: str, number: ColumnNumber, widest: ColumnNumber) -> str:
    """A number as wide as the widest."""
    before = "-" * (widest.minus - number.minus) + "0" * (widest.whole - number.whole)
    behind = (widest.mark if not number.mark else "") + "0" * (widest.rest - number.rest)
    sign, digits = "-" * (widest.below - number.below), "0" * (widest.digits - number.digits)
    if widest.power and not number.power:
        behind += rf"{{}}\cdot 10^{{{sign}{digits}}}"
    elif sign or digits:
        behind += f"{{}}^{{{sign}{digits}}}"
    if before and number.minus:
        cell = f"{{{cell}}}"  # or its minus would subtract from what is left free
    return free(before) + cell + free(behind)


def unpadded(text: str) -> str:
    """What `aligned` was given, in a text of cells."""
    return FREE.sub("", BEHIND_FREE.sub(r"\g<number>", text))


def free(text: str) -> str:
    """As much room as a text takes."""
    return rf"\hphantom{{{text}}}" if text else ""
