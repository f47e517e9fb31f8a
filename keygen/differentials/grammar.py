"""Problems drawn from formulas and patterns: in a pattern `A~` is A or A.T, and `{p|q}` is p or q.

A drawn problem has sizes for its dimensions, all different, at which its formula has a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from random import Random

import numpy as np

from keygen.differentials.expression import Expression, Symbol
from keygen.differentials.parse import Parsed, parse
from keygen.differentials.points import draw, draw_sizes, letters_of, why_undefined
from keygen.differentials.shapes import Shape, Sizes, sized
from keygen.errors import KeygenError

CHOICE = re.compile(r"(\{[^{}]*\})")
TURNED = re.compile(r"(\w+~)")
TRIES = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """A formula, the variable, all its symbols by name, and a number for each dimension that is a letter."""

    f: Expression
    wrt: Symbol
    symbols: Mapping[str, Symbol]
    sizes: Sizes

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shape of every symbol, in numbers."""
        return {
            name: (sized(symbol.rows, self.sizes), sized(symbol.columns, self.sizes))
            for name, symbol in sorted(self.symbols.items())
        }


@dataclass(frozen=True, slots=True)
class Form:
    """A distribution of formulas that ask for the same.

    wrt       the variable
    first     the published formula
    patterns  those of the variants
    shapes    what a formula does not say about its shapes by itself, e.g. "X:n,k lam:1,1,positive"
    tall      whether a sample has more observations, n, than unknowns, k
    """

    wrt: str
    first: str
    patterns: tuple[str, ...]
    shapes: str = ""
    tall: bool = False

    @property
    def published(self) -> Problem:
        """The problem without a seed, of the first sizes that fit."""
        return self.problem(self.first, Random(0))

    @property
    def others(self) -> tuple[str, ...]:
        """Every formula that the patterns give, the published one left out."""
        return tuple(form for form in every(self.patterns) if form != self.first)

    def draw(self, rng: Random, shape: tuple[int, ...] = ()) -> Problem:
        """A problem of the same difficulty; the published one where no pattern gives another."""
        return self.problem(rng.choice(self.others or (self.first,)), rng)

    def problem(self, text: str, rng: Random) -> Problem:
        """A formula as a problem, its sizes drawn. Raises KeygenError for one that cannot be read, does not hold the
        variable, or has a value at no sizes."""
        parsed = read(text, self.shapes, self.wrt)
        if parsed.wrt is None:
            raise KeygenError(f"{self.wrt} does not occur in {text}")
        sizes = fitting_sizes(parsed.expression, rng)
        if self.tall and sizes["n"] < sizes["k"]:
            sizes = {**sizes, "n": sizes["k"], "k": sizes["n"]}
        return Problem(parsed.expression, parsed.wrt, parsed.symbols, sizes)


@lru_cache(maxsize=2048)
def read(text: str, shapes: str, wrt: str) -> Parsed:
    """A formula read; the same ones come back from variant to variant."""
    return parse(text, shapes, wrt)


def fitting_sizes(f: Expression, rng: Random) -> dict[str, int]:
    """Sizes at which f has a value: an X'X that is inverted gets at least as many rows as columns."""
    letters = letters_of([f])
    for _ in range(TRIES):
        sizes = draw_sizes(letters, rng)
        if not why_undefined([f], draw([f], [], sizes, np.random.default_rng(rng.getrandbits(32)))):
            return sizes
    raise KeygenError(f"no sizes were found at which {f} has a value", repair="mend the formula")


@lru_cache(maxsize=256)
def every(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The formulas that some patterns give, none twice."""
    return tuple(dict.fromkeys(form for pattern in patterns for form in expanded(pattern)))


def expanded(pattern: str) -> Iterator[str]:
    """ "{p|q} A~" -> every choice of p or q, then of A or A.T."""
    for choice in product(*(p[1:-1].split("|") if CHOICE.match(p) else [p] for p in CHOICE.split(pattern))):
        pieces = TURNED.split("".join(choice))
        for turned in product(*([p[:-1], p[:-1] + ".T"] if TURNED.match(p) else [p] for p in pieces)):
            yield "".join(turned)
