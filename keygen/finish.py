"""An order's files: found where nothing has changed since they were made, else built."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from keygen.course.contents import read_once
from keygen.files import write_whole
from keygen.inputs import sheet_inputs
from keygen.order import Order
from keygen.store import FOLDER, Store, digest


@read_once()
def written_files(
    order: Order,
    out: Path,
    *,
    solutions: bool,
    form: str = "pdf",
    note: Callable[[str], None] = lambda text: None,
    tell: Callable[[str], None] = lambda text: None,
) -> list[Path]:
    """Build the order into `out`, as "pdf", "tex" or "html"; the paths, problems first. Nothing is written before all
    is made.

    A PDF whose sheet, templates and tools are as they were comes from the store without being made again.
    `note` receives a word of progress before each slow stage, `tell` each flaw of a page, whether it is made or found.
    Raises KeygenError at the first thing that cannot be done.
    """
    if form in SOURCES:
        files = SOURCES[form](order, solutions=solutions)
    else:
        files, flaws = pdf_files(order, solutions=solutions, note=note)
        for flaw in flaws:
            tell(f"keygen: {flaw}")
    for name, data in files.items():
        write_whole(out / name, data)
    return [out / name for name in files if name.endswith(f".{form}")]


def tex_files(order: Order, *, solutions: bool) -> dict[str, bytes]:
    """The TeX sources of an order by their names, and what they read."""
    from keygen.build import sources  # as below

    texts = sources(order, solutions=solutions)
    return {f"{stem}.tex": text.encode() for stem, text in texts.items()} | order.course.style_files()


def html_files(order: Order, *, solutions: bool) -> dict[str, bytes]:
    """The pages of an order for a browser, by their names."""
    from keygen.build import html_pages  # as below

    return {f"{stem}.html": text.encode() for stem, text in html_pages(order, solutions=solutions).items()}


SOURCES = {"tex": tex_files, "html": html_files}
"""What is written without running TeX."""


def pdf_files(order: Order, *, solutions: bool, note: Callable[[str], None]) -> tuple[dict[str, bytes], list[str]]:
    """The PDFs of an order by their names, made or found in the store, and the flaws that TeX has seen on them."""
    sheet, store = order.sheet, Store(FOLDER)

    def key_of_files() -> str:
        return digest("order with flaws", sheet_inputs(sheet, order.course.path), repr((order.identity, solutions)))

    key = key_of_files()
    known = store.read(key, tuple[dict[str, bytes], list[str]])
    if known is not None:
        return known
    note(f"solving {sheet.name}")
    from keygen.build import set_in_tex, sources  # slow to import, and not wanted where the PDFs are found

    texts = sources(order, solutions=solutions)
    note("setting the pages")
    pages = set_in_tex(texts, sheet.engine, order.course.style_files())
    flaws = [f"{stem}: {warning}" for stem, pdf in pages.items() for warning in pdf.warnings]
    files = {f"{stem}.pdf": pdf.data for stem, pdf in pages.items()}
    with read_once():
        unchanged = key == key_of_files()
    if unchanged:  # else somebody has edited the course in the meantime: there may be files that were not there
        store.put(key, msgspec.msgpack.encode((files, flaws)))
    store.tidy()
    return files, flaws
