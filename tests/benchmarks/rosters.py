"""A sheet for every student against its floor: raw TeX, PDF written, on the same pages in one run a core.

    python -m tests.benchmarks.rosters [STUDENTS] [SHEET]       100 students of sheet4 unless told otherwise
    python -m tests.benchmarks.rosters --linear SHEET FEW MANY  how time and memory grow

The floor has the same dumped format and no Python at all: the students' pages are dealt to as many runs as there are
cores, problems and solutions in one file. Memory is the driver's own peak and the largest of its workers.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from keygen.builds.executors import cores
from keygen.builds.sheet import policy_of
from keygen.document.covers import sheet_page
from keygen.document.kinds import PageKind, wanted
from keygen.document.tex_parts import Document
from keygen.system.files import cache_folder
from keygen.system.gc_tuning import look_rarely
from keygen.tex import engines, format_cache
from keygen.tex.pdf import PACKED, compile_tex
from tests.courses import SHIPPED, ordered
from tests.one_sheet import document

TIMES, FEW = 3, 2
LIGHTEST = r"\begin{document}x\end{document}"


def roster(folder: Path, students: int) -> Path:
    """A roster of so many students."""
    file = folder / f"students-{students}.csv"
    rows = (f"{1000 + number},Student {number}" for number in range(students))
    file.write_text("\n".join(["id,name", *rows]) + "\n")
    return file


@dataclass(frozen=True, slots=True)
class Cost:
    """What some work took: seconds, seconds of CPU; peak memory of the driver and of its largest worker, in MB."""

    seconds: float
    cpu: float
    driver: float = 0.0
    worker: float = 0.0


def used() -> float:
    """Seconds of CPU of all that this process has waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_before(sheet: str, folder: Path) -> None:
    """A small run, so that Python has compiled all modules, as it has where keygen is installed and was run once."""
    run(sheet, FEW, folder)


def run(sheet: str, students: int, folder: Path) -> Cost:
    """A roster build with solutions that finds nothing made before."""
    out = folder / f"out-{students}"
    words = [
        sys.executable,
        "-m",
        "tests.benchmarks.rosters",
        "--driver",
        sheet,
        str(roster(folder, students)),
        str(out),
    ]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start, before = time.perf_counter(), used()
    done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=folder, env=env)
    driver, worker = map(float, done.stderr.split()[-2:])
    return Cost(time.perf_counter() - start, used() - before, driver, worker)


def drive(sheet: str, students: str, out: str) -> None:
    """The build itself, with what it took said last on stderr."""
    from click.testing import CliRunner

    from keygen.cli import main

    words = ["build", sheet, "--roster", students, "--public", "--solutions", "--out", out]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    print(peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, file=sys.stderr)


def peak() -> float:
    """The most memory that this program has held, in MB. (getrusage counts in what the one that started it held.)"""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))


