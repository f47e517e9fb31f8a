"""Rules of differentiation read off graphs: a function of two functions, a product, a quotient, one neuron."""

from fractions import Fraction
from itertools import product as product_of

from keygen.author import (
    Chain,
    Claim,
    Literal,
    Name,
    Polynomial,
    Swatch,
    add_up,
    again,
    backprop,
    calculus,
    choice,
    concluded,
    edges,
    expression,
    function,
    graph_figure,
    half_square,
    logloss,
    paths,
    product,
    quotient,
    same_as,
    sigmoid,
    spelled,
    squared_error,
    step_length,
    step_name,
    tanh,
    with_numbers,
    written,
)

LARGEST = 99  # of the coefficients that are carried by hand
RAISED = ((1, 2), (2, 1), (1, 3), (3, 1), (2, 3), (3, 2))

given = {
    "powers_z1": choice((2, 1), (1, 2), (2, 2), (3, 1), (1, 3), published=(2, 1)),
    "weights_z2": choice(*product_of(range(1, 6), range(1, 6)), published=(1, 3)),
    "sign_z2": choice("+", "-", published="+"),
    "squared": choice("z1", "z2", published="z1"),
    "times": choice(1, 2, 3, published=1),
    "sign_p": choice("+", "-", published="+"),
    "powers_h": choice(*RAISED, published=(1, 1)),
    "powers_q": choice(*RAISED, published=(1, 1)),
    "neuron": choice(
        *product_of(("sigmoid", "tanh"), ("half_square", "square")), ("sigmoid", "logloss"),
        published=("sigmoid", "half_square"),
    ),
}  # fmt: skip

band = {"operations": (78, 90)}

ACTIVATIONS = {"sigmoid": sigmoid, "tanh": tanh}
LOSSES = {"half_square": half_square, "square": squared_error, "logloss": logloss}
AT = {"x1": 1, "x2": 2, "w0": 0, "w1": 1, "w2": -1, "y": 1}  # where an entry is found a second time
INPUTS, WEIGHTS = ("x1", "x2"), ("w0", "w1", "w2")

unknown = dict.fromkeys((*INPUTS, "x", *WEIGHTS, "y"), "")

slips = []  # its own is in the words

signs = {
    "fx": "f", "gx": "g", "dfx_dx": "f'", "dgx_dx": "g'", "dh_dx": "h'", "dq_dx": "q'",
    "dfg_dx": "(f g)'", "dover_dx": "(f / g)'",
}  # fmt: skip


def joined(sign, one, two):
    return one + two if sign == "+" else one - two


def computation(t):
    """p of two functions; h and q of f and g, with the two rules beside them; a neuron's loss."""
    c = t.choices
    (one, two), (a, b) = c["powers_z1"], c["weights_z2"]
    t.z1 = raised(t.x1, one) * raised(t.x2, two)
    t.z2 = joined(c["sign_z2"], a * t.x1, b * t.x2)
    t.p = joined(c["sign_p"], t.z1 * t.z2, c["times"] * t[c["squared"]] ** 2)
    for vertex in ("z1", "z2", "p"):
        backprop(t, vertex, INPUTS)

    t.fx, t.gx = function("f", t.x), function("g", t.x)
    t.h = raised(t.fx, c["powers_h"][0]) * raised(t.gx, c["powers_h"][1])
    t.r = 1 / raised(t.gx, c["powers_q"][1])
    t.q = raised(t.fx, c["powers_q"][0]) * t.r
    t.fg, t.over = t.fx * t.gx, t.fx / t.gx
    for vertex in ("fx", "gx", "h", "q", "fg", "over"):
        backprop(t, vertex, ["x"])
    backprop(t, "r", ["gx"])

    activation, loss = c["neuron"]
    t.s = t.w0 + t.w1 * t.x1 + t.w2 * t.x2
    t.yhat = ACTIVATIONS[activation](t.s)
    t.L = LOSSES[loss](t.y, t.yhat)
    backprop(t, "yhat", ["s"])
    backprop(t, "s", WEIGHTS)
    backprop(t, "L", WEIGHTS)


def raised(x, n):
    return x if n == 1 else x**n


def settled(s, name):
    """A derivative along one edge, multiplied out, in the vertices before it."""
    return calculus.multiply_out(calculus.put(written(s.trace, name), {"r": written(s.trace, "r")})).term


def along(s, name):
    """The derivative along an edge, as a person writes it."""
    activation, loss = s.choices["neuron"]
    by_value = {
        "dyhat_ds": {"sigmoid": "yhat*(1 - yhat)", "tanh": "1 - yhat**2"}[activation],
        "dL_dyhat": {
            "half_square": "yhat - y", "square": "2*(yhat - y)", "logloss": "(yhat - y)/(yhat*(1 - yhat))"
        }[loss],
    }  # fmt: skip
    return calculus.read(by_value[name]) if name in by_value else settled(s, name)


