"""An expression that is linear in something (dX, or an unknown) as a list of terms, and back; how terms become fewer.

Only the sums that hold it are opened: 2(y - Xw)'d(y - Xw) stays one term, A(X + dX) becomes two. The docstring of each
join is its law. A differential is collected by its heads: what stands before dX in each term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import groupby, pairwise
from math import prod
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from keygen.matrix.algebra import add, hadamard, multiply, number, sample_sum, trace, transpose
from keygen.matrix.expression import (
    Expression,
    Hadamard,
    MatrixTrace,
    Number,
    Power,
    Product,
    SampleSum,
    Sum,
    Transpose,
    Zero,
)
from keygen.matrix.shapes import SCALAR, Dim

Chain = tuple[Expression, ...]
Test = Callable[[Expression], bool]


class Term(Struct, frozen=True):
    """coefficient * scalars * chain * carrier, where `chain` holds what the expression is linear in.

    scalars  1x1 factors
    chain    matrix factors in their order (or the one 1x1 factor that moves)
    traced   the chain stands under a trace
    carrier  matrix factors that a 1x1 chain multiplies
    sample   (index, size) where the term is summed over a sample
    """

    coefficient: Fraction
    scalars: tuple[Expression, ...]
    chain: tuple[Expression, ...]
    traced: bool = False
    carrier: tuple[Expression, ...] = ()
    sample: tuple[str, Dim] | None = None

    @property
    def core(self) -> Expression:
        """The chain multiplied out, under its trace."""
        body = multiply(*self.chain)
        return MatrixTrace(body) if self.traced else body

    @property
    def scalar(self) -> bool:
        """Whether the chain is worth a number."""
        return self.traced or multiply(*self.chain).shape == SCALAR

    @property
    def whole(self) -> Expression:
        """The term as an expression."""
        return summed(multiply(number(self.coefficient), *self.scalars, self.core, *self.carrier), self.sample)


def summed(e: Expression, sample: tuple[str, Dim] | None) -> Expression:
    """sum_i of e, or e itself."""
    return e if sample is None else sample_sum(e, *sample)


def expand(e: Expression, matters: Test) -> list[Term]:
    """The terms of e, sums opened only along the way to what matters."""
    match e:
        case Sum(terms):
            return [found for term in terms for found in expand(term, matters)]
        case Product(factors):
            return _expand_product(factors, matters)
        case Transpose(Sum() | Product() as arg) if matters(arg):
            found = expand(arg, matters)
            return [replace(t, chain=_transposed(t.chain), carrier=_transposed(t.carrier)) for t in found]
        case MatrixTrace(arg) if matters(arg):
            return [_traced(term) for term in expand(arg, matters)]
        case SampleSum(body, index, size) if matters(e):
            return [replace(term, sample=(index, size)) for term in expand(body, matters)]
        case Hadamard(left, right) if matters(left) != matters(right):
            if matters(left):
                return [_entrywise(term, lambda live: hadamard(live, right)) for term in expand(left, matters)]
            return [_entrywise(term, lambda live: hadamard(left, live)) for term in expand(right, matters)]
        case Number(value):
            return [Term(value, (), ())] if value else []
        case Zero():
            return []
    return [Term(Fraction(1), (), (e,))]


def _expand_product(factors: tuple[Expression, ...], matters: Test) -> list[Term]:
    live = [place for place, factor in enumerate(factors) if matters(factor)]
    if len(live) != 1:
        return [_outside(Term(Fraction(1), (), ()), factors, ())]
    before, core, after = factors[: live[0]], factors[live[0]], factors[live[0] + 1 :]
    return [_outside(term, before, after) for term in expand(core, matters)]


def _outside(term: Term, before: Sequence[Expression], after: Sequence[Expression]) -> Term:
    """A term with constant factors on both sides of it."""
    left = tuple(factor for factor in before if factor.shape != SCALAR)
    right = tuple(factor for factor in after if factor.shape != SCALAR)
    coefficient = term.coefficient * prod(factor.value for factor in (*before, *after) if isinstance(factor, Number))
    scalars = (*_numbers(before), *term.scalars, *_numbers(after))
    if not term.chain or not (term.scalar and (left or right)):
        return replace(term, coefficient=coefficient, scalars=scalars, chain=(*left, *term.chain, *right))
    outer = multiply(*left, *term.carrier, *right)
    if outer.shape == SCALAR:
        return replace(term, coefficient=coefficient, scalars=(*scalars, outer), carrier=())
    outside = (*left, *term.carrier, *right)
    if outer.shape[1] == 1 and not term.traced and len(term.chain) > 1:  # x (x'dx) is x x' dx
        return replace(term, coefficient=coefficient, scalars=scalars, chain=(*outside, *term.chain), carrier=())
    return replace(term, coefficient=coefficient, scalars=scalars, carrier=outside)


def _numbers(factors: Sequence[Expression]) -> tuple[Expression, ...]:
    """The 1x1 factors that are not plain numbers."""
    return tuple(factor for factor in factors if factor.shape == SCALAR and not isinstance(factor, Number))


def _entrywise(term: Term, paired: Callable[[Expression], Expression]) -> Term:
    """A term inside an elementwise product: what is paired is its matrix, the chain or what a number carries."""
    if term.carrier:
        return replace(term, carrier=(paired(multiply(*term.carrier)),))
    return replace(term, chain=(paired(term.core),))


def _traced(term: Term) -> Term:
    if not term.carrier:
        return replace(term, traced=True)
    return replace(term, scalars=(*term.scalars, trace(multiply(*term.carrier))), carrier=())


def _transposed(chain: tuple[Expression, ...]) -> tuple[Expression, ...]:
    return tuple(transpose(factor) for factor in reversed(chain))


def compose(terms: Sequence[Term]) -> Expression:
    """The terms added; neighbours that share their scalars or their sample stand in one bracket behind them."""
    groups = groupby(terms, key=lambda term: (term.sample, term.scalars, term.carrier))
    return add(*(_bracket(list(group)) for _, group in groups))


def _bracket(terms: list[Term]) -> Expression:
    first = terms[0]
    fractional = all(term.coefficient.denominator != 1 for term in terms)
    if len(terms) == 1 or not (first.scalars or first.sample or first.carrier or fractional):
        return add(*(term.whole for term in terms))
    common = common_coefficient(term.coefficient for term in terms)
    inside = add(*(multiply(number(term.coefficient / common), term.core) for term in terms))
    return summed(multiply(number(common), *first.scalars, inside, *first.carrier), first.sample)


def common_coefficient(coefficients: Iterable[Fraction]) -> Fraction:
    """What comes out of a bracket: the coefficient that all share up to signs (with the sign they share), else 1."""
    listed = list(coefficients)
    if len({abs(c) for c in listed}) > 1:
        return Fraction(1)
    return listed[0] if len(set(listed)) == 1 else abs(listed[0])


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
