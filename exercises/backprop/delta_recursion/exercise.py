"""The delta recursion in columns, z = W a + b: one observation by hand, then the mean over two."""

from fractions import Fraction

import numpy as np

from keygen.author import (
    Chain,
    Size,
    backprop,
    choice,
    circuit_figures,
    concluded,
    decimals,
    entry_check,
    integers,
    sigmoid,
    slip,
    slope,
    square,
    tanh,
    total,
    unlike,
)

LAYERS = range(1, 3)

axes = {"input": choice(2, 3, published=3), "units": 2}

given = {
    "activation": choice("sigmoid", "tanh", published="sigmoid"),
    "x": integers("input 1", -2, 2, published=[[1], [0], [-1]]),
    "y": integers("units 1", 0, 1, published=[[1], [0]]),
    "x2": integers("input 1", -2, 2, published=[[0], [2], [1]]),
    "y2": integers("units 1", 0, 1, published=[[0], [1]]),
    "W1": decimals("units input", "-1", "1", "0.5", published=[[1, "-0.5", "0.5"], ["-0.5", 1, 1]]),
    "b1": decimals("units 1", "-1", "1", "0.5", published=[["-0.5"], ["0.5"]]),
    "W2": decimals("units units", "-1", "1", "0.5", published=[["0.5", 1], [-1, "0.5"]]),
    "b2": decimals("units 1", "-1", "1", "0.5", published=[[0], ["0.5"]]),
}

band = {"operations": (112, 160), "negatives": (30, 66)}
slips = [slip("a", "value_for_slope"), slip("b", "factor_left_out", "mean_C")]

ACTIVATIONS = {"sigmoid": sigmoid, "tanh": tanh}
SECOND = "o_"  # prefix of the second observation's pass
HALF = Fraction(1, 2)


def computation(t):
    one_observation(t, "", "x", "y")
    one_observation(t, SECOND, "x2", "y2")
    t.mean_C = HALF * (t.C + t[f"{SECOND}C"])
    for k in LAYERS:
        for letter in "Wb":
            t[f"mean_d{letter}_{k}"] = HALF * (t[f"d{letter}_{k}"] + t[f"{SECOND}d{letter}_{k}"])


def one_observation(t, p, x, y):
    """Forward and backward for one pair of columns."""
    c = t.choices
    signal, names = x, {}
    for k in LAYERS:
        t[f"{p}z{k}"] = t[f"W{k}"] @ t[signal] + t[f"b{k}"]
        signal = f"{p}a{k}"
        t[signal] = ACTIVATIONS[c["activation"]](t[f"{p}z{k}"])
        t[f"{p}slope{k}"] = slope(t[signal])
        names |= {signal: f"{p}da{k}", f"{p}z{k}": f"{p}delta_{k}", f"W{k}": f"{p}dW_{k}", f"b{k}": f"{p}db_{k}"}
    t[f"{p}C"] = total(square(t[signal] - t[y]))
    backprop(t, f"{p}C", [f"{letter}{k}" for k in LAYERS for letter in "Wb"], names=names)
    for k in LAYERS:
        last = k == LAYERS[-1]
        arriving = t[f"{p}da{k}"] if last else t[f"W{k + 1}"].T @ t[f"{p}delta_{k + 1}"]
        t.also(f"{p}delta_{k}", arriving * t[f"{p}slope{k}"])


def signs(c):
    f = {"sigmoid": r"\sigma", "tanh": r"\tanh"}[c["activation"]]
    found = {"x2": r"\tilde{x}", "y2": r"\tilde{y}", f"{SECOND}C": r"\tilde{C}", "mean_C": r"\bar{C}"}
    for p, mark in (("", "{}"), (SECOND, r"\tilde{{{}}}")):
        for k in LAYERS:
            cost, above = mark.format("C"), f"^{{{k}}}"
            found |= {f"{p}{letter}{k}": mark.format(letter) + above for letter in "za"}
            found[f"{p}delta_{k}"] = mark.format(r"\delta") + above
            found[f"{p}slope{k}"] = f"{f}'({found[f'{p}z{k}']})"
            found[f"{p}da{k}"] = rf"\frac{{\partial {cost}}}{{\partial {found[f'{p}a{k}']}}}"
            found |= {f"{p}d{letter}_{k}": rf"\frac{{\partial {cost}}}{{\partial {letter}{above}}}" for letter in "Wb"}
    for k in LAYERS:
        found |= {f"{letter}{k}": f"{letter}^{{{k}}}" for letter in "Wb"}
        found |= {
            f"mean_d{letter}_{k}": rf"\frac{{\partial \bar{{C}}}}{{\partial {letter}^{{{k}}}}}" for letter in "Wb"
        }
    return found


def answers(s):
    names = [f"{letter}_{k}" for letter in ("delta", "dW", "db") for k in LAYERS]
    forward = [f"{letter}{k}" for k in LAYERS for letter in "za"]
    means = [f"mean_d{letter}_{k}" for letter in "Wb" for k in LAYERS]
    rules = [line for row in s.shown["rules"] for line in row]
    first, *others = names
    asked = {first: concluded(first, *rules, s.chain(first)), **{name: name for name in others}}
    return {
        "a": {name: concluded(name) for name in (*forward, "C")} | asked,
        "b": {"mean_C": concluded("mean_C"), **{name: name for name in means}},
    }


