"""Formulas of a computation with follow-through: at random numbers in the place of its letters the trace is replayed
from the student's earlier formulas, and its known slips are tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from keygen.engine.domains import FLOAT
from keygen.engine.evaluate import bound
from keygen.engine.mistaken import Mistaken
from keygen.engine.replay import AS_RECORDED
from keygen.engine.trace import Step, Trace
from keygen.errors import KeygenError
from keygen.grading.asked_columns import AskedColumn
from keygen.grading.formula_links import AskedFormula
from keygen.grading.formula_terms import term, with_terms
from keygen.grading.formulas import Array, array_at, close, named_function
from keygen.grading.grammar import Formula
from keygen.grading.replays import NO_VALUE, QuickReplay, Workings
from keygen.grading.typed_text import UnreadableError
from keygen.mathematics.answers import FormulaSource
from keygen.mathematics.formula import formula as formula_text
from keygen.mathematics.terms import written

FAILURES = (*NO_VALUE, UnreadableError, KeygenError, KeyError, TypeError)


class FormulaReplay(QuickReplay):
    """A replay in which the functions that an exercise only names are those of its formulas."""

    def rule(self, step: Step) -> Callable[..., Any]:
        """What works a step out."""
        step = self.steps.get(step.target.name, step)
        named: Any = step.param
        return bound(step, FLOAT, {named: meaning(named)} if step.primitive == NAMED else {})


NAMED = "apply"


def meaning(named: Any) -> Callable[[Any], Any]:
    """What stands for a function with a name, and for its derivative. Raises KeygenError for one of a higher order."""
    name, order = named
    if order > 1:
        raise KeygenError(f"no formula has a derivative of {name} of order {order}")
    return named_function(f"d{name}" if order else name)


@dataclass(frozen=True)
class TracedFormula:
    """A formula of a variable of a trace, and the letters of it that are variables which it keeps, by their names;
    `spelled` is how the key spells names that it does not call as the trace does."""

    workings: Workings
    variable: str
    kept: Mapping[str, str]
    asked: AskedFormula
    spelled: Mapping[str, str]

    def follows(self, typed: Formula, earlier: Mapping[str, Formula]) -> bool:
        """Whether a formula comes from others, by the variables that these are for."""
        return self.agrees(typed, earlier, AS_RECORDED) and not self.agrees(typed, {}, AS_RECORDED)

    def slips(self, typed: Formula, earlier: Mapping[str, Formula]) -> tuple[Mistaken, ...]:
        """The known slips that lead to a formula, behind those of others."""
        found = self.workings.mistakes({self.variable}, {*self.kept, *earlier})
        return tuple(one for one in found if self.agrees(typed, earlier, one.steps))

    def agrees(self, typed: Formula, earlier: Mapping[str, Formula], steps: Mapping[str, Step]) -> bool:
        """Whether a formula has the values that come out of others, and of some steps, at every point."""
        try:
            with np.errstate(all="ignore"):
                return all(close(found, value) for found, value in self.pairs(typed, earlier, steps))
        except FAILURES:
            return False

    def pairs(
        self, typed: Formula, earlier: Mapping[str, Formula], steps: Mapping[str, Step]
    ) -> Iterator[tuple[Array, Array]]:
        """What comes out at each point, and what was typed. Raises one of FAILURES where there is no value."""
        for base, at, right in self.points:
            given = {name: base[name] for name in self.kept}
            for name, formula in earlier.items():
                value = array_at(formula, at, np.asarray(base[name]))
                if value is None:
                    raise ValueError("another shape")
                given[name] = value if value.shape else float(value)
            found = np.asarray(FormulaReplay(self.part, base, given, steps=steps, domain=FLOAT)[self.variable])
            value = array_at(typed, at, right)
            if value is None or not np.all(np.isfinite(found)):
                raise ValueError("another shape")
            yield np.reshape(found, right.shape), value

    def replay(self, earlier: Mapping[str, Formula]) -> str:
        """What comes out of others, as the key writes formulas; "" where it has no such form."""
        at = self.asked.wanted.values[0][0]
        try:
            terms = {name: term(formula, at) for name, formula in earlier.items()}
            inline = (self.part.defining.keys() - earlier.keys()).__contains__
            whole = terms.get(self.variable) or with_terms(written(self.part, self.variable, inline), terms)
            text = formula_text(whole, self.spelled)
            back = self.asked.wanted.read(self.asked.letters.spelled(text))
        except FAILURES:
            return ""
        same = self.variable in earlier and self.agrees(back, earlier, AS_RECORDED)
        return text if same or self.follows(back, earlier) else ""

    @property
    def points(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], Array]]:
        """The values of the trace at the key's random points, these, and the key's value there. Raises one of FAILURES
        where the trace does not lead to it."""
        for at, right in self.asked.wanted.values:
            letters = {**{variable.name: variable.name for variable in self.part.inputs}, **self.kept}
            base = {name: at[letter] for name, letter in letters.items()}
            replay = FormulaReplay(self.part, base, domain=FLOAT)
            for step in self.part.steps:
                base[step.target.name] = replay.worked_out(step)
            if not close(np.reshape(np.asarray(base[self.variable]), right.shape), right):
                raise ValueError("the key's formula is another one here")
            yield base, at, right

    @cached_property
    def part(self) -> Trace:
        """What of the trace leads to the variable from what is kept."""
        return self.workings.trace.cut_at(self.kept, {self.variable})

    def rests_on(self, other: TracedFormula) -> bool:
        """Whether another's variable is this one's, or stands behind it."""
        return other.variable in self.workings.segment({self.variable}, self.kept)


def traced_formula(asked: AskedColumn, formula: AskedFormula, workings: Workings) -> TracedFormula | None:
    """A formula as one of a trace; None for another."""
    source = asked.plain_source
    if not isinstance(source, FormulaSource) or source.name not in workings.trace.defining:
        return None
    spelled = dict(source.spelled)
    letters = {name: spelled.get(name, name) for name in source.keep}
    kept = {name: letter for name, letter in letters.items() if name in workings.trace.shapes}
    return TracedFormula(workings, source.name, kept, formula, spelled)
