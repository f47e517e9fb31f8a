"""Two linear layers with a ReLU between them, layer by layer: MSE first, then a sigmoid and logloss on top."""

from fractions import Fraction
from functools import cached_property
from itertools import chain, combinations, product

import numpy as np

from keygen.author import (
    backprop,
    called,
    choice,
    circuit_figure,
    concluded,
    decimals,
    integers,
    logloss,
    mean,
    mse,
    relation,
    relu,
    row_jacobian,
    sigmoid,
    slip,
    slope,
)

axes = {"batch": 1, "input": 2, "hidden": choice(2, 3, published=2)}

given = {
    "X": integers("batch input", -3, 3, published=[[1, 2]], nonzero=True),
    "W1": decimals("input hidden", "-2", "2", "0.5", published=[[1, -1], ["0.5", 0]]),
    "W2": decimals("hidden 1", "-1.5", "1.5", "0.5", published=[["0.5"], [1]], nonzero=True),
    "y": integers("batch 1", 0, 1, published=[[0]]),
    "rate": decimals("", "0.1", "0.5", "0.1", published=1),
}

band = {"operations": (40, 80), "negatives": (15, 45)}
slips = [slip("d", "mask_left_out"), slip("k", "new_weights_too_early", "dC_dO")]


def computation(t):
    t.H = t.X @ t.W1
    t.dH_dX = row_jacobian(t.H)
    t.O = relu(t.H)
    t.dO_dH = slope(t.O)
    t.yhat = t.O @ t.W2
    t.dyhat_dO = row_jacobian(t.yhat)
    t.L = mse(t.y, t.yhat)
    backprop(t, "L", ["X", "W1", "W2"])
    t.W1_new = t.W1 - t.rate * t.dL_dW1
    t.W2_new = t.W2 - t.rate * t.dL_dW2
    t.H_new = t.X @ t.W1_new
    t.yhat_new = relu(t.H_new) @ t.W2_new
    t.L_new = mse(t.y, t.yhat_new)

    t.z = called(t.yhat)
    t.p = sigmoid(t.z)
    t.dp_dz = slope(t.p)
    t.C = mean(logloss(t.y, t.p))
    backprop(t, "C", ["W1", "W2"])
    t.also("dC_dz", t.p - t.y)
    t.W1_next = t.W1 - t.rate * t.dC_dW1
    t.W2_next = t.W2 - t.rate * t.dC_dW2
    t.H_next = t.X @ t.W1_next
    t.z_next = relu(t.H_next) @ t.W2_next
    t.C_next = mean(logloss(t.y, sigmoid(t.z_next)))


def answers(s):
    def backward(gradient, derivative):
        """A gradient handed on: the layer's derivative, the formula, the numbers."""
        line = s.chain(gradient)
        return concluded(gradient, s.chain(derivative), line.formula, line)

    return {
        "a": {"H": "H"},
        "b": {"dX": backward("dL_dX", "dH_dX")},
        "c": {"O": "O"},
        "d": {"dH": backward("dL_dH", "dO_dH")},
        "e": {"yhat": "yhat"},
        "f": {"dO": backward("dL_dO", "dyhat_dO")},
        "g": {"loss": "L", "dyhat": "dL_dyhat"},
        "h": {"dW1": "dL_dW1", "dW2": "dL_dW2", "W1_new": "W1_new", "W2_new": "W2_new"},
        "i": {"p": "p", "dp_dz": "dp_dz"},
        "j": {"logloss": "C", "dlogloss_dp": "dC_dp"},
        "k": {
            "dlogloss_dz": "dC_dz",
            "dW1": "dC_dW1",
            "dW2": "dC_dW2",
            "W1_new": "W1_next",
            "W2_new": "W2_next",
        },
    }


NEXT = {"W1": "W_1", "W2": "W_2", "H": "H", "z": "z", "C": "C"}
signs = {f"{name}_next": rf"{sign}^{{+}}" for name, sign in NEXT.items()}


