"""The whole way from a sheet's name to files, a line a stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec

from keygen.course.certify import certify_gradients
from keygen.course.exercise import load_exercise
from keygen.course.places import find
from keygen.course.roster import Student
from keygen.course.secret import PUBLIC, course_secret, sheet_key
from keygen.course.sheet import Entry, Sheet, load_sheet, said
from keygen.course.solve import Solved, solve
from keygen.course.source import Source
from keygen.errors import KeygenError
from keygen.files import write_whole
from keygen.inputs import sheet_inputs
from keygen.notation.numbers import Policy
from keygen.page.document import Document, Problem
from keygen.page.pdf import Pdf, compile_tex
from keygen.page.people import told
from keygen.page.template import problem, sheet_page
from keygen.store import FOLDER, Store, digest


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for: a sheet, a language (None: the sheet's own), and whose numbers.

    A seed or a student; the published numbers where both are None. `key` names the sheet's streams.
    """

    sheet: str
    language: str | None = None
    seed: int | None = None
    student: Student | None = None
    key: str = PUBLIC

    @property
    def who(self) -> int | str | None:
        """Whose numbers: a seed, a student's id, or None."""
        return self.seed if self.student is None else self.student.id

    @property
    def code(self) -> str:
        """The variant's code, "" for the published numbers."""
        return "" if self.who is None else Source(self.sheet, self.who, self.key).code


@dataclass(frozen=True, slots=True)
class Spot:
    """One exercise on one person's sheet: its number, and the how-manieth of its kind it is."""

    entry: Entry
    number: int
    nth: int


def policy_of(sheet: Sheet, language: str) -> Policy:
    """How the sheet writes numbers in a language."""
    return Policy(sheet.separator(language), decimals=sheet.decimals, significant=sheet.significant)


def key_of(sheet: str) -> str:
    """The key of the sheet's streams: by the course's secret, where there is one."""
    return sheet_key(course_secret(), sheet)


def spots(sheet: Sheet) -> Iterator[Spot]:
    """The exercises of a sheet in their order."""
    seen: Counter[str] = Counter()
    for number, entry in enumerate(sheet.exercise, start=1):
        seen[entry.id] += 1
        yield Spot(entry, number, seen[entry.id])


def solved(order: Order, spot: Spot) -> Solved:
    """One exercise with this person's numbers."""
    exercise = load_exercise(spot.entry.id)
    return solve(exercise, order.sheet, order.who, key=order.key, pin=spot.entry.pin, nth=spot.nth)


def page_of(found: Solved, order: Order, spot: Spot, sheet: Sheet, language: str) -> Problem:
    """One exercise on the page, its gradients checked before and each of its lines read back on the way."""
    certify_gradients(found)
    return problem(found, spot.number, spot.entry.points, language, policy_of(sheet, language), told(order.student))


def document(order: Order) -> Document:
    """The sheet in one language, ready to be laid out with or without solutions."""
    sheet = load_sheet(order.sheet)
    language = order.language or sheet.language
    return bound(order, [page_of(solved(order, spot), order, spot, sheet, language) for spot in spots(sheet)])


def bound(order: Order, problems: Sequence[Problem]) -> Document:
    """The problems of a sheet between its covers."""
    sheet = load_sheet(order.sheet)
    language = order.language or sheet.language
    return Document(
        said(sheet.title, language),
        said(sheet.course, language),
        said(sheet.date, language),
        language,
        order.code,
        tuple(problems),
        tuple(sheet.appendix),
        told(order.student),
    )


def file_stem(order: Order, *, solutions: bool) -> str:
    """sheet4, sheet4-seed7-solutions, sheet4-solutions.en (the language where it is not the sheet's own)."""
    seed = "" if order.seed is None else f"-seed{order.seed}"
    own = load_sheet(order.sheet).language
    language = "" if order.language in (None, own) else f".{order.language}"
    return f"{order.sheet}{seed}{'-solutions' if solutions else ''}{language}"


def sources(order: Order, *, solutions: bool) -> dict[str, str]:
    """The TeX of each file of the order, by its stem."""
    made = document(order)
    policy = policy_of(load_sheet(order.sheet), made.language)
    kinds = (False, True) if solutions else (False,)
    return {file_stem(order, solutions=kind): sheet_page((made,), policy, solutions=kind) for kind in kinds}


def style_files() -> dict[str, bytes]:
    """The files that a page's TeX reads beside itself."""
    path = find("templates", "style.sty")
    if path is None:
        raise KeygenError("style.sty is missing", expected="templates/style.sty")
    return {"style.sty": path.read_bytes()}


def written_files(
    order: Order, out: Path, *, solutions: bool, form: str = "pdf", note: Callable[[str], None] = lambda text: None
) -> list[Path]:
    """Build the order into `out`, as "pdf" or "tex"; the paths, problems first. Nothing is written before all is made.

    A PDF whose sheet, templates and tools are as they were comes from the store without being made again.
    `note` receives a word of progress before each slow stage. Raises KeygenError at the first thing that cannot be
    done.
    """
    if form == "tex":
        texts = sources(order, solutions=solutions)
        files = {f"{stem}.tex": text.encode() for stem, text in texts.items()} | style_files()
    else:
        files = pdf_files(order, solutions=solutions, note=note)
    for name, data in files.items():
        write_whole(out / name, data)
    return [out / name for name in files if name.endswith(f".{form}")]


def pdf_files(order: Order, *, solutions: bool, note: Callable[[str], None]) -> dict[str, bytes]:
    """The PDFs of an order by their names, made or found in the store."""
    sheet, store = load_sheet(order.sheet), Store(FOLDER)
    key = digest("order", sheet_inputs(order.sheet, sheet), repr((order, solutions)))
    known = store.get(key)
    if known is not None:
        return msgspec.msgpack.decode(known, type=dict[str, bytes])
    note(f"solving {order.sheet}")
    texts = sources(order, solutions=solutions)
    note("setting the pages")
    pages = set_in_tex(texts, sheet.engine)
    for stem, pdf in pages.items():
        for warning in pdf.warnings:
            note(f"{stem}: {warning}")
    files = {f"{stem}.pdf": pdf.data for stem, pdf in pages.items()}
    store.put(key, msgspec.msgpack.encode(files))
    store.tidy()
    return files


def set_in_tex(texts: Mapping[str, str], engine: str) -> dict[str, Pdf]:
    """The PDF of each source, side by side: TeX is a process of its own."""
    style = style_files()
    with ThreadPoolExecutor() as pool:
        pages = pool.map(lambda text: compile_tex(text, style=style, engine=engine), texts.values())
        return dict(zip(texts, pages, strict=True))
