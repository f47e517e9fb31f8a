"""`keygen answers` on a terminal: what a person reads of the given numbers and of the answers."""

from __future__ import annotations

import pytest

from keygen.builds.answer_key import AnswersRequest, answered, shown, text_of
from keygen.mathematics.answers import Answer
from tests.courses import SHIPPED


def text(target: str, seed: int | None = None) -> list[str]:
    return text_of(answered(AnswersRequest(SHIPPED, target, seed), exact=False)).splitlines()


def test_an_exercise_has_its_given_numbers_above_its_answers() -> None:
    lines = text("backprop/layer_by_layer")
    assert lines[:3] == ["backprop/layer_by_layer (published)", "", "1. backprop/layer_by_layer"]
    given = [line.split()[1] for line in lines if line.startswith("  given ")]
    assert given == ["X", "W1", "W2", "y", "rate"]
    assert lines[3].split(maxsplit=2)[2] == "[[1, 2]]"
    assert lines[3 + len(given)].startswith("  a) H")


def test_full_precision_has_the_figures_of_the_page_beside_it() -> None:
    lines = text("backprop/two_sgd_steps")
    assert "  a) s1_L         0.6931471805599453  (on the page: 0.6931)" in lines
    assert "  a) s1_a1        1/2  (on the page: 0.5)" in lines
    assert any(line.endswith("  (on the page: [0, 0.04071, -0.6514])") for line in lines)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer("number", "22/3", 22 / 3, page="22/3"), "22/3"),
        (Answer("number", "-3/2", -1.5, page="-1.5"), "-3/2  (on the page: -1.5)"),
        (Answer("number", None, None, "1.2345678901234567e-400", "1.235e-400"),
         "1.2345678901234567e-400  (on the page: 1.235e-400)"),
        (Answer("vector", None, [None, 0.1], ["1.5e-400", None], ["1.5e-400", "0.1"]), "[1.5e-400, 0.1]"),
        (Answer("boolean", True, None), "true"),
    ],
)  # fmt: skip
def test_figures_of_the_page_that_say_the_same_are_not_repeated(answer: Answer, said: str) -> None:
    named = {"exact": answer.exact, "float": answer.float, "decimal": answer.decimal}
    assert shown(named if answer.page is None else {**named, "page": answer.page}) == said
