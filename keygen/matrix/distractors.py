"""Wrong formulas to choose among with a right one: what a mistake in the derivation leads to, or one in the formula.

Each has the shape of the right one, and at random points another value than it and than each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import NamedTuple

from keygen.errors import KeygenError
from keygen.matrix.algebra import transpose
from keygen.matrix.derive import Derivation, gradient_of
from keygen.matrix.evaluate import evaluate
from keygen.matrix.exercises import RATE, Result, Worked
from keygen.matrix.expression import Expression, Zero
from keygen.matrix.mistakes import attempt, wrong_derivations, wrong_formulas
from keygen.matrix.optimum import gradient_step
from keygen.matrix.printing import plain_text
from keygen.matrix.verify import close, moving_in, points

MOST = 3
FEWEST = 2
"""Distractors without which nothing is to be chosen among."""
LONGER, ROOM = 1.4, 8
"""How much longer than the right formula a distractor may be: so many times, and so many characters."""


class Distractor(NamedTuple):
    """A wrong result, and the name of the mistake that leads to it."""

    result: Result
    mistake: str


def distractors(result: Result, worked: Worked | None, random: Random) -> tuple[Distractor, ...]:
    """Wrong results beside a right one, in the order of the stream; none where there would be fewer than two. `worked`
    is the problem that it is the result of, where there is one whose derivation may go wrong."""
    right = result.value
    derived, other = wrong_values(result, worked), others(right)
    at_rules = random.sample(tuple(derived), len(derived))
    names = {**other, **derived}
    chosen: list[Expression] = []
    known = [right, *((transpose(right),) if result.kind == "jacobian" else ())]  # its transpose is another convention
    for candidates in (at_rules, random.sample(tuple(other), len(other))):
        for one in candidates:
            if len(chosen) < MOST and fits(one, right) and all(differ(one, before) for before in (*known, *chosen)):
                chosen.append(one)
    found = (Distractor(replace(result, value=one), names[one]) for one in chosen)
    return tuple(found) if len(chosen) >= FEWEST else ()


def wrong_values(result: Result, worked: Worked | None) -> Mapping[Expression, str]:
    """What wrong derivations lead to instead of a result, each with the first mistake that does."""
    if worked is None or result.kind in ("optimum", "function"):
        return {}
    f = worked.value("gradient") if result.kind == "hessian" else worked.problem.f
    read = ((read_of(one, result), name) for name, one in wrong_derivations(f, worked.wrt))
    return first_named((one, name) for one, name in read if one is not None)


def first_named(found: Iterable[tuple[Expression, str]]) -> Mapping[Expression, str]:
    """Formulas in their order, each with the first name that it comes with."""
    names: dict[Expression, str] = {}
    for one, name in found:
        names.setdefault(one, name)
    return names


def read_of(found: Derivation, result: Result) -> Expression | None:
    """What a derivation says of a kind; None where it says nothing."""
    match result.kind:
        case "differential":
            return found.differential
        case "step":
            still = found.gradient is None or isinstance(found.gradient, Zero)
            return None if still else gradient_step(gradient_of(found), result.wrt, RATE)
        case "gradient" if found.gradient is not None:
            return found.gradient
    return found.jacobian


@lru_cache(maxsize=256)
def others(right: Expression) -> Mapping[Expression, str]:
    """The right formula with a mistake in it, each once, and the mistake."""
    return first_named((one, name) for name, one in wrong_formulas(right))


def fits(one: Expression, right: Expression) -> bool:
    """Whether a formula might be taken for the right one: its shape is the same, a differential stands where there is
    one, and it is not much longer."""
    if one.shape != right.shape or one.moving != right.moving or isinstance(one, Zero):
        return False
    text = attempt(plain_text, one)
    return text is not None and len(text) <= LONGER * len(plain_text(right)) + ROOM


@lru_cache(maxsize=4096)
def differ(one: Expression, other: Expression) -> bool:
    """Whether two formulas have other values at every one of some random points where both have values; False where
    there is no such point."""
    try:
        at = points([one, other], moving_in([one, other]))
        return all(not close(evaluate(one, point), evaluate(other, point)) for point in at)
    except KeygenError:
        return False