def by_slope(s, name):
    """A delta as what arrives times the slope of the activation, without the engine's own form."""
    first, _, *rest = s.chain(name).links
    return Chain((first, *rest), s.chain(name).laws)


def one_pass(s, p):
    """The lines of one observation, in the order of the work."""
    last = LAYERS[-1]
    return {
        "forward": [s.chain(f"{p}{letter}{k}") for k in LAYERS for letter in "za"],
        "slopes": [s.chain(f"{p}slope{k}") for k in reversed(LAYERS)],
        "cost": s.chain(f"{p}C"),
        "by_output": s.chain(f"{p}da{last}"),
        "start": by_slope(s, f"{p}delta_{last}"),
        "back": [by_slope(s, f"{p}delta_{k}") for k in reversed(LAYERS[:-1])],
        "gradients": [s.chain(f"{p}d{letter}_{k}") for k in reversed(LAYERS) for letter in "Wb"],
    }


def show(s):
    last = LAYERS[-1]
    return {
        "in_general": [s.chain(f"{letter}{k}").formula for k in LAYERS for letter in "za"],
        "parameters": [s.chain(f"{letter}{k}") for k in LAYERS for letter in "Wb"],
        "deltas": [s.name(f"delta_{k}") for k in LAYERS],
        "sizes": [Size(s.name(f"W{k}")) for k in LAYERS],
        "rules": [
            [by_slope(s, f"delta_{k}").formula for k in reversed(LAYERS)],
            *([s.chain(f"d{letter}_{k}").formula for letter in "Wb"] for k in reversed(LAYERS)),
        ],
        "slope": s.chain(f"slope{last}").formula,
        "circuit": circuit_figures(s, "C", *(f"a{k}" for k in LAYERS[:-1])),
        "one": one_pass(s, ""),
        "two": one_pass(s, SECOND),
        "check": entry_check(s, "C", "W1", "dW_1", 0, 0, letter="C"),
        "means": [s.chain(f"mean_d{letter}_{k}") for k in reversed(LAYERS) for letter in "Wb"],
    }


def arranged(v):
    """Inputs that differ, each taken on along its grid; answers that differ; one zero at most in a matrix."""
    x, x2, y2 = (column.copy() for column in (v.x, v.x2, v.y2))
    for column in (x, x2):
        idle = {Fraction(0)} if len(column) == 2 else set()
        for place, number in enumerate(column.flat):
            column[place, 0] = onward(number, {*column.flat[:place], *idle})
    if (x2 == x).all() or (x2 == -x).all():
        x2 = np.roll(x2, 1, axis=0)
    if (y2 == v.y).all():
        y2[0, 0] = 1 - y2[0, 0]
    return {"x": x, "x2": x2, "y2": y2, "W1": filled(v.W1), "W2": filled(v.W2)}


INPUTS = [Fraction(k) for k in range(-2, 3)]


def onward(number, taken):
    """The first input from this one on, round and round, that is not taken."""
    start = INPUTS.index(number)
    return next(x for x in INPUTS[start:] + INPUTS[:start] if x not in taken)


def filled(weights):
    """A matrix in which every zero but the first is a half."""
    found = weights.copy()
    for place in list(zip(*np.nonzero(weights == 0)))[1:]:
        found[place] = HALF
    return found


def worthwhile(v):
    s = v.solved
    matrices = [s.values[f"W{k}"] for k in LAYERS[1:]]
    yield "few weights are zero", all((w == 0).sum() <= 1 for w in (*matrices, v.W1))
    yield "an untransposed W would give another delta", all((abs(w - w.T) > 0).any() for w in matrices)
    rows = [m for k in LAYERS for m in (s.values[f"W{k}"], s.values[f"W{k}"].T)]
    yield "no two units or inputs have the same weights", unlike(*rows)
    yield "no layer is without biases", all((s.values[f"b{k}"] != 0).any() for k in LAYERS)
    biases = {str(s.values[f"b{k}"].tolist()) for k in LAYERS}
    yield "the biases of different layers differ", len(biases) == len(LAYERS)
    yield "the two observations differ in more than sign", (v.x != v.x2).any() and (v.x != -v.x2).any()
    yield "no two inputs of an observation are equal", all(len(set(x.flat)) == len(x) for x in (v.x, v.x2))
    yield "two inputs of each observation act", all((x != 0).sum() >= 2 for x in (v.x, v.x2))
    yield "the answers of the two observations differ", (v.y != v.y2).any()
    arguments = [s.values[f"{p}z{k}"] for p in ("", SECOND) for k in LAYERS]
    yield "no two units of a layer have one derivative", all(abs(z[0, 0]) != abs(z[1, 0]) for z in arguments)
    deltas = (s.values[f"{p}delta_{k}"] for p in ("", SECOND) for k in reversed(LAYERS))
    yield "no delta is too small to carry by hand", all((abs(delta) >= Fraction("0.004")).all() for delta in deltas)
    yield "the rows of the gradient differ", (abs(v.delta_1[0] - v.delta_1[1]) > Fraction("0.001")).all()
    means = (s.values[f"mean_db_{k}"] for k in LAYERS)
    yield "no mean gradient is too small to carry by hand", all((abs(g) >= Fraction("0.0005")).all() for g in means)