def steps_of(path):
    """The names of the derivatives along a path that begins with the output."""
    return [f"d{target}_d{source}" for target, source in zip(path, path[1:])]


def graph(s, *vertices, routes=()):
    """The graph of some vertices, on its edges the derivatives."""
    joined = [(a, b, f"d{b}_d{a}") for a, b in edges(s.trace, vertices)]
    return graph_figure(
        [(v, s.name(v)) for v in vertices],
        [(a, b, Claim(Chain((s.name(name), along(s, name))))) for a, b, name in joined],
        routes,
    )


def over_paths(s, of, by, *forms):
    """The line of a derivative: the products along all paths added up, then in other forms."""
    found = add_up(product(map(s.name, steps_of(path))) for path in paths(s.trace, by, of))
    return Chain((s.name(f"d{of}_d{by}"), found, *forms))


def path_lines(s, by, first):
    """Each path from p to an input: a sample of its stroke, and the derivatives on its edges multiplied."""
    return [
        (Swatch(number), Chain((product(map(s.name, steps_of(path))), multiplied(along(s, d) for d in steps_of(path)))))
        for number, path in enumerate(paths(s.trace, by, "p"), start=first)
    ]


def multiplied(terms):
    """A product as a person writes it, numbers first."""
    found = calculus.ONE
    for term in terms:
        found = calculus.mul(found, term)
    return found


def in_inputs(s, term):
    """A term in x1 and x2 alone, multiplied out."""
    return calculus.multiply_out(calculus.put(term, {z: written(s.trace, z) for z in ("z1", "z2")})).term


def by_input(s, by):
    """dp/dx as a sum over paths, in z1 and z2; then in the inputs alone."""
    found = add_up(multiplied(along(s, d) for d in steps_of(path)) for path in paths(s.trace, by, "p"))
    return found, in_inputs(s, found)


def of_two(s):
    """The derivatives of h and q, and what a product rule makes of f^k = q g^j."""
    f, g, df, dg, dq, q = map(s.name, ("fx", "gx", "dfx_dx", "dgx_dx", "dq_dx", "q"))
    (m, n), (k, j) = s.choices["powers_h"], s.choices["powers_q"]
    power, times = calculus.power, calculus.times

    def falling(x, count, dx, *others):
        """The derivative of x^count, between other factors."""
        return times(count, multiplied((power(x, count - 1), dx, *others)))

    one, two = falling(f, m, df, power(g, n)), multiplied((power(f, m), falling(g, n, dg)))
    above = calculus.sub(times(k, multiplied((df, g))), times(j, multiplied((f, dg))))
    whole = calculus.div(multiplied((power(f, k - 1), above)), power(g, j + 1))
    apart = calculus.sub(
        calculus.div(falling(f, k, df), power(g, j)),
        calculus.div(times(j, multiplied((power(f, k), dg))), power(g, j + 1)),
    )
    again_f = calculus.add(multiplied((dq, power(g, j))), multiplied((q, falling(g, j, dg))))
    return {
        "product": over_paths(s, "h", "x", calculus.add(one, two)),
        "quotient": over_paths(s, "q", "x", apart, whole),
        "product_rule": Chain((s.name("dfg_dx"), add_up((multiplied((df, g)), multiplied((f, dg)))))),
        "quotient_rule": Chain(
            (s.name("dover_dx"), calculus.div(calculus.sub(multiplied((df, g)), multiplied((f, dg))), power(g, 2)))
        ),
        "back": Chain((multiplied((q, power(g, j))), power(f, k))),
        "check_back": Chain((again_f, falling(f, k, df))),
    }


def common(s):
    """dL/ds in the target and the prediction: the factor that all weights have in common."""
    if s.choices["neuron"][1] == "logloss":
        return calculus.read("yhat - y")
    return multiplied(along(s, name) for name in ("dL_dyhat", "dyhat_ds"))


def by_weight(s, name):
    """The derivative of the loss by a weight, in the data and the prediction."""
    return multiplied((common(s), along(s, f"ds_d{name}")))


