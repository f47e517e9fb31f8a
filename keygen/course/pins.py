"""What a sheet pins of an exercise's data: `[[exercise]] pin = {...}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from keygen.course.exercise import Exercise

if TYPE_CHECKING:
    from keygen.course.solve import Variant


def pinned_lengths(exercise: Exercise, pin: Mapping[str, Any]) -> dict[str, int]:
    """The lengths of axes that are pinned."""
    return {name: value for name, value in pin.items() if name in exercise.axes}


def apply_pin(exercise: Exercise, variant: Variant, pin: Mapping[str, Any]) -> Variant:
    """The variant with the pinned data in place of the drawn."""
    return variant
