"""What TeX says of a page is always told; what is beyond the edge of the paper is no page at all. With real TeX."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from scratch_course import EXPECTED, ROSTER, Course, files_of, keygen

from keygen.tex.paper import beyond

MATRIX = r"\( \val{ line.dL_dw } \)"
TOO_LONG = r"\mbox{}\hspace*{168mm}wide"
SHOW = """

def show(s):
    from keygen.document.tex_parts import TeX

    return {"stumble": TeX(r"\\hspace*{25cm}far" if s.variant.who == "s5" else "")}
"""


def put(course: Course, text: str, name: str = "two") -> None:
    """Have an exercise begin with this text."""
    file = course.file("exercises", "my", name, "en.tex")
    raw = rf"\begin{{kgtex}}{{words}}{text}\end{{kgtex}}"
    file.write_text(file.read_text().replace("Find", f"{raw}\n\nFind"))


@pytest.mark.parametrize(
    ("text", "edge"),
    [
        (rf"\hspace*{{25cm}}{MATRIX}", "right"),
        (rf"\mbox{{\hspace*{{15cm}}{MATRIX}}}", "right"),
        (rf"\hspace*{{-12cm}}{MATRIX}", "left"),
        (rf"\rlap{{\hspace*{{18cm}}{MATRIX}}}", "right"),
        (rf"\raisebox{{40cm}}[0pt]{{{MATRIX}}}", "upper"),
        (r"\vbox to 0pt{\vskip 30cm low\vss}", "lower"),
        (r"\rlap{\hspace*{19cm}\rule{3cm}{1pt}}", "right"),
    ],
)
def test_what_is_beyond_the_paper_is_an_error_that_names_its_exercise(course: Course, text: str, edge: str) -> None:
    put(course, text)
    result = keygen("mine")
    assert result.exit_code == 1
    assert f"something beyond the {edge} edge of the paper" in result.stderr
    assert "exercise: my/two\n" in result.stderr
    assert "exercises/my/two/en.tex" in result.stderr
    assert not list(course.folder.glob("build/*.pdf"))


def test_of_a_class_who_has_something_beyond_the_paper_has_no_sheet_and_the_others_theirs(course: Course) -> None:
    put(course, r"\val{ stumble }", "one")
    code = course.file("exercises", "my", "one", "exercise.py")
    code.write_text(code.read_text() + SHOW)
    result = keygen(*ROSTER)
    assert result.exit_code == 1
    assert "student s5 has no sheet: page 1 has something beyond the right edge of the paper" in result.stderr
    assert "exercise: my/one" in result.stderr
    assert files_of(course.build / "mine").keys() == EXPECTED - {"s5.pdf"}


@pytest.mark.parametrize("words", [("mine",), ROSTER], ids=["a sheet", "a roster"])
def test_a_line_that_is_too_long_is_told_when_it_is_made_and_when_it_is_found(
    course: Course, words: tuple[str, ...]
) -> None:
    put(course, TOO_LONG)
    said = [keygen(*words) for _ in range(2)]
    assert [one.exit_code for one in said] == [0, 0]
    assert "Overfull" in said[0].stderr
    assert "my/two, " in said[0].stderr
    assert said[0].stderr == said[1].stderr
    assert said[0].stdout == said[1].stdout
    assert course.tex_runs() > 0
    next(course.build.rglob("*.pdf")).unlink()
    assert keygen(*words).stderr == said[0].stderr
    assert course.tex_runs() == 0


def test_a_glyph_that_no_font_has_is_told_every_time(course: Course) -> None:
    put(course, r"{\font\small=cmsy10 \small\char200}")
    said = [keygen("mine").stderr for _ in range(2)]
    assert "Missing character" in said[0]
    assert said[0] == said[1]


# --- the reading of a page


def page(content: str, width: int = 500) -> bytes:
    """A file of one page, 300 by 300 points, whose one font has glyphs so wide."""
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, FirstChar=65, Widths=[width] * 26)
    pdf.add_blank_page(page_size=(300, 300))
    pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
    pdf.pages[0].Contents = pdf.make_stream(content.encode())
    path = Path("page.pdf")
    pdf.save(path)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("BT /F1 10 Tf 50 50 Td [(AB)-2000(C)]TJ ET", None),
        ("BT /F1 10 Tf 290 50 Td [(AB)]TJ ET", None),
        ("BT /F1 10 Tf 290 50 Td [(ABCD)]TJ ET", ("right", 10)),
        ("BT /F1 10 Tf 50 50 Td [(A)-30000(B)]TJ ET", ("right", 60)),
        ("BT /F1 10 Tf 50 50 Td [(A)]TJ [-30000(B)]TJ ET", ("right", 60)),
        (r"BT /F1 10 Tf 280 50 Td [(\101\102\(\)CDE)]TJ ET", ("right", 5)),
        ("BT /F1 10 Tf 50 50 Td [(A)]TJ 0 -70 Td [(B)]TJ ET", ("lower", 20)),
        ("BT /F1 10 Tf 1 0 0 1 50 320 Tm [(A)]TJ ET", ("upper", 20)),
        ("1 0 0 1 -80 0 cm BT /F1 10 Tf 50 50 Td [(A)]TJ ET", ("left", 30)),
        ("q 1 0 0 1 -80 0 cm Q BT /F1 10 Tf 50 50 Td [(A)]TJ ET", None),
        ("q 2 0 0 2 0 0 cm 100 100 m 160 100 l S Q", ("right", 20)),
        ("q 1 0 0 1 280 50 cm 0 0 50 1 re f Q", ("right", 30)),
        ("", None),
    ],
)
def test_ink_is_followed_to_where_it_is_on_the_paper(
    content: str, found: tuple[str, int] | None, course: Course
) -> None:
    place = beyond(page(content), closely=True)
    assert (None if place is None else (place.edge, round(place.amount))) == found


def test_a_page_with_nothing_near_its_edges_is_not_read_glyph_by_glyph(course: Course) -> None:
    long = page("BT /F1 10 Tf 50 50 Td [(A)-30000(B)]TJ ET")
    assert beyond(long, closely=False) is None  # TeX has said that this line is too long, or somebody wanted it
    assert beyond(page("BT /F1 10 Tf 270 50 Td [(ABCDEFGH)]TJ ET"), closely=False) is not None
