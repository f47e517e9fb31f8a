"""A small computation through each primitive, at which a wrong rule shows: no two entries and no two sides alike."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from keygen.engine.backprop import PULLBACKS
from keygen.engine.functions import total
from keygen.engine.primitives import Param, Reading
from keygen.engine.record import Recorder
from keygen.engine.trace import shape_of

SMOOTH = [[-0.625, 0.75], [0.5, -1.25]]
POSITIVE = [[0.75, 0.375], [0.25, 0.625]]
OTHER = [[1.5, -0.75], [0.5, 2.0]]
OTHER_HALVES = [[1.625, -0.75], [0.375, -1.25]]
APART = [[1.5, 1.25], [0.25, -2.0]]
UNSORTED = [[0.75, -0.625, 0.25], [-0.5, 1.25, -1.75]]
OTHER_ROWS = [[-0.25, 1.75, -1.5], [0.625, 0.375, 2.0]]
UNREACHED = {name: [place for place, rule in enumerate(row) if rule is None] for name, row in PULLBACKS.items()}

WITNESSES: Reading[tuple[tuple[Any, ...], Param]] = Reading(
    "the inputs of its witness, and the parameter of its step",
    {
        "add": ((SMOOTH, OTHER), None),
        "sub": ((SMOOTH, OTHER), None),
        "mul": ((SMOOTH, OTHER), None),
        "div": ((SMOOTH, OTHER), None),
        "copy": ((SMOOTH,), None),
        "neg": ((SMOOTH,), None),
        "scale": ((SMOOTH,), Fraction(3)),
        "power": ((SMOOTH,), 3),
        "square": ((SMOOTH,), None),
        "matmul": ((SMOOTH, OTHER), None),
        "transpose": ((SMOOTH,), None),
        "exp": ((SMOOTH,), None),
        "ln": ((POSITIVE,), None),
        "sqrt": ((POSITIVE,), None),
        "sigmoid": ((SMOOTH,), None),
        "tanh": ((SMOOTH,), None),
        "relu": ((SMOOTH,), None),
        "leaky_relu": ((SMOOTH, -0.25), None),
        "elu": ((SMOOTH, 0.75), None),
        "softplus": ((SMOOTH,), None),
        "step": ((SMOOTH,), None),
        "softmax": ((SMOOTH,), None),
        "logloss": ((OTHER, POSITIVE), None),
        "max": ((SMOOTH,), None),
        "where_max": ((SMOOTH,), None),
        "min": ((OTHER,), None),
        "where_min": ((OTHER,), None),
        "argmax": ((SMOOTH,), None),
        "abs": ((SMOOTH,), None),
        "sign": ((SMOOTH,), None),
        "floor": ((SMOOTH,), None),
        "ceil": ((SMOOTH,), None),
        "round": ((OTHER_HALVES,), None),
        "larger": ((SMOOTH, APART), None),
        "smaller": ((SMOOTH, APART), None),
        "greater": ((SMOOTH, APART), None),
        "at_least": ((APART, SMOOTH), None),
        "matches": ((SMOOTH, OTHER), None),
        "sort": ((UNSORTED,), None),
        "sorted_by": ((OTHER_ROWS, UNSORTED), None),
        "unsorted": ((OTHER_ROWS, UNSORTED), None),
        "apply": ((SMOOTH,), ("f", 0)),
        "pick": ((SMOOTH,), (0, 1)),
        "place": ((0.75,), ((0, 1), (2, 2))),
        "sum_to": ((SMOOTH,), (1, 2)),
        "repeat_to": (([[0.75, -0.625]],), (2, 2)),
    },
    needs=lambda primitive: primitive.arity > 0,
)


def witness(primitive: str) -> tuple[Recorder, dict[str, Any]]:
    """z of the inputs x0, x1 and L = sum(w z), so that the gradient w, no two entries alike, arrives at z.

    An input that the primitive lets no gradient through to is added to z, so that there is one.
    """
    inputs, param = WITNESSES[primitive]
    values = {f"x{place}": np.array(value) if isinstance(value, list) else value for place, value in enumerate(inputs)}
    shapes = {name: np.shape(value) for name, value in values.items()}
    unreached = [f"x{place}" for place in UNREACHED[primitive]]
    own = shape_of("z", primitive, tuple(shapes.values()), param)
    shape = np.broadcast_shapes(own, *(shapes[name] for name in unreached))
    weights = np.array([0.5, -1.25, 1.75, 0.625, -0.875, 0.375])[: int(np.prod(shape))].reshape(shape)
    t = Recorder({**shapes, "w": shape})
    z = t._tape.emit(primitive, *(t[name] for name in shapes), param=param)
    for name in unreached:
        z = z + t[name]
    t.z = z
    t.L = total(t.w * t.z)
    return t, {**values, "w": weights if shape else float(weights)}
