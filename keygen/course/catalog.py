"""What there is: the sheets and exercises within reach, as text for a terminal. Starts fast: no numpy, no sympy."""

from __future__ import annotations

import tomllib
from typing import Any

from keygen.course.languages import default
from keygen.course.search_path import SearchPath
from keygen.errors import KeygenError
from keygen.system.text import text_of


def catalogue(path: SearchPath) -> str:
    """Every sheet with its title, then every exercise with its first line."""
    language = default(path)
    sheets = [(name, title(sheet_as_it_is(name, path), language)) for name in path.sheets()]
    exercises = [(name, summary(name, path)) for name in path.exercises()]
    return "\n".join(["sheets", *columns(sheets), "", "exercises", *columns(exercises)])


def contents(sheet: str, path: SearchPath) -> str:
    """The exercises of one sheet, numbered, with their points."""
    data = sheet_as_it_is(sheet, path)
    listed = data.get("exercise", [])
    entries = [entry for entry in (listed if isinstance(listed, list) else []) if isinstance(entry, dict)]
    rows = [(f"{n}. {entry.get('id')}", points(entry)) for n, entry in enumerate(entries, start=1)]
    return "\n".join([f"{sheet}: {title(data, default(path))}", *columns(rows)])


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


def title(data: dict[str, Any], default: str) -> str:
    """The title in the sheet's own language."""
    words = data.get("title", "")
    return str(words.get(str(data.get("language", default)), "") if isinstance(words, dict) else words)


def points(entry: dict[str, Any]) -> str:
    """The points of an entry, if it has any."""
    return f"{entry['points']} points" if "points" in entry else ""


def summary(name: str, path: SearchPath) -> str:
    """The first line of an exercise's docstring, read without running it."""
    try:
        text = text_of(path.exercise_folder(name) / "exercise.py", "the exercise")
    except KeygenError as error:
        return f"({error.what})"
    words = text.split('"""')[1].strip() if text.startswith('"""') else ""
    return next(iter(words.splitlines()), "")


def columns(rows: list[tuple[str, str]]) -> list[str]:
    """Rows with their second column aligned."""
    width = max((len(first) for first, _ in rows), default=0)
    return [f"  {first:<{width}}  {second}".rstrip() for first, second in rows]
