"""Printable readings of a trace: terms (nested expressions) and chains of terms, each equal to the one before it.

    term  ::=  Name | Literal | Apply(primitive, term*, param)

Links are written out in place, so a term speaks of named variables only. Nothing here knows how a term looks on a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from keygen.engine.polynomial import Polynomial
from keygen.engine.primitives import PRIMITIVES, Param, Reading, Shape, broadcast, nobody
from keygen.engine.real import Real
from keygen.engine.real import in_decimals as as_decimal
from keygen.engine.surd import Surd
from keygen.engine.trace import Trace, is_link
from keygen.errors import KeygenError
from keygen.mathematics.number_format import Policy


class Name(msgspec.Struct, frozen=True):  # a page makes thousands of terms, and a struct is made in a tenth of the time
    """A variable; `index` stands for its entries under a sum ("i"), "" for the whole."""

    name: str
    shape: Shape = ()
    index: str = ""


class Literal(msgspec.Struct, frozen=True, eq=False):
    """A value: a number, an array or a polynomial; `finer` is how many figures more than others it shows where it is
    rounded (`mathematics.line_digits`)."""

    value: Any
    finer: int = 0

    @property
    def shape(self) -> Shape:
        """The shape of the value."""
        return self.value.shape if isinstance(self.value, np.ndarray) else ()


class Apply(msgspec.Struct, frozen=True):
    """A primitive applied to terms; `origin` is the trace's name for the result ("" where it has none)."""

    primitive: str
    args: tuple[Term, ...]
    param: Param = None
    shape: Shape = ()
    origin: str = ""


class Marked(msgspec.Struct, frozen=True):
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
    """Terms that are all equal, and the laws used, in order. The page prints it as symbols = numbers = value.

    relations  what stands before each link but the first, where that is not always "="
    (`mathematics.operators.RELATIONS`) at         values of the chain's own letters, at which the read-back tries it
    """

    links: tuple[Term, ...]
    laws: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    at: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def relation(self, place: int) -> str:
        """What stands before link number `place`, counted from 0."""
        return self.relations[place - 1] if self.relations else "="

    def keeping(self, places: Iterable[int]) -> Chain:
        """The first link and those at `places`, each behind its own relation."""
        kept = [0, *(place for place in places if place)]
        relations = tuple(self.relation(place) for place in kept[1:]) if self.relations else ()
        return Chain(tuple([self.links[place] for place in kept]), self.laws, relations, self.at)

    @property
    def formula(self) -> Chain:
        """The symbols alone: without the links that speak of numbers only."""
        return self.keeping(place for place, link in enumerate(self.links) if not numeric(link))

    @property
    def result(self) -> Chain:
        """The first link and the last; a root or a fraction with its decimals."""
        end = len(self.links)
        exact = end > 2 and isinstance(self.links[-2], Literal) and isinstance(self.links[-1], Literal)
        return self.keeping(range(end - 2 if exact else end - 1, end))


def numeric(term: Term) -> bool:
    """Whether the term speaks of values: it holds a literal and no name."""
    literals = False
    for leaf in leaves_of(term):
        if isinstance(leaf, Name):
            return False
        literals = True
    return literals


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
    """A number-shaped or elementwise Apply: its shape is that of its arguments, repeated to fit one another.

    Raises KeygenError for arguments that do not fit.
    """
    shape: Shape | None = ()
    for arg in args:
        shape = None if shape is None else broadcast(shape, arg.shape)
    if shape is None:
        found = " and ".join(str(arg.shape) for arg in args)
        raise KeygenError(f"the shapes do not fit in the term {primitive!r}", found=found)
    return Apply(primitive, args, param, shape)


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


WRITTEN_OUT: Reading[Callable[..., Term]] = Reading(
    "the formula that a reader knows it by, and not by a sign", {"logloss": logloss, "copy": lambda x: x}, needs=nobody
)


