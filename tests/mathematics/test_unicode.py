"""Terms on a terminal: the signs, the brackets of fractions that stand on one line, matrices over several lines."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from sign_pairs import CALLS, EVERY_DIGIT, VALUES, Pair, agrees, pairs

from keygen.certify.lines import lines
from keygen.engine.surd import Surd
from keygen.errors import KeygenError
from keygen.mathematics import operators
from keygen.mathematics.number_format import Policy
from keygen.mathematics.operators import ANY, OPERATORS, Precedence
from keygen.mathematics.python import LinearPythonPrinter
from keygen.mathematics.readback import Proofs, side_value
from keygen.mathematics.terms import Apply, Chain, Literal, Name, Term, apply, constant
from keygen.mathematics.text_boxes import laid_out
from keygen.mathematics.unicode import block, from_tex, inline
from keygen.variants.solve import solve
from tests.courses import SHIPPED

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # a mutant may leave the numbers

X, Y, Z, W = Name("x"), Name("y"), Name("z"), Name("W1", (2, 2))
HALF = Literal(Fraction(1, 2))
M = Literal(np.array([[Fraction(1), Fraction(-20)], [Fraction(1, 3), Fraction(4)]]))


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (apply("div", X, apply("div", Y, Z)), "x / (y / z)"),
        (apply("div", apply("div", X, Y), Z), "(x / y) / z"),
        (apply("div", apply("mul", X, Y), apply("mul", Y, Z)), "xy / (yz)"),
        (apply("mul", apply("div", X, Y), Z), "(x / y) z"),
        (apply("sub", X, apply("div", Y, Z)), "x − y / z"),
        (apply("div", apply("add", X, Y), apply("sub", Y, Z)), "(x + y) / (y − z)"),
        (apply("square", apply("div", X, Y)), "(x / y)²"),
        (apply("div", apply("ln", X), Y), "(ln x) / y"),
        (apply("mul", HALF, X), "(1/2) x"),
        (apply("scale", X, param=Fraction(1, 2)), "(1/2) x"),
        (apply("div", X, HALF), "x / (1/2)"),
        (apply("exp", apply("neg", apply("div", X, Y))), "e^(−x / y)"),
        (apply("exp", apply("neg", X)), "e⁻ˣ"),
        (apply("sqrt", apply("add", X, constant(1))), "√(x + 1)"),
        (apply("sqrt", X), "√x"),
        (apply("sigmoid", apply("neg", X)), "σ(−x)"),
        (Literal(Surd(Fraction(-3, 4), 10)), "−3√10/4"),
        (Name("dL_dW1"), "∂L/∂W₁"),
        (Name("yhat_2"), "ŷ₂"),
        (Name("lam_best"), "λ_best"),
        (Name("W1_new"), "W₁⁺"),
        (Apply("transpose", (W,), None, (2, 2)), "W₁ᵀ"),
    ],
)  # fmt: skip
def test_a_term_is_written_on_one_line_with_the_brackets_that_it_needs(term: Term, text: str) -> None:
    assert inline(term, Policy(decimals=0)) == text


def test_an_exercises_own_signs_are_read_from_their_tex() -> None:
    own = {"f": r"\lVert\bar{g}\rVert", "t": "t_*", "a": r"\frac{z}{T}"}
    assert inline(apply("div", Name("f"), apply("add", Name("t"), Name("a"))), None, own) == "‖ḡ‖ / (t⁎ + z/T)"


def test_a_matrix_stands_over_several_lines_and_brackets_grow_with_it() -> None:
    shown = Apply("transpose", (apply("add", W, M),), None, (2, 2))
    assert block(shown).splitlines() == ["⎛W₁ + ⎡  1  −20⎤⎞ᵀ", "⎝     ⎣1/3    4⎦⎠"]


def test_a_comma_is_the_decimal_point_of_a_sheet_that_has_it() -> None:
    pair = Literal(np.array([Fraction(1, 2), Fraction(-2)]))
    assert block(pair, Policy(point=",")) == "(0,5; −2)"


def test_a_long_chain_is_broken_at_its_relations() -> None:
    chain = Chain((Name("z"), apply("add", X, Y), apply("add", Y, X), Literal(Fraction(3))))
    assert block(chain, width=80) == "z = x + y = y + x = 3"
    assert block(chain, width=12).splitlines() == ["z = x + y", "  = y + x", "  = 3"]


def test_cases_stand_behind_a_brace() -> None:
    cases = Apply("cases", (X, constant(0), X))
    assert block(cases).splitlines() == ["⎧ x,  x > 0", "⎩ 0,  x ≤ 0"]


def test_the_conditions_of_cases_stand_under_each_other() -> None:
    cases = Apply("cases", (apply("mul", X, Y), constant(0), X))
    assert block(cases).splitlines() == ["⎧ xy,  x > 0", "⎩ 0,   x ≤ 0"]


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        (r"\frac{\partial^+ h_{3}}{\partial w}", "∂⁺h₃/∂w"),
        (r"\frac{a+b}{2}", "(a+b)/2"),
        (r"\bigl(\frac{\partial L}{\partial y}\bigr)_i", "(∂L/∂y)ᵢ"),
        ("N''", "N″"),
        (r"\mathrm{ReLU}_\alpha", "ReLU_α"),
        (r"w_{0,1}", "w[0,1]"),
    ],
)
def test_the_sign_of_a_name_says_on_one_line_what_it_says_on_a_page(sign: str, text: str) -> None:
    assert laid_out(from_tex(sign)).lines == (text,)


def test_a_fraction_with_a_minus_ends_where_its_brackets_do() -> None:
    half = apply("scale", apply("add", X, Name("y")), param=Fraction(-1, 2))
    assert block(half) == "−(1/2) (x + y)"
    assert block(apply("sub", Name("z"), half)) == "z − (−(1/2) (x + y))"


def test_an_index_in_an_exponent_is_the_exponents() -> None:
    assert block(apply("exp", Name("z1"))) == "e^(z₁)"
    assert block(apply("exp", Literal(Fraction(1, 2))), Policy(decimals=2)) == "e^0.5"


def test_what_takes_several_lines_is_not_written_on_one() -> None:
    with pytest.raises(KeygenError, match="more than one line"):
        inline(M)


def test_an_operation_without_a_sign_raises() -> None:
    with pytest.raises(KeygenError, match="no sign"):
        block(Apply("strange", (X,)))


@pytest.mark.parametrize("row", OPERATORS)
def test_every_sign_has_a_form_on_a_terminal(row: str) -> None:
    assert OPERATORS[row].unicode or OPERATORS[row].many or row == "constant"


@cache
def all_pairs() -> tuple[Pair, ...]:
    return tuple(pairs())


def flat_says(pair: Pair) -> bool:
    """Whether a pair under the brackets of a terminal has its value."""
    printer = LinearPythonPrinter(EVERY_DIGIT)
    text = printer.term(pair.term).text
    try:
        return agrees(side_value(text, {**VALUES, **CALLS}, printer.constants), pair.term)
    except KeygenError:
        return False


def test_every_sign_inside_every_other_keeps_its_value_under_the_brackets_of_a_terminal() -> None:
    for pair in all_pairs():
        assert flat_says(pair), block(pair.term)


@pytest.mark.parametrize("place", [0, 1])
def test_a_bracket_of_a_fraction_that_the_table_forgets_is_missed(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sign = OPERATORS["div"]
    widened = tuple(ANY if at == place else allowed for at, allowed in enumerate(operators.OVER.allowed))
    broken = sign.flat._replace(allowed=widened)
    monkeypatch.setitem(OPERATORS, "div", replace(sign, flat=broken))
    assert not all(flat_says(pair) for pair in all_pairs() if pair.row == "div")


def test_a_fraction_that_claims_to_bind_more_tightly_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    sign = OPERATORS["div"]
    monkeypatch.setitem(OPERATORS, "div", replace(sign, flat=sign.flat._replace(level=Precedence.ATOM)))
    assert not all(map(flat_says, all_pairs()))


ENTRIES = [e.id for sheet in SHIPPED.sheets for e in SHIPPED.sheet(sheet).exercise if not e.id.startswith("matrix/")]


@pytest.mark.parametrize("exercise", ENTRIES)
def test_every_line_of_an_exercise_is_true_under_the_brackets_of_a_terminal(exercise: str) -> None:
    solved = solve(SHIPPED.exercise(exercise), "sheet", None)
    proofs = Proofs(solved.values, Policy(), solved.calls, flat=True)
    for chain in lines(solved):
        assert block(chain, signs=solved.signs, width=80)
        proofs.require(chain)
