"""What goes wrong in mid-run: nobody else's work is lost, no file is half-written, the run goes on later."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scratch_course import EXPECTED, ROSTER, SOLUTIONS, STUDENTS, TEX, Course, built, files_of, keygen, laid, started

from keygen.builds import batch_worker

IF_S5 = 'grep -q "Student s5" sheet.tex 2>/dev/null &&'
RAW = r"\begin{kgtex}{words}\val{ stumble }\end{kgtex}"
SHOW = """

def show(s):
    from keygen.document.tex_parts import TeX

    return {"stumble": TeX(r"\\nowhere" if s.variant.who == "s5" else "")}
"""


@pytest.fixture(scope="module")
def whole(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What an undisturbed run leaves."""
    course = laid(tmp_path_factory.mktemp("undisturbed") / "course", tools)
    process = started(course, *ROSTER)
    out, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (0, "")
    assert len(out.splitlines()) == len(EXPECTED)
    return files_of(course.build / "mine")


def left(course: Course) -> dict[str, str]:
    """The files in the folder of the run; none is a part of one, and nothing stays among the temporary files."""
    found = files_of(course.build / "mine")
    assert found.keys() <= EXPECTED
    assert all(
        (course.build / "mine" / name).read_bytes().rstrip().endswith(b"%%EOF") for name in found if name[-3:] == "pdf"
    )
    assert [path.name for path in Path(course.env["TMPDIR"]).iterdir()] == []
    return found


# --- one student, one TeX, one worker


def test_a_page_that_tex_stumbles_over_is_told_and_nobody_else_is_lost(course: Course, whole: dict[str, str]) -> None:
    text = course.file("exercises", "my", "one", "en.tex")
    text.write_text(text.read_text().replace("Find", rf"\val{{ student.name }} {RAW} find"))
    code = course.file("exercises", "my", "one", "exercise.py")
    code.write_text(code.read_text() + SHOW)
    result = keygen(*ROSTER)
    assert result.exit_code == 1
    assert "student s5" in result.stderr
    assert r"\nowhere" in result.stderr
    assert "my/one" in result.stderr
    assert "en.tex:5" in result.stderr
    assert result.stderr.count("has no sheet") == 1
    assert left(course).keys() == EXPECTED - {"s5.pdf"}
    manifest = json.loads(course.file("build", "mine", "manifest.json").read_text())
    assert [one["id"] for one in manifest["students"]] == list(STUDENTS)
    assert [one["id"] for one in manifest["students"] if "failure" in one] == ["s5"]


def test_a_solution_that_tex_stumbles_over_costs_its_student_both_files_and_nobody_else_any(course: Course) -> None:
    text = course.file("exercises", "my", "one", "en.tex")
    text.write_text(text.read_text().replace("%% solution\n", f"%% solution\n{RAW}\n"))
    code = course.file("exercises", "my", "one", "exercise.py")
    code.write_text(code.read_text() + SHOW)
    result = keygen(*ROSTER, "--solutions")
    assert result.exit_code == 1
    assert "student s5 has no sheet" in result.stderr
    assert r"\nowhere" in result.stderr
    assert "en.tex:7" in result.stderr
    assert files_of(course.build / "mine").keys() == (EXPECTED | SOLUTIONS) - {"s5.pdf", "s5-solutions.pdf"}


