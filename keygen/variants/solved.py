"""A variant of an exercise and what came of it: values, lines and answers, in no language yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from keygen.calculus.claims import Claim, Condition, decided, entry_of
from keygen.course.draw import Data
from keygen.course.exercise import Exercise, resolved
from keygen.engine.mistaken import Mistaken
from keygen.engine.replay import Replay
from keygen.engine.trace import Trace
from keygen.errors import KeygenError, nearest
from keygen.mathematics.answers import Answer, ExactForm, FormulaSource, answer, known, stated, without_lines
from keygen.mathematics.choices import because
from keygen.mathematics.terms import Chain, Name, chain, symbols
from keygen.variants.conclusions import Conclusions, conclusions
from keygen.variants.trial import Trial

if TYPE_CHECKING:
    from keygen.matrix.parse import FormulaProblem


@dataclass(frozen=True, slots=True)
class Variant:
    """One draw: lengths of the axes, choices of structure, data and formulas by name.

    `who` it was drawn for: a seed, a student's id, or None for the published numbers.
    """

    who: int | str | None
    lengths: Mapping[str, int]
    choices: Mapping[str, Any]
    data: Mapping[str, Data]
    problems: Mapping[str, FormulaProblem] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """A digest of the data: two variants that a student could not tell apart have one."""
        data = repr([sorted(part.items()) for part in (self.lengths, self.choices, self.data, self.problems)])
        return sha256(data.encode()).hexdigest()


class Evaluation(Protocol):
    """A trace, the values of its names, and a meaning for each function that it only names."""

    @property
    def trace(self) -> Trace:
        """The computation, recorded."""

    @property
    def values(self) -> Mapping[str, Any]:
        """The value of every name of the trace."""

    @property
    def calls(self) -> Mapping[str, Any]:
        """A meaning for each function that the trace only names."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An evaluation that is done."""

    trace: Trace
    values: Mapping[str, Any]
    calls: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Solved:
    """A solved variant. `shown` is what the exercise prepared for its page; `calls` gives named functions a meaning.

    `rejected` counts the draws that went before it, by the condition that each failed.
    """

    exercise: Exercise
    variant: Variant
    evaluation: Evaluation
    rejected: Mapping[str, int] = field(default_factory=dict)

    @property
    def trace(self) -> Trace:
        """The computation, recorded."""
        return self.evaluation.trace

    @property
    def values(self) -> Mapping[str, Any]:
        """The value of every name of the trace."""
        return self.evaluation.values

    @property
    def calls(self) -> Mapping[str, Any]:
        """A meaning for each function that the trace only names."""
        return self.evaluation.calls

    @cached_property
    def choices(self) -> Mapping[str, Any]:
        """Lengths and choices by name."""
        return MappingProxyType({**self.variant.lengths, **self.variant.choices})

    @property
    def problems(self) -> Mapping[str, FormulaProblem]:
        """The formulas of the parts, in an exercise by matrix differentials."""
        return self.variant.problems

    @cached_property
    def signs(self) -> Mapping[str, str]:
        """The exercise's own signs for its names."""
        with self.exercise.author_errors():
            return dict(resolved(self.exercise.signs, self.choices))

    @cached_property
    def chains(self) -> dict[str, Chain]:
        """The lines made so far, by variable."""
        return {}

    @cached_property
    def claims(self) -> dict[tuple[str, tuple[int, ...]], Claim]:
        """The claims made so far, by variable and place."""
        return {}

    @cached_property
    def reasons(self) -> dict[str, tuple[Chain, ...]]:
        """The relations behind choices found so far, by variable."""
        return {}

    @cached_property
    def replays(self) -> dict[Mistaken, Replay]:
        """What followed from mistakes so far."""
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

    def formula(self, name: str) -> Chain:
        """name = formula, the symbols of its line alone: of the trace, which needs no values for it."""
        self.name(name)  # raises for a name that there is not
        return symbols(self.trace, name)

    def because(self, name: str) -> tuple[Chain, ...]:
        """The relations that decide the choices in a variable's line: 3 <= x < 4 for its whole part. Raises KeygenError
        for a line without a choice."""
        self.chain(name)  # raises for a name that there is not
        if name not in self.reasons:
            self.reasons[name] = because(self.trace, self.values, name)
        if not self.reasons[name]:
            raise KeygenError(f"the line of {name!r} has no choice that numbers decide", repair="write the line alone")
        return self.reasons[name]

    def replay(self, made: Mistaken) -> Replay:
        """What follows from a mistake, worked out as far as somebody asks."""
        found = self.replays.get(made)
        if found is None or found.steps is not made.steps:
            found = self.replays[made] = Replay(self.trace, self.values, steps=made.steps)
        return found

    def name(self, name: str) -> Name:
        """A variable as a term."""
        if name not in self.trace.shapes:
            raise KeygenError(f"the computation has no variable {name!r}", repair=nearest(name, self.trace.named))
        return Name(name, self.trace.shapes[name])

    def choice(self, name: str) -> Any:
        """A length or a choice."""
        if name not in self.choices:
            raise KeygenError(f"the exercise has no choice {name!r}", repair=nearest(name, self.choices))
        return self.choices[name]

    def claim(self, name: str, *place: int) -> Claim:
        """A variable's value, or that of the entry at a place counted from 0, to stand alone in a table or in words."""
        if (name, place) not in self.claims:
            if name not in self.values:
                raise KeygenError(f"the computation has no variable {name!r}", repair=nearest(name, self.values))
            self.claims[name, place] = entry_of(self.name(name), self.values[name], place)
        return self.claims[name, place]

    def whether(self, *relations: Chain) -> Condition:
        """Whether all of some relations hold, in the variables of the computation: what words may be chosen by."""
        return decided(self.values, *relations, file=self.exercise.file)

    @cached_property
    def conditions(self) -> Mapping[str, Condition]:
        """The exercise's conditions by name."""
        if self.exercise.conditions is None:
            return {}
        with self.exercise.author_errors():
            found = self.exercise.conditions(self)
            return MappingProxyType({name: named_condition(name, said) for name, said in found.items()})

    @cached_property
    def shown(self) -> Mapping[str, Any]:
        """What the exercise's `show` prepared: tables, figures, lists of lines."""
        if self.exercise.show is None:
            return {}
        with self.exercise.author_errors():
            return dict(self.exercise.show(self))

    @cached_property
    def sources(self) -> Mapping[str, Mapping[str, Any]]:
        """What the exercise answers with: the source of each answer, by part and name."""
        with self.exercise.author_errors():
            found: Mapping[str, Mapping[str, Any]] = (
                self.exercise.answers(self) if callable(self.exercise.answers) else self.exercise.answers
            )
            return found

    def answers(self, exact_form: ExactForm | None = None) -> dict[str, dict[str, Answer]]:
        """The answers of each part, by name."""
        sources = self.sources
        return {part: {name: self.answer(part, name, exact_form) for name in sources[part]} for part in sources}

    def answer(self, part: str, name: str, exact_form: ExactForm | None = None) -> Answer:
        """One answer. Raises KeygenError for a source that is none."""
        found = self.answered.get((part, name)) if exact_form is None else None
        if found is None:
            with self.exercise.author_errors():
                found = answer(self.sources[part][name], self.trace, self.values, exact_form)
            if exact_form is None:
                self.answered[part, name] = found
        return found

    def require_answers(self) -> None:
        """Raise KeygenError for a source that is none; formulas are not written out for that."""
        for part, named in self.sources.items():
            for name in named:
                if self.formula_behind(part, name) is None:
                    self.answer(part, name)

    @cached_property
    def answered(self) -> dict[tuple[str, str], Answer]:
        """The answers made so far, by part and name."""
        return {}

    def formula_behind(self, part: str, name: str) -> FormulaSource | None:
        """The source of an answer that is a variable written out, which takes longer than to see that it is one; None
        for any other. Raises KeygenError for a variable that there is not."""
        source = without_lines(self.sources[part][name])
        if not isinstance(source, FormulaSource):
            return None
        with self.exercise.author_errors():
            known(source.name, self.trace.shapes)
        return source

    @cached_property
    def conclusions(self) -> Conclusions:
        """The lines by which a page shows the answers."""
        with self.exercise.author_errors():
            return conclusions(self.sources, self.trace, self.chain)

    def given(self) -> dict[str, Answer]:
        """The data and the choices, as a second program needs them to solve the exercise again."""
        said = {name: stated(as_said(value)) for name, value in self.variant.choices.items()}
        numbers = {name: answer(name, self.trace, self.values) for name in self.variant.data}
        with self.exercise.author_errors():
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
