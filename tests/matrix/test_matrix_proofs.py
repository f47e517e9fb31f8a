"""What the proofs of sheet8 lean on: definite matrices, their roots, the model of a normal sample, multipliers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from keygen.errors import KeygenError
from keygen.matrix.algebra import multiply, number, transpose
from keygen.matrix.exercises import Worked
from keygen.matrix.expression import Inverse, Symbol
from keygen.matrix.normal import in_precision, normal_model
from keygen.matrix.parse import parse
from keygen.matrix.proofs import as_squares, by_root, equalities, inverted_in
from keygen.variants.solve import solve
from tests.courses import SHIPPED
from tests.matrix.shipped_forms import EXERCISES

NORMAL = EXERCISES["matrix/normal_likelihood"]["mu"]
SHAPES = "x:k,1 b:k,1 mu:k,1 Sigma:k,k,definite t:1,1,positive c:1,1,positive"
v = Symbol("v", "k", 1)


def likelihood(text: str) -> tuple:
    read = parse(text, SHAPES, "mu")
    sample = next(symbol for symbol in read.expression.symbols if symbol.name == "x")
    return read.expression, read.symbols["mu"], read.symbols["Sigma"], sample


@pytest.mark.parametrize(
    ("matrix", "squares"),
    [
        ("X.T @ X", "(X @ v).T @ (X @ v)"),
        ("X.T @ X + lam * I(k)", "(X @ v).T @ (X @ v) + lam * v.T @ v"),
        ("Z @ W @ Z.T", "(Z.T @ v).T @ W @ (Z.T @ v)"),
    ],
)
def test_the_form_of_a_gram_matrix_is_a_sum_of_squares(matrix: str, squares: str) -> None:
    read = parse(matrix, "X:n,k Z:k,n W:n,n,definite lam:1,1,positive")
    (line,) = as_squares(read.expression, v).lines
    assert str(line.after) == squares


def test_a_matrix_that_may_be_indefinite_has_no_such_form() -> None:
    with pytest.raises(KeygenError, match="no square"):
        as_squares(parse("A @ A", "A:k,k").expression, v)


def test_a_false_equality_is_no_chain() -> None:
    read = parse("A @ B", "A:n,n B:n,n")
    with pytest.raises(KeygenError, match="false line"):
        equalities(read.expression, (multiply(read.symbols["B"], read.symbols["A"]), "commute"))


@pytest.mark.parametrize("seed", [None, 1, 2, 3, 4, 5])
def test_the_matrix_that_least_squares_inverts_stands_before_the_unknown(seed: int | None) -> None:
    loss = solve(SHIPPED.exercise("matrix/ridge"), "sheet8", seed).shown["loss"]
    matrix = inverted_in(loss.optimum.lines)
    assert any(line.law == "solve" and Inverse(matrix) in line.equation.right.parts for line in loss.optimum.lines)


@pytest.mark.parametrize(
    ("u", "weight", "mean", "covariance"),
    [
        ("x[i] - mu", "", "mu", "Sigma"),
        ("mu - x[i]", "", "mu", "Sigma"),
        ("x[i] - b[i] - mu", "c[i]*", "b[i] + mu", "Sigma / c[i]"),
        ("t[i]*mu - x[i]", "c[i]*", "t[i] * mu", "Sigma / c[i]"),
    ],
)
def test_the_model_of_a_sample_is_read_off_its_likelihood(u: str, weight: str, mean: str, covariance: str) -> None:
    text = f"-n/2*ln(det(Sigma)) - 1/2*sum({weight}({u}).T @ inv(Sigma) @ ({u}) for i in range(n))"
    model = normal_model(*likelihood(text))
    assert (str(model.mean), str(model.covariance)) == (mean, covariance)


@pytest.mark.parametrize("factor", ["n", "n/3*", "-n/2*"])
def test_what_is_no_likelihood_of_its_model_has_none(factor: str) -> None:
    text = f"{factor.rstrip('*')}*ln(det(Sigma)) + 1/2*sum((x[i] - mu).T @ inv(Sigma) @ (x[i] - mu) for i in range(n))"
    with pytest.raises(KeygenError, match="not the log-likelihood"):
        normal_model(*likelihood(text))


def test_every_likelihood_of_the_sheet_has_a_model_and_one_sign_in_the_inverse_of_the_covariance() -> None:
    precision = Symbol("P", "k", "k", trait="definite")
    for text in (NORMAL.first, *NORMAL.others):
        read = parse(text, NORMAL.shapes, "mu")
        sample = next(symbol for symbol in read.expression.symbols if symbol.name == "x")
        mu, sigma = read.symbols["mu"], read.symbols["Sigma"]
        assert normal_model(read.expression, mu, sigma, sample).observation == sample
        f = in_precision(read.expression, sigma, precision)
        second = Worked(replace(NORMAL.published, f=f, wrt=precision), "L").squares
        assert second.everywhere
        assert second.strict is None
        assert second.kind == ("maximum" if text.startswith("-") else "minimum")
        assert by_root(second).root.trait == "definite"


@pytest.mark.parametrize("seed", [None, *range(1, 9)])
def test_with_the_multiplier_that_is_shown_the_lagrangian_has_gradient_zero_at_the_nearest_matrix(seed) -> None:
    solved = solve(SHIPPED.exercise("matrix/nearest_symmetric"), "sheet8", seed)
    nearest = solved.shown["nearest"]
    sign = {"symmetric": 1, "skew": -1}[solved.choices["constraint"]]
    rng = np.random.default_rng(0 if seed is None else seed)
    at = {letter.name: rng.normal(size=(3, 3)) for letter in nearest.letters if letter.shape != (1, 1)}
    at |= {letter.name: np.array([[1.7]]) for letter in nearest.letters if letter.shape == (1, 1)}
    names = {"tr": np.trace, "I": np.eye, "inv": np.linalg.inv}

    def value(e) -> np.ndarray:
        return np.asarray(eval(nearest.formula(e), {"__builtins__": {}, **names}, at))

    at["X"], at["L"] = value(nearest.optimum.solution), value(nearest.optimum.multiplier)
    assert np.allclose(value(nearest.value("gradient")), 0)
    assert np.allclose(at["L"], -sign * at["L"].T)  # the part that the constraint leaves free


def test_a_multiple_of_the_multiplier_would_not_do() -> None:
    nearest = solve(SHIPPED.exercise("matrix/nearest_symmetric"), "sheet8", None).shown["nearest"]
    assert nearest.optimum.multiplier != multiply(number(2), nearest.optimum.multiplier)
    assert transpose(nearest.optimum.multiplier) != nearest.optimum.multiplier
