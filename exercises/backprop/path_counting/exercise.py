"""A layered graph with numbers on its edges: the derivative by all paths, in reverse, and the work that each takes."""

from fractions import Fraction

from keygen.author import (
    Apply,
    Chain,
    Literal,
    Name,
    Table,
    apply,
    backprop,
    choice,
    integers,
    matrices,
    multiplications,
    network_figure,
    paths,
    product,
    same_as,
)

axes = {"inputs": choice(2, 3, published=2), "width": choice(2, 3, published=2)}

given = {
    "depth": choice(3, 4, published=3),
    "x": integers("inputs", -2, 3, published=[1, 2], nonzero=True),
    "W1": integers("inputs width", -3, 3, published=[[1, 2], [3, -1]], nonzero=True),
    "W2": integers("width width", -3, 3, published=[[2, -1], [1, 3]], nonzero=True),
    "W3": integers("width width", -3, 3, published=[[1, -2], [-1, 1]], nonzero=True),
    "last": integers("width 1", -3, 3, published=[[3], [-2]], nonzero=True),
}

LETTERS = "xuvs"
DEEPER = 6  # rows of the table of growth


def layers(c):
    """The vertices' names, layer by layer, inputs first."""
    sizes = [c["inputs"], *[c["width"]] * (c["depth"] - 1)]
    return [*([f"{letter}{j}" for j in range(1, size + 1)] for letter, size in zip(LETTERS, sizes)), ["p"]]


def weights(c):
    """The matrices of the edges, first layer first."""
    return [*(f"W{k}" for k in range(1, c["depth"])), "last"]


def edge(source, target):
    """The name of the number on an edge."""
    return f"e_{target}_{source}"


def routes(t, c):
    """Every path to each input, from p."""
    return {name: list(paths(t, name, "p")) for name in layers(c)[0]}


def computation(t):
    """Vertices of a layer are recorded from the last to the first, so that the way back meets the first one first."""
    c = t.choices
    columns = layers(c)
    for i, name in enumerate(columns[0]):
        t[name] = t.x[i]
    for matrix, before, after in zip(weights(c), columns, columns[1:]):
        for i, source in enumerate(before):
            for j, target in enumerate(after):
                t[edge(source, target)] = t[matrix][i, j]
        for target in reversed(after):
            t[target] = added(t[edge(source, target)] * t[source] for source in before)
    backprop(t, "p", columns[0])
    for name in columns[0]:
        for number, path in enumerate(walks(columns, name), start=1):
            t[f"path_{name}_{number}"] = multiplied(t[edge(a, b)] for b, a in zip(path, path[1:]))
        count = len(list(walks(columns, name)))
        t[f"sum_{name}"] = added(t[f"path_{name}_{number}"] for number in range(1, count + 1))
    t.check = added(t[f"dp_d{name}"] * t[name] for name in columns[0])


def walks(columns, name):
    """The paths from p to an input, as vertices: one through each vertex of every layer between."""
    found = [("p",)]
    for column in reversed(columns[1:-1]):
        found = [(*path, vertex) for path in found for vertex in column]
    return ((*path, name) for path in found)


def added(terms):
    first, *rest = terms
    return sum(rest, first)


def multiplied(factors):
    first, *rest = factors
    for factor in rest:
        first = first * factor
    return first


def signs(c):
    columns, found = layers(c), {"check": "p", "last": f"W_{c['depth']}"}
    for name in columns[0]:
        found[f"sum_{name}"] = rf"\frac{{\partial p}}{{\partial {spelt(name)}}}"
    for before, after in zip(columns, columns[1:]):
        for source in before:
            for target in after:
                found[edge(source, target)] = rf"\frac{{\partial {spelt(target)}}}{{\partial {spelt(source)}}}"
    return found


def spelt(vertex):
    return vertex if vertex == "p" else f"{vertex[0]}_{vertex[1]}"


def counts(s):
    """Paths and multiplications, counted on the trace."""
    inputs = layers(s.choices)[0]
    return {
        "N": sum(len(list(paths(s.trace, name, "p"))) - len(list(skipping(s, name))) for name in inputs),
        "M": multiplications(s.trace, [f"sum_{name}" for name in inputs]),
        "R": multiplications(s.trace, [f"dp_d{name}" for name in inputs]),
    }
