"""A recurrent cell with one unit, unrolled in time: forward pass, gradients back through time, one step."""

from fractions import Fraction
from functools import reduce
from operator import add, mul

import numpy as np

from keygen.author import (
    Apply,
    Cell,
    Chain,
    Condition,
    Given,
    Literal,
    Moment,
    Name,
    Table,
    add_up,
    apply,
    backprop,
    calculus,
    called,
    cell_figure,
    choice,
    concluded,
    decimals,
    integers,
    product,
    relation,
    relu,
    rounded,
    same_as,
    slip,
    slope,
    square,
    tanh,
    unrolled_figure,
    with_decimals,
    with_numbers,
)

axes = {"moments": choice(4, 4, 5, published=4)}

given = {
    "y": integers("moments", -2, 3, published=[0, 1, -1, 2]),
    "h0": decimals("", "0", "1", "0.5", published=0),
    "w": decimals("", "-1.5", "1.5", "0.5", published="0.5", nonzero=True),
    "u": decimals("", "0.5", "1.5", "0.5", published="0.5"),
    "v": decimals("", "-1.5", "1.5", "0.5", published="0.5", nonzero=True),
    "rate": decimals("", "0.05", "0.2", "0.05", published="0.1"),
    "activation": choice(*["relu"] * 5, "tanh", published="relu"),  # fewer draws with ReLU are worthwhile
    "reduction": choice("sum", "mean", published="sum"),
}

band = {"operations": (80, 160), "negatives": (4, 46)}
slips = [slip("b", "factor_left_out")]

ACTIVATIONS = {"relu": relu, "tanh": tanh}
FEW = 6  # terms of a gradient: so few are all shown, of more only those that are not zero
LONGEST = 1024  # of the denominators of the loss and its gradients
ROWS = 4  # terms that stand aligned in one display, which no page breaks


def times(c):
    return range(1, c["moments"])


def pairs(c):
    """(t, k): the loss of step t and a use of the weight at step k, which it reaches."""
    return [(t, k) for t in times(c) for k in range(t, 0, -1)]


def computation(t):
    forward(t)
    backprop(t, "L", ["u", "v", "w"])
    jacobians(t)
    terms(t)
    for weight in "uvw":
        t[f"{weight}_new"] = t[weight] - t.rate * t[f"dL_d{weight}"]
    after(t)
    slip(t)


def forward(t):
    """The cell at every moment with the same three weights; it reads the true y of the moment before."""
    c = t.choices
    f = ACTIVATIONS[c["activation"]]
    for k in range(c["moments"]):
        t[f"y_{k}"] = t.y[k]
    t.h_0 = called(t.h0)
    for k in times(c):
        t[f"a_{k}"] = t.w * t[f"h_{k - 1}"] + t.v * t[f"y_{k - 1}"]
        t[f"h_{k}"] = f(t[f"a_{k}"])
        t[f"z_{k}"] = t.u * t[f"h_{k}"]
        t[f"yhat_{k}"] = f(t[f"z_{k}"])
        t[f"L_{k}"] = square(t[f"y_{k}"] - t[f"yhat_{k}"])
    if c["reduction"] == "mean":
        t.T = len(times(c))
    t.L = loss(t, "yhat")


def loss(t, predicted):
    """The sum or the mean of the squared errors of some predictions."""
    c = t.choices
    whole = reduce(add, [square(t[f"y_{k}"] - t[f"{predicted}_{k}"]) for k in times(c)])
    return 1 / t.T * whole if c["reduction"] == "mean" else whole


