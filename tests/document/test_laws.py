"""What `why` says of the laws of lines: each once in an exercise, and one again where a derivation begins by it."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from keygen.calculus import logistic
from keygen.calculus.derivation import ReasonedChain, with_values
from keygen.calculus.evaluation import approximate
from keygen.document.nodes import InlineFormula, LawSentence, Text, Words
from keygen.document.template import Laws
from keygen.errors import KeygenError
from keygen.mathematics.terms import Apply, Name, Term
from tests.courses import EN, LANGUAGES

PLAIN = {"a": Fraction(1), "b": Fraction(1), "c": Fraction(0)}
SHIFTED = {"a": Fraction(3), "b": Fraction(2), "c": Fraction(1)}


def written(words: Words) -> str:
    return "".join(node.text for node in words if isinstance(node, Text))


def words(sentence: LawSentence) -> str:
    return written(sentence.words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_derivation_that_begins_by_a_law_told_above_recalls_it_before_what_is_new(language: str) -> None:
    laws = Laws(LANGUAGES[language])
    (told, *_), (recalled, new, *_) = (
        laws.why(logistic.limit_of(PLAIN, "+oo")),
        laws.why(logistic.reflected(shifted=False)),
    )
    assert (told.law, recalled.law, new.law) == ("same_factor", "same_factor", "complement")
    assert recalled.words != told.words
    assert {"en": "As before, ", "ru": "Снова "}[language] in words(recalled)


def quotients(chain: ReasonedChain) -> list[tuple[Term, Term]]:
    """The numerators and denominators of a chain's links, a limit's of what stands under it."""
    bodies = [link.args[0] if isinstance(link, Apply) and link.primitive == "limit" else link for link in chain.links]
    found = [link.args for link in bodies if isinstance(link, Apply) and link.primitive == "div"]
    return [(above, below) for above, below in found]


@pytest.mark.parametrize(
    "chain",
    [
        logistic.limit_of(SHIFTED, "+oo"),
        logistic.limit_of({**SHIFTED, "b": Fraction(-2)}, "-oo"),
        with_values(logistic.reflected(shifted=True), logistic.SCOPE, SHIFTED),
    ],
)
def test_the_factor_that_a_sentence_names_is_what_the_line_is_multiplied_by(chain: ReasonedChain) -> None:
    (above, below), (top, bottom), *_ = quotients(chain)
    sentence = next(one for one in Laws(EN).why(chain) if one.law == "same_factor")
    (formula,) = [node for node in sentence.words if isinstance(node, InlineFormula)]
    assert formula.says == (chain.factor,)
    assert chain.factor is not None
    factor = approximate(chain.factor, t=0.7)
    assert approximate(above, t=0.7) * factor == pytest.approx(approximate(top, t=0.7))
    assert approximate(below, t=0.7) * factor == pytest.approx(approximate(bottom, t=0.7))


def test_another_factor_is_named_though_the_law_was_told() -> None:
    laws = Laws(EN)
    right, left = (logistic.limit_of({**PLAIN, "b": Fraction(b)}, toward) for b, toward in ((1, "+oo"), (-1, "-oo")))
    laws.why(right)
    assert [sentence.law for sentence in laws.why(left)] == ["same_factor"]
    assert laws.why(left) == laws.why(right) == []


def test_lines_with_different_factors_cannot_share_a_sentence() -> None:
    lines = [logistic.limit_of({**PLAIN, "b": Fraction(b)}, toward) for b, toward in ((1, "+oo"), (-1, "-oo"))]
    with pytest.raises(KeygenError, match="different factors"):
        Laws(EN).why(*lines)


@pytest.mark.parametrize(("count", "said"), [(1, "the exponential tends"), (2, "the exponentials tend")])
def test_exponentials_are_spoken_of_by_their_number(count: int, said: str) -> None:
    lines = [logistic.limit_of(PLAIN, toward) for toward in ("+oo", "-oo")[:count]]
    assert any(said in words(sentence) for sentence in Laws(EN).why(*lines))


def test_a_derivation_that_begins_by_a_new_law_recalls_none() -> None:
    laws = Laws(EN)
    laws.why(logistic.limit_of(PLAIN, "+oo"))
    assert "same_factor" not in [sentence.law for sentence in laws.why(logistic.slope())]


def test_a_derivation_without_a_new_law_says_nothing() -> None:
    laws = Laws(EN)
    assert laws.why(logistic.slope())
    assert laws.why(logistic.slope()) == []


@pytest.mark.parametrize(("language", "before"), [("en", r"\bagain\b|as before"), ("ru", r"\bснова\b")])
def test_of_a_law_that_another_exercise_told_nothing_is_said_to_come_again(language: str, before: str) -> None:
    laws = Laws(LANGUAGES[language])
    for name in laws.sentences:
        assert not re.search(before, written(laws.sentence(name, Name("x")).named), re.IGNORECASE)
