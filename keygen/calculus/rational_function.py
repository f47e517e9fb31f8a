"""Quotients of polynomials whose variables are terms: the arithmetic behind expanding, cancelling and collecting.

A variable is whatever the four operations do not look into: a name, an exponential, a logarithm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

from msgspec import Struct

from keygen.calculus import algebra
from keygen.engine.polynomial import Monomial, Polynomial
from keygen.engine.primitives import Reading, nobody
from keygen.mathematics.formula import formula
from keygen.mathematics.terms import Apply, Term, constant

Atoms = dict[str, Term]  # what each variable of a polynomial stands for


class Ratio(Struct, frozen=True):
    """above / below, nothing but a common monomial cancelled."""

    above: Polynomial
    below: Polynomial

    def __add__(self, other: Ratio) -> Ratio:
        if self.below == other.below:
            return reduced(self.above + other.above, self.below)
        return reduced(self.above * other.below + other.above * self.below, self.below * other.below)

    def __neg__(self) -> Ratio:
        return Ratio(-self.above, self.below)

    def __mul__(self, other: Ratio) -> Ratio:
        return reduced(self.above * other.above, self.below * other.below)

    def __truediv__(self, other: Ratio) -> Ratio:
        return reduced(self.above * other.below, self.below * other.above)


ONE = Polynomial.constant(1)


def ratio(term: Term, atoms: Atoms) -> Ratio:
    """The term as a quotient of polynomials in `atoms`, which learns the variables that it meets."""
    value = algebra.known(term)
    if value is not None:
        return Ratio(Polynomial.constant(value), ONE)
    if isinstance(term, Apply):
        args = term.args
        match term.primitive:
            case "add" | "sub" | "mul" | "div" as sign:
                return OPERATIONS[sign](ratio(args[0], atoms), ratio(args[1], atoms))
            case "neg":
                return -ratio(args[0], atoms)
            case "scale":
                return Ratio(Polynomial.constant(Fraction(term.param)), ONE) * ratio(args[0], atoms)  # type: ignore[arg-type]  # a Fraction
            case "square" | "power":
                count = term.param if isinstance(term.param, int) else 2
                return reduce(Ratio.__mul__, [ratio(args[0], atoms)] * count)
    name = formula(term)
    atoms[name] = term
    return Ratio(Polynomial.variable(name), ONE)


OPERATIONS: Reading[Callable[[Ratio, Ratio], Ratio]] = Reading(
    "the operation on quotients of polynomials",
    {"add": lambda a, b: a + b, "sub": lambda a, b: a + -b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b},
    needs=nobody,
)


def reduced(above: Polynomial, below: Polynomial) -> Ratio:
    """The quotient without common monomials and numbers, its denominator's first coefficient positive."""
    if not above.terms:
        return Ratio(above, ONE)
    common = meet([monomial for monomial, _ in (*above.terms, *below.terms)])
    scale = content(numbers_in(below))
    if below.terms[0][1] < 0:
        scale = -scale
    return Ratio(divided(above, common, scale), divided(below, common, scale))


def numbers_in(polynomial: Polynomial) -> list[Fraction]:
    """The coefficients of a polynomial."""
    return [c for _, c in polynomial.terms]


def content(numbers: Iterable[Fraction]) -> Fraction:
    """The largest number that divides all of these into whole ones; they have no common factor then."""
    found = list(numbers)
    return Fraction(gcd(*(c.numerator for c in found)), lcm(*(c.denominator for c in found)))


def meet(monomials: list[Monomial]) -> Monomial:
    """The largest monomial that divides all of them."""
    first, *rest = [dict(monomial) for monomial in monomials]
    shared = {name: min([n, *(other.get(name, 0) for other in rest)]) for name, n in first.items()}
    return tuple(sorted((name, n) for name, n in shared.items() if n))


def divided(polynomial: Polynomial, by: Monomial, scale: Fraction) -> Polynomial:
    """The polynomial over scale * monomial, which divides each of its terms."""
    taken = dict(by)

    def lowered(monomial: Monomial) -> Monomial:
        left = ((name, n - taken.get(name, 0)) for name, n in monomial)
        return tuple((name, n) for name, n in left if n)

    return Polynomial.of({lowered(monomial): c / scale for monomial, c in polynomial.terms})


def polynomial_term(polynomial: Polynomial, atoms: Atoms) -> Term:
    """A polynomial in its variables' terms, highest powers first; of two terms a positive number first: 1 + x."""
    ordered = list(polynomial.terms)
    if len(ordered) == 2 and not ordered[1][0] and ordered[1][1] > 0:
        ordered.reverse()
    return algebra.total(
        algebra.mul(constant(c), algebra.products(algebra.power(atoms[name], n) for name, n in monomial))
        for monomial, c in ordered
    )


def ratio_term(found: Ratio, atoms: Atoms) -> Term:
    """above / below as a term."""
    return algebra.div(polynomial_term(found.above, atoms), polynomial_term(found.below, atoms))


def expanded(term: Term) -> Term:
    """The term multiplied out, over one denominator, common monomials cancelled."""
    atoms: Atoms = {}
    return ratio_term(ratio(term, atoms), atoms)


def coefficients(term: Term, of: Term) -> tuple[Term, ...]:
    """The coefficients c0, c1, ... of a polynomial c0 + c1 x + ... in the term x = `of`."""
    atoms: Atoms = {}
    whole = ratio(term, atoms)
    name = formula(of)
    powers: dict[int, dict[Monomial, Fraction]] = {}
    for monomial, c in whole.above.terms:
        rest = tuple((other, n) for other, n in monomial if other != name)
        powers.setdefault(dict(monomial).get(name, 0), {})[rest] = c
    below = whole.below
    return tuple(
        ratio_term(reduced(Polynomial.of(powers.get(n, {})), below), atoms) for n in range(max(powers, default=0) + 1)
    )
