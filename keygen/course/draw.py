"""How an exercise's data vary: seeded distributions, each with the value that is published when no seed is given.

A distribution is data; `draw` turns it into a value with a random stream of its own, so that adding a parameter changes
no other's numbers. Numbers are Fractions, vectors lists, matrices lists of rows.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from keygen.engine.ops import Shape
from keygen.errors import KeygenError, nearest

Data = Any  # Fraction, or nested lists of them; for choices whatever the author wrote


def stream(*names: object) -> random.Random:
    """A random stream named by its parts; equal names give equal numbers on every machine."""
    key = "\x1f".join(map(str, names))
    return random.Random(int.from_bytes(hashlib.sha256(key.encode()).digest()))


@dataclass(frozen=True)
class Grid:
    """Independent entries, each a multiple of `step` from `low` to `high` (zero left out if `nonzero`).

    An `increasing` list has distinct entries in their order instead.
    """

    axes: str
    low: Fraction
    high: Fraction
    step: Fraction
    published: Data
    nonzero: bool = False
    increasing: bool = False

    @cached_property
    def values(self) -> tuple[Fraction, ...]:
        """The numbers that an entry may be, and zero."""
        return tuple(self.low + self.step * place for place in range(int((self.high - self.low) / self.step) + 1))

    def entry(self, rng: random.Random) -> Fraction:
        """One number."""
        while True:
            x = rng.choice(self.values)
            if x or not self.nonzero:
                return x

    def draw(self, rng: random.Random, shape: Shape) -> Data:
        """A number, a list, or a list of rows."""
        if not shape:
            return self.entry(rng)
        if self.increasing:
            return sorted(rng.sample(self.values, shape[0]))
        return [self.draw(rng, shape[1:]) for _ in range(shape[0])]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several options, known before the trace is: it may change the structure of the computation."""

    options: tuple[Any, ...]
    published: Any

    def draw(self, rng: random.Random, shape: Shape) -> Any:
        """One option, all equally likely."""
        return rng.choice(self.options)


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the items 1..n along an axis: the first `take` of a random permutation (all of them if 0)."""

    axis: str
    published: tuple[int, ...]
    take: int = 0

    def draw(self, rng: random.Random, shape: Shape) -> tuple[int, ...]:
        """Item numbers, counted from 1."""
        return tuple(rng.sample(range(1, shape[0] + 1), self.take or shape[0]))


Distribution = Grid | Choice | Order


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


class Refused(Exception):
    """A draw does not meet a condition: the `reason`. Others may."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def integers(
    axes: str, low: int, high: int, *, published: Data, nonzero: bool = False, increasing: bool = False
) -> Grid:
    """Whole numbers from `low` to `high`, in the shape that `axes` names ("" a number, "input hidden" a matrix)."""
    return Grid(axes, Fraction(low), Fraction(high), Fraction(1), fractions(published), nonzero, increasing)


def decimals(axes: str, low: str, high: str, step: str, *, published: Data, nonzero: bool = False) -> Grid:
    """Decimals from `low` to `high` in steps of `step`, all written as strings so that they stay exact."""
    return Grid(axes, Fraction(low), Fraction(high), Fraction(step), fractions(published), nonzero)


def choice(*options: Any, published: Any) -> Choice:
    """One of `options`."""
    return Choice(options, published)


def order(axis: str, *, published: tuple[int, ...], take: int = 0) -> Order:
    """A random order of the items along an axis."""
    return Order(axis, published, take)


def fractions(data: Any) -> Data:
    """Ints and strings such as "0.5" or "-1/3" to Fractions, through lists; a float is refused."""
    if isinstance(data, list | tuple):
        return [fractions(item) for item in data]
    if isinstance(data, float):
        raise KeygenError(
            f"the number {data} would not be exact", expected='a string such as "0.5"', repair=f'write "{data}"'
        )
    return Fraction(data)


def sizes(axes: Mapping[str, int | Choice], rng_of: Any) -> dict[str, int]:
    """The length of every axis in this variant; `rng_of(name)` is the axis's stream, None for the published variant."""
    return {
        name: size if isinstance(size, int) else size.published if rng_of is None else size.draw(rng_of(name), ())
        for name, size in axes.items()
    }


def shape_of(axes: str, lengths: Mapping[str, int]) -> Shape:
    """The shape that axis names spell; digits stand for themselves."""
    for axis in axes.split():
        if not axis.isdigit() and axis not in lengths:
            raise KeygenError(f"unknown axis {axis!r}", repair=nearest(axis, lengths))
    return tuple(int(axis) if axis.isdigit() else lengths[axis] for axis in axes.split())
