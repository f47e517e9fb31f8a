"""Choices by values against Python's own arithmetic and sixty digits: whole parts, order, signs, comparisons."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from keygen.checking.arithmetic import settled
from keygen.checking.oracle import entered
from keygen.checking.rules import RULES as ORACLE
from keygen.engine.decisions import GAPS
from keygen.engine.domains import EXACT, FLOAT, POLYNOMIAL
from keygen.engine.evaluate import RULES, evaluate
from keygen.engine.functions import argmax, ceil, clip, exp, floor, maximum, minimum, round_, sort, sqrt
from keygen.engine.polynomial import Polynomial
from keygen.engine.primitives import PRIMITIVES
from keygen.engine.real import Real, function, real
from keygen.engine.record import Recorder
from keygen.engine.surd import Surd
from keygen.errors import KeygenError

REPRODUCIBLE = settings(derandomize=True, database=None, deadline=None, max_examples=200)
RATIONALS = st.fractions(max_denominator=60) | st.fractions(-9, 9, max_denominator=2) | st.fractions()
ROOTS = st.builds(lambda n, q: EXACT.functions["sqrt"](n) * q, st.fractions(0, 50), st.fractions(-9, 9))
POWERS = st.builds(lambda x, q: function("exp")(x) * q, st.fractions(-9, 9, max_denominator=9), st.fractions(-9, 9))
NUMBERS = RATIONALS | ROOTS | POWERS
SIXTY = mpmath.MPContext()
SIXTY.dps = 90


def one(primitive: str, *inputs: Any) -> Any:
    """The exact value of a primitive."""
    return RULES[primitive](EXACT, *map(EXACT.enter, inputs))


def in_digits(x: Any) -> Any:
    """A number in ninety digits, by mpmath's own functions."""
    match x:
        case Real(operation="exp"):
            return SIXTY.exp(in_digits(x.inputs[0]))
        case Real(operation="sqrt"):
            return SIXTY.sqrt(in_digits(x.inputs[0]))
        case Real(operation="neg"):
            return -in_digits(x.inputs[0])
        case Real(operation="mul"):
            return in_digits(x.inputs[0]) * in_digits(x.inputs[1])
        case Surd():
            return in_digits(x.factor) * SIXTY.sqrt(x.radicand)
    return SIXTY.mpf(x.numerator) / x.denominator


@REPRODUCIBLE
@given(RATIONALS)
def test_whole_parts_of_fractions_are_python_s(x: Fraction) -> None:
    assert one("floor", x) == math.floor(x)
    assert one("ceil", x) == math.ceil(x)
    assert one("sign", x) == (x > 0) - (x < 0)
    assert one("abs", x) == abs(x)
    assert all(type(one(name, x)) is Fraction for name in ("floor", "ceil", "round", "sign", "abs"))


@REPRODUCIBLE
@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_round_goes_half_away_from_zero_as_decimals_do(digits: int, places: int) -> None:
    x = Fraction(digits, 10**places)
    wanted = Decimal(digits).scaleb(-places).to_integral_value(ROUND_HALF_UP)
    assert one("round", x) == Fraction(wanted)


@pytest.mark.parametrize(("x", "wanted"), [("5/2", 3), ("-5/2", -3), ("1/2", 1), ("-1/2", -1), ("0", 0), ("3/2", 2)])
def test_a_half_is_rounded_away_from_zero(x: str, wanted: int) -> None:
    assert one("round", Fraction(x)) == wanted
    assert RULES["round"](FLOAT, float(Fraction(x))) == wanted
    assert ORACLE["round"](Fraction(x)) == wanted


@REPRODUCIBLE
@given(ROOTS | POWERS)
def test_whole_parts_of_irrational_numbers_are_those_of_ninety_digits(x: Any) -> None:
    digits = in_digits(x)
    assert one("floor", x) == int(SIXTY.floor(digits))
    assert one("ceil", x) == int(SIXTY.ceil(digits))
    away = int(SIXTY.floor(abs(digits) + SIXTY.mpf(1) / 2))
    assert one("round", x) == (-away if digits < 0 else away)


@REPRODUCIBLE
@given(NUMBERS)
def test_the_oracle_chooses_the_same(x: Any) -> None:
    for name in ("floor", "ceil", "round", "sign"):
        assert one(name, x) == settled(partial(ORACLE[name], settled(partial(entered, x))))
    size = settled(partial(ORACLE["abs"], settled(partial(entered, x))))
    assert size == abs(settled(partial(entered, x)))


@REPRODUCIBLE
@given(st.lists(RATIONALS, min_size=1, max_size=6))
def test_sorting_and_the_extremes_are_python_s(numbers: list[Fraction]) -> None:
    x = EXACT.enter(numbers)
    assert list(one("sort", x)) == sorted(numbers)
    assert one("max", x) == max(numbers)
    assert one("min", x) == min(numbers)
    assert list(one("unsorted", one("sorted_by", x, x), x)) == numbers
    assert list(ORACLE["sort"](x)) == sorted(numbers)
    assert list(ORACLE["unsorted"](ORACLE["sorted_by"](x, x), x)) == numbers
    if numbers.count(max(numbers)) == 1:
        assert one("argmax", x) == ORACLE["argmax"](x) == 1 + numbers.index(max(numbers))


@REPRODUCIBLE
@given(st.lists(NUMBERS, min_size=2, max_size=5, unique_by=lambda x: float(x)))
def test_irrational_numbers_are_sorted_as_ninety_digits_say(numbers: list[Any]) -> None:
    ordered = list(one("sort", EXACT.enter(numbers)))
    digits = [in_digits(x) for x in ordered]
    assert digits == sorted(digits)
    assert one("argmax", EXACT.enter(numbers)) == 1 + max(range(len(numbers)), key=lambda i: in_digits(numbers[i]))


