"""What a person asks for, as a run: a roster, one student, so many variants, or a manifest made again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from keygen.builds.draws import known_draws
from keygen.builds.run import Run, with_draws
from keygen.course.course import Course
from keygen.course.handout import size_of
from keygen.course.roster import Roster, Student, load_roster
from keygen.course.roster_columns import BY_HEADER, RosterColumns
from keygen.course.roster_groups import group_folders, sorted_by
from keygen.course.secret import PUBLIC
from keygen.course.seeding import require_seed
from keygen.course.sheet import Sheet
from keygen.document.kinds import PageKind
from keygen.errors import KeygenError

if TYPE_CHECKING:
    from keygen.builds.manifest import Manifest


GROUP = "group"
"""The field of a sheet that a column of this name fills."""


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """A person's words: a sheet of a course (None with a manifest), its language (None: the sheet's own), the kinds
    of its pages; then a roster, whose numbers may be `public`, a number of variants with the first seed, or a manifest;
    and perhaps one student of the roster or the manifest. With none of these: one sheet, of a seed or as published, in
    a form. Of a roster, `group` is the column whose groups get folders, and `sort` the one that says the order;
    `replace` is the student to be drawn anew, in the run that is in the folder `out`; with `remove` the roster may be
    without most of the students of that run."""

    course: Course
    sheet: str | None
    language: str | None
    kinds: tuple[PageKind, ...]
    first: int | None = None
    roster: Path | None = None
    student: str | None = None
    variants: int | None = None
    manifest: Path | None = None
    public: bool = False
    form: str = "pdf"
    columns: RosterColumns = BY_HEADER
    group: str | None = None
    sort: str | None = None
    replace: str | None = None
    out: Path = Path("build")
    remove: bool = False


def ordered(options: BuildOptions) -> tuple[Run, Manifest | None]:
    """The run that is wished for, and the manifest that it is to come out like. Raises KeygenError for what is not
    there: the sheet, the roster, the student, a column, a secret for a roster."""
    if options.manifest is not None:
        from keygen.builds.reproduction import of_manifest  # which a run without a manifest does not need

        return of_manifest(options.course, options.manifest, options.student)
    course = options.course
    sheet = course.sheet(str(options.sheet))
    language = options.language or sheet.language
    if options.roster is None and options.variants is None:
        key = PUBLIC if options.first is None else course.seeds_key(sheet.name)
        one = Run(
            course,
            sheet,
            language,
            options.kinds,
            key,
            (options.first,),
            whole=False,
            form=options.form,
            alone=True,
        )
        return one, None
    if options.roster is None:
        return Run(course, sheet, language, options.kinds, course.seeds_key(sheet.name), seeds(options)), None
    roster = load_roster(options.roster, course.languages, options.columns)
    groups = {} if options.group is None else group_folders(roster, options.roster, options.group)
    if options.sort is not None:
        roster = sorted_by(roster, options.roster, options.sort)
    people, whole = students(roster, options.roster, sheet, options), options.student is None
    key = course.students_key(sheet.name, public=options.public)
    draws, of_draws = known_draws(course, sheet, key, options.out / sheet.name)
    run = Run(
        course, sheet, language, options.kinds, key, with_draws(people, draws), whole, taken=roster.taken,
        groups=groups, draws=draws, told=(*of_draws, *unfilled(sheet, roster, options.group)), removing=options.remove,
    )  # fmt: skip
    if options.replace is not None:
        from keygen.builds.replacement import replacing  # which solves

        run = replacing(
            run, options.out / run.folder, roster.student(options.replace),
            grouped=options.group is not None, ordered=options.sort is not None,
        )  # fmt: skip
    return run, None


def unfilled(sheet: Sheet, roster: Roster, group: str | None) -> Iterator[str]:
    """What is to be said of a line for the group on the sheets of a class whose groups have a column of another
    name."""
    if group is not None and GROUP in sheet.fields and GROUP not in map(str.casefold, roster.header):
        yield (
            f"the line for the group stays empty on the sheets: the roster has no column {GROUP!r}; call the column "
            f'{group!r} so, or have the line called as the column is: fields = [..., "{group}"]'
        )


def seeds(options: BuildOptions) -> tuple[int, ...]:
    """The seeds that are wished for. Raises KeygenError for those beyond the greatest."""
    first = 1 if options.first is None else options.first
    require_seed(first + (options.variants or 0) - 1)
    return tuple(range(first, first + (options.variants or 0)))


def students(roster: Roster, file: Path, sheet: Sheet, options: BuildOptions) -> tuple[Student, ...]:
    """The students of the roster, or the one that is wished for. Raises KeygenError at the row that says no size of
    letters, where the sheet asks for one."""
    found = roster.students if options.student is None else (roster.student(options.student),)
    for student in found:
        try:
            size_of(sheet.size, student.columns)
        except KeygenError as error:
            raise error.within(file=file, line=student.line) from error
    return tuple(replace(student, line=0) for student in found)  # a sheet does not depend on its row's place
