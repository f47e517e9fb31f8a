"""A network from its picture: a forecast, the formula; and the way back, from a formula to the picture."""

from fractions import Fraction
from itertools import product
from math import lcm

from keygen.author import (
    Chain,
    Given,
    Literal,
    Name,
    apply,
    calculus,
    concluded,
    decimals,
    edge_list,
    integers,
    network_figure,
    relation,
    relu,
    spelled,
    unlike,
)

axes = {"input": 3, "hidden": 2, "feature": 2}

given = {
    "W": decimals("input hidden", "-6", "6", "0.5", published=[[5, -2], [-60, -80], ["0.5", 2]], nonzero=True),
    "w": decimals("hidden", "-2", "2", "0.2", published=[1, "0.2"], nonzero=True),
    "c": integers("", -9, 9, published=4, nonzero=True),
    "x1": integers("", 5, 30, published=20),
    "x2": integers("", 0, 1, published=0),
    "V": integers("feature hidden", -4, 4, published=[[3, 3], [4, 2]], nonzero=True),
    "b": integers("hidden", -7, 7, published=[1, 7], nonzero=True),
    "v": integers("hidden", -4, 4, published=[4, 2], nonzero=True),
    "d": integers("", -9, 9, published=6, nonzero=True),
    "p": integers("feature", -3, 3, published=[1, 2], nonzero=True),
}

slips = []  # its own is in the words

signs = {
    "yhat": r"\hat{y}", "p": "x", "slipped": r"\tilde{y}", "z1": "z_1", "z2": "z_2", "u1": "u_1", "u2": "u_2",
    "g1": "g_1", "g2": "g_2", "h1": "h_1", "h2": "h_2", "y": "y",
}  # fmt: skip


def computation(t):
    t.x3 = 1
    for k in (1, 2):
        W = [t.W[i, k - 1] for i in range(3)]
        t[f"z{k}"] = W[0] * t.x1 + W[1] * t.x2 + W[2] * t.x3
        t[f"h{k}"] = relu(t[f"z{k}"])
    t.yhat = relu(t.w[0] * t.h1 + t.w[1] * t.h2 + t.c)
    t.slipped = relu(t.w[0] * t.z1 + t.w[1] * t.z2 + t.c)
    for k in (1, 2):
        t[f"u{k}"] = t.V[0, k - 1] * t.p[0] + t.V[1, k - 1] * t.p[1] + t.b[k - 1]
        t[f"g{k}"] = relu(t[f"u{k}"])
    t.y = relu(t.v[0] * t.g1 + t.v[1] * t.g2 + t.d)


def unit(weights, inputs, bias=0, times=calculus.times):
    """max(0, w_1 x_1 + ... + b), with numbers for the weights."""
    total = calculus.ZERO
    for w, x in zip(weights, inputs):
        total = calculus.sub(total, times(-w, x)) if w < 0 else calculus.add(total, times(w, x))
    return apply("relu", calculus.add(total, calculus.whole(bias)))


def decimally(number, x):
    """0.5 . x, as the picture has the number; never x / 2"""
    return x if number == 1 else apply("mul", calculus.whole(number), x)


def names(count):
    return [Name(f"x{i}") for i in range(1, count + 1)]


def forecast(s):
    """The network of the picture, in its inputs."""
    W, w, c = (s.values[name] for name in "Wwc")
    whole = all(weight.denominator == 1 for weight in (*W.flat, *w))
    times = calculus.times if whole else decimally
    return unit(w, [unit(column, names(3), times=times) for column in W.T], c, times)


def way_back(s):
    """The formula of the last part."""
    V, b, v, d = (s.values[name] for name in "Vbvd")
    return unit(v, [unit(column, names(2), bias) for column, bias in zip(V.T, b)], d)


def edges(s):
    V, b, v, d = (s.values[name] for name in "Vbvd")
    into = [(f"x{i + 1}", f"h{k + 1}", V[i, k]) for i in range(2) for k in range(2)]
    biases = [("1", f"h{k + 1}", b[k]) for k in range(2)]
    return edge_list(*into, *biases, *((f"h{k + 1}", "y", v[k]) for k in range(2)), ("1", "y", d))


def answers(s):
    return {
        "a": {"h1": concluded("h1"), "h2": concluded("h2"), "yhat": "yhat"},
        "b": {"yhat": spelled(forecast(s))},
        "c": {"edges": edges(s), "y": spelled(way_back(s))},
    }


told = {"x": ["x1", "x2", "x3"], "x1": None, "x2": None}


def picture(s):
    """The network with no hidden biases."""
    hidden = [*(s.name(f"h{k}") for k in (1, 2)), Given(1)]
    first = [[*(s.claim("W", i, k) for k in range(2)), None] for i in range(3)]
    last = [*([s.claim("w", k)] for k in range(2)), [s.claim("c")]]
    return network_figure([names(3), hidden, [s.name("yhat")]], [first, last])


def drawn(s):
    """The network of the formula."""
    inputs, hidden = [*names(2), Given(1)], [*(s.name(f"g{k}") for k in (1, 2)), Given(1)]
    first = [[*(s.claim("V", i, k) for k in range(2)), None] for i in range(2)]
    first.append([*(s.claim("b", k) for k in range(2)), None])
    last = [*([s.claim("v", k)] for k in range(2)), [s.claim("d")]]
    return network_figure([inputs, hidden, [s.name("y")]], [first, last])


