"""Plots: curves over a pair of axes, guides across them, and walks along the x axis."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import isclose
from typing import Any, ClassVar, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from keygen.calculus.claims import Claim, Given
from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.errors import FalseClaim, KeygenError
from keygen.figures.alt_text import Telling
from keygen.figures.figure import Figure
from keygen.figures.geometry import Point
from keygen.figures.labels import Text, require_texts
from keygen.figures.palette import stroke
from keygen.figures.ticks import Scale, limits, ticks
from keygen.mathematics.terms import Chain, Literal, Name

X_ROOM, Y_ROOM = 11.5, 7.5  # mm between ticks, at least
SEEN = 0.01  # mm: what a picture shows of a rise or a fall
SAME = 1e-9  # of a number: what no picture shows
MOST_TURNS = 3  # of a curve that are told one by one


Said = Claim | Given


class Curve(Struct, frozen=True):
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


def place(said: Any, what: str) -> float:
    """The number that a claim or a given number says, for a picture. Raises KeygenError for any other."""
    value = number_of(said) if isinstance(said, Claim | Given) else None
    if value is None:
        raise KeygenError(
            f"{what} of a plot stands at a number of which nothing is said", found=repr(said)[:80],
            expected="a claim, or a number that is given",
            repair="s.claim(name) for a number of the computation, Given(number) for one that the statement gives",
        )  # fmt: skip
    return value


def number_of(said: Any) -> float | None:
    """The number that a label ends with, for a picture; None where it has none."""
    last = said.links[-1] if isinstance(said, Chain) else getattr(said, "shown", said)
    value = last.value if isinstance(last, Literal) else None
    return float(value) if isinstance(value, int | Fraction | Real | Surd) else None


class Tick(NamedTuple):
    """A place on an axis and what stands beside it."""

    at: float
    text: Text


class Axis(Struct, frozen=True):
    """An axis of a plot: its name, its limits and ticks (chosen from the curves where not given), evenly or by
    logarithms. `marked` are the ticks with their labels, once they are chosen."""

    label: Text = None
    low: float | None = None
    high: float | None = None
    ticks: tuple[Fraction, ...] = ()
    log: bool = False
    marked: tuple[Tick, ...] = ()

    def completed(self, data: Sequence[float], length: float, room: float) -> Axis:
        """This axis with limits and ticks, for data along `length` mm with at least `room` mm between ticks."""
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


PLAIN = Axis()


class Guide(Struct, frozen=True):
    """A broken line across a plot at one x or at one y, which a claim says, as its label does.

    Raises KeygenError for a bare number, and for a label that says another.
    """

    unseen: ClassVar[frozenset[str]] = frozenset({"x", "y"})

    x: Said | None = None
    y: Said | None = None
    label: Text = None

    def __post_init__(self) -> None:
        if self.x is None and self.y is None:
            raise KeygenError("a guide of a plot stands nowhere", expected="x or y", repair='Guide(x=s.claim("w"))')
        for said in (self.x, self.y):
            if said is not None:
                self.require_label(said)

    def require_label(self, said: Said) -> None:
        """Raise KeygenError for a label that is not what the line stands at."""
        at, label = place(said, "a guide"), number_of(self.label)
        of = said.chain.links[0] if isinstance(said, Claim) else None
        named = isinstance(self.label, Name) and isinstance(of, Name) and self.label.name != of.name
        if named or (label is not None and not isclose(at, label, rel_tol=SAME, abs_tol=SAME)):
            raise FalseClaim(
                "a guide of a plot does not stand at what its label says",
                expected=str(self.label) if named else f"{label:g}", found=str(of) if named else f"{at:g}",
            )  # fmt: skip

    @property
    def across(self) -> float | None:
        """The x that it stands at."""
        return None if self.x is None else place(self.x, "a guide")

    @property
    def up(self) -> float | None:
        """The y that it stands at."""
        return None if self.y is None else place(self.y, "a guide")


class Track(Struct, frozen=True):
    """A walk along a plot's x axis, drawn below it: each stop, which a claim says, a stair lower than the one before.

    Raises KeygenError for a bare number.
    """

    unseen: ClassVar[frozenset[str]] = frozenset({"stops"})

    stops: Sequence[Said]
    label: Text = None
    stroke: int = 1

    def __post_init__(self) -> None:
        for said in self.stops:
            place(said, "a stop")

    @property
    def xs(self) -> list[float]:
        """The places of the stops."""
        return [place(said, "a stop") for said in self.stops]

    @property
    def role(self) -> str:
        """The role of its stops."""
        return stroke(self.stroke)


class PlotFigure(Figure, frozen=True):
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

    def told(self, tell: Telling) -> str:
        """The axes, how each curve runs as it is drawn, the guides, the walks."""
        whole = self.completed()
        curves = [whole.curve_told(tell, number, curve) for number, curve in enumerate(self.curves, start=1)]
        guides = [guide_told(tell, guide) for guide in self.guides]
        tracks = [
            tell("plot_track", name=track.label or str(number), stops=str(len(track.stops)))
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
    x: Axis = PLAIN,
    y: Axis = PLAIN,
    guides: Sequence[Guide] = (),
    tracks: Sequence[Track] = (),
    size: tuple[float, float] = (95.0, 55.0),
) -> PlotFigure:
    """Curves over two axes in a frame of `size` mm, guides across it, walks along x below it."""
    labels = [*(curve.label for curve in curves), x.label, y.label, *(guide.label for guide in guides)]
    require_texts("a label of a plot", (*labels, *(track.label for track in tracks)))
    return PlotFigure(tuple(curves), x, y, tuple(guides), tuple(tracks), size)
