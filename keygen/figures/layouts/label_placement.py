"""Places labels where they hide nothing: each has spots to choose from, and the choice with least overlap wins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import count, cycle, islice
from math import inf
from typing import NamedTuple

from keygen.figures.geometry import Point, Rect
from keygen.mathematics.skeleton import Bounded

CLEAR = 0.3  # mm kept free about a label
NEAR = 3.5  # mm about a label within which another line makes it doubtful whose label it is
CHOICES = 256  # of a label, beside others that stand elsewhere, that are kept
SWEEPS = 12  # rounds of improvement; a handful settles every figure met so far

Segment = tuple[int, Point, Point]  # of the line of this number


class LabelSpot(NamedTuple):
    """A place for a label: its rectangle, the number of its own line, and whether it stands on that line.

    `plainness` says how far the place is from the best one in looks alone (0 is best), `clear` how many mm the lines of
    others must keep away.
    """

    rect: Rect
    owner: int
    plainness: float = 0.0
    on_line: bool = False
    clear: float = CLEAR


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
        left, bottom, right, top = rect
        met = []
        for segment in self.segments:
            owner, start, end = segment
            (x, y), (u, v) = start, end
            if owner == apart or x < left > u or x > right < u or y < bottom > v or y > top < v:
                continue
            if rect.inside(start, end):
                met.append(segment)
        return Obstacles([area for area in self.areas if area.common(rect)], met)

    def free(self, spot: LabelSpot) -> bool:
        """Whether a place is not taken at all."""
        own, others = spot.rect.grown(CLEAR), spot.rect.grown(max(CLEAR, spot.clear))
        if any(map(own.common, self.areas)):
            return False
        left, bottom, right, top = others
        for owner, start, end in self.segments:
            (x, y), (u, v) = start, end
            if x < left > u or x > right < u or y < bottom > v or y > top < v:
                continue  # for most lie on one side of it
            if owner != spot.owner:
                if others.inside(start, end):
                    return False
            elif not spot.on_line and own.inside(start, end):
                return False
        return True

    def overlap(self, spot: LabelSpot) -> float:
        """How much of a place is taken: areas in mm^2 and lengths of segments in mm, added up."""
        return sum(map(spot.rect.grown(CLEAR).common, self.areas)) + self.crossed(spot)

    def crossed(self, spot: LabelSpot) -> float:
        """The length in mm of the lines that run through a place, and of those of others that come too near to it."""
        through = self.length(spot.rect.grown(CLEAR), spot.owner if spot.on_line else None)
        return through + (self.length(spot.rect.grown(spot.clear), spot.owner) if spot.clear > CLEAR else 0.0)

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


class LabelSpots:
    """One label's spots, looked at no further than a choice needs. It may be asked for another figure, where what lies
    about it is the same."""

    def __init__(self, choice: LabelChoice, obstacles: Obstacles) -> None:
        self.reach = choice.reach.grown(NEAR)
        self.around = obstacles.near(self.reach, choice.apart)
        self.waiting = iter(choice.spots)
        self.spots: list[LabelSpot] = []
        self.looked_at: dict[int, _Candidate | None] = {}
        self.chosen_beside: Bounded[_Candidate] = Bounded(CHOICES)

    def spot(self, place: int) -> LabelSpot | None:
        """The spot number `place`, None where there are not so many."""
        while place >= len(self.spots):
            spot = next(self.waiting, None)
            if spot is None:
                return None
            self.spots.append(spot)
        return self.spots[place]

    def free(self, place: int) -> _Candidate | None:
        """The spot number `place`, None where it is taken or where there are not so many."""
        if place not in self.looked_at:
            spot = self.spot(place)
            free = spot is not None and self.around.free(spot)
            self.looked_at[place] = self.candidate(spot, 0.0) if spot is not None and free else None
        return self.looked_at[place]

    @cached_property
    def alone(self) -> _Candidate:
        """The choice where no other label is."""
        return self.chosen(())

    @cached_property
    def taken(self) -> list[_Candidate]:
        """All spots, of a label that has none free."""
        return [self.candidate(spot, self.around.overlap(spot)) for spot in self.spots]

    def best(self, others: Iterable[Rect]) -> _Candidate:
        """The choice given where the other labels stand: what is chosen without them, if none comes near it."""
        near = tuple([rect for rect in others if rect.common(self.reach)])
        if near not in self.chosen_beside:
            crowded = _crowding(self.alone.spot, near, NEAR)
            self.chosen_beside.keep(near, self.chosen(near) if crowded else self.alone)
        return self.chosen_beside[near]

    def chosen(self, others: Sequence[Rect]) -> _Candidate:
        """The spot of least overlap and, among equals, of best looks, out of those that are free of obstacles or, if
        none is, of all. (The plainest come first: none of the rest is better than one that looks better than plain.)"""
        least, best = (inf, inf), None
        for place in count():
            spot = self.spot(place)
            if spot is None or (least[0] == 0 and least[1] < spot.plainness):
                break
            candidate = self.free(place)
            if candidate is not None and (cost := costs(candidate, others)) < least:
                least, best = cost, candidate
        return best or min(self.taken, key=lambda candidate: costs(candidate, others))

    def candidate(self, spot: LabelSpot, overlap: float) -> _Candidate:
        """A spot that is open to choice."""
        return _Candidate(spot, overlap, spot.plainness + self.around.doubt(spot))


def costs(candidate: _Candidate, others: Sequence[Rect]) -> tuple[float, float]:
    """Overlap and looks of a spot, given where the other labels stand."""
    spot, overlap, looks = candidate
    near = _crowding(spot, others, NEAR)
    return overlap + (_crowding(spot, others, CLEAR) if near else 0.0), looks + near


def place(choices: Iterable[LabelChoice], obstacles: Obstacles) -> Placed:
    """The chosen spot of each label, and the overlap that remains (0.0 where all labels stand free)."""
    return one_by_one([LabelSpots(choice, obstacles) for choice in choices])


def one_by_one(labels: Sequence[LabelSpots]) -> Placed:
    """Like `place`: starts from each label's own best spot, then moves one at a time for as long as that helps."""
    chosen = [label.alone for label in labels]
    places = [candidate.spot.rect for candidate in chosen]
    settled = 0  # labels in a row that stay where they are
    for number in islice(cycle(range(len(labels))), SWEEPS * len(labels)):
        best = labels[number].best(places[:number] + places[number + 1 :])
        settled = settled + 1 if best == chosen[number] else 1
        chosen[number], places[number] = best, best.spot.rect
        if settled == len(labels):
            break
    spots = [candidate.spot for candidate in chosen]
    return spots, sum(c.overlap + clash for c, clash in zip(chosen, _clashes(spots), strict=True))


def in_a_row(labels: Sequence[LabelSpots], most: int) -> Placed:
    """Like `place`, with all labels at their first spot, or all at their second, and so on, of `most`: where all are
    free at once, with overlap 0.0, or nowhere, with an infinite one."""
    for number in range(most):
        chosen: list[LabelSpot] = []
        for label in labels:
            found = label.free(number)
            if found is None or _crowding(found.spot, [other.rect for other in chosen], CLEAR):
                break
            chosen.append(found.spot)
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
