"""Rules for quotients: expanding, cancelling, splitting, and finding a known function in them."""

from __future__ import annotations

from fractions import Fraction

from keygen.calculus import algebra
from keygen.calculus.algebra import ONE, div, mul, sub
from keygen.calculus.derivation import Rule, law
from keygen.calculus.rational_function import expanded
from keygen.calculus.traversal import holds, mapped
from keygen.errors import KeygenError
from keygen.mathematics.terms import Term, apply, constant


def fraction(term: Term) -> tuple[Term, Term]:
    """Numerator and denominator. Raises KeygenError for a term that is no fraction."""
    inner = algebra.parts(term, "div")
    if inner is None:
        raise KeygenError(f"a rule for fractions met {term!r}", expected="a fraction")
    return inner[0], inner[1]


def as_fraction(term: Term) -> tuple[Term, Term]:
    """Numerator and denominator, 1 for a term that has none."""
    inner = algebra.parts(term, "div")
    return (inner[0], inner[1]) if inner else (term, ONE)


def factored(term: Term) -> tuple[Fraction, list[Term]]:
    """A product's number and its factors."""
    value = algebra.known(term)
    if value is not None:
        return value, []
    number, body = algebra.coefficient(term)
    inner = algebra.parts(body, "mul")
    if not inner:
        return number, [body]
    (p, left), (q, right) = factored(inner[0]), factored(inner[1])
    return number * p * q, left + right


@law
def collect(term: Term) -> Term:
    """The numerator multiplied out, like terms added."""

    def one(found: Term) -> Term | None:
        inner = algebra.parts(found, "div")
        return div(expanded(inner[0]), inner[1]) if inner else None

    return mapped(term, one)


def cancel(factor: Term) -> Rule:
    """(k g) / g = k"""

    @law
    def cancelled(term: Term) -> Term:
        above, below = fraction(term)
        number, factors = factored(above)
        if below != factor or factor not in factors:
            raise KeygenError(f"a rule cannot cancel {factor!r}", found=repr(term))
        factors.remove(factor)
        return algebra.products([constant(number), *factors])

    return cancelled


def split(part: Term, *, constant_first: bool = True) -> Rule:
    """N / D^2 = k (M / D) (1 / D) where `part` is M / D; without `constant_first` (M / D) (k / D)"""
    above, below = fraction(part)

    @law
    def split_fraction(term: Term) -> Term:
        factor = expanded(div(fraction(term)[0], above))
        if not constant_first:
            return apply("mul", part, div(factor, below))
        return mul(factor, apply("mul", part, div(ONE, below)))

    return split_fraction


@law
def complement(term: Term) -> Term:
    """N / (1 + E) = N - N E / (1 + E)"""

    def one(found: Term) -> Term | None:
        inner = algebra.parts(found, "div")
        below = inner and algebra.parts(inner[1], "add")
        if not inner or not below or below[0] != ONE:
            return None
        above, rest = inner[0], below[1]
        return None if holds(above, rest) else sub(above, div(mul(above, rest), inner[1]))

    return mapped(term, one)


def recognise(name: Term, part: Term) -> Rule:
    """M / D is the name, and so is k M / D a multiple of it."""
    above, below = fraction(part)

    @law
    def recognised(term: Term) -> Term:
        def one(found: Term) -> Term | None:
            inner = algebra.parts(found, "div")
            if not inner or inner[1] != below:
                return None
            top, bottom = as_fraction(expanded(div(inner[0], above)))
            return div(mul(top, name), bottom)

        return mapped(term, one)

    return recognised
