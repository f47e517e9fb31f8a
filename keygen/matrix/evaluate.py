"""Expressions evaluated at a point: random matrices, a random direction dX, differentials by the complex step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keygen.matrix.algebra import positive
from keygen.matrix.expression import (
    Det,
    Differential,
    DimensionNumber,
    Expression,
    Function,
    Hadamard,
    Identity,
    Inverse,
    MatrixTrace,
    Number,
    Ones,
    Power,
    Product,
    SampleSum,
    SquaredNorm,
    Sum,
    Symbol,
    Transpose,
    Zero,
)
from keygen.matrix.shapes import SCALAR, Sizes, sized

Array = NDArray[Any]

STEP = 1e-30
"""The complex step: f(X + i h dX) = f(X) + i h df + O(h^2), so Im / h is the differential to full precision."""
CONDITION = 1e4
"""A matrix worse conditioned than this has no inverse that a check could rely on."""
NOTHING = 1e-12
"""What a number that is zero may be computed as: a'x - x'a."""


class Undefined(ArithmeticError):
    """The expression has no value at this point: a logarithm of a negative number, an inverse of a singular matrix."""


@dataclass(frozen=True, slots=True)
class MatrixPoint:
    """Where an expression is evaluated.

    values     each symbol's matrix; of an indexed symbol, one matrix per member of the sample
    direction  the matrix dX of each variable that moves
    sizes      a number for each dimension that is a letter
    member     which member of a sample an index stands for
    known      the values found so far: the lines of a derivation share most of their parts
    """

    values: Mapping[Symbol, Array]
    direction: Mapping[Symbol, Array]
    sizes: Sizes
    member: Mapping[str, int] = field(default_factory=dict)
    known: dict[int, tuple[Expression, Array]] = field(default_factory=dict, init=False, compare=False, repr=False)
    places: dict[tuple[str, int], MatrixPoint] = field(default_factory=dict, init=False, compare=False, repr=False)

    def at_member(self, index: str, i: int) -> MatrixPoint:
        """This point for one member of a sample."""
        if (index, i) not in self.places:
            self.places[index, i] = replace(self, member={**self.member, index: i})
        return self.places[index, i]

    def shifted(self) -> MatrixPoint:
        """X + i h dX for every variable that moves."""
        moved = {symbol: self.values[symbol] + 1j * STEP * dx for symbol, dx in self.direction.items()}
        return self.with_values(moved)

    def with_values(self, changed: Mapping[Symbol, Array]) -> MatrixPoint:
        """This point with other matrices for some symbols."""
        return replace(self, values={**self.values, **changed})


def evaluate(e: Expression, at: MatrixPoint) -> Array:
    """The value of e, always a matrix (a number is 1 x 1). Raises Undefined where e has no value."""
    found = at.known.get(id(e))
    if found is None:
        found = at.known[id(e)] = (e, NUMERIC[type(e)](e, at))  # the expression is kept, so that its id stays its own
    return found[1]


def symbol(e: Symbol, at: MatrixPoint) -> Array:
    """X; x_i"""
    return member(e, at.values[e], at)


def member(e: Symbol, value: Array, at: MatrixPoint) -> Array:
    """The matrix of a symbol out of what stands for it: itself, or one member of a sample."""
    return value if e.index is None else np.asarray(value[at.member[e.index]])


def number(e: Number, at: MatrixPoint) -> Array:
    """p/q"""
    return np.array([[float(e.value)]])


def size(e: DimensionNumber, at: MatrixPoint) -> Array:
    """n"""
    return np.array([[float(at.sizes[e.dim])]])


def identity(e: Identity, at: MatrixPoint) -> Array:
    """I"""
    return np.eye(sized(e.size, at.sizes))


def zero(e: Zero, at: MatrixPoint) -> Array:
    """0"""
    return np.zeros((sized(e.rows, at.sizes), sized(e.columns, at.sizes)))


def ones(e: Ones, at: MatrixPoint) -> Array:
    """(1, ..., 1)'"""
    return np.ones((sized(e.size, at.sizes), 1))


def total(e: Sum, at: MatrixPoint) -> Array:
    """A + B + ..."""
    return np.asarray(sum(evaluate(term, at) for term in e.terms))


def product(e: Product, at: MatrixPoint) -> Array:
    """s A B ..."""
    scalar: Array | None = None
    chain: Array | None = None
    for factor in e.factors:
        value = evaluate(factor, at)
        if factor.shape == SCALAR:
            scalar = value if scalar is None else scalar * value
        else:
            chain = value if chain is None else chain @ value
    if scalar is None or chain is None:
        return np.asarray(scalar if chain is None else chain)
    return scalar * chain


