"""A fully connected network without biases, in formulas: composed, differentiated, its repeated factors found once."""

from functools import partial
from math import prod

from keygen.author import (
    Chain,
    Column,
    Name,
    Size,
    backprop,
    called,
    choice,
    concluded,
    expression,
    formula,
    function,
    half_square,
    marked,
    network_figure,
    relu,
    renamed,
    repeated,
    same_as,
    scheme_figure,
    shapes,
    sigmoid,
    tanh,
    written,
)

axes = {
    "inputs": choice(2, 2, 3, published=2),
    "first": choice(1, 2, 3, published=2),
    "second": choice(1, 2, 3, published=2),
}

given = {
    "depth": choice(2, 3, published=3),
    "output": choice("activated", "linear", published="activated"),
    "activation": choice("general", "sigmoid", "tanh", "relu", published="general"),
}

band = {"operations": (35, 70)}

told = {"loss": same_as("half_square"), "shapes": shapes()}

ACTIVATIONS = {"sigmoid": sigmoid, "tanh": tanh, "relu": relu}
BACK = ("dL_d", "downL_d")  # how the names of the gradients of the loss begin


def widths(c):
    """Units by layer, inputs first."""
    return (c["inputs"], c["first"], *((c["second"],) if c["depth"] == 3 else ()), 1)


def layers(c):
    return range(1, c["depth"] + 1)


def weights(c):
    return [f"W{k}" for k in layers(c)]


def unknown(c):
    """`u` is the argument for which the derivative of the activation is written down."""
    sizes = widths(c)
    matrices = {f"W{k}": f"{sizes[k - 1]} {sizes[k]}" for k in layers(c)}
    return {"X": f"1 {c['inputs']}", "y": "1 1", **matrices, "u": ""}


def gradient(c, name):
    """The name of the gradient of the loss, with the activation's own derivative where the activation is known."""
    if c["activation"] not in ACTIVATIONS:
        return f"dL_d{name}"
    return f"downL_d{name}" if name.startswith("W") else f"downL_down{name}"


def delta(c, k):
    """The name of the gradient with respect to the argument of layer k, called by a letter of its own."""
    return f"delta{k}" if c["activation"] not in ACTIVATIONS else f"owndelta{k}"


def outer(c):
    """The layer's argument at which the backward pass through the layers begins."""
    return f"Z{c['depth']}" if c["output"] == "activated" else "yhat"


def argument(c, k):
    """The name of what layer k computes before its activation."""
    return outer(c) if k == c["depth"] else f"Z{k}"


def signal(c, k):
    """The name of what layer k hands on; layer 0 is the input."""
    return "X" if k == 0 else "yhat" if k == c["depth"] else f"H{k}"


def computation(t):
    by_matrices(t)
    by_scalars(t)
    known = ACTIVATIONS.get(t.choices["activation"])
    t.f_u = known(t.u) if known else function("f", t.u)
    backprop(t, "f_u", ["u"], names={"u": "df_u"})
    if known:
        by_activation(t, known)


def by_matrices(t):
    c = t.choices
    for k in layers(c):
        t[argument(c, k)] = t[signal(c, k - 1)] @ t[f"W{k}"]
        if argument(c, k) != "yhat":
            t[signal(c, k)] = function("f", t[argument(c, k)])
    t.L = half_square(t.y, t.yhat)
    backprop(t, "L", weights(c))
    for k in layers(c):
        t[f"delta{k}"] = called(t[f"dL_d{argument(c, k)}"])


def by_activation(t, known):
    """The same network by matrices, with the activation itself in place of a function that is only named."""
    c = t.choices
    for k in layers(c):
        before = "X" if k == 1 else f"own{signal(c, k - 1)}"
        t[f"own{argument(c, k)}"] = t[before] @ t[f"W{k}"]
        if argument(c, k) != "yhat":
            t[f"own{signal(c, k)}"] = known(t[f"own{argument(c, k)}"])
    t.ownL = half_square(t.y, t.ownyhat)
    backprop(t, "ownL", weights(c))
    for k in layers(c):
        t[delta(c, k)] = called(t[gradient(c, argument(c, k))])


def unit(c, letter, k, j):
    """The name of a unit's number: x1, z1_2, h1_2; the last layer has one unit and needs no second mark."""
    if k == 0:
        return f"x{j}"
    return f"{letter}{k}_{j}" if k < c["depth"] else {"z": f"z{k}", "h": "out"}[letter]


def weight(c, k, i, j):
    """w2_12: layer 2, from unit 1 to unit 2; w3_1 in the last layer."""
    return f"w{k}_{i}{j}" if k < c["depth"] else f"w{k}_{i}"


def pairs(c, k):
    """(i, j) of every weight of layer k, counted from 1."""
    sizes = widths(c)
    return [(i, j) for i in range(1, sizes[k - 1] + 1) for j in range(1, sizes[k] + 1)]


