"""A Dask cluster that works on batches."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from keygen.errors import KeygenError

ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx)://[^\s/]+:\d+/?")
ANSWER, COMING = 10, 60  # seconds in which a scheduler must answer, and a first worker must come


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of the Dask scheduler at `address`; Dask itself does again what was a dead worker's.

    Raises KeygenError without dask; where nobody answers, or ceases to; where no worker comes, or one without keygen.
    """
    try:
        from distributed import Client, KilledWorker  # an optional dependency, and a slow one
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        raise KeygenError("--cluster needs dask.distributed", repair="pip install 'keygen[cluster]'") from error
    try:
        with quiet(), connected(Client, address) as client:
            equipped(client, address)
            yield client.get_executor(pure=False)
    except (CancelledError, CommClosedError) as error:
        raise KeygenError(
            f"the scheduler at {address} answers no more",
            repair="start it again, then give the same command: what is finished is not made again",
        ) from error  # fmt: skip
    except KilledWorker as error:
        raise BrokenExecutor(str(error)) from error


@contextmanager
def quiet() -> Iterator[None]:
    """Dask writes tracebacks to its log of what is told in a sentence here."""
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def connected(client: Any, address: str) -> Any:
    """Dask's client for a scheduler, to be closed. (Where it cannot be made, one is left that waits for 20 s.)"""
    if not ADDRESS.fullmatch(address):
        raise KeygenError(f"{address} is no address", expected="the address of a Dask scheduler, tcp://host:8786")
    try:
        return client(address, timeout=f"{ANSWER}s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise KeygenError(
            f"no scheduler answers at {address}", expected="the address of a Dask scheduler, tcp://host:8786",
            found=str(error), repair="start one with `dask scheduler`, and workers with `dask worker ADDRESS`",
        ) from error  # fmt: skip


def equipped(client: Any, address: str) -> None:
    """Raise where no worker comes, or where one has no keygen: it would die of its work."""
    try:
        client.wait_for_workers(1, timeout=COMING)
    except TimeoutError as error:
        raise KeygenError(
            f"the cluster at {address} has no workers", expected=f"one within {COMING} s",
            repair=f"start some with `dask worker {address}`",
        ) from error  # fmt: skip
    without = [worker for worker, found in client.run(find_spec, "keygen").items() if found is None]
    if without:
        raise KeygenError(
            "workers of the cluster have no keygen", found=", ".join(without[:4]),
            repair="install the same keygen in the environment of each worker",
        )  # fmt: skip
