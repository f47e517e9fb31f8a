"""Gradients found without pullbacks, for comparison: by sympy, by finite differences, by the complex step."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy
from grammar import MEANINGS

from keygen.engine import symbolic
from keygen.engine.finite_differences import random_direction, slope, slope_of_all
from keygen.engine.trace import Trace

U = sympy.Symbol("u")
MEANING = sympy.Lambda(U, sympy.sin(sympy.Rational(13, 10) * U) + sympy.Rational(2, 5) * U**2)


def relative_error(found: Any, expected: Any) -> float:
    """The largest difference, over the largest expected entry or 1; infinite where there is no number."""
    error = float(np.max(np.abs(found - expected)) / max(1.0, float(np.max(np.abs(expected)))))
    return error if np.isfinite(error) else np.inf


def by_sympy(trace: Trace, of: str, by: str, values: Mapping[str, Any]) -> Any:
    """The gradient by sympy's own differentiation, in float64; the function that is only named gets its meaning."""
    exact = np.asarray(symbolic.gradient(trace, of, by, values), dtype=object)
    entries = [float(entry.replace(sympy.Function("f"), MEANING).doit()) for entry in exact.flat]
    return np.array(entries).reshape(trace.shapes[by])


def error_along(trace: Trace, of: str, by: str, values: Mapping[str, Any], found: Any, numbers: random.Random) -> float:
    """How far a gradient is from finite differences in a random direction."""
    direction = random_direction(trace.shapes[by], numbers)
    return relative_error(np.sum(found * direction), slope(trace, of, by, values, direction, functions=MEANINGS))


def error_together(
    trace: Trace, of: str, values: Mapping[str, Any], found: Mapping[str, Any], numbers: random.Random
) -> float:
    """How far the gradients of a number, each along a random direction, are from the complex step along all of them."""
    directions = {by: random_direction(trace.shapes[by], numbers) for by in found}
    total = sum(float(np.sum(gradient * directions[by])) for by, gradient in found.items())
    return relative_error(total, slope_of_all(trace, of, values, directions.items(), functions=MEANINGS))
