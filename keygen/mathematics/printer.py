"""Writing terms in a medium: the walk that TeX, Python and formulas share. The leaves are the medium's, the brackets
are the table's, and what it does not know raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from msgspec.structs import replace

from keygen.engine.polynomial import Polynomial
from keygen.engine.primitives import Reading, Shape, nobody
from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.errors import KeygenError
from keygen.mathematics.number_format import Digits, Policy
from keygen.mathematics.operators import OPERATORS, Operator, Precedence
from keygen.mathematics.simplified import expanded, several, simplified
from keygen.mathematics.terms import Apply, Literal, Marked, Name, Term, indexed


class Boundary(IntEnum):
    """What a text begins or ends with, as far as a factor beside it cares."""

    OTHER = 0
    LETTER = 1  # one small letter, which stands close to its coefficient
    POWER = 2  # the same with an exponent of one digit
    DIGIT = 3
    FRACTION = 4  # of numbers: after a number it would read as 2 1/3
    SIGNED = 5  # a negative number in brackets, which after a number needs a dot as any other does
    BRACKET = 6


class Times(IntEnum):
    """How two factors stand beside each other."""

    DOT = 0
    CLOSE = 1
    APART = 2


LETTERS = (Boundary.LETTER, Boundary.POWER)
FACTORS = (Precedence.ATOM, Precedence.RAISED)


class Fragment(NamedTuple):
    """A term in one medium: its text, how tightly it binds, whether it stands taller than a line, whether no digit
    was dropped, whether it is a number, so that a product needs a dot before it, how deep its brackets nest,
    for a product that begins with a minus the same with brackets around its first number alone, and what stands at its
    ends.

    A tuple, because thousands are made for a page and a frozen dataclass takes thrice the time to make.
    """

    text: str
    level: Precedence = Precedence.ATOM
    tall: bool = False
    exact: bool = True
    number: bool = False
    depth: int = 0
    guarded: str = ""
    open: bool = False  # whether it ends in a sign that would reach on to a factor behind it: y ln p, a sum
    first: Boundary = Boundary.OTHER
    last: Boundary = Boundary.OTHER
    dotted: bool = False  # whether a product in it has a dot
    word: bool = False  # whether it is made of letters and digits alone
    slanted: str = ""  # the same fraction of two words on one line: 5/T, inside another fraction, in an exponent


@dataclass(frozen=True)
class Printer:
    """How the leaves are written; the branches are the table's."""

    policy: Policy = field(default_factory=Policy)
    signs: Mapping[str, str] = field(default_factory=dict)

    pattern: ClassVar[str] = "tex"
    flat: ClassVar[bool] = False  # whether a fraction stands on one line

    def name(self, term: Name) -> Fragment:
        """A variable."""
        raise NotImplementedError

    def number(self, value: Fraction | Real | Surd) -> Fragment:
        """A number that is not an array."""
        raise NotImplementedError

    def array(self, value: np.ndarray) -> Fragment:
        """A vector or a matrix."""
        raise NotImplementedError

    def param(self, term: Apply) -> Fragment:
        """The parameter of a primitive, where its sign shows it."""
        raise NotImplementedError

    def place(self, term: Apply) -> Fragment:
        """The place of an entry, counted from 1, along the axes that have several."""
        param: Any = term.param
        place, shape = param if term.primitive == "place" else (param, term.args[0].shape)
        several = [str(at + 1) for at, size in zip(place, shape, strict=True) if size > 1]
        return Fragment(",".join(several or ["1"]))

    def on_one_line(self, sign: Operator) -> bool:
        """Whether a sign that may stand on one line does."""
        return self.flat

    def inside(self, sign: Operator, place: int) -> Printer:
        """What writes an argument of a sign."""
        return self

    def join(self, sign: str, args: list[Fragment]) -> str:
        """Fill in what a pattern leaves to the medium."""
        return sign

    def write(self, term: Term) -> Fragment:
        """A whole formula in this medium."""
        return self.term(term)

    def term(self, term: Term) -> Fragment:
        """A term, or a part of one."""
        return self.simple(simplified(term))

    def simple(self, term: Term) -> Fragment:
        """A term that has been simplified."""
        match term:
            case Apply():
                return self.apply(term)
            case Literal():
                return self.finer(term.finer).literal(term.value)
            case Name():
                return self.name(term)
            case Marked():
                return self.mark(self.term(term.body), term)

    def finer(self, more: int) -> Self:
        """This printer with so many figures more of a number that is rounded; what it collects, it collects with it."""
        if not more:
            return self
        other = copy(self)
        object.__setattr__(other, "policy", self.policy.finer(more))
        return other

    def mark(self, body: Fragment, term: Term) -> Fragment:
        """A term that is set off; only a page shows it."""
        return body

    def literal(self, value: Any) -> Fragment:
        """A value, by type."""
        if isinstance(value, Polynomial):
            return self.term(expanded(value))
        if isinstance(value, np.ndarray):
            return self.number(value.item()) if value.size == 1 else self.array(value)
        return self.number(value)

    def apply(self, term: Apply) -> Fragment:
        """A primitive's sign around its arguments, in brackets where the table says so.

        A sum speaks of the general entry of what it adds up, in every medium: the brackets are those of entries.
        An argument that is set off has its brackets inside the mark.
        """
        kind = row_of(term)
        if kind == "constant":
            return self.literal(term.param)
        sign = sign_of(kind)
        of = layout(sign, self.pattern, self.flat, self.on_one_line(sign))
        level, pattern, followed = of.level, of.pattern, of.followed
        param = NO_PARAM if term.param is None else self.place(term) if sign.placed else self.param(term)
        if kind == "sum_to":
            term = replace(term, args=(indexed(term.args[0], index_of(term)),))
        elif kind == "scale" and param.level < Precedence.SCALED and param.level is not Precedence.NEGATIVE:
            param = self.bracketed(param)  # (1/2) x
        args, fits, marks = [], [], []
        places = spread(of.places, len(term.args)) if sign.many else of.places
        for place, (part, allowed) in enumerate(zip(term.args, places, strict=True)):
            simple = simplified(part)
            printer = self.inside(sign, place)
            marks.append(simple if isinstance(simple, Marked) else None)
            arg = printer.term(simple.body) if isinstance(simple, Marked) else printer.simple(simple)
            fits.append(arg.level in allowed)
            args.append(arg if fits[-1] else self.fitted(arg, allowed))
        if (followed and args[0].open) or sign.subscript or (sign.joined and term.shape):
            args = [
                self.closed(arg)
                if ambiguous(sign, followed, term, args, place) and (fits[place] or not sign.subscript)
                else arg
                for place, arg in enumerate(args)
            ]
        if any(marks):
            args = [arg if mark is None else self.mark(arg, mark) for arg, mark in zip(args, marks, strict=True)]
        shown = [param, *args] if kind == "scale" else args
        if sign.many:
            pattern = self.row(term.args, args)
        joined = self.join(pattern, shown)
        text = joined.format(*[arg.text for arg in args], p=param.text)
        slash = (args[0].level if kind == "neg" else level) is Precedence.QUOTIENT  # no -a/b x
        if of.leads or kind == "scale":
            level = min(level, shown[0].level)
        if level is Precedence.NEGATIVE and (slash or sign.level is Precedence.SUM):
            level = Precedence.NEGATIVE_SUM
        tall, exact, dotted, depth = of.tall, True, False, 0
        for place, arg in enumerate(shown):
            tall, exact, dotted = tall or arg.tall, exact and arg.exact, dotted or arg.dotted
            if arg.depth > depth and sign.power != f"{{{place}}}":  # those of an exponent are small
                depth = arg.depth
        guarded = ""
        if kind == "mul" and args[0].level is Precedence.NEGATIVE and (first := self.guarded(args[0])):
            guarded = joined.format(first, *[arg.text for arg in args[1:]], p=param.text)
        seen = pattern if of.seen is None else of.seen
        reaches = of.opens or (bool(args) and args[-1].open and ends_with(seen, len(args) - 1))
        first_edge, last_edge, dot = edges(sign, pattern, shown, param)
        word = sign.joined and joined in CLOSELY and all(arg.word for arg in shown)
        return Fragment(
            text, level, tall, exact, False, depth, guarded, reaches, first_edge, last_edge, dotted or dot, word,
            slanted(kind, args) if kind == "div" or kind == "neg" else "",
        )  # fmt: skip

    def row(self, terms: Sequence[Term], factors: Sequence[Fragment]) -> str:
        """The pattern of a product of any number of factors."""
        raise NotImplementedError  # for those that write matrix differentials

    def fitted(self, arg: Fragment, allowed: frozenset[Precedence]) -> Fragment:
        """An argument that binds too loosely for its place, in brackets: around its first number, if that will do."""
        if arg.guarded and Precedence.SCALED in allowed:
            return arg._replace(text=arg.guarded, level=Precedence.SCALED, guarded="")
        return self.closed(arg)

    def closed(self, arg: Fragment) -> Fragment:
        """An argument in brackets, which nothing reaches over."""
        return self.bracketed(arg)._replace(open=False)

    def guarded(self, first: Fragment) -> str:
        """The beginning of a product with brackets around its negative number, "" where it begins otherwise."""
        return self.bracketed(first).text if first.number else first.guarded

    def bracketed(self, inner: Fragment) -> Fragment:
        """The fragment in round brackets."""
        edge = enclosed(inner)
        text = f"({inner.text})"
        return plain(inner)._replace(text=text, level=Precedence.ATOM, number=False, first=edge, last=edge)


