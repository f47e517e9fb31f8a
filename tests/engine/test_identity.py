"""Numbers that are one by the laws of fields or by the equations that define them, and those of which nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from flint import arb

from keygen.calculus.claims import decided, relation
from keygen.calculus.newton import logistic_regression
from keygen.engine.identity import identical
from keygen.engine.real import DEEPEST, Real, Undecided, function, real
from keygen.errors import KeygenError
from keygen.mathematics.comparison import HOLDS, equal_values
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import Chain, Literal, Name, apply

exp, ln, sigma, root, th = (function(name) for name in ("exp", "ln", "sigmoid", "sqrt", "tanh"))
E = exp(Fraction(1))
X = [Fraction(1), Fraction(2), Fraction(4), Fraction(5)]
Y = [Fraction(0), Fraction(1), Fraction(0), Fraction(1)]

ALIKE: list[tuple[Callable[[], Any], Callable[[], Any]]] = [
    (lambda: (E + 1) * (E - 1), lambda: E * E - 1),
    (lambda: E**3 / E, lambda: E**2),
    (lambda: exp(-E), lambda: 1 / exp(E)),
    (lambda: sigma(sigma(E) - 2), lambda: 1 / (1 + exp(2 - sigma(E)))),
    (lambda: 1 - sigma(ln(E + 3)), lambda: sigma(-ln(3 + E))),
    (lambda: th(E / 3), lambda: 2 * sigma(2 * E / 3) - 1),
    (lambda: -root(E) - ln(E + 1), lambda: -(ln(1 + E) + root(E))),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_two_forms_of_one_number_are_identical_and_a_digit_further_they_are_not(
    one: Callable[[], Any], other: Callable[[], Any]
) -> None:
    assert identical(one(), other())
    assert equal_values(one(), other())
    assert not identical(one() + Fraction(1, 10**40), other())
    assert not equal_values(one() + Fraction(1, 10**40), other())


def test_numbers_that_agree_in_their_first_eighty_bits_are_two() -> None:
    near, nearer = sigma(Fraction(70)), sigma(Fraction(71))
    assert not HOLDS["="](near, nearer)
    assert HOLDS["!="](near, nearer)
    assert HOLDS["<"](near, nearer)
    assert not HOLDS[">="](near, nearer)
    assert decided({}, relation(apply("sigmoid", Literal(Fraction(70))), "<", apply("sigmoid", Literal(Fraction(71)))))


def nested_root() -> Any:
    return root(7 + 4 * root(Fraction(3)))


def test_what_agrees_as_deep_as_anybody_looks_and_is_not_proven_is_refused() -> None:
    """sqrt(7 + 4 sqrt 3) is 2 + sqrt 3, and the house cannot prove it: neither a line nor a condition may say so."""
    with pytest.raises(Undecided):
        equal_values(nested_root(), 2 + root(Fraction(3)))
    line = Chain((Name("a"), Literal(2 + root(Fraction(3)))), at={"a": nested_root()})
    with pytest.raises(KeygenError, match="a printed line cannot be decided") as error:
        Proofs({}, Policy(), {}, exactly=True).require(line)
    assert error.value.redraw
    with pytest.raises(KeygenError, match="a condition cannot be decided") as error:
        decided({"a": nested_root()}, relation(Name("a"), "=", Literal(2 + root(Fraction(3)))))
    assert error.value.redraw


def test_a_number_known_by_its_balls_alone_is_no_rational_however_near() -> None:
    half = real(lambda: arb(1) / 2)
    with pytest.raises(Undecided):
        equal_values(half, Fraction(1, 2))
    assert not equal_values(half, Fraction(1, 2) + Fraction(1, 2**4000))


def fitted() -> tuple[Any, Any, list[Any]]:
    b0, b1, _ = logistic_regression(X, Y)
    return b0, b1, [sigma(b0 + b1 * at) for at in X]


def test_the_equations_of_an_optimum_hold_by_its_definition_in_whatever_form_they_are_printed() -> None:
    b0, b1, p = fitted()
    assert equal_values(p[0] + p[1] + p[2] + p[3], Fraction(2))
    assert equal_values(sum(at * q for at, q in zip(X, p, strict=True)), Fraction(7))
    assert equal_values((p[3] - 1) + p[1] + (p[0] - 1), -p[2])
    assert equal_values(sum((at - 3) * q / 2 for at, q in zip(X, p, strict=True)), Fraction(1, 2))
    assert equal_values(sum(1 / (1 + exp(-b0 - b1 * at)) for at in X), Fraction(2))


def test_an_equation_that_the_optimum_does_not_solve_is_false_or_refused() -> None:
    _, _, p = fitted()
    assert not equal_values(p[0] + p[1] + p[2] + p[3], Fraction(2) + Fraction(1, 10**300))
    assert not equal_values(p[0] + p[1] + p[2], Fraction(2))
    _, _, others = fitted()  # the same sample, other numbers: that they are equal is not proven
    with pytest.raises(Undecided):
        equal_values(p[0], others[0])


def test_the_equations_that_a_root_brings_are_those_that_its_balls_solve() -> None:
    b0, b1, _ = logistic_regression(X, Y)
    for number in (b0, b1):
        for equation in number.operation.equations:
            ball = evaluated(equation)
            assert ball.contains(0)
            assert ball.rad() < arb(2) ** -100
    assert isinstance(b0, Real)
    assert len(b0.operation.equations) == 2
    assert b0.at_depth(DEEPEST[-1]).rad() < arb(2) ** -4000


def evaluated(x: Any) -> arb:
    """The ball of an expression that is no number of the domain."""
    if isinstance(x, Fraction):
        return arb(x.numerator) / x.denominator
    if isinstance(x, Real):
        return x.ball
    inputs = [evaluated(part) for part in x.inputs]
    one, *others = inputs
    match x.operation:
        case "number":
            return one
        case "sigmoid":
            return 1 / (1 + (-one).exp())
    return {"add": one.__add__, "sub": one.__sub__, "mul": one.__mul__}[x.operation](*others)
