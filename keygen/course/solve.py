"""Solving: a variant of an exercise's data, as published or drawn, and all its values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import count
from math import prod
from random import Random
from types import MappingProxyType
from typing import Any

import numpy as np

from keygen.course.conditions import refusal, watches
from keygen.course.draw import Draws, Grid, sizes, stream
from keygen.course.exercise import Exercise
from keygen.course.pins import apply_pin, pinned_lengths
from keygen.course.secret import PUBLIC
from keygen.course.solved import Evaluation, Solved, Trial, Variant
from keygen.course.source import Source
from keygen.engine.evaluate import evaluate
from keygen.engine.gradual import NOBODY, gradual
from keygen.engine.kinds import EXACT, FLOAT, POLYNOMIAL
from keygen.engine.ops import Shape
from keygen.engine.polynomial import Polynomial
from keygen.engine.trace import Trace
from keygen.errors import KeygenError, line_where

TRIES = 2000  # draws before an exercise is said to have no worthwhile variant


def published(exercise: Exercise) -> Variant:
    """The variant with the published numbers."""
    lengths = sizes(exercise.axes, None)
    data = {name: d.published for name, d in exercise.given.items() if isinstance(d, Grid)}
    choices = {name: d.published for name, d in exercise.given.items() if not isinstance(d, Grid)}
    return Variant(None, lengths, choices, data, {part: form.published for part, form in exercise.problems.items()})


def drawn(exercise: Exercise, source: Source, place: str, attempt: int, pin: Mapping[str, Any]) -> Variant:
    """One try. Each parameter has a stream of its own, so that a new one changes no other's numbers."""
    lengths = sizes(exercise.axes, lambda axis: source.stream(place, "axis", axis, attempt))
    if pin:
        lengths |= pinned_lengths(exercise, pin)

    def draw(name: str) -> Any:
        return exercise.given[name].draw(source.stream(place, name, attempt), exercise.shape(name, lengths))

    data = Draws({name: partial(draw, name) for name, d in exercise.given.items() if isinstance(d, Grid)})
    choices = {name: draw(name) for name in exercise.given if name not in data}
    problems = {part: form.draw(source.stream(place, part, attempt), ()) for part, form in exercise.problems.items()}
    return apply_pin(exercise, Variant(source.who, lengths, choices, data, problems), pin)


def solve(
    exercise: Exercise,
    sheet: str,
    who: int | str | None,
    *,
    key: str = PUBLIC,
    pin: Mapping[str, Any] = MappingProxyType({}),
    nth: int = 1,
) -> Solved:
    """The published variant (`who` None), or the first worthwhile draw for a seed or a student's id.

    `key` and `sheet` name the streams (see `Source`), and so does `nth` where a sheet has the exercise more than once;
    `pin` fixes data. Raises KeygenError when no draw is worthwhile.
    """
    if who is None:
        return computed(exercise, apply_pin(exercise, published(exercise), pin))
    source, place = Source(sheet, who, key), exercise.id if nth == 1 else f"{exercise.id}#{nth}"
    failures: Counter[str] = Counter()
    for attempt in range(TRIES):
        try:
            candidate = Candidate(exercise, drawn(exercise, source, place, attempt, pin))
            reason = refusal(candidate)
            if reason is None:
                return candidate.accepted(failures)
        except KeygenError as error:
            if not error.redraw:
                raise error.within(exercise=exercise.id, who=who) from error
            reason = error.what
        failures[reason] += 1
    raise KeygenError(
        f"no worthwhile variant in {TRIES} draws",
        exercise=exercise.id,
        who=who,
        **line_where(exercise.file, r"^def worthwhile\b"),
        found="; ".join(f"{reason!r} failed {count} times" for reason, count in failures.most_common(4)),
        repair="widen the distributions in `given`, or ask less in `worthwhile`",
    )


def computed(exercise: Exercise, variant: Variant) -> Solved:
    """A variant with all its values."""
    trace = exercise.trace(variant.lengths, variant.choices)
    exercise.require_repeatable(trace, {**variant.lengths, **variant.choices})
    with exercise.speaking():
        values, calls = evaluated(exercise.id, variant, trace)
        return Solved(exercise, variant, trace, kept(values), calls)


