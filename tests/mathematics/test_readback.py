"""Read-back: a true line passes, a false one has no way onto a page; = is exact, \\approx is rounded."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from keygen.engine.domains import EXACT
from keygen.engine.evaluate import evaluate
from keygen.engine.functions import sigmoid, total
from keygen.engine.real import in_decimals
from keygen.engine.record import Recorder
from keygen.errors import KeygenError
from keygen.mathematics import number_cache, number_format, readback, skeleton
from keygen.mathematics.eval_scope import called
from keygen.mathematics.fast_check import patterns
from keygen.mathematics.latex import LatexPrinter, chain_tex
from keygen.mathematics.number_format import Policy
from keygen.mathematics.operators import OPERATORS, Operator
from keygen.mathematics.readback import verify
from keygen.mathematics.terms import Apply, Chain, Literal, Name, Term, apply, chain, constant

POLICY = Policy()
a, b, p, y = Name("a"), Name("b"), Name("p"), Name("y")
VALUES: dict[str, Any] = {"a": Fraction(3), "b": Fraction(-2), "p": Fraction(1, 4), "y": Fraction(1)}
REPORT = "\n  mend:     this is a defect of keygen or of the exercise's computation; please report it with the seed"


def number(value: Any) -> Literal:
    return Literal(Fraction(value))


def message(links: tuple[Term, ...], values: dict[str, Any] | None = None, **more: Any) -> str:
    with pytest.raises(KeygenError) as error:
        verify(Chain(links, **more), VALUES if values is None else values, POLICY)
    return str(error.value)


def relations(links: tuple[Term, ...], policy: Policy = POLICY) -> list[str]:
    return re.findall(r"\\kglink\{(.*?)\}\{", chain_tex(Chain(links), LatexPrinter(policy)))


def test_a_true_line_passes_and_its_equalities_are_counted() -> None:
    line = Chain((Name("c"), apply("mul", a, b), apply("mul", number(3), number(-2)), number(-6)))
    assert verify(line, {**VALUES, "c": Fraction(-6)}, POLICY) == 3


def test_a_false_line_is_refused_with_both_sides() -> None:
    assert message((apply("sub", a, b), number(1))) == (
        "a printed line is false: its two sides differ\n  expected: a - b = 5\n  found:    1 = 1" + REPORT
    )


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (apply("neg", apply("sub", p, y)), apply("sub", apply("neg", p), y)),  # -p - y for -(p - y)
        (apply("mul", a, apply("add", b, y)), apply("add", apply("mul", a, b), y)),
        (apply("square", apply("neg", a)), apply("neg", apply("square", a))),
        (apply("sub", a, apply("sub", b, y)), apply("sub", apply("sub", a, b), y)),
        (apply("div", a, apply("mul", b, y)), apply("mul", b, apply("div", a, p))),
    ],
)
def test_the_slips_of_hand_written_keys_are_refused(true: Term, false: Term) -> None:
    assert verify(Chain((true, true)), VALUES, POLICY) == 1
    assert message((true, false)).startswith("a printed line is false: its two sides differ\n")


def test_a_dropped_bracket_is_seen_on_the_page_that_drops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    line = (apply("neg", apply("sub", p, y)), Literal(Fraction(3, 4)))
    assert verify(Chain(line), VALUES, POLICY) == 1
    every = frozenset(type(OPERATORS["neg"].level))
    monkeypatch.setitem(OPERATORS, "neg", Operator(OPERATORS["neg"].level, (every,), "-{0}", "-{0}"))
    patterns.cache_clear()
    assert LatexPrinter(POLICY).write(line[0]).text == "-p - y"
    assert message(line) == (
        "a printed line is false: its two sides differ\n  expected: -p - y = -5/4\n  found:    3/4 = 3/4" + REPORT
    )


def test_a_line_that_python_cannot_evaluate_is_refused() -> None:
    M = Name("M", (2, 3))
    values = {"M": np.array([[Fraction(1)] * 3] * 2)}
    found = message((Apply("matmul", (M, M), None, (2, 3)), M), values)
    assert found.startswith("a printed line has no value\n  found:    M @ M: ")
    assert found.endswith(REPORT)
    assert message((Name("unknown"), a)).startswith("a printed line has no value\n  found:    unknown: ")


def test_a_maximum_reached_twice_speaks_for_itself() -> None:
    u = Name("u", (2,))
    found = message((Apply("where_max", (u,), None, (2,)), u), {"u": np.array([Fraction(1), Fraction(1)])})
    assert found.startswith("the maximum is reached twice, where it has no derivative\n")


C = in_decimals(Fraction("0.26894142"))


def test_digits_that_are_not_the_numbers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    line = (Name("c"), Literal(C))
    values = {"c": C}
    assert verify(Chain(line), values, POLICY) == 1
    wrong = number_format.Digits(False, "0.2698", exact=False)
    for module in (number_cache, readback):
        monkeypatch.setattr(module, "digits", lambda value, policy: wrong)
    for known in (number_cache.numerals_of, skeleton.skeletons_of):
        known.cache_clear()
    found = message(line, values)
    for known in (number_cache.numerals_of, skeleton.skeletons_of):
        known.cache_clear()
    assert found == (
        "a printed number is not the number it stands for\n"
        "  expected: 0.268941420000000\n"
        "  found:    Digits(negative=False, text='0.2698', exact=False, exponent=0, root=1, base=10)"
    )


def test_a_matrix_is_compared_entry_by_entry_and_one_entry_with_a_number() -> None:
    M = np.array([[Fraction(1), Fraction(2)]])
    values = {"M": M, "s": np.array([[Fraction(5)]])}
    name = Name("M", (1, 2))
    assert verify(Chain((name, Literal(M))), values, POLICY) == 1
    assert verify(Chain((Name("s", (1, 1)), number(5))), values, POLICY) == 1
    assert "two sides differ" in message((name, Literal(np.array([[Fraction(1), Fraction(3)]]))), values)
    assert "two sides differ" in message((name, Literal(M.T)), values)


@pytest.mark.parametrize("name", sorted(called()))
def test_a_variable_may_be_called_like_what_the_page_calls(name: str) -> None:
    """Q for queries, D for a mask, S, exp ...: the Python of the page has names of its own."""
    variable = Name(name)
    line = Chain(
        (apply("add", variable, apply("exp", number(0))), apply("add", number("7/2"), number(1)), number("9/2"))
    )
    assert verify(line, {name: Fraction(7, 2)}, POLICY) == 2


def test_functions_that_are_only_named_take_exact_numbers_and_arrays() -> None:
    u = Name("u", (2,))
    values = {"u": np.array([Fraction(0), Fraction(1)])}
    inner = Apply("sigmoid", (u,), None, (2,))
    line = Chain((Apply("apply", (inner,), ("f", 0), (2,)), Literal(np.sin([0.5, 1 / (1 + np.exp(-1))]))))
    assert verify(line, values, POLICY, {"f": np.sin}) == 1


def test_a_chain_may_bring_relations_and_values_of_its_own() -> None:
    assert verify(Chain((a, number(2)), relations=(">",)), VALUES, POLICY) == 1
    assert verify(Chain((Name("t"), number(4)), at={"t": Fraction(4)}), VALUES, POLICY) == 1
    assert message((a, number(4)), relations=(">",)).startswith("a printed line is false")


# = before what is exact, \approx before what was rounded


def test_an_exact_value_stands_behind_an_equal_sign() -> None:
    assert relations((a, apply("add", a, b), number("1/3"))) == ["=", "="]


def test_a_rounded_value_stands_behind_an_approximate_sign() -> None:
    assert relations((p, Literal(C))) == [r"\approx"]
    assert relations((p, Literal(Fraction(10000, 9999)))) == [r"\approx"]
    assert relations((p, Literal(np.array([Fraction(1), C])))) == [r"\approx"]


def test_what_follows_a_rounded_number_is_approximate_too() -> None:
    """sigma(0.7311) was computed from all the digits: 0.7311 is not what it is equal to."""
    s = in_decimals(Fraction("0.7310585"))
    assert relations((p, apply("mul", Literal(s), number(2)), Literal(2 * s))) == [r"\approx", r"\approx"]
    assert relations((p, Literal(s), number("1/2"))) == [r"\approx", r"\approx"]


def test_the_same_text_is_not_written_twice() -> None:
    line = Chain((p, apply("scale", a, param=Fraction(1)), a, number(3)))
    assert chain_tex(line, LatexPrinter(POLICY)) == r"\kgchain{p}{\kglink{=}{a}\kglink{=}{3}}"


def test_the_numbers_of_a_traced_line_are_never_the_rounded_ones() -> None:
    t = Recorder({"x": (2,)})
    t.s = sigmoid(t.x)
    t.L = total(t.s * t.s)
    values = evaluate(t.trace(), {"x": [1, 0]}, EXACT)
    line = chain(t.trace(), values, "L")
    assert verify(line, values, POLICY) == 3
    assert chain_tex(line, LatexPrinter(POLICY)) == (
        r"\kgchain{L}{\kglink{=}{\sum_{i} s_i\,s_i}"
        r"\kglink{\approx}{0.73106 \cdot 0.73106 + 0.5 \cdot 0.5}\kglink{\approx}{0.7844}}"
    )
    assert values["s"][1] == Fraction(1, 2)
    assert float(values["L"]) == pytest.approx((1 / (1 + np.exp(-1))) ** 2 + 0.25, rel=1e-15)


def test_a_formula_of_numbers_alone_is_true_of_numbers() -> None:
    line = Chain((apply("sub", constant(1), p), apply("sub", constant(1), number("1/4")), number("3/4")))
    assert verify(line, VALUES, POLICY) == 2
    assert line.formula == Chain(line.links[:1])
    assert verify(line.result, VALUES, POLICY) == 1
