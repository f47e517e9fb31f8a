"""Rosters: who gets a variant. A CSV file with a header, read as a whole or refused at its line.

    id,name,group
    1001,Анна Иванова,B-21
    1002,"O'Neil, Ann",B-22

The header names `id` and `name`, in any order and in capitals or not, or is an export's (`roster_columns`); templates
have the further columns by their names. Commas, semicolons or tabs, as the header has them, or as a first line `sep=;`
says; UTF-8, with a byte order mark or without, or UTF-16 with one.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct

from keygen.course.filenames import file_name
from keygen.course.ids import conflict, normal_id
from keygen.course.roster_columns import BY_HEADER, IDS, RosterColumns, Taken, heading, taken
from keygen.errors import KeygenError, nearest
from keygen.system.limits import reason
from keygen.system.text import decoded

DELIMITERS = ",;\t"
SEPARATOR = re.compile(r"\ufeff?\"?sep=([,;\t|])\"?\s*", re.IGNORECASE)
"""The line by which Excel is told the delimiter of what follows."""
REQUIRED = ("id", "name")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""The byte order marks of what Excel calls "Unicode text"."""


@dataclass(frozen=True, slots=True)
class Student:
    """One row: the id in its normal form (see `normal_id`), the name as it stands, the further columns by name, the
    row's 1-based line. No row says which `draw` the student's numbers are: builds remember it (`builds.draws`)."""

    id: str
    name: str
    columns: Mapping[str, str]
    line: int
    draw: int = 1

    @property
    def stem(self) -> str:
        """What the names of this student's files begin with."""
        return file_name(self.id)


@dataclass(frozen=True, slots=True)
class Roster:
    """The students in order, at first the file's, and the names of its columns; what was `taken` for the id and the
    name that has another name, in words; the header's `own` names for id and name ("" for one in two columns), and its
    1-based line."""

    students: tuple[Student, ...]
    header: tuple[str, ...]
    taken: tuple[str, ...] = ()
    own: tuple[str, str] = REQUIRED
    line: int = field(default=1, compare=False)

    def student(self, id: str) -> Student:
        """The student with this id. Raises KeygenError with the nearest ids."""
        by_id = {one.id: one for one in self.students}
        asked = normal_id(id)
        if asked not in by_id:
            raise KeygenError(f"the roster has no student {id!r}", repair=nearest(asked, by_id))
        return by_id[asked]


class RosterRow(Struct, frozen=True):
    """The cells of one record, without the space around them, and the line that it begins on."""

    line: int
    cells: tuple[str, ...]


class RosterFile(Struct, frozen=True):
    """The file and its lines, for messages that show the place."""

    path: Path
    lines: tuple[str, ...]

    def error(self, what: str, line: int | None, expected: str | None, found: str | None, repair: str) -> KeygenError:
        """A complaint about one line."""
        source = self.lines[line - 1] if line else None
        return KeygenError(
            what, file=self.path, line=line, source=source, expected=expected, found=found, repair=repair
        )  # fmt: skip

    def placed(self, error: KeygenError, line: int) -> KeygenError:
        """A complaint of somebody who does not know the line."""
        return error.within(file=self.path, line=line, source=self.lines[line - 1])


def load_roster(path: Path, languages: Iterable[str], wished: RosterColumns = BY_HEADER) -> Roster:
    """The students of a CSV file, whose sheets may be in any of the languages. Blank lines do not count, and a name may
    be empty; an id may not. `wished` says which columns are id and name, where a person has.

    Raises KeygenError with the line: a file that cannot be read, is empty or is neither UTF-8 nor UTF-16; a header
    without columns for id and name, or a second one; a row with too many or too few cells; an id that is empty, holds
    an invisible character, stands twice, or would write into the file of another.
    """
    source = RosterFile(path, tuple(io.StringIO(text_of(path), newline="")))
    first, *rows = table(source)
    header, found = columns(source, first, wished)
    rows = [row for row in rows if len(row.cells) != len(header) or not heading(row.cells, found)]
    students = tuple(student(source, header, found, row) for row in rows)
    if not students:
        raise source.error("the roster has no students", None, "a row a student", None, "add them below the header")
    distinct(source, students, languages)
    own = header[found.id], header[found.name[0]] if len(found.name) == 1 else ""
    return Roster(students, tuple(name for name in header if name), found.said, own, first.line)


def text_of(path: Path) -> str:
    """The file as text. Raises KeygenError for bytes that are none, at their line."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KeygenError(
            "the roster cannot be read", file=path, found=reason(error),
            repair="name a CSV file that you may read",
        ) from error  # fmt: skip
    if data[:2] in UTF_16:
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            pass  # told as what it is
    return decoded(path, data, "the roster", 'save it as UTF-8 (in a spreadsheet: "CSV UTF-8")')


def table(source: RosterFile) -> list[RosterRow]:
    """The rows that hold anything, the header first, cut where the header's own delimiter stands."""
    rows = list(filled(source, delimiter_of(source)))
    if not rows:
        raise source.error(
            "the roster is empty", None, "a header that names id and name, then a row a student", None,
            "write the header into its first line",
        )  # fmt: skip
    return rows


