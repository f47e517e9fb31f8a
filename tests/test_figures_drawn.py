"""From an exercise's figure to TeX: labels keep their places free and are put in last."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from keygen.course.figures import (
    Cell,
    Column,
    Figure,
    Moment,
    cell_figure,
    chain_figure,
    graph_figure,
    network_figure,
    scheme_figure,
    unrolled_figure,
)
from keygen.engine.terms import Name
from keygen.errors import KeygenError
from keygen.page.figures.drawn import builder, built, drawn, sample
from keygen.page.figures.pict2e import draw
from keygen.page.figures.textsize import measure

LABELS = {"x": "x", "y": "y_1^2", "w": r"\frac{1}{2}", "v": "2(x + y)", "e": "", "s": r"\sigma"}
X, Y, W, V, E, S = (Name(name, ()) for name in LABELS)

FIGURES = [
    graph_figure(
        [("x", X), ("y", Y), ("a", V), ("b", S)],
        [("x", "a", W), ("y", "a", V), ("x", "b", None), ("a", "b", Y)],
        [("x", "a", "b"), ("y", "a", "b")],
    ),
    network_figure([[X, Y], [E, S]], [[[W, None], [V, E]]], [Y, Y], [X, None]),
    chain_figure(X, [(S, W, V), (S, Y, None)], Y),
    scheme_figure([Column(X), Column(Y, (W, S), V, (None, W), W, X), Column(S, (V, None), W)]),
    cell_figure(Cell(W, V, S), Moment(X, S, Y)),
    unrolled_figure(Cell(W, V, S), X, [Moment(X, S, Y, W, V, X, Y), Moment(Y, S, X, V)]),
]


def written(labels: dict[str, str]) -> Callable[[Name | None], str | None]:
    """What writes each name by its label."""
    return lambda label: None if label is None else labels[label.name]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.kind)
def test_labels_that_are_put_in_last_stand_where_they_would_have_stood(figure: Figure) -> None:
    write = written(LABELS)
    assert drawn(figure, write) == draw(builder(figure.kind)(write, *figure.args))


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.kind)
def test_labels_of_the_same_sizes_share_one_layout(figure: Figure) -> None:
    alike = {"x": "n", "y": "y_3^2", "w": r"\frac{3}{4}", "v": "5(x + y)", "e": "", "s": r"\pi"}
    assert [measure(text) for text in alike.values()] == [measure(text) for text in LABELS.values()]
    first, before = drawn(figure, written(LABELS)), built.cache_info().misses
    assert drawn(figure, written(alike)) != first
    assert built.cache_info().misses == before


def test_a_label_of_unknown_size_is_refused_by_its_text() -> None:
    with pytest.raises(KeygenError) as caught:
        drawn(FIGURES[0], written({**LABELS, "w": r"\nosuchsign"}))
    assert caught.value.found == r"\nosuchsign"


def test_a_kind_without_a_builder_is_refused() -> None:
    with pytest.raises(KeygenError, match="did you mean 'graph'"):
        drawn(Figure("grph", ()), written(LABELS))


def test_the_sample_of_a_stroke_has_its_colour() -> None:
    assert "kgtwo" in sample(2)
    assert sample(1) != sample(2)
