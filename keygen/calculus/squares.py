"""Rules for parabolas: complete the square, drop it, and the extremum is what is left."""

from __future__ import annotations

from keygen.calculus.algebra import add, div, mul, neg, power, sub, times
from keygen.calculus.derivation import RewrittenLink, Rule, law
from keygen.calculus.derivatives import SUMS
from keygen.calculus.equations import leading
from keygen.calculus.rational_function import coefficients, expanded
from keygen.errors import KeygenError
from keygen.mathematics.terms import Apply, Term


def complete_square(of: Term) -> Rule:
    """c0 + c1 x + c2 x^2 = (c0 - c1^2 / (4 c2)) + c2 (x + c1 / (2 c2))^2"""

    @law
    def completed_square(term: Term) -> Term:
        c0, c1, c2 = coefficients(term, of)
        top = expanded(sub(c0, div(power(c1, 2), times(4, c2))))
        square = power(add(of, expanded(div(c1, times(2, c2)))), 2)
        return sub(top, mul(neg(c2), square)) if leading(c2) < 0 else add(top, mul(c2, square))

    return completed_square


def bounded(relation: str) -> Rule:
    """A square is not negative, so it may be left out of a sum: c - k (...)^2 <= c for k > 0."""

    def rule(term: Term) -> RewrittenLink:
        if not isinstance(term, Apply) or term.primitive not in SUMS:
            raise KeygenError(f"there is no square to leave out of {term!r}")
        return RewrittenLink(term.args[0], ("square_not_negative",), relation)

    return rule


def compared(relation: str, bound: Term) -> Rule:
    """The sign of what is left: it is seen, not computed."""

    def rule(term: Term) -> RewrittenLink:
        return RewrittenLink(bound, (), relation)

    return rule
