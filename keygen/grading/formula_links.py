"""Which formulas of an exercise follow from which, found by the key's own: a rule is a link where it leads from the
formulas of the key to a formula of the key at every random point, and where both are of one function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import permutations

import numpy as np

from keygen.grading.formula_rules import RULES, FormulaPoint, FormulaRule, Sources, Valued
from keygen.grading.formulas import Array, KeyFormula, Letters, Point, array_at, key_formula, names_in
from keygen.grading.grammar import Formula
from keygen.grading.typed_text import UnreadableError


@dataclass(frozen=True)
class AskedFormula:
    """A formula that is asked for: its column, the key's text, the letters, the function it is of, and by what."""

    column: str
    key: str
    letters: Letters
    function: str
    wrt: str

    @property
    def wanted(self) -> KeyFormula:
        """The key's formula at random points."""
        return key_formula(self.key, self.letters)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of its values."""
        return tuple(np.shape(self.wanted.values[0][1]))

    def valued(self, formula: Formula) -> Valued:
        """A formula in the place of this one."""
        return valued(formula, self.wanted.values[0][1])


@dataclass(frozen=True)
class FormulaLink:
    """A formula, by its place among those asked, with the places of those that it follows from, and how."""

    target: int
    sources: tuple[int, ...]
    rule: FormulaRule

    def points(self, asked: Sequence[AskedFormula]) -> Iterator[FormulaPoint]:
        """Where the formula is compared."""
        wanted, last = asked[self.target].wanted, asked[self.sources[-1]]
        own = names_in(wanted.formula)
        others = {name for place in self.sources for name in names_in(asked[place].wanted.formula)}
        shape = last.letters.shapes.get(last.wrt)
        for at, right in wanted.values:
            if last.wrt in at:
                free = (name for name in sorted(others - own - {last.wrt}) if last.letters.shapes.get(name) == shape)
                yield FormulaPoint(at, last.wrt, right, tuple(name for name in free if name in at))


def follows(link: FormulaLink, sources: Sequence[Formula], asked: Sequence[AskedFormula], typed: Formula) -> bool:
    """Whether a formula follows by a link from others."""
    points = list(link.points(asked))
    known = [asked[place].valued(one) for one, place in zip(sources, link.sources, strict=True)]
    values = (valued(typed, there.right)(there.at) for there in points)
    return all(holds(link.rule, known, there, value) for there, value in zip(points, values, strict=True))


@lru_cache(maxsize=128)
def links(asked: tuple[AskedFormula, ...]) -> Mapping[int, tuple[FormulaLink, ...]]:
    """The links to each formula, by its place."""
    keys = [valued(one.wanted.formula, one.wanted.values[0][1]) if one.wanted.values else None for one in asked]
    found: dict[int, tuple[FormulaLink, ...]] = {}
    for target, one in enumerate(asked):
        others = [
            place for place, other in enumerate(asked)
            if place != target and one.function and other.function == one.function
        ]  # fmt: skip
        each = (
            FormulaLink(target, places, rule) for rule in RULES for places in permutations(others, rule.takes)
            if RULES.index(rule) or places[0] < target  # what is asked again stands behind
        )  # fmt: skip
        found[target] = tuple(link for link in each if leads(link, asked, keys))
    return found


def leads(link: FormulaLink, asked: Sequence[AskedFormula], keys: Sequence[Valued | None]) -> bool:
    """Whether a rule leads from the key to the key, and not by chance: with something done at each point."""
    sources = [keys[place] for place in link.sources]
    if None in sources:
        return False
    known = [one for one in sources if one is not None]
    there = list(link.points(asked))
    return bool(there) and all(
        holds(link.rule, known, point, point.right) and not link.rule.empty(known, point) for point in there
    )


def holds(rule: FormulaRule, sources: Sources, there: FormulaPoint, value: Array) -> bool:
    """Whether a value follows; False where a formula has no value, or shapes do not fit."""
    try:
        with np.errstate(all="ignore"):
            return rule.holds(sources, there, value)
    except (UnreadableError, ValueError, ArithmeticError, np.linalg.LinAlgError):
        return False


def valued(formula: Formula, like: Array) -> Valued:
    """A formula as what has a value at a point, of the shape that it should have."""
    return partial(value_at, formula, like)


def value_at(formula: Formula, like: Array, at: Point) -> Array:
    """The value of a formula at a point. Raises UnreadableError where it has none, ValueError where that has
    another shape."""
    found = array_at(formula, at, like)
    if found is None:
        raise ValueError("another shape")
    return found
