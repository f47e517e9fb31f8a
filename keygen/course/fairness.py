"""How much work a variant is: its measures, and the band of each in which an exercise wants them.

An exercise says `band = {"operations": (12, 24), "widest": (1, 8)}`; a draw outside is drawn again, so that nobody gets
an easier sheet than a neighbour. The published numbers are the author's own choice and are not held to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from keygen.course.differentials import worked_in
from keygen.engine.evaluate import as_float
from keygen.engine.trace import Step, is_link
from keygen.errors import KeygenError, nearest
from keygen.notation.numbers import Policy, digits

if TYPE_CHECKING:
    from keygen.course.solve import Solved

Band = Mapping[str, tuple[int, int]]
Number = Any  # a float, or a float64 array


@dataclass(frozen=True, slots=True)
class Measure:
    """The work of one variant, as far as it is recorded in its computation.

    operations  sums, products and quotients of two numbers and values of functions, an entry of a matrix at a time;
                what has a 0 in it is not worked out, nor is a product with 1 or -1. Where the inputs stay symbols: the
                operations of the formulas, each once
    negatives   negative numbers among the data and the named results: signs to carry
    silent      units with a ReLU whose input is negative
    widest      characters of the longest number among the data and the named results, as a page writes it
    digits      characters of all these numbers
    lines       named results, and lines of the derivations by matrix differentials
    """

    operations: int
    negatives: int
    silent: int
    widest: int
    digits: int
    lines: int

    def by_name(self) -> dict[str, int]:
        """Every measure under its name."""
        return {name: getattr(self, name) for name in MEASURES}


MEASURES = tuple(field.name for field in fields(Measure))


def measure(solved: Solved) -> Measure:
    """Every measure of one solved variant."""
    return Measure(**{name: MEASURED[name](solved) for name in MEASURES})


def outside(solved: Solved) -> Iterator[tuple[str, bool]]:
    """For each band of the exercise: a name for the condition, and whether the variant is inside."""
    for name, (low, high) in solved.exercise.band.items():
        yield f"{name} between {low} and {high}", low <= MEASURED[name](solved) <= high


def checked(band: Any) -> Band:
    """The band itself. Raises KeygenError for an unknown measure and for what is not a pair of whole numbers."""
    if not isinstance(band, Mapping):
        raise misfit(f"the band is {band!r}", band)
    for name, limits in band.items():
        if name not in MEASURES:
            raise KeygenError(
                f"unknown measure {name!r} in the band",
                expected="one of " + ", ".join(MEASURES),
                repair=nearest(str(name), MEASURES),
            )
        match limits:
            case (int(low), int(high)) if low <= high:
                pass
            case _:
                raise misfit(f"the band of {name!r} is no pair of whole numbers, the smaller first", limits)
    return band


def misfit(what: str, found: Any) -> KeygenError:
    """A band that is not written like one."""
    return KeygenError(what, expected='a table such as {"operations": (12, 24)}', found=repr(found))


def numeric(solved: Solved) -> bool:
    """Whether the student works with numbers: every input has its own."""
    return all(variable.name in solved.variant.data for variable in solved.trace.inputs)


def operations(solved: Solved) -> int:
    """Operations that a person carries out."""
    steps = [step for step in solved.trace.steps if step.primitive not in SEEN]
    if not numeric(solved):
        return len(steps)
    numbers = {name: as_float(solved.values[name]) for step in steps for name in step.inputs}
    return sum(effort(step, [numbers[name] for name in step.inputs]) for step in steps)


def negatives(solved: Solved) -> int:
    """Negative numbers."""
    return sum(x < 0 for x in entries(solved))


def silent(solved: Solved) -> int:
    """Silent ReLU units."""
    if not numeric(solved):
        return 0
    sources = [step.inputs[0] for step in solved.trace.steps if step.primitive == "relu"]
    return sum(count(as_float(solved.values[name]) < 0) for name in sources)


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


SEEN = frozenset(
    {"constant", "identity", "copy", "neg", "transpose", "pick", "place", "repeat_to", "relu", "step", "max"}
    | {"where_max"}
)
"""What is seen without being worked out: signs, places, comparisons."""


def effort(step: Step, inputs: list[Number]) -> int:
    """How many operations one step is."""
    if step.primitive == "scale":
        return products(float(step.param), *inputs)  # type: ignore[arg-type]  # a scale's param is a Fraction
    return EFFORT.get(step.primitive, values)(*inputs)


def count(condition: Any) -> int:
    """How often it holds, for a number or for an array."""
    return int(condition) if isinstance(condition, bool) else int(np.count_nonzero(condition))


def products(a: Number, b: Number) -> int:
    """Products of numbers that are neither 0 nor 1 nor -1."""
    return count((abs(a) != 1) & (abs(b) != 1) & (a != 0) & (b != 0))


def sums(a: Number, b: Number) -> int:
    """Sums and differences of numbers that are not 0."""
    return count((a != 0) & (b != 0))


def quotients(a: Number, b: Number) -> int:
    """Quotients of a number that is not 0 by one that is not 1 or -1."""
    return count((a != 0) & (abs(b) != 1))


def rows_by_columns(a: Number, b: Number) -> int:
    """Products of entries, and the sums of those that are not 0."""
    left, right = a[:, :, None], b[None, :, :]
    terms = np.count_nonzero((left != 0) & (right != 0), axis=1)
    return products(left, right) + int(np.sum(np.maximum(terms - 1, 0)))


def powers(a: Number) -> int:
    """Powers of numbers that are neither 0 nor 1 nor -1."""
    return count((a != 0) & (abs(a) != 1))


def together(a: Number) -> int:
    """The sum of all that is not 0."""
    return max(int(np.count_nonzero(a)) - 1, 0)


def shares(a: Number) -> int:
    """Exponentials, the sum of each row of them, and the quotient of each by it."""
    return 3 * int(a.size) - int(a.size) // int(a.shape[-1])


def losses(y: Number, p: Number) -> int:
    """A logarithm and a product for each of the two terms that is not 0."""
    return 2 * (count(y != 0) + count(y != 1))


def bent(x: Number, parameter: Number) -> int:
    """The values where x is negative; elsewhere it is x itself."""
    return count(x < 0)


def values(x: Number) -> int:
    """A function's value for each number."""
    return int(np.size(x))


EFFORT: Mapping[str, Callable[..., int]] = {
    "add": sums,
    "sub": sums,
    "mul": products,
    "div": quotients,
    "matmul": rows_by_columns,
    "power": powers,
    "square": powers,
    "sum_to": together,
    "softmax": shares,
    "logloss": losses,
    "leaky_relu": bent,
    "elu": bent,
}
"""The operations of a step; of a primitive that is not here, a value for each number."""