def hadamard(e: Hadamard, at: MatrixPoint) -> Array:
    """A * B, entry by entry"""
    return evaluate(e.left, at) * evaluate(e.right, at)


def transpose(e: Transpose, at: MatrixPoint) -> Array:
    """A', not conjugated"""
    return evaluate(e.arg, at).T


def inverse(e: Inverse, at: MatrixPoint) -> Array:
    """A^-1"""
    return inverted(evaluate(e.arg, at), e.arg)


def trace(e: MatrixTrace, at: MatrixPoint) -> Array:
    """tr A"""
    return np.array([[np.trace(evaluate(e.arg, at))]])


def det(e: Det, at: MatrixPoint) -> Array:
    """det A, of an invertible A: its differential goes through the inverse"""
    value = evaluate(e.arg, at)
    inverted(value.real, e.arg)
    return np.array([[np.linalg.det(value)]])


def inverted(value: Array, e: Expression) -> Array:
    """The inverse of a value of e. Raises Undefined if the value is singular, or nearly so."""
    try:
        inverse = np.linalg.inv(value)
    except np.linalg.LinAlgError as singular:
        raise Undefined(f"{e} is singular") from singular
    if abs(value).max() * abs(inverse).max() > CONDITION:
        raise Undefined(f"{e} is singular")
    return inverse


def squared_norm(e: SquaredNorm, at: MatrixPoint) -> Array:
    """||A||^2, analytic in A (no modulus), so that the complex step goes through"""
    value = evaluate(e.arg, at)
    return np.array([[np.sum(value * value)]])


def function(e: Function, at: MatrixPoint) -> Array:
    """f(u), entry by entry; roots and logarithms of what can be divided by, for their differentials divide by it"""
    value = evaluate(e.arg, at)
    if e.function in ("ln", "sqrt") and np.any(value.real < 1 / CONDITION):
        raise Undefined(f"{e.function} of a number that is not positive: {e.arg}")
    return FUNCTION[e.function](value)


def power(e: Power, at: MatrixPoint) -> Array:
    """u^p"""
    base = evaluate(e.base, at)
    if e.exponent < 0 and np.any(abs(base.real) <= (0 if positive(e.base) else NOTHING)):
        raise Undefined(f"division by zero: {e.base}")
    if e.exponent.denominator != 1:
        if np.any(base.real < 1 / CONDITION):
            raise Undefined(f"a root of a number that is not positive: {e.base}")
        return np.asarray(base ** float(e.exponent))
    factors = [np.ones_like(base), *[base] * abs(e.exponent.numerator)]
    with np.errstate(all="ignore"):
        whole = np.prod(factors, axis=0)  # base ** n would lose the complex step
        found = np.asarray(1 / whole if e.exponent < 0 else whole)
    if not np.all(np.isfinite(found)) or np.any((found == 0) & (base != 0)):
        raise Undefined(f"a power that is too large or too small: {e}")
    return found


def sample_sum(e: SampleSum, at: MatrixPoint) -> Array:
    """sum_i A_i"""
    members = range(sized(e.size, at.sizes))
    return np.asarray(sum(evaluate(e.body, at.at_member(e.index, i)) for i in members))


def differential(e: Differential, at: MatrixPoint) -> Array:
    """dX itself, 0 for what does not move; d(AX) by the complex step"""
    if isinstance(e.arg, Symbol):
        moves = e.arg in at.direction
        return member(e.arg, at.direction[e.arg], at) if moves else 0 * evaluate(e.arg, at)
    return np.asarray(evaluate(e.arg, at.shifted()).imag / STEP)


FUNCTION: dict[str, Callable[[Array], Array]] = {
    "ln": np.log,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "sigmoid": lambda u: 1 / (1 + np.exp(-u)),
}

NUMERIC: dict[type[Expression], Callable[[Any, MatrixPoint], Array]] = {
    Symbol: symbol,
    Number: number,
    DimensionNumber: size,
    Identity: identity,
    Zero: zero,
    Ones: ones,
    Sum: total,
    Product: product,
    Hadamard: hadamard,
    Transpose: transpose,
    Inverse: inverse,
    MatrixTrace: trace,
    Det: det,
    SquaredNorm: squared_norm,
    Function: function,
    Power: power,
    SampleSum: sample_sum,
    Differential: differential,
}
