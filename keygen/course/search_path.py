"""The search path of a course: folders that may hold `exercises/` and `templates/`, the nearest first.

The working folder comes before the courses that are installed as packages (entry points of the group `keygen.courses`,
by their names), and what keygen itself ships comes last.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from keygen.course.names import named
from keygen.errors import EXERCISES, KeygenError, nearest

if TYPE_CHECKING:
    from importlib.metadata import Distribution

PACKAGE = Path(__file__).resolve().parent.parent
STANDARD = Path(os.__file__).resolve().parent  # Python's own library
INSTALLED = {"site-packages", "dist-packages"}
GROUP = "keygen.courses"
"""The entry points by which packages say that they hold a course."""


class Place(Struct, frozen=True):
    """A folder of the search path, and the package that has brought it; "" for the working folder's and keygen's."""

    folder: Path
    package: str = ""


class SearchPath(Struct, frozen=True):
    """Where exercises, sheets and templates are looked for, nearest first."""

    places: tuple[Place, ...]

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that may hold `exercises/` and `templates/`."""
        return tuple(place.folder for place in self.places)

    @property
    def templates(self) -> tuple[Path, ...]:
        """The folders in which templates are looked for."""
        return tuple(folder / "templates" for folder in self.folders if (folder / "templates").is_dir())

    def find(self, *parts: str) -> Path | None:
        """The nearest file or folder of this name. Raises KeygenError for a part that is no name."""
        for part in parts:
            named("a file of a course", part)
        return next((path for folder in self.folders if (path := folder.joinpath(*parts)).exists()), None)

    def names(self, folder: str, pattern: str) -> list[str]:
        """What there is under `folder`, as relative names without their ending, each once."""
        found = {path.relative_to(at / folder) for at in self.folders for path in (at / folder).glob(pattern)}
        return sorted(path.with_suffix("").as_posix() for path in found)

    def exercises(self) -> list[str]:
        """The ids of all exercises."""
        return [name.removesuffix("/exercise") for name in self.names("exercises", "*/*/exercise.py")]

    def sheets(self) -> list[str]:
        """The names of all sheets."""
        return self.names("exercises", "*.toml")

    def is_exercise(self, name: str) -> bool:
        """Whether there is an exercise with this id. Raises KeygenError for what is no name."""
        return bool(name) and self.find("exercises", *named("an exercise", name, 2), "exercise.py") is not None

    def require_no_path(self, name: str) -> None:
        """Raise KeygenError for the path of a file or folder of a sheet or an exercise, which its name is not."""
        if not {"/", os.sep, "."} & set(name):
            return
        parts = [part for part in Path(name).parts if part not in (".", "/")]
        parts = parts[1 + max((place for place, part in enumerate(parts) if part == "exercises"), default=-1) :]
        meant = parts[0].removesuffix(".toml") if len(parts) == 1 else "/".join(parts[:2])
        if meant != name and meant in (*self.sheets(), *self.exercises()):
            raise KeygenError(
                f"{name!r} is the path of a file, not a name", expected="the name of a sheet, or topic/name",
                repair=f"write {meant}",
            )  # fmt: skip

    def exercise_folder(self, name: str) -> Path:
        """The folder of an exercise. Raises KeygenError for what is no name; for an unknown one, with the nearest; for
        one that two packages have."""
        self.require_no_path(name)
        path = self.only("exercise", name, *named("an exercise", name, 2), "exercise.py") if name else None
        if path is None and name in self.sheets():
            raise KeygenError(
                f"{name!r} is a sheet, not an exercise", repair=f"see which exercises it has: keygen list {name}"
            )
        if path is None:
            raise KeygenError(f"unknown exercise {name!r}", repair=nearest(name, self.exercises(), EXERCISES))
        return path.parent

    def word_folders(self, name: str) -> tuple[Path, ...]:
        """The folders in which there may be words for an exercise: its own, and the same folder of nearer places, which
        may hold it in further languages."""
        folder, parts = self.exercise_folder(name), named("an exercise", name, 2)
        folders = [at.joinpath("exercises", *parts) for at in self.folders]
        return tuple(one for one in folders[: folders.index(folder) + 1] if one.is_dir())

    def sheet_file(self, name: str) -> Path:
        """The file of a sheet. Raises KeygenError for what is no name, and for an exercise's; for an unknown one, with
        the nearest; for one that two packages have."""
        self.require_no_path(name)
        if "/" in name and name in self.exercises():
            raise KeygenError(
                f"{name!r} is an exercise, not a sheet",
                repair=f'look at it: keygen show {name}, or keygen preview {name}; or put it on a sheet: id = "{name}"',
            )
        path = self.only("sheet", name, f"{named('a sheet', name)[0]}.toml") if name else None
        if path is None:
            raise KeygenError(f"unknown sheet {name!r}", repair=nearest(name, self.sheets(), EXERCISES))
        return path

    def only(self, kind: str, name: str, *parts: str) -> Path | None:
        """The nearest file of `exercises/` with this name. Raises KeygenError where that is one of two packages':
        nothing says which of them goes before the other."""
        paths = [(place, place.folder.joinpath("exercises", *parts)) for place in self.places]
        found = [(place, path) for place, path in paths if path.exists()]
        rivals = [f"{path} of {place.package}" for place, path in found if place.package]
        if len(rivals) > 1 and found[0][0].package:
            raise KeygenError(
                f"two installed courses have the {kind} {name!r}", file=found[0][1],
                expected="a name of its own in every package", found=" and ".join(rivals),
                repair=f"uninstall one of them, or put the {kind} that you want into the working folder",
            )  # fmt: skip
        return found[0][1] if found else None

    def sheet_place(self, name: str) -> Place | None:
        """The nearest place that has a sheet of this name."""
        return next((place for place in self.places if (place.folder / "exercises" / f"{name}.toml").exists()), None)

    def exercise_place(self, id: str) -> Place | None:
        """The nearest place that has an exercise with this id."""
        file = Path("exercises", *id.split("/"), "exercise.py")
        return next((place for place in self.places if (place.folder / file).exists()), None)

    def is_of_course(self, file: Path) -> bool:
        """Whether a Python file lies in a course folder and is neither keygen's own nor installed there."""
        place = file.resolve()
        installed = INSTALLED & set(place.parts) or any(map(place.is_relative_to, (PACKAGE, STANDARD)))
        return not installed and any(place.is_relative_to(folder.resolve()) for folder in self.folders)


