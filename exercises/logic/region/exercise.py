"""A region between lines by step units: a net that labels it, the labels of some points, the fewest units."""

from fractions import Fraction
from itertools import combinations, product

from keygen.author import (
    Axis,
    Chain,
    Given,
    Literal,
    Name,
    PlaneLine,
    PlaneRegion,
    Table,
    add_up,
    apply,
    calculus,
    choice,
    claim,
    decide,
    integers,
    network_figure,
    plane_figure,
    plane_point,
    positive,
    relation,
    same_as,
    step,
    unknowns,
    weighted,
    with_numbers,
    witness,
)

axes = {"line": choice(2, 2, 3, published=2), "point": 4}

given = {
    "mode": choice("and", "or", published="and"),
    "lines": integers("line 3", -3, 3, published=[[1, 1, 1], [-1, 1, -1]], nonzero=True),
    "points": integers("point 2", -3, 3, published=[[0, 2], [2, 2], [0, 0], [2, 0]]),
}

slips = []  # its own is in the words

LETTERS = "ABCD"
POINTS = list(product(range(-3, 4), repeat=2))  # that may be drawn
LINES = list(product([-3, -2, -1, 1, 2, 3], repeat=3))  # no number is zero


def bound(c):
    """What the number of living units must exceed: all but a half, or a half."""
    return Fraction(2 * c["line"] - 1, 2) if c["mode"] == "and" else Fraction(1, 2)


def computation(t):
    """Each point through the net: a unit a line, then the output."""
    for p in range(1, t.choices["point"] + 1):
        x = [t.points[p - 1, i] for i in (0, 1)]
        units = []
        for k in range(1, t.choices["line"] + 1):
            a1, a2, c = (t.lines[k - 1, i] for i in range(3))
            t[f"u_{p}_{k}"] = a1 * x[0] + a2 * x[1] - c
            t[f"h_{p}_{k}"] = step(t[f"u_{p}_{k}"])
            units.append(t[f"h_{p}_{k}"])
        t[f"y_{p}"] = step(sum(units[1:], units[0]) - bound(t.choices))


def signs(c):
    found = {}
    for p, k in product(range(1, c["point"] + 1), range(1, c["line"] + 1)):
        found |= {f"u_{p}_{k}": rf"u_{k}({LETTERS[p - 1]})", f"h_{p}_{k}": rf"h_{k}({LETTERS[p - 1]})"}
    return found | {f"y_{p}": f"y({LETTERS[p - 1]})" for p in range(1, c["point"] + 1)}


def drawn(s):
    """The lines as rows (a1, a2, c)."""
    return tuple(map(in_integers, s.values["lines"]))


def in_integers(row):
    """A row whose whole numbers are integers, which are quicker than fractions."""
    return tuple(x.numerator if x.denominator == 1 else x for x in row)


def judged(found, mode):
    """What a region needs, and whether it is so."""
    yield "every line has both its coefficients", all(a1 and a2 for a1, a2, _ in found)
    yield "no two lines are parallel", all(a[0] * b[1] != a[1] * b[0] for a, b in combinations(found, 2))
    yield "there is a region", mode == "or" or possible(found, (1,) * len(found))
    others = 1 if mode == "and" else 0
    patterns = [tuple(1 - others if j == k else others for j in range(len(found))) for k in range(len(found))]
    yield "no line is redundant", all(possible(found, pattern) for pattern in patterns)


def possible(found, pattern):
    """Whether some point lies so to two or three lines, no two of which are parallel: above where there is a 1, not
    above where there is a 0.

    Two sums a1 x1 + a2 x2 - c take any values at all. Three are tied by one equation, m1 u1 + m2 u2 + m3 u3 = d, and
    take all values that fulfil it; so a pattern is impossible only if it gives every m u the sign that d has not.
    """
    if len(found) == 2:
        return True
    (a1, a2, _), (b1, b2, _), (c1, c2, _) = found
    ties = b1 * c2 - b2 * c1, c1 * a2 - c2 * a1, a1 * b2 - a2 * b1
    d = -sum(m * line[2] for m, line in zip(ties, found))
    sides = {(m > 0) == bool(above) for m, above in zip(ties, pattern)}
    if len(sides) == 2:
        return True
    return (d > 0 if sides == {True} else d < 0) or (d == 0 and not any(pattern))


