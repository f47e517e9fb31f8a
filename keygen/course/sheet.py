"""Sheets: `exercises/<sheet>.toml`, validated key by key.

course = "Deep learning"          (a string, or one string a language)
title = { ru = "...", en = "..." }
date = 2026-03-02                 (a day, in the words of the language; or a string)
language = "ru"                   the sheet's own language, by default that of `templates/settings.toml`
appendix = ["differentials"]      sheets of rules that follow the problems
point = ","                       decimal separator; by default the language's
confirm = true                    each key closes with a program in NumPy that confirms its answers

[[exercise]]
id = "backprop/computation_graph"
points = 3                        or { a = 1, b = 2.5 }, part by part
pin = { x = [1, "0.5"] }          data that every variant has, as the exercise's `given` names them
"""

from __future__ import annotations

import datetime
import re
from fractions import Fraction
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from keygen.course.contents import contents
from keygen.course.languages import Language, languages
from keygen.course.points import TABLE, Credit, credited
from keygen.course.search_path import SearchPath
from keygen.errors import KeygenError, line_where, nearest
from keygen.system.text import decoded, require_file, toml_of

Words = str | dict[str, str]
LONGEST = 400
"""Characters of a title: a line or three."""


class SheetEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exercise of a sheet."""

    id: str
    points: Credit | None = None
    pin: dict[str, Any] = {}


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sheet as its file says it; a language of "" is the default one."""

    title: Words
    exercise: list[SheetEntry]
    course: Words = ""
    date: Words = ""
    language: str = ""
    appendix: list[Literal["differentials"]] = []
    point: Literal[".", ","] | None = None
    engine: Literal["pdflatex", "xelatex", "lualatex", "tectonic"] = "pdflatex"
    significant: Annotated[int, msgspec.Meta(ge=2, le=12)] = 4
    decimals: Annotated[int, msgspec.Meta(ge=0, le=12)] = 5
    confirm: bool = False


class Sheet(Written, frozen=True, kw_only=True):
    """A sheet of a course under its name, with the file that says it (None: an exercise as a sheet of its own); the
    `day` is its date, where that is one."""

    name: str
    file: Path | None = None
    day: datetime.date | None = None

    def dated(self, language: Language) -> str:
        """The date on a page in this language."""
        return said(self.date, language) if self.day is None else language.dated(self.day)

    @property
    def total(self) -> Fraction:
        """The sum of the points of its exercises."""
        return sum((entry.points.total for entry in self.exercise if entry.points is not None), Fraction(0))

    def separator(self, language: Language) -> str:
        """The decimal separator on a page in this language."""
        return self.point or language.separator

    def mark(self, language: str) -> str:
        """What names of files have before their ending: ".en", or nothing in the sheet's own language."""
        return "" if language == self.language else f".{language}"


def said(words: Words, language: Language) -> str:
    """A sheet's own words in a language; any other language where that one is missing."""
    return words if isinstance(words, str) else words.get(language.code) or next(iter(words.values()), "")


def load_sheet(name: str, path: SearchPath) -> Sheet:
    """The sheet of this name. Raises KeygenError with file, key, what is allowed and the nearest right word."""
    file = path.sheet_file(name)
    require_file(file, "the sheet")
    sheet, day = parsed_sheet(file, contents(file), path)
    known = languages(path)
    if sheet.language and sheet.language not in known:
        raise KeygenError(
            f"the sheet does not fit at language: Invalid enum value {sheet.language!r}",
            **line_where(file, r"^\s*language\b"), expected=" or ".join(map(repr, known)),
        )  # fmt: skip
    said = {key: getattr(sheet, key) for key in Written.__struct_fields__}
    return Sheet(**{**said, "language": sheet.language or known[0]}, name=name, file=file, day=day)


def parsed_sheet(file: Path, data: bytes, path: SearchPath) -> tuple[Written, datetime.date | None]:
    """The sheet in a file that holds `data`, and its date where that is a day."""
    text = decoded(file, data, "the sheet")
    table = credited(file, text, toml_of(file, text, "the sheet"))
    day = table["date"] if type(table.get("date")) is datetime.date else None
    try:
        sheet = msgspec.convert(table if day is None else {**table, "date": day.isoformat()}, Written)
    except msgspec.ValidationError as error:
        raise schema_error(file, str(error)) from error
    for key, words in (("title", sheet.title), ("course", sheet.course), ("date", sheet.date)):
        if any(len(text) > LONGEST for text in (words.values() if isinstance(words, dict) else (words,))):
            raise KeygenError(
                f"the sheet's {key} is too long", **line_where(file, rf"^\s*{key}\b"),
                expected=f"at most {LONGEST} characters", repair="shorten it",
            )  # fmt: skip
    for place, entry in enumerate(sheet.exercise, start=1):
        try:
            known = path.is_exercise(entry.id)
        except KeygenError as error:
            raise error.within(**nth_id(file, place)) from error
        if not known:
            raise KeygenError(
                f"exercise number {place} of the sheet is unknown: {entry.id!r}",
                **line_where(file, re.escape(entry.id)),
                repair=nearest(entry.id, path.exercises()),
            )
    return sheet, day


def nth_id(file: Path, place: int) -> dict[str, Any]:
    """File, line and the line itself of the exercise number `place`; the file alone where its id stands elsewhere."""
    ids = [(n, text) for n, text in enumerate(file.read_text("utf-8").splitlines(), 1) if re.match(r"\s*id\s*=", text)]
    if len(ids) < place:
        return {"file": file}
    return {"file": file, "line": ids[place - 1][0], "source": ids[place - 1][1]}


def schema_error(file: Path, message: str) -> KeygenError:
    """A key or a value that a sheet does not have, in the validator's words and ours."""
    what, _, path = message.partition(" - at `$")
    key = path.rstrip("`").lstrip(".") or "the top level"
    stranger = re.search(r"unknown field `(\w+)`", what)
    fields = SheetEntry.__struct_fields__ if "exercise" in key else Written.__struct_fields__
    if stranger:
        return KeygenError(
            f"the sheet has an unknown key {stranger[1]!r}",
            **line_where(file, stranger[1]),
            expected="one of " + ", ".join(fields),
            repair=nearest(stranger[1], fields),
        )
    kind = (SheetEntry if "exercise" in key else Written).__annotations__.get(key.rpartition(".")[2], "")
    return KeygenError(
        f"the sheet does not fit at {key}: {what}",
        **line_where(file, re.escape(key.rpartition(".")[2].split("[")[0])),
        expected="true or false" if kind == "bool" else " or ".join(re.findall(r"'[^']+'|\"[^\"]+\"", kind)) or None,
    )


def place_of_pin(sheet: Sheet, place: int, name: str | None) -> dict[str, Any]:
    """File, line and the line itself where a sheet pins a name of its exercise number `place`, or at least begins to
    pin."""
    if sheet.file is None:
        return {}
    found = nth_id(sheet.file, place)
    lines = list(enumerate(sheet.file.read_text("utf-8").splitlines(), 1))
    own = list(takewhile(lambda row: not TABLE.match(row[1]), lines[found.get("line", len(lines)) :]))
    key = re.escape(name or "")
    for pattern in (rf"""(^|[{{,.])\s*["']?{key}["']?\s*=""", r"^\s*(\[\s*exercise\s*\.\s*)?pin\b"):
        for number, text in own:
            if name and re.search(pattern, text):
                return {"file": sheet.file, "line": number, "source": text}
    return found
