"""`keygen export --to html`: the pages of many seeds, and their index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.courses import keygen, laid

EXERCISE = """
from keygen.author import integers

given = {"a": integers("", 2, 9, published=3)}


def computation(t):
    t.h = t.a / 4


answers = {"a": {"h": "h"}}
"""
TEMPLATE = r"""%% title
Quarters
%% endtitle
%% part a
Let \( \val{ line.a } \). Find \( \val{ name.h } \).
%% solution
\[ \val{ line.h } \]
%% endpart
"""
SHEET = 'title = "Mine & <yours>"\nlanguage = "en"\n[[exercise]]\nid = "my/one"\n'


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_pages_of_a_seed_are_those_of_its_build(course: Path) -> None:
    result = keygen("export", "mine", "--to", "html", "--seeds", "7,2")
    assert result.exit_code == 0, result.output
    assert result.stdout == "build/mine-html/index.html\n"
    for seed in ("7", "2"):
        built = keygen("build", "mine", "--seed", seed, "--solutions", "--format", "html").stdout.split()
        for path in map(Path, built):
            assert (Path("build/mine-html") / path.name).read_bytes() == path.read_bytes()


def test_the_index_leads_to_the_problems_and_the_solutions_of_each_seed(course: Path) -> None:
    keygen("export", "mine", "--to", "html", "--seeds", "7,2", "--out", "o")
    index = Path("o/mine-html/index.html").read_text("utf-8")
    links = re.findall(r'href="([^"]+)"', index)
    assert links == [f"mine-seed{seed}{kind}.html" for seed in (7, 2) for kind in ("", "-solutions")]
    for code, name in zip(re.findall(r"<td>(\w{4}-\w{4})</td>", index), links[::2], strict=True):
        assert code in (Path("o/mine-html") / name).read_text("utf-8")
    assert "<h1>Mine &amp; &lt;yours&gt;</h1>" in index
    assert "<script" not in index
    assert index.count('scope="col"') == 4


def test_pages_of_an_export_before_that_no_index_names_are_told(course: Path) -> None:
    assert keygen("export", "mine", "--to", "html", "--seeds", "1..2").exit_code == 0
    assert "of a former export" not in keygen("export", "mine", "--to", "html", "--seeds", "1..3").stderr
    told = keygen("export", "mine", "--to", "html", "--seeds", "2").stderr
    assert (
        "keygen: of a former export, and not in the index: mine-seed1-solutions.html, mine-seed1.html, "
        "mine-seed3-solutions.html, mine-seed3.html; remove them if they are of no use\n"
    ) in told


def test_the_other_language_has_a_folder_of_its_own(course: Path) -> None:
    (course / "exercises/my/one/ru.tex").write_text(
        TEMPLATE.replace("Let ", "Пусть ").replace("Find", "Найдите"), "utf-8"
    )
    result = keygen("export", "mine", "--to", "html", "--seeds", "1", "--lang", "ru")
    assert result.stdout == "build/mine.ru-html/index.html\n"
    assert Path("build/mine.ru-html/mine-seed1-solutions.ru.html").exists()
