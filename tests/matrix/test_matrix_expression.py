"""Expressions know their shapes, and say what does not fit."""

from fractions import Fraction

import pytest

from keygen.errors import KeygenError
from keygen.matrix import expression as ex
from keygen.matrix.algebra import multiply, number, transpose
from keygen.matrix.evaluate import NUMERIC
from keygen.matrix.transform import tidy

A = ex.Symbol("A", "n", "m")
B = ex.Symbol("B", "m", "n")
S = ex.Symbol("S", "n", "n", trait="symmetric")
x = ex.Symbol("x", "n", 1)


NODES = {
    node
    for node in vars(ex).values()
    if isinstance(node, type) and issubclass(node, ex.Expression) and node not in (ex.Expression, ex.Unary)
}


def test_every_node_has_a_value():
    assert set(NUMERIC) == NODES


@pytest.mark.parametrize(
    ("e", "shape"),
    [
        (ex.Product((A, B)), ("n", "n")),
        (ex.Product((ex.Transpose(x), A, B, x)), (1, 1)),
        (ex.Product((ex.Product((ex.Transpose(x), x)), A)), ("n", "m")),
        (ex.Transpose(A), ("m", "n")),
        (ex.MatrixTrace(ex.Product((A, B))), (1, 1)),
        (ex.SampleSum(ex.Symbol("x", "k", 1, "i"), "i", "n"), ("k", 1)),
        (ex.Hadamard(x, A), ("n", "m")),
        (ex.Differential(A), ("n", "m")),
    ],
)
def test_an_expression_knows_its_shape(e, shape):
    assert e.shape == shape


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: ex.Product((A, A)), ["A is n x m, A is n x m"]),
        (lambda: ex.Sum((A, B)), ["A is n x m, B is m x n"]),
        (lambda: ex.Inverse(ex.Product((ex.Transpose(x), A))), ["inv needs a square matrix", "x.T @ A is 1 x m"]),
        (lambda: ex.MatrixTrace(A), ["tr needs a square matrix", "A is n x m"]),
        (lambda: ex.Function(ex.Product((A, B)), "ln"), ["ln needs a number", "A @ B is n x n"]),
        (lambda: ex.Power(A, Fraction(2)), ["A is n x m", "X @ X"]),
        (lambda: ex.Hadamard(A, B), ["A is n x m, B is m x n"]),
        (lambda: ex.Function(ex.MatrixTrace(S), "sin"), ["unknown function 'sin'", "ln, exp"]),
        (lambda: ex.Symbol("S", "n", "m", trait="definite"), ["a square matrix", "n x m"]),
        (lambda: ex.Symbol("y", "n", 1, trait="sign"), ["a number", "n x 1"]),
    ],
)
def test_what_does_not_fit_raises_with_the_expression_and_its_shapes(build, said):
    with pytest.raises(KeygenError) as error:
        build()
    for words in said:
        assert words in str(error.value)


def test_what_was_typed_is_what_the_tree_holds():
    typed = ex.Transpose(ex.Product((A, B)))
    assert str(typed) == "(A @ B).T"
    assert str(tidy(typed)) == "B.T @ A.T"


def test_a_number_that_is_a_product_stays_a_block_in_a_product():
    square = ex.Product((ex.Transpose(x), x))
    assert multiply(square, A) == ex.Product((square, A))
    assert multiply(number(2), multiply(number(3), square), A) == ex.Product((number(6), square, A))


def test_a_symmetric_matrix_is_its_own_transpose():
    assert transpose(S) == S
    assert transpose(multiply(S, A)) == multiply(transpose(A), S)


def test_a_transpose_opens_a_sum_only_where_it_costs_no_new_sign():
    residual = ex.Sum((x, multiply(number(-1), A, ex.Symbol("w", "m", 1))))
    assert transpose(residual) == ex.Transpose(residual)
    square = ex.Symbol("C", "n", "n")
    assert transpose(ex.Sum((ex.Transpose(square), square))) == ex.Sum((square, ex.Transpose(square)))