def plain(written: Fragment) -> Fragment:
    """The fragment without what its ends, or the look of its whole, would say to a factor beside it."""
    return written._replace(first=Boundary.OTHER, last=Boundary.OTHER, word=False, slanted="")


def enclosed(inner: Fragment) -> Boundary:
    """What stands at the ends of something in brackets."""
    negative = inner.number and inner.level is Precedence.NEGATIVE and inner.last is Boundary.DIGIT
    return Boundary.SIGNED if negative else Boundary.BRACKET


def number_edges(shown: Digits) -> tuple[Boundary, Boundary]:
    """What the digits of a number without its sign begin and end with."""
    if "/" in shown.text:
        return Boundary.FRACTION if shown.root == 1 else Boundary.OTHER, Boundary.OTHER
    if shown.root != 1:
        return Boundary.OTHER if shown.text == "1" else Boundary.DIGIT, Boundary.OTHER
    return Boundary.DIGIT, Boundary.OTHER if shown.exponent else Boundary.DIGIT


def times(left: Fragment, right: Fragment) -> Times:
    """How two factors stand beside each other: with a dot where they would be read as one number, and beside a negative
    number in brackets or a power of one, as beside any other number."""
    signed = left.last is Boundary.SIGNED or (right.first is Boundary.SIGNED and right.level in FACTORS)
    if right.number or left.number or right.first in (Boundary.DIGIT, Boundary.FRACTION) or signed:
        return Times.DOT
    if left.last is Boundary.DIGIT and left.dotted:  # 1 . 1 . y, not 1 . 1y
        return Times.DOT
    letter = right.first in LETTERS and right.last in LETTERS and right.level in FACTORS
    return Times.CLOSE if letter and left.last in (Boundary.DIGIT, *LETTERS) else Times.APART


