"""The neutral question: one exercise with the numbers of one seed, ready for any target. It is all worked out: a writer
lays it out in its format and computes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from keygen.document.nodes import Blocks, Conventions, Problem, Words
from keygen.document.typesetter import Typesetter
from keygen.export.typed_number import TypedNumber
from keygen.mathematics.terms import Term
from keygen.variants.solved import Solved

if TYPE_CHECKING:
    from keygen.matrix.exercises import Result


class KnownSlip(Struct, frozen=True):
    """What a known slip leads to in a box: its name in the table of slips, the wrong number, and the sentence for
    whoever types it."""

    name: str
    number: TypedNumber
    told: Blocks


class NumberBox(Struct, frozen=True):
    """A box for one number.

    cell    its place in the answer, counted from 0: () of a number, (row, column) of a matrix
    letter  the sign of this one number, where the answer is put together of several
    exact   its exact form as a text, None where there is no short one
    key     the number
    slips   the wrong numbers that are known, the most typical first, no two alike and none like the key
    misread what would be read of the key typed as a fraction: its numerator; None where that can't happen unnoticed
    weight  its share of the question's points, in units that all boxes of the question have
    """

    cell: tuple[int, ...]
    exact: str | None
    key: TypedNumber
    letter: Term | None = None
    slips: tuple[KnownSlip, ...] = ()
    misread: TypedNumber | None = None
    weight: int = 1


class ChoiceBox(Struct, frozen=True):
    """A choice among options in an order that says nothing of which is right, the place of which counts from 0. Of a
    boolean they are words of the language; of `formulas` their numbers, counted from 1, for lists that hold no
    mathematics. `exact` has what each option stands for, as the exact form of an answer has it; None of a formula that
    is wrong and has no form in NumPy's signs. Of formulas `mistakes` has the name of what leads to each, "" of the
    right one."""

    cell: tuple[int, ...]
    options: tuple[str, ...]
    right: int
    exact: tuple[str | bool | None, ...]
    formulas: tuple[Result, ...] = ()
    mistakes: tuple[str, ...] = ()
    weight: int = 1


Box = NumberBox | ChoiceBox


class AskedAnswer(Struct, frozen=True):
    """One answer of a part: its name in JSON, its type, the letter that the page has for it (None: none), and its boxes
    row by row; no boxes where it is nothing that boxes hold. It is a `twin` where another answer of the part, or
    another box of its own, is written with the same letter, or has formulas of the same left side: then its `caption`,
    in the author's words, tells it apart, or else its name. Several matrices have letters of their own, `each` one."""

    name: str
    type: str
    letter: Term | None
    rows: tuple[tuple[Box, ...], ...]
    twin: bool = False
    caption: Words = ()
    each: tuple[Term, ...] = ()

    @property
    def boxes(self) -> Iterator[Box]:
        """Its boxes in their order."""
        return (box for row in self.rows for box in row)

    @property
    def letters(self) -> Iterator[Term]:
        """What its boxes are written with: its own letter, or those of its entries."""
        own = (box.letter for box in self.boxes if isinstance(box, NumberBox))
        return (one for one in (self.letter, *self.each, *own) if one is not None)

    @property
    def sides(self) -> Iterator[tuple[str, str, str]]:
        """What stands before the equals sign of the formulas among which it asks to choose: what of which function, and
        with respect to what."""
        formulas = (one for box in self.boxes if isinstance(box, ChoiceBox) for one in box.formulas)
        return ((one.kind, one.letter, one.wrt.name) for one in formulas)

    @property
    def lettered(self) -> bool:
        """Whether a page says by letters what is asked."""
        return any(True for _ in self.letters) or any(True for _ in self.sides)

    def unsaid(self, *, alone: bool) -> bool:
        """Whether nothing but its name says what is asked, beside others or beside one of its letter."""
        return not self.caption and (self.twin or not (alone or self.lettered))

    @property
    def blocks(self) -> list[tuple[Term | None, tuple[tuple[Box, ...], ...]]]:
        """Its rows, of several matrices those of each behind its letter."""
        if not self.each:
            return [(None, self.rows)]
        grouped = groupby(self.rows, key=lambda row: row[0].cell[0])
        return [(letter, tuple(rows)) for letter, (_, rows) in zip(self.each, grouped, strict=True)]


class AskedPart(Struct, frozen=True):
    """What is asked in one part: its letter in the columns of key.csv, the key of its nodes in the problem, its
    answers, and its points (None: the sheet has none)."""

    key: str
    origin: str
    answers: tuple[AskedAnswer, ...]
    points: Fraction | None

    @property
    def boxes(self) -> Iterator[Box]:
        """Its boxes in their order."""
        return (box for answer in self.answers for box in answer.boxes)

    @property
    def alone(self) -> bool:
        """Whether one answer has all of its boxes."""
        return sum(1 for answer in self.answers if answer.rows) == 1

    @property
    def unmarked(self) -> str:
        """The word that says what no box holds: "rest" of the part, "none" of it, or "" where all of it has boxes."""
        if self.answers and all(answer.rows for answer in self.answers):
            return ""
        return "rest" if any(True for _ in self.boxes) else "none"


@dataclass(frozen=True)
class NeutralQuestion:
    """One exercise with the numbers of one seed.

    problem     its nodes: title, statement, parts with their solutions, remark, answers
    typesetter  what writes their mathematics in TeX
    parts       what is asked, part by part
    given       the data, and `answers` the answers of each part, as `keygen answers --json` has them
    found       the exercise solved, for a target that works on with what is typed
    conventions what its answers rest on, and what writes it; None where there is nothing to say
    """

    seed: int
    code: str
    problem: Problem
    typesetter: Typesetter = field(repr=False)
    parts: tuple[AskedPart, ...]
    given: Mapping[str, Any] = field(repr=False)
    answers: Mapping[str, Mapping[str, Any]] = field(repr=False)
    found: Solved = field(repr=False)
    conventions: tuple[Conventions, Typesetter] | None = field(default=None, repr=False)

    @property
    def boxes(self) -> Iterator[Box]:
        """All boxes in their order."""
        return (box for part in self.parts for box in part.boxes)

    def column(self, part: AskedPart, answer: AskedAnswer) -> str:
        """The column of key.csv that an answer is in: 4.a.H"""
        return f"{self.problem.number}.{part.key}.{answer.name}"

    @property
    def places(self) -> Iterator[tuple[str, Box]]:
        """Each box with the column that its answer is in."""
        return (
            (self.column(part, answer), box) for part in self.parts for answer in part.answers for box in answer.boxes
        )
