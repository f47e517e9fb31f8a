"""The letters of parts among words: `letter_of.b` in a template."""

from __future__ import annotations

import pytest

from keygen.document.sections import PartLetters, Rendered
from keygen.errors import KeygenError
from tests.courses import SHIPPED

PARTS = [Rendered("part", "a", 1, ""), Rendered("solution", "a", 2, ""), Rendered("part", "second", 3, "")]


@pytest.mark.parametrize(("language", "letter"), [("en", "b"), ("ru", "б")])
def test_a_part_has_the_letter_of_its_place_in_the_language(language: str, letter: str) -> None:
    letters = PartLetters(PARTS, SHIPPED.language(language).letters)
    assert letters.second == letters["second"] == letter


def test_a_part_that_does_not_stand_above_has_no_letter() -> None:
    with pytest.raises(KeygenError, match="no part before this place is called 'b'"):
        _ = PartLetters(PARTS, "abc").b


def test_a_language_may_have_too_few_letters() -> None:
    with pytest.raises(KeygenError, match="no letter for part 'second'"):
        _ = PartLetters(PARTS, "a").second
