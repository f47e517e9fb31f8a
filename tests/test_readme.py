"""README's commands and files, taken from its text and tried as they are written."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_setup import TEX
from tex_runs import stub
from workflow_steps import HERE, PATIENCE, checkout, outside, workflow

from keygen.cli import main

README = (HERE / "README.md").read_text(encoding="utf-8")
VARIANTS = "A variant for every student"
COURSE = "A repository for your course"
EXERCISE = "Write an exercise"
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def section(title: str) -> str:
    (text,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    return str(text)


def blocks(title: str) -> list[str]:
    """The indented blocks of a section, with blank lines within them."""
    found = re.findall(r"(?:^(?: {4}.*)?\n)+", section(title), re.MULTILINE)
    return [re.sub(r"^ {4}", "", block, flags=re.MULTILINE).strip("\n") for block in found if block.strip()]


def block(title: str, start: str) -> str:
    """The block that begins so."""
    (text,) = (block for block in blocks(title) if block.startswith(start))
    return text + "\n"


def commands(title: str) -> list[str]:
    """The lines of a section that a shell is to run."""
    return [line for block in blocks(title) for line in block.splitlines() if line.startswith(("keygen ", "python "))]


def digests(folder: Path) -> dict[str, str]:
    """The files of a folder by their names; none where there is no folder."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob("*")}


# --- a variant for every student


def test_the_commands_of_the_section_on_variants_do_as_it_says(tmp_path: Path) -> None:
    here = checkout(tmp_path / "keygen")
    (here / "students.csv").write_text(block(VARIANTS, "id,name"), encoding="utf-8")
    folder = here / "build" / "sheet4"
    said: dict[str, str] = {}
    made: dict[str, str] = {}
    for line in commands(VARIANTS):
        if "--cluster" in line:  # tests/runs has a cluster
            continue
        said[re.split(" +#", line)[0]] = ran(line, here)
        made = made or digests(folder)
    assert made.keys() == set(named_files())
    assert digests(folder) == made
    assert said["keygen build sheet4 --roster students.csv --student 1002 --solutions"].splitlines() == [
        "build/sheet4/1002.pdf",
        "build/sheet4/1002-solutions.pdf",
    ]
    by_roster = said["keygen answers sheet4 --roster students.csv --student 1002"]
    by_manifest = said["keygen answers sheet4 --manifest build/sheet4/manifest.json --student 1002"]
    assert by_roster == by_manifest
    assert len(by_roster.splitlines()) > 20
    assert "Jürgen Weiß" in said["keygen show CODE --manifest build/sheet4/manifest.json"]
    assert "seed3.pdf" in digests(here / "build" / "sheet4-variants")
    rows = list(csv.DictReader((folder / "key.csv").read_text("utf-8-sig").splitlines()))
    assert [row["id"] for row in rows] == ["1001", "1002", "1003"]
    assert not (here / "build" / ".cache").exists()


