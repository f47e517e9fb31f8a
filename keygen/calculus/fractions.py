"""Rules for quotients: expanding, cancelling, splitting, and putting one expression for another that equals it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from keygen.calculus import algebra
from keygen.calculus.algebra import ONE, div, exp, mul, sub
from keygen.calculus.derivation import Rule, Step, law, plain
from keygen.calculus.ratio import expanded
from keygen.calculus.tree import holds, mapped, replaced
from keygen.engine.terms import Apply, Term, apply, constant
from keygen.errors import KeygenError


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


@plain
def multiply_out(term: Term) -> Term:
    """Everything multiplied out and cancelled."""
    return expanded(term)


def fraction(term: Term) -> tuple[Term, Term]:
    """Numerator and denominator. Raises KeygenError for a term that is no fraction."""
    inner = algebra.parts(term, "div")
    if inner is None:
        raise KeygenError(f"a rule for fractions met {term!r}", expected="a fraction")
    return inner[0], inner[1]


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


def as_fraction(term: Term) -> tuple[Term, Term]:
    """Numerator and denominator, 1 for a term that has none."""
    inner = algebra.parts(term, "div")
    return (inner[0], inner[1]) if inner else (term, ONE)


def substitute(part: Term, by: Term, named: str = "") -> Rule:
    """One part for another that is known to equal it; `named` is the law that the page says, if any."""

    def rule(term: Term) -> Step:
        return Step(replaced(term, part, by), (named,) if named else ())

    return rule


def multiply_through(by: Term) -> Rule:
    """N / D = (N g) / (D g), term by term, exponents added."""

    @law
    def same_factor(term: Term) -> Term:
        def one(found: Term) -> Term | None:
            inner = algebra.parts(found, "div")
            return div(spread(inner[0], by), spread(inner[1], by)) if inner else None

        return mapped(term, one)

    return same_factor


def spread(term: Term, factor: Term) -> Term:
    """A sum times a factor, term by term; what became a plain number stands first."""
    found = [joined(part, factor, sign) for sign, part in summands(term)]
    plain = [part for part in found if algebra.known(part) is not None]
    return algebra.total([*plain, *(part for part in found if algebra.known(part) is None)])


def summands(term: Term, sign: int = 1) -> Iterator[tuple[int, Term]]:
    """The terms of a sum with their signs."""
    match term:
        case Apply(primitive="add" | "sub" as kind, args=(left, right)):
            yield from summands(left, sign)
            yield from summands(right, sign if kind == "add" else -sign)
        case _:
            yield sign, term


def joined(term: Term, factor: Term, sign: int) -> Term:
    """sign * term * factor; a denominator that is the factor goes, exponents of exponentials are added."""
    above, below = as_fraction(term)
    if below == factor:
        return mul(constant(sign), above)
    coefficient, factors = factored(term)
    exponents = [inner[0] for found in (*factors, factor) if (inner := algebra.parts(found, "exp"))]
    rest = [found for found in (*factors, factor) if not algebra.parts(found, "exp")]
    grown = exp(expanded(algebra.total(exponents))) if exponents else ONE
    return algebra.products([constant(sign * coefficient), *rest, grown])


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


def becomes(term: Term, named: str = "") -> Rule:
    """The next link as it is; `named` is the law that makes it, if the page says one."""

    def rule(before: Term) -> Step:
        return Step(term, (named,) if named else ())

    return rule


@plain
def simpler_exponents(term: Term) -> Term:
    """Every exponent multiplied out."""

    def one(found: Term) -> Term | None:
        inner = algebra.parts(found, "exp")
        return exp(expanded(inner[0])) if inner else None

    return mapped(term, one)


@law
def open_logarithm(term: Term) -> Term:
    """ln(u v) = ln u + ln v, ln(u / v) = ln u - ln v, ln(u^v) = v ln u, ln(e^u) = u"""

    def one(found: Term) -> Term | None:
        inner = algebra.parts(found, "ln")
        return opened(inner[0]) if inner else None

    return mapped(term, one)


def opened(term: Term) -> Term:
    """The logarithm of a term, taken inside as far as it goes."""
    match term:
        case Apply(primitive="mul", args=(u, v)):
            return algebra.add(opened(u), opened(v))
        case Apply(primitive="div", args=(u, v)):
            return sub(opened(u), opened(v))
        case Apply(primitive="raised", args=(u, v)):
            return mul(v, opened(u))
        case Apply(primitive="exp", args=(u,)):
            return u
    return algebra.ln(term)
