"""The backward scheme: forward row, backward row, gradients of the weights."""

from __future__ import annotations

import pytest
from figure_checks import boxes, labels, loose_ends, overlaps, points, sticking_out, strokes, tex, tex_of, trespassing

from keygen.errors import KeygenError
from keygen.figures.block_diagram import Column
from keygen.figures.labels import Text, says
from keygen.figures.layouts.block_diagram import backward_scheme


def notes(*labels: str) -> tuple[Text, Text]:
    """What stands above an arrow and below it."""
    above, below = (*map(tex, labels), None, None)[:2]
    return above, below


def layer(k: int, before: str, forward: str) -> Column:
    return Column(
        tex(forward),
        notes(f"W_{k}, f"),
        tex(rf"\delta_{k}"),
        notes(rf"\cdot W_{k + 1}^\top", rf"\odot f'(Z_{k})"),
        tex(rf"\dfrac{{\partial L}}{{\partial W_{k}}} = {before}^\top \delta_{k}"),
    )


THREE = [
    Column(tex("X")),
    layer(1, "X", "H_1"),
    layer(2, "H_1", "H_2"),
    layer(3, "H_2", r"\hat y"),
    Column(tex("L"), notes(r"\frac{1}{2}(y - \hat y)^2"), tex("1")),
]
TWO = [
    Column(tex("X")),
    Column(
        tex("H"),
        notes("W_1, f"),
        tex(r"\frac{\partial L}{\partial Z_1}"),
        notes(r"\cdot W_2^\top"),
        tex("dW_1"),
        tex(r"X^\top"),
    ),
    Column(
        tex(r"\hat y"),
        notes("W_2"),
        tex(r"\frac{\partial L}{\partial \hat y}"),
        (None, None),
        tex("dW_2"),
        tex(r"H^\top \cdot"),
    ),
    Column(tex("L")),
]


@pytest.mark.parametrize("columns", [THREE, TWO, THREE[:2], THREE[1:]], ids=["three", "two", "one", "no input"])
def test_a_scheme_is_drawn_without_a_flaw(columns: list[Column]) -> None:
    display = backward_scheme(columns)
    assert not overlaps(display)
    assert not loose_ends(display)
    assert not trespassing(display)
    assert not sticking_out(display)


def test_three_layers_fit_on_the_page() -> None:
    assert backward_scheme(THREE).width <= 165


def test_forward_arrows_lead_right_and_backward_arrows_left_and_down() -> None:
    for stroke in strokes(backward_scheme(THREE)):
        (ax, ay), (bx, by) = points(stroke)
        assert stroke.arrow
        if stroke.role == "forward":
            assert (ay, ax) == (by, min(ax, bx))
        else:
            assert (ay == by and bx < ax) or (ax == bx and by < ay)
    roles = [stroke.role for stroke in strokes(backward_scheme(THREE))]
    assert (roles.count("forward"), roles.count("backward")) == (4, 3 + 3)


def test_the_boxes_of_a_column_stand_below_each_other() -> None:
    at = {says(label.text): label.at for label in labels(backward_scheme(THREE))}
    assert at["H_2"][0] == at[r"\delta_2"][0] == at[says(THREE[2].gradient)][0]
    assert at["H_2"][1] > at[r"\delta_2"][1] > at[says(THREE[2].gradient)][1]
    assert at["X"][1] == at["H_1"][1] == at["L"][1]


def test_what_is_multiplied_stands_at_the_arrow_that_multiplies() -> None:
    at = {says(label.text): label.at for label in labels(backward_scheme(THREE))}
    left, right = at[r"\delta_1"], at[r"\delta_2"]
    assert left[0] < at[r"\cdot W_2^\top"][0] < right[0]
    assert at[r"\cdot W_2^\top"][1] > left[1] > at[r"\odot f'(Z_1)"][1]
    assert at["X"][0] < at["W_1, f"][0] < at["H_1"][0]


def test_a_column_without_backward_boxes_stays_bare() -> None:
    assert len(boxes(backward_scheme(THREE))) == 5 + 4 + 3
    assert len(boxes(backward_scheme(TWO))) == 4 + 2 + 2


def test_a_narrow_page_shortens_the_arrows_and_a_narrower_one_is_refused() -> None:
    wide = backward_scheme(THREE).width
    narrow = backward_scheme(THREE, max_width=wide - 5)
    assert narrow.width <= wide - 5
    assert not overlaps(narrow)
    with pytest.raises(KeygenError, match="a backward scheme is too wide for the page"):
        backward_scheme(THREE, max_width=90)


def test_the_same_scheme_gives_the_same_picture() -> None:
    assert tex_of(backward_scheme(THREE)) == tex_of(backward_scheme(THREE))
