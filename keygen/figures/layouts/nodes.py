"""The parts that pictures of units share: circles, arrows between them, the arrow out of the last."""

from __future__ import annotations

from collections.abc import Sequence

from keygen.errors import KeygenError
from keygen.figures.display import Box, Item, Label, Line
from keygen.figures.geometry import Point, Shape, direction
from keygen.figures.labels import Text, size

EXIT = 9.0  # mm of an arrow that leads out of the last unit


def radius(labels: Sequence[Text]) -> float:
    """A radius in mm that is wide enough for each of the labels."""
    return max(4.0, *(max(size(label)) / 2 + 1.0 for label in labels))


def circle(center: Point, radius: float, fill: str | None = None) -> Box:
    """A unit."""
    return Box(Shape(center, 2 * radius, 2 * radius, radius), fill=fill)


def arrow(start: Point, end: Point, leave: float, arrive: float) -> Line:
    """An arrow between circles of the radii `leave` and `arrive`, from border to border."""
    x, y = direction(start, end)
    return Line(((start[0] + leave * x, start[1] + leave * y), (end[0] - arrive * x, end[1] - arrive * y)), arrow=True)


def way_out(center: Point, radius: float, output: Text) -> tuple[Item, Item]:
    """An arrow from a unit to the output's label."""
    end = (center[0] + radius + EXIT, center[1])
    return Line(((center[0] + radius, center[1]), end), arrow=True), Label((end[0] + 1.0, end[1]), output, "l")


def room(space: float) -> float:
    """What is left of the page for the gaps between units; KeygenError where nothing is."""
    if space <= 0:
        raise KeygenError(what="a network is too wide for the page", repair="fewer layers, or shorter labels")
    return space
