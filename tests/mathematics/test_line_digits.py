"""A line shows as many figures as a calculator needs to find what the line says."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from keygen.engine.domains import EXACT
from keygen.engine.real import in_decimals
from keygen.mathematics.cancellation import loses_figures
from keygen.mathematics.latex import related, tex
from keygen.mathematics.line_digits import MOST, sharpened
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import verify
from keygen.mathematics.terms import Apply, Chain, Literal, Name, apply, constant
from keygen.mathematics.unicode import block
from keygen.writers.mathml import mathml

POINT, COMMA = Policy(), Policy(point=",")
sigmoid, tanh, exp = (EXACT.functions[name] for name in ("sigmoid", "tanh", "exp"))


def number(x: Any) -> Literal:
    return Literal(Fraction(x) if isinstance(x, int | str) else x)


def slope_of_tanh(h: int) -> Chain:
    """f' = 1 - f^2 with numbers."""
    f = tanh(Fraction(h))
    numbers = apply("sub", constant(1), apply("square", number(f)))
    return Chain((Name("d"), apply("sub", constant(1), apply("square", Name("f"))), numbers, number(1 - f * f)))


def texts(chain: Chain, policy: Policy = POINT) -> list[str]:
    return [text for _, text in related(chain, tex(policy, ()))]


def test_a_difference_of_near_numbers_shows_the_figures_that_it_loses() -> None:
    assert texts(slope_of_tanh(2)) == ["d", "1 - f^{2}", "1 - 0.96403^{2}", "0.07065"]
    assert texts(slope_of_tanh(3)) == ["d", "1 - f^{2}", "1 - 0.995055^{2}", "0.009866"]


def test_a_line_that_a_calculator_confirms_stays_as_it_is() -> None:
    f = sigmoid(Fraction(1))
    chain = Chain((Name("d"), apply("mul", number(f), apply("sub", constant(1), number(f))), number(f * (1 - f))))
    assert sharpened(chain, POINT) is chain
    assert texts(chain)[1] == r"0.7311 \cdot (1 - 0.7311)"


def test_the_number_at_the_end_keeps_the_figures_of_the_policy() -> None:
    chain = sharpened(slope_of_tanh(3), POINT)
    assert chain.links[-1] is slope_of_tanh(3).links[-1] or chain.links[-1].finer == 0  # type: ignore[union-attr]


def test_only_the_numbers_that_cost_the_figures_show_more_and_the_same_number_looks_the_same() -> None:
    e, small = exp(Fraction(1)), sigmoid(Fraction(1)) / 100
    sum_of_two = apply("add", apply("sub", number(e), constant(2)), number(small))
    assert texts(Chain((Name("d"), sum_of_two, number(e - 2 + small))))[1] == "2.7183 - 2 + 0.007311"
    p = sigmoid(Fraction(5, 2))
    twice = apply("mul", number(p), apply("sub", constant(1), number(p)))
    assert texts(Chain((Name("d"), twice, number(p * (1 - p)))))[1] == r"0.924142 \cdot (1 - 0.924142)"


def test_a_difference_that_loses_figures_gives_the_very_number_at_the_end() -> None:
    e = exp(Fraction(1))  # 2.718 - 2 ln 2.718 = 0.7182
    numbers = apply("sub", number(e), apply("mul", constant(2), apply("ln", number(e))))
    assert texts(Chain((Name("L"), numbers, number(e - 2))))[1:] == [r"2.7183 - 2 \cdot \ln 2.7183", "0.7183"]
    p = sigmoid(Fraction(1))
    w = np.array([[1 - p / 2], [Fraction(1, 2) - p]], dtype=object)
    row = np.array([[Fraction(1), Fraction(2)]], dtype=object)
    product = Apply("matmul", (Literal(row), Literal(w)), None, (1, 1))
    (_, side, end) = texts(Chain((Name("h", (1, 1)), product, Literal(row @ w))))
    first, second = (Fraction(text) for text in re.findall(r"-?0\.\d+", side))
    assert abs(first + 2 * second - Fraction(end)) < Fraction(1, 20000)
    assert abs(Fraction("0.6345") + 2 * Fraction("-0.2311") - Fraction(end)) > Fraction(1, 20000)  # four figures


def test_a_product_that_is_off_by_a_unit_loses_no_figures() -> None:
    assert not loses_figures(apply("mul", number("0.25"), number(exp(Fraction(1)))))
    assert not loses_figures(apply("sub", constant(1), number(Fraction("0.36"))))
    assert loses_figures(apply("sub", constant(1), number(Fraction("0.93"))))
    limit = Apply("limit", (number(1),), ("k", "+oo"))
    assert not loses_figures(limit)