def jacobians(t):
    """What each link of the cell changes by: of one step alone, the state before it taken as a number."""
    for k in times(t.choices):
        if k > 1:
            t[f"dh_{k}_dh_{k - 1}"] = slope(t[f"h_{k}"]) * t.w
        t[f"dyhat_{k}_dh_{k}"] = slope(t[f"yhat_{k}"]) * t.u
        t[f"dyhat_{k}_du"] = slope(t[f"yhat_{k}"]) * t[f"h_{k}"]
        t[f"direct_w_{k}"] = slope(t[f"h_{k}"]) * t[f"h_{k - 1}"]
        t[f"direct_v_{k}"] = slope(t[f"h_{k}"]) * t[f"y_{k - 1}"]
    for k in times(t.choices):
        t[f"own_{k}"] = t[f"dL_dyhat_{k}"] * t[f"dyhat_{k}_dh_{k}"]
        if k > 1:
            t[f"past_{k}"] = t[f"dL_dh_{k}"] * t[f"dh_{k}_dh_{k - 1}"]


def terms(t):
    """Each way from a loss back to a use of a weight: the product of the derivatives on it."""
    for end, use in pairs(t.choices):
        back = [t[f"dh_{k}_dh_{k - 1}"] for k in range(end, use, -1)]
        common = [t[f"dL_dyhat_{end}"], t[f"dyhat_{end}_dh_{end}"], *back]
        for weight in "wv":
            t[f"term_{weight}_{end}_{use}"] = reduce(mul, [*common, t[f"direct_{weight}_{use}"]])
    for k in times(t.choices):
        t[f"term_u_{k}"] = t[f"dL_dyhat_{k}"] * t[f"dyhat_{k}_du"]


def after(t):
    """The cell with the new weights, on the same series."""
    c = t.choices
    f = ACTIVATIONS[c["activation"]]
    state = t.h_0
    for k in times(c):
        t[f"h_new_{k}"] = f(t.w_new * state + t.v_new * t[f"y_{k - 1}"])
        state = t[f"h_new_{k}"]
        t[f"yhat_new_{k}"] = f(t.u_new * state)
    t.L_new = loss(t, "yhat_new")


def slip(t):
    """The last state if the cell read its own prediction there, as a printed key once had it."""
    before = t.choices["moments"] - 2
    t.a_slip = t.w * t[f"h_{before}"] + t.v * t[f"yhat_{before}"]
    t.slip = ACTIVATIONS[t.choices["activation"]](t.a_slip)


def signs(c):
    found = {"h0": "h_0", "a_slip": rf"\tilde{{a}}_{c['moments'] - 1}", "slip": rf"\tilde{{h}}_{c['moments'] - 1}"}
    found |= {"read_t": "y_{t-1}", "before": "H_{t-1}", "read": "Y_{t-1}", "state": "H_t", "predicted": r"\hat{Y}_t"}
    for k in times(c):
        found |= {f"h_new_{k}": rf"h_{k}^{{+}}", f"yhat_new_{k}": rf"\hat{{y}}_{k}^{{+}}"}
        found[f"term_u_{k}"] = f"g^u_{k}"
        for weight in "wv":
            found[f"direct_{weight}_{k}"] = rf"\left(\frac{{\partial h_{k}}}{{\partial {weight}}}\right)_{{h_{k - 1}}}"
            found |= {f"term_{weight}_{t}_{k}": f"g^{weight}_{{{t},{k}}}" for t in times(c)}
    heads = {"past": ("h_t", "h_{t-1}"), "out": (r"\hat{y}_t", "h_t"), "loss": ("L", r"\hat{y}_t")}
    found |= {
        f"head_{name}": rf"\dfrac{{\partial {top}}}{{\partial {bottom}}}" for name, (top, bottom) in heads.items()
    }
    found |= {
        f"head_{weight}": rf"\left(\dfrac{{\partial h_t}}{{\partial {weight}}}\right)_{{h_{{t-1}}}}" for weight in "wv"
    }
    found["head_u"] = r"\dfrac{\partial \hat{y}_t}{\partial u}"
    return found


def answers(s):
    rows = {name: [f"{name}_{k}" for k in times(s.choices)] for name in ("h", "yhat", "L")}

    def read_off(name):
        return concluded(name, with_decimals(s.chain(name)))

    gradients = {f"dL_d{weight}": read_off(f"dL_d{weight}") for weight in "uvw"}
    new = {name: read_off(name) for name in ("u_new", "v_new", "w_new")}
    return {
        "a": {"h": rows["h"], "yhat": rows["yhat"], "loss_t": rows["L"], "loss": read_off("L")},
        "b": gradients,
        "c": {**gradients, **new},
        "d": {"cell": concluded(same_as("matrices: rows are sequences, columns series"), *s.shown["batch"])},
    }


