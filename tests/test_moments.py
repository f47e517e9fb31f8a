"""Sheet 5b: expectations, variances and gradients against enumeration, probability functions and NumPy, from the JSON
alone; a false chain of expectations is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise, product
from math import comb, prod
from typing import Any

import numpy as np
import pytest
import sympy

from keygen.author import Name, apply, calculus
from keygen.errors import KeygenError
from keygen.mathematics.answers import as_json
from keygen.mathematics.number_format import Policy
from keygen.variants.solve import solve
from tests.courses import SHIPPED

SEEDS = [None, *range(6)]


def key(exercise: str, seed: int | None) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    solved = solve(SHIPPED.exercise(exercise), "sheet5b", seed)
    parts = {part: as_json(named, Policy()) for part, named in solved.answers().items()}
    return as_json(solved.given(), Policy()), parts


def at(answer: Mapping[str, Any], **letters: Fraction) -> Fraction:
    """An expression at exact numbers."""
    value = sympy.sympify(answer["exact"]).subs(
        {n: sympy.Rational(x.numerator, x.denominator) for n, x in letters.items()}
    )
    return Fraction(int(value.p), int(value.q))


def parameters(sizes: list[int]) -> int:
    return sum((before + 1) * after for before, after in pairwise(sizes))


def moments(n: int, q: Fraction) -> tuple[Fraction, Fraction]:
    """E N and E N^2 of the number of living units, by the probability of every number."""
    chance = [comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n + 1)]
    return sum(k * c for k, c in enumerate(chance)), sum(k * k * c for k, c in enumerate(chance))  # type: ignore[return-value]


def test_the_published_counts_are_those_of_the_catalogue() -> None:
    _, parts = key("dropout/how_many", None)
    assert [parts[part]["count"]["exact"] for part in "ab"] == ["84301", "22151"]
    p = sympy.Symbol("p")
    assert sympy.expand(sympy.sympify(parts["f"]["mean"]["exact"]) - (80000 * p**2 - 164300 * p + 84301)) == 0
    assert sympy.expand(sympy.sympify(parts["e"]["variance"]["exact"]) - 600 * p * (1 - p)) == 0
    assert parts["e"]["p"]["exact"] == "1/4"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_dropout_leaves_has_the_moments_of_its_probability_function(seed: int | None) -> None:
    given, parts = key("dropout/how_many", seed)
    first, *hidden, last = (int(x) for x in given["sizes"]["exact"])
    p = Fraction(1, 3)
    pairs = [moments(n, 1 - p) for n in hidden]
    (a, aa), (b, _), (c, cc) = pairs
    n_0, out = first + 1, last + 1
    mean = n_0 * a + a * b + b + b * c + out * c + last
    # E M^2 given N_2 = k: M = (n_0 + k) N_1 + (k + out) N_3 + k + last, by the moments of N_1, N_3 and the law of N_2
    chance = [comb(hidden[1], k) * (1 - p) ** k * p ** (hidden[1] - k) for k in range(hidden[1] + 1)]
    second = sum(
        q * ((n_0 + k) ** 2 * aa + (k + out) ** 2 * cc + (k + last) ** 2
             + 2 * (n_0 + k) * (k + out) * a * c + 2 * (n_0 + k) * (k + last) * a + 2 * (k + out) * (k + last) * c)
        for k, q in enumerate(chance)
    )  # fmt: skip
    assert at(parts["e"]["mean"], p=p) == a + b + c
    assert at(parts["e"]["variance"], p=p) == sum(two - one**2 for one, two in pairs)
    assert at(parts["f"]["mean"], p=p) == mean
    assert at(parts["f"]["variance"], p=p) == second - mean**2
    assert at(parts["c"]["p_off"], p=p) == p ** hidden[0]
    assert at(parts["d"]["p_some"], p=p) == 1 - prod(1 - p**n for n in hidden)
    assert parts["a"]["count"]["exact"] == str(parameters([first, *hidden, last]))


def test_two_outcomes_stand_for_every_mask_of_a_small_net() -> None:
    """Expectation and variance of a count of parameters over all masks of 3 + 2 units, against the chain's outcomes."""
    p, count = Fraction(1, 4), calculus.read("4*N_1 + N_1*N_2 + 3*N_2 + 1")
    masks = list(product((0, 1), repeat=5))
    weights = [prod(1 - p if on else p for on in mask) for mask in masks]
    found = [4 * sum(m[:3]) + sum(m[:3]) * sum(m[3:]) + 3 * sum(m[3:]) + 1 for m in masks]
    mean = sum(w * x for w, x in zip(weights, found, strict=True))
    variance = sum(w * (x - mean) ** 2 for w, x in zip(weights, found, strict=True))
    living = calculus.whole(1 - p)
    scope = calculus.scope({"t": (0, 1)}, M=count).drawing(
        N_1=calculus.binomial(3, living), N_2=calculus.binomial(2, living)
    )
    for sign, value in ((calculus.expectation, mean), (calculus.variance, variance)):
        chain = calculus.derivation(
            scope, sign(Name("M")), calculus.becomes(calculus.whole(Fraction(value))), check="points"
        )
        assert len(chain.links) == 2


