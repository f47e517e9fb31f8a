"""One 2-2-1 network with tanh and a squared error, forward and backward, in three libraries."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from autograd import grad
from autograd import numpy as anp
from micrograd.engine import Value

from keygen.engine.backprop import backprop
from keygen.engine.domains import FLOAT
from keygen.engine.evaluate import Program
from keygen.engine.functions import squared_error, tanh
from keygen.engine.record import Recorder

X = [[0.5, -1.0]]
W = [[0.3, -0.2], [0.1, 0.4]]
V = [[0.7], [-0.6]]
Y = [[1.0]]


def keygen_pass() -> Callable[[], object]:
    """Recorded once, evaluated at every call."""
    t = Recorder({"x": (1, 2), "W": (2, 2), "v": (2, 1), "y": (1, 1)})
    t.h = tanh(t.x @ t.W)
    t.yhat = t.h @ t.v
    t.L = squared_error(t.y, t.yhat)
    backprop(t, "L", ["W", "v"])
    program = Program(t.trace(), FLOAT)
    given = {name: np.array(data) for name, data in (("x", X), ("W", W), ("v", V), ("y", Y))}
    return lambda: program(given)


def autograd_pass() -> Callable[[], object]:
    """HIPS autograd: traced at every call."""
    x, w, v, y = map(np.array, (X, W, V, Y))

    def loss(weights: tuple[np.ndarray, np.ndarray]) -> float:
        hidden = anp.tanh(anp.dot(x, weights[0]))
        return anp.sum((y - anp.dot(hidden, weights[1])) ** 2)

    slope = grad(loss)
    return lambda: slope((w, v))


def micrograd_pass() -> Callable[[], object]:
    """micrograd: scalar by scalar; it has no tanh, so relu stands in for it, which is cheaper."""

    def once() -> object:
        x = [Value(value) for value in X[0]]
        w = [[Value(value) for value in row] for row in W]
        v = [Value(row[0]) for row in V]
        hidden = [(x[0] * w[0][j] + x[1] * w[1][j]).relu() for j in range(2)]
        loss = (Value(Y[0][0]) - (hidden[0] * v[0] + hidden[1] * v[1])) ** 2
        loss.backward()
        return loss

    return once
