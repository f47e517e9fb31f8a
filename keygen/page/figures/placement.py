"""Places labels where they hide nothing: each has spots to choose from, and the choice with least overlap wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keygen.page.figures.geometry import Point, Rect

CLEAR = 0.3  # mm kept free about a label
NEAR = 3.5  # mm about a label within which another line makes it doubtful whose label it is
SWEEPS = 12  # rounds of improvement; a handful settles every figure met so far


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for a label: its rectangle, the number of its own line, and whether it stands on that line.

    `plainness` says how far the place is from the best one in looks alone (0 is best).
    """

    rect: Rect
    owner: int
    plainness: float = 0.0
    on_line: bool = False


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What labels keep clear of: areas, and segments with the number of the line that each belongs to."""

    areas: Sequence[Rect]
    segments: Sequence[tuple[int, Point, Point]]

    def overlap(self, spot: Spot) -> float:
        """How much of a place is taken: areas in mm^2 and lengths of segments in mm, added up."""
        rect = spot.rect.grown(CLEAR)
        return sum(rect.common(area) for area in self.areas) + sum(
            rect.inside(a, b) for owner, a, b in self.segments if not (spot.on_line and owner == spot.owner)
        )

    def doubt(self, spot: Spot) -> float:
        """How close lines of others come to a label, which a reader might take for theirs: mm within reach."""
        if spot.on_line:
            return 0.0
        near = spot.rect.grown(NEAR)
        return sum(near.inside(a, b) for owner, a, b in self.segments if owner != spot.owner)


@dataclass(slots=True)
class _Choice:
    """One spot for each label, in search of a better one."""

    spots: Sequence[Sequence[Spot]]
    taken: list[list[float]]
    looks: list[list[float]]
    chosen: list[int]

    def crowding(self, label: int, spot: int, within: float) -> float:
        """The area shared with other labels, in mm^2."""
        rect = self.spots[label][spot].rect.grown(within)
        others = (row[k] for place, (row, k) in enumerate(zip(self.spots, self.chosen, strict=True)) if place != label)
        return sum(rect.common(other.rect) for other in others)

    def clash(self, label: int, spot: int) -> float:
        """The overlap of a label at a spot with all that stands there."""
        return self.taken[label][spot] + self.crowding(label, spot, CLEAR)

    def best(self, label: int) -> int:
        """The spot of least overlap and, among equals, of best looks, given the other labels' spots."""

        def cost(spot: int) -> tuple[float, float]:
            return self.clash(label, spot), self.looks[label][spot] + self.crowding(label, spot, NEAR)

        return min(range(len(self.spots[label])), key=cost)


def place(spots: Sequence[Sequence[Spot]], obstacles: Obstacles) -> tuple[list[Spot], float]:
    """The chosen spot of each label, and the overlap that remains (0.0 where all labels stand free).

    Starts from each label's own best spot, then moves one label at a time for as long as that helps.
    """
    taken = [[obstacles.overlap(spot) for spot in row] for row in spots]
    looks = [[spot.plainness + obstacles.doubt(spot) for spot in row] for row in spots]
    first = [list(zip(hits, plain, range(len(hits)), strict=True)) for hits, plain in zip(taken, looks, strict=True)]
    choice = _Choice(spots, taken, looks, [min(costs)[2] for costs in first])
    for _ in range(SWEEPS):
        before = list(choice.chosen)
        for label in range(len(spots)):
            choice.chosen[label] = choice.best(label)
        if choice.chosen == before:
            break
    overlap = sum(choice.clash(label, spot) for label, spot in enumerate(choice.chosen))
    return [row[spot] for row, spot in zip(spots, choice.chosen, strict=True)], overlap


def first_free(spots: Sequence[Sequence[Spot]], obstacles: Obstacles) -> tuple[list[Spot], float]:
    """Like `place`, with every label at its first spot, or every one at its second ...: the first such choice that is
    free, else the one of least overlap."""
    best: tuple[list[Spot], float] = ([], 0.0)
    for row in zip(*spots, strict=True):
        placed = place([[spot] for spot in row], obstacles)
        if not best[0] or placed[1] < best[1]:
            best = placed
        if best[1] == 0:
            break
    return best
