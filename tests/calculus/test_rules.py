"""The rules of scalar chains, each against what it claims."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from keygen.calculus import algebra, sympy_check
from keygen.calculus.derivation import Rule
from keygen.calculus.derivatives import derivative, differentiate
from keygen.calculus.equations import collect_unknown
from keygen.calculus.evaluation import approximate
from keygen.calculus.exponentials import multiply_through, open_logarithm, simpler_exponents
from keygen.calculus.limits import settled_limit
from keygen.calculus.parser import parse
from keygen.calculus.quotients import complement, recognise, split
from keygen.calculus.rational_function import coefficients, expanded
from keygen.calculus.scope import scope
from keygen.calculus.squares import complete_square
from keygen.calculus.traversal import folded, put, uses
from keygen.errors import KeygenError
from keygen.mathematics.latex import LatexPrinter
from keygen.mathematics.terms import Name, Term

T = Name("t")
SCOPE = scope({"t": (-2, 2), "a": ("0.5", 3)})
TEX = LatexPrinter()


@st.composite
def formulas(draw: st.DrawFn, depth: int = 3) -> str:
    """Formulas in t and a that have a value wherever t and a do."""
    if depth == 0:
        return draw(st.sampled_from(["t", "a", "2", "3", "-1"]))
    one, other = (draw(formulas(depth - 1)) for _ in range(2))
    shape = draw(
        st.sampled_from(
            ["({0} + {1})", "({0} - {1})", "({0}) * ({1})", "({0}) / (1 + exp({1}))", "exp(({0}) / 4)", "-({0})",
             "({0})**2", "sigmoid({0})", "ln(1 + ({0})**2)"]
        )
    )  # fmt: skip
    return shape.format(one, other)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(formulas())
def test_the_derivative_of_every_formula_equals_sympy(text: str) -> None:
    found, expected = (
        sympy_check.form(differentiated(parse(text)), SCOPE),
        sympy.diff(sympy_check.form(parse(text), SCOPE), symbol("t")),
    )
    at = {symbol("t"): sympy.Rational(7, 10), symbol("a"): sympy.Rational(13, 10)}
    assert abs(sympy.N((found - expected).subs(at), 30)) < 1e-20


def differentiated(term: Term) -> Term:
    """The derivative, layer by layer until nothing waits."""
    slope = derivative(term, "t")
    while uses(slope, "derivative"):
        slope = differentiate("t")(slope).term
    return slope


def symbol(name: str) -> sympy.Symbol:
    return sympy_check.symbol(SCOPE, name)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(formulas())
def test_expanding_and_folding_change_no_value(text: str) -> None:
    for t, a in ((0.37, 1.3), (-1.1, 0.8)):
        value = approximate(parse(text), t=t, a=a)
        for other in (expanded(parse(text)), folded(parse(text))):
            assert approximate(other, t=t, a=a) == pytest.approx(value, rel=1e-9, abs=1e-9)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(formulas(), st.fractions(-3, 3, max_denominator=4))
def test_a_number_in_the_place_of_a_letter_gives_the_same_value(text: str, a: Fraction) -> None:
    with_number = approximate(put(parse(text), {"a": a}), t=0.4)
    assert with_number == pytest.approx(approximate(parse(text), t=0.4, a=float(a)), abs=1e-9)


WRITTEN = [
    ("1*t", "t"),
    ("0 + t", "t"),
    ("t + -3", "t - 3"),
    ("-2*t + 1", "1 - 2t"),
    ("2*(3*t)", "6t"),
    ("t/1", "t"),
    ("t - -a", "t + a"),
    ("t/2*4", "2t"),
    ("3*(t/2)", r"\frac{3t}{2}"),
    ("exp(0*t)", "1"),
    ("exp(ln(t))", "t"),
    ("2*(1/(1 + t))", r"\frac{2}{1 + t}"),
    ("-(t - a)/2", r"\frac{a - t}{2}"),
]


@pytest.mark.parametrize(("typed", "shown"), WRITTEN)
def test_terms_are_put_together_as_a_person_writes_them(typed: str, shown: str) -> None:
    assert TEX.write(parse(typed)).text == shown


@pytest.mark.parametrize("text", ["t +", "f(t)", "t if a else 1", "1.5*t", "'t'"])
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(KeygenError):
        parse(text)


FRACTION = "a*exp(t) / (1 + exp(t))"
STEPS: list[tuple[Rule, str, str]] = [
    (complement, "1/(1 + exp(t))", "1 - exp(t)/(1 + exp(t))"),
    (multiply_through(parse("exp(-t)")), "exp(t)/(1 + exp(t))", "1/(1 + exp(-t))"),
    (split(parse(FRACTION)), "3*a*exp(t)/(1 + exp(t))**2", f"3*({FRACTION} * (1/(1 + exp(t))))"),
    (recognise(Name("f"), parse(FRACTION)), "exp(t)/(1 + exp(t))", "f/a"),
    (open_logarithm, "ln(a * exp(-t) / 2)", "ln(a) - t - ln(2)"),
    (simpler_exponents, "exp(-(t - 3*t))", "exp(2*t)"),
    (complete_square(T), "t**2 - 4*t + 7", "3 + (t - 2)**2"),
]


@pytest.mark.parametrize(("rule", "before", "after"), STEPS)
def test_a_rule_makes_the_step_it_is_made_for(rule: Rule, before: str, after: str) -> None:
    assert TEX.write(rule(parse(before)).term).text == TEX.write(parse(after)).text


@pytest.mark.parametrize(("before", "laws"), [
    ("ln(exp(t) / (1 + exp(t)))", ("logarithm_of_quotient", "logarithm_of_exponential")),
    ("ln(a * exp(-t) / 2)", ("logarithm_of_quotient", "logarithm_of_product", "logarithm_of_exponential")),
    ("ln(a ** t)", ("logarithm_of_power",)),
    ("1 + ln(a)", ()),
])  # fmt: skip
def test_an_opened_logarithm_names_the_laws_that_it_used_alone(before: str, laws: tuple[str, ...]) -> None:
    assert open_logarithm(parse(before)).laws == laws


def test_collecting_divides_by_the_largest_common_number() -> None:
    step = collect_unknown(T)(algebra.equals(parse("6*t - 44"), algebra.ZERO))
    assert step.term == algebra.equals(parse("3*t"), parse("22"))


@pytest.mark.parametrize(
    ("equation", "laws"),
    [
        ("p*t + 2*t - 3*p", ()),
        ("6*t - 44", ("common_factor",)),
        ("t/3 - 1/2", ("common_denominator",)),
        ("2*t/3 - 4/5", ("common_denominator", "common_factor")),
    ],
)
def test_a_common_number_of_both_sides_is_spoken_of_where_there_is_one(equation: str, laws: tuple[str, ...]) -> None:
    assert collect_unknown(T)(algebra.equals(parse(equation), algebra.ZERO)).laws == ("gather", *laws)


def test_the_coefficients_of_a_parabola_are_read_off() -> None:
    assert coefficients(parse("2*a*t**2 - (t + 1)/a"), T) == (parse("-1/a"), parse("-1/a"), parse("2*a"))


def test_a_limit_that_exponentials_do_not_decide_raises() -> None:
    with pytest.raises(KeygenError, match="does not follow"):
        settled_limit(SCOPE, parse("t / (1 + exp(-t))"), "t", "+oo")


LIMITS = [
    "(2 + exp(t)) / (1 + exp(t))",
    "(3 + exp(-2*t)) / (1 + exp(-t))",
    "exp(2*t) / (exp(2*t) + 2*exp(t) + 1)",
    "exp(-t) / (exp(-t) + exp(-3*t))",
    "2 / (1 + exp(-2*t)) - 1",
    "ln(1 + exp(-t)) + ln(1 + exp(-2*t))",
    "a*exp(a*t) / (1 + exp(a*t))",
]


@pytest.mark.parametrize("toward", ["+oo", "-oo"])
@pytest.mark.parametrize("text", LIMITS)
def test_limits_equal_sympy_where_exponentials_decide_them(text: str, toward: str) -> None:
    place = sympy.oo if toward == "+oo" else -sympy.oo
    expected = sympy.limit(sympy_check.form(parse(text), SCOPE), symbol("t"), place)
    if expected.is_finite:
        assert sympy_check.form(settled_limit(SCOPE, parse(text), "t", toward).links[-1], SCOPE) == expected
    else:
        with pytest.raises(KeygenError, match="does not settle"):
            settled_limit(SCOPE, parse(text), "t", toward)
