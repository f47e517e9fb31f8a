"""Keys of a sheet that change what an exercise is on it: title, seed, how numbers look; alike in every medium."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.courses import keygen, laid

EXERCISE = '''"""A quotient and a square of it."""

from keygen.author import integers

given = {"x": integers("", 1, 9, published=2), "y": integers("", 1, 9, published=3)}


def computation(t):
    t.p = t.x / t.y
    t.q = t.p**2


answers = {"a": {"p": "p"}, "b": {"q": "q"}}
'''
TEMPLATE = r"""%% title
Two numbers
%% endtitle
%% part a
Divide \( \val{ line.x } \) by \( \val{ line.y } \).
%% solution
\[ \val{ line.p } \]
%% endpart
%% part b
Find \( \val{ formula.q } \).
%% solution
\[ \val{ line.q } \]
%% endpart
"""
HEAD = 'title = "Mine"\nlanguage = "en"\n'
ENTRY = '\n[[exercise]]\nid = "my/one"\npoints = 4\n'


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, EXERCISE, TEMPLATE, HEAD + ENTRY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(text: str) -> None:
    Path("exercises/mine.toml").write_text(text, "utf-8")


def built(*more: str, form: str = "tex") -> str:
    """The solutions in a form."""
    result = keygen("build", "mine", "--solutions", "--format", form, *more)
    assert result.exit_code == 0, result.output
    return Path(result.stdout.split()[1]).read_text("utf-8")


def answers(*more: str) -> list[dict[str, Any]]:
    """The exercises of the answers in JSON."""
    result = keygen("answers", "mine", "--json", *more)
    assert result.exit_code == 0, result.output
    exercises: list[dict[str, Any]] = json.loads(result.stdout)["exercises"]
    return exercises


def refusal(text: str) -> str:
    written(text)
    result = keygen("build", "mine", "--format", "tex")
    assert result.exit_code == 1
    return result.stderr


# --- title


def test_a_sheet_may_call_an_exercise_otherwise_in_every_medium(course: Path) -> None:
    written(HEAD + ENTRY + 'title = { en = "Divide & square 100%", ru = "Дроби" }\n')
    tex = built()
    assert r"\kgproblem{1}{Divide \& square 100\%}{4 points}" in tex
    assert "Two numbers" not in tex
    assert "<h2>1. Divide &amp; square 100% <small>" in built(form="html")


def test_a_title_that_no_font_has_is_told_at_its_own_line(course: Path) -> None:
    told = refusal(HEAD + ENTRY + 'title = "日"\n')
    assert "the fonts of the page lack characters of the sheet's title" in told
    assert "mine.toml:7\n" in told


# --- seed


def test_an_entry_with_a_seed_has_the_numbers_of_that_seed_where_others_are_published(course: Path) -> None:
    written(HEAD + ENTRY + ENTRY + "seed = 3\n")
    first, second = answers()
    assert first["given"]["x"]["exact"] == "2"
    assert second["given"] != first["given"]
    drawn = answers("--seed", "3")[1]["given"]
    assert second["given"] == drawn  # without a secret; the seed of everybody's sheet is its own
    assert answers("--seed", "4")[1]["given"] != drawn
    numbers = re.findall(r"\\kgchain\{[xy]\}\{\\kglink\{=\}\{(\d)\}\}", built())
    assert numbers[2:] == [second["given"][name]["exact"] for name in "xy"]


def test_an_entrys_numbers_do_not_depend_on_the_secret(course: Path) -> None:
    written(HEAD + ENTRY + "seed = 3\n")
    before = answers()
    assert keygen("secret").exit_code == 0
    assert answers() == before


def test_a_seed_below_zero_is_told_at_its_line(course: Path) -> None:
    told = refusal(HEAD + ENTRY + "seed = -1\n")
    assert "the sheet does not fit at exercise[0].seed" in told
    assert "mine.toml:7\n" in told


# --- digits


def test_without_fractions_a_number_is_rounded_in_every_medium_and_in_the_key(course: Path) -> None:
    assert r"\frac{2}{3}" in built()
    written(HEAD + "fractions = false\nsignificant = 3\npoint = ','\n" + ENTRY)
    tex = built()
    assert r"\kglink{\approx}{0{,}667}" in tex
    assert r"\frac{4}{9}" not in tex
    assert "0,444" in re.sub("<[^>]*>", "", built(form="html"))
    (one,) = answers()
    assert one["parts"]["a"]["p"]["exact"] == "2/3"
    assert one["parts"]["a"]["p"]["page"] == "0.667"


def test_data_that_would_be_rounded_are_refused_without_fractions(course: Path) -> None:
    told = refusal(HEAD + "fractions = false\n" + ENTRY + 'pin = { x = "1/3" }\n')
    assert "the data 'x' of the exercise would be rounded on the page" in told
