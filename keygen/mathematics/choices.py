"""Why a choice was made as it was: the relations between numbers that decide it, as chains that a page prints.

    n = floor(a / b)      3 <= 7/2 = 3.5 < 4
    k = argmax(x)         x_2 = 3 > x_3 = 2 > x_1 = 1

A number stands behind what it is the value of, where a page has a name or an operation for that. One whose digits are
dropped stands there only if the relation is seen in the digits that are left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import replace

from keygen.engine.decisions import deciding, order_of, whole_above, whole_below, whole_nearest
from keygen.engine.domains import EXACT, Domain
from keygen.engine.primitives import PRIMITIVES, Reading, Shape
from keygen.engine.trace import Trace, is_link
from keygen.errors import KeygenError
from keygen.mathematics.comparison import HOLDS
from keygen.mathematics.number_format import rounded
from keygen.mathematics.terms import (
    Apply,
    Chain,
    Literal,
    Marked,
    Name,
    Term,
    in_decimals,
    numbers_in,
    pointwise,
    shown_whole,
    with_numbers,
    written,
)

SEEN = range(3, 7)  # figures of a rounded number in which a relation has to be seen


class ComparedSide(NamedTuple):
    """A number of a relation: what it is the value of, None for a number of its own, and its value."""

    term: Term | None
    value: Any


def because(trace: Trace, values: Mapping[str, Any], name: str) -> tuple[Chain, ...]:
    """The relations that decide the choices in a variable's line, innermost first; none for a line without a choice.

    Raises KeygenError for a relation whose numbers have no name and no short form.
    """
    return tuple(dict.fromkeys(chosen(trace, values, name)))


def chosen(trace: Trace, values: Mapping[str, Any], name: str) -> Iterator[Chain]:
    """`because`, one by one."""
    step = trace.defining.get(name)
    if step is None:
        return
    for source in step.inputs:
        if is_link(source):
            yield from chosen(trace, values, source)
    if PRIMITIVES[step.primitive].decides:
        yield from BECAUSE[step.primitive](*[Argument(trace, values, source) for source in step.inputs])


class Argument:
    """What goes into a choice: a number or an array, entry by entry."""

    def __init__(self, trace: Trace, values: Mapping[str, Any], source: str) -> None:
        self.value, self.shape, self.values = values[source], trace.shapes[source], values
        self.term = written(trace, source) if is_link(source) else Name(source, self.shape)

    def at(self, place: Shape) -> ComparedSide:
        """The entry at a place of what this is repeated to."""
        own = tuple(
            at if size > 1 else 0 for at, size in zip(place[len(place) - len(self.shape) :], self.shape, strict=True)
        )
        term = entry_at(self.term, own)
        shown = term
        if isinstance(term, Apply) and term.args and term.primitive != PICK:
            shown = in_numbers(term, self.values)
        value = in_decimals(self.value[own] if self.shape else self.value)
        return ComparedSide(shown if shown is None or short(shown) else term, value)

    def rows(self) -> Iterator[list[ComparedSide]]:
        """Its entries, row by row."""
        for lead in np.ndindex(*self.shape[:-1]):
            yield [self.at((*lead, place)) for place in range(self.shape[-1])]


def entry_at(term: Term, place: Shape) -> Term | None:
    """The entry of a term at a place, None where only its value can be said."""
    match term:
        case Name() | Literal() if prod(term.shape) == 1:
            return term
        case Name():
            return Apply("pick", (term,), place)
        case Literal():
            return Literal(term.value[place])
        case Apply(primitive="constant"):
            return term
        case Apply() if pointwise(term.primitive):
            parts = [entry_at(arg, place[len(place) - len(arg.shape) :]) for arg in term.args]
            known = tuple(part for part in parts if part is not None)
            fits = all(arg.shape in ((), term.shape) for arg in term.args)
            return replace(term, args=known, shape=()) if fits and len(known) == len(parts) else None
        case Apply() if not term.shape:
            return term
        case Marked():
            return entry_at(term.body, place)
    return None


PICK = "pick"


def in_numbers(term: Term, values: Mapping[str, Any]) -> Term:
    """A term with the numbers of its names and entries in their places."""
    match term:
        case Apply(primitive=primitive, args=(Name(name=name),), param=place) if primitive == PICK:
            return Literal(values[name][place])
        case Apply():
            return replace(term, args=tuple(in_numbers(arg, values) for arg in term.args))
        case _:
            return with_numbers(term, values)


def short(term: Term) -> bool:
    """Whether a page shows every number of a term whole."""
    return all(map(shown_whole, numbers_in([term])))


def is_seen(left: Any, sign: str, right: Any) -> bool:
    """Whether a relation of two numbers is seen in their figures, however many of them a page shows."""
    return all(HOLDS[sign](shown(left, figures), shown(right, figures)) for figures in SEEN)


def shown(number: Any, figures: int) -> Fraction:
    """What a page shows of a number."""
    return number if shown_whole(number) else rounded(number, figures)


def related(sides: Sequence[ComparedSide], signs: Sequence[str]) -> Chain:
    """Sides with relations between them, each of its sides a term = its value. Raises KeygenError where neither a term
    nor the figures of a value show what holds."""
    links: list[Term] = []
    relations: list[str] = []
    for place, side in enumerate(sides):
        beside = [(sides[place - 1].value, signs[place - 1], side.value)] if place else []
        beside += [(side.value, signs[place], sides[place + 1].value)] if place < len(signs) else []
        seen = shown_whole(side.value) or all(is_seen(*relation) for relation in beside)
        told: list[Term] = [side.term] if side.term is not None and not isinstance(side.term, Literal) else []
        told += [Literal(side.value)] if seen and not is_constant(side.term) else []
        if not told:
            raise KeygenError(
                "a choice is decided by a number that has no name and no figures to show it",
                found=str(side.value),
                repair="give the argument a name: t.z = ..., and choose by t.z",
            )
        relations += [signs[place - 1]] if place else []
        relations += ["="] * (len(told) - 1)
        links += told
    return Chain(tuple(links), relations=tuple(relations))


def is_constant(term: Term | None) -> bool:
    """Whether a term is a number of the formula's own."""
    return isinstance(term, Apply) and term.primitive == "constant"


