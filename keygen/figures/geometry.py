"""Plane geometry of figures: points, rectangles, rounded shapes, cubic curves. Millimetres, y upwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import ceil, hypot
from typing import NamedTuple

Point = tuple[float, float]
Chain = tuple[Point, ...]  # cubic curves end to end: 3n + 1 points, every third lies on the curve

SLACK = 1e-6  # mm^2, above all rounding errors
CUTS = 2**20  # a cubic is cut at a whole part of this


class Rect(NamedTuple):  # tuples, for a figure makes thousands of them
    """An upright rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    @staticmethod
    def around(center: Point, width: float, height: float) -> Rect:
        """The rectangle of this size about a point."""
        x, y = center
        return Rect(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @staticmethod
    def hull(points: Iterable[Point]) -> Rect:
        """The smallest rectangle about some points."""
        xs, ys = zip(*points, strict=True)
        return Rect(min(xs), min(ys), max(xs), max(ys))

    @property
    def center(self) -> Point:
        """The middle."""
        return ((self.left + self.right) / 2, (self.bottom + self.top) / 2)

    def grown(self, by: float) -> Rect:
        """The rectangle with all four sides moved outwards."""
        return Rect(self.left - by, self.bottom - by, self.right + by, self.top + by)

    def widened(self, across: float, up: float) -> Rect:
        """The rectangle with its left and right sides and its lower and upper ones moved outwards."""
        return Rect(self.left - across, self.bottom - up, self.right + across, self.top + up)

    def common(self, other: Rect) -> float:
        """The area shared with another rectangle."""
        left, bottom, right, top = self
        west, south, east, north = other
        if left >= east or west >= right or bottom >= north or south >= top:
            return 0.0
        return (min(right, east) - max(left, west)) * (min(top, north) - max(bottom, south))

    def inside(self, start: Point, end: Point) -> float:
        """The length of the part of a segment that lies in the rectangle (clipped side by side: Liang, Barsky)."""
        left, bottom, right, top = self
        (x, y), (u, v) = start, end
        if x < left > u or x > right < u or y < bottom > v or y > top < v:
            return 0.0
        dx, dy = u - x, v - y
        aside = abs(dx * (bottom + top - 2 * y) - dy * (left + right - 2 * x))
        if aside > abs(dx) * (top - bottom) + abs(dy) * (right - left) + SLACK:
            return 0.0  # the whole line passes by
        enter, leave = 0.0, 1.0
        for step, low, high in ((dx, left - x, right - x), (dy, bottom - y, top - y)):
            if step == 0:  # between the two sides, as seen above
                continue
            first, last = (low / step, high / step) if step > 0 else (high / step, low / step)
            enter = first if first > enter else enter
            leave = last if last < leave else leave
        return (leave - enter) * hypot(dx, dy) if leave > enter else 0.0


class Shape(NamedTuple):
    """A rectangle with rounded corners; a circle when the radius is half of both sides."""

    center: Point
    width: float
    height: float
    radius: float

    @property
    def rect(self) -> Rect:
        """The rectangle about the shape."""
        return Rect.around(self.center, self.width, self.height)

    def distance(self, point: Point) -> float:
        """The distance from a point to the border, negative inside."""
        (x, y), width, height, radius = self
        dx = abs(point[0] - x) - width / 2 + radius
        dy = abs(point[1] - y) - height / 2 + radius
        beyond = hypot(dx if dx > 0 else 0.0, dy if dy > 0 else 0.0)
        return beyond + min(dx if dx > dy else dy, 0.0) - radius


def toward(start: Point, end: Point, part: float) -> Point:
    """The point a given part of the way from start to end."""
    return (start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1]))


def direction(start: Point, end: Point) -> Point:
    """The unit vector from start to end, which must differ."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = hypot(dx, dy)
    return (dx / length, dy / length)


def straight(*points: Point) -> Chain:
    """A polyline as a chain: control points at the thirds of each segment."""
    chain = [points[0]]
    for start, end in pairwise(points):
        chain += [toward(start, end, 1 / 3), toward(start, end, 2 / 3), end]
    return tuple(chain)


def is_straight(chain: Chain) -> bool:
    """Whether each piece of a chain is a segment, to within 0.005 mm."""
    for (x, y), one, two, (u, v) in pieces(chain):
        dx, dy = u - x, v - y
        most = 0.005 * hypot(dx, dy)
        aside, beyond = dx * (one[1] - y) - dy * (one[0] - x), dx * (two[1] - y) - dy * (two[0] - x)
        if not (-most <= aside <= most and -most <= beyond <= most):
            return False
    return True


def pieces(chain: Chain) -> list[tuple[Point, Point, Point, Point]]:
    """The cubics of a chain, by their four points."""
    return [(chain[k], chain[k + 1], chain[k + 2], chain[k + 3]) for k in range(0, len(chain) - 1, 3)]


def at(piece: Sequence[Point], part: float) -> Point:
    """The point of a cubic at a parameter from 0 to 1."""
    rest = 1 - part
    a, b, c, d = rest**3, 3 * rest * rest * part, 3 * rest * part * part, part**3
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = piece
    return a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy


def after(piece: Sequence[Point], part: float) -> Chain:
    """What follows on a cubic after a parameter (de Casteljau)."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = piece
    return tuple(zip(_controls_after(ax, bx, cx, dx, part), _controls_after(ay, by, cy, dy, part), strict=True))


