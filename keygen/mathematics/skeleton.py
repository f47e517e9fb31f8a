"""Sketches: a term with the digits of its numbers left out, those of its formula too. Terms with the same sketch are
written in the same way, so that each way is worked out once and only the digits are filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
import numpy as np
from msgspec import Struct

from keygen.engine.polynomial import Monomial, Polynomial
from keygen.mathematics.number_cache import Numeral, numerals
from keygen.mathematics.number_format import Digits, Policy, separator_free
from keygen.mathematics.operators import OPERATORS
from keygen.mathematics.terms import Apply, Literal, Marked, Name, Term, by_entry, numeric

Made = TypeVar("Made")

FORMULAS = 4096  # of traces, that are kept: they come back in every variant
LINKS = 2048  # with numbers: they come back on the same page at most, which has hundreds
OUTLINES = 16384  # that many ways to write a term
EXPONENTS = {
    primitive: place
    for primitive, sign in OPERATORS.items()
    for place in range(len(sign.allowed))
    if sign.power == f"{{{place}}}"
}
"""Which argument stands raised: a constant there decides by its digits what stands beside the power."""


class Leaf(Struct, frozen=True, eq=False):
    """A literal, or a number of the formula's own.

    single         whether it is written number by number and not as an array
    shape_classes  what of it decides how the signs around it are written
    exact          whether no digit of it is dropped
    digits_match   whether its digits are those of its numbers
    floats         the literal in float64: a float, or an array; None for a polynomial
    finer          how many figures more than others its rounded numbers show
    coefficient    whether it is one, which the read-back counts among the signs and not among the numbers
    """

    value: Any
    numbers: tuple[Numeral, ...]
    single: bool
    shape_classes: tuple[Hashable, ...]
    exact: bool
    digits_match: bool
    floats: Any
    finer: int = 0
    coefficient: bool = False

    @property
    def said(self) -> Any:
        """What its digits say, in float64."""
        return arranged(self.value, [number.digits.nearest for number in self.numbers])


def lone(number: Numeral, *, coefficient: bool = False) -> Leaf:
    """One number, looked at."""
    classes = (number.shape_class,)
    exact, match = number.digits.exact, number.digits_match
    return Leaf(number.value, (number,), True, classes, exact, match, number.number, coefficient=coefficient)


def several(value: Polynomial | np.ndarray, numbers: tuple[Numeral, ...], *, single: bool) -> Leaf:
    """A polynomial or an array of numbers, looked at."""
    faces, exact = [number.shape_class for number in numbers], all(number.digits.exact for number in numbers)
    match = all(number.digits_match for number in numbers)
    if isinstance(value, Polynomial):
        classes = tuple([(power, face, abs(c) == 1) for (power, c), face in zip(value.terms, faces, strict=True)])
        return Leaf(value, numbers, single, classes, exact, match, None)
    outside = tuple(faces) if single else (exact, any(face.text or face.root != 1 for face in faces))
    return Leaf(value, numbers, single, outside, exact, match, arranged(value, [number.number for number in numbers]))


def arranged(value: Any, numbers: list[float]) -> Any:
    """Numbers in the shape of a literal."""
    return np.array(numbers).reshape(value.shape) if isinstance(value, np.ndarray) else numbers[0]


@dataclass(frozen=True, eq=False, slots=True)
class Skeleton:
    """All that decides how a term is written but its digits. There is one of each: what is made of it is kept by it."""

    key: tuple[Hashable, ...]


class TermSkeleton(NamedTuple):
    """A term's outline, and its literals and the numbers of its formula from left to right."""

    skeleton: Skeleton
    leaves: tuple[Leaf, ...]


class Hole(Struct, frozen=True):
    """Stands in for a number: the place of its literal and its own place in it; what its face says of it."""

    leaf: int
    place: int
    shape_class: Digits

    def __lt__(self, zero: int) -> bool:
        """Whether the number is negative: what is asked of a polynomial's coefficient."""
        return self.shape_class.negative

    def __abs__(self) -> Hole:
        """The slot of its magnitude."""
        return msgspec.structs.replace(self, shape_class=self.shape_class._replace(negative=False))


