"""`keygen preview --watch`: the page is served, and renewed with every saved file of the course."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from types import FrameType

from keygen.course.search_path import SearchPath
from keygen.errors import KeygenError
from keygen.preview.live import Live, Renewal
from keygen.preview.variants import PreviewRequest
from keygen.system.terminal import stop, tell

STEP, LONGEST = 20, 200  # milliseconds without a change after which saving is over, and for which it is waited at most
GLANCE = 0.1  # seconds after which it is looked whether somebody wants it to stop
ROUND = 1000  # milliseconds after which it is looked for new folders


def watched(request: PreviewRequest, port: int, say: Callable[[str], None]) -> None:
    """Serve the page until Ctrl-C; its address is said. Raises KeygenError for an unknown sheet or exercise, a port
    that is taken, and without the packages of the extra `preview`."""
    try:
        import watchfiles  # noqa: F401

        from keygen.preview.server import serving  # optional dependencies, and slow ones
    except ModuleNotFoundError as error:
        raise KeygenError(
            f"--watch needs {error.name}", repair="pip install 'keygen-sheets[preview]'"
        ) from error  # fmt: skip
    course = request.course
    if request.target not in (*course.sheets, *course.exercises):
        course.target(request.target)
    live, saved = Live(), Event()
    with asked_to_stop() as stopped, watching(course.path, saved), serving(live, port) as address:
        say(address)
        tell("keygen: open it in a browser of this machine; Ctrl-C ends it")
        renewal = Renewal(request, live, lambda: stopped() or saved.is_set())
        while not stopped():
            saved.clear()
            renewal.renew()
            while not (stopped() or saved.wait(GLANCE)):
                pass


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed, or somebody has asked politely. It breaks nothing off, for a `KeyboardInterrupt` may
    be lost in the midst of an import, say; a second one does."""
    asked = False
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    stops = signal.SIG_DFL, signal.default_int_handler, stop
    ours = {number: handler for number, handler in before.items() if handler in stops}  # `nohup` has it go on

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        for other, handler in ours.items():
            signal.signal(other, handler)

    for number in ours:
        signal.signal(number, note)
    try:
        yield lambda: asked
    finally:
        for number, handler in ours.items():
            signal.signal(number, handler)


@contextmanager
def watching(path: SearchPath, saved: Event) -> Iterator[None]:
    """Set the event whenever a file of the course is saved, as long as the context lasts."""
    over = Event()
    thread = Thread(target=watch_folders, args=(path, saved, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def watch_folders(path: SearchPath, saved: Event, over: Event) -> None:
    """Watch until it is over. Where the system tells of no change (a folder of a network, too many files), look for
    changes from time to time."""
    from watchfiles import watch

    polling = False
    while not over.is_set():
        folders = folders_of(path)
        if not folders:
            over.wait(ROUND / 1000)
            continue
        try:
            for changes in watch(
                *folders, watch_filter=lambda change, file: is_source(Path(file)), debounce=LONGEST, step=STEP,
                stop_event=over, rust_timeout=ROUND, yield_on_timeout=True, raise_interrupt=False,
                force_polling=polling or None,
            ):  # fmt: skip
                if changes:
                    saved.set()
                if folders_of(path) != folders:
                    saved.set()
                    break
        except OSError:
            if polling:
                raise
            polling = True


def folders_of(path: SearchPath) -> list[Path]:
    """The folders of exercises, sheets and templates, as far as they are there."""
    found = (folder / name for folder in path.folders for name in ("exercises", "templates"))
    return [folder for folder in found if folder.is_dir()]


def is_source(file: Path) -> bool:
    """Whether a file may be one of the course, and not an editor's own, or what Python has compiled."""
    return not (file.name.startswith((".", "#")) or file.name.endswith(("~", ".pyc")) or file.name == "__pycache__")
