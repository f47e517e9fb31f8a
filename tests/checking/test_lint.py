"""What a key says of signs, orders and growth is chosen by a condition or general; one term for one thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from keygen.checking.lint import LanguageRules, lint, linted, rules_of_language
from keygen.document.template import template_file
from tests.courses import LANGUAGES, SHIPPED, keygen, laid

EXERCISE = """
from keygen.author import integers

given = {"x": integers("", 1, 3, published=1)}


def computation(t):
    t.y = t.x + 1


answers = {"a": {"y": "y"}}
"""
SHEET = 'title = "Mine"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\n'


def words(*solution: str) -> str:
    return "\n".join(["%% part a", "Is the sum positive, never zero.", "%% solution", *solution, "%% endpart"])


def found(folder: Path, *solution: str) -> list[str]:
    path = folder / "en.tex"
    path.write_text(words(*solution), encoding="utf-8")
    return [f"{one.line} {one.words}" for one in linted(path, rules_of_language("en", SHIPPED))]


@pytest.mark.parametrize(
    ("solution", "said"),
    [
        (("The sum is positive.",), ["4 positive"]),
        (("It is odd. It never falls, and stays so.",), ["4 never, falls, stays"]),
        (("The sum is positive. %# general: a sum of squares",), []),
        (("The sum is positive. %# general:",), ["4 positive"]),
        (("%% if holds.small", "It shrinks.", "%% else", "It grows.", "%% endif", "It grows."), ["9 grows"]),
        (("%% if choice.small", "It shrinks.", "%% endif"), ["5 shrinks"]),
        (("%% for step in steps if holds.idle", "It stays.", "%% endfor"), []),
        ((r"Here \( \val{ positive } \) is \val{ zero }.",), []),
        (("Does it grow, and is it ever positive?",), []),
        (("It has 2 units.",), ["4 2"]),
        (("It has [1] units.",), []),
    ],
)
def test_a_claim_has_a_condition_or_a_reason(tmp_path: Path, solution: tuple[str, ...], said: list[str]) -> None:
    assert found(tmp_path, *solution) == said


def test_a_reason_at_the_head_of_a_file_speaks_for_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "laws.tex"
    rules = rules_of_language("en", SHIPPED)
    path.write_text("%# general: laws\n%% law zero\nIt is zero.\n%% endlaw\n", encoding="utf-8")
    assert not list(linted(path, rules))
    path.write_text("%% law zero\nIt is zero.\n%% endlaw\n%# general: late\n", encoding="utf-8")
    assert len(list(linted(path, rules))) == 1


def test_a_language_without_lists_asks_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "xx.tex"
    path.write_text(words("The sum is positive."), encoding="utf-8")
    assert not list(linted(path, LanguageRules(None, ())))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_its_lists(language: str) -> None:
    rules = rules_of_language(language, SHIPPED)
    assert rules.claims is not None
    assert len(rules.terms) >= 10


def test_the_shipped_templates_are_clean() -> None:
    assert [str(finding) for finding in lint(SHIPPED)] == []


def test_a_broken_sentence_on_conventions_is_told_though_no_sheet_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = template_file(LANGUAGES["en"], "en", "conventions.tex").read_text(encoding="utf-8")
    own = tmp_path / "templates" / "en" / "conventions.tex"
    own.parent.mkdir(parents=True)
    own.write_text(shared.replace(r"\val{ elu }", r"\val{ elux }"), encoding="utf-8")
    laid(tmp_path, EXERCISE, words("It is a sum."), SHEET)
    monkeypatch.chdir(tmp_path)
    assert keygen("show", "my/one").exit_code == 0
    result = keygen("lint")
    line = own.read_text(encoding="utf-8").partition("elux")[0].count("\n") + 1
    assert result.exit_code == 1
    assert f"conventions.tex:{line}: " in result.output
    assert "did you mean 'elu'" in result.output


def test_the_command_says_file_line_sentence_and_repair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid(tmp_path, EXERCISE, words("The sum is positive."), SHEET)
    monkeypatch.chdir(tmp_path)
    result = keygen("lint", "mine")
    assert result.exit_code == 1
    assert "en.tex:4: a claim without a condition" in result.output
    assert "The sum is positive." in result.output
    assert "%% if holds.NAME" in result.output


def test_where_nothing_is_found_it_says_so_but_not_among_annotations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = keygen("lint", "sheet3")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "keygen: nothing found in sheet3\n")
    assert keygen("lint", "sheet3", "--format", "github").output == ""
