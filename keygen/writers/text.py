"""Nodes as text for a terminal: words wrapped to its width, Unicode mathematics, matrices in brackets over several
lines."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import msgspec

from keygen.calculus.claims import Claim, Given, prove
from keygen.calculus.quantities import Quantity, UnitMeaning
from keygen.course.handout import WritingSpace
from keygen.document.nodes import (
    Answers,
    Block,
    Blocks,
    Code,
    Conventions,
    DerivationBlock,
    DerivationRow,
    DisplayedFormula,
    Emphasis,
    Foreign,
    InlineFormula,
    InlineNumber,
    LawSentence,
    Listing,
    Paragraph,
    Picture,
    Points,
    Problem,
    RawTeX,
    Reference,
    StepHeading,
    Steps,
    TableBlock,
    Text,
    Typed,
    Where,
    Words,
)
from keygen.document.pictures import telling
from keygen.document.template import in_words
from keygen.document.tex_text import visible
from keygen.document.typesetter import Beside, Typesetter
from keygen.figures.figure import Swatch
from keygen.figures.labels import Sign
from keygen.figures.labels import Words as Label
from keygen.figures.tables import Size, TensorShape
from keygen.mathematics.names import name_tex
from keygen.mathematics.number_format import Policy, digits
from keygen.mathematics.terms import Apply, Chain, Literal, Marked, Name, Term
from keygen.mathematics.text_boxes import TextBox, beside, laid_out, padded, pieces, raised, stacked, width
from keygen.mathematics.unicode import block, from_tex, whole
from keygen.matrix.exercises import GradientReading, Result, Sizes
from keygen.matrix.expression import Expression, Symbol
from keygen.matrix.normal import NormalModel
from keygen.matrix.printing import plain_text
from keygen.matrix.shapes import SCALAR

INDENT = 4
GAP = 3  # between formulas beside each other
GLUE = "\u2060"  # holds a formula of a sentence together where lines are wrapped
RELATION = {r"\approx": "≈", "=": "="}


class TextWriter:
    """The writer of one exercise: numbers and signs as its typesetter's, lines of so many columns."""

    def __init__(self, typesetter: Typesetter, columns: int) -> None:
        self.typesetter, self.columns = typesetter, columns

    def write(self, node: Any) -> list[str]:
        """The lines of a node that stands on lines of its own. Raises KeyError for a type that the table has not."""
        return self.LINES[type(node)](self, node)

    def said(self, node: Any) -> str:
        """A node within a line; KeyError likewise."""
        return self.INLINE[type(node)](self, node)

    def blocks(self, blocks: Blocks) -> list[str]:
        """Paragraphs, apart by blank lines."""
        lines: list[str] = []
        for paragraph in blocks:
            lines += ["", *self.write(paragraph)] if lines else self.write(paragraph)
        return lines

    def words(self, words: Words) -> str:
        """What stands within a line."""
        return "".join(map(self.said, words))

    def paragraph(self, node: Paragraph) -> list[str]:
        """Words wrapped; displays and the like, and formulas of several lines, between them."""
        lines: list[str] = []
        run = ""
        for part in node.parts:
            if isinstance(part, StepHeading):
                lines, run = [*lines, *self.wrapped(run)], self.words(part.words) + " "
            elif isinstance(part, Block):
                lines, run = [*lines, *self.wrapped(run), *self.write(part)], ""
            else:
                text = self.said(part)
                if "\n" in text and isinstance(part, InlineFormula):
                    lines, run = [*lines, *self.wrapped(run), *indented(text.split("\n"))], ""
                else:
                    run += text
        return [*lines, *self.wrapped(run)]

    def wrapped(self, text: str) -> list[str]:
        """Words in lines; a formula stays on one."""
        lines = textwrap.wrap(" ".join(text.split()), self.columns, break_long_words=False, break_on_hyphens=False)
        return [line.replace(GLUE, " ") for line in lines]

    def narrower(self, columns: int) -> TextWriter:
        """A writer of fewer columns."""
        return TextWriter(self.typesetter, max(self.columns - columns, 20))

    # --- mathematics

    def formula(self, node: InlineFormula) -> str:
        """Mathematics within a line, held together; of several lines where it has matrices or is wider than a line."""
        text = self.shown(node.says, self.columns)
        if "\n" not in text and width(text) > self.columns:
            text = "\n".join(folded(text, self.columns - INDENT, 3))
        return text if "\n" in text else text.replace(" ", GLUE)

    def shown(self, says: Sequence[Any], columns: int) -> str:
        """The parts of a formula one after another."""
        return "".join(self.mathematics(part, columns) for part in says)

    def mathematics(self, part: Any, columns: int) -> str:
        """A part of a formula, lines under each other."""
        match part:
            case Typed(tex):
                return laid_out(from_tex(tex)).lines[0].strip()
            case Swatch():
                return ""
            case Beside(items):
                texts = [self.mathematics(item, columns) for item in items]
                mark = "; " if any("," in text for text in texts) else ", "
                return mark.join(texts)
            case Chain() | Claim() | Given():
                return block(*self.proven(part), dict(self.typesetter.signs), columns)
            case Size(of, letters):
                lengths = " × ".join(letters.get(length, str(length)) for length in of.shape)
                return f"{self.term(of)} ∈ ℝ^({lengths})"
            case Quantity():
                number, exact = self.number(part)
                return f"{'' if exact else '≈ '}{number} {self.typesetter.unit(part)}"
            case UnitMeaning(sides=sides):
                return " = ".join(self.mathematics(side, columns) for side in sides)
            case TensorShape(lengths=lengths):
                texts = [self.named(length) for length in lengths]
                return " × ".join(texts) if part.crossed else f"({self.separator.join(texts)})"
            case Sizes(symbols):
                return ", ".join(f"{plain_text(symbol)} ∈ ℝ{space(symbol)}" for symbol in symbols)
            case Expression():
                return plain_text(part)
            case Result():
                return f"{self.side(part)} {'←' if part.kind == 'step' else '='} {plain_text(part.value)}"
            case GradientReading(letter, wrt):
                inside = f"(∇{letter})ᵀ d{plain_text(wrt)}"
                return f"d{letter} = {inside if wrt.columns == 1 else f'tr({inside})'}"
            case NormalModel(observation, mean, covariance):
                return f"{plain_text(observation)} ∼ N({plain_text(mean)}, {plain_text(covariance)})"
            case Name() | Apply() | Marked() | Literal():
                return self.term(part)
            case _:
                return from_tex(self.typesetter.typeset(part))

    def number(self, quantity: Quantity) -> tuple[str, bool]:
        """The number of a quantity, and whether no digit of it is dropped."""
        shown, policy = self.proven(quantity.said)
        return block(shown, policy, dict(self.typesetter.signs)), digits(quantity.number, policy).exact

    @property
    def separator(self) -> str:
        """What stands between numbers."""
        return "; " if self.typesetter.policy.point == "," else ", "

    def proven(self, part: Chain | Claim | Given) -> tuple[Term | Chain, Policy]:
        """What a part says, once it has been proven, and how its numbers look."""
        if isinstance(part, Chain):
            self.typesetter.proofs.require(part)
            return part, self.typesetter.policy
        prove(part, self.typesetter.proofs)
        return part.shown, part.policy(self.typesetter.policy) if isinstance(part, Claim) else self.typesetter.policy

    def box(self, part: Any, columns: int) -> tuple[TextBox, bool]:
        """A part of a display, and whether it is unbroken."""
        if isinstance(part, Chain | Claim | Given):
            box = whole(*self.proven(part), dict(self.typesetter.signs))
            if box.width <= columns:
                return box, True
        lines = self.mathematics(part, columns).split("\n")
        return stacked(lines), len(lines) == 1

    def term(self, term: Term) -> str:
        """A term alone."""
        return block(term, self.typesetter.policy, dict(self.typesetter.signs))

    def side(self, result: Result) -> str:
        """What a result is equal to."""
        letter, wrt = laid_out(from_tex(result.letter)).lines[0], plain_text(result.wrt)
        variables = ", ".join(map(plain_text, result.variables))
        return {
            "function": f"{letter}({variables})", "differential": f"d{letter}",
            "gradient": f"∇_{wrt} {letter}" if len(result.variables) > 1 else f"∇{letter}",
            "jacobian": f"J({letter})", "hessian": f"∇²{letter}", "second_differential": f"d²{letter}", "step": wrt,
            "optimum": from_tex(name_tex(result.wrt.name + "hat", {})),
        }[result.kind]  # fmt: skip

    def display(self, node: DisplayedFormula) -> list[str]:
        """Mathematics on lines of its own, a little to the right; its number at the right of the last."""
        if node.number:
            number = f"  ({node.number})"
            *above, last = self.narrower(width(number)).display(msgspec.structs.replace(node, number=""))
            return [*above, padded(last, self.columns - width(number)) + number]
        columns = self.columns - INDENT
        match node.says:
            case (Beside(items),):
                marks = [*("," for _ in items[1:]), node.mark]
                boxes = [self.box(item, columns - 1) for item in items]
                marked = [(closed(*box, mark), box[1]) for box, mark in zip(boxes, marks, strict=True)]
                return indented(packed(marked, columns))
            case (Chain() | Claim() | Given() as part,):
                box = self.box(part, columns - 1)
                return indented([line.rstrip() for line in closed(*box, node.mark).lines])
            case says:
                *above, last = self.shown(says, columns - 1).split("\n")  # the mark needs room too
                return indented([*above, last + node.mark] if above else folded(last + node.mark, columns, GAP))

    def points(self, node: Points) -> list[str]:
        """Points at the right, above the step."""
        return [] if node.share is None else [f"[{in_words(node.share, self.typesetter)}]".rjust(self.columns)]

    def answers(self, node: Answers) -> list[str]:
        """The answers under each other, part by part."""
        lines: list[str] = []
        for row in node.rows:
            mark = f"{row.letter}) " if row.letter else ""
            within = self.narrower(INDENT + len(mark))
            found = [line for words in row.answers for line in within.paragraph(Paragraph(words))]
            marks = [mark, *(" " * len(mark) for _ in found[1:])]
            lines += indented([f"{mark}{line}" for mark, line in zip(marks, found, strict=True)])
        return lines

    # --- what is no words

    def picture(self, node: Picture) -> list[str]:
        """A figure in words."""
        told = node.item.told(replace(telling(self.typesetter), read=self.named))
        return indented(self.narrower(INDENT).wrapped(f"[{told}]"))

    def named(self, label: Any) -> str:
        """A label of a figure, as formulas beside it write it."""
        match label:
            case Label():
                return label.of(self.typesetter.language)
            case Sign():
                return laid_out(from_tex(self.typesetter.sign(label))).lines[0]
            case _:
                return self.cell(label)

    def grid(self, node: TableBlock) -> list[str]:
        """A table under its head, the columns that name the rows set off."""
        n = node.item.named
        head, *cells = [[self.cell(cell) for cell in row] for row in (node.item.head, *node.item.rows)]
        cells = [head, *([*row[:n], *(cell or "–" for cell in row[n:])] for row in cells)]
        columns = [max(map(width, column)) for column in zip(*cells, strict=True)]
        sides = [slice(n), slice(n, None)] if n else [slice(None)]
        rows = [
            " │ ".join("  ".join(map(padded, row[side], columns[side])) for side in sides).rstrip() for row in cells
        ]
        *names, said = (columns[side] for side in sides)
        lines = ["─" * (sum(side) + 2 * (len(side) - 1) + 1) for side in names]
        line = "┼".join([*lines, "─" * (sum(said) + 2 * len(said))])
        return indented([rows[0], line, *rows[1:]])

    def cell(self, cell: Any) -> str:
        """A cell; an empty one is nothing."""
        return "" if cell is None else self.mathematics(cell, 10_000)

    def derivation(self, node: DerivationBlock) -> list[str]:
        """Lines under each other, the laws' names at the right, or under a line that leaves no room."""
        lefts = [self.left(row, node.item) for row in node.item.rows]
        left = max(map(width, lefts))
        lines: list[str] = []
        for row, head in zip(node.item.rows, lefts, strict=True):
            if head or left:
                sign = "≈" if row.small else "="
                text = f"{padded(head, left)} {sign} {plain_text(row.sides[-1])}"
            else:
                text = " = ".join(map(plain_text, row.sides))
            hang = left + 3 if left + 3 <= self.columns // 2 else 6  # well away from the relations
            *above, last = folded(text, self.columns - INDENT, hang)
            room = self.columns - INDENT - width(last)
            if len(row.remark) + GAP <= room:
                lines += [*above, last + row.remark.rjust(room)]
            else:
                remark = textwrap.wrap(row.remark, self.columns - INDENT)
                lines += [*above, last, *(line.rjust(self.columns - INDENT) for line in remark)]
        return indented(lines)

    def left(self, row: DerivationRow, steps: Steps) -> str:
        """What stands left of the relations: the differential of a function with a name, or a side written out."""
        if not row.left:
            return ""
        return laid_out(from_tex(row.left)).lines[0] if steps.named else plain_text(row.sides[0])

    def listing(self, node: Listing) -> list[str]:
        """A list, hanging."""
        lines: list[str] = []
        for number, item in enumerate(node.items, start=1):
            mark = f"{number}. " if node.counted else "• "
            first, *rest = self.narrower(len(mark)).blocks(item) or [""]
            lines += [mark + first, *indented(rest, len(mark))]
        return lines

    def conventions(self, node: Conventions) -> list[str]:
        """The box of conventions: a title and sentences."""
        narrow = self.narrower(2)
        items = [narrow.wrapped(narrow.words(item)) for item in node.items]
        return [
            *self.wrapped(self.words(node.title)),
            *(f"{'  ' if at else '• '}{line}" for item in items for at, line in enumerate(item)),
        ]

    INLINE: ClassVar[dict[type, Callable[[TextWriter, Any], str]]] = {
        Text: lambda self, node: node.text,
        Foreign: lambda self, node: visible(node),
        Emphasis: lambda self, node: self.words(node.words),
        LawSentence: lambda self, node: self.words(node.words),
        InlineFormula: formula,
        Reference: lambda self, node: f"({node.number})",
        InlineNumber: lambda self, node: (
            self.mathematics(node.item, self.columns).replace(" ", GLUE)
            if isinstance(node.item, Claim | Given)
            else str(node.item)
        ),
    }
    LINES: ClassVar[dict[type, Callable[[TextWriter, Any], list[str]]]] = {
        DisplayedFormula: display,
        Points: points,
        Answers: answers,
        StepHeading: lambda self, node: self.wrapped(self.words(node.words)),
        Listing: listing,
        Picture: picture,
        TableBlock: grid,
        DerivationBlock: derivation,
        Code: lambda self, node: indented(node.text.split("\n")),
        Where: lambda self, node: self.blocks(node.blocks),
        Conventions: conventions,
        WritingSpace: lambda self, node: [],
        RawTeX: lambda self, node: self.wrapped(self.words(node.instead)),
        Paragraph: paragraph,
    }


