"""What is known of a number's sign, and constructors that keep expressions tidy, as a hand would.

No zeros, numbers in front, transposes at the letters; what moves (holds a differential) comes last among the numbers,
and after a column: x d(x'x). Rules of roots and logarithms hold only where a sign is known whatever the letters are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from fractions import Fraction
from math import prod

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
    Power,
    Product,
    SampleSum,
    SquaredNorm,
    Sum,
    Symbol,
    Transpose,
    Zero,
)
from keygen.matrix.shapes import SCALAR, Dim

POSITIVE_FUNCTIONS = ("exp", "sqrt", "sigmoid")


def positive(e: Expression) -> bool:
    """Whether a number is positive whatever its letters are."""
    match e:
        case Symbol(_, _, _, _, "positive") | DimensionNumber():
            return True
        case Function(_, name):
            return name in POSITIVE_FUNCTIONS
        case Power(base):
            return positive(base)
        case Sum((Number(one), Product((Number(minus), Function(_, "sigmoid"))))) if one == 1 and minus == -1:
            return True
        case Sum(parts):
            return all(map(nonnegative, parts)) and any(map(positive, parts))
        case Product(factors) if not e.chain:
            return all(map(positive, factors))
        case SampleSum(body):
            return positive(body)
        case Det(arg) | MatrixTrace(arg):
            return definite(arg)
        case Number(value):
            return value > 0
    return False


def nonnegative(e: Expression) -> bool:
    """Whether a number is positive or zero whatever its letters are."""
    match e:
        case _ if positive(e):
            return True
        case SquaredNorm():
            return True
        case Power(_, exponent) if even(exponent):
            return True
        case Power(base):
            return nonnegative(base)
        case Sum(terms):
            return all(map(nonnegative, terms))
        case Product(factors):
            numbers = [factor for factor in factors if factor.shape == SCALAR]
            return all(map(nonnegative, numbers)) and (not e.chain or quadratic(e.chain))
        case SampleSum(body):
            return nonnegative(body)
        case Number(value):
            return value >= 0
    return False


def even(exponent: Fraction) -> bool:
    """Whether an exponent is a whole even number."""
    return exponent.denominator == 1 and exponent % 2 == 0


def quadratic(chain: Sequence[Expression]) -> bool:
    """Whether a product is u'u or u'Mu with a definite M and a column u."""
    half = len(chain) // 2
    middle = chain[half : len(chain) - half]
    mirrored = all(Transpose(b) == a or Transpose(a) == b for a, b in zip(chain[:half], reversed(chain), strict=False))
    return half > 0 and mirrored and all(map(definite, middle))


def definite(e: Expression) -> bool:
    """Whether a matrix is positive definite whatever its letters are."""
    if isinstance(e, Inverse):
        return definite(e.arg)
    return isinstance(e, Symbol) and e.trait == "definite"


def power_of_power(inner: Expression, first: Fraction, second: Fraction) -> bool:
    """Whether (u^a)^b = u^(ab) wherever the left side has a value: (u^2)^(1/2) is |u|."""
    return second.denominator == 1 or not even(first) or nonnegative(inner)


ONE = Number(Fraction(1))


def number(value: Fraction | int) -> Number:
    """A rational number."""
    return Number(Fraction(value))


def size(dim: Dim) -> Expression:
    """A dimension as a number."""
    return number(dim) if isinstance(dim, int) else DimensionNumber(dim)


def is_zero(e: Expression) -> bool:
    """Whether e is written as zero."""
    return isinstance(e, Zero) or (isinstance(e, Number) and e.value == 0)


def add(*terms: Expression) -> Expression:
    """A + B + ..., sums inside opened, zeros dropped."""
    opened = [part for term in terms for part in (term.terms if isinstance(term, Sum) else (term,))]
    kept = [term for term in opened if not is_zero(term)]
    if not kept:
        return Zero(*terms[0].shape)
    return kept[0] if len(kept) == 1 else Sum(tuple(kept))


def gathered(e: Expression) -> Expression:
    """A sum, or numbers times a sum, with its equal terms as one: 2(A + B + B + A) is 4(A + B). Terms are equal
    whatever the order of the sums in them."""
    match e:
        case Product((*numbers, Sum() as total)) if all(factor.shape == SCALAR for factor in numbers):
            return multiply(*numbers, gathered(total))
        case Sum(terms):
            return gathered_sum(e, terms)
    return e


def gathered_sum(e: Sum, terms: Sequence[Expression]) -> Expression:
    """The sum of some terms, what they all are multiplied by before it; e itself where no two are equal."""
    totals: dict[Hashable, tuple[Fraction, Expression]] = {}
    for term in terms:
        factor, body = coefficient(term)
        known, first = totals.get(unordered(body), (Fraction(0), body))
        totals[unordered(body)] = known + factor, first
    if len(totals) == len(terms):
        return e
    kept = [(factor, body) for factor, body in totals.values() if factor]
    common = kept[0][0] if len({factor for factor, _ in kept}) == 1 else Fraction(1)
    return (
        multiply(number(common), add(*(multiply(number(c / common), b) for c, b in kept))) if kept else Zero(*e.shape)
    )


def coefficient(e: Expression) -> tuple[Fraction, Expression]:
    """The number before a product, and the rest."""
    match e:
        case Product((Number(value), *rest)):
            return value, rest[0] if len(rest) == 1 else Product(tuple(rest))
    return Fraction(1), e


def unordered(e: Expression) -> Hashable:
    """What expressions have in common that differ in the order of sums."""
    if isinstance(e, Sum):
        return Sum, frozenset(Counter(map(unordered, e.terms)).items())
    return (type(e), *map(unordered, e.parts)) if isinstance(e, Product | Transpose | MatrixTrace) else e


def subtract(a: Expression, b: Expression) -> Expression:
    """A - B"""
    return add(a, negate(b))


def negate(e: Expression) -> Expression:
    """-A, into every term of a sum"""
    return Sum(tuple(map(negate, e.terms))) if isinstance(e, Sum) else multiply(number(-1), e)


def multiply(*factors: Expression) -> Expression:
    """A B ...: numbers gathered in front, then 1x1 factors, then matrices; a 1x1 product of matrices stays a block."""
    flat = tuple(_flattened(factors))
    shape = Product(flat).shape
    if any(is_zero(factor) for factor in flat):
        return Zero(*shape)
    value = prod((factor.value for factor in flat if isinstance(factor, Number)), start=Fraction(1))
    numbers = () if value == 1 else (Number(value),)
    scalars = sorted((f for f in flat if f.shape == SCALAR and not isinstance(f, Number | Identity)), key=_rank)
    chain = tuple(factor for factor in flat if factor.shape != SCALAR)
    chain = tuple(factor for factor in chain if not isinstance(factor, Identity)) or chain[:1]
    if shape == SCALAR and len(chain) > 1 and (scalars or numbers):
        chain = (Product(chain),)
    still, moving = [s for s in scalars if not s.moving], [s for s in scalars if s.moving]
    column = shape[1] == 1 != shape[0]
    kept = (*numbers, *still, *chain, *moving) if column else (*numbers, *scalars, *chain)
    if not kept:
        return ONE
    return kept[0] if len(kept) == 1 else Product(kept)


def _rank(scalar: Expression) -> int:
    """Letters first, what moves last."""
    return 2 if scalar.moving else 0 if isinstance(scalar, DimensionNumber | Symbol) else 1


def _flattened(factors: Iterable[Expression]) -> Iterable[Expression]:
    """The factors with products inside opened, numbers taken out of 1x1 blocks."""
    for factor in factors:
        if not isinstance(factor, Product):
            yield factor
        elif factor.shape != SCALAR or not factor.chain:
            yield from _flattened(factor.factors)
        elif len(factor.chain) == len(factor.factors):
            yield factor
        else:
            yield from (part for part in factor.factors if part.shape == SCALAR)
            yield Product(factor.chain)


def divide(a: Expression, b: Expression) -> Expression:
    """A / s"""
    return multiply(a, power(b, Fraction(-1)))


def power(base: Expression, exponent: Fraction | int) -> Expression:
    """u^p for a number u; u^(1/2) is the root, u^1 is u, numbers are worked out, the root of u^2 is not u."""
    exponent = Fraction(exponent)
    match base:
        case Power(inner, first) if power_of_power(inner, first, exponent):
            return power(inner, first * exponent)
        case Function(inner, "sqrt", False) if exponent.denominator == 1 and exponent % 2 == 0:
            return power(inner, exponent / 2)
        case Number(value) if exponent.denominator == 1 and value:
            return Number(value**exponent.numerator)
        case Product(factors) if exponent.denominator == 1 and all(factor.shape == SCALAR for factor in factors):
            return multiply(*(power(factor, exponent) for factor in factors))
    if exponent == 0:
        return ONE
    if exponent == 1:
        return base
    return Function(base, "sqrt") if exponent == Fraction(1, 2) else Power(base, exponent)


def transpose(e: Expression) -> Expression:
    """A': pushed to the letters of a product and into an inverse; a sum is opened only if that costs no new sign."""
    match e:
        case _ if e.shape == SCALAR:
            return e
        case Transpose(arg):
            return arg
        case Identity() | Symbol(_, _, _, _, "symmetric" | "definite"):
            return e
        case Differential(Symbol(_, _, _, _, "symmetric" | "definite")):
            return e
        case Zero(rows, columns):
            return Zero(columns, rows)
        case Product(factors):
            scalars = [factor for factor in factors if factor.shape == SCALAR]
            return multiply(*scalars, *(transpose(factor) for factor in reversed(e.chain)))
        case Inverse(arg):
            return inverse(transpose(arg))
        case Hadamard(left, right) if left.shape == right.shape:
            return Hadamard(transpose(left), transpose(right))
        case SampleSum(body, index, dim):
            return SampleSum(transpose(body), index, dim)
        case Sum(terms) if count(opened := Sum(tuple(map(transpose, terms))), Transpose) <= count(e, Transpose):
            return opened
    return Transpose(e)


