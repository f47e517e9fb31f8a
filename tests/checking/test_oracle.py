"""The oracle shares no arithmetic with the engine, has a rule for every primitive, and keeps all its digits."""

from __future__ import annotations

import ast
import math
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import mpmath
import mpmath.libmp
import numpy as np
import pytest
import sympy.polys.domains as domains
from flint import arb

from keygen.calculus import newton
from keygen.checking import arithmetic as mp
from keygen.checking import oracle, roots, rules
from keygen.checking.exact_text import value_of
from keygen.checking.oracle import UnknownValue, entered, expression
from keygen.checking.reader import as_double

SOURCES = [Path(module.__file__ or "") for module in (mp, oracle, roots, rules)]


def test_sympy_and_mpmath_compute_in_plain_python() -> None:
    assert domains.GROUND_TYPES == "python"
    assert mpmath.libmp.BACKEND == "python"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_oracle_imports_nothing_that_evaluates(source: Path) -> None:
    imported = {node.module for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.ImportFrom)}
    evaluating = {"evaluate", "kinds", "real", "gradual", "symbolic", "numbers", "precise", "newton"}
    assert not {name for name in imported if name and name.split(".")[-1] in evaluating}


def test_a_difference_that_loses_all_digits_is_evaluated_again() -> None:
    def what_is_left_of_one(x: int) -> Any:
        return mp.settled(lambda: mp.minus(Fraction(1), mp.sigmoid(Fraction(x))))

    for x in (37, 800):
        expected = mpmath.MPContext()
        expected.dps = 2000
        exact = 1 / (1 + expected.exp(x))
        assert abs(what_is_left_of_one(x) / exact - 1) < 1e-60


def test_a_difference_of_equal_irrational_numbers_is_zero() -> None:
    third = Fraction(1, 3)
    assert mp.settled(lambda: mp.minus(mp.exp(third), mp.divided(Fraction(1), mp.exp(-third)))) == 0


def test_a_sum_of_softmax_is_one_and_its_gradient_zero() -> None:
    def rest() -> Any:
        p = mp.softmax(np.array([Fraction(1), Fraction(-2), Fraction(1, 3)], dtype=object))
        return mp.minus(mp.added(p), Fraction(1))

    assert mp.settled(rest) == 0


@pytest.mark.parametrize(
    ("rule", "x", "expected"),
    [("softplus", -40, 4.248354255291589e-18), ("sigmoid", -40, 4.248354255291589e-18), ("tanh", 1, math.tanh(1))],
)
def test_small_values_keep_their_digits(rule: str, x: int, expected: float) -> None:
    assert float(mp.settled(lambda: rules.RULES[rule](Fraction(x)))) == pytest.approx(expected, rel=1e-15)


def test_the_loss_of_a_confident_prediction_has_all_its_digits() -> None:
    loss = mp.settled(lambda: mp.logloss(Fraction(1), mp.sigmoid(Fraction(30))))
    assert as_double(loss) == pytest.approx(9.357622968839299e-14, rel=1e-15)


def test_a_number_that_knows_its_operations_is_computed_again() -> None:
    class Made:
        def __init__(self, operation: Any, *inputs: Any) -> None:
            self.operation, self.inputs = operation, inputs

        def __float__(self) -> float:
            return 0.5

    root = Made("sqrt", Fraction(2))
    assert abs(mp.settled(lambda: expression(Made("mul", root, root), {})) - 2) < 1e-60
    assert entered(Made("number", Fraction(1, 3))) == Fraction(1, 3)
    with pytest.raises(UnknownValue):  # nobody says what its balls hold, and its double is no oracle
        entered(Made(lambda: 0))


@pytest.mark.parametrize("x", [[1, 2, 3, 4], [-9, -8, 0, 9], [Fraction(1, 3), 1, 5, 6]])
def test_the_optimum_of_a_logistic_regression_is_found_again_without_the_enclosure(x: list[Any]) -> None:
    numbers, classes = [Fraction(at) for at in x], [Fraction(at) for at in (0, 1, 0, 1)]
    b0, b1, least = newton.logistic_regression(numbers, classes)
    for ours in (b0, b1, least):
        theirs = mp.settled(partial(entered, ours))
        ball = ours.at_depth(512)
        assert abs(Fraction(str(ball.mid().str(80, radius=False))) - Fraction(str(theirs)[:80])) < Fraction(1, 10**60)

    def gradient() -> list[Any]:
        u0, u1 = (mp.inexact(entered(b)) for b in (b0, b1))
        errors = [mp.sigmoid(u0 + u1 * mp.inexact(at)) - mp.inexact(y) for at, y in zip(numbers, classes, strict=True)]
        return [sum(errors), sum(mp.inexact(at) * error for at, error in zip(numbers, errors, strict=True))]

    assert max(map(abs, mp.settled(gradient))) < 1e-100


def test_an_enclosure_around_another_number_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newton.Enclosures, "entry", lambda self, place: arb("0.25"))
    numbers, classes = [Fraction(at) for at in (1, 2, 3, 4)], [Fraction(at) for at in (0, 1, 0, 1)]
    b0, b1, _ = newton.logistic_regression(numbers, classes)
    assert all(abs(float(mp.settled(partial(entered, b))) - 0.25) > 0.1 for b in (b0, b1))


@pytest.mark.parametrize(
    ("text", "value"), [("-1/2", -0.5), ("sqrt(10)/10", 10**-0.5), ("1/(exp(-1)+1)", 1 / (1 + math.exp(-1))), ("2", 2)]
)
def test_an_exact_form_is_read_as_python_reads_it(text: str, value: float) -> None:
    assert float(value_of(text)) == pytest.approx(value, rel=1e-15)


def test_an_exact_form_with_a_name_is_no_number() -> None:
    with pytest.raises(ValueError, match="no exact number"):
        value_of("__import__('os')")


def test_the_nearest_double_is_that_of_the_value_and_not_of_its_rounding() -> None:
    assert as_double(Fraction(1, 10)) == 0.1
    assert as_double(mp.LADDER[0].context.mpf(1) / 3) == 1 / 3
