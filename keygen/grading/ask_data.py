"""What a page needs to judge typed numbers by itself: the trace of each structure once, the answers in its order, and
of each student the data and the key. The rules that work with it stand in `replay.js` and `judge.js`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from hashlib import sha256
from string import ascii_lowercase
from typing import Any

import numpy as np

from keygen.builds.key_csv import written
from keygen.builds.sheet import policy_of, sheet_items
from keygen.engine.primitives import PRIMITIVES, Effort
from keygen.engine.trace import Trace
from keygen.errors import KeygenError
from keygen.grading.asked_columns import AskedColumn
from keygen.grading.class_list import GradedPerson
from keygen.grading.comparing import Precision
from keygen.grading.graded_exercise import GradedExercise, prepared
from keygen.grading.replays import twins_in
from keygen.mathematics.answers import figures
from keygen.mathematics.number_format import Policy

Object = dict[str, Any]
in_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass
class Kept:
    """Objects that many students have in common, each once."""

    all: list[Object] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def place(self, one: Object) -> int:
        """Where an object stands among them."""
        text = in_json(one)
        if text not in self.places:
            self.places[text] = len(self.all)
            self.all.append(one)
        return self.places[text]


def ask_data(
    people: Iterable[GradedPerson], digits: int, letters: Sequence[str], left_out: Callable[[str, KeygenError], None]
) -> Object:
    """The object for the page, as JSON has it; `letters` are those of the parts in the language of the sheet. A student
    whose numbers the course does not give any more is left out, and why is told."""
    traces, layouts, precision = Kept(), Kept(), Precision(digits)
    asked: list[Object] = []
    for person in people:
        exercises, policy = [], policy_of(person.order.sheet, None)
        try:
            own = list(exercises_of(person, digits))
        except KeygenError as error:
            left_out(person.id, error)
            continue
        for exercise in own:
            precision = exercise.precision
            columns = [one for one in exercise.columns if one.points]
            exercises.append(
                {
                    "number": exercise.number,
                    "trace": traces.place(trace_object(exercise.trace if exercise.workings else Trace((), ()))),
                    "layout": layouts.place(layout(exercise, columns, letters)),
                    "inputs": inputs_of(exercise),
                    "keys": [{"shown": shown(one, policy), "text": written(one.answer)} for one in columns],
                }
            )
        asked.append({"id": person.id, "name": person.name, "code": person.code, "exercises": exercises})
    counted = {"asked": precision.asked, "page": precision.page, "carried": precision.carried}
    columns = list(dict.fromkeys(one["column"] for each in layouts.all for one in each["columns"]))
    found = {"digits": counted, "traces": traces.all, "layouts": layouts.all, "columns": columns, "people": asked}
    return {**found, "mark": sha256(in_json(found).encode()).hexdigest()[:16]}


def exercises_of(person: GradedPerson, digits: int) -> Iterator[GradedExercise]:
    """A student's exercises, made ready as for grading."""
    items = {item.number: item for item in sheet_items(person.order.sheet)}
    for worked in person.exercises():
        if worked.number in items:
            order = replace(person.orders.get(worked.number, person.order), course=person.order.course)
            yield prepared(order, items[worked.number], worked, digits)


def trace_object(trace: Trace) -> Object:
    """The steps of a trace, those of them in which something is worked out, where somebody may round, and which
    variables are the same expression."""
    steps = [[one.target.name, one.primitive, list(one.inputs), plain(one.param)] for one in trace.steps]
    effort = {one.target.name: PRIMITIVES[one.primitive].effort for one in trace.steps}
    twins = {name: list(others) for name, others in twins_in(trace).items() if others}
    worked = [name for name, one in effort.items() if one is not Effort.NOTHING]
    return {"steps": steps, "worked": worked, "twins": twins}


def plain(param: Any) -> Any:
    """A parameter of a step as JSON has it."""
    if isinstance(param, tuple):
        return list(map(plain, param))
    return float(param) if isinstance(param, Fraction) else param


def inputs_of(exercise: GradedExercise) -> Object:
    """The data of an exercise in doubles."""
    if exercise.workings is None:
        return {}
    floats = exercise.workings.floats
    return {one.name: np.asarray(floats[one.name]).tolist() for one in exercise.trace.inputs}


def layout(exercise: GradedExercise, columns: Sequence[AskedColumn], letters: Sequence[str]) -> Object:
    """The answers of an exercise in the sheet's order, and which of them are numbers of the trace, in its order."""
    traced = [one for one in columns if one.entries and exercise.workings is not None]
    place = {name: k for k, name in enumerate(exercise.trace.shapes)}
    traced.sort(key=lambda one: (max(place[name] for name in one.variables), one.column))
    return {
        "columns": [column_object(exercise, one, letters, traced=one in traced) for one in columns],
        "order": [columns.index(one) for one in traced],
    }


def column_object(exercise: GradedExercise, asked: AskedColumn, letters: Sequence[str], *, traced: bool) -> Object:
    """One answer: how it is called for people, its shape, and the numbers of the trace that it states."""
    number, part, name = asked.column.split(".", 2)
    parts = list(dict.fromkeys(one.column.split(".")[1] for one in exercise.columns))
    letter = f" {letters[ascii_lowercase.index(part)]})" if len(parts) > 1 else ""
    found: Object = {
        "column": asked.column, "label": f"{number}.{letter} {name}", "told": told(asked), "entries": None,
        "shape": [], "quoted": sorted(exercise.quoted.get(asked.part, ())) if traced else [],
    }  # fmt: skip
    if traced:
        found["shape"] = list(np.shape(asked.answer.value)) if asked.answer.type != "matrices" else [0]
        shapes = exercise.trace.shapes
        found["entries"] = [
            [variable, int(np.ravel_multi_index(where, shapes[variable])) if where else 0]
            for variable, where in asked.entries.values()
        ]
    return found


def told(asked: AskedColumn) -> str:
    """What kind of answer is wanted: 2 x 3, or its type."""
    match asked.answer.type:
        case "vector" | "matrix":
            return " × ".join(map(str, np.shape(np.array(asked.answer.value, dtype=object))))
        case "number":
            return ""
    return asked.answer.type


def shown(asked: AskedColumn, policy: Policy) -> str:
    """The key as the page has it, in a row: 0.5; or 1 2; 3 4."""
    if asked.answer.value is None or asked.answer.type == "matrices":
        return written(asked.answer)
    return flat(figures(asked.answer.value, policy))


def flat(page: Any) -> str:
    """Figures in rows."""
    if not isinstance(page, list):
        return str(page)
    rows = page if page and isinstance(page[0], list) else [[one] for one in page]
    return "; ".join(" ".join(map(str, row)) for row in rows)


def in_script(found: Mapping[str, Any]) -> str:
    """An object that stands in a page, where no text of it can end the script."""
    return in_json(found).replace("<", r"\u003c")
