"""The shapes of data: those that axis names spell, and those that nested lists of numbers have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import prod
from typing import Any

from keygen.engine.primitives import Shape
from keygen.errors import KeygenError, nearest

LONGEST = 1000
"""The longest that an axis may be."""
MOST = 10_000
"""The most numbers that one name may have."""


def shape_of(axes: str, lengths: Mapping[str, int]) -> Shape:
    """The shape that axis names spell; digits stand for themselves. Raises KeygenError for an unknown axis, and for a
    shape that no page could hold."""
    spelled = spelling(axes)
    for axis in spelled:
        if isinstance(axis, str) and axis not in lengths:
            raise KeygenError(f"unknown axis {axis!r}", repair=nearest(axis, lengths))
    shape = tuple([lengths[axis] if isinstance(axis, str) else axis for axis in spelled])
    if len(shape) > 2 or prod(shape) > MOST or not all(1 <= length <= LONGEST for length in shape):
        raise KeygenError(
            f"the axes {axes!r} give no shape that data can have", found=" x ".join(map(str, shape)),
            expected=f"a number, a list or a matrix, each length from 1 to {LONGEST}, at most {MOST} numbers in all",
        )  # fmt: skip
    return shape


@lru_cache(maxsize=1024)
def spelling(axes: str) -> tuple[int | str, ...]:
    """The lengths that axis names spell, and the names that are left."""
    return tuple(int(axis) if is_length(axis) else axis for axis in axes.split())


def is_length(axis: str) -> bool:
    """Whether an axis is written as its length."""
    return axis.isascii() and axis.isdecimal() and len(axis) < 10


def shape_of_value(value: Any) -> Shape | None:
    """The shape of nested lists; None where rows differ."""
    if not isinstance(value, list):
        return ()
    inner = {shape_of_value(item) for item in value}
    if len(inner) != 1 or None in inner:
        return (0,) if not value else None
    return (len(value), *(inner.pop() or ()))


def described(value: Any) -> str:
    """The shape of a value in words."""
    shape = shape_of_value(value)
    return "rows of different lengths" if shape is None else in_words(shape)


def in_words(shape: Shape) -> str:
    """A number, 3 numbers, 2 rows of 3 numbers."""
    match shape:
        case ():
            return "a number"
        case (length,):
            return f"a list of {length} numbers"
        case (rows, columns):
            return f"{rows} rows of {columns} numbers"
    return "lists nested as " + " x ".join(map(str, shape))
