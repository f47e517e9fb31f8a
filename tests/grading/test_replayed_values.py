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
DIGITS, SLIPS = 5, 2
PLACES = [
    ("sheet1", 2), ("sheet2", 4), ("sheet3", 1), ("sheet4", 3), ("sheet4", 4), ("sheet4b", 2), ("sheet4b", 3),
    ("sheet5", 1), ("sheet5", 2), ("sheet5", 3), ("sheet5", 4), ("sheet5b", 1), ("sheet7", 1),
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


def planted(sheet: str, number: int, seed: int) -> tuple[GradedExercise, list[Planted], random.Random]:
    """An exercise of a seed, some slips in it, and a stream."""
    of = exercise(sheet, number, seed)
    assert of.workings is not None
    rng = random.Random(f"replaced {sheet} {number} {seed}")
    return of, slips_of(of.workings.trace, rng, dict(of.workings.floats), SLIPS), rng


def agreeing(of: GradedExercise, cells: dict[str, str]) -> list[str]:
    """The answers that agree with the key or with what follows."""
    found = graded(of, cells, RATES).values()
    return [one.column for one in found if one.kind in ("right", "coarse", "carried") and not one.slip]


def changed(of: GradedExercise, cells: dict[str, str], columns: list[str]) -> list[str]:
    """The verdicts that change where the value that follows stands in the place of an answer, one after the other."""
    found = graded(of, cells, RATES)
    told = []
    for one in map(found.__getitem__, columns):
        for text in replaced(of, one):
            again = graded(of, cells | {one.column: text}, RATES)
            told += [
                f"{one.column} = {text}: {name} {found[name].kind} -> {other.kind}"
                for name, other in again.items() if name != one.column and other.kind != found[name].kind
            ]  # fmt: skip
            assert again[one.column].kind in ("right", "coarse", "carried"), one
    return told


@pytest.mark.parametrize(("sheet", "number"), PLACES)
def test_the_value_that_follows_in_the_place_of_one_that_agrees_changes_no_verdict(sheet: str, number: int) -> None:
    of, slips, rng = planted(sheet, number, 1)
    for slip in slips:
        if cells := slipped(of, slip):
            agree = agreeing(of, cells)
            assert changed(of, cells, rng.sample(agree, min(2, len(agree)))) == []


NEAR = [("sheet4", 3, 22, 0, "3.a.s2_delta"), ("sheet4", 3, 32, 1, "3.a.s2_delta")]
"""Slips that move an earlier answer, s2_a1, by less than is allowed for, and what follows from it by more."""


@pytest.mark.parametrize(("sheet", "number", "seed", "place", "column"), NEAR)
def test_what_agrees_with_both_goes_on_as_what_it_is_nearer_to(
    sheet: str, number: int, seed: int, place: int, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, slips, _ = planted(sheet, number, seed)
    cells = slipped(of, slips[place])
    assert changed(of, cells, [column]) == []
    monkeypatch.setattr(Comparison, "closer_than", lambda *_: False)
    assert changed(of, cells, [column])


def test_values_that_are_not_the_keys_widen_nothing_that_is_had_by_the_key() -> None:
    """0.996 in the weights of the first step, which are carried, made the next activation the key's."""
    of, slips, _ = planted("sheet4", 3, 12)
    cells = slipped(of, slips[0])
    assert graded(of, cells, RATES)["3.a.s2_a1"].kind == "carried"
    assert changed(of, cells, ["3.a.s1_weights"]) == []
