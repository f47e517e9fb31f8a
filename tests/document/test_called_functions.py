"""Functions that a page calls by a name are defined on it: by the exercise itself, or among the conventions."""

from __future__ import annotations

from pathlib import Path

import pytest

from keygen.document.conventions import CALLED_BY_NAME, written_out
from keygen.errors import KeygenError
from tests.courses import keygen, laid

EXERCISE = '''"""A function by its name."""

from fractions import Fraction

from keygen.author import Chain, Name, apply, calculus, elu, integers, leaky_relu, softplus

given = {"z": integers("", -3, 3, published=-2, nonzero=True)}


def computation(t):
    t.h = CALL


answers = {"a": {"h": "h"}}


def show(s):
    z = Name("z")
    return {"definition": Chain((apply("softplus", z), calculus.read("ln(1 + exp(z))")), at={"z": 1})}
'''
TEMPLATE = r"""%% title
A function
%% endtitle
%% part a
Find \( \val{ formula.h } \) for \( \val{ line.z } \).
%% solution
\[ \val{ line.h } \]
%% endpart
"""
CALLS = {
    "leaky_relu(t.z, Fraction(1, 10))": "LeakyReLU_α(t) = max(0, t) + α min(0, t), and its derivative at zero",
    "elu(t.z, Fraction(1, 2))": "ELU_α(t) = max(0, t) + α (e^(min(0, t)) − 1), and its derivative at zero",
    "softplus(t.z)": "softplus is softplus(t) = ln(1 + eᵗ).",
}


def shown(folder: Path, call: str, template: str = TEMPLATE) -> str:
    laid(folder, EXERCISE.replace("CALL", call), template, "")
    return " ".join(keygen("show", "my/one", "--lang", "en").stdout.split())


@pytest.mark.parametrize("call", CALLS)
def test_a_function_that_is_called_by_a_name_is_among_the_conventions(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = shown(tmp_path, call)
    assert CALLS[call] in page
    assert not any(said in page for other, said in CALLS.items() if other != call)


def test_a_function_that_the_page_defines_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = shown(tmp_path, "softplus(t.z)", TEMPLATE.replace("Find", r"Let \( \val{ definition } \). Find"))
    assert "softplus(z) = ln" in page
    assert "softplus is" not in page


@pytest.mark.parametrize("function", CALLED_BY_NAME)
def test_what_a_function_is_said_to_be_is_checked_on_both_sides_of_zero(
    function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_out.cache_clear()
    start, _ = CALLED_BY_NAME[function]
    other = CALLED_BY_NAME["elu" if function != "elu" else "leaky_relu"][1]
    monkeypatch.setitem(CALLED_BY_NAME, function, (start, other))
    with pytest.raises(KeygenError):
        written_out(function)
    written_out.cache_clear()
