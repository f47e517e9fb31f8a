"""How many parameters: a window into a fully connected network, a simple cell, two recurrent layers, LSTM, GRU."""

from keygen.author import (
    Chain,
    Literal,
    Name,
    add_up,
    calculus,
    choice,
    crossed,
    integers,
    product,
    same_as,
    slip,
    with_numbers,
)

given = {
    "window": integers("", 20, 300, published=100),
    "hidden": integers("", 2, 50, published=20),
    "series": integers("", 2, 8, published=3),
    "first": integers("", 2, 8, published=2),
    "last": integers("", 1, 4, published=1),
    "biases": choice(False, True, published=False),
}

slips = [slip("d", "factor_left_out")]

signs = {"window": "n", "hidden": "m", "series": "s", "first": "p", "last": "q", "one": "1"}
signs |= {f"count_{part}": f"N_{place}" for place, part in enumerate("abcde", start=1)}
signs |= {"layer1": r"N'", "layer2": r"N''"}

GATES = {"d": 4, "e": 3}  # weight sets of a unit: LSTM with a forget gate; GRU


def layer(t, inputs, units, *, recurrent):
    """The weights of a layer, and one constant a unit if there are constants."""
    count = inputs * units
    if recurrent:
        count = count + units**2
    return count + units if t.choices["biases"] else count


def computation(t):
    t.one = 1
    t.count_a = layer(t, t.window, t.hidden, recurrent=False) + layer(t, t.hidden, t.one, recurrent=False)
    t.count_b = layer(t, t.one, t.one, recurrent=True) + layer(t, t.one, t.one, recurrent=False)
    t.layer1 = layer(t, t.series, t.first, recurrent=True)
    t.layer2 = layer(t, t.first, t.last, recurrent=True)
    t.count_c = t.layer1 + t.layer2
    for part, gates in GATES.items():
        t[f"count_{part}"] = gates * t.count_c


def sizes(s):
    """Matrix, rows, columns, for layers that multiply a row by a matrix."""
    chain = [("series", "first"), ("first", "first"), ("first", "last"), ("last", "last")]
    return dict(zip(("V1", "W1", "V2", "W2"), chain))


def answers(s):
    found = {part: {"count": f"count_{part}"} for part in "abcde"}
    found["c"] |= {matrix: same_as([s.values[name] for name in pair]) for matrix, pair in sizes(s).items()}
    return found


told = {"sizes": ["window", "hidden", "one", "series", "first", "last"]}


def show(s):
    return {
        "matrices": [(Name(matrix), crossed(*map(s.claim, pair))) for matrix, pair in sizes(s).items()],
        "again": unit_by_unit(s),
    }


def unit_by_unit(s):
    """The count of part c once more: each unit has a weight for every input of its sum, and perhaps a bias."""
    p, q = s.name("first"), s.name("last")
    one = [calculus.ONE] if s.choices["biases"] else []
    layers = [(add_up([s.name("series"), p, *one]), p), (add_up([p, q, *one]), q)]
    count = add_up(product(pair) for pair in layers)
    return Chain((s.name("count_c"), count, with_numbers(count, s.values), Literal(s.values["count_c"])))


def worthwhile(v):
    yield "the sizes of the matrices tell rows from columns", v.series != v.first and v.first != v.last
    yield "the window is longer than the layer after it", v.window > v.hidden
    counts = [v.solved.values[f"count_{part}"] for part in "abcde"]
    numbers = [*counts, v.window, v.hidden]
    yield "the answers differ from each other and from the sizes of part a", len(set(numbers)) == len(numbers)
