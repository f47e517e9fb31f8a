"""Where exercises, sheets and templates are: the working folder first, what keygen ships second."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from keygen.errors import KeygenError, nearest

PACKAGE = Path(__file__).resolve().parent.parent
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
    """The first root's file or folder of this name."""
    return next((path for root in roots() if (path := root.joinpath(*parts)).exists()), None)


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
    """Whether there is an exercise with this id."""
    return bool(name) and find("exercises", *name.split("/"), "exercise.py") is not None


def sheet_names() -> list[str]:
    """The names of all sheets."""
    return names("exercises", "*.toml")


def exercise_folder(name: str) -> Path:
    """The folder of an exercise; a KeygenError offers the nearest names."""
    path = find("exercises", *name.split("/"), "exercise.py") if name else None
    if path is None:
        raise KeygenError(f"unknown exercise {name!r}", repair=nearest(name, exercise_names()))
    return path.parent


def sheet_file(name: str) -> Path:
    """The file of a sheet; a KeygenError offers the nearest names."""
    path = find("exercises", f"{name}.toml") if name else None
    if path is None:
        raise KeygenError(f"unknown sheet {name!r}", repair=nearest(name, sheet_names()))
    return path


def template_folders() -> list[Path]:
    """The folders in which templates are looked for, nearest first."""
    return [root / "templates" for root in roots() if (root / "templates").is_dir()]
