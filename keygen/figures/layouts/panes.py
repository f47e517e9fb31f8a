"""Grids of square cells beside each other, centred on one height, each with its caption below and its windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keygen.errors import KeygenError
from keygen.figures.display import MARGIN, Box, DisplayList, Item, Label, Line
from keygen.figures.geometry import Point, Shape
from keygen.figures.grid import Pane, Window
from keygen.figures.labels import size

SMALLEST = 6.0  # mm: the side of a cell
AIR = 2.2  # mm about what stands in a cell, both sides together
GAP = 10.0  # mm between grids, at most
LEAST = 4.0
NOTE = 2.0  # mm above a caption


def panes(shown: Sequence[Pane], max_width: float) -> DisplayList:
    """The grids. Raises KeygenError where they are too wide for the page."""
    cells = [cell for pane in shown for row in pane.cells for cell in row]
    side = max(SMALLEST, *(max(size(cell)) + AIR for cell in cells))
    widths = [max(side * len(pane.cells[0]), size(pane.caption)[0]) for pane in shown]
    gaps = max(1, len(shown) - 1)
    gap = min(GAP, (max_width - 2 * MARGIN - 1.0 - sum(widths)) / gaps)
    if (gap < LEAST and len(shown) > 1) or sum(widths) > max_width - 2 * MARGIN - 1.0:
        raise KeygenError(
            "grids are too wide for the page", expected=f"at most {max_width:g} mm",
            found=f"{sum(widths) + LEAST * (len(shown) - 1):.0f} mm", repair="show fewer columns, or several figures",
        )  # fmt: skip
    items: list[Item] = []
    left = 0.0
    for pane, width in zip(shown, widths, strict=True):
        items += drawn(pane, (left + (width - side * len(pane.cells[0])) / 2, side * len(pane.cells) / 2), side)
        left += width + gap
    return DisplayList(tuple(items))


def drawn(pane: Pane, corner: Point, side: float) -> Iterator[Item]:
    """One grid from its upper left corner: cells of windows tinted, lines, windows, numbers, the caption."""
    (left, top), rows, columns = corner, len(pane.cells), len(pane.cells[0])
    for k, row in enumerate(pane.cells):
        for j, _ in enumerate(row):
            if any(window.holds(k, j) for window in pane.windows):
                yield Box(Shape(middle(corner, k, j, side), side, side, 0.0), border=None, fill="tint")
    for k in range(rows + 1):
        yield Line(((left, top - side * k), (left + side * columns, top - side * k)))
    for j in range(columns + 1):
        yield Line(((left + side * j, top), (left + side * j, top - side * rows)))
    for window in pane.windows:
        yield outline(window, corner, side)
    for k, row in enumerate(pane.cells):
        for j, text in enumerate(row):
            if text is not None:
                yield Label(middle(corner, k, j, side), text)
    if pane.caption is not None:
        yield Label((left + side * columns / 2, top - side * rows - NOTE), pane.caption, "t")


def middle(corner: Point, row: int, column: int, side: float) -> Point:
    """The centre of a cell."""
    return corner[0] + side * (column + 0.5), corner[1] - side * (row + 0.5)


def outline(window: Window, corner: Point, side: float) -> Line:
    """The border of a window."""
    left, top = corner[0] + side * window.column, corner[1] - side * window.row
    right, bottom = left + side * window.width, top - side * window.height
    return Line(((left, top), (right, top), (right, bottom), (left, bottom), (left, top)), window.role)
