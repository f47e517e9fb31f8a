"""The numeric exercises solved once more in plain NumPy, from what `given` says and nothing else: in float64, or in the
sixty digits of `sixty_digits.Number`.

Each function takes the data of one exercise (arrays, numbers, words) and returns every number that its key must hold:
part, name, value. Nothing here imports keygen, so that no rule is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from math import prod
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Given = Mapping[str, Any]
Key = dict[str, dict[str, Any]]


def sigma(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def softmax(z: Any) -> Array:
    grown = np.exp(np.asarray(z) - np.max(z))
    return grown / grown.sum()


def logloss(y: Any, p: Any) -> Any:
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def whole(value: Any) -> int:
    return int(float(value))


def order_of(g: Given) -> list[int]:
    """The observations in the order of the steps, counted from 0."""
    return [whole(i) - 1 for i in g["order"]]


def solution(matrix: Array, right: Array) -> Array:
    """Two linear equations by Cramer's rule."""
    (a, b), (c, d) = matrix
    return np.array([d * right[0] - b * right[1], a * right[1] - c * right[0]]) / (a * d - b * c)


# sheet2


def sigmoid(g: Given) -> Key:
    a, b, c, t0, t1 = (g[name] for name in ("a", "b", "c", "t0", "t1"))

    def f(t: float) -> float:
        return a * sigma(b * t + c)

    ends = (a, 0.0) if b > 0 else (0.0, a)
    slope = a * b * sigma(b * t0 + c) * (1 - sigma(b * t0 + c))
    return {
        "a": dict(zip(("limit_plus", "limit_minus"), ends, strict=True)),
        "e": {"f0": f(t0), "df0": slope, "lnf0": np.log(f(t0))},
        "i": {f"f_{whole(k)}": f(k * t1) for k in g["k"]} | {"limit_right": ends[0], "limit_left": ends[1]},
    }


def two_softmaxes(g: Given) -> Key:
    p1, p2 = softmax(g["z1"]), softmax(g["z2"])
    first, second = (whole(k) - 1 for k in g["classes"])
    return {"a": {"p1": p1, "p2": p2}, "b": {"logloss": -(np.log(p1[first]) + np.log(p2[second])) / 2}}


def heads(g: Given) -> Key:
    pa, pb, pd, pe = sigma(g["za"]), softmax(g["zb"]), sigma(g["zd"]), softmax(g["ze"])
    b, e = whole(g["cb"]) - 1, whole(g["ce"]) - 1
    rating, rate = 10 * sigma(g["zc"]), np.exp(g["zf"])
    return {
        "a": {"p": pa, "loss": logloss(g["ya"], pa), "gradient": pa - g["ya"]},
        "b": {"p": pb, "loss": -np.log(pb[b]), "gradient": pb - np.eye(3)[b]},
        "c": {"prediction": rating, "loss": (g["yc"] - rating) ** 2},
        "d": {"p": pd, "loss": logloss(g["yd"], pd).sum(), "gradient": pd - g["yd"]},
        "e": {"p": pe, "loss": -np.log(pe[e]) + ((g["te"] - g["be"]) ** 2).sum()},
        "f": {"lam": rate, "loss": rate - g["yf"] * np.log(rate), "gradient": rate - g["yf"]},
    }


def logistic_regression(g: Given) -> Key:
    """By gradient descent with Newton's matrix; nothing to find where a threshold tells the classes apart."""
    x, y = g["x"], g["y"]
    ones, zeros = x[y == 1], x[y == 0]
    if ones.max() < zeros.min() or zeros.max() < ones.min():
        return {"b": {"separable": True}}
    X, b = np.column_stack([np.ones_like(x), x]), np.zeros(2)
    for _ in range(60):
        p = sigma(X @ b)
        b = b - solution(X.T @ (X * (p * (1 - p))[:, None]), X.T @ (p - y))
    return {"b": {"separable": False, "b0": b[0], "b1": b[1], "minimum": logloss(y, sigma(X @ b)).sum()}}


# sheet3


