"""How numbers look: exact while they are short, else rounded, and never a digit that is not the number's."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keygen.engine.real import function, in_decimals
from keygen.engine.surd import Surd
from keygen.errors import KeygenError
from keygen.mathematics.latex import LatexPrinter
from keygen.mathematics.number_cache import digits_match
from keygen.mathematics.number_format import Digits, Policy, digits, rounded
from keygen.mathematics.terms import Literal

REPRODUCIBLE = settings(derandomize=True, database=None, deadline=None, max_examples=300)
POLICY = Policy()
DOUBLES = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: x == 0 or abs(x) > 1e-200)
REALS = DOUBLES.map(lambda x: in_decimals(Fraction(x)))
FRACTIONS = st.fractions() | st.fractions(max_denominator=200) | st.builds(Fraction, st.integers(), st.just(1))
SURDS = st.builds(Surd, st.fractions(max_denominator=2000).filter(bool), st.sampled_from([2, 3, 10, 998, 1001]))
POLICIES = st.builds(
    Policy,
    point=st.sampled_from([".", ","]),
    decimals=st.integers(0, 8),
    fraction=st.integers(1, 10**6),
    significant=st.integers(2, 12),
)


def written_in_decimals(x: float) -> Any:
    """The exact value of a double, as a number that a page rounds."""
    return in_decimals(Fraction(x))


LOOKS: list[tuple[Any, str]] = [
    (Fraction(1, 2), "0.5"),
    (Fraction(-1, 8), "-0.125"),
    (Fraction(3), "3"),
    (Fraction(0), "0"),
    (Fraction(1, 32), "0.03125"),  # five decimals
    (Fraction(1, 64), r"\frac{1}{64}"),  # six
    (Fraction(1, 3), r"\frac{1}{3}"),
    (Fraction(-22, 7), r"-\frac{22}{7}"),
    (Fraction(9999, 9998), r"\frac{9999}{9998}"),
    (Fraction(10000, 9999), "1.000"),
    (Fraction(123456789), "123456789"),
    (Fraction(10**30, 3), r"3.333 \cdot 10^{29}"),
    (written_in_decimals(0.5), "0.5"),
    (written_in_decimals(-0.26894142), "-0.2689"),
    (written_in_decimals(2.0), "2"),
    (written_in_decimals(9.99996), "10.00"),
    (written_in_decimals(0.000123456), "0.0001235"),
    (written_in_decimals(0.0000123456), r"1.235 \cdot 10^{-5}"),
    (written_in_decimals(9.99996e-7), r"1.000 \cdot 10^{-6}"),
    (written_in_decimals(9999.4), "9999"),
    (written_in_decimals(13780.6), r"1.378 \cdot 10^{4}"),
    (written_in_decimals(999999.7), r"1.000 \cdot 10^{6}"),
    (written_in_decimals(1234567.0), r"1.235 \cdot 10^{6}"),
    (Fraction(33, 8) * 10**6 + Fraction(1, 7), r"4.125 \cdot 10^{6}"),
    (Fraction(4125001, 10**6) * Fraction(10**5), "412500.1"),
    (written_in_decimals(2.0625), "2.063"),
    (written_in_decimals(-2.0625), "-2.063"),
    (written_in_decimals(20.255), "20.26" if Fraction(20.255) > Fraction("20.255") else "20.25"),
    (Surd(Fraction(1), 10), r"\sqrt{10}"),
    (Surd(Fraction(-3), 10), r"-3\sqrt{10}"),
    (Surd(Fraction(3, 4), 10), r"\frac{3\sqrt{10}}{4}"),
    (Surd(Fraction(1, 1000), 10), "0.003162"),
]


@pytest.mark.parametrize(("value", "text"), LOOKS)
def test_a_number_looks_as_the_policy_says(value: Any, text: str) -> None:
    assert LatexPrinter(POLICY).write(Literal(value)).text == text


EXACT: list[tuple[Any, bool]] = [
    (Fraction(1, 3), True),
    (Fraction(1, 64), True),
    (Fraction(1, 99991), False),
    (Fraction(10000, 9999), False),
    (Surd(Fraction(1), 10), True),
    (Surd(Fraction(1, 1000), 10), False),
    (written_in_decimals(0.5), True),
    (written_in_decimals(1 / 3), False),
    (function("sigmoid")(function("ln")(Fraction(31))), True),
]


@pytest.mark.parametrize(("value", "exact"), EXACT)
def test_what_was_rounded_says_so(value: Any, exact: bool) -> None:
    assert LatexPrinter(POLICY).write(Literal(value)).exact == exact


def test_the_limits_are_the_policys() -> None:
    def written(value: Any, **policy: Any) -> str:
        return LatexPrinter(Policy(**policy)).write(Literal(value)).text

    assert written(Fraction(1, 8), decimals=2) == r"\frac{1}{8}"
    assert written(Fraction(1, 64), decimals=6) == "0.015625"
    assert written(Fraction(1, 3), fraction=2) == "0.3333"
    assert written(Fraction(2, 3), fraction=2, significant=2) == "0.67"
    assert written(written_in_decimals(1 / 3), significant=7) == "0.3333333"
    assert written(Fraction(-1, 2), point=",") == "-0{,}5"
    assert written(written_in_decimals(1.5000001e-9), point=",") == r"1{,}500 \cdot 10^{-9}"


@REPRODUCIBLE
@given(REALS | FRACTIONS | SURDS, POLICIES)
@example(written_in_decimals(5e-324), POLICY)
@example(written_in_decimals(1.7976931348623157e308), POLICY)
@example(Fraction(1, 3 * 10**400), POLICY)
@example(Fraction(10**400 + 1, 3), POLICY)
def test_the_digits_of_every_number_are_honest(value: Any, policy: Policy) -> None:
    shown = digits(value, policy)
    assert digits_match(shown, value)
    assert shown.negative == (value < 0)
    if shown.exact:
        assert shown.value() == value


@REPRODUCIBLE
@given(DOUBLES.filter(bool), st.integers(1, 17))
@example(9.9996, 4)
@example(0.00012345, 4)
@example(0.5, 1)
@example(2.5, 1)
@example(-4.125, 3)
@example(12345.0, 4)
@example(0.09999999999999999, 16)
@example(1e-07, 17)
def test_a_number_is_rounded_half_away_from_zero_as_the_decimal_that_it_is(value: float, significant: int) -> None:
    expected = Context(prec=significant, rounding=ROUND_HALF_UP).create_decimal(Decimal(value))
    assert rounded(Fraction(value), significant) == Fraction(expected)
    assert rounded(in_decimals(Fraction(value)), significant) == Fraction(expected)


@REPRODUCIBLE
@given(REALS | FRACTIONS, POLICIES, st.integers(-12, 12).filter(bool))
def test_a_last_digit_that_is_off_is_seen(value: Any, policy: Policy, off: int) -> None:
    shown = digits(value, policy)
    if shown.text != "0" and "/" not in shown.text and not shown.exact:
        figures = shown.text.replace(".", "")
        other = str(int(figures) + off).rjust(len(figures), "0")
        if not other.startswith("-") and len(other) == len(figures):
            places = len(shown.text.partition(".")[2])
            text = f"{other[:-places]}.{other[-places:]}" if places else other
            assert not digits_match(shown._replace(text=text), value)


@REPRODUCIBLE
@given(FRACTIONS, POLICIES)
def test_a_fraction_is_exact_while_it_is_short(value: Fraction, policy: Policy) -> None:
    shown = digits(value, policy)
    short = max(abs(value.numerator), value.denominator) <= policy.fraction
    terminating = (value * 10**policy.decimals).denominator == 1
    assert shown.exact == (short or terminating)
    if terminating:
        assert re.fullmatch(rf"\d+(\.\d{{1,{policy.decimals or 1}}})?", shown.text)
        assert not re.search(r"\.\d*0$", shown.text)


WRONG: list[tuple[Digits, Any]] = [
    (Digits(False, "0.5", exact=True), Fraction(1, 3)),
    (Digits(True, "0.5", exact=True), Fraction(1, 2)),
    (Digits(False, "0.3334", exact=False), written_in_decimals(1 / 3)),
    (Digits(False, "3.333", exact=False), written_in_decimals(1 / 3)),
    (Digits(False, "1.235", exact=False, exponent=-5), written_in_decimals(1.2345e-6)),
    (Digits(False, "0", exact=False), written_in_decimals(0.25)),
    (Digits(False, "4.12", exact=False), written_in_decimals(4.125)),
    (Digits(False, "2/3", exact=True), Fraction(3, 2)),
    (Digits(False, "3", exact=True, root=2), Surd(Fraction(2), 3)),
]


@pytest.mark.parametrize(("shown", "value"), WRONG)
def test_digits_of_another_number_are_not_honest(shown: Digits, value: Any) -> None:
    assert not digits_match(shown, value)


@pytest.mark.parametrize(("value", "kind"), [(True, "bool"), ("1/2", "str"), (None, "NoneType"), (0.5, "float")])
def test_what_is_no_number_is_refused(value: Any, kind: str) -> None:
    with pytest.raises(KeygenError) as error:
        digits(value, POLICY)
    assert str(error.value) == (
        f"{value!r} is not a number that a page can show\n"
        "  expected: an exact number of the computation\n"
        f"  found:    {kind}\n"
        "  mend:     a float's digits are not proven: let the value come from the trace, or write a Fraction"
    )
