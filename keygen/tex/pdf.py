"""TeX to PDF: one closed run in a folder of its own, or one error that says where."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from keygen.errors import KeygenError
from keygen.system.files import cache_folder
from keygen.system.limits import NO_ROOM, refusal
from keygen.system.store import fonts
from keygen.tex import engines, format_cache, paper
from keygen.tex import log as texlog
from keygen.tex.engines import Engine, TexRun
from keygen.tex.fonts import Fonts
from keygen.tex.log import MAIN, TexWarning

LEAST_ROOM = 64_000  # bytes; TeX that fails with less is not to blame
PACKED = 4  # zlib's level: at TeX's own 9, a tenth of its time goes into a tenth less of bytes
NARROWEST_MARGIN = 20.0  # points; a line that is so much too long may leave the paper
SAMPLE = "\\begin{document}\nA page: $x$.\n\\end{document}\n"
SIGNALS = {
    "SIGKILL": "see that there is memory to spare",
    "SIGXFSZ": "look for a macro that never ends: its output grew beyond measure",
}


@dataclass(frozen=True, slots=True)
class Pdf:
    """A finished file, its number of pages, and the flaws that TeX has seen on them.

    Where it holds several documents, `starts` says after how many pages each begins, `lines` at which source line.
    """

    data: bytes
    pages: int
    warnings: tuple[TexWarning, ...]
    starts: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()

    @property
    def documents(self) -> list[tuple[int, int]]:
        """The first page of each document, from 0, and the page behind its last."""
        return list(pairwise([*self.starts, self.pages]))


@dataclass(frozen=True, slots=True)
class TexSetup:
    """What stays the same from run to run: the program, the fonts, the style files, the time limit (seconds)."""

    engine: Engine
    program: Path
    fonts: Fonts
    style: Mapping[str, bytes]
    timeout: float
    halt: Event | None = None


@dataclass(frozen=True, slots=True)
class TexOutcome:
    """What one run left: how it ended, its log, and the file it was to make (None if it made none)."""

    run: TexRun
    log: str
    made: bytes | None

    @property
    def good(self) -> bool:
        """Whether the file can be handed on."""
        return self.run.status == 0 and not self.run.late and self.made is not None


def compile_tex(
    source: str,
    *,
    style: Mapping[str, bytes],
    engine: str = "pdflatex",
    timeout: float = 60,
    cache: Path | None = None,
    preamble_cache: bool = True,
    ahead: bool = False,
    packed: int = PACKED,
    halt: Event | None = None,
) -> Pdf:
    """Set a whole LaTeX document in one pass; `style` are the files it may read, by their names.

    The same source and style give the same bytes, in any folder and at any time, with the preamble cache and without.
    What differs from variant to variant belongs below `\\begin{document}`: each new preamble costs a dump, which is
    tried on this source, or, for a long one, `ahead` on a short page. `packed` is how hard to compress, from 0 to 9.
    Another thread may `halt` it. Raises KeygenError: no engine, TeX's own error at its template's line, more than
    `timeout` seconds, or a page with something beyond the edge of its paper.
    """
    chosen = engines.engine_named(engine)
    cache = (cache or cache_folder()).absolute()
    shop = TexSetup(chosen, engines.program(chosen), Fonts(fonts(cache)), style, timeout, halt)
    cut = format_cache.split(source, _opening(source, packed)) if chosen.dumps else None
    try:
        if cut is None:
            outcome = _set(shop, source)
        elif preamble_cache:
            outcome = _set_through_cache(shop, cut, cache, ahead)
        else:
            outcome = _set(shop, cut.plain)
    except OSError as error:
        raise _no_room(error) from error
    if not outcome.good or outcome.made is None:
        raise _error(outcome, source, shop)
    log = outcome.log
    flaws = texlog.warnings(log, source)
    widest = max((flaw for flaw in flaws if flaw.amount), key=lambda flaw: flaw.amount or 0.0, default=None)
    closely = widest is not None and (widest.amount or 0.0) > NARROWEST_MARGIN
    if (place := paper.beyond(outcome.made, closely=closely)) is not None:
        raise _off_paper(shop, source, place, widest if closely else None)
    return Pdf(outcome.made, texlog.pages(log), flaws, texlog.starts(log), texlog.document_lines(source))


def compile_side_by_side(sources: Sequence[str], *, style: Mapping[str, bytes], engine: str) -> list[Pdf]:
    """The PDF of each source, at the same time: TeX is a process of its own. Whatever goes wrong ends all of them."""
    halt = Event()
    with ThreadPoolExecutor() as pool:
        try:
            return list(pool.map(lambda source: compile_tex(source, style=style, engine=engine, halt=halt), sources))
        except BaseException:
            halt.set()
            raise


def _opening(source: str, packed: int) -> str:
    """pdfTeX's identity for the file comes from its content, and no date rather than a false one."""
    return rf"\pdfcompresslevel{packed} \pdfinfoomitdate1 \pdftrailerid{{{sha256(source.encode()).hexdigest()}}}"


