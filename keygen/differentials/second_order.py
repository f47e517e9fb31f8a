"""The second differential as a sum of squares: its sign, and when it is strict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from keygen.differentials.algebra import add, multiply, number, squared_norm, transpose
from keygen.differentials.canonical import Laws, advance
from keygen.differentials.derive import Derivation, Line, hessian
from keygen.differentials.evaluate import Point
from keygen.differentials.expression import (
    Differential,
    Expression,
    Product,
    Symbol,
    Trace,
    Transpose,
)
from keygen.differentials.moves import Chain, turned
from keygen.differentials.printing import plain_text
from keygen.differentials.signs import definite, positive
from keygen.differentials.terms import Term, compose, summed
from keygen.differentials.verify import Truth
from keygen.errors import KeygenError

Kind = Literal["minimum", "maximum"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What makes the second differential strict: a matrix of full column rank, or a sample that spans the space."""

    kind: Literal["full_column_rank", "spans"]
    of: Expression


@dataclass(frozen=True, slots=True)
class SecondOrder:
    """The derivation of the Hessian; d^2 f line by line, down to squares.

    reasons     the laws that give the terms their sign
    strict      when d^2 f is zero for dX = 0 alone; None: always
    everywhere  whether all this holds at every point; else at the optimum
    """

    hessian: Derivation
    lines: tuple[Line, ...]
    kind: Kind
    reasons: Laws
    strict: Condition | None
    everywhere: bool


@dataclass(frozen=True, slots=True)
class Scatter:
    """What the optimum says of a sum over a sample: sum_i A_i = value."""

    total: Term
    value: Term

    def insert(self, term: Term) -> Term:
        """A term with its sum over the sample replaced; unchanged if it has none."""
        width = len(self.total.chain)
        for start in range(len(term.chain) - width + 1):
            if term.sample == self.total.sample and term.chain[start : start + width] == self.total.chain:
                ratio = self.value.coefficient / self.total.coefficient
                chain = (*term.chain[:start], *self.value.chain, *term.chain[start + width :])
                kept = (s for s in term.scalars if s not in self.total.scalars)
                scalars = (*kept, *self.value.scalars)
                return replace(term, coefficient=term.coefficient * ratio, scalars=scalars, chain=chain, sample=None)
        return term


def second_order(first: Derivation, at: Sequence[Point], scatter: Scatter | None = None) -> SecondOrder:
    """d^2 f for the f of a first differential, checked at some points, where `scatter` holds if it is given.

    Raises KeygenError where d^2 f is no sum of squares of one sign.
    """
    second = hessian(first)
    terms = [quadratic(term, first.wrt) for term in second.terms]
    settled = terms if scatter is None else advance([scatter.insert(term) for term in terms], ())[0]
    last: Expression = Differential(first.differential)
    truth = Truth(last, at)
    lines = []
    squares = add(*(squared(term) for term in settled))
    reasons = tuple(dict.fromkeys(as_square(term).law for term in settled))
    stages = (
        (compose(terms), ("second_differential",)),
        (compose(settled), ("at_optimum",)),
        (squares, reasons),
    )
    for after, laws in stages:
        truth.require(last, after, ", ".join(laws))
        if plain_text(after) != plain_text(last):
            lines.append(Line(last, after, laws))
        last = after
    strict = [condition(term) for term in settled]
    weakest = None if None in strict else strict[0]
    return SecondOrder(second, tuple(lines), kind(settled), reasons, weakest, scatter is None)


def quadratic(term: Term, x: Symbol) -> Term:
    """A term of d(grad f) as one of d^2 f = tr((dX)' d(grad f))."""
    return replace(term, chain=(transpose(Differential(x)), *term.chain), traced=x.shape[1] != 1)


def kind(terms: Sequence[Term]) -> Kind:
    """What the signs of the squares say. Raises KeygenError if they differ, or one is not known."""
    for scalar in (scalar for term in terms for scalar in term.scalars):
        if not positive(scalar):
            raise KeygenError(f"the sign of {scalar} is not known", repair='declare it, e.g. "lam:1,1,positive"')
    signs = {term.coefficient > 0 for term in terms}
    if len(signs) != 1:
        raise KeygenError(f"a second differential without one sign: {compose(terms)}")
    return "minimum" if signs == {True} else "maximum"


@dataclass(frozen=True, slots=True)
class Square:
    """A term's chain as a square: ||U||^2, or U' M U with a definite M; under a trace also M U M U, U symmetric.

    law  the one by which it is not negative
    """

    u: Chain
    body: Expression
    law: str


def as_square(term: Term) -> Square:
    """The square that a term is, up to a rotation under its trace. Raises KeygenError if it is none."""
    for chain in rotations(term):
        half = len(chain) // 2
        u, middle = chain[len(chain) - half :], chain[half : len(chain) - half]
        if chain[:half] == turned(u):
            if not middle:
                return Square(u, squared_norm(multiply(*u)), "squares")
            if definite(middle[0]):
                body = Product((transposed(u), *middle, multiply(*u)))
                return Square(u, Trace(body) if term.traced else body, "definite_form")
        if term.traced and half == 2 and chain[:2] == u and definite(u[1]) and transpose(u[0]) == u[0]:
            return Square(u[:1], Trace(Product(chain)), "definite_trace")
    raise KeygenError(f"a second differential that is no square: {term.whole}")


def rotations(term: Term) -> Iterator[Chain]:
    """The chain, and under a trace the chains that are worth the same."""
    chain = term.chain
    yield from (chain[k:] + chain[:k] for k in range(len(chain) if term.traced else 1))


def transposed(u: Chain) -> Expression:
    """U' with U kept in one bracket: (X dw)'."""
    return transpose(u[0]) if len(u) == 1 else Transpose(multiply(*u))


def squared(term: Term) -> Expression:
    """The term with its chain written as a square."""
    return summed(multiply(number(term.coefficient), *term.scalars, as_square(term).body), term.sample)


def condition(term: Term) -> Condition | None:
    """When the term is zero only for dX = 0; None where it is so anyway."""
    u = as_square(term).u
    if len(u) == 1:
        return None
    return Condition("full_column_rank" if term.sample is None else "spans", multiply(*u[:-1]))
