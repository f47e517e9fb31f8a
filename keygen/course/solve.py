"""Solving: an exercise and a variant of its data give values, lines and answers, in no language yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import count
from math import prod
from random import Random
from types import MappingProxyType
from typing import Any

import numpy as np

from keygen.course.answers import Answer, ExactForm, answer, stated
from keygen.course.claims import Claim, Condition, decided, entry_of
from keygen.course.conditions import refusal, watches
from keygen.course.draw import Data, Draws, Grid, sizes, stream
from keygen.course.exercise import Exercise, resolved
from keygen.course.pins import apply_pin, pinned_lengths
from keygen.course.secret import PUBLIC
from keygen.course.source import Source
from keygen.differentials.grammar import Problem
from keygen.engine.evaluate import Functions, Program, evaluate
from keygen.engine.gradual import NOBODY, Gradual, gradual
from keygen.engine.kinds import EXACT, FLOAT, POLYNOMIAL
from keygen.engine.ops import PRIMITIVES, Shape
from keygen.engine.polynomial import Polynomial
from keygen.engine.real import in_decimals
from keygen.engine.terms import Chain, Name, chain
from keygen.engine.trace import Trace
from keygen.errors import KeygenError, line_where, nearest

TRIES = 2000  # draws before an exercise is said to have no worthwhile variant


@dataclass(frozen=True, slots=True)
class Variant:
    """One draw: lengths of the axes, choices of structure, data and formulas by name.

    `who` it was drawn for: a seed, a student's id, or None for the published numbers.
    """

    who: int | str | None
    lengths: Mapping[str, int]
    choices: Mapping[str, Any]
    data: Mapping[str, Data]
    problems: Mapping[str, Problem] = field(default_factory=dict)


@dataclass(frozen=True)
class Solved:
    """A solved variant. `shown` is what the exercise prepared for its page; `calls` gives named functions a meaning.

    `rejected` counts the draws that went before it, by the condition that each failed.
    """

    exercise: Exercise
    variant: Variant
    trace: Trace
    values: Mapping[str, Any]
    calls: Mapping[str, Any] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)

    @property
    def choices(self) -> Mapping[str, Any]:
        """Lengths and choices by name."""
        return MappingProxyType({**self.variant.lengths, **self.variant.choices})

    @property
    def problems(self) -> Mapping[str, Problem]:
        """The formulas of the parts, in an exercise by matrix differentials."""
        return self.variant.problems

    @cached_property
    def signs(self) -> Mapping[str, str]:
        """The exercise's own signs for its names."""
        with self.exercise.speaking():
            return dict(resolved(self.exercise.signs, self.choices))

    @cached_property
    def chains(self) -> dict[str, Chain]:
        """The lines made so far, by variable."""
        return {}

    @property
    def quick(self) -> Mapping[str, Any]:
        """The values for a look in float64, which may only confirm: such already where formulas are tried."""
        return self.values.floats if isinstance(self.values, Trial) else self.values

    def chain(self, name: str) -> Chain:
        """symbols = numbers = value for one variable."""
        if name not in self.chains:
            if name not in self.values:
                raise KeygenError(f"the computation has no variable {name!r}", repair=nearest(name, self.values))
            self.chains[name] = chain(self.trace, self.values, name)
        return self.chains[name]

    def name(self, name: str) -> Name:
        """A variable as a term."""
        return Name(name, self.trace.shapes[name])

    def claim(self, name: str, *place: int) -> Claim:
        """A variable's value, or that of the entry at a place counted from 0, to stand alone in a table or in words."""
        if name not in self.values:
            raise KeygenError(f"the computation has no variable {name!r}", repair=nearest(name, self.values))
        return entry_of(self.name(name), self.values[name], place)

    def whether(self, *relations: Chain) -> Condition:
        """Whether all of some relations hold, in the variables of the computation: what words may be chosen by."""
        return decided(self.values, *relations)

    @cached_property
    def conditions(self) -> Mapping[str, Condition]:
        """The exercise's conditions by name."""
        if self.exercise.conditions is None:
            return {}
        with self.exercise.speaking():
            found = self.exercise.conditions(self)
            return MappingProxyType({name: named_condition(name, said) for name, said in found.items()})

    @cached_property
    def shown(self) -> Mapping[str, Any]:
        """What the exercise's `show` prepared: tables, figures, lists of lines."""
        if self.exercise.show is None:
            return {}
        with self.exercise.speaking():
            return dict(self.exercise.show(self))

    def answers(self, exact_form: ExactForm | None = None) -> dict[str, dict[str, Answer]]:
        """The answers of each part, by name."""
        with self.exercise.speaking():
            table = self.exercise.answers(self) if callable(self.exercise.answers) else self.exercise.answers
            return {
                part: {name: answer(source, self.trace, self.values, exact_form) for name, source in sources.items()}
                for part, sources in table.items()
            }

    def given(self) -> dict[str, Answer]:
        """The data and the choices, as a second program needs them to solve the exercise again."""
        said = {name: stated(as_said(value)) for name, value in self.variant.choices.items()}
        numbers = {name: answer(name, self.trace, self.values) for name in self.variant.data}
        with self.exercise.speaking():
            sources = self.exercise.told(self) if callable(self.exercise.told) else self.exercise.told
            told = {n: answer(source, self.trace, self.values) for n, source in sources.items() if source is not None}
        left = [name for name in self.exercise.given if name not in sources or name in told]
        return {**{name: {**numbers, **said}[name] for name in left}, **told}


