"""`keygen grade --ask`: papers are typed by the keyboard alone; what is not asked follows, and the table that is saved
is graded as if all had been typed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from browser import NODE_MODULES, Tab, found_in, opened

from tests.courses import keygen
from tests.grading.manifests import Table, key_of, manifest_of, read, written
from tests.grading.slipped import slipped

SHEET = "sheet4"
CLASS = {"1": "Анна Иванова", "2": "=HYPERLINK(1)", "3": "</script><b>Vera"}
QUESTION = "return page.getElementById('ask').hidden ? '' : page.getElementById('label').textContent;"
CODES = {"Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return manifest_of(tmp_path_factory.mktemp("class"), SHEET, CLASS)


@pytest.fixture(scope="module")
def page(made: Path) -> Path:
    result = keygen("grade", SHEET, "--ask", "--manifest", str(made), "--out", str(made.parent / "out"))
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(made.parent / "out" / "ask.html")
    return Path(result.stdout.strip())


def papers(made: Path) -> Table:
    """What stands on the papers: the key; a slip in H, one in dH, both gone on from rightly; no exercise 1."""
    rows = key_of(made)
    rows[1] |= slipped(made, SHEET, "2", "4.a.H")
    rows[2] |= slipped(made, SHEET, "3", "4.d.dH")
    for row in rows[2:]:
        row |= {column: "" for column in row if column.startswith("1.")}
    return rows


def press(tab: Tab, key: str, modifiers: int = 0) -> None:
    """A key, as a keyboard sends it."""
    text = {"text": "\r"} if key == "Enter" else {}
    code = CODES.get(key, ord(key.upper()[0]))
    for kind in ("keyDown", "keyUp"):
        event = {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        tab.ask("Input.dispatchKeyEvent", **event, **(text if kind == "keyDown" else {}))


def entered(tab: Tab, text: str) -> None:
    """A text typed where the page has put the focus, and Enter."""
    if text:
        tab.ask("Input.insertText", text=text)
    press(tab, "Enter")


def column_of(tab: Tab) -> str:
    """The column that the page asks for, "" where it asks for nothing more."""
    script = "const {state, exercises, data} = window.keygen;"
    return str(
        tab.found(
            f"{script} if (page.getElementById('ask').hidden) return '';"
            "return data.layouts.flatMap(one => one.columns).find(one =>"
            " one.label === page.getElementById('label').textContent).column;"
        )
    )


def typed_in(tab: Tab, row: dict[str, str]) -> list[str]:
    """The columns that were asked of a student, whose paper is typed in."""
    entered(tab, row["id"])
    asked = []
    while column := column_of(tab):
        assert column not in asked
        asked.append(column)
        entered(tab, row[column])
        assert len(asked) <= len(row)
    press(tab, "Enter")  # to the next student
    return asked


def test_papers_are_typed_by_the_keyboard_and_graded_as_if_all_had_been_typed(
    made: Path, page: Path, tmp_path: Path
) -> None:
    rows = papers(made)
    with opened(page.as_uri(), tmp_path) as tab:
        tab.wait("return window.keygen;")
        asked = [typed_in(tab, row) for row in rows]
        assert tab.found("return page.activeElement.id;") == "student"
        assert "3 / 3" in tab.found("return page.getElementById('count').textContent;")
        table = tab.found("return window.keygen.table();")
    followed = {name for name in rows[0] if name[:2] in ("3.", "4.")}
    assert len(followed & {*asked[0]}) < 0.5 * len(followed), "only the last answers of who has all right"
    assert [name for name in asked[1] if name[:2] == "3."] == [name for name in asked[0] if name[:2] == "3."]
    assert all(not followed <= {*one} for one in asked)
    assert list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))[1]["name"] == "'=HYPERLINK(1)"
    by_page = tmp_path / "ask.csv"
    by_page.write_text(table, encoding="utf-8", newline="")
    found = []
    for name, answers in (("typed", written(tmp_path / "typed.csv", rows)), ("asked", by_page)):
        result = keygen(
            "grade", SHEET, str(answers), "--manifest", str(made), "--no-pdf", "--out", str(tmp_path / name)
        )
        assert result.exit_code == 0, result.output
        verdicts = read(tmp_path / name / "verdicts.csv")
        found.append({(row["id"], row["column"]): (row["verdict"], row["credit"]) for row in verdicts})
        found.append({row["id"]: row["total"] for row in read(tmp_path / name / "grades.csv")})
    assert found[2] == found[0]
    assert found[3] == found[1]


def test_a_wrong_last_answer_is_traced_back_by_halves_to_the_first_wrong_step(
    page: Path, made: Path, tmp_path: Path
) -> None:
    row = papers(made)[1]
    with opened(page.as_uri(), tmp_path) as tab:
        tab.wait("return window.keygen;")
        asked = [name for name in typed_in(tab, row) if name[:2] == "4."]
    assert "4.a.H" in asked, "the first wrong step"
    traced = [name for name in row if name[:2] == "4." and name not in asked]
    assert traced, "what follows rightly from it is not asked"


def test_a_step_back_the_rest_of_an_exercise_another_student_and_the_key_itself(page: Path, tmp_path: Path) -> None:
    with opened(page.as_uri(), tmp_path) as tab:
        tab.wait("return window.keygen;")
        entered(tab, "1")
        press(tab, "ArrowDown")
        press(tab, "ArrowDown")
        first = column_of(tab)
        entered(tab, "about a half")
        assert column_of(tab) == first
        assert tab.found("return page.getElementById('status').textContent;"), "what cannot be compared is said once"
        press(tab, "Enter")
        second = column_of(tab)
        assert second != first
        press(tab, "ArrowUp")
        assert column_of(tab) == first
        assert tab.found("return page.getElementById('answer').value;") == "about a half"
        tab.found("page.getElementById('answer').value = '';")
        entered(tab, "=")
        kinds = "return [...page.querySelectorAll('#typed td:last-child')].map(one => one.className);"
        assert tab.found(kinds)[0] == "right"
        press(tab, "ArrowDown")
        assert column_of(tab).partition(".")[0] != first.partition(".")[0]
        press(tab, "Escape")
        assert tab.found("return page.activeElement.id;") == "student"
        assert "0 / 3" in tab.found("return page.getElementById('count').textContent;")
        assert tab.found("return window.keygen.table();").count("\r\n") == 1, "who is not done is not in the table"


def test_the_table_is_saved_by_the_keyboard_and_the_browser_keeps_what_was_typed(page: Path, tmp_path: Path) -> None:
    with opened(page.as_uri(), tmp_path) as tab:
        tab.wait("return window.keygen;")
        tab.ask("Page.enable")
        tab.ask("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
        entered(tab, "1")
        while column_of(tab):
            entered(tab, "=")
        press(tab, "s", 2)
        file = tmp_path / f"{SHEET}-answers.csv"
        tab.wait("return page.getElementById('status').textContent;")
        for _ in range(200):
            if file.exists() and file.read_bytes().endswith(b"\r\n"):
                break
            tab.found("return new Promise(done => setTimeout(done, 20));")
        assert [row["id"] for row in read(file)] == ["1"]
        tab.ask("Page.reload")
        tab.wait("return window.keygen && Object.keys(window.keygen.state).length;")
        assert "1 / 3" in tab.found("return page.getElementById('count').textContent;")


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_is_whole_on_a_phone_and_for_a_screen_reader(page: Path, tmp_path: Path, *, dark: bool) -> None:
    script = """
