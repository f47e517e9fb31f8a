"""What figures are composed of: vertices and edges, units, cells, axes and curves, columns.

Data alone: the module of a kind says what a figure tells, and `layouts` where its parts stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from keygen.course.claims import Given
from keygen.figures.geometry import Point
from keygen.figures.labels import Text
from keygen.figures.palette import stroke
from keygen.figures.scale import Scale, limits, ticks


class Vertex(NamedTuple):
    """A vertex: the name by which edges refer to it, and its label."""

    id: str
    label: Text


class Edge(NamedTuple):
    """An edge between two vertices, by their names, with a label or none."""

    source: str
    target: str
    label: Text = None

    @property
    def key(self) -> tuple[str, str]:
        """The two names."""
        return self.source, self.target


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a chain: what stands in it, the weight of the arrow into it, its bias (None for no bias)."""

    label: Text
    weight: Text
    bias: Text = None


@dataclass(frozen=True, slots=True)
class Cell:
    """The weights of a recurrent cell: of the state before, of the input, of the output."""

    past: Text
    input: Text
    output: Text


@dataclass(frozen=True, slots=True)
class Moment:
    """A recurrent cell at one moment: input, state, output, loss, and the gradients that come back to the output, to
    the state, and to the state before; None for none."""

    input: Text
    state: Text
    output: Text
    loss: Text = None
    to_output: Text = None
    to_state: Text = None
    to_past: Text = None


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


AXIS = Axis()
"""An axis of which nothing is said: its curves decide."""


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


Notes = tuple[Text, Text]  # above an arrow, below it


@dataclass(frozen=True, slots=True)
class Column:
    """One quantity of the forward pass and what the backward pass makes of it; None for no box.

    `applied` stands at the forward arrow that comes into the column from the left (not used in the first column);
    `multiplied` at the backward arrow that comes into it from the right, where both columns have a backward box.
    `gradient` stands below the backward box, which an arrow with `by` beside it joins to it.
    """

    forward: Text
    applied: Notes = (None, None)
    backward: Text = None
    multiplied: Notes = (None, None)
    gradient: Text = None
    by: Text = None
