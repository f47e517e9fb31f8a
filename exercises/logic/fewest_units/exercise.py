"""Alternating stripes by step units: a net that labels the points, and why no smaller one does."""

from fractions import Fraction

from keygen.author import (
    Axis,
    Chain,
    Given,
    Literal,
    Name,
    PlaneLine,
    Table,
    add_up,
    apply,
    calculus,
    choice,
    claim,
    integers,
    network_figure,
    plane_figure,
    plane_point,
    relation,
    same_as,
    unknowns,
    weighted,
    with_numbers,
    witness,
)

axes = {"stripe": choice(3, 4, 5, published=4), "coordinate": 2}

given = {
    "across": choice((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2), published=(1, 1)),
    "first": choice(0, 1, published=0),
    "start": integers("coordinate", -3, 3, published=[-1, -2]),
    "shifts": integers("stripe", -2, 2, published=[1, -1, 1, -1], nonzero=True),
}

slips = []  # its own is in the words


def computation(t):
    pass  # nothing is computed before weights are chosen


def points(s):
    """Two points of each stripe: the first ones lie on one line across the stripes."""
    (a, b), (x, y) = s.choices["across"], s.values["start"]
    return [
        (int(x + j * a - away * b), int(y + j * b + away * a))
        for j, shift in enumerate(s.values["shifts"])
        for away in (0, shift)
    ]


def labels(s):
    """The labels of the points, stripe by stripe in turn."""
    return [(s.choices["first"] + j) % 2 for j in range(s.choices["stripe"]) for _ in range(2)]


def edges(s):
    """The lines between neighbouring stripes, as rows (a, b, c) of a x1 + b x2 > c."""
    (a, b), (x, y) = s.choices["across"], s.values["start"]
    wide = a * a + b * b
    return [(a, b, a * x + b * y + j * wide + Fraction(wide, 2)) for j in range(s.choices["stripe"] - 1)]


def net(s):
    """W (inputs, units), b (units), v (units), c: the output goes up and down in turn."""
    found, first = edges(s), s.choices["first"]
    v = [-1 if (first + j) % 2 else 1 for j in range(len(found))]
    return {"W": [[row[i] for row in found] for i in (0, 1)], "b": [-c for *_, c in found], "v": v,
            "c": Fraction(1, 2) if first else Fraction(-1, 2)}  # fmt: skip


def hidden(point, W, b):
    """The hidden units in letters, at a point."""
    return [apply("step", weighted((*point, 1), (W[0][k], W[1][k], b[k]))) for k in range(len(b))]


def output(units, v, c):
    """The output in letters."""
    return apply("step", apply("add", add_up(apply("mul", w, h) for w, h in zip(v, units)), c))


def answers(s):
    k = len(edges(s))
    W, b, v, c = unknowns("W", 2, k), unknowns("b", k), unknowns("v", k), unknowns("c")
    demands = [relation(output(hidden(p, W, b), v, c), "=", y) for p, y in zip(points(s), labels(s))]
    return {"a": {"units": same_as(k), "witness": witness(net(s), *demands)}}


def told(s):
    unused = dict.fromkeys(("across", "first", "start", "shifts"))
    return {"points": same_as([list(p) for p in points(s)]), "labels": same_as(labels(s)), **unused}


def plane(s, *lines):
    """The points with their labels, and lines between them."""
    spots = [plane_point(*map(Given, (*p, y))) for p, y in zip(points(s), labels(s))]
    one, zero = (calculus.equals(Name("y"), calculus.whole(k)) for k in (1, 0))
    return plane_figure(
        *spots, *lines, x=Axis(Name("x_1")), y=Axis(Name("x_2")), classes=(one, zero), size=(55, 55)
    )  # fmt: skip


def letters(name, k):
    return [Name(f"{name}{j}") for j in range(1, k + 1)]


def weights(s):
    """Each weight's letter with its number."""
    found = net(s)
    at = {f"W{i + 1}{j + 1}": Fraction(w) for i, row in enumerate(found["W"]) for j, w in enumerate(row)}
    at |= {f"{name}{j}": Fraction(w) for name in "bv" for j, w in enumerate(found[name], start=1)}
    return at | {"c": found["c"]}


def figure(s, at, k):
    """The net with its weights; what is multiplied by 0 has no edge."""

    def number(name):
        return claim(Name(name), **{name: at[name]}) if at[name] else None

    h = letters("h_", k)
    first = [[*(number(f"W{i}{j}") for j in range(1, k + 1)), None] for i in (1, 2)]
    first.append([*(number(f"b{j}") for j in range(1, k + 1)), None])
    second = [*([number(f"v{j}")] for j in range(1, k + 1)), [number("c")]]
    return network_figure([[Name("x_1"), Name("x_2"), Given(1)], [*h, Given(1)], [Name("y")]], [first, second])


def slip(s, k):
    """All weights of the output alike: at the third stripe two units are on."""
    found = net(s)
    h = letters("h_", k)
    same = weighted([found["v"][0]] * 2, h[:2])
    term = apply("step", calculus.add(same, calculus.whole(found["c"])))
    at = {one.name: Fraction(1) for one in h[:2]}
    return Chain((Name("y"), term, with_numbers(term, at), Literal(calculus.exactly(term, **at))),
                 at={**at, "y": calculus.exactly(term, **at)})  # fmt: skip


def show(s):
    found, at = edges(s), weights(s)
    k = len(found)
    W = [[Name(f"W{i}{j}") for j in range(1, k + 1)] for i in (1, 2)]
    b, v, h = letters("b", k), letters("v", k), letters("h_", k)
    rows = []
    for p, y in zip(points(s), labels(s)):
        units = hidden(p, W, b)
        y_found = claim(output(units, v, Name("c")), **at)
        rows.append((*map(Given, p), *(claim(unit, **at) for unit in units), y_found, Given(y)))
    x = [Name("x_1"), Name("x_2")]
    signed = weighted(net(s)["v"], h)
    total = calculus.add(signed, calculus.whole(net(s)["c"]))
    zeros = {one.name: Fraction(0) for one in h}
    return {
        "points": plane(s), "lines": plane(s, *(PlaneLine(*row, j) for j, row in enumerate(found, start=1))),
        "on_line": Table(tuple(x), tuple(tuple(map(Given, p)) for p in points(s)[::2]), named=0),
        "units": [
            Chain((Name(f"h_{j}"), apply("step", calculus.sub(weighted(row[:2], x), calculus.whole(row[2])))),
                  at={"x_1": 0, "x_2": 0, f"h_{j}": int(row[2] < 0)})
            for j, row in enumerate(found, start=1)
        ],
        "output": Chain((Name("y"), apply("step", total)), at={**zeros, "y": int(net(s)["c"] > 0)}),
        "net": figure(s, at, k), "count": Given(k), "stripes": Given(k + 1),
        "table": Table((*x, *h, Name("y"), Name("t")), tuple(rows), named=2),
        "letters": {"y": Name("y"), "t": Name("t")}, "slip": slip(s, k),
    }  # fmt: skip


def pinnable(v):
    whole = all(entry.denominator == 1 for entry in (*v.start, *v.shifts))
    yield "start shifts", whole, "whole numbers"
    yield "shifts", all(v.shifts), "numbers other than 0, so that a stripe has two points"
