"""What an author writes: names are bound once, and each mistake has its whole message."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from keygen.engine.domains import EXACT
from keygen.engine.evaluate import evaluate
from keygen.engine.functions import called, half_square, logloss, mean, mse, relu, sigmoid, square, squared_error, total
from keygen.engine.record import Recorder
from keygen.errors import KeygenError


def recorder(**shapes: tuple[int, ...]) -> Recorder:
    return Recorder(shapes)


def message(mistake: Callable[[], object]) -> str:
    with pytest.raises(KeygenError) as error:
        mistake()
    return str(error.value)


def test_a_computation_leaves_a_trace() -> None:
    t = recorder(x=(1, 2), W=(2, 3))
    t.H = t.x @ t.W
    t.O = relu(t.H)
    assert str(t.trace()) == "x: (1, 2)\nW: (2, 3)\nH = matmul(x, W)\nO = relu(H)"


def test_links_that_no_name_needs_are_left_out() -> None:
    t = recorder(x=())
    square(t.x)
    t.y = t.x + 1
    assert str(t.trace()) == "x: ()\n_2 = constant[1]()\ny = add(x, _2)"


def test_a_variable_may_be_used_before_and_after_it_gets_its_name() -> None:
    t = recorder(x=(1, 2), W=(2, 3))
    hidden = t.x @ t.W
    before = relu(hidden)
    t.H = hidden
    t.after = relu(hidden)
    t.before = before
    assert str(t.trace()) == ("x: (1, 2)\nW: (2, 3)\nH = matmul(x, W)\nbefore = relu(H)\nafter = relu(H)")
    assert hidden.shape == (1, 3)


def test_a_name_is_bound_once() -> None:
    t = recorder(x=())
    t.y = t.x + 1
    assert message(lambda: t.__setitem__("y", t.x + 2)) == (
        "variable 'y' is bound twice\n  mend:     give the second one a new name"
    )
    assert message(lambda: t.__setitem__("x", t.y + 2)) == (
        "variable 'x' is bound twice\n  mend:     give the second one a new name"
    )


def test_a_second_name_for_a_variable_is_refused() -> None:
    t = recorder(x=())
    first = t.x + 1
    t.y = first
    for alias in (t.y, first, 1 * t.y, t.y**1):
        assert message(lambda alias=alias: t.__setitem__("z", alias)) == (
            "'z' would only be another name for 'y'\n  mend:     use 'y' itself"
        )
    t.z = called(t.y)
    assert t.trace().defining["z"].primitive == "copy"


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    t = recorder(hidden=(2,), rate=())
    assert message(lambda: t.hiden) == "unbound variable 'hiden'\n  mend:     did you mean 'hidden'?"
    assert message(lambda: t["Z"]) == "unbound variable 'Z'\n  mend:     known: hidden, rate"
    assert message(lambda: t.depends("hiden", "rate")) == (
        "unbound variable 'hiden'\n  mend:     did you mean 'hidden'?"
    )
    assert message(lambda: t.also("hiden", t.rate)) == "unbound variable 'hiden'\n  mend:     did you mean 'hidden'?"


NO_VALUE = (
    "'x' has no value yet: it is a name on a trace\n"
    "  mend:     branch on a choice of `given` (t.choices), which is known before the trace is; what numbers decide is "
    "a step of its own: maximum, minimum, absolute, step, greater, at_least from keygen.author"
)


@pytest.mark.parametrize(
    "question",
    [bool, lambda x: not x, lambda x: x == 0, lambda x: x != 0, lambda x: x > 0, lambda x: x <= x],
)
def test_a_variable_answers_no_question_about_its_value(question: Callable[[Any], object]) -> None:
    t = recorder(x=())
    assert message(lambda: question(t.x)) == NO_VALUE


FLOAT = (
    "0.5 cannot stand in a computation\n"
    "  expected: a variable of the trace, an int or a Fraction\n"
    "  found:    float\n"
    '  mend:     from fractions import Fraction, and write Fraction("0.5"); or put the number into `given`'
)


@pytest.mark.parametrize(
    "formula",
    [
        lambda x: x * 0.5,
        lambda x: 0.5 * x,
        lambda x: x + 0.5,
        lambda x: 0.5 + x,
        lambda x: x - 0.5,
        lambda x: 0.5 - x,
        lambda x: x / 0.5,
        lambda x: 0.5 / x,
        lambda x: x @ 0.5,
        lambda x: half_square(0.5, x),
        lambda x: mse(0.5, x),
        lambda x: squared_error(0.5, x),
        lambda x: logloss(0.5, x),
    ],
)
def test_a_float_does_not_stand_in_a_computation(formula: Callable[[Any], object]) -> None:
    t = recorder(x=())
    assert message(lambda: formula(t.x)) == FLOAT


TRUTH = (
    "True cannot stand in a computation\n"
    "  expected: a variable of the trace, an int or a Fraction\n"
    "  found:    bool\n"
    "  mend:     put the number into `given`, or write an int or a Fraction"
)


def test_a_float_or_a_truth_value_is_not_bound() -> None:
    t = recorder(x=())
    assert message(lambda: t.__setitem__("y", 0.5)) == FLOAT
    assert message(lambda: t.__setitem__("y", True)) == TRUTH
    assert message(lambda: t.x * True) == TRUTH


@pytest.mark.parametrize("exponent", [0.5, Fraction(1, 2), True])
def test_an_exponent_is_a_whole_number(exponent: Any) -> None:
    t = recorder(x=())
    assert message(lambda: t.x**t.x).startswith("an exponent is a whole number\n  found:    x\n")
    assert message(lambda: t.x**exponent) == (
        f"an exponent is a whole number\n  found:    {exponent!r}\n  mend:     write sqrt, exp and ln for other powers"
    )


def test_a_number_is_bound_as_a_constant() -> None:
    t = recorder(x=())
    t.half = Fraction(1, 2)
    t.two = 2
    assert str(t.trace()) == "x: ()\nhalf = constant[1/2]()\ntwo = constant[2]()"


def test_variables_of_two_computations_do_not_mix() -> None:
    one, other = recorder(x=()), recorder(x=(), y=())
    stranger = "'y' belongs to another computation\n  mend:     use the names of this one"
    assert message(lambda: one.x + other.y) == stranger
    assert message(lambda: one.x * other.y) == stranger
    assert message(lambda: one.__setitem__("z", other.y)) == stranger


@pytest.mark.parametrize("name", ["_1", "choices", "trace", "also", "depends", "W 1", "lambda", "2x"])
def test_a_name_that_could_not_be_read_back_is_refused(name: str) -> None:
    expected = (
        f"a variable cannot be named {name!r}\n"
        "  expected: a Python identifier that does not begin with an underscore and is none of "
        "also, choices, depends, trace\n"
        "  mend:     give it another name"
    )
    t = recorder(x=())
    assert message(lambda: t.__setitem__(name, t.x + 1)) == expected
    assert message(lambda: Recorder({name: ()})) == expected


def test_shapes_that_do_not_fit_are_refused_where_they_are_written() -> None:
    t = recorder(x=(1, 2), W=(3, 2))
    assert message(lambda: t.x @ t.W) == (
        "the shapes do not fit in step 'matmul(x, W)'\n"
        "  expected: matmul: (n, k) @ (k, m) -> (n, m)\n"
        "  found:    (1, 2) and (3, 2)\n"
        "  mend:     check the order of the factors, a missing .T, or the sizes in `given`"
    )
    assert message(lambda: t.x[0, 5]) == (
        "the shapes do not fit in step 'pick(x)'\n"
        "  expected: pick: a shape and the place of one entry in it (counted from 0) -> a number\n"
        "  found:    (1, 2)\n"
        "  mend:     check the order of the factors, a missing .T, or the sizes in `given`"
    )


def test_whether_a_variable_depends_on_another() -> None:
    t = recorder(x=(), y=())
    t.a = t.x + 1
    t.b = t.a * t.a
    assert t.depends("b", "x")
    assert t.depends("b", "a")
    assert not t.depends("b", "y")
    assert not t.depends("b", "b")


def test_the_sample_size_of_a_mean_is_a_constant_whatever_else_is_called_n() -> None:
    t = recorder(x=(), y=(2,))
    t.n = 2 * t.x
    t.m = mean(t.y)
    assert evaluate(t.trace(), {"x": 5, "y": [1, 2]}, EXACT)["m"] == Fraction(3, 2)


def test_the_sample_size_is_bound_once_for_means_of_one_size() -> None:
    t = recorder(x=(2,), y=(2,), z=(3,))
    t.a, t.b, t.c = mean(t.x), mean(t.y), mean(t.z)
    steps = t.trace().defining
    assert steps["a"].inputs[1] == steps["b"].inputs[1] == "n"
    assert steps["n"].param == 2
    assert evaluate(t.trace(), {"x": [1, 2], "y": [3, 4], "z": [1, 1, 5]}, EXACT)["c"] == Fraction(7, 3)


def test_the_losses_are_what_their_names_say() -> None:
    y, yhat = [[1], [0]], [[3], [Fraction(1, 2)]]
    t = recorder(y=(2, 1), yhat=(2, 1))
    t.sum, t.half, t.mse = squared_error(t.y, t.yhat), half_square(t.y, t.yhat), mse(t.y, t.yhat)
    t.entries = logloss(t.y, sigmoid(t.yhat))
    t.all = total(t.entries)
    values = evaluate(t.trace(), {"y": y, "yhat": yhat}, EXACT)
    assert (values["sum"], values["half"], values["mse"]) == (Fraction(17, 4), Fraction(17, 8), Fraction(17, 8))
    p = 1 / (1 + np.exp([-3, -0.5]))
    assert float(values["all"]) == pytest.approx(-np.log(p[0]) - np.log(1 - p[1]))
