"""The base of all expressions, and the leaves of their trees: symbols, numbers, I, 0 and the column of ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar, Literal

from keygen.differentials.shapes import SCALAR, Dim, Shape, written
from keygen.errors import KeygenError

Trait = Literal["general", "symmetric", "definite", "positive", "sign"]


@dataclass(frozen=True, slots=True)
class Expression:
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
class Size(Expression):
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


def misfit(what: str, expected: str, *parts: Expression) -> KeygenError:
    """The error for shapes that do not fit, which shows each part with its shape."""
    found = ", ".join(f"{part} is {written(part.shape)}" for part in parts)
    return KeygenError(what, expected=expected, found=found)
