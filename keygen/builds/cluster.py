"""A Dask cluster that works on batches."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from keygen.errors import KeygenError

ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx)://[^\s/]+:\d+/?")
ANSWER, COMING = 4, 60  # seconds in which a scheduler must answer, and a first worker must come


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of the Dask scheduler at `address`; Dask itself does again what was a dead worker's.

    Raises KeygenError without dask; where nobody answers, or something else than a scheduler, or a scheduler ceases to;
    where no worker comes, or one without keygen; for an encrypted address without certificates.
    """
    try:
        from distributed import Client, KilledWorker  # an optional dependency, and a slow one
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        raise KeygenError("--cluster needs dask.distributed", repair="pip install 'keygen-sheets[cluster]'") from error
    try:
        with quiet(), spoken_to(address), connected(Client, address) as client:
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


@contextmanager
def spoken_to(address: str) -> Iterator[None]:
    """Raise unless a scheduler answers. (Dask's own client would wait for minutes where something else does, and one
    that cannot be made is left to wait for 20 s.)"""
    from distributed.comm.core import connect
    from distributed.security import Security

    if not ADDRESS.fullmatch(address):
        raise KeygenError(f"{address} is no address", expected="the address of a Dask scheduler, tcp://host:8786")
    terms = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    if address.startswith(("tls:", "wss:")) and terms.get("ssl_context") is None:
        raise KeygenError(
            f"{address} needs certificates", expected="distributed.comm.tls in Dask's configuration",
            repair="name ca-file, client.cert and client.key there, or use tcp:// in a network that you trust",
        )  # fmt: skip

    async def identity() -> Any:
        comm = await connect(address, timeout=ANSWER, **terms)  # type: ignore[no-untyped-call]
        try:
            await comm.write({"op": "identity", "reply": True})
            return await comm.read()
        finally:
            comm.abort()

    try:
        found = asyncio.run(asyncio.wait_for(identity(), ANSWER))
    except TimeoutError as error:
        raise silent(address, f"no answer within {ANSWER} s") from error
    except MemoryError as error:  # for what Dask takes for a length
        raise silent(address, "an answer that is not Dask's") from error
    except Exception as error:  # whatever else Dask makes of bytes that are not its own
        raise silent(address, str(error) or type(error).__name__) from error
    if not isinstance(found, dict) or found.get("type") != "Scheduler":
        raise silent(address, str(found))
    yield


def silent(address: str, found: str) -> KeygenError:
    """Where no scheduler is."""
    return KeygenError(
        f"no scheduler answers at {address}", expected="the address of a Dask scheduler, tcp://host:8786",
        found=found, repair="start one with `dask scheduler`, and workers with `dask worker ADDRESS`",
    )  # fmt: skip


def connected(client: Any, address: str) -> Any:
    """Dask's client for a scheduler, to be closed."""
    try:
        return client(address, timeout=f"{ANSWER}s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise silent(address, str(error)) from error


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
