"""Where lines about formulas are tried: at random numbers, with a meaning for each function that is only named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property, partial
from itertools import count
from math import prod
from random import Random
from typing import Any

import numpy as np

from keygen.course.draw import Draws, stream
from keygen.engine.decisions import gaps
from keygen.engine.domains import EXACT, FLOAT
from keygen.engine.evaluate import Functions, Program, evaluate
from keygen.engine.lazy import LazyValues
from keygen.engine.primitives import PRIMITIVES, Shape
from keygen.engine.real import in_decimals
from keygen.engine.trace import Trace

Function = Callable[[Any], Any]


def named_functions(trace: Trace) -> set[tuple[str, int]]:
    """The functions that the trace only names, with the order of each derivative it takes."""
    return {step.param for step in trace.steps if step.primitive == "apply"}  # type: ignore[misc]  # whose param is a pair


def probes(trace: Trace) -> Functions:
    """A meaning for each function that the trace only names."""
    named = named_functions(trace)
    places = {name: place for place, name in enumerate(sorted({name for name, _ in named}))}
    return {(name, order): probe(places[name], order) for name, order in named}


def probe(place: int, order: int) -> Function:
    """A function for the name at a place, or its derivative; no two names have the same."""
    base, more = PROBES[place % len(PROBES)][order], place // len(PROBES)
    return (lambda x: base(x) + more * (x, 1, 0)[order]) if more else base


class Trial(LazyValues):
    """The values of a trace about formulas at a point where its lines are tried: in balls as far as somebody asks, and
    in `floats` for a quick look. The point is looked for when the first value is asked for: what is refused for its
    structure, and what is told without its lines, has none.
    """

    def __init__(self, exercise: str, trace: Trace, functions: Functions) -> None:
        super().__init__(
            Program(trace, EXACT, functions), Draws({v.name: partial(self.in_balls, v.name) for v in trace.inputs})
        )
        self.exercise, self.functions = exercise, functions

    @cached_property
    def floats(self) -> Mapping[str, Any]:
        """The values in float64."""
        trace = self.program.trace
        for attempt in count():
            rng = stream("probe", self.exercise, attempt)
            point = {variable.name: random_numbers(variable.shape, rng) for variable in trace.inputs}
            floats = evaluate(trace, point, FLOAT, self.functions)
            if clear_of_kinks(trace, floats):
                break
        return floats

    def in_balls(self, name: str) -> Any:
        """The numbers of an input, exactly, to be computed with in balls: as fractions they would grow too long."""
        return np.frompyfunc(lambda x: in_decimals(Fraction(x)), 1, 1)(self.floats[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def finished(self) -> Trial:
        """Itself: its values go on being worked out when they are asked for."""
        return self


def trial(exercise: str, trace: Trace) -> tuple[Trial, Mapping[str, Any]]:
    """An exercise about formulas: inputs get random numbers, functions a meaning, so that its lines can be checked."""
    meanings = probes(trace)
    calls = {"d" * order + name: f for (name, order), f in meanings.items()}
    return Trial(exercise, trace, meanings), calls


def random_numbers(shape: Shape, rng: Random) -> Any:
    """Doubles between -2 and 2, not zero."""
    numbers = [rng.choice((-1, 1)) * rng.randint(1, 2048) / 1024 for _ in range(prod(shape))]
    return np.array(numbers).reshape(shape)[()]


def clear_of_kinks(trace: Trace, values: Mapping[str, Any]) -> bool:
    """Whether what goes into a choice is so far from where another would be made that finite differences stay on one
    side, and no rounding matters."""
    choices = [step for step in trace.steps if PRIMITIVES[step.primitive].decides]
    return all(gap > AWAY for step in choices for gap in gaps(step, values, FLOAT))


AWAY = 0.02

# Functions that no identity of the page can hold for by accident, each with its derivatives; the second has no zero.
PROBES: tuple[tuple[Function, ...], ...] = (
    (
        lambda x: 1 / (1 + x * x) + x / 3,
        lambda x: -2 * x / (1 + x * x) ** 2 + Fraction(1, 3),
        lambda x: (6 * x * x - 2) / (1 + x * x) ** 3,
    ),
    (
        lambda x: 2 + x / (1 + x * x),
        lambda x: (1 - x * x) / (1 + x * x) ** 2,
        lambda x: 2 * x * (x * x - 3) / (1 + x * x) ** 3,
    ),
)
