"""Systems of linear inequalities over the rationals, decided: a solution, or a contradiction that anybody can add up.

Fourier and Motzkin: of every two rows in which an unknown has opposite signs the sum is taken that is free of it, until
no unknown is left. A row remembers how often each of the given ones is in it. By Kohler's rule a row made of more than
k + 1 of the given ones after k unknowns says nothing that others do not, and is dropped; so a contradiction that is
found is made of as few rows as can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import NamedTuple

from msgspec import Struct

from keygen.errors import KeygenError

Vector = tuple[Fraction, ...]


class Inequality(Struct, frozen=True):
    """a . x + c > 0, or >= 0 where it is not strict: `coefficients` a of shape (n,), `constant` c."""

    coefficients: Vector
    constant: Fraction
    strict: bool

    def holds(self, point: Sequence[Fraction]) -> bool:
        """Whether a point fulfils it."""
        value = sum((a * x for a, x in zip(self.coefficients, point, strict=True)), self.constant)
        return value > 0 or (value == 0 and not self.strict)


def positive(coefficients: Iterable[Fraction | int], constant: Fraction | int = 0) -> Inequality:
    """a . x + c > 0"""
    return Inequality(tuple(map(Fraction, coefficients)), Fraction(constant), strict=True)


def nonnegative(coefficients: Iterable[Fraction | int], constant: Fraction | int = 0) -> Inequality:
    """a . x + c >= 0"""
    return Inequality(tuple(map(Fraction, coefficients)), Fraction(constant), strict=False)


def nonpositive(coefficients: Iterable[Fraction | int], constant: Fraction | int = 0) -> Inequality:
    """a . x + c <= 0, written -a . x - c >= 0"""
    return nonnegative([-Fraction(a) for a in coefficients], -Fraction(constant))


def equation(coefficients: Iterable[Fraction | int], constant: Fraction | int = 0) -> tuple[Inequality, Inequality]:
    """a . x + c = 0, as the two inequalities that say it."""
    row = tuple(coefficients)
    return nonnegative(row, constant), nonpositive(row, constant)


class Feasible(Struct, frozen=True):
    """A point that fulfils all inequalities, as simple as the ways to it allow."""

    point: Vector


class Infeasible(Struct, frozen=True):
    """How often each inequality is taken, not below 0: added up, the unknowns cancel and what is left is false."""

    multipliers: tuple[int, ...]


def decide(system: Sequence[Inequality]) -> Feasible | Infeasible:
    """A solution, or why there is none; either is checked against the system before it is handed out.

    Raises KeygenError for inequalities in different numbers of unknowns.
    """
    sizes = {len(one.coefficients) for one in system}
    if len(sizes) > 1:
        raise KeygenError("inequalities of one system have different numbers of unknowns", found=str(sorted(sizes)))
    found = eliminated(system, sizes.pop() if sizes else 0)
    right = fulfils(system, found.point) if isinstance(found, Feasible) else contradicts(system, found.multipliers)
    if not right:
        raise AssertionError(f"the decision {found} does not fit the system {system}")
    return found


def fulfils(system: Iterable[Inequality], point: Sequence[Fraction]) -> bool:
    """Whether a point fulfils every inequality."""
    return all(one.holds(point) for one in system)


def contradicts(system: Sequence[Inequality], multipliers: Sequence[int]) -> bool:
    """Whether so much of each inequality adds up to what is false: 0 > c where c >= 0, or 0 >= c where c > 0."""
    if len(multipliers) != len(system) or any(times < 0 for times in multipliers):
        return False
    total = added(system, multipliers)
    false = total.constant < 0 or (total.constant == 0 and total.strict)
    return not any(total.coefficients) and false


def added(system: Sequence[Inequality], multipliers: Sequence[int]) -> Inequality:
    """The sum of multiples that are not negative; strict where a strict inequality is in it."""
    rows = [(times, one) for times, one in zip(multipliers, system, strict=True) if times]
    unknowns = len(system[0].coefficients) if system else 0
    coefficients = tuple(
        sum((times * one.coefficients[place] for times, one in rows), Fraction(0)) for place in range(unknowns)
    )
    constant = sum((times * one.constant for times, one in rows), Fraction(0))
    return Inequality(coefficients, constant, any(one.strict for _, one in rows))


class _Row(NamedTuple):  # whole numbers, for fractions take ten times as long; no row is another for a multiple of it
    """A multiple of an inequality, and how often each of the given ones is in it."""

    coefficients: tuple[int, ...]
    constant: int
    strict: bool
    multipliers: tuple[int, ...]

    @property
    def sources(self) -> int:
        """How many of the given ones are in it."""
        return sum(map(bool, self.multipliers))

    @property
    def false(self) -> bool:
        """Whether it is not so where every unknown is 0."""
        return self.constant < 0 or (self.constant == 0 and self.strict)


def in_whole_numbers(one: Inequality, place: int, of: int) -> _Row:
    """One of so many given ones, without denominators."""
    numbers = (*one.coefficients, one.constant)
    scale = lcm(*(number.denominator for number in numbers))
    *coefficients, constant = (number.numerator * (scale // number.denominator) for number in numbers)
    return _Row(tuple(coefficients), constant, one.strict, tuple([scale * (at == place) for at in range(of)]))


def eliminated(system: Sequence[Inequality], unknowns: int) -> Feasible | Infeasible:
    """The decision, by taking out one unknown after another and putting them back."""
    rows = [in_whole_numbers(one, place, len(system)) for place, one in enumerate(system)]
    stages: list[tuple[int, list[_Row]]] = []
    left = list(range(unknowns))
    while left:
        at = min(left, key=lambda place: products(rows, place))
        left.remove(at)
        stages.append((at, [row for row in rows if row.coefficients[at]]))
        rows = without(rows, at, len(stages))
    for row in rows:
        if row.false:
            return Infeasible(tuple([times // gcd(*row.multipliers) for times in row.multipliers]))
    point = [Fraction(0)] * unknowns
    for at, bounds in reversed(stages):
        point[at] = between(bounds, at, point)
    return Feasible(tuple(point))


def products(rows: Sequence[_Row], at: int) -> int:
    """How many rows it costs to take out an unknown."""
    signs = [row.coefficients[at] for row in rows]
    return sum(a > 0 for a in signs) * sum(a < 0 for a in signs)


def without(rows: Sequence[_Row], at: int, taken: int) -> list[_Row]:
    """What the rows say of the other unknowns, after `taken` of them are out."""
    kept = [row for row in rows if not row.coefficients[at]]
    above = [row for row in rows if row.coefficients[at] > 0]
    below = [row for row in rows if row.coefficients[at] < 0]
    made = (combined(one, other, at) for one in above for other in below)
    return kept + [row for row in made if row.sources <= taken + 1]


def combined(one: _Row, other: _Row, at: int) -> _Row:
    """The sum of two rows that is free of an unknown, whose signs in them are + and -."""
    m, n = -other.coefficients[at], one.coefficients[at]
    return _Row(
        tuple([m * a + n * b for a, b in zip(one.coefficients, other.coefficients, strict=True)]),
        m * one.constant + n * other.constant,
        one.strict or other.strict,
        tuple([m * a + n * b for a, b in zip(one.multipliers, other.multipliers, strict=True)]),
    )


def between(bounds: Iterable[_Row], at: int, point: Sequence[Fraction]) -> Fraction:
    """The simplest value of an unknown that its rows allow when the unknowns after it are known."""
    low: tuple[Fraction, bool] | None = None
    high: tuple[Fraction, bool] | None = None
    for row in bounds:
        a = row.coefficients[at]
        others = enumerate(zip(row.coefficients, point, strict=True))
        rest = sum((b * x for k, (b, x) in others if b and x and k != at), Fraction(row.constant))
        end = (-rest / a, row.strict)
        if a > 0:
            low = end if low is None else max(low, end)
        else:
            high = end if high is None else min(high, (end[0], end[1]), key=lambda one: (one[0], not one[1]))
    return simplest(low, high)


End = tuple[Fraction, bool]  # where an interval ends, and whether the end is left out


def simplest(low: End | None, high: End | None) -> Fraction:
    """The number nearest to 0 among those of the least denominator in an interval, which is not empty."""
    denominator = 1
    while True:
        first = None if low is None else least_above(low, denominator)
        last = None if high is None else -least_above((-high[0], high[1]), denominator)
        if first is None or last is None or first <= last:
            nearest = max(first if first is not None else 0, 0) or min(last if last is not None else 0, 0)
            return Fraction(nearest, denominator)
        denominator += 1


def least_above(end: End, denominator: int) -> int:
    """The least n for which n / denominator is above the end, or on it where it is not left out."""
    value, open_ = end[0] * denominator, end[1]
    return floor(value) + 1 if open_ else ceil(value)
