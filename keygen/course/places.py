"""Where exercises, sheets and templates are: the working folder first, what keygen ships second."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from keygen.course.names import named
from keygen.errors import KeygenError, nearest

PACKAGE = Path(__file__).resolve().parent.parent
STANDARD = Path(os.__file__).resolve().parent  # Python's own library
INSTALLED = {"site-packages", "dist-packages"}
COURSE: ContextVar[Path | None] = ContextVar("COURSE", default=None)
"""A course folder to work with instead of the working folder."""


def roots() -> Iterator[Path]:
    """Folders that may hold `exercises/` and `templates/`, nearest first."""
    yield COURSE.get() or Path.cwd()
    yield shipped()


def shipped() -> Path:
    """What keygen itself brings along: in a wheel inside the package, in a checkout beside it."""
    folder = PACKAGE / "_shipped"
    return folder if folder.is_dir() else PACKAGE.parent


def find(*parts: str) -> Path | None:
    """The first root's file or folder of this name. Raises KeygenError for a part that is no name."""
    for part in parts:
        named("a file of a course", part)
    return next((path for root in roots() if (path := root.joinpath(*parts)).exists()), None)


def is_of_course(file: Path) -> bool:
    """Whether a Python file lies in a course folder and is neither keygen's own nor installed there."""
    place = file.resolve()
    installed = INSTALLED & set(place.parts) or any(map(place.is_relative_to, (PACKAGE, STANDARD)))
    return not installed and any(place.is_relative_to(root.resolve()) for root in roots())


def files_in(folder: Path) -> list[Path]:
    """Every file under a folder, but what Python has compiled."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]


def names(folder: str, pattern: str) -> list[str]:
    """What the roots hold under `folder`, as relative names without their ending, each once."""
    found = {path.relative_to(root / folder) for root in roots() for path in (root / folder).glob(pattern)}
    return sorted(path.with_suffix("").as_posix() for path in found)


def exercise_names() -> list[str]:
    """The ids of all exercises."""
    return [name.removesuffix("/exercise") for name in names("exercises", "*/*/exercise.py")]


def is_exercise(name: str) -> bool:
    """Whether there is an exercise with this id. Raises KeygenError for what is no name."""
    return bool(name) and find("exercises", *named("an exercise", name, 2), "exercise.py") is not None


def sheet_names() -> list[str]:
    """The names of all sheets."""
    return names("exercises", "*.toml")


def exercise_folder(name: str) -> Path:
    """The folder of an exercise. Raises KeygenError for what is no name; for an unknown one, with the nearest."""
    path = find("exercises", *named("an exercise", name, 2), "exercise.py") if name else None
    if path is None:
        raise KeygenError(f"unknown exercise {name!r}", repair=nearest(name, exercise_names()))
    return path.parent


def sheet_file(name: str) -> Path:
    """The file of a sheet. Raises KeygenError for what is no name; for an unknown one, with the nearest."""
    path = find("exercises", f"{named('a sheet', name)[0]}.toml") if name else None
    if path is None:
        raise KeygenError(f"unknown sheet {name!r}", repair=nearest(name, sheet_names()))
    return path


def template_folders() -> list[Path]:
    """The folders in which templates are looked for, nearest first."""
    return [root / "templates" for root in roots() if (root / "templates").is_dir()]
