"""Processes of this machine that work on batches."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any

from keygen.litter import look_rarely

GRACE = 5  # seconds in which a worker may tidy up before it is killed


def cores() -> int:
    """How many processes this machine can keep busy."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool(ProcessPoolExecutor):
    """Processes that end when they are told to."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand out work."""
        return super().submit(done_or_gone, work, *args, **kwargs)


def done_or_gone(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Do the work. A pool would take an exit for what came of it, and go on."""
    try:
        return work(*args, **kwargs)
    except SystemExit:
        os._exit(1)


@contextmanager
def local(jobs: int, scratch: Path) -> Iterator[Executor]:
    """`jobs` processes that begin with what this one has loaded, and have their temporary files in `scratch`, where
    they may leave some if they are killed. Whatever goes wrong here ends them and their TeX."""
    start = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    others = set(multiprocessing.active_children())
    executor = Pool(jobs, multiprocessing.get_context(start), initializer=obey, initargs=(str(scratch),))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # numpy's idle threads do not mind a fork
            executor.submit(int).result()
        yield executor
    except BaseException:
        end(set(multiprocessing.active_children()) - others)
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def end(processes: set[BaseProcess]) -> None:
    """Have the processes end, gently if they can."""
    for process in processes:
        process.terminate()
    sentinels = {process.sentinel: process for process in processes}
    deadline = time.monotonic() + GRACE
    while sentinels and (ended := connection.wait(sentinels, max(deadline - time.monotonic(), 0))):
        sentinels = {sentinel: process for sentinel, process in sentinels.items() if sentinel not in ended}
    for process in sentinels.values():
        process.kill()


def obey(scratch: str) -> None:
    """A worker leaves Ctrl-C to the process that it works for. When that says so, or is no more, it tidies up and
    ends. What it begins with is no garbage, and is not looked through."""
    gc.freeze()
    look_rarely()
    tempfile.tempdir = scratch
    for number in (signal.SIGINT, *HANG_UP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    Thread(target=outlive_nobody, daemon=True).start()


HANG_UP = (signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()


def outlive_nobody() -> None:
    """Wait until the process that this one works for is no more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
