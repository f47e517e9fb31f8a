"""A student who makes one slip and goes on rightly from it."""

from __future__ import annotations

from pathlib import Path

from keygen.builds.key_csv import written
from keygen.builds.sheet import sheet_items
from keygen.grading.class_list import class_list
from keygen.grading.graded_exercise import prepared
from keygen.mathematics.answers import numbers
from tests.courses import SHIPPED


def slipped(manifest: Path, sheet: str, id: str, column: str) -> dict[str, str]:
    """The answers of a student's exercise: in one column every number is larger by 1, what follows is worked out from
    that, as key.csv writes it. Only answers that are one variable of the trace."""
    person = class_list(SHIPPED, sheet, manifest)[id]
    items = {item.number: item for item in sheet_items(person.order.sheet)}
    worked = next(one for one in person.exercises() if column.startswith(f"{one.number}."))
    exercise = prepared(person.order, items[worked.number], worked, 3)
    assert exercise.workings is not None
    single = {one.column: next(iter(one.variables)) for one in exercise.columns if len(one.variables) == 1}
    name = single[column]
    replay = exercise.workings.exact({name: exercise.workings.solved.values[name] + 1})
    return {
        place: written(numbers(replay[variable], lambda place: None))
        for place, variable in single.items()
        if variable in exercise.workings.trace.shapes
    }
