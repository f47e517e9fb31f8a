"""A network 2-2-2-1 in matrices: its gradients as formulas, then two SGD steps by hand."""

from fractions import Fraction

from keygen.author import (
    Chain,
    Condition,
    Size,
    after_step,
    again,
    backprop,
    called,
    circuit_figure,
    concluded,
    decimals,
    formula,
    half_square,
    integers,
    order,
    relation,
    row,
    sigmoid,
    slip,
    written,
)

axes = {"sample": 2, "units": 2}

given = {
    "X": integers("sample units", -3, 5, published=[[1, 1], [5, 2]], nonzero=True),
    "y": integers("sample", -1, 2, published=[1, 0]),
    "order": order("sample", published=(2, 1)),
    "rate": decimals("", "0.5", "2", "0.5", published=1),
    "W1": decimals("units units", "-1", "1", "0.5", published=[[0, 0], [0, 0]], nonzero=True),
    "W2": decimals("units units", "-1", "1", "0.5", published=[[0, 0], [0, 0]], nonzero=True),
    "W3": decimals("units 1", "-1", "1", "0.5", published=[[0], [0]], nonzero=True),
}

band = {"negatives": (40, 80)}
slips = [slip("b", "plus_for_minus")]  # the new weights have the number of their step

STEPS = (1, 2)
LAYERS = (1, 2, 3)
GENERAL = "n_"  # prefix of the pass that is written down in letters


def computation(t):
    for step, observation in zip(STEPS, t.choices["order"]):
        p = f"s{step}_"
        t[f"{p}x"] = row(t.X, observation - 1)
        t[f"{p}y"] = t.y[observation - 1]
    t[f"{GENERAL}x"] = called(t.s1_x)
    t[f"{GENERAL}y"] = called(t.s1_y)
    forward_and_back(t, GENERAL, [f"W{k}" for k in LAYERS])
    for k in LAYERS:
        t[f"s0_W{k}"] = called(t[f"W{k}"])
    for step in STEPS:
        before = [f"s{step - 1}_W{k}" for k in LAYERS]
        forward_and_back(t, f"s{step}_", before)
        for k, name in zip(LAYERS, before):
            t[f"s{step}_W{k}"] = t[name] - t.rate * t[f"s{step}_dW{k}"]


def forward_and_back(t, p, weights):
    """One observation through the network, and the gradients by the weights that are named."""
    first, second, third = (t[name] for name in weights)
    t[f"{p}Z1"] = t[f"{p}x"] @ first
    t[f"{p}H1"] = sigmoid(t[f"{p}Z1"])
    t[f"{p}Z2"] = t[f"{p}H1"] @ second
    t[f"{p}H2"] = sigmoid(t[f"{p}Z2"])
    t[f"{p}out"] = t[f"{p}H2"] @ third
    t[f"{p}yhat"] = t[f"{p}out"][0, 0]
    t[f"{p}L"] = half_square(t[f"{p}y"], t[f"{p}out"])
    names = {f"{p}{letter}{k}": f"{p}d{letter}{k}" for letter in "ZH" for k in (1, 2)}
    names |= {f"{p}out": f"{p}dout", **{name: f"{p}dW{k}" for k, name in zip(LAYERS, weights)}}
    backprop(t, f"{p}L", weights, names=names)


def signs(c):
    found = {}
    for step in (0, *STEPS):
        found |= {f"s{step}_W{k}": f"W_{k}^{{({step})}}" for k in LAYERS}
    for p, mark in ((GENERAL, ""), *((f"s{step}_", f"_{i}") for step, i in zip(STEPS, c["order"]))):
        found |= {f"{p}x": f"x{mark}", f"{p}y": f"y{mark}", f"{p}out": r"\hat{y}", f"{p}yhat": r"\hat{y}", f"{p}L": "L"}
        found[f"{p}dout"] = r"\frac{\partial L}{\partial \hat{y}}"
        found |= {f"{p}{letter}{k}": f"{letter}_{k}" for letter in "ZH" for k in (1, 2)}
        found |= {
            f"{p}d{letter}{k}": rf"\frac{{\partial L}}{{\partial {letter}_{k}}}" for letter in "ZHW" for k in LAYERS
        }
    return found


def answers(s):
    """The table at the end has the weights after each step; all else has one sign in both steps."""
    kinds = ("yhat", "L", *(f"dW{k}" for k in LAYERS))
    weights = [f"W{k}" for k in LAYERS]
    general = {f"{GENERAL}x": "X", f"{GENERAL}y": "y"}
    return {
        "a": {f"dL_dW{k}": formula(f"{GENERAL}dW{k}", **general) for k in reversed(LAYERS)},
        "b": {
            f"s{step}_{kind}": f"s{step}_{kind}" if kind in weights else concluded(f"s{step}_{kind}")
            for step in STEPS
            for kind in (*kinds, *weights)
        },
    }


def lines(s, p, *names):
    return [s.chain(f"{p}{name}") for name in names]


FORWARD = ("Z1", "H1", "Z2", "H2", "out")
BACK = ("dout", "dH2", "dZ2", "dH1", "dZ1")


def in_full(s):
    """Each gradient in the values of the forward pass, last layer first."""
    back = tuple(f"{GENERAL}{name}" for name in BACK)
    names = [f"{GENERAL}dW{k}" for k in reversed(LAYERS)]
    return [Chain((s.name(n), written(s.trace, n, lambda used: used.startswith("_") or used in back))) for n in names]