def show(s):
    return {"circuit": circuit_figure(s, "L")}


def conditions(s):
    """What the two steps do: the loss they lower, the hidden units they switch off."""
    rows, columns = s.values["H"].shape
    silent = [relation(s.claim("H_new", i, j), "<=", 0) for i in range(rows) for j in range(columns)]
    return {
        "falls": s.whether(relation(s.name("L_new"), "<", s.name("L"))),
        "dies": s.whether(*silent),
        "lucky": s.whether(relation(s.name("L_new"), "=", 0)),
        "next_falls": s.whether(relation(s.name("C_next"), "<", s.name("C"))),
    }


meant = {"the numbers of the source": ("rate", "a hidden unit is alive after the step")}


SMALL = Fraction(1, 10)
MATRIX = (-2, -1)
"""The axes of a matrix."""


def arranged(v):
    """No unit at the corner of ReLU, then the first signs of both layers' weights with which the draw is worthwhile, at
    its rate or at the smallest. All signs of a layer, at both rates, are tried at once."""
    X, y, W1, W2 = (np.array(data, dtype=float) for data in (v.X, v.y, v.W1, v.W2))
    first = np.array([off_corner(X, column) for column in W1.T]).T
    turns, rates = np.array([*product((1, -1), repeat=v.hidden)]), (v.rate, SMALL)
    into = first * turns[:, np.newaxis, :]
    into = into[np.broadcast_to(hold(of_first_layer(Tried(X, y, into, W2, v.rate))), len(turns))]
    down = W2 * turns[:, np.newaxis, :, np.newaxis]
    steps = np.array(rates, dtype=float)[:, np.newaxis, np.newaxis]
    for W1 in into:
        tried = Tried(X, y, W1, down, steps)
        fits = hold(near(tried), of_gradients(tried), of_steps(tried))
        if fits.any():
            out, rate = np.argwhere(fits)[0]
            return {"W1": W1, "W2": v.W2 * turns[out][:, np.newaxis], "rate": rates[rate]}
    return {}


def off_corner(X, weights):
    """A hidden unit's weights, one of them a half nearer to zero or off it where the unit would be zero."""
    nearer = weights + np.diag(np.where(weights > 0, -0.5, 0.5))
    return next((found for found in (weights, *nearer) if (X @ found).all()), weights)


class Tried:
    """What `worthwhile` asks about, in doubles, each when it is asked for: most tries fail at the first questions. The
    weights and the rate may be several, along axes before those of a matrix."""

    def __init__(self, X, y, W1, W2, rate):
        self.X, self.y, self.W1, self.W2, self.rate = X, y, W1, W2, rate
        self.hidden = W1.shape[-1]

    H = cached_property(lambda self: self.X @ self.W1)
    alive = cached_property(lambda self: self.H > 0)
    put_out = cached_property(lambda self: np.maximum(self.H, 0))
    yhat = cached_property(lambda self: self.put_out @ self.W2)
    error = cached_property(lambda self: 2 * (self.yhat - self.y) / len(self.X))
    dL_dO = cached_property(lambda self: self.error @ self.W2.mT)
    dL_dH = cached_property(lambda self: self.dL_dO * self.alive)
    dL_dX = cached_property(lambda self: self.dL_dH @ self.W1.T)
    dL_dW1 = cached_property(lambda self: self.X.T @ self.dL_dH)
    dL_dW2 = cached_property(lambda self: self.put_out.T @ self.error)
    after = cached_property(lambda self: self.stepped(self.error))
    after_logloss = cached_property(lambda self: self.stepped((1 / (1 + np.exp(-self.yhat)) - self.y) / len(self.X)))
    W1_new = property(lambda self: self.after[0])
    H_new = property(lambda self: self.after[1])
    H_next = property(lambda self: self.after_logloss[1])
    L = property(lambda self: ((self.yhat - self.y) ** 2).sum(MATRIX))
    L_new = property(lambda self: ((self.after[2] - self.y) ** 2).sum(MATRIX))
    C = property(lambda self: logloss_of(self.y, self.yhat))
    C_next = property(lambda self: logloss_of(self.y, self.after_logloss[2]))

    def stepped(self, error):
        """The first layer's weights, what they put out and the output, after a step along an error of the output."""
        into = self.W1 - self.rate * (self.X.T @ (error @ self.W2.mT * self.alive))
        out = self.W2 - self.rate * (self.put_out.T @ error)
        return into, self.X @ into, np.maximum(self.X @ into, 0) @ out


