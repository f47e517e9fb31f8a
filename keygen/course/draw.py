"""How an exercise's data vary: seeded distributions, each with the value that is published when no seed is given.

A distribution is data; `draw` turns it into a value with a random stream of its own, so that adding a parameter changes
no other's numbers. Numbers are Fractions, vectors lists, matrices lists of rows.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import isfinite, lcm
from typing import Any

from msgspec import Struct

from keygen.engine.primitives import Shape
from keygen.engine.rational import DIGITS, TooLong, rational
from keygen.errors import KeygenError

Data = Any  # Fraction, or nested lists of them; for choices whatever the author wrote


def stream(*names: object) -> random.Random:
    """A random stream named by its parts; equal names give equal numbers on every machine."""
    key = "\x1f".join(map(str, names))
    return random.Random(int.from_bytes(hashlib.sha256(key.encode()).digest()))


LISTED = 1000
"""So many numbers are kept in a list."""


@dataclass(frozen=True)
class Grid:
    """Independent entries, each a multiple of `step` from `low` to `high` (zero left out if `nonzero`).

    An `increasing` list has distinct entries in their order instead. Values are known by their places, for there may
    be more of them than a machine can hold.
    """

    axes: str
    low: Fraction
    high: Fraction
    step: Fraction
    published: Data
    nonzero: bool = False
    increasing: bool = False

    @cached_property
    def places(self) -> int:
        """How many numbers there are from `low` to `high`, zero among them."""
        return (self.high - self.low) // self.step + 1

    @cached_property
    def whole(self) -> tuple[int, int, int]:
        """`low` and `step` in whole parts, and how many parts make 1."""
        parts = lcm(self.low.denominator, self.step.denominator)
        return int(self.low * parts), int(self.step * parts), parts

    @cached_property
    def zero(self) -> int | None:
        """The place of zero, where `nonzero` leaves it out."""
        place = -self.low / self.step
        return int(place) if self.nonzero and place.denominator == 1 and 0 <= place < self.places else None

    @property
    def distinct(self) -> int:
        """How many different numbers an entry may be."""
        return self.places - (self.zero is not None)

    def at(self, place: int) -> Fraction:
        """The number at a place, counted from 0."""
        if self.places <= LISTED:
            return self.listed[place]
        return self.made(place)

    @cached_property
    def listed(self) -> tuple[Fraction, ...]:
        """All numbers, where they are few."""
        return tuple(map(self.made, range(self.places)))

    def made(self, place: int) -> Fraction:
        """The number at a place."""
        low, step, parts = self.whole
        return Fraction(low + step * place, parts)

    def entry(self, rng: random.Random) -> Fraction:
        """One number."""
        few = self.listed if self.places <= LISTED else None
        while True:
            x = self.made(rng.randrange(self.places)) if few is None else rng.choice(few)
            if x or not self.nonzero:
                return x

    def fault(self, numbers: Sequence[Fraction]) -> str | None:
        """Why numbers could not be drawn; None where they could."""
        low, step, parts = self.whole
        for number in numbers:
            top, bottom = number.as_integer_ratio()
            place, rest = divmod(top * parts - low * bottom, step * bottom)
            if place < 0 or (place + (rest > 0) >= self.places and number > self.high):
                return f"{number} is not from {self.low} to {self.high}"
            if rest:
                return f"{number} is not a step of {self.step} from {self.low}"
            if self.nonzero and not number:
                return "it has a zero"
        if self.increasing and any(first >= second for first, second in pairwise(numbers)):
            return "it does not increase"
        return None

    def draw(self, rng: random.Random, shape: Shape) -> Data:
        """A number, a list, or a list of rows."""
        if not shape:
            return self.entry(rng)
        if self.increasing:
            chosen = sorted(rng.sample(range(self.distinct), shape[0]))
            return [self.at(place + (self.zero is not None and place >= self.zero)) for place in chosen]
        return [self.draw(rng, shape[1:]) for _ in range(shape[0])]


class Choice(Struct, frozen=True):
    """One of several options, known before the trace is: it may change the structure of the computation."""

    options: tuple[Any, ...]
    published: Any

    def draw(self, rng: random.Random, shape: Shape) -> Any:
        """One option, all equally likely."""
        return rng.choice(self.options)


class Permutation(Struct, frozen=True):
    """An order of the items 1..n along an axis: the first `take` of a random permutation (all of them if 0)."""

    axis: str
    published: tuple[int, ...]
    take: int = 0

    def draw(self, rng: random.Random, shape: Shape) -> tuple[int, ...]:
        """Item numbers, counted from 1."""
        return tuple(rng.sample(range(1, shape[0] + 1), self.take or shape[0]))


Distribution = Grid | Choice | Permutation


class Draws(Mapping[str, Data]):
    """Data by name, each drawn when somebody asks for it: streams have names, so when they are used changes nothing."""

    def __init__(self, draws: Mapping[str, Callable[[], Data]]) -> None:
        self.draws = draws
        self.known: dict[str, Data] = {}

    def __getitem__(self, name: str) -> Data:
        if name not in self.known:
            self.known[name] = self.draws[name]()
        return self.known[name]

    def __contains__(self, name: object) -> bool:
        return name in self.draws

    def __iter__(self) -> Iterator[str]:
        return iter(self.draws)

    def __len__(self) -> int:
        return len(self.draws)


class Rejected(Exception):
    """A draw does not meet a condition: the `reason`. Others may."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def integers(
    axes: str, low: int, high: int, *, published: Data, nonzero: bool = False, increasing: bool = False
) -> Grid:
    """Whole numbers from `low` to `high`, in the shape that `axes` names ("" a number, "input hidden" a matrix).

    Raises KeygenError for limits that are not whole, or between which there is nothing to draw.
    """
    least, most = limit("low", low), limit("high", high)
    for name, end in (("low", least), ("high", most)):
        if end.denominator != 1:
            raise KeygenError(
                f"integers: {name} is not a whole number", expected="whole numbers", found=str(end),
                repair='write decimals("", "-1", "1", "0.5", ...) for numbers between them',
            )  # fmt: skip
    return drawable("integers", Grid(axes, least, most, Fraction(1), fractions(published), nonzero, increasing))