def show(s):
    c = s.choices
    last = c["moments"] - 1
    return {
        "cell": cell_figure(weights(s), Moment(Name("read_t"), Name("h_t"), Name("yhat_t"))),
        "step": [s.chain(f"{name}_1").formula for name in ("a", "h", "z", "yhat")],
        "forward": [[with_decimals(s.chain(f"{name}_{k}")) for name in ("a", "h", "z", "yhat")] for k in times(c)],
        "table": forward_table(s),
        "losses": {name: with_decimals(s.chain(name)) for name in ("L", "L_new")},
        "unrolled": unrolled_figure(weights(s), s.name("h_0"), [moment(s, k, back=True) for k in times(c)]),
        "links": [s.chain(name).formula for name in links(last)],
        "link_table": link_table(s),
        "slip": s.chain("a_slip"),
        "back": [equal(s, f"dL_dh_{k}", back_to_state(s, k)) for k in reversed(times(c))],
        "sums": [equal(s, f"dL_d{x}", over_states(s, x)) for x in "wv"],
        "own": {x: terms_shown(s, x) for x in "uwv"},
        "weights": [with_decimals(s.chain(f"{weight}_new")) for weight in "uvw"],
        "after": [with_decimals(s.chain(f"yhat_new_{k}").result) for k in times(c)],
        "lone": Given(alive(s)[0]),
        "still": Given(corners(s)[0] if corners(s) else 0),
        "letter": {"t": Name("t"), "k": Name("k")},
        "right": s.chain(f"h_{last}").result,
        "batch": in_matrices(c["activation"]),
        "matrices": {name: Name(name, (2, 2)) for name in "UVW"},
    }


def equal(s, name, form):
    """name = form = numbers = value, and its decimals where it is a fraction."""
    return with_decimals(Chain((s.name(name), form, with_numbers(form, s.values), Literal(s.values[name]))))


def back_to_state(s, k):
    """What comes back to a state: from its own prediction and from the next state."""
    ways = [product([s.name(f"dL_dyhat_{k}"), s.name(f"dyhat_{k}_dh_{k}")])]
    if f"past_{k + 1}" in s.values:
        ways.append(product([s.name(f"dL_dh_{k + 1}"), s.name(f"dh_{k + 1}_dh_{k}")]))
    return add_up(ways)


def over_states(s, weight):
    """The gradient of a weight as a sum over the steps at which it was used."""
    return add_up([product([s.name(f"dL_dh_{k}"), s.name(f"direct_{weight}_{k}")]) for k in times(s.choices)])


def in_matrices(activation):
    """The cell for several sequences of several numbers: a row a sequence; tried at numbers of its own."""
    at = {
        "before": matrix((0.5, -1), (2, 0.25)),
        "read": matrix((1, 0.5, -2), (0.5, 3, 1)),
        "W": matrix((0.5, -0.25), (1, 0.75)),
        "V": matrix((1, -0.5), (0.25, 2), (-1.5, 0.5)),
        "U": matrix((0.5,), (-1,)),
    }
    name = {key: Name(key, value.shape) for key, value in at.items()}
    inside = apply("add", matrix_product(name["before"], name["W"]), matrix_product(name["read"], name["V"]))
    at["state"] = calculus.exactly(apply(activation, inside), **at)
    outside = matrix_product(Name("state", at["state"].shape), name["U"])
    at["predicted"] = calculus.exactly(apply(activation, outside), **at)
    return [
        Chain((Name(key, at[key].shape), apply(activation, term)), at=at)
        for key, term in (("state", inside), ("predicted", outside))
    ]


def matrix(*rows):
    """Rows of numbers that are short in binary, as fractions."""
    return np.array([[Fraction(x) for x in row] for row in rows], dtype=object)