def documents(sheet: str, students: int) -> tuple[list[Document], float]:
    """Everybody's documents, and the seconds of CPU that solving and rendering one of them takes in a warm process."""
    look_rarely()
    people = [ordered(sheet, None, seed) for seed in range(1, students + 1)]
    made = [document(order) for order in people[: students // 2]]
    start = time.process_time()
    made += [document(order) for order in people[students // 2 :]]
    return made, (time.process_time() - start) / (students - students // 2)


def floor(sheet: str, made: list[Document], folder: Path) -> Cost:
    """What TeX alone takes for all pages: one run a core."""
    loaded = SHIPPED.sheet(sheet)
    policy = policy_of(loaded, SHIPPED.language(loaded.language))
    runs = cores()
    shares = [made[share::runs] for share in range(runs)]
    texts = ["\n".join(body(sheet_page(share, policy, kind)) for kind in wanted(solutions=True)) for share in shares]
    head = sheet_page(made[:1], policy, PageKind.PROBLEMS)
    opening = head[: head.index(r"\begin{document}")]
    compile_tex(opening + LIGHTEST, style=SHIPPED.style_files(), ahead=True)
    cache = cache_folder().absolute()
    env = engines.environment(cache)
    engine = engines.engine_named("pdflatex")
    program = engines.program(engine)
    fmt = format_cache.format_file(
        cache, opening, SHIPPED.style_files(), format_cache.fingerprint(program, cache, env)
    ).find()
    assert fmt is not None
    rooms = [folder / f"floor-{number}" for number in range(runs)]
    for room, text in zip(rooms, texts, strict=True):
        room.mkdir()
        packed = rf"\pdfcompresslevel{PACKED}"  # as ours is
        (room / "sheet.tex").write_text(f"{packed}\n\\begin{{document}}\n{text}\n\\end{{document}}\n")
        for name, data in SHIPPED.style_files().items():
            (room / name).write_bytes(data)
    start, before = time.perf_counter(), used()
    with ThreadPoolExecutor(runs) as pool:
        done = list(
            pool.map(lambda room: engines.run_tex(engine.to_set(program, "sheet.tex", fmt), room, env, 600), rooms)
        )
    cost = Cost(time.perf_counter() - start, used() - before)
    assert all(one.status == 0 for one in done), [one.terminal[-300:] for one in done]
    return cost


def body(text: str) -> str:
    """What stands inside the document."""
    return text.split(r"\begin{document}", 1)[1].rsplit(r"\end{document}", 1)[0]


def compared(sheet: str, students: int) -> None:
    """The run and its floor by turns in one sitting, the least of each, with ratios: other work only ever adds."""
    made, each = documents(sheet, students)
    with tempfile.TemporaryDirectory() as name:
        run_before(sheet, Path(name))
    costs: list[tuple[Cost, Cost]] = []
    for _ in range(TIMES):
        with tempfile.TemporaryDirectory() as name:
            costs.append((floor(sheet, made, Path(name)), run(sheet, students, Path(name))))
    tex, ours = map(least, zip(*costs, strict=True))
    print(f"{students} students of {sheet} with solutions / raw TeX on the same pages")
    print(
        f"  time: {ours.seconds:.2f} s against {tex.seconds:.2f} s: ratio {ours.seconds / tex.seconds:.2f} (aim: 1.35)"
    )
    print(f"  CPU: {ours.cpu:.2f} s against {tex.cpu:.2f} s: ratio {ours.cpu / tex.cpu:.2f}")
    print(f"  solving and rendering: {1e3 * each:.0f} ms each, {100 * each * students / ours.cpu:.0f} % (aim: 20 %)")
    print(f"  floor: {1e3 * tex.cpu / students:.0f} ms each; {students / ours.seconds:.1f} students a second")
    print(f"  peak memory: driver {ours.driver:.0f} MB, largest worker {ours.worker:.0f} MB (aim: below 1024)")


def least(costs: Sequence[Cost]) -> Cost:
    """The least time of some runs of the same work, and the most memory."""
    return Cost(
        min(cost.seconds for cost in costs), min(cost.cpu for cost in costs),
        max(cost.driver for cost in costs), max(cost.worker for cost in costs),
    )  # fmt: skip


def linear(sheet: str, few: int, many: int) -> None:
    """How time and memory grow with the roster."""
    with tempfile.TemporaryDirectory() as name:
        run_before(sheet, Path(name))
        first, second = (run(sheet, students, Path(name)) for students in (few, many))
    ratio = second.seconds / first.seconds
    print(f"{many} students of {sheet} / {few}: {ratio:.1f} (aim: at most {1.1 * many / few:.0f})")
    print(f"  driver's peak memory: {first.driver:.0f} MB, then {second.driver:.0f} MB")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--driver", sheet, students, out]:
            drive(sheet, students, out)
        case ["--linear", sheet, few, many]:
            linear(sheet, int(few), int(many))
        case words:
            students, sheet = (*words, *("100", "sheet4")[len(words) :])
            compared(sheet, int(students))
