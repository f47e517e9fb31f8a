"""The file of answers: CSV with commas, semicolons or tabs, with or without a byte order mark, or JSON.

    id,name,code,4.a.H,4.g.loss           [{"id": "17", "code": "K7QM-2FXA", "4.a.H": [[2, -1]]}, ...]

A column that is missing was not asked, an empty cell was not answered; unless its column is among those that the cell
`taken` names, which nobody looked at on the paper, since an answer that rests on them agrees. Rows come one by one, so
that a class of any size takes no more memory than one row.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TextIO

from keygen.errors import KeygenError
from keygen.grading.typed_text import unquoted
from keygen.system.limits import reason

DELIMITERS = ",;\t|"
LARGEST = 64_000_000
"""Characters of a cell that are taken in, though far fewer are read."""
OWN = ("id", "name", "code", "taken")
"""Columns that are no answers."""
BETWEEN = re.compile(r"[\s,;]+")
JSON_OBJECTS = '[{"id": "17", "4.a.H": [[2, -1]]}, ...]'


@dataclass(frozen=True, slots=True)
class AnswersRow:
    """One student's answers: the line of the file, and the cells by their columns."""

    line: int
    cells: Mapping[str, str]
    fault: str = ""

    @property
    def id(self) -> str:
        """Whose they are, "" where that is not said."""
        return unquoted(self.cells.get("id", ""))

    @property
    def code(self) -> str:
        """The code of the variant, "" where that is not said."""
        return unquoted(self.cells.get("code", ""))

    @property
    def taken(self) -> tuple[str, ...]:
        """The columns that nobody typed, since an answer that rests on them agrees."""
        return tuple(BETWEEN.split(self.cells.get("taken", "").strip("[], "))) if self.cells.get("taken") else ()


@dataclass(frozen=True)
class AnswersFile:
    """A file of answers: its columns, and its rows as often as they are asked for; `called` in messages."""

    path: Path
    called: str = "the answers"

    def columns(self) -> tuple[str, ...]:
        """The columns as they first appear. Raises KeygenError where no id is among them, or one stands twice."""
        with self.opened() as text:
            found = tuple(self.json_columns(text) if self.is_json else self.header(text)[0])
        twice = [name for name in found if name and found.count(name) > 1]
        if twice:
            raise KeygenError(
                f"{self.called} have the column {twice[0]!r} twice",
                file=self.path,
                line=1,
                repair="leave one of them out",
            )
        if "id" not in found:
            raise KeygenError(
                f"{self.called} have no column 'id'", file=self.path, line=1,
                expected="id, and a column for each answer, as key.csv and `keygen grade SHEET --template` name them",
                found=", ".join(found)[:200] or "nothing", repair="name the column of the students' ids: id",
            )  # fmt: skip
        return found

    def rows(self) -> Iterator[AnswersRow]:
        """The rows that hold anything, one after another."""
        with self.opened() as text:
            yield from self.json_rows(text) if self.is_json else self.csv_rows(text)

    def part(self, start: int, stop: int) -> tuple[AnswersFile, int, int]:
        """Some of the rows: the file, and where they stand in it."""
        return self, start, stop

    @property
    def is_json(self) -> bool:
        """Whether it is JSON by its name."""
        return self.path.suffix.lower() == ".json"

    @contextmanager
    def opened(self) -> Iterator[TextIO]:
        """The file as text. Raises KeygenError for one that cannot be read, or is no text."""
        try:
            with self.path.open("rb") as raw:
                encoding = encoding_of(raw.read(4))
                raw.seek(0)
                yield io.TextIOWrapper(raw, encoding, newline="")
        except OSError as error:
            raise KeygenError(f"{self.called} cannot be read", file=self.path, found=reason(error)) from error
        except csv.Error as error:
            raise KeygenError(
                f"{self.called} are no table", file=self.path, found=str(error), repair="export the table again as CSV"
            ) from error
        except UnicodeError as error:
            byte = f"the byte {error.object[error.start]:#04x}" if isinstance(error, UnicodeDecodeError) else str(error)
            raise KeygenError(
                f"{self.called} are no text in UTF-8", file=self.path, found=byte,
                repair='save the file as UTF-8 (in a spreadsheet: "CSV UTF-8")',
            ) from error  # fmt: skip

    # --- CSV

    def csv_rows_of(self) -> Iterator[AnswersRow]:
        """The rows of a table that may have other columns than answers."""
        with self.opened() as text:
            yield from self.csv_rows(text)

    def header(self, text: TextIO) -> tuple[Sequence[str], str, int]:
        """The columns of the first line, id, name and code in small letters; the delimiter; the lines that it took."""
        first, taken = text.readline(), 1
        if first.lower().startswith("sep="):
            first, taken = text.readline(), 2
        delimiter = max(DELIMITERS, key=lambda one: (len(cells_of(first, one)), -DELIMITERS.index(one)))
        names = [unquoted(cell) for cell in cells_of(first, delimiter)]
        return [name.lower() if name.lower() in OWN else name for name in names], delimiter, taken

    def csv_rows(self, text: TextIO) -> Iterator[AnswersRow]:
        """The rows of a table."""
        columns, delimiter, taken = self.header(text)
        lines = LinesTold(text)
        reader = csv.reader(lines, delimiter=delimiter)
        line = taken + 1
        while (record := record_of(reader)) is not None:
            if lines.ended:
                raise self.never_closed(line)
            if any(cell.strip() for cell in record):
                yield self.row(line, columns, record)
            line = taken + reader.line_num + 1

    def never_closed(self, line: int) -> KeygenError:
        """What is wrong where a quotation mark holds all that stands behind it: nobody can say whose that is."""
        return KeygenError(
            f"{self.called} have a quotation mark that is never closed", file=self.path, line=line,
            repair='close it, or double it where it is meant ("" in a cell between quotes); or export the table again',
        )  # fmt: skip

    def row(self, line: int, columns: Sequence[str], record: Sequence[str]) -> AnswersRow:
        """One row; one that has more cells than there are columns is at fault."""
        over = any(cell.strip() for cell in record[len(columns) :])
        why = "a cell that holds the delimiter wants quotes"
        fault = f"{len(record)} cells in {len(columns)} columns: {why}" if over else ""
        cells = {name: cell.strip() for name, cell in zip(columns, record, strict=False) if name}
        return AnswersRow(line, cells, fault)

    # --- JSON

    def objects(self, text: TextIO) -> list[Any]:
        """The objects of a file in JSON, numbers as they are written. Raises KeygenError for another file."""
        try:
            found = json.loads(text.read(), parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError) as error:
            found = "lists within lists, without end" if isinstance(error, RecursionError) else str(error)
            raise KeygenError(
                f"{self.called} are no JSON", file=self.path, expected=JSON_OBJECTS, found=found
            ) from error
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise KeygenError(f"{self.called} are no list of objects", file=self.path, expected=JSON_OBJECTS)
        return found

    def json_columns(self, text: TextIO) -> dict[str, None]:
        """The keys of all objects."""
        return {"id": None} | {str(key): None for one in self.objects(text) for key in one}

    def json_rows(self, text: TextIO) -> Iterator[AnswersRow]:
        """The objects as rows; null is an empty cell."""
        for number, one in enumerate(self.objects(text), start=1):
            yield AnswersRow(number, {key: as_cell(item).strip() for key, item in one.items()})


