"""What the files of a course hold. What is run is what was hashed: within one command a file is read once, for its
digest and for its use alike, and from one command to the next it is known by its bytes, never by its time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import NamedTuple


class KnownFiles(NamedTuple):
    """What is known of files: the bytes of each, and which is the nearest of a name."""

    contents: dict[Path, bytes]
    nearest: dict[tuple[tuple[Path, ...], tuple[str, ...]], Path | None]


_READ: ContextVar[KnownFiles | None] = ContextVar("_READ", default=None)


def contents(path: Path) -> bytes:
    """The bytes of a file; within `read_once`, those that were read first. Raises OSError."""
    known = _READ.get()
    if known is None:
        return path.read_bytes()
    if path not in known.contents:
        known.contents[path] = path.read_bytes()
    return known.contents[path]


def nearest_file(folders: tuple[Path, ...], *parts: str) -> Path | None:
    """A file in the first of some folders that has it, None where none has; within `read_once` as found first."""
    known = _READ.get()
    if known is None:
        return _nearest(folders, parts)
    if (folders, parts) not in known.nearest:
        known.nearest[folders, parts] = _nearest(folders, parts)
    return known.nearest[folders, parts]


def _nearest(folders: tuple[Path, ...], parts: tuple[str, ...]) -> Path | None:
    return next((path for folder in folders if (path := folder.joinpath(*parts)).exists()), None)


@contextmanager
def read_once() -> Iterator[None]:
    """A time in which every file has one content, and is there or not, as in the moment it is first asked for."""
    token = _READ.set(KnownFiles({}, {}))
    try:
        yield
    finally:
        _READ.reset(token)
