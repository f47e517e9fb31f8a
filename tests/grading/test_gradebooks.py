"""What a class's grades become for others: the gradebooks of Moodle and Canvas, and the page for whoever grades."""

from __future__ import annotations

import csv
import re
from collections import Counter
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest

from keygen.document.template import words
from keygen.engine.slips import TYPICAL
from keygen.grading.gradebooks import Gradebooks, of_addresses
from keygen.grading.graded_row import GradedRow
from keygen.grading.points_plot import bars
from keygen.grading.summary import ClassSummary
from keygen.grading.summary_page import SummaryPage
from keygen.grading.verdicts import AnswerVerdict
from tests.courses import LANGUAGES, SHIPPED, keygen, ordered
from tests.grading.manifests import key_of, manifest_of, read, written

CLASS = {"17": "Анна <b>Иванова</b>", "18": "O'Neil, Ann", "=19": "=HYPERLINK(1)"}
SHEET = "sheet7"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class graded: the first has the key, the second nothing of exercise 2, the third what nobody can read."""
    folder = tmp_path_factory.mktemp("class")
    manifest = manifest_of(folder, SHEET, CLASS)
    rows = key_of(manifest)
    column = next(name for name in rows[0] if name.startswith("2."))
    rows[1] |= {name: "" for name in rows[1] if name.startswith("2.")}
    rows[2][column] = "<script>alert(1)</script>"
    answers = written(folder / "answers.csv", rows)
    result = keygen("grade", SHEET, str(answers), "--manifest", str(manifest), "--no-pdf", "--out", str(folder / "out"))
    assert result.exit_code == 0, result.output
    assert [Path(line).name for line in result.stdout.splitlines()] == [
        "grades.csv", "verdicts.csv", "moodle.csv", "canvas.csv", "17.html", "18.html", "_19.html", "summary.html",
    ]  # fmt: skip
    return folder / "out"


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_moodle_is_told_who_by_the_id_number_and_reads_a_decimal_point(made: Path) -> None:
    head, *rows = cells(made / "moodle.csv")
    assert head[:2] == ["ID number", "Name"]
    assert [row[0] for row in rows] == ["17", "18", "'=19"]
    assert [row[2] for row in rows] == [row["total"] for row in read(made / "grades.csv")]
    assert not any("," in row[2] for row in rows)


def test_canvas_finds_its_students_its_assignment_and_the_points_possible(made: Path) -> None:
    head, possible, *rows = cells(made / "canvas.csv")
    assert head[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert possible[0].strip() == "Points Possible"
    assert {len(row) for row in (head, possible, *rows)} == {6}
    assert possible[5] == rows[0][5] == read(made / "grades.csv")[0]["total"]
    assert [row[2] for row in rows] == [row[3] for row in rows] == ["17", "18", "'=19"]


def test_nothing_in_a_gradebook_runs_in_a_spreadsheet(made: Path) -> None:
    for name in ("moodle.csv", "canvas.csv"):
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in cells(made / name) for cell in row)


def test_ids_that_are_addresses_are_called_so() -> None:
    assert of_addresses(["a@b.c", "d@e.f"])
    assert not of_addresses(["a@b.c", "17"])
    assert not of_addresses([])
    assert Gradebooks("s", "Sheet", addresses=True).moodle[0] == "Email address"


def test_a_title_whose_end_canvas_would_take_for_the_id_of_an_assignment_is_not_its_name() -> None:
    assert Gradebooks("sheet4", "Backpropagation (4)", addresses=False).assignment == "sheet4"
    assert Gradebooks("sheet4", "Backpropagation", addresses=False).assignment == "Backpropagation"


# --- the summary


class Page(HTMLParser):
    """The texts of the cells of tables row by row, and what would be loaded or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.told = ""
        self.loads: list[str] = []
        self.cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.loads += [tag] if tag in ("script", "link", "img", "iframe") or {"src", "href"} & found.keys() else []
        if tag == "svg":
            self.told = found.get("aria-label") or ""
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.cell = True

    def handle_endtag(self, tag: str) -> None:
        self.cell = self.cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.cell:
            self.rows[-1][-1] += data


def test_the_summary_counts_the_verdicts_of_each_answer(made: Path) -> None:
    page = Page((made / "summary.html").read_text("utf-8"))
    counted = Counter((row["column"], row["verdict"]) for row in read(made / "verdicts.csv"))
    shown = {row[0]: row for row in page.rows if re.fullmatch(r"\d+\.\w\.\w+", row[0])}
    assert set(shown) == {column for column, _ in counted}
    for column, row in shown.items():
        numbers = sorted(int(cell) for cell in row[1:-2] if cell)
        assert numbers == sorted(count for (name, _), count in counted.items() if name == column)


def test_the_summary_needs_nothing_else_and_runs_nothing_that_was_typed(made: Path) -> None:
    text = (made / "summary.html").read_text("utf-8")
    page = Page(text)
    assert not page.loads
    assert "prefers-color-scheme: dark" in text
    assert any("<script>alert(1)</script>" in row for row in page.rows)


def test_the_plot_says_in_words_how_many_students_have_so_many_points(made: Path) -> None:
    told = Page((made / "summary.html").read_text("utf-8")).told
    counts = [int(found) for found in re.findall(r": (\d+)", told)]
    assert sum(counts) == len(CLASS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_known_slip_has_words_in_every_language_that_has_a_summary(language: str) -> None:
    of = SHIPPED.language(language)
    assert set(TYPICAL) <= {*words("slips", of), *words("grading", of)}


def test_bars_are_few_and_everybody_stands_in_one() -> None:
    totals = Counter({Fraction(k, 4): 1 for k in range(50)})
    for possible in (Fraction(1), Fraction(12), Fraction(13), Fraction(250)):
        shown = bars(totals, possible)
        assert len(shown) <= 12
        assert sum(bar.count for bar in shown) == 50
        assert shown[0].low == 0
        assert shown[-1].high >= possible
    assert sum(bar.count for bar in bars({Fraction(0): 3}, Fraction(0))) == 3


def test_the_median_is_the_middle_one_or_between_the_two() -> None:
    assert ClassSummary(totals=Counter({Fraction(1): 2, Fraction(3): 1})).median == 1
    assert ClassSummary(totals=Counter({Fraction(1): 2, Fraction(3): 2})).median == 2
    assert ClassSummary().median == ClassSummary().mean == 0


def test_the_answers_of_the_summary_stand_in_the_order_of_the_sheet(tmp_path: Path) -> None:
    """Students have other answers in one exercise, by their variants."""
    order = ordered("sheet4", "en", 1)
    summary = ClassSummary()
    for id, columns in (("1", ("1.a.x", "2.a.y", "10.a.z")), ("2", ("1.a.w", "1.b.v", "2.a.y"))):
        summary.add(GradedRow(id, "", tuple(AnswerVerdict(name, "", "right") for name in columns), {}))
    page = SummaryPage(order, summary, 2).html().decode()
    found = re.findall(r"<code>(\d+\.\w\.\w)</code>", page)
    assert found == ["1.a.x", "1.a.w", "1.b.v", "2.a.y", "10.a.z"]
