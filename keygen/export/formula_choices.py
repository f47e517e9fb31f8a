"""A formula that was derived, asked as a choice: it stands among what mistakes in its derivation lead to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keygen.course.draw import stream
from keygen.errors import KeygenError
from keygen.export.question import ChoiceBox
from keygen.export.signs import result_said
from keygen.mathematics.answers import Answer
from keygen.matrix.marks import worked_in
from keygen.variants.solved import Solved

if TYPE_CHECKING:
    from keygen.matrix.exercises import Result, Worked


def formula_choice(found: Solved, part: str, name: str, answer: Answer) -> ChoiceBox | None:
    """The choice for an answer of a variant, in an order of its own; None for an answer that is no such formula, or
    beside which there are fewer than two others."""
    right = result_of(found, part, name, answer)
    if right is None:
        return None
    from keygen.matrix.distractors import Distractor, distractors  # of an exercise that has formulas

    random = stream("formulas", found.variant.key, found.exercise.id, part, name)
    options = [Distractor(right, ""), *distractors(right, worked_to(found, right), random)]
    if len(options) == 1:
        return None
    random.shuffle(options)
    formulas, mistakes = zip(*options, strict=True)
    numbers = tuple(str(number) for number, _ in enumerate(options, start=1))
    exact = spelled(found, formulas, right, answer)
    return ChoiceBox((), numbers, formulas.index(right), exact, formulas, mistakes)


def spelled(found: Solved, formulas: Sequence[Result], right: Result, answer: Answer) -> tuple[str | None, ...]:
    """Formulas in NumPy's signs, as the answer has the right one; None for one that has no such form."""
    each = (one for one in worked_in(found.shown) if in_numpy(one, right) == answer.exact)
    worked = next(each, None)
    return tuple(
        answer.exact if one is right else None if worked is None else in_numpy(worked, one) for one in formulas
    )


def in_numpy(worked: Worked, said: Result) -> str | None:
    """A formula as the answers of a problem have theirs; None for one that has no such form."""
    try:
        return worked.formula(said.value)
    except KeygenError:
        return None


def result_of(found: Solved, part: str, name: str, answer: Answer) -> Result | None:
    """The line of a page that an answer is, where it is a formula by matrix differentials."""
    return result_said(found.sources[part][name]) if found.problems and answer.type == "formula" else None


def worked_to(found: Solved, right: Result) -> Worked | None:
    """The problem with this result."""
    return next((one for one in worked_in(found.shown) if leads_to(one, right)), None)


def leads_to(worked: Worked, right: Result) -> bool:
    """Whether a result is one of a problem's."""
    if (worked.letter, worked.wrt) != (right.letter, right.wrt):
        return False
    try:
        return worked.value(right.kind) == right.value
    except KeygenError:
        return False
