"""Points in stripes, inside a ring, on a checkerboard: a net of step units that labels them, and why no smaller one
does."""

from fractions import Fraction
from itertools import product
from math import gcd
from typing import NamedTuple

import numpy as np

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

FRAMES = [
    ((p, q), (r, s)) for p, q, r, s in product((-1, 0, 1), repeat=4) if p * s != q * r
]  # what the two steps of a grid are

given = {
    "kind": choice("stripes", "polygon", "checkerboard", published="stripes"),
    "across": choice((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2), published=(1, 1)),
    "first": choice(0, 1, published=0),  # the first label; of a polygon that of the points outside
    "start": integers("coordinate", -3, 3, published=[-1, -2]),
    "shifts": integers("stripe", -2, 2, published=[1, -1, 1, -1], nonzero=True),
    "sides": choice(3, 4, published=3),
    "turned": choice(0, 1, published=0),
    "board": choice((2, 3), (3, 2), (3, 3), (2, 4), (4, 2), (3, 4), (4, 3), published=(3, 3)),
    "frame": choice(*FRAMES, published=((1, 0), (0, 1))),
}

# By the sides of a polygon: corners of another around it, every second one its own; then points inside, and outside.
AROUND = {
    3: ([(0, 0), (1, 0), (2, 1), (2, 2), (1, 2), (0, 1)], [(1, 1)], [(2, 0), (0, 2)]),
    4: ([(1, 0), (2, 0), (3, 1), (3, 2), (2, 3), (1, 3), (0, 2), (0, 1)], [(1, 1), (2, 2)], [(0, 0), (3, 3)]),
}

signs = {"wrong": r"\tilde{y}"}
slips = []  # its own is in the words


def computation(t):
    pass  # nothing is computed before weights are chosen


class Plan(NamedTuple):
    """Points with their labels; lines as rows (a, b, c) of a x1 + b x2 > c, a hidden unit each; the weights v and the
    bias c of the output; how many points, from the first on, show that fewer units do not suffice."""

    points: list
    labels: list
    edges: list
    v: list
    c: Fraction
    showing: int


def plan(s):
    """What is drawn."""
    return {"stripes": stripes, "polygon": polygon, "checkerboard": checkerboard}[s.choices["kind"]](s)


def in_turn(first, count):
    """Weights of an output that changes at each of some units, which are turned on one after another; its bias."""
    return [-1 if (first + j) % 2 else 1 for j in range(count)], Fraction(1, 2) if first else Fraction(-1, 2)


def stripes(s):
    """Two points of each stripe; the first ones, which lie on one line across the stripes, stand in front."""
    (a, b), (x, y), first = s.choices["across"], map(int, s.values["start"]), s.choices["first"]
    along = [(x + j * a, y + j * b) for j in range(s.choices["stripe"])]
    aside = [(p - int(shift) * b, q + int(shift) * a) for (p, q), shift in zip(along, s.values["shifts"])]
    labels = [(first + j) % 2 for j in range(len(along))]
    wide = a * a + b * b
    edges = [(a, b, a * p + b * q + Fraction(wide, 2)) for p, q in along[:-1]]
    return Plan(along + aside, labels * 2, edges, *in_turn(first, len(edges)), len(along))


def placed(s, points):
    """Points of a grid, in the frame that was drawn."""
    (x, y), ((p, q), (r, t)) = map(int, s.values["start"]), s.choices["frame"]
    return [(x + i * p + j * r, y + i * q + j * t) for i, j in points]


def polygon(s):
    """A polygon inside a ring of points: those on one curve around stand in front, inside and outside in turn."""
    corners, within, beyond = (placed(s, some) for some in AROUND[s.choices["sides"]])
    first, turned, k = s.choices["first"], s.choices["turned"], s.choices["sides"]
    edges = [between(corners[j - 1], corners[j], corners[(j + 1) % (2 * k)]) for j in range(1 - turned, 2 * k, 2)]
    inside = 1 - first
    labels = [(inside + j + turned) % 2 for j in range(2 * k)] + [inside] * len(within) + [1 - inside] * len(beyond)
    sign = 1 if inside else -1
    return Plan(corners + within + beyond, labels, edges, [sign] * k, -sign * Fraction(2 * k - 1, 2), 2 * k)


