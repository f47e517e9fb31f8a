"""What a class has answered, gathered row by row: of each answer the verdicts and the slips, the cells that a person
should look at, the points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from keygen.grading.decisions import DECIDED
from keygen.grading.graded_row import GradedRow
from keygen.grading.verdicts import AnswerVerdict, VerdictKind

MOST = 500
"""Cells for a person that are gathered; the rest are in verdicts.csv, as these are."""
CENTS = 100
Ways = tuple[tuple[str, ...], ...]
"""The slips that lead to an answer, one way or another, by their names."""


@dataclass
class AnswerSummary:
    """One answer of all students: how often each verdict, how often each slip where it is made, the credit together."""

    verdicts: Counter[VerdictKind] = field(default_factory=Counter)
    slips: Counter[Ways] = field(default_factory=Counter)
    credit: Fraction = Fraction(0)

    @property
    def mean(self) -> Fraction:
        """The mean credit, from 0 to 1."""
        return self.credit / max(1, self.verdicts.total())


@dataclass
class ClassSummary:
    """All answers by their columns, the totals and the most that could be had, and the cells for a person: whose, and
    the verdict."""

    answers: dict[str, AnswerSummary] = field(default_factory=dict)
    totals: Counter[Fraction] = field(default_factory=Counter)
    cells: list[tuple[str, AnswerVerdict]] = field(default_factory=list)
    persons: int = 0
    possible: Fraction = Fraction(0)

    def add(self, row: GradedRow) -> None:
        """Take a student in."""
        self.totals[row.total] += 1
        self.possible = max(self.possible, row.possible)
        for verdict in row.verdicts:
            one = self.answers.setdefault(verdict.column, AnswerSummary())
            one.verdicts[verdict.kind] += 1
            one.credit += verdict.credit
            if verdict.kind == "slip" and verdict.slips:
                one.slips[verdict.slips] += 1
            if needs_person(verdict):
                self.persons += 1
                if len(self.cells) < MOST:
                    self.cells.append((row.id, verdict))

    @property
    def verdicts(self) -> Counter[VerdictKind]:
        """How often each verdict."""
        return sum((one.verdicts for one in self.answers.values()), Counter[VerdictKind]())

    @property
    def people(self) -> int:
        """How many students."""
        return self.totals.total()

    @property
    def mean(self) -> Fraction:
        """The mean of the points; 0 where nobody is."""
        whole = sum((points * count for points, count in self.totals.items()), Fraction(0))
        return whole / max(1, self.people)

    @property
    def median(self) -> Fraction:
        """The median of the points; 0 where nobody is."""
        if not self.people:
            return Fraction(0)
        return (self.ranked((self.people - 1) // 2) + self.ranked(self.people // 2)) / 2

    def ranked(self, place: int) -> Fraction:
        """The points of the student at a place from below, counted from 0."""
        return next(points for points, end in self.ends() if place < end)

    def ends(self) -> Iterator[tuple[Fraction, int]]:
        """Each number of points from below, and how many students have no more."""
        end = 0
        for points in sorted(self.totals):
            end += self.totals[points]
            yield points, end


def needs_person(verdict: AnswerVerdict) -> bool:
    """Whether a person should look at an answer, and has not decided on it."""
    return (bool(verdict.person) or verdict.kind == "person") and not verdict.person.startswith(DECIDED)


def rounded(points: Fraction) -> Fraction:
    """Points to the nearest hundredth."""
    return Fraction(round(points * CENTS), CENTS)
