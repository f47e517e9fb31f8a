"""The page of `keygen preview` in a browser: whole on a phone, sorted by a click, renewed in its place."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from browser import NODE_MODULES, Tab, found_in, opened

from keygen.course.course import course_here
from keygen.preview.live import Live, Renewal
from keygen.preview.saving import watching
from keygen.preview.server import serving
from keygen.preview.variants import PreviewRequest
from tests.courses import keygen, rewrite

ORDER = "[...page.querySelectorAll('#e1-work tbody tr')].map(row => row.dataset.seed)"
CARDS = "[...page.querySelectorAll('#e1 .variant')].map(card => card.dataset.seed)"
AWAY = "[...page.querySelectorAll('#e1-work tbody td:last-child')].map(cell => Number(cell.dataset.value))"
READY = "return page.getElementById('status').hidden && page.querySelectorAll('.variant:not([hidden])').length === 5;"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course as `keygen init` lays it."""
    folder = tmp_path / "course"
    assert keygen("init", str(folder), "--lang", "en").exit_code == 0
    monkeypatch.chdir(folder)
    return folder


def test_the_page_is_whole_on_a_phone_and_in_the_dark_and_for_a_screen_reader(course: Path, tmp_path: Path) -> None:
    page = Path(keygen("preview", "mine/first", "--seeds", "1..3").stdout.strip()).read_text("utf-8")
    script = """
page.querySelectorAll("details").forEach(one => one.open = true);
page.querySelectorAll(".variant").forEach(one => one.style.contentVisibility = "visible");
const scrolls = one => ["auto", "scroll"].includes(view.getComputedStyle(one).overflowX);
const unreached = [...page.querySelectorAll("body *")].filter(one =>
  scrolls(one) && one.scrollWidth > one.clientWidth && one.tabIndex < 0).map(one => one.outerHTML.slice(0, 200));
for (const math of page.querySelectorAll("math")) math.textContent = math.textContent;
const axe = await view.axe.run(page, {resultTypes: ["violations"]});
return {violations: axe.violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html)]), unreached,
  sideways: page.documentElement.scrollWidth - page.documentElement.clientWidth,
  requests: view.performance.getEntriesByType("resource").map(one => one.name)};
"""
    axe = (NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    for dark in (False, True):
        found = found_in(page, script, tmp_path, library=axe, dark=dark)
        assert found == {"violations": [], "unreached": [], "sideways": 0, "requests": []}


def test_a_click_sorts_the_table_and_the_variants_with_it(course: Path, tmp_path: Path) -> None:
    page = Path(keygen("preview", "mine/first", "--seeds", "1..6").stdout.strip()).read_text("utf-8")
    script = f"""
const now = () => ({{order: {ORDER}, cards: {CARDS}, away: {AWAY},
  sorts: [...page.querySelectorAll("#e1-work th[aria-sort]")].map(one => one.getAttribute("aria-sort"))}});
const click = text => [...page.querySelectorAll("#e1-work button")].find(one => one.textContent === text).click();
const first = now(); click("Ugliest first"); const ugliest = now(); click("operations"); const operations = now();
click("operations"); const turned = now(); click("In the order of the seeds");
return {{first, ugliest, operations, turned, last: now()}};
"""
    found = found_in(page, script, tmp_path, width=1000)
    assert found["first"]["order"] == ["published", *"123456"] == found["last"]["order"]
    assert found["ugliest"]["away"] == sorted(found["first"]["away"], reverse=True)
    assert found["ugliest"]["order"] != found["first"]["order"]
    assert found["ugliest"]["sorts"][-1] == "descending"
    assert (found["operations"]["sorts"][1], found["turned"]["sorts"][1]) == ("ascending", "descending")
    assert all(state["order"] == state["cards"] for state in found.values())
    assert all(state["sorts"].count("none") == len(state["sorts"]) - 1 for state in found.values())


@contextmanager
def watched(target: str, folder: Path) -> Iterator[Tab]:
    """A browser at the page, which is renewed as the command does it."""
    course, live, saved, over = course_here(), Live(), Event(), Event()
    renewal = Renewal(PreviewRequest(course, target, (1, 2, 3, 4), "en"), live, saved.is_set)

    def renew() -> None:
        while not over.is_set():
            saved.clear()
            renewal.renew()
            saved.wait()

    with watching(course.path, saved), serving(live, 0) as address:
        thread = Thread(target=renew)
        thread.start()
        try:
            with opened(address, folder, width=900, height=700) as tab:
                tab.wait(READY)
                yield tab
        finally:
            over.set()
            saved.set()
            thread.join()


def test_a_saved_file_is_soon_on_the_page_and_the_reader_stays_where_he_is(course: Path, tmp_path: Path) -> None:
    with watched("mine/first", tmp_path) as tab:
        tab.found("""
[...page.querySelectorAll("#e1-work button")].find(one => one.textContent === "Ugliest first").click();
page.querySelectorAll("#e1-2 details")[1].open = true;
page.querySelector(".strip").scrollLeft = 300;
page.querySelectorAll("#e1-2 details summary")[1].focus();
scrollTo(0, 400);
""")
        place = f"""return {{order: {ORDER}, cards: {CARDS}, top: scrollY,
left: page.querySelector(".strip").scrollLeft, open: [...page.querySelectorAll("details")].map(one => one.open),
focused: page.activeElement.outerHTML}};"""
        before = tab.found(place)
        assert before["top"] == 400
        assert before["open"].count(True) == 1
        start = time.monotonic()
        rewrite(course, "mine/first/en.tex", "Compute the prediction", "Work out the prediction")
        tab.wait("return page.getElementById('e1-published').textContent.includes('Work out');")
        assert time.monotonic() - start < 10  # a quarter of a second where the machine has nothing else to do
        tab.wait(f"{READY.removesuffix(';')} && page.body.textContent.split('Work out').length === 6;")
        assert tab.found(place) == before

        rewrite(course, "mine/first/exercise.py", "t.x @ t.w + t.b", "t.x @ t.w + t.bb")
        tab.wait("return !page.getElementById('failure').hidden;")
        said = tab.found("return page.getElementById('failure').innerText;")
        assert "exercise.py:19" in said
        assert "t.yhat = t.x @ t.w + t.bb" in said
        rewrite(course, "mine/first/exercise.py", "t.bb", "t.b")
        tab.wait("return page.getElementById('failure').hidden && page.getElementById('status').hidden;")
        assert tab.found(place) == before

        (course / "templates" / "style.css").write_bytes(course_here().asset("style.css") + b"h1 { color: teal; }\n")
        teal = "return getComputedStyle(page.querySelector('h1')).color === 'rgb(0, 128, 128)'"
        tab.wait(f"{teal} && page.getElementById('status').hidden;")
        after = tab.found(place)
        assert {name: after[name] for name in ("order", "cards", "open", "left")} == {
            name: before[name] for name in ("order", "cards", "open", "left")
        }
        assert abs(after["top"] - before["top"]) < 2


def test_a_page_whose_keygen_has_stopped_says_so(course: Path, tmp_path: Path) -> None:
    live = Live()
    Renewal(PreviewRequest(course_here(), "mine/first", (1, 2, 3, 4), "en"), live).renew()
    with serving(live, 0) as address, opened(address, tmp_path) as tab:
        tab.wait(READY)
        live.set(closed=True)
        tab.wait("return page.getElementById('status').textContent.startsWith('keygen has stopped');")
