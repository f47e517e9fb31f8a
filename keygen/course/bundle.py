"""A course's own exercises and templates as data, to be unpacked where the work is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from keygen.course.contents import contents
from keygen.course.course import Course
from keygen.course.search_path import Place, SearchPath, files_in, shipped
from keygen.system.files import write_whole

FOLDERS = ("exercises", "templates")


class Bundle(Struct, frozen=True):
    """The files of each folder of a course's search path by their names, but of the one that keygen ships."""

    folders: tuple[Mapping[str, bytes], ...]

    @property
    def name(self) -> str:
        """A name for exactly these files."""
        return sha256(repr([sorted(files.items()) for files in self.folders]).encode()).hexdigest()[:24]


def packed(course: Course) -> Bundle:
    """What a course holds beyond what keygen ships."""
    own = (folder for folder in course.path.folders if folder != shipped())
    return Bundle(tuple(dict(files_of(folder)) for folder in own))


def files_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a folder of a course by their names."""
    for name in FOLDERS:
        for path in files_in(folder / name):
            yield path.relative_to(folder).as_posix(), contents(path)


@contextmanager
def opened(course: Course | Bundle) -> Iterator[Course]:
    """A course to work with: the one of a parcel, unpacked, or the course itself."""
    yield course if isinstance(course, Course) else _unpacked(course)


def _unpacked(bundle: Bundle) -> Course:
    """The course of the parcel's files and what keygen ships here."""
    place = Path(_place(bundle.name).name)
    folders = [place / str(number) for number, _ in enumerate(bundle.folders)]
    for folder, files in zip(folders, bundle.folders, strict=True):
        _lay(folder, files)
    return Course(SearchPath((*map(Place, folders), Place(shipped()))))


def _lay(folder: Path, files: Mapping[str, bytes]) -> None:
    """Have these files and no others in a folder of this process's own, for what else is on the machine may be old,
    damaged or full. One that is there already is checked file by file."""
    for path in files_in(folder):
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, data in files.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != data:
            write_whole(path, data)


@lru_cache(maxsize=8)
def _place(name: str) -> TemporaryDirectory[str]:
    """A folder for the parcel of that name, which goes when the process ends."""
    return TemporaryDirectory(prefix="keygen-", ignore_cleanup_errors=True)
