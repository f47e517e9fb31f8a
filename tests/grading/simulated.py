"""A simulated class: students who compute by the trace in doubles, round what they carry, and slip in their own ways.

The slips are made by a mutator that shares nothing with the table of known slips: it writes another operation, leaves a
factor or a sign out, takes another variable of the same shape, or a digit wrongly off the paper.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from keygen.builds.manifest import ManifestExercise
from keygen.builds.request import SheetRequest
from keygen.builds.sheet import SheetItem, policy_of, sheet_items, solved
from keygen.engine.domains import FLOAT
from keygen.engine.evaluate import as_float, program
from keygen.engine.primitives import PRIMITIVES, Effort
from keygen.engine.trace import Step, Trace
from keygen.grading.graded_exercise import GradedExercise, prepared
from keygen.mathematics.answers import as_json
from tests.courses import SHIPPED

Values = dict[str, Any]
Mutation = Callable[[list[Any]], Any]


@cache
def exercise(sheet: str, number: int, seed: int | None, digits: int = 3) -> GradedExercise:
    """An exercise of a seed, made ready as from a manifest."""
    order, item, worked = recorded(sheet, number, seed)
    return prepared(order, item, worked, digits)


@cache
def recorded(sheet: str, number: int, seed: int | None) -> tuple[SheetRequest, SheetItem, ManifestExercise]:
    """An exercise of a seed as a manifest has it."""
    of = SHIPPED.sheet(sheet)
    order = SheetRequest(SHIPPED, of, None, seed)
    item = next(one for one in sheet_items(of) if one.number == number)
    found, policy = solved(order, item), policy_of(of, None)
    given = json.loads(json.dumps(as_json(found.given(), policy)))
    asked = item.entry.asked(found.answers())
    parts = json.loads(json.dumps({part: as_json(named, policy) for part, named in asked.items()}))
    return order, item, ManifestExercise(found.exercise.id, number, given, parts)


# --- a student at work


@dataclass(frozen=True)
class Planted:
    """A slip of a student's own: at which step, and what is written there."""

    at: str
    kind: str
    instead: Mutation


NOTHING: Mapping[str, Any] = {}


def worked_by_hand(
    trace: Trace, data: Mapping[str, Any], digits: int, slip: Planted | None = None, held: Mapping[str, Any] = NOTHING
) -> Values:
    """Every value of a trace for a student who carries so many significant digits from line to line; some values are
    `held`, as a statement quotes them."""
    values: Values = {variable.name: as_float(data[variable.name]) for variable in trace.inputs}
    with np.errstate(all="ignore"):
        for step, rule in program(trace, FLOAT).steps:
            inputs = [values[name] for name in step.inputs]
            value = slip.instead(inputs) if slip is not None and slip.at == step.target.name else rule(*inputs)
            values[step.target.name] = held.get(step.target.name, carried(value, step, digits))
    return values


def carried(value: Any, step: Step, digits: int) -> Any:
    """A value as it stands on the paper."""
    if PRIMITIVES[step.primitive].effort is Effort.NOTHING:
        return value
    rounded = np.vectorize(lambda x: float(f"{x:.{digits - 1}e}"), otypes=[float])(value)
    return rounded if isinstance(value, np.ndarray) else float(rounded)


def mutations(trace: Trace, step: Step, rng: random.Random, values: Values) -> Iterator[Planted]:
    """Ways to do a step wrongly that still give the shape that is wanted."""
    right, name, shape = values[step.target.name], step.target.name, step.target.shape
    rule = {one.target.name: each for one, each in program(trace, FLOAT).steps}[name]
    shapes = [trace.shapes[source] for source in step.inputs]
    yield Planted(name, "sign", lambda inputs: -rule(*inputs))
    yield Planted(name, "twice", lambda inputs: 2 * rule(*inputs))
    for place, one in enumerate(shapes):
        if one == shape and step.primitive != "copy":
            yield Planted(name, "left out", lambda inputs, place=place: np.asarray(inputs[place])[()])
    if len(shapes) == 2 and shapes[0] == shapes[1]:
        yield Planted(name, "turned", lambda inputs: rule(*reversed(inputs)))
    for place, one in enumerate(shapes):
        others = [other for other, each in trace.shapes.items() if each == one and other not in step.inputs]
        earlier = [other for other in others if before(trace, other, name)]
        if earlier:
            other = rng.choice(earlier)
            wrong = values[other]
            yield Planted(
                name, "misread", lambda inputs, place=place, wrong=wrong: rule(
                    *[wrong if k == place else value for k, value in enumerate(inputs)]
                ),
            )  # fmt: skip
    if np.size(right) > 1 and PRIMITIVES[step.primitive].effort is not Effort.NOTHING:
        spot = rng.randrange(np.size(right))
        factor = rng.choice((-1, 2, 0))
        yield Planted(name, "one entry", lambda inputs: with_entry(rule(*inputs), spot, factor))


