"""Formulas are compared at random points and shapes: how they are written does not matter, what they say does."""

from __future__ import annotations

from time import perf_counter

import pytest

from keygen.grading import formulas
from keygen.grading.formulas import Letters, key_formula, typed_formula
from keygen.grading.typed_text import UnreadableError

SCALARS = Letters({}, {})
MATRICES = Letters(
    {"X": (4, 3), "w": (3, 1), "y": (4, 1), "lam": (1, 1), "S": (3, 3)}, {"S": "definite", "lam": "positive"}
)


def agrees(typed: str, key: str, letters: Letters) -> bool | None:
    wanted = key_formula(key, letters)
    return formulas.agrees(typed_formula(typed, wanted), wanted)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("(z1-z2)^2", "z1 ** 2 - 2 * z1 * z2 + z2 ** 2"), ("2x(x+y)", "2 * x ** 2 + 2 * x * y"),
        (r"\frac{1}{1+e^{-x}}", "(1/(1 + exp(-x)))"), ("σ(x)", "1/(1 + exp(-x))"), ("0,5 x", "(1/2) * x"),
        (r"\lambda - y\ln\lambda", "lam - y * log(lam)"), ("max(0, 2x_1 - 1)", "Max(0, 2 * x1 - 1)"),
        ("f'(x) g(x)", "df(x) * g(x)"), ("1 - (1-p)^{140}", "1 - (1 - p) ** 140"), ("9f − f²", "9 * f - f ** 2"),
        ("y = 3x", "3 * x"), ("|x|", "sqrt(x ** 2)"), ("√(3/n)", "sqrt(((3) / (n)))"), ("2", "2"),
        ("np.exp(-x)", "exp(-x)"), ("w2_1 f(x)", "w2_1 * f(x)"),
    ],
)  # fmt: skip
def test_an_expression_is_right_however_it_is_written(typed: str, key: str) -> None:
    assert agrees(typed, key, SCALARS) is True


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("x + y", "x * y"),
        ("-x", "x"),
        ("x^2", "x ** 3"),
        ("ln x", "log(2 * x)"),
        ("f(x) g(x)", "df(x) * g(x)"),
        ("0", "x"),
    ],
)
def test_another_expression_is_wrong(typed: str, key: str) -> None:
    assert agrees(typed, key, SCALARS) is False


@pytest.mark.parametrize(
    "typed", ["q + x", "x +", "import os", "x.__class__", "2 3", "1/2x", "x" * 30_000, "(" * 9_000]
)
def test_an_expression_that_cannot_be_read_is_for_a_person(typed: str) -> None:
    with pytest.raises(UnreadableError):
        agrees(typed, "x + 1", SCALARS)


GRADIENT = "2 * (X.T @ (X @ w - y) + lam * w)"


@pytest.mark.parametrize(
    "typed",
    [
        "2 X^T (X w - y) + 2 λ w", "2*X.T@(X@w - y) + 2*lam*w", "-2X'(y − Xw) + 2\\lambda w",
        "2(X^T X + λ I) w - 2 X^T y",
        "2 * (X.T @ X + lam * I(3)) @ w - 2 * X.T @ y", r"2X^{\top}(Xw-y)+2\lambda w",
        r"2X^TXw - 2X^Ty + 2\lambda w", "4/2 X'(X w - y) + 2 lam w", "4/2 X^TX w + 4/2*lam w - 4/2X^Ty",
    ],
)  # fmt: skip
def test_a_matrix_formula_is_right_however_it_is_written(typed: str) -> None:
    assert agrees(typed, GRADIENT, MATRICES) is True


@pytest.mark.parametrize("typed", ["2/5 w'w w", "2/5 lam w", "1/2 X w'w", "2/5 y'X w w"])
def test_a_product_behind_a_quotient_is_for_a_person_where_a_number_may_be_divided_by(typed: str) -> None:
    with pytest.raises(UnreadableError, match="two meanings"):
        agrees(typed, GRADIENT, MATRICES)


