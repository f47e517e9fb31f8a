"""The display list: what a figure shows, as frozen data, in millimetres with y upwards, free of any backend.

Items are painted in order, so what comes later lies above. Every item names a role of the palette. A label says what
an exercise says: a letter, a formula, a claim, words; each backend writes it in its own way and draws the rest alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from keygen.figures.geometry import Chain, Point, Rect, Shape, flatten
from keygen.figures.labels import Text, size
from keygen.figures.palette import role

Anchor = Literal["c", "l", "r", "t", "b"]
SIDES = {"c": (0, 0), "l": (1, 0), "r": (-1, 0), "t": (0, -1), "b": (0, 1)}  # where a text lies from its anchor

MARGIN = 0.8  # mm between the outermost item and the edge of the picture
HEAD = (2.0, 0.7)  # mm: length and half width of an arrow head


class Line(NamedTuple):
    """A polyline through `points`; with `arrow`, a head whose tip is the last point."""

    points: tuple[Point, ...]
    role: str = "ink"
    arrow: bool = False

    @property
    def bounds(self) -> Rect:
        """The rectangle that the line and its head need."""
        return _stroke_bounds(self.points, self.role, self.arrow)


class Bezier(NamedTuple):
    """Cubic curves end to end: 3n + 1 points, every third on the curve, the others controls; `arrow` as for Line."""

    points: Chain
    role: str = "ink"
    arrow: bool = False

    @property
    def bounds(self) -> Rect:
        """The rectangle that the curve and its head need."""
        return _stroke_bounds(flatten(self.points), self.role, self.arrow)


class Box(NamedTuple):
    """A shape with a border, filled or not; `border` None leaves the border out."""

    shape: Shape
    border: str | None = "ink"
    fill: str | None = None

    @property
    def bounds(self) -> Rect:
        """The rectangle of the shape and half of its border's width."""
        return self.shape.rect.grown(role(self.border).width / 2 if self.border else 0.0)


class Label(NamedTuple):
    """A label at a point; one that says nothing takes no room.

    The anchor says which side of the text (left, right, top, bottom, centre) lies at the point. A `backed` label
    stands on a patch of paper, just its own size, that interrupts the lines below it.
    """

    at: Point
    text: Text
    anchor: Anchor = "c"
    role: str = "ink"
    backed: bool = False

    @property
    def bounds(self) -> Rect:
        """The rectangle of the text, which has been measured."""
        width, height = size(self.text)
        (x, y), (right, up) = self.at, SIDES[self.anchor]
        return Rect.around((x + right * width / 2, y + up * height / 2), width, height)


Item = Line | Bezier | Box | Label


@dataclass(frozen=True)
class DisplayList:
    """A figure. Its bounds hold every item with a margin about them."""

    items: tuple[Item, ...]

    @cached_property
    def bounds(self) -> Rect:
        """The picture's rectangle in mm."""
        lefts, bottoms, rights, tops = zip(*[item.bounds for item in self.items], strict=True)
        return Rect(min(lefts), min(bottoms), max(rights), max(tops)).grown(MARGIN)

    @property
    def width(self) -> float:
        """The picture's width in mm."""
        return self.bounds.right - self.bounds.left

    @property
    def height(self) -> float:
        """The picture's height in mm."""
        return self.bounds.top - self.bounds.bottom


def _stroke_bounds(points: tuple[Point, ...], name: str, arrow: bool) -> Rect:
    return Rect.hull(points).grown(max(role(name).width / 2, HEAD[1] if arrow else 0.0))
