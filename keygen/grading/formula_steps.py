"""A formula that somebody typed as steps of a trace, in the place of the trace's own: who works numbers out by a wrong
formula goes on rightly from it.

A formula of a variable takes the place of what defines it. A formula of one letter, f' = 1 - f^2, takes the place of
every value that the trace makes of another one in the key's way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from keygen.engine.primitives import PRIMITIVES
from keygen.engine.trace import Step, Variable, shape_of
from keygen.errors import KeygenError
from keygen.grading.formula_following import TypedAnswer
from keygen.grading.formula_terms import term
from keygen.grading.formulas import Point, close, names_in, value
from keygen.grading.grammar import Formula
from keygen.grading.replays import Workings, twins_in
from keygen.grading.traced_formulas import traced_formula
from keygen.grading.typed_text import UnreadableError
from keygen.mathematics.terms import Apply, Name, Term


def own_steps(typed: Iterable[TypedAnswer], workings: Workings) -> dict[str, Step]:
    """What stands in a trace for whoever goes by these formulas, those that are not the key's: steps by their targets,
    with the links that they take."""
    found: dict[str, Step] = {}
    for one in typed:
        try:
            formula, same = one.read
        except UnreadableError:
            continue
        if same is not False:
            continue
        at = one.formula.wanted.values[0][0]
        for target, letters in targets(one, workings):
            try:
                found |= StepBuilder(workings, target, letters, at).steps_of(formula)
            except (KeygenError, UnreadableError, RecursionError):
                continue
    return found


def targets(one: TypedAnswer, workings: Workings) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The variables that the key's formula is of, each with the variables that its letters are."""
    traced = traced_formula(one.asked, one.formula, workings)
    if traced is not None:
        letters = {letter: name for name, letter in traced.kept.items()}
        yield from ((name, letters) for name in said_alike(traced.variable, workings))
        return
    alone = sorted(names_in(one.formula.wanted.formula))
    if len(alone) == 1:
        for source, target in made_alike(one.formula.wanted.formula, alone[0], workings):
            yield target, {alone[0]: source}


def said_alike(name: str, workings: Workings) -> list[str]:
    """A variable, and those of which the trace says that they are what it is."""
    same = {name, *twins_in(workings.trace).get(name, ())}
    return [name, *(of for of, link in workings.trace.also if link in same and of != name)]


def made_alike(key: Formula, letter: str, workings: Workings) -> Iterator[tuple[str, str]]:
    """The pairs of variables of which the second is made of the first alone, in several steps, and is what a formula
    is of it."""
    for target in workings.trace.defining:
        source = target
        for _ in range(len(workings.trace.defining)):
            step = workings.trace.defining.get(source)
            inputs = [] if step is None else [name for name in step.inputs if not constant(name, workings)]
            if len(set(inputs)) != 1:
                break
            source = inputs[0]
            if is_value(key, letter, source, target, workings):
                yield source, target
                break


def constant(name: str, workings: Workings) -> bool:
    """Whether a variable is a number that belongs to a formula."""
    step = workings.trace.defining.get(name)
    return step is not None and step.primitive == "constant"


def is_value(key: Formula, letter: str, source: str, target: str, workings: Workings) -> bool:
    """Whether a formula has the value of one variable at that of another."""
    right = np.asarray(workings.floats[target])
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(value(key, {letter: workings.floats[source]}))
    except UnreadableError:
        return False
    return found.shape == right.shape and bool(np.all(np.isfinite(found))) and close(right, found)


@dataclass
class StepBuilder:
    """Builds the steps of a variable by a formula, whose `letters` are variables; `at` has values of the shapes that
    they have in the formula."""

    workings: Workings
    target: str
    letters: Mapping[str, str]
    at: Point
    steps: dict[str, Step] = field(default_factory=dict)

    def steps_of(self, formula: Formula) -> dict[str, Step]:
        """The steps by their targets. Raises KeygenError for another shape, a letter that is no variable, or a sign
        that no trace has."""
        shape = self.workings.trace.shapes[self.target]
        last = self.built(term(formula, self.at))
        if last.shape not in (shape, ()):
            raise KeygenError(f"another shape than {self.target}")
        target = Variable(self.target, shape)
        whole = (
            Step(target, "copy", (last.name,))
            if last.shape == shape
            else Step(target, "repeat_to", (last.name,), shape)
        )
        return {**self.steps, self.target: whole}

    def built(self, whole: Term) -> Variable:
        """The variable that a term is, with the steps to it."""
        match whole:
            case Name(name):
                known = self.letters.get(name, name)
                if known not in self.workings.trace.shapes or known == self.target:
                    raise KeygenError(f"{name} is no variable here")
                return Variable(known, self.workings.trace.shapes[known])
            case Apply(primitive, args, param) if primitive in PRIMITIVES:
                inputs = [self.built(arg) for arg in args]
                shape = shape_of(self.target, primitive, tuple(one.shape for one in inputs), param)
                link = Variable(f"_{self.target}_own_{len(self.steps)}", shape)
                self.steps[link.name] = Step(link, primitive, tuple(one.name for one in inputs), param)
                return link
        raise KeygenError("a sign that no trace has")
