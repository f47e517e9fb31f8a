"""A request for one sheet: what a person has asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from keygen.course.course import Course
from keygen.course.languages import Language
from keygen.course.roster import Student
from keygen.course.secret import PUBLIC
from keygen.course.seeding import NumberStreams
from keygen.course.sheet import Sheet
from keygen.document.kinds import PageKind


@dataclass(frozen=True, slots=True)
class SheetRequest:
    """What a person asked for: a sheet of a course, a language (None: the sheet's own), and whose numbers.

    A seed or a student; the published numbers where both are None. `key` names the sheet's streams.
    """

    course: Course = field(repr=False)
    sheet: Sheet
    lang: str | None = None
    seed: int | None = None
    student: Student | None = None
    key: str = PUBLIC

    @property
    def language(self) -> Language:
        """The language of its pages."""
        return self.course.language(self.lang or self.sheet.language)

    @property
    def identity(self) -> tuple[object, ...]:
        """What two requests have in common whose pages are the same, as long as the course is."""
        return self.sheet.name, self.lang or self.sheet.language, self.seed, self.student, self.key

    @property
    def who(self) -> int | str | None:
        """Whose numbers: a seed, a student's id, or None."""
        return self.seed if self.student is None else self.student.id

    @property
    def draw(self) -> int:
        """Which draw of the student's numbers, counted from 1; a seed has one."""
        return 1 if self.student is None else self.student.draw

    @property
    def streams(self) -> NumberStreams | None:
        """Where the numbers come from; None for the published ones."""
        return None if self.who is None else NumberStreams(self.sheet.name, self.who, self.key, self.draw)

    @property
    def code(self) -> str:
        """The variant's code, "" for the published numbers."""
        return "" if self.streams is None else self.streams.code

    @property
    def asked(self) -> list[int]:
        """The numbers of the exercises that this person gets."""
        return self.sheet.asked(self.streams)


def file_stem(order: SheetRequest, kind: PageKind) -> str:
    """sheet4, sheet4-seed7-solutions, sheet4-guide.en (the language where it is not the sheet's own)."""
    seed = "" if order.seed is None else f"-seed{order.seed}"
    mark = order.sheet.mark(order.lang or order.sheet.language)
    return f"{order.sheet.name}{seed}{kind.suffix}{mark}"
