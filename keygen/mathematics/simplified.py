"""What a person writes without a sign of its own: sums of numbers term by term, a sum of one, unit coefficients, a
minus that stands before a sum or a fraction and not inside it; polynomials as the sums that they are."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod

from msgspec.structs import replace

from keygen.engine.polynomial import Monomial, Polynomial
from keygen.engine.primitives import Reading, nobody
from keygen.mathematics.terms import (
    Apply,
    Literal,
    Name,
    Term,
    apply,
    by_entry,
    constant,
    entries,
    numeric,
    product,
    total,
)


def several(term: Term) -> bool:
    """Whether it has more than one entry."""
    shape = term.shape
    return bool(shape) and prod(shape) > 1


def simplified(term: Term) -> Term:
    """A term as it is written; what is written so already stays as it is."""
    if not isinstance(term, Apply):
        return term
    simpler = SIMPLER.get(term.primitive)
    return term if simpler is None else simpler(term)


def simpler_sum(term: Apply) -> Term:
    """A sum of one is that one; one of numbers is written term by term; a minus stands before it."""
    (body,) = term.args
    if term.param == ():
        if not several(body):
            return simplified(body)
        if isinstance(body, Apply) and body.primitive == "neg":
            return simplified(replace(body, args=(replace(term, args=body.args),), shape=()))
        return total(entries(body)) if numeric(body) and by_entry(body) else term
    return unrepeated(term)


def unrepeated(term: Apply) -> Term:
    """A repetition or a sum that leaves the shape as it is."""
    return simplified(term.args[0]) if term.shape == term.args[0].shape else term


def simpler_quotient(term: Apply) -> Term:
    """A minus stands before the fraction; a sum over a number is a mean, with the fraction before it."""
    top, bottom = term.args
    top = simplified(top)
    if not isinstance(top, Apply):
        return term
    if top.primitive == "neg":
        return replace(top, args=(simplified(replace(term, args=(top.args[0], bottom))),), shape=term.shape)
    if top.primitive == "sum_to" and isinstance(bottom, Name | Literal) and prod(bottom.shape) == 1:
        return apply("mul", replace(term, args=(constant(1), bottom), shape=()), top)
    return term


def simpler_multiple(term: Apply) -> Term:
    """Once x is x, minus once x is -x."""
    if term.param == 1:
        return simplified(term.args[0])
    return replace(term, primitive="neg", param=None) if term.param == -1 else term


SIMPLER: Reading[Callable[[Apply], Term]] = Reading(
    "what is written instead of its sign",
    {
        "sum_to": simpler_sum,
        "repeat_to": unrepeated,
        "div": simpler_quotient,
        "scale": simpler_multiple,
        "copy": lambda term: simplified(term.args[0]),
    },
    needs=nobody,
)


def expanded(polynomial: Polynomial) -> Term:
    """A polynomial as a sum of its terms, each a coefficient times powers."""
    if all(not monomial for monomial, _ in polynomial.terms):
        return Literal(sum((c for _, c in polynomial.terms), Fraction(0)))
    (first, *rest) = [(monomial_term(monomial, abs(c)), c < 0) for monomial, c in polynomial.terms]
    result: Term = apply("neg", first[0]) if first[1] else first[0]
    for term, negative in rest:
        result = apply("sub" if negative else "add", result, term)
    return result


def monomial_term(monomial: Monomial, coefficient: Fraction) -> Term:
    """c x^a y^b; of letters with indices those with fewer digits stand first: w_2 w_{12}."""
    if not monomial:
        return Literal(coefficient)
    ordered = sorted(monomial, key=lambda power: (power[0].rstrip("0123456789"), len(power[0]), power[0]))
    powers = [Name(name) if n == 1 else apply("power", Name(name), param=n) for name, n in ordered]
    body = product(powers)
    return body if coefficient == 1 else apply("scale", body, param=coefficient)