def _controls_after(a: float, b: float, c: float, d: float, part: float) -> tuple[float, float, float, float]:
    """One coordinate of what follows on a cubic."""
    ab, bc, cd = a + part * (b - a), b + part * (c - b), c + part * (d - c)
    abc, bcd = ab + part * (bc - ab), bc + part * (cd - bc)
    return abc + part * (bcd - abc), bcd, cd, d


def flatten(chain: Chain, steps: int = 12) -> tuple[Point, ...]:
    """A polyline along a chain: its corners where all is straight, else `steps` segments a cubic."""
    if is_straight(chain):
        return chain[::3]
    points = [chain[0]]
    for piece in pieces(chain):
        points += [at(piece, step / steps) for step in range(1, steps)] + [piece[3]]
    return tuple(points)


def cut_start(chain: Chain, distance: Callable[[Point], float]) -> Chain:
    """The chain without its beginning: from the point where it leaves a region in which it starts.

    `distance` is a point's distance to the region's border, negative inside.
    """
    first, last = 0, len(chain) - 4
    while first < last and distance(chain[first + 3]) < 0:
        first += 3
    piece = chain[first : first + 4]
    return after(piece, _leaving(piece, distance)) + chain[first + 4 :]


def cut_end(chain: Chain, distance: Callable[[Point], float]) -> Chain:
    """The chain without its end: up to the point where it enters a region in which it ends."""
    return cut_start(chain[::-1], distance)[::-1]


def _leaving(piece: Sequence[Point], distance: Callable[[Point], float]) -> float:
    """Where a cubic leaves a region in which it starts, as a parameter (regula falsi; the Illinois rule)."""
    low, high = 0.0, 1.0
    inner, outer = distance(piece[0]), distance(piece[3])
    if outer < 0:
        return 1.0
    if inner >= 0:
        return 1 / CUTS
    part, last = high, 0
    while high - low > 0.1 / CUTS:
        before, part = part, (low * outer - high * inner) / (outer - inner)
        if abs(part - before) < 0.01 / CUTS:
            break
        value = distance(at(piece, part))
        if value == 0:
            break
        side = 1 if value > 0 else -1
        if side > 0:
            high, outer, inner = part, value, inner / 2 if last == side else inner
        else:
            low, inner, outer = part, value, outer / 2 if last == side else outer
        last = side
    return ceil(part * CUTS) / CUTS


def shifted(chain: Chain, by: float) -> Chain:
    """A chain running beside another, to its left for positive `by`; good for gentle curves."""
    if by == 0:
        return chain
    moved: list[Point] = []
    for piece in pieces(chain):
        if piece[0] == piece[3]:
            continue
        (ax, ay), (bx, by_) = direction(piece[0], piece[1]), direction(piece[2], piece[3])
        start, end = (-ay * by, ax * by), (-by_ * by, bx * by)
        row = [(p[0] + d[0], p[1] + d[1]) for p, d in zip(piece, (start, start, end, end), strict=True)]
        moved += row if not moved else row[1:]
    return tuple(moved)


class Leg(NamedTuple):
    """A segment with its length, which is not zero, and the unit vector of its direction."""

    start: Point
    end: Point
    length: float
    way: Point


def legs(points: Sequence[Point]) -> list[Leg]:
    """The segments of a polyline."""
    found = []
    for start, end in pairwise(points):
        dx, dy = end[0] - start[0], end[1] - start[1]
        if length := hypot(dx, dy):
            found.append(Leg(start, end, length, (dx / length, dy / length)))
    return found


def along(line: Sequence[Leg], distance: float) -> tuple[Point, Point]:
    """The point at a distance from a polyline's beginning, and the unit vector of its direction there."""
    for start, end, length, way in line:
        if distance <= length:
            return toward(start, end, distance / length), way
        distance -= length
    return line[-1].end, line[-1].way
