"""The vocabulary of scalar chains, for exercise files: `from keygen.author import calculus`."""

from keygen.calculus import logistic
from keygen.calculus.algebra import (
    ONE,
    ZERO,
    add,
    div,
    equals,
    exp,
    known,
    ln,
    mul,
    neg,
    power,
    sub,
    times,
    total,
    whole,
)
from keygen.calculus.derivation import derivation, equations, plain, with_values
from keygen.calculus.derivatives import derivative, differentiate
from keygen.calculus.equations import (
    clear_denominator,
    collect_unknown,
    divide_by_factor,
    isolate,
    sides,
    take_logarithm,
)
from keygen.calculus.evaluation import approximate, exactly
from keygen.calculus.exponentials import multiply_through, open_logarithm, simpler_exponents
from keygen.calculus.limits import arithmetic, limit, settle, settled_limit, within
from keygen.calculus.newton import logistic_regression
from keygen.calculus.parser import parse as read
from keygen.calculus.quotients import cancel, collect, complement, recognise, split
from keygen.calculus.randomness import binomial, centred, expectation, symmetric, uniform, variance
from keygen.calculus.rewriting import becomes, multiply_out, substitute
from keygen.calculus.scope import scope
from keygen.calculus.squares import bounded, compared, complete_square
from keygen.calculus.traversal import put, replaced

__all__ = [
    "ONE",
    "ZERO",
    "add",
    "approximate",
    "arithmetic",
    "becomes",
    "binomial",
    "bounded",
    "cancel",
    "centred",
    "clear_denominator",
    "collect",
    "collect_unknown",
    "compared",
    "complement",
    "complete_square",
    "derivation",
    "derivative",
    "differentiate",
    "div",
    "divide_by_factor",
    "equals",
    "equations",
    "exactly",
    "exp",
    "expectation",
    "isolate",
    "known",
    "limit",
    "ln",
    "logistic",
    "logistic_regression",
    "mul",
    "multiply_out",
    "multiply_through",
    "neg",
    "open_logarithm",
    "plain",
    "power",
    "put",
    "read",
    "recognise",
    "replaced",
    "scope",
    "settle",
    "settled_limit",
    "sides",
    "simpler_exponents",
    "split",
    "sub",
    "substitute",
    "symmetric",
    "take_logarithm",
    "times",
    "total",
    "uniform",
    "variance",
    "whole",
    "with_values",
    "within",
]
