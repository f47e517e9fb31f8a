"""The TeX engines: their command lines and the closed room that they run in."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from keygen.errors import KeygenError, nearest
from keygen.tex.install_hints import this_system

if sys.platform == "linux":
    import resource

MOST_BYTES = 50_000_000
"""The largest file that TeX may write: an endless loop shall not fill a disk."""
PULSE = 0.1  # seconds after which it is looked whether TeX is to halt
CLASSIC = ("-halt-on-error", "-interaction=batchmode", "-no-shell-escape", "-file-line-error")


@dataclass(frozen=True, slots=True)
class Engine:
    """A TeX program; `flags` go before the file's name, `dumps` says whether keygen dumps preambles with it, `cuts`
    whether what it makes can be cut apart, its fonts too."""

    name: str
    flags: tuple[str, ...] = CLASSIC
    dumps: bool = False
    cuts: bool = False

    def to_set(self, program: Path, file: str, fmt: Path | None = None) -> list[str]:
        """The command that sets `file`, from a dumped format if there is one."""
        return [str(program), *self.flags, *([] if fmt is None else [f"-fmt={fmt}"]), file]

    def to_dump(self, program: Path, file: str) -> list[str]:
        """The command that makes a format of `file` upon the engine's own."""
        return [str(program), "-ini", *self.flags, f"&{self.name}", file]


ENGINES = {
    engine.name: engine
    for engine in (
        Engine("pdflatex", dumps=True, cuts=True),
        Engine("xelatex"),
        Engine("lualatex"),
        Engine("tectonic", ("--only-cached", "--untrusted", "--keep-logs", "--reruns=0", "--chatter=minimal")),
    )
}

# What would let one person's settings change another's page, or TeX out of its folder.
FOREIGN = frozenset({
    "TEXINPUTS", "TEXFORMATS", "TEXFONTS", "TEXFONTMAPS", "TEXPSHEADERS", "TFMFONTS", "VFFONTS", "T1FONTS", "ENCFONTS",
    "OPENTYPEFONTS", "TTFONTS", "TEXMFOUTPUT", "TEXMFDOTDIR", "shell_escape",
})  # fmt: skip
SETTINGS = {
    "openin_any": "p",
    "openout_any": "p",
    "SOURCE_DATE_EPOCH": "0",
    "FORCE_SOURCE_DATE": "1",
    "max_print_line": "10000",
    "error_line": "254",
    "half_error_line": "238",
}


@dataclass(frozen=True, slots=True)
class TexRun:
    """How one run of TeX ended; `status` is negative for the signal that killed it, `terminal` what it printed."""

    status: int
    terminal: str
    late: bool


def engine_named(name: str) -> Engine:
    """The engine of that name; KeygenError for a name that is none."""
    if name not in ENGINES:
        raise KeygenError(f"unknown TeX engine {name!r}", expected=", ".join(ENGINES), repair=nearest(name, ENGINES))
    return ENGINES[name]


def program(engine: Engine) -> Path:
    """Where the engine's program is; KeygenError says how to get it."""
    found = shutil.which(engine.name)
    if found is None:
        install = this_system().to_install("tex") if engine.name == "pdflatex" else f"install {engine.name}"
        raise KeygenError(
            f"no TeX engine: {engine.name} is not on the PATH",
            expected="a TeX engine, for a PDF; `keygen build SHEET --format html` needs none, nor does `--format tex`",
            repair=f"{install}; `keygen doctor` shows what is missing",
        )
    return Path(found)


def environment(folder: Path) -> dict[str, str]:
    """This process's environment with TeX shut in: fonts made in `folder`, files of its own folder only, no clock."""
    made = folder / "texmf"
    own = {"TEXMFVAR": str(made), "TEXMFCONFIG": str(made), "VARTEXFONTS": str(made / "fonts")}
    inherited = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**inherited, **SETTINGS, **own}


def run_tex(
    command: Sequence[str], folder: Path, env: Mapping[str, str], timeout: float, halt: Event | None = None
) -> TexRun:
    """Run in `folder` for `timeout` seconds at most; a late TeX is asked where it stands, then all of it is killed.

    Raises KeygenError once `halt` is set, by another thread.
    """
    if halt is not None and halt.is_set():
        raise KeygenError("TeX was stopped")
    process = subprocess.Popen(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    if sys.platform == "linux":
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most_bytes(), most_bytes()))
    late = False
    try:
        _wait(process, timeout, halt)
    except subprocess.TimeoutExpired:
        late = True
        _interrupt(process)
    finally:
        terminal = _end(process)
    return TexRun(process.returncode, terminal, late)


def _wait(process: subprocess.Popen[bytes], timeout: float, halt: Event | None) -> None:
    """Wait for the end. Raises TimeoutExpired after `timeout` seconds, KeygenError when it is to halt."""
    end = time.monotonic() + timeout
    while True:
        left = max(end - time.monotonic(), 0)
        try:
            process.communicate(timeout=left if halt is None else min(left, PULSE))
            return
        except subprocess.TimeoutExpired:
            if halt is not None and halt.is_set():
                raise KeygenError("TeX was stopped") from None
            if time.monotonic() >= end:
                raise


def most_bytes() -> int:
    """The largest file that TeX may write here: MOST_BYTES, or less where the shell allows less."""
    if sys.platform != "linux":
        return MOST_BYTES
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return MOST_BYTES if limit == resource.RLIM_INFINITY else min(limit, MOST_BYTES)


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    """TeX answers an interrupt with the line it was reading, in its log (Windows knows no such interrupt)."""
    if os.name == "posix":
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=1)


def _end(process: subprocess.Popen[bytes]) -> str:
    """What was printed, once the process and what it started (METAFONT, say) have ended or been killed."""
    if process.poll() is None:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    return process.communicate()[0].decode("utf-8", "backslashreplace")


def lines_of(command: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """What a short command prints, line by line; nothing where there is no such program."""
    if shutil.which(command[0]) is None:
        return []
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "backslashreplace").splitlines()