def neuron(s):
    """The lines of one neuron, last edge first, and the derivative by one weight found a second time in numbers."""
    factor = multiplied(along(s, name) for name in ("dL_dyhat", "dyhat_ds"))
    forms = dict.fromkeys((factor, common(s)))
    lines = [Chain((s.name(name), along(s, name))) for name in ("dL_dyhat", "dyhat_ds")]
    delta = Chain((s.name("dL_ds"), product(map(s.name, ("dL_dyhat", "dyhat_ds"))), *forms))
    weights = [
        Chain((s.name(f"dL_d{w}"), product((s.name("dL_ds"), s.name(f"ds_d{w}"))), by_weight(s, w))) for w in WEIGHTS
    ]
    step = step_length(step_name(s))
    h = step.links[-1].value
    here, up, down = (again(s, **{**AT, "w1": AT["w1"] + by}) for by in (0, h, -h))
    at = {name: here[name] for name in (*AT, "s", "dL_dw1")}
    total = written(s.trace, "s")
    found = calculus.put(by_weight(s, "w1"), {"yhat": written(s.trace, "yhat")})
    return {
        "local": lines,
        "delta": delta,
        "weights": weights,
        "check": {
            "at": [Chain((Name(name), Literal(Fraction(x))), at={name: x}) for name, x in AT.items()],
            "s": Chain((Name("s"), with_numbers(total, at), Literal(here["s"])), at=at),
            "found": Chain((Name("dL_dw1"), with_numbers(found, at), Literal(here["dL_dw1"])), at=at),
            "entry": Name("w1"), "h": step, "raised": Name("L_plus"), "lowered": Name("L_minus"),
            "quotient": quotient(up["L"], down["L"], here["dL_dw1"], "L", step_name(s)),
        },
    }  # fmt: skip


def show(s):
    letters, routes, first = {}, [], 1
    for name in INPUTS:
        routes += [tuple(reversed(path)) for path in paths(s.trace, name, "p")]
        letters[name] = path_lines(s, name, first)
        first += len(letters[name])
    lines = {name: over_paths(s, "p", name, *by_input(s, name)) for name in INPUTS}
    whole = in_inputs(s, written(s.trace, "p"))
    return {
        "functions": [s.chain(name).formula for name in ("z1", "z2", "p")],
        "graph": graph(s, *INPUTS, "z1", "z2", "p", routes=routes),
        "by_input": [(s.name(name), letters[name], lines[name]) for name in INPUTS],
        "lines": lines,
        "whole": Chain((s.name("p"), whole)),
        "slip": Chain(
            (
                product((s.name("dp_dz1"), s.name("dz1_dx1"))),
                in_inputs(s, multiplied((along(s, "dp_dz1"), along(s, "dz1_dx1")))),
            )
        ),
        "h": s.chain("h").formula,
        "q": Chain((s.name("q"), calculus.div(*map(calculus.power, map(s.name, ("fx", "gx")), s.choices["powers_q"])))),
        "r": s.chain("r").formula,
        "product_graph": graph(s, "x", "fx", "gx", "h"),
        "quotient_graph": graph(s, "x", "fx", "gx", "r", "q"),
        **of_two(s),
        "rules": s.choices["powers_h"] == (1, 1) == s.choices["powers_q"],
        "neuron_graph": graph(s, *WEIGHTS, "s", "yhat", "L"),
        "neuron": neuron(s),
    }


def in_x(s, line):
    """The end of a line with f(x) and g(x) for the names of their values."""
    names = ("fx", "gx", "dfx_dx", "dgx_dx")
    return spelled(calculus.put(line.links[-1], {name: written(s.trace, name) for name in names}))


def answers(s):
    yhat = calculus.put(written(s.trace, "yhat"), {"s": written(s.trace, "s")})
    weights = zip(WEIGHTS, s.shown["neuron"]["weights"])
    return {
        "a": {f"dp_d{x}": concluded(spelled(line.links[-1]), line) for x, line in s.shown["lines"].items()},
        "b": {
            "dh_dx": concluded(in_x(s, s.shown["product"]), s.shown["product"]),
            "dq_dx": concluded(in_x(s, s.shown["quotient"]), s.shown["quotient"]),
        },
        "c": {
            f"dL_d{w}": concluded(spelled(calculus.put(by_weight(s, w), {"yhat": yhat})), line) for w, line in weights
        },
    }


def told(s):
    activation, loss = s.choices["neuron"]
    formulas = {name: expression(name, "z1", "z2") for name in ("z1", "z2", "p")}
    two = {name: in_x(s, s.shown[name]) for name in ("h", "q")}
    return {**dict.fromkeys(given), **formulas, **two, "activation": same_as(activation), "loss": same_as(loss)}


def derivatives(c):
    """dp/dx1 and dp/dx2: the coefficient of each monomial, found without a graph."""
    x1, x2 = (Polynomial.variable(name) for name in INPUTS)
    (one, two), (a, b) = c["powers_z1"], c["weights_z2"]
    z = {"z1": x1**one * x2**two, "z2": joined(c["sign_z2"], a * x1, b * x2)}
    p = joined(c["sign_p"], z["z1"] * z["z2"], c["times"] * z[c["squared"]] ** 2)
    terms = [(dict(powers), k) for powers, k in p.terms]
    return [
        {tuple((x, n - (x == by)) for x, n in at.items()): k * at[by] for at, k in terms if by in at} for by in INPUTS
    ]


meant = {"as published each letter stands once in a product": ("powers_h", "powers_q")}


def worthwhile(v):
    one, two = derivatives(v.solved.choices)
    yield "the derivatives differ", one != two
    yield "no coefficient has three digits", all(abs(k) <= LARGEST for k in (*one.values(), *two.values()))
