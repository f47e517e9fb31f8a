"""A formula that somebody typed as a term, in which it stands in a formula of a trace as the key writes them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from keygen.engine.primitives import Reading, nobody
from keygen.errors import KeygenError
from keygen.grading.formulas import Point, value
from keygen.grading.grammar import FUNCTIONS, Formula, LetterNode, Operation, TypedNumeral
from keygen.mathematics.terms import Apply, Name, Term, constant

WRITTEN: Reading[tuple[str, ...]] = Reading(
    "the signs by which a typed formula has it",
    {
        "add": ("+",), "sub": ("-",), "neg": ("neg",), "mul": ("*",), "matmul": ("@",), "div": ("/",),
        "transpose": ("T", "transpose"), "greater": (">",), "at_least": (">=",), "exp": ("exp",), "ln": ("ln",),
        "sqrt": ("sqrt",), "tanh": ("tanh",), "sigmoid": ("sigmoid",), "softplus": ("softplus",), "relu": ("relu",),
        "step": ("step",), "abs": ("abs",), "sign": ("sign",),
    },
    needs=nobody,
)  # fmt: skip
SIGNS: Mapping[str, str] = {sign: primitive for primitive, signs in WRITTEN.items() for sign in signs}
"""The primitives behind signs."""
TURNED = {"<": ">", "<=": ">="}
LARGEST = 1000
"""Of an exponent."""


def term(formula: Formula, at: Point) -> Term:
    """A formula as a term; what side by side means is said by its values at a point. Raises KeygenError for a sign that
    no formula of a trace has."""
    match formula:
        case TypedNumeral(number):
            return constant(number)
        case LetterNode(name):
            return Name(name, np.shape(at.get(name, 0.0)))
        case Operation("·", (left, right)):
            both = all(np.ndim(value(one, at)) for one in (left, right))
            return applied("matmul" if both else "mul", at, left, right)
        case Operation("^", (base, TypedNumeral(number))) if number.denominator == 1 and 0 < number <= LARGEST:
            return Apply("power", (term(base, at),), int(number))
        case Operation("max" | "min" as sign, (left, right)):
            if sign == "max" and isinstance(left, TypedNumeral) and not left.value:
                return applied("relu", at, right)
            return applied("larger" if sign == "max" else "smaller", at, left, right)
        case Operation(sign, (left, right)) if sign in TURNED:
            return applied(SIGNS[TURNED[sign]], at, right, left)
        case Operation(sign, inputs) if sign in SIGNS:
            return applied(SIGNS[sign], at, *inputs)
        case Operation(sign, (inside,)) if sign not in FUNCTIONS and sign.isidentifier():
            return Apply("apply", (term(inside, at),), (sign, 0))
    raise KeygenError("a sign that no formula of a trace has")


def applied(primitive: str, at: Point, *inputs: Formula) -> Apply:
    """A primitive of some formulas."""
    return Apply(primitive, tuple(term(one, at) for one in inputs))


def with_terms(whole: Term, terms: Mapping[str, Term]) -> Term:
    """A term with other terms in the place of some names."""
    match whole:
        case Name(name) if name in terms:
            return terms[name]
        case Apply(primitive, args, param, shape):
            return Apply(primitive, tuple(with_terms(arg, terms) for arg in args), param, shape)
    return whole