X, Y = Name("x"), Name("y")
E, VAR = calculus.expectation, calculus.variance


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (E(calculus.mul(X, X)), calculus.mul(E(X), E(X))),
        (VAR(calculus.add(X, X)), calculus.times(2, VAR(X))),
        (VAR(calculus.times(3, X)), calculus.times(3, VAR(X))),
        (VAR(calculus.mul(X, Y)), calculus.mul(VAR(X), VAR(Y))),
        (VAR(X), calculus.read("n*q")),
        (VAR(calculus.sub(X, Y)), calculus.sub(VAR(X), VAR(Y))),
    ],
)
def test_a_false_law_is_refused_with_both_sides(left: Any, right: Any) -> None:
    scope = calculus.scope({"q": ("0.2", "0.8"), "n": (7, 7)}).drawing(
        x=calculus.binomial(7, calculus.read("q")), y=calculus.binomial(4, calculus.read("q"))
    )
    with pytest.raises(KeygenError, match="two sides do not agree"):
        calculus.derivation(scope, left, calculus.becomes(right), check="points")


def test_what_two_outcomes_do_not_tell_is_refused_and_so_is_a_chance_that_is_none() -> None:
    scope = calculus.scope({"q": ("0.2", "0.8")}).drawing(x=calculus.binomial(7, calculus.read("q")))
    with pytest.raises(KeygenError, match="higher degree"):
        calculus.derivation(scope, VAR(calculus.power(X, 2)), calculus.becomes(calculus.ONE), check="points")
    outside = calculus.scope({"q": ("1.2", "1.8")}).drawing(x=calculus.binomial(7, calculus.read("q")))
    with pytest.raises(KeygenError, match=r"a probability is outside \(0, 1\)"):
        calculus.derivation(outside, E(X), calculus.becomes(calculus.read("7*q")), check="points")


Q = calculus.read("q")
SYMMETRIC = calculus.symmetric(Q)
NO_LAW, NO_SQUARE = "not known to be symmetric", "of max(0, x) itself is not read"


def passed(x: Any) -> Any:
    return apply("relu", x)


@pytest.mark.parametrize(
    ("law", "left", "what"),
    [
        (calculus.binomial(7, Q), E(calculus.power(passed(X), 2)), NO_LAW),
        (calculus.centred(Q), E(calculus.power(passed(X), 2)), NO_LAW),
        (SYMMETRIC, E(calculus.power(passed(calculus.add(X, calculus.ONE)), 2)), NO_LAW),
        (SYMMETRIC, E(passed(X)), NO_SQUARE),
        (calculus.uniform(Q), VAR(passed(X)), NO_SQUARE),
        (SYMMETRIC, VAR(calculus.add(calculus.mul(Y, passed(X)), Y)), NO_SQUARE),
    ],
)
def test_what_relu_passes_is_read_where_a_symmetric_law_tells_it_and_nowhere_else(
    law: Any, left: Any, what: str
) -> None:
    scope = calculus.scope({"q": ("0.2", "0.8")}).drawing(x=law, y=calculus.centred(Q))
    with pytest.raises(KeygenError, match=re.escape(what)) as caught:
        calculus.derivation(scope, left, calculus.becomes(calculus.ONE), check="points")
    assert caught.value.repair


@pytest.mark.parametrize("law", [SYMMETRIC, calculus.uniform(Q)])
def test_relu_lets_half_of_the_mean_square_of_a_symmetric_law_through(law: Any) -> None:
    scope = calculus.scope({"q": ("0.2", "0.8")}).drawing(x=law, y=calculus.centred(Q))
    square, half = E(calculus.power(passed(X), 2)), calculus.div(VAR(X), calculus.whole(2))
    found = calculus.derivation(
        scope, VAR(calculus.mul(Y, passed(X))),
        *(calculus.becomes(calculus.mul(VAR(Y), one)) for one in (square, half)), check="points",
    )  # fmt: skip
    assert len(found.links) == 3


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mask_is_what_numpy_makes_of_it(seed: int | None) -> None:
    given, parts = key("dropout/mask", seed)
    data = {n: np.array(given[n]["float"], dtype=float) for n in ("x", "y", "W1", "W2", "D", "p")}
    x, y, w1, w2, d, p = data.values()
    relu = given["activation"]["exact"] == "relu"

    def f(z: Any) -> Any:
        return np.maximum(z, 0) if relu else np.tanh(z)

    def df(z: Any) -> Any:
        return 1.0 * (z > 0) if relu else 1 - np.tanh(z) ** 2

    scale = d / (1 - p)
    h = f(x @ w1) * scale
    back = 2 * (h @ w2 - y)
    dz = back @ w2.T * scale * df(x @ w1)
    found = parts["a"]
    for name, value in (("h", h), ("yhat", h @ w2), ("dX", dz @ w1.T), ("test", f(x @ w1) @ w2)):
        np.testing.assert_allclose(np.array(found[name]["float"]).ravel(), value.ravel(), rtol=1e-12)
    for answer, value in zip(found["dW"]["float"], (x.T @ dz, h.T @ back), strict=True):
        np.testing.assert_allclose(np.array(answer).ravel(), value.ravel(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("seed", [None, 0, 1])
def test_initial_weights_keep_the_variance_that_integrals_say(seed: int | None) -> None:
    given, parts = key("init/variance", seed)
    n, t, c = sympy.Symbol("n", positive=True), sympy.Symbol("t"), sympy.sympify(given["width"]["exact"])

    def spread(a: Any) -> Any:
        return sympy.integrate(t**2 / (2 * a), (t, -a, a))

    ratio = sympy.simplify(n * spread(c / sympy.sqrt(n)))
    assert sympy.sympify(parts["a"]["ratio"]["exact"]) == ratio
    assert sympy.sympify(parts["a"]["after"]["exact"]) == ratio ** int(given["layers"]["exact"])
    width = sympy.sympify(parts["b"]["half_width"]["exact"]).subs("n", n)
    assert sympy.simplify(n * spread(width)) == 1
    assert [sympy.sympify(parts[part]["variance"]["exact"]).subs("n", n) for part in "cd"] == [1 / n, 2 / n]
    assert parts["e"]["p_zero"]["exact"] == "1/2"
