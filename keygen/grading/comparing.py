"""Whether a number that somebody typed is the number that should stand there, as far as its digits go.

What it may be off by: half a unit of the last digit typed, half a unit of the page's last digit, and what the student's
own rounding on the way can do, by the derivatives of the trace. No more than half the way to the nearest known slip.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np

from keygen.engine.real import Undecided
from keygen.engine.replay import apart_at_depth
from keygen.grading.numbers import ReadNumber
from keygen.grading.replays import SHORT, half_unit

Agreement = Literal["right", "coarse", ""]
UNROUNDED = 99
"""Digits of whoever rounds nothing on the way: only the student's earlier answers are off then."""
FEWEST = 2
"""Significant digits below which a rounded number tells nothing."""
COARSEST: dict[Agreement, int] = {"": 0, "coarse": 1, "right": 2}


@dataclass(frozen=True, slots=True)
class Precision:
    """The digits that are asked for, and those of numbers that a page rounds."""

    asked: int = 3
    page: int = 4

    @property
    def least(self) -> int:
        """The significant digits below which a rounded number tells nothing."""
        return min(FEWEST, self.asked)

    @property
    def carried(self) -> int:
        """The digits that everybody is taken to carry from step to step at least."""
        return self.asked + 1


@dataclass(frozen=True)
class Comparison:
    """Numbers as typed beside those that should stand there, entry by entry in a row.

    spreads  how far each may be off by rounding on the way, with so many digits carried: from the values that the
             student gave before, and, where that is not enough, from the beginning; asked for only where it matters
    slips    what known slips lead to, in the same way
    """

    typed: tuple[ReadNumber, ...]
    base: tuple[Any, ...]
    precision: Precision
    spreads: Sequence[Callable[[int], Any]]
    slips: Callable[[], Iterable[Any]]

    @cached_property
    def gaps(self) -> Any:
        """How far the entries are apart; 0 where they are one number, proven or not to be told apart at any depth."""
        pairs = zip(self.typed, self.base, strict=True)
        return np.array([distance(one.value, base) for one, base in pairs])

    @property
    def agreement(self) -> Agreement:
        """Whether they agree, as digits and known slips allow."""
        if not self.gaps.any():
            return "right"
        found = min(map(self.entry, range(len(self.typed))), key=COARSEST.__getitem__)
        return "coarse" if found == "right" and not all(map(self.told_from, self.other_slips)) else found

    def closer_than(self, other: Comparison) -> bool:
        """Whether what is typed lies nearer to what should stand there than another comparison of it has it, over all
        entries as parts of their sizes."""
        sizes = np.abs([float(one) for one in (*self.base, *other.base)]).reshape(2, -1).sum(axis=0)
        sizes[sizes == 0] = 1
        return bool(np.sum(self.gaps / sizes) < np.sum(other.gaps / sizes))

    @property
    def doubtful(self) -> bool:
        """Whether what agrees by its digits lies nearer to a known slip."""
        return bool(self.gaps.any()) and not all(map(self.nearer_than, self.other_slips))

    def entry(self, place: int) -> Agreement:
        """Whether one entry agrees, without a look at slips."""
        number, gap = self.typed[place], self.gaps[place]
        if not gap:
            return "right"
        if not np.isfinite(gap):
            return ""
        asked, carried = self.precision.asked, self.precision.carried
        if number.significant is None:
            return "right" if gap <= float(self.spreads[0](UNROUNDED)[place]) else ""
        half, lost = self.half(place), zeros_lost(number, float(self.base[place]), asked)
        if number.significant < self.precision.least and not (lost or self.cut_off(number) or self.aligned(number)):
            return ""
        if (lost or number.significant >= asked) and self.within(max(number.significant, carried), place, half):
            return "right"
        return "coarse" if self.within(carried, place, half) else ""

    def cut_off(self, number: ReadNumber) -> bool:
        """Whether zeros may have been cut off where there are too few digits to tell anything, in 0.07 beside 0.0324:
        of a number that stands alone nobody can tell."""
        return bool(number.value) and any(0 < other.half < number.half for other in self.typed)

    def aligned(self, number: ReadNumber) -> bool:
        """Whether a number with too few digits to tell anything has the decimals of one that has enough: -0.005 beside
        -0.016, of whoever rounds all to three decimals."""
        alike = (other for other in self.typed if other.half == number.half)
        return bool(number.value) and any(
            other.significant is not None and other.significant >= self.precision.least for other in alike
        )

    def half(self, place: int) -> Fraction:
        """Half a unit of the last digit of an entry; with too few digits to tell anything it is taken for one whose
        zeros at the end were cut off, 0.07 for 0.0700, unless it is rounded as those beside it are."""
        number, asked = self.typed[place], self.precision.asked
        lost = zeros_lost(number, float(self.base[place]), asked)
        if number.significant is None:
            return number.half
        told = number.significant >= self.precision.least or self.aligned(number)
        return number.half if told and not lost else number.half_of(asked)

    def within(self, digits: int, place: int, half: Fraction) -> bool:
        """Whether one entry is off by no more than its digits and those carried allow."""
        gap, tight = self.gaps[place], self.tight(place, half)
        return bool(gap <= tight or any(gap <= tight + float(spread(digits)[place]) for spread in self.spreads))

    def tight(self, place: int, half: Fraction) -> float:
        """What one entry may be off by the digits typed and those of the page."""
        base = float(self.base[place])
        return float(half) + half_unit(base, self.precision.page) + SHORT * abs(base)

    @cached_property
    def other_slips(self) -> tuple[Any, ...]:
        """What known slips lead to, as far as so many digits can tell it from what should stand there."""
        base = np.array([float(one) for one in self.base])
        tight = np.array([self.tight(place, self.half(place)) for place in range(len(base))])
        return tuple(slip for slip in self.slips() if np.any(np.abs(slip - base) > 2 * tight))

    def told_from(self, slip: Any) -> bool:
        """Whether in some entry what is typed lies less than half the way to a slip off."""
        base = np.array([float(one) for one in self.base])
        return bool(np.any(self.gaps < np.abs(slip - base) / 2))

    def nearer_than(self, slip: Any) -> bool:
        """Whether in some entry what is typed is nearer to what should stand there than to a slip."""
        typed = np.array([float(one) for one in self.typed])
        return bool(np.any(self.gaps < np.abs(slip - typed)))


def zeros_lost(number: ReadNumber, base: float, asked: int) -> bool:
    """Whether zeros may have been cut off at the end: 0.5 for 0.500."""
    return math.isfinite(base) and bool(Fraction(f"{base:.{asked - 1}e}") == number.value)


def same(one: Any, other: Any) -> bool:
    """Whether two exact numbers cannot be told apart."""
    try:
        return not apart_at_depth(one, other)
    except Undecided:
        return False


def distance(one: Any, other: Any) -> float:
    """How far two exact numbers are apart, in float64: 0 where they cannot be told apart, infinity where that is too
    far."""
    try:
        return 0.0 if same(one, other) else abs(float(one - other)) or abs(float(one) - float(other))
    except (ArithmeticError, TypeError):
        return float("inf")
