"""What `why` says of the laws of lines: each once in an exercise, and one again where a derivation begins by it."""

from __future__ import annotations

import pytest

from keygen.calculus import logistic
from keygen.document.nodes import LawSentence, Text
from keygen.document.template import Laws
from tests.courses import EN, LANGUAGES

PLAIN = {"a": 1, "b": 1, "c": 0}


def words(sentence: LawSentence) -> str:
    return "".join(node.text for node in sentence.words if isinstance(node, Text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_derivation_that_begins_by_a_law_told_above_recalls_it_before_what_is_new(language: str) -> None:
    laws = Laws(LANGUAGES[language])
    (told, *_), (recalled, new, *_) = (
        laws.why(logistic.limit_of(PLAIN, "+oo")),
        laws.why(logistic.reflected(shifted=False)),
    )
    assert (told.law, recalled.law, new.law) == ("same_factor", "same_factor", "complement")
    assert recalled.words == told.again != told.words
    assert {"en": "As before, ", "ru": "Снова "}[language] in words(recalled)


def test_a_derivation_that_begins_by_a_new_law_recalls_none() -> None:
    laws = Laws(EN)
    laws.why(logistic.limit_of(PLAIN, "+oo"))
    assert "same_factor" not in [sentence.law for sentence in laws.why(logistic.slope())]


def test_a_derivation_without_a_new_law_says_nothing() -> None:
    laws = Laws(EN)
    assert laws.why(logistic.slope())
    assert laws.why(logistic.slope()) == []
