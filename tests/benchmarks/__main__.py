"""How fast keygen is, as ratios measured in one run: `python -m tests.benchmarks` (or `make bench`).

The floor of a build is plain pdflatex on the very sources that keygen exports; the floor of a gradient is a library
made for nothing else. Each figure is a median of several rounds, the two sides of a ratio taken in turn.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

from tests.benchmarks.networks import autograd_pass, keygen_pass, micrograd_pass

ROUNDS = 7
WARM = 30  # variants after which a process has met most of what does not depend on the numbers
KEYGEN = [sys.executable, "-m", "keygen"]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def pairs(ours: Callable[[], object], floor: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float, float]:
    """Median seconds of both, and the median of their ratios pair by pair, after one round that is not counted."""
    ours(), floor()
    both = [(seconds(ours), seconds(floor)) for _ in range(rounds)]
    return (
        statistics.median(a for a, _ in both),
        statistics.median(b for _, b in both),
        statistics.median(a / b for a, b in both),
    )


def run(words: list[str], folder: Path) -> None:
    """Run a program as it runs where keygen is installed: Python keeps the modules that it has compiled."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(words, cwd=folder, check=True, capture_output=True, env=env)


def report(what: str, ours: float, floor: float, ratio: float, aim: str, unit: str = "s", scale: float = 1.0) -> None:
    shown = f"{ours * scale:8.3f} {unit} against {floor * scale:8.3f} {unit}"
    print(f"{what:<58} {shown}: ratio {ratio:5.2f}  (aim: {aim})")


def build_against_tex() -> None:
    """`keygen build sheet4 --solutions` against plain pdflatex on its two sources: warm, then with nothing changed."""
    with exported("sheet4", None) as (folder, plain):

        def build() -> None:
            shutil.rmtree(folder / "build", ignore_errors=True)
            run([*KEYGEN, "build", "sheet4", "--solutions"], folder)

        report("build of sheet4 with solutions / plain pdflatex", *pairs(build, plain), aim="at most 0.70")
        again = partial(run, [*KEYGEN, "build", "sheet4", "--solutions"], folder)
        report("the same, nothing changed / plain pdflatex", *pairs(again, plain), aim="0.5 s after Python's start")


def solving_against_tex() -> None:
    """Solving, certifying and rendering a seeded variant in a warm process, and plain pdflatex on such a variant."""
    for sheet in ("sheet1", "sheet2", "sheet3", "sheet4", "sheet4b", "sheet5", "sheet5b", "sheet7", "sheet8"):
        seeds = count(1)
        for _ in range(WARM):
            next_variant(sheet, seeds)
        with exported(sheet, 1) as (_, plain):
            ours = pairs(partial(next_variant, sheet, seeds), plain)
        aim = "at most 0.20" if sheet == "sheet8" else "at most 0.15"
        report(f"{sheet}: solving and rendering a variant / plain pdflatex", *ours, aim=aim)


def next_variant(sheet: str, seeds: Iterator[int]) -> None:
    """Solve, certify and render the sheet for the next seed."""
    from tests.courses import ordered
    from tests.one_sheet import sources

    sources(ordered(sheet, None, next(seeds)), solutions=True)


@contextmanager
def exported(sheet: str, seed: int | None) -> Iterator[tuple[Path, Callable[[], None]]]:
    """A folder with the TeX of a sheet, and plain pdflatex on both of its files."""
    from keygen.system.files import cache_folder
    from keygen.tex.engines import environment

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        variant = [] if seed is None else ["--seed", str(seed)]
        run([*KEYGEN, "build", sheet, *variant, "--solutions", "--format", "tex", "--out", "."], folder)
        tex = environment(cache_folder())

        def plain() -> None:
            for file in sorted(folder.glob("*.tex")):
                words = ["pdflatex", "-interaction=batchmode", file.name]
                subprocess.run(words, cwd=folder, check=True, capture_output=True, env=dict(tex))

        yield folder, plain


def exporting() -> None:
    """Thirty variants of sheet4 as questions for Moodle, and plain pdflatex on the published one."""
    with exported("sheet4", None) as (folder, plain):
        ours = partial(run, [*KEYGEN, "export", "sheet4", "--to", "moodle"], folder)
        report("30 variants of sheet4 to Moodle / plain pdflatex", *pairs(ours, plain, 3), aim="3 s")


def gradients() -> None:
    """Forward and backward of a 2-2-1 network, in microseconds."""
    times = 2000
    ours = keygen_pass()
    for name, other in (("micrograd", micrograd_pass()), ("autograd", autograd_pass())):
        found = pairs(partial(repeat, ours, times), partial(repeat, other, times), 3)
        report(f"forward and backward, 2-2-1 / {name}", *found, aim="below 1", unit="us", scale=1e6 / times)


def repeat(work: Callable[[], object], times: int) -> None:
    for _ in range(times):
        work()


def starting() -> None:
    """How long a person waits for the first words."""
    here = Path.cwd()
    for words in (["--help"], ["list"]):
        bare = [sys.executable, "-c", ""]
        ours = pairs(partial(run, [*KEYGEN, *words], here), partial(run, bare, here))
        report(f"keygen {' '.join(words)} / python -c ''", *ours, aim="below 0.25 s")


if __name__ == "__main__":
    build_against_tex()
    solving_against_tex()
    exporting()
    gradients()
    starting()
