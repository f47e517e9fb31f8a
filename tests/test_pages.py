"""Pages: full, whole, and none longer than a line or two."""

from __future__ import annotations

import re
import shutil

import pytest

from keygen.builds.request import SheetRequest
from keygen.tex.pdf import compile_tex
from tests.courses import SHIPPED, ordered
from tests.one_sheet import sources
from tests.page_measure import faults, measured, run

ORDERS = [
    ordered("sheet1", "ru", 23),
    ordered("sheet2", "ru", 31),
    ordered("sheet3", "ru"),
    ordered("sheet4", "ru"),
    ordered("sheet4b", "en", 58),
    ordered("sheet7", "en", 31),
]
STYLE = SHIPPED.style_files()
HEAD = "\\documentclass[11pt]{article}\n\\usepackage[T1,en]{style}\n\\begin{document}\n"


def page(body: str) -> bytes:
    return compile_tex(f"{HEAD}{body}\n\\end{{document}}\n", style=STYLE).data


def document(*, lines: int, height: int = 0) -> str:
    """An exercise of so many lines of words, then a box of so many points."""
    words = "\n\n".join(f"Line {number}." for number in range(lines))
    rule = "\\hrule height2pt width9pt"
    box = f"\n\n\\nobreak\\vbox to{height}pt{{{rule}\\vfil{rule}}}" if height else ""
    return f"\\kgdocument\n\\kghead{{A}}{{B}}\\kgtitle{{}}{{T}}{{}}{{}}\n\\kgproblem{{1}}{{P}}{{}}\n{words}{box}"


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order.sheet.name}-{order.language.code}-{order.seed}")
def test_no_page_is_a_few_lines_none_has_a_hole_within_an_exercise_and_none_tears_a_statement_or_answers(
    order: SheetRequest,
) -> None:
    assert shutil.which("pdftoppm") is not None, "poppler-utils is part of the set-up"
    for text in sources(order, solutions=True).values():
        assert faults(compile_tex(text, style=STYLE).data) == []


@pytest.mark.parametrize("lines", range(30, 42))
def test_a_line_or_two_get_no_page_of_their_own(lines: int) -> None:
    assert faults(page(document(lines=lines))) == []


def test_the_measure_sees_what_it_is_for() -> None:
    """Without the trial cut, some of these end with a line or two; a box that fits nowhere leaves a hole, torn off."""
    plain = "\\makeatletter\\let\\kg@gathered\\relax\\makeatother\n"
    found = {fault.kind for lines in range(30, 42) for fault in faults(page(plain + document(lines=lines)))}
    assert found == {"short"}
    assert {fault.kind for fault in faults(page(plain + document(lines=20, height=400)))} == {"statement", "hole"}


def test_the_measure_sees_what_is_torn_and_words_that_stand_far_apart() -> None:
    """Without the penalty for statements, and where a page ends by force; with a sentence that has to fill its line."""
    begun = document(lines=2) + "\n\nIt says:\\newpage \\begin{kgpart}{a}Given.\\newpage More.\\end{kgpart}\\newpage\n"
    solved = "\\begin{kgsolution}Solved.\\end{kgsolution}\\kganswershead{Answers.}\\newpage x"
    plain = "\\makeatletter\\let\\kg@gathered\\relax\\makeatother\n"
    found = [fault.kind for fault in faults(page(plain + begun + solved)) if fault.kind not in ("hole", "short")]
    assert found == ["lead", "statement", "unsolved", "answers"]
    words = "\\hfil ".join(["words"] * 11)
    far = page(f"\\leavevmode\\hbox to\\linewidth{{{words}}}")
    assert [fault.kind for fault in faults(far)] == ["stretched"]