@REPRODUCIBLE
@given(RATIONALS, RATIONALS, RATIONALS)
def test_of_two_numbers_and_of_a_clipped_one(a: Fraction, b: Fraction, c: Fraction) -> None:
    low, high = sorted((b, c))
    assert one("larger", a, b) == max(a, b)
    assert one("smaller", a, b) == min(a, b)
    assert one("greater", a, b) == (a > b)
    assert one("at_least", a, b) == (a >= b)
    assert one("matches", a, b) == (a == b)
    t = Recorder({"a": ()})
    t.z = clip(t.a, low, high)
    assert evaluate(t.trace(), {"a": a}, EXACT)["z"] == min(max(a, low), high)


def test_a_boundary_is_found_by_algebra_and_not_by_digits() -> None:
    root = function("sqrt")(Fraction(2))
    two = root * root
    assert one("floor", two) == one("ceil", two) == 2
    assert one("floor", two * Fraction(5, 4)) == 2
    assert one("round", two * Fraction(5, 4)) == 3
    assert one("at_least", two, Fraction(2)) == 1
    assert one("greater", two, Fraction(2)) == 0
    assert one("matches", function("exp")(function("ln")(Fraction(7))), Fraction(7)) == 1
    near = Fraction(10**40) * root
    assert one("floor", near) == math.isqrt(2 * 10**80)


def undecidable() -> Real:
    """A number that is 3 as far as anybody can tell: known by its balls alone."""
    return Real(lambda: arb("3 +/- 1e-2000"), ())


@pytest.mark.parametrize("rule", [floor, ceil, round_])
def test_what_nobody_can_decide_is_one_error_that_names_the_step(rule: Any) -> None:
    t = Recorder({"x": ()})
    t.n = rule(t.x) if rule is not round_ else rule(t.x + Fraction(1, 2))
    with pytest.raises(KeygenError, match="cannot be decided") as error:
        evaluate(t.trace(), {"x": undecidable()}, EXACT)
    assert error.value.redraw
    assert "n = " in error.value.what


@pytest.mark.parametrize("numbers", [[3, 1, 3], [Fraction(1, 2), Fraction(2, 4)]])
def test_two_largest_have_no_place(numbers: list[Any]) -> None:
    t = Recorder({"x": (len(numbers),)})
    t.k = argmax(t.x)
    with pytest.raises(KeygenError, match="it has no place of its own") as error:
        evaluate(t.trace(), {"x": numbers}, EXACT)
    assert error.value.redraw


def test_a_tie_of_irrational_numbers_is_seen() -> None:
    t = Recorder({"x": (2,)})
    t.k = argmax(exp(t.x))
    assert evaluate(t.trace(), {"x": [1, 2]}, EXACT)["k"] == 2
    with pytest.raises(KeygenError, match="no place of its own"):
        evaluate(t.trace(), {"x": [2, 2]}, EXACT)


def test_rows_are_sorted_and_searched_one_by_one() -> None:
    t = Recorder({"X": (2, 3)})
    t.S, t.K = sort(t.X), argmax(t.X)
    values = evaluate(t.trace(), {"X": [[3, -1, 2], [0, 5, 4]]}, EXACT)
    assert values["S"].tolist() == [[-1, 2, 3], [0, 4, 5]]
    assert values["K"].tolist() == [[1], [2]]


def test_numbers_stay_of_their_kind() -> None:
    t = Recorder({"x": (), "y": ()})
    t.a, t.b = maximum(t.x, t.y), minimum(sqrt(t.x), t.y)
    values = evaluate(t.trace(), {"x": 2, "y": 3}, EXACT)
    assert type(values["a"]) is Fraction
    assert values["b"] == Surd(Fraction(1), 2)


@pytest.mark.parametrize("name", [name for name, record in PRIMITIVES.items() if record.decides and not record.kinked])
def test_symbols_have_no_order(name: str) -> None:
    symbols = np.array([Polynomial.variable("x"), Polynomial.variable("y")], dtype=object)
    inputs = [symbols] * PRIMITIVES[name].arity
    with pytest.raises(KeygenError, match="polynomial"):
        RULES[name](POLYNOMIAL, *inputs)


@pytest.mark.parametrize(
    ("name", "inputs", "gap"),
    [
        ("floor", [Fraction(7, 2)], Fraction(1, 2)), ("floor", [Fraction(3)], 0),
        ("ceil", [Fraction(-9, 4)], Fraction(1, 4)), ("round", [Fraction(5, 2)], 0),
        ("round", [Fraction(3)], Fraction(1, 2)), ("larger", [Fraction(2), Fraction(5)], 3), ("max", [[1, 4, 2]], 2),
        ("min", [[1, 4, 2]], 1), ("sort", [[1, 4, 2]], 1), ("abs", [Fraction(-2)], 2),
        ("argmax", [[1, 4, 4]], 0), ("matches", [Fraction(1), Fraction(1)], 0),
    ],
)  # fmt: skip
def test_how_far_a_choice_is_from_another(name: str, inputs: list[Any], gap: Any) -> None:
    found = GAPS[name](EXACT, *map(EXACT.enter, inputs))
    assert np.min(found) == gap


def test_a_real_is_floored_at_the_depth_it_takes() -> None:
    tiny = real("exp", Fraction(-600))
    assert one("floor", Fraction(3) + tiny) == 3
    assert one("floor", Fraction(3) - tiny) == 2
    assert one("ceil", Fraction(3) + tiny) == 4
