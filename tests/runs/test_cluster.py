"""The same run on a Dask cluster: a real scheduler, real workers, one of them killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from scratch_course import ROSTER, Course, built, files_of, keygen, started

IF_S5 = 'grep -q "Student s5" sheet.tex 2>/dev/null &&'
SCHEDULER = ("scheduler", "--host", "127.0.0.1", "--no-dashboard", "--no-show")
WORKER = ("worker", "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Cluster:
    """A scheduler and its workers, processes that work in a folder of their own."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def cluster(course: Course, tmp_path: Path) -> Iterator[Cluster]:
    port, elsewhere = free_port(), tmp_path / "elsewhere"
    elsewhere.mkdir()
    env = {**os.environ, **course.env, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s"}
    env["KEYGEN_SECRET"] = "not the one of the course"
    address = f"tcp://127.0.0.1:{port}"

    def dask(*words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *words]
        return subprocess.Popen(
            command, cwd=elsewhere, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    scheduler = dask(*SCHEDULER, "--port", str(port))
    workers = [dask(*WORKER, address) for _ in range(2)]
    yield Cluster(address, scheduler, workers)
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def test_a_cluster_makes_the_same_bytes_though_a_worker_is_killed(course: Course, cluster: Cluster) -> None:
    course.spring(f"{IF_S5} mkdir {course.folder}-once 2>/dev/null && echo $PPID > {course.folder}-victim && sleep 60")
    process = started(course, *ROSTER, "--cluster", cluster.address)
    end = time.monotonic() + 60
    victim = Path(f"{course.folder}-victim")
    while not (victim.exists() and victim.read_text()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)
    killed = next(worker for worker in cluster.workers if worker.pid == int(victim.read_text()))
    killed.send_signal(signal.SIGKILL)
    out, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")
    assert killed.wait() == -signal.SIGKILL
    far = files_of(course.build / "mine")
    course.file("build").rename("far")
    assert built(*ROSTER).stdout == out
    assert files_of(course.build / "mine") == far


def test_where_no_scheduler_answers_a_message_says_so(course: Course) -> None:
    start = time.monotonic()
    result = keygen(*ROSTER, "--cluster", f"tcp://127.0.0.1:{free_port()}")
    assert time.monotonic() - start < 30
    assert result.exit_code == 1
    assert "no scheduler answers at tcp://127.0.0.1:" in result.stderr
    assert "dask scheduler" in result.stderr


@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1:port", "udp://127.0.0.1:1"])
def test_an_address_that_is_none_is_told(course: Course, address: str) -> None:
    result = keygen(*ROSTER, "--cluster", address)
    assert result.exit_code == 1
    assert address in result.stderr
    assert "tcp://host:8786" in result.stderr


def test_without_dask_a_message_says_how_to_get_it(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = keygen(*ROSTER, "--cluster", "tcp://127.0.0.1:8786")
    assert result.exit_code == 1
    assert "pip install 'keygen[cluster]'" in result.stderr