def delimiter_of(source: RosterFile) -> str:
    """The delimiter by which the header names what it must; failing that, the one that cuts it into most cells."""

    if separator := SEPARATOR.fullmatch(source.lines[0] if source.lines else ""):
        return separator[1]

    def fitness(delimiter: str) -> tuple[int, int]:
        try:
            header = next(filled(source, delimiter), None)
        except KeygenError:  # quotes that do not end where this delimiter would have them end
            return -1, 0
        names = [] if header is None else [cell.casefold() for cell in header.cells]
        return sum(name in names for name in (*REQUIRED, *IDS)), len(names)

    return max(DELIMITERS, key=fitness)


def filled(source: RosterFile, delimiter: str) -> Iterator[RosterRow]:
    """The records that have a cell with something in it."""
    reader = csv.reader(source.lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    line = 1
    try:
        for record in reader:
            cells = tuple(cell.strip() for cell in record)
            if any(cells) and not (line == 1 and SEPARATOR.fullmatch(source.lines[0])):
                yield RosterRow(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            most = f"{csv.field_size_limit():,} characters at most"
            raise source.error("the roster has a cell that is too long", line, most, None, "shorten it") from error
        raise source.error(
            "the roster is not well formed here", line, "cells that are quoted as a whole or not at all", str(error),
            'close the quotes; a quote inside quotes is written twice: "Ann ""Annie"" Lee"',
        ) from error  # fmt: skip


def columns(source: RosterFile, header: RosterRow, wished: RosterColumns) -> tuple[tuple[str, ...], Taken]:
    """The names of the columns, `id` and `name` in small letters, "" for a column without a name; and which of them are
    the id and the name."""
    lowered = {name: name.casefold() for name in header.cells}
    names = tuple(lowered[name] if lowered[name] in REQUIRED else name for name in header.cells)
    found = taken(names, wished)
    if isinstance(found, str):
        asked = found in (wished.id, *wished.name)
        raise source.error(
            f"the roster has no column {found!r}", header.line,
            "a column of that name" if asked else "a header that names id and name",
            "columns " + ", ".join(repr(name) for name in names),
            nearest(found, names) if asked
            else "name the columns in the first line: id,name and whatever else you have; or say which they are: "
            "--id-column, --name-column",
        )  # fmt: skip
    twice = [name for name, times in Counter(lowered[name] for name in header.cells if name).items() if times > 1]
    if twice:
        raise source.error(
            f"the roster has the column {twice[0]!r} twice", header.line, "every column under a name of its own",
            None, "rename one of them",
        )  # fmt: skip
    return names, found


def student(source: RosterFile, header: tuple[str, ...], found: Taken, row: RosterRow) -> Student:
    """The student of a row that has a cell for each column."""
    if is_header(row):
        raise source.error(
            "the header stands twice", row.line, "one header, then a row a student",
            "a second file that was joined to the first, it seems",
            "remove this line; see that the rows below it have the columns " + ", ".join(filter(None, header)),
        )  # fmt: skip
    if len(row.cells) != len(header):
        raise source.error(
            f"the row has too {'many' if len(row.cells) > len(header) else 'few'} cells", row.line,
            f"{len(header)}: " + ", ".join(header), f"{len(row.cells)}",
            'put a cell that holds the delimiter into quotes, as in "Lee, Ann"; leave no column out',
        )  # fmt: skip
    if any(cell and not name for name, cell in zip(header, row.cells, strict=True)):
        raise source.error(
            "the row has a cell in a column without a name", row.line, None, None, "name the column in the header"
        )
    own = {header[found.id], *(header[place] for place in found.name if len(found.name) == 1)}
    cells = {name: cell for name, cell in zip(header, row.cells, strict=True) if name and name not in own}
    try:
        return Student(normal_id(row.cells[found.id]), found.name_of(row.cells), cells, row.line)
    except KeygenError as error:
        raise source.placed(error, row.line) from error


def is_header(row: RosterRow) -> bool:
    """Whether a row names the columns. (The second of two joined files may begin with a byte order mark.)"""
    return {cell.lstrip("\ufeff").casefold() for cell in row.cells} >= set(REQUIRED)


def distinct(source: RosterFile, students: tuple[Student, ...], languages: Iterable[str]) -> None:
    """Raise for an id that stands twice and for two ids that would write into one file."""
    found = conflict([one.id for one in students], [f"on line {one.line}" for one in students], languages)
    if found is not None:
        place, error = found
        raise source.placed(error, students[place].line)
