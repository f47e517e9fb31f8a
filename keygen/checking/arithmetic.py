"""The arithmetic of the oracle: each operation by its plain definition, on fractions and on mpmath's numbers.

Nothing of the engine's domains is used. A number is a Fraction for as long as it is rational, else an mpf. A sum that
loses the digits which were asked for raises `PrecisionLost`, and so does a question whose answer rounding could have
made: whoever asked evaluates again with more digits (`settled`). With the most, what is rounding at best is zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt
from typing import Any

import numpy as np
from mpmath import MPContext

Value = Any  # Fraction | mpf, or a numpy array of them
Shape = tuple[int, ...]

DIGITS = 60  # that are asked for
PRECISIONS = (150, 600, 2400)  # in decimal digits: those asked for, and guards
LOST = 80  # of the digits that may be left of a sum; with fewer it is evaluated again


class PrecisionLost(ArithmeticError):
    """More digits are needed to tell the result from rounding."""


@dataclass
class WorkingDigits:
    """The digits that are computed with, and whether there are no more: then a sum of rounding errors is zero."""

    context: Any
    last: bool = False
    noise: Any = field(init=False)

    def __post_init__(self) -> None:
        self.noise = self.context.mpf(10) ** (LOST - self.context.dps)


def context(digits: int) -> Any:
    """A context of mpmath that nobody else has."""
    made = MPContext()
    made.dps = digits
    return made


LADDER = tuple(WorkingDigits(context(digits), digits == PRECISIONS[-1]) for digits in PRECISIONS)
CURRENT: ContextVar[WorkingDigits] = ContextVar("digits", default=LADDER[0])


def here() -> Any:
    """The context in use."""
    return CURRENT.get().context


@contextmanager
def using(digits: WorkingDigits) -> Iterator[None]:
    """Compute with these digits."""
    token = CURRENT.set(digits)
    try:
        yield
    finally:
        CURRENT.reset(token)


def settled(evaluate: Callable[[], Value]) -> Value:
    """The value with as many digits as it takes, in the numbers of the first precision.

    Raises ArithmeticError (ZeroDivisionError, ...) for what has no value at any precision.
    """
    for digits in LADDER:
        try:
            with using(digits):
                return evaluate()
        except (ArithmeticError, ValueError):
            if digits.last:
                raise
    raise AssertionError("the ladder has a last step")


def number(x: Any) -> Value:
    """A number, or an array of them, from an int, a Fraction, a float (exactly), or a text such as 0.25 or 1/3."""
    if isinstance(x, np.ndarray):
        return each(number, x)
    if isinstance(x, int | str | Fraction):
        return Fraction(x)
    return here().mpf(float(x))


def inexact(x: Any) -> Any:
    """A number as an mpf."""
    return here().mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def each(function: Callable[..., Any], *values: Value) -> Value:
    """A function of the entries at the same place; a number, and a side of length 1, is repeated."""
    if not any(isinstance(value, np.ndarray) for value in values):
        return function(*values)
    arrays = np.broadcast_arrays(*(np.asarray(value, dtype=object) for value in values))
    made = np.empty(arrays[0].shape, dtype=object)
    for place in np.ndindex(made.shape):
        made[place] = function(*(array[place] for array in arrays))
    return made


def alike(a: Any, b: Any) -> tuple[Any, Any]:
    """Two numbers that can be computed with: both fractions, or both in mpmath's numbers."""
    return (a, b) if isinstance(a, Fraction) and isinstance(b, Fraction) else (inexact(a), inexact(b))


def kept(result: Any, *parts: Any) -> Any:
    """A sum of the parts. Raises Cancelled where too little is left of their digits."""
    if isinstance(result, Fraction):
        return result
    digits = CURRENT.get()
    if abs(result) <= max(abs(inexact(part)) for part in parts) * digits.noise:
        if not digits.last:
            raise PrecisionLost(str(result))
        return Fraction(0)
    return result


def plus(a: Any, b: Any) -> Any:
    """a + b"""
    return added((a, b))


def minus(a: Any, b: Any) -> Any:
    """a - b"""
    return added((a, -b))


def added(terms: Iterable[Any]) -> Any:
    """The sum of numbers."""
    parts = [part for part in terms if part] or [Fraction(0)]
    total = parts[0]
    for part in parts[1:]:
        one, other = alike(total, part)
        total = one + other
    return kept(total, *parts)


