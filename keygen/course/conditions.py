"""Which draws are worth a student's time: the exercise's own `worthwhile`, the house's conditions, its `band`.

All must hold, in whatever order they are asked: a draw on its way (`refusal`) is asked the cheapest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from keygen.course.draw import Refused
from keygen.course.effort import entries
from keygen.course.exercise import Exercise
from keygen.course.fairness import numeric, outside
from keygen.course.solved import Solved
from keygen.engine.gradual import Watch, Watches
from keygen.engine.ops import PRIMITIVES
from keygen.engine.trace import Step, Trace
from keygen.errors import KeygenError, line_where, nearest

SATURATED = 4  # sigmoid and tanh arguments stay within [-4, 4]


class View:
    """What `worthwhile(v)` sees: every value and every choice by its name; `v.solved` for the rest."""

    def __init__(self, solved: Solved) -> None:
        self.solved = solved

    def __getattr__(self, name: str) -> Any:
        if name in self.solved.values:
            return self.solved.values[name]
        if name in self.solved.choices:
            return self.solved.choices[name]
        known = [*self.solved.choices, *self.solved.values]
        raise KeygenError(f"the computation has no variable {name!r}", repair=nearest(name, known))


def failed(solved: Solved) -> str | None:
    """The first condition that a solved variant does not meet, None if it meets all."""
    try:
        for watch in watches(solved.trace).at.values() if numeric(solved) else ():
            watch(solved.values)
        require(own(solved))
        require(outside(solved))
    except Refused as refused:
        return refused.reason
    return None


def refusal(draw: Solved) -> str | None:
    """The same for a draw whose values are worked out as they are asked for, with the house's conditions on watch.

    The exercise's own conditions ask first: one on the data alone refuses a draw before anything is worked out.
    """
    try:
        require(own(draw))
        list(draw.values)  # the rest of them, watched
        require(outside(draw))
    except Refused as refused:
        return refused.reason
    return None


def require(verdicts: Iterable[tuple[str, bool]]) -> None:
    """Raise Refused with the first condition that does not hold."""
    for reason, holds in verdicts:
        if not holds:
            raise Refused(reason)


def own(solved: Solved) -> Iterator[tuple[str, bool]]:
    """The exercise's own conditions."""
    if solved.exercise.worthwhile is not None:
        with solved.exercise.speaking():
            said: Any = solved.exercise.worthwhile(View(solved))
            if not isinstance(said, Iterable):
                raise no_condition(solved.exercise, said)
            for verdict in said.items() if isinstance(said, Mapping) else said:
                match verdict:
                    case str() as reason, holds:
                        yield reason, bool(holds)
                    case _:
                        raise no_condition(solved.exercise, verdict)


def no_condition(exercise: Exercise, said: Any) -> KeygenError:
    """What `worthwhile` says is nothing to judge a draw by."""
    return KeygenError(
        "worthwhile says something that is no condition", exercise=exercise.id,
        **line_where(exercise.file, r"^def worthwhile\b"), found=repr(said)[:80],
        expected="a table {condition: True or False}, or pairs (condition, True or False) one by one",
    )  # fmt: skip


def watches(trace: Trace) -> Watches:
    """The house's conditions, each at the name whose value decides it: no kink, a living unit in each ReLU layer, no
    saturated sigmoid, no asked gradient that is all zero. The units of the first forward passes are looked at first.
    """
    return trace.kept("watches", lambda: made_watches(trace))


def made_watches(trace: Trace) -> Watches:
    """`watches`, made."""
    units = {
        step.target.name: (step, UNITS[unit])
        for step in trace.steps
        if (unit := PRIMITIVES[step.primitive].unit) is not None
    }
    asked = dict.fromkeys(gradient.target for gradient in trace.gradients)

    def watch(name: str) -> Watch:
        def required(values: Mapping[str, Any]) -> None:
            if name in units:
                step, condition = units[name]
                require(condition(trace, step, values))
            if name in asked:
                require([(f"{name} is not all zero", any(entries(values[name])))])

        return required

    backward = trace.depending(step.target.name for step in trace.steps if step.law)
    first = tuple(name for name in units if name not in backward)
    return Watches({name: watch(name) for name in (*units, *asked)}, first)


def lively(trace: Trace, step: Step, values: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """No kink at a ReLU, and a living unit in its layer."""
    source = step.inputs[0]
    inputs = entries(values[source])
    yield f"no ReLU input of {step.target.name} is 0", all(inputs) or source in still(trace, source, values)
    if len(inputs) > 1:  # whether a lone unit may be silent is for the exercise to say
        yield f"a unit of {step.target.name} lives", any(x > 0 for x in inputs)


def moderate(trace: Trace, step: Step, values: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """No saturated unit."""
    inputs = entries(values[step.inputs[0]])
    yield f"the argument of {step.target.name} is moderate", all(-SATURATED <= x <= SATURATED for x in inputs)


UNITS: Mapping[str, Callable[[Trace, Step, Mapping[str, Any]], Iterator[tuple[str, bool]]]] = {
    "rectified": lively,
    "saturating": moderate,
}


def still(trace: Trace, name: str, values: Mapping[str, Any]) -> frozenset[str]:
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
