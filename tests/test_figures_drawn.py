"""From an exercise's figure to TeX: labels keep their places free and are put in last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from keygen.calculus.claims import Given
from keygen.errors import KeygenError
from keygen.figures.arrange import displayed
from keygen.figures.block_diagram import Column, scheme_figure
from keygen.figures.cell import Cell, Moment, cell_figure, unrolled_figure
from keygen.figures.figure import Figure
from keygen.figures.graph import graph_figure
from keygen.figures.mathbox import measure
from keygen.figures.network import chain_figure, network_figure
from keygen.figures.pict2e import draw, picture, pieces, sample
from keygen.mathematics.terms import Name

LABELS = {"x": "x", "y": "y_1^2", "w": r"\frac{1}{2}", "v": "2(x + y)", "s": r"\sigma"}
X, Y, W, V, S = (Name(name, ()) for name in LABELS)

FIGURES = [
    graph_figure(
        [("x", X), ("y", Y), ("a", V), ("b", S)],
        [("x", "a", W), ("y", "a", V), ("x", "b", None), ("a", "b", Y)],
        [("x", "a", "b"), ("y", "a", "b")],
    ),
    network_figure([[X, Y], [None, S]], [[[W, None], [V, S]]], [Y, Y], [X, None]),
    chain_figure(X, [(S, W, V), (S, Y, None)], Y),
    scheme_figure([Column(X), Column(Y, (W, S), V, (None, W), W, X), Column(S, (V, None), W)]),
    cell_figure(Cell(W, V, S), Moment(X, S, Y)),
    unrolled_figure(Cell(W, V, S), X, [Moment(X, S, Y, W, V, X, Y), Moment(Y, S, X, V)]),
]


def written(labels: dict[str, str]) -> Callable[[Any], str]:
    """What writes each name by its label, and numbers as they are."""
    return lambda label: str(label.value) if isinstance(label, Given) else labels[label.name]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.kind)
def test_labels_that_are_put_in_last_stand_where_they_would_have_stood(figure: Figure) -> None:
    write = written(LABELS)
    display = displayed(figure, lambda label: measure(write(label)))
    assert picture(figure, write) == draw(display, lambda label: f"${write(label)}$")


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.kind)
def test_labels_of_the_same_sizes_share_one_layout(figure: Figure) -> None:
    alike = {"x": "n", "y": "y_3^2", "w": r"\frac{3}{4}", "v": "5(x + y)", "s": r"\pi"}
    assert [measure(text) for text in alike.values()] == [measure(text) for text in LABELS.values()]
    first, before = picture(figure, written(LABELS)), pieces.cache_info().misses
    assert picture(figure, written(alike)) != first
    assert pieces.cache_info().misses == before


def test_a_label_of_unknown_size_is_refused_by_its_text() -> None:
    with pytest.raises(KeygenError) as caught:
        picture(FIGURES[0], written({**LABELS, "w": r"\nosuchsign"}))
    assert caught.value.found == r"\nosuchsign"


def test_what_is_no_figure_is_refused() -> None:
    with pytest.raises(KeygenError, match="a str is no figure"):
        picture("grph", written(LABELS))  # type: ignore[arg-type]


def test_the_sample_of_a_stroke_has_its_colour() -> None:
    assert "kgtwo" in sample(2)
    assert sample(1) != sample(2)
