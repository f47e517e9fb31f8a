"""A chain is verified link by link when it is made; a false link names its two sides and a point."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from keygen.calculus import sympy_check, verification
from keygen.calculus.algebra import equals
from keygen.calculus.derivation import derivation, equations, with_values
from keygen.calculus.derivatives import derivative, differentiate
from keygen.calculus.equations import clear_denominator, collect_unknown, divide_by_factor, take_logarithm
from keygen.calculus.exponentials import multiply_through
from keygen.calculus.parser import parse
from keygen.calculus.quotients import collect
from keygen.calculus.rewriting import becomes, substitute
from keygen.calculus.scope import scope
from keygen.calculus.squares import bounded, complete_square
from keygen.certify.stage import certify
from keygen.course.course import course_at
from keygen.errors import KeygenError
from keygen.mathematics.latex import LatexPrinter
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import verify
from keygen.mathematics.terms import Name
from keygen.variants.solve import solve

F = parse("exp(t) / (1 + exp(t))")
SCOPE = scope({"t": (-3, 3)}, f=F, p=F)
TEX = LatexPrinter()


def test_a_true_chain_keeps_every_link_and_its_laws() -> None:
    chain = derivation(SCOPE, derivative(F, "t"), differentiate("t"), differentiate("t"), collect)
    assert chain.links[-1] == parse("exp(t) / (1 + exp(t))**2")
    assert chain.laws == ("d_quotient", "d_exp", "collect")


@pytest.mark.parametrize("check", ["sympy", "points"])
def test_a_false_link_raises_with_both_sides_and_a_point_where_they_differ(check: verification.Check) -> None:
    with pytest.raises(KeygenError) as caught:
        derivation(SCOPE, derivative(F, "t"), becomes(parse("exp(t) / (1 + exp(t))")), check=check)
    error = caught.value
    assert error.what == "a false link in a chain: its two sides do not agree"
    assert error.expected == "Derivative((((exp(t)) / (1 + exp(t)))), t) = ((exp(t)) / (1 + exp(t)))"
    assert error.found is not None
    left, right = (float(part.split()[0]) for part in error.found.split(", ")[:2])
    assert left != right
    assert "at t = " in error.found


def test_a_link_that_holds_at_one_point_only_is_false() -> None:
    with pytest.raises(KeygenError, match="false link"):
        derivation(scope({"t": (-3, 3)}), parse("t**2"), becomes(parse("t")))


def test_a_bound_on_the_wrong_side_is_false() -> None:
    with pytest.raises(KeygenError, match="false link"):
        derivation(scope({"f": (0, 1)}), parse("f - f**2"), complete_square(Name("f")), bounded(">="))


def test_sympy_decides_and_points_only_where_it_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(verification, "try_points", lambda chain, places, *rest: tried.append(list(places)))
    derivation(SCOPE, parse("(1 + t)**2"), becomes(parse("1 + 2*t + t**2")))
    assert tried == []
    monkeypatch.setattr(sympy_check, "equal", lambda *sides: False)
    derivation(SCOPE, parse("(1 + t)**2"), becomes(parse("1 + 2*t + t**2")))
    assert tried == [[1]]


def test_an_equation_that_gains_a_root_is_not_equivalent() -> None:
    line = scope({"t": (-3, 3)}, p=parse("t"))
    squared = becomes(equals(parse("t**2"), parse("p**2")))
    with pytest.raises(KeygenError, match="the two equations are not equivalent"):
        equations(line, equals(Name("t"), Name("p")), squared, free=("p", "0.5", "2.5"))


def test_the_unknown_of_an_equation_may_be_the_name_that_is_let_go() -> None:
    fitted, start = scope({"a": (1, 3)}, beta=parse("6 / a")), equals(parse("a*beta"), parse("6"))
    free = ("beta", -1, 20)
    chain = equations(fitted, start, becomes(equals(Name("beta"), parse("6 / a"))), free=free, unknown="beta")
    assert chain.relations == ("<=>",)
    gained = becomes(equals(parse("a*beta**2"), parse("6*beta")))
    with pytest.raises(KeygenError, match="the two equations are not equivalent"):
        equations(fitted, start, gained, free=free, unknown="beta")


def test_an_equation_with_a_wrong_solution_is_false() -> None:
    wrong = becomes(equals(Name("t"), parse("ln(p / (1 + p))")))
    with pytest.raises(KeygenError, match="false link"):
        equations(SCOPE, equals(Name("p"), F), wrong, free=("p", "0.1", "0.9"))


def test_the_inverse_of_the_sigmoid_is_found_step_by_step() -> None:
    grown = parse("exp(t)")
    rules = (clear_denominator, collect_unknown(grown), divide_by_factor(grown), take_logarithm)
    chain = equations(SCOPE, equals(Name("p"), F), *rules, free=("p", "0.1", "0.9"))
    assert chain.links[-1] == equals(Name("t"), parse("ln(p / (1 - p))"))
    assert set(chain.relations) == {"<=>"}


def test_a_chain_in_letters_stays_true_with_numbers_in_their_places() -> None:
    letters = scope({"t": (-2, 2), "a": (1, 3), "b": (1, 3)})
    chain = derivation(letters, parse("a / (1 + exp(b*t))"), multiply_through(parse("exp(-b*t)")))
    numbers = with_values(chain, letters, {"a": Fraction(1), "b": Fraction(2)})
    assert numbers.links[0] == parse("1 / (1 + exp(2*t))")
    assert verify(numbers, {}, Policy()) == 1


def test_steps_that_numbers_make_idle_disappear_with_their_laws() -> None:
    letters = scope({"t": (-2, 2), "b": (1, 3)})
    chain = derivation(letters, parse("b*t"), becomes(parse("t*b"), "idle"), becomes(parse("b*t + b - b"), "told"))
    assert chain.laws == ("idle", "told")
    numbers = with_values(chain, letters, {"b": Fraction(1)})
    assert numbers.laws == ("told",)
    assert [TEX.write(link).text for link in numbers.links] == ["t", "t + 1 - 1"]


def test_a_name_that_stands_for_nothing_raises() -> None:
    with pytest.raises(KeygenError, match="stands for nothing"):
        derivation(SCOPE, Name("g"), substitute(Name("g"), F), check="points")


def test_the_read_back_refuses_a_chain_that_was_tampered_with() -> None:
    chain = derivation(SCOPE, derivative(F, "t"), differentiate("t"), differentiate("t"), collect)
    false = replace(chain, links=(*chain.links[:-1], F))
    with pytest.raises(KeygenError, match="a printed line is false"):
        verify(false, {}, Policy())


FALSE_EXERCISE = '''"""A key with a false link."""

from keygen.author import calculus, integers

given = {"a": integers("", 1, 3, published=2)}


def computation(t):
    t.b = t.a + 1


answers = {"a": {"b": "b"}}


def show(s):
    scope = calculus.scope({"t": (1, 2)})
    return {"false": calculus.derivation(scope, calculus.read("t + t"), calculus.becomes(calculus.read("t**2")))}
'''


def test_a_false_link_in_an_exercise_names_exercise_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "exercises" / "topic" / "false_link"
    folder.mkdir(parents=True)
    (folder / "exercise.py").write_text(FALSE_EXERCISE, encoding="utf-8")
    with pytest.raises(KeygenError) as caught:
        certify(solve(course_at(tmp_path).exercise("topic/false_link"), "sheet", None), Policy())
    error = caught.value
    assert (error.exercise, error.file, error.line) == ("topic/false_link", folder / "exercise.py", 17)
    assert error.source is not None
    assert "calculus.derivation" in error.source
    assert error.expected == "t + t = t ** 2"
