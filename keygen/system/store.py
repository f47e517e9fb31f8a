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
from keygen.system.files import cache_folder, write_whole
from keygen.system.limits import reason

FOLDER = Path("build", ".cache")
Kind = TypeVar("Kind")
MOST_BYTES = 1_000_000_000
MOST_FORMATS = 150_000_000
SUM = 32  # bytes of a SHA-256


def digest(*parts: str | bytes) -> str:
    """SHA-256 of the parts, each with its length before it: ("ab", "c") and ("a", "bc") are two."""
    total = sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8) + data)
    return total.hexdigest()


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of pieces of work by their keys, hex digests of all that a piece depends on.

    A piece appears whole and is followed by its own SHA-256: builds at the same time do not disturb each other, and a
    piece that was damaged is not found. What cannot be kept is made again next time. Pieces hold answers: the folder is
    its owner's alone. The names of its files end in `ending`; `most` is how many bytes `tidy` leaves.
    """

    folder: Path
    most: int = MOST_BYTES
    ending: str = ""

    def get(self, key: str) -> bytes | None:
        """The piece, if it is there and sound."""
        data = self._sound(key)
        return None if data is None else data[:-SUM]

    def file(self, key: str) -> Path | None:
        """The file of the piece, if it is there and sound, for a program that does not mind what follows it there."""
        return None if self._sound(key) is None else self._path(key)

    def read(self, key: str, kind: type[Kind], dec_hook: Callable[[type, Any], Any] | None = None) -> Kind | None:
        """The piece as a value of this type, if it is there, sound and one."""
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
            write_whole(self._path(key), data + sha256(data).digest(), private=True)
        except (KeygenError, OSError):  # a full disk, say: the work itself is done
            return False
        return True

    def write(self, key: str, value: Any, enc_hook: Callable[[Any], Any] | None = None) -> bool:
        """Keep a value, for `read`; whether that was possible."""
        return self.put(key, msgspec.msgpack.encode(value, enc_hook=enc_hook))

    def forget(self, key: str) -> None:
        """Keep a piece no longer."""
        with suppress(OSError):
            self._path(key).unlink()

    def tidy(self) -> None:
        """Remove the pieces that were asked for longest ago, until no more bytes are left than it may hold."""
        left = self.most
        for _, size, path in sorted(self._pieces(), reverse=True):
            left -= size
            if left < 0:
                with suppress(OSError):
                    path.unlink()

    def _sound(self, key: str) -> bytes | None:
        """What the file of a piece holds, if its sum is right."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)  # `tidy` removes what nobody has asked for longest
        return data if sha256(memoryview(data)[:-SUM]).digest() == data[-SUM:] else None

    def _pieces(self) -> Iterator[tuple[int, int, Path]]:
        for path in self.folder.glob("??/*"):
            with suppress(OSError):  # another build may be tidying up, too
                stat = path.stat()
                yield stat.st_mtime_ns, stat.st_size, path

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}{self.ending}"


def finished() -> Store:
    """The store of a course's finished work: in the working folder, whatever folder the PDFs go to."""
    return Store(FOLDER)


def formats(cache: Path) -> Store:
    """TeX's formats in a cache folder (each has some 20 MB)."""
    return Store(cache / "formats", MOST_FORMATS, ".fmt")


def fonts(cache: Path) -> Store:
    """Fonts that METAFONT made, in a cache folder."""
    return Store(cache / "fonts")


def programs(cache: Path) -> Store:
    """How TeX programs name themselves, in a cache folder."""
    return Store(cache / "engines")


def layouts(cache: Path) -> Store:
    """Layouts of graphs, in a cache folder."""
    return Store(cache / "layouts")


CACHES = (formats, fonts, programs, layouts)
"""What the cache folder holds, a store each."""
FORMER_CACHES = ("templates", "texmf", "courses")


def clean() -> int:
    """Remove all that keygen keeps to save time: the store, and what is in its cache folder; how many bytes it was."""
    return sum(_removed(folder) for folder in (FOLDER, *caches(), *(cache_folder() / name for name in FORMER_CACHES)))


def caches() -> list[Path]:
    """The folders in keygen's cache folder."""
    return [store(cache_folder()).folder for store in CACHES]


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
