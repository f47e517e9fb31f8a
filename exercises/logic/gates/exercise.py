"""Logical functions by step units: one unit or a proof that there is none, two layers, one unit with a product."""

from fractions import Fraction
from functools import cache
from itertools import count, product

from keygen.author import (
    Axis,
    Chain,
    Feasible,
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
    no_witness,
    nonpositive,
    plane_figure,
    plane_point,
    positive,
    relation,
    same_as,
    sequence_of,
    unknowns,
    weighted,
    with_numbers,
    witness,
)

axes = {"function": choice(2, 2, 3, published=3), "row": choice(4, 8, 8, published=4)}

given = {"tables": integers("function row", 0, 1, published=[[0, 0, 0, 1], [0, 1, 1, 1], [0, 1, 1, 0]])}

NAMES = {
    "0001": "and", "0111": "or", "0110": "xor", "1110": "nand", "1000": "nor", "1001": "xnor",
    "1101": "implies", "1011": "implied", "00000001": "and", "01111111": "or", "01101001": "xor",
    "00010111": "majority", "11111110": "nand", "10000000": "nor", "10010110": "xnor", "11101000": "minority",
}  # fmt: skip


def computation(t):
    pass  # nothing is computed before weights are chosen


def drawn(s):
    """The truth vectors, as tuples of 0 and 1."""
    return [tuple(map(int, row)) for row in s.values["tables"]]


@cache
def rows(inputs, *, with_product=False):
    """The inputs in their order, a product of the first two behind them if asked for, and the 1 of the bias."""
    found = product((0, 1), repeat=inputs)
    return tuple((*x, *((x[0] * x[1],) if with_product else ()), 1) for x in found)


def inputs_of(table):
    return len(table).bit_length() - 1


def called(s):
    """Each function's name in the answers: its own where it has one."""
    texts = ["".join(map(str, table)) for table in drawn(s)]
    return [NAMES.get(text, f"f{k}") for k, text in enumerate(texts, start=1)]


@cache
def system(table, with_product=False):
    """What one unit must do, an inequality a row."""
    wanted = zip(rows(inputs_of(table), with_product=with_product), table)
    return tuple(positive(row) if y else nonpositive(row) for row, y in wanted)


@cache
def decision(table, with_product=False):
    """Weights that exist, or how the inequalities contradict each other."""
    return decide(system(table, with_product))


def separable(table, with_product=False):
    return isinstance(decision(table, with_product), Feasible)


@cache
def simplest(table, with_product=False):
    """The smallest whole weights of a function that has some, and the bias midway between the two classes."""
    data = rows(inputs_of(table), with_product=with_product)
    for w in by_size(len(data[0]) - 1):
        sums = [sum(a * x for a, x in zip(w, row)) for row in data]
        least = min(h for h, y in zip(sums, table) if y)
        most = max(h for h, y in zip(sums, table) if not y)
        if least > most:
            return w, Fraction(-least - most, 2)
    raise AssertionError("a separable function has whole weights")


def by_size(length):
    """Lists of whole numbers, those of a smaller sum of absolute values first."""
    for size in count():
        yield from of_size(length, size)


def of_size(length, size):
    """Lists of whole numbers with this sum of absolute values, the larger first."""
    if length == 1:
        yield from sorted({(size,), (-size,)}, reverse=True)
        return
    for first in range(size, -size - 1, -1):
        yield from ((first, *rest) for rest in of_size(length - 1, size - abs(first)))


def letters(n):
    """w1, w2, ..., b"""
    return [*(Name(f"w{k}") for k in range(1, n + 1)), Name("b")]


def values(weights, bias):
    return {**{f"w{k}": Fraction(w) for k, w in enumerate(weights, start=1)}, "b": bias}


def demands(table, names, with_product=False, **at):
    """h > 0 or h <= 0, a row each."""
    data = rows(inputs_of(table), with_product=with_product)
    return [relation(weighted(row, names), ">" if y else "<=", 0, **at) for row, y in zip(data, table)]


@cache
def unit_witness(table, with_product=False, **beside):
    """One unit for a function, by smallest weights."""
    if not separable(table, with_product):
        return no_witness(**{name: False for name in beside})
    w, b = simplest(table, with_product)
    conditions = demands(table, [*unknowns("w", len(w)), unknowns("b")], with_product)
    return witness({"w": list(w), "b": b}, *conditions, **beside)


def hard(s):
    """The place of the first function that one unit cannot do."""
    return next(k for k, table in enumerate(drawn(s)) if not separable(table))


def layers(table):
    """A hidden unit for each row with the rarer answer: 1 in that row alone; the output is 1 where one of them is, or
    where none is. W (inputs, units), b (units), v (units), c."""
    ones = 2 * sum(table) <= len(table)
    chosen = [row[:-1] for row, y in zip(rows(inputs_of(table)), table) if y == ones]
    W = [[2 * row[i] - 1 for row in chosen] for i in range(len(chosen[0]))]
    b = [Fraction(1, 2) - sum(row) for row in chosen]
    sign = 1 if ones else -1
    return {"W": W, "b": b, "v": [sign] * len(chosen), "c": Fraction(-sign, 2)}


