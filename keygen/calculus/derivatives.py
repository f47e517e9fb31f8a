"""Differentiating a layer at a time: the outermost operation's law first, what is inside it waiting as (...)'.

Each law is a line in a table: from the parts of an operation and their derivatives to the derivative of the whole.
Sums and constant factors are gone through without a word, as a person does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from keygen.calculus.algebra import ONE, ZERO, add, div, exp, mul, neg, power, products, sub, times
from keygen.calculus.derivation import RewrittenLink, Rule
from keygen.calculus.traversal import mapped, names
from keygen.engine.primitives import Reading, nobody
from keygen.errors import KeygenError
from keygen.mathematics.terms import Apply, Name, Term, apply


def derivative(body: Term, by: str) -> Term:
    """(body)', by a letter."""
    return Apply("derivative", (body,), by)


def d_product(u: Term, v: Term, du: Term, dv: Term) -> Term:
    """(u v)' = u' v + u v'"""
    return add(mul(du, v), mul(u, dv))


def d_quotient(u: Term, v: Term, du: Term, dv: Term) -> Term:
    """(u / v)' = (u' v - u v') / v^2"""
    return div(sub(mul(du, v), mul(u, dv)), power(v, 2))


def d_reciprocal(u: Term, v: Term, dv: Term) -> Term:
    """(c / v)' = -c v' / v^2"""
    return neg(div(mul(u, dv), power(v, 2)))


def d_exp(u: Term, du: Term) -> Term:
    """(e^u)' = e^u u'"""
    return mul(exp(u), du)


def d_ln(u: Term, du: Term) -> Term:
    """(ln u)' = u' / u"""
    return div(du, u)


def d_square(u: Term, du: Term) -> Term:
    """(u^2)' = 2 u u'"""
    return products([times(2, u), du])


def d_sigmoid(u: Term, du: Term) -> Term:
    """sigma(u)' = sigma(u) (1 - sigma(u)) u'"""
    value = apply("sigmoid", u)
    return products([value, sub(ONE, value), du])


ONE_PART: Reading[Callable[[Term, Term], Term]] = Reading(
    "its law in a scalar chain", {"exp": d_exp, "ln": d_ln, "square": d_square, "sigmoid": d_sigmoid}, needs=nobody
)
SUMS: Reading[Callable[[Term, Term], Term]] = Reading("a sum of terms", {"add": add, "sub": sub}, needs=nobody)


def together(combine: Callable[..., Term], *slopes: Term | None) -> Term | None:
    """The parts combined, None where one is missing."""
    return None if None in slopes else combine(*slopes)


class Layer:
    """One layer of differentiation by a letter; `laws` collects those it used.

    `slopes` gives the derivatives of names that stand for functions of the letter: {"f": f'(t)}.
    """

    def __init__(self, by: str, slopes: Mapping[str, Term]) -> None:
        self.by, self.slopes = by, slopes
        self.laws: list[str] = []

    def constant(self, term: Term) -> bool:
        """Whether the letter does not occur, in functions of it either."""
        return names(term).isdisjoint({self.by, *self.slopes})

    def inner(self, term: Term) -> Term:
        """The derivative of a part: at once where no law has to be said, else left as (...)'."""
        found = self.plain(term)
        return derivative(term, self.by) if found is None else found

    def plain(self, term: Term) -> Term | None:
        """The derivative where sums and constant factors suffice, None elsewhere."""
        if self.constant(term):
            return ZERO
        if isinstance(term, Name):
            return ONE if term.name == self.by else self.slopes[term.name]
        return self.through(term, self.plain)

    def through(self, term: Term, d: Callable[[Term], Term | None]) -> Term | None:
        """The derivative of a sum or of something times a constant, None for other operations."""
        match term:
            case Apply(primitive="add" | "sub" as sign, args=(u, v)):
                return together(SUMS[sign], d(u), d(v))
            case Apply(primitive="neg", args=(u,)):
                return together(neg, d(u))
            case Apply(primitive="scale", args=(u,), param=Fraction() as factor):
                return together(lambda du: times(factor, du), d(u))
            case Apply(primitive="mul", args=(u, v)) if self.constant(u):
                return together(lambda dv: mul(u, dv), d(v))
            case Apply(primitive="mul", args=(u, v)) if self.constant(v):
                return together(lambda du: mul(du, v), d(u))
            case Apply(primitive="div", args=(u, v)) if self.constant(v):
                return together(lambda du: div(du, v), d(u))
        return None

    def outer(self, term: Term) -> Term:
        """The derivative by the outermost operation. Raises KeygenError for an operation without a law."""
        found = self.plain(term) or self.through(term, self.outer)
        if found is not None:
            return found
        if isinstance(term, Apply):
            match term.primitive, term.args:
                case "mul", (u, v):
                    return self.by_law(d_product, u, v, self.inner(u), self.inner(v))
                case "div", (u, v) if self.constant(u):
                    return self.by_law(d_reciprocal, u, v, self.inner(v))
                case "div", (u, v):
                    return self.by_law(d_quotient, u, v, self.inner(u), self.inner(v))
                case primitive, (u,) if primitive in ONE_PART:
                    return self.by_law(ONE_PART[primitive], u, self.inner(u))
        raise KeygenError(f"a chain cannot differentiate {term!r}", repair="add its law to calculus/derivatives.py")

    def by_law(self, rule: Callable[..., Term], *parts: Term) -> Term:
        """Use a law and note it."""
        self.laws.append(rule.__name__)
        return rule(*parts)


def differentiate(by: str, **slopes: Term) -> Rule:
    """Every (...)' of the last link taken one layer further."""

    def rule(term: Term) -> RewrittenLink:
        layer = Layer(by, slopes)

        def one(found: Term) -> Term | None:
            waiting = isinstance(found, Apply) and found.primitive == "derivative"
            return layer.outer(found.args[0]) if isinstance(found, Apply) and waiting else None

        return RewrittenLink(mapped(term, one), tuple(layer.laws))

    return rule
