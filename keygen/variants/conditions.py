"""Which draws are worth a student's time: the exercise's own `worthwhile`, the house's conditions, its `band`.

All must hold, in whatever order they are asked: a draw on its way (`first_violation_lazily`) is asked the cheapest
first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from keygen.course.draw import Rejected
from keygen.course.exercise import Exercise
from keygen.course.fixed_data import as_in_file, wrong
from keygen.engine.decisions import choosing, gaps, no_derivative
from keygen.engine.domains import EXACT
from keygen.engine.lazy import Observer, Observers
from keygen.engine.primitives import PRIMITIVES
from keygen.engine.trace import Step, Trace
from keygen.errors import KeygenError, line_where, nearest
from keygen.variants.operation_count import entries
from keygen.variants.solved import Solved
from keygen.variants.workload import numeric, outside

SATURATED = 4  # sigmoid and tanh arguments stay within [-4, 4]


class View:
    """What `worthwhile(v)` sees: every value and every choice by its name; `v.solved` for the rest."""

    def __init__(self, solved: Solved) -> None:
        self.solved = solved

    def __getattr__(self, name: str) -> Any:
        values, choices = self.solved.values, self.solved.choices
        named = values if name in values else choices
        if name in named:
            found = self.__dict__[name] = named[name]  # asked again, it is at hand
            return found
        known = [*choices, *values]
        raise KeygenError(f"the computation has no variable {name!r}", repair=nearest(name, known))


def require_pinnable(draw: Solved, pin: Mapping[str, Any]) -> None:
    """Raise PinError, before anything is worked out, where pinned data break what the exercise needs; a seeded draw
    tries again while some of the data that are to blame are drawn."""
    if not pin or draw.exercise.pinnable is None:
        return
    with draw.exercise.author_errors():
        rows = ((names.split(), holds, expected) for names, holds, expected in draw.exercise.pinnable(View(draw)))
        broken = next((row for row in rows if not row[1] and any(name in pin for name in row[0])), None)
    if broken is not None:
        names, _, expected = broken
        name, *others = blamed = [name for name in names if name in pin]
        repair = f"pin another {name!r}" + "".join(f", or another {other!r}" for other in others)
        error = wrong(draw.exercise, name, expected, as_in_file(pin[name])[:80], repair)
        error.redraw = draw.variant.who is not None and blamed != names
        raise error


def first_violation(solved: Solved) -> str | None:
    """The first condition that a solved variant does not meet, None if it meets all."""
    try:
        for observer in observers(solved.trace).at.values() if numeric(solved) else ():
            observer(solved.values)
        require_all(own(solved))
        require_all(outside(solved))
    except Rejected as rejected:
        return rejected.reason
    return None


def first_violation_lazily(draw: Solved) -> str | None:
    """The first condition that a draw does not meet whose values are worked out as they are asked for.

    The exercise's own conditions ask first: one on the data alone refuses a draw before anything is worked out.
    """
    try:
        require_all(own(draw))
        list(draw.values)  # the rest of them, watched
        require_all(outside(draw))
    except Rejected as rejected:
        return rejected.reason
    return None


def require_all(verdicts: Iterable[tuple[str, bool]]) -> None:
    """Raise Refused with the first condition that does not hold."""
    for reason, holds in verdicts:
        if not holds:
            raise Rejected(reason)


def own(solved: Solved) -> Iterator[tuple[str, bool]]:
    """The exercise's own conditions."""
    if solved.exercise.worthwhile is not None:
        with solved.exercise.author_errors():
            said: Any = solved.exercise.worthwhile(View(solved))
            if not isinstance(said, Iterable):
                raise no_condition(solved.exercise, said)
            for verdict in said.items() if isinstance(said, Mapping) else said:
                match verdict:
                    case str() as reason, holds:
                        require_one(solved.exercise, reason, holds)
                        yield reason, bool(holds)
                    case _:
                        raise no_condition(solved.exercise, verdict)


