"""A worked problem tried on small numbers: what its formula gives there, and the function along a line through the same
point, a function of one letter whose slope must say the same.

The numbers belong to the formula: the same formula is tried on the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache, reduce
from itertools import combinations
from operator import add as plus
from random import Random
from typing import Any, NamedTuple
from typing import Literal as OneOf

import numpy as np
from msgspec import Struct

from keygen.calculus.claims import Claim, Given
from keygen.calculus.evaluation import exactly
from keygen.engine.real import Undecided
from keygen.errors import FalseClaim, KeygenError
from keygen.mathematics.names import name_tex
from keygen.mathematics.terms import Apply, Chain, Literal, Name, Term
from keygen.matrix.expression import Expression, SampleSum, Symbol
from keygen.matrix.fields import (
    NUMBERS,
    PI,
    PI_LETTER,
    SLOPES,
    DualNumber,
    Entries,
    Field,
    FieldPoint,
    LetterFunctions,
    array,
    exact_value,
)
from keygen.matrix.shapes import SCALAR, sized
from keygen.matrix.verify import letters_of, walk

SIDE, SAMPLE = 2, 3
"""Rows and columns of every matrix; members of a sample."""
Constraint = OneOf["symmetric", "skew"]
LETTER = "t"
ROUNDS, DRAWS = 400, 12
MODERATE = 3  # numbers in an exponent: there the sigmoid is not yet flat
DIAGONALS = {1: ((2,), (3,)), 2: ((1, 2), (2, 1), (1, 3), (3, 1), (2, 2)), 3: ((1, 2, 2), (2, 2, 1), (2, 1, 3))}
"""Of symmetric positive definite matrices with 1 or -1 beside the diagonal, by their sizes."""
LARGEST, BELOW = 99, 12
"""How large the numbers of a page may be, above and below the bar of a fraction."""
PLACES = (Fraction(1, 3), Fraction(-1, 2), Fraction(2), Fraction(-3, 4), Fraction(1, 5), Fraction(-1), Fraction(5, 2))
"""Where a function of the letter is compared with what it was made of."""
ENOUGH = 3  # of these places at least


Picked = OneOf["entry", "component", "pair", "whole"]
"""What a direction picks: an entry of a gradient, a component of a column, both entries off the diagonal of a symmetric
gradient; or the whole differential is meant."""


class Along(NamedTuple):
    """A function along a line through a point: its formula in one letter, the place on the line where the point is,
    and the slope there."""

    formula: Chain
    origin: Chain
    slope: Claim


class NumericCheck(NamedTuple):
    """A formula and its function on numbers.

    data       the letters with their numbers, the direction of the line last
    formula    what was found, the gradient or the differential, with its number
    along      the function along the line
    picks      what of the gradient the slope is
    place      row and column of the entry that the direction picks from the gradient, the row of a component
    solution   where the gradient is zero, for these numbers; None where it was not asked for
    least      the function along the line through that point
    """

    data: tuple[Chain, ...]
    formula: Chain
    along: Along
    picks: Picked
    place: tuple[Given, ...]
    solution: Chain | None = None
    least: Along | None = None


class Subject(Struct, frozen=True):
    """What is tried on numbers: a function of a variable, the gradient or the differential that was found, and where
    the gradient is zero if that was found too.

    constraint  what the variable obeys, and the line with it
    defined     letters of the formulas that are worked out from the others, and by what
    """

    f: Expression
    wrt: Symbol
    slope: Expression
    solution: Expression | None = None
    constraint: Constraint | None = None
    defined: tuple[tuple[Symbol, Expression], ...] = ()

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All formulas."""
        solution = () if self.solution is None else (self.solution,)
        return (self.f, self.slope, *solution, *(e for _, e in self.defined))

    @property
    def letters(self) -> tuple[Symbol, ...]:
        """The letters that are drawn, the variable last; the number pi is none."""
        found = frozenset[Symbol]().union(*(e.symbols for e in self.expressions)) - {self.wrt}
        found -= {letter for letter, _ in self.defined}
        others = sorted(found, key=lambda letter: (letter.name, letter.index or ""))
        return (*(letter for letter in others if letter.name != PI_LETTER), self.wrt)

    @property
    def sizes(self) -> Mapping[str, int]:
        """A small number for each dimension that is a letter; there are more observations than unknowns."""
        return sizes_of(self.expressions, self.wrt)

    @property
    def symmetric(self) -> bool:
        """Whether the variable is a symmetric matrix."""
        return self.wrt.trait in ("symmetric", "definite")

    def drawn(self, rng: Random) -> TrialNumbers:
        """Small numbers for every letter, and a direction: it picks one entry of a gradient, two of a symmetric one;
        any numbers where a differential was asked for."""
        sizes = self.sizes
        values = {letter: drawn(letter, sizes, rng) for letter in self.letters}
        rows, columns = (sized(dim, sizes) for dim in self.wrt.shape)
        if self.slope.moving:
            return TrialNumbers(values, lively(rows, columns, rng))
        one = array([[Fraction(i == 0 and j == columns - 1) for j in range(columns)] for i in range(rows)])
        if self.constraint is not None:
            values = {**values, self.wrt: obeying(values[self.wrt], self.constraint)}
        both = "symmetric" if self.symmetric else self.constraint
        return TrialNumbers(values, one if both is None else obeying(one, both))


