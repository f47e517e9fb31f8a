"""What a finished page has beyond the edge of its paper, read off the PDF: no reader would ever see it.

TeX warns of a line that sticks out of its box, wherever the box stands, and not at all of what was shifted by hand.
Here glyphs and strokes are followed to where they are on the paper.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf

SLACK = 1.0  # points by which the ink of a page may leave the paper
EDGE = 40.0  # points from the edge within which nothing begins; what does is looked at closely
STRING = rb"\((?:[^()\\]|\\.)*\)"
OPERATION = re.compile(
    rb"((?:[-+.\d\s]+|/[^\s/\[\]()<>]+|" + STRING + rb"|\[(?:" + STRING + rb"|<[^>]*>|[^\]()<]+)*\]|<[^>]*>)*)"
    rb"([A-Za-z*'\"]+)",
    re.DOTALL,
)
SHOWN = re.compile(rb"(" + STRING + rb")|(-?[\d.]+)", re.DOTALL)
ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
ROW = re.compile(rb"\[(?:" + STRING + rb"|[^\]()]+)*\]", re.DOTALL)
SHOWING = frozenset({b"TJ", b"Tj", b"'", b'"'})
PLACING = frozenset({b"Td", b"TD", b"Tm", b"cm", b"m", b"l", b"c", b"re", b"BT", b"q", b"Q"})

Matrix = tuple[float, float, float, float, float, float]
UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Widths = Callable[[bytes], float]


@dataclass(frozen=True, slots=True)
class Overhang:
    """What is farthest beyond the paper: on which page (from 1), at which edge, by how many points."""

    page: int
    edge: str
    amount: float


def beyond(pdf: bytes, *, closely: bool) -> Overhang | None:
    """The worst of what the pages have beyond their paper; None where all is on it.

    To follow each glyph takes a tenth of TeX's own time. So unless it is asked for `closely`, only pages where
    something begins near an edge are followed: of a line that begins well and is too long, TeX itself tells.
    """
    if not pdf.startswith(b"%PDF"):
        return None
    with pikepdf.open(BytesIO(pdf)) as source:
        found = (off(page, number, closely) for number, page in enumerate(source.pages, start=1))
        return max(filter(None, found), key=lambda place: place.amount, default=None)


def off(page: pikepdf.Page, number: int, closely: bool) -> Overhang | None:
    """The worst of one page."""
    data = page.Contents.read_bytes() if "/Contents" in page else b""
    box = [float(side) for side in page.mediabox]
    if not closely and farthest(ink(placing(data), nameless), box)[0] < -EDGE:
        return None
    fonts: Any = page.get("/Resources", pikepdf.Dictionary()).get("/Font", pikepdf.Dictionary())
    amount, edge = farthest(ink(operations(data), cache(lambda name: widths_of(fonts.get(name)))), box)
    return Overhang(number, edge, amount) if amount > SLACK else None


def operations(data: bytes) -> Iterator[tuple[Sequence[bytes], bytes]]:
    """Operands and operators of a page; what is shown is one operand."""
    for operands, operator in OPERATION.findall(data):
        yield [operands] if operator in SHOWING else operands.split(), operator


def placing(data: bytes) -> Iterator[tuple[Sequence[bytes], bytes]]:
    """The operations that say where something is, found without reading what it is."""
    words = ROW.sub(b"", data).split()
    return ((words[max(at - 6, 0) : at], word) for at, word in enumerate(words) if word in PLACING)


def farthest(points: Iterable[tuple[float, float]], box: Sequence[float]) -> tuple[float, str]:
    """How far the farthest point is beyond which edge of a box (left, lower, right, upper); less than 0 within it."""
    found = list(points)
    if not found:
        return -math.inf, ""
    left, lower, right, upper = box
    across, up = zip(*found, strict=True)
    return max(
        (left - min(across), "left"), (lower - min(up), "lower"),
        (max(across) - right, "right"), (max(up) - upper, "upper"),
    )  # fmt: skip


def ink(
    operations: Iterable[tuple[Sequence[bytes], bytes]], font: Callable[[str], Widths]
) -> Iterator[tuple[float, float]]:
    """Points of a page's ink, from operands and operators: where runs of glyphs begin and end, and corners of paths."""
    ctm, stack = UNIT, list[Matrix]()
    line, at = UNIT, 0.0
    width: Widths = no_width
    size, lead = 1.0, 0.0
    for operands, operator in operations:
        if operator in (b"Td", b"TD"):
            x, y = map(float, operands[-2:])
            line, at = shifted(line, x, y), 0.0
            lead = -y if operator == b"TD" else lead
            yield moved(ctm, line[4], line[5])
        elif operator == b"Tm":
            line, at = matrix(operands), 0.0
            yield moved(ctm, line[4], line[5])
        elif operator in SHOWING:
            at += advance(operands[0], width) * size / 1000
            yield moved(ctm, *moved(line, at, 0.0))
        elif operator == b"Tf":
            name, scale = operands[-2:]
            width, size = font(name.decode("latin-1")), float(scale)
        elif operator == b"T*":
            line, at = shifted(line, 0.0, -lead), 0.0
        elif operator == b"TL":
            lead = float(operands[-1])
        elif operator == b"BT":
            line, at = UNIT, 0.0
        elif operator == b"cm":
            ctm = times(matrix(operands), ctm)
        elif operator == b"q":
            stack.append(ctm)
        elif operator == b"Q":
            ctm = stack.pop() if stack else UNIT
        elif operator in (b"m", b"l", b"c"):
            x, y = map(float, operands[-2:])
            yield moved(ctm, x, y)
        elif operator == b"re":
            x, y, wide, high = map(float, operands[-4:])
            yield moved(ctm, x, y)
            yield moved(ctm, x + wide, y + high)