def by_scalars(t):
    """The same network unit by unit, and the derivatives by the first weight of each layer.

    Units are recorded from the last to the first, so that the way back meets the first one first.
    """
    c, sizes = t.choices, widths(t.choices)
    for i in range(sizes[0]):
        t[f"x{i + 1}"] = t.X[0, i]
    t.target = t.y[0, 0]
    for k in layers(c):
        for i, j in pairs(c, k):
            t[weight(c, k, i, j)] = t[f"W{k}"][i - 1, j - 1]
    for k in layers(c):
        for j in range(sizes[k], 0, -1):
            terms = [t[weight(c, k, i, j)] * t[unit(c, "h", k - 1, i)] for i in range(1, sizes[k - 1] + 1)]
            linear = sum(terms[1:], terms[0])
            if argument(c, k) == "yhat":
                t.out = linear
            else:
                t[unit(c, "z", k, j)] = linear
                t[unit(c, "h", k, j)] = function("f", t[unit(c, "z", k, j)])
    t.loss = half_square(t.target, t.out)
    backprop(t, "loss", [weight(c, k, 1, 1) for k in layers(c)])


def signs(c):
    found = {"out": r"\hat{y}", "target": "y", "loss": "L", "f_u": "f(u)", "df_u": "f'(u)", "df": "f'"}
    found |= {
        "any_weight": "w^k_{ij}",
        "weight_matrix": "W_k",
        "last_weight": f"w^{c['depth']}_i",
        "any_argument": "z^k_j",
        "any_output": "h^k_j",
    }
    for k in layers(c):
        for i, j in pairs(c, k):
            below = f"{i}{j}" if k < c["depth"] else i
            found[weight(c, k, i, j)] = f"w^{k}_{{{below}}}"
            found |= {f"z{k}_{j}": f"z^{k}_{j}", f"h{k}_{j}": f"h^{k}_{j}"}
    own = {f"own{letter}{k}": f"{letter}_{k}" for letter in "ZH" for k in layers(c)}
    own |= {f"owndelta{k}": rf"\delta_{k}" for k in layers(c)}
    return {**found, f"z{c['depth']}": f"z^{c['depth']}", **own, "ownyhat": r"\hat{y}", "ownL": "L"}


def answers(s):
    c = s.choices
    named = [weight(c, k, i, j) for k in layers(c) for i, j in pairs(c, k)]
    named += [f"x{i + 1}" for i in range(c["inputs"])]
    names = [f"dL_d{name}" for name in reversed(weights(c))]
    gradients = {name: concluded(formula(name), partial(final_line, s, place)) for place, name in enumerate(names)}
    factors = {
        f"factor{k}": concluded(formula(name.replace("downL_down", "dL_d")), partial(factor_line, s, name))
        for k, name in enumerate(roles(s), start=1)
    }
    outputs = {
        "yhat": concluded(expression("out", *named), partial(output_line, s, "scalars")),
        "yhat_matrix": concluded(formula("yhat"), partial(output_line, s, "matrices")),
    }
    once = {name: concluded(formula(name), partial(once_lines, s, place)) for place, name in enumerate(names)}
    return {"a": outputs, "b": gradients, "c": factors, "d": once}


def output_line(s, kind):
    return [s.shown["composed"][kind]]


def final_line(s, place):
    return [(s.shown["with_slope"] or s.shown["in_full"])[place]]


def factor_line(s, name):
    return [Chain((s.name(name), written(s.trace, name, inside(*BACK))))]


def once_lines(s, place):
    """A layer's delta, and the gradient by its weights in it; output layer first."""
    found = s.shown["algorithm"]
    return [(found["start"], *found["back"])[place], found["gradients"][place]]


def inside(*prefixes):
    """Whether a name begins in one of these ways: what is to be written out in place."""
    return lambda name: name.startswith(("_", *prefixes))


def composed(s):
    """The network as one function of its inputs and weights, by scalars and by matrices; then its loss."""
    of_scalars = written(s.trace, "out", inside("z", "h"))
    of_matrices = written(s.trace, "yhat", inside("Z", "H"))
    loss = written(s.trace, "L", inside("Z", "H", "yhat"))
    return {
        "scalars": Chain((s.name("yhat"), of_scalars)),
        "matrices": Chain((s.name("yhat"), of_matrices)),
        "loss": Chain((s.name("L"), loss)),
    }


def units(s):
    """Each unit's number, layer by layer."""
    c = s.choices
    return [
        [
            Chain((s.name(unit(c, "h", k, j)), written(s.trace, unit(c, "h", k, j), inside("z"))))
            for j in range(1, widths(c)[k] + 1)
        ]
        for k in layers(c)
    ]


def one_weight(s):
    """The derivative by the first weight of each layer, last layer first, the way back written out."""
    names = [f"dloss_d{weight(s.choices, k, 1, 1)}" for k in reversed(layers(s.choices))]
    return [Chain((s.name(name), written(s.trace, name, inside("dloss_d")))) for name in names]


def way_back(s):
    """For each layer, last first: the lines that lead to the gradient by its weights."""
    c = s.choices
    found = []
    for k in reversed(layers(c)):
        names = dict.fromkeys([f"dL_d{signal(c, k)}", f"dL_d{argument(c, k)}", f"dL_dW{k}"])
        found.append([s.formula(name) for name in names])
    return found


