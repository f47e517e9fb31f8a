"""Every command as a person runs it: on terminals wide and narrow, with and without colours, and without a terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from scratch_course import Course, laid

from keygen.system import terminal
from keygen.system.terminal import ProgressLines, standing, visible
from tests.at_terminal import CLOSED, elsewhere, on_terminal, screen

PLAIN = {"TERM": "xterm-256color", "NO_COLOR": "", "COLUMNS": "", "FORCE_COLOR": ""}
COLOUR = re.compile(r"\x1b\[[\d;]*3\d[\d;]*m")
MANIFEST = "build/mine/manifest.json"
COMMANDS = (
    ("build", "mine", "--format", "tex"),
    ("build", "mine", "--solutions"),
    ("build", "mine", "--roster", "students.csv"),
    ("build", "mine", "--variants", "2"),
    ("build", "--from", MANIFEST),
    ("answers", "mine"),
    ("answers", "my/one", "--json"),
    ("check", "mine", "--seeds", "2", "--jobs", "2"),
    ("show", "CODE", "--manifest", MANIFEST),
    ("derive", "tr(A @ X)", "--wrt", "X"),
    ("list",),
    ("doctor",),
    ("--help",),
    ("build", "--help"),
    ("clean",),
)
RUNS = {"--roster", "--variants", "--from", "check"}


@pytest.fixture(scope="module")
def place(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course of three students that all of these tests share, with its manifest."""
    course = laid(tmp_path_factory.mktemp("terminal") / "course", tools)
    course.file("students.csv").write_text("id,name\ns1,Ann\ns2,Bob\ns3,Cid\n")
    ran = elsewhere(("build", "mine", "--roster", "students.csv"), course.folder, course.env)
    assert (ran.code, ran.err) == (0, "")
    return course


