"""A course: found once when a command begins, then handed on to whoever needs its sheets, exercises or languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from keygen.course.contents import contents
from keygen.course.languages import Language, languages, load_language
from keygen.course.search_path import SearchPath, joined, search_path
from keygen.course.secret import FILE, PUBLIC, course_secret, required_secret, sheet_key
from keygen.course.sheet import Sheet, load_sheet
from keygen.course.sheet_keys import SheetEntry
from keygen.errors import EXERCISES, KeygenError, nearest

if TYPE_CHECKING:
    from keygen.course.exercise import Exercise

Loaded = TypeVar("Loaded")


@dataclass(frozen=True)
class Course:
    """All that there is to make sheets of, on a search path; each sheet, exercise and language is loaded once.

    `secret_file` is where the course's secret is, if it is in a file. What is loaded stays behind when a course goes to
    another process: there it is loaded anew, from the same folders.
    """

    path: SearchPath
    secret_file: Path = FILE
    _loaded: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.path, self.secret_file)

    @cached_property
    def sheets(self) -> tuple[str, ...]:
        """The names of all sheets."""
        return tuple(self.path.sheets())

    @cached_property
    def exercises(self) -> tuple[str, ...]:
        """The ids of all exercises."""
        return tuple(self.path.exercises())

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that there are, the default one first."""
        return languages(self.path)

    def sheet(self, name: str) -> Sheet:
        """The sheet of this name. Raises KeygenError as `load_sheet` does."""
        return self._once("sheet", name, load_sheet)

    def exercise(self, id: str) -> Exercise:
        """The exercise with this id. Raises KeygenError as `load_exercise` does."""
        from keygen.course.exercise import load_exercise  # slow to import, and not wanted where all is found

        return self._once("exercise", id, load_exercise)

    def language(self, code: str) -> Language:
        """The language of this code. Raises KeygenError as `load_language` does."""
        return self._once("language", code, load_language)

    def target(self, name: str) -> Sheet:
        """The sheet of this name, or one exercise as a sheet of its own. Raises KeygenError for what is neither."""
        if name in self.sheets:
            return self.sheet(name)
        if name not in self.exercises:
            self.path.require_no_path(name)
            known = [*self.sheets, *self.exercises]
            raise KeygenError(f"unknown sheet or exercise {name!r}", repair=nearest(name, known, EXERCISES))
        return Sheet(title=name, exercise=[SheetEntry(name)], language=self.languages[0], name=name)

    def written_in(self, exercise: Exercise) -> tuple[str, ...]:
        """The languages that there are words of an exercise in."""
        return tuple(code for code in self.languages if exercise.template(code).exists())

    def asset(self, name: str) -> bytes:
        """A file of `templates/` that is no template. Raises KeygenError where it is missing."""
        path = self.path.find("templates", name)
        if path is None:
            raise KeygenError(f"{name} is missing", expected=f"templates/{name}")
        return contents(path)

    def style_files(self) -> dict[str, bytes]:
        """The files that a page's TeX reads beside itself."""
        return {"style.sty": self.asset("style.sty")}

    def seeds_key(self, sheet: str) -> str:
        """The key of the streams of a sheet's seeds: by the course's secret where there is one, else public."""
        return sheet_key(course_secret(self.secret_file), sheet)

    def students_key(self, sheet: str, *, public: bool = False) -> str:
        """The key of the streams of a sheet's students: by the course's secret, without which KeygenError is raised; or
        the public key, if that was asked for."""
        return PUBLIC if public else sheet_key(required_secret(self.secret_file), sheet)

    def _once(self, kind: str, name: str, load: Callable[[str, SearchPath], Loaded]) -> Loaded:
        if (kind, name) not in self._loaded:
            self._loaded[kind, name] = load(name, self.path)
        loaded: Loaded = self._loaded[kind, name]
        return loaded


def course_here() -> Course:
    """The course of the working folder, of what is installed, and of what keygen ships. Raises KeygenError for a course
    package that is none."""
    return Course(search_path(Path.cwd()))


def course_at(folder: Path) -> Course:
    """The course of a folder and of what keygen ships, whatever is installed."""
    return Course(joined(folder), folder / FILE)