def shown_step(s, step, observation):
    """The lines of one step, in the order of the work."""
    p = f"s{step}_"
    gradients = lines(s, p, *(f"dW{k}" for k in reversed(LAYERS)))
    return {
        "number": step,
        "observation": observation,
        "data": [s.chain(f"{p}x").result, s.chain(f"{p}y")],
        "forward": lines(s, p, *FORWARD),
        "loss": s.chain(f"{p}L"),
        "back": lines(s, p, *BACK),
        "gradients": gradients,
        "updated": lines(s, p, *(f"W{k}" for k in LAYERS)),
        "idle": [s.name(f"W{k}") for k in idle_layers(s, step)],
        "after": after(s, step)[0],
    }


def show(s):
    g = GENERAL
    in_order = sorted(zip(s.choices["order"], STEPS))
    return {
        "in_general": [line.formula for line in lines(s, g, *FORWARD)],
        "loss": s.chain(f"{g}L").formula,
        "circuit": circuit_figure(s, "s1_L"),
        "x": s.name(f"{g}x"),
        "sizes": [Size(s.name(f"W{k}")) for k in LAYERS],
        "start_gradient": s.chain(f"{g}dout").formula,
        "back": [line.formula for line in lines(s, g, *BACK[1:])],
        "gradients": [line.formula for line in lines(s, g, *(f"dW{k}" for k in reversed(LAYERS)))],
        "laws": lines(s, g, "dW3", "dH2", "dZ2"),
        "in_full": in_full(s),
        "start": [s.chain(f"s0_W{k}").result for k in LAYERS],
        "data": [line for _, step in in_order for line in (s.chain(f"s{step}_x").result, s.chain(f"s{step}_y"))],
        "steps": [shown_step(s, step, observation) for step, observation in zip(STEPS, s.choices["order"])],
        "by_first": s.name(f"{g}dW1"),
        "first_line": s.chain(f"{g}dW1").formula,
    }


def idle_layers(s, step):
    """The layers whose matrices stay as they were at a step."""
    return [k for k in LAYERS if (s.values[f"s{step}_dW{k}"] == 0).all()]


def entries(s, name):
    """Claims of every entry of a matrix."""
    return [s.claim(name, i, j) for i, line in enumerate(s.values[name]) for j, _ in enumerate(line)]


def after(s, step):
    """The loss on a step's observation with the weights after it, and what became of it."""
    observation = s.choices["order"][step - 1]
    weights = {f"W{k}": s.values[f"s{step}_W{k}"] for k in LAYERS}
    return after_step(s, f"s{step}_L", again(s, {"order": (observation, 3 - observation)}, **weights)["s1_L"])


def conditions(s):
    """Whether all weights are zero at first; whether a step hits the answer, or leaves a matrix as it was."""
    found = {"zero_start": s.whether(*(relation(x, "=", 0) for k in LAYERS for x in entries(s, f"W{k}")))}
    found["last_alone"] = last_alone(s)
    for step in STEPS:
        found[f"exact_hit_{step}"] = s.whether(relation(s.claim(f"s{step}_dout", 0, 0), "=", 0))
        idle = idle_layers(s, step)
        still = [relation(x, "=", 0) for k in idle for x in entries(s, f"s{step}_dW{k}")]
        moving = [
            relation(next(x for x in entries(s, f"s{step}_dW{k}") if x.shown.value != 0), "!=", 0)
            for k in LAYERS
            if k not in idle
        ]
        found |= {f"{name}_{step}": known for name, known in after(s, step)[1].items()}
        found[f"idle_{step}"] = Condition(bool(idle), (*still, *moving))
    return found


def last_alone(s):
    """Whether after both steps the last matrix alone has changed, in every entry."""
    pairs = [(f"s0_W{k}", f"s{STEPS[-1]}_W{k}") for k in LAYERS]
    *still, moved = [list(zip(entries(s, old), entries(s, new))) for old, new in pairs]
    same = (relation(old, "=", new) for pair in still for old, new in pair)
    return s.whether(*same, *(relation(old, "!=", new) for old, new in moved))


meant = {
    "the numbers of the source": (
        "W1",
        "W2",
        "W3",
        "the inputs of an observation differ",
        "the units of a layer are no twins",
        "no two units of a layer get the same argument",
        "the rows of a matrix are not multiples of each other",
        "an untransposed W2 would give another gradient",
        "every weight moves at every step, visibly",
    ),
}


def worthwhile(v):
    s = v.solved
    yield "the inputs of an observation differ", (v.X[:, 0] != v.X[:, 1]).all()
    yield "the observations are not multiples of each other", v.X[0, 0] * v.X[1, 1] != v.X[0, 1] * v.X[1, 0]
    yield (
        "the units of a layer are no twins",
        all((w[:, 0] != w[:, 1]).any() for w in (v.W1, v.W2)) and v.W3[0] != v.W3[1],
    )
    arguments = (s.values[f"s{step}_Z{k}"] for step in STEPS for k in (1, 2))
    yield "no two units of a layer get the same argument", all(z[0, 0] != z[0, 1] for z in arguments)
    yield (
        "the rows of a matrix are not multiples of each other",
        all(w[0, 0] * w[1, 1] != w[0, 1] * w[1, 0] for w in (v.W1, v.W2)),
    )
    yield "an untransposed W2 would give another gradient", (v.W2 != v.W2.T).any()
    yield "the answers differ", v.y[0] != v.y[1]
    gradients = (s.values[f"s{step}_dW{k}"] for step in STEPS for k in reversed(LAYERS))
    yield "every weight moves at every step, visibly", all((abs(g) >= Fraction("0.001")).all() for g in gradients)
    yield "the weights stay small enough to carry by hand", (abs(s.values["s1_W3"]) <= 5).all()
