"""A verdict rests on what an earlier answer says, not on how near to it somebody typed: the value that follows in the
place of one that agrees, with all its digits or with as many as were typed, changes no other verdict."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from keygen.grading.comparing import Comparison
from keygen.grading.exercise_grading import graded, read_numbers
from keygen.grading.follow_through import typed_numbers
from keygen.grading.graded_exercise import GradedExercise
from keygen.grading.replays import NO_VALUE
from keygen.grading.verdicts import AnswerVerdict, Rates
from tests.grading.simulated import Planted, exercise, handed_in, slips_of, text_of, typed
from tests.grading.test_simulated_class import GAP

RATES = Rates()
DIGITS = 5
PLACES = [
    ("sheet1", 2), ("sheet2", 4), ("sheet3", 1), ("sheet4", 3), ("sheet4", 4), ("sheet4b", 2), ("sheet4b", 3),
    ("sheet4b", 4), ("sheet5", 1), ("sheet5", 2), ("sheet5", 3), ("sheet5", 4), ("sheet5b", 1), ("sheet7", 1),
]  # fmt: skip


def slipped(of: GradedExercise, slip: Planted) -> dict[str, str]:
    """What is typed by who slips once and goes on rightly; nothing where a number has no value."""
    try:
        cells = typed(of, handed_in(of, DIGITS, slip), DIGITS)
    except NO_VALUE:
        return {}
    return {} if any(GAP.search(cell) for cell in cells.values()) else cells


def replaced(of: GradedExercise, one: AnswerVerdict) -> Iterator[str]:
    """The value that an answer agrees with: with all its digits, and with as many as are typed."""
    exact = one.replay or one.key
    yield exact
    asked = next(each for each in of.columns if each.column == one.column)
    numbers = typed_numbers(read_numbers(exact, asked.answer.value))
    yield text_of(dict(zip(asked.entries, map(float, numbers), strict=True)), DIGITS)


def changed(of: GradedExercise, cells: dict[str, str], columns: int, rng: random.Random) -> list[str]:
    """The verdicts that change where the value that follows stands in the place of one of some answers that agree."""
    found = graded(of, cells, RATES)
    agree = [one for one in found.values() if one.kind in ("right", "coarse", "carried") and not one.slip]
    told = []
    for one in rng.sample(agree, min(columns, len(agree))):
        for text in replaced(of, one):
            again = graded(of, cells | {one.column: text}, RATES)
            told += [
                f"{one.column} = {text}: {name} {found[name].kind} -> {other.kind}"
                for name, other in again.items() if name != one.column and other.kind != found[name].kind
            ]  # fmt: skip
            assert again[one.column].kind in ("right", "coarse", "carried"), one
    return told


def changes(sheet: str, number: int, seed: int, slips: int, columns: int) -> list[str]:
    """The verdicts that change for some who slip in an exercise of a seed."""
    of = exercise(sheet, number, seed)
    assert of.workings is not None
    rng = random.Random(f"replaced {sheet} {number} {seed}")
    planted = slips_of(of.workings.trace, rng, dict(of.workings.floats), slips)
    return [line for slip in planted if (cells := slipped(of, slip)) for line in changed(of, cells, columns, rng)]


@pytest.mark.parametrize(("sheet", "number"), PLACES)
def test_the_value_that_follows_in_the_place_of_one_that_agrees_changes_no_verdict(sheet: str, number: int) -> None:
    assert [line for seed in (1, 2) for line in changes(sheet, number, seed, 2, 2)] == []
