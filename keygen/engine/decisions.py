"""Choices made by values: how they are made in every number kind, and how far a value is from choosing otherwise.

Which of two numbers is larger, and which whole number is below one, the number kind decides: by a ball or by algebra,
never by a tolerance (`Undecided` where nobody can tell). Two that tie are told apart by no rule of ours: the place of
the largest of two equal numbers is refused, and so is a derivative there (`gap`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cmp_to_key
from typing import Any

import numpy as np

from keygen.engine.domains import Domain, Value
from keygen.engine.primitives import PRIMITIVES, Reading
from keygen.engine.trace import Step, Trace
from keygen.errors import KeygenError


def is_above(domain: Domain, a: Value, b: Value) -> Value:
    """[a > b]"""
    return domain.functions["step"](a - b)


def is_at_least(domain: Domain, a: Value, b: Value) -> Value:
    """[a >= b]"""
    return 1 - is_above(domain, b, a)


def is_equal(domain: Domain, a: Value, b: Value) -> Value:
    """[a = b]"""
    return 1 - is_above(domain, a, b) - is_above(domain, b, a)


def sign(domain: Domain, x: Value) -> Value:
    """1, 0 or -1"""
    positive = domain.functions["step"]
    return positive(x) - positive(-x)


def magnitude(domain: Domain, x: Value) -> Value:
    """|x|"""
    return domain.by_sign(x, x, -x)


def larger(domain: Domain, a: Value, b: Value) -> Value:
    """The larger of two numbers"""
    return domain.by_sign(a - b, a, b)


def smaller(domain: Domain, a: Value, b: Value) -> Value:
    """The smaller of two numbers"""
    return domain.by_sign(a - b, b, a)


def whole_below(domain: Domain, x: Value) -> Value:
    """The largest whole number that is not above x"""
    return domain.functions["floor"](x)


def whole_above(domain: Domain, x: Value) -> Value:
    """The smallest whole number that is not below x"""
    return -whole_below(domain, -x)


def whole_nearest(domain: Domain, x: Value) -> Value:
    """The nearest whole number; of two, the one away from zero"""
    half = domain.enter(1) / domain.enter(2)
    return sign(domain, x) * whole_below(domain, magnitude(domain, x) + half)


def where_max(domain: Domain, x: Value) -> Value:
    """1 where x is largest, 0 elsewhere; two largest have no derivative, so they raise."""
    return only_one(domain, x, domain.max(x), "maximum", "largest")


def where_min(domain: Domain, x: Value) -> Value:
    """1 where x is smallest, 0 elsewhere; two smallest have no derivative, so they raise."""
    return only_one(domain, x, smallest(domain, x), "minimum", "smallest")


def only_one(domain: Domain, x: Value, extreme: Value, name: str, kind: str) -> Value:
    """1 where x has its extreme, 0 elsewhere. Raises KeygenError where it has it twice."""
    there = x == extreme
    if np.count_nonzero(there) != 1:
        raise KeygenError(
            f"the {name} is reached twice, where it has no derivative",
            found=str(x),
            repair=f"draw data in which one element is the {kind}",
            redraw=True,
        )
    return domain.enter(np.asarray(there, dtype=int))


def smallest(domain: Domain, x: Value) -> Value:
    """The smallest element"""
    return -domain.max(-x)


def order_of(domain: Domain, row: Value) -> list[int]:
    """The places of a row's numbers, from the smallest to the largest; equal ones in the order in which they stand."""

    def compared(i: int, j: int) -> int:
        return int(np.real(sign(domain, row[i] - row[j])))

    return sorted(range(len(row)), key=cmp_to_key(compared))


def row_by_row(rule: Callable[..., Any], *arrays: Value) -> Value:
    """A rule of rows, along the last axis."""
    if arrays[0].ndim == 1:
        return rule(*arrays)
    exact = arrays[0].dtype == object
    return np.array([rule(*rows) for rows in zip(*arrays, strict=True)], dtype=object if exact else None)


def argmax(domain: Domain, x: Value) -> Value:
    """The place of the largest number of each row, counted from 1. Raises KeygenError, upon which a draw is drawn
    again, where two are the largest."""

    def place(row: Value) -> Any:
        *_, last = order = order_of(domain, row)
        if len(order) > 1 and not sign(domain, row[last] - row[order[-2]]):
            raise KeygenError(
                "the largest of these numbers is there twice: it has no place of its own",
                found=", ".join(map(str, row)),
                repair="draw data in which one element is the largest",
                redraw=True,
            )
        return domain.enter(last + 1)

    return place(x) if x.ndim == 1 else row_by_row(lambda row: [place(row)], x)


