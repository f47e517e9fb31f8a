"""Plots: curves over a pair of axes, guides across them, a legend beside them, and paths along the x axis below.

 y |    .-'              legend
   |  .'
   +-------------- x
track  o-->o-->o
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from keygen.errors import KeygenError
from keygen.figures.display import Box, DisplayList, Item, Label, Line
from keygen.figures.geometry import Point, Rect, Shape, toward
from keygen.figures.labels import size
from keygen.figures.plot import Axis, Curve, Guide, Track
from keygen.figures.ticks import Scale

TICK = 1.2  # mm
NOTE = 1.0  # mm between a tick or a stroke and its label
MARK = 0.9  # mm, half the width of a marker
SAMPLE, LEGEND_GAP, LEGEND_ROW = 9.0, 5.0, 6.0  # mm: a legend's stroke, its distance from the plot, its rows
STAIR, TRACK_GAP = 2.2, 2.6  # mm: a track goes down by so much a step; between tracks

MARKERS = {"one": "dot", "two": "ring", "three": "block", "four": "frame", "five": "dot", "six": "ring"}


def plot(
    curves: Sequence[Curve],
    x: Axis,
    y: Axis,
    guides: Sequence[Guide] = (),
    tracks: Sequence[Track] = (),
    frame_size: tuple[float, float] = (95.0, 55.0),
) -> DisplayList:
    """A plot whose frame has this size in mm. Raises KeygenError for an axis without length."""
    across, up = x.scale(frame_size[0]), y.scale(frame_size[1])
    frame = Rect(0.0, 0.0, *frame_size)
    depth = bottom_labels(x) if x.marked else 0.0
    floor = -depth - sum(track_height(track) for track in tracks) if tracks else 0.0
    items = [
        *grid(x, y, across, up, frame),
        *axes(x, y, across, up, frame),
        *(item for guide in guides for item in guided(guide, across, up, frame, -depth, floor)),
        *(item for curve in curves for item in drawn_curve(curve, across, up, frame)),
        *legend(curves, guides, frame),
    ]
    top = -depth
    for track in tracks:
        items += walk(track, across, top)
        top -= track_height(track)
    return DisplayList(tuple(items))


def bottom_labels(x: Axis) -> float:
    """The height in mm that the x axis's tick labels take."""
    return TICK + NOTE + max(size(text)[1] for _, text in x.marked)


def grid(x: Axis, y: Axis, across: Scale, up: Scale, frame: Rect) -> Iterator[Item]:
    """A faint line at each tick."""
    for value, _ in x.marked:
        yield Line(((across.at(value), frame.bottom), (across.at(value), frame.top)), "grid")
    for value, _ in y.marked:
        yield Line(((frame.left, up.at(value)), (frame.right, up.at(value))), "grid")


def axes(x: Axis, y: Axis, across: Scale, up: Scale, frame: Rect) -> Iterator[Item]:
    """The axes at the left and at the bottom, a line at each zero inside, ticks, labels, names."""
    yield Line(((frame.left, frame.bottom), (frame.right, frame.bottom)))
    yield Line(((frame.left, frame.bottom), (frame.left, frame.top)))
    if x.crosses_zero:
        yield Line(((across.at(0), frame.bottom), (across.at(0), frame.top)), "faint")
    if y.crosses_zero:
        yield Line(((frame.left, up.at(0)), (frame.right, up.at(0))), "faint")
    for value, text in x.marked:
        at = across.at(value)
        yield Line(((at, -TICK), (at, 0.0)))
        yield Label((at, -TICK - NOTE), text, "t")
    for value, text in y.marked:
        at = up.at(value)
        yield Line(((-TICK, at), (0.0, at)))
        yield Label((-TICK - NOTE, at), text, "r")
    if x.label:
        yield Label((frame.right + 2 * NOTE, frame.bottom), x.label, "l")
    if y.label:
        yield Label((frame.left, frame.top + NOTE), y.label, "b")


def guided(guide: Guide, across: Scale, up: Scale, frame: Rect, below: float, floor: float) -> Iterator[Item]:
    """The guide and its label: above the plot for an x, right of it for a y; an x goes on below the tick labels, past
    the tracks."""
    if guide.across is not None:
        at = across.at(guide.across)
        yield Line(((at, frame.bottom), (at, frame.top)), "guide")
        if floor < below:
            yield Line(((at, floor), (at, below)), "guide")
        if guide.label:
            yield Label((at, frame.top + NOTE), guide.label, "b")
    if guide.up is not None:
        at = up.at(guide.up)
        yield Line(((frame.left, at), (frame.right, at)), "guide")
        if guide.label:
            yield Label((frame.right + NOTE, at), guide.label, "l")


