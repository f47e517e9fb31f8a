"""Places labels where they hide nothing: each has spots to choose from, and the choice with least overlap wins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from keygen.page.figures.geometry import Point, Rect

CLEAR = 0.3  # mm kept free about a label
NEAR = 3.5  # mm about a label within which another line makes it doubtful whose label it is
SWEEPS = 12  # rounds of improvement; a handful settles every figure met so far


class Spot(NamedTuple):
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


class _Candidate(NamedTuple):
    """A spot with what it costs whatever the other labels do."""

    spot: Spot
    overlap: float
    looks: float


class _Row:
    """One label's spots, looked at from the plainest on and no further than a choice needs."""

    def __init__(self, spots: Sequence[Spot], obstacles: Obstacles) -> None:
        self.around = _around(spots, obstacles)
        self.waiting = sorted(spots, key=lambda spot: spot.plainness)[::-1]
        self.known: list[_Candidate] = []
        self.taken: list[tuple[Spot, float]] = []

    def candidates(self) -> Iterator[_Candidate]:
        """The spots that are free of obstacles or, if none is, all of them; no later one is plainer."""
        yield from self.known
        while self.waiting:
            spot = self.waiting.pop()
            if overlap := self.around.overlap(spot):
                self.taken.append((spot, overlap))
            else:
                self.known.append(self.candidate(spot, 0.0))
                yield self.known[-1]
        if not self.known:
            self.known = [self.candidate(spot, overlap) for spot, overlap in self.taken]
            yield from self.known

    def candidate(self, spot: Spot, overlap: float) -> _Candidate:
        """A spot that is open to choice."""
        return _Candidate(spot, overlap, spot.plainness + self.around.doubt(spot))

    def best(self, others: Sequence[Rect]) -> _Candidate:
        """The candidate of least overlap and, among equals, of best looks, given where the other labels stand."""
        found: list[tuple[float, float, _Candidate]] = []
        for candidate in self.candidates():
            if found and found[0][0] == 0 and candidate.spot.plainness > found[0][1]:
                break
            near = _crowding(candidate.spot, others, NEAR)
            clash = _crowding(candidate.spot, others, CLEAR) if near else 0.0
            cost = candidate.overlap + clash, candidate.looks + near
            if not found or cost < found[0][:2]:
                found = [(*cost, candidate)]
        return found[0][2]


def place(spots: Sequence[Sequence[Spot]], obstacles: Obstacles) -> tuple[list[Spot], float]:
    """The chosen spot of each label, and the overlap that remains (0.0 where all labels stand free).

    Starts from each label's own best spot, then moves one label at a time for as long as that helps.
    """
    rows = [_Row(row, obstacles) for row in spots]
    chosen = [row.best(()) for row in rows]
    for _ in range(SWEEPS):
        before = list(chosen)
        for label, row in enumerate(rows):
            chosen[label] = row.best([other.spot.rect for place, other in enumerate(chosen) if place != label])
        if chosen == before:
            break
    places = [candidate.spot for candidate in chosen]
    return places, sum(c.overlap + _clash(c.spot, places) for c in chosen)


def first_free(spots: Sequence[Sequence[Spot]], obstacles: Obstacles) -> tuple[list[Spot], float]:
    """Like `place`, with every label at its first spot, or every one at its second ...: the first such choice that is
    free, else the one of least overlap."""
    around = [_around(row, obstacles) for row in spots]
    best: tuple[list[Spot], float] = ([], 0.0)
    for row in zip(*spots, strict=True):
        overlap = sum(near.overlap(spot) + _clash(spot, row) for near, spot in zip(around, row, strict=True))
        if not best[0] or overlap < best[1]:
            best = list(row), overlap
        if best[1] == 0:
            break
    return best


def _around(spots: Sequence[Spot], obstacles: Obstacles) -> Obstacles:
    """The obstacles that a label can meet at any of its spots."""
    corners = [corner for spot in spots for corner in (spot.rect.low, spot.rect.high)]
    return obstacles.near(Rect.hull(corners).grown(NEAR))


def _clash(spot: Spot, chosen: Sequence[Spot]) -> float:
    """The area shared with the other labels' places."""
    return _crowding(spot, [other.rect for other in chosen if other is not spot], CLEAR)


def _crowding(spot: Spot, others: Sequence[Rect], within: float) -> float:
    """The area shared with other labels, in mm^2."""
    rect = spot.rect.grown(within)
    return sum(map(rect.common, others))
