"""Gradients by differences: the trace is run forward only, so no rule of differentiation is used.

`slope` goes a finite step along the reals, `slope_of_all` a tiny one along the imaginary axis, in many variables at
once: one run tells whether all gradients of a number are right, and the finite steps say which one is not.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from keygen.engine.domains import COMPLEX, FLOAT, STEP, Domain
from keygen.engine.evaluate import Functions, Program, as_float
from keygen.engine.trace import Trace


def slope(
    trace: Trace,
    of: str,
    by: str,
    values: Mapping[str, Any],
    direction: Any,
    *,
    weight: Any = 1.0,
    step: float = 1e-4,
    functions: Functions | None = None,
) -> float:
    """The derivative of the number `of` when `by` moves along `direction` (the shape of `by`), at these values; with a
    `weight` of the shape of `of`, that of the sum of weight times `of`.

    Central differences of sixth order: error of the order step^6, so about 1e-11 relative for smooth functions of
    moderate size (B. Fornberg, Generation of finite difference formulas on arbitrarily spaced grids, 1988).
    """
    part = leading(trace, (by,), of, FLOAT, functions)
    floats = {variable.name: as_float(values[variable.name]) for variable in part.trace.inputs}

    def at(distance: float) -> float:
        return float(np.sum(weight * part.completed({**floats, by: floats[by] + distance * direction})[of]))

    weights = ((1, 45 / 60), (2, -9 / 60), (3, 1 / 60))
    return sum(w * (at(k * step) - at(-k * step)) for k, w in weights) / step


def slope_of_all(
    trace: Trace,
    of: str,
    values: Mapping[str, Any],
    directions: Iterable[tuple[str, Any]],
    *,
    weight: Any = 1.0,
    functions: Functions | None = None,
) -> float:
    """The derivative of the number `of` when variables move at once, each named with its direction; `weight` as for
    `slope`.

    That is the sum of the derivatives along each alone, also where one of the variables is computed from others: its
    own move is added to what they make of it. By the complex step, which loses no digits to a subtraction (W. Squire,
    G. Trapp, Using complex variables to estimate derivatives of real functions, 1998).
    """
    part = leading(trace, (), of, COMPLEX, functions)
    moves: dict[str, Any] = {}
    for name, direction in directions:
        moves[name] = moves.get(name, 0) + 1j * STEP * direction
    reached = {v.name: as_float(values[v.name]) + moves.get(v.name, 0) for v in part.trace.inputs}
    for step, rule in part.steps:
        name, value = step.target.name, rule(*[reached[source] for source in step.inputs])
        reached[name] = value + moves[name] if name in moves else value
    return float(np.sum(weight * reached[of].imag)) / STEP


def leading(trace: Trace, start: tuple[str, ...], of: str, domain: Domain, functions: Functions | None) -> Program:
    """The part of a trace that leads from `start` (from its inputs, if that is nobody) to `of`, ready to run."""

    def make() -> Program:
        return Program(trace.cut_at(start, [of]), domain, functions)

    return make() if functions else trace.memo(("leading", start, of, domain.name), make)


def random_direction(shape: tuple[int, ...], rng: random.Random) -> Any:
    """Independent standard normal components."""
    if shape == ():
        return rng.gauss(0, 1)
    return np.array([rng.gauss(0, 1) for _ in range(int(np.prod(shape)))]).reshape(shape)
