"""The code on a page: the same for the same variant, and no slip in reading it passes for another variant."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keygen.course.code import ALPHABET, read_code, variant_code
from keygen.errors import KeygenError

CODES = st.builds(variant_code, st.text(max_size=12), st.integers(min_value=0))


def refused(text: str) -> str:
    with pytest.raises(KeygenError) as caught:
        read_code(text)
    return str(caught.value)


def test_the_same_names_give_the_same_code_today_and_next_year() -> None:
    assert variant_code("sheet4", 7) == "QNHW-SDPJ"


def test_names_are_told_apart_where_they_are_joined() -> None:
    assert variant_code("sheet4", 17) != variant_code("sheet41", 7)


def test_codes_spread_over_the_whole_alphabet() -> None:
    codes = [variant_code("sheet4", seed) for seed in range(2000)]
    assert len(set(codes)) == 2000
    assert set("".join(codes)) == {*ALPHABET, "-"}


@given(CODES)
def test_a_code_is_two_groups_of_four_without_look_alikes(code: str) -> None:
    assert re.fullmatch(rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", code)
    assert not set(code) & set("01OIV")


@given(CODES)
def test_a_printed_code_is_read_as_it_is_printed(code: str) -> None:
    assert read_code(code) == code


@given(CODES)
def test_every_single_wrong_character_is_caught(code: str) -> None:
    plain = code.replace("-", "")
    for place, right in enumerate(plain):
        for wrong in set(ALPHABET) - {right}:
            assert "mistyped" in refused(plain[:place] + wrong + plain[place + 1 :])


@given(CODES)
def test_every_two_neighbours_in_the_wrong_order_are_caught(code: str) -> None:
    plain = code.replace("-", "")
    for place, (one, other) in enumerate(pairwise(plain)):
        if one != other:
            assert "swapped" in refused(plain[:place] + other + one + plain[place + 2 :])


@pytest.mark.parametrize(
    "typed", ["qnhw-sdpj", " QNHWSDPJ\n", "QNHW SDPJ", "q n h w s d p j", "QNHW–SDPJ", "QNНW-SDРJ"]
)
def test_small_letters_spaces_other_dashes_and_russian_letters_are_understood(typed: str) -> None:
    assert read_code(typed) == "QNHW-SDPJ"


def test_what_is_no_code_is_refused_with_the_reason() -> None:
    assert refused("QNHW-SDP").splitlines() == [
        "'QNHW-SDP' is not a code",
        "  expected: 8 characters, as in " + variant_code("example"),
        "  found:    7 of them",
    ]
    assert refused("QNHW-SDPO").splitlines() == [
        "'QNHW-SDPO' is not a code: no code has the character 'O'",
        f"  expected: characters of {ALPHABET}",
        "  mend:     look at the page again: a code has no 0, O, 1, I and V",
    ]
    assert refused("QNHW-SDPK").splitlines() == [
        "'QNHW-SDPK' is not a code: a character is mistyped, or two are swapped",
        "  mend:     look at the page again",
    ]


@given(st.text())
def test_whatever_is_typed_it_is_a_code_or_refused(text: str) -> None:
    try:
        outcome = read_code(text)
    except KeygenError as error:
        outcome = error.what
    assert re.search(rf"is not a code|^[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}$", outcome)