def times(a: Any, b: Any) -> Any:
    """a b, where zero times anything is zero."""
    if not a or not b:
        return Fraction(0)
    a, b = alike(a, b)
    return a * b


def sign(x: Any) -> int:
    """-1, 0 or 1; what rounding alone could have made is asked for again, and zero in the end."""
    digits = CURRENT.get()
    if not isinstance(x, Fraction) and abs(x) <= digits.noise:
        if not digits.last:
            raise PrecisionLost(str(x))
        return 0
    return int(x > 0) - int(x < 0)


def divided(a: Any, b: Any) -> Any:
    """a / b. Raises ZeroDivisionError where b is zero."""
    a, b = alike(a, b)
    return a / b if a else Fraction(0)


def exp(x: Any) -> Any:
    """e^x"""
    return here().exp(inexact(x)) if x else Fraction(1)


def ln(x: Any) -> Any:
    """The natural logarithm of a positive number. Raises ValueError for others."""
    if x <= 0:
        raise ValueError(f"the logarithm of {x}")
    return here().ln(inexact(x)) if x != 1 else inexact(Fraction(0)) if not isinstance(x, Fraction) else Fraction(0)


def sqrt(x: Any) -> Any:
    """The square root. Raises ValueError for a negative number."""
    if x < 0:
        raise ValueError(f"the square root of {x}")
    if isinstance(x, Fraction):
        above, below = isqrt(x.numerator), isqrt(x.denominator)
        if above**2 == x.numerator and below**2 == x.denominator:
            return Fraction(above, below)
    return here().sqrt(inexact(x))


def sigmoid(x: Any) -> Any:
    """1 / (1 + e^-x)"""
    return divided(Fraction(1), one_more(exp(-x)))


def tanh(x: Any) -> Any:
    """(e^x - e^-x) / (e^x + e^-x)"""
    up, down = exp(x), exp(-x)
    return divided(minus(up, down), plus(up, down))


def one_more(x: Any) -> Any:
    """1 + x for a positive x. Raises Cancelled where x is too small to leave its digits in the sum."""
    if not isinstance(x, Fraction) and x < CURRENT.get().noise and not CURRENT.get().last:
        raise PrecisionLost(str(x))
    return 1 + x


def softplus(x: Any) -> Any:
    """ln(1 + e^x)"""
    return ln(one_more(exp(x)))


def relu(x: Any) -> Any:
    """max(0, x)"""
    return x if sign(x) > 0 else Fraction(0)


def step(x: Any) -> Any:
    """1 where x is positive, else 0"""
    return Fraction(int(sign(x) > 0))


def leaky_relu(x: Any, slope: Any) -> Any:
    """x where it is positive, else slope x"""
    return x if sign(x) > 0 else times(slope, x)


def elu(x: Any, slope: Any) -> Any:
    """x where it is positive, else slope (e^x - 1)"""
    return x if sign(x) > 0 else times(slope, minus(exp(x), Fraction(1)))


def power(x: Any, n: Any) -> Any:
    """x^n"""
    if n == int(n):
        return x ** int(n)
    if x <= 0:
        raise ValueError(f"{x} to the power of {n}")
    return exp(times(n, ln(x)))


def matmul(a: Value, b: Value) -> Value:
    """Rows by columns. Raises ValueError where the sizes do not fit."""
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
        raise ValueError(f"a product of {a.shape} and {b.shape}")
    made = np.empty((a.shape[0], b.shape[1]), dtype=object)
    for row, column in np.ndindex(made.shape):
        made[row, column] = added(times(x, y) for x, y in zip(a[row], b[:, column], strict=True))
    return made


def softmax(x: Value) -> Value:
    """e^x over the sum of them, row by row; of a lone number, 1."""
    if np.ndim(x) == 0:
        return Fraction(1)
    if x.ndim > 1:
        return np.array([softmax(row) for row in x], dtype=object)
    grown = [exp(entry) for entry in x]
    total = added(grown)
    return np.array([divided(entry, total) for entry in grown], dtype=object)


def logloss(y: Any, p: Any) -> Any:
    """-(y ln p + (1 - y) ln(1 - p))"""
    miss = minus(Fraction(1), y)
    return -plus(times(y, ln(p)), times(miss, ln(minus(Fraction(1), p))))


