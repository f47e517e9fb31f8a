"""A pool of pages: the problems and the solutions of each seed, each one file for a browser, and an index of them. Or
quizzes, which have no solutions, with boxes that check themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from keygen.builds.request import SheetRequest, file_stem
from keygen.builds.run import few
from keygen.builds.sheet import asked_items, bound, html_pages, html_sheet, html_style, nodes_of, solved
from keygen.document.kinds import PageKind, wanted
from keygen.document.template import words
from keygen.export.making import FIGURES, asked_of, question_of, without_boxes
from keygen.export.pool import LeftOut, PoolReport, PoolRequest, made, require_all, together, words_of
from keygen.export.quiz_page import QuizForms, bare
from keygen.system.files import write_whole
from keygen.writers.html_page import framed
from keygen.writers.html_page import page as written
from keygen.writers.mathjax import table

INDEX = "index.html"
SCRIPTS = ("typed.js", "quiz.js")
KINDS = wanted(solutions=True)
HASHES = "the pages hold no solutions, and answers as hashes alone: that deters from a look at the source, and no more"


@dataclass(frozen=True, slots=True)
class PagesOfSeed:
    """The pages of one seed by the names of their files, the problems first, and which answers a quiz does not ask."""

    seed: int
    code: str
    files: tuple[tuple[str, str], ...]
    left: tuple[LeftOut, ...] = ()


def to_html(request: PoolRequest, out: Path, advance: Callable[[int], None], note: Callable[[str], None]) -> PoolReport:
    """Write the pages of a pool into a folder of its own, then their index. Raises KeygenError as `made` does,
    and where a quiz that has to be `strict` leaves an answer out: then nothing is written."""
    done = made(request, quiz_of if request.quiz else pages_of, advance, note)
    first = request.orders[0]
    left = together(one for pages in done for one in pages.left)
    if request.strict:
        require_all(first, "a quiz", left)
    folder = out / f"{first.sheet.name}{first.sheet.mark(first.language.code)}-html"
    gone = without_solutions(folder, first) if request.quiz else 0
    for one in done:
        for name, text in one.files:
            write_whole(folder / name, text.encode())
    write_whole(folder / INDEX, index_of(first, done).encode())
    report = PoolReport((folder / INDEX,), left, first.key)
    removed = (f"{gone} pages with solutions, of a former export, are removed from {folder}",) if gone else ()
    beside = tuple(former_pages(folder, first, {name for one in done for name, _ in one.files}))
    return replace(report, said=(*removed, *beside, *((HASHES,) if request.quiz else report.said)))


def former_pages(folder: Path, first: SheetRequest, names: set[str]) -> Iterator[str]:
    """What is to be said of pages of other seeds that a former export has left in the folder: no index names them."""
    ours = re.compile(rf"{re.escape(first.sheet.name)}-seed\d+.*\.html")
    left = sorted(path.name for path in folder.iterdir() if ours.fullmatch(path.name) and path.name not in names)
    if left:
        yield f"of a former export, and not in the index: {few(left)}; remove them if they are of no use"


def pages_of(order: SheetRequest) -> PagesOfSeed:
    """The pages of one seed, each exercise certified."""
    problems = [nodes_of(solved(order, item), order, item)[0] for item in asked_items(order)]
    pages = html_pages(order, problems, KINDS)
    names = (f"{file_stem(order, kind)}.html" for kind in KINDS)
    assert order.seed is not None
    return PagesOfSeed(order.seed, order.code, tuple(zip(names, pages, strict=True)))


def quiz_of(order: SheetRequest) -> PagesOfSeed:
    """The quiz of one seed, each exercise certified."""
    say, left, questions = words_of(order), [], []
    for item in asked_items(order):
        found = solved(order, item)
        if without := without_boxes(asked_of(found.sources, found, item), found):
            left.append(LeftOut(item.number, item.entry.id, without, whole=False))
        questions.append(question_of(found, found.answers(), order, item, say))
    forms = QuizForms(questions, words_of(order, "quiz"))
    problems = [(bare(one.problem, FIGURES), one.typesetter) for one in questions]
    asset = order.course.asset
    around = forms.around("".join(asset(name).decode() for name in SCRIPTS))
    sheet, style = html_sheet(order, problems), html_style(order) + asset("quiz.css").decode()
    page = f"{file_stem(order, PageKind.PROBLEMS)}.html", written(sheet, style, PageKind.PROBLEMS, forms.below, around)
    assert order.seed is not None
    return PagesOfSeed(order.seed, order.code, (page,), tuple(left))


def without_solutions(folder: Path, first: SheetRequest) -> int:
    """Remove the pages with solutions that a former export has left in the folder; how many there were."""
    mark = first.sheet.mark(first.language.code)
    ours = re.compile(rf"{re.escape(first.sheet.name)}-seed\d+{PageKind.SOLUTIONS.suffix}{re.escape(mark)}\.html")
    gone = [path for path in folder.glob("*.html") if ours.fullmatch(path.name)]
    for path in gone:
        path.unlink()
    return len(gone)


def index_of(first: SheetRequest, done: Sequence[PagesOfSeed]) -> str:
    """A page with a row for each seed: its variant's code, links to its problems and to its solutions if it has any."""
    say, pages, title = words_of(first), words("words", first.language), bound(first, ()).title
    heads = (say["seed"], pages["variant"], say["problems"], pages[PageKind.SOLUTIONS])[: 2 + len(done[0].files)]
    rows = [[f'<th scope="col">{escape(head)}</th>' for head in heads]]
    for one in done:
        links = (f'<td><a href="{escape(name)}">{escape(name)}</a></td>' for name, _ in one.files)
        rows.append([f'<th scope="row">{one.seed}</th>', f"<td>{one.code}</td>", *links])
    main = f'<header>\n<h1>{escape(title)}</h1>\n</header>\n<div class="table" tabindex="0">{table(rows)}</div>\n'
    return framed(title, first.language.code, first.course.asset("style.css").decode(), main)