def transpose_each(e: Expression) -> Expression:
    """A', a sum opened term by term whatever it costs: the way a gradient is read off."""
    return add(*map(transpose_each, e.terms)) if isinstance(e, Sum) else transpose(e)


def count(e: Expression, node: type[Expression]) -> int:
    """How many nodes of a type stand in e."""
    return isinstance(e, node) + sum(count(part, node) for part in e.parts)


def inverse(e: Expression) -> Expression:
    """A^-1; of a number, 1/u."""
    match e:
        case _ if e.shape == SCALAR:
            return power(e, -1)
        case Inverse(arg):
            return arg
        case Identity():
            return e
        case Product(factors) if len(e.chain) < len(factors):
            scalars = [power(factor, -1) for factor in factors if factor.shape == SCALAR]
            return multiply(*scalars, Inverse(multiply(*e.chain)))
    return Inverse(e)


def trace(e: Expression) -> Expression:
    """tr A, with numbers taken out; the trace of a number is the number."""
    match e:
        case _ if e.shape == SCALAR:
            return e
        case Product(factors) if len(e.chain) < len(factors):
            scalars = [factor for factor in factors if factor.shape == SCALAR]
            return multiply(*scalars, MatrixTrace(multiply(*e.chain)))
        case Zero():
            return number(0)
    return MatrixTrace(e)


def hadamard(a: Expression, b: Expression) -> Expression:
    """A * B, entry by entry; of two numbers, their product"""
    if a.shape == b.shape == SCALAR:
        return multiply(a, b)
    return Zero(*b.shape) if is_zero(a) or is_zero(b) else Hadamard(a, b)


def squared_norm(e: Expression) -> Expression:
    """||A||^2; of a number, its square."""
    return power(e, 2) if e.shape == SCALAR else SquaredNorm(e)


def sample_sum(body: Expression, index: str, dim: Dim) -> Expression:
    """sum_i A_i: what does not depend on i comes out; the sum of a constant counts it."""
    if is_zero(body):
        return body
    if not depends(body, index):
        return multiply(size(dim), body)
    factors = body.factors if isinstance(body, Product) else (body,)
    outer = [factor for factor in factors if factor.shape == SCALAR and not depends(factor, index)]
    inner = [factor for factor in factors if factor not in outer]
    return multiply(*outer, SampleSum(multiply(*inner), index, dim))


def depends(e: Expression, index: str) -> bool:
    """Whether e differs between the members of a sample."""
    return any(symbol.index == index for symbol in e.symbols)
