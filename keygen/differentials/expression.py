"""Matrix expressions: a frozen tree in which every node knows its shape, and `str` is its NumPy-style spelling.

A node checks its shapes when it is built and raises KeygenError with the expression and the shapes. Nothing is
rewritten: what the author typed is what the tree holds (`algebra` has the constructors that simplify). A 1x1 product
inside a product stays a nested block: flattened, (x'x) A would turn into nonsense.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import prod
from typing import ClassVar

from keygen.differentials.letters import (
    Expression,
    Identity,
    Number,
    Ones,
    Size,
    Symbol,
    Trait,
    Zero,
    misfit,
)
from keygen.differentials.shapes import SCALAR, Dim, Shape
from keygen.errors import KeygenError
from keygen.notation.signs import Level

__all__ = [
    "PRECEDENCE", "Det", "Differential", "Expression", "Function", "Hadamard", "Identity", "Inverse", "Number",
    "Ones", "Power", "Product", "SampleSum", "Size", "SquaredNorm", "Sum", "Symbol", "Trace", "Trait",
    "Transpose", "Unary", "Zero", "fraction", "level", "negated", "split_sign",
]  # fmt: skip

FUNCTIONS: dict[str, str] = {"ln": "log", "exp": "exp", "sqrt": "sqrt", "sigmoid": "sigmoid"}
"""The scalar functions: their name here and in NumPy (which has no sigmoid: it is spelled by its formula)."""


NOUGHT = Number(Fraction(0))


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
            raise misfit("a sum has terms of different shapes", "equal shapes", *self.terms)
        return self.terms[0].shape

    def __str__(self) -> str:
        text = ""
        for place, (minus, body) in enumerate(map(split_sign, self.terms)):
            sign = "-" if minus else "+"
            text += (f" {sign} " if place else "-" * minus) + self.spelled(body)
        return text

    def spelled(self, body: Expression) -> str:
        """A term without its sign; a column of ones is 1, which NumPy spreads over the other terms."""
        spread = isinstance(body, Ones) and not all(isinstance(split_sign(term)[1], Ones) for term in self.terms)
        return "1" if spread else bracketed(body, Level.PRODUCT)


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
                raise misfit("a product has factors that do not fit", "as many columns as rows after them", left, right)
        return (chain[0].shape[0], chain[-1].shape[1]) if chain else SCALAR

    def __str__(self) -> str:
        minus, above, below = fraction(self)
        text = spelled_factors(above) if above else "1"
        for factor in below:
            text += " / " + bracketed(factor, Level.RAISED)
        return "-" * minus + text


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
            raise misfit("an elementwise product has factors that do not fit", "equal shapes", self.left, self.right)
        return self.right.shape

    def __str__(self) -> str:
        return f"{bracketed(self.left, Level.RAISED)} * {bracketed(self.right, Level.RAISED)}"


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
            raise misfit(f"{self.name} needs a square matrix", "as many rows as columns", self.arg)
        return self.arg.shape


@dataclass(frozen=True, slots=True)
class Transpose(Unary):
    """The transpose."""

    def measure(self) -> Shape:
        """n x m -> m x n"""
        return (self.arg.shape[1], self.arg.shape[0])

    def __str__(self) -> str:
        return bracketed(self.arg, Level.ATOM) + ".T"


@dataclass(frozen=True, slots=True)
class Inverse(Unary):
    """The inverse."""

    name: ClassVar[str] = "inv"

    def measure(self) -> Shape:
        """n x n -> n x n"""
        return self.square()

    def __str__(self) -> str:
        return f"inv({self.arg})"


@dataclass(frozen=True, slots=True)
class Trace(Unary):
    """The trace."""

    name: ClassVar[str] = "tr"

    def measure(self) -> Shape:
        """n x n -> 1 x 1"""
        self.square()
        return SCALAR

    def __str__(self) -> str:
        return f"tr({self.arg})"


@dataclass(frozen=True, slots=True)
class Det(Unary):
    """The determinant."""

    name: ClassVar[str] = "det"

    def measure(self) -> Shape:
        """n x n -> 1 x 1"""
        self.square()
        return SCALAR

    def __str__(self) -> str:
        return f"det({self.arg})"


@dataclass(frozen=True, slots=True)
class SquaredNorm(Unary):
    """The sum of the squares of all entries."""

    def measure(self) -> Shape:
        """n x m -> 1 x 1"""
        return SCALAR

    def __str__(self) -> str:
        square = Product((Transpose(self.arg), self.arg))
        return f"({square})" if self.arg.shape[1] == 1 else f"tr({square})"


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
            raise misfit(f"{self.function} needs a number", "1 x 1", self.arg)
        return self.arg.shape

    def __str__(self) -> str:
        if self.function == "sigmoid":
            return f"(1 / (1 + exp({negated(self.arg)})))"
        return f"{FUNCTIONS[self.function]}({self.arg})"


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
            raise misfit("a power needs a number (a power of a matrix is a product: X @ X)", "1 x 1", self.base)
        return SCALAR

    def __str__(self) -> str:
        if self.exponent < 0:
            return str(Product((self,)))
        whole = self.exponent.denominator == 1
        return bracketed(self.base, Level.ATOM) + (f"**{self.exponent}" if whole else f"**({self.exponent})")


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

    def __str__(self) -> str:
        return f"sum({self.body} for {self.index} in range({self.size}))"


@dataclass(frozen=True, slots=True)
class Differential(Unary):
    """dX where the argument is a symbol; else a differential still to be worked out, d(AX)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", self.arg.shape)
        object.__setattr__(self, "symbols", self.arg.symbols)
        object.__setattr__(self, "moving", True)

    def __str__(self) -> str:
        return f"d{self.arg}" if isinstance(self.arg, Symbol) else f"d({self.arg})"


