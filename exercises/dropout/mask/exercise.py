"""Inverted dropout on one hidden layer with a given mask: forward, backward, and the network at test time."""

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
    "W1": decimals("input hidden", "-1", "1.5", "0.5", published=[[1, 1, 1], ["0.5", "0.5", -1]]),
    "W2": integers("hidden 1", -3, 3, published=[[1], [-2], [3]], nonzero=True),
    "y": integers("1 1", -3, 3, published=[[1]]),
    "D": integers("1 hidden", 0, 1, published=[[1, 0, 1]]),
    "p": decimals("", "0.2", "0.8", "0.3", published="0.5"),
}

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


signs = {"test": r"\hat{y}^{\mathrm{test}}", "unscaled": r"\tilde{y}", "q": "q"}


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


def worthwhile(v):
    kept = v.D == 1
    yield "the mask drops a unit and keeps two", 2 <= kept.sum() < kept.size
    yield "no pre-activation is zero", (v.Z != 0).all()
    yield "a kept unit is alive, and so is a dropped one", (kept & (v.Z > 0)).any() and (~kept & (v.Z > 0)).any()
    yield "the arguments stay where the function is not flat", v.activation == "relu" or (abs(v.Z) <= 3).all()
    yield "the prediction is wrong, and not by much", 0 < abs(float((v.yhat - v.y).item())) <= 12
