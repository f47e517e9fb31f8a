"""The exercises whose answers are formulas: the strings against autograd, the repeated parts, the terms they use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
import sympy
from autograd import grad

from keygen.author.products import coefficients_first, marked, renamed, repeated
from keygen.document.typesetter import Typesetter
from keygen.engine.evaluate import as_float
from keygen.engine.real import Real
from keygen.errors import KeygenError
from keygen.figures.tables import Size
from keygen.mathematics.answers import Answer, as_json
from keygen.mathematics.formula import formula
from keygen.mathematics.latex import LatexPrinter
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import verify
from keygen.mathematics.terms import Apply, Chain, Name
from keygen.variants.solve import computed, solve
from keygen.variants.solved import Solved, Variant
from keygen.variants.trial import Trial
from tests.courses import SHIPPED

TWO_LAYER, LAYERED = "backprop/two_layer_formula", "backprop/layered_network"

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "general": lambda z: anp.sin(z) + 0.3 * z * z,
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": lambda z: anp.maximum(z, 0.0),
}
SLOPES: dict[str, Callable[[Any], Any]] = {
    "general": lambda z: np.cos(z) + 0.6 * z,
    "sigmoid": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "relu": lambda z: (z > 0) * 1.0,
}
LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "sum": lambda y, p: anp.sum((y - p) ** 2),
    "mse": lambda y, p: anp.mean((y - p) ** 2),
    "half_sum": lambda y, p: 0.5 * anp.sum((y - p) ** 2),
}


def variant(exercise: str, lengths: Mapping[str, int], choices: Mapping[str, Any]) -> Solved:
    return computed(SHIPPED.exercise(exercise), Variant(None, lengths, choices, {}))


def two_layer(layers: int, activation: str, loss: str) -> Solved:
    lengths = {"rows": 5, "inputs": 3, "wide": 4, "hidden": 2}
    return variant(TWO_LAYER, lengths, {"layers": layers, "activation": activation, "loss": loss})


def layered(
    widths: tuple[int, int, int], depth: int = 3, output: str = "activated", activation: str = "general"
) -> Solved:
    choices = {"depth": depth, "output": output, "activation": activation}
    return variant(LAYERED, dict(zip(("inputs", "first", "second"), widths, strict=True)), choices)


def data(rows: int, widths: list[int], names: list[str]) -> dict[str, Any]:
    """A sample of `rows` observations and a weight matrix for each layer, input side first."""
    rng = np.random.default_rng(7)
    weights = {name: rng.normal(size=shape) for name, *shape in zip(names, widths, widths[1:], strict=False)}
    return {"X": rng.normal(size=(rows, widths[0])), "y": rng.normal(size=(rows, 1)), **weights}


def evaluated(answer: Answer, values: Mapping[str, Any], **functions: Any) -> Any:
    """An answer's formula, run with these names and no others."""
    assert answer.type == "formula"
    return eval(answer.exact, {"__builtins__": {}}, {**values, **functions})


def loss_of(order: list[str], f: Any, last: Any, loss: Any) -> Callable[..., Any]:
    """The network as a function of its weights, for autograd."""

    def function(weights: dict[str, Any], values: Mapping[str, Any]) -> Any:
        signal = values["X"]
        for name in order:
            signal = (last if name == order[-1] else f)(signal @ weights[name])
        return loss(values["y"], signal)

    return function


def same(x: Any) -> Any:
    return x


