"""A recurrent cell: folded, with its loop, and unrolled in time, with gradients on the way back if they are given.

         L_1       L_2
          |         |
         y^_1      y^_2
          |u        |u
h_0 -w-> h_1 -w->  h_2
          |v        |v
         y_0       y_1
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt

from keygen.errors import KeygenError
from keygen.figures.cell import Cell, Moment
from keygen.figures.display import MARGIN, Bezier, DisplayList, Item, Label, Line
from keygen.figures.geometry import Point
from keygen.figures.labels import Text, size
from keygen.figures.layouts.nodes import arrow, circle, radius, room

RISE = 12.0  # mm between circles that stand above each other
APART = 1.2  # mm from the middle between two circles to the way forward and to the way back
NOTE = 1.1  # mm between an arrow and its label
GAP = 20.0  # mm between neighbouring circles of a row, where the page is wide enough
LOOP = 9.0  # mm: how far a cell's loop reaches


def cell(moment: Moment, weights: Cell) -> DisplayList:
    """The cell itself, its loop standing for time."""
    r = radius([moment.input, moment.state, moment.output])
    rise = 2 * r + RISE
    below, center, above = (0.0, -rise), (0.0, 0.0), (0.0, rise)
    loop = (
        (0.8 * r, 0.6 * r),
        (0.8 * r + LOOP, 0.6 * r + 0.6 * LOOP),
        (0.8 * r + LOOP, -0.6 * r - 0.6 * LOOP),
        (0.8 * r, -0.6 * r),
    )
    return DisplayList(
        (
            *(
                item
                for up in ((below, center, weights.input), (center, above, weights.output))
                for item in upward(*up, r)
            ),
            Bezier(loop, arrow=True),
            Label((0.8 * r + 0.75 * LOOP + NOTE, 0.0), weights.past, "l"),
            *units([(below, moment.input, "tint"), (center, moment.state, None), (above, moment.output, None)], r),
        )
    )


def upward(start: Point, end: Point, weight: Text, r: float) -> Iterator[Item]:
    """An arrow from one circle up to another, its weight at the left."""
    yield arrow(start, end, r, r)
    yield Label((start[0] - NOTE, (start[1] + end[1]) / 2), weight, "r")


def units(places: Sequence[tuple[Point, Text, str | None]], r: float) -> Iterator[Item]:
    """Circles with their labels."""
    for place, label, fill in places:
        yield circle(place, r, fill=fill)
        yield Label(place, label)


def unrolled(start: Text, moments: Sequence[Moment], weights: Cell, max_width: float = 156.0) -> DisplayList:
    """The cell once for each step, from the state `start`. Raises KeygenError where the page is too narrow."""
    labels = [text for moment in moments for text in (moment.input, moment.state, moment.output, moment.loss)]
    r = radius([start, *labels])
    beside = max(max(size(m.to_output)[0], size(m.to_state)[0]) for m in moments)
    space = room(max_width - 2 * MARGIN - 2 * r * (len(moments) + 1) - max(0.0, beside + APART + NOTE - r))
    gap = min(GAP, space / len(moments))
    if gap < max(size(moment.to_past)[0] for moment in moments):
        raise KeygenError("an unrolled cell is too wide for the page", repair="fewer steps, or shorter labels")
    states = [(k * (2 * r + gap), 0.0) for k in range(len(moments) + 1)]
    items: list[Item] = []
    for place, moment in enumerate(moments):
        items += step(states[place], states[place + 1], moment, weights, r)
    return DisplayList((*items, *units([(states[0], start, "tint")], r)))


def step(before: Point, state: Point, moment: Moment, weights: Cell, r: float) -> Iterator[Item]:
    """One moment: its column from the input to the loss, and the arrow from the state before."""
    x, rise = state[0], 2 * r + RISE
    column = [(x, -rise), state, (x, rise), (x, 2 * rise)]
    yield from upward(column[0], state, weights.input, r)
    yield from both_ways(before, state, weights.past, moment.to_past, r)
    yield from both_ways(state, column[2], weights.output, moment.to_state, r)
    if moment.loss:
        yield from both_ways(column[2], column[3], None, moment.to_output, r)
    shown = [(column[0], moment.input, "tint"), (state, moment.state, None), (column[2], moment.output, None)]
    yield from units([*shown, *([(column[3], moment.loss, None)] if moment.loss else [])], r)


def both_ways(start: Point, end: Point, weight: Text, gradient: Text, r: float) -> Iterator[Item]:
    """An arrow forward with its weight at its left hand and, beside it, one back with the gradient it carries."""
    upright = start[0] == end[0]
    side = APART if gradient else 0.0
    dx, dy = (-side, 0.0) if upright else (0.0, side)
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    reach = sqrt(r * r - side * side)  # from the middle of a circle to its border, beside the line of centres
    yield arrow((start[0] + dx, start[1] + dy), (end[0] + dx, end[1] + dy), reach, reach)
    if weight:
        spot = (middle[0] + dx - NOTE, middle[1]) if upright else (middle[0], middle[1] + dy + NOTE)
        yield Label(spot, weight, "r" if upright else "b")
    if gradient:
        back = arrow((end[0] - dx, end[1] - dy), (start[0] - dx, start[1] - dy), reach, reach)
        yield Line(back.points, "backward", arrow=True)
        spot = (middle[0] - dx + NOTE, middle[1]) if upright else (middle[0], middle[1] - dy - NOTE)
        yield Label(spot, gradient, "l" if upright else "t", role="backward")
