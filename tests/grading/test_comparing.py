"""How far a number that somebody typed may be off the one that should stand there."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from keygen.grading.comparing import Comparison, Precision
from keygen.grading.numbers import read_number
from keygen.grading.replays import half_unit

OFF = 1e-4
"""What rounding on the way can do, in these comparisons."""


def agreement(text: str, right: str, off: float = OFF, slip: float | None = None, beside: str = "") -> str:
    """Whether a number agrees with the right one, as far as digits go, where a right one stands `beside` it, and a
    known slip leads to another."""
    slips = () if slip is None else (np.array([slip]),)
    others = [beside] if beside else []
    texts, base = [text, *others], [Fraction(right), *map(Fraction, others)]
    spreads = (lambda digits: np.full(len(base), off),)
    typed = tuple(map(read_number, texts))
    return Comparison(typed, tuple(base), Precision(), spreads, lambda: slips).agreement


@pytest.mark.parametrize(
    ("text", "found"),
    [("0.0700", "right"), ("0.07", "coarse"), ("0.0699", "right"), ("0.070", "coarse"), ("0.08", ""), ("0.06", "")],
)
def test_zeros_that_were_cut_off_at_the_end_are_no_digits_that_are_missing(text: str, found: str) -> None:
    """Who carries four digits and has 0.07000 beside 0.0324 writes 0.07."""
    assert agreement(text, "0.069924", beside="0.0324") == found


def test_one_digit_of_a_number_that_stands_alone_tells_nothing() -> None:
    assert agreement("0.07", "0.069924") == ""
    assert agreement("0.07", "0.07") == agreement("0.07", "0.07001") == "right"
    assert agreement("0.07", "0.0712", beside="0.0324") == ""
    assert agreement("0", "0.00001") == ""


def test_one_digit_is_coarse_beside_numbers_of_as_many_decimals() -> None:
    """Who rounds to three decimals writes -0.005 for -0.00521, beside -0.016."""
    assert agreement("-0.005", "-0.00521", beside="-0.016") == "coarse"
    assert agreement("-0.006", "-0.00521", beside="-0.016") == ""
    assert agreement("-0.005", "-0.00521") == ""


def test_what_lies_more_than_half_the_way_to_a_slip_is_coarse() -> None:
    assert agreement("0.5008", "0.5", off=1e-3) == "right"
    assert agreement("0.5008", "0.5", off=1e-3, slip=0.5012) == "coarse"


def test_all_but_a_short_decimal_is_off_by_what_rounding_does_to_it() -> None:
    """Of 1 - 6e-16 the rest is all that is left in 1 - x; a decimal in doubles is the decimal."""
    nearly = 1 - 6e-16
    assert half_unit(nearly, 5) == 1 - nearly > 0
    assert half_unit(0.25, 5) == half_unit(0.1 + 0.2, 5) == half_unit(3.0, 5) == 0
    assert half_unit(0.123456, 5) == 5e-6
