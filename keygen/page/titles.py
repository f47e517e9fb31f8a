"""Titles. A sheet's title, course and date are words, printed as they stand; an exercise's title is a line of its
template, where formulas and emphasis are done and everything else is words."""

from __future__ import annotations

import re
from pathlib import Path

from keygen.errors import KeygenError, line_where
from keygen.page.people import printed, visible

PIECE = re.compile(r"\\\(.*?\\\)|\\[A-Za-z]+\*?|\\.|.", re.DOTALL)
PRINTED = frozenset("%&#_$")
"""Signs of TeX that a title prints."""


def plain_title(text: str, key: str, file: Path) -> str:
    """Words of a sheet's file in one line. Raises KeygenError for characters that no font of the page has."""
    if lacking := printed(text).lacking:
        raise KeygenError(
            f"the fonts of the page lack characters of the sheet's {key}", found=lacking,
            **line_where(file, rf"^\s*\[?{key}\b"), repair="write it without them",
        )  # fmt: skip
    return visible(text)


def title_words(title: str) -> str:
    """The title of an exercise as other words are written: `%`, `#`, `&`, `_` are escaped, formulas stay."""
    line = " ".join(title.split())
    return "".join("\\" + piece if piece in PRINTED else piece for piece in PIECE.findall(line))
