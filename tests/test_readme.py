"""README's commands and tables, taken from its text and tried as they are written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from workflow_steps import HERE

from keygen import author
from keygen.cli import main
from keygen.course.handbook import TOPICS
from tests.courses import keygen

README = (HERE / "README.md").read_text(encoding="utf-8")
COURSE, CLASS = "A course in ten minutes", "A class"


def section(title: str) -> str:
    (text,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    return str(text)


def commands(title: str) -> list[str]:
    """The lines of a section that a shell is to run."""
    return [line.partition(" #")[0].strip() for line in re.findall(r"^ {4}((?:keygen|cd) .*)", section(title), re.M)]


def test_the_course_in_ten_minutes_is_made_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEYGEN_SECRET", raising=False)
    monkeypatch.chdir(tmp_path)
    for line in commands(COURSE):
        name, *words = shlex.split(line.replace("--seeds 200", "--seeds 1"))
        if name == "cd":
            monkeypatch.chdir(words[0])
            continue
        result = keygen(*words, *(["--format", "tex"] if words[0] == "build" else []))
        assert result.exit_code == 0, f"{line}\n{result.output}"
    made = {path.relative_to(tmp_path / "mycourse").as_posix() for path in (tmp_path / "mycourse").rglob("*.*")}
    assert {"build/sheet1.tex", "exercises/mine/net/en.tex", "templates/style.sty", ".keygen-secret"} <= made


def test_the_class_is_built_and_graded_as_on_the_pages_where_it_is_tried() -> None:
    roster, grade = ((HERE / "keygen" / "help" / f"{name}.md").read_text("utf-8") for name in ("roster", "grade"))
    pages = {"build": roster, "check": roster, "grade": grade}
    for line in commands(CLASS):
        assert line.replace("sheet1", "short") in pages[line.split()[1]]
    for name in ("all.pdf", "key.csv", "key-page.csv", "manifest.json"):
        assert f"`{name}`" in section(CLASS)
        assert f"`{name}`" in roster


def test_git_ignores_the_secret() -> None:
    assert ".keygen-secret" in (HERE / ".gitignore").read_text().splitlines()


def test_every_option_that_readme_names_is_there() -> None:
    lines = re.findall(r"(?:^ {4}|`)keygen ([a-z][^`\n]*)", README, re.MULTILINE)
    asked = {(words[0], word) for line in lines if (words := shlex.split(line, comments=True)) for word in words[1:]}
    options = {
        (name, option) for name, command in main.commands.items() for param in command.params for option in param.opts
    }
    assert {pair for pair in asked if pair[1].startswith("-")} <= options
    assert {name for name, _ in asked} <= set(main.commands)


def test_every_sheet_is_in_the_table_of_sheets() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", section("Sheets"), re.MULTILINE)
    assert sorted(rows) == sorted(path.stem for path in (HERE / "exercises").glob("*.toml"))


def test_every_name_of_the_vocabulary_is_one() -> None:
    names = re.findall(r"`(\w+)`", "".join(re.findall(r"^\|.*", section("The author's vocabulary"), re.MULTILINE)))
    assert len(names) > 30
    assert set(names) <= set(author.__all__)


def test_every_page_to_read_is_in_the_table_and_lies_where_it_says() -> None:
    rows = re.findall(r"^\| \[(\w+)\]\((.*?)\)", section("Where to read on"), re.MULTILINE)
    assert [name for name, _ in rows] == list(TOPICS)
    assert [file for _, file in rows if not (HERE / file).is_file()] == []
    named = set(re.findall(r"`keygen help (\w+)`", README)) - {"TOPIC"}
    assert named <= set(TOPICS)
