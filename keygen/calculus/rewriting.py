"""Rules that hold for any term: one part for another, a whole new form, everything multiplied out."""

from __future__ import annotations

from keygen.calculus.derivation import Rule, Step, plain
from keygen.calculus.ratio import expanded
from keygen.calculus.tree import replaced
from keygen.engine.terms import Term


def substitute(part: Term, by: Term, named: str = "") -> Rule:
    """One part for another that is known to equal it; `named` is the law that the page says, if any."""

    def rule(term: Term) -> Step:
        return Step(replaced(term, part, by), (named,) if named else ())

    return rule


def becomes(term: Term, named: str = "") -> Rule:
    """The next link as it is; `named` is the law that makes it, if the page says one."""

    def rule(before: Term) -> Step:
        return Step(term, (named,) if named else ())

    return rule


@plain
def multiply_out(term: Term) -> Term:
    """Everything multiplied out and cancelled."""
    return expanded(term)
