"""Nodes as LaTeX, in the macros of `templates/style.sty` and in nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from keygen.course.handout import WritingSpace
from keygen.course.languages import Language
from keygen.course.points import Credit, decimal
from keygen.course.sheet_keys import NO_WISHES, Wishes
from keygen.document import tex_parts
from keygen.document.composition import composed
from keygen.document.covers import conventions_box, derivation, derivation_frame
from keygen.document.nodes import (
    Answers,
    Block,
    Blocks,
    Code,
    Columns,
    Conventions,
    DerivationBlock,
    DisplayedFormula,
    Emphasis,
    Foreign,
    InlineFormula,
    InlineNumber,
    LawSentence,
    Listing,
    Paragraph,
    Part,
    Picture,
    Points,
    Problem,
    RawTeX,
    Reference,
    Section,
    StepHeading,
    TableBlock,
    Text,
    Typed,
    Where,
    Words,
    computations,
)
from keygen.document.template import in_words
from keygen.document.tex_parts import TeX
from keygen.document.tex_text import printed
from keygen.document.told_laws import ToldLaws, marked, without_marks
from keygen.document.typesetter import ESCAPES, Beside, Typesetter
from keygen.mathematics.names import in_line
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.variants.solved import Solved
from keygen.writers.writer import Writer, writing

if TYPE_CHECKING:
    from keygen.matrix.exercises import Worked

MARKS = ("", ".", ",", ":", ";", "?")
UNSEEN = re.compile(r"\\[A-Za-z]+|[{}^_\\ ]")
SHORT = 2
"""Glyphs of a formula that would be alone on the last line of a paragraph."""
SIGNS = str.maketrans({**ESCAPES, "\u00a0": "~"})
TEXTS = 4096  # pieces of words that are kept


@lru_cache(maxsize=TEXTS)
def plain_text(text: str) -> str:
    """Words in TeX: those of a template come back in every variant."""
    return text.translate(SIGNS)


class LatexWriter(Writer):
    """The writer of one exercise, or of a page of its own."""

    def blocks(self, blocks: Blocks) -> str:
        """Paragraphs, apart by blank lines."""
        return "\n\n".join(map(self.write, blocks))

    def mathematics(self, says: tuple[Any, ...]) -> str:
        """The inside of a formula."""
        return "".join(part.tex if isinstance(part, Typed) else self.typesetter.typeset(part) for part in says)

    def in_words(self, says: tuple[Any, ...]) -> str:
        """The inside of a formula within a line of words."""
        typeset = self.typesetter.in_line.typeset
        return in_line("".join(part.tex if isinstance(part, Typed) else typeset(part) for part in says))

    def display(self, node: DisplayedFormula) -> str:
        """Mathematics on lines of its own, its number set at its right; the mark stands in the last row of a line that
        is broken."""
        *before, last = node.says or (Typed(""),)
        number = rf"\kgnumber{{{node.number}}}" if node.number else ""
        return rf"{number}\[ {self.mathematics(tuple(before))}{self.closed(last, node.mark)} \]"

    def closed(self, part: Any, mark: str) -> str:
        """A formula and its mark."""
        match part:
            case Beside():
                return self.typesetter.beside(part, mark)
            case _:
                return self.mathematics((part,)) + mark

    def paragraph(self, node: Paragraph) -> str:
        """A paragraph; a display in it stands where the template has it."""
        return "".join(
            self.computation(part) if isinstance(part, tuple) else self.write(part)
            for part in computations(self.tied(node.parts))
        )

    def tied(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """The parts of a paragraph; a number or a letter that closes its words is on the line of the word before it."""
        found = list(parts)
        for place, formula in enumerate(parts[1:], start=1):
            before, behind = found[place - 1], parts[place + 1 : place + 3]
            closing = behind[:1] if behind and isinstance(behind[0], Text) and behind[0].text.strip() in MARKS else ()
            if isinstance(formula, InlineFormula) and isinstance(before, Text) and before.text.endswith((" ", "\n")):
                last = all(isinstance(part, Block) for part in behind[len(closing) :][:1])
                if last and len(UNSEEN.sub("", self.in_words(formula.says))) <= SHORT:
                    found[place - 1] = Text(before.text[:-1] + "\u00a0")
        return tuple(found)

    def computation(self, displays: tuple[DisplayedFormula, ...]) -> str:
        """Displays under each other, which share their alignment."""
        rows = "\n".join(map(self.write, displays))
        return f"\\begin{{kglines}}\n{rows}\n\\end{{kglines}}"

    def answers(self, node: Answers) -> str:
        """The answers part by part, those of one answer beside each other."""
        rows = "".join(
            f"\\{'kganswerrow' if row.answers[1:] else 'kgshortrow'}{{{row.letter}}}"
            f"{{{''.join(map(self.answer, row.answers))}}}\n"
            for row in node.rows
        )
        return f"\\begin{{kganswers}}\n{rows}\\end{{kganswers}}"

    def answer(self, words: Words) -> str:
        """One answer of a row, as large as a display."""
        said = (
            rf"\( {self.mathematics(one.says)} \)" if isinstance(one, InlineFormula) else self.write(one)
            for one in words
        )
        return rf"\{'kganswerwords' if words[1:] else 'kganswer'}{{{''.join(said)}}}"

    def points(self, node: Points) -> str:
        """Points at the margin: those of a step, or of no step, but of a whole part."""
        if node.share is None:
            return ""
        macro = "kgpoints" if node.weight else "kgtotal"
        return rf"\{macro}{{{decimal(node.share, self.typesetter.policy.point)}}}"

    def room(self, node: WritingSpace) -> str:
        """Room to write in, squared or ruled in so many rows."""
        if node.kind == "blank":
            return rf"\kgroom{{{float(node.height):g}mm}}"
        return rf"\{'kggrid' if node.kind == 'grid' else 'kgruled'}{{{node.rows}}}"

    def listing(self, node: Listing) -> str:
        """A list, an item a line."""
        items = "\n".join(rf"\item {self.blocks(item)}" for item in node.items)
        return f"\\begin{{{node.kind}}}\n{items}\n\\end{{{node.kind}}}"

    WRITES: ClassVar[dict[type, Callable[[LatexWriter, Any], str]]] = {
        Text: lambda self, node: plain_text(node.text),
        Foreign: lambda self, node: printed(node).tex,
        Emphasis: lambda self, node: rf"\{node.kind}{{{self.words(node.words)}}}",
        InlineFormula: lambda self, node: rf"\( {self.in_words(node.says)} \)",
        LawSentence: lambda self, node: marked(node.law, self.words(node.words), self.words(node.named)),
        InlineNumber: lambda self, node: self.typesetter.typeset(node.item),
        Reference: lambda self, node: f"({node.number})",
        DisplayedFormula: display,
        Points: points,
        Answers: answers,
        StepHeading: lambda self, node: rf"\kgstephead{{{self.words(node.words)}}}",
        Listing: listing,
        Picture: lambda self, node: self.typesetter.typeset(node.item),
        TableBlock: lambda self, node: self.typesetter.typeset(node.item),
        DerivationBlock: lambda self, node: self.typesetter.typeset(node.item),
        Code: lambda self, node: f"\\begin{{verbatim}}\n{node.text}\n\\end{{verbatim}}",
        Where: lambda self, node: f"\\begin{{kgwhere}}%\n{self.blocks(node.blocks)}\n\\end{{kgwhere}}%",
        Conventions: lambda self, node: (
            rf"\kgconventions{{{self.words(node.title)}}}{{{' '.join(map(self.words, node.items))}}}"
        ),
        WritingSpace: room,
        RawTeX: lambda self, node: self.mathematics(node.says),
        Paragraph: paragraph,
    }


def problem(
    solved: Solved,
    number: int,
    credit: Credit | None,
    language: Language,
    policy: Policy,
    student: Columns | None = None,
    *,
    proofs: Proofs,
    guide: bool = False,
    wishes: Wishes = NO_WISHES,
) -> tex_parts.TexProblem:
    """An exercise in a language, in TeX; `composed` says what is checked and raised."""
    return written(
        *composed(solved, number, credit, language, policy, student, proofs=proofs, guide=guide, wishes=wishes)
    )


def conventions_tex(names: Iterable[str], language: Language, policy: Policy) -> TeX:
    """The box of a sheet's conventions; "" where there are none."""
    box = conventions_box(names, language, policy)
    return TeX("" if box is None else LatexWriter(box[1]).write(box[0]))


