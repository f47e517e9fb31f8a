"""The exact number kind: rational for as long as the computation is, a check at every node that it stays so."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from grammar import Computation, computations
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from keygen.engine import evaluate as readings
from keygen.engine import symbolic
from keygen.engine.backprop import backprop
from keygen.engine.domains import EXACT, FLOAT, POLYNOMIAL
from keygen.engine.evaluate import as_float, evaluate
from keygen.engine.functions import exp, ln, maximum, relu, sigmoid, softmax, sqrt, tanh, total
from keygen.engine.polynomial import Polynomial
from keygen.engine.primitives import PRIMITIVES
from keygen.engine.real import Real
from keygen.engine.record import Recorder
from keygen.engine.surd import Surd
from keygen.engine.tape import Ref
from keygen.errors import KeygenError

REPRODUCIBLE = settings(derandomize=True, database=None, deadline=None)
ALL = frozenset(PRIMITIVES) - {"apply"}
RATIONAL = frozenset(name for name, primitive in PRIMITIVES.items() if not primitive.leaves_rationals)


def message(mistake: Callable[[], object]) -> str:
    with pytest.raises(KeygenError) as error:
        mistake()
    return str(error.value)


def exactly(formula: Callable[..., Ref], *inputs: Any) -> Any:
    """The exact value of a formula of x0, x1 ..."""
    values = {f"x{place}": np.array(x, dtype=object) if isinstance(x, list) else x for place, x in enumerate(inputs)}
    t = Recorder({name: np.shape(value) for name, value in values.items()})
    t.z = formula(*(t[name] for name in values))
    return evaluate(t.trace(), values, EXACT)["z"]


def elements(value: Any) -> list[Any]:
    return list(value.flat) if isinstance(value, np.ndarray) else [value]


def fractions(computation: Computation) -> dict[str, Any]:
    """The inputs as Fractions: every input of the grammar is dyadic."""
    return {name: np.frompyfunc(Fraction, 1, 1)(value) for name, value in computation.values.items()}


def with_gradients(computation: Computation) -> Recorder:
    t = computation.record()
    by = computation.reached()
    assume(by)
    backprop(t, "L", by)
    return t


@settings(REPRODUCIBLE, max_examples=150)
@given(computations(among=RATIONAL))
def test_rational_computations_and_their_gradients_stay_rational(computation: Computation) -> None:
    values = evaluate(with_gradients(computation).trace(), fractions(computation), EXACT)
    assert {type(element) for value in values.values() for element in elements(value)} == {Fraction}


@settings(REPRODUCIBLE, max_examples=100)
@given(computations(among=ALL))
def test_exact_values_are_the_float_values_with_nothing_rounded(computation: Computation) -> None:
    trace = with_gradients(computation).trace()
    exact = evaluate(trace, fractions(computation), EXACT)
    floats = evaluate(trace, computation.values, FLOAT)
    for name, value in exact.items():
        np.testing.assert_allclose(as_float(value), floats[name], rtol=1e-9, atol=1e-9)


RATIONAL_POINTS: list[tuple[Callable[..., Ref], Any, Any]] = [
    (sigmoid, 0, Fraction(1, 2)),
    (exp, 0, Fraction(1)),
    (ln, 1, Fraction(0)),
    (tanh, 0, Fraction(0)),
    (sqrt, Fraction(9, 4), Fraction(3, 2)),
    (sqrt, 0, Fraction(0)),
    (softmax, [7, 7, 7], [Fraction(1, 3)] * 3),
    (softmax, [[0, 0], [-3, -3]], [[Fraction(1, 2)] * 2] * 2),
    (relu, [Fraction(-1, 2), 0, Fraction(1, 2)], [0, 0, Fraction(1, 2)]),
    (maximum, [Fraction(1, 3), Fraction(-5), Fraction(2, 7)], Fraction(1, 3)),
    (lambda x: x**-2, Fraction(2, 3), Fraction(9, 4)),
    (lambda x: 1 / x, 3, Fraction(1, 3)),
]


@pytest.mark.parametrize(("formula", "x", "value"), RATIONAL_POINTS)
def test_a_function_is_exact_where_its_value_is_rational(formula: Callable[..., Ref], x: Any, value: Any) -> None:
    found = exactly(formula, x)
    assert {type(element) for element in elements(found)} == {Fraction}
    assert np.array_equal(found, np.array(value, dtype=object) if isinstance(value, list) else value)


@pytest.mark.parametrize(
    ("formula", "x", "value"),
    [
        (sigmoid, 1, 1 / (1 + math.exp(-1))),
        (exp, Fraction(1, 2), math.exp(0.5)),
        (ln, 2, math.log(2)),
        (tanh, -1, math.tanh(-1)),
        (sigmoid, -1000, 0.0),
    ],
)
def test_elsewhere_a_real_has_the_nearest_double(formula: Callable[..., Ref], x: Any, value: float) -> None:
    found = exactly(formula, x)
    assert isinstance(found, Real)
    assert float(found) == pytest.approx(value, rel=1e-15)


def test_zero_times_an_irrational_number_is_exactly_zero() -> None:
    for formula in (lambda x, y: y * exp(x), lambda x, y: 0 * exp(x), lambda x, y: y / exp(x)):
        zero = exactly(formula, 1, 0)
        assert zero == 0
        assert isinstance(zero, Fraction)


def test_a_zero_in_a_product_of_matrices_does_not_spoil_the_sum() -> None:
    found = exactly(lambda a, x: a @ exp(x), [[0, 3]], [[1], [0]])
    assert found.tolist() == [[3]]
    assert isinstance(found[0, 0], Fraction)


def test_gradients_stopped_by_a_relu_stay_exact() -> None:
    t = Recorder({"x": (1, 2), "W": (2, 2), "v": (2, 1)})
    t.H = t.x @ t.W
    t.L = total(sigmoid(relu(t.H) @ t.v))
    backprop(t, "L", ["W"])
    values = evaluate(t.trace(), {"x": [[1, 2]], "W": [[1, -1], [0, 0]], "v": [[3], [1]]}, EXACT)
    stopped = [values["dL_dW"][row, 1] for row in range(2)]
    assert stopped == [0, 0]
    assert {type(entry) for entry in stopped} == {Fraction}


def test_relu_at_its_kink_follows_the_stated_convention_on_exact_numbers() -> None:
    """ReLU'(0) = 0."""
    t = Recorder({"x": (3,)})
    t.L = total(relu(t.x))
    backprop(t, "L", ["x"])
    assert evaluate(t.trace(), {"x": [-1, 0, 2]}, EXACT)["dL_dx"].tolist() == [0, 0, 1]


