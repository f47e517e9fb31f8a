"""Ids as names of files that every system takes: readable, and never two students in one file."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

BOUND = 100  # bytes of UTF-8: with its endings, a name stays within the 255 of common file systems
KEPT = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})  # letters of every script, their marks, digits
DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # Windows opens these, ending or not
SHARED = ("all.pdf", "all-solutions.pdf", "key.csv", "manifest.json")
"""What the folder of a roster holds beside the students' own files."""


def file_name(id: str) -> str:
    """The stem of a student's files.

    Letters of every script, digits, `.`, `_` and `-` stay; anything else becomes `_`, and so do a dot or a dash in
    front, a dot at the end. A device of Windows (`con`, `nul.1`) gets a `_` in front. A long id is cut, and ends in
    a hash of itself. Two ids may get one name: that is `same_file`'s to see.
    """
    composed = unicodedata.normalize("NFC", id)
    name = "".join(c if c in "._-" or unicodedata.category(c) in KEPT else "_" for c in composed)
    name = re.sub(r"^[.-]|\.$", "_", name)
    if DEVICES.fullmatch(name):
        name = f"_{name}"
    return name if len(name.encode()) <= BOUND else shortened(name, composed)


def shortened(name: str, id: str) -> str:
    """As much of the name as fits, and eight hex digits of the whole id's SHA-256."""
    digest = hashlib.sha256(id.encode()).hexdigest()[:8]
    return f"{name.encode()[: BOUND - 9].decode(errors='ignore')}-{digest}"


def student_files(stem: str) -> tuple[str, str]:
    """The problems and the solutions of one student."""
    return f"{stem}.pdf", f"{stem}-solutions.pdf"


def same_file(name: str) -> str:
    """Equal for names that some file system takes for one: capitals and the way of composing letters do not count."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def first_clash(stems: Iterable[str]) -> tuple[int, str, int | None, str] | None:
    """The first stem whose files would be written over others: its place and file, and the place (None: a file of
    the whole folder) and file that were there before. None if every file is one of its own."""
    taken: dict[str, tuple[int | None, str]] = {same_file(name): (None, name) for name in SHARED}
    for place, stem in enumerate(stems):
        for name in student_files(stem):
            key = same_file(name)
            if key in taken:
                return place, name, *taken[key]
            taken[key] = (place, name)
    return None
