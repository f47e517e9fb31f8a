"""Gradient = 0, solved by moves that are checked; the second differential says what was found."""

import numpy as np
import pytest
from shipped_forms import EXERCISES

from keygen.errors import KeygenError
from keygen.matrix.derive import derive
from keygen.matrix.evaluate import evaluate
from keygen.matrix.expression import Symbol
from keygen.matrix.optimum import constrained_optimum, gradient_step, optimum, second_order
from keygen.matrix.parse import parse
from keygen.matrix.printing import numpy_form, plain_text
from keygen.matrix.verify import points

WEIGHTED_MEAN = "sum(c[i] * y[i] for i in range(n)) / sum(c[i] for i in range(n))"
PRECISION = "n/2*ln(det(P)) - 1/2*sum(x[i].T @ P @ x[i] for i in range(n))"


def differentiated(formula, wrt, shapes=""):
    parsed = parse(formula, shapes, wrt)
    return derive(parsed.expression, parsed.wrt)


def solved(exercise, part):
    problem = EXERCISES[exercise][part].published
    first = derive(problem.f, problem.wrt)
    if exercise == "matrix/nearest_symmetric":
        return constrained_optimum(first, problem.symbols["L"], part)
    return optimum(first)


SOLUTIONS = {
    ("matrix/least_squares", "a"): ("inv(X.T @ X) @ X.T @ y", "minimum", "full_column_rank X"),
    ("matrix/ridge", "a"): ("inv(X.T @ X + lam * I(k)) @ X.T @ y", "minimum", None),
    ("matrix/normal_likelihood", "mu"): ("1/n * sum(x[i] for i in range(n))", "maximum", None),
    (
        "matrix/normal_likelihood",
        "Sigma",
    ): ("1/n * sum((x[i] - mu) @ (x[i] - mu).T for i in range(n))", "maximum", None),
    ("matrix/nearest_symmetric", "symmetric"): ("1/2 * (A + A.T)", "minimum", None),
    ("matrix/nearest_symmetric", "skew"): ("1/2 * (A - A.T)", "minimum", None),
}


@pytest.mark.parametrize(("exercise", "part"), SOLUTIONS)
def test_the_published_optima_are_those_of_a_textbook(exercise, part):
    found = solved(exercise, part)
    strict = found.second.strict and f"{found.second.strict.kind} {found.second.strict.of}"
    assert (numpy_form(found.solution), found.second.kind, strict) == SOLUTIONS[exercise, part]


def test_the_normal_equations_are_solved_line_by_line():
    found = solved("matrix/ridge", "a")
    assert [f"{plain_text(line.equation.left)} = {plain_text(line.equation.right)}" for line in found.lines] == [
        "−2Xᵀ(y − Xw) + 2λw = 0",
        "−Xᵀ(y − Xw) + λw = 0",
        "−Xᵀy + XᵀXw + λw = 0",
        "XᵀXw + λw = Xᵀy",
        "(XᵀX + λI)w = Xᵀy",
        "w = (XᵀX + λI)⁻¹Xᵀy",
    ]
    assert [line.law for line in found.lines] == [
        "stationary",
        "scale",
        "expand",
        "separate",
        "collect_unknown",
        "solve",
    ]


def test_the_multiplier_is_removed_by_the_transposed_equation():
    found = solved("matrix/nearest_symmetric", "symmetric")
    assert [f"{plain_text(line.equation.left)} = {plain_text(line.equation.right)}" for line in found.lines] == [
        "2(X − A) + Lᵀ − L = 0",
        "2Xᵀ − 2Aᵀ + L − Lᵀ = 0",
        "2X − 2Aᵀ + L − Lᵀ = 0",
        "4X − 2A − 2Aᵀ = 0",
        "4X = 2A + 2Aᵀ",
        "X = (1/2) (A + Aᵀ)",
    ]


def test_the_second_differential_of_a_likelihood_takes_its_sign_at_the_optimum():
    second = solved("matrix/normal_likelihood", "Sigma").second
    assert [line.laws for line in second.lines] == [("second_differential",), ("at_optimum",)]
    assert plain_text(second.lines[-1].after) == "−(n/2) tr(dΣ Σ⁻¹ dΣ Σ⁻¹)"


@pytest.mark.parametrize(
    ("exercise", "part", "reasons", "everywhere"),
    [
        ("matrix/least_squares", "a", ("squares",), True),
        ("matrix/normal_likelihood", "mu", ("definite_inverse",), True),
        ("matrix/normal_likelihood", "Sigma", ("definite_trace",), False),
    ],
)
def test_a_second_differential_says_why_it_has_its_sign_and_where(exercise, part, reasons, everywhere):
    second = solved(exercise, part).second
    assert (second.reasons, second.everywhere) == (reasons, everywhere)


