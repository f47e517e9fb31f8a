"""Known slips of formulas by matrix differentials: what the wrong rules and the wrong signs of `matrix.mistakes` lead
to, those that a choice among formulas offers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from keygen.export.formula_choices import in_numpy, result_of, worked_to
from keygen.grading.formula_links import AskedFormula
from keygen.grading.formula_replays import FollowedFormula
from keygen.grading.formulas import Array, Point, array_at, close
from keygen.grading.grammar import Formula
from keygen.grading.typed_text import UnreadableError
from keygen.mathematics.answers import Answer
from keygen.matrix.distractors import others, wrong_values
from keygen.matrix.mistakes import RULE_MISTAKES, attempt, multiplier_turned, not_turned, wrong_derivations
from keygen.matrix.printing import numpy_form
from keygen.variants.solved import Solved

HABITS = frozenset({not_turned.__name__, *(mistake.__name__ for _, mistake in RULE_MISTAKES)})
"""Slips that are a false rule: who has it makes it wherever it applies."""


def slips_behind(
    typed: Formula, asked: AskedFormula, found: Solved, place: tuple[str, str], answer: Answer
) -> tuple[str, ...]:
    """The names of the mistakes that lead to a formula, in the place (part, name) of an answer; none where nobody knows
    one."""
    right = result_of(found, *place, answer)
    worked = None if right is None else worked_to(found, right)
    if right is None or worked is None:
        return ()
    turned = {multiplier_turned(right.value, one): multiplier_turned.__name__ for one in (worked.multiplier,) if one}
    pairs = chain(wrong_values(right, worked).items(), turned.items(), others(right.value).items())
    texts = ((name, in_numpy(worked, replace(right, value=wrong))) for wrong, name in pairs)
    return hits(typed, asked, texts)


def slips_from(typed: Formula, asked: AskedFormula, right: FollowedFormula) -> tuple[str, ...]:
    """The names of the mistakes that lead to a formula instead of one that follows from the student's own."""
    derived = () if right.of is None else wrong_derivations(*right.of)
    pairs = chain(
        ((name, one.jacobian) for name, one in derived if one.jacobian is not None),
        ((name, wrong) for wrong, name in others(right.value).items()),
    )
    return hits(typed, asked, ((name, attempt(numpy_form, wrong)) for name, wrong in pairs))


def hits(typed: Formula, asked: AskedFormula, texts: Iterable[tuple[str, str | None]]) -> tuple[str, ...]:
    """The names of the formulas, in the key's signs, that a formula is, each once; those in a rule come first."""
    points = [(at, array_at(typed, at, value)) for at, value in asked.wanted.values]
    found = (name for name, text in texts if text is not None and (one := read(text, asked)) and same(one, points))
    return tuple(dict.fromkeys(found))


def read(text: str, asked: AskedFormula) -> Formula | None:
    """A formula in the key's signs; None for one that is not read back."""
    try:
        return asked.wanted.read(asked.letters.spelled(text))
    except UnreadableError:
        return None


def same(one: Formula, points: Sequence[tuple[Point, Array | None]]) -> bool:
    """Whether a formula has the values that were found."""
    try:
        with np.errstate(all="ignore"):
            return all(
                value is not None and (found := array_at(one, at, value)) is not None and close(value, found)
                for at, value in points
            )
    except UnreadableError:
        return False