@lru_cache(maxsize=64)
def sizes_of(expressions: tuple[Expression, ...], wrt: Symbol) -> Mapping[str, int]:
    """A small number for each dimension of some formulas that is a letter."""
    letters = letters_of(expressions)
    several = {"n"} if wrt.shape == ("k", 1) else set()
    samples = {node.size for e in expressions for node in walk(e) if isinstance(node, SampleSum)}
    return {letter: SAMPLE if letter in samples | several else SIDE for letter in letters}


class TrialNumbers(Struct, frozen=True):
    """A draw for a subject: the entries of each letter, and a direction."""

    values: Mapping[Symbol, Any]
    direction: Entries


def drawn(letter: Symbol, sizes: Mapping[str, int], rng: Random) -> Any:
    """Small numbers for a letter; for each member of a sample, no two of which are alike where they are columns, and
    not all where they are numbers."""
    rows, columns = (sized(dim, sizes) for dim in letter.shape)
    if letter.index is None:
        return matrix(letter, rows, columns, rng)
    members = [matrix(letter, rows, columns, rng) for _ in range(SAMPLE)]
    if letter.trait == "sign":  # both signs
        members[1] = -members[0]
    apart = SAMPLE if rows > 1 else 2  # so many of them are different
    while len({tuple(member.flat) for member in members}) < apart:
        members = [matrix(letter, rows, columns, rng) for _ in range(SAMPLE)]
    return members


def matrix(letter: Symbol, rows: int, columns: int, rng: Random) -> Entries:
    """Small whole numbers of the letter's kind."""
    match letter.trait:
        case "sign":
            return array([[Fraction(rng.choice((1, -1)))]])
        case "positive":
            return array([[Fraction(rng.choice((1, 2) if letter.index else (1, 2, 3)))]])
        case "symmetric" | "definite":
            beside, on = rng.choice((1, -1)), rng.choice(DIAGONALS[rows])
            return array([[Fraction(banded(on, beside, i, j)) for j in range(rows)] for i in range(rows)])
    return lively(rows, columns, rng)


def banded(on: Sequence[int], beside: int, i: int, j: int) -> int:
    """An entry of a matrix with a diagonal, one number beside it, and zeros elsewhere."""
    return on[i] if i == j else beside if abs(i - j) == 1 else 0


def lively(rows: int, columns: int, rng: Random) -> Entries:
    """Small whole numbers, one of them zero at most; no two rows are equal, and no square is symmetric."""
    while True:
        found = array([[Fraction(rng.choice((-2, -1, 0, 1, 2, 3))) for _ in range(columns)] for _ in range(rows)])
        zeros = sum(not x for x in found.flat)
        distinct = len({tuple(row) for row in found}) == rows
        if distinct and zeros <= (rows * columns > 1) and not (rows > 1 and symmetric(found)):
            return found


def obeying(entries: Entries, constraint: Constraint) -> Entries:
    """A symmetric or skew-symmetric matrix with the entries above the diagonal, and on it where they may be."""
    sign = 1 if constraint == "symmetric" else -1
    above = array([[x if i < j else Fraction(0) for j, x in enumerate(row)] for i, row in enumerate(entries)])
    diagonal = array([[x if i == j else Fraction(0) for j, x in enumerate(row)] for i, row in enumerate(entries)])
    return np.asarray(above + sign * above.T + (diagonal if sign == 1 else 0 * diagonal))