def drawn_curve(curve: Curve, across: Scale, up: Scale, frame: Rect) -> Iterator[Item]:
    """The parts of a curve that lie inside the frame, and its markers there."""
    points = [*zip(across.all([x for x, _ in curve.points]), up.all([y for _, y in curve.points]), strict=True)]
    if curve.line:
        for piece in clipped(points, frame):
            yield Line(piece, curve.role, arrow=curve.arrow)
    if curve.marks:
        for point in points:
            if inside(point, frame):
                yield marker(point, curve.role)


def marker(at: Point, role: str) -> Box:
    """A point set off: a dot, a ring, a block or a frame, by role."""
    kind = MARKERS.get(role, "dot")
    radius = MARK if kind in ("dot", "ring") else 0.0
    shape = Shape(at, 2 * MARK, 2 * MARK, radius)
    return Box(shape, border=role, fill=role if kind in ("dot", "block") else "paper")


def inside(point: Point, frame: Rect) -> bool:
    """Whether a point lies in the frame or on its border."""
    x, y = point
    slack = 1e-6
    return frame.left - slack <= x <= frame.right + slack and frame.bottom - slack <= y <= frame.top + slack


def clipped(points: Sequence[Point], frame: Rect) -> Iterator[tuple[Point, ...]]:
    """The pieces of a polyline that lie in the frame."""
    if len(points) > 1 and Rect.hull([*points, frame[:2], frame[2:]]) == frame:
        yield tuple(points)
        return
    piece: list[Point] = []
    for start, end in pairwise(points):
        part = visible_part(start, end, frame)
        if part is None:
            if len(piece) > 1:
                yield tuple(piece)
            piece = []
            continue
        if not piece or piece[-1] != part[0]:
            if len(piece) > 1:
                yield tuple(piece)
            piece = [part[0]]
        piece.append(part[1])
    if len(piece) > 1:
        yield tuple(piece)


def visible_part(start: Point, end: Point, frame: Rect) -> tuple[Point, Point] | None:
    """The part of a segment inside the frame, its own ends kept as they are where they lie inside."""
    enter, leave = 0.0, 1.0
    sides = ((start[0], end[0], frame.left, frame.right), (start[1], end[1], frame.bottom, frame.top))
    for a, b, low, high in sides:
        if a == b:
            if not low <= a <= high:
                return None
            continue
        first, last = sorted(((low - a) / (b - a), (high - a) / (b - a)))
        enter, leave = max(enter, first), min(leave, last)
    if enter >= leave:
        return None
    return toward(start, end, enter) if enter else start, toward(start, end, leave) if leave < 1 else end


def legend(curves: Sequence[Curve], guides: Sequence[Guide], frame: Rect) -> Iterator[Item]:
    """A sample of each labelled curve with its label, right of the frame, from the top down."""
    taken = max((size(guide.label)[0] for guide in guides if guide.y is not None and guide.label), default=0.0)
    left = frame.right + LEGEND_GAP + taken
    y = frame.top - LEGEND_ROW / 2
    for curve in curves:
        if not curve.label:
            continue
        height = max(LEGEND_ROW, size(curve.label)[1] + NOTE)
        if curve.line:
            yield Line(((left, y), (left + SAMPLE, y)), curve.role)
        if curve.marks:
            yield marker((left + SAMPLE / 2, y), curve.role)
        yield Label((left + SAMPLE + 2 * NOTE, y), curve.label, "l")
        y -= height


def track_height(track: Track) -> float:
    """The room in mm that a track takes."""
    return TRACK_GAP + STAIR * (len(track.stops) - 1) + 2 * MARK


def walk(track: Track, across: Scale, top: float) -> Iterator[Item]:
    """A stair down for each step, a marker at each stop, the name at the left."""
    if not track.stops:
        raise KeygenError("a track of a plot has no stops", repair="give at least its first place")
    first = top - TRACK_GAP - MARK
    stops = [(across.at(x), first - STAIR * place) for place, x in enumerate(track.xs)]
    for start, end in pairwise(stops):
        yield Line((start, end), "ink")
    for stop in stops:
        yield marker(stop, track.role)
    if track.label:
        yield Label((-TICK - NOTE, (stops[0][1] + stops[-1][1]) / 2), track.label, "r")