def test_a_fault_that_nobody_has_foreseen_is_one_students(
    course: Course, whole: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = batch_worker.solved

    def solved(order: Any, item: Any) -> Any:
        return solve(order, item) if order.who != "s5" else 1 // 0

    monkeypatch.setattr(batch_worker, "solved", solved)
    result = keygen(*ROSTER)
    assert result.exit_code == 1
    assert "student s5 has no sheet: keygen itself failed: ZeroDivisionError" in result.stderr
    assert "test_faults.py:" in result.stderr
    assert left(course).keys() == EXPECTED - {"s5.pdf"}


def test_what_many_fail_for_is_told_once_and_the_last_good_files_stay(course: Course, whole: dict[str, str]) -> None:
    built(*ROSTER)
    text = course.file("exercises", "my", "one", "en.tex")
    text.write_text(text.read_text().replace("Find", r"\val{ line.nonsense }"))
    result = keygen(*ROSTER)
    assert result.exit_code == 1
    shared = "keygen: student s1 (and s2, s3, s4, s5, s6, s7, s8, s9, s10, s11 and 1 more) has no sheet: "
    assert result.stderr.startswith(shared)
    assert result.stderr.count("has no variable 'nonsense'") == 1
    assert left(course) == whole


def test_tex_killed_for_one_student_leaves_out_that_one(course: Course, whole: dict[str, str]) -> None:
    course.spring(f"{IF_S5} kill -9 $$")
    result = keygen(*ROSTER)
    assert result.exit_code == 1
    assert "student s5 has no sheet: pdflatex was killed by SIGKILL" in result.stderr
    found = left(course)
    assert found.keys() == EXPECTED - {"s5.pdf"}
    others = {f"{id}.pdf" for id in STUDENTS[:3] + STUDENTS[6:]}
    assert {name: found[name] for name in others} == {name: whole[name] for name in others}
    course.disarm()
    course.tex_runs()
    built(*ROSTER)
    assert left(course) == whole
    assert course.tex_runs() == 1


def test_tex_killed_once_costs_nobody_a_page(course: Course, whole: dict[str, str]) -> None:
    course.spring(f"{IF_S5} mkdir {course.folder}-once 2>/dev/null && kill -9 $$")
    built(*ROSTER)
    assert left(course) == whole


def test_a_worker_that_is_killed_costs_nobody_a_page(course: Course, whole: dict[str, str]) -> None:
    course.spring(f"{IF_S5} mkdir {course.folder}-once 2>/dev/null && kill -9 $PPID")
    built(*ROSTER)
    assert left(course) == whole


# --- the whole run is stopped


def alive_with(course: Course) -> list[str]:
    """The command lines of processes that work in this course or among its temporary files."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            where, words = os.readlink(folder / "cwd"), (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if where.startswith(str(course.folder.parent)) and int(folder.name) != os.getpid():
            found.append(words.decode().replace("\0", " "))
    return found


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that will be so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it has not come to pass"
        time.sleep(0.02)


def stopped(course: Course, how: Callable[[subprocess.Popen[str]], None]) -> tuple[int, str]:
    """A run that is stopped when one TeX waits for ever and others are done: its exit code and last words."""
    course.spring(f"{IF_S5} touch {course.folder}-reached && sleep 60")
    process = started(course, *ROSTER, "--jobs", "2")
    until(lambda: Path(f"{course.folder}-reached").exists() and (course.build / "mine" / "s1.pdf").exists())
    how(process)
    out, said = process.communicate(timeout=20)
    course.disarm()
    assert out == ""
    return process.returncode, said


def ctrl_c(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the whole group, workers too


def politely(process: subprocess.Popen[str]) -> None:
    process.terminate()


def hang_up(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGHUP)


@pytest.mark.parametrize("how", [ctrl_c, politely, hang_up])
def test_a_stopped_run_leaves_nothing_behind_and_goes_on_where_it_was(
    how: Callable[[subprocess.Popen[str]], None], course: Course, whole: dict[str, str]
) -> None:
    status, said = stopped(course, how)
    assert status == 1
    assert said.startswith("keygen: the build was stopped\n")
    assert "Traceback" not in said
    until(lambda: not alive_with(course), 5)
    found = left(course)
    assert found.items() <= whole.items()
    assert 0 < len(found) < len(whole)
    course.tex_runs()
    built(*ROSTER)
    assert left(course) == whole
    assert 0 < course.tex_runs() < TEX


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("how", [ctrl_c, politely])
def test_one_sheet_that_is_stopped_ends_its_tex_and_says_so(
    how: Callable[[subprocess.Popen[str]], None], times: int, course: Course
) -> None:
    built("mine", "--seed", "7")  # so that TeX's identity is known, and each further run of it sets a page
    course.spring(f"touch {course.folder}-reached && sleep 60 & wait")
    process = started(course, "mine", "--solutions")
    until(lambda: Path(f"{course.folder}-reached").exists())
    for _ in range(times):
        how(process)
        time.sleep(0.05)
    out, said = process.communicate(timeout=20)
    assert (process.returncode, out, said) == (1, "", "keygen: stopped\n")
    until(lambda: not alive_with(course), 5)
    assert os.listdir(course.env["TMPDIR"]) == []
    assert not (course.build / "mine.pdf").exists()


def test_workers_do_not_outlive_a_run_that_is_killed_outright(course: Course, whole: dict[str, str]) -> None:
    status, _ = stopped(course, lambda process: process.kill())
    assert status == -signal.SIGKILL
    until(lambda: not alive_with(course), 5)
    found = files_of(course.build / "mine")
    assert {name: sum for name, sum in found.items() if not name.startswith(".")}.items() <= whole.items()
    built(*ROSTER)
    assert files_of(course.build / "mine") == whole  # nor is anything left of what was being written


def test_two_builds_at_once_leave_what_one_leaves(course: Course, whole: dict[str, str]) -> None:
    both = [started(course, *ROSTER, "--jobs", "1") for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert left(course) == whole


# --- a disk that is full


@pytest.fixture
def full(course: Course) -> Iterator[Callable[[Path, int], None]]:
    """Makes a folder one of a small disk: a real one where this process may mount it, else by a limit to its files."""
    mounted: list[Path] = []
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def small(folder: Path, size: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
        if os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0:
            mounted.append(folder)
        else:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size // 4, before[1]))

    yield small
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_told_and_no_finished_work_is_lost(
    course: Course, whole: dict[str, str], full: Callable[[Path, int], None]
) -> None:
    full(course.build / "mine", 250_000)
    result = keygen(*ROSTER)
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert "free some space" in result.stderr
    assert left(course).items() <= whole.items()
    course.tex_runs()
    built(*ROSTER, "--out", "elsewhere")
    assert files_of(course.file("elsewhere", "mine")) == whole
    assert 0 < course.tex_runs() < TEX


def test_no_room_for_tex_is_told_once_and_the_last_good_files_stay(
    course: Course, whole: dict[str, str], full: Callable[[Path, int], None]
) -> None:
    built(*ROSTER)
    text = course.file("exercises", "my", "one", "en.tex")
    text.write_text(text.read_text().replace("Find", "Now find"))
    full(Path(course.env["TMPDIR"]), 16_000)
    result = keygen(*ROSTER)
    assert result.exit_code == 1
    assert "free some space" in result.stderr
    assert result.stderr.count("has no sheet") <= 1
    assert left(course) == whole


def test_a_full_store_is_no_condition_of_a_run(
    course: Course, whole: dict[str, str], full: Callable[[Path, int], None]
) -> None:
    full(course.file("build", ".cache"), 100_000)
    built(*ROSTER)
    assert left(course) == whole
    assert shutil.disk_usage(course.file("build", ".cache")).total > 0


def test_a_folder_that_may_not_be_written_is_told(course: Course) -> None:
    course.file("build").write_text("a file where the folder should be")
    result = keygen(*ROSTER)
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
