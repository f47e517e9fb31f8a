"""What an exercise wants tabulated, and how large its matrices are; cells are letters or claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keygen.calculus.claims import Label, require_label
from keygen.errors import KeygenError
from keygen.mathematics.terms import Name


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in rows under a head; the first column names the rows. None is an empty cell.

    A cell says "column of row = value": it is a claim that carries that chain, a given number, or a label that claims
    nothing. Raises KeygenError for another, and for a row that is not as long as the head.
    """

    head: tuple[Label, ...]
    rows: tuple[tuple[Label, ...], ...]

    def __post_init__(self) -> None:
        for number, row in enumerate((self.head, *self.rows)):
            for place, cell in enumerate(row, start=1):
                require_label(
                    cell, f"cell {place} of row {number} of a table" if number else f"head {place} of a table"
                )
            if len(row) != len(self.head):
                raise KeygenError(
                    f"row {number} of a table is not as long as its head",
                    expected=f"{len(self.head)} cells",
                    found=str(len(row)),
                )


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows and columns a matrix has; `letters` stand for the lengths that a statement leaves open."""

    of: Name
    letters: Mapping[int, str] = field(default_factory=dict)
