"""Nodes as HTML, which needs nothing else: no script, no request, no TeX.

Formulas are MathML Core, figures SVG. A line *symbols = numbers = value* is a left side and its links, which break into
rows at their relations; what is still too wide for a narrow screen scrolls by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import Any, ClassVar

from keygen.course.handout import RULED, SQUARE, WritingSpace
from keygen.document.decimals import aligned
from keygen.document.nodes import (
    BLOCKS,
    Answers,
    Blocks,
    Code,
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
    Picture,
    Points,
    RawTeX,
    Reference,
    StepHeading,
    TableBlock,
    Text,
    Typed,
    Where,
    computations,
)
from keygen.document.pictures import svg
from keygen.document.template import in_words
from keygen.document.tex_text import visible
from keygen.document.told_laws import ToldLaws
from keygen.document.typesetter import Beside, Typesetter
from keygen.figures.figure import Swatch
from keygen.figures.svg import sample
from keygen.figures.svg_labels import Lettering
from keygen.mathematics.latex import related
from keygen.mathematics.names import in_line
from keygen.mathematics.terms import Chain
from keygen.matrix.marks import COMMA, MatrixSizes
from keygen.writers.breaks import linked
from keygen.writers.mathml import mathml
from keygen.writers.writer import Writer

TAGS = {"emph": "em", "textit": "em", "textbf": "strong", "texttt": "code"}
UNSEEN = re.compile(r"\\[A-Za-z]+|[{}^_&\\ ]")
FORMULA = r"<math>(?:[^<]|<(?!/math>))*</math>"
GLUED = re.compile(
    rf'[(«“]*(?:<span class="(?:wide(?: vast)?|kept)"(?:[^<]|<(?!/span>))*</span>|{FORMULA})[.,:;!?)»”]+'
)
"""A formula and the punctuation that no line may begin with."""
DASH = re.compile(r"\s—")
"""A dash, which no line begins with."""
MILLIMETRES = re.compile(r'width="([\d.]+)mm"')
FRACTION = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
SCRIPTS = re.compile(r"_(\{[^{}]*\}|\w)\^(\{[^{}]*\}|\w)")
MATRIX = re.compile(r"\\begin\{\w+\}(.*?)\\end\{\w+\}", re.DOTALL)
WIDE = 20
"""Glyphs of a formula that is as wide as a narrow screen."""
VAST = 34
"""Glyphs of a formula that may be wider than a sheet of paper."""


class HtmlWriter(Writer):
    """The writer of one exercise, or of a page of its own; `told` are the laws that its sheet has told already."""

    def __init__(self, typesetter: Typesetter, told: ToldLaws | None = None) -> None:
        super().__init__(typesetter)
        self.told = ToldLaws() if told is None else told

    def blocks(self, blocks: Blocks) -> str:
        """Paragraphs and what stands between their lines."""
        return "\n".join(map(self.write, blocks))

    def paragraph(self, node: Paragraph) -> str:
        """A paragraph: runs of words, and displays and the like between them."""
        return "\n".join(self.runs(computations(node.parts)))

    def runs(self, parts: Iterable[Any]) -> Iterator[str]:
        """Words in paragraphs of their own, blocks as they are; displays of one computation share their alignment."""
        run: list[str] = []
        for part in parts:
            if isinstance(part, tuple):
                yield from closed(run)
                yield '<div class="computation">{}</div>'.format("".join(map(self.write, part)))
                run = []
                continue
            if part.__class__ in BLOCKS:
                yield from closed(run)
                run = []
                if not isinstance(part, StepHeading):
                    yield self.write(part)
                    continue
            run.append(self.write(part))
        yield from closed(run)

    def plain(self, node: Text) -> str:
        """Words; no line begins with a dash."""
        written = escape(node.text, quote=False)
        return DASH.sub("\u00a0—", written) if "—" in written else written

    # --- mathematics

    def formula(self, node: InlineFormula) -> str:
        """Mathematics within a line."""
        return "".join(map(self.inline, node.says))

    def inline(self, part: Any) -> str:
        """A part of a formula within a line: a chain breaks at its relations, a list at its commas."""
        match part:
            case Typed(tex):
                return mathml(tex)
            case Beside(items):
                return ", ".join(map(self.inline, items))
            case Chain():
                links = self.links(part, self.typesetter.in_line)
                written = [scrolling(link, mathml(link)) for link in links]
                return (
                    "<wbr>".join(written) if wide("".join(links)) else f'<span class="kept">{"".join(written)}</span>'
                )
            case Swatch(number):
                return sample(number)
            case MatrixSizes():
                return ", ".join(map(mathml, self.typesetter.typeset(part).split(COMMA)))
            case _:
                text = in_line(self.typesetter.in_line.typeset(part))
                return scrolling(text, mathml(text))

    def display(self, node: DisplayedFormula) -> str:
        """Mathematics on lines of its own."""
        keyed = " keyed" if any(isinstance(part, Swatch) for part in node.says) else ""
        *before, last = node.says or (Typed(""),)
        shown = "".join(map(self.shown, before)) + self.shown(last, node.mark)
        if not node.number:
            return f'<div class="display{keyed}">{shown}</div>'
        return f'<div class="numbered"><div class="display{keyed}">{shown}</div><span>({node.number})</span></div>'

    def points(self, node: Points) -> str:
        """Points at the margin."""
        return f'<small class="points">{escape(in_words(node.share, self.typesetter))}</small>' if node.share else ""

    def answers(self, node: Answers) -> str:
        """The answers in a table, a row for each part."""
        heads = [f'<th scope="row">{row.letter})</th>' if row.letter else "<td></td>" for row in node.rows]
        cells = ["".join(f"<div>{self.words(words)}</div>" for words in row.answers) for row in node.rows]
        rows = "".join(f"<tr>{head}<td>{cell}</td></tr>" for head, cell in zip(heads, cells, strict=True))
        return f'<div class="table answers" tabindex="0"><table><tbody>{rows}</tbody></table></div>'

    def shown(self, part: Any, mark: str = "") -> str:
        """A part of a display; `mark` closes it."""
        match part:
            case Beside(items):
                marks = [*("," for _ in items[1:]), mark]
                rows = "".join(f"<div>{self.shown(*item)}</div>" for item in zip(items, marks, strict=True))
                return f'<div class="beside">{rows}</div>'
            case Chain():
                return chained(self.links(part, self.typesetter), mark)
            case Swatch():
                return f"<span>{self.inline(part)}{mark}</span>"
            case Typed(tex):
                return one_line(tex + mark)
            case _:
                return one_line(self.typesetter.typeset(part) + mark)

    def links(self, chain: Chain, typesetter: Typesetter) -> list[str]:
        """The sides of a chain in TeX, each but the first with its relation; a vast one breaks before its signs."""
        typesetter.proofs.require(chain)
        found = related(chain, typesetter.printer)
        pieces = [linked(sign, text, vast) if sign else [text] for sign, text in found]
        return [piece for row in pieces for piece in row]

    # --- tables, figures, derivations

    def picture(self, node: Picture) -> str:
        """A figure, which gets smaller on a narrow screen as long as one can read it."""
        drawn = svg(node.item, self.typesetter)
        return f'<figure tabindex="0" style="--width:{MILLIMETRES.findall(drawn)[0]}mm">{drawn}</figure>'

    def grid(self, node: TableBlock) -> str:
        """A table; its first columns name the rows."""
        n = node.item.named
        head = "".join(self.headings(node.item.head, "col", n))
        cells = aligned([[self.typesetter.label(cell) or "" for cell in row[n:]] for row in node.item.rows])
        rows = "".join(
            f"<tr>{''.join(self.headings(row[:n], 'row', n))}{''.join(map(self.cell, told))}</tr>"
            for row, told in zip(node.item.rows, cells, strict=True)
        )
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return f'<div class="table" tabindex="0">{table}</div>'

    def cell(self, text: str) -> str:
        """A cell, a dash in one that has nothing to say."""
        return f"<td>{mathml(text) if text else '–'}</td>"

    def headings(self, cells: Sequence[Any], heads: str, edge: int) -> Iterator[str]:
        """Cells that head their rows or columns; a rule stands behind as many as the `edge` says."""
        for place, cell in enumerate(cells, start=1):
            yield self.heading(cell, heads, ' class="edge"' if place == edge else "")

    def heading(self, cell: Any, heads: str, edge: str) -> str:
        """A cell that heads its row or column; an empty one heads nothing."""
        text = self.typesetter.label(cell)
        if not text:
            return f"<td{edge}></td>"
        said = escape(
            Lettering(self.typesetter.text, self.typesetter.language).plain(cell)
        )  # not everybody reads MathML
        named = mathml(text).replace("<math", f'<math aria-label="{said}"', 1)
        return f'<th scope="{heads}"{edge}>{named}</th>'

    def derivation(self, node: DerivationBlock) -> str:
        """Lines under each other, each with the names of its laws."""
        long = " long" if any(wide(row.right, 2 * WIDE) for row in node.item.rows) else ""
        apart = " apart" if any(wide(row.left, WIDE // 2) for row in node.item.rows) else ""
        rows = "".join(
            f"<div>{one_line(row.left) if row.left else ''}</div>"
            f'<div>{one_line(row.right, WIDE // 2)}</div><div class="law">{escape(row.remark, quote=False)}</div>'
            for row in node.item.rows
        )
        return f'<div class="derivation{long}{apart}">{rows}</div>'

    def law(self, node: LawSentence) -> str:
        """The sentence of a law, in full where it is the first of the sheet."""
        return self.words(self.told.said(node.law, node.words, node.named, ()))

    def listing(self, node: Listing) -> str:
        """A list."""
        tag = "ol" if node.counted else "ul"
        items = "".join(f"<li>{self.items(item)}</li>" for item in node.items)
        return f"<{tag}>{items}</{tag}>"

    def items(self, blocks: Blocks) -> str:
        """The inside of an item: words alone need no paragraph."""
        written = self.blocks(blocks)
        alone = written.startswith("<p>") and written.endswith("</p>") and written.count("<p") == 1
        return written[len("<p>") : -len("</p>")] if alone else written

    def conventions(self, node: Conventions) -> str:
        """The box of a sheet's conventions."""
        items = "".join(f"<li>{kept(self.words(item))}</li>" for item in node.items)
        return f'<aside class="conventions"><strong>{self.words(node.title)}</strong><ul>{items}</ul></aside>'

    def room(self, node: WritingSpace) -> str:
        """Room to write in."""
        height = {"blank": node.height, "grid": node.rows * SQUARE, "lines": node.rows * RULED}[node.kind]
        return f'<div class="room {node.kind}" style="height: {float(height):g}mm"></div>'

    def value(self, node: InlineNumber) -> str:
        """A number among words."""
        text = self.typesetter.typeset(node.item)
        return escape(text) if text.isdigit() else mathml(text)

    WRITES: ClassVar[dict[type, Callable[[HtmlWriter, Any], str]]] = {
        Text: plain,
        Foreign: lambda self, node: escape(visible(node), quote=False),
        Emphasis: lambda self, node: "<{0}>{1}</{0}>".format(TAGS[node.kind], self.words(node.words)),
        LawSentence: law,
        InlineFormula: formula,
        InlineNumber: value,
        Reference: lambda self, node: f"({node.number})",
        DisplayedFormula: display,
        Points: points,
        Answers: answers,
        StepHeading: lambda self, node: f"<strong>{self.words(node.words)}</strong> ",
        Listing: listing,
        Picture: picture,
        TableBlock: grid,
        DerivationBlock: derivation,
        Code: lambda self, node: f'<pre tabindex="0"><code>{escape(node.text, quote=False)}</code></pre>',
        Where: lambda self, node: f'<div class="where">{self.blocks(node.blocks)}</div>',
        Conventions: conventions,
        WritingSpace: room,
        RawTeX: lambda self, node: f"<p>{self.words(node.instead)}</p>",
        Paragraph: paragraph,
    }


