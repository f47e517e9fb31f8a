"""A solved exercise: a variant of its data with all values, and what a page, a key and a check read off them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import numpy as np

from keygen.course.answers import Answer, ExactForm, answer, stated
from keygen.course.claims import Claim, Condition, decided, entry_of
from keygen.course.draw import Data, Draws
from keygen.course.exercise import Exercise, resolved
from keygen.differentials.grammar import Problem
from keygen.engine.evaluate import Functions, Program
from keygen.engine.gradual import Gradual
from keygen.engine.kinds import EXACT
from keygen.engine.real import in_decimals
from keygen.engine.terms import Chain, Name, chain
from keygen.engine.trace import Trace
from keygen.errors import KeygenError, nearest


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


class Evaluation:
    """A variant of an exercise with its values, however far they are worked out, and what can be read off them.

    `shown` is what the exercise prepared for its page; `calls` gives named functions a meaning.
    """

    exercise: Exercise
    variant: Variant
    trace: Trace
    values: Mapping[str, Any]
    calls: Mapping[str, Any]

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


@dataclass(frozen=True)
class Solved(Evaluation):
    """A solved variant: all values are there. `rejected` counts the draws that went before it, by the condition that
    each failed."""

    exercise: Exercise
    variant: Variant
    trace: Trace
    values: Mapping[str, Any]
    calls: Mapping[str, Any] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)


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


def in_balls(floats: Any) -> Any:
    """The same numbers, exactly, to be computed with in balls: as fractions they would grow too long."""
    return np.frompyfunc(lambda x: in_decimals(Fraction(x)), 1, 1)(floats)
