"""Layered layout of an acyclic graph: columns from left to right, few crossings, short edges.

Sugiyama's method: a column for each vertex, by its longest way from a source; a stand-in for a long edge in every
column that it passes; the order in each column, by python-igraph, mended by two columns at a time; then heights that
make edges as level as the order allows (least squares), moved to a grid of half units so that nearly level edges are
level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, permutations, product
from math import factorial, floor

from msgspec import Struct

from keygen.errors import KeygenError

Key = tuple[str, str]
Node = str | tuple[Key, int]  # a vertex, or the stand-in of an edge in the column it passes

GRID = 0.5  # units
ROOM = {
    0: 1.0,
    1: 0.5,
    2: 0.5,
}  # units between neighbours in a column, by how many are stand-ins; multiples of GRID
PULL = {0: 1.0, 1: 2.0, 2: 8.0}  # how much a piece of an edge wants to be level, by its stand-ins
SWEEPS = 40
TRIED = 720
"""Orders of two neighbouring columns, if there are no more, are all tried."""


class LayeredLayout(Struct, frozen=True):
    """Places in units: `columns` count from 0 at the left, `heights` are 1 apart or more within a column.

    `bends` gives, for an edge that passes columns by, the height at which it passes each of them.
    """

    columns: Mapping[str, int]
    heights: Mapping[str, float]
    bends: Mapping[Key, tuple[float, ...]]

    @property
    def extent(self) -> float:
        """The greatest difference of heights."""
        heights = [*self.heights.values(), *(height for row in self.bends.values() for height in row)]
        return max(heights) - min(heights)

    def mirrored(self) -> LayeredLayout:
        """This layout with top and bottom exchanged."""
        heights = {name: -height for name, height in self.heights.items()}
        return LayeredLayout(self.columns, heights, {key: tuple(-h for h in row) for key, row in self.bends.items()})


def layered(names: Sequence[str], edges: Sequence[Key]) -> LayeredLayout:
    """Sources in column 0, every other vertex one column right of its last predecessor; a cycle raises KeygenError."""
    columns = _columns(names, edges)
    ways: dict[Key, list[Node]] = {
        (a, b): [a, *(((a, b), column) for column in range(columns[a] + 1, columns[b])), b] for a, b in edges
    }
    heights = _heights(_order(columns, list(ways.values())), list(ways.values()))
    return LayeredLayout(
        columns=columns,
        heights={name: heights[name] for name in names},
        bends={key: tuple(heights[node] for node in way[1:-1]) for key, way in ways.items()},
    )


def _columns(names: Sequence[str], edges: Sequence[Key]) -> dict[str, int]:
    before = {name: [a for a, b in edges if b == name] for name in names}
    columns: dict[str, int] = {}
    while len(columns) < len(names):
        ready = [name for name in names if name not in columns and all(a in columns for a in before[name])]
        if not ready:
            raise KeygenError(
                what="the edges of a graph form a cycle", found=", ".join(name for name in names if name not in columns)
            )
        columns |= {name: 1 + max((columns[a] for a in before[name]), default=-1) for name in ready}
    return {name: columns[name] for name in names}


def _order(columns: Mapping[str, int], ways: Sequence[Sequence[Node]]) -> list[list[Node]]:
    """The nodes of each column from top to bottom, in an order that crosses few edges: that of igraph, unless another
    order of two neighbouring columns crosses fewer."""
    # igraph takes a tenth of a second to import: only a figure of a graph pays for it
    import igraph

    nodes: list[Node] = [*columns, *(node for way in ways for node in way[1:-1])]
    at = [columns[node] if isinstance(node, str) else node[1] for node in nodes]
    place = {node: index for index, node in enumerate(nodes)}
    pieces = [(place[a], place[b]) for way in ways for a, b in pairwise(way)]
    drawn = igraph.Graph(n=len(nodes), edges=pieces, directed=True).layout_sugiyama(layers=at, hgap=1, vgap=1)
    rows: list[list[Node]] = [[] for _ in range(1 + max(at))]
    for index in sorted(range(len(nodes)), key=lambda index: drawn[index][0]):
        rows[at[index]].append(nodes[index])
    return _mended(rows, [piece for way in ways for piece in pairwise(way)])


def _mended(rows: list[list[Node]], pieces: Sequence[tuple[Node, Node]]) -> list[list[Node]]:
    """The rows after two neighbouring columns have taken their best orders, as long as fewer edges cross by it."""
    fewest = _crossings(rows, pieces)
    for place, (row, following) in enumerate(pairwise(rows)):
        if factorial(len(row)) * factorial(len(following)) > TRIED:
            continue
        for orders in product(permutations(row), permutations(following)):
            other = [*rows[:place], *map(list, orders), *rows[place + 2 :]]
            if _crossings(other, pieces) < fewest:
                return _mended(other, pieces)
    return rows


def _crossings(rows: Sequence[Sequence[Node]], pieces: Sequence[tuple[Node, Node]]) -> int:
    """How many pairs of pieces between the same two columns cross."""
    at = {node: (column, height) for column, row in enumerate(rows) for height, node in enumerate(row)}
    placed = sorted((at[a], at[b][1]) for a, b in pieces)  # by column, then from top to bottom
    return sum(
        start[0] == other[0] and start[1] < other[1] and end > below
        for place, (start, end) in enumerate(placed)
        for other, below in placed[place + 1 :]
    )


def _heights(rows: Sequence[Sequence[Node]], ways: Sequence[Sequence[Node]]) -> dict[Node, float]:
    """Least sum of squared rises, column by column: each moves to the best heights given its neighbours'."""
    near: dict[Node, list[tuple[Node, float]]] = {node: [] for row in rows for node in row}
    for way in ways:
        for a, b in pairwise(way):
            pull = PULL[_stand_ins(a, b)]
            near[a].append((b, pull))
            near[b].append((a, pull))
    heights: dict[Node, float] = {}
    for row in rows:
        heights |= dict(zip(row, _apart(row, [0.0] * len(row), [1.0] * len(row)), strict=True))
    for _ in range(SWEEPS):
        for row in rows:
            pulls = [sum(pull for _, pull in near[node]) for node in row]
            wanted = [
                sum(pull * heights[other] for other, pull in near[node]) / total
                for node, total in zip(row, pulls, strict=True)
            ]
            heights |= dict(zip(row, _apart(row, wanted, pulls), strict=True))
    return _snapped(heights)


