"""How full the pages of a PDF are: last pages of a few lines, holes at the foot of pages in the midst of an exercise.

python -m tests.page_measure build/          what is found in the PDFs of a folder
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

DPI = 36
POINTS = 72 / DPI
TOP, FOOT = 64.0, 779.0  # points: where the text of a page begins and ends
LINES = 62.0  # points that four lines take
HOLE = 1 / 6
LARGE = 10.2  # points: the height of a word in a heading, and of none in a text


class PageFault(NamedTuple):
    """What is wrong with a page (from 1): `short`, a last page of so many points of ink; `hole`, so much of a page
    empty at its foot though its exercise goes on; `between`, the same where another exercise begins on the next page,
    which is no fault."""

    page: int
    kind: str
    amount: float


def faults(pdf: bytes) -> list[PageFault]:
    """Everything that is wrong with the pages of a PDF."""
    return [fault for fault in measured(pdf) if fault.kind != "between"]


def measured(pdf: bytes) -> Iterator[PageFault]:
    """Page by page."""
    pages, begins = list(inked(pdf)), exercises_begin(pdf)
    for number, rows in enumerate(pages, start=1):
        empty = (FOOT - rows[-1]) / (FOOT - TOP)
        if number == len(pages):
            if number > 1 and rows[-1] - TOP < LINES:
                yield PageFault(number, "short", round(rows[-1] - TOP))
        elif empty > HOLE:
            yield PageFault(number, "between" if begins[number] else "hole", round(empty, 3))


def inked(pdf: bytes) -> Iterator[np.ndarray]:
    """Of each page the heights at which there is ink, in points from the top, without its running head."""
    made = run(["pdftoppm", "-r", str(DPI), "-gray", "-"], pdf)
    at = 0
    while head := re.compile(rb"P5\s+(\d+)\s+(\d+)\s+\d+\s").match(made, at):
        width, height = int(head[1]), int(head[2])
        at = head.end() + width * height
        page = np.frombuffer(made[head.end() : at], np.uint8).reshape(height, width)
        rows = np.flatnonzero((page < 200).any(axis=1)) * POINTS
        yield rows[rows > TOP]


def exercises_begin(pdf: bytes) -> list[bool]:
    """Of each page whether it begins with the heading of an exercise: a number in large letters."""
    told = run(["pdftotext", "-bbox", "-", "-"], pdf).decode()
    found = []
    for page in told.split("<page ")[1:]:
        words = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</word>', page)
        body = [(float(top), float(foot), word) for top, foot, word in words if float(top) > TOP - 3]
        first = min((top for top, _, _ in body), default=0.0)
        found.append(
            any(re.fullmatch(r"\d+\.", word) and foot - top > LARGE for top, foot, word in body if top < first + 8)
        )
    return found


def run(command: list[str], pdf: bytes) -> bytes:
    """What a program of poppler says of a PDF."""
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout


if __name__ == "__main__":
    for file in sorted(Path(sys.argv[1]).rglob("*.pdf")):
        for fault in measured(file.read_bytes()):
            print(file.name, *fault)
