"""The circuit of a computation: what stands on its wires, read off the trace; how it is laid out and told."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from figure_checks import labels, overlaps, sticking_out, strokes, tex, texts, trespassing

from keygen.calculus.claims import Claim, Given
from keygen.checking.slopes import certify_slopes
from keygen.document.pictures import described, svg
from keygen.document.typesetter import Typesetter
from keygen.engine.evaluate import as_float
from keygen.engine.finite_differences import slope
from keygen.engine.functions import mse, relu, sigmoid
from keygen.engine.primitives import PRIMITIVES
from keygen.engine.record import Recorder
from keygen.engine.trace import Trace, is_link
from keygen.errors import KeygenError
from keygen.figures.arrange import displayed
from keygen.figures.circuit import CircuitFigure, Gate, Source, circuit_of
from keygen.figures.display import Box, DisplayList
from keygen.figures.figure import WIDTH
from keygen.figures.labels import Sign, says
from keygen.figures.layouts.circuit import circuit
from keygen.figures.mathbox import measure
from keygen.mathematics.number_format import Policy
from keygen.mathematics.operators import GATES
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import Name
from keygen.variants.circuits import circuit_figure, circuit_figures, gradients
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from tests.courses import LANGUAGES, SHIPPED

CIRCUITS = {
    "backprop/two_sgd_steps": ("sheet4", "s1_L"),
    "backprop/layer_by_layer": ("sheet4", "L"),
    "backprop/delta_recursion": ("sheet4b", "C"),
    "backprop/two_sgd_steps_matrix": ("sheet4b", "s1_L"),
}
SEEDS = (None, 1, 2, 3)
POINTS = {"en": ".", "ru": ","}


@cache
def variant(exercise: str, seed: int | None) -> Solved:
    return solve(SHIPPED.exercise(exercise), CIRCUITS[exercise][0], seed)


def parts(exercise: str, seed: int | None) -> list[CircuitFigure]:
    """The circuit on the page of a variant."""
    found = variant(exercise, seed).shown["circuit"]
    figures = found if isinstance(found, list) else [found]
    assert all(isinstance(figure, CircuitFigure) for figure in figures)
    return figures


def shown(exercise: str, seed: int | None) -> CircuitFigure:
    (figure,) = parts(exercise, seed)
    return figure


def setter(solved: Solved, language: str) -> Typesetter:
    policy = Policy(point=POINTS[language])
    return Typesetter(policy, solved.signs, Proofs(solved.values, policy, solved.calls), LANGUAGES[language])


def number(label: Any) -> Any:
    """What a label claims."""
    return label.value if isinstance(label, Given) else label.shown.value


# What stands in it


def test_gates_stand_in_the_order_of_the_work_with_value_and_gradient() -> None:
    figure = shown("backprop/layer_by_layer", None)
    signs = [gate.sign.primitive if isinstance(gate.sign, Sign) else gate.sign.name for gate in figure.gates]  # type: ignore[union-attr]
    assert signs == ["matmul", "relu", "matmul", "L"]
    values = [number(gate.value) for gate in figure.gates]
    back = [number(gate.gradient) for gate in figure.gates]
    assert values[0].tolist() == [[2, -1]]
    assert [back[0].tolist(), back[1].tolist(), back[2].tolist(), back[3]] == [[[1, 0]], [[1, 2]], [[2]], 1]
    assert [len(gate.sources) for gate in figure.gates] == [1, 0, 1, 1]


@pytest.mark.parametrize("exercise", CIRCUITS)
def test_every_gradient_on_a_wire_is_the_slope_of_the_loss(exercise: str) -> None:
    for seed in SEEDS:
        s, of = variant(exercise, seed), CIRCUITS[exercise][1]
        back = gradients(s.trace, of)
        assert any(map(is_link, back)) == (exercise != "backprop/layer_by_layer")
        for by, target in back.items():
            shape = s.trace.shapes[by]
            for place in np.ndindex(*shape):
                direction: Any = np.zeros(shape) if shape else 1.0
                if shape:
                    direction[place] = 1.0
                found = as_float(s.values[target])
                measured = slope(s.trace, of, by, s.values, direction)
                assert measured == pytest.approx(float(found[place] if shape else found), abs=1e-8, rel=1e-7)


def test_a_check_compares_the_gradients_of_wires_without_a_name_too() -> None:
    s = variant("backprop/two_sgd_steps", 1)
    certify_slopes(s)
    link = next(g for g in s.trace.adjoints if is_link(g.by))
    wrong = link._replace(target="s1_x")
    broken = Trace(s.trace.inputs, s.trace.steps, s.trace.gradients, s.trace.also, (wrong,))
    evaluation = type(s.evaluation)(broken, s.values, s.calls)  # type: ignore[call-arg]
    with pytest.raises(KeygenError, match="disagrees with a central difference"):
        certify_slopes(Solved(s.exercise, s.variant, evaluation))


def test_a_wire_without_a_name_is_claimed_by_its_formula() -> None:
    first = shown("backprop/two_sgd_steps", 1).gates[0]
    assert first.name is None
    assert isinstance(first.value, Claim)
    assert not isinstance(first.value.chain.links[0], Name)


def test_a_matrix_that_is_too_large_for_a_label_is_named() -> None:
    seed = next(seed for seed in range(1, 60) if large(variant("backprop/layer_by_layer", seed)))
    gate = shown("backprop/layer_by_layer", seed).gates[0]
    assert not isinstance(gate.sources[0].shown, Name)  # two by three
    assert isinstance(gate.value, Claim)


def large(s: Solved) -> bool:
    return s.trace.shapes["W1"] == (2, 3)


def test_a_number_without_a_backward_pass_has_no_circuit() -> None:
    with pytest.raises(KeygenError, match="no gradient of 'L_new' was asked for"):
        circuit_figure(variant("backprop/layer_by_layer", None), "L_new")
    with pytest.raises(KeygenError, match="no variable 'Loss'"):
        circuit_figure(variant("backprop/layer_by_layer", None), "Loss")


def test_a_circuit_in_parts_goes_on_where_it_was_cut() -> None:
    for seed in SEEDS:
        s = variant("backprop/delta_recursion", seed)
        depth = sum(name.startswith("W") for name in s.given())
        figures = parts("backprop/delta_recursion", seed)
        assert [figure.goes_on for figure in figures] == [True] * (depth - 1) + [False]
        assert [figure.start.shown for figure in figures[1:]] == [figure.gates[-1].name for figure in figures[:-1]]
        assert [len(figure.gates) for figure in figures] == [3] * (depth - 1) + [4]
    with pytest.raises(KeygenError, match="cut where it has no wire"):
        circuit_figures(s, "C", "x")


def test_gates_that_join_are_told() -> None:
    s = solve(SHIPPED.exercise("rnn/bptt"), "sheet7", None)
    with pytest.raises(KeygenError, match="the gates of a circuit join"):
        circuit_figure(s, "L")


def test_signs_are_those_of_primitives() -> None:
    assert GATES.keys() <= PRIMITIVES.keys()


# How it is laid out


def laid_out(figure: CircuitFigure, typesetter: Typesetter) -> DisplayList:
    return displayed(figure, lambda label: measure(typesetter.text(label)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("exercise", CIRCUITS)
def test_no_label_overlaps_anything_and_the_page_is_wide_enough(exercise: str, language: str) -> None:
    for seed in SEEDS:
        typesetter = setter(variant(exercise, seed), language)
        for part in parts(exercise, seed):
            display = laid_out(part, typesetter)
            assert not overlaps(display)
            assert not trespassing(display)
            assert not sticking_out(display)
            assert display.width <= WIDTH
            assert display.height <= 140


def wires(count: int, *, named: bool = True) -> tuple[Source, list[Gate]]:
    """Gates with labels of a decent width, each with something from aside."""
    gates = [
        Gate(
            tex("+"), (Source(tex(f"b_{k} = 0.5"), tex("-0.1234")),), tex("0.1234"), tex("-0.1234"),
            tex(f"a_{k}") if named else None,
        )
        for k in range(count)
    ]  # fmt: skip
    return Source(tex("x = 2")), gates


def test_values_stand_above_their_wires_and_gradients_below() -> None:
    display = circuit(*wires(2))
    values = [label for label in labels(display) if texts(DisplayList((label,))) == ["0.1234"]]
    back = [label for label in labels(display) if label.role == "backward" and label.anchor == "t"]
    level = next(stroke.points[0][1] for stroke in strokes(display) if stroke.points[0][1] == stroke.points[1][1])
    assert len(values) == len(back) == 2
    assert all(label.bounds.bottom > level for label in values)
    assert all(label.bounds.top < level for label in back)


def test_a_long_circuit_goes_on_in_the_next_row_at_a_wire_with_a_name() -> None:
    display = circuit(*wires(9))
    assert display.width <= WIDTH
    twice = [text for text in set(texts(display)) if texts(display).count(text) == 2 and text.startswith("a_")]
    assert len(twice) == 1
    (cut,) = twice
    borders = [item.shape for item in display.items if isinstance(item, Box)]
    ends = [label.at for label in labels(display) if says(label.text) == cut]
    assert not any(border.center == end for border in borders for end in ends)
    with pytest.raises(KeygenError, match="a circuit is too wide for the page"):
        circuit(*wires(20, named=False))


def test_what_comes_from_aside_turns_to_the_other_side_where_there_is_no_room() -> None:
    start, gates = wires(2)
    wide = [gate._replace(sources=(Source(tex("W = 0.1234567890123")),)) for gate in gates]
    display = circuit(start, wide)
    assert not overlaps(display)
    heights = [label.at[1] for label in labels(display) if says(label.text).startswith("W")]
    assert heights[0] > heights[1] + 10


# How it is told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_circuit_tells_every_gate_in_the_language(language: str) -> None:
    s = variant("backprop/layer_by_layer", None)
    told = described(shown("backprop/layer_by_layer", None), setter(s, language))
    first = {
        "en": "gate 1: × with W_1 = (1, −1; 0.5, 0) (gradient (1, 0; 2, 0)), it gives H, value (2, −1), ",
        "ru": "операция 1: ×, второй вход: W_1 = (1, −1; 0,5, 0) (градиент (1, 0; 2, 0)), результат H, ",
    }
    assert first[language] in told
    assert "<svg" in svg(shown("backprop/layer_by_layer", None), setter(s, language))


def test_labels_of_a_circuit_are_claims() -> None:
    start, gates = Source(Name("x")), [Gate(Sign("add"), (), Fraction(1))]  # type: ignore[arg-type]
    with pytest.raises(KeygenError, match="a label of a circuit is a bare number"):
        circuit_of(start, gates)


def test_an_operation_without_a_sign_by_itself_is_told() -> None:
    with pytest.raises(KeygenError, match="the operation 'step' has no sign by itself"):
        setter(variant("backprop/layer_by_layer", None), "en").text(Sign("step"))


def test_a_pass_back_remembers_what_it_went_through() -> None:
    t = Recorder({"x": (1, 2), "W": (2, 2), "y": (1, 2)})
    t.O = sigmoid(relu(t.x @ t.W))
    t.L = mse(t.y, t.O)
    from keygen.engine.backprop import backprop

    backprop(t, "L", ["W"])
    trace = t.trace()
    assert {g.by for g in trace.adjoints} >= {"O", "W"}
    assert MappingProxyType(dict(gradients(trace, "L")))["W"] == "dL_dW"
    assert "L" not in gradients(trace, "L")
