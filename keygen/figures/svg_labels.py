"""Labels for media that are not TeX, read off the TeX that the page's printer writes: plain text, and SVG.

A line of characters is one `<text>`, whose parts follow each other as wide as the reader's font makes them; only what
stands above or below something else has a place of its own. So a figure needs neither MathML nor a certain font.

Formulas that differ in digits only are looked at once, for all digits are as large.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from typing import Any, NamedTuple

from keygen.errors import KeygenError
from keygen.figures.font_metrics import HOLES
from keygen.figures.labels import Words
from keygen.figures.math_boxes import Cluster, Ink, MathBox, Span, Stroke
from keygen.figures.mathbox import EM, boxed, boxed_outline, worded
from keygen.figures.palette import mark
from keygen.mathematics.skeleton import ByIdentity

FONT = 3.85  # mm: one em of the characters, 11 pt; boxes are a little larger
LINE = 0.15  # mm: the thickness of a fraction's line
FRAME = 0.2  # mm, of a coloured frame
LABELS = 1024  # of a figure, that are remembered
DIGIT = re.compile("[0-9]")
AS_FORMAT = str.maketrans({"{": "{{", "}": "}}", **{hole: f"{{{place}}}" for place, hole in enumerate(HOLES)}})


class WrittenLabel(NamedTuple):
    """A label in SVG: its markup, about the upper left corner of a rectangle of this width and height in mm.

    A `line` of characters has its beginning, middle or end where the corner's x is, by the figure's choice, for nobody
    knows how wide the reader's font makes it.
    """

    markup: str
    width: float
    height: float
    line: bool = False


class ReadLabel(NamedTuple):
    """A label in plain text and in SVG."""

    plain: str
    svg: WrittenLabel

    def filled(self, digits: Sequence[str]) -> ReadLabel:
        """The label whose format strings these are, with its digits."""
        markup, width, height, line = self.svg
        return ReadLabel(self.plain.format(*digits), WrittenLabel(markup.format(*digits), width, height, line))


@dataclass(frozen=True)
class Lettering:
    """Writes labels by their TeX, which `write` gives, and words in the `language`; each label once."""

    write: Callable[[Any], str]
    language: str = ""

    @cached_property
    def read(self) -> ByIdentity[ReadLabel]:
        """A label, looked at."""
        return ByIdentity(self.looked_at, LABELS)

    def looked_at(self, text: Any) -> ReadLabel:
        """A label that has not been looked at."""
        return read_words(text.of(self.language)) if isinstance(text, Words) else read_tex(self.write(text))

    def plain(self, text: Any) -> str:
        """A label in plain text."""
        return self.read(text).plain

    def svg(self, text: Any) -> WrittenLabel:
        """A label in SVG."""
        return self.read(text).svg


def read_tex(tex: str) -> ReadLabel:
    """A formula as a label. Raises KeygenError as `boxed` does."""
    pieces = DIGIT.split(tex)
    if len(pieces) > len(HOLES) or "kgmark" in tex or not tex.isascii():  # a mark has a number that nobody sees
        return read_whole(tex)
    try:
        template = read_outline(tuple(pieces))
    except KeygenError:
        return read_whole(tex)  # which says of this very text what is wrong
    return template.filled(DIGIT.findall(tex)) if pieces[1:] else template


@lru_cache(maxsize=4096)
def read_outline(pieces: tuple[str, ...]) -> ReadLabel:
    """What stands before, between and behind the digits of a formula, as format strings where there are any."""
    found = read_box(boxed_outline(pieces))
    if not pieces[1:]:
        return found
    written = found.svg._replace(markup=found.svg.markup.translate(AS_FORMAT))
    return ReadLabel(found.plain.translate(AS_FORMAT), written)


@lru_cache(maxsize=1024)
def read_whole(tex: str) -> ReadLabel:
    """A formula with its own digits."""
    return read_box(boxed(tex))


@lru_cache(maxsize=1024)
def read_words(text: str) -> ReadLabel:
    """Words as a label."""
    return read_box(worded(text))


def read_box(box: MathBox) -> ReadLabel:
    """A label by its box."""
    spans = [one for one in box.ink if isinstance(one, Span)]
    line = len(spans) == len(box.ink)
    markup = flowing(spans, box.height * EM, 0.0) if line else drawn(box.ink, box.height * EM)
    written = WrittenLabel("".join(markup), box.width * EM, box.total * EM, line)
    return ReadLabel(" ".join(box.plain.split()), written)


def drawn(ink: Iterable[Ink], baseline: float) -> Iterator[str]:
    """Ink in SVG, its baseline so many mm below the top."""
    line: list[Span] = []
    for one in ink:
        if isinstance(one, Span):
            line.append(one)
            continue
        yield from flowing(line, baseline)
        line = []
        if isinstance(one, Cluster):
            yield from drawn(one.ink, baseline)
        else:
            yield stroke(one, baseline)
    yield from flowing(line, baseline)


def flowing(line: list[Span], baseline: float, x: float | None = None) -> Iterator[str]:
    """Characters that follow each other, in mm from the top and at x, else in the middle of the room kept for them."""
    if not line:
        return
    first, end = line[0], max(span.x + span.width for span in line)
    parts: list[tuple[str, str]] = []  # attributes, characters
    look, right, level = "", first.x, first.y
    for span in line:
        steps = stepped((span.x - right) * EM, (level - span.y) * EM)
        before, look = look, styled(span)
        if parts and not steps and look == before:
            parts[-1] = parts[-1][0], parts[-1][1] + escape(span.text)
        else:
            parts.append((steps + look, escape(span.text)))
        right, level = span.x + span.width, span.y
    middle = (first.x + end) / 2 * EM
    place = f'x="{number(middle if x is None else x)}" y="{number(baseline - first.y * EM)}"'
    if len(parts) == 1:
        yield f"<text {place}{parts[0][0]}>{parts[0][1]}</text>"
    else:
        yield f"<text {place}>{''.join(f'<tspan{look}>{text}</tspan>' for look, text in parts)}</text>"


def stepped(aside: float, down: float) -> str:
    """Steps aside and down, in mm, as far as there are any."""
    dx = f' dx="{number(aside)}"' if abs(aside) >= 0.01 else ""
    return f'{dx} dy="{number(down)}"' if abs(down) >= 0.01 else dx


def styled(span: Span) -> str:
    """What differs from the text of a figure, as attributes."""
    size = f' font-size="{number(span.scale * FONT)}"' if span.scale != 1 else ""
    return size + ' font-style="italic"' * span.italic + ' font-weight="bold"' * span.bold


def stroke(one: Stroke, baseline: float) -> str:
    """A stroke, or the frame around a repeated factor."""
    points = " ".join(f"{number(x * EM)},{number(baseline - y * EM)}" for x, y in one.points)
    if not one.frame:
        return f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="{LINE}"/>'
    look = mark(one.frame)
    inked = f'class="{look.color}" color="{look.hex}" stroke="currentColor" stroke-width="{FRAME}"'
    return f'<polyline points="{points}" fill="none" {inked}/>'


@lru_cache(maxsize=8192)
def number(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:z.2f}".rstrip("0").rstrip(".")
