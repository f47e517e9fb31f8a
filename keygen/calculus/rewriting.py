"""Rules that hold for any term: one part for another, a whole new form, everything multiplied out."""

from __future__ import annotations

from keygen.calculus.derivation import RewrittenLink, Rule, plain
from keygen.calculus.rational_function import expanded
from keygen.calculus.traversal import replaced
from keygen.mathematics.terms import Term


def substitute(part: Term, by: Term, named: str = "") -> Rule:
    """One part for another that is known to equal it; `named` is the law that the page says, if any."""

    def rule(term: Term) -> RewrittenLink:
        return RewrittenLink(replaced(term, part, by), (named,) if named else ())

    return rule


def becomes(term: Term, named: str = "") -> Rule:
    """The next link as it is; `named` is the law that makes it, if the page says one."""

    def rule(before: Term) -> RewrittenLink:
        return RewrittenLink(term, (named,) if named else ())

    return rule


@plain
def multiply_out(term: Term) -> Term:
    """Everything multiplied out and cancelled."""
    return expanded(term)
