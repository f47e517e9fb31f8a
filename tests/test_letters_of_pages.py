"""A page says what its letters stand for: where a step starts, which values an equation has, what a prime is by."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from keygen.cli import main
from tests.letters import unexplained
from tests.test_exercises import GOLDEN


def shown(exercise: str, language: str, seed: int | None) -> str:
    """The worked exercise as text, each paragraph on one line; with the published numbers where no seed is given."""
    variant = [] if seed is None else ["--seed", str(seed)]
    found = CliRunner().invoke(main, ["show", exercise, "--solutions", "--lang", language, *variant])
    assert found.exit_code == 0, found.output
    return " ".join(found.output.replace("│", " ").split())


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_step_with_numbers_starts_from_the_weight_that_the_statement_gives(language: str) -> None:
    page = shown("optimizers/logistic_step", language, 3)
    formulas, numbers = page.split("w₀ = ", 1)
    assert "w₁ = w − η" in formulas
    assert "z = w₀ x = " in numbers
    assert "w₁ = w₀ − η" in numbers


@pytest.mark.parametrize(
    ("language", "between"), [("en", "lies strictly between 0 and"), ("ru", "лежит строго между 0 и")]
)
def test_the_inverse_of_the_sigmoid_is_asked_for_the_values_that_it_takes(language: str, between: str) -> None:
    assert between in shown("outputs/sigmoid", language, 1)


@pytest.mark.parametrize(("language", "word"), [("en", "logit."), ("ru", "логитом.")])
def test_only_the_inverse_of_the_plain_sigmoid_is_called_the_logit(language: str, word: str) -> None:
    assert word in shown("outputs/sigmoid", language, None)
    assert word not in shown("outputs/sigmoid", language, 1)


@pytest.mark.parametrize(
    ("language", "by"),
    [("en", "derivative with respect to λ"), ("ru", "производную по λ")],
)
def test_a_prime_by_another_letter_is_announced(language: str, by: str) -> None:
    assert by in shown("regularization/constant_with_ridge", language, 2)


@pytest.mark.parametrize(
    ("language", "loss", "other"), [("en", "cross-entropy", "logloss"), ("ru", "кросс-энтропи", "логлосс")]
)
def test_the_loss_of_three_classes_has_one_name(language: str, loss: str, other: str) -> None:
    page = shown("outputs/softmax", language, 4)
    assert loss in page
    assert other not in page


@pytest.mark.parametrize(("exercise", "letter"), [("dropout/mask", "ε"), ("outputs/heads", "h")])
def test_the_step_of_a_check_is_called_by_no_letter_of_the_exercise(exercise: str, letter: str) -> None:
    assert f"{letter} = 0.001" in shown(exercise, "en", 2)


def test_a_number_of_parameters_and_a_random_one_have_a_letter_each() -> None:
    page = shown("dropout/how_many", "en", None)
    assert "K = 84 301" in page
    assert "E(M) = 13 E(N₁)" in page
    assert "M = 8" not in page


@pytest.mark.parametrize("seed", [None, 1, 2, 4])
def test_what_is_said_of_all_weights_stands_in_the_answers(seed: int | None) -> None:
    _, found = shown("logic/one_unit", "en", seed).split("Answers.")
    assert found.count("all weights that satisfy") == 2
    assert "w₁ + w₂ ≤ 0" in found
    _, found = shown("nets/staircase", "en", seed).split("Answers.")
    assert "N = " in found


@pytest.mark.parametrize(
    ("exercise", "seed", "said", "used"),
    [
        ("nets/linear_collapse", None, "let a be the sum of the terms without x, and b the coefficient of x", "a + bx"),
        ("nets/linear_collapse", 2, "w₁₁ and w₂₁ for h₁", "h₁ = w₁₁ + w₂₁"),
        ("nets/linear_collapse", 2, "from the hidden units into y are w₁ and w₂", "y = w₁"),
        ("nets/from_picture", None, "Let W be the matrix of the weights", "z₁ = W"),
        ("nets/from_picture", None, "V is the matrix of the weights", "u₁ = V"),
        ("counts/dense", None, "Let n₀ be the number of inputs", "m₁ = n₀"),
        ("dropout/how_many", None, "Let n₀ be the number of inputs", "K = (n₀ + 1)"),
        ("rnn/parameter_count", None, "by one, V₁ in the first layer", "V₁: "),
        ("logic/fewest_units", None, "the number m of hidden units", "m ≥ 4 − 1 = 3"),
    ],
)
def test_letters_are_said_before_they_are_used(exercise: str, seed: int | None, said: str, used: str) -> None:
    page = shown(exercise, "en", seed)
    assert page.index(said) < page.index(used)


def test_what_stands_on_an_edge_is_said_as_it_is() -> None:
    letters, numbers = (shown("nets/linear_collapse", "en", seed) for seed in (None, 2))
    assert "the letter on an edge is its weight" in letters
    assert "the number on an edge is its weight" in numbers


def test_no_line_in_letters_ends_in_its_own_terms_in_another_order() -> None:
    page, _ = shown("nets/linear_collapse", "en", None).split("Answers.")
    assert "a = w₁ w₁₁ + w₂ w₁₂, b = " in page
    assert "= w₂₁ x + w₁₁" not in page


@pytest.mark.parametrize("seed", [None, 3, 5, 8])
def test_a_formula_of_a_network_has_the_numbers_of_its_picture(seed: int | None) -> None:
    formula = shown("nets/from_picture", "en", seed).split("each under its own ReLU: ")[1].split(" Check")[0]
    assert "/" not in formula
    for part in re.findall(r"[\d.]+ · x|[\d.]+ · max", formula):
        assert re.fullmatch(r"\d+(\.5 · x| · x|\.[2468] · max| · max)", part)
    assert re.search(r"\.\d · ", formula)


IN_THE_BOX = {r"\sigma", "I"}
"""Letters that the conventions of a sheet tell of; the number of observations, n, of those with a mean, too."""


@pytest.mark.parametrize("accepted", sorted(GOLDEN.glob("*.tex")), ids=lambda path: path.name)
def test_every_letter_is_introduced_where_it_is_first_used_or_above(accepted: Path) -> None:
    page, _ = accepted.read_text(encoding="utf-8").split("-- answers --")
    count = {"n"} if accepted.name.startswith("optimizers-fifty_shades") else set()
    assert unexplained(page, IN_THE_BOX | count) == {}


BOTH = r"A unit with the weight \( w \) and the input \( x \) computes \[ \kgchain{y}{\kglink{=}{wx}} \]"


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        (BOTH, set()),
        (BOTH.replace(r"\( w \)", "of its own"), {"w"}),
        (r"\[ \kgchain{y}{\kglink{=}{wx}} \]" + "\n-- solution --\n" + BOTH, {"w", "x"}),
        (
            r"Here \( \kgmat{x}_{i} \in \mathbb{R}^{k} \). "
            r"\[ \kgchain{L}{\kglink{=}{\frac{1}{n}\,\sum_{i=1}^{n} \kgmat{x}_{i}}} \]",
            {"n"},
        ),
        (r"The gradient is \[ \kgchain{\frac{\partial L}{\partial O}}{\kglink{=}{2}} \]", {"L", "O"}),
    ],
)  # fmt: skip
def test_a_letter_that_nobody_introduces_is_found(text: str, letters: set[str]) -> None:
    assert set(unexplained(text, set())) == letters
