"""What people type is read as they mean it, or it is said why not: never as zero, never by running it."""

from __future__ import annotations

from fractions import Fraction
from time import perf_counter
from typing import Any

import numpy as np
import pytest

from keygen.grading.arrays import Read, ShapeError, read_array
from keygen.grading.typed_text import DEEPEST, LONGEST, UnreadableError, damage, plain

ONE_HALF = Fraction(1, 2)


def number(cell: str) -> Any:
    return read_array(cell, ()).value


def floats(read: Read) -> Any:
    return np.array([float(one) for one in np.ravel(read.value)]).reshape(np.shape(read.value)).tolist()


@pytest.mark.parametrize("shape", [(3,), (3, 1), (1, 3), (2, 2)])
def test_a_lone_zero_stands_for_zeros_and_says_so(shape: tuple[int, ...]) -> None:
    read = read_array("0", shape)
    assert not np.any(floats(read))
    assert np.shape(read.value) == shape
    assert read.notes == ("0 stands for zeros",)
    for cell in ("1", "0 0 0 0 0", "x"):
        with pytest.raises((ShapeError, UnreadableError)):
            read_array(cell, shape)


def test_a_page_of_letters_is_refused_at_once() -> None:
    began = perf_counter()
    with pytest.raises(UnreadableError):
        number("x" * LONGEST)
    assert perf_counter() - began < 2


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1/2", ONE_HALF), ("0,5", ONE_HALF), (".5", ONE_HALF), ("−.5", -ONE_HALF), ("–1/2", -ONE_HALF),
        ("‑0.5", -ONE_HALF), ("1.2e-3", Fraction(3, 2500)), ("2·10^-3", Fraction(1, 500)), ("2×10⁻³", Fraction(1, 500)),
        ("2*10^{-3}", Fraction(1, 500)), (r"\frac12", ONE_HALF), (r"\frac{1}{2}", ONE_HALF),
        (r"-\dfrac{1}{2}", -ONE_HALF),
        ("½", ONE_HALF), ("1½", Fraction(3, 2)), ("$1/2$", ONE_HALF), ("x = 1/2", ONE_HALF), ("'-1/2", -ONE_HALF),
        ("(3)", Fraction(3)), ("[[3]]", Fraction(3)), ("--3", Fraction(3)), ("-2^2", Fraction(-4)), ("5.", Fraction(5)),
        ("10 000", Fraction(10000)), ("1 234,5", Fraction(2469, 2)), (" 7 ", Fraction(7)), ('"3"', Fraction(3)),
    ],
)  # fmt: skip
def test_a_number_is_read_exactly(cell: str, value: Fraction) -> None:
    assert number(cell).value == value


@pytest.mark.parametrize("cell", ["sqrt(10)/10", r"\sqrt{10}/10", "√10/10", "10^(1/2)/10", "10**-0.5", "1/sqrt(10)"])
def test_a_root_is_read_exactly(cell: str) -> None:
    assert str(number(cell).value) == "sqrt(10)/10"


@pytest.mark.parametrize("cell", ["1/(1+exp(-1))", "1/(1+e^-1)", r"\frac{1}{1+e^{-1}}", "sigmoid(1)", "σ(1)"])
def test_an_exponential_is_read_to_any_depth(cell: str) -> None:
    assert float(number(cell)) == pytest.approx(0.7310585786300049, rel=1e-15)
    assert number(cell).significant is None


@pytest.mark.parametrize(
    ("cell", "half", "digits"),
    [
        ("0.50", "0.005", 2), ("0,500", "0.0005", 3), ("1.20e-3", "0.000005", 3), ("2·10^-3", "0.0005", 1),
        ("-12", "0.5", 2), ("100", "0.5", 3), ("0.00", "0.005", 0),
    ],
)  # fmt: skip
def test_zeros_at_the_end_say_which_digits_are_meant(cell: str, half: str, digits: int) -> None:
    assert (number(cell).half, number(cell).significant) == (Fraction(half), digits)


@pytest.mark.parametrize("cell", ["1/2", "sqrt(2)/2", r"\frac13"])
def test_what_is_no_decimal_is_exact(cell: str) -> None:
    assert number(cell).half == 0


