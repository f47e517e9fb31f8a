"""Gradients by forward accumulation: the tangent of every step from those of its inputs, by sympy's derivatives.

The derivative of each primitive is sympy's own, of the oracle's rules, taken once for all shapes that are met; no rule
of `backprop` and no difference quotient is used. Importing this module imports sympy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any, cast

import mpmath
import numpy as np
import sympy

from keygen.engine.evaluate import as_float
from keygen.engine.kinds import STEP
from keygen.engine.ops import Param, Shape
from keygen.engine.symbolic import RULES
from keygen.engine.trace import Step, Trace


def gradient(
    trace: Trace,
    of: str,
    by: str,
    values: Mapping[str, Any],
    calls: Mapping[str, Callable[[Any], Any]] | None = None,
    weight: Any = 1.0,
) -> Any:
    """The derivative of the number `of` by every entry of `by`, in the shape of `by`, at these values; with a `weight`
    of the shape of `of`, that of the sum of weight times `of`.

    `calls` are the functions that the trace only names; they take complex arguments, which give their derivatives
    (the complex step of Squire and Trapp, 1998).
    """
    size = prod(trace.shapes[by])
    tangents = {by: np.eye(size)}  # of a name: (its entries, the entries of `by`)
    for step in trace.cut_at([by], [of]).steps:
        moving = [place for place, name in enumerate(step.inputs) if name in tangents]
        if moving:
            local = derivatives(trace, step, values, calls or {})
            parts = [local[place] @ tangents[step.inputs[place]] for place in moving]
            tangents[step.target.name] = np.sum(parts, axis=0)
    slopes = tangents[of] if of in tangents else np.zeros((prod(trace.shapes[of]), size))
    return (np.ravel(weight) @ slopes).reshape(trace.shapes[by])


def derivatives(
    trace: Trace, step: Step, values: Mapping[str, Any], calls: Mapping[str, Callable[[Any], Any]]
) -> list[np.ndarray]:
    """The matrix of derivatives of a step's entries by those of each input."""
    inputs = [np.asarray(as_float(values[name]), dtype=float).ravel() for name in step.inputs]
    if step.primitive == "apply":
        name, order = cast(tuple[str, int], step.param)
        return [np.diag(calls["d" * order + name](inputs[0] + 1j * STEP).imag / STEP)]
    found = slopes(step.primitive, step.param, tuple(trace.shapes[name] for name in step.inputs))
    ends = np.cumsum([x.size for x in inputs])
    matrix = np.zeros((prod(step.target.shape), ends[-1]))
    matrix[found.places] = found.at(np.concatenate(inputs).tolist())
    return np.split(matrix, ends[:-1], axis=1)


DEEP = 1000  # digits: e^1000 and 1 stand beside each other in a sum


@dataclass(frozen=True, slots=True)
class Slopes:
    """The derivatives of a primitive's entries by the entries of its inputs that are not 0 everywhere.

    places    rows (of the result) and columns (of all inputs in a row)
    values    the derivatives there, from the values of all entries of all inputs
    formulas  the same by sympy, of the symbols `entries`
    """

    places: tuple[list[int], list[int]]
    values: Callable[..., list[float]]
    entries: list[sympy.Symbol]
    formulas: list[sympy.Expr]

    def at(self, point: list[float]) -> list[float]:
        """The derivatives there; by mpmath, whose numbers have no largest one, where float64 has none for a part."""
        try:
            return self.values(*point)
        except OverflowError:
            deep = sympy.lambdify(self.entries, self.formulas, modules=[{"Heaviside": on}, "mpmath"])
            with mpmath.workdps(DEEP):
                return [float(x) for x in deep(*map(mpmath.mpf, point))]


@lru_cache(maxsize=4096)
def slopes(primitive: str, param: Param, shapes: tuple[Shape, ...]) -> Slopes:
    """sympy's derivatives of a primitive for inputs of these shapes."""
    symbols = [[sympy.Symbol(f"x{place}_{k}", real=True) for k in range(prod(s))] for place, s in enumerate(shapes)]
    inputs = [np.array(row, dtype=object).reshape(shape)[()] for row, shape in zip(symbols, shapes, strict=True)]
    result = RULES[primitive](*inputs, *(() if param is None else (param,)))
    entries = [x for row in symbols for x in row]
    column = {x: number for number, x in enumerate(entries)}
    found = {
        (row, column[x]): y.diff(x)
        for row, y in enumerate(map(sympy.sympify, np.asarray(result, dtype=object).flat))
        for x in sorted(y.free_symbols, key=column.__getitem__)
    }
    values = sympy.lambdify(entries, list(found.values()), modules=[{"Heaviside": on}, "math"])
    return Slopes(([row for row, _ in found], [column for _, column in found]), values, entries, list(found.values()))


def on(x: float, middle: float = 0.5) -> float:
    """Heaviside's step, which sympy has in the derivative of a maximum."""
    return middle if x == 0 else float(x > 0)
