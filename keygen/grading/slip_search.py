"""Which known slip a wrong answer comes from: one is looked for, then two in one segment, in float64."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from keygen.engine.mistaken import Mistaken
from keygen.engine.trace import Trace
from keygen.errors import KeygenError
from keygen.grading.replays import NO_VALUE, SHORT, QuickReplay, Workings

PAIRS = 1200
"""Pairs of slips that are tried for one answer at most."""
SMALL = 10
"""Whole numbers up to which a lone one is easily hit by chance."""
Outcome = Callable[[QuickReplay], Any]
"""The entries of an answer, in a row, in a replay."""


@dataclass(frozen=True, slots=True)
class FoundSlip:
    """What a wrong answer may come from.

    ways     the slips, or pairs of them, that lead to it: nobody can tell them apart by this answer
    perhaps  whether it may be chance: a hit on one small whole number
    homes    the named value that each step without a name is made for
    """

    ways: tuple[tuple[Mistaken, ...], ...]
    perhaps: bool = False
    homes: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """The ways by the names of their slips; nothing where it may be chance."""
        named = (tuple(one.name for one in way) for way in self.ways)
        return () if self.perhaps else tuple(dict.fromkeys(named))

    def __str__(self) -> str:
        ways = list(dict.fromkeys(" and ".join(told(one, self.homes) for one in way) for way in self.ways))
        text = ways[0] if len(ways) == 1 else "one of these: " + ", ".join(ways)
        return f"perhaps {text}" if self.perhaps else text


def told(made: Mistaken, homes: Mapping[str, str]) -> str:
    """A slip by its name and where it is made."""
    places = [name for name in made.at if not name.startswith("_")]
    places = places or [f"before {homes[name]}" if name in homes else name for name in made.at]
    return f"{made.name} ({', '.join(place.strip('_') for place in dict.fromkeys(places))})"


def homes_of(trace: Trace) -> Mapping[str, str]:
    """Of each step without a name the first named value that is made of it."""
    homes: dict[str, str] = {}
    for step in reversed(trace.steps):
        name = step.target.name
        home = homes.get(name, name) if name.startswith("_") else name
        homes |= {source: home for source in step.inputs if source.startswith("_")}
    return homes


def habit(made: Mistaken, trace: Trace) -> tuple[str, str]:
    """What a slip is wherever it is made: its name and the law of its step."""
    return made.name, trace.defining[made.at[0]].law


class SlipSearch:
    """The slips of one segment: between given values and an answer's variables."""

    def __init__(self, workings: Workings, targets: frozenset[str], given: Mapping[str, Any], outcome: Outcome) -> None:
        self.workings, self.given, self.outcome = workings, given, outcome
        self.mistakes = workings.mistakes(targets, given)
        self.tried: list[Any] | None = None
        self.base = workings.quick(given)

    def result(self, *made: Mistaken) -> Any:
        """What an answer becomes by some slips; None where it has no value."""
        steps = {target: step for one in made for target, step in one.steps.items()}
        try:
            with np.errstate(all="ignore"):
                found = self.outcome(self.base.otherwise(steps=steps))
        except (*NO_VALUE, KeygenError):
            return None
        return found if np.all(np.isfinite(found)) else None

    @property
    def results(self) -> list[Any]:
        """What an answer becomes by each slip, None where it has no value."""
        if self.tried is None:
            self.tried = [self.result(made) for made in self.mistakes]
        return self.tried

    def __iter__(self) -> Iterator[Any]:
        return (found for found in self.results if found is not None)

    def behind(self, typed: Any, off: Any, base: Any) -> FoundSlip | None:
        """The slip behind typed numbers, each of which may be `off`; None where none leads there, or all are as the
        `base` that would be right."""

        def hit(found: Any) -> bool:
            return found is not None and bool(np.all(np.abs(found - typed) <= off)) and bool(moved(found, base))

        lucky = chance(typed)
        ways = tuple((made,) for made, found in zip(self.mistakes, self.results, strict=True) if hit(found))
        if ways:
            return FoundSlip(ways, lucky, homes_of(self.workings.trace))
        pairs = [pair for pair in combinations(self.mistakes, 2) if set(pair[0].at).isdisjoint(pair[1].at)]
        if lucky or len(pairs) > PAIRS:
            return None
        two = tuple(pair for pair in pairs if hit(self.result(*pair)))
        return FoundSlip(two, len(typed) == 1 and len(two) > 1, homes_of(self.workings.trace)) if two else None


def chance(typed: Any) -> bool:
    """Whether numbers that were typed are easily hit by chance: a lone small whole one is."""
    return len(typed) == 1 and float(typed[0]).is_integer() and abs(typed[0]) <= SMALL


def moved(found: Any, base: Any) -> bool:
    """Whether a slip leads elsewhere than to what is right."""
    return bool(np.any(np.abs(found - base) > SHORT * (1 + np.abs(base))))
