"""What a text says, as a tree of its own: the shape of every part, open where the text leaves it so, and its value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
from msgspec import Struct

from keygen.matrix.evaluate import STEP, Array, MatrixPoint, evaluate
from keygen.matrix.expression import Expression, Symbol
from keygen.matrix.shapes import SCALAR, Dim, DimensionClash, Dimensions, Shape, is_open


class MatrixMisreadError(Exception):
    """The text has no meaning, or two, or another one than the tree that it was written from."""


class Node(Struct, frozen=True, eq=False):
    """A part of a text. `shape` is asked once, from the outside in, before any `value`."""

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """Rows and columns at a point. Raises MisreadError where the parts do not fit."""
        raise NotImplementedError

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """The value at a point, a number as 1 x 1."""
        raise NotImplementedError


def same(dims: Dimensions, a: Shape, b: Shape) -> None:
    """Make two shapes one. Raises MisreadError if they differ."""
    try:
        for one, other in zip(a, b, strict=True):
            dims.same(one, other)
    except DimensionClash:
        raise MatrixMisreadError(f"shapes {dims.shape(a)} and {dims.shape(b)}") from None


def number(value: Any) -> Array:
    """A number as a matrix."""
    return np.array([[value]])


class Rational(Node, frozen=True, eq=False):
    """7; 0 is also a matrix of zeros where it is a whole side or a term."""

    of: Fraction

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """1 x 1"""
        return SCALAR

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """The number itself."""
        return number(float(self.of))


class Letter(Node, frozen=True, eq=False):
    """A matrix by its name, or one member of a sample."""

    symbol: Symbol

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """That of its matrix."""
        rows, columns = at.values[self.symbol].shape[-2:]
        return (rows, columns)

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """X, x_i. Raises MisreadError for a member outside its sum."""
        return member(self.symbol, at.values[self.symbol], at)


def member(symbol: Symbol, value: Array, at: MatrixPoint) -> Array:
    """The matrix of a symbol, of the member of the sample that its sum has come to."""
    if symbol.index is None:
        return value
    if symbol.index not in at.member:
        raise MatrixMisreadError(f"{symbol} stands outside the sum over {symbol.index}")
    return np.asarray(value[at.member[symbol.index]])


class Length(Node, frozen=True, eq=False):
    """The number n of rows or columns."""

    dim: str

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """1 x 1"""
        return SCALAR

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """n"""
        return number(float(at.sizes[self.dim]))


class Named(Node, frozen=True, eq=False):
    """What a letter was said to be: the f of df."""

    e: Expression

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """That of what it names."""
        rows, columns = evaluate(self.e, at).shape
        return (rows, columns)

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """The value of what it names."""
        return evaluate(self.e, at)


class IdentityOrOnes(Node, frozen=True, eq=False):
    """The identity, or a column of ones: of the size that its place asks for, or the one written below it."""

    size: Dim
    column: bool = False

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """n x n, n x 1"""
        size = at.sizes[self.size] if isinstance(self.size, str) else self.size
        return (size, 1 if self.column else size)

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """I, 1. Raises MisreadError if nothing says of what size."""
        size = at.sizes[self.size] if isinstance(self.size, str) else dims.find(self.size)
        if is_open(size) or not isinstance(size, int):
            raise MatrixMisreadError("nothing says the size of " + ("the column of ones" if self.column else "I"))
        return np.ones((size, 1)) if self.column else np.eye(size)


class Added(Node, frozen=True, eq=False):
    """Terms with their signs."""

    terms: tuple[tuple[int, Node], ...]

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """One shape for all terms, zeros left out."""
        shapes = [term.shape(dims, at) for _, term in self.terms if not is_nothing(term)] or [SCALAR]
        for a, b in pairwise(shapes):
            same(dims, a, b)
        return shapes[0]

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """The sum."""
        return np.asarray(sum(sign * term.value(dims, at) for sign, term in self.terms))


def is_nothing(node: Node) -> bool:
    """Whether a node is written as 0."""
    return isinstance(node, Rational) and node.of == 0


class Multiplied(Node, frozen=True, eq=False):
    """Numbers and matrices side by side: the matrices must fit each to the next.

    numbers_first  the last factor is an elementwise product, and what stands before it must be numbers
    """

    factors: tuple[Node, ...]
    numbers_first: bool = False

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """Of the matrices alone, first to last."""
        chain = [shape for f in self.factors if dims.shape(shape := f.shape(dims, at)) != SCALAR]
        if self.numbers_first and len(chain) > 1:
            raise MatrixMisreadError("a matrix before an elementwise product")
        for (_, columns), (rows, _) in pairwise(chain):
            same(dims, (columns, 1), (rows, 1))
        return (chain[0][0], chain[-1][1]) if chain else SCALAR

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """The product."""
        values = [factor.value(dims, at) for factor in self.factors]
        scale = np.prod([v[0, 0] for v in values if v.shape == SCALAR])
        chain = [v for v in values if v.shape != SCALAR]
        return scale * reduce(np.matmul, chain) if chain else number(scale)


class Entrywise(Node, frozen=True, eq=False):
    """Entry times entry; a column scales the rows of a matrix."""

    left: Node
    right: Node

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """That of the right."""
        (rows, columns), right = self.left.shape(dims, at), self.right.shape(dims, at)
        same(dims, (rows, right[1] if dims.find(columns) == 1 else columns), right)
        return right

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """The products of the entries."""
        return self.left.value(dims, at) * self.right.value(dims, at)


class Divided(Node, frozen=True, eq=False):
    """Anything over a number."""

    above: Node
    below: Node

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """That of what stands above. Raises MisreadError for a matrix below."""
        same(dims, self.below.shape(dims, at), SCALAR)
        return self.above.shape(dims, at)

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """The quotient."""
        return np.asarray(self.above.value(dims, at) / self.below.value(dims, at)[0, 0])


class Raised(Node, frozen=True, eq=False):
    """A transpose, an inverse, or the power of a number."""

    base: Node
    exponent: str

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """Turned for a transpose, square for an inverse, 1 x 1 for a power."""
        rows, columns = self.base.shape(dims, at)
        if self.exponent == "T":
            return (columns, rows)
        same(dims, (rows, rows), (rows, columns) if self.exponent in ("-1", "-T") else SCALAR)
        return (rows, columns)

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """X', X^-1, X'^-1, u^p"""
        base = self.base.value(dims, at)
        match self.exponent:
            case "T":
                return base.T
            case "-T":
                return np.linalg.inv(base).T
            case "-1" if base.shape != SCALAR:
                return np.linalg.inv(base)
        if base.shape != SCALAR:
            raise MatrixMisreadError("the power of a matrix")
        exponent = Fraction(self.exponent)
        if exponent.denominator != 1:
            return np.asarray(base ** float(exponent))
        whole = np.prod([base] * abs(exponent.numerator), axis=0) if exponent else np.ones((1, 1))
        return np.asarray(1 / whole if exponent < 0 else whole)


CALLS: dict[str, Callable[[Array], Any]] = {
    "ln": np.log,
    "exp": np.exp,
    "root": np.sqrt,
    "logistic": lambda u: 1 / (1 + np.exp(-u)),
    "tr": lambda a: number(np.trace(a)),
    "det": lambda a: number(np.linalg.det(a)),
    "norm squared": lambda a: number(np.sum(a * a)),
}


class Called(Node, frozen=True, eq=False):
    """A function of a number, the trace or the determinant of a square matrix, the square of a norm."""

    name: str
    arg: Node

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """1 x 1. Raises MisreadError where the argument is not a number, or not square."""
        rows, columns = self.arg.shape(dims, at)
        if self.name in ("tr", "det"):
            same(dims, (rows, 1), (columns, 1))
        elif self.name != "norm squared":
            same(dims, (rows, columns), SCALAR)
        return SCALAR

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """The value of the function."""
        return np.asarray(CALLS[self.name](self.arg.value(dims, at)))


class Totalled(Node, frozen=True, eq=False):
    """A sum over a sample; without a size written, over as many members as its letters have."""

    index: str
    size: str | int | None
    body: Node
    sample: Sequence[Symbol]

    def members(self, at: MatrixPoint) -> int:
        """How many there are. Raises MisreadError where nothing says it."""
        if self.size is not None:
            return at.sizes[self.size] if isinstance(self.size, str) else self.size
        lengths = {len(at.values[symbol]) for symbol in self.sample if symbol.index == self.index}
        if len(lengths) != 1:
            raise MatrixMisreadError(f"nothing says how far the sum over {self.index} goes")
        return lengths.pop()

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """That of a member."""
        return self.body.shape(dims, at.at_member(self.index, 0))

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """The sum."""
        members = range(self.members(at))
        return np.asarray(sum(self.body.value(dims, at.at_member(self.index, i)) for i in members))


class Moved(Node, frozen=True, eq=False):
    """dX itself, or the differential of anything."""

    arg: Node

    def shape(self, dims: Dimensions, at: MatrixPoint) -> Shape:
        """That of what moves."""
        return self.arg.shape(dims, at)

    def value(self, dims: Dimensions, at: MatrixPoint) -> Array:
        """The direction of a letter; else the part that is linear in it, by the complex step."""
        if isinstance(self.arg, Letter) and self.arg.symbol in at.direction:
            return member(self.arg.symbol, at.direction[self.arg.symbol], at)
        return np.asarray(self.arg.value(dims, at.shifted()).imag / STEP)
