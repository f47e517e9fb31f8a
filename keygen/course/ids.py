"""Ids of students: one form wherever one is read, so that what looks like one id is one person's."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from keygen.course.filenames import first_clash
from keygen.errors import KeygenError

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # controls, format characters, halves of characters, separators
BLANK = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2800, 0x3164, *range(0xFE00, 0xFE10),
              0xFFA0, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)))
)  # fmt: skip
"""Characters of other categories that are not seen: joiners, fillers, variation selectors, tags (Unicode's
Default_Ignorable_Code_Point), and the blank of Braille."""


def normal_id(id: str) -> str:
    """The id composed (NFC), without the space around it.

    Raises KeygenError, with no place yet, for an id of nothing, and for a character that nobody sees or tells from a
    space: two ids that look alike would be two people.
    """
    normal = unicodedata.normalize("NFC", id.strip())
    if not normal:
        raise KeygenError(
            "the id is empty", expected="an id of printable characters, one a student", repair="write one"
        )  # fmt: skip
    for place, character in enumerate(normal, start=1):
        if invisible(character):
            raise KeygenError(
                f"the id holds an invisible character, {named(character)}",
                expected="an id of printable characters, one a student",
                found=f"{normal!r}, where it is number {place}", repair="write the id without it",
            )  # fmt: skip
    return normal


def invisible(character: str) -> bool:
    """Whether nobody sees the character, or tells it from the space of a keyboard."""
    category = unicodedata.category(character)
    return category in UNSEEN or character in BLANK or (category == "Zs" and character != " ")


def named(character: str) -> str:
    """A character that cannot be shown: "ZERO WIDTH SPACE (U+200B)"; controls have no name."""
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    return f"{name} ({code})" if name else code


def conflict(ids: Sequence[str], places: Sequence[str], languages: Iterable[str]) -> tuple[int, KeygenError] | None:
    """Which id stands twice or would write into the file of another, and a complaint of it; None if none does.

    `search_path` says in words where each id stands: "on line 2"; the files may be in any of the languages.
    """
    seen: dict[str, int] = {}
    for place, id in enumerate(ids):
        if id in seen:
            return place, KeygenError(
                f"the id {id!r} stands twice", expected="an id of its own for every student",
                found=f"the same id {places[seen[id]]}", repair="change one of them, or remove the row",
            )  # fmt: skip
        seen[id] = place
    clash = first_clash(ids, languages)
    if clash is None:
        return None
    place, file, other, before = clash
    return place, KeygenError(
        f"the id {ids[place]!r} would write into a file that is taken",
        expected="files of its own for every student, in every language",
        found=f"{file}, but {ids[other]!r} {places[other]} writes {before}", repair="change the id",
    )  # fmt: skip
