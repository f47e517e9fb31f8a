"""Single sigmoid units in a chain, each with a bias: two SGD steps, every derivative by hand."""

from fractions import Fraction
from functools import partial

import numpy as np

from keygen.author import (
    Condition,
    Given,
    after_step,
    again,
    apply,
    backprop,
    chain_figure,
    choice,
    circuit_figure,
    concluded,
    decimals,
    half_square,
    integers,
    logloss,
    order,
    relation,
    rounded,
    sigmoid,
    slip,
)

axes = {"sample": 2, "units": choice(2, 3, published=3)}

given = {
    "x": integers("sample", -3, 5, published=[1, 5], nonzero=True),
    "y": integers("sample", 0, 1, published=[1, 0]),
    "order": order("sample", published=(2, 1)),
    "rate": decimals("", "0.5", "2", "0.5", published=1),
    "weights": decimals("units 2", "-1", "1", "0.5", published=[[0, 0], [0, 0], [0, 0]]),
    "loss": choice("logloss", "half_square", published="logloss"),
}

band = {"operations": (50, 88), "negatives": (12, 40)}
slips = [slip("a", "plus_for_minus")]  # the new weight has the number of its step

STEPS = (1, 2)
KINDS = (0, 1)  # of a weight: the bias, the factor of the input
SAMPLE = "n_"  # prefix of the pass that the statement writes down in general


def units(c):
    return range(1, c["units"] + 1)


def weight(step, kind, unit):
    """The name of a weight after `step` steps."""
    return f"s{step}_w{kind}_{unit}"


def output(c, prefix, unit):
    return f"{prefix}yhat" if unit == c["units"] else f"{prefix}a{unit}"


def computation(t):
    c = t.choices
    for unit in units(c):
        for kind in KINDS:
            t[weight(0, kind, unit)] = t.weights[unit - 1, kind]
            t[f"{SAMPLE}w{kind}_{unit}"] = t.weights[unit - 1, kind]
    forward(t, SAMPLE, 1, lambda kind, unit: f"{SAMPLE}w{kind}_{unit}")
    for step, observation in zip(STEPS, c["order"]):
        forward(t, f"s{step}_", observation, partial(weight, step - 1))
        backward(t, step)


def forward(t, p, observation, name):
    """One observation through the chain and its loss; `name(kind, unit)` names the weights in use."""
    c = t.choices
    t[p + "x"] = t.x[observation - 1]
    t[p + "y"] = t.y[observation - 1]
    signal = t[p + "x"]
    for unit in units(c):
        t[f"{p}z{unit}"] = t[name(0, unit)] + t[name(1, unit)] * signal
        t[output(c, p, unit)] = sigmoid(t[f"{p}z{unit}"])
        signal = t[output(c, p, unit)]
    t[p + "L"] = {"logloss": logloss, "half_square": half_square}[c["loss"]](t[p + "y"], t[p + "yhat"])


def backward(t, step):
    """The gradients of this step's loss by the weights before it, and the weights after it."""
    c, p = t.choices, f"s{step}_"
    names = {}
    for unit in units(c):
        names[f"{p}z{unit}"] = f"{p}delta{unit}"
        names[output(c, p, unit)] = f"{p}g_{output(c, '', unit)}"
        names |= {weight(step - 1, kind, unit): f"{p}g_w{kind}_{unit}" for kind in KINDS}
    backprop(t, p + "L", [weight(step - 1, kind, unit) for unit in units(c) for kind in KINDS], names=names)
    if c["loss"] == "logloss":
        t.also(f"{p}delta{c['units']}", t[p + "yhat"] - t[p + "y"])
    for unit in units(c):
        for kind in KINDS:
            t[weight(step, kind, unit)] = t[weight(step - 1, kind, unit)] - t.rate * t[f"{p}g_w{kind}_{unit}"]


def signs(c):
    found = {}
    for unit in units(c):
        for kind in KINDS:
            found[f"{SAMPLE}w{kind}_{unit}"] = f"w_{{{kind},{unit}}}"
            found |= {weight(step, kind, unit): f"w_{{{kind},{unit}}}^{{({step})}}" for step in (0, *STEPS)}
    for p, mark in ((SAMPLE, ""), *((f"s{step}_", f"_{i}") for step, i in zip(STEPS, c["order"]))):
        found |= {p + "x": f"x{mark}", p + "y": f"y{mark}", p + "yhat": r"\hat{y}", p + "L": "L"}
        found[p + "g_yhat"] = r"\frac{\partial L}{\partial \hat{y}}"
        for unit in units(c):
            found |= {f"{p}z{unit}": f"z_{unit}", f"{p}a{unit}": f"a_{unit}", f"{p}delta{unit}": rf"\delta_{unit}"}
            found[f"{p}g_a{unit}"] = rf"\frac{{\partial L}}{{\partial a_{unit}}}"
            found |= {f"{p}g_w{k}_{unit}": rf"\frac{{\partial L}}{{\partial w_{{{k},{unit}}}}}" for k in KINDS}
    return found


def answers(s):
    """The table at the end has the weights after each step; all else has one sign in both steps."""
    c, found = s.choices, {}
    for step in STEPS:
        p = f"s{step}_"
        found |= {output(c, p, unit): concluded(output(c, p, unit)) for unit in units(c)}
        found |= {
            p + "L": concluded(p + "L"),
            p + "delta": concluded([f"{p}delta{unit}" for unit in units(c)]),
            p + "gradient": concluded([[f"{p}g_w{kind}_{unit}" for kind in KINDS] for unit in units(c)]),
            p + "weights": [[weight(step, kind, unit) for kind in KINDS] for unit in units(c)],
        }
    return {"a": found}


