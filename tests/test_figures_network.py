"""Figures of networks: layers with a weight on every edge, chains with biases."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import Any

import pytest
from figure_checks import (
    boxes,
    labels,
    loose_ends,
    overlaps,
    points,
    sticking_out,
    strokes,
    tex,
    tex_of,
    texts,
    trespassing,
)

from keygen.errors import KeygenError
from keygen.figures.display import DisplayList
from keygen.figures.labels import says
from keygen.figures.layouts import network as pictures
from keygen.figures.network import Unit

PATH_COUNTING = [[["2", "-1"], ["3", "0{,}5"]], [["1", "-2"], ["4", "1"]], [["3"], ["-1"]]]
SIZES = [
    *product((1, 2, 3), (1, 2, 3), (1, 2)),
    *product((1, 2, 3), (1, 2, 3), (1, 2, 3), (1,)),
    *((4, 4, 1), (4, 3, 2, 1), (4, 4, 4, 1)),
]


def row(labels: Sequence[str | None]) -> list[Any]:
    """Labels that say some TeX; None and "" are none."""
    return [tex(label) if label else None for label in labels]


def layered(
    layers: Sequence[Sequence[str]],
    weights: Sequence[Sequence[Sequence[str | None]]],
    outputs: Sequence[str] = (),
    captions: Sequence[str] = (),
) -> DisplayList:
    rows = [[row(unit) for unit in layer] for layer in weights]
    return pictures.layered([row(layer) for layer in layers], rows, row(outputs), row(captions))


def unit(*labels: str) -> Unit:
    return Unit(*row(labels))


def chain(source: str, units: Sequence[Unit], output: str) -> DisplayList:
    return pictures.chain(tex(source), units, tex(output), tex("1"))


def weights(sizes: tuple[int, ...]) -> list[list[list[str]]]:
    """Labels w^k_{ij}, from unit i to unit j of layer k."""
    return [
        [[f"w^{k}_{{{i}{j}}}" for j in range(1, after + 1)] for i in range(1, before + 1)]
        for k, (before, after) in enumerate(pairwise(sizes), start=1)
    ]


def network(*sizes: int) -> DisplayList:
    inputs = [f"x_{i}" for i in range(1, sizes[0] + 1)]
    outputs = [rf"\hat y_{i}" for i in range(1, sizes[-1] + 1)]
    return layered([inputs, *(["f"] * size for size in sizes[1:])], weights(sizes), outputs)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_no_two_weights_overlap_and_none_hides_another_edge(sizes: tuple[int, ...]) -> None:
    display = network(*sizes)
    assert not overlaps(display)
    assert not trespassing(display, margin=0.3)
    assert not sticking_out(display)
    assert display.width <= 165


def test_every_weight_stands_on_its_own_edge() -> None:
    display = network(2, 2, 2, 1)
    centers = [box.shape.center for box in boxes(display)]
    layers = [centers[:2], centers[2:4], centers[4:6], centers[6:]]
    at = {says(label.text): label.at for label in labels(display) if label.backed}
    for k, rows in enumerate(weights((2, 2, 2, 1))):
        for i, row in enumerate(rows):
            for j, text in enumerate(row):
                (ax, ay), (bx, by), (x, y) = layers[k][i], layers[k + 1][j], at[text]
                assert (x - ax) * (by - ay) == pytest.approx((y - ay) * (bx - ax))
                assert ax < x < bx
    assert len(at) == 10


@pytest.mark.parametrize("sizes", [(2, 2, 2, 1), (3, 3, 1), (3, 3, 3, 1), (2, 3, 2, 1)])
def test_the_weights_between_two_layers_stand_in_a_column(sizes: tuple[int, ...]) -> None:
    at = {says(label.text): label.at for label in labels(network(*sizes)) if label.backed}
    for rows in weights(sizes):
        assert len({round(at[text][0], 6) for row in rows for text in row}) == 1


def test_layers_and_rows_are_evenly_spaced() -> None:
    centers = [box.shape.center for box in boxes(network(3, 3, 1))]
    xs = sorted({x for x, _ in centers})
    ys = sorted({y for _, y in centers})
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1])
    assert ys[1] - ys[0] == pytest.approx(ys[2] - ys[1])
    assert centers[-1][1] == 0


def test_numbers_on_edges_and_empty_units_are_drawn() -> None:
    display = layered([["x_1", "x_2"], ["", ""], ["", ""], ["p"]], PATH_COUNTING)
    assert not overlaps(display)
    assert not loose_ends(display)
    assert sorted(says(label.text) for label in labels(display) if label.backed) == sorted(
        text for rows in PATH_COUNTING for row in rows for text in row
    )
    assert len(labels(display)) == 10 + 3


def test_an_edge_without_a_label_is_no_edge() -> None:
    display = layered([["x_1", "x_2"], ["f", "f"]], [[["w", None], [None, "v"]]])
    assert len(strokes(display)) == 2
    assert [says(label.text) for label in labels(display) if label.backed] == ["w", "v"]


def test_captions_stand_below_their_layers() -> None:
    display = layered([["x_1", "x_2"], ["f"]], [[["w_1"], ["w_2"]]], captions=["X", "H"])
    assert not overlaps(display)
    under = {says(label.text): label.at for label in labels(display) if label.anchor == "t"}
    assert under["X"][1] == under["H"][1] < min(box.bounds.bottom for box in boxes(display))
    assert under["X"][0] < under["H"][0]


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("form", [("w_1^{}", "w_0^{}"), ("w_{{1}}^{{({})}}", "w_{{0}}^{{({})}}")])
def test_a_chain_has_a_weight_above_and_a_bias_below_each_unit(length: int, form: tuple[str, str]) -> None:
    units = [unit(r"\sigma", *(part.format(k) for part in form)) for k in range(1, length + 1)]
    display = chain("x", units, r"\hat y")
    assert not overlaps(display)
    assert not trespassing(display)
    assert not sticking_out(display)
    assert display.width <= 165
    at = {says(label.text): label.at for label in labels(display)}
    centers = [box.shape.center for box in boxes(display) if box.shape.center[1] == 0]
    assert len(centers) == length + 1
    for one, (before, after) in zip(units, pairwise(centers), strict=True):
        assert before[0] < at[says(one.weight)][0] < after[0]
        assert at[says(one.weight)][1] > 0
        assert one.bias is not None
        assert at[says(one.bias)][1] < 0
        assert at[says(one.bias)][0] > after[0]


def test_a_unit_without_a_bias_has_no_constant() -> None:
    display = chain("x", [unit("f", "w"), unit("f", "v", "b")], "y")
    assert texts(display).count("1") == 1
    assert [points(stroke)[0][0] for stroke in strokes(display)] == sorted(points(s)[0][0] for s in strokes(display))


def test_a_long_chain_keeps_within_the_page() -> None:
    assert chain("x", [unit("f", "w", "b")] * 8, "y").width <= 165
    with pytest.raises(KeygenError, match="too wide for the page"):
        chain("x", [unit("f", "w", "b")] * 20, "y")


@pytest.mark.parametrize(
    ("layers", "rows", "outputs", "message"),
    [
        ([["x"], ["f", "f"]], [[["w"]]], [], "the weights of a layered network do not fit its layers"),
        ([["x"], ["f"]], [], [], "the weights of a layered network do not fit its layers"),
        ([["x"], ["f"]], [[["w"]]], ["y", "z"], "the outputs of a layered network do not fit its layers"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    layers: list[list[str]], rows: list[list[list[str]]], outputs: list[str], message: str
) -> None:
    with pytest.raises(KeygenError) as caught:
        layered(layers, rows, outputs)
    assert caught.value.what == message


def test_the_same_network_gives_the_same_picture() -> None:
    assert tex_of(network(3, 3, 3, 1)) == tex_of(network(3, 3, 3, 1))