class AnswersSource(Protocol):
    """Where answers come from: a file of them, or another report that was made such."""

    @property
    def path(self) -> Path:
        """The file that was read."""
        ...

    def columns(self) -> tuple[str, ...]:
        """The columns as they first appear."""
        ...

    def rows(self) -> Iterator[AnswersRow]:
        """The rows that hold anything, one after another."""
        ...

    def part(self, start: int, stop: int) -> tuple[AnswersSource, int, int]:
        """What some of the rows are read from, and where they stand in it."""
        ...


def as_cell(item: Any) -> str:
    """A value of JSON as somebody would type it."""
    if item is None:
        return ""
    if isinstance(item, str):
        return item
    return json.dumps(item, ensure_ascii=False).replace('"', "") if isinstance(item, list) else json.dumps(item)


class LinesTold(Iterator[str]):
    """The lines of a text, which tell when somebody has asked for one behind the last."""

    def __init__(self, text: TextIO) -> None:
        self.text, self.ended = iter(text), False

    def __next__(self) -> str:
        for line in self.text:
            return line
        self.ended = True
        raise StopIteration


def encoding_of(start: bytes) -> str:
    """The encoding of a file by its first four bytes: a mark, or where the zeros stand beside the letters of a head."""
    if start in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return "utf-32"
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    zeros = [not byte for byte in start]
    if zeros == [False, True, False, True]:
        return "utf-16-le"
    return "utf-16-be" if zeros == [True, False, True, False] else "utf-8-sig"


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line."""
    with long_cells():
        return next(csv.reader([line], delimiter=delimiter), [])


def record_of(reader: Iterator[list[str]]) -> list[str] | None:
    """The next row of a table; None behind the last."""
    with long_cells():
        return next(reader, None)


@contextmanager
def long_cells() -> Iterator[None]:
    """Python's limit for a cell, higher for a while: what is too long to be read is said of that cell alone."""
    before = csv.field_size_limit(LARGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)