def show(s):
    c = s.choices
    wires = [
        (s.name(output(c, SAMPLE, unit)), s.name(f"{SAMPLE}w1_{unit}"), s.name(f"{SAMPLE}w0_{unit}"))
        for unit in units(c)
    ]
    everything = [(kind, unit) for unit in units(c) for kind in KINDS]
    outcomes = [after(s, step) for step in STEPS]
    return {
        "network": chain_figure(s.name(SAMPLE + "x"), wires, s.name(SAMPLE + "L")),
        "circuit": circuit_figure(s, "s1_L"),
        "in_general": [s.formula(name) for unit in units(c) for name in (f"{SAMPLE}z{unit}", output(c, SAMPLE, unit))],
        "loss": s.formula(SAMPLE + "L"),
        "inner": [s.name(f"{SAMPLE}z{unit}") for unit in units(c)],
        "deltas": [s.name(f"s1_delta{unit}") for unit in units(c)],
        "start": [s.chain(weight(0, kind, unit)) for kind, unit in everything],
        "data": [s.chain(f"s{c['order'].index(observation) + 1}_{name}") for observation in (1, 2) for name in "xy"],
        "steps": [
            {**shown_step(s, step, observation), "after": line}
            for step, observation, (line, _) in zip(STEPS, c["order"], outcomes)
        ],
        "outcomes": [found for _, found in outcomes],
    }


def shown_step(s, step, observation):
    """The lines of one step, in the order of the work."""
    c, p = s.choices, f"s{step}_"
    back = [name for u in reversed(units(c)) for name in (f"{p}g_{output(c, '', u)}", f"{p}delta{u}")]
    return {
        "number": step,
        "observation": observation,
        "forward": [s.chain(name) for u in units(c) for name in (f"{p}z{u}", output(c, p, u))],
        "loss": s.chain(p + "L"),
        "back": [s.chain(name) for name in back],
        "reasons": [s.chain(name) for name in back if not (c["loss"] == "half_square" and name == f"{p}g_yhat")],
        "gradients": [s.chain(f"{p}g_w{kind}_{u}") for u in reversed(units(c)) for kind in KINDS],
        "updated": [s.chain(weight(step, kind, u)) for u in units(c) for kind in KINDS],
        "idle": [Given(u) for u in idle_units(s, step)],
    }


def after(s, step):
    """The loss on a step's observation with the weights after it, and what became of it."""
    c = s.choices
    observation = c["order"][step - 1]
    weights = np.array([[s.values[weight(step, kind, unit)] for kind in KINDS] for unit in units(c)], dtype=object)
    new = again(s, {"order": (observation, 3 - observation)}, weights=weights)["s1_L"]
    return after_step(s, f"s{step}_L", new)


def conditions(s):
    """Whether all weights are zero at first, whether units stay as they were at a step, whether the derivatives shrink
    in absolute value from the output to the input."""
    c, zero = s.choices, {}
    deltas = [[apply("square", s.name(f"s{step}_delta{u}")) for u in units(c)] for step in STEPS]
    shrinking = [relation(one, "<", other) for row in deltas for one, other in zip(row, row[1:])]
    start = [relation(s.name(weight(0, kind, unit)), "=", 0) for unit in units(c) for kind in KINDS]
    for step in STEPS:
        moved = {u: [f"s{step}_g_w{kind}_{u}" for kind in KINDS] for u in units(c)}
        idle = [name for u in idle_units(s, step) for name in moved[u]]
        moving = [next(n for n in moved[u] if s.values[n] != 0) for u in units(c) if u not in idle_units(s, step)]
        because = [*(relation(s.name(n), "=", 0) for n in idle), *(relation(s.name(n), "!=", 0) for n in moving)]
        zero |= {f"{name}_{step}": found for name, found in s.shown["outcomes"][step - 1].items()}
        zero[f"idle_{step}"] = Condition(bool(idle), tuple(because))
    return {"zero_start": s.whether(*start), "shrinking": s.whether(*shrinking), **zero}


LEAST = Fraction("0.0005")


def idle_units(s, step):
    """The units whose weights stay as they were at a step."""
    return [u for u in units(s.choices) if all(s.values[f"s{step}_g_w{kind}_{u}"] == 0 for kind in KINDS)]


meant = {
    "the numbers of the source": (
        "no unit starts with zero weights",
        "no derivative of the first step is zero, or too small to carry by hand",
        "the weights of the end differ from each other",
    ),
}


def arranged(v):
    """Targets of both kinds: of one alone a term of the log loss would never act."""
    return {"y": [v.y[0], 1 - v.y[0]]}


def worthwhile(v):
    s, c = v.solved, v.solved.choices
    yield "the targets of the two observations differ", v.y[0] != v.y[1]
    yield "the two observations differ", v.x[0] != v.x[1]
    yield "no unit starts with zero weights", (v.weights != 0).any(axis=1).all()
    first = (s.values[f"s1_g_w{kind}_{unit}"] for unit in reversed(units(c)) for kind in KINDS)
    yield (
        "no derivative of the first step is zero, or too small to carry by hand",
        all(abs(g) >= LEAST for g in first),
    )
    ends = [s.values[weight(2, kind, unit)] for unit in units(c) for kind in KINDS]
    yield "the weights of the end differ from each other", len({rounded(w, 3) for w in ends}) == len(ends)
