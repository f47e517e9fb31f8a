"""What an exercise wants drawn or tabulated, as data whose labels are letters or claims; the page decides how it looks.

A label that is neither is refused where it is put in: everything here raises KeygenError for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from fractions import Fraction
from typing import Any

from keygen.course.claims import Claim, Given, Label, Said, require_label, require_labels
from keygen.engine.terms import Chain, Name
from keygen.errors import KeygenError


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture by the name of its builder (`page/figures/drawn.py`), with labels anywhere in `args`."""

    kind: str
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in rows under a head; the first column names the rows. None is an empty cell.

    A cell says "column of row = value": it is a claim that carries that chain, a given number, or a label that claims
    nothing. Raises KeygenError for another, and for a row that is not as long as the head.
    """

    head: tuple[Label, ...]
    rows: tuple[tuple[Label, ...], ...]

    def __post_init__(self) -> None:
        for number, row in enumerate((self.head, *self.rows)):
            for place, cell in enumerate(row, start=1):
                require_label(
                    cell, f"cell {place} of row {number} of a table" if number else f"head {place} of a table"
                )
            if len(row) != len(self.head):
                raise KeygenError(
                    f"row {number} of a table is not as long as its head",
                    expected=f"{len(self.head)} cells",
                    found=str(len(row)),
                )


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
    require_labels("a vertex of a graph", (label for _, label in vertices))
    require_labels("an edge of a graph", (label for _, _, label in edges))
    return Figure("graph", (tuple(vertices), tuple(edges), tuple(map(tuple, paths))))


def network_figure(
    layers: Sequence[Sequence[Label]],
    weights: Sequence[Sequence[Sequence[Label]]],
    outputs: Sequence[Label] = (),
    captions: Sequence[Label] = (),
) -> Figure:
    """A layered network: labels of the units by layer, of the edges by layer, from unit, to unit."""
    require_labels("a unit of a network", (*(unit for layer in layers for unit in layer), *outputs, *captions))
    require_labels("an edge of a network", (edge for layer in weights for unit in layer for edge in unit))
    return Figure("network", (tuple(layers), tuple(weights), tuple(outputs), tuple(captions)))


def chain_figure(source: Label, units: Sequence[tuple[Label, Label, Label]], output: Label) -> Figure:
    """Single units in a row, each (label, weight of the arrow into it, bias)."""
    require_labels("a label of a chain", (source, *(label for unit in units for label in unit), output))
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
    for c in columns:
        labels = (c.forward, *c.applied, c.backward, *c.multiplied, c.gradient, c.by)
        require_labels("a label of a scheme", labels)
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
    labels = [*(curve.label for curve in curves), x.label, y.label, *(guide.label for guide in guides)]
    require_labels("a label of a plot", (*labels, *(track.label for track in tracks)))
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
    require_labels("a label of a cell", parts(weights, moment))
    return Figure("cell", (weights, moment))


def unrolled_figure(weights: Cell, start: Label, moments: Sequence[Moment]) -> Figure:
    """A recurrent cell unrolled in time from the state `start`, forward and, with gradients, back."""
    require_labels("a label of a cell", (start, *parts(weights, *moments)))
    return Figure("unrolled", (weights, start, tuple(moments)))


def parts(*cells: Cell | Moment) -> Iterator[Label]:
    """The labels of recurrent cells and of their moments."""
    for cell in cells:
        yield from (getattr(cell, part.name) for part in fields(cell))


COORDINATES = frozenset({"points", "xs"})  # fields that hold many numbers and no label


def said_in(shown: Any) -> Iterator[Said]:
    """Everything that is claimed inside whatever an exercise's `show` prepared: lines, cells, labels."""
    if isinstance(shown, Chain | Claim | Given):
        yield shown
    elif isinstance(shown, Mapping):
        for value in shown.values():
            yield from said_in(value)
    elif isinstance(shown, list | tuple):
        for value in shown:
            yield from said_in(value)
    elif is_dataclass(shown) and type(shown).__module__ == __name__:
        for part in fields(shown):
            if part.name not in COORDINATES:
                yield from said_in(getattr(shown, part.name))
