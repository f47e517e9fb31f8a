"""A pool of pages: the problems and the solutions of each seed, each one file for a browser, and an index of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from keygen.builds.request import SheetRequest, file_stem
from keygen.builds.run import few
from keygen.builds.sheet import asked_items, bound, html_pages, nodes_of, solved
from keygen.document.kinds import PageKind, wanted
from keygen.document.template import words
from keygen.export.pool import PoolReport, PoolRequest, made, words_of
from keygen.system.files import write_whole
from keygen.writers.html_page import framed
from keygen.writers.mathjax import table

INDEX = "index.html"
KINDS = wanted(solutions=True)


@dataclass(frozen=True, slots=True)
class PagesOfSeed:
    """The pages of one seed by the names of their files, the problems first."""

    seed: int
    code: str
    files: tuple[tuple[str, str], ...]


def to_html(request: PoolRequest, out: Path, advance: Callable[[int], None], note: Callable[[str], None]) -> PoolReport:
    """Write the pages of a pool into a folder of its own, then their index. Raises KeygenError as `made` does: then
    nothing is written."""
    done = made(request, pages_of, advance, note)
    first = request.orders[0]
    folder = out / f"{first.sheet.name}{first.sheet.mark(first.language.code)}-html"
    for one in done:
        for name, text in one.files:
            write_whole(folder / name, text.encode())
    write_whole(folder / INDEX, index_of(first, done).encode())
    names = {name for one in done for name, _ in one.files}
    return PoolReport((folder / INDEX,), (), first.key, tuple(former_pages(folder, first, names)))


def former_pages(folder: Path, first: SheetRequest, names: set[str]) -> Iterator[str]:
    """What is to be said of pages of other seeds that an export before has left in the folder: no index names them."""
    pattern = re.compile(rf"{re.escape(first.sheet.name)}-seed\d+.*\.html")
    left = sorted(path.name for path in folder.iterdir() if pattern.fullmatch(path.name) and path.name not in names)
    if left:
        yield f"of an export before, and not in the index: {few(left)}; remove them if they are of no use"


def pages_of(order: SheetRequest) -> PagesOfSeed:
    """The pages of one seed, each exercise certified."""
    problems = [nodes_of(solved(order, item), order, item)[0] for item in asked_items(order)]
    pages = html_pages(order, problems, KINDS)
    names = (f"{file_stem(order, kind)}.html" for kind in KINDS)
    assert order.seed is not None
    return PagesOfSeed(order.seed, order.code, tuple(zip(names, pages, strict=True)))


def index_of(first: SheetRequest, done: Sequence[PagesOfSeed]) -> str:
    """A page with a row for each seed: its variant's code, links to its problems and to its solutions."""
    say, pages, title = words_of(first), words("words", first.language), bound(first, ()).title
    heads = (say["seed"], pages["variant"], say["problems"], pages[PageKind.SOLUTIONS])
    rows = [[f'<th scope="col">{escape(head)}</th>' for head in heads]]
    for one in done:
        links = (f'<td><a href="{escape(name)}">{escape(name)}</a></td>' for name, _ in one.files)
        rows.append([f'<th scope="row">{one.seed}</th>', f"<td>{one.code}</td>", *links])
    main = f'<header>\n<h1>{escape(title)}</h1>\n</header>\n<div class="table" tabindex="0">{table(rows)}</div>\n'
    return framed(title, first.language.code, first.course.asset("style.css").decode(), main)
