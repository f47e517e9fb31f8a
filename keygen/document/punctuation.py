"""The mark behind each display, by one rule: what its sentence needs before whatever comes next.

    another display, a word that begins a clause        ,
    any other word that goes on with the sentence       nothing
    a new sentence, a heading, a table, the end         .

Which words begin a clause, a language says (`clauses` of its TOML).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from keygen.course.languages import Language
from keygen.document.nodes import (
    Block,
    Blocks,
    DisplayedFormula,
    Emphasis,
    Listing,
    Paragraph,
    Part,
    Points,
    Text,
    Where,
)

WORD = re.compile(r"[^\W\d_]+")
ONGOING = "—–()«»“”„"
"""What a sentence goes on with though it is no letter."""


def punctuated(blocks: Blocks, language: Language) -> Blocks:
    """The paragraphs of a section, each display with its mark."""
    pieces = list(flat(blocks))
    marks = iter(
        [
            mark_before(pieces[place + 1 :], language)
            for place, piece in enumerate(pieces)
            if isinstance(piece, DisplayedFormula)
        ]
    )
    return marked(blocks, marks)


def flat(blocks: Blocks) -> Iterator[Any]:
    """Displays and what stands between them, on one level; None where a sentence ends with a paragraph or a block."""
    for paragraph in blocks:
        for part in paragraph.parts:
            yield from leaves(part)
        yield None


def leaves(part: Part) -> Iterator[Any]:
    """What a part is for the display before it."""
    match part:
        case Emphasis(words):
            for word in words:
                yield from leaves(word)
        case Where(blocks):
            yield from list(flat(blocks))[:-1]  # its last paragraph goes on behind it
        case Listing(_, items):
            for item in items:
                yield None
                yield from flat(item)
        case DisplayedFormula():
            yield part
        case Points():
            return
        case _ if isinstance(part, Block):
            yield None
        case _:
            yield part


def mark_before(rest: Sequence[Any], language: Language) -> str:
    """What a display is closed by before the pieces that follow it."""
    for piece in rest:
        match piece:
            case DisplayedFormula():
                return ","
            case Text(text) if text.strip():
                return before_words(text.strip(), language)
            case Text():
                continue
        break
    return "."


def before_words(text: str, language: Language) -> str:
    """What a display is closed by before these words."""
    if text[0] in ONGOING:
        return ""
    word = WORD.match(text)
    if word is None or not word[0][0].islower():
        return "."
    return "," if word[0] in language.clauses else ""


def marked(blocks: Blocks, marks: Iterator[str]) -> Blocks:
    """Paragraphs whose displays have the next marks."""
    return tuple(Paragraph(tuple(with_mark(part, marks) for part in paragraph.parts)) for paragraph in blocks)


def with_mark(part: Part, marks: Iterator[str]) -> Part:
    """A part whose displays have the next marks."""
    match part:
        case DisplayedFormula():
            return replace(part, mark=next(marks))
        case Where(blocks):
            return Where(marked(blocks, marks))
        case Listing(_, items):
            return replace(part, items=tuple(marked(item, marks) for item in items))
    return part
