"""Writing terms in a medium: the walk that TeX, Python and formulas share. The leaves are the medium's, the brackets
are the table's, and what it does not know raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import prod
from typing import Any, ClassVar

import numpy as np

from keygen.engine.polynomial import Monomial, Polynomial
from keygen.engine.terms import Apply, Literal, Marked, Name, Term, apply, entries, numeric, product, total
from keygen.errors import KeygenError
from keygen.notation.numbers import Policy
from keygen.notation.signs import SIGNS, Level


@dataclass(frozen=True, slots=True)
class Written:
    """A term in one medium: its text, how tightly it binds, whether it stands taller than a line, whether no digit
    was dropped, and whether it is a number, so that a product needs a dot before it."""

    text: str
    level: Level = Level.ATOM
    tall: bool = False
    exact: bool = True
    number: bool = False


@dataclass(frozen=True)
class Medium:
    """How the leaves are written; the branches are the table's."""

    policy: Policy = field(default_factory=Policy)
    signs: Mapping[str, str] = field(default_factory=dict)

    pattern: ClassVar[str] = "tex"

    def name(self, term: Name) -> Written:
        """A variable."""
        raise NotImplementedError

    def number(self, value: Fraction | float) -> Written:
        """A number that is not an array."""
        raise NotImplementedError

    def array(self, value: np.ndarray) -> Written:
        """A vector or a matrix."""
        raise NotImplementedError

    def param(self, term: Apply) -> Written:
        """The parameter of a primitive, where its sign shows it."""
        raise NotImplementedError

    def join(self, sign: str, args: list[Written]) -> str:
        """Fill in what a pattern leaves to the medium."""
        return sign

    def write(self, term: Term) -> Written:
        """A term in this medium."""
        match simplified(term):
            case Name() as name:
                return self.name(name)
            case Literal(value=value):
                return self.literal(value)
            case Marked(body=body):
                return self.mark(self.write(body), term)
            case Apply() as step:
                return self.apply(step)

    def mark(self, body: Written, term: Term) -> Written:
        """A term that is set off; only a page shows it."""
        return body

    def literal(self, value: Any) -> Written:
        """A value, by type."""
        if isinstance(value, Polynomial):
            return self.write(expanded(value))
        if isinstance(value, np.ndarray):
            return self.number(value.item()) if value.size == 1 else self.array(value)
        return self.number(value)

    def apply(self, term: Apply) -> Written:
        """A primitive's sign around its arguments, in brackets where the table says so."""
        kind = entrywise(term)
        if kind not in SIGNS:
            raise KeygenError(f"the page has no sign for the operation {kind!r}", repair="add its row to page/signs.py")
        sign = SIGNS[kind]
        if kind == "constant":
            return self.literal(term.param)
        args = [
            self.bracketed(arg) if arg.level not in allowed else arg
            for arg, allowed in zip(map(self.write, term.args), sign.allowed, strict=True)
        ]
        param = self.param(term)
        pattern = getattr(sign, self.pattern) or sign.python
        shown = [param, *args] if kind == "scale" else args
        text = self.join(pattern, shown).format(*(arg.text for arg in args), p=param.text)
        leading = (param if kind == "scale" else args[0]).level if sign.leads or kind == "scale" else sign.level
        level = min(sign.level, leading)
        tall = kind == "div" or any(arg.tall for arg in shown)
        return Written(text, level, tall, all(arg.exact for arg in shown))

    def bracketed(self, inner: Written) -> Written:
        """The same in round brackets."""
        return replace(inner, text=f"({inner.text})", level=Level.ATOM, number=False)


def entrywise(term: Apply) -> str:
    """The row of the table: a product is entry by entry when both factors have entries to pair."""
    paired = term.primitive == "mul" and all(prod(arg.shape) > 1 for arg in term.args)
    return "hadamard" if paired else term.primitive


def simplified(term: Term) -> Term:
    """What a person writes without a sign of its own: sums of numbers term by term, a sum of one, unit coefficients."""
    match term:
        case Apply(primitive="sum_to", args=(body,), param=()):
            if prod(body.shape) == 1:
                return simplified(body)
            return total(entries(body)) if numeric(body) else term
        case Apply(primitive="scale", args=(body,), param=param) if param == 1:
            return simplified(body)
        case Apply(primitive="scale", args=(body,), param=param) if param == -1:
            return replace(term, primitive="neg", param=None)
        case Apply(primitive="copy", args=(body,)):
            return simplified(body)
        case _:
            return term


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
    """c x^a y^b"""
    if not monomial:
        return Literal(coefficient)
    powers = [Name(name) if n == 1 else apply("power", Name(name), param=n) for name, n in monomial]
    body = product(powers)
    return body if coefficient == 1 else apply("scale", body, param=coefficient)
