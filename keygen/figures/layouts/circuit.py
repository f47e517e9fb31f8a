"""A circuit: gates in a row, as many rows as the page needs, what comes in from above and from below.

              [ w = 0.5 ]
                   | 0.2
    [ x = 3 ] --> (.) --1.5--> (+) --1.5--> ...
                       0.07     |  0.07
                            [ b = 0 ]

A row ends and the next begins at a wire that has a name, which stands at both ends, without a border; what the wire
carries is said before the cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import combinations, groupby, pairwise
from typing import NamedTuple

from keygen.errors import KeygenError
from keygen.figures.circuit import Cut, Gate, Source
from keygen.figures.display import MARGIN, Box, DisplayList, Item, Label, Line
from keygen.figures.geometry import Shape
from keygen.figures.labels import Text, size

PAD = 1.4  # mm between a wire's label and what the wire ends at
NOTE = 1.0  # mm between a wire and its label
SHORTEST = 8.0  # mm of a wire
BORDER = (1.6, 1.2)  # mm between a name and the border around it, aside and up
RADIUS = 1.5  # mm, of the corners of that border
AIR = 1.6  # mm between what stands beside each other above or below a row
GAP = 5.0  # mm between rows
UP, DOWN = 1, -1


class Gauge(NamedTuple):
    """What a gate takes along its row in mm: half of its width, the length of the wire out of it, and how far each of
    its sources reaches to the left and to the right of its centre."""

    wide: float
    wire: float
    sources: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Row:
    """Some gates, one behind the other: what goes into the first, and whether more gates follow in the next row."""

    start: Source | Cut
    gates: tuple[Gate, ...]
    gauges: tuple[Gauge, ...]
    goes_on: bool
    sides: tuple[tuple[int, ...], ...]  # of each gate's sources: above, below
    half: float  # of a gate's height

    @cached_property
    def reach(self) -> tuple[float, float]:
        """How far the labels of the row's wires reach up and down."""
        up = max(size(gate.value)[1] for gate in self.gates)
        down = max(size(text)[1] for text in (self.start.gradient, *(gate.gradient for gate in self.gates)))
        return max(self.half, NOTE + up) + 0.6, max(self.half, NOTE + down) + 0.6

    @cached_property
    def places(self) -> tuple[float, ...]:
        """Where the gates' centres are, from the left end of the row."""
        before, entry = self.gauges[0], self.entry
        beside_entry = entry + AIR + max([left for left, _ in before.sources], default=0.0)
        place = max(entry + wire_length(None, self.start.gradient) + before.wide, beside_entry)
        found = [place]
        taken = {side: place + right for side, (_, right) in zip(self.sides[0], before.sources, strict=True)}
        for gauge, sides in zip(self.gauges[1:], self.sides[1:], strict=True):
            place = place + before.wide + before.wire + gauge.wide
            for side, (left, _) in zip(sides, gauge.sources, strict=True):
                if side in taken:
                    place = max(place, taken[side] + AIR + left)
            taken |= {side: place + right for side, (_, right) in zip(sides, gauge.sources, strict=True)}
            found.append(place)
            before = gauge
        return tuple(found)

    @property
    def natural(self) -> bool:
        """Whether the wires are as short as their labels let them be."""
        return all(
            right - left - one.wide - other.wide <= one.wire + 0.01
            for (left, right), (one, other) in zip(pairwise(self.places), pairwise(self.gauges), strict=True)
        )

    @cached_property
    def entry(self) -> float:
        """How wide the name is that the row begins with."""
        return bare(self.start.shown) if isinstance(self.start, Cut) else framed(self.start.shown)[0]

    @cached_property
    def width(self) -> float:
        """From the left end to the right one."""
        last = self.gauges[-1]
        end = self.places[-1] + last.wide + last.wire
        end += bare(self.gates[-1].name) if self.goes_on else 0.0
        beside = [
            place + right for place, gauge in zip(self.places, self.gauges, strict=True) for _, right in gauge.sources
        ]
        return max(end, *beside, 0.0)

    def source(self, at: int, side: int) -> Source:
        """What comes to a gate from a side."""
        return self.gates[at].sources[self.sides[at].index(side)]

    def depth(self, side: int) -> float:
        """How far the row reaches up or down from its wires."""
        reach = max(self.reach[0 if side == UP else 1], framed(self.start.shown)[1] / 2)
        found = [
            self.fall(at, side) + framed(self.source(at, side).shown)[1]
            for at in range(len(self.gates))
            if side in self.sides[at]
        ]
        return max([reach, *found])

    def fall(self, at: int, side: int) -> float:
        """From the row's wires to the border of what comes from a side."""
        source = self.source(at, side)
        reach = self.reach[0 if side == UP else 1]
        return reach + (size(source.gradient)[1] + 2 * NOTE if source.gradient else 2.5)

    def items(self, y: float) -> Iterator[Item]:
        """The row at a height."""
        if isinstance(self.start, Cut):
            yield Label((self.entry / 2, y), self.start.shown)
        else:
            yield from pill(self.start.shown, self.entry / 2, y)
        wide = [gauge.wide for gauge in self.gauges]
        yield from wire(self.entry, self.places[0] - wide[0], y, None, self.start.gradient)
        for at, (gate, place, half) in enumerate(zip(self.gates, self.places, wide, strict=True)):
            yield Box(Shape((place, y), 2 * half, 2 * self.half, self.half))
            yield Label((place, y), gate.sign)
            last = at == len(self.gates) - 1
            end = place + half + self.gauges[at].wire if last else self.places[at + 1] - wide[at + 1]
            yield from wire(place + half, end, y, gate.value, gate.gradient)
            for side in self.sides[at]:
                yield from self.incoming(at, side, place, y)
            if last and self.goes_on:
                yield Label((end + bare(gate.name) / 2, y), gate.name)

    def incoming(self, at: int, side: int, x: float, y: float) -> Iterator[Item]:
        """What comes to a gate from above or below."""
        source, fall, reach = self.source(at, side), self.fall(at, side), self.reach[0 if side == UP else 1]
        height = framed(source.shown)[1]
        yield from pill(source.shown, x, y + side * (fall + height / 2))
        yield Line(((x, y + side * fall), (x, y + side * self.half)), arrow=True)
        if source.gradient:
            middle = reach + NOTE + size(source.gradient)[1] / 2
            yield Label((x + NOTE, y + side * middle), source.gradient, "l", role="backward")


