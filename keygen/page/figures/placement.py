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

    def near(self, rect: Rect) -> Obstacles:
        """Those alone that a rectangle meets."""
        return Obstacles(
            [area for area in self.areas if area.common(rect)],
            [segment for segment in self.segments if rect.inside(segment[1], segment[2])],
        )

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


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A spot with what it costs whatever the other labels do."""

    spot: Spot
    overlap: float
    looks: float


def place(spots: Sequence[Sequence[Spot]], obstacles: Obstacles) -> tuple[list[Spot], float]:
    """The chosen spot of each label, and the overlap that remains (0.0 where all labels stand free).

    Starts from each label's own best spot, then moves one label at a time for as long as that helps.
    """
    rows = [_candidates(row, obstacles) for row in spots]
    chosen = [min(row, key=lambda candidate: (candidate.overlap, candidate.looks)) for row in rows]
    for _ in range(SWEEPS):
        before = list(chosen)
        for label, row in enumerate(rows):
            chosen[label] = _best(row, [other.spot.rect for place, other in enumerate(chosen) if place != label])
        if chosen == before:
            break
    overlap = sum(
        candidate.overlap + _crowding(candidate, [other.spot.rect for other in chosen if other is not candidate], CLEAR)
        for candidate in chosen
    )
    return [candidate.spot for candidate in chosen], overlap


def _candidates(row: Sequence[Spot], obstacles: Obstacles) -> list[_Candidate]:
    """The spots that are free of obstacles or, if none is, all of them."""
    corners = [corner for spot in row for corner in (spot.rect.low, spot.rect.high)]
    around = obstacles.near(Rect.hull(corners).grown(NEAR))
    overlaps = [(spot, around.overlap(spot)) for spot in row]
    free = [pair for pair in overlaps if pair[1] == 0]
    return [_Candidate(spot, overlap, spot.plainness + around.doubt(spot)) for spot, overlap in free or overlaps]


def _crowding(candidate: _Candidate, others: Sequence[Rect], within: float) -> float:
    """The area shared with other labels, in mm^2."""
    rect = candidate.spot.rect.grown(within)
    return sum(map(rect.common, others))


def _best(row: Sequence[_Candidate], others: Sequence[Rect]) -> _Candidate:
    """The candidate of least overlap and, among equals, of best looks, given where the other labels stand."""

    def cost(candidate: _Candidate) -> tuple[float, float]:
        near = _crowding(candidate, others, NEAR)
        clash = _crowding(candidate, others, CLEAR) if near else 0.0
        return candidate.overlap + clash, candidate.looks + near

    return min(row, key=cost)


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
