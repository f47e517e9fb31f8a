"""How the points of a class are spread: bars in SVG, in the colours of the page, and the same in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from math import ceil

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 20, 44
"""Room about the bars, in units of the picture."""
MOST = 12
"""Bars of a plot."""
WIDTHS = (Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2), Fraction(5))
GAP = 0.12
"""Of a bar's place: how much of it stays empty."""


@dataclass(frozen=True, slots=True)
class PointsBar:
    """How many students have from `low` to less than `high` points; the last bar takes `high` in."""

    low: Fraction
    high: Fraction
    count: int


def bars(totals: Mapping[Fraction, int], possible: Fraction) -> tuple[PointsBar, ...]:
    """At most `MOST` bars of one round width from 0 to what can be had, or to the most that somebody has."""
    top = max((possible, *totals, Fraction(1, 4)))
    width = width_of(top)
    number = ceil(top / width)
    counts = [0] * number
    for points, count in totals.items():
        counts[min(int(points / width), number - 1)] += count
    return tuple(PointsBar(place * width, (place + 1) * width, count) for place, count in enumerate(counts))


def width_of(top: Fraction) -> Fraction:
    """The smallest round width by which `MOST` bars reach the top."""
    unit = Fraction(1)
    while True:
        for width in WIDTHS:
            if width * unit * MOST >= top:
                return width * unit
        unit *= 10


def plot(shown: Sequence[PointsBar], edges: Sequence[str], told: str, axes: tuple[str, str]) -> str:
    """The bars as an `<svg>` element: `edges` are the numbers between them as the language writes them, one more than
    there are bars; `told` says in words what it shows; `axes` what the two directions are."""
    inner, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    most = max((bar.count for bar in shown), default=0) or 1
    place = inner / len(shown)
    floor = HEIGHT - BOTTOM
    pieces = []
    for number, bar in enumerate(shown):
        tall = high * bar.count / most
        x = LEFT + place * (number + GAP / 2)
        wide = place * (1 - GAP)
        if bar.count:
            pieces.append(
                f'<rect x="{x:.1f}" y="{floor - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="var(--rule)"/>'
                f'<text x="{x + wide / 2:.1f}" y="{floor - tall - 5:.1f}">{bar.count}</text>'
            )
    pieces += [
        f'<text x="{LEFT + place * number:.1f}" y="{floor + 16}">{escape(edge)}</text>'
        for number, edge in enumerate(edges)
    ]
    pieces.append(f'<path d="M{LEFT} {floor}H{WIDTH - RIGHT}" stroke="var(--ink)"/>')
    across, up = map(escape, axes)
    pieces.append(f'<text x="{LEFT + inner / 2:.1f}" y="{HEIGHT - 8}">{across}</text>')
    pieces.append(f'<text transform="translate(14 {TOP + high / 2:.1f}) rotate(-90)">{up}</text>')
    return (
        f'<svg role="img" aria-label="{escape(told)}" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        ' style="max-width:100%;height:auto" font-size="13" text-anchor="middle" fill="var(--ink)">'
        f"{''.join(pieces)}</svg>"
    )
