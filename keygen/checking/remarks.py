"""What is not false and yet likely a slip: published numbers that the exercise would not draw, or would refuse to draw;
one exercise twice with the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from keygen.course.draw import Choice, Distribution, Grid, Permutation, sizes
from keygen.course.exercise import Exercise
from keygen.course.sheet import Sheet
from keygen.errors import KeygenError, line_where
from keygen.variants.conditions import own
from keygen.variants.solve import computed, published

WORTHWHILE = r"^def worthwhile\b"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a person should look at: what, of which exercise, in which line of which file."""

    what: str
    exercise: str
    file: str | None = None
    line: int | None = None

    @property
    def message(self) -> str:
        """All of it in one line."""
        place = "" if self.file is None else f" ({self.file}{'' if self.line is None else f':{self.line}'})"
        return f"{self.exercise}: {self.what}{place}"


def of_published(exercise: Exercise) -> Iterator[Remark]:
    """Each parameter whose published value could not be drawn, and the exercise's own conditions that the published
    numbers do not meet."""
    variant = published(exercise)
    lengths = sizes(exercise.axes, None)
    for name, distribution in exercise.given.items():
        fault = outside(distribution, exercise.shape(name, lengths))
        if fault is not None:
            yield remark(f"the published {name} is not as it is drawn: {fault}", exercise, rf"[\"']{name}[\"']\s*:")
    try:
        unmet = [condition for condition, holds in own(computed(exercise, variant)) if not holds]
    except KeygenError as error:
        yield remark(f"`worthwhile` cannot tell of the published numbers: {error.what}", exercise, WORTHWHILE)
        return
    if unmet:
        yield remark(f"the published numbers do not meet {', '.join(map(repr, unmet))}", exercise, WORTHWHILE)


def remark(what: str, exercise: Exercise, pattern: str) -> Remark:
    """A remark at the first line of an exercise's file that holds a pattern."""
    where: dict[str, Any] = line_where(exercise.file, pattern)
    return Remark(what, exercise.id, str(exercise.file), where.get("line"))


def outside(distribution: Distribution, shape: tuple[int, ...]) -> str | None:
    """Why a published value could not be drawn; None where it could."""
    value = distribution.published
    match distribution:
        case Choice(options):
            return None if value in options else f"{value!r} is not among the options"
        case Permutation(take=take):
            items, wanted = set(range(1, shape[0] + 1)), take or shape[0]
            fits = len(value) == wanted == len(set(value)) and set(value) <= items
            return None if fits else f"{value!r} is not {wanted} of 1 to {shape[0]}"
        case Grid():
            return distribution.fault([Fraction(one) for one in np.ravel(np.array(value, dtype=object))])


def of_twins(sheet: Sheet) -> Iterator[Remark]:
    """Each exercise that a sheet has a second time with the same numbers where they are published."""
    for number, what in sheet.twins():
        where = sheet.place(number, "id")
        file = where.get("file")
        yield Remark(what, sheet.exercise[number - 1].id, None if file is None else str(file), where.get("line"))