@pytest.mark.parametrize("typed", ["2/5 X^T X", "2/5 X' X", "(2/5) X'X", "2/5 (X'X)", "4/10 X^TX"])
def test_half_of_a_matrix_is_no_division_by_it(typed: str) -> None:
    assert agrees(typed, "2/5 * X.T @ X", MATRICES) is True


@pytest.mark.parametrize("typed", ["S^{-T}", "S^-T", r"S^{-\top}", "S^{-1}'", "(S^{-1})^T", "S^(-T)", "inv(S)^T"])
def test_the_transpose_of_an_inverse_is_read(typed: str) -> None:
    assert agrees(typed, "inv(S).T", Letters({"S": (3, 3)}, {})) is True


@pytest.mark.parametrize(
    "typed",
    ["X" + "^T" * 900, "w" + "'" * 2900, "√" * 900 + "lam", "-" * 9000 + "w w", "X^TX" * 900, "w" + " + w" * 3000,
     "1/2" + " X" * 3000, "w" * 20_000, "(" * 900 + "w" + ")" * 900, "w" + "^2" * 900],
)  # fmt: skip
def test_a_formula_without_end_is_for_a_person_at_once(typed: str) -> None:
    began = perf_counter()
    with pytest.raises(UnreadableError):
        agrees(typed, GRADIENT, MATRICES)
    assert perf_counter() - began < 2


def test_a_lone_zero_is_the_zero_of_any_shape() -> None:
    assert agrees("0", "0 * w", MATRICES) is True
    assert agrees("0", GRADIENT, MATRICES) is False


def test_the_inverse_and_the_trace_are_read() -> None:
    assert agrees("(X^T X + λI)^{-1} X^T y", "inv(X.T @ X + lam * I(3)) @ X.T @ y", MATRICES) is True
    assert agrees("tr(X^T X S)", "tr(X @ S @ X.T)", MATRICES) is True
    assert agrees("S^-1", "inv(S)", MATRICES) is True


def test_a_transposed_gradient_has_another_shape() -> None:
    assert agrees("2 (X w - y)^T X + 2 λ w^T", GRADIENT, MATRICES) is None


def test_a_matrix_formula_may_be_wrong() -> None:
    assert agrees("X^T (X w - y) + λ w", GRADIENT, MATRICES) is False


def test_shapes_that_do_not_fit_are_for_a_person() -> None:
    with pytest.raises(UnreadableError):
        agrees("X (X w - y)", GRADIENT, MATRICES)


def test_a_mask_is_written_in_several_ways() -> None:
    letters = Letters({"X": (2, 3), "W": (3, 4)}, {})
    for typed in ("relu(X W)", "max(0, X@W)", "(X @ W) * (X @ W > 0)", "np.maximum(0, X @ W)"):
        assert agrees(typed, "((X @ W) * ((X @ W) > 0))", letters) is True


def test_a_length_may_be_its_letter() -> None:
    letters = Letters({"y": (4, 1)}, {}, {"n": ("y.shape[0]", 4)})
    assert agrees("2 y / n", "((2) / (y.shape[0])) * y", letters) is True
    assert agrees("2*y/y.shape[0]", "((2) / (y.shape[0])) * y", letters) is True


@pytest.mark.parametrize(
    "typed", ["0", "Max(0, 4 * x1 - 4 * x2 - 3)", "Max(0, Max(0, 4 * x1 - 4 * x2 + 4) - 7)", "4 * x1 - 4 * x2 - 3"]
)
def test_a_formula_in_pieces_is_compared_on_each_of_them(typed: str) -> None:
    """At most points near 0 the key is 0."""
    key = "Max(0, Max(0, 4 * x1 - 4 * x2 + 4) + Max(0, -2 * x1 + x2 + 1) - 7)"
    assert agrees(key, key, Letters({}, {})) is True
    assert agrees(typed, key, Letters({}, {})) is False
