"""What the network puts out: the sigmoid's key against plain mathematics, and the slips of printed keys by name."""

from __future__ import annotations

from math import exp, log
from typing import Any

import numpy as np
import pytest
import sympy

from keygen.mathematics.answers import Answer
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from tests.courses import SHIPPED

SEEDS = [None, *range(12)]


def solved(name: str, seed: int | None = None) -> Solved:
    return solve(SHIPPED.exercise(name), "sheet2", seed)


def answers(name: str, seed: int | None = None) -> dict[str, dict[str, Answer]]:
    return solved(name, seed).answers()


def told(name: str, seed: int | None = None) -> dict[str, Any]:
    return {
        key: value.float if value.float is not None else value.exact
        for key, value in solved(name, seed).given().items()
    }


def softmax(z: Any) -> np.ndarray:
    grown = np.exp(np.asarray(z) - np.max(z))
    return np.asarray(grown / grown.sum())


# The sigmoid


def test_the_published_sigmoid_has_its_textbook_key() -> None:
    found = answers("outputs/sigmoid")
    exact = {name: answer.exact for part in found.values() for name, answer in part.items()}
    assert (exact["limit_plus"], exact["limit_minus"]) == ("1", "0")
    assert sympy.sympify(exact["f_neg"]) == sympy.sympify("1 - f")
    assert sympy.expand(sympy.sympify(exact["df"]) - sympy.sympify("f*(1 - f)")) == 0
    assert (exact["f0"], exact["df0"]) == ("1/2", "1/4")
    assert sympy.simplify(sympy.sympify(exact["inverse"]) - sympy.sympify("log(p/(1 - p))")) == 0
    assert sympy.simplify(sympy.sympify(exact["dlnf"]) - sympy.sympify("1/(1 + exp(t))")) == 0
    assert list(found["i"])[:4] == ["f_1", "f_10", "f_100", "f_1000"]
    assert (exact["limit_right"], exact["limit_left"]) == ("1", "0")
    assert sympy.sympify(exact["value_at_zero"]) == sympy.Rational(1, 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_sigmoids_answers_hold_for_the_function_that_was_given(seed: int | None) -> None:
    """Each symbolic answer, evaluated at some t by the curve alone, equals what it is the answer to."""
    given, found = told("outputs/sigmoid", seed), answers("outputs/sigmoid", seed)
    a, b, c = given["a"], given["b"], given["c"]

    def f(t: float) -> float:
        return float(a / (1 + exp(-(b * t + c))))

    def slope(t: float) -> float:
        return (f(t + 1e-6) - f(t - 1e-6)) / 2e-6

    t = 0.3
    at = {"f": f(t), "t": t, "p": f(t)}

    def value(part: str, name: str) -> float:
        return float(sympy.sympify(found[part][name].exact).subs(at))

    opposite = -2 * c / b - t  # about the centre, which is at zero where c is
    assert value("b", "f_neg") == pytest.approx(f(opposite))
    assert value("c", "df_neg") == pytest.approx(slope(opposite), rel=1e-6)
    assert value("d", "df") == pytest.approx(slope(t), rel=1e-6)
    assert value("f", "inverse") == pytest.approx(t)
    assert value("g", "dlnf") == pytest.approx(slope(t) / f(t), rel=1e-6)
    assert found["h"]["steepest"].float == pytest.approx(slope(-c / b), rel=1e-6)
    t0 = given["t0"]
    assert found["e"]["f0"].float == pytest.approx(f(t0))
    assert found["e"]["df0"].float == pytest.approx(slope(t0), rel=1e-6)
    assert found["e"]["lnf0"].float == pytest.approx(log(f(t0)))
    for k in given["k"]:
        assert found["i"][f"f_{int(k)}"].float == pytest.approx(f(k * given["t1"]))
    assert [found["a"][name].float for name in ("limit_plus", "limit_minus")] == ([a, 0] if b > 0 else [0, a])


def test_the_point_of_the_values_is_told_exactly() -> None:
    t0 = solved("outputs/sigmoid", 3).given()["t0"]
    assert float(sympy.sympify(t0.exact)) == pytest.approx(t0.float)


# Logloss and separable classes


@pytest.mark.parametrize("seed", SEEDS)
def test_classes_are_separable_just_when_a_threshold_tells_them_apart(seed: int | None) -> None:
    given, found = told("outputs/logloss_separable", seed), answers("outputs/logloss_separable", seed)["b"]
    zeros, ones = ([x for x, y in zip(given["x"], given["y"], strict=True) if y == kind] for kind in (0, 1))
    apart = max(zeros) < min(ones) or max(ones) < min(zeros)
    assert found["separable"].exact is apart
    assert set(found) == ({"separable"} if apart else {"separable", "b0", "b1", "minimum"})


@pytest.mark.parametrize("seed", SEEDS)
def test_the_loss_is_the_sum_of_logloss(seed: int | None) -> None:
    given = told("outputs/logloss_separable", seed)
    loss = sympy.sympify(answers("outputs/logloss_separable", seed)["a"]["loss"].exact)
    for b0, b1 in ((0.3, -0.2), (-1.0, 0.5)):
        p = [1 / (1 + exp(-(b0 + b1 * x))) for x in given["x"]]
        expected = -sum(log(q if y else 1 - q) for q, y in zip(p, given["y"], strict=True))
        assert float(loss.subs({"b0": b0, "b1": b1})) == pytest.approx(expected)


def test_half_of_the_draws_are_not_separable() -> None:
    verdicts = [answers("outputs/logloss_separable", seed)["b"]["separable"].exact for seed in range(120)]
    assert 40 <= sum(verdicts) <= 80


@pytest.mark.parametrize("seed", range(12))
def test_no_other_line_has_a_smaller_loss_than_the_optimum(seed: int) -> None:
    found = answers("outputs/logloss_separable", seed)
    if "minimum" in found["b"]:
        loss = sympy.lambdify(("b0", "b1"), sympy.sympify(found["a"]["loss"].exact))
        b0, b1, least = (found["b"][name].float for name in ("b0", "b1", "minimum"))
        assert loss(b0, b1) == pytest.approx(least)
        assert all(loss(b0 + d, b1 + e) > least for d in (-0.05, 0, 0.05) for e in (-0.05, 0, 0.05) if d or e)


# Softmax


def test_softmax_is_increasing_in_its_logit() -> None:
    """A printed key gives the largest probability to a logit that is not the largest."""
    for seed in SEEDS:
        given, found = told("outputs/softmax", seed), answers("outputs/softmax", seed)["a"]
        for row in ("1", "2"):
            assert np.argsort(found[f"p{row}"].float).tolist() == np.argsort(given[f"z{row}"]).tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_logloss_is_a_mean_over_the_true_classes(seed: int | None) -> None:
    given, found = told("outputs/softmax", seed), answers("outputs/softmax", seed)
    first, second = (int(k) - 1 for k in given["classes"])
    expected = -(log(softmax(given["z1"])[first]) + log(softmax(given["z2"])[second])) / 2
    assert found["b"]["logloss"].float == pytest.approx(expected)


def test_one_of_two_softmax_outputs_is_the_sigmoid_of_the_difference() -> None:
    found = sympy.sympify(answers("outputs/softmax")["c"]["softmax1"].exact)
    z1, z2 = sympy.symbols("z1 z2")
    assert sympy.simplify(found - sympy.exp(z1) / (sympy.exp(z1) + sympy.exp(z2))) == 0


# The last layer and the loss


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_of_logloss_through_the_sigmoid_is_p_minus_y(seed: int | None) -> None:
    """Printed keys have y - p, or leave the slope of the sigmoid in."""
    given, found = told("outputs/heads", seed), answers("outputs/heads", seed)
    assert found["a"]["gradient"].float == pytest.approx(1 / (1 + exp(-given["za"])) - given["ya"])
    p = 1 / (1 + np.exp(-np.array(given["zd"])))
    np.testing.assert_allclose(found["d"]["gradient"].float, p - given["yd"])
    target = np.eye(3)[int(given["cb"]) - 1]
    np.testing.assert_allclose(found["b"]["gradient"].float, softmax(given["zb"]) - target, atol=1e-12)
    assert found["f"]["gradient"].float == pytest.approx(exp(given["zf"]) - given["yf"])


def test_the_poisson_loss_is_least_at_the_observed_count() -> None:
    nll = sympy.sympify(answers("outputs/heads")["f"]["nll"].exact)
    lam, y = sympy.symbols("lam y", positive=True)
    assert sympy.solve(sympy.diff(nll.subs({"lam": lam, "y": y}), lam), lam) == [y]


# Temperature


@pytest.mark.parametrize("seed", SEEDS)
def test_temperature_answers_are_ordered_as_the_logits(seed: int | None) -> None:
    """A printed key turns the order round at low temperatures; dividing by a positive number cannot."""
    given, found = told("outputs/temperature", seed), answers("outputs/temperature", seed)
    order = np.argsort(given["z"]).tolist()
    for part, temperature in zip("abc", given["T"], strict=True):
        p = found[part]["p"].float
        assert np.argsort(p).tolist() == order
        np.testing.assert_allclose(p, softmax(np.array(given["z"]) / temperature), rtol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_heat_leaves_the_largest_logit_and_endless_heat_leaves_no_difference(seed: int | None) -> None:
    given, found = told("outputs/temperature", seed), answers("outputs/temperature", seed)
    assert found["d"]["limit"].float == [float(z == max(given["z"])) for z in given["z"]]
    assert found["e"]["limit"].exact == ["1/3"] * 3


def test_warmer_replies_are_more_varied() -> None:
    for seed in SEEDS:
        entropies = answers("outputs/temperature", seed)["f"]["entropy"].float
        assert entropies == sorted(entropies, reverse=True)
