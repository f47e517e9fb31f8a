"""Recurrent cells: back through time against autograd, the slips of printed keys, counts, clipping."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

import autograd
import autograd.numpy as anp
import pytest

from keygen.document.typesetter import Typesetter
from keygen.figures.pict2e import picture
from keygen.mathematics.answers import Answer
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import Name, Term, leaves_of
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from tests.courses import SHIPPED

BPTT, COUNT, VANISHING = "rnn/bptt", "rnn/parameter_count", "rnn/vanishing"


def solved(name: str, seed: int | None = None) -> Solved:
    return solve(SHIPPED.exercise(name), "sheet7", seed)


def answers(name: str, seed: int | None = None) -> dict[str, dict[str, Answer]]:
    return solved(name, seed).answers()


def given_numbers(name: str, seed: int | None) -> dict[str, Any]:
    """What `given` says, and nothing else."""
    said = solved(name, seed).given()
    return {key: answer.exact if answer.type == "choice" else answer.float for key, answer in said.items()}


def losses(given: dict[str, Any], u: Any, v: Any, w: Any) -> list[Any]:
    """The squared errors of the unrolled cell, written for autograd."""
    f = anp.tanh if given["activation"] == "tanh" else lambda x: anp.maximum(x, 0.0) * (x > 0)
    h, found = given["h0"], []
    for read, wanted in zip(given["y"], given["y"][1:], strict=False):
        h = f(w * h + v * read)
        found.append((wanted - f(u * h)) ** 2)
    return found


def loss(given: dict[str, Any], u: Any, v: Any, w: Any) -> Any:
    found = losses(given, u, v, w)
    return sum(found) / (len(found) if given["reduction"] == "mean" else 1)


def test_the_published_answers_of_back_through_time() -> None:
    found = answers(BPTT)
    assert found["a"]["h"].exact == ["0", "1/2", "0"]
    assert found["a"]["yhat"].exact == ["0", "1/4", "0"]
    assert found["a"]["loss_t"].exact == ["1", "25/16", "4"]
    assert found["a"]["loss"].float == 6.5625
    assert found["b"]["dL_du"].exact == "5/4"
    assert found["b"]["dL_dv"].exact == "5/4"
    assert found["b"]["dL_dw"].exact == "0"
    assert [found["c"][name].exact for name in ("u_new", "v_new", "w_new")] == ["3/8", "3/8", "1/2"]


def test_the_last_state_is_zero_and_not_the_printed_three_eighths() -> None:
    values = solved(BPTT).values
    assert values["h_3"] == 0
    assert float(values["slip"]) == 0.375  # what a cell gets that reads its own prediction at the last step
    for seed in range(10):
        values = solved(BPTT, seed).values
        last = max(int(name[2:]) for name in values if name.startswith("h_") and name[2:].isdigit())
        assert float(values["slip"]) != pytest.approx(float(values[f"h_{last}"]), abs=5e-4)


@pytest.mark.parametrize("seed", range(8))
def test_the_derivative_by_v_needs_the_past_just_as_the_derivative_by_w(seed: int) -> None:
    values = solved(BPTT, seed).values
    steps = range(1, len(answers(BPTT, seed)["a"]["h"].float) + 1)
    for weight in "vw":
        gradient = float(values[f"dL_d{weight}"])
        present = sum(float(values[f"term_{weight}_{k}_{k}"]) for k in steps)
        everything = sum(float(values[f"term_{weight}_{t}_{k}"]) for t in steps for k in steps if k <= t)
        assert everything == pytest.approx(gradient)
        assert present != pytest.approx(gradient, abs=1e-3)


@pytest.mark.parametrize("seed", [None, *range(12)])
def test_back_through_time_can_be_solved_again_from_what_is_given(seed: int | None) -> None:
    given, found = given_numbers(BPTT, seed), answers(BPTT, seed)
    assert list(given) == ["y", "h0", "w", "u", "v", "rate", "activation", "reduction"]
    weights = {name: given[name] for name in "uvw"}
    assert found["a"]["loss_t"].float == pytest.approx([float(x) for x in losses(given, **weights)])
    assert found["a"]["loss"].float == pytest.approx(float(loss(given, **weights)))
    for name in "uvw":
        slope = float(autograd.grad(lambda x, name=name: loss(given, **{**weights, name: x}))(float(weights[name])))
        assert found["b"][f"dL_d{name}"].float == pytest.approx(slope, abs=1e-12)
        assert found["c"][f"{name}_new"].float == pytest.approx(weights[name] - given["rate"] * slope)


def test_every_kind_of_cell_is_drawn() -> None:
    variants = [solved(BPTT, seed).variant for seed in range(30)]
    assert {v.choices["activation"] for v in variants} == {"relu", "tanh"}
    assert {v.choices["reduction"] for v in variants} == {"sum", "mean"}
    assert {v.lengths["moments"] for v in variants} == {4, 5}


def test_a_relu_cell_is_alive_twice_and_a_longer_one_silent_once() -> None:
    for seed in range(30):
        one = solved(BPTT, seed)
        if one.choices["activation"] == "relu":
            states = answers(BPTT, seed)["a"]["h"].float
            assert len([h for h in states if h > 0]) >= 2
            assert len(states) == 3 or 0 in states


def names_in(term: Term) -> list[str]:
    return [leaf.name for leaf in leaves_of(term) if isinstance(leaf, Name)]


def test_each_term_carries_the_jacobians_on_its_way() -> None:
    line = solved(BPTT).chain("term_w_3_1")
    assert names_in(line.links[1]) == ["dL_dyhat_3", "dyhat_3_dh_3", "dh_3_dh_2", "dh_2_dh_1", "direct_w_1"]


def test_the_key_shows_every_term_of_the_published_gradients_and_their_sums() -> None:
    shown = solved(BPTT).shown["own"]
    assert [len(shown[weight]["terms"]) for weight in "uwv"] == [3, 6, 6]
    assert [names_in(shown[weight]["total"].links[0]) for weight in "uwv"] == [["dL_du"], ["dL_dw"], ["dL_dv"]]


def test_the_unrolled_figure_carries_the_gradients() -> None:
    one = solved(BPTT)
    text = picture(
        one.shown["unrolled"], Typesetter(Policy(), one.signs, Proofs(one.values, Policy(), one.calls)).label
    )
    for number in ("$2.5$", "$1.25$", "$0.625$", "$-4$"):
        assert number in text


# --- how many parameters


def test_the_published_counts() -> None:
    assert [answers(COUNT)[part]["count"].exact for part in "abcde"] == ["2020", "3", "13", "52", "39"]


def layer(inputs: int, units: int, constants: int) -> int:
    """Sizes of the matrices and of the constants, multiplied out and added."""
    return sum(prod(shape) for shape in ((inputs, units), (units, units), (constants, units)))


@pytest.mark.parametrize("seed", [None, *range(12)])
def test_the_counts_are_the_sizes_of_the_matrices(seed: int | None) -> None:
    said = solved(COUNT, seed).given()
    window, hidden, out, series, first, last = map(int, said["sizes"].float)
    c = int(said["biases"].exact)
    two_layers = layer(series, first, c) + layer(first, last, c)
    expected = [
        window * hidden + hidden * out + c * (hidden + out), layer(1, 1, c) + 1 + c, two_layers, 4 * two_layers,
        3 * two_layers,
    ]  # fmt: skip
    found = answers(COUNT, seed)
    assert [found[part]["count"].float for part in "abcde"] == expected
    assert found["c"]["V1"].exact == [str(series), str(first)]
    assert found["c"]["W2"].exact == [str(last), str(last)]


# --- vanishing and exploding


def test_the_published_answers_of_vanishing() -> None:
    found = answers(VANISHING)
    assert found["a"]["dhT_dh0"].exact == "1/1024"
    assert found["b"]["behaviour"].exact == "vanishes"
    assert found["c"]["clipped"].exact == ["3", "4"]


@pytest.mark.parametrize("seed", [None, *range(12)])
def test_vanishing_can_be_solved_again_from_what_is_given(seed: int | None) -> None:
    given, found = given_numbers(VANISHING, seed), answers(VANISHING, seed)
    assert list(given) == ["w", "T", "gradient", "threshold"]
    assert found["a"]["dhT_dh0"].float == pytest.approx(given["w"] ** given["T"])
    assert found["b"]["behaviour"].exact == ("vanishes" if abs(given["w"]) < 1 else "explodes")
    norm = sum(x * x for x in given["gradient"]) ** 0.5
    assert norm > given["threshold"]
    assert found["c"]["clipped"].float == pytest.approx([x * given["threshold"] / norm for x in given["gradient"]])


@pytest.mark.parametrize("seed", [None, *range(30)])
def test_the_table_of_powers_has_the_weight_of_the_exercise_and_none_that_is_about_the_same(seed: int | None) -> None:
    one = solved(VANISHING, seed)
    weights = [row[0].value for row in one.shown["powers"].rows]
    assert one.values["w"] in weights
    assert not [w for w in weights if w not in (1, one.values["w"]) and abs(w - one.values["w"]) <= Fraction("0.1")]


def test_no_gradient_of_the_cell_depends_on_the_slope_of_relu_at_zero() -> None:
    for seed in (None, *range(20)):
        one = solved(BPTT, seed)
        if one.choices["activation"] == "tanh":
            assert not one.conditions["corner"]
            continue
        times = range(1, one.choices["moments"])
        silent = [k for k in times if one.values[f"h_{k}"] == 0]
        at_corner = [k for k in times if one.values[f"a_{k}"] == 0]
        assert bool(one.conditions["corner"]) == bool(silent)
        assert bool(one.conditions["still"]) == bool(at_corner)
        assert seed is None or not at_corner
        assert all(one.values[f"h_{k - 1}"] == one.values[f"y_{k - 1}"] == 0 for k in at_corner)


def test_a_clipped_gradient_keeps_its_direction_and_has_the_norm_of_the_threshold() -> None:
    for seed in range(10):
        values = solved(VANISHING, seed).values
        assert values["after"] == values["threshold"]
        ratios = {float(a) / float(b) for a, b in zip(values["clipped"], values["gradient"], strict=True)}
        assert max(ratios) == pytest.approx(min(ratios))
        assert min(ratios) > 0


def test_the_derivative_through_time_is_found_by_going_back_and_not_by_the_formula() -> None:
    one = solved(VANISHING)
    steps = [name for name in one.trace.named if name.startswith("dh_10_dh_")]
    assert len(steps) == 10
    assert one.trace.defining["dh_10_dh_0"].inputs == ("dh_10_dh_1", "w")
