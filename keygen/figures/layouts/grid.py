"""From columns and heights in units to millimetres: wide enough for the labels, never wider than the page.

Columns follow each other along an axis that points right or, where the page is too narrow for that, down. Lengths
along the axis and across it (to its left) are a frame of their own; `ColumnGrid.turned` takes it to the page.
"""

from __future__ import annotations

from msgspec import Struct

from keygen.figures.geometry import Chain, Point

SLACK = 14.0  # mm that a gap between columns has beyond its widest label, where the page allows it
LEAST = 6.0  # mm that it has on a full page, or that a gap has in all where labels must find room elsewhere


class GridNeeds(Struct, frozen=True):
    """What a grid must hold, in mm (`extent` in units: the greatest difference of heights).

    `widths` are the columns', `labels` those of the widest label between each column and the next; `vertex` and
    `label` are the greatest heights of a vertex and of a label.
    """

    widths: tuple[float, ...]
    labels: tuple[float, ...]
    vertex: float
    label: float
    extent: float


class ColumnGrid(Struct, frozen=True):
    """Where columns stand along the axis, how deep each is, and how long a unit across the axis is; in mm."""

    centers: tuple[float, ...]
    depths: tuple[float, ...]
    step: float
    down: bool

    def point(self, column: int, height: float) -> Point:
        """A place of the layout in the axis' frame."""
        return self.centers[column], self.step * height

    def turned(self, chain: Chain) -> Chain:
        """Points of the axis' frame as they stand on the page."""
        return tuple((y, -x) for x, y in chain) if self.down else chain


def rightwards(sizes: GridNeeds, stretch: float, width: float) -> ColumnGrid | None:
    """Columns from left to right, gaps `stretch` times the usual; None where the width is too small."""
    return _rightwards(sizes, stretch, width, [LEAST + label for label in sizes.labels])


def rightwards_tight(sizes: GridNeeds, stretch: float, width: float) -> ColumnGrid | None:
    """Columns from left to right, with gaps that may be narrower than the labels of level edges."""
    return _rightwards(sizes, stretch, width, [LEAST for _ in sizes.labels])


def _rightwards(sizes: GridNeeds, stretch: float, width: float, least: list[float]) -> ColumnGrid | None:
    room = width - sum(sizes.widths) - sum(least)
    if room < 0:
        return None
    slack = min(SLACK * stretch, room / max(1, len(least)))
    step = sizes.vertex + max(6.0, 2.4 * sizes.label) * stretch
    return ColumnGrid(_centers(sizes.widths, [gap + slack for gap in least]), sizes.widths, step, down=False)


def downwards(sizes: GridNeeds, stretch: float, width: float) -> ColumnGrid | None:
    """Columns from top to bottom; None where the width is too small."""
    widest = max(sizes.widths)
    room = (width - widest) / max(1.0, sizes.extent)
    if room < widest + 2:
        return None
    depths = tuple(sizes.vertex for _ in sizes.widths)
    gaps = [(LEAST + 1.2 * sizes.label) * stretch for _ in sizes.labels]
    step = min(room, (widest + 8.0 + max(sizes.labels, default=0.0)) * stretch)
    return ColumnGrid(_centers(depths, gaps), depths, step, down=True)


def _centers(depths: tuple[float, ...], gaps: list[float]) -> tuple[float, ...]:
    centers, start = [], 0.0
    for depth, gap in zip(depths, [*gaps, 0.0], strict=True):
        centers.append(start + depth / 2)
        start += depth + gap
    return tuple(centers)
