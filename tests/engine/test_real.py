"""Numbers beyond the rationals: digits, signs, ties and doubles that are proven, and what nobody can decide."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from keygen.engine import real as module
from keygen.engine.backprop import backprop
from keygen.engine.domains import EXACT
from keygen.engine.evaluate import evaluate
from keygen.engine.functions import called, logloss, mean, relu, sigmoid, softmax, softplus, sqrt, square, tanh, total
from keygen.engine.real import Real, Undecided, dot, function, in_decimals
from keygen.engine.record import Recorder
from keygen.engine.surd import Surd
from keygen.engine.zero_test import rational, vanishes
from keygen.errors import KeygenError
from keygen.mathematics.number_cache import digits_match
from keygen.mathematics.number_format import Policy, digits, rounded

REPRODUCIBLE = settings(derandomize=True, database=None, deadline=None, max_examples=150)
exp, ln, sigma, root, th = (function(name) for name in ("exp", "ln", "sigmoid", "sqrt", "tanh"))
POLICY = Policy()


def shown(x: Any) -> str:
    return digits(x, POLICY).plain


def values(build: Callable[[Recorder], None], **given: Any) -> dict[str, Any]:
    shapes = {name: np.shape(value) for name, value in given.items()}
    t = Recorder(shapes)
    build(t)
    return evaluate(t.trace(), given, EXACT)


# --- digits that float64 gets wrong


def slope_of_sigmoid(t: Recorder) -> None:
    t.f = sigmoid(t.a)
    backprop(t, "f", ["a"])


def test_a_slope_far_out_is_small_and_not_zero() -> None:
    found = values(slope_of_sigmoid, a=37)
    assert shown(found["df_da"]) == "8.533e-17"


def test_confident_losses_have_their_own_digits() -> None:
    def losses(t: Recorder) -> None:
        t.L = total(logloss(t.y, sigmoid(t.z)))
        t.s = softplus(t.u)

    found = values(losses, z=[30], y=[1], u=-40)
    assert shown(found["L"]) == "9.358e-14"
    assert shown(found["s"]) == "4.248e-18"


def test_what_no_double_can_hold_has_digits_all_the_same() -> None:
    tiny = exp(Fraction(-800))
    assert float(tiny) == 0.0
    assert tiny.decimal() == "3.6678745841776872e-348"
    assert exp(Fraction(800)).decimal() == "2.7263745721125666e+347"
    assert shown(tiny) == "3.668e-348"


def test_the_two_gradients_of_two_classes_are_each_the_negative_of_the_other() -> None:
    def two(t: Recorder) -> None:
        t.p = softmax(t.z)
        t.l = logloss(t.y, t.p)
        t.L = called(t.l[0])
        backprop(t, "L", ["z"])

    found = values(two, z=[30, 0], y=[1, 0])
    one, other = found["dL_dz"]
    assert one == -other
    assert one != 0


# --- zeros that are exactly so


def test_the_gradient_of_a_sum_of_probabilities_is_exactly_zero() -> None:
    def sum_of_softmax(t: Recorder) -> None:
        t.p = softmax(t.z)
        t.L = total(t.p)
        backprop(t, "L", ["z"])

    found = values(sum_of_softmax, z=[1, 2, 5])
    assert [type(x) for x in found["dL_dz"]] == [Fraction] * 3
    assert list(found["dL_dz"]) == [0, 0, 0]
    assert digits(found["L"], POLICY).exact
    assert shown(found["L"]) == "1"


def test_normalised_data_have_mean_zero_and_no_gradient_of_their_squares() -> None:
    def normalised(t: Recorder) -> None:
        t.c = t.a - mean(t.a)
        t.u = t.c / sqrt(mean(square(t.c)))
        t.m = total(t.u)
        t.L = total(square(t.u))
        backprop(t, "L", ["a"])

    found = values(normalised, a=[1, 2, 5])
    assert found["m"] == 0
    assert list(found["dL_da"]) == [0, 0, 0]


def test_a_kink_that_cancellation_hides_is_at_zero() -> None:
    def hidden(t: Recorder) -> None:
        t.p = sigmoid(t.a)
        t.q = sigmoid(-t.a)
        t.h = relu(1 - t.p - t.q)

    assert values(hidden, a=3)["h"] == 0


def test_zero_times_any_number_is_the_rational_zero() -> None:
    assert exp(Fraction(1)) * 0 == 0
    assert type(0 * exp(Fraction(1))) is Fraction
    assert type(exp(Fraction(1)) - exp(Fraction(1))) is Fraction


ZEROS: list[Callable[[], Any]] = [
    lambda: sigma(Fraction(3)) + sigma(Fraction(-3)) - 1,
    lambda: th(Fraction(2)) - 2 * sigma(Fraction(4)) + 1,
    lambda: ln(1 + exp(Fraction(3))) - ln(1 + exp(Fraction(-3))) - 3,
    lambda: sigma(ln(Fraction(31))) - Fraction(31, 32),
    lambda: exp(ln(Fraction(6)) / 2) - root(Fraction(6)),
    lambda: root(Fraction(2)) * root(Fraction(3)) - root(Fraction(6)),
    lambda: ln(Fraction(6)) - ln(Fraction(2)) - ln(Fraction(3)),
    lambda: root(1 + sigma(Fraction(1))) ** 2 - 1 - sigma(Fraction(1)),
    lambda: sigma(th(Fraction(1))) + sigma(-th(Fraction(1))) - 1,
    lambda: ln(exp(Fraction(5)) / (exp(Fraction(5)) + exp(Fraction(2)))) + ln(1 + exp(Fraction(-3))),
]


@pytest.mark.parametrize("zero", ZEROS)
def test_algebra_proves_a_zero_that_no_ball_can(zero: Callable[[], Any]) -> None:
    found = zero()
    assert type(found) is Fraction
    assert found == 0


NEAR: list[Callable[[], Any]] = [
    lambda: exp(Fraction(1)) - Fraction(math.e),
    lambda: root(Fraction(2)) - Fraction(math.isqrt(2 * 10**120), 10**60),
    lambda: 1 - sigma(Fraction(800)),
]


@pytest.mark.parametrize("near", NEAR)
def test_what_is_near_zero_is_not_zero_and_has_a_sign(near: Callable[[], Any]) -> None:
    found = near()
    assert isinstance(found, Real)
    assert (found > 0) != (found < 0)
    assert not vanishes(found)


def test_what_nobody_can_decide_is_refused_and_named() -> None:
    with pytest.raises(Undecided, match="neither 4096 bits nor algebra can tell"):
        root(7 + 4 * root(Fraction(3))) - 2 - root(Fraction(3))
    with pytest.raises(KeygenError, match=r"step 'd = sub\(.*\)' cannot be decided") as error:
        values(lambda t: setattr(t, "d", sqrt(7 + 4 * sqrt(t.x)) - (2 + sqrt(t.x))), x=Fraction(1, 3) * 9)
    assert error.value.redraw


def test_algebra_says_which_rational_a_number_is() -> None:
    assert rational(sigma(ln(Fraction(31)))) == Fraction(31, 32)
    assert rational(exp(Fraction(1))) is None
    assert digits(sigma(ln(Fraction(31))), POLICY) == digits(Fraction(31, 32), POLICY)
    assert not digits(sigma(Fraction(1)), POLICY).exact


# --- order, ties, doubles


def test_a_number_compares_with_ints_and_fractions_and_refuses_floats() -> None:
    e = exp(Fraction(1))
    assert 2 < e < 3
    assert Fraction(87, 32) > e > Fraction(19, 7)
    assert Surd(Fraction(2), 2) > e
    for operation in (lambda: e + 0.5, lambda: 0.5 * e, lambda: e > 0.5, lambda: e == 0.5, lambda: exp(0.5)):
        with pytest.raises(TypeError, match=r"0\.5 is no exact number; write Fraction"):
            operation()


@pytest.mark.parametrize(("x", "text"), [("4.125", "4.13"), ("-20.25", "-20.3"), ("2.5", "3"), ("-0.25", "-0.3")])
def test_ties_go_away_from_zero(x: str, text: str) -> None:
    figures = len(text.lstrip("-0.").replace(".", ""))
    assert rounded(Fraction(x), figures) == Fraction(text)
    assert rounded(in_decimals(Fraction(x)), figures) == Fraction(text)


def test_a_tie_that_only_algebra_sees_goes_away_from_zero() -> None:
    """sigma(ln 31) = 0.96875 lies midway between 0.9687 and 0.9688."""
    assert rounded(sigma(ln(Fraction(31))), 4) == Fraction("0.9688")
    assert rounded(-sigma(ln(Fraction(31))), 4) == Fraction("-0.9688")


@REPRODUCIBLE
@given(st.fractions(-40, 40, max_denominator=50), st.sampled_from(["exp", "sigmoid", "tanh"]), st.integers(2, 17))
def test_digits_and_doubles_are_those_of_sixty_digits(x: Fraction, name: str, significant: int) -> None:
    number = function(name)(x)
    if isinstance(number, Fraction):
        return
    with mpmath.workdps(60):
        argument = mpmath.mpf(x.numerator) / x.denominator
        true = {"exp": mpmath.exp, "tanh": mpmath.tanh, "sigmoid": lambda u: 1 / (1 + mpmath.exp(-u))}[name](argument)
        assert float(number) == float(true)
        expected = mpmath.nstr(true, significant, min_fixed=1, max_fixed=0)
    assert rounded(number, significant) == Fraction(expected)


@REPRODUCIBLE
@given(st.lists(st.fractions(-30, 30, max_denominator=20), min_size=2, max_size=4))
def test_the_shares_of_a_softmax_are_one_and_each_is_honest(z: list[Fraction]) -> None:
    grown = [exp(x) for x in z]
    whole = sum(grown[1:], grown[0])
    shares = [x / whole for x in grown]
    assert sum(shares[1:], shares[0]) == 1
    assert all(digits_match(digits(share, POLICY), share) for share in shares)


def test_the_precision_is_back_where_it_was_after_a_deep_look() -> None:
    assert 1 - sigma(Fraction(2000)) > 0
    assert ctx.prec == module.BITS


# --- rules broken one by one


def test_a_ball_that_has_lost_its_radius_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """1 - sigma(80) has 13 good bits at 128: without its radius its digits would be taken for known."""
    true = rounded(1 - sigma(Fraction(80)), 17)
    honestly = module.OPERATIONS["sigmoid"]
    monkeypatch.setitem(module.OPERATIONS, "sigmoid", lambda x: honestly(x).mid())
    assert rounded(1 - sigma(Fraction(80)), 17) != true


def test_a_precision_that_is_not_raised_is_an_error_and_no_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Real, "deepen", lambda self, bits: None)
    with pytest.raises(Undecided):
        1 - sigma(Fraction(800))


def test_digits_that_are_rounded_to_even_are_not_honest(monkeypatch: pytest.MonkeyPatch) -> None:
    tie = in_decimals(Fraction("4.125"))
    assert digits_match(digits(tie, Policy(significant=3, decimals=2)), tie)
    even = digits(tie, Policy(significant=3, decimals=2))._replace(text="4.12")
    assert not digits_match(even, tie)


def test_tanh_of_twenty_squared_leaves_something_of_one() -> None:
    def slope(t: Recorder) -> None:
        t.f = tanh(t.a)
        backprop(t, "f", ["a"])

    assert shown(values(slope, a=20)["df_da"]) == "1.699e-17"


def test_a_row_times_a_column_is_one_number_that_algebra_sees_through() -> None:
    grown = [exp(Fraction(1)), exp(Fraction(-1))]
    row = [Fraction(2), Fraction(-3)]
    product = dot(row, grown)
    assert product.operation == "dot"
    assert product == 2 * grown[0] - 3 * grown[1]
    assert dot([grown[0], Fraction(-1)], [grown[1], Fraction(1)]) == 0
    assert type(dot([Fraction(1), Fraction(0)], grown)) is Real
    assert dot([Fraction(1), Fraction(0)], grown) is grown[0]


def test_a_row_of_rationals_stays_rational() -> None:
    assert dot([Fraction(1, 2), Fraction(3)], [Fraction(4), Fraction(1, 3)]) == Fraction(3)


@REPRODUCIBLE
@given(st.integers(-(10**6), 10**6), st.integers(1, module.LONGEST))
def test_a_number_that_is_a_short_fraction_is_known_by_its_digits_and_algebra(top: int, bottom: int) -> None:
    value = Fraction(top, bottom)
    grown = function("exp")(Fraction(1, 3))
    number = value * grown / grown if top else in_decimals(value)
    found = number.short_rational if isinstance(number, Real) else number
    assert found == value


def test_a_number_that_is_no_short_fraction_is_none() -> None:
    assert function("exp")(Fraction(1)).short_rational is None
    assert in_decimals(Fraction(1, module.LONGEST + 1)).short_rational is None
