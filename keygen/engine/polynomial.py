"""Polynomials with rational coefficients in named variables: enough algebra for a computation graph, without sympy."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from keygen.errors import KeygenError

Monomial = tuple[tuple[str, int], ...]  # (variable, exponent >= 1), sorted by variable


class Polynomial(Struct, frozen=True):
    """A sum of coefficient * monomial, terms in graded lexicographic order, no zero coefficient."""

    terms: tuple[tuple[Monomial, Fraction], ...]

    @staticmethod
    def of(terms: Mapping[Monomial, Fraction]) -> Polynomial:
        """Normalise a mapping of monomials to coefficients."""
        kept = [(monomial, c) for monomial, c in terms.items() if c]
        if len(kept) > 1:
            kept.sort(key=lambda term: rank(term[0]))
        return Polynomial(tuple(kept))

    @staticmethod
    def constant(value: int | Fraction) -> Polynomial:
        """A number."""
        return Polynomial.of({(): Fraction(value)})

    @staticmethod
    def variable(name: str) -> Polynomial:
        """A variable alone."""
        return Polynomial((((((name, 1),)), Fraction(1)),))

    def __add__(self, other: object) -> Polynomial:
        terms = dict(self.terms)
        for monomial, c in lift(other).terms:
            terms[monomial] = terms[monomial] + c if monomial in terms else c
        return Polynomial.of(terms)

    def __neg__(self) -> Polynomial:
        return Polynomial(tuple((monomial, -c) for monomial, c in self.terms))

    def __sub__(self, other: object) -> Polynomial:
        return self + -lift(other)

    def __mul__(self, other: object) -> Polynomial:
        if isinstance(other, int | Fraction):
            return Polynomial(tuple((monomial, c * other) for monomial, c in self.terms) if other else ())
        terms: dict[Monomial, Fraction] = {}
        factors = lift(other).terms
        for left, a in self.terms:
            for right, b in factors:
                monomial, c = multiplied(left, right), a * b
                terms[monomial] = terms[monomial] + c if monomial in terms else c
        return Polynomial.of(terms)

    def __truediv__(self, other: object) -> Polynomial:
        match lift(other).terms:
            case (((), c),):
                return self * (1 / c)
        raise KeygenError("a quotient of polynomials is not a polynomial", repair="evaluate on numbers instead")

    def __pow__(self, exponent: int) -> Polynomial:
        result = Polynomial.constant(1)
        for _ in range(exponent):
            result = result * self
        return result

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: object) -> Polynomial:
        return lift(other) - self

    def __rtruediv__(self, other: object) -> Polynomial:
        return lift(other) / self

    def at(self, values: Mapping[str, Fraction | float]) -> Fraction | float:
        """The value where each variable has the given number."""
        total: Fraction | float = Fraction(0)
        for monomial, c in self.terms:
            product: Fraction | float = c
            for name, exponent in monomial:
                product = product * values[name] ** exponent
            total = total + product
        return total


def lift(x: object) -> Polynomial:
    """A polynomial from itself, an int or a Fraction."""
    if isinstance(x, Polynomial):
        return x
    if isinstance(x, int | Fraction):
        return Polynomial.constant(x)
    raise TypeError(f"{x!r} is not a polynomial with rational coefficients")


def multiplied(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    if not left or not right:
        return left or right
    exponents = dict(left)
    for name, exponent in right:
        exponents[name] = exponents.get(name, 0) + exponent
    return tuple(sorted(exponents.items()))


@lru_cache(maxsize=4096)
def rank(monomial: Monomial) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Higher degree first; within a degree x^2, xy, y^2."""
    return -sum(exponent for _, exponent in monomial), tuple((name, -exponent) for name, exponent in monomial)
