"""What a run is: whose sheets are to be made, who is to do it, and what is told of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from keygen.course.course import Course
from keygen.course.roster import Student
from keygen.course.sheet import Sheet
from keygen.course.source import Source
from keygen.errors import KeygenError


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be made: whose sheets (students, or seeds), in which language, with solutions or not.

    Only a `whole` run writes what belongs to all: files for the printer, the key, the manifest.
    """

    course: Course = field(repr=False)
    sheet: Sheet
    language: str
    solutions: bool
    key: str
    people: tuple[Student | int, ...]
    whole: bool = True

    @property
    def folder(self) -> str:
        """Where its files go: seeds apart from a roster, whose key and manifest they would replace."""
        name = self.sheet.name
        return name if any(isinstance(person, Student) for person in self.people) else f"{name}-variants"

    @property
    def kinds(self) -> int:
        """How many files each has."""
        return 2 if self.solutions else 1

    @property
    def mark(self) -> str:
        """What the names of its files have before their ending; the key is common to all languages."""
        return self.sheet.mark(self.language)


@dataclass(frozen=True, slots=True)
class Swept:
    """The names of files of a run before that the new one does not make: those removed, and those kept, since they
    are not as they were made (or could not be removed)."""

    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """What was written; who failed, and why; what else there is to say of whom or what; which files of a run before
    were removed, or kept though the run does not make them; which do not come out as a manifest has them, where the
    run was to come out like one: then nothing was written; the SHA-256 of each file by its name."""

    paths: list[Path] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    swept: Swept = Swept()
    different: list[str] = field(default_factory=list)
    sums: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hands:
    """Who does the work: processes here, or a cluster; and who is told: a line of progress, a number of people done."""

    jobs: int = 0  # 0: as many as there are cores
    cluster: str = ""
    note: Callable[[str], None] = lambda text: None
    advance: Callable[[int], None] = lambda count: None


def stem(person: Student | int) -> str:
    """What the names of a person's files begin with."""
    return f"seed{person}" if isinstance(person, int) else person.stem


def name_of(person: Student | int) -> str:
    """A student's id, or a seed."""
    return str(person) if isinstance(person, int) else person.id


def label(person: Student | int) -> str:
    """A person in words."""
    return f"seed {person}" if isinstance(person, int) else f"student {person.id}"


def distinct_codes(run: Run) -> None:
    """Raise where two people have one code: a page could not be told from another's."""
    seen: dict[str, Student | int] = {}
    for person in run.people:
        code = Source(run.sheet.name, person if isinstance(person, int) else person.id, run.key).code
        if code in seen:
            raise KeygenError(
                f"{label(seen[code])} and {label(person)} have the same code {code}",
                expected="a code of its own on every sheet", repair="change the id of one of them",
            )  # fmt: skip
        seen[code] = person