def written(trace: Trace, name: str, inline: Callable[[str], bool] = is_link) -> Term:
    """What `name` is, in terms of the variables for which `inline` is false (by default: those with names)."""
    return written_with({}, trace, name, inline)


def written_with(parts: dict[str, Term], trace: Trace, name: str, inline: Callable[[str], bool]) -> Term:
    """What `written` gives; `parts` keeps what has been written out: what stands in several places is one term."""
    if name in parts:
        return parts[name]
    step = trace.defining.get(name)
    if step is None:
        return Name(name, trace.shapes[name])

    def argument(source: str) -> Term:
        if inline(source) and source in trace.defining:
            return written_with(parts, trace, source, inline)
        return Name(source, trace.shapes[source])

    args = tuple([argument(source) for source in step.inputs])
    parts[name] = (
        WRITTEN_OUT[step.primitive](*args)
        if step.primitive in WRITTEN_OUT
        else Apply(step.primitive, args, step.param, step.target.shape, name)
    )
    return parts[name]


def laws(trace: Trace, name: str) -> tuple[str, ...]:
    """The laws behind a variable's step and the links written out in it, innermost first, each once."""
    step = trace.defining.get(name)
    if step is None:
        return ()
    inner = [law for source in step.inputs if is_link(source) for law in laws(trace, source)]
    return tuple(dict.fromkeys(law for law in (*inner, step.law) if law))


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
            if term.args and shown(term.primitive) != "operation" and term.origin in values:
                return Literal(values[term.origin])
            args = tuple([with_numbers(arg, values) for arg in term.args])
            if term.origin in values and chooses(term.primitive) and not all(map(shown_whole, numbers_in(args))):
                return Literal(values[term.origin])  # the choice is exact, which numbers without their digits are not
            return unsigned_zero(Apply(term.primitive, args, term.param, term.shape))


WHOLE = Policy().fraction  # the largest numerator or denominator that a page shows whole


def shown_whole(number: Any) -> bool:
    """Whether a page drops no digit of a number: a short fraction, a root."""
    if isinstance(number, Fraction):
        return max(abs(number.numerator), number.denominator) <= WHOLE
    return not isinstance(number, Real)


def written_as_fraction(number: Any) -> bool:
    """Whether a number is a fraction that is no decimal of few places."""
    return isinstance(number, Fraction) and (10 ** Policy().decimals * number).denominator != 1


def with_decimals(line: Chain) -> Chain:
    """The line, and behind a fraction that is no short decimal its decimals: 19/7 = 2.714."""
    end = line.links[-1]
    if not (isinstance(end, Literal) and written_as_fraction(end.value)):
        return line
    return Chain((*line.links, Literal(as_decimal(end.value))), line.laws, line.relations, line.at)


def numbers_in(terms: Iterable[Term]) -> Iterator[Any]:
    """The numbers in terms, one by one."""
    for term in terms:
        for leaf in leaves_of(term):
            if isinstance(leaf, Literal):
                yield from leaf.value.flat if isinstance(leaf.value, np.ndarray) else (leaf.value,)


def chooses(primitive: str) -> bool:
    """Whether the value is one of a few that lie apart, chosen by numbers."""
    record = PRIMITIVES.get(primitive)
    return record is not None and record.flat


def unsigned_zero(term: Apply) -> Term:
    """-0 is 0: a term that is a minus before a lone zero without it."""
    if term.primitive == "neg" and isinstance(term.args[0], Literal):
        value = term.args[0].value
        if not isinstance(value, np.ndarray) and not isinstance(value, Polynomial) and value == 0:
            return term.args[0]
    return term


def chain(trace: Trace, values: Mapping[str, Any], name: str) -> Chain:
    """name = formula (= other formulas) = numbers = value, for one variable of an evaluated trace."""
    (first, *forms), why = (line := symbols(trace, name)).links, line.laws
    links: list[Term] = [first, *forms]
    if forms and operates(forms[-1]):
        links.append(with_numbers(forms[-1], values))
    links.append(Literal(values[name]))
    if holds_root(values[name]):
        links.append(Literal(in_decimals(values[name])))
    return Chain(tuple(links), why)


