"""Markdown of notebooks: words stay words, formulas stand between dollars, nothing is a mark by chance."""

from __future__ import annotations

from typing import Any

import nbconvert
import pytest

from keygen.document.nodes import DisplayedFormula, Foreign, InlineFormula, Paragraph, Part, Text, Typed
from keygen.document.typesetter import Typesetter
from keygen.mathematics.number_format import Policy
from keygen.writers.markdown import MarkdownWriter, line


def written(*parts: Part) -> str:
    return MarkdownWriter(Typesetter(Policy())).text((Paragraph(parts),))


def shown(markdown: str) -> str:
    """HTML as Jupyter's own converter makes it."""
    found: Any = nbconvert.filters.markdown2html(markdown)
    return str(found)


@pytest.mark.parametrize(
    "words",
    [
        "a * b * c", "a_b_c", "`code`", "[x](y)",
        "1. first", "- item", "# head", "> said", "a | b", r"\(x\)", "<b> & c",
        "$5 and $6", "~~no~~",
    ],
)  # fmt: skip
def test_words_are_shown_as_they_are(words: str) -> None:
    for node in (Text(words), Foreign(words)):
        text = shown(written(node))
        plain = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert text.strip() == f"<p>{plain}</p>"


def test_formulas_stand_between_dollars_and_hold_no_sign_of_html() -> None:
    text = written(
        Text("Let "), InlineFormula((Typed("a<b&c>d"),)), Text("."), DisplayedFormula((Typed("x = 1"),), ",")
    )
    assert text == "Let $a\\lt b& c\\gt d$.\n\n$$x = 1,$$"


def test_a_line_feed_is_a_space_and_only_paragraphs_lose_their_tags() -> None:
    assert line("<p>one\ntwo</p>") == "one two"
    assert line("<table><tr><td>1</td></tr></table>") == "<table><tr><td>1</td></tr></table>"
    assert line("<p>a</p><p>b</p>") == "<p>a</p><p>b</p>"
