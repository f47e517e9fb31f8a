"""What is wrong with the values of a sheet's file, each told at its own line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from keygen.course.handout import SizeByColumn, writing_space
from keygen.course.points import decimal
from keygen.course.search_path import SearchPath
from keygen.course.sheet_keys import Choose, SheetEntry, Words, Written
from keygen.course.toml_lines import KeyPath, where_key
from keygen.errors import EXERCISES, KeygenError, nearest, one_of

LONGEST = 400
"""Characters of a title: a line or three."""
LONGEST_FIELD = 40
"""Characters of a line to fill in: half a line of the page."""
LONGEST_INSTRUCTIONS = 4000
"""Characters of instructions: a page."""
STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
TABLES: dict[str, type[msgspec.Struct]] = {"exercise": SheetEntry, "size": SizeByColumn, "choose": Choose}
"""What tables of a sheet are made of, by the first key of their path; all else belongs to the sheet itself."""


LACKING = {
    "title": 'title = "..." above the exercises',
    "exercise": 'for each exercise [[exercise]], and below it id = "topic/name"',
    "id": 'id = "topic/name" below [[exercise]]',
    "k": "k = 1, for how many of the exercises are asked",
    "of": "of = [1, 2], for the numbers of the exercises to choose from",
    "column": 'column = "...", for the column of the roster that says the size',
}
"""What to write where a key is missing without which nothing goes on."""


TYPES_TOLD = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
TYPES = {
    "str": "words in quotes", "int": "a whole number", "float": "a number with a point", "bool": "true or false",
    "array": "a list in brackets", "object": "a table", "datetime": "a day and a time", "date": "a day",
    "time": "a time",
}  # fmt: skip


def schema_error(file: Path, message: str) -> KeygenError:
    """A key or a value that a sheet does not have, in the validator's words and ours."""
    what, _, place = message.partition(" - at `$")
    path: KeyPath = tuple(name or int(number) for name, number in STEP.findall(place))
    table = TABLES.get(str(path[0]), Written) if path else Written
    if (stranger := re.search(r"unknown field `([^`]+)`", what)) is not None:
        fields = table.__struct_fields__
        return KeygenError(
            f"the sheet has an unknown key {stranger[1]!r}", **where_key(file, *path, stranger[1]),
            expected=one_of(fields, "`keygen help sheet` has them"), repair=nearest(stranger[1], fields),
        )  # fmt: skip
    if (missing := re.search(r"missing required field `([^`]+)`", what)) is not None:
        whose = (
            f"number {int(path[1]) + 1} of `{path[0]}`" if len(path) > 1 else f"`{path[0]}`" if path else "the sheet"
        )
        return KeygenError(
            f"{whose} has no {missing[1]!r}", **where_key(file, *path), repair=f"write {LACKING[missing[1]]}"
        )
    key = next((name for name in reversed(path) if isinstance(name, str)), "")
    owner = Written if len(path) == 1 else table
    kind = owner.__annotations__.get(key, "")
    where = f"the sheet does not fit at {place.rstrip('`').lstrip('.') or 'the top level'}"
    if (types := TYPES_TOLD.fullmatch(what)) is not None:
        return KeygenError(
            where, **where_key(file, *path), expected=typed(types[1]), found=typed(types[2]),
            repair="write [[exercise]], in two brackets, above each" if path == ("exercise",) else None,
        )  # fmt: skip
    return KeygenError(f"{where}: {what}", **where_key(file, *path), expected=expected(kind))


def typed(told: str) -> str:
    """Types of the validator's as a person calls their values."""
    return " or ".join(TYPES.get(one, one) for one in told.split(" | "))


def expected(kind: str) -> str | None:
    """What a key's type lets it be, in words, where that is a few values."""
    known = {"bool": "true or false", "Paper": "'a4' or 'letter'", "Size | SizeByColumn": "10, 11 or 12, or a column"}
    return known.get(kind) or " or ".join(re.findall(r"'[^']+'|\"[^\"]+\"", kind)) or None


