"""What is known of the sign of a number whatever its letters are; rules of roots and logarithms hold only with it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from keygen.differentials.expression import (
    Det,
    Expression,
    Function,
    Inverse,
    Number,
    Power,
    Product,
    SampleSum,
    Size,
    SquaredNorm,
    Sum,
    Symbol,
    Trace,
    Transpose,
)
from keygen.differentials.shapes import SCALAR

POSITIVE_FUNCTIONS = ("exp", "sqrt", "sigmoid")


def positive(e: Expression) -> bool:
    """Whether a number is positive whatever its letters are."""
    match e:
        case Symbol(_, _, _, _, "positive") | Size():
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
        case Det(arg) | Trace(arg):
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
