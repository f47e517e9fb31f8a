"""Which columns of a roster are the id and the name: those of that name, or as learning systems and spreadsheets export
them (Moodle, Canvas, Google Classroom, Blackboard), or as a person says.

    Moodle             First name, Last name, ID number, Email address
    Canvas             Student ("Last, First"), ID, SIS User ID, SIS Login ID; a second and a third header row
    Google Classroom   Last Name, First Name, Email Address; rows of dates and points
    Blackboard         Last Name, First Name, Username, Student ID
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

IDS = (
    "sis user id", "sis id", "id", "id number", "student id", "student number", "идентификационный номер",
    "индивидуальный номер", "номер студента", "username", "sis login id", "login id", "логин", "email address", "email",
    "адрес электронной почты", "электронная почта",
)  # fmt: skip
"""What is taken as the id, the best first: a number of the school's before one of the system's own."""
WHOLE = ("name", "student", "student name", "full name", "имя и фамилия", "фио", "студент")
"""A name in one column; with a comma in "Student", the family name stands first."""
GIVEN, FAMILY = ("first name", "given name", "имя"), ("last name", "surname", "family name", "фамилия")
TURNED = "student"
HEADINGS = frozenset({"points possible", "date", "points", "manual posting", "(read only)", "баллы", "дата"})
"""What a further row of headings has in its first cell with anything in it."""


class RosterColumns(NamedTuple):
    """What a person says of the columns; None and () leave it to what the header names."""

    id: str | None = None
    name: tuple[str, ...] = ()


BY_HEADER = RosterColumns()
"""The columns that the header names."""


class Taken(NamedTuple):
    """The places of the id and of the pieces of the name, whether the family name stands first, and what of it is not
    by these very names, in words."""

    id: int
    name: tuple[int, ...]
    turned: bool
    said: tuple[str, ...]

    @property
    def exported(self) -> bool:
        """Whether the columns have the names of an export."""
        return bool(self.said)

    def name_of(self, cells: Sequence[str]) -> str:
        """A student's name, the given one first."""
        name = " ".join(filter(None, (cells[place] for place in self.name)))
        family, comma, given = name.partition(",")
        return f"{given.strip()} {family.strip()}" if self.turned and comma else name


def taken(header: Sequence[str], wished: RosterColumns) -> Taken | str:
    """The columns of the id and the name; the name of the column that is missing, where one is."""
    names = [name.casefold() for name in header]

    def first(options: Sequence[str]) -> int | None:
        return next((names.index(option) for option in options if option in names), None)

    plain = {"id", "name"} <= set(names)
    id = first([wished.id.casefold()] if wished.id else ["id"] if plain else IDS)
    if id is None:
        return wished.id or "id"
    if wished.name:
        pieces = [first([one.casefold()]) for one in wished.name]
        if None in pieces:
            return wished.name[pieces.index(None)]
        name = tuple(place for place in pieces if place is not None)
    elif (whole := first(WHOLE)) is not None:
        name = (whole,)
    elif (given := first(GIVEN)) is not None and (family := first(FAMILY)) is not None:
        name = (given, family)
    else:
        return "name"
    said = tuple(
        f"taking {' and '.join(header[place] for place in places)} as {what}"
        for what, places in (("id", (id,)), ("name", name))
        if [names[place] for place in places] != [what]
    )
    return Taken(id, name, names[name[0]] == TURNED, said)


def heading(cells: Sequence[str], columns: Taken) -> bool:
    """Whether a row of an export is no student's: points, dates, marks of columns."""
    first = next(filter(None, cells), "").casefold()
    return columns.exported and not cells[columns.id] and (first in HEADINGS or not columns.name_of(cells))
