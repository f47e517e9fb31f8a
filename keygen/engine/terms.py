"""Printable readings of a trace: terms (nested expressions) and chains of terms, each equal to the one before it.

    term  ::=  Name | Literal | Apply(primitive, term*, param)

Links are written out in place, so a term speaks of named variables only. Nothing here knows how a term looks on a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from keygen.engine.ops import Param, Shape
from keygen.engine.trace import Trace, is_link


@dataclass(frozen=True, slots=True)
class Name:
    """A variable; `index` stands for its entries under a sum ("i"), "" for the whole."""

    name: str
    shape: Shape = ()
    index: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A value: a number, an array or a polynomial."""

    value: Any

    @property
    def shape(self) -> Shape:
        """The shape of the value."""
        return np.shape(self.value)


@dataclass(frozen=True, slots=True)
class Apply:
    """A primitive applied to terms; `origin` is the trace's name for the result ("" where it has none)."""

    primitive: str
    args: tuple[Term, ...]
    param: Param = None
    shape: Shape = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """A term to be set off (a repeated factor): `role` numbers the mark, from 1."""

    body: Term
    role: int

    @property
    def shape(self) -> Shape:
        """The shape of the body."""
        return self.body.shape


Term = Name | Literal | Apply | Marked


@dataclass(frozen=True, slots=True)
class Chain:
    """Terms that are all equal, and the laws used, in order. The page prints it as symbols = numbers = value."""

    links: tuple[Term, ...]
    laws: tuple[str, ...] = ()

    @property
    def formula(self) -> Chain:
        """The symbols alone: without the links that speak of numbers only."""
        kept = [link for place, link in enumerate(self.links) if place == 0 or not numeric(link)]
        return Chain(tuple(kept), self.laws)

    @property
    def result(self) -> Chain:
        """The first link and the last."""
        return Chain((self.links[0], self.links[-1]), self.laws)


def numeric(term: Term) -> bool:
    """Whether the term speaks of values: it holds a literal and no name."""
    leaves = list(leaves_of(term))
    return any(isinstance(leaf, Literal) for leaf in leaves) and not any(isinstance(leaf, Name) for leaf in leaves)


def leaves_of(term: Term) -> Iterator[Name | Literal]:
    """The names and literals of a term, from left to right."""
    match term:
        case Name() | Literal():
            yield term
        case Apply():
            for arg in term.args:
                yield from leaves_of(arg)
        case Marked():
            yield from leaves_of(term.body)


def constant(value: int | Fraction) -> Apply:
    """A number that belongs to a formula, as the 1 in 1 - p."""
    return Apply("constant", (), Fraction(value))


def apply(primitive: str, *args: Term, param: Param = None) -> Apply:
    """A number-shaped or elementwise Apply whose shape is the largest among its arguments."""
    return Apply(primitive, args, param, max((arg.shape for arg in args), key=prod, default=()))


def total(terms: Iterable[Term]) -> Term:
    """t1 + t2 + ..."""
    first, *rest = terms
    for term in rest:
        first = apply("add", first, term)
    return first


def product(terms: Iterable[Term]) -> Term:
    """t1 * t2 * ..."""
    first, *rest = terms
    for term in rest:
        first = apply("mul", first, term)
    return first


def logloss(y: Term, p: Term) -> Term:
    """-(y ln p + (1 - y) ln(1 - p))"""
    one = constant(1)
    hit = apply("mul", y, apply("ln", p))
    miss = apply("mul", apply("sub", one, y), apply("ln", apply("sub", one, p)))
    return apply("neg", apply("add", hit, miss))


# Primitives that a reader knows by their formula and not by a name.
WRITTEN_OUT: dict[str, Callable[..., Term]] = {"logloss": logloss}


def written(trace: Trace, name: str, inline: Callable[[str], bool] = is_link) -> Term:
    """What `name` is, in terms of the variables for which `inline` is false (by default: those with names)."""
    step = trace.defining.get(name)
    if step is None:
        return Name(name, trace.shapes[name])

    def argument(source: str) -> Term:
        if inline(source) and source in trace.defining:
            return written(trace, source, inline)
        return Name(source, trace.shapes[source])

    args = tuple(argument(source) for source in step.inputs)
    if step.primitive == "copy":
        return args[0]
    if step.primitive in WRITTEN_OUT:
        return WRITTEN_OUT[step.primitive](*args)
    return Apply(step.primitive, args, step.param, step.target.shape, name)


def laws(trace: Trace, name: str) -> tuple[str, ...]:
    """The laws behind a variable's step and the links written out in it, innermost first, each once."""
    step = trace.defining.get(name)
    if step is None:
        return ()
    inner = [law for source in step.inputs if is_link(source) for law in laws(trace, source)]
    return tuple(dict.fromkeys(law for law in (*inner, step.law) if law))


VALUE_ONLY = frozenset({"step", "where_max"})  # a reader wants to see these as numbers, not as a condition on numbers


def with_numbers(term: Term, values: Mapping[str, Any]) -> Term:
    """The term with each name's value in its place; a transposed matrix is shown transposed."""
    match term:
        case Name():
            return Literal(values[term.name])
        case Literal():
            return term
        case Marked():
            return with_numbers(term.body, values)
        case Apply(primitive="transpose", args=(Name(name=name),)):
            return Literal(values[name].T)
        case Apply():
            if term.primitive in VALUE_ONLY and term.origin in values:
                return Literal(values[term.origin])
            return replace(term, args=tuple(with_numbers(arg, values) for arg in term.args), origin="")


def chain(trace: Trace, values: Mapping[str, Any], name: str) -> Chain:
    """name = formula (= other formulas) = numbers = value, for one variable of an evaluated trace."""
    forms = [written(trace, name), *(written(trace, link) for of, link in trace.also if of == name)]
    links: list[Term] = [Name(name, trace.shapes[name])]
    if name in trace.defining and trace.defining[name].primitive not in DATA:
        links += forms
        if operates(forms[-1]):
            links.append(with_numbers(forms[-1], values))
    links.append(Literal(values[name]))
    return Chain(tuple(links), laws(trace, name))


DATA = frozenset({"pick", "constant"})  # steps that name a number without computing one


def operates(term: Term) -> bool:
    """Whether a term shows an operation, so that putting numbers in says more than the value alone."""
    return isinstance(term, Apply) and bool(term.args) and term.primitive not in VALUE_ONLY


def entries(term: Term) -> list[Term]:
    """A term of numbers, element by element (only through elementwise primitives)."""
    size = prod(term.shape)
    match term:
        case Literal():
            return [Literal(element) for element in np.asarray(term.value, dtype=object).flat]
        case Apply():
            columns = [entries(arg) for arg in term.args]
            columns = [column * size if len(column) == 1 else column for column in columns]
            return [replace(term, args=tuple(row), shape=()) for row in zip(*columns, strict=True)] or [term] * size
        case Marked():
            return entries(term.body)
        case Name():
            return [term] * size


def indexed(term: Term, index: str) -> Term:
    """The general entry of a term: y_i for y, numbers left as they are."""
    match term:
        case Name():
            return replace(term, index=index) if prod(term.shape) > 1 else term
        case Apply():
            return replace(term, args=tuple(indexed(arg, index) for arg in term.args))
        case Marked():
            return replace(term, body=indexed(term.body, index))
        case Literal():
            return term
