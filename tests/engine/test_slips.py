"""The known slips: a row a primitive and a row a pullback, a sentence each, and what a mistake leaves in a trace."""

from __future__ import annotations

import re
from fractions import Fraction
from inspect import signature
from pathlib import Path

import pytest

from keygen.checking.slips import WRONG
from keygen.engine.arrivals import LEAVES_OUT, counted
from keygen.engine.backprop import backprop
from keygen.engine.domains import EXACT
from keygen.engine.evaluate import evaluate
from keygen.engine.functions import half_square, relu, sigmoid
from keygen.engine.mistaken import Mistaken, mistaken
from keygen.engine.primitives import PRIMITIVES
from keygen.engine.record import Recorder
from keygen.engine.replay import Replay, replay, told_apart
from keygen.engine.slips import (
    MISTAKES,
    PULLBACK_MISTAKES,
    TYPICAL,
    Misreading,
    Mistake,
    slip,
    updates,
)
from keygen.engine.trace import Trace
from keygen.errors import KeygenError

TEMPLATES = Path(__file__).parents[2] / "templates"
LANGUAGES = sorted(path.parent.name for path in TEMPLATES.glob("*/language.toml"))
EVERY = [(name, known) for table in (MISTAKES, PULLBACK_MISTAKES) for name, row in table.items() for known in row]


def takes(mistake: Mistake, primitive: str) -> bool:
    """Whether what is written instead can be written from a step of a primitive."""
    try:
        signature(mistake.instead).bind(*range(PRIMITIVES[primitive].arguments))
    except TypeError:
        return False
    return True


def test_what_is_written_instead_takes_what_the_step_has() -> None:
    wrong = [(name, k.name) for name, k in EVERY if isinstance(k, Mistake) and not takes(k, k.at or name)]
    assert wrong == []


def test_a_mistake_in_a_pullback_says_at_which_step_of_it() -> None:
    assert all(known.at in PRIMITIVES for row in PULLBACK_MISTAKES.values() for known in row)
    assert not any(known.at for row in MISTAKES.values() for known in row)


def test_every_mistake_has_its_place_among_the_typical_ones_and_no_other_has() -> None:
    assert {known.name for _, known in EVERY} == set(TYPICAL)
    assert len(set(TYPICAL)) == len(TYPICAL)


def test_the_oracle_knows_every_mistake_that_is_in_a_step() -> None:
    assert {known.name for _, known in EVERY if isinstance(known, Mistake)} == set(WRONG)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slip_has_its_sentence(language: str) -> None:
    text = (TEMPLATES / language / "slips.tex").read_text("utf-8")
    sentences = re.findall(r"^%% word (\w+)\n(.+)\n^%% endword$", text, re.M)
    assert {name for name, _ in sentences if name.partition("_left_out_of_")[2] not in PRIMITIVES} == set(TYPICAL)
    assert len({words for _, words in sentences}) == len(sentences) == len({name for name, _ in sentences})
    assert all(words[-1].isalpha() and words[0].islower() for _, words in sentences)


def test_an_unknown_slip_is_refused_with_the_nearest() -> None:
    with pytest.raises(KeygenError, match="mask_forgotten") as caught:
        slip("a", "mask_forgotten")
    assert caught.value.repair


# --- in a trace


def network() -> Trace:
    """Two layers, a step of gradient descent for both matrices."""
    t = Recorder({"x": (2, 2), "W": (2, 2), "V": (2, 1), "y": (2, 1), "rate": ()})
    t.H = t.x @ t.W
    t.O = relu(t.H)
    t.z = t.O @ t.V
    t.L = half_square(t.y, t.z)
    backprop(t, "L", ["W", "V"])
    t.W_new = t.W - t.rate * t.dL_dW
    t.V_new = t.V - t.rate * t.dL_dV
    return t.trace()


GIVEN = {"x": [[1, 2], [3, -1]], "W": [[1, -1], [1, 1]], "V": [[2], [1]], "y": [[1], [0]], "rate": Fraction(1, 2)}


def of(trace: Trace, name: str) -> list[Mistaken]:
    return [one for one in mistaken(trace) if one.name == name]


def test_mistakes_are_found_where_they_can_be_made() -> None:
    trace = network()
    lines = {one.name: one.at for one in mistaken(trace) if len(one.at) == 1}
    assert lines["mask_left_out"] == ("dL_dH",)
    assert lines["activation_left_out"] == ("O",)
    assert {one.at for one in of(trace, "plus_for_minus")} == {("W_new",), ("V_new",), ("W_new", "V_new")}
    assert updates(trace).keys() == {"W_new", "V_new"}