def derivation_page(found: Worked, language: Language) -> str:
    """One derivation as a page of its own, read back by its text."""
    from keygen.document.derivations import require_printed  # the rules of matrices

    blocks, typesetter = derivation(found, language)
    body = without_marks(TeX(LatexWriter(typesetter).blocks(blocks)), ToldLaws())
    for formula, shown in typesetter.proofs.formulas.items():  # letters that a person chose: do they look different?
        require_printed(formula, shown)
    return derivation_frame(body, language)


def written(made: Problem, typesetter: Typesetter) -> tex_parts.TexProblem:
    """An exercise in TeX; a comment before each section says which line of which template it is from."""
    writer = LatexWriter(typesetter)

    def section(one: Section) -> TeX:
        if not one:
            return TeX("")
        with writing(made.id, one):
            return TeX(f"%@ {made.id} {one.file}:{one.line}\n{writer.blocks(one.blocks)}\n")

    def room(one: WritingSpace | None) -> TeX:
        return TeX("" if one is None else writer.write(one))

    parts = tuple(
        tex_parts.TexPart(part.key, TeX(part.letter), section(part.statement), section(part.solution), room(part.room))
        for part in made.parts
    )
    answers = TeX("") if made.answers is None else TeX(f"{writer.write(made.answers)}\n")
    return tex_parts.TexProblem(
        made.id, made.number, in_words(made.points, typesetter), TeX(writer.words(made.title)),
        plain_words(made.title, typesetter), section(made.statement), parts, section(made.remark), answers,
        TeX(writer.blocks(made.guide)), made.conventions, TeX(writer.blocks(made.confirmation)),
        room(made.room), made.unpaid,
    )  # fmt: skip


def plain_words(title: Words, typesetter: Typesetter) -> str:
    """A title without TeX, for a file's table of contents."""
    if all(isinstance(part, Text) for part in title):
        return "".join(part.text for part in title if isinstance(part, Text))
    from keygen.writers.text import TextWriter  # formulas in a title are rare

    return TextWriter(typesetter, columns=80).words(title)
