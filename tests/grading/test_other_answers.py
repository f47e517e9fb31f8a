"""Answers that are neither numbers nor formulas: whatever is typed is judged, or is for a person."""

from __future__ import annotations

import pytest

from keygen.grading.exercise_grading import graded
from keygen.grading.verdicts import Rates
from tests.grading.simulated import exercise

CELLS = (
    "i don't know",
    "?!",
    "1 2 3",
    "{}",
    '{"w": 1}',
    '{"W": 1}',
    "[1, [2]]",
    "null",
    "w",
    "=",
    ":",
    "1/0",
    '"',
    "→ 2",
)
COLUMNS = [
    ("sheet1", 2, "edges"), ("sheet1", 3, "witness"), ("sheet1", 4, "boolean"), ("sheet1", 8, "shapes"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "number", "kind"), COLUMNS)
def test_nothing_that_is_typed_for_an_answer_in_words_ends_the_run(sheet: str, number: int, kind: str) -> None:
    made = exercise(sheet, number, 1)
    columns = [one for one in made.columns if one.answer.type == kind]
    assert columns
    for asked in columns:
        for cell in CELLS:
            verdict = graded(made, {asked.column: cell}, Rates())[asked.column]
            assert verdict.kind in ("person", "wrong", "shape"), (cell, verdict)


def test_shapes_without_a_name_are_for_a_person() -> None:
    made = exercise("sheet1", 8, 1)
    (column,) = (one.column for one in made.columns if one.answer.type == "shapes")
    for cell in ("64 36", '{"W": 64}'):
        verdict = graded(made, {column: cell}, Rates())[column]
        assert (verdict.kind, verdict.person) == ("person", "cannot be read: shapes are written X: 2 x 3; W: 3 x 4")
