"""A class cut into pieces for several processes, and the replays that spare each what does not change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from keygen.engine.mistaken import mistaken
from keygen.grading.asked_columns import Entry
from keygen.grading.class_grading import CHUNK, LEAST, piece_size
from keygen.grading.replays import NO_VALUE, outcome, rounding
from tests.grading.simulated import exercise


@pytest.mark.parametrize("cores", [1, 2, 4])
@pytest.mark.parametrize("rows", [0, 1, 19, 20, 21, 60, 61, 640])
def test_all_cores_get_as_much_to_do_and_no_piece_is_too_large(rows: int, cores: int) -> None:
    size = piece_size(rows, cores)
    pieces = -(-rows // size)
    assert 1 <= size <= CHUNK
    assert pieces % cores == 0 or size <= 2 * LEAST or rows - (pieces - 1) * size < size
    assert piece_size(60, 2) == 15, "four pieces for two cores, where three had left one of them idle"


def found(values: Mapping[str, Any], entries: Iterable[Entry]) -> Any:
    """Some numbers among values; none where they have no value."""
    try:
        return outcome(values, entries)
    except NO_VALUE:
        return np.zeros(0)


@pytest.mark.parametrize(("sheet", "number"), [("sheet4", 3), ("sheet4", 4), ("sheet7", 1), ("sheet5", 1)])
def test_what_a_slip_does_not_touch_is_as_it_was_and_all_else_as_if_worked_out_anew(sheet: str, number: int) -> None:
    made = exercise(sheet, number, 3)
    assert made.workings is not None
    workings = made.workings
    columns = [one for one in made.columns if one.entries]
    given = {name: workings.floats[name] * 1.25 + 0.5 for name in columns[0].variables}
    base, moved = workings.quick(given), workings.trace.shapes
    for one in mistaken(workings.trace):
        if not set(one.steps).isdisjoint(given):
            continue
        anew = workings.quick(given)
        anew.steps, anew.moved = one.steps, anew.moved | workings.trace.depending([n for n in one.steps if n in moved])
        with np.errstate(all="ignore"):
            for asked in columns:
                entries = list(asked.entries.values())
                spared, whole = (found(values, entries) for values in (base.otherwise(steps=one.steps), anew))
                assert np.array_equal(spared, whole, equal_nan=True)


def test_the_digits_of_each_number_are_half_a_unit_of_it() -> None:
    assert rounding(np.array([[0.12345, 20.0]]), 3).tolist() == [[0.0005, 0.0]]
    assert float(rounding(Fraction(1, 3), 2)) == 0.005
