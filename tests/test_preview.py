"""`keygen preview`: variants side by side, how much work each is, and the page that is renewed while one writes."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from shutil import copytree
from threading import Event
from typing import Any

import pytest

from keygen.checking.sweep import Request, survey
from keygen.course.course import course_here
from keygen.course.seeding import seeds_of
from keygen.errors import KeygenError
from keygen.preview.live import Live, Renewal
from keygen.preview.saving import folders_of, is_source, watching
from keygen.preview.server import bound, serving
from keygen.preview.variants import PreviewRequest
from keygen.preview.work import distance
from tests.courses import keygen, placed, rewrite

HERE = Path(__file__).parent
EXERCISE = '''
"""A product and a sum."""

from keygen.author import integers

given = {"a": integers("", -1, 2, published=2, nonzero=True), "b": integers("", 1, 2, published=1)}


def computation(t):
    t.c = t.a * t.b
    t.d = t.c + t.a


answers = {"a": {"product": "c", "sum": "d"}}


def worthwhile(v):
    yield "the sum is not 4", v.d != 4
'''
TEMPLATE = r"""%% title
Two numbers
%% endtitle
%% part a
Find the sum for \( \val{ line.a } \) and \( \val{ line.b } \).
%% solution
\[ \val{ line.c } \]
\[ \val{ line.d } \]
%% endpart
"""
ENTRIES = (f'[[exercise]]\nid = "my/{name}"\npoints = 2\n' for name in ("one", "two"))
SHEET = 'title = "Mine"\nlanguage = "en"\n' + "".join(ENTRIES)
FAILING = """

def show(s):
    if s.variant.who in (3, 5):
        raise ValueError("no such number")
    return {}
