"""Where a number of the computation is zero in the plane, read off the trace; and what else draws by a number is a
claim."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from keygen.author import Curve, Given, Guide, Name, Track, apply, boundary, calculus, claim, plot_figure
from keygen.certify.stage import certify
from keygen.course.course import Course
from keygen.course.exercise import Exercise
from keygen.course.search_path import Place, SearchPath
from keygen.document.typesetter import Typesetter
from keygen.engine.primitives import PRIMITIVES
from keygen.errors import KeygenError
from keygen.figures.labels import said_in
from keygen.mathematics.number_format import Policy
from keygen.variants.solve import solve
from tests.courses import keygen, laid

EXERCISE = '''"""One unit and a layer in the plane."""

from fractions import Fraction

from keygen.author import (
    Axis, Chain, Claim, Curve, Given, Guide, Literal, Name, PlaneBox, PlaneLine, PlaneRegion, Track, boundary, decimals,
    integers, leaky_relu, plane_figure, plane_point, plot_figure, relu,
)

axes = {"input": 2}

given = {
    "x": integers("1 input", -3, 3, published=[[1, 2]], nonzero=True),
    "w": integers("input 1", -3, 3, published=[[2], [-2]], nonzero=True),
    "b": integers("", -2, 2, published=1, nonzero=True),
}


def computation(t):
    t.u = t.x @ t.w
    t.z = (t.u + t.b) / 2
    t.h = leaky_relu(t.z, Fraction(1, 10))
    t.q = t.h + 1


answers = {"a": {"h": "h"}}


def show(s):
    w1, w2, b = *s.values["w"][:, 0], s.values["b"]
    return {"plane": FIGURE}
'''
GOOD = (
    'plane_figure(PlaneLine(*boundary(s, "z", "x")), PlaneRegion((boundary(s, "z", "x"),)),'
    ' x=Axis(Name("x_1")), y=Axis(Name("x_2")))'
)
TEMPLATE = r"""%% title
A unit
%% endtitle
%% part a
Find \( \val{ name.h } \).
\val{ plane }
%% solution
\[ \val{ line.h } \]
%% endpart
"""
SHEET = 'title = "My sheet"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\npoints = 2\n'


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, EXERCISE.replace("FIGURE", GOOD), TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def with_figure(course: Path, figure: str) -> tuple[Path, int]:
    """The exercise with another figure, and the line where that is."""
    path = course / "exercises" / "my" / "one" / "exercise.py"
    text = EXERCISE.replace("FIGURE", figure)
    path.write_text(text, encoding="utf-8")
    return path, text[: text.index("    return {")].count("\n") + 1


BARE = {
    "a line with a shifted bias": ("plane_figure(PlaneLine(w1, w2, b + 5))", "a coefficient of a plane"),
    "a line": ("plane_figure(PlaneLine(w1, w2, -b))", "a coefficient of a plane"),
    "a line of whole numbers": ("plane_figure(PlaneLine(1, 1, 2))", "a coefficient of a plane"),
    "a region": ("plane_figure(PlaneRegion(((w1, w2, -b),)))", "a coefficient of a plane"),
    "a box": ("plane_figure(PlaneBox((0, 0), (1, 1)))", "a coordinate of a plane"),
    "a point": ("plane_figure(plane_point(1, 2))", "a coordinate of a plane"),
    "a guide": ("plot_figure([Curve([(0, 0), (1, 1)])], guides=[Guide(x=float(b))])", "a guide of a plot"),
    "a walk": ("plot_figure([Curve([(0, 0), (1, 1)])], tracks=[Track([float(b)])])", "a stop of a plot"),
}


@pytest.mark.parametrize("how", BARE)
def test_a_bare_number_that_a_figure_is_drawn_by_is_refused_at_its_line(course: Path, how: str) -> None:
    figure, what = BARE[how]
    path, line = with_figure(course, figure)
    result = keygen("build", "mine", "--format", "tex")
    assert result.exit_code == 1
    said = result.stderr.splitlines()
    assert said[0].startswith(f"keygen: {what}")
    assert said[1:3] == ["  exercise: my/one", f"  at:       {path}:{line}"]
    assert ('boundary(s, "z", "x")' in result.stderr) == ("coefficient" in what)


WRONG = 'Claim(Chain((s.name("b"), Literal(s.values["b"] + 5))))'
FALSE = {
    "a line": f"plane_figure(PlaneLine(*boundary(s, 'z', 'x')[:2], {WRONG}))",
    "a side": f"plane_figure(PlaneRegion(((*boundary(s, 'z', 'x')[:2], {WRONG}),)))",
    "a corner": f"plane_figure(PlaneBox((Given(-9), Given(-9)), (Given(9), {WRONG})))",
    "a guide": f"plot_figure([Curve([(0, 0), (9, 1)])], guides=[Guide(x={WRONG})])",
    "a stop": f"plot_figure([Curve([(0, 0), (9, 1)])], tracks=[Track([{WRONG}])])",
}


@pytest.mark.parametrize("how", FALSE)
def test_a_false_claim_that_a_figure_is_drawn_by_is_found(course: Path, how: str) -> None:
    with_figure(course, FALSE[how])
    for command in (("check", "my/one", "--seeds", "1"), ("build", "mine", "--format", "tex")):
        result = keygen(*command)
        assert result.exit_code == 1
        assert "a printed line is false" in result.stdout + result.stderr


def test_a_boundary_tells_the_line_and_the_side_where_the_sum_is_positive(course: Path) -> None:
    shown = " ".join(keygen("show", "my/one", "--lang", "en").stdout.split())
    assert "the line x₁ − x₂ = −0.5; hatched: where x₁ − x₂ + 0.5 is positive" in shown


def numbers(row: Any) -> list[Fraction]:
    return [one.shown.value for one in row]


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_a_boundary_is_where_the_number_of_the_trace_is_zero(course: Path, seed: int | None) -> None:
    solved = solve(my_one(course), "mine", seed)
    a, b, c = numbers(boundary(solved, "z", "x"))
    x, y = solved.values["x"][0]
    assert a * x + b * y - c == solved.values["z"].item()
    assert (2 * a, 2 * b, -2 * c) == (*solved.values["w"][:, 0], solved.values["b"])
    certify(solved, Policy())


LAYER = """
def computation(t):
    t.u = t.X @ t.W + t.b
    t.h = leaky_relu(t.u, Fraction(1, 10))
