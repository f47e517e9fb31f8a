"""The gradebooks of learning systems: moodle.csv and canvas.csv, a row for each student who was graded.

Moodle's import (grade/import/csv) is told which column says who a student is and which the grade is; it matches an id
number, a username or an address, and reads a decimal point in every language. Canvas's (lib/gradebook_importer.rb)
wants `Student`, `ID`, then `SIS User ID` and `SIS Login ID`, then `Section`, then an assignment, and a row
"Points Possible" below the head; a student without the ID that Canvas has given is found by the other two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from keygen.builds.key_csv import inert

NUMBERED = re.compile(r"\(\d+\)\s*$")
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POSSIBLE = "    Points Possible"
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gradebooks:
    """What both say of one sheet: its name and its title, and whether the ids of its students are addresses."""

    sheet: str
    title: str
    addresses: bool

    @property
    def moodle(self) -> Cells:
        """The head of moodle.csv, in the words of Moodle's own export."""
        return ("Email address" if self.addresses else "ID number", "Name", inert(self.title))

    def moodle_row(self, id: str, name: str, total: str) -> Cells:
        """A student in moodle.csv."""
        return inert(id), inert(name), total

    @property
    def assignment(self) -> str:
        """What Canvas calls the sheet: a number in brackets at the end would be read as the id of an assignment."""
        return self.sheet if NUMBERED.search(self.title) else self.title

    def canvas(self, possible: str) -> Iterable[Cells]:
        """The head of canvas.csv."""
        return (*CANVAS, inert(self.assignment)), (POSSIBLE, *[""] * (len(CANVAS) - 1), possible)

    def canvas_row(self, id: str, name: str, total: str) -> Cells:
        """A student in canvas.csv."""
        return inert(name or id), "", inert(id), inert(id), "", total


def of_addresses(ids: Iterable[str]) -> bool:
    """Whether every id is an address of mail, and there is one."""
    found = list(ids)
    return bool(found) and all("@" in id for id in found)
