"""The plane and grids: what is hatched is the region and nothing else, labels stand free, places are claims."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import dist
from typing import Any

import pytest
from figure_checks import boxes, labels, overlaps, sticking_out, strokes
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keygen.author import (
    Axis,
    Given,
    Name,
    PlaneBox,
    PlaneLine,
    PlaneRegion,
    Window,
    calculus,
    claim,
    grid_figure,
    grid_pane,
    plane_figure,
    plane_point,
    words,
)
from keygen.document.pictures import described
from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError
from keygen.figures.arrange import displayed
from keygen.figures.display import DisplayList, Line
from keygen.figures.figure import WIDTH, Figure
from keygen.figures.labels import said_in
from keygen.figures.plane import PlaneFigure, Row
from keygen.figures.svg import svg
from keygen.figures.svg_labels import WrittenLabel
from keygen.mathematics.number_format import Policy
from tests.courses import LANGUAGES

X, Y, T = Name("x"), Name("y"), Name("t")
CLASSES: Any = tuple(calculus.equals(T, calculus.whole(k)) for k in (1, 0))
AXES: dict[str, Any] = {"x": Axis(X), "y": Axis(Y)}
WHOLE = st.integers(-4, 4)
SIDES = st.tuples(WHOLE, WHOLE, WHOLE).filter(lambda side: side[0] != 0 or side[1] != 0)


def at(x: int | Fraction, y: int | Fraction, target: int | None = None, name: str = "") -> Any:
    label, point = Name(name) if name else None, (Given(Fraction(x)), Given(Fraction(y)))
    return plane_point(*point, None if target is None else Given(target), label)


def row(a: int | Fraction, b: int | Fraction, c: int | Fraction) -> Row:
    return Given(Fraction(a)), Given(Fraction(b)), Given(Fraction(c))


def shown(figure: Figure) -> DisplayList:
    return displayed(figure, lambda label: (4.0, 3.0))


def seen(display: DisplayList) -> DisplayList:
    """The display list without what lies below labels on purpose: hatching and the grid."""
    return DisplayList(tuple(i for i in display.items if not isinstance(i, Line) or i.role not in ("faint", "grid")))


def told(figure: Figure, language: str = "en") -> str:
    return described(figure, Typesetter(Policy("," if language == "ru" else "."), language=LANGUAGES[language]))


@given(st.lists(SIDES, min_size=1, max_size=3), st.sampled_from(("and", "or")))
@example([(0, 1, 0), (4, -4, -1)], "and")
@settings(max_examples=60, deadline=None)
def test_a_region_is_hatched_where_its_inequalities_hold_and_nowhere_else(sides: list[Any], mode: Any) -> None:
    figure = plane_figure(
        PlaneRegion(tuple(row(*side) for side in sides), mode),
        x=Axis(low=-5, high=5),
        y=Axis(low=-5, high=5),
    )
    whole = figure.completed()
    hatching = [one for one in strokes(shown(figure)) if one.role == "faint" and 0 not in slope(one)]
    unit = whole.frame[0] / 10
    join = all if mode == "and" else any
    lengths = [dist(*one.points) for one in hatching]
    for one in hatching:
        (a, b), (c, d) = one.points
        for part in (0.02, 0.5, 0.98):
            x, y = ((a + part * (c - a)) / unit - 5, (b + part * (d - b)) / unit - 5)
            assert join(p * x + q * y > r for p, q, r in sides)
    steps = [k / 4 - 5 + 0.125 for k in range(40)]
    share = sum(join(p * x + q * y > r for p, q, r in sides) for x in steps for y in steps) / 1600
    between = max([30, *lengths])  # a side along the hatching has half a stroke more or less on either end
    assert sum(lengths) == pytest.approx(share * whole.frame[0] * whole.frame[1] / 2.4, rel=0.12, abs=between)


def slope(one: Any) -> tuple[float, float]:
    (a, b), (c, d) = one.points
    return round(c - a, 6), round(d - b, 6)


@given(st.lists(st.tuples(WHOLE, WHOLE, st.integers(0, 1)), min_size=2, max_size=6, unique_by=lambda p: p[:2]),
       st.lists(SIDES, max_size=2, unique=True))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_no_label_hides_another_or_a_point_and_all_lies_inside(points: Any, lines: Any) -> None:
    figure = plane_figure(
        *(at(x, y, target, "ABCDEF"[k]) for k, (x, y, target) in enumerate(points)),
        *(PlaneLine(*row(*line), k) for k, line in enumerate(lines, start=1)),
        classes=CLASSES, **AXES,
    )  # fmt: skip
    display = shown(figure)
    assert not sticking_out(display)
    assert display.width <= WIDTH
    markers = [box for box in boxes(display) if box.shape.center[0] <= figure.completed().frame[0]]
    assert len(markers) == len(points)
    for label in labels(display):
        assert not any(label.bounds.common(other.bounds) for other in labels(display) if other is not label)
        assert not any(label.bounds.common(box.bounds) for box in boxes(display))


ANYTHING: Any = 3
NO_MODE: Any = "xor"


def published() -> PlaneFigure:
    return plane_figure(
        at(3, 1, 0, "A"), at(0, 2, 1, "B"), at(1, Fraction(1, 2)),
        PlaneLine(*row(1, 1, 1)), PlaneLine(*row(1, -1, 1), 2),
        PlaneRegion((row(1, 1, 1), row(-1, 1, -1)), "and", words(en="inside", ru="внутри")),
        PlaneBox((Given(0), Given(0)), (Given(2), Given(1)), words(en="range", ru="диапазон")), classes=CLASSES, **AXES,
    )  # fmt: skip


def test_a_plane_is_told_point_by_point_in_both_languages() -> None:
    assert told(published()) == (
        "plane: horizontal axis x with marks from -1 to 4; vertical axis y with marks from -1 to 3;"
        " the point A (3; 1) of class 0; the point B (0; 2) of class 1; the point (1; 0.5);"
        " the line x + y = 1; the line x - y = 1;"
        " hatched, inside: where all of these are positive: x + y - 1 and -x + y + 1;"
        " the box range from (0; 0) to (2; 1)"
    ).replace("-", "−")
    assert "точка B (0; 2) класса 1" in told(published(), "ru")
    assert "заштриховано, внутри: там, где положительны все выражения" in told(published(), "ru")


def test_a_region_of_one_side_without_a_name_is_told_as_one() -> None:
    figure = plane_figure(PlaneRegion((row(2, -1, 3),)), **AXES)
    assert told(figure).endswith("; hatched: where 2x − y − 3 is positive")
    assert told(figure, "ru").endswith("; заштриховано: там, где положительно выражение 2x − y − 3")
    either = plane_figure(PlaneRegion((row(1, 0, 0), row(0, 1, 0)), "or"), **AXES)
    assert told(either).endswith("; hatched: where at least one of these is positive: x and y")


def test_a_line_whose_number_is_rounded_has_the_sign_for_it() -> None:
    line = PlaneLine(*row(1, 1, Fraction(1000001, 999983)))
    assert "the line x + y ≈ 1.000" in told(plane_figure(line, **AXES))


def test_classes_differ_without_colour_and_lines_by_their_dashes() -> None:
    display = shown(published())
    dots = {box.fill: box.shape.radius for box in boxes(display)}
    assert set(dots) == {"paper", "ink"}
    assert any(box.shape.radius == 0 for box in boxes(display))
    assert {one.role for one in strokes(display)} >= {"one", "two", "three", "faint"}
    assert not overlaps(DisplayList(tuple(i for i in seen(display).items if not isinstance(i, Line))))


def test_a_unit_is_as_long_on_both_axes() -> None:
    whole = published().completed()
    spans = [axis.scale(1.0).high - axis.scale(1.0).low for axis in (whole.x, whole.y)]
    assert whole.frame[0] / spans[0] == pytest.approx(whole.frame[1] / spans[1])


def test_coordinates_are_claims_that_are_read_back() -> None:
    two = claim(calculus.read("x + y"), x=1, y=1)
    figure = plane_figure(plane_point(two, Given(1), Given(1)))
    assert two in list(said_in(figure))


def grids() -> Figure:
    rows = [[Given(4 * i + j) for j in range(4)] for i in range(4)]
    return grid_figure(
        grid_pane(rows, X, [Window(0, 1, 3, 3)]), grid_pane([[Given(1), None], [Given(-1), Given(2)]], Y)
    )


def test_a_grid_has_a_cell_a_number_and_its_window_lies_on_its_cells() -> None:
    display = shown(grids())
    assert len(labels(display)) == 16 + 3 + 2
    assert set(overlaps(display)) <= {"a box over a box"}  # by a rounding error
    assert all(a.bounds.common(b.bounds) < 1e-9 for a, b in combinations(boxes(display), 2))
    assert not sticking_out(display)
    (window,) = [one for one in strokes(display) if one.role == "one"]
    side = 4.0 + 2.2
    assert dist(window.points[0], window.points[1]) == pytest.approx(3 * side)
    assert len(boxes(display)) == 9


def test_a_grid_is_told_row_by_row() -> None:
    assert told(grids()).startswith("grids: the grid x: row 1: 0, 1, 2, 3; row 2: 4, 5, 6, 7;")
    assert "a window over rows 1 to 3 and columns 2 to 4; the grid y: row 1: 1, empty" in told(grids())
    assert "окно: строки с 1 по 3, столбцы с 2 по 4" in told(grids(), "ru")


@pytest.mark.parametrize("figure", [published(), grids()], ids=lambda figure: figure.kind)
def test_both_backends_draw_it(figure: Figure) -> None:
    tex = Typesetter(Policy(), language=LANGUAGES["en"]).typeset(figure)
    assert tex.count(r"\polyline") > 5
    drawn = svg(figure, lambda text: WrittenLabel("<text>t</text>", 4.0, 3.0), told="words")
    assert drawn.count("<path") > 5
    assert "nan" not in drawn + tex


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: plane_figure(), "nothing that can be drawn"),
        (lambda: plane_figure(ANYTHING), "nothing that can be drawn"),
        (lambda: plane_point(ANYTHING, Given(1)), "no rational number"),
        (lambda: plane_point(Given(1), Given(2), Given(3)), "no such class"),
        (lambda: plane_figure(*(plane_point(Given(1), Given(2), Given(k)) for k in (0, 1))), "in one place"),
        (lambda: PlaneLine(*row(0, 0, 1)), "no direction"),
        (lambda: PlaneRegion(()), "no sides"),
        (lambda: PlaneRegion((row(1, 0, 0),), NO_MODE), "not joined so"),
        (lambda: PlaneBox((Given(0), Given(0)), (Given(0), Given(1))), "no area"),
        (lambda: grid_figure(), "no grid"),
        (lambda: grid_pane([[X], [X, Y]]), "not of one length"),
        (lambda: grid_pane([[X]], windows=[Window(0, 0, 2, 1)]), "outside of its grid"),
        (lambda: grid_pane([[ANYTHING]]), "a cell of a grid is a bare number"),
        (lambda: shown(grid_figure(grid_pane([[Given(1)] * 30]))), "too wide for the page"),
    ],
)
def test_what_makes_no_picture_is_refused(make: Any, message: str) -> None:
    with pytest.raises(KeygenError, match=message):
        make()
