"""The rules of differentiation, as a table: each takes an expression to its differential, and its docstring is its law.

A rule receives `d`, which gives the differential of a part. What a part's differential looks like (worked out, or left
as d(AX) for the next line) is for `derive` to choose; a rule only says how the parts combine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from keygen.differentials import algebra
from keygen.differentials.algebra import ONE, add, divide, multiply, negate, number, subtract
from keygen.differentials.expression import (
    Det,
    Differential,
    Expression,
    Function,
    Hadamard,
    Inverse,
    Power,
    Product,
    SampleSum,
    SquaredNorm,
    Sum,
    Symbol,
    Trace,
    Transpose,
    Zero,
)
from keygen.errors import KeygenError

D = Callable[[Expression], Expression]


def constant(e: Expression, d: D) -> Expression:
    """d(A) = 0"""
    return Zero(*e.shape)


def variable(e: Symbol, d: D) -> Expression:
    """d(X) = dX"""
    return Differential(e)


def linearity(e: Sum, d: D) -> Expression:
    """d(U + V) = dU + dV"""
    return add(*map(d, e.terms))


def constant_factors(e: Product, d: D) -> Expression:
    """d(AUB) = A dU B"""
    return product(e, d)


def product(e: Product, d: D) -> Expression:
    """d(UV) = dU V + U dV"""
    parts = enumerate(e.factors)
    return add(*(multiply(*e.factors[:place], d(u), *e.factors[place + 1 :]) for place, u in parts))


def hadamard(e: Hadamard, d: D) -> Expression:
    """d(U * V) = dU * V + U * dV, entry by entry"""
    return add(algebra.hadamard(d(e.left), e.right), algebra.hadamard(e.left, d(e.right)))


def transpose(e: Transpose, d: D) -> Expression:
    """d(U') = (dU)'"""
    return algebra.transpose(d(e.arg))


def inverse(e: Inverse, d: D) -> Expression:
    """d(U^-1) = -U^-1 dU U^-1"""
    return negate(multiply(e, d(e.arg), e))


def trace(e: Trace, d: D) -> Expression:
    """d(tr U) = tr(dU)"""
    return algebra.trace(d(e.arg))


def det(e: Det, d: D) -> Expression:
    """d(det U) = det U tr(U^-1 dU)"""
    return multiply(e, algebra.trace(multiply(algebra.inverse(e.arg), d(e.arg))))


def ln_det(e: Function, d: D) -> Expression:
    """d(ln det U) = tr(U^-1 dU)"""
    inside = e.arg.parts[0]
    return algebra.trace(multiply(algebra.inverse(inside), d(inside)))


def norm(e: SquaredNorm, d: D) -> Expression:
    """d(||U||^2) = 2 tr(U' dU), for a column 2 U' dU"""
    return multiply(number(2), algebra.trace(multiply(algebra.transpose(e.arg), d(e.arg))))


def power(e: Power, d: D) -> Expression:
    """d(u^p) = p u^(p-1) du"""
    return multiply(number(e.exponent), algebra.power(e.base, e.exponent - 1), d(e.base))


def ln(e: Function, d: D) -> Expression:
    """d(ln u) = du / u"""
    return divide(d(e.arg), e.arg)


def exp(e: Function, d: D) -> Expression:
    """d(e^u) = e^u du"""
    return multiply(e, d(e.arg))


def sqrt(e: Function, d: D) -> Expression:
    """d(u^(1/2)) = du / (2 u^(1/2))"""
    return divide(multiply(number(Fraction(1, 2)), d(e.arg)), e)


def sigmoid(e: Function, d: D) -> Expression:
    """d(sigma(u)) = sigma(u) (1 - sigma(u)) du"""
    return multiply(e, subtract(ONE, e), d(e.arg))


def sample_sum(e: SampleSum, d: D) -> Expression:
    """d(sum_i u_i) = sum_i du_i"""
    return algebra.sample_sum(d(e.body), e.index, e.size)


@dataclass(frozen=True, slots=True)
class Rule:
    """apply   expression, d -> its differential; its docstring is the law
    linear  the differential goes straight through, so that what is inside can be worked out in the same line
    """

    apply: Callable[[Any, D], Expression]
    linear: bool = False

    @property
    def law(self) -> str:
        """The law, in one line."""
        return self.apply.__doc__ or ""


RULES: dict[str, Rule] = {
    "constant": Rule(constant),
    "variable": Rule(variable),
    "linearity": Rule(linearity, linear=True),
    "constant_factors": Rule(constant_factors, linear=True),
    "product": Rule(product),
    "hadamard": Rule(hadamard),
    "transpose": Rule(transpose, linear=True),
    "inverse": Rule(inverse),
    "trace": Rule(trace, linear=True),
    "det": Rule(det),
    "ln_det": Rule(ln_det),
    "norm": Rule(norm),
    "power": Rule(power),
    "ln": Rule(ln),
    "exp": Rule(exp),
    "sqrt": Rule(sqrt),
    "sigmoid": Rule(sigmoid),
    "sample_sum": Rule(sample_sum, linear=True),
}

BY_TYPE: dict[type[Expression], str] = {
    Sum: "linearity",
    Hadamard: "hadamard",
    Transpose: "transpose",
    Inverse: "inverse",
    Trace: "trace",
    Det: "det",
    SquaredNorm: "norm",
    Power: "power",
    SampleSum: "sample_sum",
}


def rule_for(e: Expression, wrt: Symbol) -> str:
    """The name of the rule that differentiates e. Raises KeygenError where there is none."""
    if wrt not in e.symbols:
        return "constant"
    match e:
        case Symbol():
            return "variable"
        case Product(factors):
            return "product" if len(varying(factors, wrt)) > 1 else "constant_factors"
        case Function(Det(), "ln", False):
            return "ln_det"
        case Function(_, name, False):
            return name
    if type(e) not in BY_TYPE:
        raise KeygenError(f"there is no rule for the differential of {e}", expected="one of " + ", ".join(RULES))
    return BY_TYPE[type(e)]


def varying(factors: tuple[Expression, ...], wrt: Symbol) -> list[Expression]:
    """The factors that hold the variable."""
    return [factor for factor in factors if wrt in factor.symbols]