def one_weight(g: Given) -> Key:
    """Six methods on (y - w x)^2, the state of each written out from the papers' formulas."""
    x, y, rate, alpha, b1, b2 = (g[name] for name in ("x", "y", "rate", "alpha", "beta1", "beta2"))
    found: Key = {"a": {"w_hat": x @ y / (x @ x)}}

    def slope(i: int, w: float) -> float:
        return 2 * (w * x[i] - y[i]) * x[i]

    def walk(part: str, step: Callable[..., dict[str, float]], **state: float) -> None:
        now: dict[str, float] = {"w": g["w0"], **state}
        passed = []
        for k, i in enumerate(order_of(g), start=1):
            now |= step(k, i, now)
            passed.append(dict(now))
        found[part] = {name: [one[name] for one in passed] for name in now}

    def full(k: int, i: int, s: dict[str, float]) -> dict[str, float]:
        gradient = sum(slope(j, s["w"]) for j in range(len(x))) / len(x)
        return {"g": gradient, "w": s["w"] - rate * gradient}

    def stochastic(k: int, i: int, s: dict[str, float]) -> dict[str, float]:
        return {"g": slope(i, s["w"]), "w": s["w"] - rate * slope(i, s["w"])}

    def polyak(k: int, i: int, s: dict[str, float], ahead: float = 0.0) -> dict[str, float]:
        gradient = slope(i, s["w"] - ahead * s["v"])
        v = alpha * s["v"] + rate * gradient
        return {"g": gradient, "v": v, "w": s["w"] - v}

    def hinton(k: int, i: int, s: dict[str, float]) -> dict[str, float]:
        gradient = slope(i, s["w"])
        mean_square = alpha * s["s"] + (1 - alpha) * gradient**2
        return {"g": gradient, "s": mean_square, "w": s["w"] - rate * gradient / np.sqrt(mean_square)}

    def kingma(k: int, i: int, s: dict[str, float]) -> dict[str, float]:
        gradient = slope(i, s["w"])
        m, v = b1 * s["m"] + (1 - b1) * gradient, b2 * s["v"] + (1 - b2) * gradient**2
        m_hat, v_hat = m / (1 - b1**k), v / (1 - b2**k)
        moments = {"m": m, "v": v, "m_hat": m_hat, "v_hat": v_hat}
        return {"g": gradient, **moments, "w": s["w"] - rate * m_hat / np.sqrt(v_hat)}

    walk("b", full)
    walk("c", stochastic)
    walk("d", polyak, v=0.0)
    walk("e", lambda k, i, s: polyak(k, i, s, alpha), v=0.0)
    walk("f", hinton, s=0.0)
    walk("g", kingma, m=0.0, v=0.0)
    return found


def logistic_step(g: Given) -> Key:
    p = sigma(g["w0"] * g["x"])
    gradient = (p - g["y"]) * g["x"]
    w1 = g["w0"] - g["rate"] * gradient
    p1 = sigma(w1 * g["x"])
    losses = {"loss": logloss(g["y"], p), "loss1": logloss(g["y"], p1)}
    return {"b": {"p": p, "gradient": gradient, "w1": w1, "p1": p1, **losses}}


# sheet4


def unit_chain(g: Given) -> Key:
    weights, found = np.array(g["weights"]), {}
    for step, i in enumerate(order_of(g), start=1):
        signals = [g["x"][i]]
        for bias, slope in weights:
            signals.append(sigma(bias + slope * signals[-1]))
        y, p = g["y"][i], signals[-1]
        loss, arriving = {
            "logloss": (logloss(y, p), (p - y) / (p * (1 - p))),
            "half_square": ((y - p) ** 2 / 2, p - y),
        }[g["loss"]]
        delta, gradient = np.zeros_like(weights[:, 0]), np.zeros_like(weights)
        for k in reversed(range(len(weights))):
            delta[k] = arriving * signals[k + 1] * (1 - signals[k + 1])
            gradient[k] = delta[k] * np.array([1, signals[k]])
            arriving = delta[k] * weights[k, 1]
        weights = weights - g["rate"] * gradient
        named = {f"a{k}": a for k, a in enumerate(signals[1:-1], start=1)} | {"yhat": p, "L": loss}
        named |= {"delta": delta, "gradient": gradient, "weights": weights}
        found |= {f"s{step}_{name}": value for name, value in named.items()}
    return {"a": found}


