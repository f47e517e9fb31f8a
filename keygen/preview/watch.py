"""`keygen preview --watch`: the page is served, and renewed with every saved file of the course."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from keygen.errors import KeygenError
from keygen.preview.live import Live, Renewal
from keygen.preview.variants import PreviewRequest
from keygen.system.terminal import Former, heard_by, tell

GLANCE = 0.1  # seconds after which it is looked whether somebody wants it to stop


def watched(request: PreviewRequest, port: int, say: Callable[[str], None]) -> None:
    """Serve the page until Ctrl-C; its address is said. Raises KeygenError for an unknown sheet or exercise, a port
    that is taken, and without the packages of the extra `preview`."""
    try:
        from keygen.preview.saving import watching  # optional dependencies, and slow ones
        from keygen.preview.server import serving
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

    def note(former: Former, number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        for other, handler in former.items():
            signal.signal(other, handler)

    with heard_by(note, ("SIGINT", "SIGTERM")):
        yield lambda: asked
