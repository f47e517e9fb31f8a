"""A polynomial as a graph of elementary operations: derivatives vertex by vertex, then by all paths."""

from keygen.author import (
    Chain,
    Literal,
    Polynomial,
    Swatch,
    Table,
    add_up,
    backprop,
    choice,
    edges,
    expression,
    graph_figure,
    paths,
    product,
    same_as,
    with_numbers,
    written,
)

PAIRS = (("x", "y"), ("x", "z"), ("y", "z"))

given = {
    "inputs": choice(2, 2, 3, published=2),
    "power": choice(2, 3, published=2),
    "coefficient": choice(1, 2, 3, 4, 5, published=1),
    "factors": choice(*PAIRS, published=("x", "y")),
    "terms": choice(*PAIRS, published=("x", "y")),
    "sign": choice("+", "-", published="+"),
    "join": choice("+", "-", published="+"),
    "last": choice("square", "product", "cube", published="square"),
}


def unknown(c):
    return {name: "" for name in "xyz"[: c["inputs"]]}


def pair(c, key):
    return c[key] if c["inputs"] == 3 else ("x", "y")


def computation(t):
    """c is the shared subexpression; `last` says how it enters f: squared, cubed, or times b, which d holds too."""
    c = t.choices
    left, right = (t[name] for name in pair(c, "factors"))
    one, two = (t[name] for name in pair(c, "terms"))
    t.a = t.x ** c["power"]
    if c["coefficient"] != 1:
        t.q = c["coefficient"] * t.a
    t.b = left * right
    t.c = one + two if c["sign"] == "+" else one - two
    first = t.a if c["coefficient"] == 1 else t.q
    t.d = first + t.b if c["join"] == "+" else first - t.b
    t.e = {"square": lambda: t.c**2, "cube": lambda: t.c**3, "product": lambda: t.c * t.b}[c["last"]]()
    t.f = t.d + t.e
    for vertex in ("a", "q", "b", "c", "d", "e", "f"):
        if vertex in t:
            backprop(t, vertex, [name for name in unknown(c) if t.depends(vertex, name)])


def inputs(s):
    return tuple(unknown(s.choices))


def vertices(s):
    """The vertices that compute something, in the order in which they were recorded."""
    return tuple(name for name in ("a", "q", "b", "c", "d", "e", "f") if name in s.values)


def answers(s):
    derivatives = {
        f"d{vertex}_d{name}": f"d{vertex}_d{name}"
        if f"d{vertex}_d{name}" in s.values
        else same_as(Polynomial.constant(0))
        for vertex in vertices(s)
        for name in inputs(s)
    }
    counts = {f"paths_{name}": same_as(len(list(paths(s.trace, name, "f")))) for name in inputs(s)}
    return {"a": derivatives, "b": {**{f"df_d{name}": f"df_d{name}" for name in inputs(s)}, **counts}}


told = {"f": expression("f")}


def path_lines(s, name, first):
    """Each path from f to an input: a sample of its stroke and the product of the derivatives on its edges."""
    found = []
    for number, path in enumerate(paths(s.trace, name, "f"), start=first):
        factors = product(s.name(f"d{target}_d{source}") for target, source in zip(path, path[1:]))
        numbers = with_numbers(factors, s.values)
        value = product_value(s, path)
        found.append((Swatch(number), Chain((factors, numbers, Literal(value))), value))
    return found


def product_value(s, path):
    value = Polynomial.constant(1)
    for target, source in zip(path, path[1:]):
        value = value * s.values[f"d{target}_d{source}"]
    return value


def show(s):
    names, order = inputs(s), vertices(s)
    joined = edges(s.trace, (*names, *order))
    labels = [*((name, s.name(name)) for name in names), *((v, s.chain(v).formula) for v in order)]
    routes = [tuple(reversed(path)) for name in names for path in paths(s.trace, name, "f")]
    by_input, first = [], 1
    for name in names:
        lines = path_lines(s, name, first)
        first += len(lines)
        total = add_up(Literal(value) for _, _, value in lines)
        by_input.append((s.name(name), lines, Chain((s.name(f"df_d{name}"), total, Literal(s.values[f"df_d{name}"])))))
    zero = Literal(Polynomial.constant(0))
    table = Table(
        (None, *(s.name(vertex) for vertex in order)),
        tuple(
            (s.name(name), *(Literal(s.values[k]) if (k := f"d{v}_d{name}") in s.values else zero for v in order))
            for name in names
        ),
    )
    whole = written(s.trace, "f", lambda name: name not in names)
    return {
        "names": [s.name(name) for name in names],
        "function": Chain((s.name("f"), whole)),
        "steps": [s.chain(vertex).formula for vertex in order],
        "derivatives": [s.chain(f"d{v}_d{n}") for v in order for n in names if f"d{v}_d{n}" in s.values],
        "table": table,
        "graph": graph_figure(labels, [(a, b, None) for a, b in joined]),
        "edges_graph": graph_figure(
            [(name, s.name(name)) for name in (*names, *order)],
            [(a, b, written(s.trace, f"d{b}_d{a}")) for a, b in joined],
            routes,
        ),
        "by_input": by_input,
        "shared": s.choices["last"] == "product",
    }


def worthwhile(v):
    s, c = v.solved, v.solved.choices
    names = inputs(s)
    counts = [len(list(paths(s.trace, name, "f"))) for name in names]
    return {
        "every input is used": {"x", *pair(c, "factors"), *pair(c, "terms")} == set(names),
        "at most six paths, so that each has a stroke of its own": sum(counts) <= 6,
        "two paths lead to some input": max(counts) >= 2,
        "the derivatives differ": len({s.values.get(f"df_d{name}") for name in names}) == len(names),
    }