def require_one(exercise: Exercise, reason: str, holds: Any) -> None:
    """Raise KeygenError for a condition that is true or false of each entry of a matrix."""
    if isinstance(holds, np.ndarray) and holds.size != 1:
        raise KeygenError(
            f"the condition {reason!r} says something of each entry, not one thing", exercise=exercise.id,
            **line_where(exercise.file, re.escape(reason), "def worthwhile"), expected="True or False",
            found=f"{' x '.join(map(str, holds.shape))} of them",
            repair="say whether it is to hold of all entries or of any: (...).all() or (...).any()",
        )  # fmt: skip


def no_condition(exercise: Exercise, said: Any) -> KeygenError:
    """What `worthwhile` says is nothing to judge a draw by."""
    return KeygenError(
        "worthwhile says something that is no condition", exercise=exercise.id,
        **line_where(exercise.file, r"^def worthwhile\b"), found=repr(said)[:80],
        expected="a table {condition: True or False}, or pairs (condition, True or False) one by one",
    )  # fmt: skip


def observers(trace: Trace) -> Observers:
    """The house's conditions, each at the name whose value decides it: no kink, a living unit in each ReLU layer, no
    saturated sigmoid, no gradient through a tie or a jump, no asked gradient that is all zero. The units of the first
    forward passes are looked at first.
    """
    return trace.memo("watches", lambda: made_observers(trace))


def made_observers(trace: Trace) -> Observers:
    """`observers`, made."""
    units = {
        step.target.name: (step, UNITS[unit])
        for step in trace.steps
        if (unit := PRIMITIVES[step.primitive].unit) is not None
    }
    chosen = {step.target.name: step for step in choosing(trace)}
    asked = dict.fromkeys(gradient.target for gradient in trace.gradients)

    def observer(name: str) -> Observer:
        def required(values: Mapping[str, Any]) -> None:
            if name in units:
                step, condition = units[name]
                require_all(condition(trace, step, values))
            if name in chosen:
                require_all([(no_derivative(chosen[name]), all(gaps(chosen[name], values, EXACT)))])
            if name in asked:
                require_all([(f"{name} is not all zero", any(entries(values[name])))])

        return required

    backward = trace.depending(step.target.name for step in trace.steps if step.law)
    first = tuple(name for name in units if name not in backward)
    return Observers({name: observer(name) for name in (*units, *chosen, *asked)}, first)


def relu_alive(trace: Trace, step: Step, values: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """No kink at a ReLU, and a living unit in its layer."""
    source = step.inputs[0]
    inputs = entries(values[source])
    yield f"no ReLU input of {step.target.name} is 0", all(inputs) or source in locally_zero(trace, source, values)
    if len(inputs) > 1:  # whether a lone unit may be silent is for the exercise to say
        yield f"a unit of {step.target.name} lives", any(x > 0 for x in inputs)


def unsaturated(trace: Trace, step: Step, values: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """No saturated unit."""
    inputs = entries(values[step.inputs[0]])
    yield f"the argument of {step.target.name} is moderate", all(-SATURATED <= x <= SATURATED for x in inputs)


UNITS: Mapping[str, Callable[[Trace, Step, Mapping[str, Any]], Iterator[tuple[str, bool]]]] = {
    "rectified": relu_alive,
    "saturating": unsaturated,
}


def locally_zero(trace: Trace, name: str, values: Mapping[str, Any]) -> frozenset[str]:
    """What `name` is computed from, itself included, that is zero and stays zero if the data move a little: a silent
    ReLU, its multiples, sums of such. It has no kink.
    """
    found: set[str] = set()
    before = trace.needs([name])
    for step in (step for step in trace.steps if step.target.name in before):
        primitive = PRIMITIVES[step.primitive]
        if (
            (primitive.absorbs_zero and not found.isdisjoint(step.inputs))
            or (primitive.keeps_zero and found.issuperset(step.inputs))
            or (primitive.unit == "rectified" and all(x < 0 for x in entries(values[step.inputs[0]])))
        ):
            found.add(step.target.name)
    return frozenset(found)