class Skeletons:
    """The sketches of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.numbers = numerals(policy)
        self.coefficients = numerals(msgspec.structs.replace(policy, decimals=0))  # a half of x, and not 0.5 x
        self.skeletons: Bounded[Skeleton] = Bounded(OUTLINES)
        self.arrays = ByIdentity(self.array, LINKS)
        self.formulas = ByIdentity(self.made, FORMULAS)
        self.links = ByIdentity(self.made, LINKS)

    def of(self, term: Term) -> TermSkeleton:
        """The sketch of a term."""
        return self.formulas(term) if isinstance(term, Apply) and term.origin else self.links(term)

    def made(self, term: Term) -> TermSkeleton:
        """A sketch that has not been made."""
        key: list[Hashable] = []
        leaves: list[Leaf] = []
        self.walk(term, key, leaves, single=False)
        whole = tuple(key)
        skeleton = self.skeletons.get(whole)
        return TermSkeleton(skeleton or self.skeletons.keep(whole, Skeleton(whole)), tuple(leaves))

    def walk(self, term: Term, key: list[Hashable], leaves: list[Leaf], *, single: bool, raised: bool = False) -> None:
        """Go over a term, from left to right. A sum of everything writes what it sums number by number (`single`)."""
        if isinstance(term, Literal):
            leaf = self.leaf_of(term, single=single)
            key += term.shape, *leaf.shape_classes
            leaves.append(leaf)
        elif isinstance(term, Apply):
            own = None if raised else self.own_number(term)
            if own is None:
                key += term.primitive, term.param, term.shape
            else:
                key += term.primitive, own.numbers[0].shape_class, term.shape
                leaves.append(own)
            if term.shape == () and term.primitive == "sum_to":
                single = single or by_numbers(term.args[0])
            elif single and prod(term.shape) == 1:
                single = False
            exponent = EXPONENTS.get(term.primitive)
            for place, arg in enumerate(term.args):
                self.walk(arg, key, leaves, single=single, raised=place == exponent)
        elif isinstance(term, Name):
            key += Name, term.name, term.index, term.shape
        else:
            key += Marked, term.role
            self.walk(term.body, key, leaves, single=single)

    def own_number(self, term: Apply) -> Leaf | None:
        """The constant or the coefficient that a primitive is, where no digit of it is dropped; None for one that is
        not written, as once x is x."""
        if type(term.param) is not Fraction:
            return None
        if term.primitive == "constant":
            leaf = lone(self.numbers.of(term.param))
        elif term.primitive == "scale" and abs(term.param) != 1:
            leaf = lone(self.coefficients.of(term.param), coefficient=True)
        else:
            return None
        return leaf if leaf.exact else None

    def stand_in(self, term: Term, leaves: Iterator[tuple[int, Leaf]], *, raised: bool = False) -> Term:
        """The term with slots for its numbers."""
        match term:
            case Name():
                return term
            case Literal():
                return Literal(slots(*next(leaves)))
            case Apply():
                own = None if raised else self.own_number(term)
                param: Any = term.param if own is None else slots(*next(leaves))
                exponent = EXPONENTS.get(term.primitive)
                args = [self.stand_in(arg, leaves, raised=at == exponent) for at, arg in enumerate(term.args)]
                return Apply(term.primitive, tuple(args), param, term.shape)
            case Marked():
                return msgspec.structs.replace(term, body=self.stand_in(term.body, leaves))

    def finer(self, term: Term, figures: Iterator[int], *, raised: bool = False) -> Term:
        """The term with so many figures more of its literals, from left to right; the numbers of its formula have all
        of theirs."""
        match term:
            case Literal():
                return msgspec.structs.replace(term, finer=next(figures))
            case Apply():
                if not raised and self.own_number(term) is not None:
                    next(figures)
                exponent = EXPONENTS.get(term.primitive)
                args = [self.finer(arg, figures, raised=at == exponent) for at, arg in enumerate(term.args)]
                return msgspec.structs.replace(term, args=tuple(args))
            case Marked():
                return msgspec.structs.replace(term, body=self.finer(term.body, figures))
            case Name():
                return term

    def leaf_of(self, term: Literal, *, single: bool) -> Leaf:
        """A literal with the figures that it shows, looked at."""
        if not term.finer:
            return self.leaf(term.value, single)
        leaf = term_skeletons(self.policy.finer(term.finer)).leaf(term.value, single)
        return msgspec.structs.replace(leaf, finer=term.finer)

    def leaf(self, value: Any, single: bool) -> Leaf:
        """A literal, looked at."""
        if isinstance(value, np.ndarray):
            leaf = self.arrays(value)
            return several(value, leaf.numbers, single=True) if single and not leaf.single else leaf
        if isinstance(value, Polynomial):
            return several(value, tuple([self.coefficient(monomial, c) for monomial, c in value.terms]), single=True)
        return lone(self.numbers.of(value))

    def array(self, value: np.ndarray) -> Leaf:
        """An array of numbers, looked at; one number is written as such."""
        return several(value, tuple(map(self.numbers.of, value.ravel().tolist())), single=value.size == 1)

    def coefficient(self, monomial: Monomial, value: Fraction) -> Numeral:
        """A number of a polynomial; one that stands alone is a number as any other."""
        return self.coefficients.of(value) if monomial else self.numbers.of(value)


def by_numbers(summed: Term) -> bool:
    """Whether a sum over this is written number by number (`printer.simpler_sum`)."""
    return prod(summed.shape) > 1 and numeric(summed) and by_entry(summed)


def slots(at: int, leaf: Leaf) -> Any:
    """What stands in for a literal. Where the ones of a polynomial stand, no digit does."""
    if isinstance(leaf.value, Polynomial):
        faced = zip(leaf.value.terms, enumerate(leaf.numbers), strict=True)
        terms: list[Any] = [
            (power, c if power and abs(c) == 1 else Hole(at, n, one.shape_class)) for (power, c), (n, one) in faced
        ]
        return Polynomial(tuple(terms)) if any(power for power, _ in terms) else terms[0][1] if terms else Fraction(0)
    if not isinstance(leaf.value, np.ndarray):
        return Hole(at, 0, leaf.numbers[0].shape_class)
    array = np.empty(leaf.value.size, dtype=object)
    for place, number in enumerate(leaf.numbers):
        array[place] = Hole(at, place, number.shape_class)
    return array.reshape(leaf.value.shape)


class Bounded(dict[Any, Made]):
    """A dictionary that forgets everything when there is too much of it."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def keep(self, key: Hashable, value: Made) -> Made:
        """Keep a value, and return it."""
        if len(self) >= self.most:
            self.clear()
        self[key] = value
        return value


class ByIdentity(Generic[Made]):
    """What was made of a thing, kept with the thing itself: to look whether two large terms are equal takes longer than
    to see that they are one."""

    def __init__(self, make: Callable[[Any], Made], most: int) -> None:
        self.make = make
        self.known: Bounded[tuple[Any, Made]] = Bounded(most)

    def __call__(self, thing: Any) -> Made:
        """What was made of a thing, or is now."""
        found = self.known.get(id(thing))
        return found[1] if found is not None else self.known.keep(id(thing), (thing, self.make(thing)))[1]


def term_skeletons(policy: Policy) -> Skeletons:
    """The sketches of a policy so far, whatever its decimal separator."""
    return skeletons_of(separator_free(policy))


@lru_cache(maxsize=64)
def skeletons_of(policy: Policy) -> Skeletons:
    """The sketches of a policy without a separator of its own."""
    return Skeletons(policy)
