"""The terminal: everything that a command prints goes through here, and nothing of a file's can steer a screen.

Control characters, and characters that the terminal's encoding lacks, are written as `\\uXXXX`, which JSON reads as the
characters that they are. Output that is lost ends in one message and exit code 1, never in a traceback.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from functools import partial
from shutil import get_terminal_size
from time import monotonic
from types import FrameType
from typing import Any, TextIO

import click

from keygen.errors import KeygenError

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""C0 but for tabs and new lines, DEL, C1, what ends a line or turns the direction of writing, halves of characters."""
ESCAPING = "keygen-escape"
PLAIN = 10  # seconds between two lines of progress on a terminal that cannot draw over one
MIN_TEXT, MAX_TEXT = 40, 100  # columns of text that is read
WIDE = 60  # columns in which there is room for a bar
BAR = 20  # characters of a bar: the words beside it are what must not be cut
NAME = 9  # characters of a label where there is none


def escape(text: str) -> str:
    """Each character as `\\uXXXX`, or as two of them, in the way of JSON."""
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{int.from_bytes(units[at : at + 2]):04x}" for at in range(0, len(units), 2))


def escaping(error: UnicodeError) -> tuple[str, int]:
    """For `codecs`: what an encoding lacks is escaped."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return escape(error.object[error.start : error.end]), error.end


codecs.register_error(ESCAPING, escaping)


def visible(text: str) -> str:
    """The text without control characters: they are escaped."""
    return CONTROLS.sub(lambda found: escape(found[0]), text)


# --- words


def columns() -> int:
    """How wide text may be: as the terminal is, but no wider than a person reads."""
    return max(MIN_TEXT, min(MAX_TEXT, get_terminal_size().columns))


def width() -> int | None:
    """How wide a table may be: as the terminal is; None where no person reads it there."""
    return max(MIN_TEXT, get_terminal_size().columns) if output().isatty() else None


class Standard:
    """Standard output while others' code runs, which has stderr in its place."""

    output: TextIO | None = None


@contextmanager
def output_kept() -> Iterator[None]:
    """What others print meanwhile, a `print` in an exercise, goes to stderr: on stdout a script reads what keygen says
    alone."""
    former, Standard.output = Standard.output, sys.stdout
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        Standard.output = former


def output() -> TextIO:
    """Standard output."""
    return Standard.output or sys.stdout


def say(text: str) -> None:
    """Print what was asked for on stdout. Raises KeygenError where it cannot be written; who has closed the pipe
    wants no more, and the program ends with exit code 1."""
    try:
        write(output(), text)
    except OSError as error:
        raise lost(error) from error


def tell(text: str) -> None:
    """What is to be said beside it, on stderr; where that is closed or full, there is nobody to tell."""
    with suppress(OSError):
        write(sys.stderr, text)


def note(text: str) -> None:
    """A word of progress, where a person is watching."""
    if watched():
        tell(text)


def watched() -> bool:
    """Whether stderr is a terminal."""
    return sys.stderr.isatty()


def write(stream: TextIO, text: str) -> None:
    """A text and the end of its line; a stream that fails is silent from then on, at the program's end too."""
    try:
        stream.write(f"{visible(text)}\n")
        stream.flush()
    except OSError:
        silence(stream)
        raise


