"""A student drawn anew: the run that is there already, with other numbers for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from keygen.builds.alike import varies
from keygen.builds.draws import other_languages
from keygen.builds.fingerprints import basis
from keygen.builds.former import former
from keygen.builds.manifest import Manifest, ManifestExercise
from keygen.builds.reproduction import groups_of
from keygen.builds.run import Run, name_of, order_for, with_draws
from keygen.builds.sheet import asked_items, policy_of, solved
from keygen.course.filenames import manifest_file
from keygen.course.roster import Student
from keygen.document.kinds import PageKind, wanted
from keygen.errors import KeygenError
from keygen.mathematics.answers import as_json

TRIES = 20  # draws that are looked at for one with no number of a former one

Numbers = Mapping[int, bytes]
"""What stands for the data and answers of each exercise, by its number."""


def replacing(run: Run, folder: Path, student: Student, *, grouped: bool, ordered: bool) -> Run:
    """The run of a roster that a folder has, with other numbers for one student than that student ever had.

    All else stays: solutions where there are some, the groups unless the person says others (`grouped`), the order
    unless the person says one (`ordered`). Raises KeygenError where there is no such run, where it is another's, and
    where no draw has other numbers.
    """
    before = former(run, folder)
    if before is None:
        raise no_run(run, folder)
    found = next_draw(run, student, before)
    draws = dict(sorted({**run.draws, student.id: found.draw}.items()))
    told = (*run.told, *said(run, before, folder, student, found))
    kinds = wanted(solutions=before.solutions or PageKind.SOLUTIONS in run.kinds)
    people = with_draws(run.people, draws)
    again = replace(run, kinds=kinds, people=people, draws=draws, replaced=student.id, told=told)
    if not grouped:
        everybody = [person for person in run.people if isinstance(person, Student)]
        again = replace(again, groups=groups_of(before, everybody))
    if ordered:
        return again
    places = {entry.name_of_person: place for place, entry in enumerate(before.students)}
    return replace(again, people=tuple(sorted(again.people, key=lambda who: places.get(name_of(who), len(places)))))


def no_run(run: Run, folder: Path) -> KeygenError:
    """A complaint of a folder without the manifest into which the draw would be written."""
    others = [manifest_file(run.sheet.mark(language)) for language in other_languages(run, folder)]
    return KeygenError(
        "there is no run in which a student could be drawn anew", file=folder / manifest_file(run.mark),
        expected="the manifest of a build of this roster", found=", ".join(others) or None,
        repair="say its language by --lang" if others else "build the roster first, or name its folder by --out",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundDraw:
    """The next draw of a student, and the numbers of the exercises that are as they were in a former one."""

    draw: int
    same: tuple[int, ...] = ()


def next_draw(run: Run, student: Student, before: Manifest) -> FoundDraw:
    """The first draw after the student's last whose numbers are others in every exercise: than those of the student's
    own former draws, and than those of everybody else, where there are so many variants; failing that, the one with
    the fewest that are the same. Raises KeygenError where nothing would change."""
    last = run.draws.get(student.id, 1)
    own = [numbers(run, replace(student, draw=draw)) for draw in range(1, last + 1)]
    own += [recorded(entry.worked) for entry in before.students if entry.id == student.id]
    others = [recorded(entry.worked) for entry in before.students if entry.id != student.id]
    tried: list[tuple[int, int, FoundDraw]] = []
    for draw in range(last + 1, last + 1 + TRIES):
        new = numbers(run, replace(student, draw=draw))
        same = tuple(shared(new, own))
        if len(same) < len(new):
            tried.append((len(same), len(list(shared(new, others))), FoundDraw(draw, same)))
            if tried[-1][:2] == (0, 0):
                break
    if not tried:
        raise KeygenError(
            f"student {student.id} cannot be drawn anew: the next {TRIES} draws have no other numbers",
            file=run.sheet.file, repair="have the sheet's exercises draw more of their data, or pin less of it",
        )  # fmt: skip
    return min(tried, key=lambda found: (*found[:2], found[2].draw))[2]


def numbers(run: Run, student: Student) -> Numbers:
    """A student's data and answers in the exercises of which anything is drawn."""
    order = order_for(run.course, run.sheet, run.language, run.key, student)
    policy = policy_of(order.sheet, order.language)
    worked = []
    for item in asked_items(order):
        if varies(run.course.exercise(item.entry.id), item.entry):
            found = solved(order, item)
            parts = {part: as_json(answers, policy) for part, answers in item.entry.asked(found.answers()).items()}
            worked.append(ManifestExercise(item.entry.id, item.number, as_json(found.given(), policy), parts))
    return recorded(msgspec.json.decode(msgspec.json.encode(worked), type=list[ManifestExercise]))


def recorded(worked: Iterable[ManifestExercise]) -> Numbers:
    """Data and answers as a manifest has them."""
    return {one.number: msgspec.json.encode((one.given, one.parts)) for one in worked}


def shared(new: Numbers, known: Iterable[Numbers]) -> Iterator[int]:
    """The exercises that are in one of the known as they are in the new."""
    known = list(known)
    return (number for number, data in new.items() if any(one.get(number) == data for one in known))


def said(run: Run, before: Manifest, folder: Path, student: Student, found: FoundDraw) -> Iterator[str]:
    """What there is to say of a draw: which it is, whether others' pages stay, what is not new, what is behind."""
    yield f"student {student.id} is drawn anew: draw {found.draw}"
    if list(before.basis.differences(basis(run.sheet, run.course.path))):
        yield "the course, keygen or TeX is not as it was when this run was made: everybody's pages are made again"
    for number in found.same:
        yield f"exercise {number} has numbers that student {student.id} had before: it has few variants"
    for language in other_languages(run, folder):
        yield f"the pages in {language} are still those of the draw before: build them again, with --lang {language}"
