"""A command as a person runs it: on a terminal of some width, or with its output going elsewhere."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import traceback
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import keygen.builds.answer_key
import keygen.builds.derive
import keygen.builds.scheduler
import keygen.checking.sweep  # noqa: F401
from keygen.cli import main

CLOSED = -1
TRACEBACK = 70
SEQUENCE = re.compile(r"\x1b\[(\??[\d;]*)([A-Za-z])|\r|\n|[^\x1b\r\n]+")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what was read: all of it from a terminal, or stdout and stderr."""

    code: int
    out: str
    err: str = ""


def on_terminal(words: tuple[str, ...], folder: Path, env: Mapping[str, str], columns: int) -> Ran:
    """A command whose three streams are a terminal so wide."""
    pid, screen = forked()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.environ.pop("COLUMNS", None)  # the terminal says how wide it is, not whoever runs the tests
        run(words, folder, env)
    (text,) = heard([screen])
    return Ran(ended(pid), text.decode())


def elsewhere(
    words: tuple[str, ...], folder: Path, env: Mapping[str, str], *, out: int | None = None, err: int | None = None,
    encoding: str = "utf-8",
) -> Ran:  # fmt: skip
    """A command with pipes for stdout and stderr, or descriptors in their place (CLOSED is one, too)."""
    pipes = [os.pipe(), os.pipe()]
    pid = forked_plainly()
    if pid == 0:
        for number, (given, (_, end)) in enumerate(zip((out, err), pipes, strict=True), start=1):
            os.dup2(end if given is None or given == CLOSED else given, number)
        os.closerange(3, 256)
        run(words, folder, env, encoding, {1: out, 2: err})
    for _, end in pipes:
        os.close(end)
    said = heard([end for end, _ in pipes])
    return Ran(ended(pid), *(text.decode(encoding) for text in said))


def forked() -> tuple[int, int]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of the test runner do not mind
        return pty.fork()


def forked_plainly() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def run(
    words: tuple[str, ...], folder: Path, env: Mapping[str, str], encoding: str = "utf-8",
    streams: Mapping[int, int | None] | None = None,
) -> None:  # fmt: skip
    """The child: streams as Python would open them, and the command; it never comes back."""
    code = TRACEBACK
    try:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding=encoding, closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding=encoding, errors="backslashreplace", closefd=False)  # noqa: SIM115
        for number, given in (streams or {}).items():
            if given == CLOSED:
                os.close(number)
                setattr(sys, "stdout" if number == 1 else "stderr", None)
        os.environ.update(env)
        if not folder.exists():  # a folder that is gone
            folder.mkdir()
            os.chdir(folder)
            folder.rmdir()
        else:
            os.chdir(folder)
        main([*words], prog_name="keygen")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code)


def heard(ends: list[int]) -> list[bytes]:
    """All that comes out of some descriptors."""
    texts = dict.fromkeys(ends, b"")
    left = set(ends)
    while left:
        for end in select.select(list(left), [], [], 60)[0] or [None]:
            assert end is not None, "the command does not end"
            try:
                read = os.read(end, 65536)
            except OSError:  # a terminal whose last user has gone
                read = b""
            texts[end] += read
            if not read:
                left.remove(end)
                os.close(end)
    return [texts[end] for end in ends]


def ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def screen(text: str) -> tuple[list[str], int]:
    """What a terminal shows in the end, line by line, and the column of its cursor. Only what keygen may send is known:
    colours, the cursor shown and hidden, one line up, a line erased."""
    lines, row, column = [""], 0, 0
    at = 0
    for found in SEQUENCE.finditer(text):
        assert found.start() == at, f"stray control character: {text[at : found.start() + 1]!r}"
        at = found.end()
        match found[0], found[2], found[1]:
            case "\r", _, _:
                column = 0
            case "\n", _, _:
                row += 1
                lines += [""] * (row + 1 - len(lines))
            case _, "K", "2":
                lines[row] = ""
            case _, "A", "1":
                row -= 1
            case _, "m", _:
                pass
            case _, "h" | "l", "?25":
                pass
            case words, None, _:
                lines[row] = lines[row][:column].ljust(column) + words + lines[row][column + len(words) :]
                column += len(words)
            case other, _, _:
                raise AssertionError(f"unknown sequence {other!r}")
    assert at == len(text), f"stray control character: {text[at:]!r}"
    return lines, column