def silence(stream: TextIO) -> None:
    """What the stream still holds goes nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def lost(error: OSError) -> KeygenError:
    """Output that could not be written. Ends the program where nobody is left to read it."""
    if error.errno == errno.EPIPE:
        sys.exit(1)
    closed = error.errno == errno.EBADF
    return KeygenError(
        "what was to be printed is lost", found="standard output is closed" if closed else error.strerror or str(error),
        repair="give the same command again, with an output that can be written; files are where they belong",
    )  # fmt: skip


# --- a command from its beginning to its end


class Commands(click.Group):
    """A group of commands whose every word goes through here, Click's own too: help, and what is wrong use."""

    def main(self, args: Any = None, *more: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run a command and exit with its code."""
        if not standalone_mode:
            return super().main(args, *more, standalone_mode=False, **extra)  # type: ignore[call-overload]
        ready()
        if args is None:
            politely()
        try:
            found: Any = super().main(args, *more, standalone_mode=False, **extra)  # type: ignore[call-overload]
            sys.exit(found if isinstance(found, int) else 0)
        except click.ClickException as error:
            said = io.StringIO()
            error.show(said)
            tell(said.getvalue().rstrip("\n"))
            sys.exit(error.exit_code)
        except OSError as error:  # Click's help; a command's own are told by it
            silence(sys.stdout)
            tell(f"keygen: {lost(error)}")
            sys.exit(1)
        except (click.Abort, KeyboardInterrupt):
            tell("keygen: stopped")
            sys.exit(1)
        finally:
            if args is None:  # the program itself, which has said what it had to say: nothing interrupts its end
                deafen()


AGAIN = 0.05  # seconds after which a lost interrupt comes again
STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")


def politely() -> None:
    """A polite kill, and the end of the terminal, are as Ctrl-C: TeX is ended and folders are tidied on the way out."""
    for name in STOPPING:
        number = getattr(signal, name, None)
        if number is not None:  # `nohup` has a command go on
            signal.signal(number, unheard if signal.getsignal(number) == signal.SIG_IGN else stop)
    sys.unraisablehook = once_more


Handler = Callable[[int, FrameType | None], Any] | int | None
Former = Mapping[int, Handler]  # what has handled each signal before


@contextmanager
def heard_by(hear: Callable[[Former, int, FrameType | None], None], names: Iterable[str] = STOPPING) -> Iterator[None]:
    """Signals that would stop the command go to `hear`, with what has handled each before, as long as the context
    lasts; `nohup` has a command go on."""
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    stops = signal.SIG_DFL, signal.default_int_handler, stop
    former = {number: handler for number in numbers if (handler := signal.getsignal(number)) in stops}
    for number in former:
        signal.signal(number, partial(hear, former))
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def unheard(number: int, frame: FrameType | None) -> None:
    """A signal that is let pass. One that is ignored would be ignored by TeX too, which is asked by an interrupt where
    it stands."""


def stop(number: int, frame: FrameType | None) -> None:
    """The first signal stops the command; a second one does not disturb what ends TeX and tidies folders."""
    deafen()
    raise KeyboardInterrupt


def once_more(unraised: Any) -> None:
    """For `sys.unraisablehook`: what stops the command was raised where Python lets nothing through, in a destructor or
    a callback, and would be lost, with all signals ignored by now. It is raised again as soon as that has ended."""
    if not isinstance(unraised.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(unraised)
    elif hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, AGAIN)


def deafen() -> None:
    """Nothing interrupts what comes now."""
    for name in STOPPING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def ready() -> None:
    """Open what the shell has closed, lest a file of keygen's become standard output; have both streams escape."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)  # reading alone: a word there is lost
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ESCAPING)


# --- progress


@contextmanager
def progress(total: int, label: str, unit: str) -> Iterator[Callable[[int], None]]:
    """How many of the total are done, how many a second and how long it will take, where a person is watching.

    Yields what is to be told of each further number done; 0 says that time has passed. Nothing is left of it in the
    end. There is no thread: workers are forked while it is shown.
    """
    if not watched():
        yield lambda count: None
    elif os.environ.get("TERM", "dumb") in ("dumb", "unknown"):
        yield ProgressLines(total, label, unit).advance
    else:
        with bar(total, label, unit) as advance:
            yield advance


@contextmanager
def bar(total: int, label: str, unit: str) -> Iterator[Callable[[int], None]]:
    """A line that is drawn over."""
    from rich.console import Console  # as the commands do: not for `--help`
    from rich.progress import BarColumn, Progress, ProgressColumn, Task
    from rich.text import Text

    class Words(ProgressColumn):
        """All that is said of the work."""

        def render(self, task: Task) -> Text:
            stands = standing(int(task.completed), total, task.elapsed or 0.0, unit if wide else "")
            return Text(f"{name} {stands}", no_wrap=True)

    console = Console(file=sys.stderr, force_terminal=True)  # it is one, whatever FORCE_COLOR says
    wide = console.width >= WIDE
    name = label if wide or len(label) <= NAME else f"{label[: NAME - 2]}.."
    columns = [Words(), BarColumn(bar_width=BAR)] if wide else [Words()]
    with Progress(
        *columns, console=console, transient=True, auto_refresh=False,
        redirect_stdout=False, redirect_stderr=False,
    ) as shown:  # fmt: skip
        task = shown.add_task("", total=total)

        def advance(count: int) -> None:
            shown.advance(task, count)
            shown.refresh()

        yield advance


class ProgressLines:
    """Progress for a terminal that cannot draw over a line: a line from time to time."""

    def __init__(self, total: int, label: str, unit: str) -> None:
        self.total, self.label, self.unit, self.done = total, label, unit, 0
        self.start = self.last = monotonic()

    def advance(self, count: int) -> None:
        """So many more are done."""
        self.done += count
        now = monotonic()
        if now - self.last >= PLAIN and self.done < self.total:
            self.last = now
            tell(f"{self.label}: {standing(self.done, self.total, now - self.start, self.unit)}")


def standing(done: int, total: int, seconds: float, unit: str) -> str:
    """How work stands: "12/100 students, 3.1/s, 0:28 left"; without a rate as long as nothing is done."""
    counted = f"{done}/{total} {unit}".rstrip()
    if not done or seconds <= 0:
        return counted
    rate = done / seconds
    minutes, left = divmod(round((total - done) / rate), 60)
    return f"{counted}, {rate:.1f}/s, {minutes}:{left:02} left"