PRECEDENCE: dict[type[Expression], Level] = {
    Sum: Level.SUM,
    Product: Level.PRODUCT,
    Hadamard: Level.PRODUCT,
    Power: Level.RAISED,
    Transpose: Level.ATOM,
    Inverse: Level.ATOM,
    Trace: Level.ATOM,
    Det: Level.ATOM,
    SquaredNorm: Level.ATOM,
    Function: Level.ATOM,
    SampleSum: Level.ATOM,
    Differential: Level.ATOM,
    Symbol: Level.ATOM,
    Number: Level.ATOM,
    Size: Level.ATOM,
    Identity: Level.ATOM,
    Zero: Level.ATOM,
    Ones: Level.ATOM,
}
"""How tightly an expression binds in its NumPy-style spelling, where a quotient is a product like any other."""


def level(e: Expression) -> Level:
    """The binding of an expression as it will be written: a sign binds like a sum, a fraction like a product."""
    match e:
        case Number(value) if value < 0:
            return Level.SUM
        case Product() if split_sign(e)[0]:
            return Level.SUM
        case Number(value) if value.denominator != 1:
            return Level.PRODUCT
        case Power(_, exponent) if exponent < 0:
            return level(Product((e,)))
    return PRECEDENCE[type(e)]


def bracketed(e: Expression, demanded: Level) -> str:
    """The spelling of e, in brackets if it binds less than its place demands."""
    return str(e) if level(e) >= demanded else f"({e})"


def negated(e: Expression) -> Expression:
    """-e, without a double sign."""
    minus, body = split_sign(e)
    return body if minus else Product((Number(Fraction(-1)), e))


def split_sign(e: Expression) -> tuple[bool, Expression]:
    """Whether e begins with a minus, and e without it."""
    match e:
        case Number(value) if value < 0:
            return True, Number(-value)
        case Product((Number(value), *rest)) if value < 0 and fraction(e)[0]:
            kept = tuple(rest) if value == -1 else (Number(-value), *rest)
            return True, kept[0] if len(kept) == 1 else Product(kept)
        case Product() if fraction(e)[0]:
            return True, Product((Number(Fraction(-1)), *e.factors))
        case Power(_, exponent) if exponent < 0 and fraction(Product((e,)))[0]:
            return True, Product((Number(Fraction(-1)), e))
    return False, e


def fraction(e: Product) -> tuple[bool, tuple[Expression, ...], tuple[Expression, ...]]:
    """A product as it is written over a fraction bar: whether it is negative, factors above, factors below.

    The numbers among the factors are gathered into one, which leads the side it stands on.
    """
    above = [factor for factor in e.factors if not _below(factor)]
    below = [part for factor in e.factors if isinstance(factor, Power) and _below(factor) for part in inverted(factor)]
    value = valued(above) / valued(part for part in below if part != NOUGHT)
    above = [factor for factor in above if not isinstance(factor, Number)]
    below = [part for part in below if part == NOUGHT or not isinstance(part, Number)]
    top = [Number(Fraction(abs(value.numerator)))] if abs(value.numerator) != 1 else []
    bottom = [Number(Fraction(value.denominator))] if value.denominator != 1 else []
    return value < 0, (*top, *above), (*bottom, *below)


def valued(factors: Iterable[Expression]) -> Fraction:
    """The product of the numbers among some factors."""
    return prod((factor.value for factor in factors if isinstance(factor, Number)), start=Fraction(1))


def inverted(power: Power) -> tuple[Expression, ...]:
    """u^a as factors below a bar, for a factor u^-a; a product of numbers is opened where no bar stands in it."""
    if power.exponent != -1:
        return (Power(power.base, -power.exponent),)
    inside = power.base.parts if isinstance(power.base, Product) else ()
    if not inside or any(part.shape != SCALAR or _below(part) for part in inside):
        return (power.base,)
    return inside


def _below(factor: Expression) -> bool:
    return isinstance(factor, Power) and factor.exponent < 0


def spelled_factors(factors: tuple[Expression, ...]) -> str:
    """Factors joined by @ between matrices and by * where one is a number, brackets as Python reads them."""
    text = ""
    for place, factor in enumerate(factors):
        leads = all(other.shape == SCALAR for other in factors[:place])
        last = place == len(factors) - 1
        nested = isinstance(factor, Product) and factor.shape == SCALAR and leads and (last or place == 0)
        spelled = bracketed(factor, Level.PRODUCT if nested else Level.RAISED)
        scalar = factor.shape == SCALAR or leads
        text += spelled if place == 0 else (" * " if scalar else " @ ") + spelled
    return text
