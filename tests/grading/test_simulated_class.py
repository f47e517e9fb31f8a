"""A simulated class: honest students pass, planted slips are found where they are made, garbage is never right."""

from __future__ import annotations

import random
import re
from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import pytest

from keygen.grading.asked_columns import AskedColumn
from keygen.grading.exercise_grading import graded
from keygen.grading.graded_exercise import GradedExercise
from keygen.grading.replays import NO_VALUE, half_unit
from keygen.grading.verdicts import Rates
from tests.grading.simulated import Planted, Values, entry, exercise, handed_in, slips_of, typed

PLACES = [
    ("sheet1", 2), ("sheet2", 4), ("sheet3", 1), ("sheet4", 3), ("sheet4", 4), ("sheet4b", 2), ("sheet4b", 3),
    ("sheet5", 1), ("sheet5", 3), ("sheet5", 4), ("sheet5b", 1), ("sheet7", 1),
]  # fmt: skip
SLIPS = 8
GAP = re.compile(r"^$|^;|; ;|; ?$|\[, |, ,|, \]")
"""An entry that has no value, which nobody hands in."""
Table = Counter[tuple[str, str]]
RATES = Rates()


def in_order(of: GradedExercise) -> list[AskedColumn]:
    """The answers that are numbers of the trace, in its order."""
    assert of.workings is not None
    place = {name: k for k, name in enumerate(of.workings.trace.shapes)}
    asked = [one for one in of.columns if one.entries]
    return sorted(asked, key=lambda one: (max(place[name] for name in one.variables), one.column))


def moved_by(one: AskedColumn, wrong: Values, right: Values) -> list[tuple[float, float]]:
    """How far a slip moves each number of an answer, and the right number."""
    pairs = [(entry(wrong, *where), entry(right, *where)) for where in one.entries.values()]
    return [(abs(a - b) if abs(a - b) > 1e-9 * (1 + abs(b)) else 0.0, b) for a, b in pairs]


def visible(of: GradedExercise, one: AskedColumn, wrong: Values, right: Values, digits: int) -> bool:
    """Whether a slip moves an answer by more than twice what may be allowed."""
    assert of.workings is not None
    with np.errstate(all="ignore"):
        spread = of.workings.spread(one.variables, {}, {}, 4)
    entries = one.entries.values()
    off = [
        half_unit(entry(wrong, *where), digits) + half_unit(b, 4) + float(np.asarray(spread[where[0]])[where[1]])
        for where, (_, b) in zip(entries, moved_by(one, wrong, right), strict=True)
    ]
    return any(gap > 2 * allowed for (gap, _), allowed in zip(moved_by(one, wrong, right), off, strict=True))


@cache
def confusion(sheet: str, number: int) -> Table:
    """Verdicts on the first answer that a planted slip moves, on those before and on those behind it."""
    of = exercise(sheet, number, 1)
    assert of.workings is not None
    right = of.workings.floats
    rng, table = random.Random(f"{sheet} {number}"), Table()
    for slip in slips_of(of.workings.trace, rng, dict(right), SLIPS):
        digits = rng.choice((4, 5, 6))
        try:
            hand, clean = handed_in(of, digits, slip), handed_in(of, 16, slip)
            cells = typed(of, hand, digits)
            if any(GAP.search(cell) for cell in cells.values()):
                continue
        except NO_VALUE:  # nobody hands that in
            continue
        table.update(verdicts_of(of, cells, slip, clean, digits))
    return table


def verdicts_of(
    of: GradedExercise, cells: dict[str, str], slip: Planted, clean: dict[str, Values], digits: int
) -> list[tuple[str, str]]:
    """Each verdict with where it stands: before the slip shows, where it shows first, behind."""
    assert of.workings is not None
    right: Any = of.workings.floats
    found, told, shown = graded(of, cells, RATES), [], False
    for one in in_order(of):
        moved = any(gap for gap, _ in moved_by(one, clean[one.part], right))
        where = "untouched" if not moved else "behind" if shown else "first"
        if where == "first":
            where = "first" if visible(of, one, clean[one.part], right, digits) else "first, hardly moved"
        shown = shown or moved
        told.append((where, found[one.column].kind))
    return told


@pytest.mark.parametrize(("sheet", "number"), PLACES)
def test_who_carries_four_digits_or_more_is_right_or_coarse(sheet: str, number: int) -> None:
    for seed in (1, 2):
        of = exercise(sheet, number, seed)
        for carried in (4, 5, 6):
            for shown in (carried, 3):
                found = graded(of, typed(of, handed_in(of, carried), shown), RATES)
                assert [one for one in found.values() if one.kind not in ("right", "coarse")] == []


@pytest.mark.parametrize(("sheet", "number"), PLACES)
def test_what_a_slip_does_not_touch_is_right(sheet: str, number: int) -> None:
    table = confusion(sheet, number)
    assert {kind for where, kind in table if where == "untouched"} <= {"right", "coarse"}


def test_a_planted_slip_is_found_where_it_shows_first_and_what_follows_is_carried() -> None:
    table = sum((confusion(*place) for place in PLACES), Table())
    first = {kind: count for (where, kind), count in table.items() if where == "first"}
    accepted = sum(first.get(kind, 0) for kind in ("right", "coarse", "carried"))
    assert sum(first.values()) > 50
    assert accepted <= sum(first.values()) / 100
    assert first["slip"] > 0
    behind = {kind: count for (where, kind), count in table.items() if where == "behind"}
    assert behind["carried"] + behind.get("right", 0) + behind.get("coarse", 0) > 0.8 * sum(behind.values())


GARBAGE = [
    "asdf", "0", "1", "-1", "999", "1 2 3", "[[1,2],[3", "?", "x", "NaN", "1e5", "0,001", "🙂", "<b>1</b>", "\x00",
    "=1+1",
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "number"), PLACES)
def test_garbage_is_right_only_where_it_is_the_answer(sheet: str, number: int) -> None:
    of = exercise(sheet, number, 1)
    for cell in GARBAGE:
        found = graded(of, dict.fromkeys((one.column for one in of.columns), cell), RATES)
        for one in found.values():
            if one.kind in ("right", "coarse"):
                assert one.key in (cell, f'["{cell}"]', f'[["{cell}"]]', "0", '[["0"]]'), one