class StraightLine(Struct, frozen=True):
    """A line in the space of the variable: where it is at 0, and its direction."""

    start: Entries
    direction: Entries

    def at(self, field: Field, place: Any) -> Entries:
        """The point at a place on the line, its entries of a field that the place belongs to."""
        start, direction = raised(field, self.start), raised(field, self.direction)
        return array([[x + place * d for x, d in zip(*two, strict=True)] for two in zip(start, direction, strict=True)])


def raised(field: Field, value: Any) -> Any:
    """Numbers as elements of a field; those of each member of a sample."""
    if isinstance(value, list):
        return [raised(field, one) for one in value]
    return array([[field.enter(x) for x in row] for row in value])


@lru_cache(maxsize=512)
def try_on_numbers(subject: Subject) -> NumericCheck:
    """A subject on small numbers of its own, the plainest among a few draws. Raises KeygenError where the slope of the
    function is another than the formula says, and where no numbers suit."""
    rng = Random(f"{subject.f} {subject.wrt} {subject.slope}")
    for _ in range(ROUNDS):
        tried = [Trying(subject, subject.drawn(rng)) for _ in range(DRAWS)]
        ranked = sorted((cost, place) for place, one in enumerate(tried) if (cost := one.cost) is not None)
        for _, place in ranked:
            if (found := tried[place].check()) is not None:
                return found
    raise KeygenError(f"no numbers were found to try {subject.f} on", repair="let matrix/numbers.py draw others")


