"""The files of grading: grades.csv, verdicts.csv, and for the beginning template.csv and shapes.csv."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from keygen.builds.key_csv import inert, spreadsheet
from keygen.course.course import Course
from keygen.course.points import decimal
from keygen.errors import KeygenError
from keygen.export.making import STATED
from keygen.grading.answers_file import AnswersFile
from keygen.grading.class_grading import ClassGrading, GradedPiece, GradedRow, RowFault
from keygen.grading.class_list import GradedPerson, class_list
from keygen.grading.decisions import DECIDED, Cell, changed, former_verdicts, load_decisions
from keygen.grading.verdicts import AnswerVerdict, Rates
from keygen.mathematics.answers import Answer, of_json
from keygen.system.files import copy_whole, write_whole

VERDICT_COLUMNS = ("id", "column", "typed", "read", "key", "replay", "verdict", "credit", "slip", "person")
OURS = ("grades.csv", "verdicts.csv", "changes.csv", "decisions.csv")
"""Files of the folder that are no answers."""
CHANGES = ("id", "column", "verdict before", "credit before", "verdict", "credit")
CENTS = 100


@dataclass(frozen=True, slots=True)
class GradingRequest:
    """What is graded: the answers of a sheet's students, by a manifest; None where a template is wanted."""

    course: Course
    sheet: str
    manifest: Path
    answers: Path | None = None
    rates: Rates = field(default_factory=Rates)
    digits: int = 3
    out: Path | None = None

    @property
    def folder(self) -> Path:
        """Where the files go."""
        return self.out or Path("build") / f"{self.sheet}-grades"


@dataclass
class GradingReport:
    """What came of it: the paths written, what could not be graded, how often each verdict, how many cells a person
    should look at, how many rows, and the points that no column asks for."""

    paths: list[Path] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    people: int = 0
    persons: int = 0
    left: str = ""

    @property
    def refused(self) -> bool:
        """Whether a row could not be graded."""
        return any(fault.refused for fault in self.faults)


def people_of(request: GradingRequest) -> dict[str, GradedPerson]:
    """Whose answers may come."""
    return class_list(request.course, request.sheet, request.manifest)


def grade(
    request: GradingRequest, people: Mapping[str, GradedPerson], advance: Callable[[int], None],
    note: Callable[[str], None],
) -> GradingReport:  # fmt: skip
    """Grade a file of answers and write what came of it: row by row, so that a large class takes no more memory."""
    assert request.answers is not None
    paths = [request.folder / name for name in ("grades.csv", "verdicts.csv")]
    if request.answers.resolve() in [(request.folder / name).resolve() for name in OURS]:
        raise KeygenError(
            "the answers would be written over", file=request.answers, repair="choose another folder by --out"
        )
    decisions = load_decisions(request.folder / "decisions.csv")
    before = former_verdicts(paths[1])
    grading = ClassGrading(AnswersFile(request.answers), people, request.rates, request.digits, decisions)
    numbers = [number for number, _ in enumerate(request.course.sheet(request.sheet).exercise, start=1)]
    asked = {column.partition(".")[0] for column in grading.answers.columns()}
    numbers = [number for number in numbers if str(number) in asked]
    report, now = GradingReport(paths), dict[Cell, tuple[str, str]]()
    with TemporaryDirectory() as folder, ExitStack() as open_files:
        beside = [Path(folder) / path.name for path in paths]
        grades, verdicts = (
            csv.writer(open_files.enter_context(path.open("w", encoding="utf-8-sig", newline=""))) for path in beside
        )
        grades.writerow(["id", "name", *map(str, numbers), "total"])
        verdicts.writerow(VERDICT_COLUMNS)
        for one in grading.rows(advance, note):
            if isinstance(one, RowFault):
                report.faults.append(one)
                continue
            grades.writerow(map(inert, grade_cells(one, numbers)))
            verdicts.writerows(map(inert, cells) for cells in verdict_cells(one))
            if before is not None:
                now |= {
                    (one.id, verdict.column): (verdict.kind, points_text(verdict.credit)) for verdict in one.verdicts
                }
            report.people += 1
            report.verdicts.update(verdict.kind for verdict in one.verdicts)
            report.persons += sum(1 for verdict in one.verdicts if needs_person(verdict))
        report.left = left_out(grading.whole)
        open_files.close()
        for made, path in zip(beside, paths, strict=True):
            copy_whole(made, path)
    if before is not None:
        report.paths.append(request.folder / "changes.csv")
        write_whole(report.paths[-1], table(CHANGES, changed(before, now)))
    return report


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file as `key_csv` writes one."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(map(inert, row) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def needs_person(verdict: AnswerVerdict) -> bool:
    """Whether a person should look at an answer, and has not decided on it."""
    return (bool(verdict.person) or verdict.kind == "person") and not verdict.person.startswith(DECIDED)


def grade_cells(row: GradedRow, numbers: Sequence[int]) -> Iterator[str]:
    """The row of one student in grades.csv; an exercise that was not asked is empty."""
    yield from (row.id, row.name)
    yield from (points_text(row.points[number]) if number in row.points else "" for number in numbers)
    yield points_text(row.total)


def points_text(points: Fraction) -> str:
    """Points to the nearest hundredth."""
    return decimal(Fraction(round(points * CENTS), CENTS))


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
    return f"{total} points are not in these grades: no answer was asked of {', '.join(left)}"


# --- before: what students fill in


def template(request: GradingRequest, people: Mapping[str, GradedPerson]) -> GradingReport:
    """Write the empty table of answers, and the shape of each answer beside it."""
    asked = [(person.student, person.code, asked_of(person)) for person in people.values() if not person.failure]
    report = GradingReport([request.folder / "template.csv", request.folder / "shapes.csv"], people=len(asked))
    for path, cell in zip(report.paths, (nothing, shape_text), strict=True):
        write_whole(path, spreadsheet(asked, ".".join, cell))
    return report


def asked_of(person: GradedPerson) -> dict[str, dict[str, dict[str, Answer]]]:
    """The answers of a student by exercise, part and name, without what belongs to statements."""
    return {
        str(worked.number): {part: dict(wanted(answers)) for part, answers in worked.parts.items()}
        for worked in person.exercises()
    }


def wanted(answers: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[str, Answer]]:
    """The answers of a part that a student gives."""
    stated = STATED if "wrt" in answers and "shapes" in answers else ()
    return ((name, of_json(one)) for name, one in answers.items() if name not in stated)


def nothing(answer: Answer) -> str:
    """An empty cell."""
    return ""


def shape_text(answer: Answer) -> str:
    """The shape of an answer: 2 x 3, 3, or its type."""
    value = answer.exact if answer.float is None else answer.float
    match answer.type:
        case "vector" | "matrix":
            return " x ".join(map(str, np.shape(np.array(value, dtype=object))))
        case "matrices" | "sequence" | "set":
            return f"{answer.type}: {len(value)}"
    return answer.type
