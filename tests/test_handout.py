"""A sheet as a thing of paper: lines to fill in, instructions, room to write in, cover, foot, paper, size."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from keygen.course.handout import HIGHEST, writing_space
from keygen.course.toml_lines import key_lines
from keygen.errors import KeygenError
from keygen.tex.pdf import compile_tex
from tests.courses import SHIPPED, keygen, laid

EXERCISE = '''"""A product and a sum of two numbers."""

from keygen.author import integers

given = {"x": integers("", -3, 3, published=2), "y": integers("", -3, 3, published=3)}


def computation(t):
    t.p = t.x * t.y
    t.q = t.p + t.y


answers = {"a": {"p": "p"}, "b": {"q": "q"}}
'''
TEMPLATE = r"""%% title
Two numbers
%% endtitle
%% part a
Compute \( \val{ formula.p } \) for \( \val{ line.x } \) and \( \val{ line.y } \).
%% solution
\[ \val{ line.p } \]
%% endpart
%% part b
Compute \( \val{ formula.q } \).
%% solution
\[ \val{ line.q } \]
%% endpart
"""
SHEET = 'title = "Mine"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\npoints = 4\n'
ALL = """instructions = "No phones & no 50% guesses.\\n\\nHand in by six."
fields = ["name", "group", { en = "Seat", ru = "Место" }]
cover = true
footer = "Spring #1"
paper = "letter"
size = { column = "print", otherwise = 12 }
duplex = true
totals = true
"""


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def built(*more: str, of_sheet: str = "", of_exercise: str = "") -> str:
    """The problems of the sheet with these keys, in TeX."""
    Path("exercises/mine.toml").write_text(of_sheet + SHEET + of_exercise, "utf-8")
    result = keygen("build", "mine", "--solutions", "--format", "tex", *more)
    assert result.exit_code == 0, result.output
    return Path("build/mine.tex").read_text("utf-8")


def solutions() -> str:
    return Path("build/mine-solutions.tex").read_text("utf-8")


def refusal(of_sheet: str = "", of_exercise: str = "") -> str:
    Path("exercises/mine.toml").write_text(of_sheet + SHEET + of_exercise, "utf-8")
    result = keygen("build", "mine", "--format", "tex")
    assert result.exit_code == 1
    return result.stderr


# --- what the problems say, and only they


def test_instructions_are_words_whatever_they_hold_and_stand_on_the_problems_alone(course: Path) -> None:
    tex = built(of_sheet='instructions = "50% & more\\n\\nBy six."\n')
    assert re.findall(r"\\kginstruction\{(.*)\}", tex) == [r"50\% \& more", "By six."]
    assert "kginstruction" not in solutions()


def test_lines_to_fill_in_are_in_the_language_of_the_page(course: Path) -> None:
    (course / "exercises/my/one/ru.tex").write_text(TEMPLATE, "utf-8")
    fields = 'fields = ["name", "date", { en = "Seat", ru = "Место" }, "My own"]\n'
    assert re.findall(r"\\kgfield\{(.*)\}\{\}", built(of_sheet=fields)) == ["Name", "Date", "Seat", "My own"]
    assert keygen("build", "mine", "--format", "tex", "--lang", "ru").exit_code == 0
    russian = Path("build/mine.ru.tex").read_text("utf-8")
    assert re.findall(r"\\kgfield\{(.*)\}\{\}", russian) == ["Имя и фамилия", "Дата", "Место", "My own"]
    assert "kgfield" not in solutions()


def test_a_cover_has_a_row_an_exercise_and_one_for_the_sum(course: Path) -> None:
    rows = re.findall(r"\\kgcoverrow(.*)", built(of_sheet="cover = true\n"))
    assert rows == ["{1.}{Two numbers}{4 points}", "{}{Points:}{4}"]
    assert "kgcover" not in solutions()


def test_words_at_the_foot_stand_on_every_page(course: Path) -> None:
    assert r"\kgfoot{Spring \#1}" in built(of_sheet='footer = "Spring #1"\n')
    assert r"\kgfoot{Spring \#1}" in solutions()


@pytest.mark.parametrize(
    ("keys", "options"),
    [
        ("", "11pt"), ('paper = "letter"\n', "11pt,letterpaper"), ("size = 10\n", "10pt"),
        ('size = { column = "print", otherwise = 12 }\n', "12pt"), ('size = { column = "print" }\n', "11pt"),
    ],
)  # fmt: skip
def test_paper_and_size_are_options_of_the_class(course: Path, keys: str, options: str) -> None:
    assert built(of_sheet=keys).startswith(rf"\documentclass[{options}]{{article}}")


def test_room_stands_below_its_part_and_not_in_the_solutions(course: Path) -> None:
    tex = built(of_exercise='space = { a = "lines 5", b = "6cm" }\n')
    below = r"\\end\{kgpart\}\n\\kgruled\{5\}\n\\begin\{kgpart\}\{b\}(?s:.*)\\end\{kgpart\}\n\\kgroom\{60mm\}\n"
    assert re.search(below, tex)
    assert "kgroom" not in solutions()
    assert r"\kggrid{8}" in built(of_exercise='space = "grid 4.2cm"\n')


def test_the_sum_of_a_part_stands_at_its_statement_in_problems_and_solutions(course: Path) -> None:
    assert "kgtotal" not in built()
    assert re.findall(r"\\kgtotal\{(.*?)\}", built(of_sheet="totals = true\n")) == ["2", "2"]
    assert re.findall(r"\\kgtotal\{(.*?)\}", solutions()) == ["2", "2"]


def test_a_browser_gets_all_of_it_but_the_paper(course: Path) -> None:
    built(of_sheet=ALL, of_exercise='space = { a = "lines 5", b = "grid 4cm" }\n')
    assert keygen("build", "mine", "--solutions", "--format", "html").exit_code == 0
    page = Path("build/mine.html").read_text("utf-8")
    for piece in (
        "<div>Seat: <span></span></div>", "<p>No phones &amp; no 50% guesses.</p>", "<td>Two numbers</td>",
        '<div class="room lines" style="height: 40mm"></div>', '<div class="room grid" style="height: 40mm"></div>',
        "<footer><p>Spring #1</p></footer>", "body { font-size: 12pt; }",
    ):  # fmt: skip
        assert piece in page
    key = Path("build/mine-solutions.html").read_text("utf-8")
    assert '<div class="room' not in key
    assert "Seat" not in key


# --- room


@pytest.mark.parametrize(
    ("text", "kind", "height", "rows"),
    [("6cm", "blank", 60, 12), ("grid 1 in", "grid", 25, 5), ("lines 3", "lines", 24, 3), ("22.5mm", "blank", 22.5, 4)],
)
def test_room_is_read_in_its_units(text: str, kind: str, height: float, rows: int) -> None:
    room = writing_space(text)
    assert (room.kind, float(room.height), room.rows) == (kind, height, rows)


@pytest.mark.parametrize("text", ["", "6", "6 km", "-1cm", "grid", "lines 2cm", "lines 0", "30cm", "dots 3cm"])
def test_what_is_no_room_is_refused(text: str) -> None:
    with pytest.raises(KeygenError):
        writing_space(text)


# --- mistakes are told at their own lines


@pytest.mark.parametrize(
    ("of_sheet", "of_exercise", "what", "line"),
    [
        ("", 'spice = "6cm"\n', "the sheet has an unknown key 'spice'", 7),
        ("# papr\npapr = 1\n", "", "the sheet has an unknown key 'papr'", 2),
        ("", 'language = "en"\n', "the sheet has an unknown key 'language'", 7),
        ('paper = "a5"\n', "", "the sheet does not fit at paper: Invalid enum value 'a5'", 1),
        ("size = 13\n", "", "the sheet does not fit at size: Invalid enum value 13", 1),
        ('size = { colum = "print" }\n', "", "the sheet has an unknown key 'colum'", 1),
        ('fields = [\n  "name",\n  3,\n]\n', "", "the sheet does not fit at fields[1]", 3),
        (f'fields = ["name", "{"x" * 41}"]\n', "", "the sheet's fields is too long", 1),
        ("", 'space = "6 miles"\n', "this is no room to write in", 7),
        ("", f'space = {{ b = "{HIGHEST + 1}mm" }}\n', "the room to write in does not fit on a page", 7),
        ("", '[exercise.space]\na = "6cm"\nc = "6cm"\n', "the sheet has room for a part 'c'", 9),
    ],
)  # fmt: skip
def test_a_wrong_key_is_told_at_its_own_line(
    course: Path, of_sheet: str, of_exercise: str, what: str, line: int
) -> None:
    told = refusal(of_sheet, of_exercise)
    assert what in told
    assert f"mine.toml:{line}\n" in told


def test_the_place_of_a_key_is_found_through_strings_comments_and_tables() -> None:
    text = 'a = """\nb = 1\n"""  # c = 2\n[[t]]\nx = [1, # ]\n  { y = "}" }]\n[t.u]\n"v w".z = 1\n[[t]]\nx = 3\n'
    lines = key_lines(text)
    assert ("b",) not in lines
    assert lines["t", 0, "x", 1, "y"] == 6
    assert lines["t", 0, "u", "v w", "z"] == 8
    assert lines["t", 1, "x"] == 10


# --- on paper


@pytest.mark.parametrize(
    ("cell", "what"), [("huge", "no size of letters"), (None, "from the column 'print', which the roster has not")]
)
def test_a_size_that_is_none_is_told_at_its_row(course: Path, cell: str | None, what: str) -> None:
    Path("exercises/mine.toml").write_text(ALL + SHEET, "utf-8")
    rows = "id,name\n1,Ann\n" if cell is None else f"id,name,print\n1,Ann,\n2,Bo,{cell}\n"
    Path("class.csv").write_text(rows, "utf-8")
    result = keygen("build", "mine", "--roster", "class.csv", "--public")
    assert result.exit_code == 1
    assert what in result.stderr
    assert f"class.csv:{2 if cell is None else 3}\n" in result.stderr


def test_a_class_on_letter_paper_in_two_sizes_each_on_a_front_page(course: Path) -> None:
    Path("exercises/mine.toml").write_text(ALL + SHEET + 'space = { a = "grid 15cm", b = "20cm" }\n', "utf-8")
    Path("class.csv").write_text("id,name,group,print\n1,Ann,A,\n2,Bo,B,17\n3,Cy,A,\n", "utf-8")
    result = keygen("build", "mine", "--roster", "class.csv", "--public")
    assert result.exit_code == 0, result.output
    assert "warning" not in result.stderr
    files = {
        name: pikepdf.open(BytesIO(Path(f"build/mine/{name}.pdf").read_bytes())) for name in ("1", "2", "3", "all")
    }
    assert [float(side) for side in files["1"].pages[0].mediabox] == [0, 0, 612, 792]
    assert [len(files[name].pages) for name in "123"] == [3, 3, 3]
    empty = ["/Contents" not in page for page in files["all"].pages]
    assert empty == [False, False, False, True] * 3
    assert heights(files["2"]) > max(heights(files["1"]), 17)


def heights(pdf: pikepdf.Pdf) -> float:
    """The largest font on the first page."""
    return max(float(size) for size in re.findall(rb"/F\d+ ([\d.]+) Tf", pdf.pages[0].Contents.read_bytes()))


def test_options_of_a_class_of_ones_own_are_heard(course: Path) -> None:
    tex = built().replace("[11pt]", "[12pt,letterpaper]", 1)
    pdf = compile_tex(tex, style=SHIPPED.style_files())
    assert pdf.warnings == ()
    with pikepdf.open(BytesIO(pdf.data)) as file:
        assert [float(side) for side in file.pages[0].mediabox] == [0, 0, 612, 792]
