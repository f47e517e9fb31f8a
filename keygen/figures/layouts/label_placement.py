"""Places labels where they hide nothing: each has spots to choose from, and the choice with least overlap wins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from math import inf
from typing import NamedTuple

from keygen.figures.geometry import Point, Rect

CLEAR = 0.3  # mm kept free about a label
NEAR = 3.5  # mm about a label within which another line makes it doubtful whose label it is
SWEEPS = 12  # rounds of improvement; a handful settles every figure met so far

Segment = tuple[int, Point, Point]  # of the line of this number


class LabelSpot(NamedTuple):
    """A place for a label: its rectangle, the number of its own line, and whether it stands on that line.

    `plainness` says how far the place is from the best one in looks alone (0 is best).
    """

    rect: Rect
    owner: int
    plainness: float = 0.0
    on_line: bool = False


class LabelChoice(NamedTuple):
    """The spots that a label may stand at, from the plainest on, and a rectangle that holds them all.

    Spots may be made as they are looked at, for most labels find their place among the first few. `apart` is the
    number of a line that none of them need keep clear of.
    """

    reach: Rect
    spots: Iterable[LabelSpot]
    apart: int | None = None


class Obstacles(NamedTuple):
    """What labels keep clear of: areas, and segments with the number of the line that each belongs to."""

    areas: Sequence[Rect]
    segments: Sequence[Segment]

    def near(self, rect: Rect, apart: int | None) -> Obstacles:
        """Those alone that a rectangle meets, without one line."""
        return Obstacles(
            [area for area in self.areas if area.common(rect)],
            [segment for segment in self.segments if segment[0] != apart and rect.inside(segment[1], segment[2])],
        )

    def free(self, spot: LabelSpot) -> bool:
        """Whether a place is not taken at all."""
        rect = spot.rect.grown(CLEAR)
        return not any(map(rect.common, self.areas)) and not self.length(rect, spot.owner if spot.on_line else None)

    def overlap(self, spot: LabelSpot) -> float:
        """How much of a place is taken: areas in mm^2 and lengths of segments in mm, added up."""
        rect = spot.rect.grown(CLEAR)
        return sum(map(rect.common, self.areas)) + self.length(rect, spot.owner if spot.on_line else None)

    def doubt(self, spot: LabelSpot) -> float:
        """How close lines of others come to a label, which a reader might take for theirs: mm within reach."""
        return 0.0 if spot.on_line else self.length(spot.rect.grown(NEAR), spot.owner)

    def length(self, rect: Rect, but: int | None) -> float:
        """The length in mm of the segments in a rectangle, without those of one line."""
        left, bottom, right, top = rect
        total = 0.0
        for owner, start, end in self.segments:
            (x, y), (u, v) = start, end
            if owner == but or x < left > u or x > right < u or y < bottom > v or y > top < v:
                continue  # for most lie on one side of it
            total += rect.inside(start, end)
        return total


Placed = tuple[list[LabelSpot], float]  # each label's spot, and the overlap that remains, in mm^2 and mm


class _Candidate(NamedTuple):
    """A spot with what it costs whatever the other labels do."""

    spot: LabelSpot
    overlap: float
    looks: float


class _Row:
    """One label's spots, looked at no further than a choice needs."""

    def __init__(self, choice: LabelChoice, obstacles: Obstacles) -> None:
        self.reach = choice.reach.grown(NEAR)
        self.around = obstacles.near(self.reach, choice.apart)
        self.waiting = iter(choice.spots)
        self.taken: list[LabelSpot] = []
        self.known: list[_Candidate] = []
        self.alone = self.chosen(())

    def best(self, others: Iterable[Rect]) -> _Candidate:
        """The choice given where the other labels stand: what is chosen without them, if none comes near it."""
        near = [rect for rect in others if rect.common(self.reach)]
        return self.chosen(near) if _crowding(self.alone.spot, near, NEAR) else self.alone

    def chosen(self, others: Sequence[Rect]) -> _Candidate:
        """The spot of least overlap and, among equals, of best looks, out of those that are free of obstacles or, if
        none is, of all."""
        least = self.least(others)
        for spot in self.waiting:
            if least[0] == 0 and least[1] < spot.plainness:  # which is the plainest of the rest
                self.waiting = chain((spot,), self.waiting)
                break
            if self.around.free(spot):
                self.known.append(self.candidate(spot, 0.0))
                least = min(least, self.cost(len(self.known) - 1, others))
            else:
                self.taken.append(spot)
        if not self.known:
            self.known = [self.candidate(spot, self.around.overlap(spot)) for spot in self.taken]
            least = self.least(others)
        return self.known[least[2]]

    def least(self, others: Sequence[Rect]) -> tuple[float, float, int]:
        """The least of the costs known so far."""
        return min((self.cost(place, others) for place in range(len(self.known))), default=(inf, inf, 0))

    def cost(self, place: int, others: Sequence[Rect]) -> tuple[float, float, int]:
        """Overlap and looks of a known candidate and, to tell equals apart, its place."""
        spot, overlap, looks = self.known[place]
        near = _crowding(spot, others, NEAR)
        return overlap + (_crowding(spot, others, CLEAR) if near else 0.0), looks + near, place

    def candidate(self, spot: LabelSpot, overlap: float) -> _Candidate:
        """A spot that is open to choice."""
        return _Candidate(spot, overlap, spot.plainness + self.around.doubt(spot))


def place(choices: Iterable[LabelChoice], obstacles: Obstacles) -> Placed:
    """The chosen spot of each label, and the overlap that remains (0.0 where all labels stand free).

    Starts from each label's own best spot, then moves one label at a time for as long as that helps.
    """
    rows = [_Row(choice, obstacles) for choice in choices]
    chosen = [row.alone for row in rows]
    places = [candidate.spot.rect for candidate in chosen]
    for _ in range(SWEEPS):
        before = list(chosen)
        for label, row in enumerate(rows):
            chosen[label] = row.best(places[:label] + places[label + 1 :])
            places[label] = chosen[label].spot.rect
        if chosen == before:
            break
    spots = [candidate.spot for candidate in chosen]
    return spots, sum(c.overlap + clash for c, clash in zip(chosen, _clashes(spots), strict=True))


def first_free(choices: Sequence[LabelChoice], rows: Iterable[Iterable[LabelSpot]], obstacles: Obstacles) -> Placed:
    """Like `place`, from rows that hold a spot for each label: the first row that is free, with overlap 0.0, or none,
    with an infinite one. A row's spots may be made as they are looked at, for most rows fail at an early one."""

    @cache
    def around(label: int) -> Obstacles:
        """What lies near a label, wherever it stands."""
        return obstacles.near(choices[label].reach.grown(CLEAR), choices[label].apart)

    for row in rows:
        chosen: list[LabelSpot] = []
        for label, spot in enumerate(row):
            if not around(label).free(spot) or _crowding(spot, [other.rect for other in chosen], CLEAR):
                break
            chosen.append(spot)
        else:
            return chosen, 0.0
    return [], inf


def _clashes(chosen: Sequence[LabelSpot]) -> Iterator[float]:
    """The area that each label shares with the others' places."""
    places = [spot.rect for spot in chosen]
    for label, spot in enumerate(chosen):
        yield _crowding(spot, places[:label] + places[label + 1 :], CLEAR)


def _crowding(spot: LabelSpot, others: Sequence[Rect], within: float) -> float:
    """The area shared with other labels, in mm^2."""
    if not others:
        return 0.0
    rect = spot.rect.grown(within)
    return sum(map(rect.common, others))
