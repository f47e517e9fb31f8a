"""Sheets as HTML, in the browser: whole, quiet, readable on a phone, by a screen reader and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from browser import NODE_MODULES, found_in, on_paper
from mathjax import read_by_mathjax, read_off

from keygen.builds.derive import DerivationRequest, as_html
from keygen.calculus.claims import Given
from keygen.document.nodes import TableBlock, Text
from keygen.document.typesetter import Typesetter
from keygen.figures.tables import Table
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Name
from keygen.writers import html, html_page
from keygen.writers.mathml import mathml
from tests.courses import LANGUAGES, RU, SHIPPED, ordered
from tests.one_sheet import sources

SHEETS = sorted(SHIPPED.sheets)
EVERY = pytest.mark.parametrize(("sheet", "language"), [(sheet, one) for sheet in SHEETS for one in LANGUAGES])

OPENED = "page.querySelectorAll('details').forEach(one => one.open = true);"
SEEN = """
const name = one => one.outerHTML.slice(0, 200);
const scrolls = one => ["auto", "scroll"].includes(view.getComputedStyle(one).overflowX) && one.tagName != "HTML";
const holder = one => view.getComputedStyle(one).overflowY == "visible" && one.parentElement
  ? holder(one.parentElement) : one;
const sticks = (it, room) => it.top < room.top - 1 || it.bottom > room.bottom + 1;
const outside = [], unreached = [], clipped = [], empty = [];
for (const one of page.querySelectorAll("body *")) {
  if (scrolls(one) && one.scrollWidth > one.clientWidth && one.tabIndex < 0) unreached.push(name(one));
  if (scrolls(one) && one.scrollHeight > one.clientHeight + 1) clipped.push(name(one));
  if (!one.parentElement.closest("svg") && one.getBoundingClientRect().right > page.documentElement.clientWidth + 1) {
    let within = one.parentElement;
    while (within && !scrolls(within)) within = within.parentElement;
    if (!within) outside.push(name(one));
  }
}
for (const math of page.querySelectorAll("math")) {
  const all = math.getBoundingClientRect(), room = holder(math).getBoundingClientRect();
  if (all.width == 0 || all.height == 0) empty.push(name(math));
  const inside = [...math.querySelectorAll("*")].map(one => one.getBoundingClientRect());
  if (inside.some(it => sticks(it, all) || sticks(it, room))) clipped.push(name(math));
}
const report = {
  sideways: page.documentElement.scrollWidth - page.documentElement.clientWidth,
  outside, unreached, clipped, empty,
  requests: view.performance.getEntriesByType("resource").map(one => one.name),
  formulas: page.querySelectorAll("math").length,
};
"""
AXE = """
for (const math of page.querySelectorAll("math")) math.textContent = math.textContent;  // axe looks at no more of it
const axe = await view.axe.run(page, {resultTypes: ["violations"]});
const violations = axe.violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html)]);
"""


@lru_cache(maxsize=1)
def pages(sheet: str, language: str, seed: int | None = None) -> tuple[str, str, dict[str, str]]:
    """The problems and the solutions of a sheet; the MathML of each formula on them by its TeX."""
    formulas = {}

    def spy(tex: str, *, display: bool = False) -> str:
        formulas[tex] = mathml(tex, display=display)
        return formulas[tex]

    with pytest.MonkeyPatch.context() as patch:
        for module in (html, html_page):
            patch.setattr(module, "mathml", spy)
        problems, solutions = sources(ordered(sheet, language, seed), solutions=True, form="html").values()
    return problems, solutions, formulas


def axe() -> str:
    return (NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def seen(page: str, folder: Path, **how: Any) -> Any:
    """What a reader of the page meets, every solution unfolded; with axe's findings."""
    script = OPENED + SEEN + AXE + "return {...report, violations};"
    return found_in(page, script, folder, library=axe(), **how)


def require_one_file(page: str, language: str) -> None:
    """It asks for nothing and says what language it is in."""
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|\b(?:src|srcset|href|on\w+)=", page)
    assert not re.search(r"https?://(?!www\.w3\.org/)", page)
    assert page.startswith(f'<!DOCTYPE html>\n<html lang="{language}">')


def require_told_figures(page: str, language: str) -> None:
    """Every figure says what it shows, and an ornament says nothing."""
    for figure in re.findall(r"<svg [^>]*>(?:<title>[^<]*)?", page):
        if 'aria-hidden="true"' in figure:
            assert "<title>" not in figure
            continue
        assert 'role="img"' in figure
        assert f'lang="{language}"' in figure
        assert len(re.findall(r'aria-label="([^"]+)"', figure)[0].split()) > 3
        assert not figure.endswith("<title>")