def test_a_weighted_sum_of_squares_is_called_a_quadratic_form():
    second = optimum(differentiated("(y - X @ w).T @ W @ (y - X @ w)", "w", "W:n,n,definite")).second
    assert second.lines[-1].laws == ("definite_form",)


def test_a_number_before_the_unknown_is_divided_by_and_a_matrix_inverted():
    assert solved("matrix/ridge", "a").lines[-1].law == "solve"
    assert solved("matrix/nearest_symmetric", "symmetric").lines[-1].law == "divide"


def test_an_inverse_is_solved_for_and_turned_over():
    found = optimum(differentiated(PRECISION, "P", "P:k,k,definite x:k,1"))
    assert found.lines[-1].law == "invert"
    assert numpy_form(found.solution) == "n * inv(sum(x[i] @ x[i].T for i in range(n)))"


def test_least_squares_agrees_with_numpy():
    found = solved("matrix/least_squares", "a")
    for point in points([found.solution]):
        named = {symbol.name: value for symbol, value in point.values.items()}
        expected = np.linalg.lstsq(named["X"], named["y"], rcond=None)[0]
        assert np.allclose(evaluate(found.solution, point), expected)


def test_the_hessian_of_the_logistic_loss_is_a_sum_of_squares():
    problem = EXERCISES["matrix/logistic"]["a"].published
    first = derive(problem.f, problem.wrt)
    second = second_order(first, points([first.f], [first.wrt]))
    assert (second.kind, second.strict) == ("minimum", None)
    assert plain_text(second.hessian.jacobian) == "∑ᵢ σ(−yᵢxᵢᵀw) (1 − σ(−yᵢxᵢᵀw)) xᵢxᵢᵀ + 2λI"
    assert plain_text(second.lines[-1].after) == "∑ᵢ σ(−yᵢxᵢᵀw) (1 − σ(−yᵢxᵢᵀw)) (xᵢᵀ dw)² + 2λ ‖dw‖²"


def test_without_a_penalty_the_sample_must_span_the_space():
    first = differentiated("sum(ln(1 + exp(-y[i]*x[i].T @ w)) for i in range(n))", "w", "y:1,1,sign")
    second = second_order(first, points([first.f], [first.wrt]))
    assert second.strict is not None
    assert (second.strict.kind, str(second.strict.of)) == ("spans", "x[i].T")


@pytest.mark.parametrize(
    ("formula", "shapes", "wrt", "solution"),
    [
        ("(x - a)**2 + lam*x**2", "x:1,1 a:1,1 lam:1,1,positive", "x", "a / (1 + lam)"),
        ("sum(c[i]*(y[i] - b)**2 for i in range(n))", "c:1,1,positive y:1,1 b:1,1", "b", WEIGHTED_MEAN),
        ("norm(Y - X @ W)**2 + lam*norm(W)**2", "lam:1,1,positive", "W", "inv(X.T @ X + lam * I(k)) @ X.T @ Y"),
    ],
)
def test_a_number_and_a_matrix_are_solved_for_too(formula, shapes, wrt, solution):
    found = optimum(differentiated(formula, wrt, shapes))
    assert numpy_form(found.solution) == (
        solution or "sum(c[i] * y[i] for i in range(n)) / sum(c[i] for i in range(n))"
    )
    assert found.second.kind == "minimum"


def test_a_gradient_step_goes_against_the_gradient():
    first = differentiated("(y - X @ w).T @ (y - X @ w)", "w")
    step = gradient_step(first.gradient, first.wrt, Symbol("eta", 1, 1))
    assert numpy_form(step) == "w + 2 * eta * X.T @ (y - X @ w)"


@pytest.mark.parametrize(
    ("formula", "wrt", "said"),
    [
        ("x.T @ A @ x", "x", "is no square"),
        ("norm(w)**2 - norm(X @ w - y)**2", "w", "without one sign"),
        ("c*norm(w - a)**2", "w", "the sign of c is not known"),
        ("a.T @ x", "x", "does not occur"),
        ("exp(a.T @ x)", "x", "cannot be brought to the end|does not occur"),
        ("tr(A)", "X", "zero everywhere"),
    ],
)
def test_what_cannot_be_solved_raises_with_the_reason(formula, wrt, said):
    parsed = parse(formula)
    first = derive(parsed.expression, parsed.symbols.get(wrt, Symbol(wrt, "n", "m")))
    with pytest.raises(KeygenError, match=said):
        optimum(first)


def test_a_matrix_has_no_optimum():
    with pytest.raises(KeygenError, match="has no gradient"):
        optimum(differentiated("A @ X", "X"))
