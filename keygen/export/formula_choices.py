"""A formula that was derived, asked as a choice: it stands among what mistakes in its derivation lead to."""

from __future__ import annotations

from keygen.course.draw import stream
from keygen.errors import KeygenError
from keygen.export.question import ChoiceBox
from keygen.mathematics.answers import Answer, ConcludedSource
from keygen.matrix.distractors import distractors
from keygen.matrix.exercises import Result, Worked, worked_in
from keygen.variants.solved import Solved


def formula_choice(found: Solved, part: str, name: str, answer: Answer) -> ChoiceBox | None:
    """The choice for an answer of a variant, in an order of its own; None for an answer that is no such formula, or
    beside which there are fewer than two others."""
    right = result_of(found, part, name, answer)
    if right is None:
        return None
    random = stream("formulas", found.variant.key, found.exercise.id, part, name)
    formulas = [right, *distractors(right, worked_to(found, right), random)]
    if len(formulas) == 1:
        return None
    random.shuffle(formulas)
    numbers = tuple(str(number) for number, _ in enumerate(formulas, start=1))
    return ChoiceBox((), numbers, formulas.index(right), tuple(formulas))


def result_of(found: Solved, part: str, name: str, answer: Answer) -> Result | None:
    """The line of a page that a formula is, the last that its table of answers has, where it is one by matrix
    differentials."""
    if answer.type != "formula":
        return None
    source = found.sources[part][name]
    said = source.says if isinstance(source, ConcludedSource) else (answer.says,)
    return said[-1] if isinstance(said[-1], Result) else None


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
