"""The known slips of a solved variant: each mistake carried on through the trace, and the first answer that it changes.

What changes no answer, has no value, or can't be told from the right value is no slip of this variant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from keygen.calculus.claims import Claim
from keygen.engine.mistaken import Mistaken
from keygen.engine.mistaken import mistaken as mistaken_in
from keygen.engine.replay import Replay, told_apart
from keygen.engine.slip_words import ending, has_end, line_of, sentence, several
from keygen.engine.trace import Trace
from keygen.errors import KeygenError
from keygen.mathematics.answers import Answer, ConcludedSource, MatricesSource, answer
from keygen.mathematics.terms import Chain, Literal, Name, Term, leaves_of, written
from keygen.variants.solved import Solved

Asked = Mapping[str, list[tuple[str, str]]]
"""The variables of the answers that are numbers, and which answers each is (or stands in): part and name."""


@dataclass(frozen=True)
class SlipChain(Chain):
    """A line whose numbers follow from a slip; its letters bring their wrong values, all others have their own."""

    slip: Mistaken = field(kw_only=True)


@dataclass(frozen=True)
class Slip:
    """A mistake that changes an answer.

    made      what is wrong, and where
    variable  the first variable of an answer, in the order of the trace, that comes out otherwise
    answers   the answers that it is, or stands in: part and name
    values    all variables, with what follows from the mistake
    """

    solved: Solved
    made: Mistaken
    variable: str
    answers: tuple[tuple[str, str], ...]
    values: Replay

    @property
    def name(self) -> str:
        """The mistake, by its name in the table."""
        return self.made.name

    @property
    def sentence(self) -> str:
        """The mistake, by the name of its sentence, which names the function that it is about."""
        return sentence(self.solved.trace, self.made)

    @property
    def at(self) -> tuple[str, ...]:
        """The targets of the steps that are wrong."""
        return self.made.at

    @property
    def part(self) -> str:
        """The first part whose answer it changes."""
        return self.answers[0][0]

    @property
    def wrong(self) -> Any:
        """The value of the variable."""
        return self.values[self.variable]

    @property
    def through(self) -> tuple[str | Fraction, ...]:
        """What the sentence of a slip ends with: the variables through which the contributions arrive that it counts or
        leaves out, the factor or the divisor that is left out."""
        return ending(self.solved.trace, self.made)

    @property
    def place(self) -> Term | None:
        """What should stand at the wrong step, where the same sentence could be said of another one in its line."""
        trace = self.solved.trace
        return written(trace, self.at[0]) if several(trace, self.made) else None

    @property
    def told(self) -> bool:
        """Whether its sentence can say what is done wrongly."""
        return has_end(self.solved.trace, self.made)

    @cached_property
    def line(self) -> str:
        """The variable in whose line the (first) wrong step stands: itself, or where the link is written out."""
        return line_of(self.solved.trace, self.at[0])

    @cached_property
    def claim(self) -> Claim:
        """The wrong value, from the variable's line as it stands then."""
        term = written(self.trace, self.variable)
        names = {leaf.name for leaf in leaves_of(term) if isinstance(leaf, Name)}
        at = {name: self.values[name] for name in (self.variable, *sorted(names))}
        links: tuple[Term, ...] = (self.solved.name(self.variable), term, Literal(self.wrong))
        return Claim(SlipChain(links, at=at, slip=self.made))

    @cached_property
    def trace(self) -> Trace:
        """The trace with the mistake, as far as the line of the variable goes; its steps are in no order."""
        trace, steps = self.solved.trace, self.values.steps
        return Trace(trace.inputs, tuple({**trace.defining, **steps}.values()))

    def answer(self, part: str, name: str) -> Answer:
        """An answer as it comes out. Raises KeygenError where it has no value then, or is no number of the trace."""
        return answer(self.solved.sources[part][name], self.solved.trace, self.values)


def slips(solved: Solved) -> tuple[Slip, ...]:
    """All known slips of a variant, the most typical first; none where its inputs stay letters."""
    return tuple(found(solved, mistaken_in(solved.trace)) if numeric(solved) else ())


def numeric(solved: Solved) -> bool:
    """Whether all of the trace is numbers."""
    return not solved.calls and all(variable.name in solved.variant.data for variable in solved.trace.inputs)


def found(solved: Solved, mistakes: Iterable[Mistaken]) -> Iterator[Slip]:
    """The slips among some mistakes, each worked out when it is asked for."""
    variables = asked(solved)
    for made in mistakes:
        values = solved.replay(made)
        first = next((name for name in variables if name in values.moved and differs(name, solved, values)), None)
        if first is not None:
            yield Slip(solved, made, first, tuple(variables[first]), values)


def differs(name: str, solved: Solved, values: Replay) -> bool:
    """Whether a variable is proven to come out otherwise; not where it has no value any more."""
    try:
        return told_apart(values[name], solved.values[name])
    except KeygenError:
        return False


def collected(found: Iterable[Slip]) -> tuple[tuple[Slip, ...], ...]:
    """Slips that nobody can tell apart by the first answer that they change, together."""
    groups: list[list[Slip]] = []
    for slip in found:
        for group in groups:
            if group[0].variable == slip.variable and not told_apart(group[0].wrong, slip.wrong):
                group.append(slip)
                break
        else:
            groups.append([slip])
    return tuple(map(tuple, groups))


def asked(solved: Solved) -> Asked:
    """The variables behind the answers, in the order of the trace."""
    behind: dict[str, list[tuple[str, str]]] = {}
    for part, answers in solved.sources.items():
        for name, source in answers.items():
            for variable in variables_of(source):
                behind.setdefault(variable, []).append((part, name))
    return {name: behind[name] for name in solved.trace.shapes if name in behind}


def variables_of(source: Any) -> Iterator[str]:
    """The variables whose values a source states."""
    match source:
        case str():
            yield source
        case ConcludedSource(source=inner):
            yield from variables_of(inner)
        case MatricesSource(names=names):
            yield from names
        case list() | tuple():
            yield from map(str, np.array(source, dtype=object).flat)
