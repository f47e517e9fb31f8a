"""How many figures the numbers of a line show, so that whoever types them into a calculator finds what the line says.

A difference of near numbers loses figures: 1 - 0.9640^2 is not 0.07065. Where the digits of a side of numbers give
something that is more than one unit of the last place away from the rounded number at the end of the line, the number
whose rounding costs the most shows one figure more, wherever it stands on that side, until they do not. A side that
loses figures, or shows one more anyway, shows one or two more, if its digits then round to the very number at the end.
That number keeps the figures of the policy, and every figure that is added is proven as any other. Behind rounded
numbers it is written as a rounded number itself, zeros included, even where it is exact. A side that no figures mend
says nothing to a calculator: the line goes without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, lru_cache
from math import floor, inf, isfinite, log10
from operator import is_
from typing import Any

import numpy as np

from keygen.engine.domains import FLOAT
from keygen.engine.polynomial import Polynomial
from keygen.engine.real import Real, as_rounded
from keygen.engine.surd import Surd
from keygen.mathematics.cancellation import loses_figures
from keygen.mathematics.comparison import entries, on_trial, real
from keygen.mathematics.eval_scope import ATTRIBUTES, evaluate_line
from keygen.mathematics.fast_check import FastCheck, Pattern
from keygen.mathematics.number_cache import Numeral
from keygen.mathematics.number_format import Policy, separator_free
from keygen.mathematics.skeleton import ByIdentity, Leaf, TermSkeleton
from keygen.mathematics.terms import Apply, Chain, Literal, Marked, Term

MOST = 12  # figures that a number may show more than the policy says
FURTHER = 2  # figures beyond those, for the very number at the end
UNIT, SAME = 1 + 1e-9, 0.5 - 1e-9
"""Of how many units of the last place a side may be off, and where it rounds to the number at the end: the noise of
doubles decides nothing."""
CHAINS = 1024  # that are kept
ROUNDED = (Fraction, Real, Surd)  # numbers that rounded ones may lead to


class LineDigits:
    """The lines of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.glance = FastCheck({}, policy)
        self.chains: ByIdentity[Chain] = ByIdentity(self.made, CHAINS)

    def made(self, chain: Chain) -> Chain:
        """A chain with the figures that it takes; the chain itself where those of the policy do."""
        chain = self.rounded_at_end(chain)
        *links, end = chain.links
        if not isinstance(end, Literal) or isinstance(end.value, Polynomial) or on_trial(end.value):
            return chain
        lost: set[int] = set()
        for place in reversed(range(len(links))):
            if chain.relation(place + 1) != "=":
                lost.clear()
                break
            if isinstance(link := links[place], Apply | Marked):
                side = self.side(link, end)
                if side is not None:
                    links[place] = side
                elif place:
                    lost.add(place)
        mended = chain if all(map(is_, links, chain.links)) else replace(chain, links=(*links, end))
        return mended.keeping(place for place in range(len(links) + 1) if place not in lost) if lost else mended

    def rounded_at_end(self, chain: Chain) -> Chain:
        """A chain without an exact form of a number that rounded numbers lead to: 0.3333 + 0.6667 is about 1.000."""
        if len(chain.links) < 3 or chain.relations:
            return chain
        place = next((k for k, link in enumerate(chain.links) if isinstance(link, Literal)), 0)
        if place < 2 or not self.drops_digits(chain.links[place - 1]):
            return chain
        values = [end.value for end in chain.links[place:] if isinstance(end, Literal)]
        if len(values) < len(chain.links) - place or not all(isinstance(x, ROUNDED) for x in values):
            return chain
        last = values[-1].as_real() if isinstance(values[-1], Surd) else values[-1]
        shown = as_rounded(last) if self.exact(last) else last
        return chain if shown is values[0] else replace(chain, links=(*chain.links[:place], Literal(shown)))

    def drops_digits(self, link: Term) -> bool:
        """Whether a side has a rounded number."""
        if not isinstance(link, Apply | Marked):
            return False
        return not all(leaf.exact for leaf in self.glance.term_skeletons.of(link).leaves)

    def exact(self, value: Any) -> bool:
        """Whether no digit of a number is dropped."""
        return self.glance.term_skeletons.leaf(value, single=False).exact

    def side(self, link: Apply | Marked, end: Literal) -> Term | None:
        """A side with the figures that it takes to give the line's end; None where no figures will do."""
        outline = self.glance.term_skeletons.of(link)
        if all(leaf.exact for leaf in outline.leaves):
            return link
        if any(isinstance(leaf.value, Polynomial) for leaf in outline.leaves):
            return link
        pattern = self.glance.pattern_of(link, outline)
        if pattern.line.nested or not ATTRIBUTES.issuperset(pattern.variables):
            return link
        shown = Shown(self.glance.term_skeletons.leaf_of(end, single=False), self.policy.significant)
        figures = NumberSide(self, pattern, outline, shown).figures(link)
        if figures is None:
            return None
        return self.glance.term_skeletons.finer(link, iter(figures)) if any(figures) else link


