"""Where keygen writes: files that appear whole or not at all, and one cache folder of its own."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from keygen.errors import KeygenError
from keygen.system.limits import reason, repair

NOWHERE = Path(os.devnull) / "keygen"  # a folder that there cannot be


BESIDE = re.compile(r"\..+\.(\d+)-[0-9a-f]{8}")
"""The name of a file in the making, or of a folder of them, with the process that makes it."""


def sweep(folder: Path) -> None:
    """Remove what processes that are no more have begun to write in a folder, and not ended."""
    for path in folder.glob(".*"):
        made = BESIDE.fullmatch(path.name)
        if made is not None and not running(int(made[1])):
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def running(process: int) -> bool:
    """Whether there is a process of this number; where nobody can tell, there is."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def write_whole(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write beside `path`, then rename: whatever goes wrong, the last good file stays.

    Folders on the way are made. A `private` file can be read by its owner alone (mode 0600). Raises KeygenError where
    nothing can be written.
    """
    _whole(path, lambda beside: beside.write_bytes(data), private)


def copy_whole(source: Path, path: Path, *, private: bool = False) -> None:
    """Copy a file of any size in the same way."""
    _whole(path, lambda beside: shutil.copyfile(source, beside), private)


@contextmanager
def made_beside(folder: Path) -> Iterator[Path]:
    """A folder on the disk of another one, for files that are moved there when all of them are made (`move_all`). It is
    gone afterwards, whatever goes wrong. Raises KeygenError where nothing can be written."""
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.is_dir())
    beside = there / in_the_making(folder.name)
    try:
        sweep(there)
        beside.mkdir(0o700)
        try:
            yield beside
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise cannot_be_written(folder, error) from error


def move_all(made: Sequence[Path], folder: Path) -> list[Path]:
    """Move files into a folder on their own disk, where they take the place of those of the same names; their paths
    there. Raises KeygenError before the first is moved where a folder has one of the names, or nothing can be
    written."""
    paths = [folder / path.name for path in made]
    for path in paths:
        require_no_folder(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source, path in zip(made, paths, strict=True):
            shutil.copyfile(source, path) if stands_for_another(path) else source.replace(path)
    except OSError as error:
        raise cannot_be_written(folder, error) from error
    return paths


def in_the_making(name: str) -> str:
    """What a file, or a folder, is called until it is whole."""
    return f".{name}.{os.getpid()}-{secrets.token_hex(4)}"


def require_no_folder(path: Path) -> None:
    """Raise KeygenError where a folder stands in the place of a file."""
    if not path.name or path.is_dir():
        raise KeygenError(
            f"{path} is a folder", expected="a file to write",
            repair="name a file in it, or remove it if keygen is to write a file of this name",
        )  # fmt: skip


def cannot_be_written(path: Path, error: OSError) -> KeygenError:
    """Why a file, or what goes into a folder, cannot be written."""
    wall = next((above for above in path.parents if os.path.lexists(above) and not above.is_dir()), None)
    return KeygenError(
        f"{path.name} cannot be written",
        file=path,
        found=reason(error) if wall is None else f"{wall} is no folder",
        repair=repair(error, "choose a folder that you may write to, or free some space there")
        if wall is None
        else f"move {wall} away, or choose another folder",
    )


def _whole(path: Path, write: Callable[[Path], object], private: bool) -> None:
    require_no_folder(path)
    if stands_for_another(path):
        return through(path, write)
    beside = path.with_name(in_the_making(path.name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            if private:
                beside.touch(0o600, exist_ok=False)
            write(beside)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_be_written(path, error) from error


def stands_for_another(path: Path) -> bool:
    """Whether a name is that of a pipe, a device or an open file (/dev/stdout): no other file may take its place."""
    if not os.path.lexists(path):
        return False
    place = path.absolute().parent
    return (
        (path.exists() and not path.is_file())
        or any(map(place.is_relative_to, ("/dev/fd", "/proc")))
        or (place == Path("/dev"))
    )


def through(path: Path, write: Callable[[Path], object]) -> None:
    """Write to a pipe or a device."""
    try:
        write(path)
    except OSError as error:
        raise KeygenError(
            f"{path.name} cannot be written", file=path, found=reason(error),
            repair=repair(error, "name a file that you may write"),
        ) from error  # fmt: skip


def cache_folder() -> Path:
    """keygen's cache, made if need be: `$KEYGEN_CACHE`, else the user's cache, else a folder among temporary files.

    The cache saves time and is no condition. Where it cannot be written, what it holds is used and nothing is kept.
    """
    asked = os.environ.get("KEYGEN_CACHE")
    places = [Path(asked).absolute()] if asked else _usual_places()
    return next(filter(writable, places), (places or [NOWHERE])[0])


def _usual_places() -> list[Path]:
    shared, home = os.environ.get("XDG_CACHE_HOME", ""), Path(os.path.expanduser("~"))
    places = [Path(shared) / "keygen"] if os.path.isabs(shared) else []
    places += [home / ".cache" / "keygen"] if home.is_absolute() else []
    temporary = Path(tempfile.gettempdir()) / f"keygen-{_user()}"
    return [*places, temporary] if _ours(temporary) else places


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


def _ours(folder: Path) -> bool:
    """A folder among everybody's temporary files must not have been laid there by somebody else."""
    if not os.path.lexists(folder) or not hasattr(os, "getuid"):
        return True
    return folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.getuid()


def writable(folder: Path) -> bool:
    """Whether files can be made in a folder, which is made if need be."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
