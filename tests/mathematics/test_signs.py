"""Brackets: every sign inside every other, read back in Python and in TeX, and every row of the table under attack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from sign_pairs import Pair, agrees, made, meaningful, name, pairs, read_in_python, read_in_tex, sized, tex_text
from tex_reading import MisreadError

from keygen.errors import KeygenError
from keygen.mathematics.latex import tex
from keygen.mathematics.operators import ANY, OPERATORS, Precedence
from keygen.mathematics.printer import row_of
from keygen.mathematics.terms import Apply, Literal, Term

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # a mutant may leave the numbers


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What the printer has written before is forgotten: a mutant is not served from there, and leaves nothing."""
    tex.cache_clear()
    yield
    tex.cache_clear()


@cache
def all_pairs() -> tuple[Pair, ...]:
    return tuple(pairs())


@cache
def by_row() -> dict[str, list[Pair]]:
    """The pairs in which a row writes the outer sign."""
    found: dict[str, list[Pair]] = {}
    for pair in all_pairs():
        found.setdefault(pair.row, []).append(pair)
    return found


@cache
def with_row() -> dict[str, list[Pair]]:
    """The pairs in which a row writes any sign."""
    found: dict[str, list[Pair]] = {}
    for pair in all_pairs():
        for row in set(rows(pair.term)):
            found.setdefault(row, []).append(pair)
    return found


def rows(term: Term) -> Iterator[str]:
    if isinstance(term, Apply):
        yield row_of(term)
        for arg in term.args:
            yield from rows(arg)


def python_says(pair: Pair) -> bool:
    try:
        return agrees(read_in_python(pair.term), pair.term)
    except KeygenError:
        return False


def tex_says(pair: Pair, *, slashed: bool = False) -> bool:
    try:
        return agrees(read_in_tex(pair.term, slashed=slashed), pair.term)
    except (MisreadError, ValueError):  # of two meanings, or of none
        return False


TWO_SIGNS = re.compile(r"[-+]\s*[-+]|\\cdot\s*[-+]|\\,\s*[-+]|(?<!\^\{)\\odot\s*[-+]")
ROWS = sorted({row for row in OPERATORS if row in by_row()})


@pytest.mark.parametrize("row", ROWS)
def test_a_sign_around_any_other_says_the_same_in_python_and_in_tex(row: str) -> None:
    for pair in by_row()[row]:
        text = tex_text(pair.term)
        assert python_says(pair), text
        assert tex_says(pair), text
        assert not TWO_SIGNS.search(text), text


def test_a_fraction_with_a_slash_says_the_same_as_one_with_a_bar() -> None:
    for pair in with_row()["div"][::5]:
        text = tex_text(pair.term, slashed=True)
        assert not re.search(r"\\frac\{(?!\d)", text), "only a coefficient has a bar"
        assert tex_says(pair, slashed=True), text
        assert not TWO_SIGNS.search(text), text


def fractions_in(term: Term) -> bool:
    """Whether a number that is a fraction, or a fraction of words, stands in a term."""
    if isinstance(term, Literal):
        return any(number.denominator > 1 for number in np.ravel(term.value) if isinstance(number, Fraction))
    if not isinstance(term, Apply):
        return False
    return term.primitive in ("div", "scale") or any(map(fractions_in, term.args))


NARROW = {
    "above": lambda term: made("div", term, name("b")),
    "below": lambda term: made("div", name("b"), term),
    "root": lambda term: made("sqrt", term),
    "exponent": lambda term: made("exp", term),
}


@pytest.mark.parametrize("where", NARROW)
def test_a_fraction_inside_a_fraction_a_root_or_an_exponent_says_the_same(where: str) -> None:
    """All signs around all fractions, with no number's fraction stacked and no bracket missing."""
    found = 0
    for pair in [pair for pair in all_pairs() if fractions_in(pair.term)][::23]:
        term = NARROW[where](pair.term)
        if term is None or not meaningful(term) or not sized(term):
            continue
        found += 1
        text = tex_text(term)
        whole = where != "above" or text.endswith("}{b}")  # a sum over b is 1/b times the sum
        inside = text.removeprefix("-").removeprefix(r"\frac")
        assert not (whole and re.search(r"\\frac\{-?\d+\}\{\d+\}", inside)), text
        assert tex_says(replace(pair, term=term)), text
        assert not TWO_SIGNS.search(text), text
    assert found > 50


def test_every_sign_of_a_trace_is_among_the_pairs() -> None:
    chains_only = {
        "expectation", "variance", "derivative", "limit", "raised", "factorial", "equals", "cases", "row_products",
    }  # fmt: skip
    never_written = {"copy", "identity"}  # simplified away, or of no size
    leaves = {"constant", "entry"}
    assert set(OPERATORS) - set(ROWS) == chains_only | never_written | leaves | MATRIX_ROWS


