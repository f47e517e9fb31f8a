r"""Numbers, lists of them and matrices as students type them, by the shape that is asked for.

`1, 2`, `1 2; 3 4`, `[[1, 2], [3, 4]]`, `(1; 2)`, `\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}`,
`matrix([1, 2], [3, 4])`, `np.array([[1, 2], [3, 4]])`, a line a row.

A comma stands between two entries, or before the decimals of one. Each reading is tried; one that has the shape that is
asked for counts, and where both have it the answer says so (`Read.others`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from keygen.engine.primitives import Shape
from keygen.grading.numbers import GROUPED, ReadNumber, read_number
from keygen.grading.typed_text import UnreadableError, plain, unnamed

Rows = list[list[str]]
ENVIRONMENT = re.compile(r"\\begin\{(\w*matrix\*?|array|aligned)\}(?:\{[lcr|]*\})?(.*?)\\end\{\1\}", re.DOTALL)
WRAPPED = re.compile(r"(?:\w{1,30}\.)?(?:array|matrix|Matrix|tensor|asarray|vector|vec)\s*(?=\()")
TURNED = re.compile(r"(?:\.T|'|\^\{?\s*\\?(?:T|top|intercal|⊤)\s*\}?|ᵀ|⊤)\s*$")
DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
THOUSANDS = re.compile(r"[-+]? ?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
MOST = 400
"""Entries of a matrix that is read."""
PAIRS = {"(": ")", "[": "]", "{": "}"}
BESIDE_OPERATOR = re.compile(r"[-+*/·@^=({\[]$|\\[a-zA-Z]+$|(?:sqrt|ln|log|exp)$")
BEFORE_OPERATOR = re.compile(r"[*/·@^)}\]]|[-+](?:\s|$)")


@dataclass(frozen=True)
class Read:
    """What was typed: an array of `ReadNumber` in the shape that was asked for.

    notes   what was taken for granted: a row that stands for a column
    others  what it may mean as well, in the same shape
    """

    value: Any
    notes: tuple[str, ...] = ()
    others: tuple[Read, ...] = ()


class ShapeError(ValueError):
    """What was typed can be read, and has another shape than what was asked for."""


def read_array(cell: str, shape: Shape) -> Read:
    """What a cell says, in this shape. Raises UnreadableError for what cannot be read, ShapeError for another shape."""
    text = unnamed(plain(cell))
    found: list[Read] = []
    misfit: ShapeError | None = None
    unreadable: UnreadableError | None = None
    for reading in readings(text, shape):
        try:
            found.append(in_shape(reading(), shape))
        except ShapeError as error:
            misfit = misfit or error
        except UnreadableError as error:
            unreadable = unreadable or error
    if found:
        first, *others = distinct(found)
        return Read(first.value, first.notes, tuple(others))
    raise misfit or unreadable or UnreadableError("nothing is written")


def readings(text: str, shape: Shape) -> Iterator[Any]:
    """The ways to read a text, the most usual first: in what has several entries a comma stands between them."""
    with_points = DECIMAL_COMMA.sub(".", text)
    if shape == () or shape == (1, 1):
        if GROUPED.fullmatch(with_points):
            with_points = with_points.replace(" ", "")
        yield partial(rows_of, with_points)
        if THOUSANDS.fullmatch(text):
            yield partial(rows_of, text.replace(",", ""))
        return
    yield partial(rows_of, text)
    if with_points != text:
        yield partial(rows_of, with_points)


def distinct(found: Sequence[Read]) -> list[Read]:
    """Readings that differ in a number."""
    kept: list[Read] = []
    for one in found:
        numbers = [float(number) for number in np.ravel(one.value)]
        if all(numbers != [float(number) for number in np.ravel(other.value)] for other in kept):
            kept.append(one)
    return kept


def in_shape(rows: Rows, shape: Shape) -> Read:
    """Rows of texts as numbers in a shape; a row stands for a column, a lone number for a matrix of one entry, and a
    lone 0 for zeros."""
    numbers = [[read_number(cell) for cell in row] for row in rows]
    widths = {len(row) for row in numbers}
    if len(widths) != 1:
        raise ShapeError("rows of " + ", ".join(str(len(row)) for row in rows) + " entries")
    found = len(numbers), widths.pop()
    wanted = {0: (1, 1), 1: (1, *shape), 2: shape}[len(shape)]
    array = np.empty(found, dtype=object)
    for row, column in np.ndindex(found):
        array[row, column] = numbers[row][column]
    if found == wanted:
        return Read(array.reshape(shape) if shape else array[0, 0])
    if found == (1, 1) and array[0, 0] == ReadNumber(Fraction(0), Fraction(1, 2), 0):
        return Read(np.full(shape, array[0, 0]), ("0 stands for zeros",))
    if found[::-1] != wanted or 1 not in found:
        raise ShapeError(f"{found[0]} x {found[1]} in the place of {' x '.join(map(str, wanted))}")
    stands, for_what = ("a row", "a column") if found[0] == 1 else ("a column", "a row")
    return Read(array.T.reshape(shape), (f"{stands} stands for {for_what}",) if len(shape) == 2 else ())


def rows_of(text: str) -> Rows:
    """A text cut into rows and entries. Raises UnreadableError where a bracket has no other."""
    text, turned = unwrapped(text)
    while (inside := enclosed(text)) is not None and inside.strip().startswith("\\begin"):
        text = inside.strip()
    if found := ENVIRONMENT.fullmatch(text):
        rows = [split(row, "&") for row in re.split(r"\\\\|\\cr", found[2]) if row.strip()]
    else:
        rows = grouped(text)
    if sum(map(len, rows)) > MOST:
        raise UnreadableError(f"more than {MOST} entries")
    if turned:
        if len({len(row) for row in rows}) != 1:
            raise ShapeError("rows that are not alike under a transpose")
        rows = [list(column) for column in zip(*rows, strict=True)]
    return rows


def unwrapped(text: str) -> tuple[str, bool]:
    """A text without the function that makes a matrix of it and the T of a transpose, and whether there was one."""
    text = WRAPPED.sub("", text.strip(), count=1)
    mark = TURNED.search(text)
    turned = mark is not None and text[: mark.start()].rstrip().endswith((")", "]", "}"))
    return (text[: mark.start()].strip() if turned and mark else text), turned


def grouped(text: str) -> Rows:
    """Rows in brackets of their own, or between semicolons and line breaks; a list in brackets is one row."""
    while (inside := enclosed(text)) is not None and holds_several(inside):
        text = inside.strip()
    parts = split(text, ",;\n ")
    bodies = [body for part in parts if (body := enclosed(part)) is not None and is_row(part, body)]
    if parts and len(bodies) == len(parts):
        return [entries(body) for body in bodies]
    rows = [row for line in split(text, "\n") for row in split(line, ";")]
    return [entries(row) for row in rows] or [[""]]


def is_row(part: str, inside: str) -> bool:
    """Whether a piece in brackets is a row, and no number in brackets."""
    return part[:1] == "[" or holds_several(inside)


def holds_several(inside: str) -> bool:
    """Whether what stands in brackets is a list, and not one number."""
    return len(split(inside, ",;\n ")) > 1 or inside.strip()[:1] in PAIRS


def entries(row: str) -> list[str]:
    """The entries of a row: between &, semicolons or commas, else between spaces. Raises UnreadableError where an entry
    between commas falls apart: in 8,45 -4 the comma is before decimals."""
    for separator in ("&", ";", ","):
        if len(cells := split(row, separator)) > 1:
            if separator == "," and any(len(split(cell, " ")) > 1 for cell in cells):
                raise UnreadableError(f"{row[:40]}: entries between commas, and between spaces")
            return cells
    return split(row, " ")


def enclosed(text: str) -> str | None:
    """What stands inside the brackets that go round all of a text; None where none do."""
    text = text.strip()
    closing = PAIRS.get(text[:1])
    if closing is None or text[-1:] != closing:
        return None
    depth = 0
    for place, character in enumerate(text):
        depth += (character in PAIRS) - (character in PAIRS.values())
        if depth == 0 and place < len(text) - 1:
            return None
    return text[1:-1] if depth == 0 else None


def split(text: str, separators: str) -> list[str]:
    """A text cut at separators that stand outside all brackets; a space is none beside the sign of an operation. A
    separator at the very end closes the last piece. Raises UnreadableError where brackets do not match."""
    pieces, start, depth = [], 0, 0
    if text.isalnum():  # neither a separator nor a bracket
        return [text]
    for place, character in enumerate(text):
        if character in PAIRS:
            depth += 1
        elif character in PAIRS.values():
            depth -= 1
            if depth < 0:
                raise UnreadableError("a bracket closes that was not opened")
        elif depth == 0 and character in separators and not (character == " " and joins(text, start, place)):
            pieces.append(text[start:place])
            start = place + 1
    if depth:
        raise UnreadableError("a bracket is not closed")
    pieces = [piece.strip() for piece in (*pieces, text[start:])]
    if " " in separators or "\n" in separators:
        return [piece for piece in pieces if piece]
    return pieces[:-1] if len(pieces) > 1 and not pieces[-1] else pieces


def joins(text: str, start: int, place: int) -> bool:
    """Whether a space belongs to one formula: behind a sign, before one that has a space behind it too."""
    before, after = text[start:place].rstrip(), text[place:].lstrip()
    return not before or not after or bool(BESIDE_OPERATOR.search(before)) or bool(BEFORE_OPERATOR.match(after))


def flat_texts(value: Any) -> str:
    """Numbers that were read, as a person sees them."""
    if isinstance(value, ReadNumber):
        return shown(value)
    return "[" + ", ".join(map(flat_texts, list(value))) + "]"


def shown(number: ReadNumber) -> str:
    """A number that was read: exactly where that is short."""
    text = str(number.value) if not hasattr(number.value, "decimal") else f"{float(number.value):.12g}"
    return text if len(text) <= 40 else f"{float(number.value):.12g}"
