"""The same run on a Dask cluster: a real scheduler, real workers, one of them killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest
from scratch_course import ROSTER, Course, built, files_of, keygen, started

IF_S5 = 'grep -q "Student s5" sheet.tex 2>/dev/null &&'
SCHEDULER = ("scheduler", "--host", "127.0.0.1", "--no-dashboard", "--no-show")
WORKER = ("worker", "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


Process = subprocess.Popen[bytes]
Dask = Callable[..., Process]


@pytest.fixture
def dask(course: Course, tmp_path: Path) -> Iterator[Dask]:
    """Starts parts of a cluster, processes that work in a folder of their own and know nothing of the course."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    env = {**os.environ, **course.env, "KEYGEN_SECRET": "not the one of the course"}
    processes: list[Process] = []

    def start(*words: str, **more: str) -> Process:
        command = [sys.executable, "-m", "dask", *words]
        log = (tmp_path / f"dask-{len(processes)}.log").open("wb")
        with log:
            processes.append(subprocess.Popen(command, cwd=elsewhere, env=env | more, stdout=log, stderr=log))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def scheduler(dask: Dask) -> tuple[str, Process]:
    """A scheduler and its address."""
    port = free_port()
    return f"tcp://127.0.0.1:{port}", dask(*SCHEDULER, "--port", str(port))


def test_a_cluster_makes_the_same_bytes_though_a_worker_is_killed(
    course: Course, dask: Dask, scheduler: tuple[str, Process]
) -> None:
    address, _ = scheduler
    workers = [dask(*WORKER, address) for _ in range(2)]
    course.spring(f"{IF_S5} mkdir {course.folder}-once 2>/dev/null && echo $PPID > {course.folder}-victim && sleep 60")
    process = started(course, *ROSTER, "--cluster", address)
    end = time.monotonic() + 60
    victim = Path(f"{course.folder}-victim")
    while not (victim.exists() and victim.read_text()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)
    killed = next(worker for worker in workers if worker.pid == int(victim.read_text()))
    killed.send_signal(signal.SIGKILL)
    out, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")
    assert killed.wait() == -signal.SIGKILL
    far = files_of(course.build / "mine")
    course.file("build").rename("far")
    assert built(*ROSTER).stdout == out
    assert files_of(course.build / "mine") == far


def refused(course: Course, address: str, before: str = "from keygen.builds import cluster") -> str:
    """What is said of a cluster that does not work. (Dask's threads would disturb the forks of other tests here.)"""
    process = started(course, *ROSTER, "--cluster", address, before=before)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert "Traceback" not in said
    return said


def test_a_scheduler_without_workers_is_told(course: Course, scheduler: tuple[str, Process]) -> None:
    said = refused(course, scheduler[0], "from keygen.builds import cluster; cluster.COMING = 1")
    assert said.startswith(f"keygen: the cluster at {scheduler[0]} has no workers\n")


def test_a_scheduler_that_dies_is_told_in_a_sentence(course: Course, scheduler: tuple[str, Process]) -> None:
    address, process = scheduler
    kill = f"import os; from keygen.builds import cluster; cluster.equipped = lambda *_: os.kill({process.pid}, 9)"
    assert refused(course, address, kill).startswith(f"keygen: the scheduler at {address} answers no more\n")


def test_where_no_scheduler_answers_a_message_says_so(course: Course) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    said = refused(course, address, "from keygen.builds import cluster; cluster.ANSWER = 1")
    assert said.startswith(f"keygen: no scheduler answers at {address}\n")
    assert "dask scheduler" in said


@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1:port", "udp://127.0.0.1:1"])
def test_an_address_that_is_none_is_told(course: Course, address: str) -> None:
    result = keygen(*ROSTER, "--cluster", address)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"keygen: {address} is no address\n")
    assert "tcp://host:8786" in result.stderr


def test_without_dask_a_message_says_how_to_get_it(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = keygen(*ROSTER, "--cluster", "tcp://127.0.0.1:8786")
    assert result.exit_code == 1
    assert "pip install 'keygen-sheets[cluster]'" in result.stderr


@pytest.mark.parametrize("greeting", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n"])
def test_a_port_of_something_else_than_dask_is_told_within_ten_seconds(course: Course, greeting: bytes) -> None:
    with greeter(greeting) as address:
        before = "from keygen.builds import cluster; assert cluster.ANSWER <= 5; cluster.ANSWER = 1"
        said = refused(course, address, before)
    assert said.startswith(f"keygen: no scheduler answers at {address}\n")
    assert "dask scheduler" in said


@contextmanager
def greeter(greeting: bytes) -> Iterator[str]:
    """The address of a server that says something to everybody who comes, and no more."""

    def greet() -> None:
        with suppress(OSError):  # the end of the test
            while True:
                caller = callers.enter_context(server.accept()[0])
                with suppress(ConnectionError):  # who has gone already
                    caller.sendall(greeting)

    with ExitStack() as callers, socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=greet)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)  # wakes who waits for the next caller
            thread.join()


def test_an_encrypted_address_without_certificates_is_told(course: Course) -> None:
    said = refused(course, "tls://127.0.0.1:8786")
    assert said.startswith("keygen: tls://127.0.0.1:8786 needs certificates\n")