def test_a_statement_of_a_few_paragraphs_is_on_one_page_with_the_beginning_of_its_solution() -> None:
    given = "\n\n".join(f"Given {number}.\n\\[ x_{number} = {number} \\]" for number in range(1, 4))
    part = "\\begin{kgpart}{a}\nFind it:\n\\[ f(x) = 5. \\]\n\\end{kgpart}\n"
    solution = "\\begin{kgsolution}\nSolved.\n\n" + "More.\n\n" * 20 + "\\end{kgsolution}\n"
    made = page(
        "\n".join(
            f"{document(lines=lines)}\n\n\\kgproblem{{2}}{{Q}}{{}}\n{given}\n\n{part}{solution}"
            for lines in range(24, 40)
        )
    )
    assert {fault.kind for fault in faults(made)} <= {"hole"}  # the last page of all but one
    pages = run(["pdftotext", "-", "-"], made).decode().split("\f")
    assert sum("Given 1" in text for text in pages) == 16
    for first, last in (("Given 1", "Given 3"), ("Find it", "Solved.")):
        assert all((first in text) is (last in text) for text in pages)


def test_a_page_may_end_between_the_figure_of_a_statement_and_its_first_part() -> None:
    figure = "\\begin{kgfigure}\\vbox to90pt{\\hrule width9pt\\vfil}\\end{kgfigure}\n"
    part = "\\begin{kgpart}{a}\nFind it:\n\n" + "\n\n".join(f"Given {n}." for n in range(9)) + "\n\\end{kgpart}\n"
    asked = f"\\kgproblem{{2}}{{Q}}{{}}\nLook at it.\n{figure}{part}"
    made = page("\n".join(f"{document(lines=lines)}\n\n{asked}" for lines in range(26, 30)))
    pages = run(["pdftotext", "-", "-"], made).decode().split("\f")
    assert ["Look at it" in text for text in pages] == [True, False] * 4 + [False]


def test_an_exercise_may_be_alone_on_the_last_page() -> None:
    alone = "\n\n\\nopagebreak ".join(f"Given {number}." for number in range(4))
    made = page(f"{document(lines=38)}\n\n\\kgproblem{{2}}{{Q}}{{}}\n{alone}\n")
    pages = run(["pdftotext", "-", "-"], made).decode().split("\f")
    assert ["Given 0" in text for text in pages] == [False, True, False]
    assert list(measured(made)) == []


def test_a_page_that_ends_by_force_ends_once() -> None:
    cover = "\\kgdocument\n\\kghead{A}{B}\\kgtitle{}{T}{}{}\n\\begin{kgcover}Cover.\\end{kgcover}\n"
    pages = run(["pdftotext", "-", "-"], page(f"{cover}\\kgproblem{{1}}{{P}}{{}}\nAsked.\n")).decode().split("\f")
    assert ["Cover." in pages[0], "Asked." in pages[1], len(pages)] == [True, True, 3]


def test_points_at_the_margin_take_no_line_of_their_own() -> None:
    box = "\\leavevmode\\hbox to\\linewidth{W\\hfil V}"
    for before in (box, f"{box} ", f"{box}\n\n", "\\begin{kgfigure}W\\end{kgfigure}\n"):
        for shown in ("\\[ x = 1 \\]", "\\begin{kgfigure}x\\end{kgfigure}"):
            height = [
                next(y for _, y, word in words(page(f"{before}{points}{shown}")) if word == "x")
                for points in ("", "\\kgpoints{1}")
            ]
            assert height[0] == pytest.approx(height[1], abs=0.5), (before, shown)


def test_a_line_before_a_formula_that_begins_the_next_is_short_rather_than_stretched() -> None:
    formula = "\\( x = (1, 2, 3, 4, 5, 6, 7, 8) \\)"
    lines = "\n\n".join(
        f"\\hbox to{width}pt{{}}\\relax words that lead to {formula} end." for width in range(150, 330, 9)
    )
    text = lines.replace("\\hbox", "\\leavevmode\\hbox")
    assert faults(page(text)) == []


def test_a_word_before_a_formula_that_finds_room_in_its_line_is_not_alone_on_it() -> None:
    more = "Words that go on behind the formula, and more of them, as many as make a second line."
    lines = "\n\n".join(
        f"Here \\( x = (1, 2, 3, 4, 5, 6) \\) and a word, \\leavevmode\\hbox to{width}pt{{}} {more}"
        for width in range(150, 350, 5)
    )
    placed = [(word, round(y)) for _, y, word in words(page(lines)) if word in ("Here", "x")]
    assert len(placed) == 80
    assert all(
        first[1] == pytest.approx(second[1], abs=3) for first, second in zip(placed[::2], placed[1::2], strict=True)
    )


