"""Processes of this machine that work for a build or a check: so many as it has cores, and none that outlives it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from types import FrameType
from typing import Any, NamedTuple, TypeVar

from keygen.errors import KeygenError
from keygen.system.gc_tuning import look_rarely
from keygen.system.terminal import Former, heard_by, stop, unheard

GRACE = 5  # seconds in which a worker may tidy up before it is killed
LIVES = 3  # how often a pool of workers may die
TICK = 1  # seconds after which it is told that time has passed

Piece = TypeVar("Piece")
Found = TypeVar("Found")


class Held(NamedTuple):
    """Work that processes have from their beginning: what is done for each piece, of which kind it is, and whether it
    is not to be done again."""

    work: Sequence[Callable[[], Any]]
    kinds: Sequence[Hashable]
    done: bytes


NOTHING = Held((), (), b"")


def cores() -> int:
    """How many processes this machine can keep busy."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class WorkerPool(ProcessPoolExecutor):
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
def local(jobs: int, pieces: int, scratch: Path, held: Held = NOTHING) -> Iterator[Executor]:
    """Processes that begin with what this one has loaded, and have their temporary files in `scratch`, where they may
    leave some if they are killed: `jobs` of them (0: as many as there are cores), but no more than cores or pieces of
    work. They have the work in hand of which `next_held` does one piece. Whatever goes wrong here ends them and their
    TeX."""
    start = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    others = set(multiprocessing.active_children())
    count = min(jobs or cores(), cores(), pieces)
    context = multiprocessing.get_context(start)
    hand = Hand(held, context.Array("B", held.done))
    executor = WorkerPool(count, context, initializer=obey, initargs=(str(scratch), hand))
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


class WorkerExit(KeyboardInterrupt, SystemExit):
    """The end of a worker, which the code of an exercise may not take for its own (as it may not take Ctrl-C)."""


def leave(number: int, frame: FrameType | None) -> None:
    """A worker is told to end."""
    raise WorkerExit(1)


def obey(scratch: str, hand: Hand) -> None:
    """A worker leaves Ctrl-C to the process that it works for. When that says so, or is no more, it tidies up and
    ends. What it begins with is no garbage, and is not looked through."""
    _in_hand[:] = [hand]
    gc.freeze()
    look_rarely()
    tempfile.tempdir = scratch
    for number in (signal.SIGINT, *HANG_UP):
        signal.signal(number, unheard)
    signal.signal(signal.SIGTERM, leave)
    Thread(target=outlive_nobody, daemon=True).start()


class Hand:
    """The work that a worker has in hand; which pieces of it are `taken` all workers know."""

    def __init__(self, held: Held, taken: Any) -> None:
        self.work, self.kinds, self.taken = held.work, held.kinds, taken
        self.kind: Hashable = None

    def take(self) -> int:
        """The number of the first piece that nobody has taken, of the kind that this worker did last: what it has
        loaded serves again. Where none of that is left, of the kind of which most is left.
        (Affinity scheduling: Markatos and LeBlanc, 1992.)"""
        with self.taken.get_lock():
            left = [number for number, taken in enumerate(self.taken[:]) if not taken]
            counts = Counter(self.kinds[number] for number in left)
            if not counts[self.kind]:
                ((self.kind, _),) = counts.most_common(1)
            number = next(number for number in left if self.kinds[number] == self.kind)
            self.taken[number] = True
        return number


_in_hand: list[Hand] = []


def next_held(_: int) -> tuple[int, Any]:
    """The number of a piece of the work in hand that is to be done next, and what comes of it."""
    (hand,) = _in_hand
    number = hand.take()
    return number, hand.work[number]()


