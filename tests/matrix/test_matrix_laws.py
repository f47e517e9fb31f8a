"""Each law has one id, one line, one formula made by its own row of the table; and every line names laws that exist."""

import pytest
from shipped_forms import EXERCISES

from keygen.errors import KeygenError
from keygen.matrix import law_formulas
from keygen.matrix.algebra import negate
from keygen.matrix.derive import derive, hessian
from keygen.matrix.equations import EQUATION_MOVES
from keygen.matrix.exercises import equations, to_first_order
from keygen.matrix.expression import Det, Differential, Identity, Inverse, Product, Sum, Symbol
from keygen.matrix.law_formulas import families, near_identity, positive_form, second_of_first, statements
from keygen.matrix.laws import LAWS, OPENING, OPTIMUM, ORIGINS, READING, SYMMETRY
from keygen.matrix.optimum import constrained_optimum, optimum
from keygen.matrix.parse import parse
from keygen.matrix.printing import plain_text
from keygen.matrix.rewrite_rules import MOVES
from keygen.matrix.rules import RULES
from keygen.matrix.terms import JOINS
from keygen.variants.solve import solve
from tests.courses import SHIPPED

X = Symbol("X", "n", "n")


def named_laws(exercise):
    """The laws that the lines of an exercise's first forms name."""
    for name, part in EXERCISES[exercise].items():
        for form in (part.first, *part.others[:4]):
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
    stated = {law for line in statements() for law in line.laws} | {family.law for family in families()}
    assert {*RULES, *MOVES, *JOINS} <= stated <= set(LAWS)


def test_the_statements_are_the_laws_of_a_textbook():
    stated = {line.laws[0]: f"{plain_text(line.before)} = {plain_text(line.after)}" for line in statements()}
    assert stated["product"] == "d(UV) = dU V + U dV"
    assert stated["inverse"] == "d(U⁻¹) = −U⁻¹ dU U⁻¹"
    assert stated["ln_det"] == "d ln det(U) = tr(U⁻¹ dU)"
    assert stated["cyclic"] == "tr(A dX B) = tr(BA dX)"
    assert stated["factor"] == "AUB + AVB = A(U + V)B"
    assert stated["symmetric_part"] == "tr(A dS) = tr((1/2) (A + Aᵀ) dS)"
    assert stated["squares"] == "xᵀx = ‖x‖²"
    assert stated["squares_trace"] == "tr(UᵀU) = ‖U‖²"


def test_a_broken_rule_cannot_be_stated(monkeypatch):
    monkeypatch.setitem(RULES, "inverse", RULES["transpose"])
    with pytest.raises(KeygenError, match="a false line"):
        statements()


def test_a_rule_that_is_false_of_numbers_cannot_be_stated(monkeypatch):
    monkeypatch.setitem(RULES, "power", RULES["norm"].__class__(lambda e, d: d(e.base)))
    with pytest.raises(KeygenError, match="a false line"):
        families()


def test_laws_without_an_equality_are_tried_on_numbers(monkeypatch):
    assert [plain_text(e) for e in (positive_form(), *near_identity())] == ["xᵀMx", "det(I + U)", "1 + tr(U)"]
    assert second_of_first().name == "X"
    monkeypatch.setattr(law_formulas, "NEAR_ONE", (law_formulas.NEAR_ONE[0], law_formulas.ONE))
    with pytest.raises(KeygenError, match="first order"):
        near_identity()
    monkeypatch.setattr(law_formulas, "POSITIVE", negate(law_formulas.POSITIVE))
    with pytest.raises(KeygenError, match="not positive"):
        positive_form()


def test_the_rules_for_inverse_and_determinant_come_from_products():
    shown = solve(SHIPPED.exercise("matrix/differentials"), "sheet8", None).shown
    lines = [line.equation for line in shown["inverse"].lines]
    assert [f"{plain_text(line.left)} = {plain_text(line.right)}" for line in lines] == [
        "XX⁻¹ = I",
        "d(XX⁻¹) = 0",
        "dX X⁻¹ + X d(X⁻¹) = 0",
        "X d(X⁻¹) = −dX X⁻¹",
        "d(X⁻¹) = −X⁻¹ dX X⁻¹",
    ]
    first, *_, last = shown["determinant"].lines
    assert (plain_text(first.before), plain_text(last.after)) == ("det(X + dX)", "det(X) (1 + tr(X⁻¹ dX))")


def test_a_false_equation_of_an_author_is_refused():
    with pytest.raises(KeygenError, match="a false line"):
        equations(X, (Product((X, Inverse(X))), Identity("n"), "cancel"), (Differential(X), Inverse(X), "solve"))


@pytest.mark.parametrize("wrong", [Det(X), Product((Det(X), Det(X))), Det(Sum((X, Differential(X), Differential(X))))])
def test_another_differential_is_not_equal_to_first_order(wrong):
    start = Det(Sum((X, Differential(X))))
    assert to_first_order(X, start, (start, "factor")).lines
    with pytest.raises(KeygenError, match="another differential"):
        to_first_order(X, start, (wrong, "factor"))


def test_the_laws_of_a_hessian_are_named_too():
    parsed = parse("sum(ln(1 + exp(-y[i]*x[i].T @ w)) for i in range(n))", "y:1,1,sign", "w")
    lines = hessian(derive(parsed.expression, parsed.wrt)).lines
    assert {"sigmoid", "sign"} <= {law for line in lines for law in line.laws} <= set(LAWS)
