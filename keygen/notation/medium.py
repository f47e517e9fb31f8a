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

from keygen.engine.ops import Shape
from keygen.engine.polynomial import Monomial, Polynomial
from keygen.engine.surd import Surd
from keygen.engine.terms import (
    Apply,
    Literal,
    Marked,
    Name,
    Term,
    apply,
    by_entry,
    constant,
    entries,
    indexed,
    numeric,
    product,
    total,
)
from keygen.errors import KeygenError
from keygen.notation.numbers import Policy
from keygen.notation.signs import SIGNS, Level, Sign


@dataclass(frozen=True, slots=True)
class Written:
    """A term in one medium: its text, how tightly it binds, whether it stands taller than a line, whether no digit
    was dropped, whether it is a number, so that a product needs a dot before it, how deep its brackets nest,
    and for a product that begins with a minus the same with brackets around its first number alone."""

    text: str
    level: Level = Level.ATOM
    tall: bool = False
    exact: bool = True
    number: bool = False
    depth: int = 0
    guarded: str = ""
    open: bool = False  # whether it ends in a sign that would reach on to a factor behind it: y ln p, a sum


@dataclass(frozen=True)
class Medium:
    """How the leaves are written; the branches are the table's."""

    policy: Policy = field(default_factory=Policy)
    signs: Mapping[str, str] = field(default_factory=dict)

    pattern: ClassVar[str] = "tex"

    def name(self, term: Name) -> Written:
        """A variable."""
        raise NotImplementedError

    def number(self, value: Fraction | float | Surd) -> Written:
        """A number that is not an array."""
        raise NotImplementedError

    def array(self, value: np.ndarray) -> Written:
        """A vector or a matrix."""
        raise NotImplementedError

    def param(self, term: Apply) -> Written:
        """The parameter of a primitive, where its sign shows it."""
        raise NotImplementedError

    def place(self, term: Apply) -> Written:
        """The place of an entry, counted from 1, along the axes that have several."""
        param: Any = term.param
        place, shape = param if term.primitive == "place" else (param, term.args[0].shape)
        several = [str(at + 1) for at, size in zip(place, shape, strict=True) if size > 1]
        return Written(",".join(several or ["1"]))

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
        """A primitive's sign around its arguments, in brackets where the table says so.

        A sum speaks of the general entry of what it adds up, in every medium: the brackets are those of entries.
        """
        kind, param = row_of(term), self.place(term) if term.primitive in PLACED else self.param(term)
        if kind == "sum_to":
            term = replace(term, args=(indexed(term.args[0], index_of(term)),))
        if kind not in SIGNS:
            repair = "add its row to notation/signs.py"
            raise KeygenError(f"the page has no sign for the operation {kind!r}", repair=repair)
        sign = SIGNS[kind]
        if kind == "constant":
            return self.literal(term.param)
        args = [
            self.fitted(arg, allowed) for arg, allowed in zip(map(self.write, term.args), sign.allowed, strict=True)
        ]
        args = [self.closed(arg) if ambiguous(sign, term, args, place) else arg for place, arg in enumerate(args)]
        pattern = getattr(sign, self.pattern) or sign.python
        shown = [param, *args] if kind == "scale" else args
        joined = self.join(pattern, shown)
        text = joined.format(*(arg.text for arg in args), p=param.text)
        leading = (param if kind == "scale" else args[0]).level if sign.leads or kind == "scale" else sign.level
        level = min(sign.level, leading)
        if sign.level is Level.SUM and level is Level.NEGATIVE:
            level = Level.NEGATIVE_SUM
        tall = kind == "div" or any(arg.tall for arg in shown)
        depth = max((arg.depth for arg in shown), default=0)
        guarded = ""
        if kind == "mul" and args[0].level is Level.NEGATIVE and (first := self.guarded(args[0])):
            guarded = joined.format(first, *(arg.text for arg in args[1:]), p=param.text)
        ends = sign.tex.endswith(f"{{{len(args) - 1}}}")
        reaches = sign.opens or (ends and bool(args) and args[-1].open)
        exact = all(arg.exact for arg in shown)
        return Written(text, level, tall, exact, depth=depth, guarded=guarded, open=reaches)

    def fitted(self, arg: Written, allowed: frozenset[Level]) -> Written:
        """An argument, in brackets if it binds too loosely for its place: around its first number, if that will do."""
        if arg.level in allowed:
            return arg
        if arg.guarded and Level.SCALED in allowed:
            return replace(arg, text=arg.guarded, level=Level.SCALED, guarded="")
        return self.closed(arg)

    def closed(self, arg: Written) -> Written:
        """An argument in brackets, which nothing reaches over."""
        return replace(self.bracketed(arg), open=False)

    def guarded(self, first: Written) -> str:
        """The beginning of a product with brackets around its negative number, "" where it begins otherwise."""
        return self.bracketed(first).text if first.number else first.guarded

    def bracketed(self, inner: Written) -> Written:
        """The same in round brackets."""
        return replace(inner, text=f"({inner.text})", level=Level.ATOM, number=False)


