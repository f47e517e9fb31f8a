"""A class in groups, each with a folder of its own, and in an order that a column says."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

from keygen.course.filenames import file_name, same_file
from keygen.course.roster import Roster
from keygen.errors import KeygenError, nearest

Rank = tuple[bool, list[tuple[bool, int, str]], str]


def cells(roster: Roster, file: Path, column: str) -> tuple[str, ...]:
    """Everybody's cell of a column, in the order of the roster; `id` and `name` are there whatever the header calls
    them. Raises KeygenError, with the header's line, for a column that the roster has not."""
    asked = column.strip().casefold()
    found = next((name for name in roster.header if name.casefold() == asked), None)
    for what, header in zip(("id", "name"), roster.own, strict=True):
        if found == header or (found is None and asked == what):
            return tuple(getattr(student, what) for student in roster.students)
    if found is None:
        raise KeygenError(
            f"the roster has no column {column!r}", file=file, line=roster.line, expected="a column of that name",
            found="columns " + ", ".join(map(repr, roster.header)), repair=nearest(column, roster.header),
        )  # fmt: skip
    return tuple(student.columns[found] for student in roster.students)


def group_folders(roster: Roster, file: Path, column: str) -> dict[str, str]:
    """The folder of everybody's group, by the id: the group's name as every system takes it.

    Raises KeygenError, with the line: an unknown column, a student without a group, two groups with one folder.
    """
    folders: dict[str, str] = {}
    first: dict[str, tuple[str, int]] = {}
    for student, cell in zip(roster.students, cells(roster, file, column), strict=True):
        group = unicodedata.normalize("NFC", cell)
        if not group:
            raise KeygenError(
                f"student {student.id} has no group: the cell in the column {column!r} is empty",
                file=file, line=student.line, expected="a group for every student",
                repair="write the group into the cell, or build without --group",
            )  # fmt: skip
        folder = file_name(group)
        other, line = first.setdefault(same_file(folder), (group, student.line))
        if other != group:
            raise KeygenError(
                f"the group {group!r} would have the folder of another group", file=file, line=student.line,
                expected="a folder of its own for every group",
                found=f"{folder}, but {other!r} on line {line} has {file_name(other)}",
                repair="write them alike, if they are one group; else rename one",
            )  # fmt: skip
        folders[student.id] = folder
    return folders


def sorted_by(roster: Roster, file: Path, column: str) -> Roster:
    """The roster in the order of a column; whoever has the same in it, or nothing (at the end), stands in the order of
    the file. Raises KeygenError for a column that the roster has not."""
    ranks = map(rank, cells(roster, file, column))
    order = sorted(zip(ranks, range(len(roster.students)), strict=True))
    return replace(roster, students=tuple(roster.students[place] for _, place in order))


def rank(text: str) -> Rank:
    """Where a text stands: capitals do not count, marks on letters only where all else is the same (but й is a letter
    of its own), and numbers go by their size and before letters: 2a, 9, 10, B-9, B-10."""
    lowered = unicodedata.normalize("NFC", text.casefold())
    plain = "".join(one if one == "й" else unicodedata.normalize("NFD", one)[0] for one in lowered)
    pieces = re.findall(r"[0-9]+|[^0-9]+", plain)
    numbers = {piece: piece.lstrip("0") for piece in pieces if piece[0] in "0123456789"}
    ranks = [(piece not in numbers, len(numbers.get(piece, "")), numbers.get(piece, piece)) for piece in pieces]
    return not text, ranks, lowered
