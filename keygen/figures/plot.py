"""Plots: curves over a pair of axes, guides across them, a legend beside them, and paths along the x axis below.

 y |    .-'              legend
   |  .'
   +-------------- x
track  o-->o-->o
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, NamedTuple

from keygen.course.claims import Given
from keygen.errors import KeygenError
from keygen.figures.display import Box, Display, Item, Label, Line
from keygen.figures.figure import Figure
from keygen.figures.geometry import Point, Rect, Shape, toward
from keygen.figures.labels import Text, require_texts, size
from keygen.figures.palette import stroke
from keygen.figures.scale import Scale, limits, ticks
from keygen.figures.telling import Telling

TICK = 1.2  # mm
NOTE = 1.0  # mm between a tick or a stroke and its label
MARK = 0.9  # mm, half the width of a marker
SAMPLE, LEGEND_GAP, LEGEND_ROW = 9.0, 5.0, 6.0  # mm: a legend's stroke, its distance from the plot, its rows
STAIR, TRACK_GAP = 2.6, 3.2  # mm: a track goes down by so much a step; between tracks
X_ROOM, Y_ROOM = 11.5, 7.5  # mm between ticks, at least
SEEN = 0.02  # of the height of a plot: a fall or a rise that the eye takes for one
MOST_TURNS = 3  # of a curve that are told one by one

MARKERS = {"one": "dot", "two": "ring", "three": "block", "four": "frame", "five": "dot", "six": "ring"}


@dataclass(frozen=True, slots=True)
class Curve:
    """Points (x, y) of a plot, joined by a line or not, with a marker on each or not; `label` stands in the legend.

    `stroke` numbers the look from 1, as a `Swatch` does; 0 is plain ink.
    """

    points: Sequence[Point]
    label: Text = None
    stroke: int = 0
    marks: bool = False
    line: bool = True
    arrow: bool = False

    @property
    def role(self) -> str:
        """The role of its stroke."""
        return stroke(self.stroke)


class Tick(NamedTuple):
    """A place on an axis and what stands beside it."""

    at: float
    text: Text


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of a plot: its name, its limits and ticks (chosen from the curves where not given), evenly or by
    logarithms. `marked` are the ticks with their labels, once they are chosen."""

    label: Text = None
    low: float | None = None
    high: float | None = None
    ticks: tuple[Fraction, ...] = ()
    log: bool = False
    marked: tuple[Tick, ...] = ()

    def completed(self, data: Sequence[float], length: float, room: float) -> Axis:
        """The same with limits and ticks, for data along `length` mm with at least `room` mm between ticks."""
        low, high = limits(data, self.low, self.high, log=self.log)
        values = self.ticks or ticks(low, high, max(2, int(length / room)), log=self.log)
        marked = tuple(Tick(float(value), Given(value)) for value in values)
        return replace(self, low=low, high=high, ticks=tuple(values), marked=marked)

    def scale(self, length: float) -> Scale:
        """How data lie along it. Raises KeygenError for an axis without length."""
        low, high = limits((), self.low, self.high)
        return Scale(low, high, length, self.log)

    @property
    def crosses_zero(self) -> bool:
        """Whether zero lies inside."""
        return not self.log and self.low is not None and self.high is not None and self.low < 0 < self.high


@dataclass(frozen=True, slots=True)
class Guide:
    """A broken line across a plot at one x or at one y."""

    x: float | None = None
    y: float | None = None
    label: Text = None


@dataclass(frozen=True, slots=True)
class Track:
    """A walk along a plot's x axis, drawn below it: each stop a stair lower than the one before."""

    xs: Sequence[float]
    label: Text = None
    stroke: int = 1

    @property
    def role(self) -> str:
        """The role of its stops."""
        return stroke(self.stroke)


def plot(
    curves: Sequence[Curve],
    x: Axis,
    y: Axis,
    guides: Sequence[Guide] = (),
    tracks: Sequence[Track] = (),
    frame_size: tuple[float, float] = (95.0, 55.0),
) -> Display:
    """A plot whose frame has this size in mm. Raises KeygenError for an axis without length."""
    across, up = x.scale(frame_size[0]), y.scale(frame_size[1])
    frame = Rect(0.0, 0.0, *frame_size)
    depth = bottom_labels(x) if x.marked else 0.0
    floor = -depth - sum(track_height(track) for track in tracks) if tracks else 0.0
    items = [
        *grid(x, y, across, up, frame),
        *(item for guide in guides for item in guided(guide, across, up, frame, -depth, floor)),
        *axes(x, y, across, up, frame),
        *(item for curve in curves for item in drawn_curve(curve, across, up, frame)),
        *legend(curves, guides, frame),
    ]
    top = -depth
    for track in tracks:
        items += walk(track, across, top)
        top -= track_height(track)
    return Display(tuple(items))


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
    if guide.x is not None:
        at = across.at(guide.x)
        yield Line(((at, frame.bottom), (at, frame.top)), "guide")
        if floor < below:
            yield Line(((at, floor), (at, below)), "guide")
        if guide.label:
            yield Label((at, frame.top + NOTE), guide.label, "b")
    if guide.y is not None:
        at = up.at(guide.y)
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
    return TRACK_GAP + STAIR * (len(track.xs) - 1) + 2 * MARK