@dataclass(eq=False)
class Candidate(Evaluation):
    """A draw that may be refused: its trace is recorded, its data are drawn and its values are worked out as far as
    somebody asks, with the house's conditions on watch.
    """

    exercise: Exercise
    variant: Variant

    @cached_property
    def trace(self) -> Trace:  # type: ignore[override]  # nobody writes it
        """The computation of the draw's structure."""
        return self.exercise.trace(self.variant.lengths, self.variant.choices)

    @cached_property
    def work(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Values and calls."""
        with self.exercise.speaking():
            return evaluated(self.exercise.id, self.variant, self.trace, watched=True)

    @cached_property
    def values(self) -> Mapping[str, Any]:  # type: ignore[override]  # nobody writes it
        """The values, in the making."""
        return self.work[0]

    @cached_property
    def calls(self) -> Mapping[str, Any]:  # type: ignore[override]  # nobody writes it
        """What stands for named functions."""
        return self.work[1]

    def accepted(self, failures: Mapping[str, int]) -> Solved:
        """The draw with all its values, after these failures of others."""
        self.exercise.require_repeatable(self.trace, self.choices)
        variant = replace(self.variant, data=dict(self.variant.data))
        rejected = MappingProxyType(dict(failures))
        with self.exercise.speaking():
            return Solved(self.exercise, variant, self.trace, kept(self.values), self.calls, rejected)


def kept(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """All values of a draw; those at which formulas are tried go on being worked out when they are asked for."""
    return values if isinstance(values, Trial) else dict(values)


def evaluated(
    exercise: str, variant: Variant, trace: Trace, *, watched: bool = False
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Values, and a meaning for each function that is only named: exactly on numbers, as far as somebody asks; on
    polynomials where inputs stay symbols; at random points where they are matrices.
    """
    unknown = [variable for variable in trace.inputs if variable.name not in variant.data]
    if not unknown:
        return gradual(trace, variant.data, EXACT, watches(trace) if watched else NOBODY), {}
    if all(variable.shape == () for variable in unknown) and not named_functions(trace):
        inputs = {variable.name: Polynomial.variable(variable.name) for variable in unknown}
        return gradual(trace, {**variant.data, **inputs}, POLYNOMIAL), {}
    return trace.kept("trial", lambda: trial(exercise, trace))


def named_functions(trace: Trace) -> set[tuple[str, int]]:
    """The functions that the trace only names, with the order of each derivative it takes."""
    return {step.param for step in trace.steps if step.primitive == "apply"}  # type: ignore[misc]  # whose param is a pair


def trial(exercise: str, trace: Trace) -> tuple[Trial, Mapping[str, Any]]:
    """An exercise about formulas: inputs get random numbers, functions a meaning, so that its lines can be checked."""
    meanings = {(name, order): PROBES[order] for name, order in named_functions(trace)}
    calls = {"d" * order + name: f for (name, order), f in meanings.items()}
    for attempt in count():
        rng = stream("probe", exercise, attempt)
        point = {variable.name: random_numbers(variable.shape, rng) for variable in trace.inputs}
        floats = evaluate(trace, point, FLOAT, meanings)
        if clear_of_kinks(trace, floats):
            break
    return Trial(trace, meanings, floats), calls


def random_numbers(shape: Shape, rng: Random) -> Any:
    """Doubles between -2 and 2, not zero."""
    numbers = [rng.choice((-1, 1)) * rng.randint(1, 2048) / 1024 for _ in range(prod(shape))]
    return np.array(numbers).reshape(shape)[()]


def clear_of_kinks(trace: Trace, values: Mapping[str, Any]) -> bool:
    """Whether every ReLU's input is so far from 0 that finite differences stay on one side, and no rounding matters."""
    inputs = [values[step.inputs[0]] for step in trace.steps if step.primitive in KINKED]
    return all(bool(np.all(np.abs(x) > AWAY)) for x in inputs)


KINKED = frozenset({"relu", "leaky_relu", "elu"})
AWAY = 0.02

# A function that no identity of the page can hold for by accident, and its derivatives.
PROBES = (
    lambda x: 1 / (1 + x * x) + x / 3,
    lambda x: -2 * x / (1 + x * x) ** 2 + Fraction(1, 3),
    lambda x: (6 * x * x - 2) / (1 + x * x) ** 3,
)