def search_path(home: Path) -> SearchPath:
    """The search path of whoever works in the folder `home`. Raises KeygenError for a package that has no course."""
    return joined(home, *packages())


def joined(home: Path, *packages: Place) -> SearchPath:
    """The search path of a folder, some packages and what keygen ships."""
    own = () if home.resolve() == shipped().resolve() else (Place(home),)
    return SearchPath((*own, *packages, Place(shipped())))


def shipped() -> Path:
    """What keygen itself brings along: in a wheel inside the package, in a checkout beside it."""
    folder = PACKAGE / "_shipped"
    return folder if folder.is_dir() else PACKAGE.parent


def packaged(name: str) -> Path:
    """A folder of files that the package holds beside its modules: pages of help, the first files of a course."""
    return PACKAGE / name


def packages() -> Iterator[Place]:
    """The courses that are installed as packages, by the names of their entry points.

    Raises KeygenError for one that cannot be imported, and for one without `exercises/` and `templates/`.
    """
    from importlib.metadata import EntryPoint, entry_points  # slow to import, and wanted only where a course is

    def key(entry: EntryPoint) -> tuple[str, str]:
        return entry.name, entry.value

    for entry in sorted(set(entry_points(group=GROUP)), key=key):
        package = entry.dist.name if entry.dist is not None else entry.name
        where: dict[str, Any] = {"file": located(entry.dist), "source": f"{entry.name} = {entry.value!r}"}
        repair = f"mend the package, or uninstall it: pip uninstall {package}"
        try:
            module = import_module(entry.module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever a stranger's module does, sys.exit() among it
            raise KeygenError(
                f"the course package {package} cannot be imported", **where,
                expected=f"the name of a module, in the entry points {GROUP}",
                found=f"{type(error).__name__}: {error}", repair=repair,
            ) from error  # fmt: skip
        file = getattr(module, "__file__", None)
        folders = [Path(file).parent] if file else [Path(part) for part in getattr(module, "__path__", ())]
        folder = next((one for one in folders if holds_course(one)), None)
        if folder is None:
            raise KeygenError(
                f"the course package {package} has no course", **where,
                expected="exercises/ or templates/ beside the module's file",
                found=" and ".join(map(str, folders)) or None, repair=repair,
            )  # fmt: skip
        yield Place(folder, package)


def holds_course(folder: Path) -> bool:
    """Whether a folder holds anything of a course."""
    return any((folder / name).is_dir() for name in ("exercises", "templates"))


def located(package: Distribution | None) -> Path | None:
    """The file in which a package's entry points stand."""
    files = [] if package is None or package.files is None else package.files
    return next((Path(str(file.locate())) for file in files if file.name == "entry_points.txt"), None)


def files_in(folder: Path) -> list[Path]:
    """Every file under a folder, but what Python has compiled."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
