"""Plots: curves over a pair of axes, guides across them, and walks along the x axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

from keygen.figures.display import Display
from keygen.figures.figure import Figure
from keygen.figures.labels import require_texts
from keygen.figures.parts import AXIS, Axis, Curve, Guide, Track
from keygen.figures.telling import Telling

X_ROOM, Y_ROOM = 11.5, 7.5  # mm between ticks, at least
SEEN = 0.01  # mm: what a picture shows of a rise or a fall
MOST_TURNS = 3  # of a curve that are told one by one


@dataclass(frozen=True, slots=True)
class PlotFigure(Figure):
    """Curves over two axes in a frame of `frame` mm, guides across it, walks along x below it."""

    kind: ClassVar[str] = "plot"
    shared: ClassVar[bool] = False  # its curves are of one variant

    curves: tuple[Curve, ...]
    x: Axis = AXIS
    y: Axis = AXIS
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
        # where things stand is worked out only for what a page shows
        from keygen.figures.layouts.plot import plot

        return plot(self.curves, self.x, self.y, self.guides, self.tracks, self.frame)

    def told(self, tell: Telling) -> str:
        """The axes, how each curve runs as it is drawn, the guides, the walks."""
        whole = self.completed()
        curves = [whole.curve_told(tell, number, curve) for number, curve in enumerate(self.curves, start=1)]
        guides = [guide_told(tell, guide) for guide in self.guides]
        tracks = [
            tell("plot_track", name=track.label or str(number), stops=str(len(track.xs)))
            for number, track in enumerate(self.tracks, start=1)
        ]
        axes = (axis_told(tell, "plot_x", whole.x), axis_told(tell, "plot_y", whole.y))
        return tell("plot", parts=tell.after(*axes, *curves, *guides, *tracks))

    def curve_told(self, tell: Telling, number: int, curve: Curve) -> str:
        """A curve as it runs through the frame, or points without one."""
        name = curve.label or tell("plot_number", number=str(number))
        if len(curve.points) == 1:
            return tell("plot_point", name=name)
        (width, height), (xs, ys) = self.frame, zip(*curve.points, strict=True) if curve.points else ((), ())
        inside = [min(height, max(0.0, y)) for y in self.y.scale(height).all(ys)]
        how = course(tell, self.x.scale(width).all(xs), inside)
        return tell("plot_curve" if curve.line else "plot_points", name=name, course=how)


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
    """How a curve runs from left to right, by its points in mm."""
    if any(b < a - SEEN for a, b in pairwise(xs)) and any(b > a + SEEN for a, b in pairwise(xs)):
        return tell("plot_roams")
    heights = [y for _, y in sorted(zip(xs, ys, strict=True))]
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
    x: Axis = AXIS,
    y: Axis = AXIS,
    guides: Sequence[Guide] = (),
    tracks: Sequence[Track] = (),
    size: tuple[float, float] = (95.0, 55.0),
) -> PlotFigure:
    """Curves over two axes in a frame of `size` mm, guides across it, walks along x below it."""
    labels = [*(curve.label for curve in curves), x.label, y.label, *(guide.label for guide in guides)]
    require_texts("a label of a plot", (*labels, *(track.label for track in tracks)))
    return PlotFigure(tuple(curves), x, y, tuple(guides), tuple(tracks), size)