def show(s):
    place = dict(zip(("x1", "x2"), s.values["p"]))
    return {
        "inputs": [s.chain(name) for name in ("x1", "x2", "x3")],
        "net": picture(s), "drawn": drawn(s),
        "letters": names(3),
        "forecast": Chain((s.name("yhat"), forecast(s))),
        "formula_back": Chain((s.name("y"), way_back(s)), at=place),
        "point": [Chain((Name(name), Literal(value)), at=place) for name, value in place.items()],
    }  # fmt: skip


def conditions(s):
    """Whether nothing negative goes into the outer ReLU of either network; whether the first unit is silent."""
    found = {"first_dead": s.whether(relation(s.name("z1"), "<", 0))}
    for network, weights, bias in (("picture", "w", "c"), ("formula", "v", "d")):
        into = (*(s.claim(weights, k) for k in (0, 1)), s.claim(bias))
        found[f"{network}_outer_idle"] = s.whether(*(relation(number, ">=", 0) for number in into))
    return found


DAYS = tuple((t, rally) for t in range(-30, 41) for rally in (0, 1))
PLACES = tuple((x, y) for x in range(-9, 10) for y in range(-9, 10))


def acts(first, biases, last, bias, inputs):
    """Whether at some of the inputs something negative goes into the outer ReLU."""
    (p, q, r, s, *shifts), unit = whole([*first[0], *first[1], *biases])
    (a, b), share = whole(last)
    least = -bias * unit * share
    return any(a * max(0, p * x + r * y + shifts[0]) + b * max(0, q * x + s * y + shifts[1]) < least for x, y in inputs)


def whole(numbers):
    """How often a unit that measures all of the numbers goes into each of them, and into one."""
    unit = lcm(*(Fraction(x).denominator for x in numbers))
    return [int(x * unit) for x in numbers], unit


def picture_acts(W, w, c):
    """Whether the outer ReLU of the picture acts on some day."""
    return acts(W[:2], W[2], w, c, DAYS)


def pinnable(v):
    yield "W x1 x2", v.z1 * v.z2 < 0, "weights and inputs with one hidden sum above 0 and one below"


meant = {
    "the numbers of the source": (
        "W",
        "the outer ReLU of the picture acts on some day",
        "the outer ReLU of the formula acts somewhere",
    )
}


def arranged(v):
    """Signs with which one hidden unit of the picture is alive and one silent, and both forecasts are positive."""
    W, w, c = apart(v.W), v.w.copy(), v.c
    z = [W[0, k] * v.x1 + W[1, k] * v.x2 + W[2, k] for k in (0, 1)]
    if z[0] * z[1] > 0:
        turned = int(v.x1) % 2
        W[:, turned], z[turned] = -W[:, turned], -z[turned]
    W = apart(W)
    alive = 0 if z[0] > 0 else 1
    w[alive] = abs(w[alive])
    if w[alive] * z[alive] + c <= 0:
        c = -c
    if w[0] * z[0] + w[1] * z[1] + c <= 0 or not picture_acts(W, w, c):
        w[1 - alive] = -abs(w[1 - alive])
    if not picture_acts(W, w, c) and w[alive] * z[alive] > abs(c):
        c = -abs(c)
    return {"W": W, "w": w, "c": c} | way_back_arranged(v)


def way_back_arranged(v):
    """Signs with which the network of the formula has a living unit, puts out something, and its outer ReLU acts."""
    V, b, last, d = apart(v.V), v.b.copy(), v.v.copy(), v.d
    u = v.p @ V + b
    if max(u) <= 0:
        turned = int(v.x1) % 2
        V[:, turned], b[turned], u[turned] = -V[:, turned], -b[turned], -u[turned]
    for first, second, third in product((1, -1), repeat=3):
        turned, bias = last * (first, second), d * third
        if sum(turned[k] * max(0, u[k]) for k in (0, 1)) + bias > 0 and acts(V, b, turned, bias, PLACES):
            return {"V": V, "b": b, "v": turned, "d": bias}
    return {"V": V, "b": b, "v": last, "d": d}


def apart(weights):
    """The weights of two units, the second of which turns a weight that both have."""
    found = weights.copy()
    found[:, 1] = [-x if x == y else x for x, y in zip(found[:, 1], found[:, 0])]
    return found


def worthwhile(v):
    yield "one hidden unit is alive and one is silent", v.z1 * v.z2 < 0
    yield "the forecast is positive", v.yhat > 0
    yield "the outer ReLU of the picture acts on some day", picture_acts(v.W, v.w, v.c)
    yield "the outer ReLU of the formula acts somewhere", acts(v.V, v.b, v.v, v.d, PLACES)
    yield "the slip shows", v.slipped > 0 and v.slipped != v.yhat
    yield "the other network puts out something", v.y > 0 and (v.u1 > 0 or v.u2 > 0)
    yield "the hidden units are different", (v.W[:, 0] != v.W[:, 1]).all() and (v.V[:, 0] != v.V[:, 1]).any()
    yield "the hidden units of the formula get different arguments", v.u1 != v.u2
    yield "no two inputs weigh the same", (v.V[0] != v.V[1]).any() and unlike(v.W)
