"""Rules for exponentials and logarithms: exponents added, logarithms taken inside."""

from __future__ import annotations

from collections.abc import Iterator

from keygen.calculus import algebra
from keygen.calculus.algebra import ONE, div, exp, mul, sub
from keygen.calculus.derivation import RewrittenLink, Rule, plain
from keygen.calculus.quotients import as_fraction, factored
from keygen.calculus.rational_function import expanded
from keygen.calculus.traversal import mapped
from keygen.mathematics.terms import Apply, Term, constant


def multiply_through(by: Term) -> Rule:
    """N / D = (N g) / (D g), term by term, exponents added; the page says what g is."""

    def one(found: Term) -> Term | None:
        inner = algebra.parts(found, "div")
        return div(spread(inner[0], by), spread(inner[1], by)) if inner else None

    def same_factor(term: Term) -> RewrittenLink:
        return RewrittenLink(mapped(term, one), ("same_factor",), factor=simpler_exponents(by).term)

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


def open_logarithm(term: Term) -> RewrittenLink:
    """ln(u v) = ln u + ln v, ln(u / v) = ln u - ln v, ln(u^v) = v ln u, ln(e^u) = u; the laws are those it used."""
    used: list[str] = []

    def one(found: Term) -> Term | None:
        inner = algebra.parts(found, "ln")
        return opened(inner[0], used) if inner else None

    rewritten = mapped(term, one)
    return RewrittenLink(rewritten, tuple(dict.fromkeys(used)))


def opened(term: Term, used: list[str]) -> Term:
    """The logarithm of a term, taken inside as far as it goes; `used` has the laws, outermost first."""
    match term:
        case Apply(primitive="mul", args=(u, v)):
            used.append("logarithm_of_product")
            return algebra.add(opened(u, used), opened(v, used))
        case Apply(primitive="div", args=(u, v)):
            used.append("logarithm_of_quotient")
            return sub(opened(u, used), opened(v, used))
        case Apply(primitive="raised", args=(u, v)):
            used.append("logarithm_of_power")
            return mul(v, opened(u, used))
        case Apply(primitive="exp", args=(u,)):
            used.append("logarithm_of_exponential")
            return u
    return algebra.ln(term)


@plain
def simpler_exponents(term: Term) -> Term:
    """Every exponent multiplied out."""

    def one(found: Term) -> Term | None:
        inner = algebra.parts(found, "exp")
        return exp(expanded(inner[0])) if inner else None

    return mapped(term, one)
