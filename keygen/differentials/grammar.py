"""Problems from the forms of `forms`: the published one, or one drawn with a seed.

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
from keygen.differentials.forms import EXERCISES, Part
from keygen.differentials.parse import Parsed, parse
from keygen.differentials.points import draw, draw_sizes, letters_of, why_undefined
from keygen.differentials.shapes import Shape, Sizes, sized
from keygen.errors import KeygenError, nearest

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


def published(exercise: str, part: str) -> Problem:
    """The problem without a seed, of the first sizes that fit. Raises KeygenError for an unknown exercise or part."""
    found = part_of(exercise, part)
    return problem(found.published, found, Random(0))


def variant(exercise: str, part: str, rng: Random) -> Problem:
    """A problem of the same difficulty, drawn. Raises KeygenError for an unknown exercise or part."""
    found = part_of(exercise, part)
    return problem(rng.choice(forms(found)), found, rng)


def part_of(exercise: str, part: str) -> Part:
    """One part's forms. Raises KeygenError if there is no such exercise or part."""
    if exercise not in EXERCISES:
        raise KeygenError(f"no exercise {exercise} by differentials", repair=nearest(exercise, EXERCISES))
    parts = EXERCISES[exercise]
    if part not in parts:
        raise KeygenError(f"{exercise} has no part {part}", repair=nearest(part, parts))
    return parts[part]


def problem(text: str, part: Part, rng: Random) -> Problem:
    """A form as a problem, its sizes drawn."""
    parsed = read(text, part)
    if parsed.wrt is None:
        raise KeygenError(f"{part.wrt} does not occur in {text}")
    return Problem(parsed.expression, parsed.wrt, parsed.symbols, fitting_sizes(parsed.expression, rng))


@lru_cache(maxsize=2048)
def read(text: str, part: Part) -> Parsed:
    """A form read; the same forms come back from variant to variant."""
    return parse(text, part.shapes, part.wrt)


def fitting_sizes(f: Expression, rng: Random) -> dict[str, int]:
    """Sizes at which f has a value: an X'X that is inverted gets at least as many rows as columns."""
    letters = letters_of([f])
    for _ in range(TRIES):
        sizes = draw_sizes(letters, rng)
        if not why_undefined([f], draw([f], [], sizes, np.random.default_rng(rng.getrandbits(32)))):
            return sizes
    raise KeygenError(f"no sizes were found at which {f} has a value", repair="mend the form")


@lru_cache(maxsize=256)
def forms(part: Part) -> tuple[str, ...]:
    """Every form that a part's patterns give, the published one left out."""
    found = dict.fromkeys(form for pattern in part.patterns for form in expanded(pattern))
    return tuple(form for form in found if form != part.published)


def expanded(pattern: str) -> Iterator[str]:
    """ "{p|q} A~" -> every choice of p or q, then of A or A.T."""
    for choice in product(*(p[1:-1].split("|") if CHOICE.match(p) else [p] for p in CHOICE.split(pattern))):
        pieces = TURNED.split("".join(choice))
        for turned in product(*([p[:-1], p[:-1] + ".T"] if TURNED.match(p) else [p] for p in pieces)):
            yield "".join(turned)