ROWS = [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "cell",
    [
        "[[1, 2], [3, 4]]", "1 2; 3 4", "1, 2; 3, 4", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "1 2\n3 4",
        "matrix([1, 2], [3, 4])", "np.array([[1, 2], [3, 4]])", "[1 2; 3 4]", "(1,2),(3,4)", "{{1,2},{3,4}}",
        '[["1", "2"], ["3", "4"]]', "[[1; 2], [3; 4]]", r"\left(\begin{array}{cc} 1 & 2 \\ 3 & 4 \end{array}\right)",
        "[1,3; 2,4]^T", "Matrix([[1, 2], [3, 4]])", "A = [1 2; 3 4]",
    ],
)  # fmt: skip
def test_a_matrix_is_read_in_every_notation(cell: str) -> None:
    assert floats(read_array(cell, (2, 2))) == ROWS


def test_a_row_that_stands_for_a_column_is_taken_and_noted() -> None:
    read = read_array("1, 2, 3", (3, 1))
    assert (floats(read), read.notes) == ([[1], [2], [3]], ("a row stands for a column",))
    assert read_array("1; 2; 3", (3, 1)).notes == ()
    assert floats(read_array("1; 2; 3", (3,))) == [1, 2, 3]


@pytest.mark.parametrize(
    ("cell", "shape", "value"),
    [
        ("1,2", (2,), [1, 2]), ("1,2", (), 1.2), ("0,5; 0,25", (2,), [0.5, 0.25]), ("0,5 0,25", (2,), [0.5, 0.25]),
        ("0,5, 0,25", (2,), [0.5, 0.25]), ("1,2,3", (3,), [1, 2, 3]), ("0,5 1; 2 3,5", (2, 2), [[0.5, 1], [2, 3.5]]),
        ("[[0,5; 1], [2; 3]]", (2, 2), [[0.5, 1], [2, 3]]),
    ],
)  # fmt: skip
def test_the_shape_settles_what_a_comma_means(cell: str, shape: tuple[int, ...], value: Any) -> None:
    read = read_array(cell, shape)
    assert (floats(read), read.others) == (value, ())


def test_where_both_meanings_fit_the_answer_says_so() -> None:
    read = read_array("1,234", ())
    assert (floats(read), [floats(one) for one in read.others]) == (1.234, [1234.0])


@pytest.mark.parametrize(
    ("cell", "shape"),
    [("1 2 3", (2, 2)), ("[[1, 2], [3]]", (2, 2)), ("1, 2, 3", (2,)), ("[[1, 2, 3]]", (2, 2)), ("1 2", ())],
)
def test_another_shape_is_said(cell: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError):
        read_array(cell, shape)


@pytest.mark.parametrize(
    "cell",
    [
        "", "abc", "1..2", "1/0", "sqrt(-1)", "ln(0)", "1/2x", "nan", "inf", "1_000", "__import__('os')", "5%", "1)",
        "(1", "1 +", "[]", "10^400", "2^2^2^2^2^2", "9" * 400, "1e999", "1e-999", "exp(exp(exp(100)))", "3!", "0x10",
        "(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1), "-" * 5000, "x" * (LONGEST + 1),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_and_is_no_zero(cell: str) -> None:
    with pytest.raises((UnreadableError, ShapeError)):
        read_array(cell, ())


@pytest.mark.parametrize(
    "cell", ["(" * 10_000, "[" * 10_000 + "]" * 10_000, "x" * 10_000_000, "^" * 20_000, "√" * 20_000]
)
def test_a_cell_without_bounds_costs_no_time(cell: str) -> None:
    for shape in ((), (2, 2)):
        with pytest.raises((UnreadableError, ShapeError)):
            read_array(cell, shape)


@pytest.mark.parametrize(
    "cell", ["2026-02-01", "01.02.2026", "1-Feb", "02.янв", "Jan-02", "#####", "#NAME?", "3 мар", "1/2/2026"]
)
def test_a_spreadsheets_damage_is_named(cell: str) -> None:
    found = damage(cell)
    assert found is not None
    assert found.lost
    assert cell in found.said


def test_a_number_cut_to_powers_of_ten_may_be_what_it_was() -> None:
    found = damage("1E+02")
    assert found is not None
    assert not found.lost
    assert number("1E+02").value == 100


@pytest.mark.parametrize("cell", ["1/2", "0.5", "1.5", "2.25", "-3", "1e-3", "12.5", "", "3/4"])
def test_a_plain_number_is_no_damage(cell: str) -> None:
    assert damage(cell) is None


def test_signs_that_look_alike_are_one() -> None:
    assert plain("−1 × 2 ⋅ 3 ÷ 4") == "-1 · 2 · 3 / 4"
