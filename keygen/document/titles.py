"""Titles of sheets, courses and their dates: words, printed as they stand, and as a PDF's contents have them."""

from __future__ import annotations

from pathlib import Path

from keygen.course.toml_lines import where_key
from keygen.document.tex_parts import TeX
from keygen.document.tex_text import printed, visible
from keygen.errors import KeygenError


def plain_title(text: str, key: str, file: Path | None, *path: str | int) -> str:
    """Words of a sheet's file in one line, under a key whose `path` is the key itself or longer. Raises KeygenError for
    characters that no font of the page has."""
    if lacking := printed(text).lacking:
        raise KeygenError(
            f"the fonts of the page lack characters of the sheet's {key}", found=lacking,
            **({} if file is None else where_key(file, *(path or (key,)))), repair="write it without them",
        )  # fmt: skip
    return visible(text)


def headed(title: str, word: str) -> str:
    """A sheet's title and what its pages are, the solutions for instance, in the language's word; "" for the problems
    alone."""
    if not word:
        return title
    return f"{title} {word}" if title.endswith((".", "!", "?", "…")) else f"{title}. {word}"


def pdf_text(text: str) -> TeX:
    """Words as PDF has them outside its pages: UTF-16 after its mark, in hexadecimal digits."""
    return TeX(f"FEFF{text.encode('utf-16-be').hex().upper()}")