def index_of(term: Apply) -> str:
    """The letters that count the entries of what a sum adds up."""
    return "i" if sum(size > 1 for size in term.args[0].shape) == 1 else "ij"


PLACED = frozenset({"pick", "place"})
SUBSCRIBED = frozenset({"pick", "entry"})


def row_of(term: Apply) -> str:
    """The row of the table: products and powers entry by entry, sums and repetitions along an axis have their own."""
    several = [prod(arg.shape) > 1 for arg in term.args]
    match term.primitive:
        case "mul" if all(several):
            return "hadamard"
        case "square" | "power" if several[0] and len(term.shape) == 2:
            return f"hadamard_{term.primitive}"
        case "sum_to" | "repeat_to" as primitive if prod(term.shape) == prod(term.args[0].shape):
            return "sum_of_one" if primitive == "sum_to" else "repeated_once"
        case "sum_to" if prod(term.shape) > 1:
            return "row_sums" if term.shape[-1] == 1 else "column_sums"
        case "repeat_to" if several[0]:
            return "repeated_column" if term.args[0].shape[-1] == 1 else "repeated_row"
        case "repeat_to":
            return repeated_number(term.shape)
        case primitive:
            return primitive


def repeated_number(shape: Shape) -> str:
    """The row for a number that fills a list or a column, a row, or a matrix."""
    if len(shape) == 1 or shape[1] == 1:
        return "repeat_to"
    return "number_in_row" if shape[0] == 1 else "number_in_matrix"


def ambiguous(sign: Sign, term: Apply, args: list[Written], place: int) -> bool:
    """Whether an argument that binds tightly enough would still be misread: ln p before a factor, a second index under
    a name that has one, a product x^T x that is a number beside a matrix.
    """
    if place == 0 and sign.followed and args[0].open:
        return True
    arg = term.args[place]
    if term.primitive in SUBSCRIBED:
        return isinstance(simplified(arg), Name) and "_" in args[0].text
    number_beside_matrix = term.primitive == "mul" and prod(arg.shape) == 1 and prod(term.shape) > 1
    return number_beside_matrix and args[place].level <= Level.PRODUCT and multiplies_matrices(arg)


def multiplies_matrices(term: Term) -> bool:
    """Whether a product of matrices stands anywhere in the term."""
    match term:
        case Apply():
            return term.primitive == "matmul" or any(map(multiplies_matrices, term.args))
        case Marked():
            return multiplies_matrices(term.body)
        case _:
            return False


def simplified(term: Term) -> Term:
    """What a person writes without a sign of its own: sums of numbers term by term, a sum of one, unit coefficients,
    a minus that stands before a sum or a fraction and not inside it."""
    match term:
        case Apply(primitive="sum_to", args=(body,), param=()):
            if prod(body.shape) == 1:
                return simplified(body)
            if isinstance(body, Apply) and body.primitive == "neg":
                return simplified(replace(body, args=(replace(term, args=body.args),), shape=()))
            return total(entries(body)) if numeric(body) and by_entry(body) else term
        case Apply(primitive="sum_to" | "repeat_to", args=(body,)) if term.shape == body.shape:
            return simplified(body)
        case Apply(primitive="div", args=(top, bottom)):
            top = simplified(top)
            if isinstance(top, Apply) and top.primitive == "neg":
                return replace(top, args=(simplified(replace(term, args=(top.args[0], bottom))),), shape=term.shape)
            mean = isinstance(bottom, Name | Literal) and prod(bottom.shape) == 1
            if mean and isinstance(top, Apply) and top.primitive == "sum_to":
                return apply("mul", replace(term, args=(constant(1), bottom), shape=()), top)
            return term
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
