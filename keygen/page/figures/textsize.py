"""How much room a label takes, estimated without TeX: enough to keep labels apart, a little on the large side.

Boxes combine as in TeX: atoms side by side, scripts above and below, fractions about the axis. A command that no
table of `metrics` knows raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from keygen.errors import KeygenError, nearest
from keygen.page.figures import metrics
from keygen.page.figures.slots import EDGE, size_of

EM = 4.0  # mm: one em of an 11 pt document is 3.85 mm; the rest is for safety
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Extent:
    """A box of TeX: its width, its height above and depth below the baseline; in em."""

    width: float = 0.0
    height: float = 0.0
    depth: float = 0.0

    @property
    def total(self) -> float:
        """Height and depth together."""
        return self.height + self.depth

    def beside(self, other: Extent) -> Extent:
        """Both boxes on one line."""
        return Extent(self.width + other.width, max(self.height, other.height), max(self.depth, other.depth))

    def grown(self, width: float = 0.0, height: float = 0.0, depth: float = 0.0) -> Extent:
        """A larger box."""
        return Extent(self.width + width, self.height + height, self.depth + depth)


@lru_cache(maxsize=4096)
def measure(tex: str) -> tuple[float, float]:
    """Width and height (with depth) in mm of `$tex$`, or of what a slot stands for.

    Raises KeygenError where an unknown command or an open group makes the size unknowable.
    """
    if tex.startswith(EDGE):
        return size_of(tex)
    extent = _Reader(tex).line(0, stops=("",))
    return extent.width * EM, extent.total * EM


@lru_cache(maxsize=4096)
def measure_text(text: str) -> tuple[float, float]:
    """Width and height in mm of a label of words; pieces between dollar signs are mathematics."""
    width, height = 0.0, 0.0
    for place, piece in enumerate(text.split("$")):
        size = measure(piece) if place % 2 else (_words(piece).width * EM, _words(piece).total * EM)
        width, height = width + size[0], max(height, size[1])
    return width, height


def _words(text: str) -> Extent:
    wide = sum(letter.isupper() or letter in metrics.WIDE for letter in text)
    width = metrics.WIDE_LETTER * wide + metrics.LETTER * (len(text) - wide)
    return Extent(width, 0.7, 0.22) if text else Extent()


class _Reader:
    """One pass over the tokens of a label; `style` is 0 for text, 1 for script, 2 for scriptscript."""

    def __init__(self, tex: str) -> None:
        self.tex = tex
        self.tokens = [token for token in _TOKEN.findall(tex) if not token.isspace()]
        self.place = 0

    def peek(self) -> str:
        """The next token, "" at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        """The next token, which is thereby read."""
        token = self.peek()
        if not token:
            raise KeygenError(what="a figure's label ends inside a group", found=self.tex)
        self.place += 1
        return token

    def line(self, style: int, stops: tuple[str, ...]) -> Extent:
        """Atoms up to one of the tokens in `stops` ("" is the end), which stays unread."""
        extent, before = Extent(), ""
        while (token := self.peek()) not in stops:
            extent = extent.beside(Extent(_space(before, token, style))).beside(self.scripted(style))
            before = token
        return extent

    def scripted(self, style: int) -> Extent:
        """An atom with its superscript and subscript, which stand one above the other."""
        base, above, below = self.atom(style), Extent(), Extent()
        scale, small = metrics.SCALES[style], min(style + 1, 2)
        while (sign := self.peek()) and sign in "^_'":
            self.take()
            if sign == "_":
                below = below.beside(self.atom(small))
            else:
                above = above.beside(Extent(0.28, 0.6) if sign == "'" else self.atom(small))
        if above.width:
            base = base.grown(height=max(0.0, above.height + max(0.42 * scale, base.height - 0.4) - base.height))
        if below.width:
            base = base.grown(depth=max(0.0, above.depth + below.depth + 0.24 * scale - base.depth))
        beside = max(above.width, below.width)
        return base.grown(width=beside + 0.08 if beside else 0.0)

    def atom(self, style: int) -> Extent:
        """A symbol, a group, or a command with its arguments."""
        token, scale = self.take(), metrics.SCALES[style]
        if token == "{":
            inside = self.line(style, ("}", ""))
            self.take()
            return inside
        if token in metrics.FRACTIONS:
            return self._fraction(0 if token == r"\dfrac" else min(style + 1, 2), scale)
        if token == r"\sqrt":
            return self.atom(style).grown(0.9 * scale, 0.2 * scale, 0.1 * scale)
        if token in metrics.ACCENTS:
            return self.atom(style).grown(0.05, 0.25 * scale)
        if token in metrics.FONTS:
            inside = self.atom(style)
            return inside.grown(0.15 * inside.width)
        if token in metrics.TEXTS:
            words = _words(self._raw())
            return Extent(words.width * scale, words.height * scale, words.depth * scale)
        if token == r"\color":
            self._raw()
            return Extent()
        if token in metrics.COLORED:
            self._raw()
        if token in metrics.COLORED or token in metrics.FRAMES:
            frame = metrics.FRAMES.get(token, 0.0)
            return self.atom(style).grown(2 * frame, frame, frame)
        if token == r"\begin":
            return self._rows(self._raw())
        if token in metrics.NAMES:
            return Extent((0.54 * (len(token) - 1) + 0.34) * scale, 0.7 * scale, 0.2 * scale)
        return self._symbol(token, scale)

    def _symbol(self, token: str, scale: float) -> Extent:
        if token not in metrics.WIDTH:
            raise KeygenError(
                what=f"the width of {token} in a figure's label is not known",
                found=self.tex,
                repair=f"add it to the tables of figures/metrics.py; {nearest(token, metrics.WIDTH)}",
            )
        height = metrics.HEIGHTS[token not in metrics.LOW]
        depth = metrics.DEPTHS[token in metrics.DEEP]
        return Extent(metrics.WIDTH[token] * scale, height * scale, depth * scale)

    def _raw(self) -> str:
        """The characters of a braced argument, as they stand."""
        self.take()
        start = self.place
        while self.take() != "}":
            pass
        return "".join(self.tokens[start : self.place - 1])

    def _fraction(self, style: int, scale: float) -> Extent:
        above, below = self.atom(style), self.atom(style)
        gap = 0.1 if style else 0.2
        width = max(above.width, below.width) + 0.3
        return Extent(width, above.total + (0.25 + gap) * scale, below.total + (gap - 0.1) * scale)

    def _rows(self, name: str) -> Extent:
        if name not in metrics.FENCES:
            raise KeygenError(
                what=f"the size of the environment {name} in a figure's label is not known",
                expected=", ".join(metrics.FENCES),
                found=self.tex,
            )
        stops = ("&", r"\\", r"\end", "")
        rows = [[self.line(0, stops)]]
        while (token := self.take()) != r"\end":
            cell = self.line(0, stops)
            if token == "&":
                rows[-1].append(cell)
            else:
                rows.append([cell])
        self._raw()
        count = max(map(len, rows))
        width = sum(max(row[column].width for row in rows if column < len(row)) for column in range(count))
        tall = sum(max(metrics.ROW, 0.15 + max(cell.total for cell in row)) for row in rows)
        return Extent(
            width + metrics.COLUMN_SPACE * (count - 1) + metrics.FENCES[name], tall / 2 + 0.25, tall / 2 - 0.2
        )


def _space(before: str, token: str, style: int) -> float:
    """Both sides of a relation or a binary sign at once; a sign that opens a term is unary and has none."""
    if style:
        return 0.0
    if token in metrics.RELATION:
        return metrics.RELATION_SPACE
    opens = not before or before in metrics.OPENING or before in metrics.RELATION or before in metrics.BINARY
    return metrics.BINARY_SPACE if token in metrics.BINARY and not opens else 0.0
