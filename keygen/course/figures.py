"""What an exercise wants drawn or tabulated, as data whose labels are terms; the page decides how it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from keygen.engine.terms import Chain, Name, Term

Label = Term | Chain | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture by the name of its builder (`page/figures/drawn.py`); labels anywhere in `args` are terms or chains."""

    kind: str
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Terms in rows under a head of terms; the first column names the rows. None is an empty cell."""

    head: tuple[Label, ...]
    rows: tuple[tuple[Label, ...], ...]


@dataclass(frozen=True, slots=True)
class Swatch:
    """A sample of the stroke that a figure draws its path number `number` with, counted from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows and columns a matrix has; `letters` stand for the lengths that a statement leaves open."""

    of: Name
    letters: Mapping[int, str] = field(default_factory=dict)


def graph_figure(
    vertices: Sequence[tuple[str, Label]],
    edges: Sequence[tuple[str, str, Label]],
    paths: Sequence[Sequence[str]] = (),
) -> Figure:
    """A computation graph: vertices (id, label), edges (source id, target id, label), paths as vertex ids."""
    return Figure("graph", (tuple(vertices), tuple(edges), tuple(map(tuple, paths))))


def network_figure(
    layers: Sequence[Sequence[Label]],
    weights: Sequence[Sequence[Sequence[Label]]],
    outputs: Sequence[Label] = (),
    captions: Sequence[Label] = (),
) -> Figure:
    """A layered network: labels of the units by layer, of the edges by layer, from unit, to unit."""
    return Figure("network", (tuple(layers), tuple(weights), tuple(outputs), tuple(captions)))


def chain_figure(source: Label, units: Sequence[tuple[Label, Label, Label]], output: Label) -> Figure:
    """Single units in a row, each (label, weight of the arrow into it, bias)."""
    return Figure("chain", (source, tuple(units), output))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a backward scheme: forward box, what is applied on the way to it (above, below the arrow), backward
    box, what is multiplied on the way back to it (above, below), the gradient under it and what makes it."""

    forward: Label
    applied: tuple[Label, Label] = (None, None)
    backward: Label = None
    multiplied: tuple[Label, Label] = (None, None)
    gradient: Label = None
    by: Label = None


def scheme_figure(columns: Sequence[Column]) -> Figure:
    """The forward and the backward pass of a network, box by box."""
    return Figure("scheme", (tuple(columns),))


@dataclass(frozen=True, slots=True)
class Curve:
    """Points (x, y) of a plot, joined by a line or not, with a marker on each or not; `label` stands in the legend.

    `stroke` numbers the look from 1, as a `Swatch` does; 0 is plain ink.
    """

    points: Sequence[tuple[float, float]]
    label: Label = None
    stroke: int = 0
    marks: bool = False
    line: bool = True
    arrow: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of a plot: its name, its limits and ticks (chosen from the curves where not given), evenly or by
    logarithms."""

    label: Label = None
    low: float | None = None
    high: float | None = None
    ticks: tuple[Fraction, ...] = ()
    log: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """A broken line across a plot at one x or at one y."""

    x: float | None = None
    y: float | None = None
    label: Label = None


@dataclass(frozen=True, slots=True)
class Track:
    """A walk along a plot's x axis, drawn below it: each stop a stair lower than the one before."""

    xs: Sequence[float]
    label: Label = None
    stroke: int = 1


def plot_figure(
    curves: Sequence[Curve],
    x: Axis = Axis(),
    y: Axis = Axis(),
    guides: Sequence[Guide] = (),
    tracks: Sequence[Track] = (),
    size: tuple[float, float] = (95.0, 55.0),
) -> Figure:
    """Curves over two axes in a frame of `size` mm, guides across it, walks along x below it."""
    return Figure("plot", (tuple(curves), x, y, tuple(guides), tuple(tracks), size))


@dataclass(frozen=True, slots=True)
class Cell:
    """The weights of a recurrent cell: of the state before, of the input, of the output."""

    past: Label
    input: Label
    output: Label


@dataclass(frozen=True, slots=True)
class Moment:
    """A recurrent cell at one moment: input, state, output, loss, and the gradients that come back to the output, to
    the state, and to the state before."""

    input: Label
    state: Label
    output: Label
    loss: Label = None
    to_output: Label = None
    to_state: Label = None
    to_past: Label = None


def cell_figure(weights: Cell, moment: Moment) -> Figure:
    """A recurrent cell with its loop."""
    return Figure("cell", (weights, moment))


def unrolled_figure(weights: Cell, start: Label, moments: Sequence[Moment]) -> Figure:
    """A recurrent cell unrolled in time from the state `start`, forward and, with gradients, back."""
    return Figure("unrolled", (weights, start, tuple(moments)))
