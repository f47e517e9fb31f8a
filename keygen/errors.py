"""One error type for the reader: what is wrong, where, what was expected, what was found, how to mend it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path
from typing import Any, Self

LONGEST = 400
"""Characters of a line that a message shows: a cell of a roster may hold a megabyte."""


@dataclass(eq=False)
class KeygenError(Exception):
    """A failure that a person can act on; `str()` of it is the whole message, no traceback needed.

    what      one sentence: what is wrong
    exercise  the exercise's id, e.g. "backprop/layer_by_layer" (None outside exercises)
    who       whose variant failed: a seed, a student's id (None for published numbers or where no variant is involved)
    file      the file to open; `line` its 1-based line, `source` that line itself
    expected  what should have been there; `found` what was
    repair    what to do about it
    redraw    whether other numbers would mend it (a draw that met a kink), so that a seeded draw tries again
    """

    what: str
    exercise: str | None = None
    who: int | str | None = None
    file: Path | str | None = None
    line: int | None = None
    source: str | None = None
    expected: str | None = None
    found: str | None = None
    repair: str | None = None
    redraw: bool = False

    def within(self, **where: object) -> Self:
        """This error with the places that are still unknown (exercise, who, file, line ...) filled in."""
        missing = {key: value for key, value in where.items() if getattr(self, key) is None}
        return replace(self, **missing)  # type: ignore[arg-type]  # its own fields

    def __reduce__(self) -> tuple[object, ...]:
        """An error may cross from one process to another, whatever its arguments were called."""
        return type(self), tuple(getattr(self, field.name) for field in fields(self))

    @property
    def variant(self) -> str:
        """Whose variant it is, in words."""
        return f"seed {self.who}" if isinstance(self.who, int) else f"student {self.who}"

    @property
    def rows(self) -> list[tuple[str, str]]:
        """All but `what`, as far as it is known: what each thing is called, and its text."""
        place = None if self.file is None else f"{self.file}" + ("" if self.line is None else f":{self.line}")
        rows = [
            ("exercise", self.exercise if self.who is None else f"{self.exercise} ({self.variant})"),
            ("at", place),
            ("line", None if self.source is None else self.source.strip()),
            ("expected", self.expected),
            ("found", self.found),
            ("mend", self.repair),
        ]
        return [(key, text) for key, text in rows if text is not None]

    def __str__(self) -> str:
        shown = [f"  {key + ':':<10}{short(text)}" for key, text in self.rows]
        return "\n".join([short(self.what), *shown])


class FalseClaim(KeygenError):
    """What would have been said is not true; any other error says that nothing could be said at all."""


def short(text: str) -> str:
    """A text that can be read at a glance: the beginning of each line, and how long it is, if it is too long, and no
    more than so many lines; what follows a new line is set in, so that it passes for no message of its own."""
    lines = text.split("\n")
    shown = [f"{line[:LONGEST]} ... ({len(line):,} characters)" if line[LONGEST:] else line for line in lines[:MANY]]
    return f"\n{'':12}".join([*shown, *([f"... ({len(lines):,} lines)"] if lines[MANY:] else [])])


def line_where(file: Path, pattern: str, after: str = "") -> dict[str, Any]:
    """File, number and text of the first line that holds the pattern, at or below the first that holds `after`; the
    file alone where none does. For `KeygenError(..., **line_where(file, pattern))`."""
    reached = False
    for number, text in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        reached = reached or after in text
        if reached and re.search(pattern, text):
            return {"file": file, "line": number, "source": text}
    return {"file": file}


LIKENESSES = str.maketrans(
    "авекмнорстухіјѕАВЕКМНОРСТУХІЈЅαοιυρνκΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abekmhopctyxijsABEKMHOPCTYXIJSaoiupvkABEZHIKMNOPTYX"
)
"""The Latin letter that a Cyrillic or a Greek one looks like."""


MANY = 10
"""Names of which a message lists no more than the nearest."""
EXERCISES = "`keygen list` shows all"
"""Where the exercises and sheets are listed."""


def one_of(known: Iterable[str], where: str = "") -> str:
    """What is expected of a name: one of some, or of many, and `where` those are listed."""
    options = list(known)
    return f"one of {', '.join(options)}" if len(options) <= MANY or not where else f"one of {len(options)}: {where}"


def nearest(word: str, known: Iterable[str], where: str = "") -> str:
    """A repair that offers the known words closest to a mistyped one, e.g. "did you mean 'sheet4'?"; where none is
    close, all of them, or of many a few and `where` they are listed. Names that nobody has given, which begin with a
    low line, are not offered."""
    options = sorted(option for option in known if not option.startswith("_"))
    if (latin := word.translate(LIKENESSES)) != word and latin in options:
        odd = next(letter for letter, same in zip(word, latin, strict=True) if letter != same)
        return f"type it in Latin letters: {odd} is {unicodedata.name(odd).lower()}, and {latin!r} is known"
    same = [option for option in options if option.casefold() == word.casefold()]
    close = list(dict.fromkeys([*same, *get_close_matches(word, options, n=3, cutoff=0.5)]))[:3]
    if close:
        return "did you mean " + " or ".join(repr(option) for option in close) + "?"
    if len(options) <= MANY:
        return "known: " + (", ".join(options) if options else "none")
    few = sorted(options, key=lambda option: -SequenceMatcher(None, word, option).ratio())[:3]
    return f"there are {len(options)}, such as {', '.join(map(repr, few))}" + (f"; {where}" if where else "")