def between(p, outer, q):
    """The line between a side pq and a point beyond it, halfway, with the side where it is positive."""
    a, b = p[1] - q[1], q[0] - p[0]
    here, there = a * p[0] + b * p[1], a * outer[0] + b * outer[1]
    return shortened(*(side if here > there else -side for side in (a, b, Fraction(here + there, 2))))


def shortened(a, b, c):
    """A row without a common factor of a and b."""
    common = gcd(a, b)
    return a // common, b // common, c / common


def checkerboard(s):
    """A board whose diagonals have one label each: the points of its border stand in front, in turn."""
    (m, n), first = s.choices["board"], s.choices["first"]
    border = [*((i, 0) for i in range(m - 1)), *((m - 1, j) for j in range(n - 1)),
              *((i, n - 1) for i in range(m - 1, 0, -1)), *((0, j) for j in range(n - 1, 0, -1))]  # fmt: skip
    cells = [*border, *((i, j) for i in range(1, m - 1) for j in range(1, n - 1))]
    ((p, q), (r, t)), (x, y) = s.choices["frame"], map(int, s.values["start"])
    size = p * t - q * r  # a x1 + b x2 grows by it with a step along either side
    a, b, size = (t - q, p - r, size) if size > 0 else (q - t, r - p, -size)
    edges = [shortened(a, b, a * x + b * y + size * (j + Fraction(1, 2))) for j in range(m + n - 2)]
    return Plan(
        placed(s, cells), [(first + i + j) % 2 for i, j in cells], edges, *in_turn(first, len(edges)), len(border)
    )


def net(found):
    """W (inputs, units), b (units), v (units), c."""
    edges = found.edges
    return {"W": [[row[i] for row in edges] for i in (0, 1)], "b": [-c for *_, c in edges], "v": found.v, "c": found.c}


def hidden(point, W, b):
    """The hidden units in letters, at a point."""
    return [apply("step", weighted((*point, 1), (W[0][k], W[1][k], b[k]))) for k in range(len(b))]


def output(units, v, c):
    """The output in letters."""
    return apply("step", apply("add", add_up(apply("mul", w, h) for w, h in zip(v, units)), c))


def answers(s):
    found = plan(s)
    k = len(found.edges)
    W, b, v, c = unknowns("W", 2, k), unknowns("b", k), unknowns("v", k), unknowns("c")
    demands = [relation(output(hidden(p, W, b), v, c), "=", y) for p, y in zip(found.points, found.labels)]
    return {"a": {"units": same_as(k), "witness": witness(net(found), *demands)}}


def told(s):
    found = plan(s)
    points = np.array([[Fraction(x) for x in p] for p in found.points])
    return {**dict.fromkeys(given), "points": same_as(points), "labels": same_as(found.labels)}


def plane(found, *lines):
    """The points with their labels, and lines between them."""
    spots = [plane_point(*map(Given, (*p, y))) for p, y in zip(found.points, found.labels)]
    one, zero = (calculus.equals(Name("y"), calculus.whole(k)) for k in (1, 0))
    return plane_figure(
        *spots, *lines, x=Axis(Name("x_1")), y=Axis(Name("x_2")), classes=(one, zero), size=(55, 55)
    )  # fmt: skip


def border(at, j):
    """The line on which the sum of hidden unit j is zero."""
    return [claim(term, **at) for term in (Name(f"W1{j}"), Name(f"W2{j}"), apply("neg", Name(f"b{j}")))]


def letters(name, k):
    return [Name(f"{name}{j}") for j in range(1, k + 1)]


def weights(net):
    """Each weight's letter with its number."""
    at = {f"W{i + 1}{j + 1}": Fraction(w) for i, row in enumerate(net["W"]) for j, w in enumerate(row)}
    at |= {f"{name}{j}": Fraction(w) for name in "bv" for j, w in enumerate(net[name], start=1)}
    return at | {"c": net["c"]}


