"""Sums over a sample in matrix form have the same value, and need no loop."""

import numpy as np
import pytest

from keygen.errors import KeygenError
from keygen.matrix.derive import derive
from keygen.matrix.evaluate import MatrixPoint, evaluate
from keygen.matrix.expression import Symbol
from keygen.matrix.parse import parse
from keygen.matrix.printing import numpy_form
from keygen.matrix.readback import derivation_text
from keygen.matrix.transform import stacked
from keygen.matrix.verify import close, points

TOGETHER = {"x": "X", "y": "y", "b": "B", "t": "t"}
SHAPES = "x:k,1 y:1,1 t:1,1 b:k,1 mu:k,1 w:k,1 S:k,k,definite A:m,k"

FORMS = {
    "sum(x[i] for i in range(n))": "X.T @ ones((n, 1))",
    "sum(y[i]*x[i] for i in range(n))": "X.T @ y",
    "sum(x[i] @ x[i].T for i in range(n))": "X.T @ X",
    "sum(y[i]*t[i]*x[i] @ x[i].T for i in range(n))": "X.T @ ((y * t) * X)",
    "sum(y[i]*sigmoid(-y[i]*x[i].T @ w)*x[i] for i in range(n))": "X.T @ (y * (1 / (1 + exp(y * (X @ w)))))",
    "sum(ln(1 + exp(-y[i]*x[i].T @ w)) for i in range(n))": "ones((n, 1)).T @ log(1 + exp(-y * (X @ w)))",
    "sum((x[i] - mu) @ (x[i] - mu).T for i in range(n)) / n": (
        "1/n * (X - ones((n, 1)) @ mu.T).T @ (X - ones((n, 1)) @ mu.T)"
    ),
}

MORE = [
    "sum(y[i]**2 * (w.T @ x[i] + t[i]) for i in range(n))",
    "sum(norm(x[i] - b[i])**2 for i in range(n)) + w.T @ w",
    "sum((x[i] - b[i]).T @ inv(S) @ (x[i] - t[i]*mu) for i in range(n))",
    "sum(A @ x[i] @ b[i].T @ S + y[i]*A @ mu @ w.T for i in range(n))",
    "sum(sigmoid(x[i].T @ w)*(1 - sigmoid(x[i].T @ w)) for i in range(n))",
    "3 * sum((1 - y[i])*x[i].T @ S @ x[i] for i in range(n))",
]


def together(point: MatrixPoint, sizes_of: dict[str, Symbol]) -> MatrixPoint:
    """A point with every sample laid out as one matrix, a member a row."""
    rows = {
        Symbol(TOGETHER[s.name], "n", s.rows): value[:, :, 0]
        for s, value in point.values.items()
        if s.index is not None
    }
    return MatrixPoint({**point.values, **rows}, {}, point.sizes)


@pytest.mark.parametrize("formula", [*FORMS, *MORE])
def test_the_matrix_form_has_the_value_of_the_sum(formula):
    e = parse(formula, SHAPES).expression
    for point in points([e]):
        assert close(evaluate(stacked(e, TOGETHER), together(point, {})), evaluate(e, point))


@pytest.mark.parametrize("formula", FORMS)
def test_the_matrix_form_is_what_numpy_would_write(formula):
    assert numpy_form(stacked(parse(formula, SHAPES).expression, TOGETHER)) == FORMS[formula]


def test_a_column_of_ones_in_a_sum_is_spread_by_numpy():
    text = numpy_form(stacked(parse("sum(1 + exp(y[i]) for i in range(n))").expression, TOGETHER))
    y = np.array([[0.0], [1.0]])
    assert np.allclose(eval(text, {"ones": np.ones, "exp": np.exp, "y": y, "n": 2}), 2 + np.exp(y).sum())


def test_a_sample_without_a_name_raises():
    with pytest.raises(KeygenError, match=r"no name for all the z\[i\] together"):
        stacked(parse("sum(z[i] for i in range(n))").expression, TOGETHER)


def test_a_summand_without_a_matrix_form_raises():
    with pytest.raises(KeygenError, match="has no matrix form"):
        stacked(parse("sum(det(x[i] @ x[i].T) for i in range(n))", SHAPES).expression, TOGETHER)


def test_a_derivation_is_reported_line_under_line():
    parsed = parse("x.T @ A @ x", wrt="x")
    assert derivation_text(derive(parsed.expression, parsed.wrt), {"product": "d(UV) = dU V + U dV"}).splitlines() == [
        "  f = xᵀAx",
        " df = (dx)ᵀ Ax + xᵀA dx   | d(UV) = dU V + U dV; transpose",
        "    = xᵀAᵀ dx + xᵀA dx    | scalar_transpose",
        "    = xᵀ(Aᵀ + A) dx       | collect; factor",
        " ∇f = (A + Aᵀ)x",
    ]
