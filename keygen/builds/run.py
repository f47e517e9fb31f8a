"""What a run is: whose sheets are to be made, who is to do it, and what is told of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from keygen.builds.request import SheetRequest, file_stem
from keygen.course.course import Course
from keygen.course.filenames import in_folder, student_files
from keygen.course.roster import Student
from keygen.course.sheet import Sheet
from keygen.document.kinds import PageKind
from keygen.errors import KeygenError

LISTED, SAMPLE = 10, 3
"""Names that are all listed, and of more those that are."""
Who = Student | int | None
"""Whom a sheet is for: a student, a seed, or nobody in particular, who gets the published numbers."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be made: whose sheets (students, or seeds), in which language, which kinds of pages.

    Only a `whole` run writes what belongs to all: files for the printer, the key, the manifest. One sheet that is
    `alone` has the sheet's name; it may show the published numbers, and have another form: "pdf", "tex" or "html".
    `taken` says which columns of the roster are the id and the name, where that needs to be said. `groups` has the
    folder of each student's group, by the id; who is not in it has files in the run's folder itself.

    `draws` has the draw of everybody who was ever drawn anew, also of those who are not among the people. Of a run that
    draws a student anew, `replaced` is the id, and `told` what there is to say of it; such a run writes nothing if that
    student, or whoever had a sheet before it, has none. A run that is `removing` may take most of a class's pages away.
    """

    course: Course = field(repr=False)
    sheet: Sheet
    language: str
    kinds: tuple[PageKind, ...]
    key: str
    people: tuple[Who, ...]
    whole: bool = True
    form: str = "pdf"
    alone: bool = False
    taken: tuple[str, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    draws: Mapping[str, int] = field(default_factory=dict)
    replaced: str | None = field(default=None, repr=False)  # the run is the same, made now or later
    told: tuple[str, ...] = field(default=(), repr=False)
    removing: bool = field(default=False, repr=False)  # as above

    @property
    def folder(self) -> str:
        """Where its files go: seeds apart from a roster, whose key and manifest they would replace."""
        if self.alone:
            return ""
        name = self.sheet.name
        return name if any(isinstance(person, Student) for person in self.people) else f"{name}-variants"

    @property
    def mark(self) -> str:
        """What the names of its files have before their ending; the key is common to all languages."""
        return self.sheet.mark(self.language)

    def group(self, person: Who) -> str:
        """The folder of a person's group, "" for none."""
        return self.groups.get(person.id, "") if isinstance(person, Student) else ""

    @property
    def in_groups(self) -> tuple[Who, ...]:
        """The people group by group, in the order in which the groups appear."""
        places: dict[str, int] = {}
        for person in self.people:
            places.setdefault(self.group(person), len(places))
        return tuple(sorted(self.people, key=lambda person: places[self.group(person)]))

    def stems(self, person: Who) -> tuple[str, ...]:
        """The names of a person's files without their ending, one of each kind, in the run's folder."""
        if self.alone:
            order = order_for(self.course, self.sheet, self.language, self.key, person)
            return tuple(file_stem(order, kind) for kind in self.kinds)
        names = student_files(stem(person), self.mark)[: len(self.kinds)]
        return tuple(in_folder(self.group(person), name.removesuffix(".pdf")) for name in names)


@dataclass(frozen=True, slots=True)
class Swept:
    """The names of files of a run before that the new one does not make: those removed, and those kept, since they
    are not as they were made (or could not be removed)."""

    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Renewed:
    """The names of files that are others than in the run before: people's pages, and what belongs to all."""

    pages: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


@dataclass(slots=True)
class RunReport:
    """What was written; who failed, and why; what else there is to say of whom or what; which files of a run before
    were removed, or kept though the run does not make them; which do not come out as a manifest has them, where the
    run was to come out like one: then nothing was written; which files are new, where a student was drawn anew; the
    SHA-256 of each file by its name."""

    paths: list[Path] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    swept: Swept = Swept()
    different: list[str] = field(default_factory=list)
    renewed: Renewed = Renewed()
    sums: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkerOptions:
    """Who does the work: processes here, or a cluster; and who is told: a line of progress, a number of people done."""

    jobs: int = 0  # 0: as many as there are cores
    cluster: str = ""
    note: Callable[[str], None] = lambda text: None
    advance: Callable[[int], None] = lambda count: None


def order_for(course: Course, sheet: Sheet, language: str, key: str, person: Who) -> SheetRequest:
    """What one person is to get."""
    if isinstance(person, Student):
        return SheetRequest(course, sheet, language, student=person, key=key)
    return SheetRequest(course, sheet, language, seed=person, key=key)


def with_draws(people: Iterable[Who], draws: Mapping[str, int]) -> tuple[Who, ...]:
    """The people, each student with the draw that counts."""
    return tuple(
        replace(person, draw=draws.get(person.id, 1)) if isinstance(person, Student) else person for person in people
    )


def stem(person: Who) -> str:
    """What the names of a person's files begin with in the folder of a run."""
    return person.stem if isinstance(person, Student) else f"seed{person}"


def name_of(person: Who) -> str:
    """A student's id, or a seed."""
    return person.id if isinstance(person, Student) else str(person)


def label(person: Who) -> str:
    """A person in words."""
    return f"student {person.id}" if isinstance(person, Student) else f"seed {person}"


def few(names: Sequence[str]) -> str:
    """Names one after the other; of many how many there are, and the first few."""
    return ", ".join(names) if len(names) <= LISTED else f"{len(names)}, such as {', '.join(names[:SAMPLE])}"


def distinct_codes(run: Run) -> None:
    """Raise where two people have one code: a page could not be told from another's."""
    seen: dict[str, Who] = {}
    for person in run.people:
        code = order_for(run.course, run.sheet, run.language, run.key, person).code
        if code in seen:
            raise KeygenError(
                f"{label(seen[code])} and {label(person)} have the same code {code}",
                expected="a code of its own on every sheet", repair="change the id of one of them",
            )  # fmt: skip
        seen[code] = person