def decimals(axes: str, low: str, high: str, step: str, *, published: Data, nonzero: bool = False) -> Grid:
    """Decimals from `low` to `high` in steps of `step`, all written as strings so that they stay exact.

    Raises KeygenError for what is no exact number, a step that does not go up, and where there is nothing to draw.
    """
    least, most, width = limit("low", low), limit("high", high), limit("step", step)
    return drawable("decimals", Grid(axes, least, most, width, fractions(published), nonzero))


def limit(name: str, value: Any) -> Fraction:
    """A limit or a step as a Fraction, its name in the error."""
    found = fractions(value)
    if isinstance(found, list):
        raise KeygenError(f"{name} is a list", expected=NUMBER, found=repr(value)[:80])
    return found  # type: ignore[no-any-return]  # a Fraction: not a list


def drawable(word: str, grid: Grid) -> Grid:
    """The grid itself. Raises KeygenError where no number, or no list of them, can be drawn from it."""
    if not isinstance(grid.axes, str):
        raise KeygenError(
            f"{word}: the axes are {grid.axes!r}", expected='names in a string, such as "" or "input hidden"'
        )
    if grid.step <= 0:
        raise KeygenError(f"{word}: the step is {grid.step}", expected="a number above 0")
    if grid.low > grid.high:
        raise KeygenError(
            f"{word}: low is above high", found=f"from {grid.low} to {grid.high}", repair="write the lower one first"
        )
    if not grid.distinct:
        raise KeygenError(
            f"{word}: there is no number to draw but 0, and nonzero=True forbids it",
            repair="widen the limits, or leave nonzero out",
        )
    if grid.increasing and (len(grid.axes.split()) != 1 or grid.distinct > sys.maxsize):
        raise KeygenError(
            f"{word}: increasing=True is for a list of numbers that a machine can count", expected="one axis",
            found=f"the axes {grid.axes!r}, {power_of_ten(grid.distinct)} numbers",
        )  # fmt: skip
    return grid


def power_of_ten(count: int) -> str:
    """A number in few characters: 12, or "more than 10**20"."""
    text = str(count)
    return text if len(text) <= 9 else f"more than 10**{len(text) - 1}"


def choice(*options: Any, published: Any) -> Choice:
    """One of `options`. Raises KeygenError where there are none, or they stand in a list."""
    if not options:
        raise KeygenError("choice: there are no options", expected='e.g. choice("sum", "mean", published="sum")')
    if len(options) == 1 and isinstance(options[0], list | set | range | dict) and not isinstance(published, list):
        raise KeygenError(
            "choice: the options stand in one list, which would be the only option", found=repr(options[0])[:80],
            repair="put a * before it: choice(*options, published=...)",
        )  # fmt: skip
    return Choice(options, published)


def order(axis: str, *, published: tuple[int, ...], take: int = 0) -> Permutation:
    """A random order of the items along an axis. Raises KeygenError for what is no axis or no order."""
    if not isinstance(axis, str) or len(axis.split()) != 1:
        raise KeygenError(f"order: the axis is {axis!r}", expected="the name of one axis")
    if not whole(take) or take < 0:
        raise KeygenError(f"order: take is {take!r}", expected="a whole number, 0 for all items")
    items = isinstance(published, list | tuple) and all(whole(item) and item > 0 for item in published)
    if not items or len(set(published)) < len(published) or (take and len(published) != take):
        count = f"{take} " if take else ""
        raise KeygenError(
            "order: published is no order", expected=f"{count}different item numbers, counted from 1",
            found=repr(published)[:80],
        )  # fmt: skip
    return Permutation(axis, tuple(published), take)


def unlike(*matrices: Iterable[Iterable[Any]]) -> bool:
    """Whether no two rows of a matrix are equal, for each of some: a draw with twins hides who got them mixed up."""
    return all(len(rows) == len(set(rows)) for rows in ([*map(tuple, matrix)] for matrix in matrices))


def whole(value: Any) -> bool:
    """Whether a value is an int, and not a truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


NUMBER = 'a whole number, or a string such as "0.5" or "-1/3"'


def fractions(data: Any) -> Data:
    """Ints and strings such as "0.5" or "-1/3" to Fractions, through lists; a float is refused."""
    if isinstance(data, list | tuple):
        return [fractions(item) for item in data]
    if isinstance(data, float):
        exact = isfinite(data)
        raise KeygenError(
            f"the number {data} would not be exact", expected='a string such as "0.5"',
            repair=f'write "{data}"' if exact else None,
        )  # fmt: skip
    if isinstance(data, bool) or not isinstance(data, int | str | Fraction):
        raise KeygenError(f"{repr(data)[:80]} is not a number", expected=NUMBER)
    try:
        return rational(data)
    except TooLong as error:
        raise KeygenError(str(error), expected=f"at most {DIGITS} digits") from error
    except ValueError as error:
        raise KeygenError(f"{data!r} is not a number", expected=NUMBER) from error


def sizes(axes: Mapping[str, int | Choice], rng_of: Any) -> dict[str, int]:
    """The length of every axis in this variant; `rng_of(name)` is the axis's stream, None for the published variant."""
    return {
        name: size if isinstance(size, int) else size.published if rng_of is None else size.draw(rng_of(name), ())
        for name, size in axes.items()
    }
