"""Heads of arrows, and how far a stroke goes into its head; the same in every backend."""

from __future__ import annotations

from functools import lru_cache
from math import dist

from keygen.figures.display import HEAD
from keygen.figures.geometry import Chain, Point, cut_end, direction


@lru_cache(maxsize=1024)
def short_of_tip(line: Chain) -> Chain:
    """The curve up to a little way into the arrow head at its end."""
    tip = line[-1]
    return cut_end(line, lambda point: dist(point, tip) - 0.9 * HEAD[0])


def head(base: Point, tip: Point) -> tuple[Point, Point, Point]:
    """The corners of the head of an arrow that comes from `base`: the tip, left, right."""
    (x, y), (length, half) = direction(base, tip), HEAD
    back = (tip[0] - length * x, tip[1] - length * y)
    return tip, (back[0] - half * y, back[1] + half * x), (back[0] + half * y, back[1] - half * x)
