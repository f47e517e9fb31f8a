"""Which draws are worth a student's time: the house's conditions, the exercise's own `worthwhile`, then its `band`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from keygen.course.fairness import outside
from keygen.engine.evaluate import as_float
from keygen.engine.polynomial import Polynomial
from keygen.errors import KeygenError, nearest

if TYPE_CHECKING:
    from keygen.course.solve import Solved

SATURATED = 4.0  # sigmoid and tanh arguments stay within [-4, 4]


class View:
    """What `worthwhile(v)` sees: every value and every choice by its name; `v.solved` for the rest."""

    def __init__(self, solved: Solved) -> None:
        self.solved = solved

    def __getattr__(self, name: str) -> Any:
        for found in (self.solved.values, self.solved.choices):
            if name in found:
                return found[name]
        known = [*self.solved.choices, *self.solved.values]
        raise KeygenError(f"the computation has no variable {name!r}", repair=nearest(name, known))


def failed(solved: Solved) -> str | None:
    """The first condition that the variant does not meet, None if it meets all."""
    return next((reason for reason, holds in conditions(solved) if not holds), None)


def conditions(solved: Solved) -> Iterator[tuple[str, bool]]:
    """Every condition with whether it holds: cheap ones first."""
    inputs = (solved.values[variable.name] for variable in solved.trace.inputs)
    numeric = not any(isinstance(value, Polynomial) for value in inputs) and not solved.calls
    if numeric and len(solved.variant.data) > 0:
        yield from house(solved)
    if solved.exercise.worthwhile is not None:
        with solved.exercise.speaking():
            verdicts = solved.exercise.worthwhile(View(solved))
        yield from ((reason, bool(holds)) for reason, holds in verdicts.items())
    yield from outside(solved)


def house(solved: Solved) -> Iterator[tuple[str, bool]]:
    """No kink, a living unit in each ReLU layer, no saturated sigmoid, no asked gradient that is all zero."""
    silent = cache(lambda: still(solved))
    for step in solved.trace.steps:
        if step.primitive == "relu":
            inputs = floats(solved.values[step.inputs[0]])
            yield f"no ReLU input of {step.target.name} is 0", bool(np.all(inputs)) or step.inputs[0] in silent()
            if inputs.size > 1:  # whether a lone unit may be silent is for the exercise to say
                yield f"a unit of {step.target.name} lives", bool(np.any(inputs > 0))
        if step.primitive in ("sigmoid", "tanh"):
            inputs = floats(solved.values[step.inputs[0]])
            yield f"the argument of {step.target.name} is moderate", bool(np.all(np.abs(inputs) <= SATURATED))
    for gradient in solved.trace.gradients:
        yield f"{gradient.target} is not all zero", bool(np.any(solved.values[gradient.target]))


FACTORS = frozenset({"mul", "matmul", "scale", "copy", "neg", "transpose"})  # zero where an input is


def still(solved: Solved) -> frozenset[str]:
    """What is zero and stays zero if the data move a little: a silent ReLU, its multiples, sums of such. It has no
    kink."""
    found: set[str] = set()
    for step in solved.trace.steps:
        if step.primitive == "relu":
            source = step.inputs[0]
            stays = source in found or bool(np.all(floats(solved.values[source]) < 0))
        elif step.primitive in ("add", "sub"):
            stays = found.issuperset(step.inputs)
        else:
            stays = step.primitive in FACTORS and not found.isdisjoint(step.inputs)
        if stays:
            found.add(step.target.name)
    return frozenset(found)


def floats(value: Any) -> np.ndarray:
    """A value as a float array of any shape."""
    return np.asarray(as_float(value), dtype=float)