def space(symbol: Symbol) -> str:
    """The lengths of a vector or of a matrix, raised: ⁿ, ^(n × k); nothing for a number"""
    if symbol.shape == SCALAR:
        return ""
    return raised(str(symbol.rows)) if symbol.columns == 1 else f"^({symbol.rows} × {symbol.columns})"


def indented(lines: Sequence[str], columns: int = INDENT) -> list[str]:
    """Lines a little to the right."""
    return [" " * columns + line if line else "" for line in lines]


def folded(text: str, columns: int, hang: int) -> list[str]:
    """A formula on one line, in lines of so many columns where its signs allow, all but the first to the right."""
    return [piece.lines[0] for piece in pieces(TextBox((text,)), columns, hang)]


def closed(box: TextBox, unbroken: bool, mark: str) -> TextBox:
    """A formula and its mark, on its base line or, where it is broken, behind its last row."""
    if unbroken:
        return beside([box, TextBox((mark,))])
    *above, last = box.lines
    return stacked([*above, last.rstrip() + mark])


def packed(boxes: Sequence[tuple[TextBox, bool]], columns: int) -> list[str]:
    """Formulas beside each other on one base line while they are unbroken and fit, else under each other."""
    rows: list[tuple[TextBox, bool]] = []
    for box, one in boxes:
        if rows and one and rows[-1][1] and rows[-1][0].width + GAP + box.width <= columns:
            rows[-1] = beside([rows[-1][0], TextBox((" " * GAP,)), box]), True
        else:
            rows.append((box, one))
    return [line.rstrip() for row, _ in rows for line in row.lines]


