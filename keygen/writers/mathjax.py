r"""Nodes as HTML for pages that set formulas with MathJax, as learning systems do: TeX in \( \) and \[ \], figures as
files beside the text, no style sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache, cached_property
from html import escape
from typing import Any, ClassVar

from msgspec import Struct

from keygen.course.handout import WritingSpace
from keygen.document.decimals import aligned
from keygen.document.nodes import (
    Answers,
    Code,
    Conventions,
    DerivationBlock,
    DisplayedFormula,
    InlineFormula,
    InlineNumber,
    Picture,
    Points,
    TableBlock,
    Typed,
)
from keygen.document.pictures import drawn_and_told
from keygen.document.template import in_words
from keygen.document.typesetter import Beside, Typesetter
from keygen.figures.figure import Swatch
from keygen.figures.svg import sample
from keygen.mathematics.braces import groups
from keygen.mathematics.latex import related
from keygen.mathematics.names import in_line
from keygen.mathematics.terms import Chain
from keygen.matrix.marks import COMMA, MatrixSizes
from keygen.writers.html import HtmlWriter, glyphs

CELL = '"border:1px solid #999;padding:2px 8px"'
FRAMES = ("#c44e18", "#186c8c", "#54823a")
"""The colours of the frames by which a page marks equal factors."""
MACRO = re.compile(r"\\kg(mat|mark|chain|link)(?=\{)")
OPEN, CLOSE, DISPLAYED = r"\[", r"\]", r"\displaystyle "
ROWS, BROKEN = r" \\ ", r"\begin{aligned}"
ENDS = (r"\end{aligned}", r"\end{gathered}")
ROOM = 60
"""Glyphs for which a row has room."""
LARGEST = 500_000
"""Bytes of a figure that a page still takes as one; a larger one is told in words."""


class FigureFile(Struct, frozen=True):
    """A figure as a file beside the text that shows it: its name, and SVG."""

    name: str
    svg: str


class MathJaxWriter(HtmlWriter):
    """The writer of one text. `figures` are those that it shows, each one file, `large` those that are only told in
    words; `folder` stands before the files' names."""

    def __init__(self, typesetter: Typesetter, folder: str = "") -> None:
        super().__init__(typesetter)
        self.folder = folder
        self.figures: dict[str, FigureFile] = {}
        self.large: list[str] = []

    # --- mathematics

    def formula(self, node: InlineFormula) -> str:
        """Mathematics within a line; a sample of a stroke stands outside any formula."""
        strokes, text = self.parted(node.says)
        text = in_line(text)
        return strokes + (self.math(text) if text.strip() else "")

    def display(self, node: DisplayedFormula) -> str:
        """Mathematics on lines of its own; one that a sample of a stroke belongs to stands beside that."""
        strokes, text = self.parted(node.says, shown=True)
        text = closed(plain(text), node.mark)
        if strokes:
            return f"<p>{strokes} {self.math(rf'{DISPLAYED}{text}')}</p>"
        number = rf"\tag{{{node.number}}}" if node.number else ""
        return f"<p>{self.displayed(text + number)}</p>"

    def parted(self, says: Iterable[Any], *, shown: bool = False) -> tuple[str, str]:
        """The samples of the strokes of paths that belong to a formula, ornaments; and the formula."""
        strokes, texts = "", []
        for part in says:
            if isinstance(part, Swatch):
                strokes += self.image(sample(part.number), "")
            else:
                texts.append(self.tex(part, shown=shown))
        return strokes, "".join(texts)

    def tex(self, part: Any, *, shown: bool = False) -> str:
        """A part of a formula; in a display a line of several links is broken at its relations."""
        match part:
            case Typed(tex):
                return tex
            case Beside(items):
                texts = [self.tex(item, shown=shown) for item in items]
                if shown and (any(BROKEN in text for text in texts) or sum(map(glyphs, texts)) > ROOM):
                    *before, last = texts
                    rows = ROWS.join([*(closed(text, ",") for text in before), last])
                    return rf"\begin{{gathered}}{rows}\end{{gathered}}"
                return (r",\qquad " if shown else r",\ ").join(texts)
            case Chain():
                self.typesetter.proofs.require(part)
                (_, first), *rest = related(part, self.typesetter.printer)
                if shown and len(rest) > 1:
                    rows = ROWS.join(f"{{}}&{sign} {text}" for sign, text in rest)
                    return rf"{BROKEN}{first}{rows}\end{{aligned}}"
                return first + "".join(f" {sign} {text}" for sign, text in rest)
            case MatrixSizes():
                return self.typesetter.typeset(part).replace(COMMA, r",\ ")
            case _:
                return self.typesetter.typeset(part)

    def math(self, tex: str) -> str:
        """A formula between words or in a cell."""
        return escape(rf"\({plain(tex)}\)", quote=False)

    def displayed(self, tex: str) -> str:
        """A formula on a line of its own."""
        return escape(f"{OPEN}{tex}{CLOSE}", quote=False)

    def value(self, node: InlineNumber) -> str:
        """A number among words."""
        text = self.typesetter.typeset(node.item)
        return text if text.isdigit() else self.math(text)

    # --- figures, tables, derivations

    def picture(self, node: Picture) -> str:
        """A figure, told in words for who does not see it."""
        return f"<p>{self.image(*drawn_and_told(node.item, self.typesetter))}</p>"

    def image(self, drawn: str, told: str) -> str:
        """A drawing as a file; one that is there already has its name."""
        if len(drawn.encode()) > LARGEST:
            self.large.append(told)
            return escape(told, quote=False)
        if drawn not in self.figures:
            self.figures[drawn] = FigureFile(f"figure{len(self.figures) + 1}.svg", drawn)
        return f'<img src="{self.folder}{self.figures[drawn].name}" alt="{escape(told)}">'

    def grid(self, node: TableBlock) -> str:
        """A table; its first columns name the rows."""
        n = node.item.named
        cells = aligned([[self.typesetter.label(cell) or "" for cell in row[n:]] for row in node.item.rows])
        rows = [
            [self.head(cell, "row") for cell in row[:n]] + [f"<td style={CELL}>{self.cell(one)}</td>" for one in told]
            for row, told in zip(node.item.rows, cells, strict=True)
        ]
        return table([[self.head(cell, "col") for cell in node.item.head], *rows])

    def cell(self, text: str) -> str:
        """What a cell holds, a dash in one that has nothing to say."""
        return self.math(text) if text else "–"

    def head(self, cell: Any, scope: str) -> str:
        """A cell that heads its row or column; an empty one heads nothing."""
        text = self.typesetter.label(cell)
        return f'<th scope="{scope}" style={CELL}>{self.math(text)}</th>' if text else f"<td style={CELL}></td>"

    def derivation(self, node: DerivationBlock) -> str:
        """Lines under each other, each with the names of its laws."""
        return table(
            [*map(self.side, (row.left, row.right)), f"<td><em>{escape(row.remark, quote=False)}</em></td>"]
            for row in node.item.rows
        )

    def side(self, tex: str) -> str:
        """A side of a line of a derivation."""
        return f"<td>{self.math(f'{DISPLAYED}{tex}') if tex else ''}</td>"

    def points(self, node: Points) -> str:
        """What a step is worth, before its first line."""
        return f"<p><small>[{self.share(node.share)}]</small></p>" if node.share else ""

    @cached_property
    def share(self) -> Callable[[Fraction], str]:
        """Points in words; many steps are worth as much."""
        return cache(lambda points: escape(in_words(points, self.typesetter)))

    def answers(self, node: Answers) -> str:
        """The answers in a table, a row for each part."""
        letters = (f"<th>{row.letter})</th>" if row.letter else "<td></td>" for row in node.rows)
        said = ("<br>".join(map(self.words, row.answers)) for row in node.rows)
        return table([letter, f"<td>{words}</td>"] for letter, words in zip(letters, said, strict=True))

    def conventions(self, node: Conventions) -> str:
        """What the answers rest on."""
        items = "".join(f"<li>{self.words(item)}</li>" for item in node.items)
        return f"<p><strong>{self.words(node.title)}</strong></p><ul>{items}</ul>"

    WRITES: ClassVar[dict[type, Callable[[Any, Any], str]]] = {
        **HtmlWriter.WRITES,
        InlineFormula: formula,
        InlineNumber: value,
        DisplayedFormula: display,
        Points: points,
        Answers: answers,
        Picture: picture,
        TableBlock: grid,
        DerivationBlock: derivation,
        Code: lambda self, node: f"<pre>{escape(node.text, quote=False)}</pre>",
        Conventions: conventions,
        WritingSpace: lambda self, node: "",
    }


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows of finished cells."""
    return "<table><tbody>{}</tbody></table>".format("".join(f"<tr>{''.join(row)}</tr>" for row in rows))


def closed(tex: str, mark: str) -> str:
    """A formula and the mark behind it, in the last of its rows if it has several."""
    place = len(tex)
    while tex.endswith(ENDS, 0, place):
        place = tex.rindex(r"\end", 0, place)
    return f"{tex[:place]}{mark}{tex[place:]}"


def plain(tex: str) -> str:
    r"""TeX without the style's macros: \kgmat{X} is X, \kgchain{a}{\kglink{=}{b}} is a = b, \kgmark{1}{X} stands in a
    coloured frame."""
    while found := MACRO.search(tex):
        if found[1] == "mat":
            (inside,) = groups(tex, found.end(), 1)
            end, instead = found.end() + len(inside) + 2, inside
        elif found[1] in ("chain", "link"):
            first, second = groups(tex, found.end(), 2)
            end, instead = found.end() + len(first) + len(second) + 4, f"{first} {second}"
        else:
            number, inside = groups(tex, found.end(), 2)
            end = found.end() + len(number) + len(inside) + 4
            instead = rf"\bbox[1px,border:1px solid {FRAMES[int(number) - 1]}]{{{inside}}}"
        tex = f"{tex[: found.start()]}{instead}{tex[end:]}"
    return tex