def advance(shown: bytes, width: Widths) -> float:
    """How far glyphs and the kerns between them go, in thousandths of the font's size."""
    total = 0.0
    for text, kern in SHOWN.findall(shown):
        total += width(ESCAPED.sub(literal, text[1:-1]) if b"\\" in text else text[1:-1]) if text else -float(kern)
    return total


def literal(escaped: re.Match[bytes]) -> bytes:
    """A byte that a string writes as `\\ooo`, or behind a backslash."""
    code = escaped[1]
    return bytes([int(code, 8) & 255]) if code.isdigit() else CONTROL.get(code, code)


CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def widths_of(font: pikepdf.Object | None) -> Widths:
    """The width of a string in a simple font. (Of a composite one only the beginnings of runs are followed.)"""
    if font is None or "/Widths" not in font:
        return no_width
    first = int(font.get("/FirstChar", 0))
    known = {first + place: float(width) for place, width in enumerate(font["/Widths"])}
    table = [known.get(code, 0.0) for code in range(256)]
    return lambda text: sum(map(table.__getitem__, text))


def nameless(name: str) -> Widths:
    """No font has widths."""
    return no_width


def no_width(text: bytes) -> float:
    """Glyphs whose widths are not known."""
    return 0.0


def matrix(operands: Sequence[bytes]) -> Matrix:
    """The six numbers before an operator."""
    a, b, c, d, e, f = map(float, operands[-6:])
    return a, b, c, d, e, f


def times(one: Matrix, two: Matrix) -> Matrix:
    """First the one, then the other."""
    a, b, c, d, e, f = one
    p, q, r, s, x, y = two
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + x, e * q + f * s + y


def shifted(by: Matrix, x: float, y: float) -> Matrix:
    """The matrix after a step in its own directions."""
    a, b, c, d, e, f = by
    return a, b, c, d, a * x + c * y + e, b * x + d * y + f


def moved(by: Matrix, x: float, y: float) -> tuple[float, float]:
    """A point where a matrix puts it."""
    a, b, c, d, e, f = by
    return a * x + c * y + e, b * x + d * y + f
