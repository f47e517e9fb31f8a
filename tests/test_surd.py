"""Square roots that stay exact: arithmetic, what leaves it, how a page and a program write them."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

from keygen.document.typesetter import Typesetter
from keygen.engine.domains import EXACT
from keygen.engine.evaluate import evaluate
from keygen.engine.functions import sqrt, square, total
from keygen.engine.real import Real, in_decimals
from keygen.engine.record import Recorder
from keygen.engine.surd import LONGEST, Surd, square_root
from keygen.errors import KeygenError
from keygen.mathematics.answers import exact_text
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs, verify
from keygen.mathematics.terms import Chain, Literal, apply, chain

RATIONAL = st.fractions(min_value=-20, max_value=20, max_denominator=30)
SQUARE_FREE = st.sampled_from([2, 3, 5, 6, 7, 10, 15, 30, 997])
SURD = st.builds(Surd, RATIONAL.filter(bool), SQUARE_FREE)


def tex(value: Any) -> str:
    return Typesetter(Policy()).term(Literal(value))


@given(st.fractions(min_value=0, max_value=1000, max_denominator=200))
def test_a_square_root_is_exact_or_left_to_floats(x: Fraction) -> None:
    root = square_root(x)
    assume(root is not None)
    assert root * root == x
    assert float(root) == pytest.approx(math.sqrt(x))


@given(st.integers(1, 400), st.integers(1, 400))
def test_squares_are_taken_out_of_a_root(a: int, b: int) -> None:
    root = square_root(Fraction(a, b))
    if isinstance(root, Surd):
        assert root.radicand > 1
        assert all(root.radicand % (p * p) for p in range(2, 32))


def test_a_root_that_would_be_long_is_a_real() -> None:
    assert square_root(Fraction(LONGEST - 2)) == Surd(Fraction(1), 997)
    assert square_root(Fraction(1009)) is None
    assert float(EXACT.functions["sqrt"](Fraction(1009))) == math.sqrt(1009)


@given(SURD, SURD, RATIONAL)
def test_arithmetic_agrees_with_sympy(a: Surd, b: Surd, q: Fraction) -> None:
    assume(q != 0)
    pairs: list[tuple[Any, Any]] = [(a, b), (b, a), (a, q), (q, a), (a, a), (a, -a), (a, 2 * a)]
    for left, right in pairs:
        x, y = (sympy.sympify(str(value)) for value in (left, right))
        for ours, theirs in (
            (left + right, x + y),
            (left - right, x - y),
            (left * right, x * y),
            (left / right, x / y),
        ):
            assert float(ours) == pytest.approx(float(theirs), rel=1e-12, abs=1e-12)


@given(SURD, RATIONAL)
def test_sums_products_and_quotients_with_the_same_root_stay_exact(a: Surd, q: Fraction) -> None:
    b = Surd(q or Fraction(1), a.radicand)
    assert all(isinstance(x, Fraction | Surd) for x in (a + b, a - b, a * b, a / b, a * q, q * a, a / 3, 3 / a, a**3))
    assert a - a == 0
    assert a / a == 1
    assert a**2 == a.factor**2 * a.radicand
    assert a**-1 * a == 1


@given(SURD, RATIONAL)
def test_anything_else_becomes_a_real(a: Surd, q: Fraction) -> None:
    assume(q != 0)
    other = Surd(Fraction(1), 11)
    assert all(isinstance(x, Real) for x in (a + q, q - a, a + other, a * other, a * in_decimals(q), q / (a + 1)))
    assert (a * other) * (a * other) == a * a * 11


@given(SURD, RATIONAL)
def test_a_surd_is_compared_as_the_number_it_is(a: Surd, q: Fraction) -> None:
    assert (a < q) == (float(a) < float(q))
    assert (a > 0) == (a.factor > 0)
    assert abs(a) > 0


def test_nothing_is_added_to_a_surd_by_zero() -> None:
    a = Surd(Fraction(1, 2), 3)
    assert 0 + a == a
    assert a - Fraction(0) == a
    assert 0 - a == -a
    assert a * 0 == Fraction(0)
    assert isinstance(a * 0, Fraction)


def test_arrays_of_exact_numbers_keep_their_surds() -> None:
    product = Surd(Fraction(1, 2), 3) * np.array([Fraction(2), Fraction(0)], dtype=object)
    assert product.tolist() == [Surd(Fraction(1), 3), Fraction(0)]


def test_a_trace_keeps_roots_exact_and_returns_to_rationals() -> None:
    t = Recorder({"x": (2,)})
    t.norm = sqrt(total(square(t.x)))
    t.unit = t.x / t.norm
    t.one = total(square(t.unit))
    values = evaluate(t.trace(), {"x": [1, 3]}, EXACT)
    assert values["norm"] == Surd(Fraction(1), 10)
    assert values["unit"].tolist() == [Surd(Fraction(1, 10), 10), Surd(Fraction(3, 10), 10)]
    assert values["one"] == 1


@pytest.mark.parametrize(
    ("value", "written", "text"),
    [
        (Surd(Fraction(1), 10), r"\sqrt{10}", "sqrt(10)"),
        (Surd(Fraction(-1), 10), r"-\sqrt{10}", "-sqrt(10)"),
        (Surd(Fraction(3), 2), r"3\sqrt{2}", "3*sqrt(2)"),
        (Surd(Fraction(1, 10), 10), r"\frac{\sqrt{10}}{10}", "sqrt(10)/10"),
        (Surd(Fraction(-2, 5), 10), r"-\frac{2\sqrt{10}}{5}", "-2*sqrt(10)/5"),
    ],
)
def test_a_surd_is_written_as_a_person_writes_it(value: Surd, written: str, text: str) -> None:
    assert tex(value) == written
    assert exact_text(value) == text
    assert float(sympy.sympify(text)) == pytest.approx(float(value))


def test_a_surd_with_long_numbers_is_rounded_on_the_page() -> None:
    assert tex(Surd(Fraction(1234, 5), 7)) == "653.0"
    assert exact_text(Surd(Fraction(1234, 5), 7)) == "1234*sqrt(7)/5"


@given(SURD, SURD)
def test_lines_with_surds_are_read_back(a: Surd, b: Surd) -> None:
    x, y = Literal(a), Literal(b)
    terms = {
        "add": a + b, "sub": a - b, "mul": a * b, "div": a / b,
    }  # fmt: skip
    for primitive, value in terms.items():
        line = Chain((apply(primitive, x, y), Literal(value), Literal(float(value))))
        assert verify(line, {}, Policy()) == 2
    assert verify(Chain((apply("square", x), Literal(a * a))), {}, Policy()) == 1


def test_a_false_line_with_a_surd_is_refused() -> None:
    false = Chain((Literal(Surd(Fraction(1), 2)), Literal(Surd(Fraction(1), 3))))
    with pytest.raises(KeygenError, match="a printed line is false"):
        verify(false, {}, Policy())


def test_a_line_that_ends_in_a_root_has_its_decimals_beside_it() -> None:
    t = Recorder({"x": ()})
    t.y = sqrt(t.x)
    trace = t.trace()
    values = evaluate(trace, {"x": 8}, EXACT)
    line = chain(trace, values, "y")
    typesetter = Typesetter(Policy(), {}, Proofs(values, Policy(), {}))
    assert typesetter.typeset(line) == (
        r"\kgchain{y}{\kglink{=}{\sqrt{x}}\kglink{=}{\sqrt{8}}\kglink{=}{2\sqrt{2}}\kglink{\approx}{2.828}}"
    )
    assert typesetter.typeset(line.result) == r"\kgchain{y}{\kglink{=}{2\sqrt{2}}\kglink{\approx}{2.828}}"
