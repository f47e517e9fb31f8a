"""Products rewritten for a reader: repeated factors set off, parts renamed, coefficients brought to the front.

Every function gives a term equal to the one it takes; a chain that holds it is read back like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import msgspec

from keygen.engine.trace import Trace
from keygen.mathematics.terms import Apply, Marked, Name, Term


def repeated(trace: Trace, names: Iterable[str], among: Callable[[str], bool]) -> dict[str, tuple[str, ...]]:
    """The variables passing `among` that two or more of `names` are computed from, each with those names.

    Of variables that serve the same names only the last is kept: it is computed from the others.
    """
    needs = {name: trace.needs([name]) - {name} for name in names}
    last: dict[tuple[str, ...], str] = {}
    for variable in trace.shapes:
        if among(variable):
            last[tuple(name for name, used in needs.items() if variable in used)] = variable
    return {variable: served for served, variable in last.items() if len(served) > 1}


def marked(term: Term, roles: Mapping[str, int]) -> Term:
    """The term with each part whose trace name is in `roles` set off."""
    match term:
        case Apply():
            inner = msgspec.structs.replace(term, args=tuple(marked(arg, roles) for arg in term.args))
            return Marked(inner, roles[term.origin]) if term.origin in roles else inner
        case _:
            return term


def renamed(term: Term, names: Mapping[str, Term]) -> Term:
    """The term with other terms, equal to them, in the place of some variables."""
    match term:
        case Name():
            return names.get(term.name, term)
        case Apply():
            return msgspec.structs.replace(term, args=tuple(renamed(arg, names) for arg in term.args))
        case _:
            return term


@dataclass(frozen=True, slots=True)
class FactoredProduct:
    """coefficient * numbers * rest: what may stand anywhere in a product, and the factors whose order counts."""

    coefficient: Fraction
    numbers: tuple[Term, ...]
    rest: Term

    def term(self) -> Term:
        """The product as a term, what may stand anywhere in front."""
        whole = self.rest
        for number in reversed(self.numbers):
            whole = Apply("mul", (number, whole), None, whole.shape)
        return whole if self.coefficient == 1 else Apply("scale", (whole,), self.coefficient, whole.shape)


def coefficients_first(term: Term) -> Term:
    """2 X^T (y - X w) for X^T (2 (y - X w)): numbers come out of the products that they stand in."""
    return drawn_out(term).term()


def drawn_out(term: Term) -> FactoredProduct:
    """A term taken apart into its coefficients and the rest."""
    match term:
        case Apply(primitive="scale", args=(body,), param=Fraction() as factor):
            inner = drawn_out(body)
            return replace(inner, coefficient=factor * inner.coefficient)
        case Apply(primitive="mul", args=(number, body)) if number.shape == () and body.shape:
            inner = drawn_out(body)
            return replace(inner, numbers=(number, *inner.numbers))
        case Apply(primitive="mul" | "matmul", args=(left, right)):
            one, two = drawn_out(left), drawn_out(right)
            rest = msgspec.structs.replace(term, args=(one.rest, two.rest))
            return FactoredProduct(one.coefficient * two.coefficient, (*one.numbers, *two.numbers), rest)
        case Apply():
            rest = msgspec.structs.replace(term, args=tuple(map(coefficients_first, term.args)))
            return FactoredProduct(Fraction(1), (), rest)
        case _:
            return FactoredProduct(Fraction(1), (), term)