def require_values(file: Path, sheet: Written) -> None:
    """Raise KeygenError, at its line, for words that are too long and for room that is none."""
    for path, words, most in words_of(sheet):
        if any(len(text) > most for text in (words.values() if isinstance(words, dict) else (words,))):
            whose = "exercise's title" if path[0] == "exercise" else f"sheet's {path[0]}"
            raise KeygenError(
                f"the {whose} is too long", **where_key(file, *path), expected=f"at most {most} characters",
                repair="shorten it",
            )  # fmt: skip
    for place, entry in enumerate(sheet.exercise):
        rooms = entry.space.items() if isinstance(entry.space, dict) else [("", entry.space)] if entry.space else []
        for part, text in rooms:
            try:
                writing_space(text)
            except KeygenError as error:
                raise error.within(**where_key(file, "exercise", place, "space", *([part] if part else []))) from error


def require_choices(file: Path, sheet: Written) -> None:
    """Raise KeygenError, at its line, for a choice that leaves none, that is of exercises which there are not or which
    another has, or whose exercises are not worth the same: that would be unfair."""
    seen: dict[int, int] = {}
    for place, choice in enumerate(sheet.choices):
        path: KeyPath = ("choose", place) if isinstance(sheet.choose, list) else ("choose",)
        for number in choice.of:
            if not 1 <= number <= len(sheet.exercise) or number in seen:
                what = "twice among those to choose from" if number in seen else "not on the sheet"
                raise KeygenError(
                    f"the exercise number {number} is {what}", **where_key(file, *path, "of"),
                    expected=f"numbers from 1 to {len(sheet.exercise)}, each once",
                )  # fmt: skip
            seen[number] = place
        if choice.k >= len(choice.of):
            raise KeygenError(
                "there is nothing to choose", **where_key(file, *path, "k"),
                expected=f"fewer than the {len(choice.of)} exercises", found=str(choice.k),
                repair="ask fewer of them, or leave out `choose`",
            )  # fmt: skip
        credits = {number: sheet.exercise[number - 1].points for number in choice.of}
        worth = {number: "none" if one is None else decimal(one.total) for number, one in credits.items()}
        if len(set(worth.values())) > 1:
            raise KeygenError(
                "the exercises to choose from are not worth the same", **where_key(file, *path, "of"),
                found=", ".join(f"{number}: {points}" for number, points in worth.items()),
                repair="give each of them the same points",
            )  # fmt: skip


def words_of(sheet: Written) -> Iterator[tuple[KeyPath, Words, int]]:
    """The words of a sheet's file: their place, themselves, and how many characters they may have."""
    for key in ("title", "course", "date", "footer"):
        yield (key,), getattr(sheet, key), LONGEST
    yield ("instructions",), sheet.instructions, LONGEST_INSTRUCTIONS
    for place, words in enumerate(sheet.fields):
        yield ("fields", place), words, LONGEST_FIELD
    for place, entry in enumerate(sheet.exercise):
        yield ("exercise", place, "title"), entry.title, LONGEST


def require_exercises(file: Path, sheet: Written, path: SearchPath) -> None:
    """Raise KeygenError, at its line, for an exercise that is unknown, and for a sheet without any."""
    if not sheet.exercise:
        raise KeygenError(
            "the sheet has no exercises", **where_key(file, "exercise"), repair=f"write {LACKING['exercise']}"
        )
    for place, entry in enumerate(sheet.exercise):
        where: dict[str, Any] = where_key(file, "exercise", place, "id")
        try:
            known = path.is_exercise(entry.id)
        except KeygenError as error:
            raise error.within(**where) from error
        if not known:
            raise KeygenError(
                f"exercise number {place + 1} of the sheet is unknown: {entry.id!r}", **where,
                repair=nearest(entry.id, path.exercises(), EXERCISES),
            )  # fmt: skip
