"""Rules for equations: each makes an equivalent one."""

from __future__ import annotations

from fractions import Fraction

from keygen.calculus import algebra
from keygen.calculus.algebra import ZERO, add, div, equals, known, ln, mul, neg, sub
from keygen.calculus.derivation import RewrittenLink, Rule, law
from keygen.calculus.quotients import as_fraction
from keygen.calculus.rational_function import Atoms, coefficients, content, expanded, numbers_in, ratio
from keygen.errors import KeygenError
from keygen.mathematics.terms import Apply, Term


def sides(equation: Term) -> tuple[Term, Term]:
    """Left and right. Raises KeygenError for a term that is no equation."""
    inner = algebra.parts(equation, "equals")
    if inner is None:
        raise KeygenError(f"a rule for equations met {equation!r}", expected="an equation")
    return inner[0], inner[1]


@law
def clear_denominator(equation: Term) -> Term:
    """l = N / D gives l D = N"""
    left, right = sides(equation)
    above, below = as_fraction(right)
    return equals(mul(left, below), above)


def collect_unknown(unknown: Term) -> Rule:
    """Everything with the unknown on the left, the rest on the right, whole coefficients without a common factor:
    B x = A"""

    def gather(equation: Term) -> RewrittenLink:
        left, right = sides(equation)
        found: tuple[Term, ...] = (*coefficients(sub(left, right), unknown), ZERO)
        rest, factor = found[:2]
        if any(term != ZERO for term in found[2:]):
            raise KeygenError("an equation is not linear in its unknown", found=repr(equation))
        common = shared(factor, rest)
        factor, rest = (expanded(algebra.times(1 / common, term)) for term in (factor, rest))
        if leading(rest) > 0:
            factor, rest = opposite(factor), opposite(rest)
        return RewrittenLink(equals(mul(factor, unknown), opposite(rest)), ("gather", *scaled(common)))

    return gather


def scaled(common: Fraction) -> tuple[str, ...]:
    """The laws by which both sides of an equation are divided by this positive number."""
    return (("common_denominator",) if common.denominator > 1 else ()) + (
        ("common_factor",) if common.numerator > 1 else ()
    )


def opposite(term: Term) -> Term:
    """-term, the sign taken into a sum."""
    match term:
        case Apply(primitive="sub", args=(a, b)):
            return sub(b, a)
        case Apply(primitive="add", args=(a, b)):
            return sub(opposite(a), b)
    return neg(term)


def shared(*terms: Term) -> Fraction:
    """The number to divide by, so that all coefficients of the terms are whole and have no common factor."""
    found = [ratio(term, {}) for term in terms]
    return content(c / content(numbers_in(each.below)) for each in found for c in numbers_in(each.above))


def leading(term: Term) -> Fraction:
    """The first coefficient of a polynomial."""
    atoms: Atoms = {}
    terms = ratio(term, atoms).above.terms
    return terms[0][1] if terms else Fraction(0)


def divide_by_factor(unknown: Term) -> Rule:
    """B x = A gives x = A / B"""

    @law
    def divide_both(equation: Term) -> Term:
        left, right = sides(equation)
        _, factor = coefficients(left, unknown)
        return equals(unknown, right if known(factor) == 1 else div(right, factor))

    return divide_both


@law
def take_logarithm(equation: Term) -> Term:
    """e^u = A gives u = ln A"""
    left, right = sides(equation)
    inner = algebra.parts(left, "exp")
    if inner is None:
        raise KeygenError("only an exponential gives way to a logarithm", found=repr(left))
    return equals(inner[0], ln(right))


def isolate(letter: Term) -> Rule:
    """b t + c = A gives t = (A - c) / b"""

    @law
    def isolated(equation: Term) -> Term:
        left, right = sides(equation)
        rest, factor = coefficients(left, letter)
        return equals(letter, div(add(right, neg(rest)), factor))

    return isolated
