"""How terms look: what a person would write, in TeX, in Python and for other programs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from keygen.engine.polynomial import Polynomial
from keygen.engine.real import in_decimals
from keygen.errors import KeygenError
from keygen.mathematics.formula import formula
from keygen.mathematics.latex import LatexPrinter
from keygen.mathematics.number_format import Policy
from keygen.mathematics.printer import Printer
from keygen.mathematics.python import PythonPrinter
from keygen.mathematics.terms import Apply, Literal, Name, Term, apply, constant, indexed

X, Y, W = Name("X", (2, 3)), Name("Y", (2, 3)), Name("W", (3, 2))
A, B = Name("A", (2, 2)), Name("B", (2, 2))
a, b, p, y = Name("a"), Name("b"), Name("p"), Name("y")
u = Name("u", (3,))


def tex(term: Term, **policy: Any) -> str:
    return LatexPrinter(Policy(**policy)).write(term).text


def number(value: Any) -> Literal:
    """A number; a float as one that a page rounds."""
    return Literal(in_decimals(Fraction(value)) if isinstance(value, float) else Fraction(value))


def array(rows: Any) -> Literal:
    return Literal(np.array(rows, dtype=object))


def whole(primitive: str, *args: Term, param: Any = None, shape: tuple[int, ...] = ()) -> Apply:
    return Apply(primitive, args, param, shape)


LOOKS: list[tuple[Term, str]] = [
    # a minus, and what begins with one
    (apply("neg", apply("sub", p, y)), "-(p - y)"),
    (apply("neg", apply("neg", p)), "-(-p)"),
    (apply("add", a, number(-3)), "a + (-3)"),
    (apply("sub", a, number(-3)), "a - (-3)"),
    (apply("add", number(-3), a), "-3 + a"),
    (apply("sub", a, apply("sub", b, p)), "a - (b - p)"),
    (apply("add", a, apply("sub", b, p)), "a + b - p"),
    (apply("sub", a, apply("add", number(-3), b)), "a - (-3 + b)"),
    (apply("mul", apply("sub", number(-3), number(1)), number(5)), r"(-3 - 1) \cdot 5"),
    (apply("mul", number(-3), number(5)), r"-3 \cdot 5"),
    (apply("add", number(2), apply("mul", number(-3), number(5))), r"2 + (-3) \cdot 5"),
    (apply("mul", number(5), number(-3)), r"5 \cdot (-3)"),
    (
        apply("mul", apply("sub", number(1), number("0.9")), apply("power", number(-4), param=2)),
        r"(1 - 0.9) \cdot (-4)^{2}",
    ),
    (apply("mul", apply("mul", number(5), number(7)), number(-3)), r"5 \cdot 7 \cdot (-3)"),
    (apply("mul", apply("mul", number(5), number(-7)), number(-3)), r"5 \cdot (-7) \cdot (-3)"),
    (apply("scale", a, param=Fraction(-2)), "-2a"),
    (apply("sub", b, apply("scale", a, param=Fraction(-2))), "b - (-2a)"),
    (apply("scale", a, param=Fraction(-1)), "-a"),
    (apply("scale", a, param=Fraction(1)), "a"),
    (Literal(Polynomial.variable("w12") * Polynomial.variable("w2")), r"w_2\,w_{12}"),
    # powers
    (apply("square", number(-3)), "(-3)^{2}"),
    (apply("square", number(Fraction(1, 3))), r"\left(\frac{1}{3}\right)^{2}"),
    (apply("square", number(Fraction(1, 2))), "0.5^{2}"),
    (apply("square", number(1.2500001e-7)), r"(1.250 \cdot 10^{-7})^{2}"),
    (apply("power", apply("sub", a, b), param=3), "(a - b)^{3}"),
    (apply("square", Name("W1_new")), r"(W_1^{+})^{2}"),
    (apply("square", apply("square", a)), "(a^{2})^{2}"),
    (apply("square", apply("exp", a)), "(e^{a})^{2}"),
    (whole("square", A, shape=(2, 2)), r"A^{\odot 2}"),
    (whole("power", A, param=-1, shape=(2, 2)), r"A^{\odot -1}"),
    (whole("square", u, shape=(3,)), "u^{2}"),
    # products
    (apply("mul", a, b), "ab"),
    (apply("mul", apply("add", a, b), p), r"(a + b)\,p"),
    (apply("mul", number(2), number(3)), r"2 \cdot 3"),
    (apply("scale", apply("add", a, b), param=Fraction(2)), r"2\,(a + b)"),
    (apply("scale", number(Fraction(1, 3)), param=Fraction(2)), r"2 \cdot \frac{1}{3}"),
    (whole("matmul", A, B, shape=(2, 2)), r"A\,B"),
    (whole("matmul", A, apply("add", A, B), shape=(2, 2)), r"A\,(A + B)"),
    (whole("matmul", apply("mul", A, B), B, shape=(2, 2)), r"(A \odot B)\,B"),
    (apply("mul", whole("matmul", A, B, shape=(2, 2)), B), r"(A\,B) \odot B"),
    (whole("matmul", whole("transpose", X, shape=(3, 2)), Y, shape=(3, 3)), r"X^\top\,Y"),
    (whole("transpose", whole("matmul", A, B, shape=(2, 2)), shape=(2, 2)), r"(A\,B)^\top"),
    (whole("transpose", whole("transpose", A, shape=(2, 2)), shape=(2, 2)), r"(A^\top)^\top"),
    (whole("transpose", apply("mul", A, B), shape=(2, 2)), r"(A \odot B)^\top"),
    # fractions in a fraction, under a root and in an exponent have a slash
    (apply("div", apply("ln", apply("div", p, apply("sub", number(4), p))), b), r"\frac{\ln \bigl(p/(4 - p)\bigr)}{b}"),
    (apply("div", apply("square", apply("div", a, apply("sqrt", p))), b), r"\frac{(a/\sqrt{p})^{2}}{b}"),
    (apply("div", number(22), apply("add", number(3), number(Fraction(4, 39)))), r"\frac{22}{3 + 4/39}"),
    (apply("div", apply("mul", number(Fraction(1, 3)), apply("square", a)), b), r"\frac{(1/3)\,a^{2}}{b}"),
    (apply("div", apply("scale", apply("square", a), param=Fraction(1, 3)), b), r"\frac{(1/3)\,a^{2}}{b}"),
    (apply("div", apply("square", number(Fraction(1, 3))), b), r"\frac{(1/3)^{2}}{b}"),
    (apply("div", apply("sub", a, number(Fraction(-1, 3))), b), r"\frac{a - (-1/3)}{b}"),
    (apply("div", apply("add", Name("dL_da"), apply("div", a, p)), b), r"\frac{\partial L/\partial a + a/p}{b}"),
    (apply("div", apply("mul", apply("neg", apply("div", a, p)), p), b), r"\frac{(-a/p)\,p}{b}"),
    (apply("div", apply("mul", apply("div", number(-2), a), p), b), r"\frac{(-2/a)\,p}{b}"),
    (apply("div", apply("ln", number(Fraction(2, 3))), b), r"\frac{\ln (2/3)}{b}"),
    (
        apply("div", Literal(Polynomial.variable("t") * Fraction(2, 9) + Fraction(1, 3)), b),
        r"\frac{(2/9)\,t + 1/3}{b}",
    ),
    (apply("sqrt", apply("sub", number(Fraction(1, 3)), a)), r"\sqrt{1/3 - a}"),
    (apply("sqrt", apply("div", number(3), a)), r"\sqrt{3/a}"),
    (apply("exp", apply("div", a, apply("mul", b, p))), r"e^{a/(bp)}"),
    (apply("exp", apply("add", a, number(Fraction(2, 3)))), r"e^{a + 2/3}"),
    (apply("add", number(Fraction(1, 3)), apply("div", a, b)), r"\frac{1}{3} + \frac{a}{b}"),
    # brackets in an exponent are small, and no reason for larger ones around it
    (
        apply("ln", apply("add", constant(1), apply("exp", apply("neg", apply("add", a, b))))),
        r"\ln (1 + e^{-(a + b)})",
    ),
    (apply("ln", apply("sub", constant(1), apply("square", apply("add", a, b)))), r"\ln \bigl(1 - (a + b)^{2}\bigr)"),
    # a logarithm reaches to the end of its product
    (apply("mul", y, apply("ln", p)), r"y\,\ln p"),
    (apply("mul", apply("ln", p), y), r"(\ln p)\,y"),
    (apply("ln", apply("sub", constant(1), p)), r"\ln (1 - p)"),
    # a number that is a product of matrices, beside a matrix
    (
        apply("mul", A, whole("matmul", Name("r", (1, 2)), Name("c", (2, 1)), shape=(1, 1))),
        r"A\,(rc)",
    ),
    # sums
    (whole("sum_to", apply("mul", u, u), param=()), r"\sum_{i} u_i\,u_i"),
    (whole("sum_to", apply("square", apply("sub", u, a)), param=()), r"\sum_{i} (u_i - a)^{2}"),
    (apply("mul", whole("sum_to", u, param=()), a), r"(\sum_{i} u_i)\,a"),
    (apply("mul", a, whole("sum_to", u, param=())), r"a\,\sum_{i} u_i"),
    (whole("sum_to", whole("matmul", X, W, shape=(2, 2)), param=()), r"\sum_{i,j} (X\,W)_{ij}"),
    (whole("sum_to", X, param=(1, 3), shape=(1, 3)), r"\mathbf{1}^\top\,X"),
    (whole("sum_to", X, param=(2, 1), shape=(2, 1)), r"X\,\mathbf{1}"),
    (whole("sum_to", array([[1, -2], [3, 4]]), param=()), "1 + (-2) + 3 + 4"),
    (whole("sum_to", apply("mul", array([1, 2]), array([3, -4])), param=()), r"1 \cdot 3 + 2 \cdot (-4)"),
    # repetitions
    (whole("repeat_to", a, param=(3,), shape=(3,)), r"a\,\mathbf{1}"),
    (whole("repeat_to", a, param=(2, 3), shape=(2, 3)), r"a\,\mathbf{1}\,\mathbf{1}^\top"),
    (whole("repeat_to", Name("r", (1, 3)), param=(2, 3), shape=(2, 3)), r"\mathbf{1}\,r"),
    (whole("repeat_to", Name("c", (2, 1)), param=(2, 3), shape=(2, 3)), r"c\,\mathbf{1}^\top"),
    # entries
    (whole("pick", u, param=(1,)), "u_{2}"),
    (whole("pick", Name("W1", (2, 2)), param=(0, 1)), "(W_1)_{1,2}"),
    (whole("pick", Name("dL_dW1", (2, 2)), param=(0, 1)), r"\left(\frac{\partial L}{\partial W_1}\right)_{1,2}"),
    (whole("pick", apply("add", u, u), param=(0,)), "(u + u)_{1}"),
    (whole("place", a, param=((2,), (3,)), shape=(3,)), r"a\,\mathbf{e}_{3}"),
]


@pytest.mark.parametrize(("term", "text"), LOOKS, ids=[text for _, text in LOOKS])
def test_a_term_looks_as_a_person_writes_it(term: Term, text: str) -> None:
    assert tex(term) == text


def test_an_array_in_a_fraction_has_slashes_too() -> None:
    thirds = array([[Fraction(1, 3), Fraction(2)]])
    assert tex(apply("sqrt", thirds)) == r"\sqrt{\begin{pmatrix} 1/3 & 2 \end{pmatrix}}"
    assert tex(apply("add", thirds, thirds)).count(r"\frac{1}{3}") == 2


def test_two_letters_of_an_index_stand_below_together() -> None:
    """X_{ij}: without the braces TeX would set the j on the line."""
    assert tex(whole("sum_to", X, param=())) == r"\sum_{i,j} X_{ij}"
    assert tex(whole("sum_to", apply("mul", X, Name("b", (1, 3))), param=())) == r"\sum_{i,j} X_{ij}\,b_j"


def test_an_index_counts_along_the_axes_that_have_several_places() -> None:
    index = {term.name: indexed(Apply("add", (term, X), None, (2, 3)), "ij").args[0] for term in (Y, u)}
    assert (index["Y"].index, index["u"].index) == ("ij", "j")
    assert indexed(Name("c", (3, 1)), "i") == Name("c", (), "i")
    assert indexed(X, "i") == Name("X", (2, 3), "i")
    assert indexed(a, "i") == a


def test_marked_parts_are_boxed() -> None:
    from keygen.mathematics.terms import Marked

    assert tex(apply("mul", Marked(apply("square", a), 2), b)) == r"\kgmark{2}{a^{2}}\,b"


def test_a_marked_sum_in_a_product_keeps_its_brackets_inside_the_mark() -> None:
    from keygen.mathematics.terms import Marked

    error, c = Marked(apply("sub", a, b), 1), Name("c")
    assert tex(apply("mul", c, error)) == r"c\,\kgmark{1}{(a - b)}"
    assert tex(apply("add", c, error)) == r"c + \kgmark{1}{a - b}"
    assert tex(apply("div", error, c)) == r"\frac{\kgmark{1}{a - b}}{c}"


@pytest.mark.parametrize(
    ("polynomial", "text"),
    [
        ({(("x", 2),): 1, (("x", 1), ("y", 1)): -2, (): 3}, r"x^{2} - 2\,xy + 3"),
        ({(("x", 1),): -1, (): -4}, "-x - 4"),
        ({(): 0}, "0"),
        ({(): -5}, "-5"),
        ({(("x", 3),): Fraction(1, 2)}, r"\frac{1}{2}\,x^{3}"),
    ],
)
def test_a_polynomial_is_a_sum_of_its_terms(polynomial: Any, text: str) -> None:
    value = Polynomial.of({monomial: Fraction(c) for monomial, c in polynomial.items()})
    assert tex(Literal(value)) == text


def test_matrices_and_lists() -> None:
    assert tex(array([[1, -2], [Fraction(1, 2), 0]])) == r"\begin{pmatrix} 1 & -2 \\ 0.5 & 0 \end{pmatrix}"
    assert tex(array([1, Fraction(-1, 2)])) == r"(1,\ -0.5)"
    assert tex(array([1, Fraction(-1, 2)]), point=",") == r"(1;\ -0{,}5)"
    assert tex(array([[7]])) == "7"
    assert tex(apply("mul", array([[-7]]), array([[1, 2]]))) == r"-7 \cdot \begin{pmatrix} 1 & 2 \end{pmatrix}"


FORMULAS: list[tuple[Term, str]] = [
    (whole("matmul", whole("transpose", X, shape=(3, 2)), Y, shape=(3, 3)), "X.T @ Y"),
    (apply("mul", A, B), "A * B"),
    (apply("sigmoid", a), "(1/(1 + exp(-(a))))"),
    (apply("ln", apply("sub", constant(1), a)), "log((1 - a))"),
    (apply("scale", a, param=Fraction(-1, 2)), "-(1/2) * a"),
    (whole("apply", A, param=("f", 1), shape=(2, 2)), "df(A)"),
    (whole("pick", u, param=(1,)), "u[(1,)]"),
]


@pytest.mark.parametrize(("term", "text"), FORMULAS)
def test_a_formula_for_other_programs(term: Term, text: str) -> None:
    assert formula(term) == text


def test_an_array_of_numbers_does_not_stand_in_a_formula() -> None:
    with pytest.raises(KeygenError) as error:
        formula(array([1, 2]))
    assert str(error.value) == "an array of numbers cannot stand in a formula\n  found:    [1 2]"


def test_an_elementwise_term_has_the_shape_of_its_arguments_together() -> None:
    column, row = Name("c", (3, 1)), Name("r", (2,))
    assert apply("mul", column, apply("ln", row)).shape == (3, 2)
    assert tex(whole("sum_to", apply("mul", column, apply("ln", row)), param=())) == r"\sum_{i,j} c_i\,\ln r_j"
    with pytest.raises(KeygenError, match="the shapes do not fit in the term 'mul'"):
        apply("mul", column, Name("u", (2, 4)))


def test_what_the_page_has_no_sign_for_raises() -> None:
    with pytest.raises(KeygenError) as error:
        tex(whole("gelu", a))
    assert str(error.value) == (
        "the page has no sign for the operation 'gelu'\n  mend:     add its row to mathematics/operators.py"
    )


@pytest.mark.parametrize("value", [True, "1", None, np.int64(3), complex(1, 2)])
def test_a_number_of_an_unknown_kind_raises(value: Any) -> None:
    with pytest.raises(KeygenError, match="is not a number that a page can show"):
        tex(Literal(value))


@pytest.mark.parametrize("printer", [LatexPrinter(Policy()), PythonPrinter(Policy())])
def test_brackets_are_the_same_in_every_medium(printer: Printer) -> None:
    """A page that drops one drops it in Python too: the read-back sees it."""
    term = apply("mul", apply("sub", a, b), apply("add", number(-1), a))
    assert printer.write(term).text.count("(") == 2


def test_a_semicolon_stands_between_arguments_where_a_comma_is_the_decimal_point() -> None:
    largest = apply("relu", number("0.5"))
    assert tex(largest) == r"\max(0,\ 0.5)"
    assert tex(largest, point=",") == r"\max(0;\ 0{,}5)"


def test_brackets_do_not_grow_for_an_exponent_that_is_written_on_one_line() -> None:
    grown = apply("exp", apply("div", a, number(2)))
    assert tex(apply("ln", apply("add", constant(1), grown))) == r"\ln (1 + e^{a/2})"
