"""Labels for media that are not TeX, read off the TeX that the page's printer writes: plain text, and SVG.

A line of characters is one `<text>`, whose parts follow each other as wide as the reader's font makes them; only what
stands above or below something else has a place of its own. So a figure needs neither MathML nor a certain font.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

from keygen.figures.labels import Words
from keygen.figures.math_boxes import Cluster, Ink, MathBox, Span, Stroke
from keygen.figures.mathbox import EM, boxed, worded
from keygen.figures.palette import mark

FONT = 3.85  # mm: one em of the characters, 11 pt; boxes are a little larger
LINE = 0.15  # mm: the thickness of a fraction's line
FRAME = 0.2  # mm, of a coloured frame


class WrittenLabel(NamedTuple):
    """A label in SVG: its markup, about the upper left corner of a rectangle of this width and height in mm.

    A `line` of characters has its beginning, middle or end where the corner's x is, by the figure's choice, for nobody
    knows how wide the reader's font makes it.
    """

    markup: str
    width: float
    height: float
    line: bool = False


@dataclass(frozen=True)
class Lettering:
    """Writes labels by their TeX, which `write` gives, and words in the `language`."""

    write: Callable[[Any], str]
    language: str = ""

    def box(self, text: Any) -> MathBox:
        """A label as a box."""
        return worded(text.of(self.language)) if isinstance(text, Words) else boxed(self.write(text))

    def plain(self, text: Any) -> str:
        """A label in plain text."""
        return " ".join(self.box(text).plain.split())

    def svg(self, text: Any) -> WrittenLabel:
        """A label in SVG."""
        box = self.box(text)
        spans = [one for one in box.ink if isinstance(one, Span)]
        line = len(spans) == len(box.ink)
        markup = flowing(spans, box.height * EM, 0.0) if line else drawn(box.ink, box.height * EM)
        return WrittenLabel("".join(markup), box.width * EM, box.total * EM, line)


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
        steps = attributes({"dx": (span.x - right) * EM, "dy": (level - span.y) * EM})
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


def attributes(steps: dict[str, float]) -> str:
    """Steps aside and down, in mm, as far as there are any."""
    return "".join(f' {name}="{number(step)}"' for name, step in steps.items() if abs(step) >= 0.01)


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


def number(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:z.2f}".rstrip("0").rstrip(".")