# Signs of matrix differentials, whose witnesses are formulas: tests/matrix/test_matrix_readback.py
MATRIX_ROWS = set(list(OPERATORS)[list(OPERATORS).index("product") :])


READINGS = {"python": python_says, "TeX": tex_says}


def caught(cases: Iterable[Pair], *ways: str) -> set[str]:
    """Which of the readings find a pair that is written wrongly."""
    return {way for way in ways or READINGS if not all(map(READINGS[way], cases))}


# A bracket less changes nothing here: the argument stands in braces of its own, or the value is the same either way.
NEEDLESS_BRACKETS = {
    ("leaky_relu", 1): "an index",
    ("elu", 1): "an index",
    ("repeat_to", 0): "a + b 1 is (a + b) 1, entry by entry",
    ("number_in_row", 0): "a + b 1 is (a + b) 1, entry by entry",
    ("number_in_matrix", 0): "a + b 1 is (a + b) 1, entry by entry",
    ("sum_of_one", 0): "it is written as it is",
    ("repeated_once", 0): "it is written as it is",
}
BRACKETS = [
    (row, place)
    for row in ROWS
    for place, allowed in enumerate(OPERATORS[row].allowed)
    if allowed != ANY and (row, place) not in NEEDLESS_BRACKETS
]
# Python has brackets of its own there (a call), or sums and signs that TeX does not know: a + -b.
TEX_ALONE = {
    ("add", 1),
    ("column_sums", 0),
    ("ln", 0),
    ("place", 0),
    ("repeated_column", 0),
    ("repeated_row", 0),
    ("row_sums", 0),
    ("sum_to", 0),
}


@pytest.mark.parametrize(("row", "place"), BRACKETS)
def test_a_bracket_that_the_table_forgets_is_missed(row: str, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each set of allowed levels, widened to all of them in turn."""
    sign = OPERATORS[row]
    widened = tuple(ANY if at == place else allowed for at, allowed in enumerate(sign.allowed))
    monkeypatch.setitem(OPERATORS, row, replace(sign, allowed=widened))
    assert caught(by_row()[row]) == ({"TeX"} if (row, place) in TEX_ALONE else {"TeX", "python"})


def test_the_brackets_said_to_be_needless_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for row, place in NEEDLESS_BRACKETS:
        sign = OPERATORS[row]
        widened = tuple(ANY if at == place else allowed for at, allowed in enumerate(sign.allowed))
        with monkeypatch.context() as patch:
            patch.setitem(OPERATORS, row, replace(sign, allowed=widened))
            assert caught(by_row()[row]) == set(), row


# f(x), a fraction and a condition have borders of their own: tighter than they are said to bind is harmless.
BORDERED = {
    row for row in ROWS if OPERATORS[row].level is Precedence.CALL and row != "ln"
} | {"div"}  # fmt: skip
LEVELS = [row for row in ROWS if OPERATORS[row].level is not Precedence.ATOM and row not in BORDERED]


@pytest.mark.parametrize("row", LEVELS)
def test_a_sign_that_claims_to_bind_more_tightly_is_caught(row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATORS, row, replace(OPERATORS[row], level=Precedence.ATOM))
    assert caught(with_row()[row], "TeX")


# The minus of a first factor, or what reaches over a second one: each mark of a row is needed, but for these.
NEEDLESS_MARKS = {
    ("hadamard", "leads"): "its left side never begins with a minus",
    ("repeated_column", "followed"): "ln of what is repeated is ln repeated",
    ("repeat_to", "followed"): "ln of what is repeated is ln repeated",
    ("number_in_row", "followed"): "ln of what is repeated is ln repeated",
    ("number_in_matrix", "followed"): "ln of what is repeated is ln repeated",
    ("sum_to", "opens"): "a sum times a number is the sum of what is multiplied by it",
}
MARKS = [
    (row, mark)
    for row in ROWS
    for mark in ("leads", "followed", "opens")
    if getattr(OPERATORS[row], mark) and (row, mark) not in NEEDLESS_MARKS
]


@pytest.mark.parametrize(("row", "mark"), MARKS)
def test_a_mark_that_the_table_forgets_is_missed(row: str, mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATORS, row, replace(OPERATORS[row], **{mark: False}))
    assert caught(with_row()[row], "TeX")


def test_the_pairs_hold_numbers_of_every_look() -> None:
    """Negative, fraction, power of ten, matrix and list: or the brackets around them would go untested."""
    texts = " ".join(tex_text(pair.term) for pair in by_row()["add"])
    for look in (r"-\\frac\{2\}\{3\}", r"\\cdot 10\^\{-7\}", "pmatrix", r"\(0\.5,\\ 2,\\ -1\)"):
        assert re.search(look, texts), look
    assert np.sum([len(cases) for cases in by_row().values()]) > 5000