const enter = (form, field, text) => {
  page.getElementById(field).value = text;
  page.getElementById(form).requestSubmit();
};
enter("find", "student", "1");
for (const text of ["17", "=", "", "=", "1 2"]) enter("ask", "answer", text);
const axe = await view.axe.run(page, {resultTypes: ["violations"]});
return {violations: axe.violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html)]),
  sideways: page.documentElement.scrollWidth - page.documentElement.clientWidth,
  requests: view.performance.getEntriesByType("resource").map(one => one.name),
  rows: page.querySelectorAll("#typed tr").length > 2};
"""
    axe = (NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    found = found_in(page.read_text("utf-8"), script, tmp_path, library=axe, dark=dark)
    assert found == {"violations": [], "sideways": 0, "requests": [], "rows": True}


def test_a_name_ends_no_script(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.count("</script>") == 2
    assert "Анна Иванова" in text


def test_a_page_of_a_sheet_without_numbers_asks_for_all_and_the_key_is_one_sign(tmp_path: Path) -> None:
    made = manifest_of(tmp_path, "sheet8", {"1": "A"})
    result = keygen("grade", "sheet8", "--ask", "--manifest", str(made), "--out", str(tmp_path / "out"))
    assert result.exit_code == 0
    with opened((tmp_path / "out" / "ask.html").as_uri(), tmp_path) as tab:
        tab.wait("return window.keygen;")
        entered(tab, "1")
        while column_of(tab):
            entered(tab, "=")
        table = tab.found("return window.keygen.table();")
    answers = tmp_path / "answers.csv"
    answers.write_text(table, encoding="utf-8", newline="")
    assert (
        keygen(
            "grade", "sheet8", str(answers), "--manifest", str(made), "--no-pdf", "--out", str(tmp_path / "out")
        ).exit_code
        == 0
    )
    assert {row["verdict"] for row in read(tmp_path / "out" / "verdicts.csv")} == {"right"}


def test_what_nobody_typed_is_for_a_person_where_nothing_vouches_for_it(made: Path, tmp_path: Path) -> None:
    row = key_of(made)[0]
    columns = [name for name in row if name[:2] == "4."]
    typed = {"id": "1", "taken": " ".join(columns[:-1]), **dict.fromkeys(columns, ""), columns[-1]: "17"}
    result = keygen(
        "grade",
        SHEET,
        str(written(tmp_path / "a.csv", [typed])),
        "--manifest",
        str(made),
        "--no-pdf",
        "--out",
        str(tmp_path / "out"),
    )
    assert result.exit_code == 0
    kinds = {row["verdict"] for row in read(tmp_path / "out" / "verdicts.csv")}
    assert kinds <= {"person", "wrong", "shape", "slip"}
    assert "person" in kinds


def test_whose_numbers_the_course_gives_no_more_is_told_and_the_others_are_on_the_page(
    made: Path, tmp_path: Path
) -> None:
    manifest = json.loads(made.read_text("utf-8"))
    parts = manifest["students"][0]["exercises"][3]["parts"]
    parts["a"]["H"] |= {"exact": [["999"]], "float": [[999.0]]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    result = keygen("grade", SHEET, "--ask", "--manifest", str(tmp_path / "manifest.json"), "--out", str(tmp_path))
    assert result.exit_code == 1
    assert "1 is not on the page: exercise 4 is not the one that was handed out" in result.stderr
    text = (tmp_path / "ask.html").read_text("utf-8")
    assert "Анна Иванова" not in text
    assert "HYPERLINK" in text