@pytest.mark.parametrize("rows", [1, 5, 9])
@pytest.mark.parametrize(("layers", "activation", "loss"), list(product((2, 3), ("relu", "sigmoid"), LOSSES)))
def test_the_formulas_of_the_network_numbered_backwards_equal_autograd(
    layers: int, activation: str, loss: str, rows: int
) -> None:
    order = [f"W{k}" for k in range(layers, 0, -1)]
    values = data(rows, [3, 4, 2, 1] if layers == 3 else [3, 2, 1], order)
    weights = {name: values[name] for name in order}
    expected = grad(loss_of(order, FUNCTIONS[activation], same, LOSSES[loss]))(weights, values)
    answers = two_layer(layers, activation, loss).answers()["a"]
    assert {f"dL_d{name}" for name in order} < set(answers)
    for name in order:
        found = evaluated(answers[f"dL_d{name}"], values, exp=np.exp)
        assert found.shape == weights[name].shape
        assert np.allclose(found, expected[name], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize("activation", list(FUNCTIONS))
@pytest.mark.parametrize("output", ["activated", "linear"])
@pytest.mark.parametrize("widths", [(2, 2, 2), (1, 3, 1), (3, 1, 2)])
@pytest.mark.parametrize("depth", [2, 3])
def test_the_formulas_of_the_layered_network_equal_autograd_on_a_batch_too(
    depth: int, widths: tuple[int, int, int], output: str, activation: str, rows: int
) -> None:
    order = [f"W{k}" for k in range(1, depth + 1)]
    values = data(rows, [*widths[:depth], 1], order)
    f, df = FUNCTIONS[activation], SLOPES[activation]
    weights = {name: values[name] for name in order}
    function = loss_of(order, f, f if output == "activated" else same, LOSSES["half_sum"])
    expected = grad(function)(weights, values)
    answers = layered(widths, depth, output, activation).answers()
    assert list(answers["d"]) == [f"dL_d{name}" for name in reversed(order)]
    for name in order:
        found = evaluated(answers["d"][f"dL_d{name}"], values, f=f, df=df)
        assert np.allclose(found, expected[name], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("depth", "output"), list(product((2, 3), ("activated", "linear"))))
def test_the_prediction_by_scalars_is_the_prediction_by_matrices(depth: int, output: str) -> None:
    answers = layered((3, 2, 2), depth, output).answers()["a"]
    scalars = sympy.sympify(answers["yhat"].exact, {"f": sympy.Function("f")})
    sizes = [3, *([2] if depth == 2 else [2, 2]), 1]
    signal = sympy.Matrix([sympy.symbols("x1:4")])
    for k, (before, after) in enumerate(pairwise(sizes), start=1):
        labels = {(i, j): f"w{k}_{i}{j}" if k < depth else f"w{k}_{i}" for i in range(1, 4) for j in range(1, 4)}
        matrix = sympy.Matrix(before, after, lambda i, j, labels=labels: sympy.Symbol(labels[i + 1, j + 1]))
        signal = signal * matrix
        if k < depth or output == "activated":
            signal = signal.applyfunc(sympy.Function("f"))
    assert sympy.expand(scalars - signal[0]) == 0


def test_the_published_network_repeats_two_factors() -> None:
    solved = solve(SHIPPED.exercise(LAYERED), "sheet4", None)
    gradients = [f"dL_dW{k}" for k in (3, 2, 1)]
    found = repeated(solved.trace, gradients, lambda name: name.startswith("dL_d") and name not in gradients)
    assert found == {"dL_dZ3": ("dL_dW3", "dL_dW2", "dL_dW1"), "dL_dZ2": ("dL_dW2", "dL_dW1")}


def test_a_linear_output_repeats_the_error_itself() -> None:
    solved = layered((2, 2, 2), output="linear")
    texts = [LatexPrinter(signs=solved.signs).write(chain.links[1]).text for chain in solved.shown["marked"]]
    assert [text.count(r"\kgmark{1}{(\hat{y} - y)}") for text in texts] == [1, 1, 1]
    assert [text.count(r"\kgmark{2}") for text in texts] == [0, 1, 1]


def test_the_algorithm_never_computes_a_factor_twice() -> None:
    algorithm = solve(SHIPPED.exercise(LAYERED), "sheet4", None).shown["algorithm"]
    lines = [algorithm["start"], *algorithm["back"], *algorithm["gradients"]]
    texts = [formula(line.links[1]) for line in lines]
    assert texts == [
        "(yhat - y) * df(Z3)",
        "(delta3 @ W3.T) * df(Z2)",
        "(delta2 @ W2.T) * df(Z1)",
        "H2.T @ delta3",
        "H1.T @ delta2",
        "X.T @ delta1",
    ]


def test_given_names_the_choices_and_the_shapes() -> None:
    told = as_json(solve(SHIPPED.exercise(TWO_LAYER), "sheet4", None).given(), Policy())
    assert told["loss"] == {"type": "choice", "exact": "sum", "float": None}
    assert told["shapes"] == {
        "type": "shapes",
        "exact": {"X": [5, 3], "y": [5, 1], "W2": [3, 2], "W1": [2, 1]},
        "float": None,
    }


def test_numbers_come_to_the_front_of_a_product() -> None:
    a, b, n = Name("A", (2, 3)), Name("B", (3, 2)), Name("n")
    scaled = Apply("scale", (b,), Fraction(2), (3, 2))
    divided = Apply("mul", (Apply("div", (Apply("constant", (), Fraction(1)), n)), a), None, (2, 3))
    term = Apply("matmul", (divided, scaled), None, (2, 2))
    assert formula(coefficients_first(term)) == "2 * ((1) / (n)) * A @ B"
    values = {"A": np.arange(6.0).reshape(2, 3), "B": np.arange(6.0).reshape(3, 2) - 2, "n": 5.0}
    assert verify(Chain((term, coefficients_first(term))), values, Policy()) == 1


def test_a_renamed_part_stands_where_the_variable_stood() -> None:
    term = Apply("matmul", (Name("A", (2, 2)), Apply("transpose", (Name("A", (2, 2)),), None, (2, 2))), None, (2, 2))
    assert formula(renamed(term, {"A": Name("B", (2, 2))})) == "B @ B.T"


def test_only_the_parts_with_a_role_are_marked() -> None:
    inner = Apply("square", (Name("x"),), None, (), "a")
    assert formula(marked(Apply("neg", (inner,), None, (), "b"), {"a": 1})) == "-x ** 2"
    assert LatexPrinter().write(marked(Apply("neg", (inner,), None, (), "b"), {"a": 1})).text == r"-\kgmark{1}{x^{2}}"


def test_a_sum_over_the_rows_is_read_back_row_by_row() -> None:
    x, d = Name("X", (4, 3), "i"), Name("D", (4, 2), "i")
    rows = Apply("row_products", (x, d), None, (3, 2))
    rng = np.random.default_rng(1)
    values = {"X": rng.normal(size=(4, 3)), "D": rng.normal(size=(4, 2))}
    assert LatexPrinter().write(rows).text == r"\sum_{i} X_i^\top\,D_i"
    assert verify(Chain((Name("G", (3, 2)), rows)), {**values, "G": values["X"].T @ values["D"]}, Policy()) == 1
    with pytest.raises(KeygenError, match="a printed line is false"):
        verify(Chain((Name("G", (3, 2)), rows)), {**values, "G": 2 * values["X"].T @ values["D"]}, Policy())


def test_sizes_are_letters_where_the_statement_leaves_them_open() -> None:
    size = Size(Name("W1", (3, 2)), {3: "d"})
    assert Typesetter(Policy()).typeset(size) == r"W_1 \in \mathbb{R}^{d \times 2}"


def test_brackets_grow_with_what_they_hold() -> None:
    a = Name("A", (2, 2))
    term: Any = a
    for _ in range(3):
        term = Apply("matmul", (a, Apply("sub", (term, a), None, (2, 2))), None, (2, 2))
    assert LatexPrinter().write(term).text == r"A\,\Bigl(A\,\bigl(A\,(A - A) - A\bigr) - A\Bigr)"


def test_a_formula_is_tried_at_one_point_in_floats_and_in_balls() -> None:
    solved = solve(SHIPPED.exercise(TWO_LAYER), "sheet4", 3)
    assert isinstance(solved.values, Trial)
    for name in solved.trace.named:
        exact = np.asarray(solved.values[name], dtype=object)
        assert all(isinstance(x, Real | Fraction) for x in exact.flat)
        assert np.allclose(as_float(solved.values[name]), solved.quick[name], rtol=1e-12)
