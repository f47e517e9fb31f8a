"""What a person asks for, as a run: a roster, one student, so many variants, or a manifest made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from keygen import inputs
from keygen.course.roster import Student, load_roster
from keygen.course.secret import FILE, PUBLIC, VARIABLE, course_secret, sheet_key
from keygen.course.sheet import load_sheet
from keygen.errors import KeygenError, nearest
from keygen.runs.manifest import Manifest, load_manifest
from keygen.runs.run import Report, Run

NO_SECRET = (
    f"there is no course secret: anybody who has keygen can compute anybody's numbers "
    f"(set {VARIABLE}, or write one line into {FILE})"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A person's words: a sheet (None with a manifest), its language (None: the sheet's own), solutions or not; then
    a roster, a student's id, a number of variants with the first seed, or a manifest."""

    sheet: str | None
    language: str | None
    solutions: bool
    first: int | None = None
    roster: Path | None = None
    student: str | None = None
    variants: int | None = None
    manifest: Path | None = None


def ordered(wish: Wish) -> tuple[Run, Manifest | None]:
    """The run that is wished for, and the manifest that it is to come out like. Raises KeygenError for what is not
    there: the sheet, the roster, the student."""
    if wish.manifest is not None:
        return of_manifest(wish.manifest, wish.student)
    sheet = str(wish.sheet)
    language = wish.language or load_sheet(sheet).language
    run = Run(sheet, language, wish.solutions, sheet_key(course_secret(), sheet), people(wish))
    return replace(run, whole=wish.student is None), None


def people(wish: Wish) -> tuple[Student | int, ...]:
    """Whose sheets are wished for. Of a student without a roster only the id is known."""
    if wish.variants is not None:
        first = 1 if wish.first is None else wish.first
        return tuple(range(first, first + wish.variants))
    if wish.roster is None:
        return (Student(str(wish.student), "", {}, 0),)
    roster = load_roster(wish.roster)
    found = roster.students if wish.student is None else (roster.student(wish.student),)
    return tuple(replace(student, line=0) for student in found)  # a sheet does not depend on its row's place


def of_manifest(path: Path, student: str | None) -> tuple[Run, Manifest]:
    """The run that a manifest tells of, or one student of it.

    Raises KeygenError, before anything is made, where it would not come out the same: another version of keygen, of a
    library or of TeX, or a course whose files have changed.
    """
    manifest = load_manifest(path)
    sheet = load_sheet(manifest.sheet)
    different = list(manifest.basis.differences(inputs.basis(manifest.sheet, sheet)))
    if different:
        raise KeygenError(
            "this run would not come out as it was", file=path,
            expected="the versions and the course files of the manifest",
            found="; ".join(different[:6]) + (f"; and {len(different) - 6} more" if len(different) > 6 else ""),
            repair="install those versions and take the course from that time, or build the roster anew",
        )  # fmt: skip
    people = tuple(entry.person for entry in manifest.students)
    run = Run(manifest.sheet, manifest.lang, manifest.solutions, manifest.streams.key, people)
    if student is None:
        return run, manifest
    known: Mapping[str, Student | int] = {entry.id or str(entry.seed): entry.person for entry in manifest.students}
    if student not in known:
        raise KeygenError(f"the manifest has no student {student!r}", file=path, repair=nearest(student, known))
    return replace(run, people=(known[student],), whole=False), manifest


def unlike(manifest: Manifest, report: Report) -> list[str]:
    """The names of the files that a run made again did not bring out as the manifest has them."""
    if report.manifest is None:
        return []
    before, after = (
        {**one.shared, **{name: file.sha256 for entry in one.students for name, file in entry.files.items()}}
        for one in (manifest, report.manifest)
    )
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def open_to_all(run: Run) -> bool:
    """Whether anybody could compute the numbers of the run."""
    return run.key == PUBLIC
