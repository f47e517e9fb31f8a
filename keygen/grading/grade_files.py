"""The files of grading: grades.csv, verdicts.csv, the gradebooks, summary.html, a page for each student, and for the
beginning template.csv and shapes.csv."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from shutil import copyfileobj
from typing import Any

import numpy as np

from keygen.builds.key_csv import inert, spreadsheet
from keygen.builds.request import SheetRequest
from keygen.course.course import Course
from keygen.course.filenames import file_name, same_file, shortened
from keygen.course.points import decimal
from keygen.errors import KeygenError
from keygen.export.making import STATED
from keygen.grading.answers_file import AnswersFile, AnswersSource
from keygen.grading.ask_page import ask_page
from keygen.grading.class_grading import ClassGrading, GradedPiece, RowFault
from keygen.grading.class_list import GradedPerson, class_list
from keygen.grading.decisions import load_decisions
from keygen.grading.former_verdicts import CHANGES, FormerVerdicts, Paid, former_verdicts
from keygen.grading.gradebooks import Gradebooks, of_addresses
from keygen.grading.graded_exercise import is_problem
from keygen.grading.graded_row import GradedRow
from keygen.grading.moodle_responses import MoodleReport
from keygen.grading.notebook_answers import NotebookAnswers
from keygen.grading.summary import ClassSummary, rounded
from keygen.grading.summary_page import SummaryPage, title_of
from keygen.grading.verdicts import AnswerVerdict, Rates
from keygen.mathematics.answers import Answer, of_json
from keygen.system.files import made_beside, move_all, write_whole
from keygen.tex.engines import engine_named, program

VERDICT_COLUMNS = ("id", "column", "typed", "read", "key", "replay", "verdict", "credit", "slip", "person")
TABLES = ("grades.csv", "verdicts.csv", "moodle.csv", "canvas.csv")
SUMMARY = "summary.html"
OURS = (*TABLES, SUMMARY, "changes.csv", "decisions.csv")
"""Files of the folder that are no answers."""


@dataclass(frozen=True, slots=True)
class GradingRequest:
    """What is graded: the answers of a sheet's students, by a manifest; None where a template is wanted. A
    `source` is the system whose report the answers are; `ask` is for a page that asks for answers on paper,
    `on_paper` for a PDF of each student's page."""

    course: Course
    sheet: str
    manifest: Path
    answers: Path | None = None
    rates: Rates = field(default_factory=Rates)
    digits: int = 3
    out: Path | None = None
    source: str | None = None
    ask: bool = False
    on_paper: bool = False

    @property
    def folder(self) -> Path:
        """Where the files go."""
        return self.out or Path("build") / f"{self.sheet}-grades"


@dataclass
class GradingReport:
    """What came of it: the paths written, what could not be graded, what was answered, and the points that no column
    asks for."""

    paths: list[Path] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    summary: ClassSummary = field(default_factory=ClassSummary)
    left: str = ""

    @property
    def refused(self) -> bool:
        """Whether a row could not be graded."""
        return any(fault.refused for fault in self.faults)


def people_of(request: GradingRequest) -> tuple[dict[str, GradedPerson], AnswersSource | None]:
    """Whose answers may come, and the answers where there are any."""
    if request.answers is not None and request.source == "notebook":
        return NotebookAnswers(request.course, request.sheet, request.manifest, request.answers).read()
    file = None if request.answers is None else AnswersFile(request.answers)
    if file is not None and request.source == "moodle":
        return MoodleReport(request.course, request.sheet, request.manifest, file).read()
    return class_list(request.course, request.sheet, request.manifest), file


