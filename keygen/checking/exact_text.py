"""The exact form of an answer as Python's grammar reads it: 1/2, sqrt(10)/10, 1/(exp(-1)+1)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from keygen.checking import arithmetic as mp

OPERATIONS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: mp.plus, ast.Sub: mp.minus, ast.Mult: mp.times, ast.Div: mp.divided, ast.Pow: mp.power,
}  # fmt: skip
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "exp": mp.exp, "log": mp.ln, "sqrt": mp.sqrt, "tanh": mp.tanh, "sigmoid": mp.sigmoid,
}  # fmt: skip


def value_of(text: str) -> Any:
    """The number that a text says. Raises ValueError for anything but numbers, operations and these functions."""
    return value(ast.parse(text, mode="eval").body)


def value(node: ast.expr) -> Any:
    """The number that a part of a text says."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return Fraction(str(number))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -value(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
            return OPERATIONS[type(op)](value(left), value(right))
        case ast.Call(func=ast.Name(id=name), args=[argument]) if name in FUNCTIONS:
            return FUNCTIONS[name](value(argument))
        case ast.Name(id="E"):
            return mp.exp(Fraction(1))
    raise ValueError(f"{ast.unparse(node)} is no exact number")
