r"""Neutral questions in Canvas's dialect of QTI 1.2: an item for each, with blanks in its text.

As its importers read it (instructure/qti for New Quizzes; QTIMigrationTool and qti_exporter for Classic): a blank is
[b1] in the text and response_lid response_b1; a comment is an itemfeedback general_fb. New Quizzes take how a blank is
compared from scoring_algorithm and answer_type of its first answer, see a blank in anything like [h] too, and cut the
text at each blank, so that no table goes round one. Classic compares spellings, and sets the points of a numerical
question by vargte and varlte alone (a vargt that ends in 5 would be read as a precision). There a number that is typed
is cut to four decimals, so one below 0.0001 would be 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from typing import Any, ClassVar

from lxml import etree

from keygen.document.nodes import DisplayedFormula
from keygen.document.typesetter import Typesetter
from keygen.export.laid_out import LaidOutInBoxes, feedback
from keygen.export.question import AskedAnswer, AskedPart, Box, ChoiceBox, NumberBox
from keygen.export.spellings import pattern, spellings
from keygen.export.typed_number import decimal_text, short_text
from keygen.writers.mathjax import DISPLAYED, FigureFile, MathJaxWriter, closed

FILES = "%24IMS-CC-FILEBASE%24/"
"""The root of the package."""
IMAGES = "images/"
BRACKETS = re.compile(r"(?<!\\)(?<!\\sqrt)\[([A-Za-z0-9_\-.]+)\]")
"""What New Quizzes would take for a blank."""
WRONG = "general_incorrect_fb"
"""What both importers know the comment on wrong answers by."""
SMALLEST = Fraction(1, 10_000)
"""Numbers below it are typed into Classic as 0."""
NUMERICAL = Fraction(1, 10)
"""Numbers from here on have three significant digits in four decimals."""
GAP = "\u2003"
"""The space between two blanks of a line."""
DROPDOWN = {"scoring_algorithm": "Equivalence", "answer_type": "dropdown"}
REGEX = {"scoring_algorithm": "TextRegex", "answer_type": "openEntry"}


@dataclass(frozen=True, slots=True)
class CanvasItem:
    """An item, and the figures that it shows."""

    xml: str
    figures: tuple[FigureFile, ...] = field(repr=False)


class CanvasWriter(MathJaxWriter):
    r"""Canvas sets \( \) alone; a display stands in them on a line of its own."""

    def display(self, node: DisplayedFormula) -> str:
        """Mathematics on lines of its own, its number behind it."""
        strokes, text = self.parted(node.says, shown=True)
        number = rf"\qquad({node.number})" if node.number else ""
        shown = self.math(DISPLAYED + closed(text, node.mark) + number)
        return f"<p>{' '.join(filter(None, [strokes, shown]))}</p>"

    WRITES: ClassVar[dict[type, Any]] = {**MathJaxWriter.WRITES, DisplayedFormula: display}

    def math(self, tex: str) -> str:
        """A formula, in which nothing looks like a blank."""
        return super().math(BRACKETS.sub(r"\\lbrack \1\\rbrack ", tex))


class CanvasQuestion(LaidOutInBoxes):
    """Writes one question for New Quizzes: each blank is compared with a pattern, each choice is a list to open."""

    TYPING = "typing_pattern"

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.blanks: list[Box] = []

    def writer(self, typesetter: Typesetter) -> MathJaxWriter:
        """What writes a text of this target."""
        return CanvasWriter(typesetter)

    def item(self, ident: str, points: Fraction) -> CanvasItem | None:
        """The question as an item; None where the target refuses it, and `otherwise` says why."""
        texts, figures = [], []
        for lay_out, place in ((self.asked, "a"), (self.solved, "b")):
            names = f"{IMAGES}{self.question.problem.number}-{self.question.code}-{place}-"
            writer = CanvasWriter(self.question.typesetter, f"{FILES}{names}")
            texts.append(lay_out(writer))
            figures += [FigureFile(f"{names}{one.name}", one.svg) for one in writer.figures.values()]
            self.too_large(writer)
        slips = self.slips_told()
        if len({box.weight for box in self.blanks}) > 1:
            self.otherwise.append("all boxes count alike, for Canvas has no weights: not as its points are shared")
        made = etree.Element("item", ident=ident, title=self.name())
        about = etree.SubElement(etree.SubElement(made, "itemmetadata"), "qtimetadata")
        for label, entry in (
            ("question_type", self.kind()),
            ("points_possible", f"{float(points):g}"),
            ("assessment_question_identifierref", f"{ident}q"),
        ):
            one = etree.SubElement(about, "qtimetadatafield")
            etree.SubElement(one, "fieldlabel").text = label
            etree.SubElement(one, "fieldentry").text = entry
        shown = etree.SubElement(made, "presentation")
        material(shown, f"<div>{apart(texts[0])}</div>")
        self.answers(shown, self.processing(made))
        for ident_of_text, text in (("general_fb", texts[1]), (WRONG, slips)):
            if text:
                feedback = etree.SubElement(made, "itemfeedback", ident=ident_of_text)
                material(etree.SubElement(feedback, "flow_mat"), text)
        xml: str = etree.tostring(made, encoding="unicode")
        return CanvasItem(xml, tuple(figures))

    def slips_told(self) -> str:
        """What known slips lead to, a line for each sentence; "" where none is known. Neither importer reads a comment
        on one answer of a blank, both read one on whatever is wrong."""
        writer = CanvasWriter(self.question.typesetter)
        told: dict[tuple[str, str], list[str]] = {}
        for part in self.question.parts:
            for answer in part.answers:
                called = self.captioned(answer, writer, alone=part.alone)
                for box in answer.boxes:
                    for sign, number, said in self.slips_of(answer, box, writer):
                        where = "".join(f"{one}: " for one in (called, sign) if one)
                        told.setdefault((self.spot(part) + where, said), []).append(number)
        if not told:
            return ""
        between = "; " if self.question.typesetter.policy.point == "," else ", "
        lines = (
            f"<li>{where}{between.join(dict.fromkeys(shown))}. {said}</li>" for (where, said), shown in told.items()
        )
        return f"<p>{escape(self.say['slipped'], quote=False)}</p>\n<ul>\n" + "\n".join(lines) + "\n</ul>"

    def spot(self, part: AskedPart) -> str:
        """The letter of a part, where there are several."""
        letters = {one.key: one.letter for one in self.question.problem.parts}
        return f"{letters[part.origin]}) " if len(letters) > 1 else ""

    def slips_of(self, answer: AskedAnswer, box: Box, writer: MathJaxWriter) -> Iterator[tuple[str, str, str]]:
        """What known slips of a box lead to: its letter, the number or the formula, the sentence."""
        if isinstance(box, ChoiceBox):
            for place, formula in enumerate(box.formulas):
                if said := self.mistake(box, place):
                    yield "", writer.math(writer.tex(formula)), escape(said, quote=False)
            return
        letter = box.letter or (answer.each[box.cell[0]] if answer.each else answer.letter)
        sign = "" if letter is None else writer.math(writer.tex(letter))
        for slip in box.slips:
            number = short_text(slip.number).replace(".", self.question.typesetter.policy.point)
            yield sign, f"<code>{number}</code>", feedback(slip.told, writer)

    def kind(self) -> str:
        """The type of the question."""
        return "fill_in_multiple_blanks_question"

    def processing(self, made: Any) -> Any:
        """The element of how answers are marked, behind the presentation."""
        processing = etree.SubElement(made, "resprocessing")
        outcomes = etree.SubElement(processing, "outcomes")
        etree.SubElement(outcomes, "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
        return processing

    def box(self, box: Box, writer: MathJaxWriter) -> str:
        """A blank, by which its place is found."""
        self.blanks.append(box)
        return f"\ue000b{len(self.blanks)}\ue001"

    def grid(self, rows: Sequence[Sequence[str]]) -> str:
        """Rows of blanks as lines: New Quizzes cut the text at each blank, and pieces of a table are no table."""
        return "\n".join(f"<p>{f'{GAP} '.join(row)}</p>" for row in rows)

    def answers(self, shown: Any, processing: Any) -> None:
        """What may be typed into each blank, and its share of the points."""
        share = f"{100 / len(self.blanks):.2f}"
        for place, box in enumerate(self.blanks, start=1):
            texts, right, traits = self.accepted(box)
            response = etree.SubElement(shown, "response_lid", ident=f"response_b{place}")
            called = etree.SubElement(etree.SubElement(response, "material"), "mattext")
            called.text = self.named(f"b{place}", texts[right])
            choices = etree.SubElement(response, "render_choice")
            for count, text in enumerate(texts):
                position = {"position": str(count + 1)} if traits is DROPDOWN else {}
                label = etree.SubElement(choices, "response_label", ident=f"{place}{count:03}", **position, **traits)
                material(label, text, "text/plain")
            condition = etree.SubElement(processing, "respcondition")
            test = etree.SubElement(etree.SubElement(condition, "conditionvar"), "varequal")
            test.set("respident", f"response_b{place}")
            test.text = f"{place}{right:03}"
            etree.SubElement(condition, "setvar", action="Add", varname="SCORE").text = share

    def accepted(self, box: Box) -> tuple[list[str], int, dict[str, str]]:
        """The texts of a blank, which of them is right, and how they are compared."""
        if isinstance(box, ChoiceBox):
            return list(box.options), box.right, DROPDOWN
        return [pattern(box.key)], 0, REGEX

    def named(self, blank: str, text: str) -> str:
        """What the importer knows a blank by."""
        return text


class CanvasClassicQuestion(CanvasQuestion):
    """Writes one question for Classic Quizzes: one number is a numerical question, choices alone are lists to open,
    and any others are blanks with all spellings that count."""

    def item(self, ident: str, points: Fraction) -> CanvasItem | None:
        """The question as an item; None where a number in it is too small for Classic."""
        small = [
            (column, box.key.decimal)
            for column, box in self.question.places
            if isinstance(box, NumberBox) and 0 < abs(box.key.decimal) < SMALLEST
        ]
        if not small:
            return super().item(ident, points)
        column, value = small[0]
        self.otherwise.append(
            f"seed {self.question.seed} left out: {column} is {decimal_text(value)}, and Canvas Classic reads numbers "
            "below 0.0001 as 0 (export it to canvas, or draw larger numbers)"
        )
        return None

    def kind(self) -> str:
        """The type of the question."""
        if self.lone() is not None:
            return "numerical_question"
        choices = all(isinstance(box, ChoiceBox) for box in self.question.boxes)
        return "multiple_dropdowns_question" if choices else super().kind()

    def lone(self) -> NumberBox | None:
        """The box of a question that asks for one number, of which Classic keeps three significant digits."""
        boxes = list(self.question.boxes)
        if len(boxes) != 1 or not isinstance(boxes[0], NumberBox):
            return None
        key = boxes[0].key
        return boxes[0] if key.whole or abs(key.decimal) - key.tolerance >= NUMERICAL else None

    def word(self, kind: type[Box]) -> str:
        """The word that says what to type; of a choice among blanks too."""
        if kind is ChoiceBox:
            return "choosing" if self.kind() == "multiple_dropdowns_question" else "choosing_typed"
        return "typing_number" if self.lone() is not None else "typing_spelled"

    def box(self, box: Box, writer: MathJaxWriter) -> str:
        """A blank; before one in which a choice is typed the options, and nothing for a lone number, which has its box
        below the text."""
        blank = super().box(box, writer)
        if self.lone() is not None:
            return ""
        if isinstance(box, ChoiceBox) and self.kind() == "fill_in_multiple_blanks_question":
            return f"({escape(' | '.join(box.options), quote=False)}) {blank}"
        return blank

    def processing(self, made: Any) -> Any:
        """The element of how answers are marked, which shows the solution whatever is typed."""
        processing = super().processing(made)
        condition = etree.SubElement(processing, "respcondition", {"continue": "Yes"})
        etree.SubElement(etree.SubElement(condition, "conditionvar"), "other")
        etree.SubElement(condition, "displayfeedback", feedbacktype="Response", linkrefid="general_fb")
        return processing

    def answers(self, shown: Any, processing: Any) -> None:
        """What may be typed, and what it is worth."""
        lone = self.lone()
        if lone is None:
            super().answers(shown, processing)
            return
        response = etree.SubElement(shown, "response_str", ident="response1", rcardinality="Single")
        etree.SubElement(etree.SubElement(response, "render_fib", fibtype="Decimal"), "response_label", ident="answer1")
        condition = etree.SubElement(processing, "respcondition", {"continue": "No"})
        test = etree.SubElement(condition, "conditionvar")
        key = lone.key
        for tag, end in (("vargte", key.decimal - key.tolerance), ("varlte", key.decimal + key.tolerance)):
            etree.SubElement(test, tag, respident="response1").text = decimal_text(end)
        etree.SubElement(condition, "setvar", action="Set", varname="SCORE").text = "100"

    def grid(self, rows: Sequence[Sequence[str]]) -> str:
        """Rows of blanks in a table."""
        return LaidOutInBoxes.grid(self, rows)

    def accepted(self, box: Box) -> tuple[list[str], int, dict[str, str]]:
        """The texts of a blank."""
        if isinstance(box, NumberBox):
            return spellings(box.key), 0, {}
        if self.kind() == "multiple_dropdowns_question":
            return list(box.options), box.right, {}
        return [box.options[box.right]], 0, {}

    def named(self, blank: str, text: str) -> str:
        """Classic knows a blank by its name."""
        return blank


def apart(html: str) -> str:
    """HTML in which the blanks alone look like blanks: what words have in brackets has a word joiner in them."""
    joined = BRACKETS.sub("[\u2060\\1]", html)
    return joined.replace("\ue000", "[").replace("\ue001", "]")


def material(parent: Any, text: str, kind: str = "text/html") -> None:
    """A text inside an element."""
    etree.SubElement(etree.SubElement(parent, "material"), "mattext", texttype=kind).text = text
