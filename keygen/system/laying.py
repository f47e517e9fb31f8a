"""New files laid into a folder: all of them or none, and none in the place of another."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from keygen.errors import KeygenError
from keygen.system.limits import reason, repair


def lay(files: Mapping[Path, bytes], *, private: Collection[Path] = (), taken: str = "remove it first") -> list[Path]:
    """Write new files; their paths in order. Those in `private` can be read by their owner alone (mode 0600).

    Each is written beside its place and renamed; where one cannot be, those before it are taken back. Raises
    KeygenError for a file that is there already, with `taken` as what to do, and where nothing can be written.
    """
    for path in files:
        if os.path.lexists(path):
            raise KeygenError(
                f"{path.name} is there already, and nothing is overwritten", file=path,
                expected="a place where there is no such file yet", repair=taken,
            )  # fmt: skip
        for folder in parents(path):
            if os.path.lexists(folder) and not folder.is_dir():
                raise KeygenError(
                    f"{folder.name} is no folder", file=folder, expected="a folder, or nothing of this name yet",
                    repair="move it away, or take another place",
                )  # fmt: skip
    done: list[Path] = []
    top = Path()
    try:
        for top, group in grouped(files).items():
            with tempfile.TemporaryDirectory(prefix=".keygen-", dir=top.parent) as beside:
                for path, data in group.items():
                    written(Path(beside) / path.relative_to(top.parent), data, private=path in private)
                os.rename(Path(beside) / top.name, top)
            done.append(top)
    except BaseException as error:
        for laid in reversed(done):
            shutil.rmtree(laid) if laid.is_dir() else laid.unlink()
        if isinstance(error, OSError):
            raise KeygenError(
                "the files cannot be written, and none is", file=top, found=reason(error),
                repair=repair(error, "choose a folder that you may write to"),
            ) from error  # fmt: skip
        raise
    return sorted(files)


def grouped(files: Mapping[Path, bytes]) -> dict[Path, dict[Path, bytes]]:
    """The files by the topmost folder above each that there is not yet, which one renaming lays; a file that comes into
    a folder is its own."""
    groups: dict[Path, dict[Path, bytes]] = {}
    for path, data in files.items():
        groups.setdefault(topmost(path), {})[path] = data
    return groups


def topmost(path: Path) -> Path:
    """The first on the way to a path that there is not."""
    return next((one for one in reversed((path, *parents(path))) if not one.exists()), path)


def parents(path: Path) -> Iterator[Path]:
    """The folders above a path, but for the working folder and the root."""
    return (one for one in path.parents if one.name)


def written(path: Path, data: bytes, *, private: bool) -> None:
    """Write one new file where nobody looks yet."""
    with suppress(FileExistsError):
        path.parent.mkdir(parents=True)
    if private:
        path.touch(0o600)
    path.write_bytes(data)
