"""A class graded row by row: whose answers they are, the points of each exercise, what cannot be graded and why.

The rows are cut into pieces that several processes grade; each reads its own rows, so that nobody holds all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from importlib import import_module
from itertools import islice

from keygen.builds import executors
from keygen.builds.request import SheetRequest
from keygen.builds.sheet import sheet_items
from keygen.course.code import read_code
from keygen.course.course import Course
from keygen.course.ids import normal_id
from keygen.errors import KeygenError, nearest
from keygen.grading.answers_file import OWN, AnswersRow, AnswersSource
from keygen.grading.class_list import GradedPerson
from keygen.grading.decisions import Cell, Decision, decided
from keygen.grading.exercise_grading import traced
from keygen.grading.graded_exercise import GradedExercise, prepared
from keygen.grading.graded_row import GradedRow
from keygen.grading.student_page import AnswerLabel, FirstStep, first_step, labels_of, student_page
from keygen.grading.verdicts import AnswerVerdict, Rates
from keygen.system.gc_tuning import collect

CHUNK = 20
"""Rows that one process grades before it hands them over, at most."""
LEAST = 5
"""Rows for which another process is not worth its beginning."""
FEW = 5
"""Columns that a message names."""


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
        return f"{where}: {self.what}" if where else self.what


@dataclass(frozen=True, slots=True)
class GradingPiece:
    """Some rows of a file, by their numbers among those that hold anything, from 0; the people they may be of, and how
    often each id stands in the whole file (of those that stand more than once)."""

    answers: AnswersSource
    start: int
    stop: int
    people: Mapping[str, GradedPerson]
    known: tuple[str, ...]
    repeated: Mapping[str, int]
    rates: Rates
    digits: int
    decisions: Mapping[Cell, Decision]
    on_paper: bool


@dataclass
class GradedPiece:
    """What came of some rows.

    seen      the columns that the exercises of these students have
    possible  the points that can be had, by exercise and part; `asked` those of them that columns ask for
    decided   the answers on which a person has decided
    """

    rows: list[GradedRow | RowFault] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    possible: dict[str, Fraction] = field(default_factory=dict)
    asked: dict[str, Fraction] = field(default_factory=dict)
    decided: set[Cell] = field(default_factory=set)


@dataclass
class ClassGrading:
    """A class on its way through grading; `whole` gathers what the rows have in common."""

    answers: AnswersSource
    people: Mapping[str, GradedPerson]
    rates: Rates
    digits: int
    decisions: Mapping[Cell, Decision]
    on_paper: bool = False
    whole: GradedPiece = field(default_factory=GradedPiece)

    def rows(self, advance: Callable[[int], None], note: Callable[[str], None]) -> Iterator[GradedRow | RowFault]:
        """Each row graded, or why it is not; then the columns that nobody's exercises have."""
        columns = [name for name in self.answers.columns() if name and name not in OWN]
        pieces = list(self.pieces())
        jobs = 1 if len(pieces) < 2 else executors.cores()
        if jobs > 1:
            self.load()
        done = 0
        with (
            executors.interruptible("grading", lambda: f"{done} rows are graded"),
            closing(executors.in_turn(grade_piece, pieces, rows_in, jobs, advance, note)) as found,
        ):
            for piece in found:
                self.whole.seen |= piece.seen
                self.whole.possible |= piece.possible
                self.whole.asked |= piece.asked
                self.whole.decided |= piece.decided
                done += len(piece.rows)
                yield from piece.rows
        seen = self.whole.seen
        if strange := [column for column in columns if column not in seen]:
            few = ", ".join(strange[:FEW]) + (f" and {len(strange) - FEW} more" if len(strange) > FEW else "")
            near = f"; {nearest(strange[0], seen)}" if seen else ""
            yield RowFault(0, few, f"no exercise of these students has such an answer{near}", refused=False)

        for id, column in sorted(self.decisions.keys() - self.whole.decided):
            what = f"the decision on {column[:60]!r} of {id[:60]!r} is on no answer that was graded"
            yield RowFault(0, "", what, refused=False)

    def pieces(self) -> Iterator[GradingPiece]:
        """The rows in pieces, each with the people that it is about."""
        ids = [id_of(row) for row in self.answers.rows()]
        repeated = {id: times for id, times in Counter(ids).items() if times > 1}
        known, size = tuple(self.people), piece_size(len(ids), executors.cores())
        for start in range(0, len(ids), size):
            stop = min(start + size, len(ids))
            own = {id: self.people[id] for id in ids[start:stop] if id in self.people}
            decisions = {cell: one for cell, one in self.decisions.items() if cell[0] in own}
            yield GradingPiece(
                *self.answers.part(start, stop), own, known, repeated, self.rates, self.digits, decisions, self.on_paper
            )

    def load(self) -> None:
        """Load what each of several processes would load for itself."""
        for person in islice(self.people.values(), 1):
            for item in sheet_items(person.order.sheet):
                with suppress(KeygenError):  # the rows that it is about say so
                    person.order.course.exercise(item.entry.id)
        if self.on_paper:
            import_module("keygen.grading.student_pdf")


