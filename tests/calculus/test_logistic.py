"""The logistic curve in letters: every chain proved once, and true for whatever numbers come in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from keygen.calculus import logistic
from keygen.calculus.algebra import known
from keygen.calculus.derivation import ReasonedChain, with_values
from keygen.calculus.evaluation import exactly
from keygen.calculus.newton import logistic_regression
from keygen.errors import KeygenError
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs, verify
from keygen.mathematics.terms import Literal
from keygen.variants.solve import solve
from tests.courses import SHIPPED

NUMBERS = [
    {"a": Fraction(1), "b": Fraction(1), "c": Fraction(0)},
    {"a": Fraction(3), "b": Fraction(-2), "c": Fraction(0)},
    {"a": Fraction(2), "b": Fraction(3), "c": Fraction(-1)},
    {"a": Fraction(5), "b": Fraction(-4), "c": Fraction(4)},
]


def chains(n: Mapping[str, Fraction]) -> list[ReasonedChain]:
    shifted, rising = n["c"] != 0, n["b"] > 0
    here, everywhere = logistic.where(shifted=shifted), logistic.SCOPE if rising else logistic.FALLING
    return [
        *(with_values(made, logistic.SCOPE, n) for made in (logistic.definition(), logistic.slope())),
        with_values(logistic.inverse(), logistic.SCOPE, n),
        with_values(logistic.reflected(shifted=shifted), here, n),
        with_values(logistic.slope_reflected(shifted=shifted), here, n),
        with_values(logistic.logarithm_slope(shifted=shifted), here, n),
        with_values(logistic.steepest(rising=rising), everywhere, n),
        *(logistic.limit_of(n, toward) for toward in ("+oo", "-oo")),
        *(logistic.steepened_limit(n, positive=positive) for positive in (True, False)),
    ]


@pytest.mark.parametrize("n", NUMBERS, ids=str)
def test_every_chain_is_read_back_with_numbers_in_it(n: Mapping[str, Fraction]) -> None:
    assert all(verify(chain, {}, Policy()) >= 1 for chain in chains(n))


@pytest.mark.parametrize("n", NUMBERS, ids=str)
def test_the_limits_are_a_and_zero_by_the_sign_of_b(n: Mapping[str, Fraction]) -> None:
    ends = [known(logistic.limit_of(n, toward).links[-1]) for toward in ("+oo", "-oo")]
    assert ends == ([n["a"], 0] if n["b"] > 0 else [0, n["a"]])


@pytest.mark.parametrize("n", NUMBERS, ids=str)
def test_the_slope_is_steepest_where_f_is_half_of_a(n: Mapping[str, Fraction]) -> None:
    rising = n["b"] > 0
    scope = logistic.SCOPE if rising else logistic.FALLING
    extreme = known(with_values(logistic.steepest(rising=rising), scope, n).links[-1])
    assert extreme == n["a"] * n["b"] / 4
    slope = with_values(logistic.slope(), logistic.SCOPE, n).links[-1]
    assert exactly(slope, f=n["a"] / 2) == extreme


def test_newton_finds_where_the_gradient_of_the_logloss_vanishes() -> None:
    x, y = [-2, 0, 1, 3], [0, 1, 0, 1]
    b0, b1, least = map(float, logistic_regression(x, y))
    p = 1 / (1 + np.exp(-(b0 + b1 * np.array(x))))
    np.testing.assert_allclose([sum(p - y), sum((p - y) * x)], 0, atol=1e-11)
    assert least == pytest.approx(-sum(np.log(np.where(y, p, 1 - p))))
    nearby = [(b0 + d, b1 + e) for d in (-0.1, 0.1) for e in (-0.1, 0.1)]
    losses = [sum(np.logaddexp(0, u * np.where(y, -1, 1))) for u in (c + d * np.array(x) for c, d in nearby)]
    assert least < min(losses)


def test_newton_refuses_separable_classes() -> None:
    with pytest.raises((KeygenError, np.linalg.LinAlgError)):
        logistic_regression([1, 2, 3], [1, 0, 0])


NUMERIC = [
    "outputs/heads",
    "outputs/logloss_separable",
    "outputs/temperature",
    "activations/relu_and_friends",
    "regularization/constant_with_ridge",
]


@pytest.mark.parametrize("name", NUMERIC)
def test_a_numeric_exercise_never_imports_sympy(name: str) -> None:
    code = f"""
import sys
from keygen.certify.stage import BUILD, certified, certify
from keygen.course.course import course_here
from keygen.variants.solve import solve
from keygen.mathematics.number_format import Policy
from keygen.writers.latex import problem
course = course_here()
for seed in (None, 1, 2):
    solved = solve(course.exercise({name!r}), "sheet", seed)
    certify(solved, Policy())
    certified(
        solved, Policy(","), BUILD,
        lambda proofs: problem(solved, 1, None, course.language("ru"), Policy(","), proofs=proofs),
    )  # fmt: skip
    solved.answers()
assert "sympy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("x", "y", "zeros"),
    [
        ((-3, -1, 1, 3), (0, 1, 0, 1), (True, False)),
        ((-3, -1, 1, 3), (1, 0, 0, 1), (True, True)),
        ((1, 2, 3), (0, 1, 0), (False, True)),
        ((1, 2, 3, 4), (0, 1, 0, 1), (False, False)),
    ],
)
def test_a_number_of_the_optimum_that_is_zero_is_proven_to_be_so(
    x: tuple[int, ...], y: tuple[int, ...], zeros: tuple[bool, bool]
) -> None:
    b0, b1, _ = logistic_regression([Fraction(at) for at in x], [Fraction(answer) for answer in y])
    assert (b0 == 0, b1 == 0) == zeros


def test_the_equations_of_an_optimum_are_read_back_on_exact_numbers() -> None:
    """The sum of p is the sum of y by the definition of the optimum: no ball and no algebra would tell."""
    solved = solve(SHIPPED.exercise("outputs/logloss_separable"), "sheet2", 0)
    proofs = Proofs(solved.values, Policy(), solved.calls, exactly=True)
    for chain in solved.shown["balance"]:
        proofs.require(chain)
    name, numbers, count = solved.shown["balance"][0].links
    with pytest.raises(KeygenError, match="false"):
        proofs.require(replace(solved.shown["balance"][0], links=(name, numbers, Literal(count.value + 1))))
