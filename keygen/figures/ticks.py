"""Axes of plots: how data lie along an axis, and the round numbers that its ticks stand at."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, isfinite, log10

from msgspec import Struct

from keygen.errors import KeygenError

AIR = 0.04  # of the data's width, left free beyond them
STEPS = (1, 2, 5)  # times a power of ten: the distances between ticks, and the ticks of a logarithmic axis


class Scale(Struct, frozen=True):
    """Data from `low` to `high` laid along `length` mm, evenly or by their logarithms."""

    low: float
    high: float
    length: float
    log: bool = False

    def __post_init__(self) -> None:
        check(self.low, self.high, log=self.log)

    def at(self, x: float) -> float:
        """The distance in mm from the axis's beginning."""
        return self.all([x])[0]

    def all(self, xs: Sequence[float]) -> list[float]:
        """The distances in mm from the axis's beginning."""
        low, length = self.low, self.length
        if not self.log:
            return [length * (x - low) / (self.high - low) for x in xs]
        if min(xs, default=low) <= 0:
            raise KeygenError("a logarithmic axis has no place for this number", found=str(min(xs)))
        return [length * log10(x / low) / log10(self.high / low) for x in xs]


def check(low: float, high: float, *, log: bool) -> None:
    """Raise KeygenError for limits between which nothing can be drawn."""
    if not low < high:
        raise KeygenError("an axis of a plot has no length", expected="low < high", found=f"{low}, {high}")
    if log and low <= 0:
        raise KeygenError("a logarithmic axis begins above zero", found=str(low))


def limits(data: Sequence[float], low: float | None, high: float | None, *, log: bool = False) -> tuple[float, float]:
    """The limits asked for; where none is, those of the data and a little air."""
    if not data and None in (low, high):
        raise KeygenError("a plot has no data to choose its limits from", repair="give the axis `low` and `high`")
    if not all(map(isfinite, data)):
        raise KeygenError("a plot has a point that is not finite", found=str([x for x in data if not isfinite(x)][:3]))
    first, last = min(data, default=0.0), max(data, default=0.0)
    air = 0.0 if log else AIR * (last - first)
    ends = (first - air if low is None else low, last + air if high is None else high)
    check(*ends, log=log)
    return ends


def ticks(low: float, high: float, most: int, *, log: bool = False) -> tuple[Fraction, ...]:
    """Round numbers from `low` to `high`: as many as there may be, at most `most`, exactly as a page writes them."""
    return log_ticks(low, high, most) if log else even_ticks(low, high, most)


def even_ticks(low: float, high: float, most: int) -> tuple[Fraction, ...]:
    """Multiples of 1, 2 or 5 times a power of ten."""
    slack = 1e-9 * (high - low)
    exponent = floor(log10((high - low) / most)) - 1
    while True:
        for lead in STEPS:
            step = lead * Fraction(10) ** exponent
            first, last = ceil((low - slack) / float(step)), floor((high + slack) / float(step))
            if last - first + 1 <= most:
                return tuple(step * k for k in range(first, last + 1))
        exponent += 1


def log_ticks(low: float, high: float, most: int) -> tuple[Fraction, ...]:
    """1, 2, 5 times powers of ten where they are few enough, else powers of ten, else some of them."""
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)
    within = [
        [
            x
            for x in (lead * Fraction(10) ** k for k in decades for lead in leads)
            if low <= x * (1 + 1e-9) <= high * (1 + 2e-9)
        ]
        for leads in (STEPS, (1,))
    ]
    fine, powers = within
    return tuple(fine) if len(fine) <= most else tuple(powers[:: ceil(len(powers) / most)])
