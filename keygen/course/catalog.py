"""What there is: the sheets and exercises within reach, as text for a terminal. Starts fast: no numpy, no sympy."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from decimal import Decimal
from itertools import takewhile
from typing import Any

from keygen.course.languages import default, load_language
from keygen.course.search_path import Place, SearchPath, shipped
from keygen.errors import KeygenError
from keygen.system.text import text_of

WORDS = {"sheets": "sheets", "exercises": "exercises", "built_in": "built in", "this_course": "this course"}
"""What is said here, as a language's `words.tex` has it by these names."""
SENTENCE = re.compile(r"^%% word (\w+)\n(.*?)\n%% endword", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r"^%% title\n(.*?)\n%% endtitle", re.MULTILINE | re.DOTALL)
NOT_PLAIN = re.compile(r"\\|%%")
"""What makes a title more than words."""


def catalogue(path: SearchPath) -> str:
    """Every sheet and every exercise in the course's language: name, where it comes from, title."""
    language, say = default(path), spoken(path)
    sheets = [(name, path.sheet_place(name), title(sheet_as_it_is(name, path), language)) for name in path.sheets()]
    exercises = [(name, path.exercise_place(name), summary(name, path, language)) for name in path.exercises()]
    listed = [columns([(name, whence(at, say), text) for name, at, text in rows]) for rows in (sheets, exercises)]
    return "\n".join([say["sheets"], *listed[0], "", say["exercises"], *listed[1]])


def contents(sheet: str, path: SearchPath) -> str:
    """The exercises of one sheet in the course's language, numbered, with their points and titles."""
    data, language = sheet_as_it_is(sheet, path), default(path)
    listed = data.get("exercise", [])
    entries = [entry for entry in (listed if isinstance(listed, list) else []) if isinstance(entry, dict)]
    rows = [
        (f"{n}. {entry.get('id')}", points(entry, path), known_summary(entry.get("id"), path, language))
        for n, entry in enumerate(entries, start=1)
    ]
    return "\n".join([f"{sheet}: {title(data, language)}", *columns(rows)])


def spoken(path: SearchPath) -> dict[str, str]:
    """The words of this text in the course's language, or in English where that lacks them."""
    found = dict(WORDS)
    with suppress(KeygenError):
        file = path.find("templates", default(path), "words.tex")
        said = {} if file is None else dict(SENTENCE.findall(text_of(file, "the words")))
        found |= {name: said[name] for name in WORDS if name in said}
    return found


def whence(place: Place | None, say: dict[str, str]) -> str:
    """Where a thing comes from, in words."""
    if place is None:
        return ""
    return place.package or say["built_in" if place.folder == shipped() else "this_course"]


def sheet_as_it_is(sheet: str, path: SearchPath) -> dict[str, Any]:
    """A sheet's file as it is; whether it is a valid sheet is `course.sheet`'s to say. Raises KeygenError for a sheet
    that there is not."""
    try:
        file = path.sheet_file(sheet)
    except KeygenError as error:
        if sheet in path.sheets():  # two packages have it
            return {"title": f"({error.what})"}
        raise
    try:
        return tomllib.loads(text_of(file, "the sheet"))
    except (ValueError, RecursionError):
        return {"title": "(not valid TOML)"}
    except KeygenError as error:
        return {"title": f"({error.what})"}


def title(data: dict[str, Any], language: str) -> str:
    """The title in this language; else in the sheet's own, else in any."""
    words = data.get("title", "")
    if not isinstance(words, dict):
        return str(words)
    own = (words.get(language), words.get(str(data.get("language", ""))), *words.values())
    return str(next(filter(None, own), ""))


def points(entry: dict[str, Any], path: SearchPath) -> str:
    """The points of an entry in words, if it has any; of its parts together, where it tells them apart."""
    said = entry.get("points")
    each = list(said.values()) if isinstance(said, dict) else [said]
    if not all(isinstance(one, int | float) for one in each):
        return ""
    number = f"{sum((Decimal(str(one)) for one in each), Decimal()).normalize():f}"
    try:
        language = load_language(default(path), path)
    except KeygenError:
        return number
    return language.counted(number.replace(".", language.separator), "")


def known_summary(id: Any, path: SearchPath, language: str) -> str:
    """What an exercise of a sheet is about; nothing where there is no such exercise."""
    return summary(id, path, language) if id in path.exercises() else ""


def summary(id: str, path: SearchPath, language: str) -> str:
    """An exercise's title in this language (its first form, where it is chosen by a condition), else the first line of
    its docstring, read without running anything."""
    try:
        folders = path.word_folders(id)
        file = next((one for folder in folders if (one := folder / f"{language}.tex").exists()), None)
        found = None if file is None else TITLE.search(text_of(file, "the template"))
        words = "" if found is None else first_words(found[1])
        if words and not NOT_PLAIN.search(words):
            return words
        text = text_of(folders[-1] / "exercise.py", "the exercise")
    except KeygenError as error:
        return f"({error.what})"
    words = text.split('"""')[1].strip() if text.startswith('"""') else ""
    return next(iter(words.splitlines()), "")


def first_words(title: str) -> str:
    """A title in one line; of one that is chosen by `%% if`, its first form."""
    if not title.startswith("%% if "):
        return " ".join(title.split())
    first = takewhile(lambda line: not line.startswith("%%"), title.splitlines()[1:])
    return " ".join(" ".join(first).split())


def columns(rows: list[tuple[str, str, str]]) -> list[str]:
    """Rows with their columns aligned."""
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    return [f"  {row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]}".rstrip() for row in rows]
