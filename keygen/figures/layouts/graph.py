"""The computation graph: inputs at the left, the output at the right, derivatives beside the edges, paths coloured.

A vertex is a stadium about its label; an edge goes between the centres of the stadiums' round ends, so that it meets
the border at a right angle. The gaps between vertices grow until no label overlaps anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise, product

from keygen.errors import KeygenError
from keygen.figures.display import MARGIN, Box, DisplayList, Item, Label
from keygen.figures.geometry import Chain, Shape
from keygen.figures.graph import Edge, Vertex
from keygen.figures.labels import size
from keygen.figures.layouts.edge_routing import Key, route
from keygen.figures.layouts.edges import Strands, bundles
from keygen.figures.layouts.grid import ColumnGrid, GridNeeds, downwards, rightwards, rightwards_tight
from keygen.figures.layouts.sugiyama import LayeredLayout, layered
from keygen.figures.palette import distinct

PAD = 2.2  # mm between a vertex's label and its border, left and right
STRETCHES = (1.0, 1.2, 1.45, 1.8, 2.2)  # of the gaps, tried in turn


def computation_graph(
    vertices: Sequence[Vertex],
    edges: Sequence[Edge],
    paths: Sequence[Sequence[str]] = (),
    max_width: float = 165.0,
    layout_of: Callable[[tuple[str, ...], tuple[Key, ...]], LayeredLayout] = layered,
) -> DisplayList:
    """The figure of an acyclic graph; `paths`, given by the names of their vertices, are drawn in a role each.

    `layout_of` names and edges gives a layout, `layered` or what remembers its layouts.
    Vertices of a column stand in the order in which they are given, unless another order crosses fewer edges.
    Raises KeygenError where names do not fit, edges form a cycle, paths outnumber the roles, or labels the page.
    """
    _check(vertices, edges, paths)
    layout = layout_of(tuple(vertex.id for vertex in vertices), tuple(edge.key for edge in edges))
    sizes = _sizes(vertices, edges, layout)
    room = max_width - 2 * MARGIN - 1.0
    best: tuple[float, DisplayList] | None = None
    for way, stretch in product((rightwards, downwards, rightwards_tight), STRETCHES):
        grid = way(sizes, stretch, room)
        if grid is None:
            continue
        placed = layout.mirrored() if grid.down else layout
        overlap, display = _attempt(vertices, edges, paths, placed, grid, sizes.vertex)
        overlap += max(0.0, display.width - max_width)
        if best is None or overlap < best[0]:
            best = overlap, display
        if overlap == 0:
            break
    if best is None or best[1].width > max_width:
        raise KeygenError(
            what="a computation graph is too wide for the page",
            expected=f"at most {max_width:g} mm",
            found=f"{len(sizes.widths)} columns, {sum(sizes.widths):.0f} mm of them",
            repair="fewer operations in a row, or shorter labels",
        )
    return best[1]


def _attempt(
    vertices: Sequence[Vertex],
    edges: Sequence[Edge],
    paths: Sequence[Sequence[str]],
    layout: LayeredLayout,
    grid: ColumnGrid,
    height: float,
) -> tuple[float, DisplayList]:
    """The figure on a grid, and how much its labels overlap."""
    shapes, routes = _scene(vertices, layout, grid, height)
    strands = Strands(shapes, routes, bundles([edge.key for edge in edges], paths, layout.heights))
    overlap, labels = strands.labels({edge.key: edge.label for edge in edges if edge.label})
    return overlap, DisplayList((*strands.strokes(distinct(len(paths))), *_boxes(vertices, layout, shapes), *labels))


def _check(vertices: Sequence[Vertex], edges: Sequence[Edge], paths: Sequence[Sequence[str]]) -> None:
    names = {vertex.id for vertex in vertices}
    pairs = {edge.key for edge in edges}
    problem = None
    if len(names) < len(vertices):
        problem = "two vertices of a graph have the same name"
    elif len(pairs) < len(edges):
        problem = "two edges of a graph join the same vertices"
    elif strangers := {name for pair in pairs for name in pair} - names:
        problem = f"edges of a graph name vertices it lacks: {', '.join(sorted(strangers))}"
    elif gaps := {pair for path in paths for pair in pairwise(path)} - pairs:
        problem = "paths of a graph use edges it lacks: " + ", ".join(f"{a} to {b}" for a, b in sorted(gaps))
    if problem:
        raise KeygenError(what=problem)


def _sizes(vertices: Sequence[Vertex], edges: Sequence[Edge], layout: LayeredLayout) -> GridNeeds:
    height = max(7.0, 2.4 + max(size(vertex.label)[1] for vertex in vertices))
    labels = [(edge, size(edge.label)) for edge in edges if edge.label]
    columns = layout.columns
    count = 1 + max(columns.values())
    between = [(columns[edge.source], width) for edge, (width, _) in labels if not layout.bends[edge.key]]
    return GridNeeds(
        widths=tuple(max(_width(v, height) for v in vertices if columns[v.id] == c) for c in range(count)),
        labels=tuple(max((width for at, width in between if at == c), default=0.0) for c in range(count - 1)),
        vertex=height,
        label=max((height for _, (_, height) in labels), default=0.0),
        extent=layout.extent,
    )


def _width(vertex: Vertex, height: float) -> float:
    return max(height, size(vertex.label)[0] + 2 * PAD)


def _scene(
    vertices: Sequence[Vertex], layout: LayeredLayout, grid: ColumnGrid, height: float
) -> tuple[dict[str, Shape], dict[Key, Chain]]:
    """The vertices' shapes and the edges' routes, on the page."""
    along_axis, shapes = {}, {}
    for vertex in vertices:
        center, width = (
            grid.point(layout.columns[vertex.id], layout.heights[vertex.id]),
            _width(vertex, height),
        )
        sides = (height, width) if grid.down else (width, height)
        along_axis[vertex.id] = Shape(center, *sides, height / 2)
        shapes[vertex.id] = Shape(grid.turned((center,))[0], width, height, height / 2)
    return shapes, {key: grid.turned(chain) for key, chain in route(layout, grid, along_axis).items()}


def _boxes(vertices: Sequence[Vertex], layout: LayeredLayout, shapes: Mapping[str, Shape]) -> Iterator[Item]:
    for vertex in vertices:
        shape = shapes[vertex.id]
        yield Box(shape, fill="tint" if layout.columns[vertex.id] == 0 else None)
        yield Label(shape.center, vertex.label)