def figure(at, k):
    """The net with its weights; what is multiplied by 0 has no edge."""

    def number(name):
        return claim(Name(name), **{name: at[name]}) if at[name] else None

    h = letters("h_", k)
    first = [[*(number(f"W{i}{j}") for j in range(1, k + 1)), None] for i in (1, 2)]
    first.append([*(number(f"b{j}") for j in range(1, k + 1)), None])
    second = [*([number(f"v{j}")] for j in range(1, k + 1)), [number("c")]]
    return network_figure([[Name("x_1"), Name("x_2"), Given(1)], [*h, Given(1)], [Name("y")]], [first, second])


def slip(s, found):
    """All weights of the output alike: at the third stripe two units are on. Of a polygon: one unit is enough, and
    the first point beyond a side is taken for one inside."""
    h = letters("h_", len(found.edges))
    if s.choices["kind"] == "polygon":
        beyond = next(p for p, y in zip(found.points, found.labels) if y == s.choices["first"])
        on = {one.name: Fraction(a * beyond[0] + b * beyond[1] > c) for one, (a, b, c) in zip(h, found.edges)}
        term = calculus.add(weighted(found.v, h), calculus.whole(-found.v[0] * Fraction(1, 2)))
    else:
        on = {one.name: Fraction(1) for one in h[:2]}
        term = calculus.add(weighted([found.v[0]] * 2, h[:2]), calculus.whole(found.c))
    term = apply("step", term)
    value = calculus.exactly(term, **on)
    return Chain((Name("wrong"), term, with_numbers(term, on), Literal(value)), at={**on, "wrong": value})


def at_least(s, found):
    """How many hidden units there are, by the changes of the label: one between two neighbours on a line, or half of
    those on a closed curve."""
    m, n = Name("m"), Name("n")
    term = calculus.sub(n, calculus.ONE) if s.choices["kind"] == "stripes" else calculus.div(n, calculus.whole(2))
    at = {"n": Fraction(found.showing)}
    return Chain(
        (m, with_numbers(term, at), Literal(calculus.exactly(term, **at))),
        relations=(">=", "="), at={"m": len(found.edges)},
    )  # fmt: skip


def along(s):
    """What the points of one label on a board lie on, by its frame: diagonals of an upright one."""
    (p, q), (r, t) = s.choices["frame"]
    if not p * q and not r * t:
        return "diagonals"
    return "columns" if p == r else "rows" if q == t else "lines"


def show(s):
    found = plan(s)
    at, k = weights(net(found)), len(found.edges)
    W = [[Name(f"W{i}{j}") for j in range(1, k + 1)] for i in (1, 2)]
    b, v, h = letters("b", k), letters("v", k), letters("h_", k)
    rows = []
    for p, y in zip(found.points, found.labels):
        units = [claim(unit, **at) for unit in hidden(p, W, b)]
        on = {one.name: unit.shown.value for one, unit in zip(h, units)}
        rows.append((*map(Given, p), *units, claim(output(h, v, Name("c")), **at, **on), Given(y)))
    x = [Name("x_1"), Name("x_2")]
    total = calculus.add(weighted(found.v, h), calculus.whole(found.c))
    zeros = {one.name: Fraction(0) for one in h}
    return {
        "points": plane(found), "lines": plane(found, *(PlaneLine(*border(at, j), j) for j in range(1, k + 1))),
        "units": [
            Chain((Name(f"h_{j}"), apply("step", calculus.sub(weighted(row[:2], x), calculus.whole(row[2])))),
                  at={"x_1": 0, "x_2": 0, f"h_{j}": int(row[2] < 0)})
            for j, row in enumerate(found.edges, start=1)
        ],
        "output": Chain((Name("y"), apply("step", total)), at={**zeros, "y": int(found.c > 0)}),
        "net": figure(at, k), "count": Given(k), "showing": Given(found.showing),
        "table": Table((*x, *h, Name("y"), Name("t")), tuple(rows), named=2),
        "at_least": at_least(s, found), "along": along(s), "letters": {name: Name(name) for name in "ytm"},
        "slip": slip(s, found), "ones_inside": not s.choices["first"],
        "no_edge": not all(at.values()),
        "whole": all(Fraction(x).denominator == 1 for point in found.points for x in point),
    }  # fmt: skip


def pinnable(v):
    whole = all(entry.denominator == 1 for entry in (*v.start, *v.shifts))
    yield "start shifts", whole, "whole numbers"
    yield "shifts", all(v.shifts), "numbers other than 0, so that a stripe has two points"
