"""What a run is: whose sheets are to be made, who is to do it, and what is told of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from keygen.course.roster import Student
from keygen.course.source import Source
from keygen.errors import KeygenError
from keygen.runs.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be made: whose sheets (students, or seeds), in which language, with solutions or not.

    Only a `whole` run writes what belongs to all: files for the printer, the key, the manifest.
    """

    sheet: str
    language: str
    solutions: bool
    key: str
    people: tuple[Student | int, ...]
    whole: bool = True

    @property
    def folder(self) -> str:
        """Where its files go: seeds apart from a roster, whose key and manifest they would replace."""
        return self.sheet if any(isinstance(person, Student) for person in self.people) else f"{self.sheet}-variants"

    @property
    def kinds(self) -> int:
        """How many files each has."""
        return 2 if self.solutions else 1


@dataclass(slots=True)
class Report:
    """What was written; who failed, and why; what else there is to say of whom; the manifest, if one was written; the
    SHA-256 of each file by its name."""

    paths: list[Path] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    manifest: Manifest | None = None
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


def label(person: Student | int) -> str:
    """A person in words."""
    return f"seed {person}" if isinstance(person, int) else f"student {person.id}"


def distinct_codes(run: Run) -> None:
    """Raise where two people have one code: a page could not be told from another's."""
    seen: dict[str, Student | int] = {}
    for person in run.people:
        code = Source(run.sheet, person if isinstance(person, int) else person.id, run.key).code
        if code in seen:
            raise KeygenError(
                f"{label(seen[code])} and {label(person)} have the same code {code}",
                expected="a code of its own on every sheet", repair="change the id of one of them",
            )  # fmt: skip
        seen[code] = person
