"""A worked problem tried on numbers: what the page says there is what plain arithmetic says."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from msgspec.structs import replace

from keygen.calculus.evaluation import exactly
from keygen.errors import KeygenError
from keygen.matrix import numbers
from keygen.matrix.algebra import multiply, number, transpose
from keygen.matrix.derive import derive, gradient_of
from keygen.matrix.fields import NUMBERS, SLOPES, DualNumber, FieldPoint, LetterFunctions, array
from keygen.matrix.numbers import NumericCheck, Subject, signs, try_on_numbers
from keygen.matrix.optimum import optimum
from keygen.matrix.parse import parse
from keygen.variants.solve import solve
from tests.courses import SHIPPED

HOME = "sheet8"
TRIED = tuple(entry.id for entry in SHIPPED.sheet(HOME).exercise)


def subject(formula: str, wrt: str, shapes: str = "") -> Subject:
    read = parse(formula, shapes, wrt)
    return Subject(read.expression, read.wrt, gradient_of(derive(read.expression, read.wrt)))


def values(check: NumericCheck) -> dict[str, np.ndarray]:
    """The numbers that the page gives its letters, as a reader copies them."""
    return {chain.links[0].name: np.array(chain.links[1].value, dtype=float) for chain in check.data}


def slope(check: NumericCheck) -> float:
    return float(check.along.slope.shown.value)


def test_an_entry_of_the_gradient_is_the_slope_that_numpy_finds_in_the_entry_alone() -> None:
    check = try_on_numbers(subject("tr(A @ X.T @ X @ B @ inv(X))", "X", "A:n,n X:n,n B:n,n"))
    at = values(check)
    A, B, X, dX = at["A"], at["B"], at["X"], at["direction_X"]

    def f(t: float) -> float:
        Y = X + t * dX
        return float(np.trace(A @ Y.T @ Y @ B @ np.linalg.inv(Y)))

    assert slope(check) == pytest.approx((f(1e-5) - f(-1e-5)) / 2e-5, rel=1e-6)
    row, column = (place.value - 1 for place in check.place)
    assert float(check.formula.links[1].value[row, column]) == slope(check)


def test_the_function_along_the_line_is_the_function() -> None:
    check = try_on_numbers(subject("ln(det(X.T @ A @ X))", "X", "A:n,n X:n,n"))
    at = values(check)
    for t in (0.0, 0.1, -0.05):
        Y = at["X"] + t * at["direction_X"]
        value = float(exactly(check.along.formula.links[1], t=Fraction(t)))
        assert value == pytest.approx(np.log(np.linalg.det(Y.T @ at["A"] @ Y)))


def test_a_gradient_without_its_transpose_is_found_out_on_the_numbers() -> None:
    right = subject("tr(A @ X @ B)", "X", "A:n,n X:n,n B:n,n")
    with pytest.raises(KeygenError, match="disagrees with its function"):
        try_on_numbers(replace(right, slope=transpose(right.slope)))


def test_a_gradient_without_its_factor_is_found_out_on_the_numbers() -> None:
    right = subject("(y - X @ w).T @ (y - X @ w)", "w", "X:n,k w:k,1 y:n,1")
    with pytest.raises(KeygenError, match="disagrees with its function"):
        try_on_numbers(replace(right, slope=multiply(number(Fraction(1, 2)), right.slope)))


def test_a_point_that_is_no_optimum_is_found_out_on_the_numbers() -> None:
    read = parse("(y - X @ w).T @ (y - X @ w)", "X:n,k w:k,1 y:n,1", "w")
    first = derive(read.expression, read.wrt)
    right = Subject(read.expression, read.wrt, gradient_of(first), optimum(first).solution)
    check = try_on_numbers(right)
    assert float(check.least.slope.shown.value) == 0
    with pytest.raises(KeygenError, match="disagrees with its function"):
        try_on_numbers(replace(right, solution=multiply(number(2), right.solution)))


def test_no_two_entries_of_a_gradient_are_alike_on_the_numbers() -> None:
    for formula in ("tr(A @ X @ B)", "det(X.T @ A @ X)", "tr(A @ X.T @ X)"):
        entries = list(try_on_numbers(subject(formula, "X", "A:n,n X:n,n")).formula.links[1].value.flat)
        assert len(set(entries)) == len(entries)
        assert all(entries)


def test_the_same_formula_is_tried_on_the_same_numbers() -> None:
    one = try_on_numbers(subject("x.T @ A @ x", "x"))
    try_on_numbers.cache_clear()
    other = try_on_numbers(subject("x.T @ A @ x", "x"))
    assert [str(chain.links[1].value) for chain in one.data] == [str(chain.links[1].value) for chain in other.data]


def test_three_fields_agree_on_a_formula_with_every_operation_of_entries() -> None:
    formula = "ln(det(X)) + exp(tr(inv(X))) + norm(X)**2 / (1 + tr(X * X)) + sqrt(tr(X.T @ X)) + sigmoid(tr(X))"
    read = parse(formula, "X:n,n", "X")
    X = array([[Fraction(2), Fraction(1)], [Fraction(1), Fraction(3)]])
    functions = LetterFunctions("t")
    line = functions.field
    moved = array([[line.enter(x) + functions.moving * line.enter(Fraction(i == j)) for j, x in enumerate(row)]
                   for i, row in enumerate(X)])  # fmt: skip
    sloped = array([[DualNumber(x, Fraction(i == j)) for j, x in enumerate(row)] for i, row in enumerate(X)])
    plain = FieldPoint(NUMBERS, {read.wrt: X}, {"n": 2}).number(read.expression)
    on_line = FieldPoint(line, {read.wrt: moved}, {"n": 2}).number(read.expression)
    with_slope = FieldPoint(SLOPES, {read.wrt: sloped}, {"n": 2}).number(read.expression)
    assert exactly(functions.term(on_line), t=Fraction(0)) == plain == with_slope.value
    assert exactly(functions.term(functions.slope(on_line)), t=Fraction(0)) == with_slope.rate
    here = np.array(X, dtype=float)

    def f(t: float) -> float:
        Y = here + t * np.eye(2)
        square = float(np.sum(Y * Y))
        return float(
            np.log(np.linalg.det(Y)) + np.exp(np.trace(np.linalg.inv(Y))) + square / (1 + np.trace(Y * Y))
            + np.sqrt(square) + 1 / (1 + np.exp(-np.trace(Y)))
        )  # fmt: skip

    assert float(with_slope.rate) == pytest.approx((f(1e-5) - f(-1e-5)) / 2e-5, rel=1e-7)


@pytest.mark.parametrize("name", TRIED)
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_every_exercise_of_the_sheet_ends_with_numbers_that_suit_a_page(name: str, seed: int | None) -> None:
    check = solve(SHIPPED.exercise(name), HOME, seed).shown["tried"]
    assert isinstance(check, NumericCheck)
    for chain in (*check.data, check.formula, *(() if check.solution is None else (check.solution,))):
        entries = np.array(chain.links[1].value, dtype=object).flat
        assert all(abs(x) < 100 and (not isinstance(x, Fraction) or x.denominator <= numbers.BELOW) for x in entries)
    assert slope(check) != 0
    if check.least is not None:
        assert check.least.slope.shown.value == 0


def test_a_page_has_a_sign_for_every_name_of_its_check() -> None:
    made = signs("L", "w", matrices="X y")
    assert made["slope_w"] == r"\nabla_{\!\kgmat{w}} L"
    assert made["along_w"] == r"L(\kgmat{w} + t\,\mathrm{d}\kgmat{w})"
    for name in TRIED:
        solved = solve(SHIPPED.exercise(name), HOME, None)
        said = {chain.links[0].name for chain in solved.shown["tried"].data if len(chain.links[0].shape) == 2}
        assert {part.split("_")[0] if part[-1].isdigit() else part for part in said} <= set(solved.signs)
