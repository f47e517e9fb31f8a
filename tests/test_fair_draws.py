"""Draws as a teacher would choose them: no unit is a twin, no number lies at a kink, what is asked about acts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from keygen.variants.conditions import first_violation
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from tests.courses import SHIPPED
from tests.test_exercises import EXERCISES, HOME, page, text_of

SEEDS = range(1, 26)
UNITS_IN_COLUMNS: Mapping[str, Sequence[str]] = {
    "activations/tanh": ("W", "H"),
    "activations/sigmoid_layer": ("W", "H"),
    "activations/relu_and_friends": ("W", "U"),
    "backprop/layer_by_layer": ("W1", "H"),
    "backprop/two_sgd_steps_matrix": ("W1", "W2", "s1_Z1", "s1_Z2", "s2_Z1", "s2_Z2"),
    "dropout/mask": ("W1", "Z"),
    "nets/from_picture": ("W", "V"),
    "logic/one_unit": ("inputs",),
}
"""Of each exercise the matrices with a column for a unit (or for the only unit's input)."""
UNITS_IN_ROWS: Mapping[str, Sequence[str]] = {"backprop/delta_recursion": ("W1", "W2", "z1", "z2", "o_z1", "o_z2")}
INPUTS_IN_ROWS: Mapping[str, Sequence[str]] = {
    "activations/relu_and_friends": ("W", "X", "D"),
    "activations/sigmoid_layer": ("X", "G", "H"),
    "activations/tanh": ("X", "G", "H"),
    "backprop/layer_by_layer": ("W1",),
    "backprop/dense_minibatch": ("X", "W", "dZ"),
    "nets/from_picture": ("W", "V"),
}
CORNERS: Mapping[str, Sequence[str]] = {
    "backprop/layer_by_layer": ("H",),
    "dropout/mask": ("Z",),
    "activations/relu_and_friends": ("Z", "U"),
    "nets/from_picture": ("z1", "z2", "u1", "u2"),
    "rnn/bptt": ("a_1", "a_2", "a_3"),
}


def drawn(name: str, seed: int | None) -> Solved:
    return solve(SHIPPED.exercise(name), HOME[name], seed)


def repeated(rows: object) -> bool:
    """Whether two rows are equal."""
    found = [tuple(row) for row in np.atleast_2d(np.array(rows, dtype=object))]
    return len(set(found)) < len(found)


@pytest.mark.parametrize("name", UNITS_IN_COLUMNS)
def test_no_two_units_of_a_draw_are_twins(name: str) -> None:
    for seed in SEEDS:
        values = drawn(name, seed).values
        assert not [matrix for matrix in UNITS_IN_COLUMNS[name] if repeated(values[matrix].T)], seed


@pytest.mark.parametrize("name", UNITS_IN_ROWS)
def test_no_two_units_that_stand_in_rows_are_twins(name: str) -> None:
    for seed in SEEDS:
        values = drawn(name, seed).values
        assert not [matrix for matrix in UNITS_IN_ROWS[name] if repeated(values[matrix])], seed


@pytest.mark.parametrize("name", INPUTS_IN_ROWS)
def test_no_two_inputs_or_observations_of_a_draw_are_alike(name: str) -> None:
    for seed in SEEDS:
        values = drawn(name, seed).values
        assert not [matrix for matrix in INPUTS_IN_ROWS[name] if repeated(values[matrix])], seed


@pytest.mark.parametrize("name", CORNERS)
def test_no_argument_of_a_draw_is_exactly_at_the_corner_of_relu(name: str) -> None:
    for seed in SEEDS:
        one = drawn(name, seed)
        if one.choices.get("activation", "relu") == "relu":
            assert all((np.ravel(one.values[argument]) != 0).all() for argument in CORNERS[name]), seed


def test_layer_by_layer_has_one_observation_an_input_that_is_no_one_and_units_that_weigh_differently() -> None:
    for seed in SEEDS:
        values = drawn("backprop/layer_by_layer", seed).values
        assert len(values["X"]) == 1
        assert (abs(values["X"]) != 1).any(), seed
        assert len(set(values["W2"].flat)) > 1, seed


def test_no_box_has_a_number_twice_nor_one_in_the_place_where_the_other_box_has_it() -> None:
    for seed in SEEDS:
        values = drawn("outputs/heads", seed).values
        predicted, true = values["be"], values["te"]
        assert len(set(predicted)) == len(set(true)) == 4, seed
        assert all(predicted != true), seed


@pytest.mark.parametrize("name", ["activations/tanh", "activations/sigmoid_layer"])
def test_the_upstream_gradient_of_a_draw_is_not_the_input_itself(name: str) -> None:
    for seed in SEEDS:
        one = drawn(name, seed)
        assert one.values["G"].tolist() != one.values["X"].tolist(), seed


def test_an_upstream_gradient_that_is_the_input_itself_would_be_drawn_anew() -> None:
    assert first_violation(drawn("activations/tanh", None)) == "the upstream gradient is not the input itself"


def test_no_two_states_of_a_cell_that_are_alive_are_equal() -> None:
    for seed in SEEDS:
        one = drawn("rnn/bptt", seed)
        states = [one.values[f"h_{k}"] for k in range(1, one.choices["moments"])]
        alive = [float(state) for state in states if state != 0]
        assert len(set(alive)) == len(alive), seed


def test_no_unit_of_a_chain_starts_with_zero_weights_and_no_draw_of_matrices_with_zeros() -> None:
    for seed in SEEDS:
        assert (drawn("backprop/two_sgd_steps", seed).values["weights"] != 0).any(axis=1).all()
        start = drawn("backprop/two_sgd_steps_matrix", seed)
        assert not start.conditions["zero_start"]
        assert all((start.values[f"W{k}"] != 0).all() for k in (1, 2, 3))


def test_the_outer_relu_of_both_networks_acts_somewhere_and_of_the_published_the_page_says_that_it_does_not() -> None:
    name = "nets/from_picture"
    for seed in SEEDS:
        one = drawn(name, seed)
        assert not one.conditions["picture_outer_idle"]
        assert not one.conditions["formula_outer_idle"]
        v, (d,), first, b = (np.ravel(one.values[letter]) for letter in ("v", "d", "V", "b"))
        matrix = first.reshape(2, 2)
        into = [
            sum(v[k] * max(0, matrix[0, k] * x + matrix[1, k] * y + b[k]) for k in (0, 1)) + d
            for x in range(-9, 10)
            for y in range(-9, 10)
        ]
        assert min(into) < 0
        assert one.values["y"] > 0
    assert "the outer ReLU changes nothing" in text_of(page(name, "en"))
    assert "внешний ReLU ни при каких входах ничего не меняет" in text_of(page(name, "ru"))
    assert "outer ReLU changes" not in text_of(page(name, "en", 1))


def test_of_the_published_zero_start_the_key_says_what_becomes_of_it() -> None:
    english = text_of(page("backprop/two_sgd_steps_matrix", "en"))
    assert "With zero weights the gradient on its way back through a layer is multiplied by zero." in english
    assert "after both steps the last matrix alone has changed" in english
    assert "At step" not in text_of(page("rnn/bptt", "en", 3))
    assert "(at step" in text_of(page("rnn/bptt", "en"))


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_fraction_at_the_end_of_a_line_of_the_cell_has_its_decimals_behind_it(language: str) -> None:
    keys = [text_of(page("rnn/bptt", language, seed)).split("-- answers --")[0] for seed in range(1, 9)]
    assert not re.findall(r"\\kglink\{=\}\{-?\\frac\{\d+\}\{\d+\}\}(?!\\kglink\{\\approx\})", "".join(keys))
    assert re.findall(r"\\kglink\{=\}\{-?\\frac\{\d+\}\{\d+\}\}\\kglink\{\\approx\}", "".join(keys))


FRACTION = re.compile(r"\\kglink\{\\approx\}\{-?\\frac\{\d+\}\{\d+\}\}")
ROUNDED = re.compile(r"\\kglink\{\\approx\}\{-?([\d.]+)(?: \\cdot 10\^\{-?\d+\})?\}")


@pytest.mark.parametrize("name", EXERCISES)
def test_what_follows_an_approximation_sign_has_four_figures_and_is_no_fraction(name: str) -> None:
    for seed in (None, 3, 17):
        text = text_of(page(name, "en", seed))
        assert not FRACTION.search(text)
        short = [digits for digits in ROUNDED.findall(text) if len(digits.replace(".", "").lstrip("0")) < 4]
        assert not short, seed
