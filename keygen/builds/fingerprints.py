"""What a page depends on, as digests: keygen itself, its libraries, TeX, and the course's own files."""

from __future__ import annotations

import os
import platform
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from keygen import __version__
from keygen.course.contents import contents
from keygen.course.search_path import PACKAGE, SearchPath, files_in
from keygen.course.sheet import Sheet
from keygen.system.files import cache_folder
from keygen.system.store import digest
from keygen.tex import engines, format_cache

LOOKS = ("style.sty", "style.css", "handout.css", "preview.css", "preview.js", "live.js")
AROUND = {f"templates/{name}" for name in ("sheet.tex", "derivation.tex", *LOOKS)}  # that no exercise includes
LIBRARIES = ("numpy", "python-flint", "sympy", "jinja2", "msgspec", "igraph", "pikepdf")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the files of a sheet are made of: versions by name, and the SHA-256 of the course's files by theirs.

    Where two machines have the same, they make the same bytes.
    """

    versions: Mapping[str, str]
    course: Mapping[str, str]

    def differences(self, here: Fingerprint) -> Iterator[str]:
        """What is not here as it was there."""
        for name in sorted({*self.versions, *here.versions}):
            there, now = self.versions.get(name, "nothing"), here.versions.get(name, "nothing")
            if there != now:
                yield f"{name} was {there}, is {now}"
        for name in sorted({*self.course, *here.course}):
            if name not in self.course or name not in here.course:
                yield f"{name} is {'new' if name in here.course else 'gone'}"
            elif self.course[name] != here.course[name]:
                yield f"{name} has changed"


@cache
def code() -> str:
    """The digest of keygen's own modules."""
    return digest(*(file.read_bytes() for file in sorted(PACKAGE.glob("**/*.py")) if "_shipped" not in file.parts))


@cache
def folders_of_metadata() -> Mapping[str, str]:
    """The version in the name of each folder of metadata on Python's path, by the name of what is installed there; of
    two, the one that comes first is imported."""
    found: dict[str, str] = {}
    for place in sys.path:
        with suppress(OSError):
            for entry in os.listdir(place or "."):
                name, dash, version = entry.removesuffix(".dist-info").partition("-")
                if dash and entry.endswith(".dist-info"):
                    found.setdefault(name.lower().replace("_", "-"), version)
    return found


def installed(name: str) -> str:
    """The version of an installed library. `importlib.metadata`, slow to import, is asked only of one that has no
    folder of metadata, in an archive, say."""
    known = folders_of_metadata().get(name)
    if known is None:
        from importlib.metadata import version

        return version(name)
    return known


@cache
def tools() -> Mapping[str, str]:
    """What reckons and writes, by name: keygen, Python, the libraries."""
    python = ".".join(platform.python_version_tuple()[:2])
    libraries = {**{name: installed(name) for name in LIBRARIES}, "zlib": zlib.ZLIB_RUNTIME_VERSION}
    return {"keygen": __version__, "code": code()[:16], "python": python, **libraries}


def versions(engine: str) -> Mapping[str, str]:
    """Everything whose change may change a page of any course: the tools, and TeX."""
    return {**tools(), "tex": tex(engine)}


def basis(sheet: Sheet, path: SearchPath) -> Fingerprint:
    """What the files of a sheet are made of, here and now."""
    return Fingerprint(versions(sheet.engine), course_files(sheet.name, (entry.id for entry in sheet.exercise), path))


def tex(engine: str) -> str:
    """How the TeX program names itself."""
    return format_cache.version(*_program(engine))


def _program(engine: str) -> tuple[Path, Path, Mapping[str, str]]:
    cache = cache_folder().absolute()
    return engines.program(engines.engine_named(engine)), cache, engines.environment(cache)


def course_files(sheet: str, exercises: Iterable[str], path: SearchPath) -> dict[str, str]:
    """The SHA-256 of every file that the pages of a sheet are made from, by its name in the course."""
    return {name: sha256(contents(file)).hexdigest() for name, file in _course(sheet, exercises, path)}


def _course(sheet: str, exercises: Iterable[str], path: SearchPath) -> Iterator[tuple[str, Path]]:
    yield f"exercises/{sheet}.toml", path.sheet_file(sheet)
    for exercise in dict.fromkeys(exercises):
        yield from _nearest(path.word_folders(exercise), f"exercises/{exercise}")
    yield from _nearest(path.templates, "templates")


def _nearest(folders: Iterable[Path], name: str) -> Iterator[tuple[str, Path]]:
    """The files that are seen of some folders: the nearest of each name."""
    found: dict[str, Path] = {}
    for folder in folders:
        for file in files_in(folder):
            found.setdefault(f"{name}/{file.relative_to(folder).as_posix()}", file)
    yield from sorted(found.items())


def exercise_inputs(exercise: str, language: str, path: SearchPath) -> str:
    """What one exercise's page in one language depends on, besides its variant: its folder, the laws, what it may
    include of the templates, keygen."""
    may_include = ((name, file) for name, file in _nearest(path.templates, "templates") if name not in AROUND)
    seen = [*_nearest(path.word_folders(exercise), exercise), *may_include]
    return digest(repr(tools()), language, *(part for name, file in seen for part in (name, contents(file))))


def basis_digest(made_of: Fingerprint, engine: str) -> str:
    """A digest that does not change as long as the fingerprint, and the packages of this machine's TeX, do not."""
    tex = format_cache.fingerprint(*_program(engine))
    return digest(repr((made_of.versions, tex)), repr(sorted(made_of.course.items())))