def sorted_by(domain: Domain, h: Value, x: Value) -> Value:
    """The numbers of h in the order that sorts x"""
    return row_by_row(lambda own, row: own[order_of(domain, row)], h, x)


def unsorted(domain: Domain, g: Value, x: Value) -> Value:
    """The numbers of g put where sorting takes those of x from"""

    def back(own: Value, row: Value) -> Value:
        found = own.copy()
        found[order_of(domain, row)] = own
        return found

    return row_by_row(back, g, x)


# --- how far a value is from another choice


def from_zero(domain: Domain, x: Value, *parameter: Value) -> Value:
    """How far x is from 0"""
    return magnitude(domain, x)


def from_whole(domain: Domain, x: Value) -> Value:
    """How far x is from a whole number"""
    above = x - whole_below(domain, x)
    return smaller(domain, above, 1 - above)


def from_half(domain: Domain, x: Value) -> Value:
    """How far x is from the middle between two whole numbers"""
    return from_whole(domain, x - domain.enter(1) / domain.enter(2))


def from_each_other(domain: Domain, a: Value, b: Value) -> Value:
    """How far two numbers are from each other"""
    return magnitude(domain, a - b)


def from_second(domain: Domain, x: Value) -> Value:
    """How far the largest number is from the next"""
    numbers = np.ravel(x)
    if len(numbers) == 1:
        return domain.enter(1)  # there is no other to choose
    *_, second, first = order_of(domain, numbers)
    return numbers[first] - numbers[second]


def from_neighbour(domain: Domain, x: Value) -> Value:
    """How far the nearest two of a row are from each other"""

    def nearest(row: Value) -> Any:
        ordered = row[order_of(domain, row)]
        return ordered[1:] - ordered[:-1] if len(row) > 1 else [domain.enter(1)]

    rows = x.reshape(-1, x.shape[-1])
    return np.array([nearest(row) for row in rows], dtype=x.dtype)


def deciding(primitive: Any) -> bool:
    """A reading of the primitives that choose by values."""
    return bool(primitive.decides)


GAPS: Reading[Callable[..., Value]] = Reading(
    "how far its inputs are from where it chooses otherwise",
    {
        "relu": from_zero,
        "leaky_relu": from_zero,
        "elu": from_zero,
        "step": from_zero,
        "abs": from_zero,
        "sign": from_zero,
        "floor": from_whole,
        "ceil": from_whole,
        "round": from_half,
        "larger": from_each_other,
        "smaller": from_each_other,
        "greater": from_each_other,
        "at_least": from_each_other,
        "matches": from_each_other,
        "max": from_second,
        "where_max": from_second,
        "min": lambda domain, x: from_second(domain, -x),
        "where_min": lambda domain, x: from_second(domain, -x),
        "argmax": lambda domain, x: np.array([from_second(domain, row) for row in x.reshape(-1, x.shape[-1])]),
        "sort": from_neighbour,
        "sorted_by": lambda domain, h, x: from_neighbour(domain, x),
        "unsorted": lambda domain, g, x: from_neighbour(domain, x),
    },
    needs=deciding,
    takes=lambda primitive: 1 + primitive.arity,
)


def gaps(step: Step, values: Mapping[str, Any], domain: Domain) -> Iterable[Any]:
    """How far the numbers that go into a step are from where it would choose otherwise: 0 is a tie, a kink, a jump."""
    found = GAPS[step.primitive](domain, *[values[name] for name in step.inputs])
    return list(found.flat) if isinstance(found, np.ndarray) else [found]


def choosing(trace: Trace) -> tuple[Step, ...]:
    """The steps that a gradient of the trace goes through and that choose by values, those whose derivative at the
    kink is a convention left out (ReLU'(0) = 0): where one of them has a gap of 0 there is no such gradient."""
    return trace.memo("choosing", lambda: tuple(dict.fromkeys(chosen_on_the_way(trace))))


def chosen_on_the_way(trace: Trace) -> Iterator[Step]:
    """`choosing`, found."""
    choices = [step for step in trace.steps if PRIMITIVES[step.primitive].decides]
    steps = [step for step in choices if not PRIMITIVES[step.primitive].kinked]
    for by, of in dict.fromkeys((gradient.by, gradient.of) for gradient in trace.gradients) if steps else ():
        way = trace.depending([by]) & trace.needs([of])
        yield from (step for step in steps if step.target.name in way and not way.isdisjoint(step.inputs))


def no_derivative(step: Step) -> str:
    """What is wrong with a gradient through a step at a tie."""
    return f"step {str(step)!r} stands at a tie or a jump, where it has no derivative"
