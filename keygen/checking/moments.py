"""E( ) and Var( ) for the oracle: a random expression is a polynomial in random letters, and the mean of a polynomial
is the sum of its terms' means. Nothing here is taken from `calculus.randomness`, which puts two outcomes for a letter.

The moments of a count are those of all its ways to come out where they are few, and of one event added to the others at
a time where they are many; of a uniform law, integrals of powers; of a law of which no more is known than its mean and
its variance, these two. Of a symmetric letter, max(0, x)^2 has half the mean of x^2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import comb
from typing import Any

from keygen.checking import arithmetic as mp

FEW = 8  # events whose ways to come out are gone through
ORDER = 4  # of the highest moment: a variance of what is of the second degree
Moments = Mapping[int, Any]  # by the power, as far as they are known


class UnknownMomentError(LookupError):
    """A mean that the laws of the letters do not tell."""


@dataclass(frozen=True, slots=True)
class Atom:
    """What a polynomial is made of: a random letter, or max(0, letter)."""

    letter: str
    rectified: bool = False
    moments: Moments = field(default_factory=dict, compare=False, hash=False)

    def moment(self, order: int) -> Any:
        """The mean of a power. Raises UnknownMomentError."""
        if order not in self.moments:
            raise UnknownMomentError(f"the mean of the power {order} of {self.letter}")
        return self.moments[order]


Monomial = frozenset[tuple[Atom, int]]
NOTHING: Monomial = frozenset()


@dataclass(frozen=True, slots=True)
class Chance:
    """A polynomial in random letters, by monomials; independent letters have means that multiply."""

    terms: Mapping[Monomial, Any]

    def __add__(self, other: Chance) -> Chance:
        found = dict(self.terms)
        for monomial, factor in other.terms.items():
            found[monomial] = mp.plus(found.get(monomial, Fraction(0)), factor)
        return Chance(found)

    def __neg__(self) -> Chance:
        return Chance({monomial: -factor for monomial, factor in self.terms.items()})

    def __sub__(self, other: Chance) -> Chance:
        return self + -other

    def __mul__(self, other: Chance) -> Chance:
        found: dict[Monomial, Any] = {}
        for (one, a), (two, b) in product(self.terms.items(), other.terms.items()):
            monomial = multiplied(one, two)
            found[monomial] = mp.plus(found.get(monomial, Fraction(0)), mp.times(a, b))
        return Chance(found)

    def __truediv__(self, other: Chance) -> Chance:
        below = other.number()
        return Chance({monomial: mp.divided(factor, below) for monomial, factor in self.terms.items()})

    def __pow__(self, exponent: int) -> Chance:
        found = constant(Fraction(1))
        for _ in range(exponent):
            found = found * self
        return found

    def number(self) -> Any:
        """The number that it is. Raises UnknownMomentError where chance has a part in it."""
        if self.terms.keys() <= {NOTHING}:
            return self.terms.get(NOTHING, Fraction(0))
        raise UnknownMomentError("something random where a number has to stand")

    def rectified(self) -> Chance:
        """max(0, x) of a symmetric random letter, or of a number."""
        if self.terms.keys() <= {NOTHING}:
            return constant(mp.relu(self.number()))
        ((monomial, factor), *rest) = self.terms.items()
        ((atom, exponent), *others) = monomial
        if rest or others or exponent != 1 or factor != 1 or atom.rectified or atom.moment(1) or atom.moment(3):
            raise UnknownMomentError("max(0, x) of what is no symmetric letter")
        half = {2: mp.divided(atom.moment(2), Fraction(2))}
        return Chance({frozenset({(Atom(atom.letter, True, half), 1)}): Fraction(1)})

    def mean(self) -> Any:
        """E"""
        return mp.added(mp.times(factor, mean_of(monomial)) for monomial, factor in self.terms.items())

    def variance(self) -> Any:
        """Var"""
        return mp.minus((self * self).mean(), mp.times(self.mean(), self.mean()))


AVERAGED: Mapping[str, Callable[[Chance], Any]] = {"expectation": Chance.mean, "variance": Chance.variance}


def constant(value: Any) -> Chance:
    """A number."""
    return Chance({NOTHING: value})


def letter(name: str, moments: Moments) -> Chance:
    """A random letter with its law."""
    return Chance({frozenset({(Atom(name, False, moments), 1)}): Fraction(1)})


def multiplied(one: Monomial, two: Monomial) -> Monomial:
    """The product of monomials."""
    powers = dict(one)
    for atom, exponent in two:
        powers[atom] = powers.get(atom, 0) + exponent
    return frozenset(powers.items())


def mean_of(monomial: Monomial) -> Any:
    """The product of means: 0 as soon as one of them is, whatever the others are. Raises UnknownMomentError."""
    if len({atom.letter for atom, _ in monomial}) < len(monomial):
        raise UnknownMomentError("a letter beside max(0, x) of itself")
    first_order = [atom.moments.get(1) for atom, exponent in monomial if exponent == 1]
    if any(mean is not None and mean == 0 for mean in first_order):
        return Fraction(0)
    found: Any = Fraction(1)
    for atom, exponent in monomial:
        found = mp.times(found, atom.moment(exponent))
    return found


def count(n: Any, p: Any) -> Moments:
    """How many of n independent events of probability p happen. Raises UnknownMomentError for no such count."""
    size = int(n)
    if size != n or size < 0 or not 0 <= p <= 1:
        raise UnknownMomentError(f"a count of {n} events of probability {p}")
    return enumerated(size, p) if size <= FEW else added_one_by_one(size, p, mp.here().dps)


def enumerated(size: int, p: Any) -> Moments:
    """By every way in which the events may come out."""
    found: dict[int, Any] = dict.fromkeys(range(1, ORDER + 1), Fraction(0))
    for happened in product((False, True), repeat=size):
        chance: Any = Fraction(1)
        for one in happened:
            chance = mp.times(chance, p if one else mp.minus(Fraction(1), p))
        for order in found:
            found[order] = mp.plus(found[order], mp.times(chance, Fraction(sum(happened) ** order)))
    return found


@lru_cache(maxsize=256)
def added_one_by_one(size: int, p: Any, digits: int) -> Moments:
    """(S + B)^k by the binomial theorem: all powers of an event's B have the mean p; `digits` are those of p."""
    found: list[Any] = [Fraction(1), *[Fraction(0)] * ORDER]
    for _ in range(size):
        found = [
            mp.added([found[order], *(mp.times(mp.times(Fraction(comb(order, k)), p), found[k]) for k in range(order))])
            for order in range(ORDER + 1)
        ]
    return dict(enumerate(found))


def uniform(a: Any) -> Moments:
    """Uniform from -a to a: the integral of x^k / (2 a)."""
    even = {order: mp.divided(mp.power(a, Fraction(order)), Fraction(order + 1)) for order in range(2, ORDER + 1, 2)}
    return {**dict.fromkeys(range(1, ORDER + 1, 2), Fraction(0)), **even}


LAWS: Mapping[str, Callable[..., Moments]] = {
    "binomial": count, "uniform": uniform, "centred": lambda variance: {1: Fraction(0), 2: variance},
    "symmetric": lambda variance: {1: Fraction(0), 2: variance, 3: Fraction(0)},
}  # fmt: skip
"""The moments of a law, from its parameters; a law is symmetric about 0 where the third is known and 0."""
