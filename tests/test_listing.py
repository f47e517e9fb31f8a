"""What there is, in the course's language and with where it comes from; and what the Tab key offers of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import BashComplete, get_completion_class

from keygen.cli import main
from keygen.course.handbook import TOPICS, page
from tests.courses import keygen


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new course in Russian, which is worked in."""
    monkeypatch.chdir(tmp_path)
    assert keygen("init", ".", "--lang", "ru").exit_code == 0
    return tmp_path


# --- list


def test_all_is_listed_in_the_course_s_language_with_where_it_comes_from(course: Path) -> None:
    lines = keygen("list").output.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == ["листы", "", "задачи"]
    rows = {row[0]: row[1:] for line in lines if (row := re.split(r"  +", line.strip())) != [""]}
    assert rows["sheet1"] == ["этот курс", "Лист 1. Первые шаги"]
    assert rows["sheet4"] == ["встроено", "Лист 4. Обратное распространение ошибки"]
    assert rows["mine/first"] == ["этот курс", "Один нейрон"]
    assert rows["outputs/softmax"] == ["встроено", "Softmax"]
    keygen("eject", "outputs/softmax")
    assert re.search(r"outputs/softmax +этот курс", keygen("list").output)


def test_a_course_in_english_is_listed_in_english(course: Path) -> None:
    (course / "templates" / "settings.toml").write_text('language = "en"\n')
    text = keygen("list").output
    assert text.startswith("sheets\n")
    assert re.search(r"sheet4 +built in +Sheet 4. Backpropagation\n", text)


def test_the_exercises_of_a_sheet_are_listed_with_their_points_in_words(course: Path) -> None:
    sheet = course / "exercises" / "sheet1.toml"
    sheet.write_text(sheet.read_text("utf-8").replace("b = 2 }", "b = 2.5 }"), encoding="utf-8")
    assert [re.split(r"  +", line.strip()) for line in keygen("list", "sheet1").output.splitlines()] == [
        ["sheet1: Лист 1. Первые шаги"],
        ["1. mine/first", "3,5 балла", "Один нейрон"],
        ["2. outputs/softmax", "3 балла", "Softmax"],
        ["3. backprop/dense_minibatch", "4 балла", "Линейный слой на мини-батче"],
    ]


def test_a_title_that_is_more_than_words_is_not_listed_but_the_exercise_is(course: Path) -> None:
    template = course / "exercises" / "mine" / "first" / "ru.tex"
    template.write_text(template.read_text("utf-8").replace("Один нейрон", r"\val{ name.L }"), encoding="utf-8")
    assert re.search(r"mine/first +этот курс +Один нейрон с двумя входами", keygen("list").output)


def test_of_a_title_that_a_condition_chooses_the_first_form_is_listed(course: Path) -> None:
    assert re.search(r"matrix/nearest_symmetric +встроено +Ближайшая симметричная матрица\n", keygen("list").output)
    (course / "templates" / "settings.toml").write_text('language = "en"\n')
    assert re.search(r"matrix/nearest_symmetric +built in +The nearest symmetric matrix\n", keygen("list").output)


def test_every_exercise_that_keygen_brings_has_a_short_title(course: Path) -> None:
    for language in ("ru", "en"):
        (course / "templates" / "settings.toml").write_text(f'language = "{language}"\n')
        rows = keygen("list").output.partition("\n\n")[2].splitlines()[1:]
        titles = [re.split(r"  +", row.strip())[2] for row in rows]
        assert [title for title in titles if title.endswith(".") or len(title) > 60] == []


# --- completion


def offered(*words: str) -> list[str]:
    """What is offered for the last of these words."""
    found = BashComplete(main, {}, "keygen", "_KEYGEN_COMPLETE").get_completions([*words[:-1]], words[-1])
    return [item.value for item in found]


def test_sheets_exercises_files_pages_and_languages_are_completed(course: Path) -> None:
    assert offered("build", "sheet4") == ["sheet4", "sheet4b"]
    assert offered("show", "mine/") == ["mine/first"]
    assert offered("check", "sheet1", "mi") == ["mine/first"]
    assert offered("answers", "rnn/b") == offered("new", "mine/x", "--like", "rnn/b") == ["rnn/bptt"]
    assert offered("eject", "en/wo") == ["en/words.tex"]
    assert offered("help", "") == sorted(TOPICS)
    assert offered("build", "sheet1", "--lang", "") == ["en", "ru"]
    assert offered("zz") == []
    assert offered("ej") == ["eject"]


def test_where_a_course_cannot_be_read_nothing_is_offered(course: Path) -> None:
    (course / "templates" / "settings.toml").write_text("language = [")
    assert offered("build", "sheet1", "--lang", "") == []


def test_every_shell_of_the_page_is_one_that_completion_knows(course: Path) -> None:
    shells = re.findall(r"_KEYGEN_COMPLETE=(\w+)_source", page("completion", "en"))
    assert shells == ["bash", "zsh", "fish"]
    assert all(get_completion_class(shell) for shell in shells)


def test_bash_completes_after_the_line_of_the_page(course: Path) -> None:
    (line,) = re.findall(r"```bash\n(.*)\n```", page("completion", "en"))
    asked = 'COMP_WORDS=(keygen show mine/) COMP_CWORD=2; _keygen_completion keygen mine/ show; echo "${COMPREPLY[@]}"'
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", f"{line}\n{asked}"], cwd=course, env=env, capture_output=True, text=True)
    assert done.stdout == "mine/first\n", done.stderr