@pytest.mark.parametrize("name", ["relu", "step"])
def test_a_kink_raises_on_a_symbol_that_is_zero(name: str) -> None:
    """A number that no symbol moves has the value of the convention: no gradient goes by it."""
    assert symbolic.RULES[name](sympy.Integer(0)) == 0
    assert message(lambda: symbolic.RULES[name](sympy.Symbol("z", zero=True))) == (
        "a ReLU stands at its kink, where it has no derivative\n  mend:     draw away from 0"
    )


def test_a_symbolic_gradient_at_a_kink_raises() -> None:
    t = Recorder({"x": (2,)})
    t.L = total(relu(t.x))
    assert symbolic.gradient(t.trace(), "L", "x", {"x": [-1, 2]}).tolist() == [0, 1]
    assert message(lambda: symbolic.gradient(t.trace(), "L", "x", {"x": [0, 2]})) == (
        "a ReLU stands at its kink, where it has no derivative\n  mend:     draw away from 0"
    )


def test_a_maximum_reached_twice_has_no_gradient_and_asks_for_another_draw() -> None:
    t = Recorder({"x": (3,)})
    t.L = maximum(t.x)
    backprop(t, "L", ["x"])
    assert evaluate(t.trace(), {"x": [1, 3, 2]}, EXACT)["dL_dx"].tolist() == [0, 1, 0]
    with pytest.raises(KeygenError, match="the maximum is reached twice") as error:
        evaluate(t.trace(), {"x": [3, 3, 2]}, EXACT)
    assert error.value.redraw


def broken(monkeypatch: pytest.MonkeyPatch, primitive: str, rule: Callable[..., Any]) -> Callable[[], Any]:
    monkeypatch.setitem(readings.RULES, primitive, rule)
    t = Recorder({"x": (2,), "y": (2,)})
    t.z = t.x / t.y if primitive == "div" else t.x + t.y
    return lambda: evaluate(t.trace(), {"x": [1, 2], "y": [4, 3]}, EXACT)


def test_a_rule_that_divides_whole_numbers_into_floats_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The accident that numpy's object arrays invite: int / int."""
    whole = np.frompyfunc(int, 1, 1)
    wrong = broken(monkeypatch, "div", lambda domain, a, b: whole(a) / whole(b))
    assert message(wrong) == (
        "step 'z = div(x, y)' left the number kind 'exact'\n  expected: Fraction or Surd\n  found:    float (0.25)"
    )


def test_a_rule_that_leaves_an_int_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = broken(monkeypatch, "add", lambda domain, a, b: np.array([1, 2], dtype=object))
    assert message(wrong) == (
        "step 'z = add(x, y)' left the number kind 'exact'\n  expected: Fraction or Surd\n  found:    int (1)"
    )


