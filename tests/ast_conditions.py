"""A second reader of conditions, which shares no line with keygen's: Python's own grammar, walked over Fractions."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

Tree = Any  # a Fraction, a truth value, or nested lists of either


def true_of(condition: str, exact: Mapping[str, Any]) -> bool:
    """Whether a condition holds of numbers as JSON has them."""
    found = walked(ast.parse(condition, mode="eval").body, {name: numbers(value) for name, value in exact.items()})
    assert isinstance(found, bool), found
    return found


def numbers(exact: Any) -> Tree:
    return [numbers(item) for item in exact] if isinstance(exact, list) else Fraction(exact)


def walked(node: ast.expr, names: Mapping[str, Tree]) -> Tree:
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return Fraction(value)
        case ast.Name(id=name):
            return names[name]
        case ast.Subscript(value=inner, slice=ast.Constant(value=int() as at)):
            return walked(inner, names)[at]
        case ast.Subscript(value=inner, slice=ast.Tuple(elts=places)):
            found = walked(inner, names)
            for place in places:
                found = found[ast.literal_eval(place)]
            return found
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return entrywise(lambda x: -x, walked(inner, names))
        case ast.UnaryOp(op=ast.Invert(), operand=inner):
            return entrywise(lambda x: not x, walked(inner, names))
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            return product(walked(left, names), walked(right, names))
        case ast.BinOp(left=left, op=op, right=right):
            return entrywise(BINARY[type(op)], walked(left, names), walked(right, names))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return entrywise(COMPARED[type(op)], walked(left, names), walked(right, names))
        case ast.Call(func=ast.Name(id="step"), args=[inner]):
            return entrywise(lambda x: Fraction(x > 0), walked(inner, names))
        case ast.Call(func=ast.Name(id="maximum"), args=[ast.Constant(value=0), inner]):
            return entrywise(lambda x: max(Fraction(0), x), walked(inner, names))
        case ast.Call(func=ast.Name(id="all"), args=[inner]):
            return all(leaves(walked(inner, names)))
    raise AssertionError(ast.dump(node))


BINARY = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.BitAnd: lambda a, b: a and b, ast.BitOr: lambda a, b: a or b,
}  # fmt: skip
COMPARED = {
    ast.Eq: lambda a, b: a == b, ast.NotEq: lambda a, b: a != b, ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b, ast.Gt: lambda a, b: a > b, ast.GtE: lambda a, b: a >= b,
}  # fmt: skip


def entrywise(function: Any, *values: Tree) -> Tree:
    """A function of numbers on nested lists; what is not as deep is repeated."""
    deepest = max(map(depth, values))
    if not deepest:
        return function(*values)
    length = next(len(value) for value in values if depth(value) == deepest)
    rows = [value if depth(value) == deepest else [value] * length for value in values]
    return [entrywise(function, *row) for row in zip(*rows, strict=True)]


def depth(value: Tree) -> int:
    return 1 + depth(value[0]) if isinstance(value, list) else 0


def product(left: Tree, right: Tree) -> Tree:
    if depth(left) == 2:
        return [product(row, right) for row in left]
    if depth(right) == 2:
        return [product(left, list(column)) for column in zip(*right, strict=True)]
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


def leaves(value: Tree) -> list[Any]:
    return [leaf for item in value for leaf in leaves(item)] if isinstance(value, list) else [value]
