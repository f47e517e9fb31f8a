"""Draws: no variant twice too often, none that is empty of work."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from keygen.course.draw import Draws, Grid, unlike
from keygen.course.seeding import NumberStreams
from keygen.engine.graph import paths
from keygen.errors import KeygenError
from keygen.variants.conditions import first_violation, first_violation_lazily
from keygen.variants.solve import candidate, computed, drawn, solve
from keygen.variants.solved import Solved
from tests.courses import SHIPPED

GRAPH = "backprop/computation_graph"


def graph(seed: int) -> Solved:
    return solve(SHIPPED.exercise(GRAPH), "sheet4", seed)


def test_of_six_hundred_computation_graphs_at_most_one_in_thirty_is_a_repetition() -> None:
    functions = {graph(seed).given()["f"].exact for seed in range(600)}
    assert len(functions) >= 580


def test_every_computation_graph_has_a_stroke_for_each_path_and_two_paths_to_some_input() -> None:
    for seed in range(120):
        one = graph(seed)
        counts = [len(list(paths(one.trace, variable.name, "f"))) for variable in one.trace.inputs]
        assert all(counts)
        assert max(counts) >= 2
        assert sum(counts) <= 6


def test_every_shape_of_a_computation_graph_is_drawn() -> None:
    choices = [graph(seed).choices for seed in range(120)]
    assert {c["inputs"] for c in choices} == {2, 3}
    assert {c["last"] for c in choices} == {"square", "product", "cube"}
    assert {c["sign"] for c in choices} == {c["join"] for c in choices} == {"+", "-"}


NUMERIC = [
    "backprop/layer_by_layer", "backprop/two_sgd_steps", "backprop/delta_recursion", "backprop/dense_minibatch",
    "activations/relu_and_friends", "outputs/heads", "rnn/bptt", "rnn/vanishing", GRAPH, "backprop/two_layer_formula",
]  # fmt: skip


def taken(judge: Callable[[], str | None]) -> bool:
    """Whether nothing speaks against a draw."""
    try:
        return judge() is None
    except KeygenError as error:
        if not error.redraw:
            raise
        return False


@pytest.mark.parametrize("name", NUMERIC)
def test_a_draw_judged_on_its_way_is_taken_if_and_only_if_it_is_with_all_its_values(name: str) -> None:
    exercise, verdicts = SHIPPED.exercise(name), set()
    for attempt in range(1500):
        if attempt >= 60 and len(verdicts) == 2:
            break
        draw = drawn(exercise, NumberStreams("any", 6), name, attempt, {})
        quick = taken(lambda draw=draw: first_violation_lazily(candidate(exercise, draw)))
        assert quick == taken(lambda draw=draw: first_violation(computed(exercise, draw)))
        verdicts.add(quick)
    assert verdicts == {True, False}


def test_data_do_not_depend_on_the_order_in_which_they_are_asked_for() -> None:
    exercise = SHIPPED.exercise("backprop/layer_by_layer")
    one, other = (drawn(exercise, NumberStreams("any", 5), exercise.id, 0, {}).data for _ in range(2))
    assert isinstance(one, Draws)
    names = [name for name, distribution in exercise.given.items() if isinstance(distribution, Grid)]
    assert [one[name] for name in names] == [other[name] for name in reversed(names)][::-1]
    assert one == dict(other)


def test_a_condition_that_is_yielded_is_not_reached_after_one_that_fails() -> None:
    exercise = SHIPPED.exercise(GRAPH)
    draws = (candidate(exercise, drawn(exercise, NumberStreams("any", 5), GRAPH, attempt, {})) for attempt in range(20))
    refused = next(draw for draw in draws if first_violation_lazily(draw) == "every input is used")
    assert "trace" not in vars(refused.evaluation)


def test_rows_are_unlike_where_no_two_are_equal() -> None:
    apart = [[1, 2], [2, 1]]
    assert unlike(apart)
    assert unlike(np.array(apart), apart)
    assert not unlike([[1, 2], [1, 2]])
    assert not unlike(apart, [[0], [Fraction(0)]])
