"""A course folder of two light exercises and a roster; a pdflatex that counts its runs and fails when it is told to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from click.testing import CliRunner, Result

from keygen.cli import main
from tests.courses import placed

EXERCISE = '''"""One linear layer, one sample, squared error."""

from keygen.author import backprop, integers, squared_error

axes = {"input": 2}

given = {
    "x": integers("1 input", -9, 9, published=[[1, 2]], nonzero=True),
    "w": integers("input 1", -9, 9, published=[[1], [-1]]),
    "y": integers("1 1", 0, 9, published=[[1]]),
}


def computation(t):
    t.yhat = t.x @ t.w
    t.L = squared_error(t.y, t.yhat)
    backprop(t, "L", ["w"])


answers = {"a": {"gradient": "dL_dw"}}


def worthwhile(v):
    return {"the prediction is wrong": (v.yhat != v.y).all()}
'''

TEMPLATE = r"""%% title
One linear layer
%% endtitle
%% part a
Find the gradient of \( \val{ formula.L } \).
%% solution
\[ \val{ line.dL_dyhat } \]
\[ \val{ line.dL_dw } \]
%% endpart
"""

SHEETS = {"mine": ("my/one", "my/two"), "other": ("my/two",)}
STUDENTS = tuple(f"s{number}" for number in range(1, 13))

# $TEX_RUNS is a file with a line a run; $TEX_TRAP a script that may stop a run before it begins.
WRAPPER = """#!/bin/sh
[ -z "$TEX_RUNS" ] || echo "$@" >> "$TEX_RUNS"
[ -z "$TEX_TRAP" ] || . "$TEX_TRAP"
exec {program} "$@"
"""


def wrapped_tex(folder: Path) -> Path:
    """A folder to put first on the PATH. All processes of a test run share it, for each new program costs a format."""
    program = shutil.which("pdflatex")
    assert program is not None, "TeX is part of the set-up"
    wrapper = folder / "pdflatex"
    if not wrapper.exists():
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f"{os.getpid()}"
        beside.write_text(WRAPPER.format(program=program))
        beside.chmod(0o755)
        beside.rename(wrapper)
    return folder


@dataclass(frozen=True)
class Course:
    """A course folder, and what its TeX has been asked to do."""

    folder: Path
    runs: Path
    trap: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def build(self) -> Path:
        """Where its PDFs go."""
        return self.folder / "build"

    def file(self, *parts: str) -> Path:
        """A file of the course."""
        return self.folder.joinpath(*parts)

    def tex_runs(self) -> int:
        """How often TeX has run since this was asked before."""
        lines = self.runs.read_text().splitlines() if self.runs.exists() else []
        self.runs.unlink(missing_ok=True)
        return len(lines)

    def spring(self, script: str) -> None:
        """From now on, TeX runs this script first."""
        self.trap.write_text(script + "\n")

    def disarm(self) -> None:
        """TeX is let alone again."""
        self.trap.write_text("")


def laid(folder: Path, tools: Path) -> Course:
    """A new course folder."""
    for name in ("one", "two"):
        placed(folder, name, EXERCISE, TEMPLATE)
    for sheet, exercises in SHEETS.items():
        text = f'title = "{sheet}"\nlanguage = "en"\n' + "".join(f'\n[[exercise]]\nid = "{id}"\n' for id in exercises)
        (folder / "exercises" / f"{sheet}.toml").write_text(text, encoding="utf-8")
    rows = "".join(f"{id},Student {id},group {id[-1]}\n" for id in STUDENTS)
    (folder / "students.csv").write_text(f"id,name,group\n{rows}", encoding="utf-8")
    trap, runs = folder.parent / f"{folder.name}-trap", folder.parent / f"{folder.name}-runs"
    trap.write_text("")
    env = {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "KEYGEN_CACHE": str(tools / "cache"),
        "KEYGEN_SECRET": "a secret that nobody guesses", "TEX_RUNS": str(runs), "TEX_TRAP": str(trap),
    }  # fmt: skip
    return Course(folder, runs, trap, env)


ROSTER = ("mine", "--roster", "students.csv")


def keygen(*words: str) -> Result:
    """`keygen build` in this process."""
    return CliRunner().invoke(main, ["build", *words], catch_exceptions=False)


def built(*words: str) -> Result:
    """`keygen build`, which must succeed."""
    result = keygen(*words)
    assert result.exit_code == 0, result.output
    return result


# A shell that starts the tests in the background has them ignore Ctrl-C, and `nohup` the end of its terminal.
AT_A_TERMINAL = """import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
{before}
from keygen.cli import main
from tests.courses import placed
main(prog_name="keygen")
"""


def started(course: Course, *words: str, before: str = "", command: str = "build") -> subprocess.Popen[str]:
    """`keygen build`, or another command, as a process of its own, in a process group of its own, as a person starts
    it; `before` is Python to be run first."""
    code = AT_A_TERMINAL.format(before=before)
    return subprocess.Popen(
        [sys.executable, "-c", code, command, *words], cwd=course.folder, env={**os.environ, **course.env},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def files_of(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file under a folder, by its name there."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in paths}


EXPECTED = {"all.pdf", "key.csv", "key-page.csv", "manifest.json", *(f"{id}.pdf" for id in STUDENTS)}
SOLUTIONS = {"all-solutions.pdf", *(f"{id}-solutions.pdf" for id in STUDENTS)}
TEX = 4
"""Runs of TeX for this roster, with solutions or without: one for each batch of three."""