def hidden(net, row, W, b):
    """The hidden units in letters, at one row of inputs."""
    return [apply("step", weighted(row, [*(W[i][k] for i in range(len(W))), b[k]])) for k in range(len(b))]


def output(units, v, c):
    """The output in letters."""
    return apply("step", apply("add", add_up(apply("mul", w, h) for w, h in zip(v, units)), c))


@cache
def net_witness(table):
    net = layers(table)
    n, k = len(net["W"]), len(net["b"])
    W, b, v, c = unknowns("W", n, k), unknowns("b", k), unknowns("v", k), unknowns("c")
    outputs = [output(hidden(net, row, W, b), v, c) for row in rows(n)]
    return witness(net, *(relation(y, "=", wanted) for y, wanted in zip(outputs, table)))


def answers(s):
    each = drawn(s)
    of_one = {name: unit_witness(table, separable=separable(table)) for name, table in zip(called(s), each)}
    table = each[hard(s)]
    possible = separable(table, True)
    return {
        "a": {"separable": sequence_of(*map(separable, each)), **of_one},
        "b": {"witness": net_witness(table)},
        "c": {"possible": same_as(possible), "witness": unit_witness(table, True, possible=possible)},
    }


def told(s):
    return {"hidden": same_as(len(layers(drawn(s)[hard(s)])["b"])), "function": same_as(hard(s) + 1)}


def inputs(n):
    return [Name(f"x_{k}") for k in range(1, n + 1)]


@cache
def one_unit(table, with_product=False):
    """What the key says of one unit: its demands; weights with the sum of each row, or the sum of the contradiction."""
    n, data = inputs_of(table), rows(inputs_of(table), with_product=with_product)
    names = letters(len(data[0]) - 1)
    found = {"separable": separable(table, with_product), "demands": tried(table, names, with_product)}
    if not found["separable"]:
        return {**found, **contradiction(table, names, with_product)}
    at = values(*simplest(table, with_product))
    sums = [weighted(row, names) for row in data]
    x = [*inputs(n), *([Name("q")] if with_product else [])]
    return {
        **found,
        "weights": [Chain((name, Literal(at[name.name])), at=at) for name in names],
        "sums": Table((*x, Name("h"), Name("y")), tuple(
            (*map(Given, row[:-1]), claim(h, **at), claim(apply("step", h), **at)) for row, h in zip(data, sums)
        ), named=len(x)),
        "picture": picture(table, at) if n == 2 and not with_product else None,
    }  # fmt: skip


def tried(table, names, with_product):
    """Each demand, tried at a point of its own: all at once may be too much to ask."""
    data, wanted = rows(inputs_of(table), with_product=with_product), system(table, with_product)
    points = [dict(zip((name.name for name in names), point_of(one))) for one in wanted]
    signs = [">" if y else "<=" for y in table]
    return [relation(weighted(row, names), sign, 0, **at) for row, sign, at in zip(data, signs, points)]


@cache
def point_of(one):
    """Weights that do what one row demands."""
    return decide([one]).point


def contradiction(table, names, with_product):
    """Sums of demands of both kinds that are one expression: it would be above 0 and not above it."""
    data = rows(inputs_of(table), with_product=with_product)
    times = decision(table, with_product).multipliers
    sides = [
        [apply("scale", weighted(row, names), param=Fraction(m)) if m > 1 else weighted(row, names)
         for row, y, m in zip(data, table, times) if m and y == wanted]
        for wanted in (1, 0)
    ]  # fmt: skip
    scope = calculus.scope({name.name: (-2, 2) for name in names})
    above, below = map(add_up, sides)
    each = tried(table, names, with_product)
    return {
        "identity": calculus.derivation(scope, above, calculus.becomes(below), check="points"),
        "above": [one for one, y, m in zip(each, table, times) if m and y],
        "below": [one for one, y, m in zip(each, table, times) if m and not y],
    }


def picture(table, at):
    """The four points and the line."""
    w1, w2, b = letters(2)
    line = tuple(claim(term, **at) for term in (w1, w2, apply("neg", b)))
    points = [plane_point(Given(x1), Given(x2), Given(y)) for (x1, x2, _), y in zip(rows(2), table)]
    x, y = inputs(2)
    return plane_figure(
        *points, PlaneLine(*line), PlaneRegion((line,), label=calculus.equals(Name("y"), calculus.ONE)),
        x=Axis(x, -1, 2), y=Axis(y, -1, 2), size=(40, 40),
    )  # fmt: skip