class Shown:
    """The number at the end of a line, or its numbers: what they say, and what the last place of each is worth."""

    def __init__(self, leaf: Leaf, significant: int) -> None:
        self.numbers = [(number.digits.nearest, unit(number, significant)) for number in leaf.numbers]

    def off(self, value: Any) -> float:
        """How many units of its last place the number is off that is farthest from a value."""
        found: list[float] = entries(value)
        if len(found) != len(self.numbers) or not all(map(isfinite, found)):
            return inf
        return max([abs(x - said) / unit for x, (said, unit) in zip(found, self.numbers, strict=True)])


class NumberSide:
    """A side of numbers and the line's end."""

    def __init__(self, of: LineDigits, pattern: Pattern, outline: TermSkeleton, shown: Shown) -> None:
        self.of, self.pattern, self.shown, self.leaves = of, pattern, shown, outline.leaves

    @cached_property
    def groups(self) -> list[int]:
        """Which literals look the same, for they have the same numbers: the group of each, counted from 0."""
        first: dict[frozenset[float], int] = {}
        numbers = [frozenset(number.number for number in leaf.numbers) for leaf in self.leaves]
        return [first.setdefault(group, len(first)) for group in numbers]

    def figures(self, side: Term) -> Sequence[int] | None:
        """How many figures more each literal of the side shows, from left to right; None where no figures will do. A
        side that loses figures, or shows more at all, shows as many as give the end's last digit."""
        if self.distance(self.leaves) <= SAME:
            return [0] * len(self.leaves)
        found = self.raised_until([0] * (max(self.groups) + 1), UNIT, MOST)
        if found is not None and (any(found) or loses_figures(side)):
            found = self.raised_until(found, SAME, max(found) + FURTHER) or found
        return None if found is None else [found[group] for group in self.groups]

    def raised_until(self, start: Sequence[int], within: float, most: int) -> list[int] | None:
        """So many figures more, group by group, that a calculator finds the line's end within so many units."""
        more = list(start)
        while self.off(more) > within:
            rounded = {group for group, leaf in zip(self.groups, self.raised(more), strict=True) if not leaf.exact}
            if not rounded or max(more) == most:
                return None
            more[min(sorted(rounded), key=lambda group: self.off(more, freed=group))] += 1
        for group in range(len(more)):  # what a later figure has made needless
            while more[group] and self.off([*more[:group], more[group] - 1, *more[group + 1 :]]) <= within:
                more[group] -= 1
        return more

    def raised(self, more: Sequence[int]) -> list[Leaf]:
        """The literals with so many figures more."""
        skeletons = self.of.glance.term_skeletons
        return [
            skeletons.leaf_of(Literal(leaf.value, more[group]), single=leaf.single) if more[group] else leaf
            for leaf, group in zip(self.leaves, self.groups, strict=True)
        ]

    def off(self, more: Sequence[int], freed: int | None = None) -> float:
        """How far the side is from the line's end by the digits of its literals, so many figures more of each group;
        those of one group may be freed from them and have their own value."""
        return self.distance(self.raised(more), freed)

    def distance(self, leaves: Sequence[Leaf], freed: int | None = None) -> float:
        """How far the side is from the line's end with these literals in their places."""
        values = dict(self.pattern.fixed)
        for name, place, number in self.pattern.numbers:
            said = freed is None or self.groups[place] != freed
            values[name] = magnitude(leaves[place], number, said=said)
        try:
            with np.errstate(all="raise", under="ignore"):
                return self.shown.off(real(evaluate_line(self.pattern.line, values, FLOAT.name)))
        except (ArithmeticError, ValueError):  # ln(1 - 1.000)
            return inf


def magnitude(leaf: Leaf, place: int, *, said: bool) -> Any:
    """A number of a literal without its sign, which the line has; a whole array with its signs, if it has many."""
    if place >= 0:
        number = leaf.numbers[place]
        return abs(number.digits.nearest if said else number.number)
    values = leaf.said if said else leaf.floats
    return abs(values) if len(leaf.numbers) == 1 else values


def unit(number: Numeral, significant: int) -> float:
    """What the last place of a number is worth; one that is shorter than a rounded number has zeros behind it."""
    shown = number.digits
    magnitude = abs(shown.nearest)
    figure = 10.0 ** (floor(log10(magnitude)) - significant + 1) if magnitude else 10.0**-significant
    if "/" in shown.text or shown.root != 1 or not magnitude:
        return figure
    return min(figure, 10.0 ** (shown.exponent - len(shown.text.partition(".")[2])))


@lru_cache(maxsize=64)
def lines_of(policy: Policy) -> LineDigits:
    """The lines of a policy so far."""
    return LineDigits(policy)


def sharpened(chain: Chain, policy: Policy) -> Chain:
    """The chain with the figures that its numbers take under a policy: as every medium shows it."""
    return sharpening(policy)(chain)


def sharpening(policy: Policy) -> Callable[[Chain], Chain]:
    """What gives chains the figures that their numbers take under a policy."""
    return lines_of(separator_free(policy)).chains
