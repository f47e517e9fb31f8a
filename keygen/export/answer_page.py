"""A page of boxes to write answers into, each at a place that is the same on everybody's page: what is asked decides
it, and no number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 210, 297
"""Millimetres of the paper."""
LEFT, TOP, FOOT = 15, 45, 282
"""Where boxes begin and end."""
COLUMN, GAP, ROW = 87, 6, 3
"""The width of a column, between two of them, between two rows."""
LABEL = 24
"""The room that an answer's name takes before its box."""
HEIGHTS = {
    "number": 11, "boolean": 11, "choice": 11, "shape": 11, "sequence": 14, "vector": 16, "expression": 14,
    "formula": 14, "set": 14, "matrix": 34,
}  # fmt: skip
"""Heights of boxes by the type of the answer; of any other `TALLEST`."""
TALLEST = 40
NARROW = frozenset({"number", "boolean", "choice", "shape", "sequence", "vector"})
"""Types whose boxes stand two in a row."""


@dataclass(frozen=True, slots=True)
class WantedBox:
    """An answer that a box is for: its column in key.csv, its type, its name on the page in TeX, and the name that it
    has where its letter would not tell it apart."""

    column: str
    type: str
    label: str
    named: str = ""


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box at its place: page from 1, millimetres from the upper left corner of the paper to its own, and its size."""

    column: str
    label: str
    page: int
    x: int
    y: int
    width: int
    height: int


def placed(wanted: Sequence[WantedBox]) -> Iterator[PlacedBox]:
    """The boxes in their order: rows of two narrow ones or of a wide one; behind a full page there is another."""
    page, y, waiting = 1, TOP, list(wanted)
    while waiting:
        row = [waiting.pop(0)]
        if row[0].type in NARROW and waiting and waiting[0].type in NARROW:
            row.append(waiting.pop(0))
        height = max(HEIGHTS.get(one.type, TALLEST) for one in row)
        if y + height > FOOT:
            page, y = page + 1, TOP
        for place, one in enumerate(row):
            whole = COLUMN if one.type in NARROW else 2 * COLUMN + GAP
            x = LEFT + place * (COLUMN + GAP) + LABEL
            yield PlacedBox(one.column, one.label, page, x, y, whole - LABEL, height)
        y += height + ROW


def answer_page(boxes: Sequence[PlacedBox], language: str, title: str, asked: Sequence[str]) -> str:
    r"""The pages in TeX, for the style of sheets. `title` and what is `asked` at the head of each page (name, id, the
    variant's code) are TeX already. Boxes stand at their places on the paper, whatever the margins are."""
    pages = []
    for page in range(1, boxes[-1].page + 1):
        head = rf"\makebox(0,0)[l]{{\bfseries {title}}}"
        drawn = [put(LEFT, 14, head), put(WIDTH - LEFT, 14, rf"\makebox(0,0)[r]{{{page}}}")]
        width = (WIDTH - 2 * LEFT) / len(asked)
        for place, one in enumerate(asked):
            x = LEFT + place * width
            drawn += [put(x, 24, rf"\makebox(0,0)[l]{{\small {one}}}"), put(x, 36, rf"\framebox({width - 4:g},10){{}}")]
        for box in boxes:
            if box.page == page:
                drawn += [
                    put(box.x - 2, box.y + box.height / 2, rf"\makebox(0,0)[r]{{{box.label}}}"),
                    put(box.x, box.y + box.height, rf"\framebox({box.width},{box.height}){{}}"),
                ]
        pages.append("\\AddToHookNext{shipout/foreground}{\\unitlength=1mm\n" + "\n".join(drawn) + "}\\mbox{}\\newpage")
    body = "\n".join(pages)
    return (
        f"\\documentclass[10pt]{{article}}\n\\usepackage[{language}]{{style}}\n\\pagestyle{{empty}}\n"
        f"\\begin{{document}}\n{body}\n\\end{{document}}\n"
    )


def put(x: float, y: float, what: str) -> str:
    """Something at a place that counts down from the upper edge of the paper."""
    return rf"\put({x:g},{-y:g}){{{what}}}"