@cache
def two_layers(table):
    """The net: its weights on a figure, its hidden units and its output row by row."""
    net = layers(table)
    n, k = len(net["W"]), len(net["b"])
    W = [[Name(f"W{i}{j}") for j in range(1, k + 1)] for i in range(1, n + 1)]
    b, v = ([Name(f"{letter}{j}") for j in range(1, k + 1)] for letter in "bv")
    at = {**{W[i][j].name: Fraction(net["W"][i][j]) for i in range(n) for j in range(k)}, "c": net["c"]}
    at |= {f"b{j + 1}": net["b"][j] for j in range(k)} | {f"v{j + 1}": Fraction(net["v"][j]) for j in range(k)}
    table_rows = []
    for row in rows(n):
        units = hidden(net, row, W, b)
        table_rows.append((*map(Given, row[:-1]), *(claim(h, **at) for h in units),
                           claim(output(units, v, Name("c")), **at)))  # fmt: skip
    h = [Name(f"h_{j}") for j in range(1, k + 1)]

    def number(name):
        return claim(name, **{name.name: at[name.name]})

    first = [*([*(number(W[i][j]) for j in range(k)), None] for i in range(n)), [*map(number, b), None]]
    second = [*([number(one)] for one in v), [number(Name("c"))]]
    return {
        "hidden": Given(k), "few": 2 * sum(table) <= len(table),
        "table": Table((*inputs(n), *h, Name("y")), tuple(table_rows), named=n),
        "net": network_figure([[*inputs(n), Given(1)], [*h, Given(1)], [Name("y")]], [first, second]),
    }  # fmt: skip


@cache
def too_high(table):
    """The slip: the bias that puts the line through a point with the answer 1, where the sum is 0."""
    w, _ = simplest(table)
    data = [row for row, y in zip(rows(inputs_of(table)), table) if y]
    least = min(data, key=lambda row: sum(a * x for a, x in zip(w, row)))
    names = letters(len(w))
    at = values(w, Fraction(-sum(a * x for a, x in zip(w, least))))
    term = weighted(least, names)
    return {
        "bias": Chain((Name("b"), Literal(at["b"])), at=at),
        "sum": Chain((Name("h"), term, with_numbers(term, at), Literal(calculus.exactly(term, **at))),
                     at={**at, "h": calculus.exactly(term, **at)}),
        "point": [Chain((x, Literal(Fraction(value))), at={x.name: value}) for x, value in zip(inputs(len(w)), least)],
    }  # fmt: skip


def show(s):
    each = drawn(s)
    n, k = inputs_of(each[0]), hard(s)
    x = inputs(n)
    functions = [Name(f"f_{j}") for j in range(1, len(each) + 1)]
    columns = zip(rows(n), zip(*each))
    easy = next(table for table in each if separable(table))
    return {
        "table": Table(
            (*x, *functions), tuple((*map(Given, row[:-1]), *map(Given, ys)) for row, ys in columns), named=n
        ),
        "unit": unit(x), "weights": letters(n)[:-1],
        "wide_unit": unit([*x, Name("q")]),
        "feature": apply("mul", x[0], x[1]),
        "letters": {name: Name(name) for name in ("h", "y", "q", "b")},
        "functions": [
            {"name": name, "called": called_by, **one_unit(table)}
            for name, called_by, table in zip(functions, called(s), each)
        ],
        "hard": functions[k], "easy": functions[each.index(easy)],
        "deep": two_layers(each[k]), "wide": one_unit(each[k], True), "slip": too_high(easy),
    }  # fmt: skip


def unit(x):
    """y = [w_1 x_1 + ... + b > 0]"""
    names = letters(len(x))
    total = add_up([*(apply("mul", w, one) for w, one in zip(names, x)), names[-1]])
    return Chain((Name("y"), apply("step", total)), at={**{one.name: 0 for one in (*names, *x)}, "y": 0})


def pinnable(v):
    yield "tables", all(entry in (0, 1) for entry in v.tables.flat), "truth tables of zeros and ones"
    each = drawn(v.solved)
    yield "tables", all(len(set(table)) == 2 for table in each), "functions with both 0 and 1 among their answers"
    kinds = set(map(separable, each))
    yield "tables", len(kinds) == 2, "a function that a single unit computes and one that it does not"


def arranged(v):
    """Functions of the kind that is wanted, one that is not separable, the others separable: the next of its kind from
    the table that was drawn."""
    each = drawn(v.solved)
    place = sum(map(sum, each)) % len(each)
    found = []
    for k, table in enumerate(each):
        taken = {max(t, negated(t)) for t in found}
        new = (t for t in after(table) if max(t, negated(t)) not in taken and essential(t))
        found.append(next(t for t in new if separable(t) != (k == place)))
    return {"tables": found}


def after(table):
    """All tables of as many inputs, beginning with this one, in steps that lead through all of them."""
    length, start = len(table), int("".join(map(str, table)), 2)
    return (tuple(map(int, f"{(start + STRIDE * step) % 2**length:0{length}b}")) for step in range(2**length))


STRIDE = 37


def worthwhile(v):
    yield "of two inputs there are three functions, of three inputs two", v.function == (3 if v.row == 4 else 2)
    each = drawn(v.solved)
    yield "each function depends on each input", all(map(essential, each))
    yield (
        "no two functions are one, or one the negation of another",
        len({max(t, negated(t)) for t in each}) == len(each),
    )
    yield "one function is not separable", sum(not separable(table) for table in each) == 1


def negated(table):
    return tuple(1 - y for y in table)


def essential(table):
    """Whether every input can change the answer."""
    n = inputs_of(table)
    return all(any(table[i] != table[i ^ 1 << k] for i in range(len(table))) for k in range(n))