def logloss_of(y, z):
    """The logloss by the logits, in doubles."""
    return (np.logaddexp(0, z) - y * z).sum(MATRIX)


def worthwhile(v):
    yield from of_first_layer(v)
    yield from of_gradients(v)
    yield from of_steps(v)


def of_first_layer(v):
    """What the inputs and the first layer's weights decide."""
    yield "some input has a size of its own, which is seen in its products", some(abs(v.X) != 1)
    square = v.hidden == v.X.shape[1]
    yield "an untransposed W1 would give another gradient", not square or some(v.W1.mT != v.W1)
    yield "no input weighs nowhere, no two weigh the same", (v.W1 != 0).any(-1).all(-1) & unlike(v.W1)
    yield "no hidden unit is at the corner of ReLU", every(v.H != 0)
    yield "some unit is silent", some(v.H < 0)
    yield "of three hidden units two live", v.hidden == 2 or (v.H > 0).any(-2).sum(-1) >= 2
    yield "no two hidden units do the same", unlike(v.H.mT)
    yield "what ReLU puts out is not its own derivative", some((v.H > 0) & (v.H != 1))


def near(v):
    """What keeps the probability away from 0 and 1."""
    yield "the logit is small", every(abs(v.yhat) <= 4)


def of_gradients(v):
    """What does not depend on the rate."""
    yield "the units weigh differently in the prediction", some(v.W2[..., :1, :] != v.W2)
    yield "every observation is predicted wrongly", every(v.yhat != v.y)
    yield "the error is small enough to carry by hand", every(abs(v.yhat - v.y) <= 6)
    yield "the upstream gradient is no one, which would drop out", every(abs(2 * (v.yhat - v.y)) != len(v.y))
    yield "the ReLU stops a gradient that was on its way", some((v.H < 0) & (v.dL_dO != 0))
    same_shape = v.dL_dX.shape == v.dL_dH.shape
    yield "the handed-on gradient differs from the one that came in", not same_shape or some(v.dL_dX != v.dL_dH)
    yield "both weight matrices move", some(v.dL_dW1 != 0) & some(v.dL_dW2 != 0)


def of_steps(v):
    """What comes of a step along either loss's gradient."""
    yield "the step is visible", some(v.W1_new != v.W1)
    yield "a hidden unit is alive after the step", some(v.H_new > 0)
    yield "the step lowers the loss", v.L_new < v.L
    yield "a hidden unit is alive after the other step", some(v.H_next > 0)
    yield "the step lowers the logloss", v.C_next < v.C


def some(entries):
    """Whether it is true of an entry of a matrix, of each of several matrices."""
    return entries.any(MATRIX)


def every(entries):
    """Whether it is true of all entries of a matrix, of each of several matrices."""
    return entries.all(MATRIX)


def unlike(rows):
    """Whether no two rows of a matrix are the same, of each of several matrices."""
    pairs = combinations(range(rows.shape[-2]), 2)
    return np.all([(rows[..., i, :] != rows[..., j, :]).any(-1) for i, j in pairs], axis=0)


def hold(*parts):
    """Whether all conditions are met, of each of several tries: none is asked once there is no try left."""
    found = np.True_
    for _, holds in chain(*parts):
        found = found & holds
        if not found.any():
            break
    return found
