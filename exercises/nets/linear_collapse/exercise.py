"""Two layers without an activation are one: the formula, the single layer, and what a function in between changes."""

from fractions import Fraction

from keygen.author import (
    Apply,
    Chain,
    Given,
    Name,
    add_up,
    apply,
    calculus,
    choice,
    integers,
    matrices_of,
    network_figure,
    same_as,
    spelled,
    unlike,
)

axes = {"unit": choice(2, 2, 3, published=2)}

given = {
    "letters": choice(False, published=True),
    "activation": choice("sigmoid", "tanh", "f", published="f"),
    "layer": integers("unit 2", -4, 4, published=[[1, 2], [-1, 1]], nonzero=True),
    "last": integers("unit", -3, 3, published=[2, 1], nonzero=True),
}


def weights(c):
    """Biases and weights of the hidden units, then the weights of the output."""
    units = range(1, c["unit"] + 1)
    return [f"w1{j}" for j in units], [f"w2{j}" for j in units], [f"w{j}" for j in units]


def unknown(c):
    named = [name for row in weights(c) for name in row] if c["letters"] else []
    return dict.fromkeys([*named, "x"], "")


def computation(t):
    c = t.choices
    biases, slopes, last = weights(c)
    if not c["letters"]:
        for j, (bias, slope, weight) in enumerate(zip(biases, slopes, last)):
            t[bias], t[slope], t[weight] = t.layer[j, 0], t.layer[j, 1], t.last[j]
    for j, (bias, slope) in enumerate(zip(biases, slopes), start=1):
        t[f"h{j}"] = t[bias] + t[slope] * t.x
    t.y = added(t[w] * t[f"h{j}"] for j, w in enumerate(last, start=1))
    t.intercept = added(t[w] * t[bias] for w, bias in zip(last, biases))
    t.slope = added(t[w] * t[slope] for w, slope in zip(last, slopes))
    t.also("y", t.intercept + t.slope * t.x)
    t.at_one = added(t[w] * (t[bias] + t[slope]) for w, bias, slope in zip(last, biases, slopes))
    t.also("at_one", t.intercept + t.slope)
    t.slipped = added(t[bias] for bias in biases)


def added(terms):
    first, *rest = terms
    return sum(rest, first)


slips = []  # its own is in the words

signs = {"intercept": "a", "slope": "b", "at_one": "y(1)", "slipped": r"\tilde{a}"}


def number(s, name):
    """A weight as it stands in a formula: its letter, or its number."""
    return Name(name) if s.choices["letters"] else calculus.whole(s.values[name])


def activated(s, x):
    """The function between the layers, of a sum."""
    f = s.choices["activation"]
    return Apply("apply", (x,), ("f", 0)) if f == "f" else apply(f, x)


def through(s):
    """y with a function on the hidden units."""
    biases, slopes, last = weights(s.choices)
    units = [
        calculus.add(number(s, bias), calculus.mul(number(s, slope), Name("x"))) for bias, slope in zip(biases, slopes)
    ]
    return calculus.total(calculus.mul(number(s, w), activated(s, unit)) for w, unit in zip(last, units))


def with_f(s):
    """y = w1 f(h1) + ..., then in the input, tried at x = 1 with weights 1, 2, ... where they have no numbers."""
    biases, slopes, last = weights(s.choices)
    f = s.choices["activation"]
    names = [name for row in (biases, slopes, last) for name in row]
    at = {name: Fraction(k) if s.choices["letters"] else s.values[name] for k, name in enumerate(names, start=1)}
    hidden = {f"h{j}": at[bias] + at[slope] for j, (bias, slope) in enumerate(zip(biases, slopes), start=1)}
    units = add_up(apply("mul", s.name(w), activated(s, s.name(h))) for w, h in zip(last, hidden))
    at |= {"x": Fraction(1), **hidden}
    if f == "f":
        found = {"y": added(at[w] * at[h] ** 2 for w, h in zip(last, hidden)), "f": lambda u: u * u}
    else:
        found = {"y": calculus.exactly(units, **at)}
    return Chain((s.name("y"), units, through(s)), at={**at, **found})


def answers(s):
    return {
        "a": {"y": "y", "nonlinear": same_as(False)},
        "b": {"intercept": "intercept", "slope": "slope"},
        "c": {"y_f": spelled(through(s))},
    }


def told(s):
    biases, slopes, last = weights(s.choices)

    def item(name):
        return Name(name) if s.choices["letters"] else s.values[name]

    rows = [[item(bias), item(slope)] for bias, slope in zip(biases, slopes)]
    return {"layers": matrices_of(rows, [[0, *map(item, last)]]), "layer": None, "last": None, "letters": None}


def written(s, name):
    """A line; in letters without its last link, which has the terms of the one before in another order."""
    line = s.chain(name)
    return line.keeping(range(len(line.links) - 1)) if s.choices["letters"] else line


def show(s):
    biases, slopes, last = weights(s.choices)
    h = [s.name(f"h{j}") for j in range(1, s.choices["unit"] + 1)]

    def label(name):
        return s.name(name) if s.choices["letters"] else s.claim(name)

    edges = [[*map(label, biases)], [*map(label, slopes)]]
    return {
        "net": network_figure([[Given(1), s.name("x")], h, [s.name("y")]], [edges, [[label(w)] for w in last]]),
        "single": network_figure(
            [[Given(1), s.name("x")], [s.name("y")]], [[[s.name("intercept")], [s.name("slope")]]]
        ),
        "hidden": [written(s, name.name) for name in h],
        "output": written(s, "y"),
        "single_layer": [written(s, "intercept"), written(s, "slope")],
        "at_one": written(s, "at_one"),
        "edges": [
            dict(zip(("bias", "slope", "unit"), [s.name(bias), s.name(slope), one]))
            for bias, slope, one in zip(biases, slopes, h)
        ],
        "last": [s.name(w) for w in last],
        "f": activated(s, Name("u")),
        "chosen": Name("f") if s.choices["activation"] == "f" else activated(s, Name("u")),
        "with_f": with_f(s),
        "letter": Name("f"),
        "sum": Name("u"),
    }


meant = {"as published it is done in letters, and a draw in numbers": ("letters",)}


def worthwhile(v):
    yield "the hidden units are different", unlike(v.layer)
    yield "the single layer has a bias and a slope", bool(v.intercept) and bool(v.slope)
    yield "the slip shows", v.intercept != v.slipped
