"""An exercise that decides and measures, from its draw to its pages in every medium and both languages, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from deciding_course import EN, EXERCISE, RU, course

from keygen.checking import finished_page, rules
from keygen.engine import backprop, decisions, evaluate
from keygen.engine.decisions import whole_below
from keygen.mathematics import choices
from keygen.mathematics import latex as latex_printer
from tests.courses import keygen


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The course, in the working folder."""
    course(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_line_reason_quantity_and_answer_is_read_off_the_pages_of_both_languages(here: Path) -> None:
    result = keygen("check", "mine", "--seeds", "4", "--deep", "--json", "--jobs", "1")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["failures"] == []
    assert found["gradients"] == 5
    assert (found["schema"], len(found["exercises"])) == ("keygen-check/2", 1)
    told = keygen("check", "mine", "--seeds", "1", "--deep", "--jobs", "1")
    assert "not read: 0; without an oracle: 0" in told.output


SENTENCES = {
    "en": [
        "11 ≤ (28 − 5) / 2 = 11.5 < 12", "3 < √10 ≈ 3.162 ≤ 4", "12 × 12 × 3", "(batch, 12, d)", "f = ⌊p⌋ = (1, 0, 7)",
        "z₃ = 2 > z₁ = 0.5 > z₂ = −1", "w = 300mm + 64 = 300 · 12 · 12 + 64 = 43 264", "43 264 weights",
        "4.3264·10⁴ weights", "42.25 KiB", "1 KiB = 2¹⁰ bytes", "1 MB = 10⁶ bytes",
    ],
    "ru": [
        "11 ≤ (28 − 5) / 2 = 11,5 < 12", "3 < √10 ≈ 3,162 ≤ 4", "12 × 12 × 3", "(пакет; 12; d)", "f = ⌊p⌋ = (1; 0; 7)",
        "z₃ = 2 > z₁ = 0,5 > z₂ = −1", "w = 300mm + 64 = 300 · 12 · 12 + 64 = 43 264", "43 264 веса",
        "4,3264·10⁴ веса", "42,25 КиБ", "1 КиБ = 2¹⁰ байта", "1 МБ = 10⁶ байт",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", SENTENCES)
def test_a_terminal_says_what_decides(here: Path, language: str) -> None:
    result = keygen("show", "my/one", "--solutions", "--lang", language)
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.replace("│", " ").split())
    assert [sentence for sentence in SENTENCES[language] if sentence not in text] == []


TEX = [
    r"\left\lfloor \frac{28 - 5}{2} \right\rfloor + 1", r"\lceil \sqrt{10} \rceil", r"\lvert z - y \rvert",
    r"\mathrm{sort}^{-1}_{z}(y)", r"43\,264\ \text{weights}", r"12 \times 12 \times 3", r"2^{10}\ \text{bytes}",
]  # fmt: skip


def test_tex_and_html_have_their_own_signs(here: Path) -> None:
    assert keygen("build", "mine", "--solutions", "--format", "tex").exit_code == 0
    tex = next(here.glob("build/*solutions*.tex")).read_text("utf-8")
    assert [sign for sign in TEX if sign not in tex] == []
    assert keygen("build", "mine", "--solutions", "--format", "html").exit_code == 0
    html = next(here.glob("build/*solutions*.html")).read_text("utf-8")
    assert "<mn>43\u202f264</mn>" in html
    assert "<mo>⌊</mo>" in html or ">⌊</mo>" in html
    assert "<mtext>weights</mtext>" in html


def test_answers_are_exact_and_a_shape_is_computed(here: Path) -> None:
    answers = json.loads(keygen("answers", "mine", "--json").stdout)["exercises"][0]["parts"]
    assert answers["a"]["m"]["exact"] == "12"
    assert answers["a"]["size"] == {"type": "shape", "exact": ["B", 12, 12, 3], "float": None}
    assert answers["a"]["f"]["exact"] == ["1", "0", "7"]
    assert answers["b"]["o"]["exact"] == ["-5/2", "1/2", "1"]
    assert answers["b"]["j"]["exact"] == "3"
    assert answers["d"]["w"]["page"] == "43264"  # a program reads no groups


# --- mutants: each is found by a way that shares nothing with it


def false(result: Any, *words: str) -> None:
    assert result.exit_code == 1, result.output
    assert any(word in result.output for word in words), result.output


def test_a_wrong_value_is_found_by_the_oracle(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(evaluate.RULES, "ceil", lambda domain, x: decisions.whole_below(domain, x) + 2)
    false(keygen("check", "mine", "--seeds", "0", "--deep", "--jobs", "1"), "is false")


def test_a_rounding_to_even_is_found(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(evaluate.RULES, "round", lambda domain, x: domain.enter(round(Fraction(x))))
    exercise = here / "exercises/my/one/exercise.py"
    exercise.write_text(
        EXERCISE.replace("published=28", "published=29").replace('integers("", 20, 40', 'integers("", 29, 29')
    )
    false(keygen("check", "mine", "--seeds", "0", "--deep", "--jobs", "1"), "is false")


def test_a_wrong_reason_is_found(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    false_floor = choices.between(whole_below, Fraction(1), Fraction(0), ("<", "<="))
    monkeypatch.setitem(choices.BECAUSE, "floor", lambda x: false_floor(x))
    false(keygen("build", "mine", "--solutions", "--format", "tex"), "a printed line is false")


def test_a_wrong_sign_on_the_page_is_found(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    around = {**latex_printer.AROUND, "high": latex_printer.AROUND["low"]}
    latex_printer.sized.cache_clear()
    latex_printer.tex.cache_clear()
    monkeypatch.setattr(latex_printer, "AROUND", around)
    try:
        false(keygen("check", "mine", "--seeds", "0", "--deep", "--jobs", "1"), "a printed line is false")
    finally:
        latex_printer.sized.cache_clear()
        latex_printer.tex.cache_clear()


@pytest.mark.parametrize(
    ("place", "wrong", "message"),
    [
        ("unit", lambda self, unit, number: "weights", "a quantity is false"),
        ("unit", lambda self, unit, number: "вес", "a quantity is false"),
    ],
)
def test_a_wrong_form_of_a_unit_is_found(
    here: Path, monkeypatch: pytest.MonkeyPatch, place: str, wrong: Callable[..., str], message: str
) -> None:
    """The page has been written with one form; the reader asks the language for another."""
    right = finished_page.FinishedPage.quantity

    def read(self: Any, quantity: Any, text: str, piece: Any) -> None:
        right(self, quantity, re.sub(r"\\text\{.*\}", rf"\\text{{{wrong(self, quantity.unit, 0)} }}", text), piece)

    monkeypatch.setitem(finished_page.MEASURED, finished_page.Quantity, read)
    false(keygen("check", "mine", "--seeds", "0", "--deep", "--jobs", "1"), message)


def test_a_unit_of_another_size_is_found(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(finished_page.SIZES, "KiB", Fraction(1000))
    false(keygen("check", "mine", "--seeds", "0", "--deep", "--jobs", "1"), "the meaning of a unit is false")


def test_a_wrong_pullback_is_found(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the six orders of three numbers four are their own inverses: it takes a few variants."""
    monkeypatch.setitem(backprop.PULLBACKS, "sort", (lambda g, z, x: g.tape.emit("sorted_by", g, x),))
    false(keygen("check", "mine", "--seeds", "9", "--jobs", "1"), "the gradient")


def test_a_wrong_oracle_is_found(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.RULES, "argmax", lambda x: Fraction(1))
    false(keygen("check", "mine", "--seeds", "0", "--deep", "--jobs", "1"), "is false")


# --- bad input: one error, its place, its repair


def test_published_numbers_that_tie_under_a_gradient_are_one_error(here: Path) -> None:
    exercise = here / "exercises/my/one/exercise.py"
    exercise.write_text(EXERCISE.replace('published=["0.5", "-1", "2"]', 'published=["1", "-1", "2"]'))
    result = keygen("build", "mine", "--solutions", "--format", "tex")
    assert result.exit_code == 1
    assert result.stderr.count("keygen:") == 1
    assert "at a tie or a jump, where it has no derivative" in result.stderr
    assert "publish and draw other numbers" in result.stderr


def test_a_draw_that_ties_under_a_gradient_is_drawn_again(here: Path) -> None:
    """Without a condition of its own the exercise has none of the draws in which a gradient does not exist."""
    exercise = here / "exercises/my/one/exercise.py"
    start, end = EXERCISE.index("def worthwhile"), EXERCISE.index("answers = {")
    exercise.write_text(EXERCISE[:start] + EXERCISE[end:])
    result = keygen("check", "mine", "--seeds", "6", "--jobs", "1")
    assert result.exit_code == 0, result.output


def test_a_tie_in_argmax_is_one_error(here: Path) -> None:
    exercise = here / "exercises/my/one/exercise.py"
    exercise.write_text(EXERCISE.replace('published=["0.5", "-1", "2"]', 'published=["2", "-1", "2"]'))
    result = keygen("answers", "mine")
    assert result.exit_code == 1
    assert result.stderr.count("keygen:") == 1
    assert "it has no place of its own" in result.stderr


def test_a_unit_that_a_language_lacks_is_one_error_at_the_template_s_line(here: Path) -> None:
    exercise = here / "exercises/my/one/exercise.py"
    exercise.write_text(EXERCISE.replace('quantity(s.claim("w"), "weight")', 'quantity(s.claim("w"), "wieght")'))
    result = keygen("build", "mine", "--solutions", "--format", "tex")
    assert result.exit_code == 1
    assert "no word for the unit 'wieght'" in result.stderr
    assert "did you mean 'weight'?" in result.stderr


def test_a_reason_of_a_line_without_a_choice_is_one_error(here: Path) -> None:
    (here / "exercises/my/one/en.tex").write_text(EN.replace("because.m", "because.L", 1).replace("line.L", "line.n"))
    (here / "exercises/my/one/en.tex").write_text(EN.replace(r"\val{ because.m }", r"\val{ because.n }", 1))
    result = keygen("build", "mine", "--solutions", "--format", "tex")
    assert result.exit_code == 1
    assert "the line of 'n' has no choice" in result.stderr
    assert "en.tex" in result.stderr


def test_the_two_languages_tell_the_same() -> None:
    objects = re.compile(r"\\val\{ (.*?) \}")
    assert objects.findall(EN) == objects.findall(RU)
