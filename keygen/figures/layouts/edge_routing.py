"""Routes of edges between round vertices: straight where that is clear, bent around other vertices where not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from keygen.figures.geometry import Chain, Point, Rect, Shape, cut_end, cut_start, straight
from keygen.figures.layouts.grid import ColumnGrid
from keygen.figures.layouts.sugiyama import LayeredLayout

AIR = 2.5  # mm that a straight route keeps from vertices, and from the bent routes of other edges
BEND = 0.45  # of a gap: how far the controls of a bend reach
Key = tuple[str, str]


def route(layout: LayeredLayout, grid: ColumnGrid, shapes: Mapping[str, Shape]) -> dict[Key, Chain]:
    """Each edge's route in the axis' frame, as the shapes are: from the centre of a round end to that of another."""
    levels = {
        key: [
            Rect.around(grid.point(column, height), grid.depths[column], 0.0)
            for column, height in enumerate(bends, start=layout.columns[key[0]] + 1)
        ]
        for key, bends in layout.bends.items()
    }
    routes = {}
    for key, own in levels.items():
        start, end = _end(shapes[key[0]], 1), _end(shapes[key[1]], -1)
        if own and not _clear(key, start, end, shapes, levels):
            routes[key] = _bent(start, end, own)
        else:
            routes[key] = straight(start, end)
    return routes


def _clear(
    key: Key, start: Point, end: Point, shapes: Mapping[str, Shape], levels: Mapping[Key, Sequence[Rect]]
) -> bool:
    """Whether the straight way keeps its distance from other vertices and from where other edges pass."""
    others = [shape.rect for name, shape in shapes.items() if name not in key]
    others += [rect for other, rects in levels.items() if other != key for rect in rects]
    return not any(rect.grown(AIR).inside(start, end) for rect in others)


@lru_cache(maxsize=1024)
def visible(chain: Chain, source: Shape, target: Shape) -> Chain:
    """The part of a route between the borders of its vertices."""
    return cut_end(cut_start(chain, source.distance), target.distance)


def _end(shape: Shape, side: int) -> Point:
    """The centre of a shape's round end: the one ahead for 1, the one behind for -1."""
    return (shape.center[0] + side * (shape.width / 2 - shape.radius), shape.center[1])


def _bent(start: Point, end: Point, levels: Sequence[Rect]) -> Chain:
    """A smooth route that passes each column on the level, where the layout kept room for it."""
    chain = [start]
    for rect in levels:
        chain += [*_bend(chain[-1], (rect.left, rect.top), slanted=len(chain) == 1), (rect.left, rect.top)]
        chain += straight((rect.left, rect.top), (rect.right, rect.top))[1:]
    tail, head = _bend(end, chain[-1], slanted=True)
    return (*chain, head, tail, end)


def _bend(start: Point, end: Point, slanted: bool) -> tuple[Point, Point]:
    """Controls of a cubic that ends on the level, and begins on the level or, slanted, towards its end."""
    reach, rise = BEND * (end[0] - start[0]), 0.6 * (end[1] - start[1]) if slanted else 0.0
    return (start[0] + reach, start[1] + rise), (end[0] - reach, end[1])
