"""Expressions changed part by part: put in order, with something replaced, with numbers for their dimensions; and sums
over a sample in matrix form: the members x_i' become the rows of X, the numbers y_i the entries of a column y.

    sum_i s_i v_i = V's        sum_i s_i u_i v_i' = U'(s * V)        sum_i s_i = 1's

What NumPy computes without a loop: -sum_i y_i sigma(-y_i x_i'w) x_i becomes -X'(y * sigma(-y * (Xw))).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import reduce

from msgspec import Struct

from keygen.errors import KeygenError
from keygen.matrix.algebra import (
    ONE,
    add,
    depends,
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
from keygen.matrix.as_terms import negated
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
    Unary,
    Zero,
)
from keygen.matrix.shapes import SCALAR, Dim, Sizes


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
        case MatrixTrace(arg):
            return trace(change(arg))
        case SquaredNorm(arg):
            return squared_norm(change(arg))
        case Power(base, exponent):
            return power(change(base), exponent)
        case SampleSum(body, index, dim):
            return sample_sum(change(body), index, dim)
        case Det(arg) | Function(arg) | Differential(arg):
            return replace(e, arg=change(arg))
        case Symbol() | Number() | DimensionNumber() | Identity() | Zero() | Ones():
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
        case DimensionNumber(dim):
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


def stacked(e: Expression, names: Mapping[str, str]) -> Expression:
    """e with every sum over a sample in matrix form. `names`: what x_i is called as a matrix, {"x": "X", "y": "y"}.

    Raises KeygenError for a summand that has no such form.
    """
    return _stacked(tidy(e), names)


def _stacked(e: Expression, names: Mapping[str, str]) -> Expression:
    if isinstance(e, SampleSum):
        return Stack(e.index, e.size, names).total(e.body)
    return map_parts(e, lambda part: _stacked(part, names))


class Stack(Struct, frozen=True):
    """One sample: its index, its size, and what its members are called together."""

    index: str
    size: Dim
    names: Mapping[str, str]

    def total(self, body: Expression) -> Expression:
        """sum_i of the body"""
        if isinstance(body, Sum):
            return add(*map(self.total, body.terms))
        if body.shape == SCALAR:
            return multiply(transpose(Ones(self.size)), self.column(body))
        chain = body.chain if isinstance(body, Product) else (body,)
        constant, weights = self.numbers(body)
        cut = next((k for k in range(1, len(chain)) if multiply(*chain[:k]).shape[1] == 1), len(chain))
        left = transpose(self.rows(multiply(*chain[:cut])))
        if cut == len(chain):
            return multiply(*constant, left, entrywise(weights) if weights else Ones(self.size))
        right = self.rows(transpose(multiply(*chain[cut:])))
        return multiply(*constant, left, Hadamard(entrywise(weights), right) if weights else right)

    def numbers(self, e: Expression) -> tuple[list[Expression], list[Expression]]:
        """The 1x1 factors of a product: those that are the same for all i, and the columns of the others."""
        scalars = [factor for factor in e.parts if factor.shape == SCALAR] if isinstance(e, Product) else []
        constant = [s for s in scalars if not depends(s, self.index)]
        return constant, [self.column(s) for s in scalars if depends(s, self.index)]

    def rows(self, v: Expression) -> Expression:
        """The matrix whose rows are the columns v_i, transposed: n x p from p x 1."""
        match v:
            case _ if not depends(v, self.index):
                return multiply(Ones(self.size), transpose(v))
            case Symbol(name, rows):
                return Symbol(self.together(name), self.size, rows)
            case Sum(terms):
                return add(*map(self.rows, terms))
            case Product() if not any(depends(factor, self.index) for factor in v.chain[:-1]):
                constant, weights = self.numbers(v)
                matrices = [transpose(factor) for factor in reversed(v.chain[:-1])]
                if not depends(v.chain[-1], self.index):
                    return multiply(*constant, entrywise(weights), transpose(v.chain[-1]), *matrices)
                inner = multiply(self.rows(v.chain[-1]), *matrices)
                return multiply(*constant, Hadamard(entrywise(weights), inner) if weights else inner)
        raise KeygenError(f"{v} has no matrix form over a sample", repair="write the sum over the sample")

    def column(self, s: Expression) -> Expression:
        """The column of the numbers s_i: n x 1 from 1 x 1."""
        match s:
            case _ if not depends(s, self.index):
                return multiply(s, Ones(self.size))
            case Symbol(name):
                return Symbol(self.together(name), self.size, 1)
            case Sum((first, minus)) if first == ONE and isinstance(u := negated(minus), Function):
                return self.complement(s, u)
            case Sum(terms):
                return add(*map(self.column, terms))
            case Function(arg, name):
                return Function(self.column(arg), name, entrywise=True)
            case SquaredNorm(v):
                return self.row_sums(self.rows(v), self.rows(v), v.shape[0])
            case Power(base, exponent) if exponent == 2:
                return Hadamard(self.column(base), self.column(base))
            case Product(factors) if len(s.chain) == len(factors):
                return self.form(factors)
            case Product(factors):
                still = [factor for factor in factors if not depends(factor, self.index)]
                return multiply(*still, entrywise([self.column(factor) for factor in factors if factor not in still]))
        raise KeygenError(f"{s} has no matrix form over a sample", repair="write the sum over the sample")

    def complement(self, s: Expression, u: Function) -> Expression:
        """1 - sigma(u) = sigma(-u)"""
        if u.function == "sigmoid":
            return self.column(Function(multiply(Number(-ONE.value), u.arg), "sigmoid"))
        return add(*map(self.column, s.parts))

    def form(self, chain: Sequence[Expression]) -> Expression:
        """The numbers u_i' M v_i of a chain whose ends may depend on i."""
        left, right = transpose(chain[0]), chain[-1]
        middle = multiply(*chain[1:-1]) if chain[1:-1] else None
        if not depends(right, self.index):
            return multiply(self.rows(left), *chain[1:])
        if not depends(left, self.index):
            return multiply(self.rows(right), *(transpose(factor) for factor in reversed(chain[:-1])))
        before = self.rows(left) if middle is None else multiply(self.rows(left), middle)
        return self.row_sums(before, self.rows(right), right.shape[0])

    def row_sums(self, a: Expression, b: Expression, width: Dim) -> Expression:
        """The sums of the rows of A * B"""
        return multiply(Hadamard(a, b), Ones(width))

    def together(self, name: str) -> str:
        """What the members of a sample are called together. Raises KeygenError if nobody said."""
        if name not in self.names:
            raise KeygenError(f"no name for all the {name}[{self.index}] together", repair=f'e.g. {{"{name}": "X"}}')
        return self.names[name]


def entrywise(columns: Sequence[Expression]) -> Expression:
    """a * b * ..., numbers in front"""
    return reduce(_pair, columns)


def _pair(a: Expression, b: Expression) -> Expression:
    numbers = [f for e in (a, b) if isinstance(e, Product) for f in e.factors if f.shape == SCALAR]
    bare = [multiply(*e.chain) if isinstance(e, Product) else e for e in (a, b)]
    return multiply(*numbers, Hadamard(bare[0], bare[1]))
