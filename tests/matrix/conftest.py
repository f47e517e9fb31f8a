"""Python's own reading of a formula: what `numpy_form` prints is evaluated by eval, apart from keygen's evaluator."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from keygen.matrix.derive import Derivation
from keygen.matrix.evaluate import Array, MatrixPoint
from keygen.matrix.expression import Symbol
from keygen.matrix.printing import numpy_form

NAMES = {
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "tr": np.trace,
    "I": np.eye,
    "log": np.log,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "ones": np.ones,
    "zeros": np.zeros,
}

Evaluator = Callable[[str, MatrixPoint], Array]


def values_by_name(values: Mapping[Symbol, Array]) -> dict[str, Array]:
    """Each symbol's matrix under its name."""
    return {symbol.name: value for symbol, value in values.items()}


@pytest.fixture(scope="session")
def numpy_value() -> Evaluator:
    """Evaluates a NumPy-style formula at a point; a number becomes a 1 x 1 matrix, dX stands for the direction."""

    def value(text: str, at: MatrixPoint) -> Array:
        moving = {f"d{symbol.name}": dx for symbol, dx in at.direction.items()}
        names = {**NAMES, **values_by_name(at.values), **moving, **at.sizes}
        return np.atleast_2d(np.asarray(eval(text, names), dtype=float))

    return value


@pytest.fixture(scope="session")
def central_difference(numpy_value: Evaluator) -> Callable[[Derivation, MatrixPoint], Array]:
    """(f(X + h dX) - f(X - h dX)) / 2h, f evaluated by Python itself."""

    def difference(derivation: Derivation, at: MatrixPoint, step: float = 1e-5) -> Array:
        x, text = derivation.wrt, numpy_form(derivation.f)
        sides = [at.values[x] + h * at.direction[x] for h in (step, -step)]
        above, below = (numpy_value(text, replace(at, values={**at.values, x: side})) for side in sides)
        return (above - below) / (2 * step)

    return difference
