"""Expressions changed part by part: put in order, with something replaced, with numbers for their dimensions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from keygen.differentials.algebra import (
    add,
    hadamard,
    inverse,
    multiply,
    power,
    sample_sum,
    size,
    squared_norm,
    trace,
    transpose,
)
from keygen.differentials.expression import (
    Det,
    Differential,
    Expression,
    Function,
    Hadamard,
    Identity,
    Inverse,
    Number,
    Ones,
    Power,
    Product,
    SampleSum,
    Size,
    SquaredNorm,
    Sum,
    Symbol,
    Trace,
    Transpose,
    Unary,
    Zero,
)
from keygen.differentials.shapes import Dim, Sizes


def map_parts(e: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """e with every part changed, put together again by the tidy constructors."""
    match e:
        case Sum(terms):
            return add(*map(change, terms))
        case Product(factors):
            return multiply(*map(change, factors))
        case Hadamard(left, right):
            return hadamard(change(left), change(right))
        case Transpose(arg):
            return transpose(change(arg))
        case Inverse(arg):
            return inverse(change(arg))
        case Trace(arg):
            return trace(change(arg))
        case SquaredNorm(arg):
            return squared_norm(change(arg))
        case Power(base, exponent):
            return power(change(base), exponent)
        case SampleSum(body, index, dim):
            return sample_sum(change(body), index, dim)
        case Det(arg) | Function(arg) | Differential(arg):
            return replace(e, arg=change(arg))
        case Symbol() | Number() | Size() | Identity() | Zero() | Ones():
            return e
    raise TypeError(f"no way to change the parts of {type(e).__name__}")


def tidy(e: Expression) -> Expression:
    """e put together again by the tidy constructors, from the letters up."""
    return map_parts(e, tidy)


def substitute(e: Expression, old: Expression, new: Expression) -> Expression:
    """e with every occurrence of `old` replaced."""
    return new if e == old else map_parts(e, lambda part: substitute(part, old, new))


def resize(e: Expression, sizes: Sizes) -> Expression:
    """e with numbers for the dimensions that `sizes` names; the others keep their letters."""

    def sized(dim: Dim) -> Dim:
        return sizes.get(dim, dim) if isinstance(dim, str) else dim

    match e:
        case Symbol(_, rows, columns):
            return replace(e, rows=sized(rows), columns=sized(columns))
        case Zero(rows, columns):
            return Zero(sized(rows), sized(columns))
        case Size(dim):
            return size(sized(dim))
        case Identity(dim) | Ones(dim):
            return replace(e, size=sized(dim))
        case SampleSum(body, _, dim):
            return replace(e, body=resize(body, sizes), size=sized(dim))
        case Sum(terms):
            return Sum(tuple(resize(term, sizes) for term in terms))
        case Product(factors):
            return Product(tuple(resize(factor, sizes) for factor in factors))
        case Hadamard(left, right):
            return Hadamard(resize(left, sizes), resize(right, sizes))
        case Power(base):
            return replace(e, base=resize(base, sizes))
        case Unary(arg):
            return replace(e, arg=resize(arg, sizes))
    return e
