"""Nodes as HTML with TeX for MathJax: formulas, figures as files, tables."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from keygen.document.nodes import DisplayedFormula, InlineFormula, Paragraph, Text, Typed
from keygen.document.typesetter import Beside, Typesetter
from keygen.errors import KeygenError
from keygen.figures.figure import Swatch
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Name
from keygen.writers import mathjax
from keygen.writers.mathjax import MathJaxWriter, closed, plain


def writer() -> MathJaxWriter:
    return MathJaxWriter(Typesetter(Policy()), "files/")


@pytest.mark.parametrize(
    ("tex", "without"),
    [
        (r"\kgmat{X}^\top", r"X^\top"),
        (r"\kgmat{X_{\kgmat{a}}} + 1", "X_{a} + 1"),
        (
            r"a\,\kgmark{2}{(b + \kgmark{1}{c})}",
            r"a\,\bbox[1px,border:1px solid #186c8c]{(b + \bbox[1px,border:1px solid #c44e18]{c})}",
        ),
        (r"\frac{1}{2}", r"\frac{1}{2}"),
    ],
)
def test_tex_has_no_macros_of_the_style(tex: str, without: str) -> None:
    assert plain(tex) == without


def test_the_mark_of_a_broken_formula_stands_in_its_last_row() -> None:
    assert closed("x", ".") == "x."
    assert closed(r"\begin{aligned}x{}&= 1\end{aligned}", ".") == r"\begin{aligned}x{}&= 1.\end{aligned}"
    nested = r"\begin{gathered}a \\ \begin{aligned}x{}&= 1{}\end{aligned}\end{gathered}"
    assert closed(nested, ",").endswith(r"= 1{},\end{aligned}\end{gathered}")


def test_words_and_formulas_are_html() -> None:
    said = Paragraph(
        (Text("a < b & c, "), InlineFormula((Typed("a < b"), Name("x", ()))), DisplayedFormula((Typed("&"),), ".", 3))
    )
    assert writer().write(said) == "<p>a &lt; b &amp; c, \\(a &lt; bx\\)</p>\n<p>\\[&amp;.\\tag{3}\\]</p>"


def test_formulas_beside_each_other_stand_in_rows_where_they_are_wide() -> None:
    few = Beside((Name("x", ()), Name("y", ())))
    many = Beside(tuple(Name("abcdefgh"[place % 8], ()) for place in range(80)))
    assert writer().write(DisplayedFormula((few,), ".")) == r"<p>\[x,\qquad y.\]</p>"
    assert writer().write(DisplayedFormula((many,), ".")).startswith(r"<p>\[\begin{gathered}a, \\ b,")


def test_a_sample_of_a_stroke_is_a_file_beside_its_formula_and_there_once() -> None:
    one = writer()
    shown = one.write(DisplayedFormula((Swatch(1), Name("x", ())), "."))
    again = one.write(InlineFormula((Swatch(1),)))
    assert shown == f"<p>{again} \\(\\displaystyle x.\\)</p>"
    assert again == '<img src="files/figure1.svg" alt="">'
    assert [re.match("<svg", file.svg) is not None for file in one.figures.values()] == [True]


def test_a_figure_that_is_too_large_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mathjax, "LARGEST", 3)
    one = writer()
    assert one.image("<svg/>", "a < b") == "a &lt; b"
    assert one.large == ["a < b"]
    assert not one.figures


def test_a_number_that_nobody_has_claimed_is_refused() -> None:
    with pytest.raises(KeygenError):
        writer().write(InlineFormula((Fraction(1, 2),)))
