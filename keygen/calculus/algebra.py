"""Terms put together the way a person writes them: 1 x = x, 0 + x = x, x + (-3) = x - 3, -2 x + 1 = 1 - 2 x.

Each function is one operation; it folds what a person would fold in passing and nothing else. Where a line is to show
an operation on plain numbers (1 + 0), `mathematics.terms.apply` makes it as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from keygen.mathematics.terms import Apply, Name, Term, apply, constant

ZERO, ONE = constant(0), constant(1)


def letter(name: str) -> Name:
    """A number by its name."""
    return Name(name)


def known(term: Term) -> Fraction | None:
    """The value of a plain number."""
    if isinstance(term, Apply) and term.primitive == "constant" and isinstance(term.param, Fraction):
        return term.param
    return None


def whole(value: Fraction | int) -> Term:
    """A plain number as a term."""
    return constant(value)


def parts(term: Term, primitive: str) -> tuple[Term, ...] | None:
    """The arguments of a term that is this operation."""
    return term.args if isinstance(term, Apply) and term.primitive == primitive else None


def negated(term: Term) -> Term | None:
    """x where the term is -x for a person: a minus, a negative number, a negative coefficient."""
    value = known(term)
    if value is not None:
        return constant(-value) if value < 0 else None
    if inner := parts(term, "neg"):
        return inner[0]
    factor, body = coefficient(term)
    return multiple(-factor, body) if factor < 0 else None


def coefficient(term: Term) -> tuple[Fraction, Term]:
    """c and x where the term is c x, also written x / 3 or -x."""
    if (inner := parts(term, "scale")) and isinstance(term, Apply) and isinstance(term.param, Fraction):
        return term.param, inner[0]
    if inner := parts(term, "neg"):
        factor, body = coefficient(inner[0])
        return -factor, body
    if (inner := parts(term, "div")) and (below := known(inner[1])):
        factor, body = coefficient(inner[0])
        return factor / below, body
    return Fraction(1), term


def multiple(factor: Fraction, x: Term) -> Term:
    """factor * x for a number and a term without a coefficient: 3 x, -x, x / 2, 3 x / 2."""
    value = known(x)
    if value is not None:
        return constant(factor * value)
    if factor == 0:
        return ZERO
    if factor < 0:
        return apply("neg", multiple(-factor, x)) if factor == -1 else multiple_of(factor, x)
    return multiple_of(factor, x)


def multiple_of(factor: Fraction, x: Term) -> Term:
    """factor * x for a factor that is not 0 or -1."""
    if factor == 1:
        return x
    if (inner := parts(x, "div")) and (above := known(inner[0])) is not None:
        return apply("div", constant(factor * above), inner[1])
    if factor.denominator == 1:
        return apply("scale", x, param=factor)
    if factor < 0:
        turned = parts(x, "sub")
        return multiple_of(-factor, sub(*turned[::-1])) if turned else apply("neg", multiple_of(-factor, x))
    return apply("div", multiple_of(Fraction(factor.numerator), x), constant(factor.denominator))


def times(factor: Fraction | int, x: Term) -> Term:
    """factor * x for a number and any term."""
    inner, body = coefficient(x)
    return multiple(factor * inner, body)


def add(x: Term, y: Term) -> Term:
    """x + y"""
    a, b = known(x), known(y)
    if a is not None and b is not None:
        return constant(a + b)
    if a == 0 or b == 0:
        return y if a == 0 else x
    opposite = negated(y)
    if opposite is not None:
        return apply("sub", x, opposite)
    leading = negated(x)
    return apply("add", x, y) if leading is None or b is None else apply("sub", y, leading)


def sub(x: Term, y: Term) -> Term:
    """x - y"""
    a, b = known(x), known(y)
    if a is not None and b is not None:
        return constant(a - b)
    if a == 0 or b == 0:
        return neg(y) if a == 0 else x
    opposite = negated(y)
    return apply("sub", x, y) if opposite is None else apply("add", x, opposite)


def neg(x: Term) -> Term:
    """-x"""
    opposite = negated(x)
    return times(-1, x) if opposite is None else opposite


def mul(x: Term, y: Term) -> Term:
    """x * y, numbers first"""
    (p, a), (q, b) = split_number(x), split_number(y)
    body = b if a is None else a if b is None else apply("mul", a, b)
    return constant(p * q) if body is None else times(p * q, body)


def split_number(x: Term) -> tuple[Fraction, Term | None]:
    """The coefficient and the rest; None where there is no rest."""
    value = known(x)
    return (value, None) if value is not None else coefficient(x)


def div(x: Term, y: Term) -> Term:
    """x / y"""
    below = known(y)
    if below is not None:
        return times(1 / below, x)
    if known(x) == 0:
        return ZERO
    opposite = negated(x)
    return apply("div", x, y) if opposite is None else neg(apply("div", opposite, y))


def power(x: Term, n: int) -> Term:
    """x^n"""
    value = known(x)
    if value is not None:
        return constant(value**n)
    if n in (0, 1):
        return x if n else ONE
    return apply("square", x) if n == 2 else apply("power", x, param=n)


def exp(x: Term) -> Term:
    """e^x; e^0 = 1, e^(ln x) = x"""
    if inner := parts(x, "ln"):
        return inner[0]
    return ONE if known(x) == 0 else apply("exp", x)


def ln(x: Term) -> Term:
    """ln x; ln 1 = 0"""
    return ZERO if known(x) == 1 else apply("ln", x)


def equals(left: Term, right: Term) -> Term:
    """The equation left = right."""
    return apply("equals", left, right)


def total(terms: Iterable[Term]) -> Term:
    """The sum of terms, 0 for none."""
    found: Term = ZERO
    for term in terms:
        found = add(found, term)
    return found


def products(terms: Iterable[Term]) -> Term:
    """The product of terms, 1 for none."""
    found: Term = ONE
    for term in terms:
        found = mul(found, term)
    return found
