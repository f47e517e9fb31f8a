"""Activations: layers against autograd, the largest slopes, a dead unit."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
import sympy
from autograd import grad

from keygen.mathematics.answers import Answer
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from tests.courses import SHIPPED

SEEDS = [None, *range(10)]


def solved(name: str, seed: int | None = None) -> Solved:
    return solve(SHIPPED.exercise(name), "sheet5", seed)


def answers(name: str, seed: int | None = None) -> dict[str, dict[str, Answer]]:
    return solved(name, seed).answers()


def told(name: str, seed: int | None = None) -> dict[str, Any]:
    return {key: np.array(value.float) for key, value in solved(name, seed).given().items()}


def check_layer(activation: Any, given: dict[str, Any], found: dict[str, Answer]) -> None:
    """Both passes of f(X W) against autograd, the loss being any that hands G to the output."""
    X, W, G = given["X"], given["W"], given["G"]
    np.testing.assert_allclose(found["O"].float, activation(X @ W), atol=1e-12)
    np.testing.assert_allclose(found["dX"].float, grad(lambda x: anp.sum(G * activation(x @ W)))(X), atol=1e-12)
    np.testing.assert_allclose(found["dW"].float, grad(lambda w: anp.sum(G * activation(X @ w)))(W), atol=1e-12)
    np.testing.assert_allclose(found["dH"].float, grad(lambda h: anp.sum(G * activation(h)))(X @ W), atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_both_passes_of_a_sigmoid_layer_equal_autograd(seed: int | None) -> None:
    given, found = told("activations/sigmoid_layer", seed), answers("activations/sigmoid_layer", seed)
    a, b = given["a"], given["b"]
    check_layer(lambda h: a / (1 + anp.exp(-b * h)), given, found["a"])
    assert found["b"]["max_df"].float == pytest.approx(float(a * b / 4))
    assert found["b"]["bound"].float == pytest.approx(float((a * b / 4 * given["w"]) ** given["depth"]))


def test_the_published_sigmoid_has_a_slope_of_a_quarter_at_most() -> None:
    assert answers("activations/sigmoid_layer")["b"]["max_df"].exact == "1/4"


@pytest.mark.parametrize("seed", SEEDS)
def test_both_passes_of_a_tanh_layer_equal_autograd(seed: int | None) -> None:
    found = answers("activations/tanh", seed)
    check_layer(anp.tanh, told("activations/tanh", seed), found["c"])
    assert [found["a"][name].exact for name in ("limit_plus", "limit_minus")] == ["1", "-1"]
    assert sympy.sympify(found["b"]["df"].exact) == sympy.sympify("1 - f**2")
    assert found["d"]["max_df"].exact == "1"


FUNCTIONS: dict[str, Any] = {
    "a": lambda z, given: anp.maximum(0, z),
    "b": lambda z, given: anp.where(z > 0, z, given["alpha"] * z),
    "c": lambda z, given: anp.where(z > 0, z, given["beta"] * (anp.exp(z) - 1)),
    "d": lambda z, given: anp.log(1 + anp.exp(z)),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("part", FUNCTIONS)
def test_relu_and_its_kin_equal_autograd(part: str, seed: int | None) -> None:
    given, found = told("activations/relu_and_friends", seed), answers("activations/relu_and_friends", seed)[part]
    function, Z, G = FUNCTIONS[part], given["Z"], given["G"]
    np.testing.assert_allclose(found["O"].float, function(Z, given))
    np.testing.assert_allclose(found["dO_dZ"].float, grad(lambda z: anp.sum(function(z, given)))(Z))
    np.testing.assert_allclose(found["dZ"].float, grad(lambda z: anp.sum(G * function(z, given)))(Z))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dead_unit_gets_no_gradient_from_relu_and_some_from_leaky_relu(seed: int | None) -> None:
    found = answers("activations/relu_and_friends", seed)["e"]
    inputs, relu, leaky = (np.array(found[name].float) for name in ("U", "dW_relu", "dW_leaky"))
    dead = (inputs < 0).all(axis=0)
    assert dead.sum() == 1
    assert (relu[:, dead] == 0).all()
    assert (leaky[:, dead] != 0).all()
    assert (relu[:, ~dead] != 0).all()
