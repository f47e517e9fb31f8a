"""Grids of numbers beside each other: a picture, a kernel, what comes out, with windows that are set off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct

from keygen.errors import KeygenError
from keygen.figures.alt_text import Telling
from keygen.figures.figure import Figure
from keygen.figures.labels import Text, require_texts
from keygen.figures.palette import stroke


class Window(Struct, frozen=True):
    """A rectangle of cells that is set off: its upper left cell, counted from 0, how many rows and columns it has;
    `stroke` numbers its look from 1."""

    row: int
    column: int
    height: int
    width: int
    stroke: int = 1

    @property
    def role(self) -> str:
        """The role of its border."""
        return stroke(self.stroke)

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies inside."""
        return self.row <= row < self.row + self.height and self.column <= column < self.column + self.width


class Pane(Struct, frozen=True):
    """A grid of cells, its caption below, windows set off in it. An empty cell is None."""

    cells: tuple[tuple[Text, ...], ...]
    caption: Text = None
    windows: tuple[Window, ...] = ()


class GridFigure(Figure, frozen=True):
    """Panes from left to right."""

    kind: ClassVar[str] = "grid"

    panes: tuple[Pane, ...]

    def told(self, tell: Telling) -> str:
        """Each pane row by row, and where its windows are."""
        return tell("grid", parts=tell.after(*(pane_told(tell, k, pane) for k, pane in enumerate(self.panes, start=1))))


def pane_told(tell: Telling, number: int, pane: Pane) -> str:
    """A pane, row by row."""
    name = pane.caption or tell("grid_number", number=str(number))
    empty = tell("grid_empty")
    rows = [tell("grid_row", number=str(k), cells=tell.row(cell or empty for cell in row))
            for k, row in enumerate(pane.cells, start=1)]  # fmt: skip
    windows = [
        tell(
            "grid_window", top=str(one.row + 1), bottom=str(one.row + one.height),
            left=str(one.column + 1), right=str(one.column + one.width),
        )
        for one in pane.windows
    ]  # fmt: skip
    return tell("grid_pane", name=name, rows=tell.after(*rows, *windows))


def grid_pane(rows: Sequence[Sequence[Text]], caption: Text = None, windows: Sequence[Window] = ()) -> Pane:
    """Cells in rows of one length, a caption, windows inside. Raises KeygenError for any others."""
    lengths = {len(row) for row in rows}
    if len(lengths) != 1 or 0 in lengths:
        raise KeygenError("the rows of a grid are not of one length", found=", ".join(str(len(row)) for row in rows))
    height, (width,) = len(rows), lengths
    for one in windows:
        inside = one.row >= 0 and one.column >= 0 and one.row + one.height <= height
        if not inside or one.column + one.width > width or one.height < 1 or one.width < 1:
            raise KeygenError(
                "a window lies outside of its grid", expected=f"inside of {height} rows and {width} columns",
                found=f"{one.height} x {one.width} from row {one.row}, column {one.column}",
            )  # fmt: skip
    require_texts("a cell of a grid", (*(cell for row in rows for cell in row), caption))
    return Pane(tuple(map(tuple, rows)), caption, tuple(windows))


def grid_figure(*panes: Pane) -> GridFigure:
    """Grids beside each other. Raises KeygenError where there is none."""
    if not panes or not all(isinstance(pane, Pane) for pane in panes):
        raise KeygenError("a figure of grids has no grid", expected="grid_pane(rows, caption, windows)")
    return GridFigure(panes)