def symbols(trace: Trace, name: str) -> Chain:
    """name = formula (= other formulas): what a variable is, in every way that the trace says; of what are data on a
    page the name alone."""

    def made() -> Chain:
        forms: list[Term] = []
        if name in trace.defining and shown(trace.defining[name].primitive) != "data":
            forms = [written(trace, name), *(written(trace, link) for of, link in trace.also if of == name)]
        return Chain((Name(name, trace.shapes[name]), *forms), laws(trace, name))

    return trace.memo(("symbols", name), made)


def holds_root(value: Any) -> bool:
    """Whether a value is, or has in it, a square root that is kept exact."""
    return any(isinstance(x, Surd) for x in (value.flat if isinstance(value, np.ndarray) else (value,)))


def in_decimals(value: Any) -> Any:
    """The value with its roots to be written in decimals, to stand beside the exact form."""
    if isinstance(value, np.ndarray):
        return np.frompyfunc(in_decimals, 1, 1)(value)
    return value.as_real() if isinstance(value, Surd) else value


def shown(primitive: str) -> str:
    """How a reader sees it; a sign that no trace has steps of is an operation."""
    record = PRIMITIVES.get(primitive)
    return "operation" if record is None else record.shown


def pointwise(primitive: str) -> bool:
    """Whether each entry is made of the entries at its place; signs that no trace has steps of are."""
    record = PRIMITIVES.get(primitive)
    return record is None or record.pointwise


def operates(term: Term) -> bool:
    """Whether a term shows an operation, so that putting numbers in says more than the value alone."""
    return isinstance(term, Apply) and bool(term.args) and shown(term.primitive) != "value"


def entries(term: Term) -> list[Term]:
    """A term of numbers, element by element; `by_entry` says of which terms that is possible."""
    return [entry(term, place) for place in np.ndindex(*term.shape)]


def by_entry(term: Term) -> bool:
    """Whether each entry of the term is a function of the entries at the same place."""
    match term:
        case Apply():
            return prod(term.shape) == 1 or (pointwise(term.primitive) and all(map(by_entry, term.args)))
        case Marked():
            return by_entry(term.body)
        case _:
            return True


def entry(term: Term, place: tuple[int, ...]) -> Term:
    """The entry of a term of numbers; what is repeated along an axis is the same everywhere on it."""
    match term:
        case Literal() if term.shape:
            own = place[len(place) - len(term.shape) :]
            at = tuple(here if size > 1 else 0 for here, size in zip(own, term.shape, strict=True))
            return replace(term, value=term.value[at])
        case Apply() if prod(term.shape) > 1:
            return unsigned_zero(replace(term, args=tuple(entry(arg, place) for arg in term.args), shape=()))
        case Marked():
            return entry(term.body, place)
        case _:
            return term


def indexed(term: Term, index: str) -> Term:
    """The general entry of a term, or its row where the index has a letter for the rows alone: y_i, X_ij, X_i.

    The letters count along the term's axes, so that a row repeated under a matrix X_ij is b_j; numbers are left as
    they are.
    """
    letters = iter(index)
    return at_letters(term, tuple(next(letters, "") if size > 1 else "" for size in term.shape))


def at_letters(term: Term, axes: tuple[str, ...]) -> Term:
    """A part of an indexed term; `axes` has the letter of each axis of the whole, "" for none."""
    if prod(term.shape) == 1:
        return term
    own = [letter for letter, size in zip(axes[len(axes) - len(term.shape) :], term.shape, strict=True) if size > 1]
    index, shape = "".join(own), () if all(own) else term.shape
    match term:
        case Name():
            return replace(term, index=index, shape=shape)
        case Apply() if pointwise(term.primitive):
            return replace(term, args=tuple(at_letters(arg, axes) for arg in term.args), shape=shape)
        case Marked():
            return replace(term, body=at_letters(term.body, axes))
        case _:
            return Apply("entry", (term,), index, shape)