def conventions(box: Conventions, typesetter: Typesetter, columns: int) -> str:
    """The box of conventions, below what rests on them."""
    return "\n".join(TextWriter(typesetter, columns).write(box))


def problem(made: Problem, typesetter: Typesetter, say: Callable[[str], str], columns: int, *, solutions: bool) -> str:
    """An exercise as text; `say` gives the words of the language by their names."""
    writer = TextWriter(typesetter, columns)
    lines = [*writer.wrapped(f"{writer.words(made.title)}"), "=" * min(columns, width(writer.words(made.title)))]

    def after(more: Iterator[str] | list[str]) -> None:
        found = list(more)
        if found:
            lines.extend(["", *found])

    after(writer.blocks(made.statement.blocks))
    for part in made.parts:
        mark = f"{part.letter}) " if len(made.parts) > 1 else ""
        first, *rest = writer.narrower(len(mark)).blocks(part.statement.blocks) or [""]
        after([mark + first, *indented(rest, len(mark))])
        if solutions and part.solution:
            inside = TextWriter(typesetter, columns - 2).blocks(part.solution.blocks)
            after([f"│ {say('solution')}.", "│", *(f"│ {line}".rstrip() for line in inside)])
    if solutions and made.remark:
        after([f"{say('remark')}", *writer.blocks(made.remark.blocks)])
    if solutions and made.answers is not None:
        after([say("answers"), *writer.write(made.answers)])
    if solutions:
        after(writer.blocks(made.confirmation))
    return "\n".join(lines)
