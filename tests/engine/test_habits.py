"""What an author writes by habit, as if the names on a trace were numbers: each is refused in one sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from keygen.author import elu, exp, leaky_relu, ln, logloss, maximum, mean, relu, row, sigmoid, softmax, sqrt, total
from keygen.engine.record import Recorder
from keygen.errors import KeygenError

ARRAY = np.array([[1.0], [2.0]])

HABITS: dict[str, tuple[Callable[[Any], object], str]] = {
    "dot": (lambda t: np.dot(t.x, t.w), "use @: t.x @ t.w"),
    "matmul": (lambda t: np.matmul(t.x, t.w), "use @: t.x @ t.w"),
    "einsum": (lambda t: np.einsum("ij,jk", t.x, t.w), "use @: t.x @ t.w"),
    "numpy exp": (lambda t: np.exp(t.x), "use exp from keygen.author"),
    "numpy log": (lambda t: np.log(t.x), "use ln from keygen.author"),
    "numpy sum": (lambda t: np.sum(t.x), "use total from keygen.author"),
    "numpy mean": (lambda t: np.mean(t.x), "use mean from keygen.author"),
    "numpy max": (lambda t: np.maximum(0, t.x), "maximum(t.x, t.y) for the larger"),
    "numpy min": (lambda t: np.minimum(0, t.x), "use minimum from keygen.author"),
    "numpy floor": (lambda t: np.floor(t.x), "use floor from keygen.author"),
    "numpy round": (lambda t: np.rint(t.x), "use round_ from keygen.author"),
    "numpy greater": (lambda t: np.greater(t.x, 1), "use greater from keygen.author"),
    "numpy where": (lambda t: np.where(t.x, 1, 0), "a choice of `given`"),
    "numpy array": (lambda t: np.array(t.x), "the functions of keygen.author"),
    "numpy asarray": (lambda t: np.asarray(t.x), "the functions of keygen.author"),
    "an array before @": (lambda t: ARRAY.T @ t.w, "put the numbers into `given`"),
    "an array after @": (lambda t: t.x @ ARRAY, "put the number into `given`"),
    "an array times a name": (lambda t: ARRAY * t.w, "put the numbers into `given`"),
    "a NumPy number": (lambda t: np.float64(2) * t.w, "put the numbers into `given`"),
    "float": (lambda t: float(t.s), "use the functions of keygen.author"),
    "int": (lambda t: int(t.s), "use the functions of keygen.author"),
    "complex": (lambda t: complex(t.s), "use the functions of keygen.author"),
    "round": (lambda t: round(t.s, 2), "write round_(t.x), half away from zero"),
    "math": (lambda t: math.exp(t.s), "use the functions of keygen.author"),
    "trunc": (lambda t: math.trunc(t.s), "use the functions of keygen.author"),
    "range": (lambda t: range(t.s), "t.choices"),
    "a name as a place": (lambda t: [1, 2][t.s], "t.choices"),
    "len": (lambda t: len(t.x), "t.x.shape"),
    "loop": (lambda t: list(t.x), "total(t.x)"),
    "sum": (lambda t: sum(t.x), "total(t.x)"),
    "max": (lambda t: max(t.x), "maximum(t.x)"),
    "unpacking": (lambda t: [*t.x], "total(t.x)"),
    "in": (lambda t: 1 in t.x, "total(t.x)"),
    "slice": (lambda t: t.d[0:3], "row(t.X, 0)"),
    "slice of rows": (lambda t: t.x[:, 0], "row(t.X, 0)"),
    "a place that is a name": (lambda t: t.d[t.s], "row(t.X, 0)"),
    "a place that is no whole number": (lambda t: t.d[0.5], "row(t.X, 0)"),
    "an exponent": (lambda t: 2**t.s, "exp(t.x * t.c)"),
    "//": (lambda t: t.s // 2, "divide by /"),
    "%": (lambda t: t.s % 2, "divide by /"),
    "if": (lambda t: 1 if t.s > 0 else 2, "a choice of `given`"),
    "if with a name": (lambda t: 1 if t.s else 2, "a choice of `given`"),
    "a float": (lambda t: t.s * 0.1, 'from fractions import Fraction, and write Fraction("0.1")'),
    "another float": (lambda t: 2.5e-7 + t.s, 'from fractions import Fraction, and write Fraction("2.5e-07")'),
    "a NumPy float": (lambda t: t.s + np.float64(0.3), 'from fractions import Fraction, and write Fraction("0.3")'),
}


def recorder() -> Recorder:
    return Recorder({"x": (1, 2), "w": (2, 1), "d": (5,), "s": ()})


@pytest.mark.parametrize("habit", HABITS)
def test_a_name_is_no_number_and_the_repair_says_what_to_write(habit: str) -> None:
    mistake, repair = HABITS[habit]
    with pytest.raises(KeygenError) as error:
        mistake(recorder())
    assert error.value.repair is not None
    assert repair in error.value.repair


@pytest.mark.parametrize(
    "function",
    [relu, exp, ln, sqrt, sigmoid, softmax, maximum, total, mean, lambda n: row(n, 0), lambda n: logloss(1, n)],
)
def test_a_function_of_a_plain_number_is_refused(function: Callable[[Any], object]) -> None:
    for number in (2, Fraction(1, 2), 0.5, [1, 2]):
        with pytest.raises(KeygenError, match="takes a variable of the computation") as error:
            function(number)
        assert error.value.found == repr(number)


def test_the_message_names_the_function_the_number_and_the_way_out() -> None:
    with pytest.raises(KeygenError) as error:
        sqrt(2)  # type: ignore[arg-type]  # that is the mistake
    assert str(error.value) == (
        "sqrt takes a variable of the computation\n"
        "  found:    2\n"
        "  mend:     put the number into `given`, or give it a name first: t.c = ... and sqrt(t.c)"
    )
    t = recorder()
    t.c = 2
    t.root = sqrt(t.c)
    assert "root = sqrt(c)" in str(t.trace())


def test_python_s_own_abs_floor_and_ceil_are_steps() -> None:
    t = recorder()
    t.a, t.b, t.c = abs(t.s), math.floor(t.s), math.ceil(t.s)
    assert [step.primitive for step in t.trace().steps] == ["abs", "floor", "ceil"]


def test_the_slope_of_a_leaky_relu_may_be_a_plain_number() -> None:
    t = recorder()
    t.a, t.b = leaky_relu(t.s, Fraction(1, 10)), elu(t.s, 1)
    assert "leaky_relu(s, _" in str(t.trace())


def test_places_counted_by_numpy_are_places() -> None:
    t = recorder()
    t.first = t.d[np.int64(1)]
    assert "first = pick[(1,)](d)" in str(t.trace())
