"""The primitives: how many inputs each takes and the shape it gives. A rule's docstring is its law.

A rule returns None where the shapes do not fit. The other readings of a primitive are the tables of `evaluate`
(numbers), `symbolic` (sympy), `backprop` (pullbacks) and `notation.signs`; a test demands that none has a hole.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from inspect import signature

Shape = tuple[int, ...]
Param = Fraction | int | str | tuple[int | str, ...] | tuple[Shape, Shape] | None
ShapeRule = Callable[..., Shape | None]


def broadcast(a: Shape, b: Shape) -> Shape | None:
    """equal shapes, or a side of length 1 (or missing) that is repeated"""
    if a == b:
        return a
    long, short = (a, b) if len(a) >= len(b) else (b, a)
    short = (1,) * (len(long) - len(short)) + short
    if any(p != q and 1 not in (p, q) for p, q in zip(long, short, strict=True)):
        return None
    return tuple(max(p, q) for p, q in zip(long, short, strict=True))


def product(a: Shape, b: Shape) -> Shape | None:
    """(n, k) @ (k, m) -> (n, m)"""
    return (a[0], b[1]) if len(a) == len(b) == 2 and a[1] == b[0] else None


def flipped(a: Shape) -> Shape | None:
    """(n, m) -> (m, n)"""
    return a[::-1] if len(a) == 2 else None


def same(a: Shape) -> Shape | None:
    """any shape -> the same, element by element"""
    return a


def same_with(a: Shape, param: Param) -> Shape | None:
    """any shape -> the same, element by element"""
    return a


def slanted(a: Shape, parameter: Shape) -> Shape | None:
    """any shape and a number -> the first shape, element by element"""
    return a if parameter == () else None


def to_number(a: Shape) -> Shape | None:
    """any shape -> a number"""
    return ()


def rows(a: Shape) -> Shape | None:
    """(m,) or (n, m) -> the same, row by row"""
    return a if a else None


def square_matrix(param: int) -> Shape | None:
    """an n x n matrix"""
    return (param, param)


def constant(param: Param) -> Shape | None:
    """a number"""
    return ()


def summed_to(a: Shape, param: Shape) -> Shape | None:
    """a shape -> the shape it was repeated from"""
    return param if broadcast(a, param) == a else None


def entry(a: Shape, param: Shape) -> Shape | None:
    """a shape and the place of one entry in it (counted from 0) -> a number"""
    whole = all(isinstance(place, int) for place in param)  # and not a slice
    inside = whole and len(a) == len(param) and all(0 <= place < size for place, size in zip(param, a, strict=True))
    return () if inside else None


def lone_entry(a: Shape, param: tuple[Shape, Shape]) -> Shape | None:
    """a number, its place and a shape -> that shape, zero elsewhere"""
    place, shape = param
    return shape if a == () and entry(shape, place) == () else None


def repeated_to(a: Shape, param: Shape) -> Shape | None:
    """a shape -> a larger one that repeats it"""
    return param if broadcast(a, param) == param else None


PRIMITIVES: dict[str, tuple[int, ShapeRule]] = {
    "constant": (0, constant),
    "identity": (0, square_matrix),
    "add": (2, broadcast),
    "sub": (2, broadcast),
    "mul": (2, broadcast),
    "div": (2, broadcast),
    "copy": (1, same),
    "neg": (1, same),
    "scale": (1, same_with),
    "power": (1, same_with),
    "square": (1, same),
    "matmul": (2, product),
    "transpose": (1, flipped),
    "exp": (1, same),
    "ln": (1, same),
    "sqrt": (1, same),
    "sigmoid": (1, same),
    "tanh": (1, same),
    "relu": (1, same),
    "leaky_relu": (2, slanted),
    "elu": (2, slanted),
    "softplus": (1, same),
    "step": (1, same),
    "softmax": (1, rows),
    "logloss": (2, broadcast),
    "max": (1, to_number),
    "where_max": (1, same),
    "apply": (1, same_with),
    "pick": (1, entry),
    "place": (1, lone_entry),
    "sum_to": (1, summed_to),
    "repeat_to": (1, repeated_to),
}
PARAMETRIC = frozenset(name for name, (arity, rule) in PRIMITIVES.items() if len(signature(rule).parameters) > arity)

# Primitives whose entry at a place is not a function of its inputs' entries at that place.
SCATTERED = frozenset(
    {"identity", "matmul", "transpose", "softmax", "max", "where_max", "pick", "place", "sum_to", "repeat_to"}
)