def test_a_line_that_leads_to_the_first_heading_of_a_solution_stays_with_it() -> None:
    more = "\n\n".join("More." for _ in range(20))
    solution = f"\\begin{{kgsolution}}\nLead.\n\n\\kgstephead{{Head.}} Words.\n\n{more}\n\\end{{kgsolution}}\n"
    made = page("\n".join(document(lines=lines) + f"\n\n{solution}" for lines in range(26, 42)))
    pages = run(["pdftotext", "-", "-"], made).decode().split("\f")
    assert sum("Lead." in text for text in pages) == 16
    assert all(("Lead." in text) is ("Head." in text) for text in pages)


def test_an_exercise_begins_on_a_page_of_which_more_than_a_quarter_would_be_empty() -> None:
    statement = "\n\n".join(f"Given {number}." for number in range(24))
    made = page(document(lines=24) + f"\n\n\\kgproblem{{2}}{{Q}}{{}}\n{statement}\n")
    assert list(measured(made)) == []


def test_lines_of_one_computation_stand_at_one_relation_and_all_displays_begin_at_one_indent() -> None:
    chains = [r"\[ \kgchain{a}{\kglink{=}{1}}, \]", r"\[ \kgchain{aaaa}{\kglink{=}{b}\kglink{=}{2}}. \]"]
    placed = words(page("W\n\\begin{kglines}\n" + "\n".join(chains) + "\n\\end{kglines}\nW\n" + chains[0]))
    relations = [x for x, _, word in placed if word == "="]
    assert relations[0] == pytest.approx(relations[1], abs=0.1)
    begins = {round(x) for x, _, word in placed if word in ("aaaa", "a")}
    assert len(begins) == 2, "the shorter of two stands at the relation, a display alone at the indent"
    words_begin = next(x for x, _, word in placed if word == "W")
    assert min(begins) == pytest.approx(words_begin + 1.5 * 10.95, abs=1)


def test_lines_beside_each_other_stand_in_columns_and_none_is_alone_in_the_last_row() -> None:
    for count, rows in ((4, [4]), (9, [5, 4]), (13, [5, 5, 3])):
        items = "".join(rf"\kgitem{{\kgchain{{x_{{{n % 10}}}}}{{\kglink{{=}}{{1234}}}},}}" for n in range(count))
        relations = [(x, y) for x, y, word in words(page(rf"\[ \kgbeside{{{items}}} \]")) if word == "="]
        heights = sorted({round(y) for _, y in relations})
        assert [sum(round(y) == height for _, y in relations) for height in heights] == rows
        assert len({round(x) for x, _ in relations}) == max(rows)


def test_what_is_longer_than_a_row_goes_on_with_a_relation_or_a_sign() -> None:
    long = " + ".join(["1234"] * 30)
    placed = words(page(rf"\[ \kgchain{{s}}{{\kglink{{=}}{{{long}}}\kglink{{=}}{{5}}}}. \]"))
    leftmost: dict[int, tuple[float, str]] = {}
    for x, y, word in placed:
        leftmost[round(y)] = min(leftmost.get(round(y), (x, word)), (x, word))
    assert [word for _, word in (leftmost[y] for y in sorted(leftmost))][:4] == ["s", "+", "+", "="]


def test_the_number_of_a_formula_stands_on_its_last_line_or_below_where_that_is_full() -> None:
    for width, below in ((r"5em", False), (r"\dimexpr\linewidth-4em", True)):
        placed = words(page(rf"\kgnumber{{7}}\[ \kgchain{{s}}{{\kglink{{=}}{{\hbox to{width}{{1\hfil 2}}}}}} \]"))
        height = {word: y for _, y, word in placed}
        assert (height["(7)"] - height["2"] > 10) is below, width
        assert abs(height["s"] - height["2"]) < 4, width


