"""A page's TeX as `keygen.checking` reads it, in float64."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from keygen.checking.arithmetic import entries, settled
from keygen.checking.oracle import entered
from keygen.checking.tex_tokens import MisreadError
from keygen.checking.tex_value import TexValue, evaluate_tex
from keygen.mathematics.names import in_line


def read_value(text: str, names: Mapping[str, Any], functions: Mapping[str, Callable[[Any], Any]] | None = None,
               around: tuple[int, ...] | None = None) -> TexValue:  # fmt: skip
    """The value of a text whose names have these float64 values; `functions` are of floats."""
    calls = {sign: on_floats(function) for sign, function in (functions or {}).items()}
    signs = {form: value for sign, value in names.items() for form in (sign, in_line(sign))}
    values = {sign: entered(np.asarray(value, dtype=float)[()]) for sign, value in signs.items()}
    return settled(lambda: evaluate_tex(text, values, calls, around))


def on_floats(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of floats on the reader's numbers."""
    return lambda x: entered(function(floats(x)))


def floats(array: Any) -> Any:
    """The reader's numbers in float64."""
    return np.array([float(x) for x in entries(array)]).reshape(np.shape(array))[()]


def value_of(
    text: str,
    names: Mapping[str, Any],
    shape: Iterable[int],
    functions: Mapping[str, Callable[[Any], Any]] | None = None,
    around: tuple[int, ...] | None = None,
) -> np.ndarray:
    """The value that a strict reader gives the text, repeated to the shape where ones stand for every length."""
    found = read_value(text, names, functions, around)
    array, shape = np.asarray(floats(found.array)), tuple(shape)
    if array.size == 1 and int(np.prod(shape)) == 1:
        return array.reshape(shape)
    if len(shape) == 1 and array.ndim == 2 and 1 in array.shape:  # a row or a column in the place of a list
        array = array.ravel()
    if array.ndim == 1 and shape == (1, array.size):  # a list that was written out once is a row
        array = array.reshape(shape)
    if found.free:
        return np.broadcast_to(array, shape)
    if array.shape != shape:
        raise MisreadError(f"a value of shape {array.shape} in the place of {shape}")
    return array