HANG_UP = (signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()


def outlive_nobody() -> None:
    """Wait until the process that this one works for is no more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


# --- work handed out


def worked(
    work: Callable[[Piece], Found | None],
    pieces: Sequence[Piece],
    workers: Callable[[int], AbstractContextManager[Executor]],
    *,
    known: Callable[[int], Found | None] = lambda number: None,
    note: Callable[[str], None] = lambda text: None,
    tick: Callable[[], object] = lambda: None,
    progress: Callable[[], str] = lambda: "",
) -> Generator[tuple[int, Found], None, None]:
    """Each piece's number and what came of it, as it comes; `workers` opens an executor for so many pieces.

    What is `known` of a piece is not worked out, and neither does work come back that says None and is known then.
    Workers that die (out of memory, say) are replaced. Raises KeygenError if they keep dying, with the `progress` made.
    """
    wanted = set(range(len(pieces)))
    for _ in range(LIVES):
        for number in sorted(wanted):
            if (found := known(number)) is not None:
                wanted.remove(number)
                yield number, found
        if not wanted:
            return
        try:
            with workers(len(wanted)) as executor:
                futures = {executor.submit(work, pieces[number]): number for number in sorted(wanted)}
                for future in as_they_come(set(futures), tick):
                    number = futures.pop(future)  # and with it what came of the work
                    found = future.result()
                    found = known(number) if found is None else found
                    if found is not None:
                        wanted.remove(number)
                        yield number, found
        except BrokenExecutor:
            note("a worker has died; its work is done again")
        if not wanted:
            return
    raise KeygenError(
        "workers keep dying", found=progress() or None, expected="memory for each of them",
        repair="ask for fewer with --jobs; of a build, the same command makes again only what is not finished",
    )  # fmt: skip


def in_turn(
    work: Callable[[Piece], Found],
    pieces: Sequence[Piece],
    size: Callable[[Piece], int],
    jobs: int,
    advance: Callable[[int], None],
    note: Callable[[str], None],
    kind: Callable[[Piece], Hashable] = lambda piece: None,
) -> Generator[Found, None, None]:
    """What came of each piece, in the order of the pieces: by this process, or by others if `jobs` is not 1. `advance`
    hears of the size of each piece that is done, and of 0 when time has passed. A process goes on with pieces of one
    `kind`, as long as there are any: those for which much is loaded that serves again."""
    if jobs == 1:
        for piece in pieces:
            yield work(piece)
            advance(size(piece))
        return
    early: dict[int, Found] = {}
    turn = 0
    done = bytearray(len(pieces))
    held = [partial(work, piece) for piece in pieces]  # a forked process has them, with all that was loaded for them
    kinds = list(map(kind, pieces))
    with scratch() as spool:
        found: Generator[tuple[int, tuple[int, Found]], None, None] = worked(
            next_held, range(len(pieces)), lambda count: local(jobs, count, spool, Held(held, kinds, bytes(done))),
            note=note, tick=lambda: advance(0),
        )  # fmt: skip
        with closing(found):
            for _, (number, came) in found:
                early[number], done[number] = came, True
                advance(size(pieces[number]))
                while turn in early:
                    yield early.pop(turn)
                    turn += 1


def as_they_come(futures: set[Future[Any]], tick: Callable[[], object]) -> Iterator[Future[Any]]:
    """The futures that are done, as they come; `tick` hears of every second in between."""
    while futures:
        done, futures = wait(futures, TICK, FIRST_COMPLETED)
        yield from done
        tick()


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for the time of the work; what a killed worker's TeX may still be writing there is let be."""
    with TemporaryDirectory(prefix="keygen-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextmanager
def interruptible(what: str, progress: Callable[[], str]) -> Iterator[None]:
    """Ctrl-C, and a polite kill, end the workers and their TeX, and are told as what they are. Who presses it twice
    has to wait as long as who presses it once, GRACE at most."""

    def stop_once(former: Former, number: int, frame: FrameType | None) -> None:
        for other in former:
            signal.signal(other, unheard)
        stop(number, frame)

    with heard_by(stop_once):
        try:
            yield
        except KeyboardInterrupt:
            raise KeygenError(
                f"the {what} was stopped", found=progress(),
                repair="give the same command again: what is finished is not made again"
                if what == "build" else "give the same command again",
            ) from None  # fmt: skip
