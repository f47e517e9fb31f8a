"""Logs of several engines and systems, read without running TeX."""

from __future__ import annotations

import pytest
from tex_runs import lines

from keygen.tex.log import SourcePlace, failure, pages, place, warnings

SOURCE = lines(
    r"\documentclass{article}",
    r"\begin{document}",
    "%@ - templates/sheet.tex:3",
    "head",
    "%@ backprop/chain exercises/backprop/chain/ru.tex:12",
    "first",
    "second\u2028still second",
    "%@ outputs/softmax a folder/ru.tex:40",
    "",
    "third",
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (1, SourcePlace(None, "(the generated TeX)", 1, r"\documentclass{article}")),
        (4, SourcePlace(None, "templates/sheet.tex", 3, "head")),
        (5, SourcePlace("backprop/chain", "exercises/backprop/chain/ru.tex", 12, SOURCE.split("\n")[4])),
        (6, SourcePlace("backprop/chain", "exercises/backprop/chain/ru.tex", 12, "first")),
        (7, SourcePlace("backprop/chain", "exercises/backprop/chain/ru.tex", 13, "second\u2028still second")),
        (9, SourcePlace("outputs/softmax", "a folder/ru.tex", 40, None)),
        (10, SourcePlace("outputs/softmax", "a folder/ru.tex", 41, "third")),
    ],
)
def test_a_line_belongs_to_the_last_marker_above_it(line: int, expected: SourcePlace) -> None:
    assert place(SOURCE, line) == expected


def test_a_line_beyond_the_source_has_no_text() -> None:
    assert place("one\n", 9) == SourcePlace(None, "(the generated TeX)", 9, None)


def told(*log: str) -> str:
    return str(failure(lines(*log), "", SOURCE, {"style.sty": "% \u043e\n\\broken".encode()}))


def test_an_error_without_file_and_line_is_placed_by_its_context() -> None:
    assert told("! Undefined control sequence.", r"l.7 second \oops", "                still") == lines(
        "TeX stopped: Undefined control sequence.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        "  line:     second\u2028still second",
        r"  found:    \oops",
        "  mend:     mend the command's spelling, or define it in style.sty",
    )


def test_an_error_in_an_installed_package_names_the_package() -> None:
    assert told("C:/TeX Live/tex/amsmath.sty:77: Missing number, treated as zero.", "<to be read again>") == lines(
        "TeX stopped: Missing number, treated as zero.",
        "  at:       C:/TeX Live/tex/amsmath.sty:77",
        "  mend:     mend the template; `keygen build --format tex` writes the TeX that was set",
    )


def test_an_error_in_the_style_quotes_its_line() -> None:
    assert told("./style.sty:2: Undefined control sequence.", r"l.2 \broken", "") == lines(
        "TeX stopped: Undefined control sequence.",
        "  at:       style.sty:2",
        r"  line:     \broken",
        r"  found:    \broken",
        "  mend:     mend the command's spelling, or define it in style.sty",
    )


def test_an_error_of_pdftex_itself_is_told() -> None:
    assert told("!pdfTeX error: pdflatex (file sfrm1000.pfb): cannot open Type 1 font file for reading") == lines(
        "TeX stopped: pdfTeX error: pdflatex (file sfrm1000.pfb): cannot open Type 1 font file for reading",
        "  mend:     install this font: `keygen doctor` says how",
    )


def test_a_message_that_latex_has_broken_is_made_whole() -> None:
    message = told(
        "./sheet.tex:6: Package inputenc Error: Invalid UTF-8 byte",
        "(inputenc)                sequence in the file.",
        "",
        "See the inputenc package documentation for explanation.",
    )
    assert message.startswith("TeX stopped: Package inputenc Error: Invalid UTF-8 byte sequence in the file.\n")


def test_the_first_error_counts() -> None:
    message = told(
        "./sheet.tex:6: Missing $ inserted.", "./sheet.tex:10:  ==> Fatal error occurred, no output PDF file!"
    )
    assert message.startswith("TeX stopped: Missing $ inserted.\n")


def test_a_log_without_errors_tells_of_none() -> None:
    assert failure("This is pdfTeX\nOutput written on sheet.pdf (2 pages, 3 bytes).\n", "", SOURCE, {}) is None


@pytest.mark.parametrize(
    ("log", "counted"),
    [
        ("Output written on sheet.pdf (1 page, 844 bytes).", 1),
        ("Output written on sheet.xdv (12 pages, 9 bytes).", 12),
        ("No pages of output.", 0),
    ],
)
def test_pages_are_read_off_the_log(log: str, counted: int) -> None:
    assert pages(f"before\n{log}\nafter") == counted


@pytest.mark.parametrize(
    ("log", "message", "amount", "where"),
    [
        (r"Overfull \hbox (2.1pt too wide) in paragraph at lines 6--7", None, 2.1, ":12"),
        (r"Overfull \hbox (30.0pt too wide) in alignment at lines 7--10", None, 30, ":13"),
        (r"Overfull \vbox (5.5pt too high) detected at line 10", None, 5.5, ":41"),
        (r"Overfull \vbox (9.0pt too high) has occurred while \output is active []",
         r"Overfull \vbox (9.0pt too high) has occurred while \output is active", 9, None),
    ],
)  # fmt: skip
def test_a_box_that_sticks_out_is_placed(log: str, message: str | None, amount: float, where: str | None) -> None:
    (warning,) = warnings(f"x\n{log}\n[]\n \n", SOURCE)
    assert (warning.kind, warning.message, warning.amount) == ("overfull", message or log, amount)
    assert str(warning).endswith(f"{where})") if where else warning.place is None


@pytest.mark.parametrize(
    "log",
    [
        r"Overfull \hbox (2.0pt too wide) detected at line 6",
        r"Underfull \hbox (badness 10000) in paragraph at lines 6--7",
        "LaTeX Warning: Label(s) may have changed. Rerun to get cross-references right.",
        "{/var/lib/texmf/pdftex.map}</usr/share/fonts/sfrm1000.pfb>",
    ],
)
def test_what_nobody_would_see_is_no_warning(log: str) -> None:
    assert warnings(f"x\n{log}\n", SOURCE) == ()


def test_a_flaw_told_twice_is_one_warning() -> None:
    flaw = "Missing character: There is no x in font nullfont!\n"
    assert len(warnings(flaw * 3, SOURCE)) == 1
