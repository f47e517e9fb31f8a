"""The TeX engines: their command lines, the closed room they run in, and what tells one build from another."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from keygen.errors import KeygenError, nearest
from keygen.files import write_whole
from keygen.page.systems import here

CLASSIC = ("-halt-on-error", "-interaction=batchmode", "-no-shell-escape", "-file-line-error")


@dataclass(frozen=True, slots=True)
class Engine:
    """A TeX program; `flags` go before the file's name, `dumps` says whether keygen dumps preambles with it."""

    name: str
    flags: tuple[str, ...] = CLASSIC
    dumps: bool = False


ENGINES = {
    engine.name: engine
    for engine in (
        Engine("pdflatex", dumps=True),
        Engine("xelatex"),
        Engine("lualatex"),
        Engine("tectonic", ("--only-cached", "--untrusted", "--keep-logs", "--reruns=0", "--chatter=minimal")),
    )
}

# What would let one person's settings change another's page, or TeX out of its folder.
FOREIGN = frozenset(
    ["TEXINPUTS", "TEXFORMATS", "TEXFONTS", "TEXFONTMAPS", "TEXPSHEADERS", "TFMFONTS", "VFFONTS", "T1FONTS", "ENCFONTS", "OPENTYPEFONTS", "TTFONTS", "TEXMFOUTPUT", "TEXMFDOTDIR", "shell_escape"]
)
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
class Run:
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
        raise KeygenError(
            f"no TeX engine: {engine.name} is not on the PATH",
            expected="a TeX engine, for a PDF; `keygen build --format tex` needs none",
            repair=here().to_install("tex") if engine.dumps else f"install {engine.name}, or choose pdflatex",
        )
    return Path(found)


def environment(cache: Path) -> dict[str, str]:
    """This process's environment with TeX shut in: fonts made in `cache`, files of its own folder only, no clock."""
    made = cache / "texmf"
    own = {"TEXMFVAR": str(made), "TEXMFCONFIG": str(made), "VARTEXFONTS": str(made / "fonts")}
    inherited = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**inherited, **SETTINGS, **own}


def run(command: Sequence[str | Path], folder: Path, env: Mapping[str, str], timeout: float) -> Run:
    """Run in `folder` for `timeout` seconds at most; a late TeX is asked where it stands, then all of it is killed."""
    terminal = folder / "terminal.txt"
    with terminal.open("wb") as output:
        process = subprocess.Popen(
            list(map(str, command)), cwd=folder, env=env, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        late = False
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            late = True
            _interrupt(process)
        finally:
            _kill(process)
    return Run(process.returncode, terminal.read_text("utf-8", "replace"), late)


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    """TeX answers an interrupt with the line it was reading, in its log."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        pass


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The process and what it started (METAFONT, say)."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def fingerprint(binary: Path, cache: Path) -> str:
    """Changes with the engine's version and with every installation of TeX packages.

    Costs no process once it is known: the version is remembered under the binary's path, time and size, and an
    installation shows in the times of TeX's file lists (`ls-R`).
    """
    binary = binary.resolve()
    stat = binary.stat()
    identity = f"{binary}|{stat.st_mtime_ns}|{stat.st_size}"
    record = cache / "engines" / f"{sha256(identity.encode()).hexdigest()[:16]}.json"
    known = _read(record)
    if known is None:
        known = [_first_line([binary, "--version"], cache), *_lines(["kpsewhich", "--all", "ls-R"], cache)]
        write_whole(record, json.dumps(known).encode())
    version, *lists = known
    times = [str(os.stat(path).st_mtime_ns) if os.path.exists(path) else "gone" for path in lists]
    return "|".join([identity, version, *lists, *times])
