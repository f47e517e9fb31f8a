"""A class graded row by row: whose answers they are, the points of each exercise, what cannot be graded and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from keygen.builds.sheet import sheet_items
from keygen.course.code import read_code
from keygen.course.ids import normal_id
from keygen.errors import KeygenError, nearest
from keygen.grading.answers_file import OWN, AnswersFile, AnswersRow
from keygen.grading.class_list import GradedPerson
from keygen.grading.exercise_grading import graded
from keygen.grading.graded_exercise import GradedExercise, prepared
from keygen.grading.verdicts import AnswerVerdict, Rates

FEW = 5
"""Columns that a message names."""


@dataclass(frozen=True, slots=True)
class GradedRow:
    """One student's verdicts in the order of the sheet, and the points of each exercise that something was asked of."""

    person: GradedPerson
    verdicts: tuple[AnswerVerdict, ...]
    points: Mapping[int, Fraction]

    @property
    def total(self) -> Fraction:
        """All points."""
        return sum(self.points.values(), Fraction(0))


@dataclass(frozen=True, slots=True)
class RowFault:
    """What cannot be graded: the row, the column, and why; `refused` where that is the whole row."""

    line: int
    column: str
    what: str
    refused: bool = True

    def __str__(self) -> str:
        place = f"row {self.line}" if self.line else ""
        where = ", ".join(filter(None, (place, f"column {self.column}" if self.column else "")))
        return f"{where}: {self.what}"


@dataclass
class ClassGrading:
    """A class on its way through grading.

    seen      the columns that somebody's exercises have
    possible  the points that can be had, by exercise and part; `asked` those of them that columns ask for
    """

    answers: AnswersFile
    people: Mapping[str, GradedPerson]
    rates: Rates
    digits: int
    seen: set[str] = field(default_factory=set)
    possible: dict[str, Fraction] = field(default_factory=dict)
    asked: dict[str, Fraction] = field(default_factory=dict)

    def rows(self) -> Iterator[GradedRow | RowFault]:
        """Each row graded, or why it is not; then the columns that nobody's exercises have."""
        columns = [name for name in self.answers.columns() if name and name not in OWN]
        times = Counter(self.id_of(row) for row in self.answers.rows())
        for row in self.answers.rows():
            yield from self.row(row, times)
        if strange := [column for column in columns if column not in self.seen]:
            few = ", ".join(strange[:FEW]) + (f" and {len(strange) - FEW} more" if len(strange) > FEW else "")
            near = f"; {nearest(strange[0], self.seen)}" if self.seen else ""
            yield RowFault(0, few, f"no exercise of these students has such an answer{near}", refused=False)

    def id_of(self, row: AnswersRow) -> str:
        """The id of a row as a manifest has it."""
        try:
            return normal_id(row.id)
        except KeygenError:
            return row.id

    def row(self, row: AnswersRow, times: Mapping[str, int]) -> Iterator[GradedRow | RowFault]:
        """One row graded, with what of it could not be, or why none of it is."""
        id = self.id_of(row)
        person = self.people.get(id)
        fault = row.fault
        if not fault and person is None:
            fault = f"the manifest has no student {row.id[:60]!r}; {nearest(row.id[:60], self.people)}"
        elif not fault and times[id] > 1:
            fault = f"the id {id!r} stands {times[id]} times: leave one row"
        elif not fault and person is not None:
            fault = self.wrong_code(row, person) or (person.failure and f"had no sheet in this run: {person.failure}")
        if fault or person is None:
            yield RowFault(row.line, "code" if "code" in fault[:12] else "id" if not row.fault else "", fault)
            return
        try:
            yield from self.graded_row(row, person)
        except KeygenError as error:
            yield RowFault(row.line, "", str(error))

    def wrong_code(self, row: AnswersRow, person: GradedPerson) -> str:
        """Why the code of a row does not fit; "" where it does, or none is said."""
        if not row.code:
            return ""
        try:
            code = read_code(row.code)
        except KeygenError as error:
            return f"the code {row.code[:20]!r} is none: {error.what}"
        return "" if code == person.code else f"the code {code} is not that of {person.id}, {person.code}"

    def graded_row(self, row: AnswersRow, person: GradedPerson) -> Iterator[GradedRow | RowFault]:
        """One student's exercises."""
        items = {item.number: item for item in sheet_items(person.order.sheet)}
        verdicts: list[AnswerVerdict] = []
        points: dict[int, Fraction] = {}
        own: set[str] = set()
        for worked in person.exercises():
            columns = {f"{worked.number}.{part}.{name}" for part, named in worked.parts.items() for name in named}
            self.seen |= columns
            own |= columns
            if columns.isdisjoint(row.cells) or worked.number not in items:
                continue
            exercise = prepared(person.order, items[worked.number], worked, self.digits)
            found = graded(exercise, row.cells, self.rates)
            verdicts += found.values()
            points[worked.number] = self.paid(exercise, found)
        for column, cell in row.cells.items():
            if cell and column in self.seen and column not in own:
                yield RowFault(row.line, column, f"{person.id} was not asked for this", refused=False)
        yield GradedRow(person, tuple(verdicts), points)

    def paid(self, exercise: GradedExercise, found: Mapping[str, AnswerVerdict]) -> Fraction:
        """The points of an exercise: those of each part in equal shares for the answers that are asked."""
        total = Fraction(0)
        for part, points in exercise.points.items():
            place = f"{exercise.number}.{part}"
            self.possible[place] = points
            asked = [one for one in exercise.columns if one.points and one.column in found]
            credits = [found[one.column].credit for one in asked if one.column.rpartition(".")[0] == place]
            if credits:
                self.asked[place] = points
                total += points * sum(credits) / len(credits)
        return total
