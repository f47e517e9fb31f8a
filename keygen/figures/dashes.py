"""Lines cut into dashes, for a backend that has none: a dashed line begins and ends with a full dash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import dist

from msgspec import Struct

from keygen.figures.geometry import Point, toward


class DashRow(Struct, frozen=True):
    """Equal dashes at equal distances along a segment: the first one's ends, the step to the next, their number."""

    start: Point
    end: Point
    step: Point
    count: int


def fitted(pattern: Sequence[float], length: float) -> tuple[tuple[float, ...], int]:
    """The pattern stretched so that whole periods and one more dash make up the length, and the number of periods."""
    periods = max(1, round((length - pattern[0]) / sum(pattern)))
    stretch = length / (periods * sum(pattern) + pattern[0])
    return tuple(stretch * part for part in pattern), periods


def rows(start: Point, end: Point, pattern: Sequence[float]) -> Iterator[DashRow]:
    """The dashes of a segment, a row for each dash of the pattern (dash, gap, dash, gap ...)."""
    length = dist(start, end)
    parts, periods = fitted(pattern, length)
    period = sum(parts)
    beyond = toward(start, end, period / length)
    step = (beyond[0] - start[0], beyond[1] - start[1])
    for place in range(0, len(parts), 2):
        begun = sum(parts[:place])
        first, last = (toward(start, end, at / length) for at in (begun, begun + parts[place]))
        yield DashRow(first, last, step, periods + (place == 0))


def dashes(points: Sequence[Point], pattern: Sequence[float]) -> Iterator[tuple[Point, ...]]:
    """The dashes of a polyline, each a polyline."""
    parts, _ = fitted(pattern, sum(dist(a, b) for a, b in pairwise(points)))
    place, left = 0, parts[0]
    dash = [points[0]]
    for start, end in pairwise(points):
        here, rest = start, dist(start, end)
        while rest > left:
            here, rest = toward(here, end, left / rest), rest - left
            if place % 2 == 0:
                yield (*dash, here)
            dash, place = [here], (place + 1) % len(parts)
            left = parts[place]
        left -= rest
        dash.append(end)
    if place % 2 == 0 and dist(dash[0], dash[-1]) > 0.01:  # not the rounding error of the last gap
        yield tuple(dash)
