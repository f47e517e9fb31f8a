r"""A printed chain read back from its finished text: every relation between neighbours, and every digit.

`=` holds between the numbers as they are printed, to thirty digits; `\approx` between what the rounded numbers stand
for, and the number at its end is that value rounded half away from zero. A number inside a line stands for a value of
the variant that it is the rounding of; whatever else has as many figures, or more, is itself.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from itertools import product as pairs
from math import floor, prod
from typing import Any

import numpy as np

from keygen.checking import arithmetic as mp
from keygen.checking.tex_grammar import parsed, shape_of
from keygen.checking.tex_tokens import MisreadError, PrintedNumber, printed, tokens
from keygen.checking.tex_tree import Tree
from keygen.checking.tex_value import Meaning, TexValue, equal
from keygen.tolerances import ORACLE

ULPS = 1e-15
MOST = 512  # ways to say what the rounded numbers of a line stand for
SIGNS = {"=": "=", r"\approx": "~", "<": "<", ">": ">", r"\le": "<=", r"\ge": ">="}


class FalseLineError(Exception):
    """A printed relation, or a printed digit, that is false."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"{found}, expected {expected}")
        self.expected, self.found = expected, found


@dataclass(frozen=True)
class RoundingCandidates:
    """The numbers that a rounded number on a page may stand for, by size."""

    sizes: Sequence[float]
    numbers: Sequence[Any]

    def near(self, shown: PrintedNumber) -> list[Any]:
        """Those that are printed so."""
        low, high = float(shown.value - shown.unit), float(shown.value + shown.unit)
        found = self.numbers[bisect_left(self.sizes, low) : bisect_right(self.sizes, high)]
        return [x for x in found if rounds_to(x, shown)]

    def within(self, size: float) -> list[Any]:
        """Those that a double is, up to the last digits of doubles."""
        low, high = size * (1 - ULPS), size * (1 + ULPS)
        return list(self.numbers[bisect_left(self.sizes, low) : bisect_right(self.sizes, high)])


def pool(values: Iterable[Any]) -> RoundingCandidates:
    """The magnitudes of the numbers in some values, each once."""
    magnitudes = {str(abs(x)): abs(x) for value in values for x in mp.entries(value) if x}
    rows = sorted((float(x), place, x) for place, x in enumerate(magnitudes.values()))
    return RoundingCandidates([size for size, _, _ in rows], [x for _, _, x in rows])


def rounds_to(magnitude: Any, shown: PrintedNumber) -> bool:
    """Whether a magnitude is what is printed, rounded half away from zero to as many figures."""
    if isinstance(magnitude, Fraction):
        return floor(magnitude / shown.unit + Fraction(1, 2)) * shown.unit == shown.value
    exact = mp.inexact(shown.unit)
    return Fraction(int(mp.here().floor(magnitude / exact + mp.inexact(Fraction(1, 2))))) * shown.unit == shown.value


@dataclass(frozen=True, slots=True)
class Link:
    """One side of a line: its tree and the numbers in it."""

    text: str
    tree: Tree
    numbers: tuple[PrintedNumber, ...]

    @property
    def exact(self) -> list[Any]:
        """The numbers as they are printed."""
        return [number.value for number in self.numbers]


def link_of(text: str, names: Iterable[str], functions: Iterable[str]) -> Link:
    """A side of a line. Raises MisreadError."""
    shape, numbers = shape_of(tokens(text, names, functions))
    return Link(text, parsed(shape), tuple(map(printed, numbers)))


