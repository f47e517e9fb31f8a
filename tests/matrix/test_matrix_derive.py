"""The derivations of the sheet: their gradients, their lines, and what they are checked against."""

from itertools import pairwise

import numpy as np
import pytest
from differential_expressions import ANY
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shipped_forms import EXERCISES

from keygen.errors import KeygenError
from keygen.matrix.derive import derive, hessian
from keygen.matrix.expression import Symbol, Zero
from keygen.matrix.parse import parse
from keygen.matrix.printing import numpy_form, plain_text
from keygen.matrix.verify import points

GRADIENTS = {
    ("matrix/gradients_by_vector", "a"): "2 * x",
    ("matrix/gradients_by_vector", "b"): "a",
    ("matrix/gradients_by_vector", "c"): "(A + A.T) @ x",
    ("matrix/gradients_by_vector", "d"): "(A + A.T) @ x / (x.T @ A @ x)",
    ("matrix/gradients_by_vector", "e"): "a @ a.T @ X.T @ A.T + A.T @ X.T @ a @ a.T",
    ("matrix/differentials", "b"): "det(X) * inv(X).T",
    ("matrix/differentials", "c"): "I(n)",
    ("matrix/gradients_by_matrix", "a"): "A.T @ B.T",
    ("matrix/gradients_by_matrix", "b"): "X @ (A + A.T)",
    ("matrix/gradients_by_matrix", "c"): "inv(X).T",
    (
        "matrix/gradients_by_matrix",
        "d",
    ): "X @ B @ inv(X).T @ A + X @ A.T @ inv(X) @ B.T - inv(X).T @ A @ X.T @ X @ B @ inv(X).T",
    (
        "matrix/gradients_by_matrix",
        "e",
    ): "det(X.T @ A @ X) * (A @ X @ inv(X.T @ A @ X) + A.T @ X @ inv(X.T @ A.T @ X))",
    ("matrix/gradients_by_matrix", "f"): "A @ b",
    ("matrix/gradients_by_matrix", "g"): "x @ b.T",
    ("matrix/least_squares", "a"): "-2 * X.T @ (y - X @ w)",
    ("matrix/ridge", "a"): "-2 * X.T @ (y - X @ w) + 2 * lam * w",
}

LINES = {
    "x.T @ A @ x": ["(dx)ᵀ Ax + xᵀA dx", "xᵀAᵀ dx + xᵀA dx", "xᵀ(Aᵀ + A) dx"],
    "ln(x.T @ A @ x)": [
        "d(xᵀAx) / (xᵀAx)",
        "((dx)ᵀ Ax + xᵀA dx) / (xᵀAx)",
        "(xᵀAᵀ dx + xᵀA dx) / (xᵀAx)",
        "xᵀ(Aᵀ + A) dx / (xᵀAx)",
    ],
    "(y - X @ x).T @ (y - X @ x)": [
        "(d(y − Xx))ᵀ (y − Xx) + (y − Xx)ᵀ d(y − Xx)",
        "2(y − Xx)ᵀ d(y − Xx)",
        "−2(y − Xx)ᵀX dx",
    ],
    "x @ x.T @ x": ["dx xᵀx + x (dx)ᵀ x + xxᵀ dx", "(xᵀx) dx + 2xxᵀ dx", "((xᵀx)I + 2xxᵀ) dx"],
    "(A @ x).T @ b": ["d(xᵀAᵀb)", "(dx)ᵀ Aᵀb", "bᵀA dx"],
    "tr(x @ a.T)": ["tr(dx aᵀ)", "aᵀ dx"],
}

MORE = [
    ("tr(B.T @ (A * X))", "X", "X:n,m A:n,m"),
    ("sqrt(det(X.T @ X))", "X", ""),
    ("x.T @ A @ x / (x.T @ x)", "x", ""),
    ("log(sum(exp(a[i].T @ x) for i in range(m)))", "x", ""),
    ("sigmoid(b.T @ x) * x.T @ A @ x", "x", ""),
    ("b.T @ (a * (A @ x))", "x", "a:n,1"),
    ("norm(A @ X @ B - C)**2", "X", ""),
    ("tr(inv(A + X.T @ X) @ B)", "X", ""),
    ("X @ A @ X.T", "X", ""),
    ("exp(a.T @ x) * x", "x", ""),
    ("a * (B @ x)", "x", "a:n,1"),
    ("tr(A * inv(X))", "X", "A:n,n X:n,n"),
    ("x**3 * exp(-x)", "x", "x:1,1"),
    ("x * A @ a", "x", "x:1,1"),
    ("x @ A @ x.T", "x", "x:1,n"),
    ("(x * A - 2 * B * x).T", "x", "x:1,1 B:n,m"),
    ("0 * tr(X) + tr(A @ X)", "X", ""),
]


@pytest.mark.parametrize(("exercise", "part"), GRADIENTS)
def test_the_published_gradients_are_those_of_a_textbook(exercise, part):
    problem = EXERCISES[exercise][part].published
    assert numpy_form(derive(problem.f, problem.wrt).gradient) == GRADIENTS[exercise, part]


