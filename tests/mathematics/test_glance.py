"""A glance confirms true lines, all of them, and no other."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np
import pytest

from keygen.certify.lines import lines
from keygen.engine.polynomial import Polynomial
from keygen.engine.surd import Surd
from keygen.errors import KeygenError
from keygen.mathematics.fast_check import FastCheck
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs, read_back, scope_of
from keygen.mathematics.terms import Apply, Chain, Literal, Name, Term, apply, leaves_of
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from tests.courses import SHIPPED

POLICY = Policy()
ENTRIES = [(entry.id, sheet) for sheet in SHIPPED.sheets for entry in SHIPPED.sheet(sheet).exercise]


def scope(solved: Solved) -> dict[str, Any]:
    return scope_of(solved.values, solved.calls)


def nudged(value: Any) -> Any:
    """The value with its last number a millionth larger; a polynomial with its last coefficient so."""
    if isinstance(value, np.ndarray):
        other = value.copy()
        other.flat[-1] = nudged(value.flat[-1])
        return other
    if isinstance(value, Polynomial):
        *others, (monomial, c) = value.terms or [((), Fraction(0))]
        return Polynomial((*others, (monomial, nudged(c))))
    if isinstance(value, Surd):
        return Surd(nudged(value.factor), value.radicand)
    return value + max(abs(value), 1) * Fraction(1, 10**6)


def with_literals(term: Term, other: dict[int, Any]) -> Term:
    """The term with other values in some of its literals, by their identity."""
    match term:
        case Literal():
            return Literal(other.get(id(term), term.value))
        case Apply():
            return msgspec.structs.replace(term, args=tuple(with_literals(arg, other) for arg in term.args))
        case _:
            return term


def near_zero(line: Chain) -> bool:
    """Whether a number of a line is so small that float64 may lose it."""
    values = [np.asarray(link.value, dtype=object) for link in line.links if isinstance(link, Literal)]
    return min((abs(float(x)) for value in values for x in value.flat), default=0) < 1e-6


@pytest.mark.parametrize(("exercise", "sheet"), ENTRIES)
def test_every_line_of_an_exercise_is_confirmed_unless_it_loses_digits(exercise: str, sheet: str) -> None:
    """Where numbers cancel, float64 has not nine digits left of what remains, and a glance says nothing."""
    for seed in (None, *range(6)):
        solved = solve(SHIPPED.exercise(exercise), sheet, seed)
        glance = FastCheck(scope(solved), POLICY)
        for line in (line for line in lines(solved) if not glance.confirms(line)):
            assert near_zero(line)
            read_back(line, scope(solved), POLICY)


@pytest.mark.parametrize(("exercise", "sheet"), ENTRIES)
def test_no_line_of_an_exercise_is_confirmed_with_a_last_value_that_is_a_millionth_off(
    exercise: str, sheet: str
) -> None:
    solved = solve(SHIPPED.exercise(exercise), sheet, 1)
    meanings = scope(solved)
    glance = FastCheck(meanings, POLICY)
    for line in lines(solved):
        if isinstance(line.links[-1], Literal) and not line.relations:
            false = replace(line, links=(*line.links[:-1], Literal(nudged(line.links[-1].value))))
            assert not glance.confirms(false)
            with pytest.raises(KeygenError):
                read_back(false, meanings, POLICY)


@pytest.mark.parametrize(("exercise", "sheet"), ENTRIES)
def test_a_glance_confirms_nothing_that_the_exact_read_back_refuses(exercise: str, sheet: str) -> None:
    """With one number of a line another one, most lines are false; a factor of a zero may be anything."""
    solved = solve(SHIPPED.exercise(exercise), sheet, 2)
    meanings = scope(solved)
    glance = FastCheck(meanings, POLICY)
    for line in lines(solved):
        for link in line.links:
            for leaf in leaves_of(link):
                if not isinstance(leaf, Literal):
                    continue
                changed = {id(leaf): -leaf.value}
                other = replace(line, links=tuple(with_literals(each, changed) for each in line.links))
                try:
                    read_back(other, meanings, POLICY)
                except KeygenError:
                    assert not glance.confirms(other)
                else:
                    assert glance.confirms(other) or near_zero(other)


a = Name("a")


@pytest.mark.parametrize(
    "line",
    [
        (apply("div", a, apply("sub", a, a)), Literal(Fraction(1))),
        (apply("exp", Literal(Fraction(1000))), apply("exp", Literal(Fraction(1001)))),
        (Apply("exp", (Literal(np.array([Fraction(800), Fraction(1)])),), None, (2,)),) * 2,
        (apply("ln", apply("neg", a)), a),
        (Name("unknown"), a),
        (Literal(np.array([Fraction(3), Fraction(3)])), a),
    ],
)
def test_what_has_no_value_is_left_to_the_exact_read_back(line: tuple[Term, ...]) -> None:
    assert not FastCheck({"a": Fraction(3)}, POLICY).confirms(Chain(line))


def test_a_polynomial_that_is_another_one_is_not_confirmed() -> None:
    x, y = Polynomial.variable("x"), Polynomial.variable("y")
    glance = FastCheck({"x": x, "y": y, "f": (x + y) ** 2}, POLICY)
    squares = Literal(x**2 + 2 * x * y + y**2)
    assert glance.confirms(Chain((Name("f"), apply("square", Literal(x + y)), squares)))
    assert not glance.confirms(Chain((Name("f"), squares, Literal(x**2 + 2 * x * y - y**2))))
    assert not glance.confirms(Chain((Name("f"), Literal(x**2 + y**2))))


def test_who_asks_for_exact_numbers_does_not_rely_on_a_glance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FastCheck, "confirms", lambda self, chain: True)
    false = Chain((a, Literal(Fraction(4))))
    Proofs({"a": Fraction(3)}, POLICY, {}).require(false)
    with pytest.raises(KeygenError, match="its two sides differ"):
        Proofs({"a": Fraction(3)}, POLICY, {}, exactly=True).require(false)
