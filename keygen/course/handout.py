"""What a sheet is as a thing of paper: its size, the room to write in, who marks what; values of a sheet's keys.

paper = "a4"                      or "letter"
size = 11                         points of its letters, 10 or 12 too; or by a column of the roster, empty cells aside:
size = { column = "print", otherwise = 11 }       where 17 is large print
space = "6cm"                     room below an exercise; "grid 4cm" is squared, "lines 5" ruled
space = { a = "lines 3" }         room below its parts
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

import msgspec
from msgspec import Struct

from keygen.errors import KeygenError, nearest

Paper = Literal["a4", "letter"]
Size = Literal[10, 11, 12]
USUAL: Size = 11
"""The size of letters unless a sheet says another."""
LARGE = 17
"""The size of large print."""
SIZES = (10, USUAL, 12, LARGE)
HIGHEST = 220
"""Millimetres of room on one page at most; Letter has a little more."""
RULED = 8
"""Millimetres between lines to write on."""
SQUARE = 5
"""Millimetres of a square."""
MILLIMETRES = {"mm": Fraction(1), "cm": Fraction(10), "in": Fraction("25.4")}
ROOM = re.compile(r"(?:(grid) +)?(\d{1,3}(?:\.\d{1,2})?) ?(mm|cm|in)|(lines) +(\d{1,3})")
EXPECTED = '"6cm", "grid 4cm" or "lines 5", in cm, mm or in'


class SizeByColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Letters of the size that a column of the roster says, of another where it says nothing."""

    column: Annotated[str, msgspec.Meta(min_length=1)]
    otherwise: Size = USUAL


class WritingSpace(Struct, frozen=True):
    """Room to write in: `blank`, squared (`grid`) or ruled (`lines`), so many millimetres high."""

    kind: Literal["blank", "grid", "lines"]
    height: Fraction

    @property
    def rows(self) -> int:
        """How many rows of squares, or lines, there are."""
        return int(self.height // (RULED if self.kind == "lines" else SQUARE))


def writing_space(text: str) -> WritingSpace:
    """The room that a sheet's file asks for. Raises KeygenError for what is none, and for more than a page has."""
    found = ROOM.fullmatch(text.strip())
    if found is None:
        raise KeygenError("this is no room to write in", expected=EXPECTED, found=repr(text))
    grid, amount, unit, _, lines = found.groups()
    height = Fraction(lines) * RULED if lines else Fraction(amount) * MILLIMETRES[unit]
    if not SQUARE <= height <= HIGHEST:
        raise KeygenError(
            "the room to write in does not fit on a page", found=repr(text),
            expected=f"{SQUARE} to {HIGHEST} mm, or 1 to {HIGHEST // RULED} lines",
        )  # fmt: skip
    if lines:
        return WritingSpace("lines", height)
    return WritingSpace("grid", Fraction(height // SQUARE * SQUARE)) if grid else WritingSpace("blank", height)


def size_of(said: int | SizeByColumn, columns: Mapping[str, str] | None) -> int:
    """The size of letters on one student's sheet, whose `columns` are the roster's (None: nobody's sheet). Raises
    KeygenError for a roster without the column, and for a cell that is no size."""
    if not isinstance(said, SizeByColumn):
        return said
    if columns is None:
        return said.otherwise
    if said.column not in columns:
        raise KeygenError(
            f"the sheet has its letters' size from the column {said.column!r}, which the roster has not",
            repair=nearest(said.column, columns),
        )  # fmt: skip
    cell = columns[said.column].removesuffix("pt").strip()
    if cell and cell not in map(str, SIZES):
        raise KeygenError(
            f"the column {said.column!r} of the roster has no size of letters", found=repr(cell),
            expected=" or ".join(map(str, SIZES)) + ", or an empty cell",
        )  # fmt: skip
    return int(cell) if cell else said.otherwise