def named_condition(name: str, said: Any) -> Condition:
    """A condition, if it is one."""
    if isinstance(said, Condition):
        return said
    raise KeygenError(
        f"the condition {name!r} cannot be checked",
        expected="s.whether(relation(...), ...), or Condition(holds, relations)",
        found=repr(said)[:80],
        repair="say it in relations between variables of the computation",
    )


def as_said(value: Any) -> Any:
    """A choice in JSON's types."""
    return list(value) if isinstance(value, tuple) else value


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


class Candidate(Solved):
    """A draw that may be refused: its trace is recorded, its data are drawn and its values are worked out as far as
    somebody asks, with the house's conditions on watch.
    """

    def __init__(self, exercise: Exercise, variant: Variant) -> None:
        vars(self).update(exercise=exercise, variant=variant)

    @cached_property
    def trace(self) -> Trace:
        """The computation of the draw's structure."""
        return self.exercise.trace(self.variant.lengths, self.variant.choices)

    @cached_property
    def work(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Values and calls."""
        with self.exercise.speaking():
            return evaluated(self.exercise.id, self.variant, self.trace, watched=True)

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The values, in the making."""
        return self.work[0]

    @cached_property
    def calls(self) -> Mapping[str, Any]:
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


class Trial(Gradual):
    """The values of a trace about formulas at a point where its lines are tried: in balls as far as somebody asks, and
    in `floats` for a quick look.
    """

    def __init__(self, trace: Trace, functions: Functions, floats: Mapping[str, Any]) -> None:
        point = {variable.name: partial(in_balls, floats[variable.name]) for variable in trace.inputs}
        super().__init__(Program(trace, EXACT, functions), Draws(point))
        self.floats = floats

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)


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


def in_balls(floats: Any) -> Any:
    """The same numbers, exactly, to be computed with in balls: as fractions they would grow too long."""
    return np.frompyfunc(lambda x: in_decimals(Fraction(x)), 1, 1)(floats)


def clear_of_kinks(trace: Trace, values: Mapping[str, Any]) -> bool:
    """Whether what goes into a function in two pieces is so far from 0 that finite differences stay on one side, and no
    rounding matters."""
    inputs = [values[step.inputs[0]] for step in trace.steps if PRIMITIVES[step.primitive].kinked]
    return all(bool(np.all(np.abs(x) > AWAY)) for x in inputs)


AWAY = 0.02

# A function that no identity of the page can hold for by accident, and its derivatives.
PROBES = (
    lambda x: 1 / (1 + x * x) + x / 3,
    lambda x: -2 * x / (1 + x * x) ** 2 + Fraction(1, 3),
    lambda x: (6 * x * x - 2) / (1 + x * x) ** 3,
)
