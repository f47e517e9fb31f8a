"""The questions of a pool, each written for a target that has boxes; what of them the target does not carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from keygen.builds.request import SheetRequest
from keygen.builds.sheet import asked_items, solved
from keygen.document.template import words
from keygen.errors import KeygenError
from keygen.export.making import asked_of, boxless, question_of
from keygen.export.pool import LeftOut, PoolRequest, made, require_all, together, words_of
from keygen.export.question import NeutralQuestion

GONE = "so none of its variants is left, and it is not exported"
"""What is said of an exercise whose every variant the target refuses."""


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A question as a target has it: its title without a code, what the target made of it, and what that has in another
    way than a page. None in the place of `made`: the target refuses this one, `otherwise` says why."""

    title: str
    made: Any
    otherwise: tuple[str, ...] = ()


Write = Callable[[NeutralQuestion, Mapping[str, str], Mapping[str, str]], WrittenQuestion]
"""A question, the words of the export and those of pages -> the question written."""


@dataclass(frozen=True, slots=True)
class CarriedQuestion:
    """One question written: of which exercise, under which title, what the target made of it, its points (None: the
    sheet has none) as far as boxes hold them."""

    number: int
    id: str
    seed: int
    title: str
    made: Any
    points: Fraction | None


@dataclass(frozen=True, slots=True)
class CarriedVariant:
    """The questions of one seed, and what is left out."""

    seed: int
    code: str
    questions: tuple[CarriedQuestion, ...]
    left: tuple[LeftOut, ...]


def carried(
    request: PoolRequest, write: Write, system: str, advance: Callable[[int], None], note: Callable[[str], None]
) -> tuple[list[CarriedVariant], tuple[LeftOut, ...]]:
    """The questions of a pool, and what the `system` does not carry of them. Raises KeygenError as `made` does, where
    nothing is left to export, and, if that was asked for, where anything is left out."""
    done = made(request, partial(variant_of, write), advance, note)
    sheet = request.orders[0].sheet.name
    kept = {one.number for variant in done for one in variant.questions}
    left = tuple(
        one if one.whole or one.number in kept else replace(one, otherwise=(*one.otherwise, GONE))
        for one in together(one for variant in done for one in variant.left)
    )
    if request.strict:
        require_all(request.orders[0], system, left)
    if not any(variant.questions for variant in done):
        raise KeygenError(
            f"{system} carries nothing of the sheet {sheet!r}", found="; ".join(map(str, left)),
            repair="give it on paper, or as pages: keygen export --to html",
        )  # fmt: skip
    return done, left


def by_exercise(done: Sequence[CarriedVariant]) -> list[list[CarriedQuestion]]:
    """The questions of each exercise in turn, seed by seed."""
    numbers = sorted({one.number for variant in done for one in variant.questions})
    return [[one for variant in done for one in variant.questions if one.number == number] for number in numbers]


def variant_of(write: Write, order: SheetRequest) -> CarriedVariant:
    """The questions of one seed."""
    say, pages = words_of(order), words("words", order.language)
    questions: list[CarriedQuestion] = []
    left: list[LeftOut] = []
    assert order.seed is not None
    for item in asked_items(order):
        found = solved(order, item)
        asked = asked_of(found.sources, found, item)
        without = tuple((f"{part}.{name}", kind) for part, name, kind in boxless(asked, found))
        whole = len(without) == sum(map(len, asked.values()))
        otherwise: tuple[str, ...] = ()
        if not whole:
            question = question_of(found, found.answers(), order, item, say)
            written = write(question, say, pages)
            otherwise = written.otherwise
            if written.made is not None:
                questions.append(
                    CarriedQuestion(
                        item.number, item.entry.id, order.seed, written.title, written.made, points_of(question)
                    )
                )
        if without or whole or otherwise:
            left.append(LeftOut(item.number, item.entry.id, without, whole, otherwise))
    return CarriedVariant(order.seed, order.code, tuple(questions), tuple(left))


def points_of(question: NeutralQuestion) -> Fraction | None:
    """The points of the parts that have boxes; None where the sheet gives none."""
    points = [part.points for part in question.parts if any(True for _ in part.boxes)]
    paid = [one for one in points if one is not None]
    return sum(paid, Fraction(0)) if paid else None
