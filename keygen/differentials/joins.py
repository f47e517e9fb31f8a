"""How terms become fewer, as a table; each docstring is the law of its join.

A differential is collected by its heads: what stands before dX in each term.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

from keygen.differentials.algebra import add, multiply, number
from keygen.differentials.expression import Expression, Power
from keygen.differentials.moves import Chain
from keygen.differentials.terms import Term, summed


def like_terms(terms: Sequence[Term]) -> list[Term]:
    """aM + bM = (a + b)M"""
    totals: dict[tuple[object, ...], Term] = {}
    for term in terms:
        scalars = frozenset(term.scalars) if len(set(term.scalars)) == len(term.scalars) else term.scalars
        key = (scalars, term.chain, term.traced, term.carrier, term.sample)
        known = totals.get(key)
        totals[key] = term if known is None else replace(term, coefficient=known.coefficient + term.coefficient)
    return [term for term in totals.values() if term.coefficient]


def collect(heads: Sequence[Term]) -> Expression:
    """tr(A dX) + tr(B dX) = tr((A + B) dX)"""
    return add(*(head.whole for head in heads))


def factor(heads: Sequence[Term]) -> Expression | None:
    """AMB + ANB = A(M + N)B"""
    if (whole := _factored(heads)) is not None:
        return whole
    groups = [list(group) for _, group in groupby(heads, key=lambda head: (head.sample, head.scalars))]
    parts = [_factored(group) if group[0].scalars else None for group in groups]
    if all(part is None for part in parts):
        return None
    return add(*(collect(group) if part is None else part for part, group in zip(parts, groups, strict=True)))


def _factored(heads: Sequence[Term]) -> Expression | None:
    """The sum with everything that its terms share outside a bracket; None if they share nothing."""
    if len(heads) < 2 or len({head.sample for head in heads}) > 1:
        return None
    chains = [head.chain for head in heads]
    shared = [s for s in heads[0].scalars if all(s in head.scalars for head in heads)]
    before = _common(chains)
    after = _common([chain[before:][::-1] for chain in chains])
    if any(len(chain) == before + after for chain in chains):  # A + AB stays: A(I + B) is no gain
        before = after = 0
    common = _shared_number(heads, shared)
    if not (before or after or shared or common != 1):
        return None
    inner = [_without(head, common, shared, before, after) for head in heads]
    chain = chains[0]
    body = multiply(number(common), *shared, *chain[:before], add(*inner), *chain[len(chain) - after :])
    return summed(body, heads[0].sample)


def _shared_number(heads: Sequence[Term], shared: Sequence[Expression]) -> Fraction:
    """The coefficient, if it is one and no denominator of a single term stands beside it: (2/n) M + 2 N stays."""
    own = [s for head in heads for s in head.scalars if s not in shared]
    over = any(isinstance(s, Power) and s.exponent < 0 for s in own)
    coefficients = {head.coefficient for head in heads}
    return heads[0].coefficient if len(coefficients) == 1 and not over else Fraction(1)


def _without(head: Term, common: Fraction, shared: Sequence[Expression], before: int, after: int) -> Expression:
    scalars = list(head.scalars)
    for s in shared:
        scalars.remove(s)
    middle = head.chain[before : len(head.chain) - after]
    return multiply(number(head.coefficient / common), *scalars, *middle)


def _common(chains: Sequence[Chain]) -> int:
    """How many factors all the chains begin with."""
    columns = zip(*chains, strict=False)
    for length, column in enumerate(columns):
        if any(a != b for a, b in pairwise(column)):
            return length
    return min(map(len, chains))


JOINS: dict[str, Callable[[Sequence[Term]], Any]] = {
    "like_terms": like_terms,
    "collect": collect,
    "factor": factor,
}
