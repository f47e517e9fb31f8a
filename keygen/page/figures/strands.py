"""The edges of a graph as strokes: one for an edge, or one for each path through it; and the labels beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from keygen.page.figures.display import Curve, Item, Label, Line
from keygen.page.figures.geometry import Chain, Point, Rect, Shape, along, flatten, is_straight, shifted, straight
from keygen.page.figures.placement import Obstacles, Spot, place
from keygen.page.figures.routes import Key, visible
from keygen.page.figures.textsize import measure

STRAND = 1.3  # mm between the strokes of paths that share an edge
LABEL_GAP = 0.8  # mm between an edge and its label
PARTS = (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.25, 0.75, 0.2, 0.8, 0.15)  # of an edge, for its label

LAST = 100.0  # plainness of a place on the edge, worse than any beside it
COVER = 0.01  # counts as overlap for a label on its edge, so that wider gaps are tried first


def bundle(edge: Key, paths: Sequence[Sequence[str]], heights: Mapping[str, float]) -> tuple[int, ...]:
    """The paths through an edge from top to bottom, ordered by where they come from and where they go."""

    def place_of(number: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        drops = [-heights[name] for name in paths[number]]
        at = paths[number].index(edge[0])
        return tuple(reversed(drops[:at])), tuple(drops[at + 2 :])

    return tuple(sorted((n for n, path in enumerate(paths) if edge in pairwise(path)), key=place_of))


@dataclass(frozen=True, slots=True)
class Strands:
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
                yield Line(stroke[::3], role, arrow=True) if is_straight(stroke) else Curve(stroke, role, arrow=True)

    def labels(self, texts: Mapping[Key, str]) -> tuple[float, list[Label]]:
        """Where the edges' labels stand, with the overlap that could not be avoided."""
        lines = {key: flatten(self.visible(key)) for key in self.routes}
        numbers = {key: number for number, key in enumerate(lines)}
        segments = [
            (numbers[key], *pair)
            for key, line in lines.items()
            for offset in {self.spread(key), -self.spread(key)}
            for pair in pairwise(shifted(straight(*line), offset)[::3])
        ]
        spots = [list(_spots(text, numbers[key], lines[key], self.spread(key))) for key, text in texts.items()]
        chosen, overlap = place(spots, Obstacles([shape.rect for shape in self.shapes.values()], segments))
        return overlap + COVER * sum(spot.on_line for spot in chosen), [
            Label(spot.rect.center, text, backed=spot.on_line)
            for spot, text in zip(chosen, texts.values(), strict=True)
        ]


def _spots(label: str, number: int, line: Sequence[Point], spread: float) -> Iterator[Spot]:
    """Places beside an edge, near its middle rather than its ends, above it rather than below; on it if it must be."""
    width, height = measure(label)
    for rank, part in enumerate(PARTS):
        (x, y), (dx, dy) = along(line, part)
        for side in (1, -1):
            reach = width / 2 * abs(dy) + height / 2 * abs(dx) + LABEL_GAP + spread
            center = (x - side * dy * reach, y + side * dx * reach)
            yield Spot(Rect.around(center, width, height), number, (rank + (side < 0)) / 4)
        yield Spot(Rect.around((x, y), width, height), number, LAST + rank, on_line=True)
