"""The backward pass: pruned to what is asked, fan-out added up, gradients with names of their own."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from keygen.engine.backprop import backprop, row_jacobian, slope
from keygen.engine.domains import EXACT
from keygen.engine.evaluate import evaluate
from keygen.engine.functions import (
    exp,
    function,
    half_square,
    ln,
    logloss,
    relu,
    sigmoid,
    softmax,
    sqrt,
    square,
    tanh,
    total,
)
from keygen.engine.record import Recorder
from keygen.engine.tape import Ref
from keygen.engine.trace import Gradient, is_link
from keygen.errors import KeygenError
from keygen.mathematics.terms import laws


def message(mistake: Callable[[], object]) -> str:
    with pytest.raises(KeygenError) as error:
        mistake()
    return str(error.value)


def network() -> Recorder:
    t = Recorder({"X": (1, 2), "W1": (2, 2), "W2": (2, 1), "y": (1, 1)})
    t.H = t.X @ t.W1
    t.O = relu(t.H)
    t.yhat = t.O @ t.W2
    t.L = half_square(t.y, t.yhat)
    return t


def steps(t: Recorder) -> list[str]:
    return [str(step) for step in t.trace().steps]


def test_the_backward_pass_is_pruned_to_what_is_asked() -> None:
    t = network()
    forward = set(t.trace().steps)
    backprop(t, "L", ["W2"])
    backward = [(step.target.name, step.primitive) for step in t.trace().steps if step not in forward]
    assert [step for step in backward if not is_link(step[0])] == [("dL_dyhat", "sub"), ("dL_dW2", "matmul")]
    assert [primitive for name, primitive in backward if is_link(name)] == ["transpose"]


def test_every_named_variable_on_the_way_has_its_gradient() -> None:
    t = network()
    gradients = backprop(t, "L", ["X", "W1", "W2"])
    assert {name: gradient.name for name, gradient in gradients.items()} == {
        "X": "dL_dX",
        "W1": "dL_dW1",
        "W2": "dL_dW2",
    }
    assert {"dL_dyhat", "dL_dO", "dL_dH"} <= set(t.trace().named)
    assert "dL_dy" not in t
    assert t.trace().gradients == (
        Gradient("L", "X", "dL_dX"),
        Gradient("L", "W1", "dL_dW1"),
        Gradient("L", "W2", "dL_dW2"),
    )


def test_a_gradient_may_get_another_name() -> None:
    t = network()
    backprop(t, "L", ["W1"], names={"H": "delta", "W1": "g"})
    trace = t.trace()
    assert {"delta", "g"} <= set(trace.named)
    assert "dL_dH" not in trace.shapes
    assert trace.gradients == (Gradient("L", "W1", "g"),)


def test_fan_out_adds_up_and_says_so() -> None:
    t = Recorder({"x": ()})
    t.a, t.b, t.c = 2 * t.x, 3 * t.x, t.x * t.x
    t.L = t.a + t.b + t.c
    backprop(t, "L", ["x"])
    trace = t.trace()
    assert evaluate(trace, {"x": 7}, EXACT)["dL_dx"] == 2 + 3 + 2 * 7
    assert trace.defining["dL_dx"].law == "fan_out"
    assert "fan_out" in laws(trace, "dL_dx")
    assert "fan_out" not in laws(trace, "dL_da")


def test_a_variable_used_twice_by_one_step_adds_up_too() -> None:
    t = Recorder({"x": (), "y": ()})
    t.L = t.x * t.x - t.x / t.y - (t.y + t.y)
    backprop(t, "L", ["x", "y"])
    values = evaluate(t.trace(), {"x": 6, "y": 2}, EXACT)
    assert (values["dL_dx"], values["dL_dy"]) == (12 - Fraction(1, 2), Fraction(6, 4) - 2)


def test_a_repeated_row_collects_the_gradients_of_all_rows() -> None:
    t = Recorder({"X": (3, 2), "b": (1, 2), "s": ()})
    t.Z = t.X + t.b
    t.L = total(t.s * t.Z)
    backprop(t, "L", ["b", "s", "X"])
    values = evaluate(t.trace(), {"X": [[1, 2], [3, 4], [5, 6]], "b": [[1, 1]], "s": 2}, EXACT)
    assert values["dL_db"].tolist() == [[6, 6]]
    assert values["dL_ds"] == 27
    assert values["dL_dX"].tolist() == [[2, 2]] * 3


def test_an_incoming_gradient_may_be_given() -> None:
    t = Recorder({"X": (2, 3), "W": (3, 2), "dZ": (2, 2)})
    t.Z = t.X @ t.W
    backprop(t, "Z", ["X", "W"], incoming="dZ", names={"X": "dX", "W": "dW"})
    trace = t.trace()
    assert steps(t) == [
        "Z = matmul(X, W)",
        "_2 = transpose(W)",
        "dX = matmul(dZ, _2)",
        "_4 = transpose(X)",
        "dW = matmul(_4, dZ)",
    ]
    assert trace.gradients == (Gradient("Z", "X", "dX", "dZ"), Gradient("Z", "W", "dW", "dZ"))


def test_an_incoming_gradient_has_the_shape_of_what_it_arrives_at() -> None:
    t = Recorder({"X": (2, 3), "W": (3, 2), "dZ": (2, 1)})
    t.Z = t.X @ t.W
    assert message(lambda: backprop(t, "Z", ["X"], incoming="dZ")) == (
        "the incoming gradient 'dZ' does not have the shape of 'Z'\n  expected: (2, 2)\n  found:    (2, 1)"
    )
    assert message(lambda: backprop(t, "Z", ["X"], incoming="DZ")) == (
        "unbound variable 'DZ'\n  mend:     did you mean 'dZ' or 'Z'?"
    )


def test_a_tape_takes_several_backward_passes() -> None:
    t = network()
    backprop(t, "L", ["W1", "W2"])
    t.W1_new = t.W1 - t.dL_dW1
    t.H_new = t.X @ t.W1_new
    t.L_new = total(square(t.H_new))
    backprop(t, "L_new", ["W1_new", "X"])
    trace = t.trace()
    assert [gradient.target for gradient in trace.gradients] == [
        "dL_dW1",
        "dL_dW2",
        "dL_new_dW1_new",
        "dL_new_dX",
    ]
    given = {"X": [[1, 2]], "W1": [[1, -1], [Fraction(1, 2), 0]], "W2": [[Fraction(1, 2)], [1]], "y": [[0]]}
    values = evaluate(trace, given, EXACT)
    assert values["dL_dW1"].tolist() == [[Fraction(1, 2), 0], [1, 0]]
    assert values["W1_new"].tolist() == [[Fraction(1, 2), -1], [Fraction(-1, 2), 0]]
    assert values["dL_new_dW1_new"].tolist() == [[-1, -2], [-2, -4]]


def test_a_gradient_of_an_unrelated_variable_is_refused() -> None:
    t = network()
    t.z = t.X @ t.W2
    assert message(lambda: backprop(t, "L", ["W1", "z"])) == (
        "'L' does not depend on 'z', so there is no gradient to ask for"
    )


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    t = network()
    assert message(lambda: backprop(t, "L", ["W3"])) == (
        "backprop: unbound variable 'W3'\n  mend:     did you mean 'W2' or 'W1'?"
    )
    assert message(lambda: backprop(t, "loss", ["W1"])).startswith("backprop: unbound variable 'loss'\n")


def test_a_gradient_starts_from_a_number() -> None:
    t = network()
    assert message(lambda: backprop(t, "H", ["W1"])) == (
        "backprop starts from a number, and 'H' has shape (1, 2)\n"
        "  mend:     start from the loss, or pass the gradient that arrives as `incoming`"
    )


def test_the_same_gradient_is_not_named_twice() -> None:
    t = network()
    backprop(t, "L", ["W1"])
    assert message(lambda: backprop(t, "L", ["W2"])) == (
        "variable 'dL_dyhat' is bound twice\n  mend:     give the second one a new name"
    )


def test_a_gradient_handed_on_unchanged_gets_a_name_of_its_own() -> None:
    t = Recorder({"x": (), "y": (), "z": ()})
    t.s = t.x + t.y - t.z
    t.L = square(t.s)
    backprop(t, "L", ["x", "y", "z"])
    defining = t.trace().defining
    assert [str(defining[name]) for name in ("dL_ds", "dL_dx", "dL_dy", "dL_dz")] == [
        "dL_ds = scale[2](s)",
        "dL_dx = copy(dL_ds)",
        "dL_dy = copy(dL_ds)",
        "dL_dz = neg(dL_ds)",
    ]


def test_a_part_of_the_forward_pass_is_never_renamed_to_a_gradient() -> None:
    t = Recorder({"a": (), "x": (), "y": ()})
    t.L = t.a * (t.x + t.y)
    backprop(t, "L", ["a", "x"])
    assert steps(t) == ["_1 = add(x, y)", "L = mul(a, _1)", "dL_da = copy(_1)", "dL_dx = copy(a)"]


def test_a_gradient_of_one_is_a_constant_with_a_name() -> None:
    t = Recorder({"x": (), "y": ()})
    t.L = t.x + t.y
    backprop(t, "L", ["x", "y"])
    assert steps(t)[1:] == ["dL_dx = constant[1]()", "dL_dy = constant[1]()"]


def test_the_derivative_by_itself_is_one_and_no_promise() -> None:
    t = network()
    gradients = backprop(t, "L", ["L", "yhat"])
    t.one = gradients["L"]
    assert t.trace().gradients == (Gradient("L", "yhat", "dL_dyhat"),)
    assert str(t.trace().defining["one"]) == "one = constant[1]()"


LAWS: list[tuple[str, Callable[[Ref], Ref]]] = [
    ("square", square),
    ("power", lambda x: x**3),
    ("exp", exp),
    ("ln", ln),
    ("sqrt", sqrt),
    ("sigmoid", sigmoid),
    ("tanh", tanh),
    ("relu", relu),
    ("softmax", softmax),
    ("scale", lambda x: 3 * x),
    ("neg", lambda x: -x),
    ("div", lambda x: 1 / x),
    ("mul", lambda x: x.tape.emit("mul", Ref(x.tape, "y"), x)),
    ("sub", lambda x: Ref(x.tape, "y") - x),
    ("add", lambda x: Ref(x.tape, "y") + x),
    ("logloss", lambda x: logloss(Ref(x.tape, "y"), x)),
    ("apply", lambda x: function("f", x)),
]


@pytest.mark.parametrize(("law", "formula"), LAWS)
def test_the_law_of_a_step_stands_beside_the_gradient_that_it_made(law: str, formula: Callable[[Ref], Ref]) -> None:
    t = Recorder({"x": (2,), "y": (2,), "g": (2,)})
    t.z = formula(t.x)
    backprop(t, "z", ["x"], incoming="g", names={"x": "dx"})
    assert laws(t.trace(), "dx") == (law,)


SLOPES: list[tuple[Callable[[Ref], Ref], Callable[[Any], Any]]] = [
    (square, lambda x: 2 * x),
    (lambda x: x**3, lambda x: 3 * x**2),
    (ln, lambda x: 1 / x),
    (sqrt, lambda x: 0.5 / np.sqrt(x)),
    (sigmoid, lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    (tanh, lambda x: 1 / np.cosh(x) ** 2),
    (relu, lambda x: np.ones_like(x)),
]


@pytest.mark.parametrize(("formula", "derivative"), SLOPES)
def test_the_slope_of_an_elementwise_step(formula: Callable[[Ref], Ref], derivative: Callable[[Any], Any]) -> None:
    t = Recorder({"x": (2,)})
    t.z = formula(t.x)
    t.dz_dx = slope(t.z)
    values = evaluate(t.trace(), {"x": [Fraction(1, 2), 2]}, EXACT)
    np.testing.assert_allclose(values["dz_dx"].astype(float), derivative(np.array([0.5, 2.0])))


def test_a_slope_of_what_is_not_elementwise_is_refused() -> None:
    t = network()
    assert message(lambda: slope(t.H)) == "'H' is not an elementwise function\n  mend:     use `backprop`"
    assert message(lambda: slope(t.X)) == "'X' is not an elementwise function\n  mend:     use `backprop`"


def test_the_jacobian_of_a_linear_layer_is_its_weights_transposed() -> None:
    t = network()
    t.dH_dX = row_jacobian(t.H)
    assert str(t.trace().defining["dH_dX"]) == "dH_dX = transpose(W1)"
    assert message(lambda: row_jacobian(t.O)) == "'O' is not a linear layer\n  expected: a step x @ W"