def layer_by_layer(g: Given) -> Key:
    X, W1, W2, y, rate = (g[name] for name in ("X", "W1", "W2", "y", "rate"))
    H = X @ W1
    out, mask = np.maximum(H, 0), (H > 0) * 1.0
    z = out @ W2
    n, p = len(y), sigma(z)

    def back(dz: Array) -> dict[str, Array]:
        dO = dz @ W2.T
        dH = dO * mask
        dW1, dW2 = X.T @ dH, out.T @ dz
        new = {"W1_new": W1 - rate * dW1, "W2_new": W2 - rate * dW2}
        return {"dO": dO, "dH": dH, "dX": dH @ W1.T, "dW1": dW1, "dW2": dW2, **new}

    square, cross = back(2 * (z - y) / n), back((p - y) / n)
    asked = ("dW1", "dW2", "W1_new", "W2_new")
    return {
        "a": {"H": H}, "b": {"dX": square["dX"]}, "c": {"O": out}, "d": {"dH": square["dH"]}, "e": {"yhat": z},
        "f": {"dO": square["dO"]}, "g": {"loss": ((y - z) ** 2).mean(), "dyhat": 2 * (z - y) / n},
        "h": {name: square[name] for name in asked}, "i": {"p": p, "dp_dz": p * (1 - p)},
        "j": {"logloss": logloss(y, p).mean(), "dlogloss_dp": (p - y) / (p * (1 - p)) / n},
        "k": {"dlogloss_dz": (p - y) / n, **{name: cross[name] for name in asked}},
    }  # fmt: skip


# sheet4b


def layered_graph(g: Given) -> Key:
    matrices = [np.array(matrix) for matrix in g["weights"]]
    sizes = [matrix.shape for matrix in matrices]
    paths = prod(rows for rows, _ in sizes)
    counts = {"paths": paths, "mults_paths": paths * (len(sizes) - 1)}
    counts["mults_reverse"] = sum(rows * columns for rows, columns in sizes[:-1])
    return {"a": {"dp_dx": reduce(np.matmul, matrices).ravel()}, "b": counts}


def dense(g: Given) -> Key:
    return {"a": {"dL_dW": g["X"].T @ g["dZ"], "dL_dX": g["dZ"] @ g["W"].T}}


def deltas(g: Given) -> Key:
    f, slope = {
        "sigmoid": (sigma, lambda a: a * (1 - a)),
        "tanh": (np.tanh, lambda a: 1 - a * a),
    }[g["activation"]]
    depth = sum(name in g for name in ("W1", "W2", "W3"))

    def one(x: Array, y: Array) -> dict[str, Array]:
        signals = [x]
        for k in range(1, depth + 1):
            signals.append(f(g[f"W{k}"] @ signals[-1] + g[f"b{k}"]))
        arriving, found = 2 * (signals[-1] - y), {"C": ((signals[-1] - y) ** 2).sum()}
        for k in range(depth, 0, -1):
            delta = arriving * slope(signals[k])
            found |= {f"delta_{k}": delta, f"dW_{k}": delta @ signals[k - 1].T, f"db_{k}": delta}
            arriving = g[f"W{k}"].T @ delta
        return found

    first, second = one(g["x"], g["y"]), one(g["x2"], g["y2"])
    means = {f"mean_{name}": (first[name] + second[name]) / 2 for name in first if not name.startswith("delta")}
    return {"a": first, "b": means}


