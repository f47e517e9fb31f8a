"""The edges of a graph as strokes: one for an edge, or one for each path through it; and the labels beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import hypot

from msgspec import Struct

from keygen.figures.display import Bezier, Item, Label, Line
from keygen.figures.geometry import (
    Chain,
    Leg,
    Point,
    Rect,
    Shape,
    along,
    flatten,
    is_straight,
    legs,
    shifted,
    straight,
)
from keygen.figures.labels import Size, Text, size
from keygen.figures.layouts.edge_routing import Key, visible
from keygen.figures.layouts.label_placement import LabelChoice, LabelSpot, Obstacles, place

STRAND = 1.3  # mm between the strokes of paths that share an edge
LABEL_GAP = 0.8  # mm between an edge and its label
OTHERS_GAP = 4 * LABEL_GAP  # mm at least from a label beside its edge to any other: so nobody asks whose label it is
PARTS = (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.25, 0.75, 0.2, 0.8, 0.15)  # of an edge, for its label

LAST = 100.0  # plainness of a place on the edge, worse than any beside it
COVER = 0.01  # counts as overlap for a label on its edge, so that wider gaps are tried first


def bundles(
    edges: Iterable[Key], paths: Sequence[Sequence[str]], heights: Mapping[str, float]
) -> dict[Key, tuple[int, ...]]:
    """The paths through each edge from top to bottom, ordered by where they come from and where they go."""
    through: dict[Key, list[tuple[tuple[float, ...], tuple[float, ...], int]]] = {edge: [] for edge in edges}
    for number, path in enumerate(paths):
        drops = [-heights[name] for name in path]
        for at, edge in enumerate(pairwise(path)):
            through[edge].append((tuple(drops[:at][::-1]), tuple(drops[at + 2 :]), number))
    return {edge: tuple(number for *_, number in sorted(found)) for edge, found in through.items()}


class Strands(Struct, frozen=True):
    """Vertices' shapes, edges' routes between them, and the numbers of the paths through each edge."""

    shapes: Mapping[str, Shape]
    routes: Mapping[Key, Chain]
    bundles: Mapping[Key, tuple[int, ...]]

    def visible(self, key: Key, offset: float = 0.0) -> Chain:
        """An edge's route, or a line beside it, between the borders of its vertices."""
        return visible(shifted(self.routes[key], offset), self.shapes[key[0]], self.shapes[key[1]])

    def spread(self, key: Key) -> float:
        """The distance of the outermost stroke from the middle of an edge."""
        return STRAND * max(0, len(self.bundles[key]) - 1) / 2

    def strokes(self, roles: Sequence[str]) -> Iterator[Item]:
        """An edge's stroke, or the strokes of its paths side by side, each in its path's role."""
        for key, numbers in self.bundles.items():
            for rank, role in enumerate([roles[number] for number in numbers] or ["ink"]):
                stroke = self.visible(key, self.spread(key) - STRAND * rank)
                yield Line(stroke[::3], role, arrow=True) if is_straight(stroke) else Bezier(stroke, role, arrow=True)

    def labels(self, texts: Mapping[Key, Text]) -> tuple[float, list[Label]]:
        """Where the edges' labels stand, with the overlap that could not be avoided."""
        if not texts:
            return 0.0, []
        lines = {key: flatten(self.visible(key)) for key in self.routes}
        numbers = {key: number for number, key in enumerate(lines)}
        segments = [
            (numbers[key], *pair)
            for key, line in lines.items()
            for side in self.sides(key, line)
            for pair in pairwise(side)
        ]
        choices = [choice_beside(text, numbers[key], lines[key], self.spread(key)) for key, text in texts.items()]
        chosen, overlap = place(choices, Obstacles([shape.rect for shape in self.shapes.values()], segments))
        return overlap + COVER * sum(spot.on_line for spot in chosen), [
            Label(spot.rect.center, text, backed=spot.on_line)
            for spot, text in zip(chosen, texts.values(), strict=True)
        ]

    def sides(self, key: Key, line: Sequence[Point]) -> list[Sequence[Point]]:
        """The outermost strokes of an edge along a polyline."""
        spread = self.spread(key)
        return [shifted(straight(*line), offset)[::3] for offset in {spread, -spread}] if spread else [line]


def choice_beside(label: Text, number: int, points: Sequence[Point], spread: float) -> LabelChoice:
    """The places for an edge's label, whose middle is half its diagonal from the edge, or nearer. Only a bent edge can
    come back to a label beside it."""
    width, height = size(label)
    away = hypot(width, height) / 2 + LABEL_GAP + spread
    room = Rect.hull(points).widened(width / 2 + away, height / 2 + away)
    line = legs(points)
    return LabelChoice(room, _spots((width, height), number, line, spread), number if len(line) == 1 else None)


def _spots(room: Size, number: int, line: Sequence[Leg], spread: float) -> Iterator[LabelSpot]:
    """Places beside an edge, near its middle rather than its ends, above it rather than below; on it if it must be."""
    width, height = room
    length = sum(leg.length for leg in line)
    for rank, part in enumerate(PARTS):
        (x, y), (dx, dy) = along(line, part * length)
        reach = width / 2 * abs(dy) + height / 2 * abs(dx) + LABEL_GAP + spread
        for side in (1, -1):
            center = (x - side * dy * reach, y + side * dx * reach)
            rect = Rect.around(center, width, height)
            yield LabelSpot(rect, number, (rank + (side < 0)) / 4, False, OTHERS_GAP)
    for rank, part in enumerate(PARTS):
        yield LabelSpot(Rect.around(along(line, part * length)[0], width, height), number, LAST + rank, on_line=True)
