"""Expressions as text: NumPy-style for other programs, Unicode for a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from keygen.differentials.as_terms import as_term
from keygen.differentials.expression import Expression
from keygen.differentials.rewrite import resize
from keygen.differentials.shapes import Sizes
from keygen.engine.terms import Apply, Name, Term
from keygen.notation.boxes import lowered
from keygen.notation.factors import begins_as_number, is_part, letters_before, pattern_of, stands_apart
from keygen.notation.medium import Edge, Written
from keygen.notation.numbers import Policy
from keygen.notation.unicode import GREEK, Unicode

EXACT = Policy(decimals=0, fraction=10**1000)
"""Numbers of a formula: as fractions, whatever their length."""
FUNCTIONS = re.compile(r".*(?:sigma|ln|det|tr|exp)")
LETTERS = {**GREEK, "lam": "λ"}
DIGITS = "0123456789"


def numpy_form(e: Expression, sizes: Sizes | None = None) -> str:
    """NumPy-style: `@ .T inv det tr I(n) *`, with numbers for the dimensions that `sizes` names."""
    return str(resize(e, sizes) if sizes else e)


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
