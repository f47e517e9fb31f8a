"""The formulas of the lectures: closed forms, independent recomputation in NumPy, and the work of a reverse pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from keygen.calculus.traversal import put
from keygen.course.draw import fractions
from keygen.errors import KeygenError
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import verify
from keygen.mathematics.terms import Chain, Name
from keygen.variants.closed_forms import closed_form, short
from keygen.variants.solve import computed, published, solve
from keygen.variants.solved import Solved
from tests.courses import SHIPPED

SHEET = "sheet4b"
SEEDS = range(12)


def solved(name: str, seed: int | None, **data: Any) -> Solved:
    exercise = SHIPPED.exercise(f"backprop/{name}")
    if not data:
        return solve(exercise, SHEET, seed)
    variant = published(exercise)
    return computed(exercise, replace(variant, data={**variant.data, **fractions_of(data)}))


def fractions_of(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fractions(value) for name, value in data.items()}


def floats(one: Solved, part: str) -> dict[str, np.ndarray]:
    return {n: np.array(a.float) for n, a in one.answers()[part].items() if a.float is not None}


def data(one: Solved) -> dict[str, Any]:
    return {name: answer.float for name, answer in one.given().items()}


def sigma(z: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-z)))


def test_two_sgd_steps_with_y_0_1_move_the_last_matrix_and_then_the_second() -> None:
    one = solved("two_sgd_steps_matrix", None, y=[0, 1])
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    assert one.values["s1_W3"].tolist() == [[half], [half]]
    assert one.values["s2_W3"].tolist() == [[quarter], [quarter]]
    assert (one.values["s2_W2"] == -Fraction(1, 32)).all()
    assert (one.values["s2_W1"] == 0).all()


def test_the_first_published_sgd_step_in_matrices_is_idle_and_the_key_says_so() -> None:
    one = solved("two_sgd_steps_matrix", None)
    assert [bool(one.conditions[f"exact_hit_{step}"]) for step in (1, 2)] == [True, False]
    assert all((one.values[f"s1_W{k}"] == 0).all() for k in (1, 2, 3))


@pytest.mark.parametrize("seed", SEEDS)
def test_two_sgd_steps_in_matrices_agree_with_numpy(seed: int) -> None:
    one = solved("two_sgd_steps_matrix", seed)
    given, found = data(one), floats(one, "b")
    weights = [np.array(given[f"W{k}"]) for k in (1, 2, 3)]
    formulas = {name: answer.exact for name, answer in one.answers()["a"].items()}
    for step, observation in enumerate(one.choices["order"], start=1):
        x, y = np.array([given["X"][observation - 1]]), given["y"][observation - 1]
        names = {"X": x, "y": y, "exp": np.exp, **{f"W{k}": w for k, w in enumerate(weights, start=1)}}
        hidden = sigma(sigma(x @ weights[0]) @ weights[1])
        assert np.isclose(found[f"s{step}_yhat"], (hidden @ weights[2]).item())
        gradients = [eval(formulas[f"dL_dW{k}"], {}, names) for k in (1, 2, 3)]
        weights = [w - given["rate"] * g for w, g in zip(weights, gradients, strict=True)]
        for k in (1, 2, 3):
            assert np.allclose(found[f"s{step}_dW{k}"], gradients[k - 1])
            assert np.allclose(found[f"s{step}_W{k}"], weights[k - 1])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_rows_of_the_first_gradient_go_as_the_input(seed: int) -> None:
    one = solved("two_sgd_steps_matrix", seed)
    x, gradient = one.values["s1_x"][0], one.values["s1_dW1"]
    assert np.allclose((gradient[0] * x[1]).astype(float), (gradient[1] * x[0]).astype(float))


def test_units_that_start_equal_stay_twins() -> None:
    equal = [["1/2", "1/2"], ["1/2", "1/2"]]
    one = solved("two_sgd_steps_matrix", None, W1=equal, W2=equal, W3=[["1/2"], ["1/2"]])
    for step in (1, 2):
        first, second, third = (one.values[f"s{step}_W{k}"] for k in (1, 2, 3))
        assert (first[:, 0] == first[:, 1]).all()
        assert (second == second[0, 0]).all()
        assert third[0] == third[1]
    assert one.values["s2_W1"][0, 0] != Fraction(1, 2)


Elementwise = Callable[[np.ndarray], np.ndarray]

# Each activation, and its slope as a function of its value.
ACTIVATIONS: dict[str, tuple[Elementwise, Elementwise]] = {
    "sigmoid": (sigma, lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a * a),
}


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_deltas_and_their_means_agree_with_numpy(seed: int | None) -> None:
    one = solved("delta_recursion", seed)
    given, found, means = data(one), floats(one, "a"), floats(one, "b")
    depth = sum(name.startswith("W") for name in given)
    f, slope = ACTIVATIONS[one.choices["activation"]]

    def gradients(x: str, y: str) -> dict[str, np.ndarray]:
        signals = [np.array(given[x])]
        for k in range(1, depth + 1):
            signals.append(f(np.array(given[f"W{k}"]) @ signals[-1] + np.array(given[f"b{k}"])))
        arriving = 2 * (signals[-1] - np.array(given[y]))
        result: dict[str, np.ndarray] = {}
        for k in range(depth, 0, -1):
            delta = arriving * slope(signals[k])
            result |= {f"delta_{k}": delta, f"dW_{k}": delta @ signals[k - 1].T, f"db_{k}": delta}
            arriving = np.array(given[f"W{k}"]).T @ delta
        return result

    first, second = gradients("x", "y"), gradients("x2", "y2")
    for name, value in first.items():
        assert np.allclose(found[name], value)
        if not name.startswith("delta"):
            assert np.allclose(means[f"mean_{name}"], (value + second[name]) / 2)


def test_a_shallow_network_is_not_given_the_matrix_of_a_deeper_one() -> None:
    given = solved("delta_recursion", None).given()
    assert "W2" in given
    assert "W3" not in given


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_both_gradients_of_a_dense_layer_agree_with_its_numpy_code(seed: int | None) -> None:
    one = solved("dense_minibatch", seed)
    given, found = {n: np.array(v) for n, v in data(one).items()}, floats(one, "a")
    code = {name: eval(answer.exact, {}, given) for name, answer in one.answers()["b"].items()}
    assert np.array_equal(code["forward"], found["Z"])
    assert np.array_equal(code["backward_W"], found["dL_dW"])
    assert np.array_equal(code["backward_X"], found["dL_dX"])


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_the_entries_found_one_by_one_stand_in_their_places(seed: int | None) -> None:
    one = solved("dense_minibatch", seed)
    (k, j), (i, m) = one.choices["entry_W"], one.choices["entry_X"]
    assert one.values["dL_dw"] == one.values["dL_dW"][k - 1, j - 1]
    assert one.values["dL_dx"] == one.values["dL_dX"][i - 1, m - 1]


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_all_paths_and_the_reverse_pass_give_the_product_of_the_matrices(seed: int | None) -> None:
    one = solved("path_counting", seed)
    matrices = [np.array(matrix) for matrix in one.given()["weights"].float]
    expected = np.linalg.multi_dot(matrices).ravel()
    assert np.array_equal(floats(one, "a")["dp_dx"], expected)
    assert [one.values[f"sum_x{i}"] for i in range(1, len(expected) + 1)] == expected.tolist()


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_multiplications_are_counted_edge_by_edge(seed: int | None) -> None:
    one = solved("path_counting", seed)
    sizes = [np.shape(matrix) for matrix in one.given()["weights"].float]
    found = {name: answer.float for name, answer in one.answers()["b"].items()}
    count = np.prod([rows for rows, _ in sizes])
    assert found["paths"] == count
    assert found["mults_paths"] == count * (len(sizes) - 1)
    assert found["mults_reverse"] == sum(rows * columns for rows, columns in sizes[:-1])


def test_an_exact_form_with_one_exponential_inside_another_is_left_as_it_stands() -> None:
    tower = "-log(1/(exp(1/2 - 1/(exp(-4) + 1)) + 1))"
    assert short(sympy.sympify(tower)) == tower
    assert short(sympy.sympify("exp(1/2)/(exp(-5/2) + 1 + exp(1/2))")) == "exp(3)/(1 + exp(5/2) + exp(3))"
    one = solved("two_sgd_steps_matrix", 21)  # sympy's simplification of one of its answers has no end in sight
    assert all(part for part in one.answers(closed_form(one)).values())


def expressions(one: Solved, part: str) -> dict[str, Any]:
    """The answers of a part, with sympy's derivatives for df and dg."""
    x, f, g = sympy.Symbol("x"), *map(sympy.Function, "fg")
    known = {"f": f, "g": g, "df": lambda at: f(x).diff(x).subs(x, at), "dg": lambda at: g(x).diff(x).subs(x, at)}
    return {name: sympy.sympify(answer.exact, known) for name, answer in one.answers()[part].items()}


