"""What proofs by differentials lean on: chains of equalities; a definite matrix as a sum of squares; its square root.

Everything is made of the formulas at hand and compared at random points; what differs raises KeygenError.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from keygen.errors import KeygenError
from keygen.matrix.algebra import add, squared_norm, transpose
from keygen.matrix.derive import DerivationLine
from keygen.matrix.equations import Equation, loose
from keygen.matrix.expression import (
    Differential,
    Expression,
    Identity,
    Inverse,
    MatrixTrace,
    Product,
    Symbol,
    Transpose,
)
from keygen.matrix.optimum import EquationLine, SecondOrder, as_square, squared
from keygen.matrix.verify import KnownValues, moving_in, points, walk

KEPT = 256  # forms come back from variant to variant


class Equalities(Struct, frozen=True):
    """One chain of equalities."""

    lines: tuple[DerivationLine, ...]


class Equations(Struct, frozen=True):
    """Equations under each other, each from the one before it."""

    lines: tuple[EquationLine, ...]


@lru_cache(maxsize=KEPT)
def equalities(start: Expression, *links: tuple[Expression, str]) -> Equalities:
    """A chain of equalities, each link with its law. Raises KeygenError for one that is false."""
    chain = [start, *(e for e, _ in links)]
    at = points(chain, moving_in(chain))
    for (before, after), (_, law) in zip(pairwise(chain), links, strict=True):
        KnownValues(before, at).require(before, after, law)
    lines = (DerivationLine(one, two, (law,)) for (one, two), (_, law) in zip(pairwise(chain), links, strict=True))
    return Equalities(tuple(lines))


@lru_cache(maxsize=KEPT)
def as_squares(matrix: Expression, v: Symbol) -> Equalities:
    """v'Mv as a sum of squares for a sum M of products A'A and definite matrices. Raises KeygenError for any other."""
    terms = loose(matrix)
    inside = [tuple(factor for factor in term.chain if not isinstance(factor, Identity)) for term in terms]
    opened = [replace(term, chain=(transpose(v), *chain, v)) for term, chain in zip(terms, inside, strict=True)]
    form = Product((Transpose(v), matrix, v))
    squares = [as_square(term) for term in opened]
    laws = tuple(dict.fromkeys(square.law for square in squares))
    found = equalities(form, (add(*map(squared, opened)), laws[0]))
    return Equalities((replace(found.lines[0], laws=laws),))


def inverted_in(lines: Sequence[EquationLine]) -> Expression:
    """The matrix that was inverted to solve an equation for a column. Raises KeygenError where none was."""
    for line in lines:
        for part in walk(line.equation.right) if line.law == "solve" else ():
            if isinstance(part, Inverse):
                return part.arg
    raise KeygenError("no matrix was inverted to solve this equation")


class Rooted(Struct, frozen=True):
    """tr(U M U M) as a squared norm by the definite R with RR = M.

    root    R
    square  M = RR
    chain   the trace in R, down to the norm
    """

    root: Symbol
    square: Equations
    chain: Equalities


def by_root(second: SecondOrder) -> Rooted:
    """The trace that a second differential ends in, as a squared norm. Raises KeygenError where it ends in none."""
    for part in walk(second.lines[-1].after):
        match part:
            case MatrixTrace(Product((u, m, v, n))) if u == v and m == n:
                return rooted(u, m)
            case MatrixTrace(Product((m, u, n, v))) if u == v and m == n and isinstance(u, Differential):
                return rooted(u, m)
    raise KeygenError(f"no trace of a product that returns: {second.lines[-1].after}")


def rooted(u: Expression, m: Expression) -> Rooted:
    """tr(U M U M) by the root of M."""
    root = Symbol("R", *m.shape, trait="definite")
    if root in m.symbols:
        raise KeygenError(f"{root} is a letter of the problem", repair="call the letter something else")
    both, between = Product((root, root)), Product((root, u, root))
    chain = equalities(
        MatrixTrace(Product((u, root, root, u, root, root))),
        (MatrixTrace(Product((root, u, root, root, u, root))), "cyclic"),
        (squared_norm(between), "squares_trace"),
    )
    return Rooted(root, Equations((EquationLine(Equation(m, both), "root"),)), chain)
