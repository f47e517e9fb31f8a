"""Terms that differ in digits only: one stencil, and on the page what each would be by itself."""

from __future__ import annotations

import random
from collections import defaultdict
from fractions import Fraction
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from sign_pairs import pairs

from keygen.certify.lines import lines
from keygen.engine.polynomial import Polynomial
from keygen.engine.real import in_decimals
from keygen.engine.surd import Surd
from keygen.mathematics.latex import InlineLatexPrinter, LatexPrinter
from keygen.mathematics.number_cache import numerals
from keygen.mathematics.number_format import Policy
from keygen.mathematics.skeleton import Bounded, ByIdentity, Leaf, term_skeletons
from keygen.mathematics.terms import Apply, Literal, Marked, Name, Term, apply, constant
from keygen.variants.solve import solve
from tests.courses import SHIPPED

POLICY = Policy()
NUMBERS: list[Any] = [
    *(Fraction(top, bottom) for top in (-35, -7, -1, 0, 1, 4, 12) for bottom in (1, 2, 3, 7, 16)),
    *(Fraction(10 * n + 1, 10**4) for n in range(-3, 4)),
    *(in_decimals(sign * Fraction(x) / 3) for sign in (1, -1) for x in ("1.3", 37, "2e-8", "3e-7", 93703, 299997)),
    Surd(Fraction(3, 4), 10),
    Surd(Fraction(-1), 2),
]
ENTRIES = [(entry.id, sheet) for sheet in SHIPPED.sheets for entry in SHIPPED.sheet(sheet).exercise]


@cache
def alike(policy: Policy) -> dict[Any, list[Any]]:
    """Numbers by what decides about the signs around them."""
    found = defaultdict(list)
    for number in NUMBERS:
        found[numerals(policy).of(number).shape_class].append(number)
    return found


def renumbered(term: Term, numbers: random.Random, policy: Policy) -> Term:
    """A term with other digits everywhere."""
    groups = alike(policy)

    def other(value: Any) -> Any:
        return numbers.choice(groups.get(numerals(policy).of(value).shape_class, [value]))

    match term:
        case Literal(value=np.ndarray() as value):
            return Literal(np.frompyfunc(other, 1, 1)(value))
        case Literal():
            return Literal(other(term.value))
        case Apply():
            args = [renumbered(arg, numbers, policy) for arg in term.args]
            if term.primitive == "exp":  # what stands beside a power depends on the digits of its exponent
                args = list(term.args)
            own = term_skeletons(policy).own_number(term)
            return replace(term, args=tuple(args), param=term.param if own is None else other_own(own, numbers))
        case Marked():
            return replace(term, body=renumbered(term.body, numbers, policy))
        case _:
            return term


def other_own(own: Leaf, numbers: random.Random) -> Fraction:
    """Another number for a formula, under the same sign and the same brackets."""
    shown = own.numbers[0].shape_class
    size = Fraction(7 * numbers.randint(1, 9) + 1, 7 if shown.text else 1)
    return -size if shown.negative else size


@pytest.mark.parametrize("policy", [POLICY, Policy(point=",", decimals=2, significant=3)])
def test_terms_of_one_sketch_are_written_as_each_would_be_alone(policy: Policy) -> None:
    numbers, printer, filled = random.Random(5), LatexPrinter(policy), 0
    for pair in islice(pairs(), 0, None, 3):
        term = pair.term
        other = renumbered(term, numbers, policy)
        assert term_skeletons(policy).made(term).skeleton is term_skeletons(policy).made(other).skeleton
        for known in (term, other):
            alone, written = printer.term(known), printer.write(known)
            assert (written.text, written.level, written.tall, written.exact) == (
                alone.text, alone.level, alone.tall, alone.exact,
            )  # fmt: skip
            filled += 1
    assert filled > 2000


def test_a_sum_of_numbers_is_written_number_by_number_through_a_stencil() -> None:
    printer = LatexPrinter(POLICY)

    def line(*numbers: Any) -> Term:
        array = np.array([Fraction(number) for number in numbers])
        return Apply("sum_to", (apply("mul", Literal(array), Literal(array)),), (), ())

    assert printer.write(line(1, -2, "1/3")).text == (r"1 \cdot 1 + (-2) \cdot (-2) + \frac{1}{3} \cdot \frac{1}{3}")
    assert printer.write(line(7, -12, "5/9")).text == (r"7 \cdot 7 + (-12) \cdot (-12) + \frac{5}{9} \cdot \frac{5}{9}")
    assert len(printer.digit_templates) == 1
    assert printer.write(line(7, 12, "5/9")).text == r"7 \cdot 7 + 12 \cdot 12 + \frac{5}{9} \cdot \frac{5}{9}"
    assert len(printer.digit_templates) == 2