def walk(track: Track, across: Scale, top: float) -> Iterator[Item]:
    """A stair down for each step, a marker at each stop, the name at the left."""
    if not track.xs:
        raise KeygenError("a track of a plot has no stops", repair="give at least its first place")
    first = top - TRACK_GAP - MARK
    stops = [(across.at(x), first - STAIR * place) for place, x in enumerate(track.xs)]
    for start, end in pairwise(stops):
        yield Line((start, end), "ink")
    for stop in stops:
        yield marker(stop, track.role)
    if track.label:
        yield Label((-TICK - NOTE, (stops[0][1] + stops[-1][1]) / 2), track.label, "r")


@dataclass(frozen=True, slots=True)
class PlotFigure(Figure):
    """Curves over two axes in a frame of `frame` mm, guides across it, walks along x below it."""

    kind: ClassVar[str] = "plot"
    shared: ClassVar[bool] = False  # its curves are of one variant

    curves: tuple[Curve, ...]
    x: Axis = Axis()
    y: Axis = Axis()
    guides: tuple[Guide, ...] = ()
    tracks: tuple[Track, ...] = ()
    frame: tuple[float, float] = (95.0, 55.0)

    def completed(self) -> PlotFigure:
        """Limits and ticks that were not given follow from the data."""
        points = [point for curve in self.curves for point in curve.points]
        xs = [*(at for at, _ in points), *(at for track in self.tracks for at in track.xs)]
        width, height = self.frame
        x = self.x.completed(xs, width, X_ROOM)
        return replace(self, x=x, y=self.y.completed([at for _, at in points], height, Y_ROOM))

    def laid_out(self) -> Display:
        """The plot, its ticks chosen."""
        return plot(self.curves, self.x, self.y, self.guides, self.tracks, self.frame)

    def told(self, tell: Telling) -> str:
        """The axes, how each curve runs as it is drawn, the guides, the walks."""
        whole = self.completed()
        across, up = whole.x.scale(1.0), whole.y.scale(1.0)
        curves = [
            tell(
                "plot_curve" if curve.line else "plot_points",
                name=curve.label or tell("plot_number", number=str(number)),
                course=course(tell, across.all([x for x, _ in curve.points]), up.all([y for _, y in curve.points])),
            )
            for number, curve in enumerate(self.curves, start=1)
        ]
        guides = [guide_told(tell, guide) for guide in self.guides]
        tracks = [
            tell("plot_track", name=track.label or str(number), stops=str(len(track.xs)))
            for number, track in enumerate(self.tracks, start=1)
        ]
        axes = (axis_told(tell, "plot_x", whole.x), axis_told(tell, "plot_y", whole.y))
        return tell("plot", parts=tell.after(*axes, *curves, *guides, *tracks))


def axis_told(tell: Telling, name: str, axis: Axis) -> str:
    """An axis, from its first tick to its last."""
    if not axis.marked:
        return tell(f"{name}_bare", label=axis.label)
    kind = f"{name}_log" if axis.log else name
    return tell(kind, label=axis.label, first=axis.marked[0].text, last=axis.marked[-1].text)


def guide_told(tell: Telling, guide: Guide) -> str:
    """A broken line, with what stands at it."""
    kind = "plot_upright" if guide.x is not None else "plot_level"
    return tell(f"{kind}_at", label=guide.label) if guide.label else tell(kind)


def course(tell: Telling, xs: Sequence[float], ys: Sequence[float]) -> str:
    """How a curve runs in its frame, whose height is 1, from left to right; what the eye does not see is left out."""
    if any(b < a - SEEN for a, b in pairwise(xs)) and any(b > a + SEEN for a, b in pairwise(xs)):
        return tell("plot_roams")
    heights = [min(1.0, max(0.0, y)) for _, y in sorted(zip(xs, ys, strict=True))]
    ways: list[str] = []
    extreme = heights[0] if heights else 0.0
    for height in heights:
        way = "plot_rises" if height > extreme else "plot_falls"
        if ways[-1:] == [way]:
            extreme = height
        elif abs(height - extreme) > SEEN:
            ways.append(way)
            extreme = height
    if len(ways) > MOST_TURNS:
        return tell("plot_wavers")
    told = tell(ways[0] if ways else "plot_stays")
    for way in ways[1:]:
        told = tell("then", before=told, last=tell(way))
    return told


def plot_figure(
    curves: Sequence[Curve],
    x: Axis = Axis(),
    y: Axis = Axis(),
    guides: Sequence[Guide] = (),
    tracks: Sequence[Track] = (),
    size: tuple[float, float] = (95.0, 55.0),
) -> PlotFigure:
    """Curves over two axes in a frame of `size` mm, guides across it, walks along x below it."""
    labels = [*(curve.label for curve in curves), x.label, y.label, *(guide.label for guide in guides)]
    require_texts("a label of a plot", (*labels, *(track.label for track in tracks)))
    return PlotFigure(tuple(curves), x, y, tuple(guides), tuple(tracks), size)