def _set_through_cache(shop: TexSetup, cut: format_cache.Split, cache: Path, ahead: bool) -> TexOutcome:
    """From the dumped preamble where there is one; where that fails, a plain run has the last word."""
    mark = format_cache.fingerprint(shop.program, cache, engines.environment(cache))
    format_file = format_cache.format_file(cache, cut.preamble, shop.style, mark)
    known = format_file.find()
    if known is None and ahead and not format_file.refused():
        page = format_cache.Split(cut.preamble, SAMPLE, cut.opening)
        if (sample := _set(shop, page.plain)).good:
            _dump(shop, page, format_file, sample)
        known = format_file.find()
    if known is not None:
        outcome = _set(shop, cut.after_dump, known)
        if outcome.good or outcome.run.late:
            return outcome
    outcome = _set(shop, cut.plain)
    if outcome.good and not format_file.refused():
        with suppress(OSError):  # the page is there; that the next one comes faster is no condition
            _dump(shop, cut, format_file, outcome)
    return outcome


def _dump(shop: TexSetup, cut: format_cache.Split, format_file: format_cache.FormatFile, plain: TexOutcome) -> None:
    """Dump the preamble; the format is kept if the page comes out of it exactly as `plain` has it."""
    with _folder(shop.style) as folder:
        dumped = _run(shop, folder, cut.dump, shop.engine.to_dump(shop.program, MAIN), ".fmt")
        if dumped.run.late:
            return
        fmt = format_cache.unpacked(dumped.made or b"")
        path = folder / "unpacked.fmt"
        path.write_bytes(fmt)
        again = _set(shop, cut.after_dump, path)
    if again.made == plain.made:
        format_file.keep(fmt)
    elif not again.run.late:
        format_file.refuse()


def _set(shop: TexSetup, source: str, fmt: Path | None = None) -> TexOutcome:
    """One pass over the source."""
    with _folder(shop.style) as folder:
        return _run(shop, folder, source, shop.engine.to_set(shop.program, MAIN, fmt), ".pdf")


@contextmanager
def _folder(style: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder for one run, holding the style files."""
    with TemporaryDirectory(prefix="keygen-") as name:
        folder = Path(name)
        for file, data in style.items():
            (folder / file).write_bytes(data)
        yield folder


def _run(shop: TexSetup, folder: Path, source: str, command: Sequence[str], made: str) -> TexOutcome:
    main = folder / MAIN
    main.write_text(source, "utf-8", newline="\n")
    laid = shop.fonts.lay(folder)
    run = engines.run_tex(command, folder, engines.environment(folder), shop.timeout, shop.halt)
    if run.status == 0:
        shop.fonts.keep(folder, laid)
    if run.status != 0 and shutil.disk_usage(folder).free < LEAST_ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    log, product = main.with_suffix(".log"), main.with_suffix(made)
    return TexOutcome(
        run,
        log.read_text("utf-8", "backslashreplace") if log.exists() else "",
        product.read_bytes() if product.exists() else None,
    )


def _off_paper(shop: TexSetup, source: str, place: paper.Overhang, widest: TexWarning | None) -> KeygenError:
    """What nobody would see, with its exercise: that of the line which TeX calls too long, else that whose page, made
    alone, shows it again."""
    error = KeygenError(
        f"page {place.page} has something beyond the {place.edge} edge of the paper", found=f"{place.amount:.0f} pt",
        expected="everything on the paper", repair="make it narrower, break it, or take out what shifts it",
    )  # fmt: skip
    if widest is not None and widest.place is not None:
        where = widest.place
        return error.within(exercise=where.exercise, file=where.file, line=where.line, source=where.source)
    if len(texlog.document_lines(source)) <= 2:  # one person's problems and solutions
        for exercise, file, alone in texlog.problems(source):
            made = _set(shop, alone).made
            if made is not None and paper.beyond(made, closely=True) is not None:
                return error.within(exercise=exercise, file=file)
    return error


def _no_room(error: OSError) -> KeygenError:
    return refusal(error, "TeX has no place to work in", NO_ROOM)


def _error(outcome: TexOutcome, source: str, shop: TexSetup) -> KeygenError:
    """Why there is no file: what the log says, else how the run ended."""
    run, name = outcome.run, shop.engine.name
    told = texlog.failure(outcome.log, run.terminal, source, shop.style)
    if run.late:
        late = KeygenError(
            f"{name} was stopped after {shop.timeout:g} s",
            repair="look for a macro that never ends, or allow more time",
        )
        return late if told is None else late.within(
            exercise=told.exercise, file=told.file, line=told.line, source=told.source
        )  # fmt: skip
    if told is not None:
        return told
    if run.status < 0:
        name_of = signal.Signals(-run.status).name
        if name_of == "SIGXFSZ" and engines.most_bytes() < engines.MOST_BYTES:
            return refusal(OSError(errno.EFBIG, os.strerror(errno.EFBIG)))
        return KeygenError(f"{name} was killed by {name_of}", repair=SIGNALS.get(name_of, "run it again"))
    if run.status == 0:
        return KeygenError("TeX made no page", repair=r"put something to print below \begin{document}")
    return KeygenError(
        f"{name} failed without a word in its log",
        found=next((line for line in reversed(run.terminal.splitlines()) if line.strip()), None),
        repair="`keygen doctor` looks whether TeX is whole here",
    )
