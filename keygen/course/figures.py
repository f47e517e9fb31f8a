"""What an exercise wants drawn or tabulated, as data whose labels are terms; the page decides how it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keygen.engine.terms import Chain, Term

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