@dataclass(frozen=True)
class Trying:
    """A subject tried on one draw of numbers."""

    subject: Subject
    numbers: TrialNumbers

    @cached_property
    def values(self) -> Mapping[Symbol, Any]:
        """The numbers of all letters."""
        found = dict(self.numbers.values)
        for letter, e in self.subject.defined:
            known = dict(found)

            def at(field: Field, known: Mapping[Symbol, Any] = known) -> FieldPoint:
                return FieldPoint(field, {name: raised(field, x) for name, x in known.items()}, self.subject.sizes)

            found[letter] = exact_value(e, at)
        return found

    def point(self, field: Field, wrt: Entries) -> FieldPoint:
        """The draw in a field, the variable at a point of its own."""
        others = {letter: raised(field, x) for letter, x in self.values.items() if letter != self.subject.wrt}
        moved = {self.subject.wrt: raised(field, self.numbers.direction)}
        return FieldPoint(field, {**others, self.subject.wrt: wrt}, self.subject.sizes, moved)

    @property
    def start(self) -> Entries:
        """Where the variable is."""
        return self.numbers.values[self.subject.wrt]  # type: ignore[no-any-return]  # entries

    @cached_property
    def found(self) -> Entries:
        """The formula's numbers."""
        return self.value(self.subject.slope)

    @cached_property
    def solution(self) -> Entries | None:
        """Where the gradient is zero."""
        return None if self.subject.solution is None else self.value(self.subject.solution)

    def value(self, e: Expression, start: Entries | None = None) -> Entries:
        """The numbers of a formula, the variable where it is or at another point."""
        return exact_value(e, lambda field: self.point(field, raised(field, self.start if start is None else start)))

    @property
    def cost(self) -> int | None:
        """How long the numbers are that come out; None where a slip might not show, or where there are none."""
        try:
            parts = [self.found, *(() if self.solution is None else (self.solution,))]
        except (ArithmeticError, ValueError):  # the formula has no value there
            return None
        suits = all(short(part) and self.telling(part) for part in parts)
        return sum(length(x) for part in parts for x in part.flat) if suits else None

    def telling(self, entries: Entries) -> bool:
        """Whether a slip shows in numbers that come out."""
        turned = self.subject.symmetric or self.subject.constraint is not None
        return telling(entries, turned=turned, diagonal=self.subject.constraint != "skew")

    def check(self) -> NumericCheck | None:
        """What a page shows of these numbers; None where they are too long, or where the function has no value. Raises
        KeygenError for a formula that is false."""
        try:
            expected = self.found[0, 0] if self.subject.slope.moving else picked(self.found, self.numbers.direction)
            if expected == 0:  # which says too little
                return None
            along = self.along(self.named("along"), self.start, expected)
            least = None if self.solution is None else self.along(self.named("least"), self.solution, Fraction(0))
        except (ArithmeticError, ValueError):
            return None
        if not all(readable(one) for one in (along, least) if one is not None):
            return None
        solution = None if self.solution is None else self.said(self.named("solution"), self.solution)
        found = self.said(self.named("slope"), self.found)
        return NumericCheck(tuple(self.data()), found, along, self.picks, self.place(), solution, least)

    def data(self) -> Iterator[Chain]:
        """The letters with their numbers, the direction last."""
        for letter in self.subject.letters:
            value = self.numbers.values[letter]
            if isinstance(value, list):
                yield from (self.said(f"{letter.name}_{i}", one) for i, one in enumerate(value, start=1))
            else:
                yield self.said(letter.name, value)
        yield from (self.said(letter.name, self.values[letter]) for letter, _ in self.subject.defined)
        yield self.said(self.named("direction"), self.numbers.direction)

    def named(self, what: str) -> str:
        """What is said of the variable, as a name: `slope_X`."""
        return f"{what}_{self.subject.wrt.name}"

    def said(self, name: str, value: Entries) -> Chain:
        """name = numbers"""
        shown = value[0, 0] if value.shape == SCALAR else value
        shape = () if value.shape == SCALAR else value.shape
        return Chain((Name(name, shape), Literal(shown)), at={name: shown})

    @property
    def picks(self) -> Picked:
        """What of the gradient the slope along the line is."""
        if self.subject.slope.moving:
            return "whole"
        if self.subject.symmetric or self.subject.constraint is not None:
            return "pair"
        return "entry" if self.subject.wrt.shape[1] != 1 else "component"

    def place(self) -> tuple[Given, ...]:
        """Row and column of the one entry that the direction picks; the row alone of a column."""
        if self.picks in ("whole", "pair"):
            return ()
        rows, columns = np.nonzero(self.numbers.direction)
        place = (Given(int(rows[0]) + 1), Given(int(columns[0]) + 1))
        return place if self.picks == "entry" else place[:1]

    def along(self, name: str, start: Entries, expected: Any) -> Along:
        """The function along the line through a point. Raises KeygenError where its slope there is not the one
        expected, or where its formula has another value than the function."""
        f, line = self.subject.f, StraightLine(start, self.numbers.direction)
        slope: DualNumber = self.point(SLOPES, line.at(SLOPES, DualNumber(Fraction(0), Fraction(1)))).number(f)
        functions = LetterFunctions(LETTER)
        on_line = self.point(functions.field, line.at(functions.field, functions.moving)).number(f)
        formula, derivative = functions.term(on_line), functions.term(functions.slope(on_line))
        places = [(place, value) for place in PLACES if (value := self.known(line, place)) is not None]
        origin = self.letters(Fraction(0))
        for place, value in places:
            require_same(self.subject, exactly(formula, **self.letters(place)), value)
        require_same(self.subject, exactly(derivative, **origin), slope.rate)
        require_same(self.subject, slope.rate, expected)
        if len(places) < ENOUGH:
            raise ValueError("the function has too few values along this line")
        place, value = places[0]
        return Along(
            Chain((Name(name), formula), at={**self.letters(place), name: value}),
            Chain((Name(LETTER), Literal(Fraction(0))), at=origin),
            Claim(Chain((derivative, Literal(slope.rate)), at=origin)),
        )

    def letters(self, place: Fraction) -> dict[str, Any]:
        """What the letters of a function along a line stand for at a place on it."""
        pi = any(symbol.name == PI_LETTER for symbol in self.subject.f.symbols)
        return {LETTER: place, **({PI_LETTER: PI} if pi else {})}

    def known(self, line: StraightLine, place: Fraction) -> Any:
        """The function at a place on a line; None where it has no value there."""
        try:
            return self.value(self.subject.f, line.at(NUMBERS, place))[0, 0]
        except (ArithmeticError, ValueError):
            return None


