"""What a person asks for, as a run: a roster, one student, so many variants, or a manifest made again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from keygen import inputs
from keygen.course.course import Course
from keygen.course.roster import Student, load_roster
from keygen.course.secret import PUBLIC, fingerprint
from keygen.errors import KeygenError
from keygen.runs.manifest import SCHEMA, Manifest, load_manifest
from keygen.runs.run import Run


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


def of_manifest(course: Course, path: Path, student: str | None) -> tuple[Run, Manifest]:
    """The run that a manifest tells of, or one student of it.

    Raises KeygenError, before anything is made, where it would not come out the same: another version of keygen, of a
    library or of TeX, a course whose files have changed, or a manifest that no run has written.
    """
    manifest = load_manifest(path)
    same_key(manifest, path)
    same_schema(manifest, path)
    sheet = course.sheet(manifest.sheet)
    different = list(manifest.basis.differences(inputs.basis(sheet, course.path)))
    if different:
        raise KeygenError(
            "this run would not come out as it was", file=path,
            expected="the versions and the course files of the manifest",
            found="; ".join(different[:6]) + (f"; and {len(different) - 6} more" if len(different) > 6 else ""),
            repair="install those versions and take the course from that time, or build the roster anew",
        )  # fmt: skip
    people = tuple(entry.person for entry in manifest.students)
    run = Run(course, sheet, manifest.lang, manifest.solutions, manifest.streams.key, people)
    if student is None:
        return run, manifest
    return replace(run, people=(manifest.student(student, path).person,), whole=False), manifest


def same_schema(manifest: Manifest, path: Path) -> None:
    """Raise where a manifest is a former version's: what that has made, this one cannot be held to."""
    if manifest.schema != SCHEMA:
        version = manifest.versions.get("keygen", "that wrote it")
        raise KeygenError(
            "this run would not come out as it was", file=path, expected=SCHEMA, found=manifest.schema,
            repair=f"install version {version} of keygen, or build the roster anew",
        )  # fmt: skip


def same_key(manifest: Manifest, path: Path) -> None:
    """Raise where a manifest's key is not the one of its fingerprint."""
    if (mark := fingerprint(manifest.streams.key)) != manifest.streams.fingerprint:
        raise KeygenError(
            "the manifest's key is not the one that its numbers came from", file=path,
            expected=f"a key with the fingerprint {manifest.streams.fingerprint}", found=f"one with {mark}",
            repair="take the manifest as its run has written it",
        )  # fmt: skip
