"""Each law has one id, one line, one formula made by its own row of the table; and every line names laws that exist."""

import pytest

from keygen.differentials.derive import derive, hessian
from keygen.differentials.equations import EQUATION_MOVES
from keygen.differentials.expression import Det, Product, Symbol
from keygen.differentials.forms import EXERCISES
from keygen.differentials.grammar import forms
from keygen.differentials.joins import JOINS
from keygen.differentials.laws import LAWS, OPENING, OPTIMUM, ORIGINS, READING, SYMMETRY
from keygen.differentials.moves import MOVES
from keygen.differentials.optimum import constrained_optimum, optimum
from keygen.differentials.origins import det_rule, equal_to_first_order, inverse_rule
from keygen.differentials.parse import parse
from keygen.differentials.points import points
from keygen.differentials.printing import plain_text
from keygen.differentials.rules import RULES
from keygen.differentials.statements import statements
from keygen.errors import KeygenError

X = Symbol("X", "n", "n")


def named_laws(exercise):
    """The laws that the lines of an exercise's first forms name."""
    for name, part in EXERCISES[exercise].items():
        for form in (part.published, *forms(part)[:4]):
            parsed = parse(form, part.shapes, part.wrt)
            first = derive(parsed.expression, parsed.wrt)
            yield from (law for line in first.lines for law in line.laws)
            if exercise == "matrix/nearest_symmetric":
                found = constrained_optimum(first, parsed.symbols["L"], name)
            elif exercise in ("matrix/least_squares", "matrix/ridge", "matrix/normal_likelihood"):
                found = optimum(first)
            else:
                continue
            yield from (line.law for line in found.lines)
            yield from (law for line in (*found.second.lines, *found.second.hessian.lines) for law in line.laws)


def test_no_two_laws_share_an_id():
    tables = (RULES, MOVES, JOINS, EQUATION_MOVES, OPENING, SYMMETRY, READING, OPTIMUM, ORIGINS)
    assert sum(map(len, tables)) == len(LAWS)
    assert all(law and "\n" not in law for law in LAWS.values())


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_law_that_a_line_names_exists(exercise):
    assert set(named_laws(exercise)) <= set(LAWS)


def test_every_rule_move_and_join_is_stated_by_a_formula():
    assert [line.laws for line in statements()] == [(name,) for name in (*RULES, *MOVES, *JOINS)]


def test_the_statements_are_the_laws_of_a_textbook():
    stated = {line.laws[0]: f"{plain_text(line.before)} = {plain_text(line.after)}" for line in statements()}
    assert stated["product"] == "d(UV) = dU V + U dV"
    assert stated["inverse"] == "d(U⁻¹) = −U⁻¹ dU U⁻¹"
    assert stated["ln_det"] == "d ln det(U) = tr(U⁻¹ dU)"
    assert stated["cyclic"] == "tr(A dX B) = tr(BA dX)"
    assert stated["factor"] == "AUB + AVB = A(U + V)B"


def test_a_broken_rule_cannot_be_stated(monkeypatch):
    monkeypatch.setitem(RULES, "inverse", RULES["transpose"])
    with pytest.raises(KeygenError, match="a false line"):
        statements()


def test_the_rule_for_the_inverse_comes_from_the_product_rule():
    assert [f"{plain_text(line.equation.left)} = {plain_text(line.equation.right)}" for line in inverse_rule(X)] == [
        "XX⁻¹ = I",
        "d(XX⁻¹) = 0",
        "dX X⁻¹ + X d(X⁻¹) = 0",
        "X d(X⁻¹) = −dX X⁻¹",
        "d(X⁻¹) = −X⁻¹ dX X⁻¹",
    ]


def test_the_rule_for_the_determinant_comes_from_the_product_of_determinants():
    lines = det_rule(X)
    assert plain_text(lines[0].before) == "det(X + dX)"
    assert plain_text(lines[-1].after) == "det(X) (1 + tr(X⁻¹ dX))"


def test_another_differential_is_not_equal_to_first_order():
    at = points([Det(X)], [X])[0]
    assert equal_to_first_order(Det(X), Det(X), at)
    assert not equal_to_first_order(det_rule(X)[0].before, Det(X), at)
    assert not equal_to_first_order(Det(X), Product((Det(X), Det(X))), at)


def test_the_laws_of_a_hessian_are_named_too():
    parsed = parse("sum(ln(1 + exp(-y[i]*x[i].T @ w)) for i in range(n))", "y:1,1,sign", "w")
    lines = hessian(derive(parsed.expression, parsed.wrt)).lines
    assert {"sigmoid", "sign"} <= {law for line in lines for law in line.laws} <= set(LAWS)
