"""Networks of units: fully connected layers with a weight on each edge, and chains of single units with biases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import pairwise, product
from math import inf
from threading import get_ident

from msgspec import Struct

from keygen.errors import KeygenError
from keygen.figures.display import HEAD, MARGIN, DisplayList, Item, Label
from keygen.figures.geometry import Point, Rect, toward
from keygen.figures.labels import Size, Text, size
from keygen.figures.layouts.label_placement import (
    LabelChoice,
    LabelSpot,
    LabelSpots,
    Obstacles,
    Placed,
    in_a_row,
    one_by_one,
)
from keygen.figures.layouts.nodes import EXIT, arrow, circle, radius, room, way_out
from keygen.figures.network import Unit

GAP, ROW = 28.0, 10.5  # mm between neighbouring layers' circles, and between neighbouring circles of a layer
STRETCHES = (1.0, 1.15, 1.3, 1.5, 1.75, 2.1)  # of both, tried in turn, as far as the page is wide
PARTS = tuple(0.14 + 0.02 * step for step in range(33))  # of an edge, where its weight may stand
BIAS = 9.0  # mm between a unit of a chain and its constant

Settled = Callable[[Sequence[LabelSpots]], Placed]  # where labels stand
Layer = tuple[Point, ...]
Edges = tuple[tuple[bool, ...], ...]  # (units of a layer, units of the next): whether there is one
Weights = Sequence[Sequence[Text]]  # (units of a layer, units of the next): labels, None for no edge

WAYS: tuple[Settled, ...] = (partial(in_a_row, most=len(PARTS)), one_by_one)


class _Grid(Struct, frozen=True):
    """The circles' centres, layer by layer, and their radius."""

    columns: tuple[Layer, ...]
    radius: float


def layered(
    layers: Sequence[Sequence[Text]],
    weights: Sequence[Weights],
    outputs: Sequence[Text] = (),
    captions: Sequence[Text] = (),
    max_width: float = 165.0,
) -> DisplayList:
    """Layers from left to right; all labels are TeX mathematics.

    `sugiyama` holds what stands in each unit ("" for an empty one), the first layer being the inputs;
    `weights[k][i][j]` the label on the edge from unit i of layer k to unit j of the next ("" for an edge without a
    label, None for none); `outputs` what arrows out of the last layer lead to; `captions` what stands under each layer.
    Raises KeygenError where the shapes of these do not fit or the page is too narrow.
    """
    _check(layers, weights, outputs, captions)
    attempts = []
    for settled, stretch in product(WAYS, STRETCHES):
        grid = _grid(layers, outputs, stretch, max_width)
        overlap, edges = _edges(grid, weights, settled)
        attempts.append((overlap, edges, grid))
        if overlap == 0:
            break
    _, edges, grid = min(attempts, key=lambda attempt: attempt[0])
    return DisplayList((*edges, *_units(layers, outputs, captions, grid)))


def chain(
    source: Text, units: Sequence[Unit], output: Text, constant: Text = None, max_width: float = 165.0
) -> DisplayList:
    """One input, units in a row, one output; below each unit that has a bias, the constant that the bias multiplies."""
    r = radius([source, *(unit.label for unit in units)])
    wanted = max(16.0, 8.0 + max(size(unit.weight)[0] for unit in units))
    space = room(max_width - 2 * MARGIN - 0.5 - 2 * r * (len(units) + 1) - EXIT - 1.0 - size(output)[0])
    pitch = 2 * r + min(wanted, space / len(units))
    centers = [(pitch * place, 0.0) for place in range(len(units) + 1)]
    items: list[Item] = [circle(centers[0], r, fill="tint"), Label(centers[0], source)]
    for (before, center), unit in zip(pairwise(centers), units, strict=True):
        items += [circle(center, r), Label(center, unit.label), arrow(before, center, r, r)]
        items.append(Label((center[0] - pitch / 2, 1.0), unit.weight, "b"))
        if unit.bias is not None:
            items += _bias(center, r, unit.bias, constant)
    return DisplayList((*items, *way_out(centers[-1], r, output)))


def _bias(center: Point, r: float, bias: Text, constant: Text) -> list[Item]:
    x, border = center[0], center[1] - r
    small = max(0.7 * r, max(size(constant)) / 2 + 0.8)
    below = (x, border - BIAS - small)
    return [
        circle(below, small, fill="tint"),
        Label(below, constant),
        arrow(below, center, small, r),
        Label((x + 1.0, border - BIAS / 2), bias, "l"),
    ]


def _check(
    layers: Sequence[Sequence[Text]], weights: Sequence[Weights], outputs: Sequence[Text], captions: Sequence[Text]
) -> None:
    shapes = [[len(row) for row in rows] for rows in weights]
    fitting = [[len(after)] * len(before) for before, after in pairwise(layers)]
    if shapes != fitting:
        raise KeygenError(
            what="the weights of a layered network do not fit its layers",
            expected=f"rows of {fitting}",
            found=f"rows of {shapes}",
        )
    for name, given, count in (("outputs", outputs, len(layers[-1])), ("captions", captions, len(layers))):
        if given and len(given) != count:
            raise KeygenError(
                what=f"the {name} of a layered network do not fit its layers",
                expected=str(count),
                found=str(len(given)),
            )