def ran(line: str, folder: Path) -> str:
    """What a line of README's prints, run by a shell in a checkout: with fewer seeds, a page's code in CODE's place."""
    if "CODE" in line:
        manifest = json.loads((folder / "build" / "sheet4" / "manifest.json").read_text())
        line = line.replace("CODE", manifest["students"][2]["code"])
    line = re.sub(r"--seeds \d+", "--seeds 1", line)
    done = subprocess.run(
        ["bash", "-e", "-c", line], cwd=folder, env={**outside(), "PATH": PATH, "PYTHONPATH": str(folder)},
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{line}\n{done.stderr[-2000:]}"
    assert "public" not in done.stderr
    return done.stdout


def named_files() -> Iterator[str]:
    """The files that the section's table names, with every student's where it has the first one's."""
    for cell in re.findall(r"^\| (`[^|]*) \|", section(VARIANTS), re.MULTILINE):
        for name in re.findall(r"`([^`]+)`", cell):
            yield from (name.replace("1001", id) for id in (("1001", "1002", "1003") if "1001" in name else ("",)))


def test_git_ignores_what_the_section_says_it_ignores() -> None:
    assert ".keygen-secret" in (HERE / ".gitignore").read_text().splitlines()


# --- a repository for a course


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of README's own exercise on README's own sheet; stand-ins for what installs write down their calls."""
    folder = tmp_path / "course"
    exercise = folder / "exercises" / "layers" / "linear"
    exercise.mkdir(parents=True)
    (exercise / "exercise.py").write_text(block(EXERCISE, '"""'))
    (exercise / "en.tex").write_text(block(EXERCISE, "%% title"))
    sheet = block(EXERCISE, "title = ").replace("<topic>/<name>", "layers/linear")
    (folder / "exercises" / "mine.toml").write_text(sheet)
    (tmp_path / "bin").mkdir()
    for name in ("sudo", "pip"):
        stub(tmp_path / "bin", name, f'echo {name} "$@" >> {tmp_path}/log')
    return folder


def test_the_workflow_of_a_course_checks_and_builds_the_course_s_own_sheets(course: Path) -> None:
    found = workflow(block(COURSE, "name: sheets"))
    programs, keygen = f"{course.parent / 'bin'}{os.pathsep}{PATH}", checkout(course.parent / "keygen")
    env = {"PATH": programs, "PYTHONPATH": str(keygen), "KEYGEN_SECRET": "a secret"}
    *_, check, build = done = list(found.run(course, env))
    assert [(one.returncode, one.stderr[-2000:]) for one in done if one.returncode] == []
    assert re.search(r"layers/linear +201 ", check.stdout)
    assert "backprop" not in check.stdout
    assert build.stdout.splitlines() == ["build/mine.pdf", "build/mine-solutions.pdf"]
    assert found.kept(course) == {"sheets": ["build/mine-solutions.pdf", "build/mine.pdf"]}
    assert (course.parent / "log").read_text().splitlines() == [
        "sudo apt-get update",
        f"sudo apt-get install -y --no-install-recommends {TEX}",
        "pip install git+https://github.com/OWNER/keygen",
    ]


def test_the_workflow_of_a_course_uses_what_keygen_s_own_uses() -> None:
    own = workflow((HERE / ".github" / "workflows" / "sheets.yml").read_text())
    found = workflow(block(COURSE, "name: sheets"))
    assert set(found.actions) == set(own.actions)
    assert found.data["permissions"] == own.data["permissions"]
    assert found.job["runs-on"] == own.job["runs-on"]


# --- the tables


def test_the_table_of_commands_has_every_command_and_no_other() -> None:
    rows = re.findall(r"^\| `keygen (\w+)", section("What you can type"), re.MULTILINE)
    assert set(rows) == set(main.commands)


def test_every_option_that_readme_names_is_there() -> None:
    lines = re.findall(r"(?:^ {4}|`)keygen ([a-z][^`\n]*)", README, re.MULTILINE)
    asked = {(words[0], word) for line in lines if (words := shlex.split(line, comments=True)) for word in words[1:]}
    options = {
        (name, option) for name, command in main.commands.items() for param in command.params for option in param.opts
    }
    assert {pair for pair in asked if pair[1].startswith("-")} <= options


def test_every_sheet_is_in_the_table_of_sheets() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", section("Sheets"), re.MULTILINE)
    assert sorted(rows) == sorted(path.stem for path in (HERE / "exercises").glob("*.toml"))


def test_what_the_section_shows_of_tables_and_conditions_works(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course)
    place = course / "exercises" / "layers" / "linear"
    file, template = place / "exercise.py", place / "en.tex"
    shown = block(EXERCISE, "from keygen.author import Given")
    file.write_text(file.read_text(encoding="utf-8") + "\n\n" + shown, encoding="utf-8")
    words = "%% if holds.small\nSmall.\n%% else\nLarge: \\( \\val{ loss } \\).\n%% endif\n\\val{ squares }\n%% endpart"
    template.write_text(template.read_text(encoding="utf-8").replace("%% endpart", words), encoding="utf-8")
    result = CliRunner().invoke(main, ["build", "mine", "--format", "tex", "--solutions"])
    assert result.exit_code == 0, result.stderr
    page = (course / "build" / "mine-solutions.tex").read_text(encoding="utf-8")
    assert "Large: \\( 4 \\)." in page
    assert r"k & 1 & 2 & 3 \\ \hline k^{2} & 1 & 4 & 9" in page


def test_the_matrix_exercise_of_the_section_is_checked_and_built(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course)
    place = course / "exercises" / "layers" / "linear"
    (place / "exercise.py").write_text(block(EXERCISE, "from keygen.author import differentials"), encoding="utf-8")
    template = "%% title\nForms\n%% endtitle\n" + block(EXERCISE, "%% part a")
    (place / "en.tex").write_text(template, encoding="utf-8")
    for words in (["check", "mine", "--deep", "--seeds", "3"], ["build", "mine", "--format", "tex", "--solutions"]):
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
    page = (course / "build" / "mine-solutions.tex").read_text(encoding="utf-8")
    assert r"\nabla_{\!\kgmat{x}} f" in page
    assert page.count(r"\kgderivation") == 2


def test_the_drawing_of_the_section_on_exercises_is_drawn(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course)
    place = course / "exercises" / "layers" / "linear"
    file, template = place / "exercise.py", place / "en.tex"
    drawn = block(EXERCISE, "from keygen.author import Box") + '\n\ndef show(s):\n    return {"picture": picture(s)}\n'
    file.write_text(file.read_text(encoding="utf-8") + "\n\n" + drawn, encoding="utf-8")
    shown = template.read_text(encoding="utf-8").replace("%% endpart", "\\val{ picture }\n%% endpart")
    template.write_text(shown, encoding="utf-8")
    result = CliRunner().invoke(main, ["build", "mine", "--format", "tex", "--solutions"])
    assert result.exit_code == 0, result.stderr
    page = (course / "build" / "mine-solutions.tex").read_text(encoding="utf-8")
    assert r"\put(26,0){\makebox(0,0)[l]{loss}}" in page
    assert r"\put(15,1){\makebox(0,0)[b]{$1$}}" in page