@lru_cache(maxsize=1024)
def wire_length(value: Text, gradient: Text) -> float:
    """How long a wire is, for its labels."""
    return max(SHORTEST, max(size(value)[0], size(gradient)[0]) + 2 * PAD)


def wire(start: float, end: float, y: float, value: Text, gradient: Text) -> Iterator[Item]:
    """A wire with its value above and the gradient below."""
    middle = (start + end) / 2
    yield Line(((start, y), (end, y)), arrow=True)
    if value:
        yield Label((middle, y + NOTE), value, "b")
    if gradient:
        yield Label((middle, y - NOTE), gradient, "t", role="backward")


@lru_cache(maxsize=1024)
def framed(text: Text) -> tuple[float, float]:
    """The width and the height of a name with its border."""
    width, height = size(text)
    return max(7.0, width + 2 * BORDER[0]), max(6.4, height + 2 * BORDER[1])


def bare(text: Text) -> float:
    """The width of a name without a border."""
    return size(text)[0] + 2 * NOTE


def pill(text: Text, x: float, y: float) -> Iterator[Item]:
    """A name with its border."""
    yield Box(Shape((x, y), *framed(text), RADIUS), fill="tint")
    yield Label((x, y), text)


def circuit(
    start: Source | Cut, gates: Sequence[Gate], max_width: float = 156.0, *, goes_on: bool = False
) -> DisplayList:
    """The figure of a circuit. Raises KeygenError where it is too wide for the page."""
    rows = broken(start, gates, max_width - 2 * MARGIN - 1.0, goes_on=goes_on)
    items: list[Item] = []
    y = 0.0
    for row in rows:
        y -= row.depth(UP)
        items += row.items(y)
        y -= row.depth(DOWN) + GAP
    return DisplayList(tuple(items))


def broken(start: Source | Cut, gates: Sequence[Gate], room: float, *, goes_on: bool = False) -> list[Row]:
    """The rows of a circuit: as few as fit, of those the least torn, of those the widest as narrow as can be."""
    half = max(3.4, *(size(gate.sign)[1] / 2 + 0.9 for gate in gates))
    gauges = tuple([gauge_of(gate, half) for gate in gates])
    ends = [place for place, gate in enumerate(gates[:-1], start=1) if gate.name]

    @cache
    def row(first: int, end: int) -> Row:
        """The gates between two places."""
        entry = start if not first else Cut(gates[first - 1].name)
        return row_of(entry, tuple(gates[first:end]), gauges[first:end], goes_on or end < len(gates), half)

    def torn(way: tuple[int, ...]) -> int:
        """How many rows but the first begin with a gate that works on what a layer has made, and belongs to it."""
        return sum(not gates[place].sources for place in way)

    narrowest = float("inf")
    for count in range(len(ends) + 1):
        for _, ways in groupby(sorted(combinations(ends, count), key=torn), key=torn):
            best = min(([row(*span) for span in pairwise((0, *way, len(gates)))] for way in ways), key=widest)
            narrowest = min(narrowest, widest(best))
            if narrowest <= room:
                return best
    raise KeygenError(
        what="a circuit is too wide for the page",
        expected=f"rows of at most {room:.0f} mm", found=f"{narrowest:.0f} mm",
        repair="shorter labels, or a name for what a gate makes: a row ends where a wire has one",
    )  # fmt: skip


def widest(rows: Sequence[Row]) -> float:
    """The width of the widest row."""
    return max(row.width for row in rows)


def gauge_of(gate: Gate, half: float) -> Gauge:
    """What a gate takes along its row."""
    wide, wire = max(half, size(gate.sign)[0] / 2 + BORDER[0]), wire_length(gate.value, gate.gradient)
    return Gauge(wide, wire, tuple([reaches(source) for source in gate.sources]))


def reaches(source: Source) -> tuple[float, float]:
    """How far what comes from above or below reaches to the left and to the right of its gate's centre."""
    left = framed(source.shown)[0] / 2
    return left, max(left, NOTE + size(source.gradient)[0] if source.gradient else 0.0)


def row_of(start: Source | Cut, gates: tuple[Gate, ...], gauges: tuple[Gauge, ...], goes_on: bool, half: float) -> Row:
    """A row whose sources come from above, if there is room for that, else from above and below in turn."""
    above = Row(start, gates, gauges, goes_on, sides_of(gates, turning=False), half)
    return above if above.natural else Row(start, gates, gauges, goes_on, sides_of(gates, turning=True), half)


def sides_of(gates: Sequence[Gate], *, turning: bool) -> tuple[tuple[int, ...], ...]:
    """Where what comes to each gate comes from. Raises KeygenError for a gate with more than two sources."""
    side, found = UP, []
    for gate in gates:
        if len(gate.sources) > 2:
            raise KeygenError(
                "a gate of a circuit has more inputs than sides", expected="at most two beside the wire",
                found=str(len(gate.sources)),
            )  # fmt: skip
        found.append((side, -side)[: len(gate.sources)])
        if turning and len(gate.sources) == 1:
            side = -side
    return tuple(found)