@pytest.mark.parametrize("primitive", sorted(RATIONAL - {"constant", "identity"}))
def test_the_element_check_stands_at_every_rational_primitive(primitive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever rational rule turns its Fractions into floats, it is stopped."""
    true = readings.RULES[primitive]
    monkeypatch.setitem(readings.RULES, primitive, lambda domain, *inputs: as_float(true(domain, *inputs)))
    met = 0

    @settings(REPRODUCIBLE, max_examples=12)
    @given(computations(sizes=((2, 2), (2, 1), ()), longest=4, among=frozenset({primitive, "constant"})))
    def refused(computation: Computation) -> None:
        nonlocal met
        trace = computation.record().trace()
        assume(any(step.primitive == primitive for step in trace.steps))
        assert "left the number kind 'exact'" in message(lambda: evaluate(trace, fractions(computation), EXACT))
        met += 1

    refused()
    assert met > 0


def test_a_missing_or_misshapen_input_is_refused() -> None:
    t = Recorder({"x": (2,)})
    t.y = t.x + 1
    assert message(lambda: evaluate(t.trace(), {}, EXACT)) == (
        "no value was given for the input 'x'\n  expected: shape (2,)"
    )
    assert message(lambda: evaluate(t.trace(), {"x": [1, 2, 3]}, EXACT)) == (
        "the value given for 'x' has the wrong shape\n  expected: (2,)\n  found:    (3,)"
    )


@pytest.mark.parametrize(
    ("formula", "x", "found"),
    [
        (lambda x: 1 / x, 0, "step 'z = div(_1, x0)' has no value: a division by zero"),
        (ln, -1, "step 'z = ln(x0)' has no value: ln has no value at -1"),
        (sqrt, -1, "step 'z = sqrt(x0)' has no value: sqrt has no value at -1"),
        (exp, 10**30, "step 'z = exp(x0)' has no value: a number too large or too near to zero for a page"),
    ],
)
def test_a_step_without_a_value_asks_for_another_draw(formula: Callable[..., Ref], x: int, found: str) -> None:
    with pytest.raises(KeygenError) as error:
        exactly(formula, x)
    assert str(error.value) == found
    assert error.value.redraw


def test_a_function_that_is_only_named_needs_a_meaning() -> None:
    t = Recorder({"x": ()})
    t.y = t._tape.emit("apply", t.x, param=("f", 1))
    assert message(lambda: evaluate(t.trace(), {"x": 1}, EXACT)) == (
        "no meaning was given for the function 'f' (derivative 1) in step \"y = apply[('f', 1)](x)\"\n"
        "  mend:     pass it in `functions`"
    )
    assert evaluate(t.trace(), {"x": 3}, EXACT, {("f", 1): lambda x: x * x})["y"] == 9


def test_polynomials_refuse_what_leads_out_of_them() -> None:
    x = Polynomial.variable("x")
    t = Recorder({"x": ()})
    t.half = t.x**2 / 2
    t.h = exp(t.x)
    assert evaluate(t.trace().pruned(["half"]), {"x": x}, POLYNOMIAL)["half"] == Polynomial.of(
        {(("x", 2),): Fraction(1, 2)}
    )
    assert message(lambda: evaluate(t.trace(), {"x": x}, POLYNOMIAL)) == (
        "exp of a polynomial is not a polynomial\n  mend:     evaluate on numbers instead"
    )
    for formula in (lambda: 1 / x, lambda: x / x, lambda: x / Polynomial.constant(0)):
        assert (
            message(formula) == "a quotient of polynomials is not a polynomial\n  mend:     evaluate on numbers instead"
        )


RATIONALS = st.fractions(min_value=-9, max_value=9, max_denominator=12)
SURDS = st.builds(Surd, RATIONALS.filter(bool), st.sampled_from([2, 3, 6]))
OPERATIONS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    lambda a, b: b - a,
    lambda a, b: b / a,
]


@settings(REPRODUCIBLE, max_examples=150)
@given(SURDS, SURDS | RATIONALS.filter(bool), st.sampled_from(OPERATIONS))
def test_arithmetic_of_surds_is_that_of_real_numbers(a: Surd, b: Any, operation: Callable[[Any, Any], Any]) -> None:
    found = operation(a, b)
    assert float(found) == pytest.approx(operation(float(a), float(b)), rel=1e-12, abs=1e-12)
    assert not isinstance(found, Surd) or found.factor != 0


@settings(REPRODUCIBLE, max_examples=200)
@given(st.fractions(min_value=0, max_value=50, max_denominator=40))
def test_a_square_root_is_exact_or_a_real(x: Fraction) -> None:
    root = exactly(sqrt, x)
    assert isinstance(root, Fraction | Surd | Real)
    assert root * root == x
    assert float(root) == pytest.approx(math.sqrt(x), rel=1e-15)
