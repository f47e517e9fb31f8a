"""Known slips of formulas by matrix differentials: what the wrong rules and the wrong signs of `matrix.mistakes` lead
to, those that a choice among formulas offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from keygen.export.formula_choices import in_numpy, result_of, worked_to
from keygen.grading.formula_links import AskedFormula
from keygen.grading.formulas import Array, Point, array_at, close
from keygen.grading.grammar import Formula
from keygen.grading.typed_text import UnreadableError
from keygen.mathematics.answers import Answer
from keygen.matrix.distractors import others, wrong_values
from keygen.matrix.exercises import Result, Worked
from keygen.matrix.mistakes import RULE_MISTAKES, not_turned
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
    points = [(at, array_at(typed, at, value)) for at, value in asked.wanted.values]
    hits = (name for name, one in candidates(right, worked, asked) if same(one, points))
    return tuple(dict.fromkeys(hits))


def candidates(right: Result, worked: Worked, asked: AskedFormula) -> Iterator[tuple[str, Formula]]:
    """What each mistake leads to, behind its name: those in a rule first."""
    pairs = chain(wrong_values(right, worked).items(), others(right.value).items())
    for wrong, name in pairs:
        text = in_numpy(worked, Result(right.kind, right.letter, right.wrt, wrong))
        if text is not None:
            try:
                yield name, asked.wanted.read(asked.letters.spelled(text))
            except UnreadableError:
                continue


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
