"""The variants of a class: every student's drawn and measured, on all cores; what is to be said of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from keygen.builds import executors
from keygen.builds.alike import exercise_label, shared, varying
from keygen.builds.class_work import COMPARED, ClassTable, StudentWork, student_work
from keygen.builds.draws import known_draws
from keygen.builds.request import SheetRequest
from keygen.builds.run import with_draws
from keygen.course.course import Course
from keygen.course.roster import Student, load_roster
from keygen.course.roster_columns import RosterColumns
from keygen.course.secret import name_of_key
from keygen.system.tables import folded
from keygen.system.tables import table as in_columns

CHUNK = 25  # students that one process takes at a time
HEADS = ("id", "name", "operations", "negatives", "longest", "drawn again", "from median", "")


@dataclass(frozen=True, slots=True)
class ClassRequest:
    """Which students of which sheets, by the `public` key or the course's; what was built of them into `out` knows who
    was drawn anew."""

    course: Course = field(repr=False)
    sheets: tuple[str, ...]
    students: tuple[Student, ...]
    public: bool = False
    out: Path = Path("build")

    @property
    def key(self) -> str:
        """The key of the first sheet's numbers."""
        return self.course.students_key(self.sheets[0], public=self.public)


def class_of(
    course: Course, sheets: Sequence[str], roster: Path, columns: RosterColumns, public: bool, out: Path
) -> tuple[ClassRequest, tuple[str, ...]]:
    """What to look at for a roster, and which columns are taken, in words. Raises KeygenError for a roster that will
    not do."""
    found = load_roster(roster, course.languages, columns)
    students = tuple(replace(student, line=0) for student in found.students)
    return ClassRequest(course, tuple(dict.fromkeys(sheets)), students, public, out), found.taken


@dataclass(frozen=True, slots=True)
class ClassChunk:
    """Some students of one sheet."""

    course: Course
    sheet: str
    key: str
    students: tuple[Student, ...]


def class_chunks(request: ClassRequest) -> Iterator[ClassChunk]:
    """The work in pieces. Raises KeygenError for an unknown sheet, and without the secret that it takes."""
    for name in request.sheets:
        sheet = request.course.sheet(name)
        key = request.course.students_key(name, public=request.public)
        people = with_draws(request.students, known_draws(request.course, sheet, key, request.out / name).draws)
        students = [person for person in people if isinstance(person, Student)]
        for start in range(0, len(students), CHUNK):
            yield ClassChunk(request.course, name, key, tuple(students[start : start + CHUNK]))


def works_of(chunk: ClassChunk) -> tuple[StudentWork, ...]:
    """What the students of a chunk are to work out."""
    sheet = chunk.course.sheet(chunk.sheet)
    orders = (SheetRequest(chunk.course, sheet, student=student, key=chunk.key) for student in chunk.students)
    return tuple(map(student_work, orders))


def class_tables(
    request: ClassRequest, jobs: int, advance: Callable[[int], None], note: Callable[[str], None]
) -> Generator[ClassTable, None, None]:
    """A table a sheet, the same whatever the number of processes."""
    asked = list(class_chunks(request))
    found: dict[tuple[str, str], list[StudentWork]] = {}
    pieces = executors.in_turn(works_of, asked, lambda chunk: len(chunk.students), jobs, advance, note)
    for chunk, works in zip(asked, pieces, strict=True):
        found.setdefault((chunk.sheet, chunk.key), []).extend(works)
    for (sheet, key), students in found.items():
        yield ClassTable(sheet, key, tuple(students))


# --- said


def class_text(table: ClassTable, course: Course, width: int | None) -> str:
    """The table with what there is to say below it, in so many columns (None: as many as it takes); of long names only
    the beginnings, where there is no room."""
    rows = [HEADS, *(row_of(table, student) for student in table.students)]
    lines = in_columns(rows, width, words=(0, 1, len(HEADS) - 1), cut=1)
    told = folded("\n".join(remarks(table, course)), width)
    return f"{table.sheet}: {len(table.students)} students\n\n{lines}\n\n{told}"


def row_of(table: ClassTable, student: StudentWork) -> tuple[str, ...]:
    """The cells of one student."""
    if student.measure is None:
        return (student.id, student.name, *[""] * 5, "no sheet" if student.failure else "")
    measures = [str(student.measure.by_name()[name]) for name in COMPARED]
    away = f"{round(100 * (table.distance(student) or 0)):+d} %"
    said = ["outside"] if student in table.outside else []
    said += [f"draw {student.draw}"] if student.draw > 1 else []
    return student.id, student.name, *measures, str(student.rejected), away, ", ".join(said)


def remarks(table: ClassTable, course: Course) -> Iterator[str]:
    """The band of the class, who lies outside, and who shares numbers, a line each."""
    middle = f"operations: median {table.medians['operations']:g}"
    if table.band is None:
        yield f"{middle}; too few students for a band"
    else:
        outside = ", ".join(one.id for one in table.outside) or "nobody"
        yield f"{middle}, band of the class {table.band[0]} to {table.band[1]} operations; outside: {outside}"
        yield "the band is of operations alone; `from median` is of operations, negatives and longest"
    for student in table.students:
        if student.failure is not None:
            yield f"student {student.id} has no sheet: {student.failure.what}"
    for number, item in varying(course, course.sheet(table.sheet)):
        if said := shared(table.variants(number)):
            yield f"{exercise_label(number, item)}: {said}"


def class_object(table: ClassTable, course: Course) -> dict[str, Any]:
    """A class in JSON:

    {"sheet", "key" ("public", or the key's fingerprint), "median": {measure: x},
     "band": null | {"operations": [low, high]}, "outside": [id],
     "students": [{"id", "name", "code", "draw", "measures": null | {measure: N}, "rejected": {exercise: draws},
                   "distance": null | x, "failure": null | message}],
     "duplicates": [{"number", "exercise", "students": [[id, id, ...], ...]}]}
    """
    groups = {number: [same for same in table.variants(number) if len(same) > 1] for number in numbers(table)}
    return {
        "sheet": table.sheet,
        "key": name_of_key(table.key),
        "median": table.medians,
        "band": None if table.band is None else {"operations": list(table.band)},
        "outside": [student.id for student in table.outside],
        "students": [student_object(table, student) for student in table.students],
        "duplicates": [
            {"number": number, "exercise": item.id, "students": groups[number]}
            for number, item in varying(course, course.sheet(table.sheet))
            if groups.get(number)
        ],
    }


def numbers(table: ClassTable) -> Sequence[int]:
    """The numbers of the exercises that anybody has."""
    return sorted({number for student in table.students for number in student.works or {}})


def student_object(table: ClassTable, student: StudentWork) -> Mapping[str, Any]:
    """A student in JSON."""
    return {
        "id": student.id,
        "name": student.name,
        "code": student.code,
        "draw": student.draw,
        "measures": None if student.measure is None else student.measure.by_name(),
        "rejected": {str(number): work.rejected for number, work in (student.works or {}).items()},
        "distance": table.distance(student),
        "failure": None if student.failure is None else str(student.failure),
    }