def labelled(pattern, mode):
    return int(all(pattern) if mode == "and" else any(pattern))


def net(s):
    """W (inputs, units), b (units), v (units), c: unit k is above 0 where point and line k are so."""
    found = drawn(s)
    W = [[row[i] for row in found] for i in (0, 1)]
    return {"W": W, "b": [-c for *_, c in found], "v": [1] * len(found), "c": -bound(s.choices)}


def answers(s):
    found, m = drawn(s), s.choices["line"]
    W, b, v, c = unknowns("W", 2, m), unknowns("b", m), unknowns("v", m), unknowns("c")
    same_lines = [
        demand
        for k, (a1, a2, right) in enumerate(found)
        for demand in (
            relation(weighted((a2, -a1), (W[0][k], W[1][k])), "=", 0),
            relation(weighted((a1, a2), (W[0][k], W[1][k])), ">", 0),
            relation(weighted((a1, right), (b[k], W[0][k])), "=", 0),
        )
    ]
    outputs = [
        relation(weighted((*pattern, 1), [*v, c]), ">" if labelled(pattern, s.choices["mode"]) else "<=", 0)
        for pattern in product((0, 1), repeat=m)
        if possible(found, pattern)
    ]
    return {
        "a": {"witness": witness(net(s), *same_lines, *outputs)},
        "b": {"labels": [f"y_{p}" for p in range(1, s.choices["point"] + 1)]},
        "c": {"units": same_as(m)},
    }


def x():
    return [Name("x_1"), Name("x_2")]


def sides(s):
    """a1 x1 + a2 x2 > c, each tried at a point where it holds."""
    found = []
    for a1, a2, c in drawn(s):
        at = dict(zip(("x_1", "x_2"), decide([positive((a1, a2), -c)]).point))
        found.append(relation(weighted((a1, a2), x()), ">", c, **at))
    return found


def plane(s, *, labels):
    """Lines, region, test points: with their labels or without."""
    lines = [tuple(s.claim("lines", k, i) for i in range(3)) for k in range(s.choices["line"])]
    classes = [s.claim(f"y_{p + 1}") if labels else None for p in range(s.choices["point"])]
    points = [
        plane_point(s.claim("points", p, 0), s.claim("points", p, 1), target, Name(LETTERS[p]))
        for p, target in enumerate(classes)
    ]
    one, zero = (calculus.equals(Name("y"), calculus.whole(k)) for k in (1, 0))
    return plane_figure(
        *points, *(PlaneLine(*row, k) for k, row in enumerate(lines, start=1)),
        PlaneRegion(tuple(lines), s.choices["mode"], one), x=Axis(x()[0]), y=Axis(x()[1]),
        classes=(one, zero) if labels else (None, None), size=(52, 52),
    )  # fmt: skip


def figure(s):
    """The net with its weights."""
    found, m = net(s), s.choices["line"]
    h = [Name(f"h_{k}") for k in range(1, m + 1)]

    def number(value):
        return claim(Name("w"), w=Fraction(value))

    first = [*([*map(number, row), None] for row in found["W"]), [*map(number, found["b"]), None]]
    second = [*([number(one)] for one in found["v"]), [number(found["c"])]]
    return network_figure([[*x(), Given(1)], [*h, Given(1)], [Name("y")]], [first, second])


def between(s):
    """A test point that some lines have above them and some have not."""
    m = s.choices["line"]
    alive = [sum(s.values[f"h_{p}_{k}"] for k in range(1, m + 1)) for p in range(1, s.choices["point"] + 1)]
    return next((p for p, count in enumerate(alive, start=1) if 0 < count < m), 0)


def slip(s):
    """The other mode's bias at a point between the lines."""
    p, c = between(s), s.choices
    wrong = bound({**c, "mode": "or" if c["mode"] == "and" else "and"})
    h = [Name(f"h_{p}_{k}") for k in range(1, c["line"] + 1)]
    term = apply("step", apply("sub", add_up(h), calculus.whole(wrong)))
    at = {one.name: s.values[one.name] for one in h}
    value = calculus.exactly(term, **at)
    return {"line": Chain((term, with_numbers(term, at), Literal(value))), "point": Name(LETTERS[p - 1]),
            "bias": claim(Name("c"), c=-wrong)}  # fmt: skip


