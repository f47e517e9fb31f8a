"""What a reading of finished keys asked for: a line and the words above it agree, and what is answered is asked."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from keygen.certify.stage import BUILD, certified
from keygen.document.composition import composed
from keygen.document.nodes import DisplayedFormula, InlineFormula, LawSentence, Text, walked
from keygen.engine.polynomial import Polynomial
from keygen.mathematics.number_format import Policy
from keygen.variants.solve import solve
from tests.courses import LANGUAGES, SHIPPED

POLICY = Policy()


@cache
def key(exercise: str, sheet: str, language: str, seed: int | None = None) -> Any:
    """The nodes of an exercise."""
    solved = solve(SHIPPED.exercise(exercise), sheet, seed)
    (made, _), _ = certified(
        solved, POLICY, BUILD, lambda proofs: composed(solved, 1, None, LANGUAGES[language], POLICY, proofs=proofs)
    )
    return made


def words(blocks: Any) -> str:
    return " ".join(node.text for node in walked(blocks) if isinstance(node, Text))


@pytest.mark.parametrize(("language", "asked"), [("en", "gradient"), ("ru", "градиент")])
def test_a_gradient_that_the_key_of_the_heads_answers_is_asked_for(language: str, asked: str) -> None:
    answers = solve(SHIPPED.exercise("outputs/heads"), "sheet2", None).answers()
    for part in key("outputs/heads", "sheet2", language).parts:
        assert (asked in words(part.statement.blocks)) is ("gradient" in answers[part.key])


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_paths_of_the_polynomial_graph_have_their_row_in_the_table(language: str) -> None:
    for seed in (None, 3):
        made = key("backprop/computation_graph", "sheet4", language, seed)
        assert [row.letter for row in made.answers.rows] == [part.letter for part in made.parts]


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_what_the_paths_of_a_graph_give_is_answered_with_like_terms_collected(seed: int | None) -> None:
    made = key("backprop/computation_graph", "sheet4", "en", seed)
    vertices, paths = (
        [
            terms_of(node.says[0].links[-1].value)
            for words in row.answers
            for node in words
            if isinstance(node, InlineFormula)
        ]
        for row in made.answers.rows
    )
    assert paths == vertices[-len(paths) :]


def terms_of(value: Polynomial | Fraction) -> Any:
    """A polynomial's terms; a number as it is."""
    return value.terms if isinstance(value, Polynomial) else value


def test_the_derivative_of_half_a_square_is_no_reason_by_the_rule_for_a_difference() -> None:
    laws = {
        seed: {node.law for part in key("backprop/two_sgd_steps", "sheet4", "en", seed).parts
               for node in walked(part.solution.blocks) if isinstance(node, LawSentence)}
        for seed in (None, 11)
    }  # fmt: skip
    assert "logloss" in laws[None]  # published
    assert laws[11] == {"sigmoid", "mul"}  # half the squared difference


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_matrix_that_a_slip_leads_to_stands_on_lines_of_its_own_and_ends_the_sentence(language: str) -> None:
    (part,) = (one for one in key("backprop/two_sgd_steps_matrix", "sheet4b", language).parts if one.key == "b")
    last = part.solution.blocks[-1].parts[-1]
    assert isinstance(last, DisplayedFormula)
    assert last.mark == "."


@pytest.mark.parametrize(
    ("exercise", "letter", "answered"),
    [
        ("logic/region", 2, {"en": "no, ", "ru": "нет, "}),
        ("nets/linear_collapse", 0, {"en": "no, ", "ru": "нет, "}),
        ("regularization/constant_with_ridge", 1, {"en": "yes, ", "ru": "да, "}),
        ("matrix/logistic", 2, {"en": "; yes, ", "ru": "; да, "}),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_question_is_answered_by_yes_or_no(
    exercise: str, letter: int, answered: dict[str, str], language: str
) -> None:
    for seed in (None, 2):
        made = key(exercise, "sheet1", language, seed)
        row = made.answers.rows[[row.letter for row in made.answers.rows].index(made.parts[letter].letter)]
        assert answered[language] in "".join(node.text for node in walked(row) if isinstance(node, Text))


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("seed", [None, 3])
def test_the_part_that_asks_for_the_log_loss_gives_its_formula(language: str, seed: int | None) -> None:
    solved = solve(SHIPPED.exercise("backprop/layer_by_layer"), "sheet4", seed)
    part = next(part for part in key("backprop/layer_by_layer", "sheet4", language, seed).parts if part.key == "j")
    shown = [node.says for node in walked(part.statement.blocks) if isinstance(node, DisplayedFormula)]
    assert shown == [(solved.chain("C").formula,)]
