"""A document can be walked, and each thing on it asked what it claims."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from keygen.certify.stage import BUILD, certified
from keygen.course.points import Credit
from keygen.document.composition import composed
from keygen.document.nodes import (
    Columns,
    DisplayedFormula,
    Foreign,
    InlineFormula,
    Paragraph,
    Problem,
    Text,
    Typed,
    walked,
)
from keygen.document.typesetter import Beside, Listed, Typesetter
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Chain
from keygen.variants.solve import solve
from keygen.writers.latex import LatexWriter
from tests.courses import LANGUAGES, SHIPPED


def said(node: Any) -> Iterator[Any]:
    """The objects that a node shows, those in rows one by one."""
    for part in getattr(node, "says", ()):
        yield from part.items if isinstance(part, Beside | Listed) else (part,)


def page(name: str, language: str) -> tuple[Problem, Any]:
    found = solve(SHIPPED.exercise(name), "sheet", 3)
    return certified(
        found, Policy(), BUILD,
        lambda proofs: composed(found, 1, Credit(Fraction(2)), LANGUAGES[language], Policy(), proofs=proofs),
    )[0]  # fmt: skip


@pytest.mark.parametrize("name", SHIPPED.exercises)
def test_every_line_of_a_page_has_been_read_back_before_any_medium_sees_it(name: str) -> None:
    made, typesetter = page(name, "en")
    nodes = list(walked(made))
    lines = [part for node in nodes for part in said(node) if isinstance(part, Chain)]
    assert {id(line) for line in lines} <= typesetter.proofs.kept.keys()
    assert any(isinstance(node, DisplayedFormula | InlineFormula) for node in nodes)


@pytest.mark.parametrize("name", SHIPPED.exercises)
def test_no_mathematics_of_a_page_is_typed(name: str) -> None:
    made, _ = page(name, "ru")
    assert not [node for node in walked(made) for part in said(node) if isinstance(part, Typed)]


def test_a_walk_goes_through_the_page_in_its_order_and_leaves_out_what_is_no_node() -> None:
    made, _ = page("outputs/temperature", "en")
    texts = [node.text for node in walked(made) if isinstance(node, Text)]
    assert texts[0] == "Temperature"
    assert texts[1].startswith("A language model")
    assert list(walked((Foreign("Ann"), Columns({"id": Foreign("1")}), 7))) == [Foreign("Ann")]


def test_a_symbol_that_closes_a_paragraph_stays_with_the_word_before_it() -> None:
    def written(tex: str, *behind: Text) -> str:
        words = (Text("It lies between "), InlineFormula((Typed("0"),)), Text(" and "), InlineFormula((Typed(tex),)))
        return LatexWriter(Typesetter(Policy())).write(Paragraph((*words, *behind)))

    assert written(r"\theta", Text(".")) == written(r"\theta") + "."
    assert written("1", Text(".")) == r"It lies between \( 0 \) and~\( 1 \)."
    assert "~" not in written("a + b", Text(".")) + written("1", Text(" and goes on."))
