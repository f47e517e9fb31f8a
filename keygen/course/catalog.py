"""What there is: the sheets and exercises within reach, as text for a terminal. Starts fast: no numpy, no sympy."""

from __future__ import annotations

import tomllib
from typing import Any

from keygen.course.places import exercise_folder, exercise_names, sheet_file, sheet_names
from keygen.errors import KeygenError
from keygen.text import text_of


def catalogue() -> str:
    """Every sheet with its title, then every exercise with its first line."""
    sheets = [(name, title(read(name))) for name in sheet_names()]
    exercises = [(name, summary(name)) for name in exercise_names()]
    return "\n".join(["sheets", *columns(sheets), "", "exercises", *columns(exercises)])


def contents(sheet: str) -> str:
    """The exercises of one sheet, numbered, with their points."""
    data = read(sheet)
    listed = data.get("exercise", [])
    entries = [entry for entry in (listed if isinstance(listed, list) else []) if isinstance(entry, dict)]
    rows = [(f"{n}. {entry.get('id')}", points(entry)) for n, entry in enumerate(entries, start=1)]
    return "\n".join([f"{sheet}: {title(data)}", *columns(rows)])


def read(sheet: str) -> dict[str, Any]:
    """A sheet's file as it is; whether it is a valid sheet is `course.sheet`'s to say. Raises KeygenError for a sheet
    that there is not."""
    file = sheet_file(sheet)
    try:
        return tomllib.loads(text_of(file, "the sheet"))
    except (ValueError, RecursionError):
        return {"title": "(not valid TOML)"}
    except KeygenError as error:
        return {"title": f"({error.what})"}


def title(data: dict[str, Any]) -> str:
    """The title in the sheet's own language."""
    words = data.get("title", "")
    return str(words.get(str(data.get("language", "ru")), "") if isinstance(words, dict) else words)


def points(entry: dict[str, Any]) -> str:
    """The points of an entry, if it has any."""
    return f"{entry['points']} points" if "points" in entry else ""


def summary(name: str) -> str:
    """The first line of an exercise's docstring, read without running it."""
    try:
        text = text_of(exercise_folder(name) / "exercise.py", "the exercise")
    except KeygenError as error:
        return f"({error.what})"
    words = text.split('"""')[1].strip() if text.startswith('"""') else ""
    return next(iter(words.splitlines()), "")


def columns(rows: list[tuple[str, str]]) -> list[str]:
    """Rows with their second column aligned."""
    width = max((len(first) for first, _ in rows), default=0)
    return [f"  {first:<{width}}  {second}".rstrip() for first, second in rows]