def _grid(layers: Sequence[Sequence[Text]], outputs: Sequence[Text], stretch: float, max_width: float) -> _Grid:
    """Circles in columns, each column centred on the same height."""
    r = radius([label for layer in layers for label in layer])
    leads = EXIT + 1.0 + max(size(label)[0] for label in outputs) if outputs else 0.0
    space = room(max_width - 2 * MARGIN - 0.5 - 2 * r * len(layers) - leads)
    pitch = 2 * r + min(GAP * stretch, space / max(1, len(layers) - 1))
    row = 2 * r + ROW * stretch
    columns = (
        tuple((k * pitch, row * ((len(layer) - 1) / 2 - i)) for i in range(len(layer)))
        for k, layer in enumerate(layers)
    )
    return _Grid(tuple(columns), r)


def _edges(grid: _Grid, weights: Sequence[Weights], settled: Settled) -> tuple[float, list[Item]]:
    """The edges with their labels on them, and how much these overlap."""
    total, lines, labels = 0.0, list[Item](), list[Item]()
    for (before, after), rows in zip(pairwise(grid.columns), weights, strict=True):
        there = tuple(tuple(label is not None for label in row) for row in rows)
        edges = _between(before, after, grid.radius, there, get_ident())
        texts = [label for row in rows for label in row if label is not None]
        labelled = [(number, text) for number, text in enumerate(texts) if text]
        chosen, overlap = settled([edges.spots(number, size(text)) for number, text in labelled])
        if overlap == inf:
            return overlap, []
        total += overlap
        lines += edges.arrows
        labels += [Label(s.rect.center, text, backed=True) for s, (_, text) in zip(chosen, labelled, strict=True)]
    return total, lines + labels


class _Between:
    """The edges between two layers, and where on them a label of some size may stand: most figures have their circles
    where others have them."""

    def __init__(self, before: Sequence[Point], after: Sequence[Point], radius: float, there: Edges) -> None:
        ends = [
            (start, end)
            for start, row in zip(before, there, strict=True)
            for end, edge in zip(after, row, strict=True)
            if edge
        ]
        self.ends, self.parts = ends, _parts(len(before), len(after))
        self.arrows = [arrow(start, end, radius, radius) for start, end in ends]
        self.obstacles = Obstacles(
            [circle(center, radius).shape.rect for center in (*before, *after)]
            + [Rect.around(line.points[1], 2 * HEAD[0], 2 * HEAD[0]) for line in self.arrows],
            [(number, line.points[0], line.points[1]) for number, line in enumerate(self.arrows)],
        )
        self.known: dict[tuple[int, Size], LabelSpots] = {}

    def spots(self, number: int, size: Size) -> LabelSpots:
        """The places of a label on the edge of this number, the best first."""
        if (number, size) not in self.known:
            (start, end), (width, height) = self.ends[number], size
            outermost = toward(start, end, PARTS[0]), toward(start, end, PARTS[-1])
            spots = (
                LabelSpot(Rect.around(toward(start, end, part), width, height), number, rank, on_line=True)
                for rank, part in enumerate(self.parts)
            )
            reach = Rect.hull(outermost).widened(width / 2, height / 2)
            self.known[number, size] = LabelSpots(LabelChoice(reach, spots, number), self.obstacles)
        return self.known[number, size]


@lru_cache(maxsize=128)
def _between(before: Layer, after: Layer, radius: float, there: Edges, thread: int) -> _Between:
    """The edges between two layers, for one thread: what two threads look at may be looked at by one alone."""
    return _Between(before, after, radius, there)


def _parts(sources: int, targets: int) -> list[float]:
    """Parts of an edge, from the best: where the edges of two full layers are evenly spread."""
    best = 0.6 if sources == 1 else min(0.4, 1 / (targets + 1))
    return sorted(PARTS, key=lambda part: abs(part - best))


def _units(
    layers: Sequence[Sequence[Text]], outputs: Sequence[Text], captions: Sequence[Text], grid: _Grid
) -> Iterator[Item]:
    """Units, the arrows out of the last of them, and what stands under the layers."""
    for k, (layer, column) in enumerate(zip(layers, grid.columns, strict=True)):
        for label, center in zip(layer, column, strict=True):
            yield circle(center, grid.radius, fill=None if k else "tint")
            if label:
                yield Label(center, label)
    for output, center in zip(outputs, grid.columns[-1], strict=False):
        yield from way_out(center, grid.radius, output)
    bottom = min(y for column in grid.columns for _, y in column) - grid.radius - 3.0
    for caption, column in zip(captions, grid.columns, strict=False):
        yield Label((column[0][0], bottom), caption, "t")