def test_weights_are_new_too_early_where_the_gradient_passes_them_on_its_way_to_others() -> None:
    (early,) = of(network(), "new_weights_too_early")
    assert early.misread == ("V", "V_new")
    values = evaluate(network(), GIVEN, EXACT)
    found = Replay(network(), values, steps=early.steps)
    error, mask = values["dL_dz"], (values["H"] > 0) * 1
    expected = values["x"].T @ ((error @ values["V_new"].T) * mask)
    assert (found["dL_dW"] == expected).all()
    assert (found["dL_dV"] == values["dL_dV"]).all()


def test_what_does_not_fit_the_sizes_is_no_mistake() -> None:
    transposed = [one.at for one in of(network(), "transpose_left_out") if len(one.at) == 1]
    shapes = network().shapes
    assert all(shapes[at[0]][0] == shapes[at[0]][1] for at in transposed)
    assert transposed


def test_links_of_a_wrong_step_have_names_of_their_own() -> None:
    trace = network()
    for one in mistaken(trace):
        assert {name for name in one.steps if name in trace.shapes} == set(one.at)


# --- replayed


def test_what_follows_from_another_value_is_worked_out_and_the_rest_stays() -> None:
    trace = network()
    values = evaluate(trace, GIVEN, EXACT)
    other = values["O"] + 1
    found = replay(trace, values, {"O": other})
    assert (found["z"] == other @ values["V"]).all()
    assert found["H"] is values["H"]
    assert found["dL_dW"] is found["dL_dW"]
    assert found.moved >= {"z", "L", "dL_dV", "V_new"}
    assert "H" not in found.moved


def test_the_right_value_replayed_changes_nothing() -> None:
    trace = network()
    values = evaluate(trace, GIVEN, EXACT)
    for name in trace.defining:
        found = replay(trace, values, {name: values[name]})
        assert not any(told_apart(found[one], values[one]) for one in trace.named)


def test_only_what_is_asked_for_is_worked_out() -> None:
    trace = network()
    found = replay(trace, evaluate(trace, GIVEN, EXACT), {"H": EXACT.enter([[0, 0], [0, 0]])})
    assert found["O"].tolist() == [[0, 0], [0, 0]]
    assert set(found.known) == {"H", "O"}


def test_reals_are_told_apart_by_their_balls_alone() -> None:
    t = Recorder({"x": ()})
    t.p = sigmoid(t.x)
    t.q = 1 - sigmoid(-t.x)
    t.r = t.p + Fraction(1, 10**60)
    values = evaluate(t.trace(), {"x": 2}, EXACT)
    assert not told_apart(values["p"], values["q"])
    assert told_apart(values["p"], values["r"])
    assert told_apart(values["p"], Fraction(1, 2))


def test_a_misreading_is_no_mistake_in_a_step() -> None:
    assert {known.name for _, known in EVERY if isinstance(known, Misreading)} == {
        "new_weights_too_early", "corrected_carried_on",
    }  # fmt: skip


def fanned_out() -> Trace:
    """A number that is read three times, twice of them through variables of their own."""
    t = Recorder({"x": (), "w": ()})
    t.a = t.w * t.x
    t.b = t.x**2
    t.c = 3 * t.x
    t.L = t.a * t.b * t.c
    backprop(t, "L", ["x"])
    return t.trace()


def test_a_path_that_is_left_out_is_told_by_the_variable_through_which_it_arrives() -> None:
    trace = fanned_out()
    told = {(one.name, counted(trace, one)) for one in mistaken(trace) if one.name in LEAVES_OUT and len(one.at) == 1}
    assert told == {
        ("later_path_left_out", ("b", "a")),  # c is left out
        ("first_path_left_out", ("b",)),
        ("later_path_left_out", ("a",)),
        ("first_path_left_out", ("a",)),
    }


def test_a_path_that_no_variable_tells_from_the_others_is_not_told() -> None:
    t = Recorder({"x": (), "w": ()})
    t.a = t.w * t.x + t.x**2
    t.L = t.a**2
    backprop(t, "L", ["x"])
    trace = t.trace()
    made = [one for one in mistaken(trace) if one.name in LEAVES_OUT]
    assert made
    assert {counted(trace, one) for one in made} == {()}