def two_matrix_steps(g: Given) -> Key:
    weights, found = [g["W1"], g["W2"], g["W3"]], {}
    for step, i in enumerate(order_of(g), start=1):
        x, y = g["X"][i : i + 1], g["y"][i]
        first = sigma(x @ weights[0])
        second = sigma(first @ weights[1])
        error = second @ weights[2] - y
        upper = error @ weights[2].T * second * (1 - second)
        lower = upper @ weights[1].T * first * (1 - first)
        gradients = [x.T @ lower, first.T @ upper, second.T @ error]
        weights = [w - g["rate"] * slope for w, slope in zip(weights, gradients, strict=True)]
        named = {"yhat": (error + y).item(), "L": (error**2 / 2).item()}
        named |= {f"dW{k}": slope for k, slope in enumerate(gradients, start=1)}
        named |= {f"W{k}": w for k, w in enumerate(weights, start=1)}
        found |= {f"s{step}_{name}": value for name, value in named.items()}
    return {"b": found}


# sheet5


def layer(g: Given, out: Array, slope: Array) -> dict[str, Array]:
    dH = g["G"] * slope
    return {"H": g["X"] @ g["W"], "O": out, "dH": dH, "dX": dH @ g["W"].T, "dW": g["X"].T @ dH}


def sigmoid_layer(g: Given) -> Key:
    a, b = g["a"], g["b"]
    p = sigma(b * (g["X"] @ g["W"]))
    largest = a * b / 4
    bound = (largest * g["w"]) ** g["depth"]
    return {"a": layer(g, a * p, a * b * p * (1 - p)), "b": {"max_df": largest, "bound": bound}}


def tanh_layer(g: Given) -> Key:
    out = np.tanh(g["X"] @ g["W"])
    ends = {"limit_plus": 1.0, "limit_minus": -1.0}
    return {"a": ends, "c": layer(g, out, 1 - out**2), "d": {"max_df": 1.0, "df1": 1 - np.tanh(g["t1"]) ** 2}}


def rectifiers(g: Given) -> Key:
    Z, G, alpha, beta = g["Z"], g["G"], g["alpha"], g["beta"]
    on = Z > 0
    pairs = {
        "a": (Z * on, on * 1.0),
        "b": (np.where(on, Z, alpha * Z), np.where(on, 1.0, alpha)),
        "c": (np.where(on, Z, beta * (np.exp(Z) - 1)), np.where(on, 1.0, beta * np.exp(Z))),
        "d": (np.log(1 + np.exp(Z)), sigma(Z)),
    }
    found: Key = {part: {"O": out, "dO_dZ": slope, "dZ": G * slope} for part, (out, slope) in pairs.items()}
    U = g["X"] @ g["W"]
    slopes = {"relu": (U > 0) * 1.0, "leaky": np.where(U > 0, 1.0, alpha)}
    return {**found, "e": {"U": U, **{f"dW_{name}": g["X"].T @ (g["D"] * slope) for name, slope in slopes.items()}}}


def temperature(g: Given) -> Key:
    z, count = g["z"], len(g["z"])
    warm: Key = {part: {"p": softmax(z / T)} for part, T in zip("abc", g["T"], strict=True)}
    return {**warm, "d": {"limit": (z == z.max()) * 1.0}, "e": {"limit": np.exp(0 * z) / count}}


def ridge_constant(g: Given) -> Key:
    """The derivative of sum (y_i - (S - y_i) q)^2 by q = 1 / (n - 1 + lambda) is zero at q = R y / R R, R = S - y."""
    y = g["y"]
    n, rest = len(y), y.sum() - y
    best = rest @ rest / (rest @ y) - (n - 1)
    cv = ((y - rest / (n - 1 + best)) ** 2).sum()
    return {
        "a": {"beta": y.mean()},
        "c": {"lambda": best, "cv": cv, "cv_mean": cv / n},
        "d": {"beta": y.sum() / (n + best)},
    }


# sheet7


