"""Nodes as Markdown for notebooks: words in plain paragraphs, TeX between dollars, figures inside as data; lists and
tables, which Markdown has no form for with formulas in them, as HTML.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from html import escape
from typing import Any, ClassVar

from keygen.document.nodes import Blocks, Foreign, Text, computations
from keygen.document.tex_text import visible
from keygen.writers.mathjax import LARGEST, MathJaxWriter, plain

MARKS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "\\`*_[]$|~"})
"""Signs that mean something in Markdown, as references: those stand for themselves in HTML too."""
LINE = re.compile(r"<p>((?:(?!<p>).)*)</p>", re.DOTALL)
OPENING = re.compile(r"(\d+(?=[.)])|)([-+#>=.)])(?=\s|$)")
"""What at the beginning of a paragraph would make it a list, a heading or a quotation."""


class MarkdownWriter(MathJaxWriter):
    """The writer of one text. `large` are the figures that are only told in words."""

    def text(self, blocks: Blocks) -> str:
        """Paragraphs apart by empty lines."""
        pieces = (piece for block in blocks for piece in self.runs(computations(block.parts)))
        return "\n\n".join(map(line, pieces))

    def math(self, tex: str) -> str:
        """A formula between words or in a cell."""
        return f"${safe(plain(tex))}$"

    def displayed(self, tex: str) -> str:
        """A formula on a line of its own."""
        return f"$${safe(tex)}$$"

    def image(self, drawn: str, told: str) -> str:
        """A drawing as data."""
        data = drawn.encode()
        if len(data) > LARGEST:
            self.large.append(told)
            return escape(told, quote=False).translate(MARKS)
        return f'<img src="data:image/svg+xml;base64,{b64encode(data).decode()}" alt="{escape(told)}">'

    WRITES: ClassVar[dict[type, Callable[[Any, Any], str]]] = {
        **MathJaxWriter.WRITES,
        Text: lambda self, node: marked(node.text),
        Foreign: lambda self, node: marked(visible(node)),
    }


def marked(words: str) -> str:
    """Words in which nothing is a mark."""
    return escape(words, quote=False).translate(MARKS)


def line(piece: str) -> str:
    """A paragraph without its tags, on one line; anything else as it is."""
    found = LINE.fullmatch(piece)
    if found is None:
        return piece
    text = " ".join(found[1].split("\n"))
    first = OPENING.match(text)
    return text if first is None else f"{first[1]}&#{ord(first[2])};{text[first.end() :]}"


def safe(tex: str) -> str:
    """TeX in which there is no sign of HTML, whoever writes it out again."""
    return re.sub("&(?! )", "& ", tex).replace("<", r"\lt ").replace(">", r"\gt ").strip()