def piece_size(rows: int, cores: int) -> int:
    """How many rows make a piece, so that all cores get as much to do."""
    pieces = -(-rows // CHUNK)
    shared = min(-(-pieces // cores) * cores, max(pieces, rows // LEAST))
    return max(1, -(-rows // max(1, shared)))


def rows_in(piece: GradingPiece) -> int:
    """How many rows a piece has."""
    return piece.stop - piece.start


def id_of(row: AnswersRow) -> str:
    """The id of a row as a manifest has it."""
    try:
        return normal_id(row.id)
    except KeygenError:
        return row.id


@lru_cache(maxsize=1)
def kept(course: Course) -> Course:
    """One course for all pieces that this process grades, so that its exercises are loaded and traced once."""
    return course


def grade_piece(piece: GradingPiece) -> GradedPiece:
    """Grade some rows."""
    found = GradedPiece()
    for row in islice(piece.answers.rows(), piece.start, piece.stop):
        found.rows += RowGrading(piece, found).row(row)
    if piece.on_paper:
        found.rows = list(on_paper(piece, found.rows))
    collect()  # each structure of a computation is a cycle with what was made of it
    return found


def on_paper(piece: GradingPiece, rows: Sequence[GradedRow | RowFault]) -> Iterator[GradedRow | RowFault]:
    """The rows with their pages as PDF, behind each whose page TeX cannot set why."""
    from keygen.grading.student_pdf import student_pdfs  # TeX is not wanted by everybody

    graded = [row for row in rows if isinstance(row, GradedRow)]
    made = student_pdfs(piece.people[graded[0].id].order, [row.tex for row in graded]) if graded else iter(())
    for row in rows:
        if not isinstance(row, GradedRow):
            yield row
            continue
        pdf = next(made)
        yield replace(row, tex="", pdf=b"" if isinstance(pdf, KeygenError) else pdf)
        if isinstance(pdf, KeygenError):
            yield RowFault(row.line, "", f"{row.id} has no PDF: {pdf}", refused=False)


@dataclass(frozen=True, slots=True)
class RowGrading:
    """The grading of one row."""

    piece: GradingPiece
    into: GradedPiece

    def row(self, row: AnswersRow) -> Iterator[GradedRow | RowFault]:
        """The row graded, with what of it could not be, or why none of it is."""
        person = self.piece.people.get(id_of(row))
        column, fault = self.fault(row, person)
        if person is None or fault:
            yield RowFault(row.line, column, fault)
            return
        try:
            yield from self.graded_row(row, person)
        except KeygenError as error:
            yield RowFault(row.line, "", str(error))

    def fault(self, row: AnswersRow, person: GradedPerson | None) -> tuple[str, str]:
        """The column and the reason why a row cannot be graded; no reason where it can."""
        id = id_of(row)
        if row.fault:
            return "", row.fault
        if person is None:
            return "id", f"the manifest has no student {row.id[:60]!r}; {nearest(row.id[:60], self.piece.known)}"
        if id in self.piece.repeated:
            return "id", f"the id {id!r} stands {self.piece.repeated[id]} times: leave one row"
        if person.failure:
            return "id", f"{id} had no sheet in this run: {person.failure}"
        return "code", wrong_code(row, person)

    def graded_row(self, row: AnswersRow, person: GradedPerson) -> Iterator[GradedRow | RowFault]:
        """One student's exercises."""
        course = kept(person.order.course)
        order = replace(person.order, course=course)
        items = {item.number: item for item in sheet_items(order.sheet)}
        verdicts: list[AnswerVerdict] = []
        points: dict[int, Fraction] = {}
        possible = Fraction(0)
        shown: dict[int, FirstStep] = {}
        labels: dict[str, AnswerLabel] = {}
        own: set[str] = set()
        for worked in person.exercises():
            columns = {f"{worked.number}.{part}.{name}" for part, named in worked.parts.items() for name in named}
            own |= columns
            if columns.isdisjoint(row.cells) or worked.number not in items:
                continue
            own_order = replace(person.orders.get(worked.number, order), course=course)
            exercise = prepared(own_order, items[worked.number], worked, self.piece.digits)
            computed, steps = traced(exercise, row.cells, self.piece.rates, row.taken)
            labels |= labels_of(exercise, own_order)
            if told := first_step(exercise, steps, computed.values(), own_order, labels):
                shown[worked.number] = told
            found = {column: decided(person.id, one, self.piece.decisions) for column, one in computed.items()}
            self.into.decided |= {(person.id, column) for column in computed} & self.piece.decisions.keys()
            verdicts += found.values()
            points[worked.number], of = self.paid(exercise, found)
            possible += of
        self.into.seen.update(own)
        for column, cell in row.cells.items():
            if cell and column in self.into.seen and column not in own:
                yield RowFault(row.line, column, f"{person.id} was not asked for this", refused=False)
        if strange := [column for column in row.taken if column not in own]:
            why = f"{person.id} has no answer {strange[0][:60]!r}; {nearest(strange[0][:60], own)}"
            yield RowFault(row.line, "taken", why, refused=False)
        found_row = GradedRow(person.id, person.name, tuple(verdicts), points, possible, line=row.line)
        points_had = found_row.total, possible
        page = student_page(order, person.name or person.id, verdicts, points_had, shown, labels)
        tex = paper(order, person, points_had, verdicts, shown, labels) if self.piece.on_paper else ""
        yield replace(found_row, page=page, tex=tex)

    def paid(self, exercise: GradedExercise, found: Mapping[str, AnswerVerdict]) -> tuple[Fraction, Fraction]:
        """The points of an exercise, those of each part in equal shares for the answers that are asked; and those that
        could be had."""
        total = possible = Fraction(0)
        for part, points in exercise.points.items():
            place = f"{exercise.number}.{part}"
            self.into.possible[place] = points
            asked = [one for one in exercise.columns if one.points and one.column in found]
            credits = [found[one.column].credit for one in asked if one.column.rpartition(".")[0] == place]
            if credits:
                self.into.asked[place] = points
                possible += points
                total += points * sum(credits) / len(credits)
        return total, possible


def paper(
    order: SheetRequest, person: GradedPerson, points: tuple[Fraction, Fraction], verdicts: Iterable[AnswerVerdict],
    steps: Mapping[int, FirstStep], labels: Mapping[str, AnswerLabel],
) -> str:  # fmt: skip
    """A student's page in TeX."""
    from keygen.grading.student_pdf import StudentOnPaper, student_tex

    return student_tex(order, StudentOnPaper(person.id, person.name, person.code, points), verdicts, steps, labels)


def wrong_code(row: AnswersRow, person: GradedPerson) -> str:
    """Why the code of a row does not fit; "" where it does, or none is said."""
    if not row.code:
        return ""
    try:
        code = read_code(row.code[:40])
    except KeygenError as error:
        return error.what
    return "" if code == person.code else f"the code {code} is not that of {person.id}, {person.code}"
