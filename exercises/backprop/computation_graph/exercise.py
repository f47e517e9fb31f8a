"""A polynomial as a graph of elementary operations: derivatives vertex by vertex, then by all paths."""

from fractions import Fraction
from itertools import product as product_of

from keygen.author import (
    Chain,
    Claim,
    Given,
    Literal,
    Name,
    Polynomial,
    Swatch,
    Table,
    add_up,
    backprop,
    choice,
    concluded,
    edges,
    expression,
    graph_figure,
    paths,
    product,
    same_as,
    written,
)

VERTICES = tuple("abcdef")  # in the order in which they are computed
LARGEST = 99  # of the coefficients that are carried by hand
PAIRS = (("x", "y"), ("x", "z"), ("y", "z"))

given = {
    "inputs": choice(2, 3, published=2),
    "raised": choice("x", "y", "z", published="x"),
    "power": choice(2, 3, published=2),
    "factors": choice(*PAIRS, published=("x", "y")),
    "terms": choice(*PAIRS, published=("x", "y")),
    "weights_c": choice((1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (2, 3), (3, 2), published=(1, 1)),
    "weights_d": choice(*product_of(range(1, 8), range(1, 6)), published=(1, 1)),
    "sign": choice("+", "-", published="+"),
    "join": choice("+", "-", published="+"),
    "last": choice("square", "product", "cube", published="square"),
}

band = {"operations": (22, 33)}


def unknown(c):
    return {name: "" for name in "xyz"[: c["inputs"]]}


def pair(c, key):
    return c[key] if c["inputs"] == 3 else ("x", "y")


def raised(c):
    return c["raised"] if c["raised"] in unknown(c) else "x"


def weighed(weights, sign, one, two):
    """A sum or a difference with coefficients: one operation, one vertex."""
    first, second = weights[0] * one, weights[1] * two
    return first + second if sign == "+" else first - second


def computation(t):
    """c is the shared subexpression; `last` says how it enters f: squared, cubed, or times a.

    Five or six paths lead from f to the inputs, so that each has a stroke of its own.
    """
    c = t.choices
    left, right = (t[name] for name in pair(c, "factors"))
    one, two = (t[name] for name in pair(c, "terms"))
    t.a = t[raised(c)] ** c["power"]
    t.b = left * right
    t.c = weighed(c["weights_c"], c["sign"], one, two)
    t.d = weighed(c["weights_d"], c["join"], t.a, t.b)
    t.e = {"square": lambda: t.c**2, "cube": lambda: t.c**3, "product": lambda: t.c * t.a}[c["last"]]()
    t.f = t.d + t.e
    for vertex in VERTICES:
        backprop(t, vertex, [name for name in unknown(c) if t.depends(vertex, name)])


def inputs(s):
    return tuple(unknown(s.choices))


def answers(s):
    derivatives = {
        f"d{vertex}_d{name}": f"d{vertex}_d{name}"
        if f"d{vertex}_d{name}" in s.values
        else concluded(same_as(Polynomial.constant(0)), absent(vertex, name))
        for vertex in VERTICES
        for name in inputs(s)
    }
    counts = {f"paths_{name}": same_as(len(paths(s.trace, name, "f"))) for name in inputs(s)}
    sums = {f"df_d{name}": concluded(f"df_d{name}", whole) for name, (*_, whole) in zip(inputs(s), s.shown["by_input"])}
    return {"a": derivatives, "b": {**sums, **counts}}


def absent(vertex, name):
    """The derivative by an input that a vertex does not depend on."""
    return Chain((Name(f"d{vertex}_d{name}"), Literal(Fraction(0))), at={f"d{vertex}_d{name}": Fraction(0)})


told = {**dict.fromkeys(given), "f": expression("f")}


def derivative_line(s, vertex, name, joined):
    """The derivative by an input: the derivative by each vertex before, times that vertex's own derivative, added."""
    whole = s.chain(f"d{vertex}_d{name}")
    before = [a for a, b in joined if b == vertex and f"d{a}_d{name}" in s.values]
    if not before:
        return whole
    rule = add_up(product((s.name(f"d{vertex}_d{a}"), s.name(f"d{a}_d{name}"))) for a in before)
    found = add_up(product((own(s, a, vertex), Literal(s.values[f"d{a}_d{name}"]))) for a in before)
    return Chain((s.name(f"d{vertex}_d{name}"), rule, found, whole.links[-1]))


def own(s, source, target):
    """The derivative on an edge, by the letters of the vertices."""
    return written(s.trace, f"d{target}_d{source}")


def path_lines(s, name, first):
    """Each path from f to an input: a sample of its stroke and the product of the derivatives on its edges."""
    found = []
    for number, path in enumerate(paths(s.trace, name, "f"), start=first):
        factors = product(s.name(f"d{target}_d{source}") for target, source in zip(path, path[1:]))
        edgewise = product(own(s, source, target) for target, source in zip(path, path[1:]))
        value = product_value(s, path)
        found.append((Swatch(number), Chain((factors, edgewise, Literal(value))), value))
    return found


def collected(s, name, lines):
    """The products along all paths to an input, added, then with like terms collected."""
    values = [Literal(value) for *_, value in lines]
    return Chain((s.name(f"df_d{name}"), add_up(values), Literal(s.values[f"df_d{name}"])))


def product_value(s, path):
    value = Polynomial.constant(1)
    for target, source in zip(path, path[1:]):
        value = value * s.values[f"d{target}_d{source}"]
    return value


def show(s):
    names, order = inputs(s), VERTICES
    joined = edges(s.trace, (*names, *order))
    labels = [*((name, s.name(name)) for name in names), *((v, s.formula(v)) for v in order)]
    routes = [tuple(reversed(path)) for name in names for path in paths(s.trace, name, "f")]
    by_input, first = [], 1
    for name in names:
        lines = path_lines(s, name, first)
        first += len(lines)
        by_input.append((s.name(name), lines, collected(s, name, lines)))
    table = Table(
        (None, *(s.name(vertex) for vertex in order)),
        tuple(
            (s.name(name), *(s.claim(k) if (k := f"d{v}_d{name}") in s.values else Given(0) for v in order))
            for name in names
        ),
    )
    whole = written(s.trace, "f", lambda name: name not in names)
    return {
        "names": [s.name(name) for name in names],
        "function": Chain((s.name("f"), whole)),
        "steps": [s.formula(vertex) for vertex in order],
        "derivatives": [derivative_line(s, v, n, joined) for v in order for n in names if f"d{v}_d{n}" in s.values],
        "table": table,
        "graph": graph_figure(labels, [(a, b, None) for a, b in joined]),
        "edges_graph": graph_figure(
            [(name, s.name(name)) for name in (*names, *order)],
            [(a, b, Claim(Chain((s.name(f"d{b}_d{a}"), own(s, a, b))))) for a, b in joined],
            routes,
        ),
        "by_input": by_input,
        "weighed": any(weight != 1 for key in ("weights_c", "weights_d") for weight in s.choices[key]),
    }


def coefficients(s):
    """Those of every derivative by an input."""
    derivatives = (
        s.values[f"d{vertex}_d{name}"] for vertex in VERTICES for name in inputs(s) if f"d{vertex}_d{name}" in s.values
    )
    return [c for derivative in derivatives for _, c in derivative.terms]


def worthwhile(v):
    s, c = v.solved, v.solved.choices
    names = unknown(c)
    yield "every input is used", {raised(c), *pair(c, "factors"), *pair(c, "terms")} == set(names)
    yield "the derivatives differ", len({s.values.get(f"df_d{name}") for name in names}) == len(names)
    yield "no coefficient has three digits", all(abs(c) <= LARGEST for c in coefficients(s))
