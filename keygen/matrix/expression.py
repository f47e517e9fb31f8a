"""Matrix expressions: a frozen tree in which every node knows its shape.

A node checks its shapes when it is built and raises KeygenError with the expression and the shapes. Nothing is
rewritten: what the author typed is what the tree holds (`algebra` has the constructors that simplify). A 1x1 product
inside a product stays a nested block: flattened, (x'x) A would turn into nonsense.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Literal

from keygen.errors import KeygenError
from keygen.matrix.marks import MatrixObject
from keygen.matrix.shapes import SCALAR, Dim, Shape, written

Trait = Literal["general", "symmetric", "definite", "positive", "sign"]


@dataclass(frozen=True, slots=True)
class Expression(MatrixObject):
    """A matrix expression. `symbols`: what it is made of; `moving`: whether a differential stands in it."""

    shape: Shape = field(init=False, repr=False, compare=False)
    symbols: frozenset[Symbol] = field(init=False, repr=False, compare=False)
    moving: bool = field(init=False, repr=False, compare=False)

    spelling: ClassVar[Callable[[Expression], str]] = repr
    """How an expression stands in a message: the printer of NumPy's style puts itself here, which stands above."""

    def __str__(self) -> str:
        return type(self).spelling(self)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", self.measure())
        symbols, moving = NONE, False
        for part in self.parts:
            symbols, moving = symbols | part.symbols, moving or part.moving
        object.__setattr__(self, "symbols", symbols)
        object.__setattr__(self, "moving", moving)

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The expressions directly inside."""
        return ()

    def measure(self) -> Shape:
        """The shape, from the shapes of the parts. Raises KeygenError where they do not fit."""
        raise NotImplementedError  # every kind of expression has a rule of its own


NONE: frozenset[Symbol] = frozenset()


@dataclass(frozen=True, slots=True)
class Symbol(Expression):
    """A named matrix; with an index, one member of a sample.

    Traits: symmetric; definite (symmetric and positive definite); positive (a number > 0); sign (a number +1 or -1).
    """

    name: str
    rows: Dim
    columns: Dim
    index: str | None = None
    trait: Trait = "general"

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", self.measure())
        object.__setattr__(self, "symbols", frozenset({self}))
        object.__setattr__(self, "moving", False)

    def measure(self) -> Shape:
        """rows x columns"""
        shape = (self.rows, self.columns)
        if self.trait in ("symmetric", "definite") and self.rows != self.columns:
            raise KeygenError(f"{self.name} cannot be {self.trait}", expected="a square matrix", found=written(shape))
        if self.trait in ("positive", "sign") and shape != SCALAR:
            raise KeygenError(f"{self.name} cannot be {self.trait}", expected="a number", found=written(shape))
        return shape


@dataclass(frozen=True, slots=True)
class Number(Expression):
    """A rational number."""

    value: Fraction

    def measure(self) -> Shape:
        """1 x 1"""
        return SCALAR


@dataclass(frozen=True, slots=True)
class DimensionNumber(Expression):
    """A dimension as a number: the n of n/2."""

    dim: str

    def measure(self) -> Shape:
        """1 x 1"""
        return SCALAR


@dataclass(frozen=True, slots=True)
class Identity(Expression):
    """The identity matrix."""

    size: Dim

    def measure(self) -> Shape:
        """n x n"""
        return (self.size, self.size)


@dataclass(frozen=True, slots=True)
class Zero(Expression):
    """The zero matrix, the zero number where it is 1 x 1."""

    rows: Dim
    columns: Dim

    def measure(self) -> Shape:
        """rows x columns"""
        return (self.rows, self.columns)


@dataclass(frozen=True, slots=True)
class Ones(Expression):
    """The column of ones."""

    size: Dim

    def measure(self) -> Shape:
        """n x 1"""
        return (self.size, 1)


def shape_error(what: str, expected: str, *parts: Expression) -> KeygenError:
    """The error for shapes that do not fit, which shows each part with its shape."""
    found = ", ".join(f"{part} is {written(part.shape)}" for part in parts)
    return KeygenError(what, expected=expected, found=found)


__all__ = [
    "Det",
    "Differential",
    "DimensionNumber",
    "Expression",
    "Function",
    "Hadamard",
    "Identity",
    "Inverse",
    "MatrixTrace",
    "Number",
    "Ones",
    "Power",
    "Product",
    "SampleSum",
    "SquaredNorm",
    "Sum",
    "Symbol",
    "Trait",
    "Transpose",
    "Unary",
    "Zero",
]  # fmt: skip

FUNCTIONS = ("ln", "exp", "sqrt", "sigmoid")
"""The functions of a number."""


@dataclass(frozen=True, slots=True)
class Sum(Expression):
    """Matrices of one shape, added."""

    terms: tuple[Expression, ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The terms."""
        return self.terms

    def measure(self) -> Shape:
        """n x m + n x m -> n x m"""
        if len({term.shape for term in self.terms}) != 1:
            raise shape_error("a sum has terms of different shapes", "equal shapes", *self.terms)
        return self.terms[0].shape


