"""Counting a dense network: its parameters with and without biases, and the size of every matrix for a batch."""

from keygen.author import (
    Chain,
    Literal,
    Name,
    add_up,
    calculus,
    choice,
    crossed,
    decimals,
    integers,
    product,
    shapes_of,
    with_numbers,
)

axes = {"depth": choice(2, 3, 4, published=3)}

given = {
    "inputs": integers("", 3, 40, published=12),
    "hidden": decimals("depth", "20", "400", "20", published=[300, 200, 100]),
    "outputs": integers("", 1, 10, published=1),
    "batch": decimals("", "16", "256", "16", published=64),
}

LARGEST = 10**6  # of a length

slips = []  # its own is in the words


def widths(c):
    """The names of the sizes: inputs, hidden layers, outputs."""
    return ["inputs", *(f"n_{k}" for k in range(1, c["depth"] + 1)), "outputs"]


def computation(t):
    names = widths(t.choices)
    for k in range(1, t.choices["depth"] + 1):
        t[f"n_{k}"] = t.hidden[k - 1]
    pairs = list(zip(names, names[1:]))
    for k, (before, here) in enumerate(pairs, start=1):
        t[f"m_{k}"] = t[before] * t[here]
    t.count_no_bias = added(t[f"m_{k}"] for k in range(1, len(pairs) + 1))
    t.biases = added(t[here] for _, here in pairs)
    t.count = t.count_no_bias + t.biases
    t.slipped = t.count + t.inputs


def added(terms):
    first, *rest = terms
    return sum(rest, first)


def signs(c):
    names = {"count_no_bias": "P_w", "biases": "P_b", "count": "P", "slipped": r"\tilde{P}", "batch": "B"}
    return names | {"inputs": "n_0", "outputs": f"n_{c['depth'] + 1}"}


def sizes(s):
    """The names of the lengths."""
    return [*widths(s.choices), "batch"]


def matrices(s):
    """The rows and the columns of every matrix, by names of lengths."""
    *layers, batch = sizes(s)
    found = {"X": (batch, layers[0])}
    for k in range(1, len(layers)):
        found |= {f"W{k}": (layers[k - 1], layers[k]), f"H{k}": (batch, layers[k])}
    return found


def answers(s):
    lengths = {name: [int(s.values[length]) for length in pair] for name, pair in matrices(s).items()}
    return {"a": {"count": "count", "count_no_bias": "count_no_bias", "shapes": shapes_of(**lengths)}}


def told(s):
    *layers, _ = sizes(s)
    return {"sizes": layers, "inputs": None, "hidden": None, "outputs": None}


def show(s):
    *layers, _ = sizes(s)
    return {
        "widths": [s.claim(name) for name in layers],
        "names": [s.name(name) for name in layers],
        "sizes": [
            (Name(name[:1] + ("_" + name[1:] if name[1:] else "")), crossed(*map(s.claim, pair)))
            for name, pair in matrices(s).items()
        ],
        "letters": {name: Name(name) for name in ("X", "W_k", "H_k", "k", "m_k")},
        "products": [s.chain(f"m_{k}") for k in range(1, len(layers))],
        "by_unit": by_unit(s, layers),
    }  # fmt: skip


def by_unit(s, layers):
    """The count once more: a weight for each input of a unit and one for its bias."""
    count = add_up(
        product((add_up([s.name(before), calculus.ONE]), s.name(here))) for before, here in zip(layers, layers[1:])
    )
    return Chain((s.name("count"), count, with_numbers(count, s.values), Literal(s.values["count"])))


def pinnable(v):
    for name in ("inputs", "outputs", "batch"):
        yield name, sizable(getattr(v, name)), f"a whole number from 1 to {LARGEST}"
    yield "hidden", all(map(sizable, v.hidden)), f"whole numbers from 1 to {LARGEST}"


def sizable(size):
    """Whether a layer or a batch may be so large."""
    return size.denominator == 1 and 1 <= size <= LARGEST


def worthwhile(v):
    s = v.solved
    *layers, batch = [int(s.values[name]) for name in sizes(s)]
    apart = len({*layers, batch}) == len(layers) + 1
    yield "no two sizes are one, so that the shapes tell the order of the factors", apart
