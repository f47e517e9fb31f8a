"""An order for one sheet: what a person has asked for."""

from __future__ import annotations

from dataclasses import dataclass

from keygen.course.roster import Student
from keygen.course.secret import PUBLIC, course_secret, required_secret, sheet_key
from keygen.course.sheet import load_sheet
from keygen.course.source import Source


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for: a sheet, a language (None: the sheet's own), and whose numbers.

    A seed or a student; the published numbers where both are None. `key` names the sheet's streams.
    """

    sheet: str
    language: str | None = None
    seed: int | None = None
    student: Student | None = None
    key: str = PUBLIC

    @property
    def who(self) -> int | str | None:
        """Whose numbers: a seed, a student's id, or None."""
        return self.seed if self.student is None else self.student.id

    @property
    def code(self) -> str:
        """The variant's code, "" for the published numbers."""
        return "" if self.who is None else Source(self.sheet, self.who, self.key).code


def seeds_key(sheet: str) -> str:
    """The key of the streams of a sheet's seeds: by the course's secret where there is one, else public."""
    return sheet_key(course_secret(), sheet)


def students_key(sheet: str, *, public: bool = False) -> str:
    """The key of the streams of a sheet's students: by the course's secret, without which KeygenError is raised; or
    the public key, if that was asked for."""
    return PUBLIC if public else sheet_key(required_secret(), sheet)


def file_stem(order: Order, *, solutions: bool) -> str:
    """sheet4, sheet4-seed7-solutions, sheet4-solutions.en (the language where it is not the sheet's own)."""
    seed = "" if order.seed is None else f"-seed{order.seed}"
    sheet = load_sheet(order.sheet)
    return f"{order.sheet}{seed}{'-solutions' if solutions else ''}{sheet.mark(order.language or sheet.language)}"