def _snapped(heights: Mapping[Node, float]) -> dict[Node, float]:
    """All heights on the grid, from the offset that moves them least; distances of whole steps stay at least that."""

    def rounded(offset: float) -> dict[Node, float]:
        return {node: GRID * floor((height + offset) / GRID + 0.5) for node, height in heights.items()}

    def moved(offset: float) -> float:
        return round(sum((after - heights[node] - offset) ** 2 for node, after in rounded(offset).items()), 9)

    return rounded(min((GRID * step / 20 for step in range(20)), key=moved))


def _apart(row: Sequence[Node], wanted: Sequence[float], pulls: Sequence[float]) -> list[float]:
    """The heights nearest to the wanted ones that keep the row's order and room (pool adjacent violators)."""
    drops = [0.0]
    for above, below in pairwise(row):
        drops.append(drops[-1] + ROOM[_stand_ins(above, below)])
    pools: list[tuple[float, float, int]] = []  # mean, weight, number of nodes: means fall from pool to pool
    for want, drop, pull in zip(wanted, drops, pulls, strict=True):
        mean, weight, count = want + drop, pull, 1
        while pools and pools[-1][0] < mean:
            upper, load, size = pools.pop()
            mean, weight, count = (
                (upper * load + mean * weight) / (load + weight),
                load + weight,
                count + size,
            )
        pools.append((mean, weight, count))
    flat = [mean for mean, _, count in pools for _ in range(count)]
    return [round(mean - drop, 9) for mean, drop in zip(flat, drops, strict=True)]


def _stand_ins(a: Node, b: Node) -> int:
    return isinstance(a, tuple) + isinstance(b, tuple)