CLOSELY = frozenset({"{0}{1}", "{p}{0}"})


def slanted(kind: str, args: Sequence[Fragment]) -> str:
    """A fraction of two words, or what is written of one behind a minus, on one line; "" for anything else."""
    if kind == "div" and all(arg.word for arg in args):
        return f"{args[0].text}/{args[1].text}" if args[1].level in FACTORS else f"{args[0].text}/({args[1].text})"
    return f"-{args[0].slanted}" if kind == "neg" and args[0].slanted else ""


@lru_cache(maxsize=1024)
def ends_with(pattern: str, place: int) -> bool:
    """Whether an argument stands at the end of a pattern."""
    return pattern.endswith(f"{{{place}}}")


def edges(sign: Operator, pattern: str, shown: list[Fragment], param: Fragment) -> tuple[Boundary, Boundary, bool]:
    """What a sign around its arguments begins and ends with, and whether it puts a dot."""
    if not shown:
        digit = Boundary.DIGIT if pattern[:1].isdecimal() else Boundary.OTHER
        return digit, digit, False
    if "<.>" in pattern:
        left, right = shown
        how = times(left, right)
        fused = how is Times.CLOSE and left.last is Boundary.LETTER  # the y of xy is no letter of its own
        return left.first, Boundary.OTHER if fused else right.last, how is Times.DOT
    if sign.barred and not pattern.startswith("{0}"):
        whole = all(arg.number and arg.level is Precedence.ATOM and arg.first is Boundary.DIGIT for arg in shown)
        return Boundary.FRACTION if whole else Boundary.OTHER, Boundary.OTHER, False
    base = shown[0]
    if sign.power == E_TO or (sign.power and base.first in LETTERS and base.level is Precedence.ATOM):
        exponent = sign.power.format(*[part.text for part in shown], p=param.text)
        edge = Boundary.POWER if len(exponent) == 1 and exponent.isdecimal() else Boundary.OTHER
        return edge, edge, False
    first = base.first if pattern.startswith("{0}") else Boundary.OTHER
    return first, shown[-1].last if ends_with(pattern, len(shown) - 1) else Boundary.OTHER, False


class Layout(NamedTuple):
    """A sign in one medium, as it stands there on one line or not.

    opens  whether it reaches on to a factor behind it
    seen   what a reader sees of it, in Python too; None for a row of factors, which is put together
    """

    level: Precedence
    places: tuple[frozenset[Precedence], ...]
    pattern: str
    leads: bool
    followed: bool
    tall: bool
    opens: bool
    seen: str | None


