"""A formula that somebody typed as an expression of matrix differentials, with which one can go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import get_args

from keygen.engine.primitives import Reading, nobody
from keygen.errors import KeygenError
from keygen.grading.formulas import Letters
from keygen.grading.grammar import Formula, LetterNode, Operation, TypedNumeral
from keygen.matrix import algebra
from keygen.matrix.expression import (
    Det,
    Differential,
    Expression,
    Function,
    Hadamard,
    Identity,
    Number,
    Ones,
    Product,
    Sum,
    Symbol,
    Trait,
    Zero,
)
from keygen.matrix.shapes import SCALAR

MOST = 60
"""Terms that a formula may have when its brackets are opened: those of the keys have some ten."""
TRAITS: Mapping[str, Trait] = {str(trait): trait for trait in get_args(Trait)}
OF_NUMBERS = ("positive", "sign")
"""Traits of numbers: a column whose entries have one is any column here."""
CONSTANTS = ("pi",)


def expression(formula: Formula, letters: Letters, shape: tuple[int, ...]) -> Expression:
    """A formula of a shape as an expression; an identity without a size has as many rows, and 0 is the zero of it.
    Raises KeygenError for what matrix differentials have no sign for, for shapes that do not fit, and for more than
    anybody opens by hand."""
    rows, columns = (*shape, 1, 1)[:2]
    if isinstance(formula, TypedNumeral) and not formula.value:
        return Zero(rows, columns)
    try:
        found = FormulaBuilder(letters, rows).built(formula)
        opened = terms_in(found)
    except (RecursionError, ZeroDivisionError) as error:
        raise KeygenError("a formula with which nobody can go on") from error
    if opened > MOST:
        raise KeygenError("a formula of too many terms", expected=f"at most {MOST}", found=str(opened))
    return found


def symbol(name: str, letters: Letters) -> Symbol:
    """A letter with its shape and its trait. Raises KeygenError for one that has no shape."""
    if name not in letters.shapes:
        raise KeygenError(f"{name} has no shape")
    rows, columns = (*letters.shapes[name], 1, 1)[:2]
    trait = TRAITS[letters.traits.get(name, "general")]
    return Symbol(name, rows, columns, None, "general" if trait in OF_NUMBERS and (rows, columns) != SCALAR else trait)


def terms_in(e: Expression) -> int:
    """How many terms an expression has when its brackets are opened."""
    match e:
        case Sum(terms):
            return sum(map(terms_in, terms))
        case Product(factors):
            return prod(map(terms_in, factors))
    return max(map(terms_in, e.parts), default=1)


@dataclass(frozen=True, slots=True)
class FormulaBuilder:
    """Builds expressions in some letters."""

    letters: Letters
    rows: int

    def built(self, formula: Formula) -> Expression:
        """The expression of a formula, or of a part of one."""
        match formula:
            case TypedNumeral(value):
                return Number(value)
            case LetterNode(name):
                return self.letter(name)
            case Operation("unit"):
                return Identity(self.rows)
            case Operation("I", (TypedNumeral() as size,)):
                return Identity(int(size.value))
            case Operation("ones", (TypedNumeral() as size,)):
                return Ones(int(size.value))
            case Operation("/", (above, Operation("+", (TypedNumeral(text="1"), Operation("exp", (inside,)))))):
                return times(self.built(above), of_number("sigmoid")(algebra.negate(self.built(inside))))
            case Operation(sign, inputs) if sign in BUILT:
                return BUILT[sign](*map(self.built, inputs))
        raise KeygenError("a sign that matrix differentials have not")

    def letter(self, name: str) -> Expression:
        """A letter, or the differential of one."""
        if name not in self.letters.shapes and name[:1] == "d":
            return Differential(symbol(name[1:], self.letters))
        return Symbol(name, 1, 1, None, "positive") if name in CONSTANTS else symbol(name, self.letters)


def plus(a: Expression, b: Expression) -> Expression:
    """A + B; a number beside a column is added to each entry."""
    if SCALAR in (a.shape, b.shape) and a.shape != b.shape:
        rows = max(a.shape, b.shape)[0]
        a, b = (algebra.multiply(one, Ones(rows)) if one.shape == SCALAR else one for one in (a, b))
    return algebra.add(a, b)


def minus(a: Expression, b: Expression) -> Expression:
    """A - B"""
    return plus(a, algebra.negate(b))


def times(a: Expression, b: Expression) -> Expression:
    """A B where one is a number, else entry by entry."""
    if SCALAR in (a.shape, b.shape):
        return algebra.multiply(a, b)
    return Hadamard(b, a) if b.shape == (a.shape[0], 1) else Hadamard(a, b)


def over(a: Expression, b: Expression) -> Expression:
    """A / u; raises KeygenError for what is no number below."""
    return algebra.divide(a, b)


def raised(base: Expression, exponent: Expression) -> Expression:
    """u^p, the inverse of a matrix, the square of each entry. Raises KeygenError for any other power."""
    if not isinstance(exponent, Number):
        raise KeygenError("a power that matrix differentials have not")
    if base.shape == SCALAR:
        return algebra.power(base, exponent.value)
    if exponent.value == -1:
        return algebra.inverse(base)
    if exponent.value == 2:
        return Hadamard(base, base)
    raise KeygenError("a power of a matrix")


def of_number(name: str) -> Callable[[Expression], Expression]:
    """A function of a number, or of each entry."""
    return lambda arg: Function(arg, name, arg.shape != SCALAR)


def norm(arg: Expression) -> Expression:
    """||A||"""
    return Function(algebra.squared_norm(arg), "sqrt")


NAMED: Reading[Callable[[Expression], Expression]] = Reading(
    "what it makes of an expression, where a typed formula names it",
    {
        "neg": algebra.negate, "transpose": algebra.transpose, "exp": of_number("exp"), "ln": of_number("ln"),
        "sqrt": of_number("sqrt"), "sigmoid": of_number("sigmoid"),
    },
    needs=nobody,
)  # fmt: skip
BUILT: Mapping[str, Callable[..., Expression]] = {
    **NAMED, "+": plus, "-": minus, "*": times, "·": algebra.multiply, "@": algebra.multiply, "/": over, "^": raised,
    "T": algebra.transpose, "inv": algebra.inverse, "tr": algebra.trace, "det": Det, "norm": norm,
}  # fmt: skip
