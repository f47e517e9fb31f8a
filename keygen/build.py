"""The whole way from a sheet's name to files, a line a stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from keygen.course.certify import certify_gradients
from keygen.course.code import variant_code
from keygen.course.exercise import load_exercise
from keygen.course.places import find
from keygen.course.sheet import Sheet, load_sheet, said
from keygen.course.solve import solve
from keygen.errors import KeygenError
from keygen.files import write_whole
from keygen.notation.numbers import Policy
from keygen.page.document import Document
from keygen.page.pdf import Pdf, compile_tex
from keygen.page.template import problem, sheet_page


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for: a sheet, a language (None: the sheet's own), a seed (None: the published numbers)."""

    sheet: str
    language: str | None = None
    seed: int | None = None


def policy_of(sheet: Sheet, language: str) -> Policy:
    """How the sheet writes numbers in a language."""
    return Policy(sheet.separator(language), decimals=sheet.decimals, significant=sheet.significant)


def document(order: Order) -> Document:
    """The sheet in one language, ready to be laid out with or without solutions."""
    sheet = load_sheet(order.sheet)
    language = order.language or sheet.language
    policy = policy_of(sheet, language)
    problems = []
    for number, entry in enumerate(sheet.exercise, start=1):
        solved = solve(load_exercise(entry.id), order.sheet, order.seed)
        certify_gradients(solved)
        problems.append(problem(solved, number, entry.points, language, policy))
    code = "" if order.seed is None else variant_code(order.sheet, order.seed)
    return Document(
        said(sheet.title, language),
        said(sheet.course, language),
        said(sheet.date, language),
        language,
        code,
        tuple(problems),
        tuple(sheet.appendix),
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
    return {file_stem(order, solutions=kind): sheet_page(made, policy, solutions=kind) for kind in kinds}


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

    `note` receives a word of progress before each slow stage. Raises KeygenError at the first thing that cannot be
    done.
    """
    note(f"solving {order.sheet}")
    texts = sources(order, solutions=solutions)
    if form == "tex":
        files = {out / f"{stem}.tex": text.encode() for stem, text in texts.items()}
        files |= {out / name: data for name, data in style_files().items()}
    else:
        note("setting the pages")
        pages = set_in_tex(texts, load_sheet(order.sheet).engine)
        for stem, pdf in pages.items():
            for warning in pdf.warnings:
                note(f"{stem}: {warning}")
        files = {out / f"{stem}.pdf": pdf.data for stem, pdf in pages.items()}
    for path, data in files.items():
        write_whole(path, data)
    return [path for path in files if path.suffix == f".{form}"]


def set_in_tex(texts: Mapping[str, str], engine: str) -> dict[str, Pdf]:
    """The PDF of each source, side by side: TeX is a process of its own."""
    style = style_files()
    with ThreadPoolExecutor() as pool:
        pages = pool.map(lambda text: compile_tex(text, style=style, engine=engine), texts.values())
        return dict(zip(texts, pages, strict=True))
