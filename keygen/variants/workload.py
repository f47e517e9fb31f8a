"""How much work a variant is: its measures, and the band of each in which an exercise wants them.

An exercise says `band = {"operations": (12, 24), "widest": (1, 8)}`; a draw outside is drawn again, so that nobody gets
an easier sheet than a neighbour. The published numbers are the author's own choice and are not held to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from keygen.course.band import MEASURES, Measure
from keygen.engine.domains import negative
from keygen.engine.primitives import PRIMITIVES
from keygen.engine.trace import is_link
from keygen.mathematics.number_format import Policy, digits
from keygen.matrix.marks import worked_in
from keygen.variants import operation_count
from keygen.variants.solved import Solved


def measure(solved: Solved) -> Measure:
    """Every measure of one solved variant."""
    return Measure(**{name: MEASURED[name](solved) for name in MEASURES})


def outside(solved: Solved) -> Iterator[tuple[str, bool]]:
    """For each band of the exercise: a name for the condition, and whether the variant is inside."""
    for name, (low, high) in solved.exercise.band.items():
        yield f"{name} between {low} and {high}", low <= MEASURED[name](solved) <= high


def numeric(solved: Solved) -> bool:
    """Whether the student works with numbers: every input has its own."""
    return all(variable.name in solved.variant.data for variable in solved.trace.inputs)


def operations(solved: Solved) -> int:
    """Operations that a person carries out."""
    return (
        operation_count.operations(solved.trace, solved.values)
        if numeric(solved)
        else len(operation_count.worked(solved.trace))
    )


def negatives(solved: Solved) -> int:
    """Negative numbers."""
    return sum(map(negative, entries(solved)))


def silent(solved: Solved) -> int:
    """Silent ReLU units."""
    if not numeric(solved):
        return 0
    sources = [step.inputs[0] for step in solved.trace.steps if PRIMITIVES[step.primitive].unit == "rectified"]
    return sum(negative(x) for name in sources for x in operation_count.entries(solved.values[name]))


def widest(solved: Solved) -> int:
    """Characters of the longest number."""
    return max(map(width, entries(solved)), default=0)


def characters(solved: Solved) -> int:
    """Characters of all numbers."""
    return sum(map(width, entries(solved)))


def lines(solved: Solved) -> int:
    """Named results and lines of derivations."""
    derived = worked_in(solved.shown) if solved.problems else ()
    named = sum(not is_link(step.target.name) for step in solved.trace.steps)
    return named + sum(len(worked.derivation.lines) for worked in derived)


MEASURED: Mapping[str, Callable[[Solved], int]] = {
    "operations": operations,
    "negatives": negatives,
    "silent": silent,
    "widest": widest,
    "digits": characters,
    "lines": lines,
}


def entries(solved: Solved) -> Iterator[Any]:
    """The numbers of the data and of the named results, one by one."""
    if numeric(solved):
        for name in solved.trace.named:
            value = solved.values[name]
            yield from value.flat if isinstance(value, np.ndarray) else (value,)


POLICY = Policy()


def width(x: Any) -> int:
    """The characters of a number on a page: digits, point, sign, exponent, root."""
    shown = digits(x, POLICY)
    exponent = len(f"e{shown.exponent}") if shown.exponent else 0
    root = 0 if shown.root == 1 else len(f"r{shown.root}")
    return len(shown.text) + shown.negative + exponent + root