def number(value: int | Fraction) -> ComparedSide:
    """A number of its own."""
    return ComparedSide(None, Fraction(value))


def holding(left: Any, right: Any, signs: str = "> = <") -> str:
    """Which of some relations two numbers stand in."""
    return next(sign for sign in signs.split() if HOLDS[sign](left, right))


def places(*arguments: Argument) -> Iterator[Shape]:
    """The places of what several arguments are repeated to."""
    return iter(np.ndindex(*np.broadcast_shapes(*(argument.shape for argument in arguments))))


def against_zero(x: Argument, *parameter: Argument) -> Iterator[Chain]:
    """x > 0, x = 0 or x < 0"""
    for place in places(x):
        side = x.at(place)
        yield related([side, number(0)], [holding(side.value, Fraction(0))])


def against_each_other(signs: str) -> Callable[[Argument, Argument], Iterator[Chain]]:
    """Which of some relations the entries of two arguments stand in."""

    def rule(a: Argument, b: Argument) -> Iterator[Chain]:
        for place in places(a, b):
            left, right = a.at(place), b.at(place)
            yield related([left, right], [holding(left.value, right.value, signs)])

    return rule


def between(
    chosen_of: Callable[[Domain, Any], Any], below: Fraction, above: Fraction, signs: Sequence[str]
) -> Callable[..., Iterator[Chain]]:
    """k - below <= x < k + above for the whole number k that is chosen; the signs turned round where x is negative and
    k is the nearest."""

    def rule(x: Argument) -> Iterator[Chain]:
        for place in places(x):
            side = x.at(place)
            k = Fraction(chosen_of(EXACT, side.value))
            turned = below == above and HOLDS["<"](side.value, Fraction(0))
            yield related([number(k - below), side, number(k + above)], signs[::-1] if turned else signs)

    return rule


def in_order(sides: Sequence[ComparedSide], sign: str) -> Chain:
    """Numbers from the smallest to the largest (<), or the other way (>)."""
    values = np.array([side.value for side in sides], dtype=object)
    order = order_of(EXACT, values)
    ordered = [sides[place] for place in (order if sign == "<" else order[::-1])]
    signs = [holding(one.value, next_.value, f"{sign} =") for one, next_ in pairwise(ordered)]
    return related(ordered, signs)


def among_all(sign: str) -> Callable[[Argument], Iterator[Chain]]:
    """All numbers in order."""

    def rule(x: Argument) -> Iterator[Chain]:
        sides = [side for row in x.rows() for side in row] if x.shape else []
        if len(sides) > 1:
            yield in_order(sides, sign)

    return rule


def by_rows(sign: str) -> Callable[..., Iterator[Chain]]:
    """The numbers of each row in order; they are those of the last argument."""

    def rule(*arguments: Argument) -> Iterator[Chain]:
        yield from (in_order(row, sign) for row in arguments[-1].rows() if len(row) > 1)

    return rule


HALF = Fraction(1, 2)
NONE, ONE = Fraction(0), Fraction(1)

BECAUSE: Reading[Callable[..., Iterator[Chain]]] = Reading(
    "the relations that decide it",
    {
        "relu": against_zero,
        "leaky_relu": against_zero,
        "elu": against_zero,
        "step": against_zero,
        "abs": against_zero,
        "sign": against_zero,
        "floor": between(whole_below, NONE, ONE, ("<=", "<")),
        "ceil": between(whole_above, ONE, NONE, ("<", "<=")),
        "round": between(whole_nearest, HALF, HALF, ("<=", "<")),
        "larger": against_each_other("> = <"),
        "smaller": against_each_other("< = >"),
        "greater": against_each_other("> <="),
        "at_least": against_each_other(">= <"),
        "matches": against_each_other("= < >"),
        "max": among_all(">"),
        "where_max": among_all(">"),
        "min": among_all("<"),
        "where_min": among_all("<"),
        "argmax": by_rows(">"),
        "sort": by_rows("<"),
        "sorted_by": by_rows("<"),
        "unsorted": by_rows("<"),
    },
    needs=deciding,
    takes=lambda primitive: primitive.arity,
)