def before(trace: Trace, one: str, other: str) -> bool:
    """Whether a variable is bound before another."""
    names = list(trace.shapes)
    return names.index(one) < names.index(other)


def with_entry(value: Any, spot: int, factor: int) -> Any:
    """An array with one entry times something."""
    array = np.array(value, dtype=float)
    array.flat[spot] *= factor
    return array


def slips_of(trace: Trace, rng: random.Random, values: Values, count: int) -> list[Planted]:
    """Some slips, spread over the trace."""
    steps = [step for step in trace.steps if step.primitive != "constant"]
    found = []
    for _ in range(count):
        step = rng.choice(steps)
        found.append(rng.choice(list(mutations(trace, step, rng, values))))
    return found


# --- what the student hands in


def handed_in(graded: GradedExercise, carry: int, slip: Planted | None = None) -> dict[str, Values]:
    """What a student has for each part: the values that its statement quotes are taken from there."""
    assert graded.workings is not None
    trace, data, right = graded.workings.trace, graded.workings.solved.values, graded.workings.floats
    known: dict[frozenset[str], Values] = {}
    for quoted in {*graded.quoted.values(), frozenset[str]()}:
        held = {name: right[name] for name in quoted}
        known[quoted] = worked_by_hand(trace, data, carry, slip, held)
    return {part: known[graded.quoted.get(part, frozenset())] for part in {one.part for one in graded.columns}}


def typed(graded: GradedExercise, by_part: Mapping[str, Values], digits: int) -> dict[str, str]:
    """The cells of a student who types so many significant digits."""
    return {
        asked.column: text_of({k: entry(by_part[asked.part], *where) for k, where in asked.entries.items()}, digits)
        for asked in graded.columns
        if asked.entries
    }


def entry(values: Values, name: str, place: tuple[int, ...]) -> float:
    """One number of a value."""
    value = values[name]
    return float(value[place]) if isinstance(value, np.ndarray) and value.ndim else float(value)


def text_of(numbers: Mapping[tuple[int, ...], float], digits: int) -> str:
    """Numbers as somebody types them, in rows."""
    first = next(iter(numbers))
    if not first:
        return decimal(numbers[()], digits)
    if len(first) == 1:
        return "; ".join(decimal(number, digits) for number in numbers.values())
    which = sorted({place[0] for place in numbers})
    inner = ({place[1:]: number for place, number in numbers.items() if place[0] == one} for one in which)
    if len(first) == 3:
        return "[" + ", ".join(text_of(one, digits) for one in inner) + "]"
    rows = (", ".join(decimal(number, digits) for number in one.values()) for one in inner)
    return "[" + ", ".join(f"[{row}]" for row in rows) + "]"


def decimal(number: float, digits: int) -> str:
    """A number with so many significant digits; a short decimal as it is."""
    if not np.isfinite(number):
        return ""
    short = f"{number:.10g}"
    rounded = f"{number:.{digits - 1}e}"
    if abs(float(rounded) - number) <= 1e-9 * abs(number) and "e" not in short:
        return short
    if "e" in short or abs(number) < 1e-4 or abs(number) >= 1e6:
        return rounded
    power = int(rounded.partition("e")[2])
    return f"{float(rounded):.{max(0, digits - 1 - power)}f}"
