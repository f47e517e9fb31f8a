"""Draws teach: a step lowers the loss and leaves the network alive, and no draw hides what the exercise is about."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from keygen.author.checks import telling
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from tests.courses import SHIPPED

SEEDS = range(8)


def variant(exercise: str, sheet: str, seed: int | None) -> Solved:
    return solve(SHIPPED.exercise(exercise), sheet, seed)


def values(exercise: str, sheet: str) -> list[dict[str, Any]]:
    return [dict(variant(exercise, sheet, seed).values) for seed in SEEDS]


def test_both_steps_of_a_network_lower_their_losses_and_leave_a_hidden_unit_alive() -> None:
    for found in values("backprop/layer_by_layer", "sheet4"):
        assert found["L_new"] < found["L"]
        assert found["C_next"] < found["C"]
        assert (found["H_new"] > 0).any()
        assert (found["H_next"] > 0).any()


def test_the_key_says_that_the_published_step_kills_the_units_and_hits_the_target_by_luck() -> None:
    published = variant("backprop/layer_by_layer", "sheet4", None)
    assert published.conditions["dies"]
    assert published.conditions["lucky"]


def test_the_keys_say_where_the_published_numbers_leave_little_to_see() -> None:
    matrices = "backprop/two_sgd_steps_matrix"
    assert variant("rnn/bptt", "sheet7", None).conditions["lone"]
    assert variant(matrices, "sheet4b", None).conditions["last_alone"]
    drawn = [(variant("rnn/bptt", "sheet7", seed), variant(matrices, "sheet4b", seed)) for seed in range(3)]
    assert not any(one.conditions["lone"].holds or other.conditions["last_alone"].holds for one, other in drawn)


PAST = ("away_at_first", "past_at_once", "sgd_past", "momentum_past")


@pytest.mark.parametrize(
    ("seed", "holds"),
    [
        (None, {"momentum_past"}), (1, {"sgd_past", "momentum_past"}), (16, set()), (2, {"away_at_first", "sgd_past"}),
        (3, {"past_at_once", "momentum_past"}), (34, {"past_at_once", "sgd_past", "momentum_past"}),
    ],
)  # fmt: skip
def test_the_key_says_who_has_passed_the_minimum(seed: int | None, holds: set[str]) -> None:
    found = variant("optimizers/fifty_shades", "sheet3", seed)
    assert {name for name in PAST if found.conditions[name].holds} == holds
    best, start, *after = (found.values[name] for name in ("what", "w0", "cw1", "cw2", "dw2"))
    assert [(w - best) * (start - best) < 0 for w in after] == [name in holds for name in PAST[1:]]
    further = (found.values["dw2"] - found.values["cw2"]) * (found.values["cw1"] - start)
    assert further > 0


def test_the_key_says_that_the_loss_of_a_count_may_be_negative_and_when_it_is_its_own_slope() -> None:
    drawn = [variant("outputs/heads", "sheet2", seed) for seed in (None, 3, 58)]
    assert [bool(one.conditions["loss_is_slope"].holds) for one in drawn] == [True, False, False]
    assert [bool(one.conditions["below_zero"].holds) for one in drawn] == [False, True, False]


def test_the_step_of_a_recurrent_cell_lowers_its_loss() -> None:
    for found in values("rnn/bptt", "sheet7"):
        assert found["L_new"] < found["L"]
        assert abs(found["w"]) != abs(found["v"])
    assert variant("rnn/bptt", "sheet7", None).conditions["falls"]


def test_the_norm_of_a_gradient_to_clip_is_a_whole_number() -> None:
    assert all(found["norm"] in range(1, 16) for found in values("rnn/vanishing", "sheet7"))


@pytest.mark.parametrize("exercise", ["activations/sigmoid_layer", "activations/tanh"])
def test_no_two_rows_of_a_layer_are_alike(exercise: str) -> None:
    for found in values(exercise, "sheet5"):
        for matrix in (found["X"], found["W"]):
            assert len({tuple(row) for row in matrix}) == len(matrix)


def test_the_sizes_tell_the_order_of_the_factors() -> None:
    for found in values("backprop/dense_minibatch", "sheet4b"):
        assert all(rows != columns for rows, columns in (found["X"].shape, found["W"].shape))


def test_each_descent_is_of_one_length_and_its_inputs_differ_in_size() -> None:
    for seed in SEEDS:
        solved = variant("optimizers/fifty_shades", "sheet3", seed)
        assert solved.choices["steps"] == 2
        assert len({abs(x) for x in solved.values["x"]}) == len(solved.values["x"])


@pytest.mark.parametrize("seed", [None, *range(1, 9)])
def test_the_entry_that_is_found_again_is_not_zero(seed: int | None) -> None:
    check = variant("backprop/delta_recursion", "sheet", seed).shown["check"]
    assert float(check["found"].links[-1].value)


def test_the_first_entry_that_is_not_zero_is_found_again() -> None:
    assert telling(np.array([[0, 3], [0, 5]]), (1, 0)) == (1, 1)
    assert telling(np.array([[2, 3], [0, 0]]), (1, 0)) == (0, 0)
    assert telling(np.array([[2, 3]]), (0, 1)) == (0, 1)
    assert telling(np.zeros(2), (1,)) == (1,)
