"""A normal sample: the model of which a formula is the log-likelihood, and the formula in the inverse of the covariance
matrix, in which it is concave.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from keygen.errors import KeygenError
from keygen.matrix.algebra import divide, multiply, negate
from keygen.matrix.equations import joined, loose
from keygen.matrix.evaluate import evaluate
from keygen.matrix.expression import (
    Det,
    Expression,
    Function,
    Inverse,
    Product,
    SampleSum,
    Sum,
    Symbol,
    Transpose,
)
from keygen.matrix.marks import MatrixObject
from keygen.matrix.transform import substitute
from keygen.matrix.verify import KnownValues, close, draw, points, walk

KEPT = 128  # forms come back from variant to variant
MOVES, SEED = 3, 5  # other values of what is estimated, at each point


class NormalModel(MatrixObject, Struct, frozen=True):
    """x_i ~ N(mean, covariance), independent for every member of the sample.

    known  the letters of mean and covariance that are not estimated
    """

    observation: Symbol
    mean: Expression
    covariance: Expression
    known: tuple[Symbol, ...]


@lru_cache(maxsize=KEPT)
def normal_model(f: Expression, mean: Symbol, covariance: Symbol, observation: Symbol) -> NormalModel:
    """The model of which f is the log-likelihood, but for a factor and for what depends on neither mean nor covariance.
    Raises KeygenError where f is no such thing."""
    total = next((part for part in walk(f) if isinstance(part, SampleSum)), None)
    match None if total is None else total.body:
        case Product((*weights, Transpose(), Inverse(arg), u)) if arg == covariance:
            away = next(term for term in u.parts if observation in term.symbols)
        case _:
            raise KeygenError(f"no sum over a normal sample: {f}", expected="sum(u.T @ inv(Sigma) @ u for ...)")
    others = [term for term in loose(u) if term.core != observation]
    centre = joined([replace(t, coefficient=-t.coefficient) for t in others] if away == observation else others, u)
    spread = divide(covariance, multiply(*weights)) if weights else covariance
    known = (centre.symbols | spread.symbols) - {mean, covariance, observation}
    model = NormalModel(observation, centre, spread, tuple(sorted(known, key=lambda letter: letter.name)))
    require_likelihood(f, log_likelihood(model, total), (mean, covariance))
    return model


def log_likelihood(model: NormalModel, total: SampleSum | None) -> Expression:
    """Minus twice the log-likelihood of a sample, without its constant: sum_i (ln det S_i + (x_i - m_i)' S_i^-1 (x_i -
    m_i))"""
    assert total is not None  # it was found in the formula
    u = Sum((model.observation, negate(model.mean)))
    square = Product((Transpose(u), Inverse(model.covariance), u))
    return SampleSum(Sum((Function(Det(model.covariance), "ln"), square)), total.index, total.size)


def require_likelihood(f: Expression, expected: Expression, estimated: Sequence[Symbol]) -> None:
    """Raise KeygenError unless two functions of the estimated letters differ by a factor and a constant alone."""
    rng = np.random.default_rng(SEED)
    for point in points([f, expected]):
        drawn = [draw([f, expected], [], point.sizes, rng) for _ in range(MOVES)]
        moved = [point.with_values({letter: other.values[letter] for letter in estimated}) for other in drawn]
        rises = [evaluate(e, moved[0]) - evaluate(e, other) for e in (f, expected) for other in moved[1:]]
        one, other = (np.concatenate(rises[half : half + MOVES - 1]) for half in (0, MOVES - 1))
        factor = one[0] / other[0]
        if not close(one, factor * other):
            raise KeygenError(f"not the log-likelihood of its model: {f}", expected=str(expected))


@lru_cache(maxsize=KEPT)
def in_precision(f: Expression, covariance: Symbol, precision: Symbol) -> Expression:
    """f in P = S^-1: ln det S = -ln det P. Raises KeygenError where S stands in f in another way."""
    log = Function(Det(covariance), "ln")
    found = substitute(f, log, negate(Function(Det(precision), "ln")))
    found = substitute(found, Inverse(covariance), precision)
    if covariance in found.symbols:
        raise KeygenError(f"{covariance} stands in {f} in another way than as its inverse and its determinant")
    back = substitute(found, precision, Inverse(covariance))
    KnownValues(f, points([f])).require(f, back, "the inverse as the variable")
    return found