"""


def test_each_unit_of_a_layer_has_a_boundary_in_the_plane_of_an_observation(course: Path) -> None:
    body = EXERCISE[: EXERCISE.index("axes = ")] + (
        'axes = {"n": 3, "in": 2, "unit": 3}\n\n'
        'given = {"X": integers("n in", -3, 3, published=[[1, 2], [3, 4], [5, 6]]),'
        ' "W": integers("in unit", -3, 3, published=[[1, 2, 3], [-1, 1, 2]]),'
        ' "b": integers("unit", 1, 2, published=[1, 2, 1])}\n'
        f'{LAYER}\nanswers = {{"a": {{"h": "h"}}}}\n'
    )
    (course / "exercises" / "my" / "one" / "exercise.py").write_text(body, encoding="utf-8")
    solved = solve(my_one(course), "mine", None)
    found = [numbers(boundary(solved, "u", "X", unit)) for unit in range(3)]
    assert found == [[1, -1, -1], [2, 1, -2], [3, 2, -1]]
    with pytest.raises(KeygenError, match="no such unit"):
        boundary(solved, "u", "X", 3)


@pytest.mark.parametrize(
    ("of", "by", "message"),
    [
        ("h", "x", "h is no affine function of x"),
        ("q", "x", "q is no affine function of x"),
        ("zz", "x", "no variable 'zz'"),
        ("z", "b", "b is no point of a plane"),
        ("w", "x", "w is not computed from x"),
        ("x", "x", "x is not computed from x"),
    ],
)
def test_what_has_no_line_in_the_plane_is_refused(course: Path, of: str, by: str, message: str) -> None:
    with pytest.raises(KeygenError, match=message):
        boundary(solve(my_one(course), "mine", None), of, by)


AFFINE = [name for name, one in PRIMITIVES.items() if one.affine and one.pointwise]


@pytest.mark.parametrize("name", AFFINE)
def test_an_affine_operation_is_halfway_where_its_inputs_are(name: str) -> None:
    record = PRIMITIVES[name]
    moving = {"jointly": ("ab",), "each": ("a", "b"), "first": ("a",), None: ()}[record.affine]
    letters = "ab"[: record.arity]
    term = apply(name, *map(Name, letters), param=Fraction(3, 2) if record.parametric else None)

    def at(letters: str, value: int) -> Any:
        return calculus.exactly(term, **{"a": Fraction(5), "b": Fraction(7), **dict.fromkeys(letters, Fraction(value))})

    for some in moving:
        assert 2 * at(some, 2) == at(some, 1) + at(some, 3)


def my_one(course: Path) -> Exercise:
    return Course(SearchPath((Place(course),))).exercise("my/one")


@pytest.mark.parametrize(
    ("at", "label"),
    [
        (Given(2), Given(3)),
        (claim(Name("a"), a=2), Name("b")),
        (claim(Name("a"), a=2), claim(Name("b"), b=Fraction(5, 2))),
    ],
)
def test_a_guide_stands_at_what_its_label_says(at: Any, label: Any) -> None:
    Guide(x=at, label=Name("a"))
    with pytest.raises(KeygenError, match="does not stand at what its label says"):
        Guide(x=at, label=label)


def test_a_guide_without_a_place_is_refused() -> None:
    with pytest.raises(KeygenError, match="stands nowhere"):
        Guide(label=Name("a"))


def test_a_number_that_a_guide_only_stands_at_is_proven_and_not_printed() -> None:
    place = claim(calculus.read("a / 99999"), a=1)
    figure = plot_figure([Curve([(0, 0), (1, 1)])], guides=[Guide(x=place)], tracks=[Track([place])])
    assert list(said_in(figure)) == [place, place]
    assert list(said_in(figure, printed=True)) == []
    assert not Typesetter(Policy()).rounds(figure)