@dataclass(frozen=True, slots=True)
class Product(Expression):
    """A matrix product; its 1x1 factors are numbers that multiply the rest, wherever they stand."""

    factors: tuple[Expression, ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The factors."""
        return self.factors

    @property
    def chain(self) -> tuple[Expression, ...]:
        """The factors that are not numbers."""
        return tuple(factor for factor in self.factors if factor.shape != SCALAR)

    def measure(self) -> Shape:
        """n x k @ k x m -> n x m; a number times n x m -> n x m"""
        chain = self.chain
        for left, right in pairwise(chain):
            if left.shape[1] != right.shape[0]:
                raise shape_error(
                    "a product has factors that do not fit", "as many columns as rows after them", left, right
                )
        return (chain[0].shape[0], chain[-1].shape[1]) if chain else SCALAR


@dataclass(frozen=True, slots=True)
class Hadamard(Expression):
    """The elementwise product; a column times a matrix scales the rows of the matrix."""

    left: Expression
    right: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The two factors."""
        return (self.left, self.right)

    def measure(self) -> Shape:
        """n x m * n x m -> n x m; n x 1 * n x m -> n x m"""
        if self.left.shape not in (self.right.shape, (self.right.shape[0], 1)):
            raise shape_error(
                "an elementwise product has factors that do not fit", "equal shapes", self.left, self.right
            )
        return self.right.shape


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """An operation on one matrix. `name` is for messages."""

    arg: Expression
    name: ClassVar[str] = ""

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The argument."""
        return (self.arg,)

    def square(self) -> Shape:
        """The argument's shape. Raises KeygenError if it is not square."""
        if self.arg.shape[0] != self.arg.shape[1]:
            raise shape_error(f"{self.name} needs a square matrix", "as many rows as columns", self.arg)
        return self.arg.shape


@dataclass(frozen=True, slots=True)
class Transpose(Unary):
    """The transpose."""

    def measure(self) -> Shape:
        """n x m -> m x n"""
        return (self.arg.shape[1], self.arg.shape[0])


@dataclass(frozen=True, slots=True)
class Inverse(Unary):
    """The inverse."""

    name: ClassVar[str] = "inv"

    def measure(self) -> Shape:
        """n x n -> n x n"""
        return self.square()


@dataclass(frozen=True, slots=True)
class MatrixTrace(Unary):
    """The trace."""

    name: ClassVar[str] = "tr"

    def measure(self) -> Shape:
        """n x n -> 1 x 1"""
        self.square()
        return SCALAR


@dataclass(frozen=True, slots=True)
class Det(Unary):
    """The determinant."""

    name: ClassVar[str] = "det"

    def measure(self) -> Shape:
        """n x n -> 1 x 1"""
        self.square()
        return SCALAR


@dataclass(frozen=True, slots=True)
class SquaredNorm(Unary):
    """The sum of the squares of all entries."""

    def measure(self) -> Shape:
        """n x m -> 1 x 1"""
        return SCALAR


@dataclass(frozen=True, slots=True)
class Function(Unary):
    """A function of a number; entry by entry only where it says so."""

    function: str
    entrywise: bool = False

    def measure(self) -> Shape:
        """1 x 1 -> 1 x 1; entrywise n x m -> n x m"""
        if self.function not in FUNCTIONS:
            raise KeygenError(f"unknown function {self.function!r}", expected=", ".join(FUNCTIONS))
        if self.arg.shape != SCALAR and not self.entrywise:
            raise shape_error(f"{self.function} needs a number", "1 x 1", self.arg)
        return self.arg.shape


@dataclass(frozen=True, slots=True)
class Power(Expression):
    """A power of a number."""

    base: Expression
    exponent: Fraction

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The base."""
        return (self.base,)

    def measure(self) -> Shape:
        """1 x 1 -> 1 x 1"""
        if self.base.shape != SCALAR:
            raise shape_error("a power needs a number (a power of a matrix is a product: X @ X)", "1 x 1", self.base)
        return SCALAR


@dataclass(frozen=True, slots=True)
class SampleSum(Expression):
    """The sum of `body` over a sample: index = 1 ... size."""

    body: Expression
    index: str
    size: Dim

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The summand."""
        return (self.body,)

    def measure(self) -> Shape:
        """n x m -> n x m"""
        return self.body.shape


@dataclass(frozen=True, slots=True)
class Differential(Unary):
    """dX where the argument is a symbol; else a differential still to be worked out, d(AX)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", self.arg.shape)
        object.__setattr__(self, "symbols", self.arg.symbols)
        object.__setattr__(self, "moving", True)
