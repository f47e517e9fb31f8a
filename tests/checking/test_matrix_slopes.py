"""Gradients of matrix formulas by differences in 150 digits: what a double would let pass is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from keygen.certify import matrices
from keygen.checking import matrix_slopes
from keygen.checking.matrix_slopes import certify_matrix_slopes, oracle_value
from keygen.errors import KeygenError
from keygen.matrix.exercises import Worked
from keygen.matrix.expression import Number, Product
from keygen.matrix.marks import worked_in
from keygen.variants.solve import solve
from tests.courses import SHIPPED

NAMES = ["gradients_by_vector", "gradients_by_matrix", "differentials", "ridge", "logistic", "normal_likelihood"]


def worked(name: str) -> list[Worked]:
    return list(worked_in(solve(SHIPPED.exercise(f"matrix/{name}"), "sheet8", 3).shown))


@pytest.mark.parametrize("name", NAMES)
def test_a_slope_that_is_off_in_its_thirteenth_digit_is_refused_and_a_float_does_not_see_it(
    name: str, monkeypatch: Any
) -> None:
    """Whatever is asked of the problem: a gradient, a Jacobian, a Hessian or a differential."""
    problems = worked(name)
    assert sum(map(certify_matrix_slopes, problems)) >= len(problems)
    true = matrices.slopes
    off = Number(1 + Fraction(1, 10**13))
    for module in (matrix_slopes, matrices):
        monkeypatch.setattr(module, "slopes", lambda one: [(f, Product((off, slope))) for f, slope in true(one)])
    for problem in problems:
        values, _ = matrices.numeric(problem)
        for f, slope in matrices.slopes(problem):
            matrices.against_differences(problem, f, slope, values)
        with pytest.raises(KeygenError, match="disagrees with a central difference"):
            certify_matrix_slopes(problem)


def test_numbers_in_a_formula_are_read_exactly() -> None:
    x1 = np.array([[Fraction(1)]], dtype=object)
    third, tenth = oracle_value("1/3 * x1", {"x1": x1}), oracle_value("0.1 * inv(3 * I(2))", {"x1": x1})
    assert abs(3 * third[0, 0] - 1) < 1e-100
    assert abs(30 * tenth[1, 1] - 1) < 1e-100
    assert oracle_value("zeros((2, 3))", {}).shape == oracle_value("ones(2, 3)", {}).shape == (2, 3)
