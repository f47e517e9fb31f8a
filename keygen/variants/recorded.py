"""A variant made again from its recorded data, without the draws that led to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from keygen.course.exercise import Exercise
from keygen.course.fixed_data import apply_pin
from keygen.errors import KeygenError
from keygen.variants.solve import computed, published
from keygen.variants.solved import Solved


def recorded(exercise: Exercise, who: int | str | None, given: Mapping[str, Mapping[str, Any]]) -> Solved | None:
    """The variant whose `given` is this, as `keygen answers --json` has it; None where that does not say all of it: an
    exercise that hides data, or one of formulas.

    A length that no datum shows is the published one, so that the answers have to be compared with recorded ones.
    """
    if exercise.problems or not exercise.given.keys() <= given.keys():
        return None
    pin = {name: given[name]["exact"] for name in exercise.given}
    try:
        return computed(exercise, apply_pin(exercise, replace(published(exercise), who=who), pin))
    except KeygenError:  # recorded by another version, or with lengths that no datum shows: it has to be drawn
        return None
