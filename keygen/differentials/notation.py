"""The walk that every way of writing mathematics shares: signs, brackets, fractions.

The brackets come from the one table of precedence (`expression.PRECEDENCE`), as those of the NumPy-style spelling do.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import takewhile
from typing import ClassVar

from keygen.differentials.expression import (
    Det,
    Differential,
    Expression,
    Function,
    Hadamard,
    Identity,
    Inverse,
    Level,
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
    Zero,
    fraction,
    level,
    split_sign,
)
from keygen.differentials.shapes import SCALAR, Dim


def is_letter(e: Expression) -> bool:
    """Whether e is a plain number: digits or a letter, the same for every member of a sample."""
    return isinstance(e, Number | Size) or (isinstance(e, Symbol) and e.shape == SCALAR and e.index is None)


def untold(e: Expression) -> bool:
    """Whether e is a number made of I and of ones, tr(I), so that nothing around them says their sizes."""
    match e:
        case Trace(arg) | Det(arg) | SquaredNorm(arg):
            return unsized(arg)
        case Product() if e.shape == SCALAR and e.chain:
            return all(map(unsized, e.chain))
    return False


def unsized(e: Expression) -> bool:
    """Whether no letter of a matrix stands in a matrix."""
    if isinstance(e, Product):
        return all(map(unsized, e.chain))
    return isinstance(e, Identity | Ones) or (e.shape != SCALAR and bool(e.parts) and all(map(unsized, e.parts)))


class Notation(ABC):
    """The walk over an expression: signs, brackets, fractions. How each thing looks is for the notation to say."""

    minus: ClassVar[str]
    gap: ClassVar[str] = " "
    dot: ClassVar[str] = "·"

    def __init__(self) -> None:
        self.telling = False  # whether I and the ones are written with their sizes

    def write(self, e: Expression) -> str:
        """The expression in this notation. Raises TypeError for a node it does not know."""
        if self.telling or not untold(e):
            return self.written(e)
        self.telling = True
        text = self.written(e)
        self.telling = False
        return text

    def written(self, e: Expression) -> str:
        """The expression, by its outermost operation."""
        match e:
            case Sum(terms):
                return self.sum(terms)
            case Product():
                return self.product(e)
            case Power(_, exponent) if exponent < 0:
                return self.product(Product((e,)))
            case Hadamard(left, right):
                return self.hadamard(self.within(left, Level.POWER), self.within(right, Level.POWER))
            case Inverse(Transpose(arg)) | Transpose(Inverse(arg)):
                return self.raised(self.base(arg), "-T")
            case Transpose(arg):
                return self.raised(self.base(arg), "T")
            case Inverse(arg):
                return self.raised(self.base(arg), "-1")
            case Power(base, exponent):
                return self.raised(self.base(base), str(exponent))
            case SquaredNorm(arg):
                return self.raised(self.norm(self.write(arg)), "2")
            case SampleSum(body, index, size):
                told = any(symbol.index == index for symbol in body.symbols)
                return self.sample(self.within(body, Level.PRODUCT), index, size, told)
            case Trace(arg):
                return self.call("tr", self.write(arg))
            case Det(arg):
                return self.call("det", self.write(arg))
            case Function(Det(arg), "ln"):
                return self.call("ln det", self.write(arg))
            case Function(arg, name):
                return self.call(name, self.write(arg))
            case Differential(Symbol() as symbol):
                return self.differential(self.leaf(symbol))
            case Differential(arg):
                text = self.write(arg)
                called = isinstance(arg, Function | Trace | Det)
                return self.differential(self.gap + text if called else self.brackets(text))
            case Symbol() | Number() | Size() | Identity() | Zero() | Ones():
                return self.leaf(e)
        raise TypeError(f"no way to write {type(e).__name__}")

    def level(self, e: Expression) -> Level:
        """The binding of e: as in the table, but a sum over a sample reaches over what follows it."""
        return Level.PRODUCT if isinstance(e, SampleSum) else level(e)

    def within(self, e: Expression, demanded: Level) -> str:
        """e, in brackets if it binds less than its place demands."""
        return self.write(e) if self.level(e) >= demanded else self.brackets(self.write(e))

    def base(self, e: Expression) -> str:
        """What carries an exponent: a differential and what has an exponent already are bracketed too."""
        bare = self.level(e) is Level.ATOM and not isinstance(e, Differential | Transpose | Inverse | SquaredNorm)
        return self.write(e) if bare else self.brackets(self.write(e))

    def sum(self, terms: Sequence[Expression]) -> str:
        """A - B + C"""
        text = ""
        for place, (negative, body) in enumerate(map(split_sign, terms)):
            sign = self.minus if negative else "+"
            text += (f" {sign} " if place else self.minus * negative) + self.within(body, Level.PRODUCT)
        return text

    def product(self, e: Product) -> str:
        """A product over its denominators; a fraction of numbers and letters leads the rest: (n/2) ln det(S)."""
        negative, above, below = fraction(e)
        short = tuple(takewhile(is_letter, above))
        rest = above[len(short) :]
        if not below:
            text = self.row(above) or "1"
        elif rest and all(is_letter(factor) for factor in below):
            text = self.beside(self.coefficient(short, below), self.row(rest), self.gap)
        else:
            text = self.over(above, below)
        return self.minus * negative + text

    def row(self, factors: Sequence[Expression]) -> str:
        """Factors side by side, apart where a reader would lump them together."""
        text = ""
        for place, factor in enumerate(factors):
            last = place == len(factors) - 1
            open_ended = isinstance(factor, SampleSum) or all(other.shape == SCALAR for other in factors[:place])
            spelled = self.within(factor, Level.PRODUCT if last and open_ended else Level.POWER)
            apart = place > 0 and (self.stands_apart(factors[place - 1]) or self.stands_apart(factor))
            dotted = place > 0 and (self.spelled_out(factors[place - 1]) or self.spelled_out(factor))
            text = self.beside(text, spelled, self.dot if dotted else self.gap * apart)
        return text

    def beside(self, left: str, right: str, between: str) -> str:
        """Two factors side by side, with a dot between what would be read as one number or as a function."""
        return left + (self.dot if left and self.runs_together(left, right) else between) + right

    def stands_apart(self, e: Expression) -> bool:
        """Whether a space belongs beside e in a product: dX, a function, a sum over a sample, a number in brackets."""
        if isinstance(e, Transpose):
            return isinstance(e.arg, Differential)
        if isinstance(e, Sum):
            return e.shape == SCALAR
        if isinstance(e, Power):
            return not isinstance(e.base, Symbol | Size)
        return isinstance(e, Differential | Function | Trace | Det | SquaredNorm | SampleSum)

    def spelled_out(self, e: Expression) -> bool:
        """Whether names of several letters stand in e, which beside others would be read letter by letter."""
        return False

    @abstractmethod
    def runs_together(self, left: str, right: str) -> bool:
        """Whether two factors side by side would be read as one number, or as a function of the second."""

    @abstractmethod
    def leaf(self, e: Expression) -> str:
        """A letter or a number."""

    @abstractmethod
    def raised(self, base: str, exponent: str) -> str:
        """An exponent: T, -1, -T, or a rational number."""

    @abstractmethod
    def call(self, name: str, arg: str) -> str:
        """A function of the argument."""

    @abstractmethod
    def coefficient(self, above: Sequence[Expression], below: Sequence[Expression]) -> str:
        """A small fraction before the rest of a product."""

    @abstractmethod
    def over(self, above: Sequence[Expression], below: Sequence[Expression]) -> str:
        """A fraction that is the whole of a product."""

    @abstractmethod
    def hadamard(self, left: str, right: str) -> str:
        """The elementwise product."""

    @abstractmethod
    def norm(self, arg: str) -> str:
        """The norm, not yet squared."""

    @abstractmethod
    def sample(self, body: str, index: str, size: Dim, told: bool) -> str:
        """The sum of the body over a sample. `told`: whether letters with the index stand in it."""

    @abstractmethod
    def differential(self, arg: str) -> str:
        """d before a letter, or before brackets."""

    @abstractmethod
    def brackets(self, text: str) -> str:
        """The text in brackets."""