def picked(gradient: Entries, direction: Entries) -> Any:
    """tr(G'H)"""
    return reduce(plus, (g * h for g, h in zip(gradient.flat, direction.flat, strict=True)))


def require_same(subject: Subject, one: Any, other: Any) -> None:
    """Raise KeygenError unless two numbers are equal, decided by algebra."""
    try:
        if one == other:
            return
    except Undecided as error:
        raise KeygenError(f"nobody can tell whether two numbers are equal: {subject.f}", found=str(error)) from error
    raise FalseClaim(
        f"a formula disagrees with its function on numbers: {subject.slope}", expected=str(other), found=str(one),
        repair="this is a defect of keygen; please report it with the formula",
    )  # fmt: skip


def short(numbers: Entries) -> bool:
    """Whether numbers suit a page: few digits above and below the bar; of rounded ones, a moderate size."""
    return all(
        abs(x.numerator) <= LARGEST and x.denominator <= BELOW if isinstance(x, Fraction) else abs(x) <= LARGEST
        for x in numbers.flat
    )


def length(x: Any) -> int:
    """How long a number is: a fraction costs more than a whole number of as many digits; a rounded one is as it is."""
    if not isinstance(x, Fraction):
        return 4
    return len(str(abs(x.numerator))) + (3 * len(str(x.denominator)) if x.denominator != 1 else 0)


def telling(entries: Entries, *, turned: bool, diagonal: bool = True) -> bool:
    """Whether no entry is zero and no two are equal, so that a slip shows in any of them. `turned`: but for those that
    a symmetric or a skew-symmetric matrix has twice; `diagonal`: whether what stands on it counts."""
    kept = [x for (i, j), x in np.ndenumerate(entries) if not turned or i < j or (i == j and diagonal)]
    return all(x != 0 for x in kept) and all(x != y for x, y in combinations(kept, 2))


def symmetric(entries: Entries) -> bool:
    """Whether entries are those of a symmetric matrix."""
    return entries.shape[0] == entries.shape[1] and bool(np.all(entries == entries.T))


def readable(along: Along) -> bool:
    """Whether a function of the letter has short numbers."""
    formula = along.formula.links[1]
    return short(np.array([*numbers_of(formula)], dtype=object)) and all(
        abs(x) <= MODERATE for exponent in exponents_of(formula) for x in numbers_of(exponent)
    )


def exponents_of(term: Term) -> Iterator[Term]:
    """The arguments of the exponentials in a formula."""
    if isinstance(term, Apply):
        yield from term.args if term.primitive == "exp" else ()
        for arg in term.args:
            yield from exponents_of(arg)


def numbers_of(term: Term) -> Iterator[Fraction]:
    """The numbers that stand in a formula."""
    match term:
        case Apply("constant", (), Fraction() as value):
            yield value
        case Apply():
            if term.primitive == "scale" and isinstance(term.param, Fraction):
                yield term.param
            for arg in term.args:
                yield from numbers_of(arg)


def signs(
    letter: str,
    wrt: str,
    *others: str,
    before: str = "",
    matrices: str = "",
    asked: OneOf["gradient", "differential"] = "gradient",
) -> dict[str, str]:
    """How a check looks on a page whose function is letter(before, wrt, *others), and whose formula is what was `asked`
    for. `before`: the variables that stand before the one that moves, apart by spaces.
    `matrices`: the letters of the formulas that are matrices or columns, apart by spaces; the others are numbers."""

    def bold(name: str) -> str:
        return rf"\kgmat{{{name_tex(name, {})}}}"

    def called(x: str) -> str:
        moved = rf"{x} + {LETTER}\,\mathrm{{d}}{bold(wrt)}"
        return f"{letter}({', '.join((*map(bold, before.split()), moved, *map(bold, others)))})"

    hat = rf"\hat{{{bold(wrt)}}}"
    return {
        **{name: bold(name) for name in (wrt, *others, *before.split(), *matrices.split())},
        f"direction_{wrt}": rf"\mathrm{{d}}{bold(wrt)}",
        f"slope_{wrt}": rf"\nabla_{{\!{bold(wrt)}}} {letter}" if asked == "gradient" else rf"\mathrm{{d}}{letter}",
        f"along_{wrt}": called(bold(wrt)),
        f"solution_{wrt}": hat,
        f"least_{wrt}": called(hat),
    }
