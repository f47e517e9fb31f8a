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


# --- parts


CHAIN = EXERCISE.replace(
    'answers = {"a": {"p": "p"}, "b": {"q": "q"}}', 'answers = {"a": {"p": "p"}, "b": {"q": "q"}, "c": {"r": "r"}}'
).replace("    t.q = t.p**2\n", "    t.q = t.p**2\n    t.r = t.q + t.y\n")
THIRD = r"""%% part c
Find \( \val{ formula.r } \). HERE
%% solution
\[ \val{ line.r } \]
%% endpart
%% remark
The end.
%% endremark
"""


@pytest.fixture
def long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course whose exercise has three parts, each going on with the one before."""
    laid(tmp_path, CHAIN, TEMPLATE + THIRD, HEAD + "confirm = true\n" + ENTRY + 'parts = ["a", "c"]\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_kept_parts_are_lettered_anew_in_page_json_and_key(long: Path) -> None:
    tex = built()
    assert re.findall(r"\\begin\{kgpart\}\{(.)\}", tex) == ["a", "b"]
    assert re.findall(r"\\kgshortrow\{(.)\}", tex) == ["a", "b"]
    assert re.findall(r"# (.)\)", tex) == ["a", "b"]
    assert "The end." not in tex
    (one,) = answers()
    assert {letter: list(named) for letter, named in one["parts"].items()} == {"a": ["p"], "b": ["r"]}
    Path("class.csv").write_text("id,name\n1,Ann\n", "utf-8")
    assert keygen("build", "mine", "--roster", "class.csv", "--public").exit_code == 0
    head = Path("build/mine/key.csv").read_text("utf-8-sig").splitlines()[0]
    assert head == "id,name,code,1.a.p,1.b.r"


def test_what_a_kept_part_takes_from_another_is_given_in_its_statement_alone(long: Path) -> None:
    given = r"It is known that \[ \kgchain{q}{\kglink{=}{\frac{4}{9}}}. \]"
    assert built().count(given) == 1
    assert Path("build/mine.tex").read_text("utf-8").count(given) == 1
    assert built(form="html").count("It is known that") == 1
    written(HEAD + ENTRY + 'parts = ["b"]\n')
    tex = built()
    assert r"It is known that \[ \kgchain{p}{\kglink{=}{\frac{2}{3}}}. \]" in tex
    assert "kgpart" not in tex


def test_points_and_room_go_by_the_letters_of_the_exercise(long: Path) -> None:
    entry = ENTRY.replace("points = 4", "points = { a = 1, c = 2.5 }")
    written(HEAD + entry + 'parts = ["a", "c"]\nspace = { c = "lines 2" }\n')
    assert re.findall(r"\\kgtotal\{(.*?)\}", built()) == ["1", "2.5"]
    assert r"\kgruled{2}" in Path("build/mine.tex").read_text("utf-8")


@pytest.mark.parametrize("keep", [["a", "b", "c"], ["a", "b"]])
def test_nothing_is_given_where_nothing_before_is_left_out(long: Path, keep: list[str]) -> None:
    written(HEAD + ENTRY + f"parts = {json.dumps(keep)}\n")
    assert "It is known" not in built()


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (r"As in part \val{ letter_of.b }).", "speak of what it leaves out"),
        (r"As in part b).", "the words name part 'b' by a typed letter"),
    ],
)
def test_words_that_speak_of_a_part_left_out_refuse_the_sheet(long: Path, words: str, what: str) -> None:
    template = long / "exercises/my/one/en.tex"
    template.write_text(template.read_text("utf-8").replace("HERE", words), "utf-8")
    result = keygen("build", "mine", "--format", "tex")
    assert result.exit_code == 1
    assert what in result.stderr
    assert "mine.toml:8\n" in result.stderr


@pytest.mark.parametrize(
    ("keep", "what"),
    [
        ('["a", "d"]', "the exercise has no part 'd'"),
        ('["c", "a"]', "the parts of the exercise are not in its order"),
        ("[]", "the sheet does not fit at exercise[0].parts"),
        ('"a"', "the sheet does not fit at exercise[0].parts"),
    ],
)
def test_parts_that_there_are_not_are_told_at_their_line(long: Path, keep: str, what: str) -> None:
    told = refusal(HEAD + ENTRY + f"parts = {keep}\n")
    assert what in told
    assert "mine.toml:7\n" in told


def test_a_matrix_exercise_that_goes_on_with_a_formula_is_not_cut_in_two(long: Path) -> None:
    told = refusal(HEAD + '\n[[exercise]]\nid = "matrix/least_squares"\nparts = ["b", "d"]\n')
    assert "part 'b' goes on with what part 'a' has found, which the sheet leaves out" in told
    written(HEAD + '\n[[exercise]]\nid = "matrix/gradients_by_vector"\nparts = ["b"]\n')
    assert list(answers()[0]["parts"]) == ["a"]


def test_a_check_holds_the_kept_parts_to_what_the_page_says(long: Path) -> None:
    result = keygen("check", "mine", "--seeds", "1", "--jobs", "1", "--deep")
    assert result.exit_code == 0, result.output