def entries(value: Value) -> list[Any]:
    """The numbers of a value, row by row."""
    return list(value.flat) if isinstance(value, np.ndarray) else [value]


def largest(x: Value) -> Any:
    """The largest entry."""
    first, *rest = entries(x)
    for entry in rest:
        first = entry if sign(minus(entry, first)) > 0 else first
    return first


def where_max(x: Value) -> Value:
    """1 where the largest entry is, else 0"""
    top = largest(x)
    return each(lambda entry: Fraction(int(sign(minus(entry, top)) == 0)), x)


def smallest(x: Value) -> Any:
    """The smallest entry."""
    return -largest(each(lambda entry: -entry, x))


def where_min(x: Value) -> Value:
    """1 where the smallest entry is, else 0"""
    return where_max(each(lambda entry: -entry, x))


def floor(x: Any) -> Any:
    """The largest whole number that is not above x; what rounding alone could have made whole is asked for again."""
    if isinstance(x, Fraction):
        return Fraction(x.numerator // x.denominator)
    nearest_whole = Fraction(int(here().nint(x)))
    apart = sign(x - inexact(nearest_whole)) if nearest_whole else sign(x)
    return nearest_whole - 1 if apart < 0 else nearest_whole


def nearest(x: Any) -> Any:
    """The nearest whole number; of two, the one away from zero."""
    half = Fraction(1, 2)
    return floor(plus(x, half)) if sign(x) > 0 else -floor(minus(half, x))


def by_rows(rule: Callable[..., Any], *arrays: Value) -> Value:
    """A rule of rows, along the last axis; a lone number is a row of one."""
    if np.ndim(arrays[0]) == 0:
        rows = (np.asarray(array, dtype=object).reshape(1) for array in arrays)
        return scalar(np.asarray(rule(*rows), dtype=object).ravel()[0])
    if any(np.ndim(array) == 1 for array in arrays):  # among lists, a row is a list too
        return rule(*map(np.ravel, arrays))
    return np.array([np.ravel(rule(*rows)) for rows in zip(*arrays, strict=True)], dtype=object)


def argmax(x: Value) -> Value:
    """The place of the largest entry of each row, counted from 1."""

    def place(row: Value) -> Fraction:
        return Fraction(1 + entries(where_max(row)).index(1))

    return by_rows(place, x)


def places(row: Value) -> list[int]:
    """The places of a row's entries from the smallest to the largest, by putting each in before the first larger."""
    found: list[int] = []
    for place in range(len(row)):
        before = sum(sign(minus(row[place], row[other])) >= 0 for other in found)
        found.insert(before, place)
    return found


def sorted_by(h: Value, x: Value) -> Value:
    """The entries of h in the order that sorts x, row by row."""
    return by_rows(lambda own, row: own[places(row)], h, x)


def unsorted(g: Value, x: Value) -> Value:
    """The entries of g where sorting takes those of x from, row by row."""
    return by_rows(lambda own, row: own[np.argsort(places(row))], g, x)


def sum_to(x: Value, shape: Shape) -> Value:
    """The sum over the axes that a repetition of the shape to that of x has made."""
    x = np.asarray(x, dtype=object)
    long = (1,) * (x.ndim - len(shape)) + tuple(shape)
    parts: dict[Shape, list[Any]] = {}
    for place in np.ndindex(x.shape):
        parts.setdefault(tuple(at if size > 1 else 0 for at, size in zip(place, long, strict=True)), []).append(
            x[place]
        )
    made = np.empty(long, dtype=object)
    for place, terms in parts.items():
        made[place] = added(terms)
    return scalar(made.reshape(shape))


def repeat_to(x: Value, shape: Shape) -> Value:
    """The numbers, repeated as often as the shape asks."""
    return np.array(np.broadcast_to(np.asarray(x, dtype=object), shape), dtype=object)


def placed(x: Value, param: tuple[Shape, Shape]) -> Value:
    """x at a place of an array of zeros."""
    place, shape = param
    made = each(number, np.zeros(shape, dtype=int).astype(object))
    made[tuple(place)] = x
    return made


def identity(size: int) -> Value:
    """Ones on the diagonal."""
    return each(number, np.eye(size, dtype=int).astype(object))


def scalar(value: Value) -> Value:
    """A number for an array without axes."""
    return value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
