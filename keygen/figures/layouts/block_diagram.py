"""The backward scheme: forward quantities in a row, gradients below them from right to left, weights' gradients below.

[ X ]  --W_1, f-->  [ H_1 ]  --W_2-->  [ yhat ]  -->  [ L ]
                   [ delta_1 ]  <----  [ delta_2 ]  <--  [ 1 ]
                       |                   |
                   [ dL/dW_1 ]         [ dL/dW_2 ]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from keygen.errors import KeygenError
from keygen.figures.block_diagram import Column, Notes
from keygen.figures.display import Box, DisplayList, Item, Label, Line
from keygen.figures.geometry import Shape
from keygen.figures.labels import Text, size

PAD = 1.8  # mm between a label and the border of its box
RADIUS = 1.5  # mm, of the boxes' corners
AIR = 3.0  # mm between boxes of one row that no arrow joins
ROOM = (10.0, 6.0)  # mm of an arrow beyond its labels: its usual length and its least
ROW_GAP, FALL = 9.0, 8.0  # mm below the forward row and below the backward row, at least
NOTE = 1.0  # mm between an arrow and its label


def backward_scheme(columns: Sequence[Column], max_width: float = 165.0) -> DisplayList:
    """The scheme of a network, input first, loss last; KeygenError where it is too wide for the page."""
    for room in ROOM:
        centers = _centers(columns, room)
        display = DisplayList(tuple(_items(columns, centers)))
        if display.width <= max_width:
            return display
    raise KeygenError(
        what="a backward scheme is too wide for the page",
        expected=f"at most {max_width:g} mm",
        found=f"{display.width:.0f} mm",
        repair="shorter labels, or fewer layers",
    )


def _rows(column: Column) -> tuple[Text, Text, Text]:
    return column.forward, column.backward, column.gradient


def _width(label: Text) -> float:
    return max(8.0, size(label)[0] + 2 * PAD) if label else 0.0


def _height(labels: Sequence[Text]) -> float:
    return max(7.0, max((size(label)[1] for label in labels if label), default=0.0) + 2.4)


def _centers(columns: Sequence[Column], room: float) -> list[float]:
    """Columns as near to each other as their boxes and the labels between them allow, at one distance if it fits."""
    centers = [0.0]
    for place in range(1, len(columns)):
        steps = []
        for row in range(3):
            width = _width(_rows(columns[place])[row])
            before = next((p for p in range(place - 1, -1, -1) if _rows(columns[p])[row]), None)
            if not width or before is None:
                continue
            gap = AIR if row == 2 else room + _between(columns, place, row)
            steps.append(centers[before] + (_width(_rows(columns[before])[row]) + width) / 2 + gap)
        centers.append(max(steps))
    return centers


def _between(columns: Sequence[Column], place: int, row: int) -> float:
    """The width of the labels of the arrow between a column and the one before it."""
    notes = columns[place].applied if row == 0 else columns[place - 1].multiplied
    return max(size(note)[0] for note in notes)


def _levels(columns: Sequence[Column], heights: Sequence[float]) -> list[float]:
    """The heights of the three rows: far enough apart for their boxes and for labels that rise above or hang below."""

    def beyond(labels: Sequence[Text], row: int) -> float:
        tallest = max((size(label)[1] for label in labels if label), default=0.0)
        return max(0.0, tallest + 2 * NOTE - heights[row] / 2)

    hanging = [[column.applied[1] for column in columns], [column.multiplied[1] for column in columns]]
    rising = [column.multiplied[0] for column in columns]
    down_to_backward = max(ROW_GAP, beyond(hanging[0], 0) + beyond(rising, 1))
    down_to_gradient = max(FALL, beyond(hanging[1], 1), *(size(column.by)[1] + 2 * NOTE for column in columns))
    backward = -(heights[0] + heights[1]) / 2 - down_to_backward
    return [0.0, backward, backward - (heights[1] + heights[2]) / 2 - down_to_gradient]


def _items(columns: Sequence[Column], centers: Sequence[float]) -> Iterator[Item]:
    heights = [_height(row) for row in zip(*map(_rows, columns), strict=True)]
    levels = _levels(columns, heights)
    boxes = [
        [
            Shape((x, level), _width(label), height, RADIUS) if label else None
            for label, level, height in zip(_rows(column), levels, heights, strict=True)
        ]
        for column, x in zip(columns, centers, strict=True)
    ]
    for (before, after), (left, right) in zip(pairwise(boxes), pairwise(columns), strict=True):
        yield from _joined(before[0], after[0], right.applied, "forward")
        yield from _joined(after[1], before[1], left.multiplied, "backward")
    for (_, backward, gradient), column in zip(boxes, columns, strict=True):
        if backward and gradient:
            x, top, bottom = gradient.center[0], backward.rect.bottom, gradient.rect.top
            yield Line(((x, top), (x, bottom)), "backward", arrow=True)
            if column.by:
                yield Label((x + NOTE, (top + bottom) / 2), column.by, "l")
    for shapes, column in zip(boxes, columns, strict=True):
        for shape, label, fill in zip(shapes, _rows(column), ("tint", None, None), strict=True):
            if shape and label:
                yield Box(shape, border="backward" if fill is None else "ink", fill=fill)
                yield Label(shape.center, label)


def _joined(start: Shape | None, end: Shape | None, notes: Notes, role: str) -> Iterator[Item]:
    """An arrow between the facing sides of two boxes of one row, with its labels."""
    if start is None or end is None:
        return
    side = 1 if start.center[0] < end.center[0] else -1
    y = start.center[1]
    tail, tip = start.center[0] + side * start.width / 2, end.center[0] - side * end.width / 2
    yield Line(((tail, y), (tip, y)), role, arrow=True)
    above, below = notes
    if above:
        yield Label(((tail + tip) / 2, y + NOTE), above, "b")
    if below:
        yield Label(((tail + tip) / 2, y - NOTE), below, "t")
