"""A check that is interrupted, or whose workers die, ends as a build does: with a sentence, and with nobody left."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from scratch_course import Course, started
from test_faults import alive_with, until

from keygen.builds import executors
from keygen.builds.executors import cores, local, scratch, worked

# Each process of a check says in $SEEN that it is there; $TRAP is Python that may stop it.
TRAPPED = """

import os, pathlib, signal, time


def worthwhile(v):
    pathlib.Path(os.environ["SEEN"], str(os.getpid())).touch()
    exec(os.environ["TRAP"])
    return {}
"""
PYTHON = sys.executable
SMALL = "from keygen.checking import sweep; sweep.CHUNK = 1"


@pytest.fixture
def trapped(course: Course, tmp_path: Path) -> Course:
    """A course whose draws spring a trap."""
    for name in ("one", "two"):
        file = course.file("exercises", "my", name, "exercise.py")
        file.write_text(file.read_text() + TRAPPED)
    (tmp_path / "seen").mkdir()
    course.env.update(SEEN=str(tmp_path / "seen"), TRAP="")
    return course


def seen(course: Course) -> list[str]:
    """The processes that have been at work."""
    return os.listdir(course.env["SEEN"])


def checking(course: Course, *words: str) -> subprocess.Popen[str]:
    return started(course, "mine", "--seeds", "6", *words, before=SMALL, command="check")


def twice(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)


@pytest.mark.parametrize(
    "how",
    [
        lambda process: os.killpg(process.pid, signal.SIGINT),
        twice,
        lambda process: process.terminate(),
        lambda process: process.send_signal(signal.SIGHUP),
    ],
    ids=["once", "twice", "politely", "hung up"],
)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_check_that_is_stopped_says_so_and_leaves_nobody(
    trapped: Course, how: Callable[[subprocess.Popen[str]], None], jobs: str
) -> None:
    trapped.env["TRAP"] = "time.sleep(60)"
    process = checking(trapped, "--jobs", jobs)
    until(lambda: len(seen(trapped)) == min(int(jobs), cores()))
    how(process)
    out, said = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert said.startswith("keygen: the check was stopped\n")
    assert "Traceback" not in said
    until(lambda: not alive_with(trapped), 5)
    assert os.listdir(trapped.env["TMPDIR"]) == []


LOST = """
import os, signal, time
from keygen.system.terminal import politely
politely()
class Ending:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(1000): pass
ending = Ending()
try:
    del ending
    time.sleep(30)
except KeyboardInterrupt:
    print("stopped")
