r"""A neutral question as Moodle's XML: one embedded answers question (Cloze), the whole solution as general feedback.

Measured on Moodle 4.3. A box is {weight:NUMERICAL:=key:tolerance~%0%wrong:tolerance#feedback}: the first alternative
that fits counts, so the right one comes first; keys are decimals with a point. Choices and feedback lose their
character references once when they are read, and } # ~ end them: & is &amp; there, } is \}, # is \#, ~ is &#126;. TeX
between boxes needs nothing. An id number of a Cloze question is dropped, so the variant's code stands in its text.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from html import escape

from lxml import etree

from keygen.document.nodes import Blocks, Question
from keygen.export.question import AskedAnswer, AskedPart, Box, ChoiceBox, NeutralQuestion, NumberBox
from keygen.export.typed_number import TypedNumber, decimal_text
from keygen.writers.html_page import section_html
from keygen.writers.latex import plain_words
from keygen.writers.mathjax import MathJaxWriter, table

FOLDER = "@@PLUGINFILE@@/"
CLOZE = str.maketrans({"&": "&amp;", "~": "&#126;", "}": r"\}", "#": r"\#"})
LONGEST = 255
"""Characters of a name."""


class MoodleQuestion:
    """Writes one question; `say` has the words of the export, `words` those of pages. `otherwise`
    says what Moodle has in another way than a page."""

    def __init__(self, question: NeutralQuestion, say: Mapping[str, str], words: Mapping[str, str]) -> None:
        self.question, self.say, self.words = question, say, words
        self.otherwise: list[str] = []

    @property
    def title(self) -> str:
        """Number and title of the exercise."""
        problem = self.question.problem
        return f"{problem.number} {plain_words(problem.title, self.question.typesetter)}"

    def xml(self) -> str:
        """The question as an element."""
        made = etree.Element("question", type="cloze")
        name = etree.SubElement(made, "name")
        code = f", {self.question.code}"
        if len(self.title) + len(code) > LONGEST:
            self.otherwise.append(f"the title is longer than the {LONGEST} characters of a name, and is cut there")
        etree.SubElement(name, "text").text = self.title[: LONGEST - len(code)] + code
        asking, solving = (MathJaxWriter(self.question.typesetter, FOLDER) for _ in range(2))
        for tag, written, writer in (
            ("questiontext", self.asked(asking), asking),
            ("generalfeedback", self.solved(solving), solving),
        ):
            text = etree.SubElement(made, tag, format="html")
            etree.SubElement(text, "text").text = written
            for figure in writer.figures.values():
                file = etree.SubElement(text, "file", name=figure.name, path="/", encoding="base64")
                file.text = b64encode(figure.svg.encode()).decode()
            self.otherwise += (f"a figure is too large, so told in words: {told}" for told in writer.large)
        etree.SubElement(made, "penalty").text = "0.3333333"
        etree.SubElement(made, "hidden").text = "0"
        written_out: str = etree.tostring(made, encoding="unicode")
        return written_out

    # --- what is asked

    def asked(self, writer: MathJaxWriter) -> str:
        """Code, conventions, statement, then each part with its boxes."""
        problem = self.question.problem
        pieces = [f"<p><small>{escape(self.words['variant'])} {self.question.code}</small></p>"]
        if self.question.conventions is not None:
            box, typesetter = self.question.conventions
            pieces.append(MathJaxWriter(typesetter, FOLDER).write(box))
        pieces.append(section_html(problem, writer, problem.statement))
        asked = {part.origin: part for part in self.question.parts}
        for part in problem.parts:
            pieces += [self.letter(part), section_html(problem, writer, part.statement)]
            pieces += self.boxes(asked[part.key], writer)
        return "\n".join(filter(None, pieces))

    def letter(self, part: Question) -> str:
        """What heads a part."""
        return f"<p><strong>{part.letter})</strong></p>" if len(self.question.problem.parts) > 1 else ""

    def boxes(self, part: AskedPart, writer: MathJaxWriter) -> Iterator[str]:
        """The boxes of a part below what to type into them."""
        kinds = {type(box) for box in part.boxes}
        said = [self.say[word] for kind, word in ((NumberBox, "typing"), (ChoiceBox, "choosing")) if kind in kinds]
        if said:
            yield f"<p><em>{escape(' '.join(said), quote=False)}</em></p>"
        alone = len([answer for answer in part.answers if answer.rows]) == 1
        for answer in part.answers:
            if answer.rows:
                yield self.answer(answer, writer, alone=alone)

    def answer(self, answer: AskedAnswer, writer: MathJaxWriter, *, alone: bool) -> str:
        """One answer: its letter, or its name where there are others beside it or of its letter, and its boxes, those
        of a matrix in a table."""
        lettered = any(answer.letters)
        name = f"<code>{escape(answer.name)}</code>: " if answer.twin or not (alone or lettered) else ""
        if answer.letter is not None:
            name += f"{writer.math(f'{writer.tex(answer.letter)} =')} "
        if len(answer.rows) == len(answer.rows[0]) == 1:
            return f"<p>{name}{self.box(answer.rows[0][0], writer)}</p>"
        rows = [[f"<td>{self.box(box, writer)}</td>" for box in row] for row in answer.rows]
        return (f"<p>{name}</p>\n" if name else "") + table(rows)

    def box(self, box: Box, writer: MathJaxWriter) -> str:
        """A box."""
        if isinstance(box, ChoiceBox):
            options = (
                f"{'=' if place == box.right else '%0%'}{in_cloze(escape(option, quote=False))}"
                for place, option in enumerate(box.options)
            )
            return f"{{{box.weight}:MULTICHOICE:{'~'.join(options)}}}"
        found = [f"={number(box.key)}"]
        found += [f"%0%{number(slip.number)}#{in_cloze(feedback(slip.told, writer))}" for slip in box.slips]
        if box.misread is not None:
            found.append(f"%0%{number(box.misread)}#{in_cloze(escape(self.say['fraction'], quote=False))}")
        name = "" if box.letter is None else f"{writer.math(f'{writer.tex(box.letter)} =')} "
        return f"{name}{{{box.weight}:NUMERICAL:{'~'.join(found)}}}"

    # --- what is answered

    def solved(self, writer: MathJaxWriter) -> str:
        """The solution, part by part, then remark, answers and check."""
        problem = self.question.problem
        pieces: list[str] = []
        for part in problem.parts:
            if part.solution:
                pieces += [self.letter(part), section_html(problem, writer, part.solution)]
        if problem.remark:
            pieces += [self.strong("remark"), section_html(problem, writer, problem.remark)]
        if problem.answers is not None:
            pieces += [self.strong("answers"), writer.write(problem.answers)]
        return "\n".join(filter(None, [*pieces, writer.blocks(problem.confirmation)]))

    def strong(self, word: str) -> str:
        """A word that heads a piece."""
        return f"<p><strong>{escape(self.words[word], quote=False)}</strong></p>"


def number(typed: TypedNumber) -> str:
    """A key and its tolerance."""
    return f"{decimal_text(typed.decimal)}:{decimal_text(typed.tolerance)}"


def feedback(told: Blocks, writer: MathJaxWriter) -> str:
    """A sentence without the tags of its paragraph."""
    return writer.blocks(told).removeprefix("<p>").removesuffix("</p>")


def in_cloze(html: str) -> str:
    r"""HTML as a choice or as feedback: nothing in it ends the alternative, and no \ or & at its end keeps it open."""
    return html.translate(CLOZE) + (" " if html.endswith(("\\", "&", "&amp;")) else "")


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
