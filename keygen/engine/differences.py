"""Gradients by finite differences: the trace is run forward only, so no rule of differentiation is used."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np

from keygen.engine.evaluate import Functions, Program, as_float
from keygen.engine.kinds import FLOAT
from keygen.engine.trace import Trace


def slope(
    trace: Trace,
    of: str,
    by: str,
    values: Mapping[str, Any],
    direction: Any,
    *,
    step: float = 1e-4,
    functions: Functions | None = None,
) -> float:
    """The derivative of the number `of` when `by` moves along `direction` (the shape of `by`), at these values.

    Central differences of sixth order: error of the order step^6, so about 1e-11 relative for smooth functions of
    moderate size (B. Fornberg, Generation of finite difference formulas on arbitrarily spaced grids, 1988).
    """
    part = forward(trace, of, by, functions)
    floats = {variable.name: as_float(values[variable.name]) for variable in part.trace.inputs}

    def at(distance: float) -> float:
        return float(part.completed({**floats, by: floats[by] + distance * direction})[of])

    weights = ((1, 45 / 60), (2, -9 / 60), (3, 1 / 60))
    return sum(w * (at(k * step) - at(-k * step)) for k, w in weights) / step


def forward(trace: Trace, of: str, by: str, functions: Functions | None) -> Program:
    """The part of a trace that leads from `by` to `of`, ready to run on floats."""

    def make() -> Program:
        return Program(trace.cut_at([by], [of]), FLOAT, functions)

    return make() if functions else trace.kept(("forward", of, by), make)


def random_direction(shape: tuple[int, ...], rng: random.Random) -> Any:
    """Independent standard normal components."""
    if shape == ():
        return rng.gauss(0, 1)
    return np.array([rng.gauss(0, 1) for _ in range(int(np.prod(shape)))]).reshape(shape)