"""


def test_an_interrupt_that_python_loses_in_a_destructor_comes_again() -> None:
    ran = subprocess.run([sys.executable, "-c", LOST], capture_output=True, text=True, timeout=20, check=False)
    assert (ran.stdout, ran.stderr) == ("stopped\n", "")


def test_the_workers_of_a_check_do_not_outlive_it_when_it_is_killed_outright(trapped: Course) -> None:
    trapped.env["TRAP"] = "time.sleep(60)"
    process = checking(trapped, "--jobs", "2")
    until(lambda: len(seen(trapped)) == min(2, cores()))
    process.kill()
    process.communicate(timeout=20)
    until(lambda: not alive_with(trapped), 5)


def test_a_worker_of_a_check_that_is_killed_costs_nothing(trapped: Course, tmp_path: Path) -> None:
    once = str(tmp_path / "once")
    trapped.env["TRAP"] = f"os.path.exists({once!r}) or os.mkdir({once!r}) or os.kill(os.getpid(), 9)"
    found = []
    for _ in range(2):  # the second one is not disturbed
        out, said = checking(trapped, "--jobs", "2", "--json").communicate(timeout=60)
        assert said == ""
        found.append(json.loads(out))
        for exercise in found[-1]["exercises"]:
            exercise.pop("seconds")
    assert found[0] == found[1]
    assert found[0]["ok"]


def test_workers_of_a_check_that_keep_dying_are_told_in_a_sentence(trapped: Course) -> None:
    trapped.env["TRAP"] = "os.kill(os.getpid(), 9)"
    process = checking(trapped, "--jobs", "2")
    out, said = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert said.startswith("keygen: workers keep dying\n")
    assert "Traceback" not in said


def test_no_more_processes_than_cores_check_or_build_whatever_is_asked_for(trapped: Course, tmp_path: Path) -> None:
    process = checking(trapped, "--jobs", "200")
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert 1 <= len(seen(trapped)) <= cores() + 1  # this process itself may look at an exercise, too
    before = set(multiprocessing.active_children())
    with local(200, 100, tmp_path) as pool:
        list(pool.map(abs, range(50)))
        assert len(set(multiprocessing.active_children()) - before) <= cores()
    with local(0, 1, tmp_path) as pool:
        assert pool.submit(abs, -1).result() == 1
        assert len(set(multiprocessing.active_children()) - before) == 1


def test_work_that_is_known_is_not_done_again_and_time_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(executors, "TICK", 0.01)
    ticks: list[int] = []
    with scratch() as spool:
        came = dict(
            worked(
                slowly, [1, 2, 3], lambda pieces: local(2, pieces, spool),
                known=lambda number: "known" if number == 1 else None, tick=lambda: ticks.append(1),
            )
        )  # fmt: skip
    assert came == {0: "1", 1: "known", 2: "3"}
    assert len(ticks) > 2


def test_a_process_goes_on_with_pieces_of_one_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "cores", lambda: 2)
    pieces = [(place, kind) for place in range(6) for kind in "abc"]
    came = list(executors.in_turn(worker_of, pieces, lambda one: 1, 2, lambda size: None, print, lambda one: one[1]))
    assert [piece for piece, _ in came] == pieces
    for kind in "ab":  # each of the two begins with one of them
        assert len({worker for (_, one), worker in came if one == kind}) == 1
    assert {worker for (place, one), worker in came if one == "c"} <= {worker for _, worker in came}


def worker_of(piece: tuple[int, str]) -> tuple[tuple[int, str], int]:
    time.sleep(0.01)
    return piece, os.getpid()


def test_what_a_worker_that_died_had_in_hand_is_done_by_others(tmp_path: Path) -> None:
    pieces = [(number, tmp_path / "died") for number in range(12)]
    told: list[int] = []
    notes: list[str] = []
    came = list(executors.in_turn(fatally, pieces, lambda one: 1, 2, told.append, notes.append, lambda one: one[0] % 3))
    assert came == list(range(12))
    assert sum(told) == 12
    assert notes == ["a worker has died; its work is done again"]


def fatally(piece: tuple[int, Path]) -> int:
    """A piece at which the first worker that comes to it dies."""
    number, mark = piece
    time.sleep(0.01)
    if number == 7 and not mark.exists():
        mark.touch()
        os._exit(1)
    return number


def slowly(piece: int) -> str:
    time.sleep(0.2)
    return str(piece)


def test_a_limit_of_the_shell_is_named(course: Course) -> None:
    for limit, words, named in (
        ("-n 12", "build mine --variants 3", "`ulimit -n` allows 12 files open at once"),
        ("-n 12", "check mine --seeds 30 --jobs 2", "`ulimit -n` allows 12 files open at once"),
        ("-f 1", "build mine --format tex", "`ulimit -f` allows 1,024 bytes in a file"),
        ("-f 8", "build mine", "`ulimit -f` allows 8,192 bytes in a file"),
    ):
        done = subprocess.run(
            ["bash", "-c", f"ulimit {limit}; exec $PYTHON -m keygen {words}"], cwd=course.folder, text=True,
            env={**os.environ, **course.env, "PYTHON": PYTHON}, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert named in done.stderr
        assert "Traceback" not in done.stderr
        assert "ulimit" in done.stderr.splitlines()[-1]