def closed(run: list[str]) -> Iterator[str]:
    """A run of words as a paragraph, unless it is empty."""
    text = "".join(run).strip()
    if text:
        yield f"<p>{kept(text)}</p>"


def kept(text: str) -> str:
    """Words whose formulas stay on a line with the punctuation behind them."""
    return GLUED.sub(r'<span class="kept">\g<0></span>', text) if "<" in text else text


def scrolling(tex: str, math: str, most: int = WIDE) -> str:
    """A formula within a line; a wide one scrolls on a narrow screen, and one wider than a page is smaller on paper."""
    named = " vast" if vast(tex) else ""
    return f'<span class="wide{named}" tabindex="0">{math}</span>' if wide(tex, most) else math


def wide(tex: str, most: int = WIDE) -> bool:
    """Whether a formula is as wide as a narrow screen, or as so many glyphs."""
    return glyphs(tex) > most


def glyphs(tex: str) -> int:
    """How many glyphs stand beside each other in a formula."""
    return len(UNSEEN.sub("", MATRIX.sub(widest, FRACTION.sub(wider, SCRIPTS.sub(wider, tex)))))


def vast(tex: str) -> bool:
    """Whether a formula may be wider than a sheet of paper."""
    return wide(tex, VAST)


def wider(stacked: re.Match[str]) -> str:
    """The half of a fraction, or of an index and an exponent, that says how wide it is."""
    return max(stacked.groups(), key=lambda half: len(UNSEEN.sub("", half)))


def widest(matrix: re.Match[str]) -> str:
    """As many glyphs as the longest row of a matrix takes the room of, with its brackets and gaps."""
    return "x" * (3 + max(len(UNSEEN.sub("", row)) + 2 * row.count("&") for row in matrix[1].split(r"\\")))


def one_line(tex: str, most: int = WIDE) -> str:
    """A formula of a display."""
    made = mathml(tex, display=True).replace('display="block"', 'displaystyle="true"', 1)
    return scrolling(tex, made, most) if wide(tex, most) else f"<span>{made}</span>"


def chained(links: Sequence[str], mark: str = "") -> str:
    """A left side and what follows it, which breaks into rows that begin with their relations."""
    *before, last = links
    first, *rest = *before, last + mark
    if not rest:
        return one_line(first)
    long = wide(first, WIDE // 3)
    room = WIDE if long else WIDE - glyphs(first)
    sides = "".join(one_line(link, room) for link in rest)
    return f'<div class="chain{" long" if long else ""}">{one_line(first)}<div>{sides}</div></div>'
