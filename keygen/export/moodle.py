r"""A neutral question as Moodle's XML: one embedded answers question (Cloze), the whole solution as general feedback.

Measured on Moodle 4.3. A box is {weight:NUMERICAL:=key:tolerance~%0%wrong:tolerance#feedback}: the first alternative
that fits counts, so the right one comes first; keys are decimals with a point. Choices and feedback lose their
character references once when they are read, and } # ~ end them: & is &amp; there, } is \}, # is \#, ~ is &#126;. TeX
between boxes needs nothing. An id number of a Cloze question is dropped, so the variant's code stands in its text.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from html import escape, unescape
from typing import Any

from lxml import etree

from keygen.export.laid_out import LONGEST, LaidOutInBoxes, feedback
from keygen.export.question import Box, ChoiceBox, NumberBox
from keygen.export.typed_number import TypedNumber, decimal_text
from keygen.mathematics.skeleton import ByIdentity
from keygen.writers.mathjax import MathJaxWriter

FINEST = 10**25
"""Below one by it the tolerance that Moodle adds of itself, 1e-28, is more than a hundredth of the third digit."""
SENTENCES = 512
"""Feedback that is remembered of a question."""
LIST, BUTTONS = "MULTICHOICE", "MULTICHOICE_V"
"""A list to open shows no mathematics, buttons below each other do."""
CLOZE = (("&", "&amp;"), ("#", r"\#"), ("}", r"\}"), ("~", "&#126;"))


class MoodleQuestion(LaidOutInBoxes):
    """Writes one question."""

    FOLDER = "@@PLUGINFILE@@/"
    CHOOSING_FORMULA = "choosing_formula"

    def xml(self) -> str:
        """The question as an element."""
        made = etree.Element("question", type="cloze")
        name = etree.SubElement(made, "name")
        etree.SubElement(name, "text").text = self.name()
        asking, solving = (self.writer(self.question.typesetter) for _ in range(2))
        for tag, written, writer in (
            ("questiontext", self.asked(asking), asking),
            ("generalfeedback", self.solved(solving), solving),
        ):
            text_with_files(made, tag, written, writer)
            self.too_large(writer)
        self.otherwise += (
            f"{column.partition('.')[2]} is nearer to zero than Moodle tells numbers apart: "
            "any below 1e-28 is taken for it"
            for column, box in self.question.places
            if isinstance(box, NumberBox) and tiny(box.key.decimal) and not box.key.whole
        )
        etree.SubElement(made, "penalty").text = "0.3333333"
        etree.SubElement(made, "hidden").text = "0"
        written_out: str = etree.tostring(made, encoding="unicode")
        return written_out

    def asked(self, writer: MathJaxWriter) -> str:
        """Code, conventions, statement, then each part with its boxes, many of which have the same feedback."""
        self.told_of = ByIdentity(lambda told: in_cloze(feedback(told, writer)), SENTENCES)
        return super().asked(writer)

    @cached_property
    def told_of_fraction(self) -> str:
        """The feedback for whoever types a fraction."""
        return in_cloze(escape(self.say["fraction"], quote=False))

    def listed(self, box: Box, writer: MathJaxWriter) -> str:
        """Nothing: formulas stand beside their buttons."""
        return ""

    def box(self, box: Box, writer: MathJaxWriter) -> str:
        """A box with its alternatives."""
        if isinstance(box, ChoiceBox):
            options = (self.option(box, place, option) for place, option in enumerate(self.shown(box)))
            return f"{{{box.weight}:{BUTTONS if box.formulas else LIST}:{'~'.join(options)}}}"
        found = [f"={number(box.key)}"]
        found += [f"%0%{number(slip.number)}#{self.told_of(slip.told)}" for slip in box.slips]
        if box.misread is not None:
            found.append(f"%0%{number(box.misread)}#{self.told_of_fraction}")
        return f"{{{box.weight}:NUMERICAL:{'~'.join(found)}}}"

    def option(self, box: ChoiceBox, place: int, shown: str) -> str:
        """One alternative of a choice, with the sentence for whoever takes it, if there is one."""
        told = escape(self.mistake(box, place), quote=False)
        sign = "=" if place == box.right else "%0%"
        return f"{sign}{in_cloze(escape(shown, quote=False))}{f'#{in_cloze(told)}' if told else ''}"

    def shown(self, box: ChoiceBox) -> Sequence[str]:
        """The options as Moodle shows them, and as its reports do."""
        writer = self.writer(self.question.typesetter)
        return [unescape(writer.math(writer.tex(one))) for one in box.formulas] or box.options


def text_with_files(question: Any, tag: str, html: str, writer: MathJaxWriter) -> None:
    """A text of a question as an element of it, with the figures that it shows as files inside."""
    text = etree.SubElement(question, tag, format="html")
    etree.SubElement(text, "text").text = html
    for figure in writer.figures.values():
        file = etree.SubElement(text, "file", name=figure.name, path="/", encoding="base64")
        file.text = b64encode(figure.svg.encode()).decode()


def tiny(number: Fraction) -> bool:
    """Whether a number is below one by `FINEST`."""
    return abs(number.numerator) * FINEST < number.denominator


def number(typed: TypedNumber) -> str:
    """A key and its tolerance."""
    return f"{decimal_text(typed.decimal)}:{tolerance_text(*typed.tolerance.as_integer_ratio())}"


@lru_cache(maxsize=256)
def tolerance_text(top: int, bottom: int) -> str:
    """A tolerance; numbers of one size have the same."""
    return decimal_text(Fraction(top, bottom))


def in_cloze(html: str) -> str:
    r"""HTML as a choice or as feedback: nothing in it ends the alternative, and no \ or & at its end keeps it open."""
    text = html
    for sign, instead in CLOZE:
        text = text.replace(sign, instead)
    return text + (" " if html.endswith(("\\", "&", "&amp;")) else "")


def category(sheet: str, title: str) -> str:
    """The element by which the questions that follow come into a category of their own; a / in a name is doubled."""
    made = etree.Element("question", type="category")
    path = "/".join(("$course$", "top", *(name.replace("/", "//") for name in (sheet, title[:LONGEST]))))
    etree.SubElement(etree.SubElement(made, "category"), "text").text = path
    written: str = etree.tostring(made, encoding="unicode")
    return written


def quiz(questions: Iterator[str]) -> bytes:
    """The whole file."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>", *questions, "</quiz>", ""]
    return "\n".join(lines).encode()
