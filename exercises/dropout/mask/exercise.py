"""Inverted dropout on one hidden layer with a given mask: forward, backward, and the network at test time."""

from fractions import Fraction
from itertools import product
from math import tanh as tanh_of

import numpy as np

from keygen.author import (
    backprop,
    choice,
    concluded,
    decimals,
    entry_check,
    integers,
    matrices,
    relu,
    slope,
    squared_error,
    tanh,
)

axes = {"input": choice(2, 2, 3, published=2), "hidden": choice(3, 4, published=3)}

given = {
    "activation": choice("relu", "tanh", published="relu"),
    "x": integers("1 input", -2, 3, published=[[1, 2]], nonzero=True),
    "W1": decimals("input hidden", "-1", "1.5", "0.5", published=[[1, "-0.5", 1], ["0.5", 1, -1]]),
    "W2": integers("hidden 1", -3, 3, published=[[1], [-2], [3]], nonzero=True),
    "y": integers("1 1", -3, 3, published=[[1]]),
    "D": integers("1 hidden", 0, 1, published=[[1, 0, 1]]),
    "p": decimals("", "0.2", "0.8", "0.3", published="0.5"),
}

HALF = Fraction(1, 2)
STEPS = 8  # so many at most make a draw moderate
ACTIVATIONS = {"relu": relu, "tanh": tanh}

slips = []  # its own is in the words


def computation(t):
    t.q = 1 - t.p
    t.Z = t.x @ t.W1
    t.A = ACTIVATIONS[t.choices["activation"]](t.Z)
    t.h = t.D * t.A / t.q
    t.yhat = t.h @ t.W2
    t.L = squared_error(t.y, t.yhat)
    t.dA_dZ = slope(t.A)
    backprop(t, "L", ["W1", "W2", "x"])
    t.test = t.A @ t.W2
    t.unscaled = t.D * t.A @ t.W2


signs = {"test": r"\bar{y}", "unscaled": r"\tilde{y}", "q": "q"}


def answers(s):
    gradients = [s.chain(name) for name in ("dL_dW1", "dL_dW2")]
    return {
        "a": {
            "h": "h",
            "yhat": "yhat",
            "loss": "L",
            "dW": concluded(matrices("dL_dW1", "dL_dW2"), *gradients),
            "dX": "dL_dx",
            "test": "test",
        }
    }


def show(s):
    return {"check": entry_check(s, "L", "W1", "dL_dW1", 0, 0)}


def pinnable(v):
    yield "p", 0 <= v.p < 1, "a probability from 0, below 1"
    yield "D", all(entry in (0, 1) for entry in v.D.flat), "a mask of zeros and ones"


def arranged(v):
    """Weights with two living units or more, one silent under ReLU, no two alike; a mask that drops a living one and
    keeps another; a prediction that is wrong, and not by much."""
    W = np.array([moderate(v.x[0], column, v.activation) for column in v.W1.T], dtype=object).T
    Z = v.x[0] @ W
    alive = [k for k, z in enumerate(Z) if z > 0]
    for k in [k for k in range(len(Z)) if k not in alive][: max(0, 2 - len(alive))]:
        W[:, k] = moderate(
            v.x[0], [abs(w) if x > 0 else max(-abs(w), -1) for x, w in zip(v.x[0], W[:, k])], v.activation
        )
        alive = sorted([*alive, k])
    if v.activation == "relu" and len(alive) == W.shape[1]:
        sizes = [min(max(abs(w), HALF), 1) for w in W[:, -1]]
        W[:, -1], alive = [-w if x > 0 else w for x, w in zip(v.x[0], sizes)], alive[:-1]
    W = unlike_units(v.x[0], W, v.activation)
    D = v.D.copy()
    kept = [k for k in range(D.size) if D[0, k]]
    if not (2 <= len(kept) < D.size and set(alive) & set(kept) and set(alive) - set(kept)):
        dropped = alive[len(kept) % len(alive)]
        others = sorted((k for k in range(D.size) if k != dropped), key=lambda k: (k not in alive, k not in kept))
        D[0] = [int(k in (*others[:2], *kept) and k != dropped) for k in range(D.size)]
    Z = v.x[0] @ W
    A = [max(Fraction(0), z) if v.activation == "relu" else Fraction(tanh_of(z)) for z in Z]
    return {"W1": W, "D": D, **last_layer([d * a / (1 - v.p) for d, a in zip(D[0], A)], v.W2.copy(), v.y)}


def moderate(x, column, activation):
    """A unit's weights, whose sum is not zero, and for tanh at most 3 in absolute value."""
    w = list(column)
    if sum(a * b for a, b in zip(x, w)) == 0:
        w[0] = w[0] + HALF if w[0] < 1 else w[0] - HALF
    for _ in range(STEPS):
        if activation == "relu" or abs(sum(a * b for a, b in zip(x, w))) <= 3:
            break
        k = max(range(len(w)), key=lambda k: abs(w[k]))
        w[k] += -HALF if w[k] > 0 else HALF
    return w


def unlike_units(x, W, activation):
    """Weights with which no unit has the argument of another, each alive or silent as it was."""

    def argument(column):
        return sum(a * b for a, b in zip(x, column))

    found = W.copy()
    for k in range(1, W.shape[1]):
        taken = {argument(column) for column in found.T[:k]}
        others = product([step * HALF for step in range(-2, 4)], repeat=len(x))
        near = sorted(others, key=lambda column: sum(abs(a - b) for a, b in zip(column, W[:, k])))
        fit = (
            column
            for column in near
            if argument(column) not in taken
            and argument(column) * argument(W[:, k]) > 0
            and (activation == "relu" or abs(argument(column)) <= 3)
        )
        found[:, k] = next(fit, W[:, k])
    return found


def last_layer(h, W2, y):
    """The last weights, the largest contribution the first to be less, and a target other than the prediction."""

    def contributions():
        return [a * w for a, w in zip(h, W2[:, 0])]

    for _ in range(STEPS):
        if abs(sum(contributions()) - y[0, 0]) <= 12:
            break
        k = max(range(len(h)), key=lambda k: abs(contributions()[k]))
        W2[k, 0] += (-1 if W2[k, 0] > 0 else 1) if abs(W2[k, 0]) > 1 else 0
        if abs(W2[k, 0]) == 1:
            W2[k, 0] = -W2[k, 0] if contributions()[k] * sum(contributions()) > 0 else W2[k, 0]
    same = sum(contributions()) == y[0, 0]
    return {"W2": W2, "y": y - (1 if y[0, 0] > 0 else -1) if same else y}


def worthwhile(v):
    kept = v.D == 1
    yield "the mask drops a unit and keeps two", 2 <= kept.sum() < kept.size
    yield "no pre-activation is zero", (v.Z != 0).all()
    yield "every input weighs in some unit", (v.W1 != 0).any(axis=1).all()
    yield "a unit of ReLU is silent", v.activation == "tanh" or (v.Z < 0).any()
    yield "no two units get the same argument", len(set(v.Z[0])) == v.Z.shape[1]
    yield "a kept unit is alive, and so is a dropped one", (kept & (v.Z > 0)).any() and (~kept & (v.Z > 0)).any()
    yield "the arguments stay where the function is not flat", v.activation == "relu" or (abs(v.Z) <= 3).all()
    yield "the prediction is wrong, and not by much", 0 < abs(float((v.yhat - v.y).item())) <= 12
    yield "without dropout the prediction is another", (v.yhat != v.test).all()
    yield "a forgotten division shows", (v.unscaled != v.yhat).all()
