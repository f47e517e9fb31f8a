"""Pages of a PDF: last pages of a few lines, holes at the foot of pages in the midst of an exercise; what is torn from
what it belongs to; lines whose words stand far apart.

python -m tests.page_measure build/          what is found in the PDFs of a folder
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

DPI = 36
POINTS = 72 / DPI
TOP, FOOT = 64.0, 779.0  # points: where the text of a page begins and ends
LINES = 62.0  # points that four lines take
HOLE = 1 / 6
LARGE = 10.2  # points: the height of a word in a heading, and of none in a text
LEFT, INDENT, RIGHT = (
    62.4,
    82.2,
    532.9,
)  # points: where lines begin, those of parts and of solutions too, and where they end
FAR = 6.5  # points between two words; 3.6 are usual


class PageFault(NamedTuple):
    """What is wrong with a page (from 1): `short`, a last page of so many points of ink; `hole`, so much of a page
    empty at its foot though its exercise goes on; `between`, the same where another exercise begins on the next page,
    which is no fault. Torn at its foot: `statement` and `answers`, after so many points; `unsolved`, a part from its
    solution; `lead`, words from what they lead to. `stretched`, a line with so many points between its words."""

    page: int
    kind: str
    amount: float


def faults(pdf: bytes) -> list[PageFault]:
    """Everything that is wrong with the pages of a PDF."""
    return [fault for fault in measured(pdf) if fault.kind != "between"]


def measured(pdf: bytes) -> Iterator[PageFault]:
    """Page by page."""
    placed = list(pages_of_words(pdf))
    yield from torn(placed)
    yield from stretched(placed)
    pages, begins = list(inked(pdf)), [begins_exercise(page) for page in placed]
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


class Word(NamedTuple):
    """A word and its box, in points from the upper left corner."""

    left: float
    top: float
    right: float
    foot: float
    text: str


def pages_of_words(pdf: bytes) -> Iterator[list[Word]]:
    """Of each page its words below the running head, from its top down; none at the margin."""
    told = run(["pdftotext", "-bbox", "-", "-"], pdf).decode()
    for page in told.split("<page ")[1:]:
        found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', page)
        words = (Word(*map(float, box), text) for *box, text in found)
        inside = (word for word in words if word.top > TOP - 3 and word.left < RIGHT + 1)
        yield sorted(inside, key=lambda word: (word.top, word.left))


def begins_exercise(page: list[Word]) -> bool:
    """Whether a page begins with the heading of an exercise: a number in large letters."""
    first = min((word.top for word in page), default=0.0)
    return any(kind(word) == "statement" and word.text[:1].isdigit() for word in page if word.top < first + 8)


def kind(word: Word) -> str:
    """What begins at a word: `statement` of an exercise or a part, `solution`, `answers`, `rest`; "" for nothing."""
    if word.text == "▶":
        return "solution"
    if abs(word.left - LEFT) > 1.5:
        return ""
    if word.foot - word.top > LARGE:
        return "statement" if re.fullmatch(r"\d+\.", word.text) else "rest" if word.text.isalpha() else ""
    if re.fullmatch(r"[a-zа-я]\)", word.text):
        return "statement"
    return {"Ответы.": "answers", "Answers.": "answers"}.get(word.text, "")


def torn(pages: list[list[Word]]) -> Iterator[PageFault]:
    """What is torn at the foot of pages."""
    inside, since = "", 0.0
    for number, (page, following) in enumerate(pairwise(pages), start=1):
        foot, head = max(word.foot for word in page), min(word.top for word in following)
        since -= FOOT - TOP  # what a page before it took
        for word in page:
            begun = kind(word)
            if begun and not (inside == "answers" and re.fullmatch(r"\w\)", word.text)):  # letters of answers
                inside, since = begun, word.top
        begun = next((begun for word in following if word.top < head + 10 and (begun := kind(word))), "")
        if inside == "answers":
            if begun != "rest" and not begins_exercise(following):
                yield PageFault(number, "answers", round(foot - since))
            continue
        if inside == "statement" and begun == "solution":
            yield PageFault(number, "unsolved", round(foot - since))
        elif inside == "statement" and not begun:
            ends = next((word.top for word in following if kind(word)), max(word.foot for word in following))
            if foot - since + ends - head < (FOOT - TOP) / 2:
                yield PageFault(number, "statement", round(foot - since))
        last = [word for word in page if word.foot > foot - 4]
        if begins_line(last[0]) and last[-1].text.endswith(":"):
            yield PageFault(number, "lead", round(foot))


def begins_line(word: Word) -> bool:
    """Whether a line of words begins with a word."""
    return min(abs(word.left - LEFT), abs(word.left - INDENT)) < 1.5


def stretched(pages: list[list[Word]]) -> Iterator[PageFault]:
    """Lines of words from margin to margin with too much between these."""
    for number, page in enumerate(pages, start=1):
        for _, line in groupby(page, key=lambda word: round(word.foot)):
            words = sorted(line)
            between = [after.left - before.right for before, after in pairwise(words)]
            spaces = [space for space in between if space > 1.8]  # no parts of a formula
            filled = begins_line(words[0]) and abs(words[-1].right - RIGHT) < 4 and spaces[2:] and max(spaces) < 25
            if filled and all(word.text[:3].isalpha() for word in words[:2]) and statistics.median(spaces) > FAR:
                yield PageFault(number, "stretched", round(statistics.median(spaces), 1))


def run(command: list[str], pdf: bytes) -> bytes:
    """What a program of poppler says of a PDF."""
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout


if __name__ == "__main__":
    for file in sorted(Path(sys.argv[1]).rglob("*.pdf")):
        for fault in measured(file.read_bytes()):
            print(file.name, *fault)