def test_a_solution_that_begins_with_a_formula_has_it_beside_its_heading() -> None:
    heading = "\\renewcommand{\\kgsolutionword}{Solution}\n\\begin{kgsolution}\n"
    short, long = (
        words(page(f"{heading}\\[ \\kgchain{{a}}{{\\kglink{{=}}{{{side}}}}} \\]\n\\end{{kgsolution}}"))
        for side in ("1", r"\hbox to.9\linewidth{1\hfil}")
    )
    for placed, beside in ((short, True), (long, False)):
        height = {word: y for _, y, word in placed}
        assert (abs(height["Solution."] - height["a"]) < 4) is beside


def test_an_answer_that_begins_with_words_begins_a_row() -> None:
    answers = r"\kganswerwords{one: \(a\)}\kganswer{\(b\)}\kganswerwords{two: \(c\)}"
    placed = words(page(f"\\begin{{kganswers}}\n\\kganswerrow{{}}{{{answers}}}\n\\end{{kganswers}}"))
    x, y = ({word: place[axis] for *place, word in placed} for axis in (0, 1))
    assert x["one:"] == pytest.approx(x["two:"], abs=0.1)
    assert y["two:"] > y["one:"] + 5


def test_an_answer_in_words_goes_on_under_its_first_word() -> None:
    text = " ".join(["words"] * 30)
    for answer in (rf"\kganswer{{first {text}}}", rf"\kganswerwords{{first {text} \( x \)}}"):
        rows = r"\kgshortrow{a}{\kganswer{short}}" + rf"\kgshortrow{{b}}{{{answer}}}"
        placed = words(page(f"\\begin{{kganswers}}\n{rows}\n\\end{{kganswers}}"))
        first, height = next((x, y) for x, y, word in placed if word == "first")
        below = [(x, y) for x, y, word in placed if word == "words" and y > height + 5]
        assert below
        assert min(x for x, _ in below) == pytest.approx(first, abs=0.5)


def test_answers_that_are_no_higher_than_a_hole_may_be_stand_on_one_page() -> None:
    rows = "".join(rf"\kganswerrow{{{letter}}}{{\kganswer{{{letter}{letter}}}\kganswer{{more}}}}" for letter in "abcd")
    box = f"\n\n\\kganswershead{{Answers.}}\n\\begin{{kganswers}}\n{rows}\n\\end{{kganswers}}\n" + "\n\nMore.\n" * 9
    plain = "\\makeatletter\\let\\kg@gathered\\relax\\makeatother\n"
    made = page(plain + "\n".join(document(lines=2, height=height) + box for height in range(520, 680, 10)))
    pages = run(["pdftotext", "-", "-"], made).decode().split("\f")
    assert sum("aa" in text for text in pages) == 16
    assert all(("Answers." in text) is ("aa" in text) is ("dd" in text) for text in pages)


def test_a_short_formula_in_a_line_of_words_is_on_one_line_and_a_long_one_breaks() -> None:
    rows = (rf"\leavevmode\hbox to{width}pt{{}} a a a a \( abc = 12345678 \) word" for width in range(360, 400, 5))
    placed = words(page("\n\n".join(rows)))
    left, right = ([y for _, y, word in placed if word == side] for side in ("abc", "12345678"))
    assert left == pytest.approx(right, abs=0.5)
    assert len(left) == 8
    long = " = ".join(["1234567"] * 9)
    placed = words(page(rf"word word word word word \( {long} \)"))
    assert len({round(y) for _, y, word in placed if word == "1234567"}) == 2


def test_the_solutions_say_that_they_are() -> None:
    problems, solutions = (
        words(compile_tex(text, style=STYLE).data) for text in sources(ordered("sheet3", "en"), solutions=True).values()
    )
    assert sum(word == "Solutions" for _, _, word in solutions) >= 6  # the title, and the head of every page
    assert not any(word == "Solutions" for _, _, word in problems)


def words(pdf: bytes) -> list[tuple[float, float, str]]:
    """The words of a PDF below its running head, with the place of their upper left corner."""
    told = run(["pdftotext", "-bbox", "-", "-"], pdf).decode()
    found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="[\d.]+">(.*?)</word>', told)
    return [(float(x), float(y), word) for x, y, word in found]