def said_to(place: Course, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words with a page's code for CODE."""
    manifest = json.loads(place.file(MANIFEST).read_text())
    return tuple(manifest["students"][0]["code"] if word == "CODE" else word for word in words)


@pytest.mark.parametrize(
    ("columns", "env"),
    [(80, {}), (40, {}), (80, {"NO_COLOR": "1"}), (40, {"TERM": "dumb"})],
    ids=["80 columns", "40 columns", "no colour", "dumb"],
)
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_leaves_a_clean_terminal(
    place: Course, words: tuple[str, ...], columns: int, env: dict[str, str]
) -> None:
    for run in ("mine", "mine-variants"):
        place.file("build", run, "all.pdf").unlink(missing_ok=True)  # so that there is something to do
    ran = on_terminal(said_to(place, words), place.folder, {**place.env, **PLAIN, **env}, columns)
    assert ran.code == 0, ran.out
    assert "Traceback" not in ran.out
    lines, column = screen(ran.out)
    assert (lines[-1], column) == ("", 0)
    assert not any("━" in line or re.search(r"\d/\d.* left", line) for line in lines)
    assert ran.out.count("\x1b[?25l") == ran.out.count("\x1b[?25h")
    if "TERM" in env:
        assert "\x1b" not in ran.out
        assert "\r" not in ran.out.replace("\r\n", "")
    elif RUNS & {*words}:
        assert re.search(r"\d+/\d+.*\d/s, \d:\d\d left", ran.out)
        drawn = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", ran.out).replace("\r\n", "\r").split("\r")
        assert max(len(line) for line in drawn if " left" in line) <= columns
    if "NO_COLOR" in env:
        assert not COLOUR.search(ran.out)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_says_nothing_of_progress_where_nobody_watches(place: Course, words: tuple[str, ...]) -> None:
    ran = elsewhere(said_to(place, words), place.folder, {**place.env, **PLAIN})
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.out + ran.err
    assert ran.err == "" or words[0] in ("clean", "derive")
    assert ran.out.endswith("\n") or words == ("clean",)


def test_the_progress_of_a_run_says_how_many_how_fast_and_how_long() -> None:
    assert standing(0, 100, 0.0, "sheets") == "0/100 sheets"
    assert standing(12, 100, 4.0, "sheets") == "12/100 sheets, 3.0/s, 0:29 left"
    assert standing(100, 1000, 50.0, "") == "100/1000, 2.0/s, 7:30 left"


def test_a_dumb_terminal_has_a_line_of_progress_from_time_to_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr(terminal, "monotonic", lambda: now[0])
    lines = ProgressLines(100, "mine", "sheets")
    for seconds in (1, 11, 12, 20):
        now[0] = seconds
        lines.advance(10)
    assert capsys.readouterr().err == "mine: 20/100 sheets, 1.8/s, 0:44 left\n"


# --- output that is lost


WORDS = (
    ("list",),
    ("answers", "mine"),
    ("derive", "tr(A @ X)", "--wrt", "X"),
    ("--help",),
    ("build", "mine", "--format", "tex"),
)


@pytest.fixture
def full() -> Iterator[int]:
    number = os.open("/dev/full", os.O_WRONLY)
    yield number
    os.close(number)


@pytest.fixture
def broken() -> Iterator[int]:
    """A pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_output_that_is_lost_is_told_and_costs_the_exit_code(place: Course, words: tuple[str, ...], full: int) -> None:
    for out, why in ((full, "No space left on device"), (CLOSED, "standard output is closed")):
        ran = elsewhere(words, place.folder, place.env, out=out)
        assert ran.code == 1
        assert "keygen: what was to be printed is lost\n" in ran.err
        assert why in ran.err
        assert "Traceback" not in ran.err


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_who_closes_the_pipe_hears_no_complaint(place: Course, words: tuple[str, ...], broken: int) -> None:
    ran = elsewhere(words, place.folder, place.env, out=broken)
    assert ran.code == 1
    assert "lost" not in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_closed_stderr_is_no_failure_and_no_file_is_written_into(
    place: Course, words: tuple[str, ...], full: int
) -> None:
    whole = elsewhere(words, place.folder, place.env).out
    for err in (full, CLOSED):
        ran = elsewhere(words, place.folder, place.env, err=err)
        assert (ran.code, ran.out) == (0, whole)


def test_a_failure_that_nobody_can_be_told_of_has_its_exit_code(place: Course) -> None:
    assert elsewhere(("list", "nonsense"), place.folder, place.env, err=CLOSED).code == 1
    assert elsewhere(("nonsense",), place.folder, place.env, err=CLOSED, out=CLOSED).code == 2


def test_a_shell_that_closes_both_streams_gets_an_exit_code_and_whole_files(place: Course) -> None:
    command = f"{sys.executable} -m keygen build mine --format tex --out closed >&- 2>&-"
    done = subprocess.run(["bash", "-c", command], cwd=place.folder, env={**os.environ, **place.env}, check=False)
    assert done.returncode == 1
    assert place.file("closed", "mine.tex").read_text().endswith("\\end{document}\n")


@pytest.mark.parametrize(
    "words", [word for word in WORDS if word != ("--help",)] + [("check",), ("doctor",)], ids=" ".join
)
def test_a_working_folder_that_is_gone_is_told(place: Course, words: tuple[str, ...], tmp_path: Path) -> None:
    ran = elsewhere(words, tmp_path / "gone", place.env)
    assert ran.code == 1
    assert ran.err.startswith("keygen: the working folder is no more\n")
    assert "Traceback" not in ran.err


# --- characters


@pytest.mark.parametrize("encoding", ["latin-1", "cp1251", "cp1252", "cp437", "ascii"])
def test_characters_that_an_encoding_lacks_are_escaped(place: Course, encoding: str) -> None:
    place.file("exercises", "smile.toml").write_text(
        'title = "Улыбка 🙂 é"\nlanguage = "ru"\n[[exercise]]\nid = "my/one"\n', encoding="utf-8"
    )
    listed = elsewhere(("list",), place.folder, place.env, encoding=encoding)
    derived = elsewhere(
        ("derive", "tr(A @ X)", "--wrt", "X", "--lang", "ru"), place.folder, place.env, encoding=encoding
    )
    key = elsewhere(("answers", "smile", "--json"), place.folder, place.env, encoding=encoding)
    failed = elsewhere(("list", "улыбка🙂"), place.folder, place.env, encoding=encoding)
    assert [listed.code, derived.code, key.code, failed.code] == [0, 0, 0, 1]
    assert "\\ud83d\\ude42" in listed.out
    assert "\\ud83d\\ude42" in failed.err
    assert ("Улыбка" in listed.out) == (encoding == "cp1251")
    assert json.loads(key.out) == json.loads(elsewhere(("answers", "smile", "--json"), place.folder, place.env).out)


def test_control_characters_are_escaped_as_json_would() -> None:
    steering = "a\x1b[2J\x07\x9b1m\u202e\u2066\r\x7f\udcffz"
    assert visible(steering) == "a\\u001b[2J\\u0007\\u009b1m\\u202e\\u2066\\u000d\\u007f\\udcffz"
    assert json.loads(f'"{visible(steering)}"') == steering
    assert visible("rows\n\tof é 矩阵 🙂") == "rows\n\tof é 矩阵 🙂"


def test_no_file_and_no_word_of_a_command_steers_the_terminal(place: Course) -> None:
    place.file("steering.csv").write_text("id,name\ns1,\x1b[2J\x9b31m\u202eevil\ns1,again\n", encoding="utf-8")
    place.file("exercises", "evil.toml").write_text(
        'title = "evil \\u001b[2J\\u202e"\nlanguage = "en"\nnonsense\\u001b = 1\n', encoding="utf-8"
    )
    for words in (
        ("build", "mine", "--roster", "steering.csv"), ("build", "evil"), ("list",), ("build", "mine\x1b[2J"),
        ("build", "mine", "--roster", "none\x1b[2J"), ("nonsense\x1b[2J",),
    ):  # fmt: skip
        ran = on_terminal(words, place.folder, {**place.env, **PLAIN}, 80)
        assert not re.search("\x1b\\[2J|\x9b|\u202e", ran.out), words
    place.file("exercises", "evil.toml").unlink()


def test_a_message_shows_the_beginning_of_a_cell_of_a_megabyte(place: Course) -> None:
    place.file("long.csv").write_text(f"id,name\ns1,{'x' * 1_000_000}\ns1,{'y' * 1_000_000}\n")
    ran = elsewhere(("build", "mine", "--roster", "long.csv"), place.folder, place.env)
    assert ran.code == 1
    assert len(ran.err) < 4000
    assert "characters)" in ran.err


def test_a_run_in_which_everybody_fails_prints_nothing_on_stdout(place: Course) -> None:
    text = place.file("exercises", "my", "two", "en.tex")
    whole = text.read_text()
    text.write_text(whole.replace("Find", r"\val{ line.nonsense }"))
    ran = elsewhere(("build", "mine", "--roster", "students.csv"), place.folder, place.env)
    text.write_text(whole)
    assert (ran.code, ran.out) == (1, "")
    assert "has no sheet" in ran.err


def test_rich_is_not_imported_for_help_nor_where_nobody_watches() -> None:
    asked = (
        "import sys; from keygen.cli import main; main(['--help'], standalone_mode=False); print('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "False"
