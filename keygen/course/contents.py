"""What the files of a course hold. What is run is what was hashed: within one command a file is read once, for its
digest and for its use alike, and from one command to the next it is known by its bytes, never by its time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_READ: ContextVar[dict[Path, bytes] | None] = ContextVar("_READ", default=None)


def contents(path: Path) -> bytes:
    """The bytes of a file; within `read_once`, those that were read first. Raises OSError."""
    read = _READ.get()
    if read is None:
        return path.read_bytes()
    if path not in read:
        read[path] = path.read_bytes()
    return read[path]


@contextmanager
def read_once() -> Iterator[None]:
    """A time in which every file has one content, that of the moment it is first asked for."""
    token = _READ.set({})
    try:
        yield
    finally:
        _READ.reset(token)