def matrix_product(rows, columns):
    return Apply("matmul", (rows, columns), None, (rows.shape[0], columns.shape[1]))


def weights(s):
    return Cell(s.name("w"), s.name("v"), s.name("u"))


def carried(s):
    """The gradients that the unrolled figure shows."""
    names = [f"{name}_{k}" for k in times(s.choices) for name in ("dL_dyhat", "own", "past")]
    return [name for name in names if name in s.values]


def moment(s, k, *, back=False):
    """The cell at step k, with the numbers that go back through it."""

    def number(name):
        return s.claim(name).decimal if back and name in s.values else None

    return Moment(
        s.name(f"y_{k - 1}"),
        s.name(f"h_{k}"),
        s.name(f"yhat_{k}"),
        s.name(f"L_{k}") if back else None,
        number(f"dL_dyhat_{k}"),
        number(f"own_{k}"),
        number(f"past_{k}"),
    )


def forward_table(s):
    """t, state, prediction, truth, loss."""
    count = (s.choices["moments"],)
    head = (Name("t"), *(Name(name, count, "t") for name in ("h", "yhat", "y", "L")))
    columns = ("h", "yhat", "y", "L")
    rows = [(Given(k), *(s.claim(f"{name}_{k}").decimal for name in columns)) for k in times(s.choices)]
    first = (Given(0), s.claim("h_0").decimal, None, s.claim("y_0").decimal, None)
    return Table(head, (first, *rows))


def links(k):
    """The derivatives of one step, at step k."""
    return [f"dyhat_{k}_dh_{k}", f"dh_{k}_dh_{k - 1}", f"dyhat_{k}_du", f"direct_w_{k}", f"direct_v_{k}"]


def link_table(s):
    """The derivatives of every step."""
    head = (Name("t"), *(Name(f"head_{name}") for name in ("loss", "out", "u", "past", "w", "v")))

    def row(k):
        names = [f"dL_dyhat_{k}", f"dyhat_{k}_dh_{k}", f"dyhat_{k}_du", f"dh_{k}_dh_{k - 1}"]
        return [*names, f"direct_w_{k}", f"direct_v_{k}"]

    return Table(
        head,
        tuple(
            (Given(k), *(s.claim(name).decimal if name in s.values else None for name in row(k)))
            for k in times(s.choices)
        ),
    )


def terms_shown(s, weight):
    """The terms of a weight's gradient, and the gradient as their sum."""
    c = s.choices
    names = [f"term_u_{k}" for k in times(c)] if weight == "u" else [f"term_{weight}_{t}_{k}" for t, k in pairs(c)]
    kept = names if len(names) <= FEW else [name for name in names if s.values[name] != 0]
    whole = add_up([s.name(name) for name in kept])
    total = equal(s, f"dL_d{weight}", whole)
    terms = [with_decimals(s.chain(name)) for name in kept]
    groups = [terms[at : at + ROWS] for at in range(0, len(terms), ROWS)]
    return {"terms": terms, "groups": groups, "total": total, "left_out": [name for name in names if name not in kept]}


def conditions(s):
    """Whether terms of a gradient are left out, which are those that are zero; if none are, they add up to it."""
    found = {}
    for x in "wv":
        shown = s.shown["own"][x]
        left_out = [relation(s.name(name), "=", 0) for name in shown["left_out"]]
        kept = [relation(term.links[0], "!=", 0) for term in shown["terms"]]
        found[f"{x}_terms_are_zero"] = Condition(bool(left_out), (*left_out, *kept) if left_out else (shown["total"],))
    found["falls"] = s.whether(relation(s.name("L_new"), "<", s.name("L")))
    found["lone"] = lone(s)
    return found | at_corners(s)


def corners(s):
    """The moments at which the argument of the state's ReLU is exactly zero."""
    return [k for k in times(s.choices) if s.choices["activation"] == "relu" and s.values[f"a_{k}"] == 0]


