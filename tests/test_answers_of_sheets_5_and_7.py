"""Tables of answers of sheets 5, 5b and 7 have what was asked and no more, and answers that should differ do."""

from __future__ import annotations

import re
from functools import cache

import pytest

from keygen.document.tex_parts import TexProblem
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from keygen.writers.latex import problem
from tests.courses import LANGUAGES, SHIPPED

IN = ["en", "ru"]
SEEDS = [None, 3, 7, 58]
HOME = {
    "activations/sigmoid_layer": "sheet5",
    "activations/relu_and_friends": "sheet5",
    "activations/tanh": "sheet5",
    "regularization/constant_with_ridge": "sheet5",
    "dropout/mask": "sheet5b",
    "dropout/how_many": "sheet5b",
    "init/variance": "sheet5b",
    "rnn/vanishing": "sheet7",
}


@cache
def variant(name: str, seed: int | None) -> Solved:
    return solve(SHIPPED.exercise(name), HOME[name], seed)


def page(name: str, seed: int | None, language: str) -> TexProblem:
    """An exercise in TeX."""
    solved = variant(name, seed)
    proofs = Proofs(solved.values, Policy(), solved.calls, quick=solved.quick)
    return problem(solved, 1, None, LANGUAGES[language], Policy(), proofs=proofs)


def answers(name: str, seed: int | None, language: str) -> str:
    """The table of answers of an exercise in TeX."""
    return str(page(name, seed, language).answers)


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_largest_slope_is_a_value_that_is_attained(seed: int | None, language: str) -> None:
    said = {"en": ", at", "ru": " при"}[language]
    found = answers("activations/sigmoid_layer", seed, language)
    assert rf"{said} \( \kgchain{{t}}{{\kglink{{=}}{{0}}}} \)" in found
    assert r"\kgchain{\max f'}{\kglink{=}" in found
    assert r"\le" not in found.partition(r"\max f'")[2].partition("kgchain{t}")[0]


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_leakyrelu_changes_is_answered(seed: int | None, language: str) -> None:
    said = {"en": "and the unit goes on learning", "ru": "и нейрон продолжает учиться"}[language]
    assert said in answers("activations/relu_and_friends", seed, language)


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
def test_an_estimate_is_answered_without_the_equation_that_it_solves(seed: int | None, language: str) -> None:
    found = answers("regularization/constant_with_ridge", seed, language)
    assert r"\kgchain{\beta}{\kglink{=}" in found
    assert "Leftrightarrow" not in found


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
def test_of_clipping_the_clipped_gradient_is_answered_alone(seed: int | None, language: str) -> None:
    found = answers("rnn/vanishing", seed, language)
    assert r"\kgchain{\bar{g}}" in found
    assert r"\lVert" not in found


@pytest.mark.parametrize("seed", [None, *range(1, 31)])
def test_a_mask_changes_the_prediction_and_so_does_a_forgotten_division(seed: int | None) -> None:
    values = variant("dropout/mask", seed).values
    assert (values["yhat"] != values["test"]).all()
    assert (values["yhat"] != values["unscaled"]).all()


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_equation_for_the_probability_begins_with_the_share_that_is_given(seed: int | None, language: str) -> None:
    """And not with one minus the probability, which is what it is solved for."""
    made = page("dropout/how_many", seed, language)
    (text,) = [part.solution for part in made.parts if part.key == "e"]
    assert re.search(r"= 0(\.|\{,\})\d+ \\cdot \d+\}", text)
    assert "(1 - 0" not in text


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_relu_does_is_said_where_it_is_called_by_its_name(seed: int | None, language: str) -> None:
    made = page("init/variance", seed, language)
    (text,) = [part.statement for part in made.parts if part.key == "d"]
    assert r"\max(0" in text


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
def test_why_a_state_goes_through_the_tangent_is_answered(seed: int | None, language: str) -> None:
    said = {"en": "its values are bounded", "ru": "его значения ограничены"}[language]
    assert said in answers("activations/tanh", seed, language)
