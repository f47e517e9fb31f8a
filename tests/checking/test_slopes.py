"""The second way to a gradient: central differences of the oracle's computation tell what float64 cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from keygen.author import (
    backprop,
    elu,
    exp,
    leaky_relu,
    ln,
    maximum,
    mean,
    relu,
    sigmoid,
    softmax,
    softplus,
    sqrt,
    square,
    tanh,
    total,
)
from keygen.checking.slopes import certify_slopes
from keygen.engine.record import Recorder
from keygen.errors import KeygenError
from keygen.variants.solve import evaluated, solve
from keygen.variants.solved import Evaluated, Solved, Variant
from tests.courses import SHIPPED

NUMBERS = [Fraction(7, 10), Fraction(-13, 10), Fraction(1, 5)]


def solved(computation: Callable[[Any], None], **data: Any) -> Solved:
    """A variant of a computation that no exercise has."""
    values = {n: np.array(x, dtype=object) if isinstance(x, list) else Fraction(x) for n, x in data.items()}
    recorder = Recorder({name: np.shape(value) for name, value in values.items()})
    computation(recorder)
    trace, variant = recorder.trace(), Variant(None, {}, {}, values)
    found, calls = evaluated("tried", variant, trace)
    return Solved(SHIPPED.exercise("outputs/heads"), variant, Evaluated(trace, dict(found), calls))


def of(function: Callable[[Any], Any]) -> Callable[[Any], None]:
    """The gradient of a sum of a function."""

    def computation(t: Any) -> None:
        y = function(t.x)
        t.L = total(y * t.w) if y.shape else y * 1
        backprop(t, "L", ["x"])

    return computation


def with_gradient(found: Solved, value: Any, name: str = "dL_dx") -> Solved:
    return replace(found, evaluation=replace(found.evaluation, values={**found.values, name: value}))


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": exp,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "softmax": softmax,
    "square": square,
    "relu": relu,
    "leaky_relu": lambda x: leaky_relu(x, Fraction(1, 10)),
    "elu": lambda x: elu(x, Fraction(1, 2)),
    "ln": lambda x: ln(square(x)),
    "sqrt": lambda x: sqrt(square(x) + 1),
    "maximum": maximum,
    "power": lambda x: x**3 / (1 + square(x)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_gradient_through_every_function_is_confirmed_and_one_that_is_off_by_little_is_not(name: str) -> None:
    found = solved(of(FUNCTIONS[name]), x=NUMBERS, w=[Fraction(2), Fraction(-1), Fraction(3)])
    assert certify_slopes(found) == 1
    gradient = found.values["dL_dx"].copy()
    place = next(place for place, entry in enumerate(gradient) if entry)
    gradient[place] *= 1 + Fraction(1, 10**13)
    with pytest.raises(KeygenError, match="the gradient dL_dx disagrees with a central difference"):
        certify_slopes(with_gradient(found, gradient))


@pytest.mark.parametrize("x", [37, 100, 800])
def test_a_gradient_smaller_than_any_tolerance_is_compared_by_its_own_size(x: int) -> None:
    """The slope of a sigmoid at 37 is 8.533e-17; at 800 it is 3.7e-348, which no double is near to."""

    def computation(t: Any) -> None:
        t.L = sigmoid(t.x)
        backprop(t, "L", ["x"])

    found = solved(computation, x=x)
    assert certify_slopes(found) == 1
    gradient = found.values["dL_dx"]
    zero = [Fraction(0)] if x < 800 else []  # where the next number of digits would tell
    for false in (*zero, gradient * (1 + Fraction(1, 10**12)), -gradient):
        with pytest.raises(KeygenError, match="dL_dx disagrees"):
            certify_slopes(with_gradient(found, false))


def test_a_gradient_that_is_zero_is_zero_to_thirty_digits() -> None:
    def computation(t: Any) -> None:
        t.p = softmax(t.x)
        t.L = total(t.p)
        backprop(t, "L", ["x"])

    found = solved(computation, x=NUMBERS)
    assert not any(found.values["dL_dx"])
    assert certify_slopes(found) == 1
    noise = np.array([Fraction(27, 10**18), Fraction(0), Fraction(0)], dtype=object)
    for false in (noise, noise / 10**10):
        with pytest.raises(KeygenError, match="dL_dx disagrees"):
            certify_slopes(with_gradient(found, false))


def test_normalised_data_have_a_gradient_of_zero() -> None:
    def computation(t: Any) -> None:
        t.c = t.x - mean(t.x)
        t.u = t.c / sqrt(mean(square(t.c)))
        t.L = total(square(t.u))
        backprop(t, "L", ["x"])

    assert certify_slopes(solved(computation, x=[Fraction(1), Fraction(2), Fraction(4)])) == 1


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu"])
def test_at_a_kink_the_left_piece_is_taken_by_convention(name: str) -> None:
    """Even where the argument is 0 by cancellation, and the draw that allowed it is an author's own."""
    function = FUNCTIONS[name]
    found = solved(of(lambda x: function(x - mean(x))), x=[Fraction(1), Fraction(2), Fraction(3)], w=[1, 5, 2])
    assert certify_slopes(found) == 1


def test_the_gradient_of_a_value_on_the_way_is_by_what_comes_after_it() -> None:
    def computation(t: Any) -> None:
        t.h = tanh(t.x)
        t.z = t.h * t.w
        t.L = total(square(t.z)) + total(t.h)
        backprop(t, "L", ["z", "h", "x", "w"])

    found = solved(computation, x=NUMBERS, w=[Fraction(2), Fraction(-1), Fraction(3)])
    assert certify_slopes(found) == 4
    for target in ("dL_dz", "dL_dh", "dL_dx", "dL_dw"):
        wrong = found.values[target].copy()
        wrong[1] += Fraction(1, 10**14)
        with pytest.raises(KeygenError, match=f"the gradient {target} disagrees"):
            certify_slopes(with_gradient(found, wrong, target))


def test_an_incoming_gradient_is_that_of_the_sum_of_incoming_times_output() -> None:
    def computation(t: Any) -> None:
        t.z = softmax(t.x)
        backprop(t, "z", ["x"], incoming="g", names={"x": "dx"})

    found = solved(computation, x=NUMBERS, g=[Fraction(1), Fraction(-4), Fraction(2)])
    assert certify_slopes(found) == 1
    with pytest.raises(KeygenError, match="dx disagrees"):
        certify_slopes(with_gradient(found, found.values["dx"] * 2, "dx"))


def test_gradients_of_polynomials_are_compared_at_exact_numbers() -> None:
    found = solve(SHIPPED.exercise("backprop/layered_network"), "sheet4", None)
    assert certify_slopes(found) == len(found.trace.gradients) > 0
    target = found.trace.gradients[0].target
    wrong = found.values[target] + Fraction(1, 10**14)
    with pytest.raises(KeygenError, match=f"the gradient {target} disagrees"):
        certify_slopes(with_gradient(found, wrong, target))


def test_no_float_is_computed_with() -> None:
    """A float among the values of a variant is no number that could be confirmed."""
    found = solved(of(tanh), x=NUMBERS, w=[1, 1, 1])
    gradient = np.array([float(x) for x in found.values["dL_dx"]], dtype=object)
    with pytest.raises(KeygenError, match="dL_dx disagrees"):
        certify_slopes(with_gradient(found, gradient))
