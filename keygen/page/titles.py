"""Titles as TeX. A sheet's title, course and date are words, printed as they stand; an exercise's title is a line of
its template, where commands and formulas are TeX and everything else is words."""

from __future__ import annotations

import re
from pathlib import Path

from keygen.errors import KeygenError, line_where
from keygen.page.document import TeX
from keygen.page.people import printed, visible
from keygen.page.typeset import ESCAPES

PIECE = re.compile(r"\\\(.*?\\\)|\$[^$]+\$|\\[A-Za-z]+\*?|\\.|.", re.DOTALL)
KEPT = frozenset("~{}")
"""Signs of TeX that an author uses in a title: a space that no line breaks, and groups."""


def plain_title(text: str, key: str, file: Path) -> str:
    """Words of a sheet's file in one line. Raises KeygenError for characters that no font of the page has."""
    if lacking := printed(text).lacking:
        raise KeygenError(
            f"the fonts of the page lack characters of the sheet's {key}", found=lacking,
            **line_where(file, rf"^\s*\[?{key}\b"), repair="write it without them",
        )  # fmt: skip
    return visible(text)


def title_tex(title: str) -> TeX:
    """The title of an exercise: `%`, `#`, `&`, `_`, `^` and straight quotes are printed, commands and formulas done."""
    pieces = PIECE.findall(title)
    closed = grouped(pieces)
    kept = KEPT if closed else KEPT - set("{}")
    return TeX("".join(piece if piece in kept else ESCAPES.get(piece, piece) for piece in pieces))


def grouped(pieces: list[str]) -> bool:
    """Whether every { among the pieces has its }."""
    depth = 0
    for piece in pieces:
        depth += (piece == "{") - (piece == "}")
        if depth < 0:
            return False
    return depth == 0
