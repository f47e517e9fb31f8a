"""Layers numbered from the output: every output, every derivative, the gradients and the step, all as formulas."""

from functools import partial

from keygen.author import (
    Apply,
    Chain,
    Size,
    backprop,
    choice,
    coefficients_first,
    concluded,
    formula,
    half_square,
    indexed,
    mse,
    relu,
    row_jacobian,
    shapes,
    sigmoid,
    slope,
    squared_error,
    written,
)

axes = {
    "rows": choice(6, 7, published=5),
    "inputs": choice(2, 3, 4, published=3),
    "wide": choice(5, published=4),
    "hidden": choice(2, 3, 4, published=2),
}
LETTERS = {5: "n", 3: "d", 4: "k", 2: "m"}  # for the published lengths, which the statement leaves open

given = {
    "layers": choice(2, 3, published=2),
    "activation": choice("relu", "sigmoid", published="relu"),
    "loss": choice("sum", "mse", "half_sum", published="sum"),
}

band = {"operations": (15, 31)}

told = {"shapes": shapes()}

ACTIVATIONS = {"relu": relu, "sigmoid": sigmoid}
LOSSES = {"sum": squared_error, "mse": mse, "half_sum": half_square}


def lengths(c):
    """Rows, then the width of every layer, input first."""
    return [c[axis] for axis in ("rows", "inputs", *(("wide",) if c["layers"] == 3 else ()), "hidden")]


def order(c):
    """The layers' numbers in the order in which the input passes them."""
    return range(c["layers"], 0, -1)


def weights(c):
    return [f"W{k}" for k in order(c)]


def unknown(c):
    sizes = ["inputs", "wide", "hidden", "1"] if c["layers"] == 3 else ["inputs", "hidden", "1"]
    matrices = {name: f"{before} {after}" for name, before, after in zip(weights(c), sizes, sizes[1:])}
    return {"X": "rows inputs", "y": "rows 1", **matrices, "rate": ""}


def incoming(c, k):
    """The name of what layer k multiplies by its weights."""
    return "X" if k == c["layers"] else f"H{k + 1}"


def linear(k):
    """The name of that product."""
    return "yhat" if k == 1 else f"Z{k}"


def computation(t):
    c = t.choices
    for k in order(c):
        t[linear(k)] = t[incoming(c, k)] @ t[f"W{k}"]
        t[f"d{linear(k)}_d{incoming(c, k)}"] = row_jacobian(t[linear(k)])
        if k > 1:
            t[f"H{k}"] = ACTIVATIONS[c["activation"]](t[f"Z{k}"])
            t[f"dH{k}_dZ{k}"] = slope(t[f"H{k}"])
    t.L = LOSSES[c["loss"]](t.y, t.yhat)
    backprop(t, "L", weights(c))
    for name in weights(c):
        t[f"{name}_new"] = t[name] - t.rate * t[f"dL_d{name}"]


def answers(s):
    names = [f"dL_d{name}" for name in reversed(weights(s.choices))]
    gradients = {
        name: concluded(formula(name, n="y.shape[0]"), partial(gradient_lines, s, place))
        for place, name in enumerate(names)
    }
    return {"a": {"yhat": concluded(formula("yhat"), partial(way_lines, s)), **gradients}}


def way_lines(s):
    """The outputs layer by layer, then every derivative on the way."""
    shown = s.shown
    layers = [line for row in shown["outputs"] for line in row]
    return [*layers, *shown["jacobians"], *shown["slopes"], shown["at_loss"], *shown["rule"]]


def gradient_lines(s, place):
    """A gradient; behind the last one the steps."""
    lines = s.shown["in_full"]
    return [lines[place], *(s.shown["updated"] if place + 1 == len(lines) else ())]


def outputs(s):
    """Layer by layer: the outputs, each computed from the one before."""
    return [[s.formula(name) for name in ((linear(k), f"H{k}") if k > 1 else ("yhat",))] for k in order(s.choices)]


def carried(s):
    """The gradient on its way from the loss down: what arrived, times the derivative of the layer it goes through."""
    found = []
    for k in range(2, s.choices["layers"] + 1):
        above = linear(k - 1)
        for name, sign, factors in (
            (f"dL_dH{k}", "matmul", (f"dL_d{above}", f"d{above}_dH{k}")),
            (f"dL_dZ{k}", "mul", (f"dL_dH{k}", f"dH{k}_dZ{k}")),
        ):
            rule = Apply(sign, tuple(map(s.name, factors)), None, s.name(name).shape)
            found.append(Chain((s.name(name), rule, written(s.trace, name)), s.formula(name).laws))
    return found


def accumulated(s):
    """Each gradient by weights as a product of matrices and as a sum over the rows, output layer first."""
    c, found = s.choices, []
    for k in reversed(order(c)):
        name = f"dL_dW{k}"
        pair = [s.name(incoming(c, k)), s.name(f"dL_d{linear(k)}")]
        rows = Apply("row_products", tuple(indexed(factor, "i") for factor in pair), None, s.name(name).shape)
        found.append(Chain((s.name(name), written(s.trace, name), rows), s.formula(name).laws))
    return found


def in_full(s):
    """Each gradient without the gradients on the way, output layer first; two layers fit a line without the outputs."""
    kept = {"n"} if s.choices["layers"] == 2 else {name for name in s.trace.named if not name.startswith("dL_d")}
    names = [f"dL_d{name}" for name in reversed(weights(s.choices))]
    return [
        Chain((s.name(name), coefficients_first(written(s.trace, name, lambda used: used not in kept))))
        for name in names
    ]


def show(s):
    c = s.choices
    letters = LETTERS if s.variant.who is None else {}
    handed = carried(s)
    middle = [name for k in order(c) for name in ((linear(k), f"H{k}") if k > 1 else ("yhat",))]
    return {
        "network": Chain((s.name("yhat"), written(s.trace, "yhat", lambda used: True))),
        "first": s.name(f"W{c['layers']}"),
        "last": s.name("W1"),
        "given_names": [s.name(name) for name in ("X", "y", *weights(c))],
        "sizes": [Size(s.name(name), letters) for name in ("X", "y", *weights(c))],
        "inner_sizes": [Size(s.name(name), letters) for name in middle],
        "gradient_sizes": [Size(s.name(f"dL_d{name}"), letters) for name in reversed(weights(c))],
        "outputs": outputs(s),
        "jacobians": [s.formula(f"d{linear(k)}_d{incoming(c, k)}") for k in order(c)],
        "slopes": [s.formula(f"dH{k}_dZ{k}") for k in order(c) if k > 1],
        "at_data": s.name(f"d{linear(c['layers'])}_dX"),
        "carried": handed,
        "rule": [Chain(line.links[:2]) for line in handed],
        "at_loss": s.formula("dL_dyhat"),
        "accumulated": accumulated(s),
        "in_full": in_full(s),
        "updated": [s.formula(f"{name}_new") for name in reversed(weights(c))],
    }


def worthwhile(v):
    used = lengths(v.solved.choices)
    return {"no two lengths are equal, so that a factor in the wrong place does not fit": len(set(used)) == len(used)}
