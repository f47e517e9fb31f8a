"""Expressions as text: in NumPy's style for other programs and for messages, in Unicode for a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import ClassVar

from keygen.differentials.as_terms import as_term
from keygen.differentials.expression import Expression
from keygen.differentials.rewrite import resize
from keygen.differentials.shapes import Sizes
from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.engine.terms import Apply, Name, Term, constant
from keygen.notation.boxes import lowered
from keygen.notation.factors import begins_as_number, is_part, letters_before, pattern_of, stands_apart
from keygen.notation.formula import Formula
from keygen.notation.medium import Edge, Written
from keygen.notation.numbers import Policy
from keygen.notation.signs import Level
from keygen.notation.unicode import GREEK, Unicode

EXACT = Policy(decimals=0, fraction=10**1000)
"""Numbers of a formula: as fractions, whatever their length."""
FUNCTIONS = re.compile(r".*(?:sigma|ln|det|tr|exp)")
LETTERS = {**GREEK, "lam": "λ"}
DIGITS = "0123456789"


def numpy_form(e: Expression, sizes: Sizes | None = None) -> str:
    """NumPy-style: `@ .T inv det tr I(n) *`, with numbers for the dimensions that `sizes` names."""
    return numpy_text(resize(e, sizes) if sizes else e)


@lru_cache(maxsize=8192)
def numpy_text(e: Expression) -> str:
    """The same with the dimensions as they are. Kept, because letters are put in order by it again and again."""
    return Numpy().term(as_term(e)).text


Expression.spelling = numpy_text


@lru_cache(maxsize=4096)
def plain_text(e: Expression) -> str:
    """Unicode text for a terminal: tr(AXᵀX), X⁻ᵀ, ∑ᵢ yᵢxᵢ. Kept, because lines are compared by it again and again."""
    medium = Terminal(EXACT, {})
    return medium.box(medium.term(as_term(e))).lines[0]


def letter(name: str) -> str:
    """x₁, Σ, foo"""
    stem = name.rstrip(DIGITS)
    return LETTERS.get(stem, stem) + lowered(name[len(stem) :])


def spelled_out(term: Term) -> bool:
    """Whether a name in a term has more letters than one: beside others it would be read letter by letter."""
    match term:
        case Name(name):
            return len(LETTERS.get(stem := name.rstrip(DIGITS), stem)) > 1
        case Apply("length", (), str(dim)):
            return len(LETTERS.get(dim, dim)) > 1
        case Apply():
            return any(map(spelled_out, term.args))
        case _:
            return False


class Terminal(Unicode):
    """Unicode text of matrix differentials: letters side by side are a product."""

    def name(self, term: Name) -> Written:
        """x₁, xᵢ, x[q]"""
        return Written(letter(term.name) + lowered(term.index))

    def param(self, term: Apply) -> Written:
        """Exponents, sizes, the index of a sum over a sample."""
        match term.primitive, term.param:
            case "sample_sum", (str(index), size, told):
                return Written(lowered(index) if told else f"({index}=1..{size})")
            case "length", str(dim):
                return Written(LETTERS.get(dim, dim))
            case "unit" | "ones" | "unit_of_size" | "ones_of_size", (size,):
                return Written(str(size))
        return super().param(term)

    def row(self, terms: Sequence[Term], factors: Sequence[Written]) -> str:
        """Factors side by side, apart where a reader would lump them together."""
        places = range(1, len(terms))
        return pattern_of([self.between(terms[:place], terms[place], factors[place]) for place in places])

    def between(self, before: Sequence[Term], term: Term, factor: Written) -> str:
        """A dot between what would be read as one number, one name, a function or a differential; a space beside what
        stands apart."""
        letters = letters_before(before)
        called = factor.first is Edge.BRACKET and FUNCTIONS.fullmatch(letters)
        named = not is_part(before[-1]) and (spelled_out(before[-1]) or spelled_out(term))
        if begins_as_number(factor) or called or letters.endswith("d") or named:
            return "·"
        return " " if stands_apart(before[-1]) or stands_apart(term) else ""


class Numpy(Formula):
    """Python that NumPy runs: what it has no function for is written by what it is made of."""

    flat: ClassVar[bool] = True

    def term(self, term: Term) -> Written:
        """A term, or a part of one."""
        made = MADE_OF.get(term.primitive) if isinstance(term, Apply) else None
        return super().term(made(term) if made else term)  # type: ignore[arg-type]  # an Apply

    def name(self, term: Name) -> Written:
        """X, x[i]"""
        return Written(f"{term.name}[{term.index}]" if term.index else term.name)

    def number(self, value: Fraction | Real | Surd) -> Written:
        """3, -2, 1/2 as a quotient like any other."""
        exact = Fraction(str(value))
        level = Level.NEGATIVE if exact < 0 else Level.ATOM if exact.denominator == 1 else Level.QUOTIENT
        return Written(str(exact), level, number=True)

    def param(self, term: Apply) -> Written:
        """Exponents, lengths, the members of a sample."""
        match term.primitive, term.param:
            case "sample_sum", (index, size, _):
                return Written(f"for {index} in range({size})")
            case "number_power", exponent:
                return Written(f"({exponent})" if "/" in str(exponent) else str(exponent))
            case _, tuple(lengths):
                return Written(", ".join(map(str, lengths)))
        return Written(str(term.param))

    def row(self, terms: Sequence[Term], factors: Sequence[Written]) -> str:
        """@ between matrices, * beside a number."""
        return in_python(terms)


def in_python(factors: Sequence[Term]) -> str:
    """The pattern of a product: @ between matrices, * beside a number and between numbers and what they multiply."""
    matrices = [any(factor.shape for factor in factors[:place]) for place in range(1, len(factors))]
    pairs = zip(matrices, factors[1:], strict=True)
    return pattern_of([" @ " if behind and factor.shape else " * " for behind, factor in pairs])


def norm_in_numpy(term: Apply) -> Term:
    """||A||^2 = tr(A'A); of a column, u'u"""
    (arg,) = term.args
    rows, columns = arg.shape
    square = Apply("product", (Apply("transposed", (arg,), None, (columns, rows)), arg), None, (columns, columns))
    return replace(square, shape=()) if columns == 1 else Apply("trace", (square,))


def sigmoid_in_numpy(term: Apply) -> Term:
    """sigma(u) = 1 / (1 + exp(-u))"""
    (arg,) = term.args
    minus = arg.args[0] if isinstance(arg, Apply) and arg.primitive == "neg" else Apply("neg", (arg,), None, arg.shape)
    below = Apply("add", (constant(1), Apply("exp_of", (minus,), None, arg.shape)), None, arg.shape)
    return Apply("div", (constant(1), below), None, arg.shape)


def sum_in_numpy(term: Apply) -> Term:
    """A column of ones is 1 beside another column: NumPy spreads it."""
    ones = [is_ones(arg) for arg in term.args]
    return replace(term, args=tuple(map(one, term.args, ones))) if len(set(ones)) > 1 else term


def is_ones(term: Term) -> bool:
    """Whether it is the column of ones, or minus it."""
    return isinstance(term, Apply) and (term.primitive == "ones" or (term.primitive == "neg" and is_ones(term.args[0])))


def one(term: Term, spread: bool) -> Term:
    """1 or -1 for a column of ones that NumPy spreads; any other term as it is."""
    if not spread or not isinstance(term, Apply):
        return term
    return replace(term, args=(constant(1),), shape=()) if term.primitive == "neg" else constant(1)


MADE_OF: dict[str, Callable[[Apply], Term]] = {
    "norm_squared": norm_in_numpy,
    "sigmoid_of": sigmoid_in_numpy,
    "add": sum_in_numpy,
    "sub": sum_in_numpy,
}
