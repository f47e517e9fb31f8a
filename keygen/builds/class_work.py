"""How much work the sheets of a class are: a row a student, how far each is from the median, who lies outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from statistics import mean, median, quantiles

from keygen.builds.batch import ExerciseWork
from keygen.builds.request import SheetRequest
from keygen.builds.sheet import asked_items, solved
from keygen.course.band import MEASURES, Measure
from keygen.errors import KeygenError
from keygen.variants.solved import Solved
from keygen.variants.workload import measure

COMPARED = ("operations", "negatives", "widest")
"""The measures of a row."""
LEAST = 8  # students of whom it can be said who lies outside
REACH = 1.5  # of the distance between the quartiles: Tukey's fences
SLIGHT = 0.1  # of the median: nearer to it nobody is outside, however alike the others are


def work_of(found: Solved) -> ExerciseWork:
    """The work of one exercise."""
    return ExerciseWork(measure(found), sum(found.rejected.values()), found.variant.key)


@dataclass(frozen=True, slots=True)
class StudentWork:
    """What one student is to work out, by the exercises' numbers; the `draw` counts from 1; or why there is nothing."""

    id: str
    name: str
    code: str
    draw: int = 1
    works: Mapping[int, ExerciseWork] | None = None
    failure: KeygenError | None = None

    @property
    def measure(self) -> Measure | None:
        """The measures of the whole sheet."""
        found = [work.measure for work in (self.works or {}).values()]
        return sum(found[1:], found[0]) if found else None

    @property
    def rejected(self) -> int:
        """Draws that were refused, of all exercises."""
        return sum(work.rejected for work in (self.works or {}).values())


def student_work(order: SheetRequest) -> StudentWork:
    """What the student of an order is to work out: solved, not set on pages."""
    student = order.student
    assert student is not None
    who = student.id, student.name, order.code, student.draw
    try:
        works = {item.number: work_of(solved(order, item)) for item in asked_items(order)}
    except KeygenError as error:
        return StudentWork(*who, failure=error.within(who=student.id))
    return StudentWork(*who, works=works)


@dataclass(frozen=True)
class ClassTable:
    """The students of a sheet in the order of the roster. Draws outside an exercise's own `band` are drawn again; what
    is left to see is who has far more or far less to do than the others."""

    sheet: str
    key: str
    students: tuple[StudentWork, ...]

    @cached_property
    def medians(self) -> dict[str, float]:
        """The middle of each measure."""
        found = self.measures
        return {name: median([one[name] for one in found] or [0]) for name in MEASURES}

    @cached_property
    def measures(self) -> list[dict[str, int]]:
        """The measures of all who have a sheet."""
        return [one.by_name() for student in self.students if (one := student.measure) is not None]

    @cached_property
    def band(self) -> tuple[int, int] | None:
        """Between which numbers of operations nobody lies outside; None where the class is too small to tell."""
        found = [one["operations"] for one in self.measures]
        if len(found) < LEAST:
            return None
        low, middle, high = quantiles(found, n=4, method="inclusive")
        reach = REACH * (high - low)
        return ceil(min(low - reach, middle * (1 - SLIGHT))), floor(max(high + reach, middle * (1 + SLIGHT)))

    @cached_property
    def outside(self) -> tuple[StudentWork, ...]:
        """Who lies outside the band."""
        if (band := self.band) is None:
            return ()
        low, high = band
        return tuple(
            one for one in self.students if one.measure is not None and not low <= one.measure.operations <= high
        )

    def distance(self, student: StudentWork) -> float | None:
        """By what part the student's work exceeds the median, on the mean of the compared measures that anybody has;
        None without a sheet."""
        if student.measure is None:
            return None
        own, medians = student.measure.by_name(), self.medians
        shown = [name for name in COMPARED if any(one[name] for one in self.measures)]
        return mean((own[name] - medians[name]) / max(medians[name], 1) for name in shown) if shown else 0.0

    def variants(self, number: int) -> list[list[str]]:
        """Who has each variant of an exercise."""
        found: dict[str, list[str]] = defaultdict(list)
        for student in self.students:
            if student.works and number in student.works:
                found[student.works[number].key].append(student.id)
        return list(found.values())


def outsiders(table: ClassTable) -> list[tuple[str, str]]:
    """Who lies outside the band, and what is to be said of them."""
    low, high = table.band or (0, 0)
    usual = f"the median is {table.medians['operations']:g}, and the class's band {low} to {high}"
    return [
        (f"student {one.id}", f"{one.measure.operations} operations; {usual}") for one in table.outside if one.measure
    ]
