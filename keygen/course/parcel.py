"""A course's own exercises and templates as data, to be unpacked where the work is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from keygen.course.contents import contents
from keygen.course.places import COURSE, files_in, roots, shipped
from keygen.files import write_whole

FOLDERS = ("exercises", "templates")


@dataclass(frozen=True, slots=True)
class Parcel:
    """The files of a course folder by their names; none where the course is the one that keygen ships."""

    files: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """A name for exactly these files."""
        return sha256(repr(sorted(self.files.items())).encode()).hexdigest()[:24]


def packed() -> Parcel:
    """What the nearest root holds beyond what keygen ships."""
    root = next(roots())
    if root.resolve() == shipped().resolve():
        return Parcel({})
    paths = (path for folder in FOLDERS for path in files_in(root / folder))
    return Parcel({path.relative_to(root).as_posix(): contents(path) for path in paths})


@contextmanager
def unpacked(parcel: Parcel | None) -> Iterator[None]:
    """Work with the course of the parcel; with the working folder's where there is none."""
    if parcel is None:
        yield
        return
    token = COURSE.set(_laid(parcel))
    try:
        yield
    finally:
        COURSE.reset(token)


def _laid(parcel: Parcel) -> Path:
    """The folder with the parcel's files and no others: this process's own, for what else is on the machine may be old,
    damaged or full. One that is there already is checked file by file."""
    folder = Path(_place(parcel.name).name)
    for path in files_in(folder):
        if path.relative_to(folder).as_posix() not in parcel.files:
            path.unlink()
    for name, data in parcel.files.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != data:
            write_whole(path, data)
    return folder


@lru_cache(maxsize=8)
def _place(name: str) -> TemporaryDirectory[str]:
    """A folder for the parcel of that name, which goes when the process ends."""
    return TemporaryDirectory(prefix="keygen-", ignore_cleanup_errors=True)
