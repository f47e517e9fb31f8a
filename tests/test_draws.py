"""Draws: no variant twice too often, none that is empty of work."""

from __future__ import annotations

from keygen.course.exercise import load_exercise
from keygen.course.solve import Solved, solve
from keygen.engine.paths import paths

GRAPH = "backprop/computation_graph"


def graph(seed: int) -> Solved:
    return solve(load_exercise(GRAPH), "sheet4", seed)


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