def roles(s):
    """The repeated parts of the gradients, the most used first, each with the gradients that it serves."""
    asked = [gradient(s.choices, name) for name in reversed(weights(s.choices))]
    back = gradient(s.choices, "W")[:-1]
    found = repeated(s.trace, asked, lambda name: name.startswith(back) and name not in asked)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def spread(s, names):
    """Gradients in the values of the forward pass, with the repeated parts set off."""
    boxes = {name: place for place, name in enumerate(roles(s), start=1)}
    terms = {name: written(s.trace, name, inside(*BACK)) for name in names}
    return [Chain((s.name(name), marked(term, boxes))) for name, term in terms.items()]


def algorithm(s):
    """The steps of the backward pass: deltas from the last to the first, then the gradients, all in deltas."""
    c = s.choices
    short = {gradient(c, argument(c, k)): s.name(delta(c, k)) for k in layers(c)}

    def line(name, source):
        term = written(s.trace, source, lambda used: used not in short and inside(*BACK)(used))
        return Chain((s.name(name), renamed(term, short)))

    return {
        "forward": [[s.formula(name) for name in dict.fromkeys((argument(c, k), signal(c, k)))] for k in layers(c)],
        "meaning": [Chain((s.name(delta(c, k)), s.name(gradient(c, argument(c, k))))) for k in reversed(layers(c))],
        "start": line(delta(c, c["depth"]), gradient(c, outer(c))),
        "back": [line(delta(c, k), gradient(c, f"Z{k}")) for k in reversed(layers(c)[:-1])],
        "gradients": [line(gradient(c, f"W{k}"), gradient(c, f"W{k}")) for k in reversed(layers(c))],
    }


def other_factor(s, product, known):
    """What the variable `known` is multiplied by in the step that makes `product`."""
    (other,) = (name for name in s.trace.defining[product].inputs if name != known)
    return written(s.trace, other)


def scheme(s):
    c = s.choices
    columns = [Column(s.name("X"))]
    for k in layers(c):
        here, last = gradient(c, argument(c, k)), k == c["depth"]
        sent = None if last else other_factor(s, gradient(c, f"H{k}"), gradient(c, argument(c, k + 1)))
        through = None if argument(c, k) == "yhat" else other_factor(s, here, gradient(c, signal(c, k)))
        columns.append(
            Column(
                s.name(signal(c, k)),
                (s.name(f"W{k}"), None if through is None else Name("f")),
                s.name(delta(c, k)),
                (sent, through),
                s.name(gradient(c, f"W{k}")),
                other_factor(s, gradient(c, f"W{k}"), here),
            )
        )
    return scheme_figure([*columns, Column(s.name("L"), backward=written(s.trace, "dL_dyhat"))])


def network(s):
    c, sizes = s.choices, widths(s.choices)
    circles = [[s.name(unit(c, "h", k, j + 1)) for j in range(size)] for k, size in enumerate(sizes)]
    labels = [
        [[s.name(weight(c, k, i + 1, j + 1)) for j in range(sizes[k])] for i in range(sizes[k - 1])] for k in layers(c)
    ]
    return network_figure(circles, labels)


def with_slope(s):
    """The gradients with the activation's own derivative; nothing where the activation is only named."""
    if s.choices["activation"] not in ACTIVATIONS:
        return []
    names = [gradient(s.choices, name) for name in reversed(weights(s.choices))]
    return [Chain((s.name(name), written(s.trace, name, inside(*BACK)))) for name in names]


def show(s):
    c = s.choices
    inner = [signal(c, k) for k in range(1, c["depth"])]
    slope = s.formula("df_u")
    return {
        "network": network(s),
        "f": Name("f"),
        "df": Name("df"),
        "weight": Name("any_weight"),
        "weight_matrix": Name("weight_matrix"),
        "any_output": Name("any_output"),
        "last_weight": Name("last_weight"),
        "places": [Name("i"), Name("j"), Name("k")],
        "units": units(s),
        "composed": composed(s),
        "sizes": [[Size(s.name(name)) for name in names] for names in (weights(c), ("X", *inner, "yhat"))],
        "gradient_sizes": [Size(s.name(f"dL_d{name}")) for name in reversed(weights(c))],
        "argument": Name("any_argument"),
        "last_argument": s.name(f"z{c['depth']}") if c["output"] == "activated" else None,
        "one_weight": one_weight(s),
        "way_back": way_back(s),
        "in_full": [
            Chain((s.name(f"dL_d{name}"), written(s.trace, f"dL_d{name}", inside("dL_d"))))
            for name in reversed(weights(c))
        ],
        "marked": spread(s, [gradient(c, name) for name in reversed(weights(c))]),
        "repeated": [
            (*spread(s, [name]), [s.name(gradient) for gradient in served]) for name, served in roles(s).items()
        ],
        "algorithm": algorithm(s),
        "scheme": scheme(s),
        "activation": s.formula("f_u"),
        "slope": slope,
        "with_slope": with_slope(s),
    }


def worthwhile(v):
    sizes = widths(v.solved.choices)
    yield "some layer between input and output has two units", max(sizes[1:-1]) > 1
    yield "the composed function fits on a few lines", prod(sizes) <= 12
