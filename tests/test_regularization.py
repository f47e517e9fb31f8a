"""A constant with a ridge penalty: the optimum and the penalty against a search by numbers."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from keygen.mathematics.answers import Answer
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from tests.courses import SHIPPED

SEEDS = [None, *range(15)]
NAME = "regularization/constant_with_ridge"


def solved(seed: int | None) -> Solved:
    return solve(SHIPPED.exercise(NAME), "sheet5", seed)


def answers(seed: int | None) -> dict[str, dict[str, Answer]]:
    return solved(seed).answers()


def sample(seed: int | None) -> np.ndarray:
    return np.array(solved(seed).given()["y"].float)


def validation_error(y: np.ndarray, lam: float) -> float:
    """The sum of squared errors, each observation predicted from the others."""
    others = [np.delete(y, i) for i in range(len(y))]
    return float(sum((y_i - rest.sum() / (len(rest) + lam)) ** 2 for y_i, rest in zip(y, others, strict=True)))


def test_the_published_key_is_that_of_the_catalogue() -> None:
    found = answers(None)
    assert found["a"]["beta"].exact == "22/3"
    assert sympy.sympify(found["b"]["beta"].exact) == sympy.sympify("22/(3 + lam)")
    assert found["c"]["lambda"].exact == "4/39"
    assert found["d"]["beta"].exact == "78/11"


@pytest.mark.parametrize("seed", SEEDS)
def test_beta_of_lam_is_where_the_objective_is_least(seed: int | None) -> None:
    y = sample(seed)
    formula = sympy.sympify(answers(seed)["b"]["beta"].exact)
    for lam in (0.0, 0.5, 2.0):
        best = float(formula.subs("lam", lam))
        around = np.linspace(best - 1, best + 1, 201)
        objective = ((y[:, None] - around) ** 2).sum(axis=0) + lam * around**2
        assert around[objective.argmin()] == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_other_penalty_has_a_smaller_leave_one_out_error(seed: int | None) -> None:
    y, found = sample(seed), answers(seed)["c"]
    best = found["lambda"].float
    assert best > 0
    assert found["cv"].float == pytest.approx(validation_error(y, best))
    assert found["cv_mean"].float == pytest.approx(validation_error(y, best) / len(y))
    assert all(validation_error(y, lam) > found["cv"].float for lam in (0, best / 2, 2 * best, 10 * best))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_last_answer_is_beta_at_the_chosen_penalty(seed: int | None) -> None:
    y, found = sample(seed), answers(seed)
    assert found["d"]["beta"].float == pytest.approx(y.sum() / (len(y) + found["c"]["lambda"].float))