def grade(
    request: GradingRequest, people: Mapping[str, GradedPerson], answers: AnswersSource, advance: Callable[[int], None],
    note: Callable[[str], None],
) -> GradingReport:  # fmt: skip
    """Grade a file of answers and write what came of it: row by row, so that a large class takes no more memory."""
    if answers.path.resolve() in [(request.folder / name).resolve() for name in OURS]:
        raise KeygenError(
            "the answers would be written over", file=answers.path, repair="choose another folder by --out"
        )
    if request.on_paper and request.folder.resolve() == request.manifest.parent.resolve():
        raise KeygenError(
            "the students' sheets would be written over", file=request.folder,
            repair="choose another folder by --out, or leave the pages on paper out by --no-pdf",
        )  # fmt: skip
    report = GradingReport(faults=list(no_paper(request)))
    decisions = load_decisions(request.folder / "decisions.csv")
    before = former_verdicts(request.folder / "verdicts.csv")
    on_paper = request.on_paper and not report.faults
    grading = ClassGrading(answers, people, request.rates, request.digits, decisions, on_paper)
    numbers = [number for number, _ in enumerate(request.course.sheet(request.sheet).exercise, start=1)]
    asked = {column.partition(".")[0] for column in grading.answers.columns()}
    numbers = [number for number in numbers if str(number) in asked]
    order = page_order(request, people)
    books = Gradebooks(request.sheet, title_of(order), of_addresses(people))
    with made_beside(request.folder) as folder, GradeTables(folder, books, numbers, before) as tables:
        for one in grading.rows(advance, note):
            if isinstance(one, RowFault):
                report.faults.append(one)
                continue
            tables.add(one)
            report.summary.add(one)
        report.left = left_out(grading.whole)
        page = SummaryPage(order, report.summary, len(people)).html()
        made = tables.finished(points_text(report.summary.possible), page)
        report.paths = move_all(made, request.folder)
    return report


def no_paper(request: GradingRequest) -> Iterator[RowFault]:
    """Why no page that is wanted on paper can be: there is no TeX here."""
    if request.on_paper:
        try:
            program(engine_named(request.course.sheet(request.sheet).engine))
        except KeygenError as error:
            what = f"the students' pages are not on paper: {error.what}; {error.repair}; --no-pdf leaves them out"
            yield RowFault(0, "", what, refused=False)


def page_order(request: GradingRequest, people: Mapping[str, GradedPerson]) -> SheetRequest:
    """The sheet in the language that its pages had; a class of nobody has the sheet's own."""
    first = next(iter(people.values()), None)
    return SheetRequest(request.course, request.course.sheet(request.sheet)) if first is None else first.order