def test_an_array_shows_more_figures_as_a_whole() -> None:
    row = np.array([[tanh(Fraction(2)), tanh(Fraction(1, 2)), Fraction(0)]], dtype=object)
    numbers = Apply("sub", (constant(1), Apply("square", (Literal(row),), None, (1, 3))), None, (1, 3))
    (_, side, end) = texts(Chain((Name("d", (1, 3)), numbers, Literal(1 - row * row))))
    assert "0.96403 & 0.46212 & 0" in side
    assert "0.07065 & 0.7864 & 1" in end


def test_a_line_that_shows_more_figures_shows_enough_for_the_last_one() -> None:
    g = sigmoid(Fraction(1)) * Fraction(1467, 100)  # 10.7247...: with five figures the line would give 93.51
    numbers = apply("add", number(36), apply("mul", number("0.5"), apply("square", number(g))))
    (_, side, end) = texts(Chain((Name("s"), numbers, number(36 + g * g / 2))))
    (shown,) = re.findall(r"\d+\.\d{3,}", side)
    assert len(shown) > len("10.72")
    assert round(36 + Fraction(shown) ** 2 / 2, 2) == Fraction(end)


def test_what_rounded_numbers_lead_to_is_written_as_a_rounded_number() -> None:
    p = sigmoid(Fraction(1))
    both = apply("add", number(p), number(2 - p))
    sum_of_two = Chain((Name("s"), both, number(2)))
    assert related(sum_of_two, tex(POINT, ()))[-1] == (r"\approx", "2.000")
    assert texts(Chain((Name("s"), apply("sub", number(p), number(p)), number(0))))[-1] == "0"
    assert texts(Chain((Name("s"), apply("sub", number(3), number(1)), number(2))))[-1] == "2"
    assert verify(sum_of_two, {"s": Fraction(2)}, POINT) == 2
    assert "2.000" in block(sum_of_two, POINT)


def test_a_fraction_that_rounded_numbers_lead_to_is_written_in_decimals() -> None:
    g = in_decimals(Fraction(-56, 3))
    numbers = apply("sub", number("-0.5"), apply("mul", number("0.1"), number(g)))
    end = Fraction(41, 30)
    for ends in ((end,), (end, in_decimals(end))):
        line = Chain((Name("w"), numbers, *map(number, ends)))
        assert texts(line) == ["w", r"-0.5 - 0.1 \cdot (-18.67)", "1.367"]
        verify(line, {"w": end}, POINT)


def test_every_medium_and_the_read_back_have_the_same_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = slope_of_tanh(3)
    assert texts(chain, COMMA)[2] == "1 - 0{,}995055^{2}"
    assert "0.995055" in block(chain, POINT)
    assert "0.995055" in mathml(texts(chain)[2])
    verify(chain, {"d": chain.links[-1].value, "f": tanh(Fraction(3))}, POINT)  # type: ignore[union-attr]


def test_a_figure_that_is_added_is_proven_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = slope_of_tanh(3)
    seen: list[str] = []
    monkeypatch.setattr("keygen.mathematics.readback.require_true_digits", lambda shown: seen.append(shown.digits.text))
    from keygen.mathematics.readback import read_back

    value = chain.links[-1].value  # type: ignore[union-attr]
    read_back(sharpened(chain, POINT), {"d": value, "f": tanh(Fraction(3))}, POINT)
    assert "0.995055" in seen


def test_what_has_no_value_by_its_digits_shows_more_of_them() -> None:
    p = sigmoid(Fraction(10))  # 1.000 with four figures, and ln(1 - 1.000) is nothing
    numbers = apply("ln", apply("sub", constant(1), number(p)))
    assert texts(Chain((Name("d"), numbers, number(EXACT.functions["ln"](1 - p)))))[1] == r"\ln (1 - 0.9999546)"


def test_a_side_that_no_figures_mend_is_left_out() -> None:
    chain = slope_of_tanh(40)  # 1 - 0.99 ... 9^2 with 34 nines
    assert MOST < 30
    assert texts(chain)[:2] == ["d", "1 - f^{2}"]
    assert len(texts(chain)) == 3


def test_a_line_of_fractions_and_short_decimals_is_what_it_is() -> None:
    chain = Chain((Name("x"), apply("sub", number("1/3"), number("0.33")), number(Fraction(1, 3) - Fraction("0.33"))))
    assert sharpened(chain, POINT) is chain