@dataclass
class PrintedLine:
    """One line and how it is read: `significant` figures are what a rounded number has.

    `compared` counts numbers compared with what they stand for.
    """

    links: Sequence[Link]
    relations: Sequence[str]
    meaning: Meaning
    near: RoundingCandidates
    wide: RoundingCandidates
    significant: int
    compared: int = field(default=0, init=False)

    def check(self) -> int:
        """How many relations hold. Raises FalseLineError, and what `Meaning.value` raises."""
        self.compared = 0
        before = self.start()
        for place, relation in enumerate(self.relations, start=1):
            before = self.related(self.links[place - 1], before, SIGNS.get(relation, relation), self.links[place])
        return len(self.relations)

    def start(self) -> TexValue | None:
        """The value of the first side; of a name that only this line gives a value, none yet."""
        first = self.links[0]
        if first.tree.kind == "relation":
            return None
        try:
            return self.value(first, first.exact)
        except LookupError:
            if first.tree.kind != "name":
                raise
            return None

    def near_enough(self, left: TexValue, right: TexValue) -> bool:
        """Whether two sides are equal; a limit that is zero is read off as a small number."""
        limited = any(part.kind == "limit" for link in self.links for part in inside(link.tree))
        return equal(left.array, right.array, ORACLE, ORACLE if limited else 0)

    def value(self, link: Link, numbers: Sequence[Any]) -> TexValue:
        """The value of a side with these numbers in it."""
        return replace(self.meaning, numbers=numbers).value(link.tree).filled(self.meaning.around)

    def related(self, one: Link, before: TexValue | None, relation: str, other: Link) -> TexValue | None:
        """The value of the next side, found in its relation to the one before it."""
        if "Leftrightarrow" in relation or other.tree.kind == "relation":
            for equation in (one, other):
                self.hold(equation)
            return None
        if relation == "~":
            return self.rounded(before, other)
        raw = self.value(other, other.exact)
        if before is None:
            return raw
        left = self.value(one, one.exact) if relation == "=" else before
        if not HOLDS[relation](left, raw, self.near_enough):
            raise FalseLineError(f"{one.text} {relation} {said(left)}", f"{other.text} = {said(raw)}")
        if alone(other.tree):
            self.compared += len(other.numbers)
        return (self.resolved(other, before) or before) if relation == "=" else raw

    def hold(self, equation: Link) -> None:
        """An equation that is true where the line is tried."""
        if equation.tree.kind != "relation":
            raise MisreadError("an equivalence of what is no equation")
        values = [
            self.value(Link(equation.text, part, equation.numbers), equation.exact) for part in equation.tree.parts
        ]
        for sign, left, right in zip(equation.tree.mark, values, values[1:], strict=False):
            if not HOLDS[sign](left, right, self.near_enough):
                raise FalseLineError(said(left), f"{equation.text}, where the right side is {said(right)}")

    def rounded(self, before: TexValue | None, other: Link) -> TexValue | None:
        """A side with rounded numbers: a number alone has the digits of the value before it."""
        if before is not None and alone(other.tree):
            self.check_digits(before, other)
            return before
        for number in other.numbers:
            if self.stray(number):
                raise FalseLineError("a number of the variant", f"{float(number.value):g} in {other.text}")
        value = self.resolved(other, before)
        if before is not None and (value is None or not self.near_enough(before, value)):
            found = self.value(other, other.exact) if value is None else value
            raise FalseLineError(said(before), f"{other.text}, which is {said(found)}")
        return value

    def resolved(self, link: Link, before: TexValue | None) -> TexValue | None:
        """The value of a side with the numbers that its rounded ones stand for; None where no choice has the value
        before it."""
        choices = [self.choices(number) for number in link.numbers]
        nearest = self.nearest(link, choices, before)
        for numbers in (*nearest, *islice(pairs(*choices), MOST)):
            value = self.value(link, numbers)
            if before is None or self.near_enough(before, value):
                self.compared += sum(x is not number.value for x, number in zip(numbers, link.numbers, strict=True))
                return value
        return None

    def nearest(self, link: Link, choices: Sequence[Sequence[Any]], before: TexValue | None) -> Iterator[Sequence[Any]]:
        """The choice that is found number by number, each the one that brings the side nearest to the value before it:
        all ways to choose are too many where a dozen numbers look like two of the variant's each."""
        if before is None or prod(map(len, choices)) == 1:
            return
        numbers = [some[0] for some in choices]
        for place, some in enumerate(choices):
            if len(some) > 1:
                tried = ([*numbers[:place], x, *numbers[place + 1 :]] for x in some)
                numbers = min(tried, key=lambda one: apart(self.value(link, one), before))
        yield numbers

    def choices(self, number: PrintedNumber) -> list[Any]:
        """What a number in a line may stand for: itself, or what it is the rounding of, to the figures of a rounded
        number or, where the line would lose them, to more."""
        if number.figures < self.significant:
            return [number.value]
        found = self.near.near(number) or self.wide.near(number)
        return [*(x for x in found if x != number.value), number.value]

    def stray(self, number: PrintedNumber) -> bool:
        """Whether a number with the figures of a rounded one is none of the variant's, rounded or not."""
        if number.figures < self.significant or number.unit >= 1:
            return False
        pools = (self.near, self.wide)
        return not any(found.near(number) or number.value in found.within(float(number.value)) for found in pools)

    def check_digits(self, value: TexValue, link: Link) -> None:
        """Every number of a side is that of the value, rounded. Raises FalseLineError."""
        shown = self.value(link, link.exact)
        wanted, found = mp.entries(value.array), mp.entries(shown.array)
        slots = [slot_of(entry) for entry in entries_of(link.tree)]
        if len(wanted) != len(found) or len(slots) != len(found):
            raise FalseLineError(said(value), link.text)
        for x, y, slot in zip(wanted, found, slots, strict=True):
            self.compared += 1
            if not right(x, y, None if slot is None else link.numbers[slot], self.significant):
                raise FalseLineError(said(TexValue(x)), f"{link.text}")


