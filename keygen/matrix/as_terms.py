"""Matrix expressions as terms, at the door of printing: what a person sees as a fraction, a sign, a row of factors.

An expression holds products and powers; a page shows -a, n/2 before the rest, u over v. All that is decided here, so
that every medium shows the same, under the one table of signs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import takewhile
from math import prod

from keygen.mathematics.terms import Apply, Name, Term, constant
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
from keygen.matrix.shapes import SCALAR
from keygen.matrix.shapes import Shape as Rows

Shape = tuple[int, ...]

CALLS = {"ln": "ln_of", "exp": "exp_of", "sqrt": "root_of", "sigmoid": "sigmoid_of"}
SEVERAL = 2  # entries along an axis whose length is a letter
NOUGHT = Number(Fraction(0))


@lru_cache(maxsize=8192)
def as_term(e: Expression) -> Term:
    """The term of an expression. Raises TypeError for a node it does not know."""
    return TermBuilder(telling=False).term(e)


def seen(shape: Rows) -> Shape:
    """The shape of a term: () of a number; a length that is a letter is one of several entries."""
    return () if shape == SCALAR else tuple(SEVERAL if isinstance(length, str) else length for length in shape)


def is_letter(e: Expression) -> bool:
    """Whether e is a plain number: digits or a letter, the same for every member of a sample."""
    return isinstance(e, Number | DimensionNumber) or (isinstance(e, Symbol) and e.shape == SCALAR and e.index is None)


def untold(e: Expression) -> bool:
    """Whether e is a number made of I and of ones, tr(I), so that nothing around them says their sizes."""
    match e:
        case MatrixTrace(arg) | Det(arg) | SquaredNorm(arg):
            return unsized(arg)
        case Product() if e.shape == SCALAR and e.chain:
            return all(map(unsized, e.chain))
    return False


def unsized(e: Expression) -> bool:
    """Whether no letter of a matrix stands in a matrix."""
    if isinstance(e, Product):
        return all(map(unsized, e.chain))
    return isinstance(e, Identity | Ones) or (e.shape != SCALAR and bool(e.parts) and all(map(unsized, e.parts)))


class TermBuilder:
    """Reads expressions. `telling`: whether I and the ones are shown with their sizes."""

    def __init__(self, *, telling: bool) -> None:
        self.telling = telling

    def term(self, e: Expression) -> Term:
        """The term of an expression or of a part of one."""
        reading = self if self.telling or not untold(e) else TermBuilder(telling=True)
        return reading.read(e)

    def applied(self, e: Expression, primitive: str, *args: Expression, param: str | None = None) -> Apply:
        """A sign around the terms of some parts."""
        return Apply(primitive, tuple(map(self.term, args)), param, seen(e.shape))

    def read(self, e: Expression) -> Term:
        """The term, by the outermost operation."""
        match e:
            case Sum(terms):
                return self.sum(e, terms)
            case Product():
                return self.product(e)
            case Power(_, exponent) if exponent < 0:
                return self.product(Product((e,)))
            case Power(base, exponent):
                return self.applied(e, "number_power", base, param=str(exponent))
            case Hadamard(left, right):
                return self.applied(e, "entrywise", left, right)
            case Inverse(Transpose(arg)) | Transpose(Inverse(arg)):
                return self.applied(e, "inverse_transposed", arg)
            case Transpose(arg):
                return self.applied(e, "transposed", arg)
            case Inverse(arg):
                return self.applied(e, "inverse", arg)
            case SquaredNorm(arg):
                return self.applied(e, "norm_squared", arg)
            case MatrixTrace(arg):
                return self.applied(e, "trace", arg)
            case Det(arg):
                return self.applied(e, "det", arg)
            case Function(Det(arg), "ln"):
                return self.applied(e, "ln_det", arg)
            case Function(arg, name):
                return self.applied(e, CALLS[name], arg)
            case SampleSum(body, index, size):
                told = any(symbol.index == index for symbol in body.symbols)
                return Apply("sample_sum", (self.term(body),), (index, size, told), seen(e.shape))
            case Differential(Symbol() as symbol):
                return self.applied(e, "differential", symbol)
            case Differential(Function() | MatrixTrace() | Det() as arg):
                return self.applied(e, "differential_of_call", arg)
            case Differential(arg):
                return self.applied(e, "differential_of", arg)
        return self.leaf(e)

    def leaf(self, e: Expression) -> Term:
        """A letter or a number."""
        match e:
            case Symbol(name, _, _, index):
                return Name(name, seen(e.shape), index or "")
            case Number(value):
                return constant(value)
            case DimensionNumber(dim):
                return self.applied(e, "length", param=dim)
            case Zero(rows, columns) if e.shape != SCALAR:
                return Apply("zeros", (), (rows, columns), seen(e.shape))
            case Zero():
                return constant(0)
            case Identity(size) | Ones(size):
                letter = "unit" if isinstance(e, Identity) else "ones"
                return Apply(letter + "_of_size" * self.telling, (), (size,), seen(e.shape))
        raise TypeError(f"no way to write {type(e).__name__}")

    def sum(self, e: Sum, terms: Sequence[Expression]) -> Term:
        """A - B + C"""
        shape = seen(e.shape)
        (minus, first), *others = map(split_sign, terms)
        start: Term = Apply("neg", (self.term(first),), None, shape) if minus else self.term(first)

        def with_next(before: Term, signed: tuple[bool, Expression]) -> Term:
            return Apply("sub" if signed[0] else "add", (before, self.term(signed[1])), None, shape)

        return reduce(with_next, others, start)

    def product(self, e: Product) -> Term:
        """A product over its denominators; a fraction of numbers and letters leads the rest: (n/2) ln det(S)."""
        negative, above, below = fraction(Product(tuple(opened(e))))
        above, below = as_powers(above), as_powers(below)
        short = tuple(takewhile(is_letter, above))
        rest = above[len(short) :]
        shape = seen(e.shape)
        if not below:
            whole = self.row(above)
        elif rest and all(map(is_letter, below)):
            part = Apply("part", (self.row(short), self.row(below)))
            whole = row([part, *self.factors(rest)], shape)
        else:
            whole = Apply("div", (self.row(above), self.row(below)), None, shape)
        return Apply("neg", (whole,), None, shape) if negative else whole

    def row(self, factors: Sequence[Expression]) -> Term:
        """Factors side by side; none are 1. Quotients of numbers among several are one quotient."""
        if len(factors) > 1 and any(map(is_quotient, factors)):
            return self.product(Product(tuple(factors)))
        return row(self.factors(factors), seen(Product(tuple(factors)).shape)) if factors else constant(1)

    def factors(self, factors: Sequence[Expression]) -> list[Term]:
        """The terms of factors."""
        return [self.term(factor) for factor in factors]


def is_quotient(e: Expression) -> bool:
    """Whether e may be written with a fraction bar of its own, or is a product of numbers that may be opened."""
    return (isinstance(e, Product) and not e.chain) or (isinstance(e, Power) and e.exponent < 0)


def opened(e: Product) -> Iterator[Expression]:
    """The factors, those of a product of numbers inside among them."""
    for factor in e.factors:
        if isinstance(factor, Product) and not factor.chain:
            yield from opened(factor)
        else:
            yield factor


def as_powers(factors: Sequence[Expression]) -> tuple[Expression, ...]:
    """Letters that stand there again as powers, where the first of them stands: k k u is k^2 u. Powers alone are left
    as they are: u^2 u^3."""
    found = [(factor, *base_of(factor)) for factor in factors]
    again = {base for factor, base, exponent in found if exponent and factor is base}
    total = Counter[Expression]()
    for _, base, exponent in found:
        total[base] += exponent
    kept: list[Expression] = []
    for factor, base, exponent in found:
        if not exponent or base not in again:
            kept.append(factor)
        elif total[base]:
            kept.append(base if total[base] == 1 else Power(base, Fraction(total[base])))
            total[base] = 0
    return tuple(kept)


def base_of(factor: Expression) -> tuple[Expression, int]:
    """The letter of a number and its whole exponent; 0 for the exponent of anything else."""
    base, exponent = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, Fraction(1))
    whole = (
        isinstance(base, Symbol | DimensionNumber)
        and base.shape == SCALAR
        and exponent.denominator == 1
        and exponent > 0
    )
    return base, int(exponent) if whole else 0


def row(factors: Sequence[Term], shape: Shape) -> Term:
    """A product: of numbers before something, which may be a product itself, or of matrices."""
    if len(factors) == 1:
        return factors[0]
    numbers = not any(factor.shape for factor in factors[:-1])
    return Apply("multiple" if numbers else "product", tuple(factors), None, shape)


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
