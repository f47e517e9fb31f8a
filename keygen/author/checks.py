"""A result found a second time: the computation is carried out again on other data, without any rule of
differentiation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np

from keygen.calculus.claims import Condition, relation
from keygen.calculus.parser import parse
from keygen.engine.domains import EXACT
from keygen.engine.evaluate import Program
from keygen.engine.lazy import LazyValues, lazy_values
from keygen.errors import KeygenError
from keygen.mathematics.names import name_tex
from keygen.mathematics.terms import Apply, Chain, Literal, Name, Term
from keygen.variants.solved import Solved
from keygen.variants.trial import named_functions, probes

STEP = Fraction(1, 1000)
LETTERS = "h", "varepsilon", "tau", "delta"  # delta last: it is the derivative by the argument of a unit
"""What the step is called: the first that the exercise does not call anything of its own."""
LETTER = re.compile(r"\\?[A-Za-z]+")
NEAR = Fraction(1, 50)  # how far apart a slope and its quotient may be, relative to the slope or to 1


def again(s: Solved, choices: Mapping[str, Any] = MappingProxyType({}), **data: Any) -> Mapping[str, Any]:
    """The exact values of the same computation for other data, or in another structure; a function that it only names
    has the meaning at which formulas are tried."""
    variant = s.variant
    trace = s.exercise.trace(variant.lengths, {**variant.choices, **choices})
    found = {**variant.data, **data}
    if named_functions(trace):
        return LazyValues(trace.memo("probed", lambda: Program(trace, EXACT, probes(trace))), found)
    return lazy_values(trace, found, EXACT)


def step_name(s: Solved) -> Name:
    """The letter of the step: h, or another where h is a value of the exercise."""
    taken = {LETTER.match(name_tex(name, s.signs)) for name in s.trace.named}
    letters = {found[0] for found in taken if found}
    return Name(next(letter for letter in LETTERS if name_tex(letter, {}) not in letters))


def central_quotient(s: Solved, of: str, by: str, slope: Any, *place: int, letter: str = "L") -> Chain:
    """(L_+ - L_-) / (2 h), with the letter of `step_name` for h: how much `of` changes when one
    entry of the data `by` is a step larger and a step smaller.

    Raises KeygenError if that is not near the `slope` which was found.
    """
    plus, minus = (again(s, **{by: moved(s.values[by], place, h)})[of] for h in (STEP, -STEP))
    return quotient(plus, minus, slope, letter, step_name(s))


def quotient(plus: Any, minus: Any, slope: Any, letter: str, step: Name) -> Chain:
    """The quotient of two values, a step on either side of where the slope is taken. Raises KeygenError likewise."""
    value = (plus - minus) / (2 * STEP)
    if not abs(float(value) - float(slope)) <= NEAR * max(1, abs(float(slope))):
        raise KeygenError("a slope is not near its quotient", expected=str(float(value)), found=str(float(slope)))
    formula = parse(f"({letter}_plus - {letter}_minus) / (2*{step.name})")
    return Chain((formula, Literal(value)), at={f"{letter}_plus": plus, f"{letter}_minus": minus, step.name: STEP})


def moved(data: Any, place: tuple[int, ...], by: Fraction) -> Any:
    """Data with one entry, or a number, so much larger."""
    if not isinstance(data, np.ndarray) or not place:
        return data + by
    other = data.copy()
    other[place] += by
    return other


def step_length(step: Name) -> Chain:
    """h = 0.001"""
    return Chain((step, Literal(STEP)), at={step.name: STEP})


def after_step(s: Solved, old: str, new: Any) -> tuple[Chain, Mapping[str, Condition]]:
    """A loss after a step, beside what it was where it has fallen; and whether it has, whether it has grown."""
    name = Name("L_new")
    falls, grows = (s.whether(relation(name, sign, s.name(old), L_new=new)) for sign in "<>")
    if not falls:
        return Chain((name, Literal(new)), at={name.name: new}), {"falls": falls, "grows": grows}
    line = Chain((name, Literal(new), Literal(s.values[old])), relations=("=", "<"), at={name.name: new})
    return line, {"falls": falls, "grows": grows}


def entry_check(
    s: Solved, of: str, by: str, gradient: str, *place: int, letter: str = "L"
) -> Mapping[str, Chain | Term]:
    """One entry of a gradient found again, for the words of `check.tex`: the entry of the data, the step, what `of` is
    called on either side, their quotient, and the gradient's own entry.

    An entry that is 0 confirms little: from `place` on, the first that is not is taken, where there is one.
    """
    place = telling(s.values[gradient], place)
    found, entry = (Apply("pick", (s.name(name),), place) if place else s.name(name) for name in (gradient, by))
    slope = s.values[gradient][place] if place else s.values[gradient]
    return {
        "entry": entry,
        "h": step_length(step_name(s)),
        "raised": Name(f"{letter}_plus"),
        "lowered": Name(f"{letter}_minus"),
        "quotient": central_quotient(s, of, by, slope, *place, letter=letter),
        "found": Chain((found, Literal(slope))),
    }


def telling(gradient: Any, place: tuple[int, ...]) -> tuple[int, ...]:
    """The place itself, or the first after it, in the order of reading and round to the beginning, whose entry is not
    0; the place itself where all are."""
    if not place:
        return place
    places = list(np.ndindex(gradient.shape))
    start = places.index(place)
    return next((one for one in (*places[start:], *places[:start]) if float(gradient[one])), place)