def bptt(g: Given) -> Key:
    """Back through time: `carried` is dL/dh_t of everything later."""
    y, w, u, v, rate = (g[name] for name in ("y", "w", "u", "v", "rate"))
    tanh = g["activation"] == "tanh"

    def f(z: float) -> float:
        return np.tanh(z) if tanh else max(z, 0.0)

    def slope(value: float) -> float:
        return 1 - value**2 if tanh else float(value > 0)

    T = len(y) - 1
    h = [g["h0"]]
    for t in range(1, T + 1):
        h.append(f(w * h[-1] + v * y[t - 1]))
    yhat = [f(u * state) for state in h[1:]]
    each = [(y[t] - yhat[t - 1]) ** 2 for t in range(1, T + 1)]
    share = 1 / T if g["reduction"] == "mean" else 1.0
    du = dv = dw = carried = 0.0
    for t in range(T, 0, -1):
        above = share * 2 * (yhat[t - 1] - y[t]) * slope(yhat[t - 1])
        below = (above * u + carried) * slope(h[t])
        du, dv, dw = du + above * h[t], dv + below * y[t - 1], dw + below * h[t - 1]
        carried = below * w
    slopes = {"dL_du": du, "dL_dv": dv, "dL_dw": dw}
    new = {"u_new": u - rate * du, "v_new": v - rate * dv, "w_new": w - rate * dw}
    forward = {"h": h[1:], "yhat": yhat, "loss_t": each, "loss": share * sum(each)}
    return {"a": forward, "b": slopes, "c": {**slopes, **new}}


def parameters(g: Given) -> Key:
    window, hidden, out, series, first, last = map(whole, g["sizes"])
    constant = int(g["biases"])

    def recurrent(inputs: int, units: int) -> int:
        return inputs * units + units * units + constant * units

    stacked = recurrent(series, first) + recurrent(first, last)
    counts = [window * hidden + hidden * out + constant * (hidden + out), 3 + 2 * constant]
    return {part: {"count": n} for part, n in zip("abcde", [*counts, stacked, 4 * stacked, 3 * stacked], strict=True)}


def clipping(g: Given) -> Key:
    norm = np.sqrt((g["gradient"] ** 2).sum())
    return {
        "a": {"dhT_dh0": prod([g["w"]] * whole(g["T"]))},
        "c": {"norm": norm, "clipped": g["gradient"] * min(1.0, g["threshold"] / norm)},
    }


SOLVED: dict[str, Callable[[Given], Key]] = {
    "outputs/sigmoid": sigmoid,
    "outputs/logloss_separable": logistic_regression,
    "outputs/softmax": two_softmaxes,
    "outputs/heads": heads,
    "optimizers/fifty_shades": one_weight,
    "optimizers/logistic_step": logistic_step,
    "backprop/two_sgd_steps": unit_chain,
    "backprop/layer_by_layer": layer_by_layer,
    "backprop/path_counting": layered_graph,
    "backprop/dense_minibatch": dense,
    "backprop/delta_recursion": deltas,
    "backprop/two_sgd_steps_matrix": two_matrix_steps,
    "activations/sigmoid_layer": sigmoid_layer,
    "activations/tanh": tanh_layer,
    "activations/relu_and_friends": rectifiers,
    "outputs/temperature": temperature,
    "regularization/constant_with_ridge": ridge_constant,
    "rnn/bptt": bptt,
    "rnn/parameter_count": parameters,
    "rnn/vanishing": clipping,
}


def numbers(said: Mapping[str, Mapping[str, Any]], read: Callable[[Any], Any] | None = None) -> dict[str, Any]:
    """`given` of one exercise in the JSON: arrays and numbers, words and truth values as they are.

    Numbers are the floats, or what `read` makes of their exact forms.
    """
    return {name: one(answer, read) for name, answer in said.items()}


def one(answer: Mapping[str, Any], read: Callable[[Any], Any] | None) -> Any:
    said = answer["float"] if read is None else answer["exact"]
    match answer["type"]:
        case "number":
            return said if read is None else read(said)
        case "vector" | "matrix":
            return np.array(said) if read is None else np.vectorize(read, otypes=[object])(said)
        case "matrices":
            return [one({**answer, "type": "matrix", "float": m, "exact": m}, read) for m in said]
    return answer["exact"]