def test_the_coefficients_of_a_polynomial_are_digits_too() -> None:
    printer, x, y = LatexPrinter(POLICY), Polynomial.variable("x"), Polynomial.variable("y")

    def product(first: Polynomial, second: Polynomial) -> Term:
        return apply("mul", Literal(first), Literal(second))

    assert printer.write(product(2 * x - 3 * y, x * Fraction(1, 2))).text == r"(2x - 3y) \cdot \frac{1}{2}\,x"
    assert printer.write(product(5 * x - 70 * y, x * Fraction(2, 3))).text == r"(5x - 70y) \cdot \frac{2}{3}\,x"
    assert len(printer.digit_templates) == 1
    assert printer.write(product(x - 70 * y, x * Fraction(2, 3))).text == r"(x - 70y) \cdot \frac{2}{3}\,x"
    assert printer.write(product(5 * x + 70 * y, x * Fraction(2, 3))).text == r"(5x + 70y) \cdot \frac{2}{3}\,x"
    assert len(printer.digit_templates) == 3


def test_the_numbers_of_a_formula_are_digits_too() -> None:
    printer, x = LatexPrinter(POLICY), Name("x")

    def line(coefficient: Any, number: Any) -> str:
        return printer.write(apply("add", apply("scale", x, param=Fraction(coefficient)), constant(number))).text

    assert [line(2, 3), line(7, 40)] == ["2x + 3", "7x + 40"]
    assert len(printer.digit_templates) == 1
    assert [line("1/2", 3), line(-2, 3), line(1, 3), line(-1, 3), line(2, -3), line(2, Fraction(2, 3))] == [
        r"\frac{1}{2}\,x + 3", "-2x + 3", "x + 3", "-x + 3", "2x + (-3)", r"2x + \frac{2}{3}"
    ]  # fmt: skip
    assert len(printer.digit_templates) == 7


def test_a_coefficient_in_a_line_of_words_has_a_bar_through_a_stencil_as_by_itself() -> None:
    half, x = Fraction(1, 2), Polynomial.variable("x")
    for printer in (InlineLatexPrinter(POLICY), LatexPrinter(POLICY)):
        for term in (apply("scale", Name("x"), param=half), apply("exp", apply("scale", Name("x"), param=half)),
                     apply("div", apply("scale", Name("x"), param=half), Name("y")),
                     apply("mul", Literal(half * x), Name("y")), apply("mul", Name("y"), constant(half))):  # fmt: skip
            assert printer.write(term).text == printer.term(term).text


def test_a_number_in_an_exponent_and_one_that_is_rounded_have_a_stencil_of_their_own() -> None:
    printer, x = LatexPrinter(POLICY), Name("x")
    for term in (apply("exp", constant(1)), apply("exp", constant(2)), apply("exp", constant(12))):
        product = apply("mul", x, term)
        assert printer.write(product).text == printer.term(product).text
    long = [apply("add", x, constant(Fraction(n, 10**7 + 19))) for n in (1234567, 7654321)]
    assert [printer.write(term).text for term in long] == [printer.term(term).text for term in long]
    assert len(printer.digit_templates) == 5


@pytest.mark.parametrize(("exercise", "sheet"), ENTRIES)
def test_every_line_of_an_exercise_is_written_through_stencils_as_it_would_be_alone(exercise: str, sheet: str) -> None:
    media: dict[Any, LatexPrinter] = {}
    for seed in (None, *range(6)):
        solved = solve(SHIPPED.exercise(exercise), sheet, seed)
        printer = media.setdefault(tuple(solved.signs.items()), LatexPrinter(POLICY, solved.signs))
        for line in lines(solved):
            for link in line.links:
                alone = printer.term(link)
                written = printer.write(link)
                assert (written.text, written.exact) == (alone.text, alone.exact)


def test_what_is_bounded_forgets_and_goes_on() -> None:
    made: list[Any] = []
    remembered = ByIdentity(lambda thing: made.append(thing) or len(made), 2)
    one, two, three = Name("a"), Name("a"), Name("c")
    assert [remembered(thing) for thing in (one, two, one, three, one)] == [1, 2, 1, 3, 4]
    kept: Bounded[int] = Bounded(2)
    assert [kept.keep(n, n) for n in range(5)] == list(range(5))
    assert dict(kept) == {4: 4}


def test_a_term_of_very_many_numbers_has_a_mark_for_each() -> None:
    printer = LatexPrinter(POLICY)
    numbers = Literal(np.array([Fraction(n, 7) for n in range(300)]))
    line = Apply("sum_to", (apply("mul", apply("mul", numbers, numbers), numbers),), (), ())
    assert printer.write(line).text == printer.term(line).text
