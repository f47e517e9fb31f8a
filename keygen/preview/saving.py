"""Which files of a course are saved. The library that tells of it is an optional dependency."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from watchfiles import watch

from keygen.course.search_path import SearchPath

STEP, LONGEST = 20, 200  # milliseconds without a change after which saving is over, and for which it is waited at most
ROUND = 1000  # milliseconds after which it is looked for new folders


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
