"""Points of a curve for a plot: dense where it bends, read off the trace where the trace knows the function."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from keygen.engine.domains import FLOAT
from keygen.engine.evaluate import Program
from keygen.variants.solved import Solved

PIECES = 24  # equal parts of the interval to begin with
FLAT = 0.0012  # of the curve's height: how far it may bend away from its chord
DEPTH = 9  # halvings of a part, at most
ASIDE = 0.43  # where a part is tested: beside its middle, so that a symmetric bend shows

Points = tuple[tuple[float, float], ...]


def sampled(function: Callable[[float], float], low: float, high: float, *, log: bool = False) -> Points:
    """Points (x, function(x)) from `low` to `high`; `log` spreads them evenly in the logarithm of x."""

    def between(a: float, b: float, part: float) -> float:
        return float(a * (b / a) ** part) if log else a + (b - a) * part

    xs = [between(low, high, k / PIECES) for k in range(PIECES)] + [high]
    points = [(x, function(x)) for x in xs]
    height = max(y for _, y in points) - min(y for _, y in points)

    def refined(start: tuple[float, float], end: tuple[float, float], depth: int) -> list[tuple[float, float]]:
        test = between(start[0], end[0], ASIDE)
        bend = abs(function(test) - start[1] - ASIDE * (end[1] - start[1]))
        if depth == 0 or bend <= FLAT * height:
            return [end]
        x = between(start[0], end[0], 0.5)
        middle = (x, function(x))
        return refined(start, middle, depth - 1) + refined(middle, end, depth - 1)

    found = [points[0]]
    for start, end in pairwise(points):
        found += refined(start, end, DEPTH)
    return tuple(found)


def curve_of(solved: Solved, of: str, by: str, low: float, high: float) -> Points:
    """The curve of one number of the trace against another that it is computed from, the rest as solved."""
    program = Program(solved.trace.cut_at([by], [of]), FLOAT)
    values: dict[str, Any] = dict(solved.values)

    def at(x: float) -> float:
        return float(program({**values, by: x})[of])

    return sampled(at, low, high)