def apart(one: TexValue, other: TexValue) -> float:
    """How far two values are from each other, entry by entry; infinitely far where their shapes differ."""
    a, b = mp.entries(one.array), mp.entries(other.array)
    if len(a) != len(b):
        return float("inf")
    return float(
        sum((abs(mp.inexact(x) - mp.inexact(y)) for x, y in zip(a, b, strict=True)), start=mp.inexact(Fraction(0)))
    )


def alone(tree: Tree) -> bool:
    """Whether a side is a number, a list or a matrix of them, and nothing else."""
    return all(slot_of(entry) is not None or plain_fraction(entry) for entry in entries_of(tree))


def plain_fraction(tree: Tree) -> bool:
    """Whether a tree is a fraction of two numbers, with or without a minus."""
    if tree.kind == "sum" and len(tree.parts) == 1:
        (tree,) = tree.parts
    return tree.kind == "fraction" and all(part.kind == "number" for part in tree.parts)


def right(value: Any, shown: Any, number: PrintedNumber | None, significant: int) -> bool:
    """Whether a printed number is its value's: all of it, or rounded half away from zero to the figures of the page.

    0 is printed of 0 alone.
    """
    if not shown:
        return not value
    if equal(value, shown, ORACLE):
        return True
    same_sign = (value < 0) == (shown < 0)
    return number is not None and number.figures == significant and same_sign and rounds_to(abs(value), number)


def inside(tree: Tree) -> Iterator[Tree]:
    """A tree and all its parts."""
    yield tree
    for part in tree.parts:
        yield from inside(part)


def entries_of(tree: Tree) -> tuple[Tree, ...]:
    """The entries of a list or of a matrix; of a number, itself."""
    return tree.parts if tree.kind in ("list", "matrix") else (tree,)


def slot_of(tree: Tree) -> int | None:
    """The slot of a number with or without a minus."""
    if tree.kind == "sum" and len(tree.parts) == 1:
        (tree,) = tree.parts
    return tree.mark if tree.kind == "number" else None


def below(left: TexValue, right: TexValue) -> bool:
    """left < right"""
    return bool(mp.sign(mp.minus(left.entry(), right.entry())) < 0)


Equal = Callable[[TexValue, TexValue], bool]
HOLDS: Mapping[str, Callable[[TexValue, TexValue, Equal], bool]] = {
    "=": lambda left, right, equal: equal(left, right),
    "<": lambda left, right, equal: below(left, right) and not equal(left, right),
    ">": lambda left, right, equal: below(right, left) and not equal(left, right),
    "<=": lambda left, right, equal: below(left, right) or equal(left, right),
    ">=": lambda left, right, equal: below(right, left) or equal(left, right),
}


def said(value: TexValue) -> str:
    """A value with twenty digits."""
    texts = [str(mp.here().nstr(mp.inexact(x), 20)) for x in mp.entries(value.array)]
    return texts[0] if np.size(value.array) == 1 else f"({', '.join(texts)})"
