"""A layered graph with numbers on its edges: the derivative by all paths, in reverse, and the work that each takes."""

from fractions import Fraction

from keygen.author import (
    Apply,
    Chain,
    Given,
    Literal,
    Name,
    Table,
    apply,
    backprop,
    calculus,
    choice,
    claim,
    concluded,
    integers,
    matrices,
    network_figure,
    paths,
    same_as,
    slip,
    with_numbers,
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

band = {"operations": (40, 80), "negatives": (20, 48)}
slips = [slip("a", "first_path_left_out")]

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
    graph = t.trace()
    for name in columns[0]:
        walks = list(paths(graph, name, "p"))
        for number, path in enumerate(walks, start=1):
            t[f"path_{name}_{number}"] = multiplied(t[edge(a, b)] for b, a in zip(path, path[1:]))
        t[f"sum_{name}"] = added(t[f"path_{name}_{number}"] for number in range(1, len(walks) + 1))
    t.check = added(t[f"dp_d{name}"] * t[name] for name in columns[0])


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


def path_products(s, name):
    """The product along each path to an input, without a name of its own."""
    count = len(paths(s.trace, name, "p"))
    chains = [s.chain(f"path_{name}_{number}") for number in range(1, count + 1)]
    return [Chain(chain.links[1:]) for chain in chains]


def counts(s):
    """Paths, and the multiplications of both ways, counted on the trace."""
    inputs = layers(s.choices)[0]
    return {
        "paths": sum(len(paths(s.trace, name, "p")) for name in inputs),
        "mults_paths": multiplications(s.trace, [f"sum_{name}" for name in inputs]),
        "mults_reverse": multiplications(s.trace, [f"dp_d{name}" for name in inputs]),
    }


def multiplications(trace, names):
    """How many products it takes to compute numbers from the inputs, each step taken once."""
    needed = trace.needs(names)
    return sum(step.primitive == "mul" for step in trace.steps if step.target.name in needed)


def growth(c):
    """N, M and R as formulas in the inputs n, the width m and the depth d."""
    n, m, d = (Name(letter) for letter in "nmd")
    one, two = (Apply("constant", (), Fraction(value)) for value in (1, 2))
    shorter = apply("sub", d, one)
    between = apply("mul", apply("sub", d, two), apply("power", m, param=2))
    return {
        "N": apply("mul", n, Apply("raised", (m, shorter))),
        "M": apply("mul", Name("N"), shorter),
        "R": apply("add", apply("mul", n, m), between),
    }


def work(n, m, d):
    """The letters of `growth` at a width and a depth."""
    count = n * m ** (d - 1)
    return {"n": n, "m": m, "d": d, "N": count, "M": count * (d - 1), "R": n * m + (d - 2) * m * m}


def answers(s):
    inputs, growth = layers(s.choices)[0], s.shown["growth"]
    shown = {"paths": growth["N"], "mults_paths": growth["M"], "mults_reverse": growth["R"]}
    each = {f"paths_{name}": len(paths(s.trace, name, "p")) for name in inputs}
    return {
        "a": {"p": "p", "dp_dx": [f"dp_d{name}" for name in inputs]},
        "b": {
            name: concluded(same_as(count), *((shown[name],) if name in shown else ()))
            for name, count in {**counts(s), **each}.items()
        }
        | {"growth": same_as("exponential along the paths, linear in reverse")},
    }


def told(s):
    """The list of the matrices says their names' data and the depth too."""
    return {"weights": matrices(*weights(s.choices)), **dict.fromkeys(("depth", "W1", "W2", "W3", "last"))}


def show(s):
    c = s.choices
    columns, letters = layers(c), work(c["inputs"], c["width"], c["depth"])
    numbers = {name: Fraction(value) for name, value in letters.items()}
    found = counts(s)
    labels = [[[s.claim(edge(a, b)) for b in after] for a in before] for before, after in zip(columns, columns[1:])]
    rows = [{"n": c["inputs"], "m": c["width"], "d": depth} for depth in range(2, 2 + DEEPER)]
    formulas = growth(c)
    counted = {"N": formulas["N"], "M": calculus.put(formulas["M"], {"N": formulas["N"]}), "R": formulas["R"]}
    between = [name for column in reversed(columns[1:-1]) for name in column]
    return {
        "graph": network_figure([[s.name(name) for name in column] for column in columns], labels),
        "inputs": [s.name(name) for name in columns[0]],
        "data": [s.chain(name) for name in columns[0]],
        "forward": [s.chain(name) for column in columns[1:] for name in column],
        "example": s.name(edge(columns[-2][0], "p")),
        "by_paths": [
            {"input": s.name(name), "products": path_products(s, name), "sum": without_names(s.chain(f"sum_{name}"))}
            for name in columns[0]
        ],
        "reverse": [s.chain(f"dp_d{name}") for name in [*between, *columns[0]]],
        "asked": [s.name(f"dp_d{name}") for name in columns[0]],
        "count": {name: Given(count) for name, count in found.items()},
        "per_path": c["depth"] - 1,
        "letters": {letter: Name(letter) for letter in "nmdNMR"},
        "sizes": [Chain((Name(letter), Literal(numbers[letter])), at=numbers) for letter in "nmd"],
        "growth": {
            letter: Chain(
                (Name(letter), term, with_numbers(term, numbers), Literal(numbers[letter])),
                at=numbers,
            )
            for letter, term in growth(c).items()
        },
        "edges": edges(s),
        "table": Table(
            tuple(Name(letter) for letter in "dNMR"),
            tuple((Given(row["d"]), *(claim(counted[letter], **row) for letter in "NMR")) for row in rows),
        ),
        "width": c["width"],
        "more": c["width"] ** 2,
    }


def edges(s):
    """How many edges leave the inputs, and lead from an inner layer to the next; how many inner layers have a next."""
    n, m, d = (Name(letter) for letter in "nmd")
    columns = layers(s.choices)
    at = {"n": s.choices["inputs"], "m": s.choices["width"], "d": s.choices["depth"]}
    pairs = list(zip(columns[1:-1], columns[2:-1]))
    counted = {
        "first": (apply("mul", n, m), len(columns[0]) * len(columns[1])),
        "inner": (apply("power", m, param=2), len(pairs[0][0]) * len(pairs[0][1])),
        "pairs": (apply("sub", d, Apply("constant", (), Fraction(2))), len(pairs)),
    }
    return {name: Chain((term, Literal(Fraction(count))), at=at) for name, (term, count) in counted.items()}


def without_names(chain):
    """The sum of the products without the names of the paths, which a page does not show."""
    return Chain((chain.links[0], *chain.links[2:]))


def worthwhile(v):
    s, c = v.solved, v.solved.choices
    found, letters = counts(s), work(c["inputs"], c["width"], c["depth"])
    yield "at most eighteen paths", found["paths"] <= 18
    derivatives = [s.values[f"dp_d{name}"] for name in layers(c)[0]]
    yield (
        "the derivatives are not zero and small enough to carry by hand",
        all(0 < abs(g) <= 99 for g in derivatives),
    )
    yield "the derivatives differ", len(set(derivatives)) == len(derivatives)
    columns = [[s.values[of + name] for name in column] for column in layers(c)[1:-1] for of in ("dp_d", "")]
    yield "no two vertices of a layer are twins", all(len(set(column)) == len(column) for column in columns)
    inner = [s.values[f"dp_d{name}"] for column in layers(c)[1:-1] for name in column]
    yield "the gradient does not vanish on the way", all(g != 0 for g in inner)
    yield (
        "the formulas of the work agree with its count",
        [found["paths"], found["mults_paths"], found["mults_reverse"]] == [letters[letter] for letter in "NMR"],
    )
