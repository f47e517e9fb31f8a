"""The rules of differentiation, as a table, and a line of them: every differential opened by one layer.

A rule takes an expression to its differential, and its docstring is its law. It receives `d`, which gives the
differential of a part: worked out where it is plain at a glance (dX, (dX)', d(AX) = A dX), else left as d(...) for the
next line. Sums, traces, transposes and constant factors are gone through; then one rule is applied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from msgspec import Struct

from keygen.errors import KeygenError
from keygen.matrix import algebra
from keygen.matrix.algebra import ONE, add, divide, multiply, negate, number, subtract
from keygen.matrix.expression import (
    Det,
    Differential,
    Expression,
    Function,
    Hadamard,
    Inverse,
    MatrixTrace,
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
from keygen.matrix.transform import map_parts

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


def trace(e: MatrixTrace, d: D) -> Expression:
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


class Rule(Struct, frozen=True):
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
    MatrixTrace: "trace",
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


MINOR = ("linearity", "constant", "constant_factors", "sample_sum")
"""Laws too plain to be named beside others."""


def pending(e: Expression) -> bool:
    """Whether a differential in e is still to be worked out."""
    if isinstance(e, Differential):
        return not isinstance(e.arg, Symbol)
    return e.moving and any(map(pending, e.parts))


@dataclass
class Unfolding:
    """Opens one layer; `used` collects the rules in the order of their use."""

    wrt: Symbol
    rules: Mapping[str, Rule] = field(default_factory=lambda: RULES)
    used: list[str] = field(default_factory=list)

    @property
    def laws(self) -> tuple[str, ...]:
        """The rules worth naming: the minor ones only where they stand alone."""
        names = tuple(dict.fromkeys(self.used))
        minor = tuple(name for name in names if name != "linearity") or names
        return tuple(name for name in names if name not in MINOR) or minor

    def layer(self, e: Expression) -> Expression:
        """e with each pending differential opened once."""
        if isinstance(e, Differential):
            return e if isinstance(e.arg, Symbol) else self.open(e.arg)
        return map_parts(e, self.layer) if pending(e) else e

    def open(self, e: Expression) -> Expression:
        """The differential of e by the rule of its outermost operation."""
        name = rule_for(e, self.wrt)
        rule = self.rules[name]
        if name not in ("constant", "variable"):
            self.used.append(name)
        if name == "linearity" and len(varying(e.parts, self.wrt)) < len(e.parts):
            self.used.append("constant")
        return rule.apply(e, self.open if rule.linear else self.part)

    def part(self, e: Expression) -> Expression:
        """The differential of a part: at once where it is plain, else left for the next line."""
        if self.plain(e):
            return self.open(e)
        if isinstance(e, Transpose):
            self.used.append("transpose")
            return algebra.transpose(self.part(e.arg))
        return self.open(e) if isinstance(e, Power) else Differential(e)

    def plain(self, e: Expression) -> bool:
        """Whether d(e) can be written down at a glance: X, X', AXB, X + A, their traces, and constants."""
        if self.wrt not in e.symbols or e == self.wrt:
            return True
        match e:
            case Transpose(arg) | MatrixTrace(arg):
                return self.plain(arg)
            case Product(factors):
                (first, *others) = varying(factors, self.wrt)
                return not others and self.plain(first)
            case Sum(terms):
                (first, *others) = varying(terms, self.wrt)
                return not others and (self.bare(first) or (e.shape == SCALAR and self.plain(first)))
        return False

    def bare(self, e: Expression) -> bool:
        """Whether e is X, X' or one of them with a number."""
        if isinstance(e, Product):
            return self.bare(e.factors[-1]) and not e.factors[0].symbols and len(e.factors) == 2
        return e == self.wrt or (isinstance(e, Transpose) and e.arg == self.wrt)
