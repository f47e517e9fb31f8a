"""The questions of a pool, each written for a target that has boxes; what of them the target does not carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import Any

from keygen.builds.request import SheetRequest
from keygen.builds.sheet import SheetItem, asked_items, solved
from keygen.document.template import words
from keygen.errors import KeygenError
from keygen.export.making import asked_of, question_of, without_boxes
from keygen.export.pool import LeftOut, PoolRequest, require_all, together, words_of, worked_out
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
    done = variants_of(request, write, advance, note)
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
            f"{system} carries nothing of the sheet {sheet!r}", found="\n".join(map(str, left)),
            repair="give it on paper, or as pages: keygen export --to html",
        )  # fmt: skip
    return done, left


def by_exercise(done: Sequence[CarriedVariant]) -> list[list[CarriedQuestion]]:
    """The questions of each exercise in turn, seed by seed."""
    numbers = sorted({one.number for variant in done for one in variant.questions})
    return [[one for variant in done for one in variant.questions if one.number == number] for number in numbers]


Asked = tuple[SheetRequest, SheetItem]
"""An exercise of a sheet, with the numbers of a seed."""
Carried = tuple[CarriedQuestion | None, LeftOut | None]


def variants_of(
    request: PoolRequest, write: Write, advance: Callable[[int], None], note: Callable[[str], None]
) -> list[CarriedVariant]:
    """The questions of each seed. Those of one exercise are worked out one after another by one process, as far as they
    keep all busy; `advance` hears of a seed when as many questions are done as it has."""
    orders = request.orders
    items = [list(asked_items(order)) for order in orders]
    asked = [(order, item) for order, some in zip(orders, items, strict=True) for item in some]
    done = told = 0

    def one_more(count: int) -> None:
        nonlocal done, told
        done += count
        before, told = told, done * len(orders) // len(asked)
        advance(told - before)

    found = iter(worked_out(partial(question_in, write), asked, "questions", one_more, note, lambda one: one[1].number))
    return [variant_of(order, list(islice(found, len(some)))) for order, some in zip(orders, items, strict=True)]


def variant_of(order: SheetRequest, found: Sequence[Carried]) -> CarriedVariant:
    """What came of the exercises of one seed."""
    assert order.seed is not None
    questions = tuple(question for question, _ in found if question is not None)
    return CarriedVariant(order.seed, order.code, questions, tuple(left for _, left in found if left is not None))


def question_in(write: Write, asked: Asked) -> Carried:
    """An exercise as a question, and what is left out of it; None for either where there is none."""
    order, item = asked
    assert order.seed is not None
    found = solved(order, item)
    wanted = asked_of(found.sources, found, item)
    without = without_boxes(wanted, found)
    if len(without) == sum(map(len, wanted.values())):
        found.require_answers()
        return None, LeftOut(item.number, item.entry.id, without, whole=True)
    say, pages = words_of(order), words("words", order.language)
    question = question_of(found, found.answers(), order, item, say)
    written = write(question, say, pages)
    left = LeftOut(item.number, item.entry.id, without, whole=False, otherwise=written.otherwise)
    carried = CarriedQuestion(
        item.number, item.entry.id, order.seed, written.title, written.made, points_of(question)
    )  # fmt: skip
    return carried if written.made is not None else None, left if without or written.otherwise else None


def points_of(question: NeutralQuestion) -> Fraction | None:
    """The points of the parts that have boxes; None where the sheet gives none."""
    points = [part.points for part in question.parts if any(True for _ in part.boxes)]
    paid = [one for one in points if one is not None]
    return sum(paid, Fraction(0)) if paid else None
