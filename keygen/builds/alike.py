"""Whose numbers are the same: people of a run who could copy from each other, told exercise by exercise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256

import msgspec

from keygen.builds.manifest import ManifestEntry
from keygen.course.course import Course
from keygen.course.draw import Choice
from keygen.course.exercise import Exercise
from keygen.course.fixed_data import pinned_lengths
from keygen.course.sheet import Sheet
from keygen.course.sheet_keys import SheetEntry

GROUPS, NAMED = 3, 5  # groups of people with the same numbers that are named, and people of each


class Numbers(msgspec.Struct, frozen=True):
    """An exercise of one person, its data and its answers as the JSON they are."""

    number: int
    given: msgspec.Raw
    parts: msgspec.Raw


def alike(course: Course, sheet: Sheet, entries: Sequence[ManifestEntry]) -> Iterator[tuple[str, str]]:
    """Which exercise, and what is to be said of it: people with the same numbers, by name where they are few; how many
    variants, or sets of answers, there are where each is had by two people or more, taking the mean.

    What a sheet pins for everybody, and what is never drawn, is meant to be the same and not told.
    """
    variants: dict[int, dict[bytes, list[str]]] = defaultdict(lambda: defaultdict(list))
    answers: dict[int, set[bytes]] = defaultdict(set)
    for entry in entries:
        for one in msgspec.json.decode(entry.exercises or b"[]", type=list[Numbers]):
            variants[one.number][digest(one.given, one.parts)].append(entry.name_of_person)
            answers[one.number].add(digest(one.parts))
    kind = "students" if entries and entries[0].seed is None else "seeds"
    for number, item in varying(course, sheet):
        if said := shared(variants[number].values(), kind):
            yield exercise_label(number, item), said
        asked = sum(map(len, variants[number].values()))
        if len(answers[number]) < len(variants[number]) and len(answers[number]) * 2 <= asked:
            said = f"only {counted(len(answers[number]), 'set')} of answers among {asked:,} {kind}"
            yield exercise_label(number, item), said


def shared(variants: Collection[Sequence[str]], kind: str = "students") -> str:
    """What is to be said of the variants of an exercise by the people who have each; "" if nobody shares one."""
    asked = sum(map(len, variants))
    if asked > 1 and len(variants) * 2 <= asked:
        return f"only {counted(len(variants), 'variant')} among {asked:,} {kind}"
    groups = [same for same in variants if len(same) > 1]
    return f"the same numbers for {listed(groups)}" if groups else ""


def exercise_label(number: int, item: SheetEntry) -> str:
    """An exercise of a sheet in words."""
    return f"exercise {number} ({item.id})"


def varying(course: Course, sheet: Sheet) -> Iterator[tuple[int, SheetEntry]]:
    """The exercises of which anything is drawn, with their numbers."""
    for number, item in enumerate(sheet.exercise, start=1):
        if varies(course.exercise(item.id), item):
            yield number, item


def varies(exercise: Exercise, item: SheetEntry) -> bool:
    """Whether anything of an exercise is drawn on this sheet."""
    pinned = {*item.pin, *pinned_lengths(exercise, item.pin)}
    drawn = {*exercise.given, *exercise.problems, *(a for a, size in exercise.axes.items() if isinstance(size, Choice))}
    return bool(drawn - pinned)


def digest(*parts: msgspec.Raw) -> bytes:
    """What stands for JSON of any length."""
    return sha256(b"\0".join(map(bytes, parts))).digest()


def counted(count: int, noun: str) -> str:
    """A number of different things."""
    return f"one {noun}" if count == 1 else f"{count:,} different {noun}s"


def listed(groups: Sequence[Sequence[str]]) -> str:
    """Groups of people, not too many of them: "17 and 18; 21, 22 and 30"."""
    return "; ".join(map(joined, groups[:GROUPS])) + (
        f"; and {len(groups) - GROUPS:,} more such groups" if len(groups) > GROUPS else ""
    )


def joined(names: Sequence[str]) -> str:
    """Names as a person lists them, not too many."""
    *first, last = names if len(names) <= NAMED else (*names[: NAMED - 1], f"{len(names) - NAMED + 1:,} more")
    return f"{', '.join(first)} and {last}"