class GradeTables:
    """The tables of a class, written row by row into a folder until they are whole."""

    def __init__(
        self, folder: Path, books: Gradebooks, numbers: Sequence[int], before: FormerVerdicts | None = None
    ) -> None:
        self.folder, self.books, self.numbers, self.open_files = folder, books, numbers, ExitStack()
        self.before = before
        self.pages: set[str] = set()
        self.named: list[str] = []

    def __enter__(self) -> GradeTables:
        self.grades, self.verdicts = (self.writer(name, "utf-8-sig") for name in ("grades.csv", "verdicts.csv"))
        self.moodle, self.canvas = (self.writer(name, "utf-8") for name in ("moodle.csv", "canvas.rows"))
        self.grades.writerow(["id", "name", *map(str, self.numbers), "total"])
        self.verdicts.writerow(VERDICT_COLUMNS)
        self.moodle.writerow(self.books.moodle)
        if self.before is not None:
            self.changes = self.writer("changes.csv", "utf-8-sig")
            self.changes.writerow(CHANGES)
        return self

    def __exit__(self, *raised: object) -> None:
        self.open_files.close()

    def writer(self, name: str, encoding: str) -> Any:
        """A table that is begun."""
        return csv.writer(self.open_files.enter_context((self.folder / name).open("w", encoding=encoding, newline="")))

    def add(self, row: GradedRow) -> None:
        """Write a student down."""
        self.grades.writerow(map(inert, grade_cells(row, self.numbers)))
        self.verdicts.writerows(map(inert, cells) for cells in verdict_cells(row))
        name = file_name(row.id)
        if same_file(name) in self.pages:
            name = shortened(name, row.id)
        self.pages.add(same_file(name))
        files = {f"{name}.html": row.page.encode(), f"{name}.pdf": row.pdf}
        for named, data in files.items():
            if data:
                self.named.append(named)
                (self.folder / named).write_bytes(data)
        total = points_text(row.total)
        self.moodle.writerow(self.books.moodle_row(row.id, row.name, total))
        self.canvas.writerow(self.books.canvas_row(row.id, row.name, total))
        if self.before is not None:
            self.changed(self.before.changes(row.id, paid_of(row)))

    def changed(self, rows: Iterable[Sequence[str]]) -> None:
        """Write down what is other than before."""
        self.changes.writerows(map(inert, row) for row in rows)

    def finished(self, possible: str, summary: bytes) -> list[Path]:
        """The whole files; only now is it known how many points could be had, which Canvas is told at the top."""
        if self.before is not None:
            self.changed(self.before.gone())
        self.open_files.close()
        (self.folder / SUMMARY).write_bytes(summary)
        with (self.folder / "canvas.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(self.books.canvas(possible))
            with (self.folder / "canvas.rows").open(encoding="utf-8", newline="") as rows:
                copyfileobj(rows, file)
        changes = () if self.before is None else ("changes.csv",)
        return [self.folder / name for name in (*TABLES, *self.named, SUMMARY, *changes)]


def paid_of(row: GradedRow) -> dict[str, Paid]:
    """Verdict and credit of each answer of a student."""
    return {one.column: (one.kind, points_text(one.credit)) for one in row.verdicts}


def grade_cells(row: GradedRow, numbers: Sequence[int]) -> Iterator[str]:
    """The row of one student in grades.csv; an exercise that was not asked is empty."""
    yield from (row.id, row.name)
    yield from (points_text(row.points[number]) if number in row.points else "" for number in numbers)
    yield points_text(row.total)


def points_text(points: Fraction) -> str:
    """Points to the nearest hundredth."""
    return decimal(rounded(points))


def verdict_cells(row: GradedRow) -> Iterator[tuple[str, ...]]:
    """The rows of one student in verdicts.csv."""
    for one in row.verdicts:
        yield row.id, *verdict_row(one)


def verdict_row(one: AnswerVerdict) -> tuple[str, ...]:
    """One verdict, without whose it is."""
    told = (one.column, one.typed, one.read, one.key, one.replay, one.kind)
    return *told, points_text(one.credit), one.slip, one.person


def left_out(grading: GradedPiece) -> str:
    """Which points no column asks for, "" where all do."""
    left = {place: points for place, points in grading.possible.items() if place not in grading.asked and points}
    if not left:
        return ""
    total = points_text(sum(left.values(), Fraction(0)))
    return f"points that are not in these grades: {total}, for no answer was asked of {', '.join(left)}"


# --- before: what students fill in


def template(request: GradingRequest, people: Mapping[str, GradedPerson]) -> GradingReport:
    """Write the empty table of answers, and the shape of each answer beside it."""
    asked = [(person.student, person.code, asked_of(person)) for person in people.values() if not person.failure]
    report = GradingReport([request.folder / "template.csv", request.folder / "shapes.csv"])
    for path, cell in zip(report.paths, (nothing, shape_text), strict=True):
        write_whole(path, spreadsheet(asked, ".".join, cell))
    return report


def ask(request: GradingRequest, people: Mapping[str, GradedPerson]) -> GradingReport:
    """Write the page that asks for answers on paper."""
    report = GradingReport([request.folder / "ask.html"])
    present = [person for person in people.values() if not person.failure]

    def left_out(id: str, error: KeygenError) -> None:
        report.faults.append(RowFault(0, "", f"{id} is not on the page: {error}"))

    write_whole(report.paths[0], ask_page(page_order(request, people), present, request.digits, left_out))
    return report


def asked_of(person: GradedPerson) -> dict[str, dict[str, dict[str, Answer]]]:
    """The answers of a student by exercise, part and name, without what belongs to statements."""
    return {
        str(worked.number): {part: dict(wanted(answers)) for part, answers in worked.parts.items()}
        for worked in person.exercises()
    }


def wanted(answers: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[str, Answer]]:
    """The answers of a part that a student gives."""
    stated = STATED if is_problem(answers) else ()
    letters = of_json(answers["shapes"]).exact if stated else {}
    found = ((name, of_json(one)) for name, one in answers.items() if name not in stated)
    return ((name, replace(one, says=letters) if one.type == "formula" else one) for name, one in found)


def nothing(answer: Answer) -> str:
    """An empty cell."""
    return ""


def shape_text(answer: Answer) -> str:
    """The shape of an answer: 2 x 3, 3, or its type; of a formula by differentials also those of its letters."""
    value = answer.exact if answer.float is None else answer.float
    match answer.type:
        case "vector" | "matrix":
            return " x ".join(map(str, np.shape(np.array(value, dtype=object))))
        case "matrices" | "sequence" | "set":
            return f"{answer.type}: {len(value)}"
        case "formula" if answer.says:
            sizes = (f"{letter} {' x '.join(map(str, shape))}" for letter, shape in answer.says.items())
            return f"formula in {', '.join(sizes)}"
    return answer.type
