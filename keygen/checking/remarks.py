"""What is not false and yet likely a slip: published numbers that the exercise would not draw, or would refuse to draw;
one exercise twice with the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np

from keygen.course.draw import Choice, Distribution, Grid, Permutation, sizes
from keygen.course.exercise import Exercise
from keygen.course.fixed_data import apply_pin
from keygen.course.sheet import Sheet
from keygen.errors import KeygenError, line_where
from keygen.variants.conditions import own
from keygen.variants.solve import computed, published
from keygen.variants.solved import Variant
from keygen.variants.workload import outside as beyond

NO_PIN: Mapping[str, Any] = MappingProxyType({})
WORTHWHILE = r"^def worthwhile\b"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a person should look at: what, of which exercise, in which line of which file; and why it is
    `meant`, if the exercise says so."""

    what: str
    exercise: str
    file: str | None = None
    line: int | None = None
    meant: str = ""

    @property
    def message(self) -> str:
        """All of it in one line."""
        place = "" if self.file is None else f" ({self.file}{'' if self.line is None else f':{self.line}'})"
        return f"{self.exercise}: {self.what}{f', as is meant: {self.meant}' if self.meant else ''}{place}"


def of_published(exercise: Exercise, pin: Mapping[str, Any] = NO_PIN) -> Iterator[Remark]:
    """Each parameter whose published value could not be drawn, and the exercise's own conditions that the published
    numbers do not meet; what of this the exercise says to be `meant`, and whatever it says so without need. What a
    sheet pins is not published there."""
    lengths, reasons = sizes(exercise.axes, None), reasons_of(exercise)
    found = {
        name: fault for name, distribution in exercise.given.items()
        if (fault := outside(distribution, exercise.shape(name, lengths))) is not None
    }  # fmt: skip
    for name, fault in ((name, fault) for name, fault in found.items() if name not in pin):
        what = f"the published {name} is not as it is drawn: {fault}"
        yield remark(what, exercise, rf"[\"']{name}[\"']\s*:", reasons.get(name, ""))
    try:
        unmet = unmet_by(exercise, published(exercise))
    except KeygenError as error:
        yield remark(f"`worthwhile` cannot tell of the published numbers: {error.what}", exercise, WORTHWHILE)
        return
    for why in dict.fromkeys(reasons.get(condition, "") for condition in unmet):
        listed = ", ".join(repr(condition) for condition in unmet if reasons.get(condition, "") == why)
        yield remark(f"the published numbers do not meet {listed}", exercise, WORTHWHILE, why)
    if idle := [name for name in reasons if name not in found and name not in unmet]:
        said = ", ".join(map(repr, idle))
        yield remark(f"`meant` names {said}: there is no such remark on the published numbers", exercise, r"^meant\b")


def reasons_of(exercise: Exercise) -> dict[str, str]:
    """Why each parameter or condition is as it is in the published numbers, where the exercise says it."""
    return {name: why for why, names in exercise.meant.items() for name in names}


def unmet_by(exercise: Exercise, variant: Variant) -> list[str]:
    """The exercise's own conditions that a variant does not meet."""
    return [condition for condition, holds in own(computed(exercise, variant)) if not holds]


def of_pinned(sheet: Sheet, number: int, exercise: Exercise) -> Iterator[Remark]:
    """The exercise's own conditions, and the bands of its work, that the numbers of a sheet's pin break: it would draw
    no such variant. What the published numbers break too is not the pin's."""
    entry = sheet.exercise[number - 1]
    if not entry.pin or entry.seed is not None:
        return
    try:
        variant = apply_pin(exercise, published(exercise), entry.pin)
        before = unmet_by(exercise, published(exercise))
        unmet = [condition for condition in unmet_by(exercise, variant) if condition not in before]
        unmet += [condition for condition, inside in beyond(computed(exercise, variant)) if not inside]
    except KeygenError:
        return  # the check itself tells it, or `worthwhile` cannot tell
    if unmet:
        where = sheet.place(number, "pin")
        what = f"with the pin of {sheet.name} the published numbers do not meet {', '.join(map(repr, unmet))}"
        yield Remark(what, exercise.id, str(where["file"]) if "file" in where else None, where.get("line"))


def remark(what: str, exercise: Exercise, pattern: str, meant: str = "") -> Remark:
    """A remark at the first line of an exercise's file that holds a pattern."""
    where: dict[str, Any] = line_where(exercise.file, pattern)
    return Remark(what, exercise.id, str(exercise.file), where.get("line"), meant)


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
