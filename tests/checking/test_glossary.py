"""A look over the words of templates: keygen's own are held to its glossary, a course's own not."""

from __future__ import annotations

from pathlib import Path

import pytest

from keygen.checking.lint import linted, rules_of_language
from tests.courses import SHIPPED, keygen, laid
from tests.test_bad_input import EXERCISE, SHEET, TEMPLATE

ARTIFICIAL = TEMPLATE.replace("Find the", "For this neuron find the")
TERM = "the term is 'unit'; or"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a course that says neuron for a unit."""
    monkeypatch.chdir(tmp_path)
    laid(tmp_path, EXERCISE, ARTIFICIAL, SHEET)
    return tmp_path


def glossary(course: Path, text: str) -> Path:
    """A glossary of the course's own."""
    file = course / "templates" / "en" / "glossary.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_keygen_s_own_words_are_held_to_its_glossary(tmp_path: Path) -> None:
    file = tmp_path / "en.tex"
    file.write_text(ARTIFICIAL, encoding="utf-8")
    found = linted(file, rules_of_language("en", SHIPPED))
    assert [(one.words, one.repair, one.remark) for one in found] == [("neuron", "the term is 'unit'", False)]


def test_another_term_in_a_course_is_a_remark_that_names_the_way_out(course: Path) -> None:
    said = keygen("lint", "mine")
    assert said.exit_code == 0
    assert said.stdout.replace(f"{course}/", "").splitlines() == [
        "exercises/my/one/en.tex:5: remark: another term",
        "  line:     For this neuron find the gradient of ….",
        "  found:    neuron",
        f"  mend:     {TERM} have a glossary of your own: keygen eject en/glossary.toml",
    ]


def test_a_glossary_of_one_s_own_is_named(course: Path) -> None:
    file = glossary(course, 'unit = ["neurons?"]\n')
    assert f"mend:     {TERM} strike the word from {file}" in keygen("lint", "mine").stdout


def test_a_term_with_no_other_words_asks_for_nothing(course: Path) -> None:
    assert keygen("eject", "en/glossary.toml").exit_code == 0
    file = course / "templates" / "en" / "glossary.toml"
    file.write_text(file.read_text("utf-8").replace('["neurons?"]', "[]"), encoding="utf-8")
    assert keygen("lint", "mine").stdout == ""


def test_words_of_a_glossary_that_are_no_list_are_told_at_their_line(course: Path) -> None:
    file = glossary(course, 'loss = ["cost"]\nunit = "neurons?"\n')
    assert keygen("lint", "mine").stderr.splitlines() == [
        "keygen: the glossary's words for 'unit' do not fit",
        f"  at:       {file}:2",
        '  line:     unit = "neurons?"',
        '  expected: a list of words, such as ["neurons?"]; [] for none',
        "  found:    'neurons?'",
    ]


def test_a_pattern_that_every_place_matches_is_refused(course: Path) -> None:
    file = glossary(course, 'unit = ["(neurons)?"]\n')
    assert keygen("lint", "mine").stderr.splitlines() == [
        "keygen: a pattern that matches no word at all",
        f"  at:       {file}:1",
        '  line:     unit = ["(neurons)?"]',
        "  found:    (neurons)?",
    ]


def test_remarks_are_warnings_of_github_and_faults_are_errors(course: Path) -> None:
    said = keygen("lint", "mine", "--format", "github")
    assert said.exit_code == 0
    assert said.stdout.startswith("::warning file=exercises/my/one/en.tex,line=5::remark: another term%0A")
    (course / "exercises" / "my" / "one" / "en.tex").write_text(TEMPLATE.replace("Find", "Find 17"), encoding="utf-8")
    said = keygen("lint", "mine", "--format", "github")
    assert said.exit_code == 1
    assert said.stdout.startswith("::error file=exercises/my/one/en.tex,line=5::a number typed by hand%0A")
    assert keygen("lint", "nine", "--format", "github").stdout.startswith("::error::unknown sheet or exercise 'nine'")
