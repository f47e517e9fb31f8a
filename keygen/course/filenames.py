"""Ids as names of files that every system takes: readable, and never two students in one file."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

BOUND = 100  # bytes of UTF-8: with its endings, a name stays within the 255 of common file systems
KEPT = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})  # letters of every script, their marks, digits
DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # Windows opens these, ending or not
OURS = (
    "all", "key", "key-page", "manifest", "summary", "verdicts", "grades", "template", "shapes", "ask", "decisions",
    "changes", "moodle", "canvas",
)  # fmt: skip
"""What keygen calls files of its own beside the students'."""
TAKEN = re.compile(rf"(?:{'|'.join(OURS)})(?:-solutions)?(?:\..*)?")
KEY = "key.csv"


def file_name(id: str) -> str:
    """The stem of a student's files.

    Letters of every script, digits, `.`, `_` and `-` stay; anything else becomes `_`, and so do a dot or a dash in
    front, a dot at the end. A device of Windows (`con`, `nul.1`) and a name of ours (`all`, `key.en`) get a `_` in
    front. A long id is cut, and ends in a hash of itself. Two ids may get one name: that is `first_clash`'s to see.
    """
    composed = unicodedata.normalize("NFC", id)
    name = "".join(c if c in "._-" or unicodedata.category(c) in KEPT else "_" for c in composed)
    name = re.sub(r"^[.-]|\.$", "_", name)
    if DEVICES.fullmatch(name) or TAKEN.fullmatch(name.casefold()):
        name = f"_{name}"
    return name if len(name.encode()) <= BOUND else shortened(name, composed)


def shortened(name: str, id: str) -> str:
    """As much of the name as fits, and eight hex digits of the whole id's SHA-256."""
    digest = hashlib.sha256(id.encode()).hexdigest()[:8]
    return f"{name.encode()[: BOUND - 9].decode(errors='ignore')}-{digest}"


def student_files(stem: str, mark: str = "") -> tuple[str, str]:
    """The problems and the solutions of one student; `mark` is the language's (see `Sheet.mark`)."""
    return f"{stem}{mark}.pdf", f"{stem}-solutions{mark}.pdf"


def in_folder(group: str, name: str) -> str:
    """The name of a file of a group, from the run's folder on; a file of no group stands in that folder."""
    return f"{group}/{name}" if group else name


def key_page_file(mark: str = "") -> str:
    """The key with the page's figures and letters, in a language."""
    return f"key-page{mark}.csv"


def manifest_file(mark: str = "") -> str:
    """The manifest of a run in a language."""
    return f"manifest{mark}.json"


def same_file(name: str) -> str:
    """Equal for names that some file system takes for one: capitals and the way of composing letters do not count."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def first_clash(ids: Iterable[str], languages: Iterable[str]) -> tuple[int, str, int, str] | None:
    """The first id whose files would be written over others, in whichever of the languages a folder has them: its place
    and file, and the place and file that were there before. None if every file is one of its own."""
    marks = ("", *(f".{language}" for language in languages))
    taken: dict[str, tuple[int, str]] = {}
    for place, id in enumerate(ids):
        stem = file_name(id)
        for mark in marks:
            for name in student_files(stem, mark):
                if (key := same_file(name)) in taken:
                    return place, name, *taken[key]
                taken[key] = (place, name)
    return None
