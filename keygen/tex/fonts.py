"""Fonts that METAFONT has made for TeX, kept from run to run: each is checked before TeX sees it, and TeX itself writes
into no folder but the one that it runs in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from keygen.system.store import Store, digest

FOLDER = "texmf"
"""In the folder of a run: where TeX finds fonts that were made, and makes those that it lacks."""
PASSING = (".tmp", ".log")
KEY = digest("fonts")


@dataclass(frozen=True, slots=True)
class Fonts:
    """The fonts in a cache: files by their names under `texmf/`, all in one piece of a store."""

    store: Store

    def lay(self, folder: Path) -> frozenset[str]:
        """Lay those that there are into the folder of a run; their names. Raises OSError where there is no room."""
        known = self._known()
        for name, data in known.items():
            path = folder / FOLDER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return frozenset(known)

    def keep(self, folder: Path, laid: frozenset[str]) -> None:
        """Keep those that a run has made beside those that were laid there."""
        made = folder / FOLDER
        paths = {path.relative_to(made).as_posix(): path for path in made.rglob("*") if path.is_file()}
        new = {name: path.read_bytes() for name, path in paths.items() if name not in laid and _lasting(name)}
        if new:
            self.store.write(KEY, {**self._known(), **new})

    def _known(self) -> dict[str, bytes]:
        found = self.store.read(KEY, dict[str, bytes]) or {}
        return {name: data for name, data in found.items() if _lasting(name)}


def _lasting(name: str) -> bool:
    """Whether a file is worth keeping: one under `fonts/` that is no trace of how it was made."""
    path = PurePosixPath(name)
    return path.parts[:1] == ("fonts",) and ".." not in path.parts and path.suffix not in PASSING