def asked(one: Solved) -> dict[str, Any]:
    return {n: sympy.sympify(a.exact) for n, a in one.given().items() if a.type == "expression"}


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_the_sums_over_paths_are_sympys_derivatives(seed: int | None) -> None:
    one = solved("graph_rules", seed)
    given, x = asked(one), sympy.Symbol("x")
    p = given["p"].subs({name: given[name] for name in ("z1", "z2")})
    for name, found in expressions(one, "a").items():
        assert sympy.expand(found - p.diff(name.removeprefix("dp_d"))) == 0
    for name, found in expressions(one, "b").items():
        assert sympy.simplify(found - given[name[1]].diff(x)) == 0


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_a_neurons_gradient_is_the_derivative_of_its_loss(seed: int | None) -> None:
    one = solved("graph_rules", seed)
    s, y = sympy.sympify("w0 + w1*x1 + w2*x2"), sympy.Symbol("y")
    activation, loss = one.choices["neuron"]
    yhat = sympy.tanh(s) if activation == "tanh" else 1 / (1 + sympy.exp(-s))
    losses = {"square": (y - yhat) ** 2, "half_square": (y - yhat) ** 2 / 2,
              "logloss": -y * sympy.log(yhat) - (1 - y) * sympy.log(1 - yhat)}  # fmt: skip
    at = {"w0": 0.3, "w1": -0.7, "w2": 1.1, "x1": 0.6, "x2": -1.3, "y": 1}
    for name, found in expressions(one, "c").items():
        assert abs((found - losses[loss].diff(name.removeprefix("dL_d"))).subs(at)) < 1e-12


def test_functions_that_are_only_named_are_tried_as_different_ones() -> None:
    one = solved("graph_rules", None)
    right = one.shown["product"].links[-1]
    other = {"fx": Name("gx"), "gx": Name("fx")}  # f' f + g g'
    assert verify(Chain((one.name("dh_dx"), right)), one.values, Policy(), one.calls) == 1
    with pytest.raises(KeygenError, match="its two sides differ"):
        verify(Chain((one.name("dh_dx"), put(right, other))), one.values, Policy(), one.calls)
