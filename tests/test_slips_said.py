"""A slip's sentence and its number are one claim: what the sentence of every slip of every exercise says is done to the
right value of its step, in floats and by this module's own table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keygen.document.composition import slip_told
from keygen.document.slips import seen
from keygen.document.typesetter import Typesetter
from keygen.engine.slips import MISTAKES, PULLBACK_MISTAKES
from keygen.engine.trace import Step
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.variants.slips import Slip, slips
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from keygen.writers.latex import LatexWriter
from tests.courses import LANGUAGES, SHIPPED

HOME = {entry.id: sheet for sheet in SHIPPED.sheets for entry in SHIPPED.sheet(sheet).exercise}
NUMERIC = sorted(name for name in HOME if not name.startswith("matrix/"))
SEEDS = (None, 3, 58)
TEMPLATES = Path(__file__).parents[1] / "templates"
Floats = Any


@cache
def variant(name: str, seed: int | None) -> Solved:
    return solve(SHIPPED.exercise(name), HOME[name], seed)


def floats(value: Any) -> Floats:
    return np.vectorize(float)(np.array(value, dtype=object))


class Told:
    """A slip that is made at one step: the step, what it reads, what should come of it and what does."""

    def __init__(self, slip: Slip) -> None:
        self.slip, self.trace = slip, slip.solved.trace
        (target,) = slip.at
        self.step = self.trace.defining[target]
        self.right, self.wrong = floats(slip.solved.values[target]), floats(slip.values[target])
        self.inputs = [self.value(name) for name in self.step.inputs]

    def value(self, name: str) -> Floats:
        return floats(self.slip.solved.values[name])

    @property
    def end(self) -> Floats:
        (one,) = self.slip.through
        return self.value(one) if isinstance(one, str) else float(one)

    def of(self, primitive: str) -> Iterator[tuple[Step, Floats, Floats]]:
        """The steps of a function: what it is of, and its values."""
        for step in self.trace.steps:
            if step.primitive == primitive:
                yield step, self.value(step.inputs[0]), self.value(step.target.name)

    def some(self, primitive: str, holds: Callable[[Floats, Floats], Any]) -> bool:
        """Whether something holds of what a function is of, and of its values, at one of its steps."""
        return any(x.shape == self.right.shape and bool(np.all(holds(x, z))) for _, x, z in self.of(primitive))

    def parameter(self, primitive: str) -> float:
        return next(float(self.value(step.inputs[1])) for step, _, _ in self.of(primitive))


def near(a: Any, b: Any) -> Any:
    return np.isclose(a, b, rtol=1e-9, atol=1e-12)


def same(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.all(near(a, b)))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x, a: np.where(x > 0, x, a * x),
    "elu": lambda x, a: np.where(x > 0, x, a * (np.exp(x) - 1)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "exp": np.exp,
}


def slope(name: str, x: Floats, *more: float) -> Floats:
    """The derivative, by a difference that is exact enough off the kinks."""
    f, h = FUNCTIONS[name], 1e-6
    return (f(x + h, *more) - f(x - h, *more)) / (2 * h)


def not_applied(name: str) -> Callable[[Told], bool]:
    def holds(t: Told) -> bool:
        return same(FUNCTIONS[name](t.wrong, *map(float, t.inputs[1:])), t.right)

    return holds


def without_slope(name: str) -> Callable[[Told], bool]:
    def holds(t: Told) -> bool:
        more = [t.parameter(name)] if name in {"leaky_relu", "elu"} else []
        return t.some(name, lambda x, z: np.isclose(t.wrong * slope(name, x, *more), t.right, rtol=1e-5, atol=1e-7))

    return holds


def treated_as_by_relu(t: Told) -> bool:
    if t.step.primitive in {"leaky_relu", "elu"}:
        return same(t.wrong, np.maximum(t.inputs[0], 0))
    slopes = np.where(t.wrong == 0, 0, 1)  # of ReLU: what is left of the gradient, and none left of the kink
    return t.some(t.step.law, lambda x, z: (slopes == (x > 0)) & ((x <= 0) | near(t.wrong, t.right)))


def mask_inverted(t: Told) -> bool:
    return t.some("relu", lambda x, z: np.where(x > 0, t.wrong == 0, (t.right == 0) & near(t.wrong, t.inputs[0])))


def bias_left_out(t: Told) -> bool:
    (bias,) = (v for name, v in zip(t.step.inputs, t.inputs, strict=True) if not name.startswith("_"))
    return same(t.wrong + bias, t.right)


def by_one_over_sum(t: Told) -> bool:
    return same(t.wrong / t.wrong.sum(axis=-1, keepdims=True), t.right)


def mean(t: Told) -> bool:
    return same(t.wrong * (t.inputs[0].size / t.right.size), t.right)


def rate_left_out(t: Told) -> bool:
    return same(t.inputs[0] * t.wrong, t.right)


SAYS: dict[str, Callable[[Told], bool]] = {
    "value_for_slope": lambda t: t.some("sigmoid", lambda x, z: near(t.right, t.wrong * (1 - z))),
    "elu_for_slope": lambda t: same(t.wrong, t.right - t.parameter("elu")),
    "mask_left_out": lambda t: t.some("relu", lambda x, z: near(t.right, np.where(x > 0, t.wrong, 0))),
    "mask_inverted": mask_inverted,
    "mask_of_gradient": lambda t: same(t.wrong, np.maximum(t.inputs[0], 0)),
    "transpose_left_out": lambda t: same(t.wrong.T, t.right),
    "correction_left_out": lambda t: same(t.wrong / t.inputs[1], t.right),
    "not_normalised": by_one_over_sum,
    "root_left_out": lambda t: same(np.sqrt(t.wrong), t.right),
    "count_left_out": lambda t: same(t.wrong / t.end, t.right),
    "chain_factor_left_out": lambda t: same(t.wrong * t.end, t.right),
    "leak_left_out": treated_as_by_relu,
    "factor_left_out": lambda t: same(t.wrong * t.end, t.right),
    "difference_turned": lambda t: same(t.wrong, -t.right),
    "denominator_left_out": lambda t: same(t.wrong / t.inputs[1], t.right),
    "minus_left_out": lambda t: same(t.wrong, -t.right),
    "bias_left_out": bias_left_out,
    "plus_for_minus": lambda t: same((t.wrong + t.right) / 2, t.inputs[0]),
    "rate_left_out": rate_left_out,
    "other_class": lambda t: same(np.exp(-t.wrong) + np.exp(-t.right), np.ones_like(t.right)),
    "mean_for_sum": mean,
    "square_left_out": lambda t: same(t.wrong**2, t.right),
    "factors_swapped": lambda t: same(t.wrong, t.inputs[1] @ t.inputs[0]),
    "rounded_to_nearest": lambda t: same(t.wrong, np.floor(t.inputs[0] + 0.5)),
    "rounded_up": lambda t: same(t.wrong, np.ceil(t.inputs[0])),
    "rounded_down": lambda t: same(t.wrong, np.floor(t.inputs[0])),
    "bars_left_out": lambda t: same(abs(t.wrong), t.right),
    "other_of_two": lambda t: same(t.wrong + t.right, t.inputs[0] + t.inputs[1]),
    "counted_from_zero": lambda t: same(t.wrong + 1, t.right),
    # softmax: p (g - sum of g p), without the sum
    "own_class_alone": lambda t: same(t.wrong, t.inputs[0]),
    **{f"activation_left_out_of_{name}": not_applied(name) for name in FUNCTIONS if name != "exp"},
    **{f"slope_left_out_of_{name}": without_slope(name) for name in FUNCTIONS if name != "relu"},
}
BY_PATHS = {"later_path_left_out", "first_path_left_out"}
"""Held to the contributions by name in test_known_slips, and in engine/test_slips."""


@pytest.mark.parametrize("name", NUMERIC)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_sentence_says_is_what_was_computed(name: str, seed: int | None) -> None:
    for slip in slips(variant(name, seed)):
        if len(slip.at) == 1 and not slip.made.misread and slip.name not in BY_PATHS:
            assert SAYS[slip.sentence](Told(slip)), (slip.sentence, slip.at)


@pytest.mark.parametrize("name", NUMERIC)
def test_of_two_slips_in_one_line_each_has_a_sentence_of_its_own(name: str) -> None:
    for seed in SEEDS:
        alone = [s for s in slips(variant(name, seed)) if len(s.at) == 1 and not s.made.misread and s.told]
        said = [(s.line, s.sentence, s.through, s.place) for s in alone]
        assert [one for one in said if said.count(one) > 1] == []


def words(language: str) -> dict[str, str]:
    text = (TEMPLATES / language / "slips.tex").read_text("utf-8")
    return dict(re.findall(r"^%% word (\w+)\n(.+)\n^%% endword$", text, re.M))


CALLED = {
    "en": {"sigmoid": "sigmoid", "tanh": "hyperbolic tangent", "exp": "exponential"},
    "ru": {"sigmoid": "сигмоид", "tanh": "гиперболическ", "exp": "экспонент"},
}
AS_IS = {"relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "softplus": "softplus"}


@pytest.mark.parametrize("language", sorted(CALLED))
def test_a_sentence_names_the_function_that_it_is_about(language: str) -> None:
    found = words(language)
    for sentence in (name for name in SAYS if "_left_out_of_" in name):
        function = sentence.rpartition("_of_")[2]
        assert {**CALLED[language], **AS_IS}[function] in found[sentence]
    (row,) = [row for row, known in PULLBACK_MISTAKES.items() if "value_for_slope" in [one.name for one in known]]
    assert CALLED[language][row] in found["value_for_slope"]
    (row,) = [row for row, known in PULLBACK_MISTAKES.items() if "elu_for_slope" in [one.name for one in known]]
    assert AS_IS[row] in found["elu_for_slope"]


@pytest.mark.parametrize("language", sorted(CALLED))
def test_every_function_that_may_be_left_out_or_whose_slope_may_has_its_sentence(language: str) -> None:
    found = words(language)
    own = {
        f"activation_left_out_of_{name}"
        for name, row in MISTAKES.items()
        if "activation_left_out" in [one.name for one in row]
    }
    slopes = {
        f"slope_left_out_of_{name}"
        for name, row in PULLBACK_MISTAKES.items()
        if "slope_left_out" in [one.name for one in row]
    }
    assert (own | slopes) - found.keys() == {"slope_left_out_of_apply"}  # of a letter, where no slip is told


def told(slip: Slip, language: str) -> str:
    """A slip in TeX."""
    spoken = LANGUAGES[language]
    solved = slip.solved
    typesetter = Typesetter(
        Policy(), solved.signs, Proofs(solved.values, Policy(), solved.calls, quick=solved.quick), spoken
    )
    assert seen(slip, typesetter)
    return LatexWriter(typesetter).blocks(slip_told(slip, typesetter, spoken))


@pytest.mark.parametrize(("language", "said"), [("en", "the value of the sigmoid"), ("ru", "значение сигмоиды")])
def test_in_an_activation_that_is_more_than_its_sigmoid_the_sigmoid_is_taken_for_its_derivative(
    language: str, said: str
) -> None:
    solved = variant("activations/sigmoid_layer", 3)
    assert solved.choices["a"] == 4
    assert solved.choices["b"] == 2
    slip = next(s for s in slips(solved) if s.name == "value_for_slope" and len(s.at) == 1)
    H, dO = floats(solved.values["H"]), floats(solved.values["dL_dO"])
    assert same(floats(slip.values["dL_dH"]), dO * 8 * FUNCTIONS["sigmoid"](2 * H))
    assert said in told(slip, language)


@pytest.mark.parametrize(("language", "said"), [("en", "the factor"), ("ru", "множитель")])
def test_which_factor_was_forgotten_is_said(language: str, said: str) -> None:
    solved = variant("activations/sigmoid_layer", 3)
    H = floats(solved.values["H"])
    by_factor = {2: 4 * FUNCTIONS["sigmoid"](H), 4: FUNCTIONS["sigmoid"](2 * H)}
    found = [s for s in slips(solved) if s.name == "factor_left_out" and s.line == "O" and len(s.at) == 1]
    assert len(found) == len(by_factor)
    for slip in found:
        (factor,) = slip.through
        assert not isinstance(factor, str)
        assert same(floats(slip.values["O"]), by_factor[int(factor)])
        assert f"{said} \\( {factor} \\)" in told(slip, language)


def test_where_a_line_has_a_place_twice_the_place_is_shown() -> None:
    found = [s for s in slips(variant("rnn/bptt", 3)) if s.name == "square_left_out" and s.line == "L"]
    assert found
    for slip in (s for s in found if len(s.at) == 1):
        assert slip.place is not None
        assert re.search(r"in \\\( \(y_\d - \\hat\{y\}_\d\)\^\{2\} \\\)", told(slip, "en"))


def test_a_fraction_is_a_factor_as_its_line_has_it() -> None:
    slip = next(s for s in slips(variant("backprop/delta_recursion", None)) if s.line == "mean_C")
    assert slip.sentence == "factor_left_out"
    assert "forget the factor \\( 1/2 \\)" in told(slip, "en")
