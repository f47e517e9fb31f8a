"""What a page depends on, as digests: keygen itself, its libraries, TeX, and the course's own files."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from keygen import __version__
from keygen.course.places import PACKAGE, exercise_folder, sheet_file, template_folders
from keygen.course.sheet import Sheet
from keygen.files import cache_folder
from keygen.page import engines, preamble
from keygen.store import digest

LIBRARIES = ("numpy", "sympy", "jinja2", "msgspec", "igraph", "pikepdf")


@cache
def code() -> str:
    """The digest of keygen's own modules."""
    return digest(*(file.read_bytes() for file in sorted(PACKAGE.glob("**/*.py")) if "_shipped" not in file.parts))


@cache
def versions(engine: str) -> Mapping[str, str]:
    """Everything whose change may change a page: keygen, Python, the libraries, TeX."""
    python = ".".join(platform.python_version_tuple()[:2])
    libraries = {name: version(name) for name in LIBRARIES}
    return {"keygen": __version__, "code": code()[:16], "python": python, **libraries, "tex": tex(engine)}


def tex(engine: str) -> str:
    """How the TeX program names itself."""
    return preamble.version(*_program(engine))


def _program(engine: str) -> tuple[Path, Path, Mapping[str, str]]:
    cache = cache_folder().absolute()
    return engines.program(engines.engine_named(engine)), cache, engines.environment(cache)


def course_files(sheet: str, exercises: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of every file that the pages of a sheet are made from, by its name in the course."""
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in _course(sheet, exercises)}


def _course(sheet: str, exercises: Iterable[str]) -> Iterator[tuple[str, Path]]:
    yield f"exercises/{sheet}.toml", sheet_file(sheet)
    for exercise in dict.fromkeys(exercises):
        yield from _under(exercise_folder(exercise), f"exercises/{exercise}")
    yield from _templates("*")
    yield from _templates("*/*")


def _under(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _templates(pattern: str) -> Iterator[tuple[str, Path]]:
    """The templates that are seen: the nearest of each name."""
    found: dict[str, Path] = {}
    for folder in template_folders():
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                found.setdefault(f"templates/{path.relative_to(folder).as_posix()}", path)
    yield from sorted(found.items())


def exercise_inputs(exercise: str, language: str) -> str:
    """What one exercise's page in one language depends on, besides its variant: its folder, the laws, keygen."""
    seen = [*_under(exercise_folder(exercise), exercise), *_templates(f"{language}/*")]
    libraries = "|".join(version(name) for name in LIBRARIES)
    return digest(code(), libraries, *(part for name, path in seen for part in (name, path.read_bytes())))


def sheet_inputs(name: str, sheet: Sheet) -> str:
    """What the files of a sheet depend on, besides language and variants."""
    files = course_files(name, (entry.id for entry in sheet.exercise))
    tools = (versions(sheet.engine), preamble.fingerprint(*_program(sheet.engine)))
    return digest(repr(tools), repr(sorted(files.items())))
