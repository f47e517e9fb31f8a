"""What a person asks for, as a run: a roster, one student, so many variants, or a manifest made again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from keygen.course.course import Course
from keygen.course.roster import Student, load_roster
from keygen.course.secret import PUBLIC
from keygen.runs.run import Run

if TYPE_CHECKING:
    from keygen.runs.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Wish:
    """A person's words: a sheet of a course (None with a manifest), its language (None: the sheet's own), solutions or
    not; then a roster, whose numbers may be `public`, a number of variants with the first seed, or a manifest; and
    perhaps one student of the roster or the manifest. With none of these: one sheet, of a seed or as published, in a
    form."""

    course: Course
    sheet: str | None
    language: str | None
    solutions: bool
    first: int | None = None
    roster: Path | None = None
    student: str | None = None
    variants: int | None = None
    manifest: Path | None = None
    public: bool = False
    form: str = "pdf"


def ordered(wish: Wish) -> tuple[Run, Manifest | None]:
    """The run that is wished for, and the manifest that it is to come out like. Raises KeygenError for what is not
    there: the sheet, the roster, the student, a secret for a roster."""
    if wish.manifest is not None:
        from keygen.runs.reproduction import of_manifest  # which a run without a manifest does not need

        return of_manifest(wish.course, wish.manifest, wish.student)
    course = wish.course
    sheet = course.sheet(str(wish.sheet))
    language = wish.language or sheet.language
    if wish.roster is None and wish.variants is None:
        key = PUBLIC if wish.first is None else course.seeds_key(sheet.name)
        one = Run(course, sheet, language, wish.solutions, key, (wish.first,), whole=False, form=wish.form, alone=True)
        return one, None
    if wish.roster is None:
        return Run(course, sheet, language, wish.solutions, course.seeds_key(sheet.name), seeds(wish)), None
    people, key = students(wish.roster, wish), course.students_key(sheet.name, public=wish.public)
    return Run(course, sheet, language, wish.solutions, key, people, whole=wish.student is None), None


def seeds(wish: Wish) -> tuple[int, ...]:
    """The seeds that are wished for."""
    first = 1 if wish.first is None else wish.first
    return tuple(range(first, first + (wish.variants or 0)))


def students(file: Path, wish: Wish) -> tuple[Student, ...]:
    """The students of the roster, or the one that is wished for."""
    roster = load_roster(file, wish.course.languages)
    found = roster.students if wish.student is None else (roster.student(wish.student),)
    return tuple(replace(student, line=0) for student in found)  # a sheet does not depend on its row's place
