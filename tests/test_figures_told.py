"""What figures say to those who do not see them: sentences of a language about the figure's own data."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest

from keygen.author import (
    Axis,
    Cell,
    Column,
    Curve,
    Given,
    Guide,
    Moment,
    Name,
    Track,
    apply,
    cell_figure,
    chain_figure,
    claim,
    graph_figure,
    network_figure,
    plot_figure,
    scheme_figure,
    unrolled_figure,
)
from keygen.document.pictures import described
from keygen.document.template import words
from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError
from keygen.figures.alt_text import Telling
from keygen.figures.figure import Figure
from keygen.figures.svg_labels import Lettering
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Chain
from tests.courses import EN, LANGUAGES, RU

X, Y, A, B, W, H, T = (Name(name, ()) for name in "xyabwht")
SQUARE = Chain((A, apply("square", X)), at={"a": 4, "x": 2})
GRAPH = graph_figure(
    [("x", X), ("y", Y), ("a", SQUARE), ("b", Chain((B, apply("mul", A, Y)), at={"a": 4, "b": 12, "y": 3}))],
    [("x", "a", apply("square", X)), ("a", "b", None), ("y", "b", None)],
    [("x", "a", "b")],
)
HALF = claim(apply("div", X, Y), x=Fraction(5, 2), y=1)


def told(figure: Figure, language: str = "en") -> str:
    point = "," if language == "ru" else "."
    return described(figure, Typesetter(Policy(point), language=LANGUAGES[language]))


def curve(*heights: float, **looks: Any) -> Curve:
    return Curve([(float(x), height) for x, height in enumerate(heights)], A, **looks)


def test_a_graph_says_what_leads_to_what() -> None:
    assert told(GRAPH) == (
        "computation graph: x leads to a = x^2; a and y lead to b = ay;"
        " on the edge from x to a stands x^2; path 1: x, a, b"
    )
    assert told(GRAPH, "ru") == (
        "граф вычислений: из x получается a = x^2; из a и y получается b = ay;"
        " на ребре из x в a стоит x^2; путь 1: x, a, b"
    )


def test_a_vertex_without_edges_is_told_too() -> None:
    assert told(graph_figure([("x", X), ("y", Y), ("a", A)], [("x", "a", None)])) == (
        "computation graph: x leads to a; apart: y"
    )


def test_a_network_names_its_units_by_their_labels_or_by_their_places() -> None:
    figure = network_figure([[X, Y], [H, H]], [[[W, None], [HALF, A]]], [T, B], [None, Name("H")])
    assert told(figure) == (
        "layered network: layer 1: x and y; layer 2 (H): unit 1 of layer 2 and unit 2 of layer 2;"
        " from x to unit 1 of layer 2: w; from y to unit 1 of layer 2: 2.5; from y to unit 2 of layer 2: a;"
        " outputs: t and b"
    )
    assert "ребро (y; нейрон 1 слоя 2): 2,5" in told(figure, "ru")


def test_a_row_of_units_says_weights_and_biases() -> None:
    assert told(chain_figure(X, [(H, W, B), (T, A, None)], Y)) == (
        "units in a row: input x; unit 1 is h, its weight is w, its bias is b; unit 2 is t, its weight is a; output y"
    )


def test_a_scheme_goes_forward_back_and_down() -> None:
    columns = [Column(X), Column(H, (W, None), A, (B, None), Y, T), Column(Name("L"), backward=Name("d"))]
    assert told(scheme_figure(columns)) == (
        "forward and backward pass of a network: forward from x to h by w; from h to L; back from d to a by b;"
        " to the gradients of the weights from a to y by t"
    )


def test_a_scheme_without_a_way_back_says_nothing_of_it() -> None:
    assert "back" not in told(scheme_figure([Column(X), Column(H)])).removeprefix("forward and backward pass")


def test_a_cell_says_what_goes_where() -> None:
    assert told(cell_figure(Cell(W, A, B), Moment(X, H, Y))) == (
        "recurrent cell: the input x comes with the weight a; the state h comes back to itself with the weight w;"
        " the output y comes from it with the weight b"
    )
    figure = unrolled_figure(Cell(W, A, B), T, [Moment(X, H, Y, Name("L"), HALF, None, Given(0))])
    assert told(figure).endswith(
        "step 1: input x, state h, output y, loss L, gradient of the output 2.5, gradient of the state before 0"
    )


def test_a_plot_says_its_axes_by_their_first_and_last_ticks() -> None:
    figure = plot_figure(
        [curve(1, 2)],
        Axis(T, 0, 10),
        Axis(low=0.1, high=100, log=True),
        [Guide(x=Given(1), label=B), Guide(y=Given(2))],
    )
    assert told(figure) == (
        "plot: horizontal axis t with marks from 0 to 10; logarithmic vertical axis with marks from 0.1 to 100;"
        " the curve a rises; a broken upright line at b; a broken level line"
    )


def test_a_walk_below_a_plot_says_its_stops() -> None:
    figure = plot_figure([curve(1, 2)], tracks=[Track([Given(k) for k in range(3)], Name("walk"))])
    assert told(figure).endswith("below the plot the walk walk along the horizontal axis, stops: 3")


@pytest.mark.parametrize(
    ("heights", "course"),
    [
        ((0, 1, 2), "rises"),
        ((2, 1, 0), "falls"),
        ((0, 1, 0), "rises, then falls"),
        ((1, 0, 0.5), "falls, then rises"),
        ((1, 0.99, 2), "falls, then rises"),
        ((0, 1, 0.9999, 2), "rises"),  # what no picture shows is no fall
        ((1, 1, 1), "stays level"),
        ((0, 1, 0, 1, 0), "goes up and down"),
        ((0, 1, 40, 50, 45), "rises"),  # as far as its frame
    ],
)
def test_a_curve_says_how_it_runs(heights: tuple[float, ...], course: str) -> None:
    figure = plot_figure([curve(*heights)], y=Axis(low=-0.1, high=2.1))
    assert f"the curve a {course}" in told(figure).split("; ")


def test_a_curve_that_turns_back_is_not_told_from_left_to_right() -> None:
    circle = Curve([(0, 0), (1, 1), (2, 0), (1, -1), (0, 0)])
    assert "the curve number 1 goes back and forth" in told(plot_figure([circle]))


def test_a_point_alone_goes_nowhere() -> None:
    assert "the point a" in told(plot_figure([curve(0), curve(0, 1)])).split("; ")


def test_points_are_no_curve() -> None:
    assert "the row of points a rises" in told(plot_figure([curve(0, 1, marks=True, line=False)]))


def test_numbers_with_commas_are_listed_with_semicolons() -> None:
    figure = network_figure([[HALF, Given(1), Given(2)], [X]], [[[W], [W], [W]]])
    assert "слой 1: 2,5; 1 и 2;" in told(figure, "ru")


def test_both_languages_have_the_same_sentences_with_the_same_parts() -> None:
    russian, english = (words("figures", language) for language in (RU, EN))
    parts = [{name: sorted(re.findall(r"\{\w+\}", text)) for name, text in one.items()} for one in (russian, english)]
    assert parts[0] == parts[1]


def test_a_false_number_is_told_to_nobody() -> None:
    false = Chain((apply("square", Given(3).shown), Given(10).shown))
    with pytest.raises(KeygenError):
        told(graph_figure([("x", false)], []))


def test_a_sentence_that_a_language_lacks_is_named() -> None:
    tell = Telling({"graph_step": "{sources} lead to {target}"}, Lettering(str).plain)
    with pytest.raises(KeygenError, match=r"the words of figures lack 'graph_stop'.*\n.*did you mean 'graph_step'"):
        tell("graph_stop")
    with pytest.raises(KeygenError, match="words of figures have a part that is not known"):
        tell("graph_step", sources="x")
