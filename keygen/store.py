"""Finished work under the digest of all that it was made from, so that nothing unchanged is made again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from keygen.errors import KeygenError
from keygen.files import CACHES, FORMER_CACHES, cache_folder, write_whole
from keygen.limits import reason

FOLDER = Path("build", ".cache")
"""In the working folder, whatever folder the PDFs go to: they are all of one course."""
Kind = TypeVar("Kind")
MOST_BYTES = 1_000_000_000


def digest(*parts: str | bytes) -> str:
    """SHA-256 of the parts, each with its length before it: ("ab", "c") and ("a", "bc") are two."""
    total = sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8) + data)
    return total.hexdigest()


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of pieces of work by their keys, hex digests.

    A piece appears whole and carries its own SHA-256: builds at the same time do not disturb each other, and a piece
    that was damaged is not found. What cannot be kept is made again next time. Pieces hold answers: the folder is its
    owner's alone.
    """

    folder: Path

    def get(self, key: str) -> bytes | None:
        """The piece, if it is there and sound."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)  # `tidy` removes what nobody has asked for longest
        return data[32:] if sha256(data[32:]).digest() == data[:32] else None

    def read(self, key: str, kind: type[Kind], dec_hook: Callable[[type, Any], Any] | None = None) -> Kind | None:
        """The piece as a value of this type (it was put in as msgpack), if it is there, sound and one."""
        data = self.get(key)
        try:
            return None if data is None else msgspec.msgpack.decode(data, type=kind, dec_hook=dec_hook)
        except (msgspec.DecodeError, RecursionError):
            return None

    def put(self, key: str, data: bytes) -> bool:
        """Keep a piece; whether that was possible."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            write_whole(self._path(key), sha256(data).digest() + data, private=True)
        except (KeygenError, OSError):  # a full disk, say: the work itself is done
            return False
        return True

    def forget(self, key: str) -> None:
        """Keep a piece no longer."""
        with suppress(OSError):
            self._path(key).unlink()

    def tidy(self, most: int = MOST_BYTES) -> None:
        """Remove the pieces that were asked for longest ago, until `most` bytes are left."""
        pieces = sorted(self._pieces(), reverse=True)
        for _, size, path in pieces:
            most -= size
            if most < 0:
                with suppress(OSError):
                    path.unlink()

    def _pieces(self) -> Iterator[tuple[int, int, Path]]:
        for path in self.folder.glob("??/*"):
            with suppress(OSError):  # another build may be tidying up, too
                stat = path.stat()
                yield stat.st_mtime_ns, stat.st_size, path

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key


def clean() -> int:
    """Remove all that keygen keeps to save time: the store, and what is in its cache folder; how many bytes it was."""
    return sum(_removed(folder) for folder in (FOLDER, *caches(), *(cache_folder() / name for name in FORMER_CACHES)))


def caches() -> list[Path]:
    """The folders in keygen's cache folder."""
    return [cache_folder() / name for name in CACHES]


def size(folder: Path) -> int:
    """How many bytes a folder holds."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # a build may be tidying up
            total += path.stat().st_size if path.is_file() else 0
    return total


def _removed(folder: Path) -> int:
    held = size(folder)
    try:
        if folder.is_file():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise KeygenError(
            "the cache cannot be removed", file=folder, found=reason(error),
            repair="see that no build is running and that the folder is yours",
        ) from error  # fmt: skip
    return held
