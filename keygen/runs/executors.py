"""Where batches are worked: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager

from keygen.errors import KeygenError


def cores() -> int:
    """How many processes this machine can keep busy."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def local(jobs: int) -> Iterator[Executor]:
    """`jobs` processes that begin with what this one has loaded. Whatever goes wrong here ends them and their TeX."""
    start = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    executor = ProcessPoolExecutor(jobs, multiprocessing.get_context(start), initializer=obey)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # numpy's idle threads do not mind a fork
            executor.submit(int).result()
        yield executor
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def obey() -> None:
    """A worker leaves Ctrl-C to the process that it works for, and ends with its folders tidied when that says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of the Dask scheduler at `address`. Raises KeygenError without dask, and where nobody answers."""
    try:
        from distributed import Client  # an optional dependency, and a slow one
    except ImportError as error:
        raise KeygenError("--cluster needs dask.distributed", repair="pip install 'keygen[cluster]'") from error
    try:
        client = Client(  # type: ignore[no-untyped-call]
            address, timeout="10s", set_as_default=False
        )
    except (OSError, ValueError, TimeoutError) as error:
        raise KeygenError(
            f"no scheduler answers at {address}", expected="the address of a Dask scheduler, tcp://host:8786",
            found=str(error), repair="start one with `dask scheduler`, and workers with `dask worker ADDRESS`",
        ) from error  # fmt: skip
    with client:
        yield client.get_executor(pure=False)  # type: ignore[no-untyped-call]
