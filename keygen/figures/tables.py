"""What an exercise wants tabulated, and how large its matrices are; cells are letters or claims."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from keygen.calculus.claims import Claim, Given, Label, require_label
from keygen.errors import KeygenError
from keygen.figures.labels import Words
from keygen.mathematics.terms import Name


class Table(Struct, frozen=True):
    """Cells in rows under a head; the first columns name the rows, so many as are `named`: of a truth table those of
    the inputs, and a rule stands between them and what they lead to. None is an empty cell.

    A cell says "column of row = value": it is a claim that carries that chain, a given number, or a label that claims
    nothing. Raises KeygenError for another, and for a row that is not as long as the head, and for a
    table in which no column is left to be said.
    """

    head: tuple[Label, ...]
    rows: tuple[tuple[Label, ...], ...]
    named: int = 1

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
        if not 0 <= self.named < len(self.head):
            raise KeygenError(
                "the columns that name the rows of a table leave none to be said",
                expected=f"0 to {len(self.head) - 1} of {len(self.head)}", found=str(self.named),
            )  # fmt: skip


class Size(Struct, frozen=True):
    """How many rows and columns a matrix has; `letters` stand for the lengths that a statement leaves open."""

    of: Name
    letters: Mapping[int, str] = field(default_factory=dict)


class TensorShape(Struct, frozen=True):
    """The lengths of an array along its axes: numbers that are claimed or given, letters, words.

    `crossed`  28 x 28 x 3, as one writes the size of a picture; else in brackets: (B, 128, d)

    Raises KeygenError for a bare number, and for no length at all.
    """

    lengths: tuple[Claim | Given | Name | Words, ...]
    crossed: bool = False

    def __post_init__(self) -> None:
        if not self.lengths or (self.crossed and len(self.lengths) < 2):
            raise KeygenError(
                "a shape has too few lengths", expected="two that a cross stands between, one in brackets"
            )
        for length in self.lengths:
            if not isinstance(length, Words):
                require_label(length, "a length of a shape")


def tensor(*lengths: Claim | Given | Name | Words | int) -> TensorShape:
    """The shape of an array as a page writes it: (B, 128, d); an int is given."""
    return TensorShape(tuple(Given(length) if isinstance(length, int) else length for length in lengths))


def crossed(*lengths: Claim | Given | Name | Words | int) -> TensorShape:
    """The size of a picture as a page writes it: 28 x 28 x 3; an int is given."""
    return TensorShape(tensor(*lengths).lengths, crossed=True)