@EVERY
def test_a_sheet_is_whole_on_a_phone_and_for_a_screen_reader_and_mathjax_reads_its_formulas_so(
    sheet: str, language: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    problems, solutions, formulas = pages(sheet, language)
    for page in (problems, solutions):
        require_one_file(page, language)
        require_told_figures(page, language)
    assert "<details" not in problems
    assert solutions.count("<details") > 0
    found = seen(solutions, tmp_path)
    assert (found["sideways"], found["outside"], found["requests"]) == (0, [], [])
    assert (found["clipped"], found["empty"], found["unreached"]) == ([], [], [])
    assert found["violations"] == []
    assert found["formulas"] > 50
    by_mathjax = zip(formulas.items(), read_by_mathjax(list(formulas)), strict=True)
    assert [tex for (tex, ours), theirs in by_mathjax if read_off(ours) != read_off(theirs)] == []
    record_property("formulas", len(formulas))


def test_a_formula_that_says_something_else_is_told_apart_from_mathjaxs_reading() -> None:
    texts = [r"\frac{a}{b}", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "x_1 + y"]
    others = [r"\frac{b}{a}", r"\begin{pmatrix} 1 & 2 & 3 \\ 4 \end{pmatrix}", "x_1 - y"]
    theirs = list(map(read_off, read_by_mathjax(texts)))
    assert theirs == [read_off(mathml(tex)) for tex in texts]
    assert not set(map(repr, theirs)) & {repr(read_off(mathml(tex))) for tex in others}


@pytest.mark.parametrize(("sheet", "language"), [("sheet4", "ru"), ("sheet5", "en"), ("sheet8", "ru")])
def test_in_the_dark_the_page_is_as_readable(sheet: str, language: str, tmp_path: Path) -> None:
    found = seen(pages(sheet, language)[1], tmp_path, dark=True, width=900)
    assert (found["violations"], found["sideways"], found["clipped"]) == ([], 0, [])
    ground = "return view.getComputedStyle(page.body).backgroundColor;"
    assert found_in(pages(sheet, language)[1], ground, tmp_path, dark=True) == "rgb(22, 24, 28)"
    assert found_in(pages(sheet, language)[1], ground, tmp_path) == "rgb(255, 255, 255)"


def test_a_derivation_is_a_page_of_its_own(tmp_path: Path) -> None:
    page = as_html(
        DerivationRequest(SHIPPED, "log(det(X.T @ A @ X)) + tr(X.T @ X @ X.T @ X)", "X", "A:n,n X:n,m A:n,n", "en")
    )
    require_one_file(page, "en")
    found = seen(page, tmp_path)
    assert (found["sideways"], found["outside"], found["clipped"], found["violations"]) == (0, [], [], [])


def test_solutions_are_folded_on_the_screen_and_open_on_paper(tmp_path: Path) -> None:
    page = pages("sheet4", "en")[1]
    folded = "return [...page.querySelectorAll('details p')].filter(one => one.checkVisibility()).length;"
    assert found_in(page, folded, tmp_path) == 0
    printed = "".join(on_paper(page, tmp_path).split())
    said = re.findall(r"<p>([^<]{20,})", page)
    assert len(said) > 30
    assert [words for words in said if "".join(unescape(words).split()) not in printed] == []


@pytest.mark.parametrize("sheet", ["sheet2", "sheet4", "sheet8"])
def test_no_formula_is_cut_off_on_paper(sheet: str, tmp_path: Path) -> None:
    page = pages(sheet, "ru")[1].replace("@media print", "@media all")
    script = """
return [...page.querySelectorAll(".wide math")].filter(one => one.checkVisibility() &&
  one.getBoundingClientRect().right > page.querySelector("main").getBoundingClientRect().right + 1)
  .map(one => one.textContent);
"""
    assert found_in(page, OPENED + script, tmp_path, width=680) == []  # an A4 page between its margins


def test_the_sides_of_a_derivation_never_run_into_each_other(tmp_path: Path) -> None:
    script = """
return [...page.querySelectorAll(".derivation > div:nth-child(3n + 1)")].map(left => [left, left.nextElementSibling]
  .map(one => (one.querySelector("math") || one).getBoundingClientRect()))
  .filter(([left, right]) => left.width && left.right > right.left + 1 && left.bottom > right.top + 1).length;
"""
    assert found_in(pages("sheet8", "en")[1], OPENED + script, tmp_path) == 0


def test_an_index_under_an_exponent_takes_no_room_of_its_own() -> None:
    assert not html.wide("w_{0,1}^{(1)}", 6)
    assert html.wide("w_{0,1}+w_{1,1}", 6)


def test_the_numbers_of_a_row_stand_on_the_line_of_what_is_around_it(tmp_path: Path) -> None:
    script = """
const [around, first] = [...page.querySelectorAll("mn")].map(one => one.getBoundingClientRect());
const [left, ...rest] = [...page.querySelectorAll("mo")].map(one => one.getBoundingClientRect());
return {apart: Math.abs(around.bottom - first.bottom), gap: first.left - rest[0].right};
"""
    made = mathml(r"1=\begin{pmatrix} 1 & 2 \end{pmatrix}")
    page = html_page.framed("t", "en", SHIPPED.asset("style.css").decode(), f"<p>{made}</p>")
    found = found_in(page, script, tmp_path)
    assert found["apart"] < 1
    assert found["gap"] < 3  # pixels between a bracket and what it holds


def test_a_minus_behind_a_comma_is_a_sign_and_a_bar_stands_clear_of_its_letter() -> None:
    assert mathml(r"(1,\ -1)").count('<mo lspace="0" rspace="0">−</mo>') == 1
    assert mathml(r"(2{,}5;\ -1{,}5)").count('<mo lspace="0" rspace="0">−</mo>') == 1
    assert 'class="bar"' in mathml(r"\bar{C}")


def test_a_figure_gets_smaller_only_as_long_as_one_can_read_it(tmp_path: Path) -> None:
    script = (
        OPENED
        + """
return [...page.querySelectorAll("figure svg")].map(one =>
  one.getBoundingClientRect().width / one.viewBox.baseVal.width * parseFloat(one.getAttribute("font-size")));
"""
    )
    sizes = found_in(pages("sheet4", "ru")[1], script, tmp_path)
    assert len(sizes) > 4
    assert min(sizes) > 8  # pixels of a letter


def test_the_links_of_a_chain_stand_under_each_other_at_their_relations(tmp_path: Path) -> None:
    script = (
        OPENED
        + """
return [...page.querySelectorAll(".chain > div")].map(one =>
  [...one.children].map(link => link.getBoundingClientRect()).map(it => [it.left, it.top]));
"""
    )
    chains = found_in(pages("sheet4", "en")[1], script, tmp_path)
    rows = [{left for left, top in chain if all(top <= other or left <= it for it, other in chain)} for chain in chains]
    broken = [chain for chain in chains if len({round(top / 8) for _, top in chain}) > 1]
    assert len(broken) > 5
    assert rows
    for chain in broken:
        firsts = [left for place, (left, top) in enumerate(chain) if place == 0 or left <= chain[place - 1][0]]
        assert max(firsts) - min(firsts) < 1


def test_a_line_never_begins_with_punctuation_and_a_short_chain_stays_together(tmp_path: Path) -> None:
    script = """
const begins = [], broken = [];
for (let width = 300; width < 460; width += 20) {
  view.frameElement.style.width = width + "px";
  for (const math of page.querySelectorAll("p math")) {
    const next = (math.closest(".wide") || math).nextSibling;
    if (!next || next.nodeType != 3 || !/^[.,:;]/.test(next.data)) continue;
    const range = page.createRange();
    range.setStart(next, 0); range.setEnd(next, 1);
    if (range.getBoundingClientRect().left < math.getBoundingClientRect().left) begins.push([width, next.data]);
  }
  for (const kept of page.querySelectorAll("p .kept"))
    if (new Set([...kept.getClientRects()].map(one => one.top)).size > 1) broken.push([width, kept.textContent]);
}
return {begins, broken};
"""
    found = found_in(pages("sheet4", "ru")[1], OPENED + script, tmp_path)
    assert found == {"begins": [], "broken": []}


def test_a_line_never_begins_with_a_dash() -> None:
    writer = html.HtmlWriter(Typesetter(Policy(), language=RU))
    assert writer.write(Text("сигмоида — функция,\n— и")) == "сигмоида\u00a0— функция,\u00a0— и"


def test_columns_that_name_the_rows_head_them_and_the_last_has_the_rule() -> None:
    typesetter = Typesetter(Policy(), language=RU)
    table = Table((Name("x_1"), Name("x_2"), Name("y")), (tuple(map(Given, (0, 1, 1))),), named=2)
    written = html.HtmlWriter(typesetter).grid(TableBlock(table))
    assert re.findall(r'<(th scope="\w+"(?: class="edge")?|td)', written) == [
        'th scope="col"', 'th scope="col" class="edge"', 'th scope="col"',
        'th scope="row"', 'th scope="row" class="edge"', "td",
    ]  # fmt: skip
