"""Draws that would be refused, made into ones that are not: an exercise's own `arranged`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from keygen.course.dimensions import described, in_words
from keygen.course.draw import Data, Grid
from keygen.course.exercise import Exercise
from keygen.errors import KeygenError, line_where, nearest
from keygen.variants.conditions import View
from keygen.variants.solved import Solved, Variant


def arranged(draw: Solved, pin: Mapping[str, Any]) -> Variant | None:
    """The draw with other numbers for some of its data, as its exercise says, None where they are those that it has;
    pinned data and lengths stay.

    Raises KeygenError for numbers that the exercise would never draw.
    """
    exercise, variant = draw.exercise, draw.variant
    assert exercise.arranged is not None
    with exercise.author_errors():
        said = exercise.arranged(View(draw))
        found = {name: as_drawn(exercise, variant, name, value) for name, value in said.items() if name not in pin}
    if all(value == variant.data[name] for name, value in found.items()):
        return None
    return replace(variant, data={**variant.data, **found})


def as_drawn(exercise: Exercise, variant: Variant, name: str, value: Any) -> Data:
    """Numbers as a draw has them."""
    grid = exercise.given.get(name)
    if not isinstance(grid, Grid):
        grids = [name for name, grid in exercise.given.items() if isinstance(grid, Grid)]
        raise unarranged(
            exercise, f"arranged names {name!r}, which is no number that is drawn", repair=nearest(name, grids)
        )
    numbers = np.array(value, dtype=object)
    wanted = exercise.shape(name, variant.lengths)
    if numbers.shape != wanted:
        data = numbers.tolist()
        raise unarranged(
            exercise, f"arranged gives {name!r} another shape", expected=in_words(wanted), found=described(data)
        )
    exact = list(map(Fraction, numbers.ravel().tolist()))
    fault = grid.fault(exact)
    if fault is not None:
        raise unarranged(exercise, f"arranged gives {name!r} what is never drawn", found=fault)
    return np.array(exact, dtype=object).reshape(wanted).tolist()


def unarranged(exercise: Exercise, what: str, **told: Any) -> KeygenError:
    """What `arranged` says will not do."""
    return KeygenError(what, exercise=exercise.id, **line_where(exercise.file, r"^def arranged\b"), **told)
