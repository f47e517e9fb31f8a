"""A neutral question laid out in HTML with TeX for MathJax: code, conventions, statement, the boxes of each part under
what to type into them; and its solution. A target says how it writes a box."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, ClassVar

from keygen.document.captions import is_sign
from keygen.document.nodes import Blocks, Question
from keygen.document.typesetter import Typesetter
from keygen.export.question import AskedAnswer, AskedPart, Box, ChoiceBox, NeutralQuestion, NumberBox
from keygen.mathematics.terms import Term
from keygen.writers.html_page import section_html
from keygen.writers.latex import plain_words
from keygen.writers.mathjax import MathJaxWriter, table

if TYPE_CHECKING:
    from keygen.matrix.exercises import Result

LONGEST = 255
"""Characters of a name."""


class LaidOut(ABC):
    """Lays out one question; `say` has the words of the export, `words` those of pages. `otherwise` says what the
    target has in another way than a page."""

    FOLDER: ClassVar[str] = ""
    """What stands before the name of a figure's file."""
    TYPING: ClassVar[str] = "typing"
    """The word that says what to type."""
    CHOOSING_FORMULA: ClassVar[str] = "choosing_numbered"
    """The word that says how to choose a formula."""

    def __init__(self, question: NeutralQuestion, say: Mapping[str, str], words: Mapping[str, str]) -> None:
        self.question, self.say, self.words = question, say, words
        self.otherwise: list[str] = []

    def writer(self, typesetter: Typesetter) -> MathJaxWriter:
        """What writes a text of this target."""
        return MathJaxWriter(typesetter, self.FOLDER)

    @property
    def title(self) -> str:
        """Number and title of the exercise."""
        problem = self.question.problem
        return f"{problem.number} {plain_words(problem.title, self.question.typesetter)}"

    def name(self) -> str:
        """The title and the variant's code, no longer than a name may be."""
        code = f", {self.question.code}"
        if len(self.title) + len(code) > LONGEST:
            self.otherwise.append(f"the title is longer than the {LONGEST} characters of a name, and is cut there")
        return self.title[: LONGEST - len(code)] + code

    def too_large(self, writer: MathJaxWriter) -> None:
        """Say which figures of a text are only told in words."""
        self.otherwise += (f"a figure is too large, so told in words: {told}" for told in writer.large)

    # --- what is asked

    def asked(self, writer: MathJaxWriter) -> str:
        """Code, conventions, statement, then each part with its boxes."""
        problem = self.question.problem
        pieces = [f"<p><small>{escape(self.words['variant'])} {self.question.code} · {problem.number}</small></p>"]
        if self.question.conventions is not None:
            box, typesetter = self.question.conventions
            pieces.append(self.writer(typesetter).write(box))
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
        """The boxes of a part below what to type into them, and that there are none for the rest."""
        kinds = Counter(type(box) for box in part.boxes if not formulas_of(box))
        said = [self.told(self.word(kind), kinds[kind]) for kind in (NumberBox, ChoiceBox) if kind in kinds]
        if formulas := sum(1 for box in part.boxes if formulas_of(box)):
            said.append(self.told(self.CHOOSING_FORMULA, formulas))
        if said:
            yield f"<p><em>{escape(' '.join(said), quote=False)}</em></p>"
        for answer in part.answers:
            if answer.rows:
                yield self.answer(answer, writer, alone=part.alone)
        if part.unmarked:
            yield f"<p><em>{escape(self.say[part.unmarked], quote=False)}</em></p>"

    def told(self, word: str, boxes: int) -> str:
        """What a word says of so many boxes: in the plural, where the language has words for that."""
        return self.say.get(f"{word}_several", self.say[word]) if boxes > 1 else self.say[word]

    def word(self, kind: type[Box]) -> str:
        """The word that says what to type into boxes of a kind, or how to choose."""
        return self.TYPING if kind is NumberBox else "choosing"

    def called(self, answer: AskedAnswer, writer: MathJaxWriter, *, alone: bool) -> str:
        """What stands before an answer: its caption, or its name where nothing else tells it from others, and its
        letter; "" for none of them."""
        named = self.captioned(answer, writer, alone=alone)
        if named:
            named += " = " if answer.caption and is_sign(answer.caption) and not answer.lettered else ": "
        return f"{named}{self.sign(answer.letter, writer)}"

    def captioned(self, answer: AskedAnswer, writer: MathJaxWriter, *, alone: bool) -> str:
        """The caption of an answer, or its name where nothing else tells it from others."""
        if answer.caption:
            return writer.words(answer.caption)
        return f"<code>{escape(answer.name)}</code>" if answer.unsaid(alone=alone) else ""

    def sign(self, letter: Term | None, writer: MathJaxWriter) -> str:
        """A letter before what is equal to it; "" where there is none."""
        return "" if letter is None else f"{writer.math(f'{writer.tex(letter)} =')} "

    @abstractmethod
    def answer(self, answer: AskedAnswer, writer: MathJaxWriter, *, alone: bool) -> str:
        """One answer: what it is called, and what it is typed into."""

    def listed(self, box: Box, writer: MathJaxWriter) -> str:
        """The formulas that a box has the numbers of, a paragraph each; "" for any other box."""
        return "".join(
            f"<p>({number}) {writer.math(writer.tex(formula))}</p>\n"
            for number, formula in enumerate(formulas_of(box), start=1)
        )

    def mistake(self, box: ChoiceBox, place: int) -> str:
        """The sentence for whoever takes the formula at a place; "" where there is none: it is right, or the language
        has no words for it."""
        name = box.mistakes[place] if box.mistakes else ""
        return str(self.say.get(f"mistake_{name}", ""))

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


def formulas_of(box: Box) -> tuple[Result, ...]:
    """The formulas among which a box asks to choose; none of any other box."""
    return box.formulas if isinstance(box, ChoiceBox) else ()


def feedback(told: Blocks, writer: MathJaxWriter) -> str:
    """A sentence without the tags of its paragraph."""
    return writer.blocks(told).removeprefix("<p>").removesuffix("</p>")


class LaidOutInBoxes(LaidOut):
    """A question in which every value has a box of its own."""

    def answer(self, answer: AskedAnswer, writer: MathJaxWriter, *, alone: bool) -> str:
        """One answer: what it is called, and its boxes, those of a matrix in a table."""
        name = self.called(answer, writer, alone=alone)
        if len(answer.rows) == len(answer.rows[0]) == 1:
            box = answer.rows[0][0]
            return f"{self.listed(box, writer)}<p>{name}{self.lettered(box, writer)}</p>"
        written = [f"<p>{name}</p>"] if name else []
        for letter, rows in answer.blocks:
            written += [f"<p>{self.sign(letter, writer)}</p>"] if letter is not None else []
            written.append(self.grid([[self.lettered(box, writer) for box in row] for row in rows]))
        return "\n".join(written)

    def grid(self, rows: Sequence[Sequence[str]]) -> str:
        """Rows of written boxes."""
        return table([f"<td>{box}</td>" for box in row] for row in rows)

    def lettered(self, box: Box, writer: MathJaxWriter) -> str:
        """A box behind its letter, if it has one of its own."""
        letter = box.letter if isinstance(box, NumberBox) else None
        return self.sign(letter, writer) + self.box(box, writer)

    @abstractmethod
    def box(self, box: Box, writer: MathJaxWriter) -> str:
        """A box as the target has it."""