"""


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two exercises of few numbers, and a sheet of both."""
    for name in ("one", "two"):
        placed(tmp_path, name, EXERCISE, TEMPLATE)
    (tmp_path / "exercises" / "mine.toml").write_text(SHEET, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Cells(HTMLParser):
    """The texts of the tables of a page, row by row, and the ids of its elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.ids: list[str] = []
        self.cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.ids += [str(value) for name, value in attributes if name == "id"]
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.cell = False

    def handle_data(self, data: str) -> None:
        if self.cell:
            self.tables[-1][-1][-1] += data


def previewed(*words: str, exit_code: int = 0) -> str:
    """The page that the command writes."""
    result = keygen("preview", *words)
    assert result.exit_code == exit_code, result.output
    return Path(result.stdout.strip()).read_text("utf-8")


def works(page: str) -> list[list[dict[str, str]]]:
    """The tables of work, each row by the names of its columns."""
    tables = [table for table in Cells(page).tables if table[0][0] in ("variant", "вариант")]
    return [[dict(zip(table[0], row, strict=False)) for row in table[1:]] for table in tables]


# --- the file


def test_the_page_is_named_after_the_sheet_the_language_and_the_exercise(course: Path) -> None:
    (course / "exercises/my/one/ru.tex").write_text(TEMPLATE.replace("Find the sum for", "Найдите сумму при"))
    assert keygen("preview", "mine", "--seeds", "1").stdout == "build/mine.preview.html\n"
    assert keygen("preview", "my/one", "--seeds", "1", "--out", "o").stdout == "o/my-one.ru.preview.html\n".replace(
        ".ru", ""
    )
    assert keygen("preview", "my/one", "--seeds", "1", "--lang", "en").stdout == "build/my-one.en.preview.html\n"


def test_the_page_is_one_file_that_asks_for_nothing_and_has_every_id_once(course: Path) -> None:
    page = previewed("mine", "--seeds", "1..3")
    assert not re.search(r"<link|<img|<iframe|@import|url\(|\b(?:src|srcset|on\w+)=|fetch|EventSource|XMLHttp", page)
    assert not re.search(r"https?://(?!www\.w3\.org/)", page)
    assert set(re.findall(r'href="([^"]*)"', page)) == {f"#e{n}-{s}" for n in (1, 2) for s in ("published", 1, 2, 3)}
    ids = Cells(page).ids
    assert len(ids) == len(set(ids))
    assert {"e1-published", "e2-3", "whole"} <= set(ids)


def test_the_measures_are_those_of_a_check(course: Path) -> None:
    (rows,) = works(previewed("my/one", "--seeds", "0..11", "--lang", "en"))
    assert [row["variant"].split()[0] for row in rows] == ["published", *map(str, range(12))]
    examined = survey(Request(course_here(), ("my/one",), 12, "en")).exercises[0]
    for head, name in (("operations", "operations"), ("negative numbers", "negatives"), ("longest number", "widest")):
        found = [int(row[head]) for row in rows[1:]]
        assert (min(found), max(found)) == examined.measures(name)
    assert sum(int(row["drawn again"]) for row in rows[1:]) == examined.rejected.total() > 0
    marked = [row["variant"] for row in rows[1:] if "same numbers as" in row["variant"]]
    own = sum("same numbers as published" in one for one in marked)
    assert len(marked) - own <= examined.duplicates <= len(marked)


def test_variants_with_the_same_numbers_are_marked_and_no_others(course: Path) -> None:
    (rows,) = works(previewed("my/one", "--seeds", "1..5", "--lang", "en"))
    given, expected = dict[str, str](), []
    for row in rows:
        seed = row["variant"].split()[0]
        words = [] if seed == "published" else ["--seed", seed]
        _, *numbers = keygen("answers", "my/one", *words).stdout.splitlines()
        twin = given.setdefault("\n".join(numbers), seed)
        expected.append(seed if twin == seed else f"{seed} same numbers as {twin}")
    assert [row["variant"] for row in rows] == expected
    assert any("same" in one for one in expected)


def test_what_is_never_drawn_is_nobodys_twin(course: Path) -> None:
    pinned = SHEET.replace("points = 2", "pin = {a = 1, b = 1}")
    (course / "exercises/mine.toml").write_text(pinned)
    page = previewed("mine", "--seeds", "1..2")
    assert "same numbers" not in page


def test_the_distance_is_the_mean_of_the_relative_differences_from_the_median(course: Path) -> None:
    away = distance({"operations": 30, "widest": 3}, {"operations": 20, "widest": 4})
    assert away == pytest.approx((1 / 3 - 1 / 4) / 2)
    assert distance({"negatives": 0}, {"negatives": 0}) == 0
    (rows,) = works(previewed("my/one", "--seeds", "1..9", "--lang", "en"))
    heads = [head for head in rows[0] if head not in ("variant", "drawn again", "from the median")]
    middle = {head: sorted(int(row[head]) for row in rows[1:])[4] for head in heads}
    for row in rows:
        away = distance({head: int(row[head]) for head in heads}, middle)
        assert row["from the median"].replace("−", "-") == f"{round(100 * away):+d}\u00a0%".replace("+0", "0")


def test_a_sheet_is_the_work_of_all_its_exercises(course: Path) -> None:
    whole, one, two = works(previewed("mine", "--seeds", "1..4"))
    assert len(whole) == 5
    for all_of_it, first, second in zip(whole, one, two, strict=True):
        for head in ("operations", "negative numbers"):
            assert int(all_of_it[head]) == int(first[head]) + int(second[head])
        assert int(all_of_it["longest number"]) == max(int(first["longest number"]), int(second["longest number"]))


def test_of_exercises_to_choose_from_a_seed_shows_those_that_it_gets(course: Path) -> None:
    (course / "exercises/mine.toml").write_text(f"choose = {{k = 1, of = [1, 2]}}\n{SHEET}")
    whole, one, two = works(previewed("mine", "--seeds", "1..6"))
    seeds = [{row["variant"].split()[0] for row in table} for table in (one, two)]
    assert seeds[0] & seeds[1] == {"published"}
    assert seeds[0] | seeds[1] == {"published", *"123456"}
    assert len(whole) == 7


def test_problems_stand_open_solutions_and_answers_are_folded(course: Path) -> None:
    page = previewed("my/one", "--seeds", "7", "--lang", "en")
    card = page.split('<article id="e1-7"')[1].split("</article>")[0]
    opened = re.sub(r"<details.*?</details>", "", card, flags=re.DOTALL)
    assert "Find the sum" in opened
    assert "Seed 7" in opened
    folded = re.findall(r"<summary>(.*?)</summary>", card)
    assert folded[:2] == ["Solution", "Answers and remarks"]
    assert "<table>" not in opened


def test_the_words_are_those_of_the_language_and_of_another_where_it_has_none(course: Path) -> None:
    (course / "exercises/my/one/ru.tex").write_text(TEMPLATE.replace("Find the sum for", "Найдите сумму при"))
    page = previewed("my/one", "--seeds", "1", "--lang", "ru")
    assert "Найдите сумму" in page
    assert "Сначала самые громоздкие" in page
    copytree(HERE / "german" / "templates", course / "templates", dirs_exist_ok=True)
    (course / "exercises/my/one/de.tex").write_text(TEMPLATE.replace("Find the sum for", "Summe von"), encoding="utf-8")
    page = previewed("my/one", "--seeds", "1", "--lang", "de")
    assert "Summe von" in page
    assert "Сначала самые громоздкие" in page  # of the course's own language


def test_seeds_are_said_in_ranges() -> None:
    assert seeds_of("1..4") == (1, 2, 3, 4)
    assert seeds_of("7, 1..3,2") == (7, 1, 2, 3)
    for text in ("", "a", "4..1", "1...3", "1-3", "-1", "1..300"):
        with pytest.raises(KeygenError, match="seeds"):
            seeds_of(text)
    with pytest.raises(KeygenError, match="from the smaller to the larger") as error:
        seeds_of("2,5..1")
    assert (error.value.found, error.value.repair) == ("'5..1'", 'write "1..5"')
    for text, repair in (("", "say at least one seed"), ("1,", "leave out a comma")):
        with pytest.raises(KeygenError) as error:
            seeds_of(text)
        assert error.value.repair == repair


# --- errors


def test_a_seed_that_cannot_be_solved_has_its_error_in_its_place_and_the_others_stand(course: Path) -> None:
    file = rewrite(course, "my/one/exercise.py", "\n\nanswers", f"{FAILING}\n\nanswers")
    line = 1 + file.read_text().splitlines().index('        raise ValueError("no such number")')
    result = keygen("preview", "my/one", "--lang", "en")
    assert result.exit_code == 1
    page = Path(result.stdout.strip()).read_text("utf-8")
    for seed in (3, 5):
        card = unescape(page.split(f'<article id="e1-{seed}"')[1].split("</article>")[0])
        assert "no such number" in card
        assert f"exercise.py:{line}" in card
        assert "Find the sum" not in card
    assert page.count("Find the sum") == 11
    assert [row["operations"] for row in works(page)[0] if not row["operations"].isdigit()] == ["error", "error"]
    assert result.stderr.count("no such number") == 2  # what is wrong, and the line
    assert "keygen: so have 1 more of the variants" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_exercise_that_has_no_variant_says_so_once_and_the_others_of_the_sheet_stand(course: Path) -> None:
    rewrite(course, "my/two/en.tex", "%% endpart", "%% endpart\n%% endif")
    page = previewed("mine", "--seeds", "1..3", exit_code=1)
    assert page.count('class="error"') == 1
    assert page.count("Find the sum") == 4
    assert [row["operations"] for row in works(page)[0]] == ["error"] * 4


def test_where_nothing_can_be_shown_the_last_good_page_stays(course: Path) -> None:
    page = previewed("my/one", "--seeds", "1")
    rewrite(course, "my/one/exercise.py", "t.c = ", "t.c = = ")
    result = keygen("preview", "my/one", "--seeds", "1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert re.search(r"exercise\.py:\d+", result.stderr)
    assert Path("build/my-one.preview.html").read_text("utf-8") == page


def test_what_is_not_there_is_told_with_the_nearest(course: Path) -> None:
    for words in (["my/ona"], ["my/ona", "--watch"]):
        result = keygen("preview", *words)
        assert result.exit_code == 1
        assert "did you mean 'my/one'" in result.stderr
    assert keygen("preview", "mine", "--port", "8000").exit_code == 2


def test_without_the_packages_of_the_extra_it_says_in_a_line_how_to_get_them(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("watchfiles", "starlette", "uvicorn", "keygen.preview.server"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "keygen.preview.saving", raising=False)
    assert keygen("preview", "my/one", "--seeds", "1").exit_code == 0
    result = keygen("preview", "mine", "--watch")
    assert (result.exit_code, result.stderr.splitlines()) == (
        1, ["keygen: --watch needs watchfiles", "  mend:     pip install 'keygen-sheets[preview]'"],
    )  # fmt: skip


# --- what is renewed


def renewal(target: str, seeds: tuple[int, ...] = (1, 2, 3)) -> Renewal:
    return Renewal(PreviewRequest(course_here(), target, seeds, "en"), Live())


def text_of(work: Renewal, id: str) -> str:
    return work.live.state.pieces[id].html


def test_a_saved_word_renews_its_exercise_alone_and_solves_nothing(course: Path) -> None:
    work = renewal("mine")
    work.renew()
    before, solved = work.live.state, {place: one.solved for place, one in work.previewer.known.items()}
    assert (before.working, before.error) == (False, "")
    rewrite(course, "my/two/en.tex", "Find the sum", "Work out the sum")
    work.renew()
    after = work.live.state
    changed = {id for id, one in after.pieces.items() if one != before.pieces[id]}
    assert changed == {f"e2-{seed}" for seed in ("published", 1, 2, 3)}
    assert after.layout == before.layout
    assert {place: one.solved for place, one in work.previewer.known.items()} == solved


def test_a_saved_computation_is_run_anew_and_one_that_comes_back_is_told_by_its_own_lines(course: Path) -> None:
    work = renewal("my/one")
    work.renew()
    first = work.live.state
    file = rewrite(course, "my/one/exercise.py", "t.a * t.b", "t.a + t.b")
    work.renew()
    assert text_of(work, "e1-1") != first.pieces["e1-1"].html
    text = file.read_text()
    file.write_text(f"# {'more lines ' * 9}\n\n\n{text}".replace("t.a + t.b", "t.a * t.b"))
    work.renew()
    assert work.live.state.pieces == first.pieces
    failing = text.replace("t.a + t.b", "t.a * t.b").replace("\n\nanswers", f"{FAILING}\n\nanswers")
    file.write_text(failing)
    work.renew()
    file.write_text(f"\n\n\n{failing}")
    work.renew()
    file.write_text(failing)
    work.made.clear()
    work.previewer.known.clear()
    work.renew()
    assert "raise ValueError(&quot;no such number&quot;)" in text_of(work, "e1-3")


def test_an_error_lies_over_the_page_until_it_is_mended_and_what_was_there_stays(course: Path) -> None:
    work = renewal("mine")
    work.renew()
    before = work.live.state
    file = rewrite(course, "my/one/en.tex", r"\val{ line.c }", r"\val{ line.cc }")
    work.renew()
    said = unescape(work.live.state.error)
    line = 1 + file.read_text().splitlines().index(r"\[ \val{ line.cc } \]")
    assert f"en.tex:{line}" in said
    assert r"\[ \val{ line.cc } \]" in said
    assert "did you mean 'c'" in said
    assert work.live.state.pieces == before.pieces
    rewrite(course, "my/one/en.tex", "line.cc", "line.c")
    work.renew()
    assert (work.live.state.error, work.live.state.pieces) == ("", before.pieces)


def test_a_sheet_that_cannot_be_read_is_told_and_one_that_changes_has_other_places(course: Path) -> None:
    work = renewal("mine")
    rewrite(course, "mine.toml", "title = ", "title = = ")
    work.renew()
    assert "mine.toml:1" in work.live.state.page()
    assert work.live.state.layout == ""
    rewrite(course, "mine.toml", "title = = ", "title = ")
    work.renew()
    before = work.live.state
    assert before.error == ""
    rewrite(course, "mine.toml", 'id = "my/two"', 'id = "my/two"\n[[exercise]]\nid = "my/one"\nseed = 4')
    work.renew()
    assert work.live.state.layout != before.layout
    assert "e3-published" in work.live.state.pieces
    assert 'id="e3-2"' in work.live.state.page()


def test_saving_again_ends_what_is_out_of_date(course: Path) -> None:
    work, left = renewal("my/one"), [2]

    def stale() -> bool:
        left[0] -= 1
        return left[0] < 0

    work.stale = stale
    work.renew()
    assert work.live.state.working
    assert len(work.made) == 2  # shown as soon as they are there
    assert "Find the sum" in text_of(work, "e1-1")
    assert "Find the sum" not in text_of(work, "e1-2")
    work.stale = lambda: False
    work.renew()
    assert not work.live.state.working
    assert "Find the sum" in text_of(work, "e1-2")


def test_what_was_saved_last_is_made_first(course: Path) -> None:
    work, left = renewal("mine"), [1]

    def stale() -> bool:
        left[0] -= 1
        return left[0] < 0

    work.stale = stale
    for name, when in (("one", 1), ("two", 2)):
        for file in (place := course / "exercises/my" / name, *place.iterdir()):
            os.utime(file, (when, when))
    work.renew()
    assert list(work.made) == [(2, None)]


def test_what_a_file_of_templates_changes_is_renewed_and_its_look_is_another_page(course: Path) -> None:
    work = renewal("my/one")
    work.renew()
    before = work.live.state
    (course / "templates").mkdir()
    (course / "templates/style.css").write_text("main { color: teal; }")
    work.renew()
    assert work.live.state.pieces == before.pieces
    assert work.live.state.layout != before.layout
    assert "teal" in work.live.state.page()


def noticed(file: Path, saved: Event) -> bool:
    """Whether it is noticed that a file is saved, once it is watched."""
    for number in range(100):
        saved.clear()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"%# {number}\n", encoding="utf-8")
        if saved.wait(0.1):
            return True
    return False


def test_saved_files_are_noticed_in_new_folders_too_and_those_of_editors_are_not(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keygen.preview.saving.ROUND", 50)
    path, saved = course_here().path, Event()
    with watching(path, saved):
        assert noticed(course / "exercises/my/one/en.tex", saved)
        (course / "templates" / "en").mkdir(parents=True)
        assert saved.wait(10)
        assert noticed(course / "templates/en/laws.tex", saved)
    assert course / "templates" in folders_of(path)
    assert is_source(Path("a/en.tex"))
    assert not any(is_source(Path(name)) for name in (".en.tex.swp", "en.tex~", "#en.tex#", "exercise.cpython-311.pyc"))


# --- who is served


@pytest.fixture
def address() -> Iterator[tuple[str, int, Live]]:
    live = Live()
    with serving(live, 0) as at:
        host, port = at.removeprefix("http://").rstrip("/").split(":")
        yield host, int(port), live


def asked(port: int, path: str, **headers: str) -> tuple[int, str, Any]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers


def test_only_this_machine_is_served_and_only_by_its_own_name(course: Path, address: tuple[str, int, Live]) -> None:
    host, port, live = address
    assert host == "127.0.0.1"
    Renewal(PreviewRequest(course_here(), "my/one", (1,), "en"), live).renew()
    status, page, headers = asked(port, "/")
    assert status == 200
    assert "Find the sum" in page
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert asked(port, "/", Host=f"localhost:{port}")[0] == 200
    for stranger in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "0.0.0.0"):
        for path in ("/", "/pieces?id=e1-1", "/events"):
            assert asked(port, path, Host=stranger)[0] == 400
    assert asked(port, "/../pyproject.toml")[0] == 404


def test_pieces_are_had_by_their_ids(course: Path, address: tuple[str, int, Live]) -> None:
    _, port, live = address
    Renewal(PreviewRequest(course_here(), "my/one", (1, 2), "en"), live).renew()
    found = json.loads(asked(port, "/pieces?id=e1-2&id=e1-work&id=nothing")[1])
    assert found == {id: live.state.pieces[id].html for id in ("e1-2", "e1-work")}


def heard(stream: http.client.HTTPResponse) -> Any:
    """The next state that is told."""
    while not (line := stream.readline()).startswith(b"data: "):
        assert line
    return json.loads(line.removeprefix(b"data: "))


def test_a_browser_hears_of_the_last_of_states_that_come_quickly_and_of_the_end(address: tuple[str, int, Live]) -> None:
    _, port, live = address
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", "/events")
        stream = connection.getresponse()
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert heard(stream)["error"] == ""
        for number in range(50):
            live.set(error=str(number))
        while (said := heard(stream)["error"]) != "49":
            assert int(said) < 49
        live.set(closed=True)
        assert stream.read().count(b"data: ") <= 1


def test_a_port_that_is_taken_is_told() -> None:
    with bound(0) as at, pytest.raises(KeygenError, match="the port") as raised:
        bound(at.getsockname()[1])
    assert "leave out --port" in str(raised.value)


# A shell that starts the tests in the background has them ignore Ctrl-C.
AT_A_TERMINAL = """import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from keygen.cli import main
main(prog_name="keygen")
"""


def test_ctrl_c_ends_it_at_once_and_without_a_traceback(course: Path) -> None:
    words = [sys.executable, "-c", AT_A_TERMINAL, "preview", "mine", "--seeds", "1..2", "--watch"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", process.stdout.readline())
            assert said
            with closing(http.client.HTTPConnection("127.0.0.1", int(said[1]), timeout=10)) as connection:
                connection.request("GET", "/events")
                connection.getresponse().readline()  # a browser is listening
                process.send_signal(signal.SIGINT)
                start = time.monotonic()
                told = process.communicate(timeout=30)[1]
            assert time.monotonic() - start < 20
        finally:
            process.kill()
    assert process.returncode == 0
    assert told.splitlines() == ["keygen: open it in a browser of this machine; Ctrl-C ends it"]
    assert not Path("build").exists()
