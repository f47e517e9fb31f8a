"""A pool: a sheet with the numbers of many seeds. What is asked for, what came of it, what a target does not carry."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TypeVar

from keygen.builds import executors
from keygen.builds.request import SheetRequest
from keygen.course.course import Course
from keygen.document.template import words
from keygen.errors import KeygenError

WORDS = "export"
NAMED = 6
"""Answers that a note names."""


@dataclass(frozen=True, slots=True)
class PoolRequest:
    """What to export: a sheet of a course, a target, which seeds, in a language (None: the sheet's own). What the
    target cannot carry is an error if it is `strict`. Pages may be a `quiz`, the `tests` of notebooks be those of a
    tool (None: nbgrader), papers have an `answer_page`."""

    course: Course = field(repr=False)
    sheet: str
    target: str
    seeds: tuple[int, ...]
    lang: str | None = None
    strict: bool = False
    quiz: bool = False
    tests: str | None = None
    answer_page: bool = False

    @property
    def orders(self) -> Sequence[SheetRequest]:
        """An order for each seed."""
        sheet = self.course.sheet(self.sheet)
        key = self.course.seeds_key(sheet.name)
        return [SheetRequest(self.course, sheet, self.lang, seed, key=key) for seed in self.seeds]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the target does not carry of an exercise: answers, part.name and type, be they all of it or not; and what
    else it has `otherwise`, in words."""

    number: int
    id: str
    answers: tuple[tuple[str, str], ...]
    whole: bool
    otherwise: tuple[str, ...] = ()

    def __str__(self) -> str:
        more = f" and {len(self.answers) - NAMED} more" if self.answers[NAMED:] else ""
        names = ", ".join(name for name, _ in self.answers[:NAMED])
        types = ", ".join(sorted({kind for _, kind in self.answers}))
        said = []
        if self.whole:
            said.append("left out, for boxes take numbers and listed choices, and it has neither")
        elif self.answers:
            said.append("without boxes, which take numbers and listed choices alone")
        if self.answers:
            said[-1] += f": {names}{more} ({types})"
        said += self.otherwise
        return f"{self.number} {self.id}: {'; '.join(said)}"


def together(left: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    """What is left out of each exercise in any variant."""
    by_exercise: dict[int, list[LeftOut]] = {}
    for one in left:
        by_exercise.setdefault(one.number, []).append(one)
    return tuple(
        LeftOut(
            number, each[0].id, tuple(dict.fromkeys(answer for one in each for answer in one.answers)),
            all(one.whole for one in each), tuple(dict.fromkeys(text for one in each for text in one.otherwise)),
        )
        for number, each in sorted(by_exercise.items())
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PoolReport:
    """The files written, what is left out of them, the key of the numbers; what is `said` of the files."""

    paths: tuple[Path, ...]
    left: tuple[LeftOut, ...]
    key: str
    said: tuple[str, ...] = ("what is written holds the answers and the solutions: keep it from students",)


Made = TypeVar("Made")
Piece = TypeVar("Piece")


def made(
    request: PoolRequest,
    variant: Callable[[SheetRequest], Made],
    advance: Callable[[int], None],
    note: Callable[[str], None],
) -> list[Made]:
    """What a `variant` is made into, for each seed in turn, on all cores; `advance` hears of each seed that is done.
    Raises KeygenError where an exercise has no variant for a seed."""
    return worked_out(variant, request.orders, "seeds", advance, note)


def worked_out(
    work: Callable[[Piece], Made],
    pieces: Sequence[Piece],
    called: str,
    advance: Callable[[int], None],
    note: Callable[[str], None],
    kind: Callable[[Piece], Hashable] = lambda piece: None,
) -> list[Made]:
    """What comes of each piece, in their order, on all cores; `kind` is as `in_turn` has it. `called`: what the pieces
    are, for whoever stops the work."""
    done: list[Made] = []
    found = executors.in_turn(work, pieces, lambda piece: 1, 0 if pieces[1:] else 1, advance, note, kind)
    with executors.interruptible("export", lambda: f"{len(done)} of {len(pieces)} {called} are done"), closing(found):
        done.extend(found)
    return done


def words_of(order: SheetRequest, name: str = WORDS) -> Mapping[str, str]:
    """The words of an export; where its language has none, those of the first of the course that has."""
    own, course = order.language, order.course
    has = (one for one in chain((own,), map(course.language, course.languages)) if one.has(f"{name}.tex"))
    return words(name, next(has, own))


def require_all(first: SheetRequest, target: str, left: Sequence[LeftOut]) -> None:
    """Raise KeygenError where something is left out of what a `target` gets."""
    if left:
        raise KeygenError(
            f"{target} does not carry all of the sheet {first.sheet.name!r}", found="\n".join(map(str, left)),
            repair="export without --strict, and ask for these answers on paper",
        )  # fmt: skip
