"""Products of any number of factors: which of them stand apart, and which names would be read as a function's."""

from __future__ import annotations

from collections.abc import Sequence

from keygen.mathematics.printer import Boundary, Fragment
from keygen.mathematics.terms import Apply, Name, Term

APART = frozenset({
    "part", "trace", "det", "ln_det", "ln_of", "exp_of", "sigmoid_of", "root_of", "norm_squared", "sample_sum",
    "differential", "differential_of", "differential_of_call",
})  # fmt: skip
MOVED = frozenset({"differential", "differential_of", "differential_of_call"})


def stands_apart(term: Term) -> bool:
    """Whether a space belongs beside a factor: dX, a function, a sum over a sample, a sum of numbers in brackets."""
    match term:
        case Apply("transposed", (Apply(inner),)):
            return inner in MOVED
        case Apply("add" | "sub"):
            return term.shape == ()
        case Apply("number_power", (base,)):
            return not (isinstance(base, Name) or (isinstance(base, Apply) and base.primitive == "length"))
        case Apply():
            return term.primitive in APART
        case _:
            return False


def letters_before(terms: Sequence[Term]) -> str:
    """The names that the last of some factors are, without a mark, side by side."""
    found = ""
    for term in reversed(terms):
        if not isinstance(term, Name) or term.index:
            break
        found = term.name + found
    return found


def is_part(term: Term) -> bool:
    """Whether it is the n/2 before the rest of a product."""
    return isinstance(term, Apply) and term.primitive == "part"


def begins_as_number(factor: Fragment) -> bool:
    """Whether a factor would be read as one number with a number before it."""
    return factor.first in (Boundary.DIGIT, Boundary.FRACTION)


def pattern_of(between: Sequence[str]) -> str:
    """The pattern of a row of factors with this between them."""
    return "{0}" + "".join(f"{sign}{{{place}}}" for place, sign in enumerate(between, start=1))