def show(s):
    c = s.choices
    columns = range(1, c["line"] + 1)
    u, h = ([Name(f"{letter}_{k}") for k in columns] for letter in "uh")
    rows = tuple(
        (Name(LETTERS[p - 1]), s.claim("points", p - 1, 0), s.claim("points", p - 1, 1),
         *(s.claim(f"{letter}_{p}_{k}") for letter in "uh" for k in columns), s.claim(f"y_{p}"))
        for p in range(1, c["point"] + 1)
    )  # fmt: skip
    test = tuple((row[0], *row[1:3]) for row in rows)
    return {
        "sides": sides(s), "plane": plane(s, labels=False), "labelled": plane(s, labels=True), "net": figure(s),
        "points": Table((None, *x()), test), "table": Table((None, *x(), *u, *h, Name("y")), rows, named=3),
        "count": Given(c["line"]), "slip": slip(s) if between(s) else None,
        "output": Chain((Name("y"), output(s)), at={**{f"h_{k}": 0 for k in columns}, "y": 0}),
        "letters": {name: Name(name) for name in ("y", "u", "h")},
        "sums": [
            Chain((Name(f"u_{k}"), calculus.sub(weighted(row[:2], x()), calculus.whole(row[2]))),
                  at={"x_1": 0, "x_2": 0, f"u_{k}": -row[2]})
            for k, row in enumerate(drawn(s), start=1)
        ],
    }  # fmt: skip


def conditions(s):
    """Whether a test point lies above some lines and not above others."""
    m, p = s.choices["line"], between(s) or 1
    alive = add_up(Name(f"h_{p}_{k}") for k in range(1, m + 1))
    return {"mixed": s.whether(relation(alive, ">", 0), relation(alive, "<", m))}


def output(s):
    """[h_1 + h_2 - 3/2 > 0]"""
    h = [Name(f"h_{k}") for k in range(1, s.choices["line"] + 1)]
    return apply("step", apply("sub", add_up(h), calculus.whole(bound(s.choices))))


def pinnable(v):
    points = [tuple(point) for point in v.points]
    yield "points", len(set(points)) == len(points), "points in different places"
    off = all(signed(line, point) for line in drawn(v.solved) for point in points)
    yield "lines points", off, "points that lie on no line"
    for demand, holds in judged(drawn(v.solved), v.mode):
        yield "lines mode", holds, f"lines that make a region to ask about: {demand}"


def arranged(v):
    """Lines that make a region; points off the lines, one of them between the lines, and both labels: of each the next
    one, beginning with the one that was drawn."""
    *lines, last = drawn(v.solved)
    fitting = (row for row in after(last, 3) if all(holds for _, holds in judged((*lines, row), v.mode)))
    lines += [next(fitting, last)]  # pinned lines may leave none
    points = []
    for place, point in enumerate(map(in_integers, v.points)):
        free = (x for x in after(point, 2) if x not in points and all(signed(line, x) for line in lines))
        points.append(next((x for x in free if needed(lines, v.mode, points, x, place)), point))
    return {"lines": lines, "points": points}


def needed(lines, mode, points, x, place):
    """Whether a point may stand at its place: the third is between the lines, and the fourth has another label, where
    no point before it is so."""
    above = [[signed(line, point) > 0 for line in lines] for point in (*points, x)]
    if place == 2:
        return any(any(one) and not all(one) for one in above)
    return place < 2 or len({labelled(one, mode) for one in above}) == 2


def signed(line, point):
    """a1 x1 + a2 x2 - c"""
    a1, a2, c = line
    return a1 * point[0] + a2 * point[1] - c


def after(drawn, length):
    """All rows that may be drawn, beginning with this one where it may be; of a line no number is zero."""
    rows = POINTS if length == 2 else LINES
    start = rows.index(drawn) if drawn in rows else 0
    return (rows[(start + STRIDE * k) % len(rows)] for k in range(len(rows)))


STRIDE = 5  # a step that leads through all 216 lines, and all 49 points, and not to a neighbour


def worthwhile(v):
    s = v.solved
    yield from judged(drawn(s), s.choices["mode"])
    points = [tuple(row) for row in v.points]
    yield "no two points are in one place", len(set(points)) == len(points)
    yield "no point lies on a line", all(a1 * p + a2 * q != c for a1, a2, c in drawn(s) for p, q in points)
    yield "both labels are there", len({s.values[f"y_{p}"] for p in range(1, 5)}) == 2
    yield "a point lies between the lines", between(s) > 0
