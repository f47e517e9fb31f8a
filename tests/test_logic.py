"""Sheet 1: every witness does what is asked by a simulation of the unit from the JSON alone, and its condition is true
of exactly the weights that do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations, pairwise, product
from random import Random
from typing import Any

import numpy as np
import pytest
from ast_conditions import numbers, true_of
from sympy import Function, Rational, Symbol, exp, expand, simplify, sympify, tanh

from keygen.certify.condition import satisfied
from keygen.figures.tables import Table
from keygen.mathematics.answers import as_json
from keygen.mathematics.linear_inequalities import Feasible, decide, nonpositive, positive
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Name
from keygen.variants.solve import solve
from tests.courses import SHIPPED

SEEDS = [None, *range(12)]
Key = Mapping[str, Any]


def key(exercise: str, seed: int | None) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """What is given, and the answers of each part, as JSON has them."""
    solved = solve(SHIPPED.exercise(exercise), "sheet1", seed)
    parts = {part: as_json(named, Policy()) for part, named in solved.answers().items()}
    return as_json(solved.given(), Policy()), parts


def relu(x: Fraction) -> Fraction:
    return max(Fraction(0), x)


def step(x: Fraction) -> Fraction:
    return Fraction(x > 0)


ACTIVATIONS: dict[str, Callable[[Fraction], Fraction]] = {"relu": relu, "step": step}


def near(exact: Any, rng: Random) -> Any:
    """Numbers near those of a witness, some of them its own: of both kinds there are right ones and wrong ones."""
    if isinstance(exact, list):
        return [near(item, rng) for item in exact]
    change = rng.choice((0, 0, 0, 1, -1, 2, -2))
    return str(Fraction(exact) + Fraction(change, rng.choice((1, 2, 4))))


def trials(witness: Key, seed: object) -> Iterator[dict[str, Any]]:
    rng = Random(f"witness {seed}")
    yield dict(witness["exact"])
    for _ in range(60):
        yield {name: near(value, rng) for name, value in witness["exact"].items()}


def require_condition(witness: Key, does_it: Callable[[Mapping[str, Any]], bool], seed: object) -> None:
    """The witness does it, and of all others near it the condition says what the simulation says."""
    right = 0
    for exact in trials(witness, seed):
        weights = {name: numbers(value) for name, value in exact.items()}
        expected = does_it(weights)
        assert satisfied(witness["condition"], exact) is expected
        assert true_of(witness["condition"], exact) is expected
        right += expected
    assert does_it({name: numbers(value) for name, value in witness["exact"].items()})
    assert 1 <= right < 61


@pytest.mark.parametrize("seed", SEEDS)
def test_the_weights_of_one_unit_are_right_exactly_where_its_condition_holds(seed: int | None) -> None:
    given, parts = key("logic/one_unit", seed)
    activation = ACTIVATIONS[given["activation"]["exact"]]
    tables = {
        "a": (
            [[Fraction(1), x] for x in numbers(given["inputs_not"]["exact"])],
            numbers(given["targets_not"]["exact"]),
        ),
        "b": (numbers(given["inputs"]["exact"]), numbers(given["targets"]["exact"])),
    }
    for part, (rows, targets) in tables.items():

        def does_it(weights: Mapping[str, Any], rows: Any = rows, targets: Any = targets) -> bool:
            w = [weights[f"w{k}"] for k in range(1, len(rows[0]) + 1)]
            sums = [sum((a * b for a, b in zip(w, row, strict=True)), Fraction(0)) for row in rows]
            return bool(list(map(activation, sums)) == targets)

        require_condition(parts[part]["witness"], does_it, seed)


def test_published_unit() -> None:
    given, parts = key("logic/one_unit", None)
    assert given["inputs"]["exact"] == [["1", "1", "2"], ["1", "-1", "1"]]
    assert given["targets"]["exact"] == ["1/2", "0"]
    assert parts["a"]["witness"]["condition"] == "(w1 == 1) & (w1 + w2 <= 0)"
    assert parts["b"]["witness"]["condition"] == "(2 * w1 + 2 * w2 + 4 * w3 == 1) & (w1 - w2 + w3 <= 0)"


def truth(given: Key) -> list[list[Fraction]]:
    return numbers(given["tables"]["exact"])  # type: ignore[no-any-return]


def boolean_rows(table: list[Fraction]) -> list[tuple[Fraction, ...]]:
    return [tuple(map(Fraction, row)) for row in product((0, 1), repeat=len(table).bit_length() - 1)]


def one_unit(table: list[Fraction], *, with_product: bool = False) -> Callable[[Key], bool]:
    """Whether a unit of these weights has the truth table."""

    def does_it(weights: Key) -> bool:
        rows = [(*row, *((row[0] * row[1],) if with_product else ())) for row in boolean_rows(table)]
        sums = [sum((a * x for a, x in zip(weights["w"], row, strict=True)), weights["b"]) for row in rows]
        return list(map(step, sums)) == table

    return does_it


def two_layers(table: list[Fraction]) -> Callable[[Key], bool]:
    """Whether a net of these weights has the truth table; W has a row an input."""

    def output(weights: Key, row: tuple[Fraction, ...]) -> Fraction:
        columns = zip(*weights["W"], strict=True)
        hidden = [step(sum((x * w for x, w in zip(row, column, strict=True)), b))
                  for column, b in zip(columns, weights["b"], strict=True)]  # fmt: skip
        return step(sum((v * h for v, h in zip(weights["v"], hidden, strict=True)), weights["c"]))

    return lambda weights: [output(weights, row) for row in boolean_rows(table)] == table


@pytest.mark.parametrize("seed", SEEDS)
def test_gates_are_built_or_proven_impossible(seed: int | None) -> None:
    given, parts = key("logic/gates", seed)
    tables = truth(given)
    named, separable = [name for name in parts["a"] if name != "separable"], parts["a"]["separable"]["exact"]
    for name, table, possible in zip(named, tables, separable, strict=True):
        assert threshold_function(table) is possible
        if possible:
            require_condition(parts["a"][name], one_unit(table), seed)
        else:
            assert parts["a"][name] == {"type": "witness", "exact": None, "float": None, "separable": False}
    hard = tables[int(given["function"]["exact"]) - 1]
    assert separable.index(False) == int(given["function"]["exact"]) - 1
    require_condition(parts["b"]["witness"], two_layers(hard), seed)
    assert len(parts["b"]["witness"]["exact"]["v"]) == int(given["hidden"]["exact"])
    if parts["c"]["possible"]["exact"]:
        require_condition(parts["c"]["witness"], one_unit(hard, with_product=True), seed)
    else:
        assert parts["c"]["witness"]["exact"] is None


def threshold_function(table: list[Fraction]) -> bool:
    """Whether whole weights of at most 2 and a bias between two whole numbers do it: with three inputs, if any do."""
    rows = boolean_rows(table)
    for w in product(range(-2, 3), repeat=len(rows[0])):
        sums = [sum((a * x for a, x in zip(w, row, strict=True)), Fraction(0)) for row in rows]
        ones, zeros = ([h for h, y in zip(sums, table, strict=True) if y == wanted] for wanted in (1, 0))
        if min(ones) > max(zeros):
            return True
    return False


def test_published_gates() -> None:
    given, parts = key("logic/gates", None)
    assert given["tables"]["exact"] == [list("0001"), list("0111"), list("0110")]
    assert parts["a"]["separable"]["exact"] == [True, True, False]
    assert parts["a"]["and"]["exact"] == {"w": ["1", "1"], "b": "-3/2"}
    assert parts["a"]["or"]["exact"] == {"w": ["1", "1"], "b": "-1/2"}
    assert parts["a"]["xor"] == {"type": "witness", "exact": None, "float": None, "separable": False}
    assert parts["c"]["possible"]["exact"] is True


def label(given: Key, point: tuple[Fraction, ...]) -> Fraction:
    above = [a1 * point[0] + a2 * point[1] > c for a1, a2, c in numbers(given["lines"]["exact"])]
    return Fraction((all if given["mode"]["exact"] == "and" else any)(above))


def telling_points(given: Key) -> list[tuple[Fraction, ...]]:
    """Points of every cell and of every border: on each line, at each crossing, and on both sides of each."""
    found = [tuple(map(Fraction, p)) for p in product(range(-9, 10, 3), repeat=2)]
    lines = numbers(given["lines"]["exact"])
    for a1, a2, c in lines:
        norm = a1 * a1 + a2 * a2
        for t in (Fraction(k, 2) for k in range(-30, 31)):
            for off in (Fraction(0), Fraction(1, 97), Fraction(-1, 97)):
                found.append((c * a1 / norm - a2 * t + off * a1, c * a2 / norm + a1 * t + off * a2))
    return found


def regional(given: Key) -> Callable[[Key], bool]:
    """Whether a net labels all these points, unit k on line k."""
    points = telling_points(given)
    labels = [label(given, point) for point in points]
    lines = numbers(given["lines"]["exact"])

    def does_it(weights: Key) -> bool:
        columns = list(zip(*weights["W"], weights["b"], strict=True))
        pairs = zip(columns, lines, strict=True)
        own = all(w1 * a2 == w2 * a1 and (w1, w2) != (0, 0) for (w1, w2, _), (a1, a2, _) in pairs)
        return own and all(
            output(weights, columns, point) == wanted for point, wanted in zip(points, labels, strict=True)
        )

    def output(weights: Key, columns: Any, point: tuple[Fraction, ...]) -> Fraction:
        hidden = [step(w1 * point[0] + w2 * point[1] + b) for w1, w2, b in columns]
        return step(sum((v * h for v, h in zip(weights["v"], hidden, strict=True)), weights["c"]))

    return does_it


@pytest.mark.parametrize("seed", SEEDS[:12])
def test_a_net_labels_the_region_exactly_where_its_condition_holds(seed: int | None) -> None:
    given, parts = key("logic/region", seed)
    require_condition(parts["a"]["witness"], regional(given), seed)
    points = [tuple(row) for row in numbers(given["points"]["exact"])]
    assert numbers(parts["b"]["labels"]["exact"]) == [label(given, point) for point in points]
    assert parts["c"]["units"]["exact"] == str(len(given["lines"]["exact"]))


@pytest.mark.parametrize("count", [2, 3])
def test_a_side_of_each_line_is_possible_where_the_inequalities_have_a_solution(count: int) -> None:
    possible = SHIPPED.exercise("logic/region").worthwhile.__globals__["possible"]
    numbers, rng = [-3, -2, -1, 1, 2, 3], Random("lines")
    found = []
    for _ in range(60):
        lines = [tuple(rng.choices(numbers, k=3)) for _ in range(count)]
        if any(a[0] * b[1] == a[1] * b[0] for a, b in combinations(lines, 2)):
            continue
        for pattern in product((0, 1), repeat=count):
            sides = zip(lines, pattern, strict=True)
            system = [
                positive(line[:2], -line[2]) if above else nonpositive(line[:2], -line[2]) for line, above in sides
            ]
            found.append(isinstance(decide(system), Feasible))
            assert possible(lines, pattern) == found[-1], (lines, pattern)
    assert count == 2 or not all(found)


def test_published_region() -> None:
    given, parts = key("logic/region", None)
    assert (given["lines"]["exact"], given["mode"]["exact"]) == ([["1", "1", "1"], ["-1", "1", "-1"]], "and")
    assert parts["b"]["labels"]["exact"] == ["1", "1", "0", "0"]
    assert parts["c"]["units"]["exact"] == "2"


@pytest.mark.parametrize("seed", SEEDS[:12])
def test_two_linear_layers_are_one(seed: int | None) -> None:
    given, parts = key("nets/linear_collapse", seed)
    (hidden, last), x = (
        [[[sympify(e) for e in row] for row in rows] for rows in given["layers"]["exact"]],
        Symbol("x"),
    )
    f = {"f": Function("f"), "tanh": tanh, "sigmoid": lambda u: 1 / (1 + exp(-u))}[given["activation"]["exact"]]
    units = [bias + weight * x for bias, weight in hidden]
    bias, *weights = last[0]
    y = bias + sum(w * h for w, h in zip(weights, units, strict=True))
    assert expand(y - sympify(parts["a"]["y"]["exact"])) == 0
    intercept, slope = (sympify(parts["b"][name]["exact"]) for name in ("intercept", "slope"))
    assert expand(y - intercept - slope * x) == 0
    assert parts["a"]["nonlinear"] == {"type": "boolean", "exact": False, "float": None}
    y_f = bias + sum(w * f(h) for w, h in zip(weights, units, strict=True))
    assert simplify(y_f - sympify(parts["c"]["y_f"]["exact"])) == 0


@pytest.mark.parametrize("seed", SEEDS[:12])
def test_a_picture_and_its_formula_are_one_network(seed: int | None) -> None:
    given, parts = key("nets/from_picture", seed)
    W, w, c, x = (numbers(given[name]["exact"]) for name in ("W", "w", "c", "x"))
    sums = [sum((a * b for a, b in zip(x, column, strict=True)), Fraction(0)) for column in zip(*W, strict=True)]
    hidden = list(map(relu, sums))
    yhat = relu(sum((a * b for a, b in zip(w, hidden, strict=True)), c))
    assert [parts["a"][name]["exact"] for name in ("h1", "h2", "yhat")] == [str(v) for v in (*hidden, yhat)]
    at = {f"x{i}": Rational(str(v)) for i, v in enumerate(x, start=1)}
    assert sympify(parts["b"]["yhat"]["exact"]).subs(at) == Rational(str(yhat))
    assert min(sums) < 0 < max(sums)
    for p in product((-2, 0, 3), repeat=2):
        value = sympify(parts["c"]["y"]["exact"]).subs({"x1": p[0], "x2": p[1]})
        assert Rational(str(through(parts["c"]["edges"]["exact"], p))) == value


def through(edges: list[list[str]], point: tuple[int, ...]) -> Fraction:
    """What a network of these edges puts out: ReLU on each unit."""
    values = {"1": Fraction(1), **{f"x{i}": Fraction(x) for i, x in enumerate(point, start=1)}}
    for unit in ("h1", "h2", "y"):
        values[unit] = relu(sum((Fraction(w) * values[a] for a, b, w in edges if b == unit), Fraction(0)))
    return values["y"]


def test_published_picture() -> None:
    given, parts = key("nets/from_picture", None)
    assert [parts["a"][name]["float"] for name in ("h1", "h2", "yhat")] == [100.5, 0.0, 104.5]
    assert given["x"]["exact"] == ["20", "0", "1"]
    assert parts["c"]["edges"]["exact"][1] == ["x1", "h1", "3"]


@pytest.mark.parametrize("seed", SEEDS[:12])
def test_a_dense_network_has_as_many_parameters_as_its_arrays_have_entries(seed: int | None) -> None:
    given, parts = key("counts/dense", seed)
    sizes, batch = list(map(int, numbers(given["sizes"]["exact"]))), int(given["batch"]["exact"])
    weights = [np.zeros(pair) for pair in pairwise(sizes)]
    biases = [np.zeros(size) for size in sizes[1:]]
    arrays, rows = {"X": np.zeros((batch, sizes[0]))}, np.zeros((batch, sizes[0]))
    for k, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        rows = rows @ W + b
        arrays |= {f"W{k}": W, f"H{k}": rows}
    found = parts["a"]
    assert int(found["count_no_bias"]["exact"]) == sum(W.size for W in weights)
    assert int(found["count"]["exact"]) == sum(array.size for array in (*weights, *biases))
    assert found["shapes"] == {
        "type": "shapes", "exact": {name: list(array.shape) for name, array in arrays.items()}, "float": None,
    }  # fmt: skip


def test_published_dense_network() -> None:
    given, parts = key("counts/dense", None)
    assert numbers(given["sizes"]["exact"]) == [12, 300, 200, 100, 1]
    assert (parts["a"]["count"]["exact"], parts["a"]["count_no_bias"]["exact"]) == ("84301", "83700")


@pytest.mark.parametrize("seed", SEEDS[:12])
def test_a_staircase_has_as_few_steps_as_its_error_allows(seed: int | None) -> None:
    given, parts = key("nets/staircase", seed)
    f, eps = sympify(given["f"]["exact"]), Rational(given["eps"]["exact"])

    def error(steps: int) -> Any:
        """The largest change over a step: f is monotone, so that is the supremum."""
        values = [f.subs("x", Rational(k, steps)) for k in range(steps + 1)]
        return max(abs(float(b - a)) for a, b in pairwise(values))

    steps = int(parts["a"]["units"]["exact"]) + 1
    assert error(steps) <= float(eps) + 1e-12
    assert error(steps - 1) > float(eps) + 1e-12
    assert len(set(parts["a"]["weights"]["float"])) == 3, "the weights tell which step is which"
    jumps = [f.subs("x", Rational(k - 1, steps)) - f.subs("x", Rational(k, steps)) for k in (1, 2, 3)]
    assert parts["a"]["weights"]["float"] == pytest.approx([float(jump) for jump in jumps], rel=1e-12)


def test_published_staircase() -> None:
    given, parts = key("nets/staircase", None)
    assert (given["f"]["exact"], given["eps"]["exact"]) == ("x ** 2", "1/10")
    assert (parts["a"]["units"]["exact"], parts["a"]["weights"]["exact"]) == ("19", ["-1/400", "-3/400", "-1/80"])


@pytest.mark.parametrize("seed", SEEDS[:7])
def test_points_are_labelled_by_as_few_units_as_can_be(seed: int | None) -> None:
    given, parts = key("logic/fewest_units", seed)
    points, labels = (numbers(given[name]["exact"]) for name in ("points", "labels"))
    units = int(parts["a"]["units"]["exact"])

    def does_it(weights: Key) -> bool:
        columns = list(zip(*weights["W"], weights["b"], strict=True))
        hidden = [[step(w1 * p + w2 * q + b) for w1, w2, b in columns] for p, q in points]
        sums = [sum((v * h for v, h in zip(weights["v"], row, strict=True)), weights["c"]) for row in hidden]
        return list(map(step, sums)) == labels

    require_condition(parts["a"]["witness"], does_it, seed)
    assert len(parts["a"]["witness"]["exact"]["v"]) == units
    assert given["points"]["type"] == "matrix"
    assert len(points) <= 12
    assert suffice(units, points, labels)
    assert not suffice(units - 1, points, labels)


def divisions(points: list[Any]) -> set[frozenset[int]]:
    """Every way in which a line parts the points, as the places on one side: if it can be done, it can be done by a
    line through two of the points, turned a little, so that those on it are parted at some place."""
    found = {frozenset[int]()}
    for (x, y), (u, v) in combinations(points, 2):
        side = [(v - y) * (p - x) - (u - x) * (q - y) for p, q in points]
        before = {place for place, value in enumerate(side) if value > 0}
        on = sorted((k for k, value in enumerate(side) if value == 0), key=lambda k: tuple(points[k]))
        for at in range(len(on) + 1):
            for part in (before | {*on[:at]}, before | {*on[at:]}):
                found.add(frozenset(part if 0 in part else {*range(len(points))} - part))
    return found


def suffice(units: int, points: list[Any], labels: list[Fraction]) -> bool:
    """Whether so many divisions can tell any two points with different labels apart: of those that do so with the first
    pair left, one has to be taken."""
    pairs = [(j, k) for j, k in combinations(range(len(points)), 2) if labels[j] != labels[k]]
    apart = {sum(1 << n for n, (j, k) in enumerate(pairs) if (j in part) != (k in part)) for part in divisions(points)}
    most = max(map(int.bit_count, apart))

    def covered(left: int, count: int) -> bool:
        if not left or left.bit_count() > count * most:
            return not left
        return any(covered(left & ~one, count - 1) for one in apart if one & left & -left)

    return covered((1 << len(pairs)) - 1, units)


def test_every_kind_of_points_is_drawn_and_the_slip_gives_a_wrong_label() -> None:
    drawn = [solve(SHIPPED.exercise("logic/fewest_units"), "sheet1", seed) for seed in range(40)]
    shapes = {(one.choices["kind"], one.choices["sides"] if one.choices["kind"] == "polygon" else 0) for one in drawn}
    assert shapes == {("stripes", 0), ("checkerboard", 0), ("polygon", 3), ("polygon", 4)}
    for one in drawn:
        right = one.choices["first"]  # of the third stripe, and outside a polygon
        assert one.shown["slip"].links[-1].value == 1 - right


SAME: dict[str, list[Callable[[Fraction, Fraction], Fraction]]] = {
    "columns": [lambda x, _: x],
    "rows": [lambda _, y: y],
    "diagonals": [lambda x, y: x + y, lambda x, y: x - y],
}


def test_points_of_one_label_on_a_board_are_called_what_they_lie_on() -> None:
    called = set()
    for seed in range(28, 40):
        solved = solve(SHIPPED.exercise("logic/fewest_units"), "sheet1", seed)
        if solved.choices["kind"] != "checkerboard":
            continue
        given, parts = key("logic/fewest_units", seed)
        points, labels = (numbers(given[name]["exact"]) for name in ("points", "labels"))
        name = solved.shown["along"]
        for way in SAME.get(name, ()):
            assert in_turn({(way(*point), label) for point, label in zip(points, labels, strict=True)})
        of_x1, of_x2 = map(numbers, parts["a"]["witness"]["exact"]["W"])
        assert (name == "columns", name == "rows") == (not any(of_x2), not any(of_x1))
        called.add(name)
    assert called == {*SAME, "lines"}


def in_turn(found: set[tuple[Fraction, Fraction]]) -> bool:
    """Whether each number has one label, and neighbours have different ones."""
    each = sorted(found)
    return all(p != q and label != other for (p, label), (q, other) in pairwise(each))


def test_published_stripes() -> None:
    given, parts = key("logic/fewest_units", None)
    assert numbers(given["labels"]["exact"]) == [0, 1, 0, 1, 0, 1, 0, 1]
    assert parts["a"]["units"]["exact"] == "3"
    assert parts["a"]["witness"]["exact"]["v"] == ["1", "-1", "1"]


def tables(shown: Any) -> Iterator[Table]:
    """The tables of what `show` prepared."""
    if isinstance(shown, Table):
        yield shown
    elif isinstance(shown, Mapping | list | tuple):
        for item in shown.values() if isinstance(shown, Mapping) else shown:
            yield from tables(item)


@pytest.mark.parametrize("exercise", ["one_unit", "gates", "region", "fewest_units"])
def test_the_rule_of_a_table_stands_between_inputs_and_what_they_lead_to(exercise: str) -> None:
    for seed in SEEDS[:5]:
        for table in tables(solve(SHIPPED.exercise(f"logic/{exercise}"), "sheet1", seed).shown):
            inputs = [isinstance(cell, Name) and cell.name[0] in "xq" for cell in table.head]
            assert any(inputs)
            if not all(inputs[table.head[0] is None :]):  # more than points alone
                assert inputs.index(True) < table.named == len(inputs) - inputs[::-1].index(True)