@lru_cache(maxsize=1024)
def layout(sign: Operator, medium: str, flat: bool, one_line: bool) -> Layout:
    """A sign in a medium, which is `flat` or not; on one line where it may stand so."""
    called = sign.called if flat and medium == "formula" else None
    linear = called or (sign.flat if one_line else None)
    level, places, leads, followed = sign.level, sign.allowed, sign.leads, sign.followed
    pattern = getattr(sign, medium) or sign.python
    if linear is not None:
        level, places, leads, followed = linear.level, linear.allowed, linear.leads, len(linear.allowed) > 1
        pattern = pattern if medium == "unicode" else linear.python
    seen = None if sign.many else sign.unicode if one_line else sign.tex
    opens = sign.opens and called is None
    return Layout(level, places, pattern, leads, followed, sign.tall and linear is None, opens, seen)


E_TO = "{0}"  # the power whose one argument is the exponent


def index_of(term: Apply) -> str:
    """The letters that count the entries of what a sum adds up."""
    return "i" if sum(size > 1 for size in term.args[0].shape) == 1 else "ij"


def spread(places: tuple[frozenset[Precedence], ...], count: int) -> tuple[frozenset[Precedence], ...]:
    """What each of many factors may be."""
    first, last = places
    return (*[first] * (count - 1), last)


NO_PARAM = Fragment("")


def sign_of(kind: str) -> Operator:
    """A row of the table. Raises KeygenError for a primitive that has none."""
    if kind not in OPERATORS:
        repair = "add its row to mathematics/operators.py"
        raise KeygenError(f"the page has no sign for the operation {kind!r}", repair=repair)
    return OPERATORS[kind]


def entrywise_power(term: Apply) -> str:
    """A power of a matrix is one of its entries, and says so."""
    return f"hadamard_{term.primitive}" if len(term.shape) == 2 and several(term.args[0]) else term.primitive


def sum_row(term: Apply) -> str:
    """A sum of everything, of one number, of rows or of columns."""
    if prod(term.shape) == prod(term.args[0].shape):
        return "sum_of_one"
    if several(term):
        return "row_sums" if term.shape[-1] == 1 else "column_sums"
    return "sum_to"


def repetition_row(term: Apply) -> str:
    """A repetition of a number, of a column, of a row, or none."""
    if prod(term.shape) == prod(term.args[0].shape):
        return "repeated_once"
    if several(term.args[0]):
        return "repeated_column" if term.args[0].shape[-1] == 1 else "repeated_row"
    return repeated_number(term.shape)


ROWS: Reading[Callable[[Apply], str]] = Reading(
    "which of several signs it has",
    {
        "mul": lambda term: "hadamard" if all(map(several, term.args)) else "mul",
        "square": entrywise_power,
        "power": entrywise_power,
        "sum_to": sum_row,
        "repeat_to": repetition_row,
    },
    needs=nobody,
)


def row_of(term: Apply) -> str:
    """The row of the table: products and powers entry by entry, sums and repetitions along an axis have their own."""
    own = ROWS.get(term.primitive)
    return term.primitive if own is None else own(term)


def repeated_number(shape: Shape) -> str:
    """The row for a number that fills a list or a column, a row, or a matrix."""
    if len(shape) == 1 or shape[1] == 1:
        return "repeat_to"
    return "number_in_row" if shape[0] == 1 else "number_in_matrix"


def ambiguous(sign: Operator, followed: bool, term: Apply, args: list[Fragment], place: int) -> bool:
    """Whether an argument that binds tightly enough would still be misread: ln p before a factor, a second index under
    a name that has one, a product x^T x that is a number beside a matrix.
    """
    if place == 0 and followed and args[0].open:
        return True
    arg = term.args[place]
    if sign.subscript:
        bare = args[0].first is not Boundary.BRACKET
        return bare and isinstance(simplified(arg), Name) and "_" in args[0].text
    number_beside_matrix = term.primitive == "mul" and prod(arg.shape) == 1 and prod(term.shape) > 1
    return number_beside_matrix and args[place].level <= Precedence.PRODUCT and multiplies_matrices(arg)


def multiplies_matrices(term: Term) -> bool:
    """Whether a product of matrices stands anywhere in the term."""
    match term:
        case Apply():
            return term.primitive == "matmul" or any(map(multiplies_matrices, term.args))
        case Marked():
            return multiplies_matrices(term.body)
        case _:
            return False
