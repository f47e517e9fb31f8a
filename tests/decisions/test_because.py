"""Why a choice was made: the relations that a page prints, each true, each seen in the digits that are printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from keygen.engine.domains import EXACT
from keygen.engine.evaluate import evaluate
from keygen.engine.functions import (
    absolute,
    argmax,
    at_least,
    ceil,
    clip,
    exp,
    floor,
    greater,
    matches,
    maximum,
    minimum,
    relu,
    round_,
    sign,
    sort,
    sqrt,
    step,
)
from keygen.engine.record import Recorder
from keygen.errors import KeygenError
from keygen.mathematics.choices import because
from keygen.mathematics.latex import related, tex
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import verify
from keygen.mathematics.terms import chain
from keygen.mathematics.unicode import block

REPRODUCIBLE = settings(derandomize=True, database=None, deadline=None, max_examples=60)


def told(make: Callable[[Recorder], Any], **values: Any) -> list[str]:
    """The relations behind a choice, on a terminal, each read back."""
    trace, found = solved(make, **values)
    chains = because(trace, found, "z")
    for one in chains:
        verify(one, found, Policy())
    return [block(one) for one in chains]


def solved(make: Callable[[Recorder], Any], **values: Any) -> tuple[Any, Any]:
    t = Recorder({name: np.shape(EXACT.enter(value)) for name, value in values.items()})
    t.z = make(t)
    trace = t.trace()
    return trace, evaluate(trace, values, EXACT)


CASES: dict[str, tuple[Callable[[Any], Any], dict[str, Any], list[str]]] = {
    "floor": (lambda t: floor(t.a / t.b), {"a": 7, "b": 2}, ["3 ≤ 7 / 2 = 3.5 < 4"]),
    "floor of a name": (lambda t: floor(t.a), {"a": Fraction(7, 2)}, ["3 ≤ a = 3.5 < 4"]),
    "floor below zero": (lambda t: floor(t.a), {"a": Fraction(-7, 2)}, ["−4 ≤ a = −3.5 < −3"]),
    "floor of a whole number": (lambda t: floor(t.a), {"a": 3}, ["3 ≤ a = 3 < 4"]),
    "floor of a third": (lambda t: floor(t.a), {"a": Fraction(7, 3)}, ["2 ≤ a = 7/3 < 3"]),
    "ceil": (lambda t: ceil(sqrt(t.a)), {"a": 10}, ["3 < √10 ≈ 3.162 ≤ 4"]),
    "round": (lambda t: round_(t.a), {"a": Fraction(5, 2)}, ["2.5 ≤ a = 2.5 < 3.5"]),
    "round below zero": (lambda t: round_(t.a), {"a": Fraction(-5, 2)}, ["−3.5 < a = −2.5 ≤ −2.5"]),
    "sign": (lambda t: sign(t.a - 4 * t.b), {"a": 7, "b": 2}, ["7 − 4 · 2 = −1 < 0"]),
    "step": (lambda t: step(t.a), {"a": 7}, ["a = 7 > 0"]),
    "relu": (lambda t: relu(t.a - t.b), {"a": 1, "b": 3}, ["1 − 3 = −2 < 0"]),
    "abs": (lambda t: absolute(t.x), {"x": [1, -2]}, ["x₁ = 1 > 0", "x₂ = −2 < 0"]),
    "larger": (lambda t: maximum(t.a, t.b), {"a": 2, "b": 3}, ["a = 2 < b = 3"]),
    "larger of equal ones": (lambda t: maximum(t.a, t.b), {"a": 2, "b": 2}, ["a = 2 = b = 2"]),
    "smaller": (lambda t: minimum(t.a, 1), {"a": 2}, ["a = 2 > 1"]),
    "greater": (lambda t: greater(t.a, t.b), {"a": 2, "b": 3}, ["a = 2 ≤ b = 3"]),
    "at least": (lambda t: at_least(t.a, 3), {"a": Fraction(7, 2)}, ["a = 3.5 ≥ 3"]),
    "matches": (lambda t: matches(t.x, t.y), {"x": [1, 2], "y": [1, 3]}, ["x₁ = 1 = y₁ = 1", "x₂ = 2 < y₂ = 3"]),
    "clip": (lambda t: clip(t.a, -1, 1), {"a": 4}, ["a = 4 > −1", "max(4, −1) = 4 > 1"]),
    "argmax": (lambda t: argmax(t.x), {"x": [1, 3, 2]}, ["x₂ = 3 > x₃ = 2 > x₁ = 1"]),
    "argmax of rows": (
        lambda t: argmax(t.x), {"x": [[1, 3], [5, 4]]}, ["x₁,₂ = 3 > x₁,₁ = 1", "x₂,₁ = 5 > x₂,₂ = 4"],
    ),
    "max": (lambda t: maximum(t.x), {"x": [1, 3, 3]}, ["x₃ = 3 = x₂ = 3 > x₁ = 1"]),
    "min": (lambda t: minimum(t.x), {"x": [1, 3, -2]}, ["x₃ = −2 < x₁ = 1 < x₂ = 3"]),
    "sort": (lambda t: sort(2 * t.x), {"x": [3, 1]}, ["2 · 1 = 2 < 2 · 3 = 6"]),
    "irrational": (lambda t: floor(exp(t.x)), {"x": [1, 2]}, ["2 ≤ e¹ ≈ 2.718 < 3", "7 ≤ e² ≈ 7.389 < 8"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_relation_that_decides_is_said_in_numbers(case: str) -> None:
    make, values, wanted = CASES[case]
    assert [text.replace("[1,2]", "₁,₂").replace("[1,1]", "₁,₁").replace("[2,1]", "₂,₁").replace("[2,2]", "₂,₂")
            for text in told(make, **values)] == wanted  # fmt: skip


def test_digits_in_which_the_relation_is_not_seen_are_left_out() -> None:
    """e^x is 3.99998, which four figures make 4.000: below 4 it is, and no digit may say that it is not."""
    almost = Fraction("1.3862943611")
    assert told(lambda t: floor(exp(t.x)), x=almost) == ["3 ≤ eˣ < 4"]


def test_a_number_without_a_name_whose_digits_hide_the_relation_asks_for_a_name() -> None:
    t = Recorder({"x": (1, 2), "w": (2, 1)})
    t.z = floor(exp(t.x) @ t.w)
    trace = t.trace()
    values = evaluate(trace, {"x": [[Fraction("1.3862943611"), 0]], "w": [[1], [0]]}, EXACT)
    with pytest.raises(KeygenError, match="no name and no figures") as error:
        because(trace, values, "z")
    assert "give the argument a name" in str(error.value.repair)


def test_a_choice_of_rounded_numbers_is_exact_and_shows_no_rounded_number() -> None:
    trace, values = solved(lambda t: floor(t.y), y=EXACT.functions["exp"](EXACT.enter([1, 2, 3])))
    line = chain(trace, values, "z")
    printer = tex(Policy(), ())
    assert [sign for sign, _ in related(line, printer)] == ["", "=", "="]
    assert [text for _, text in related(line, printer)] == ["z", r"\lfloor y \rfloor", r"(2,\ 7,\ 20)"]


def test_numbers_that_are_shown_whole_stand_in_the_line() -> None:
    trace, values = solved(lambda t: floor(t.a / t.b), a=7, b=2)
    assert block(chain(trace, values, "z")) == "z = ⌊a / b⌋ = ⌊7 / 2⌋ = 3"


@REPRODUCIBLE
@given(st.lists(st.fractions(-9, 9, max_denominator=30), min_size=2, max_size=4, unique=True))
def test_every_relation_of_every_choice_is_true(numbers: list[Fraction]) -> None:
    for rule in (sort, argmax, maximum, minimum, floor, ceil, round_, absolute, sign, step):
        assert told(lambda t, rule=rule: rule(t.x), x=numbers)
        assert told(lambda t, rule=rule: rule(t.x * 2 - 1), x=numbers)


@REPRODUCIBLE
@given(st.lists(st.fractions(-3, 3, max_denominator=9), min_size=2, max_size=3, unique=True))
def test_every_relation_of_every_choice_between_irrational_numbers_is_true(numbers: list[Fraction]) -> None:
    assume(all(numbers))
    for rule in (sort, argmax, maximum, minimum, floor, ceil, round_):
        assert told(lambda t, rule=rule: rule(exp(t.x)), x=numbers)


def test_a_false_reason_is_found() -> None:
    """A mutant of the reason, not of the value: the line is true, what is said of it is not."""
    trace, values = solved(lambda t: floor(t.a), a=Fraction(7, 2))
    (reason,) = because(trace, values, "z")
    with pytest.raises(KeygenError, match="false"):
        verify(replace(reason, relations=("<=", "=", ">")), values, Policy())


def test_no_choice_has_no_reason() -> None:
    trace, values = solved(lambda t: t.a + 1, a=3)
    assert because(trace, values, "z") == ()
