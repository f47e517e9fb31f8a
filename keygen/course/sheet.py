"""Sheets: `exercises/<sheet>.toml`, read and validated; `sheet_keys` has their keys."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from keygen.course.contents import contents
from keygen.course.languages import Language, languages
from keygen.course.points import credited
from keygen.course.search_path import SearchPath
from keygen.course.seeding import NumberStreams
from keygen.course.sheet_checks import require_choices, require_exercises, require_values, schema_error
from keygen.course.sheet_keys import Wishes, Written, said
from keygen.course.toml_lines import where_key
from keygen.errors import KeygenError
from keygen.system.text import decoded, require_file, toml_of


class Sheet(Written, frozen=True, kw_only=True):
    """A sheet of a course under its name, with the file that says it (None: an exercise as a sheet of its own); the
    `day` is its date, where that is one."""

    name: str
    file: Path | None = None
    day: datetime.date | None = None

    def dated(self, language: Language) -> str:
        """The date on a page in this language."""
        return said(self.date, language) if self.day is None else language.dated(self.day)

    def asked(self, streams: NumberStreams | None) -> list[int]:
        """The numbers of the exercises that a student or a seed gets: of each group to choose from some, any as likely
        as any other, whoever else is there. Nobody in particular (None) gets all."""
        numbers = range(1, len(self.exercise) + 1)
        if streams is None:
            return list(numbers)
        left = set[int]()
        for choice in self.choices:
            drawn = streams.stream("choose", *choice.of).sample(choice.of, choice.k)
            left.update(set(choice.of) - set(drawn))
        return [number for number in numbers if number not in left]

    def twins(self) -> Iterator[tuple[int, str]]:
        """The number of each exercise that stands there a second time with the same published numbers, and what there
        is to say of it."""
        for second, entry in enumerate(self.exercise, start=1):
            for first, other in enumerate(self.exercise[: second - 1], start=1):
                apart = entry.parts and other.parts and not set(entry.parts) & set(other.parts)
                if (entry.id, entry.pin, entry.seed) == (other.id, other.pin, other.seed) and not apart:
                    what = f"exercise {second} of {self.name} has the published numbers of exercise {first}"
                    yield second, f"{what}; give it another pin, or a seed"
                    break

    def place(self, number: int, *key: str) -> dict[str, Any]:
        """File, line and the line itself of a key of its exercise of this number; nothing without a file."""
        return {} if self.file is None else where_key(self.file, "exercise", number - 1, *key)

    def total(self, numbers: Iterable[int]) -> Fraction:
        """The sum of the points of its exercises of these numbers."""
        asked = (self.exercise[number - 1].points for number in numbers)
        return sum((points.total for points in asked if points is not None), Fraction(0))

    def wishes(self, number: int) -> Wishes:
        """What it asks of the pages of its exercise of this number."""
        entry = self.exercise[number - 1]
        parts = tuple(entry.parts or ())
        asked = self.confirm, self.totals, entry.room, entry.rooms, entry.title, parts
        return Wishes(*asked, self.file, number - 1)

    def separator(self, language: Language) -> str:
        """The decimal separator on a page in this language."""
        return self.point or language.separator

    def mark(self, language: str) -> str:
        """What names of files have before their ending: ".en", or nothing in the sheet's own language."""
        return "" if language == self.language else f".{language}"


def load_sheet(name: str, path: SearchPath) -> Sheet:
    """The sheet of this name. Raises KeygenError with file, key, what is allowed and the nearest right word."""
    file = path.sheet_file(name)
    require_file(file, "the sheet")
    sheet, day = parsed_sheet(file, contents(file), path)
    known = languages(path)
    if sheet.language and sheet.language not in known:
        raise KeygenError(
            f"the sheet does not fit at language: Invalid enum value {sheet.language!r}",
            **where_key(file, "language"), expected=" or ".join(map(repr, known)),
        )  # fmt: skip
    said = {key: getattr(sheet, key) for key in Written.__struct_fields__}
    return Sheet(**{**said, "language": sheet.language or known[0]}, name=name, file=file, day=day)


def parsed_sheet(file: Path, data: bytes, path: SearchPath) -> tuple[Written, datetime.date | None]:
    """The sheet in a file that holds `data`, and its date where that is a day."""
    text = decoded(file, data, "the sheet")
    table = credited(file, text, toml_of(file, text, "the sheet"))
    if not table:
        raise KeygenError(
            "the sheet has nothing in it", file=file, expected="a title and exercises",
            repair='write title = "...", and for each exercise [[exercise]] and below it id = "topic/name" '
            "(`keygen help sheet`)",
        )  # fmt: skip
    day = table["date"] if type(table.get("date")) is datetime.date else None
    try:
        sheet = msgspec.convert(table if day is None else {**table, "date": day.isoformat()}, Written)
    except msgspec.ValidationError as error:
        raise schema_error(file, str(error)) from error
    require_values(file, sheet)
    require_choices(file, sheet)
    require_exercises(file, sheet, path)
    return sheet, day
