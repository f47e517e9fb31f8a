"""Titles of sheets, courses and their dates: words, printed as they stand."""

from __future__ import annotations

from pathlib import Path

from keygen.document.tex_text import printed, visible
from keygen.errors import KeygenError, line_where


def plain_title(text: str, key: str, file: Path | None) -> str:
    """Words of a sheet's file in one line. Raises KeygenError for characters that no font of the page has."""
    if lacking := printed(text).lacking:
        raise KeygenError(
            f"the fonts of the page lack characters of the sheet's {key}", found=lacking,
            **({} if file is None else line_where(file, rf"^\s*\[?{key}\b")), repair="write it without them",
        )  # fmt: skip
    return visible(text)