@pytest.mark.parametrize("formula", LINES)
def test_the_lines_are_those_a_teacher_writes(formula):
    parsed = parse(formula, wrt="x")
    assert [plain_text(line.after) for line in derive(parsed.expression, parsed.wrt).lines] == LINES[formula]


def parsed_derivation(formula, wrt, shapes=""):
    parsed = parse(formula, shapes, wrt)
    return derive(parsed.expression, parsed.wrt)


@pytest.mark.parametrize(("formula", "wrt", "shapes"), MORE)
def test_the_last_line_equals_a_central_difference(central_difference, numpy_value, formula, wrt, shapes):
    derivation = parsed_derivation(formula, wrt, shapes)
    for point in points([derivation.f], [derivation.wrt], seed=5):
        last = numpy_value(numpy_form(derivation.differential), point)
        assert np.allclose(last, central_difference(derivation, point), rtol=1e-4, atol=1e-5)


@given(ANY, st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_any_expression_is_derived_and_checked_or_refused_with_a_reason(e, rng):
    letters = sorted((symbol for symbol in e.symbols if symbol.index is None), key=str)
    assume(letters)
    with np.errstate(all="ignore"):
        try:
            found = derive(e, rng.choice(letters))
        except KeygenError as refusal:
            assert refusal.what.startswith("no point was found")  # noqa: PT017 - a false line must not pass for a refusal
        else:
            assert found.differential.shape == e.shape


def test_a_line_names_no_law_of_powers_where_the_page_has_written_the_power_already():
    logistic = EXERCISES["matrix/logistic"]
    (problem,) = (form.published for form in logistic.values())
    lines = hessian(derive(problem.f, problem.wrt)).lines
    assert [line.laws for line in lines[:2]] == [("sigmoid",), ("sign",)]
    assert "yᵢ²" in plain_text(lines[0].after)


def test_a_gradient_has_the_shape_of_its_variable():
    derivation = parsed_derivation("tr(A @ X @ B)", "X")
    assert derivation.wrt.shape == ("m", "k")
    assert derivation.gradient.shape == ("m", "k")


def test_a_column_has_a_jacobian_and_a_matrix_only_a_differential():
    column = parsed_derivation("A @ x", "x")
    assert (str(column.jacobian), column.gradient) == ("A", None)
    matrix = parsed_derivation("A @ X @ B", "X")
    assert (matrix.jacobian, matrix.gradient, str(matrix.differential)) == (None, None, "A @ dX @ B")


def test_the_hessian_is_the_differential_of_the_gradient():
    first = parsed_derivation("x.T @ A @ x / 2 + ln(b.T @ x)", "x")
    second = hessian(first)
    assert numpy_form(second.jacobian) == "1/2 * A + 1/2 * A.T - b @ b.T / (b.T @ x)**2"
    assert hessian(parsed_derivation("norm(X - A)**2", "X")).jacobian is None


def test_the_variable_itself_has_the_differential_dx():
    column = parsed_derivation("x", "x", "x:n,1")
    assert (column.lines, str(column.differential), str(column.jacobian)) == ((), "dx", "I(n)")
    assert str(parsed_derivation("x", "x", "x:1,1").gradient) == "1"


def test_constants_are_skipped_before_they_are_written():
    for formula in ("c.T @ A @ c + tr(A @ X)", "tr(A @ (X + B))", "ln(det(B.T @ B)) + tr(A @ X)"):
        derivation = parsed_derivation(formula, "X")
        assert [str(line.after) for line in derivation.lines] == ["tr(A @ dX)"]


def test_every_line_follows_from_the_one_before():
    lines = parsed_derivation("tr(A @ X.T @ X @ B @ inv(X).T)", "X").lines
    assert all(line.after == following.before for line, following in pairwise(lines))
    assert all(line.laws for line in lines)


@pytest.mark.parametrize("convention", ["symmetric", "free"])
def test_a_symmetric_variable_is_differentiated_by_the_convention_named(convention):
    parsed = parse("tr(A @ S)", "A:n,n S:n,n,symmetric", "S")
    derivation = derive(parsed.expression, parsed.wrt, convention)
    assert derivation.convention == convention
    assert str(derivation.gradient) == {"symmetric": "1/2 * (A.T + A)", "free": "A.T"}[convention]
    assert ("symmetric_part" in derivation.reading) == (convention == "symmetric")


def test_a_variable_that_is_not_symmetric_needs_no_convention():
    assert parsed_derivation("tr(A @ X)", "X").convention is None


def test_a_function_defined_nowhere_raises_with_the_reason():
    with pytest.raises(KeygenError, match=r"ln of a number that is not positive: -x.T @ x"):
        parsed_derivation("ln(-x.T @ x)", "x")
    with pytest.raises(KeygenError, match=r"X @ X.T is singular"):
        parsed_derivation("det(X @ X.T)", "X", "X:3,2")


def test_a_function_without_its_variable_has_the_gradient_zero():
    derivation = derive(parse("tr(A)").expression, Symbol("X", "n", "m"))
    assert [(str(line.after), line.laws) for line in derivation.lines] == [("0", ("constant",))]
    assert derivation.gradient == Zero("n", "m")