def at_corners(s):
    """Whether a state of zero puts the output at the corner of ReLU, and its own argument is negative; whether that is
    zero at one moment, since what it is made of is zero. Either way no gradient depends on the slope at the corner."""
    silent = [k for k in times(s.choices) if s.choices["activation"] == "relu" and s.values[f"h_{k}"] == 0]
    still = corners(s)
    output = [relation(s.name(f"z_{k}"), "=", 0) for k in silent]
    below = [relation(s.name(f"a_{k}"), "<", 0) for k in silent if k not in still]
    zero = [relation(s.name(f"{name}_{k - 1}"), "=", 0) for k in still for name in "hy"]
    at_zero = [relation(s.name(f"a_{k}"), "=", 0) for k in still]
    moving = [relation(s.name(f"a_{k}"), "!=", 0) for k in times(s.choices) if s.values[f"a_{k}"] != 0]
    return {
        "corner": Condition(bool(silent) and len(still) <= 1, (*output, *below, *zero) if silent else (*moving,)),
        "still": Condition(len(still) == 1, (*at_zero, *zero) if still else (*moving,)),
    }


def alive(s):
    """The moments at which the cell is active."""
    return [k for k in times(s.choices) if s.values[f"h_{k}"] != 0]


def lone(s):
    """Whether the argument is positive at one moment alone, after a state of zero, and nothing of w is learned; ReLU
    stops the gradient at all others."""
    active = alive(s)[0]
    silent = [relation(s.name(f"a_{k}"), "<=", 0) for k in times(s.choices) if k != active]
    zero = [relation(s.name(name), "=", 0) for name in (f"h_{active - 1}", "dL_dw")]
    return s.whether(*silent, relation(s.name(f"a_{active}"), ">", 0), *zero)


def short(value):
    """Whether a number is rounded anyway, or is a fraction that a hand carries."""
    return not isinstance(value, Fraction) or value.denominator <= LONGEST


meant = {
    "the numbers of the source": (
        "w and v differ in size",
        "the cell is alive at two moments at least",
        "the gradients differ",
        "no gradient is too small or too large",
        "v needs the past, and so does w",
        "the step is visible in every weight",
        "no argument of the cell is at the corner of ReLU",
    ),
}


def worthwhile(v):
    c, values = v.solved.choices, v.solved.values
    yield "the sequence changes", len(set(v.y)) >= 3
    yield "w and v differ in size", abs(v.w) != abs(v.v)
    states = [values[f"h_{k}"] for k in times(c)]
    alive = [h for h in states if h != 0]
    yield "the cell is alive at two moments at least", len(alive) >= 2
    yield (
        "a ReLU cell is silent once",
        c["activation"] == "tanh" or len(alive) < len(states),
    )
    yield "no argument of the cell is at the corner of ReLU", not corners(v.solved)
    yield "no two states that are alive are equal", len({rounded(h, 3) for h in alive}) == len(alive)
    gradients = [values[f"dL_d{weight}"] for weight in "uvw"]
    yield "the gradients differ", len({rounded(g, 3) for g in gradients}) == 3
    yield "no gradient is too small or too large", all(Fraction("0.01") <= abs(g) <= 50 for g in gradients)
    yield "no fraction is too long to carry by hand", all(short(g) for g in (*gradients, v.L))
    direct = [sum(values[f"term_{weight}_{k}_{k}"] for k in times(c)) for weight in "vw"]
    yield (
        "v needs the past, and so does w",
        all(abs(part - whole) >= Fraction("0.005") for part, whole in zip(direct, gradients[1:])),
    )
    yield (
        "what goes back is nothing at all, or large enough to be seen",
        all(values[name] == 0 or abs(values[name]) >= Fraction("0.001") for name in carried(v.solved)),
    )
    steps = [v.rate * values[f"dL_d{weight}"] for weight in "uvw"]
    yield "the step is visible in every weight", all(abs(step) >= Fraction("0.001") for step in steps)
    yield "the step lowers the loss", v.L_new < v.L
    yield "the cell predicts something after the step", any(values[f"yhat_new_{k}"] != 0 for k in times(c))
    yield "reading a prediction would give another state", abs(v.slip - states[-1]) >= Fraction("0.001")
