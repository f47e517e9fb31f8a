"""What may be a name: of a sheet, of an exercise, of a language. Every name becomes a path in the end, and no name may
lead out of its folder, hide in it, or look like another."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from keygen.course.filenames import BOUND, DEVICES
from keygen.errors import KeygenError

SEPARATORS = "/\\:"


@lru_cache(maxsize=1024)
def named(kind: str, name: str, parts: int = 1) -> tuple[str, ...]:
    """The parts of a name, which are separated by `/` where it has more than one (at most `parts`).

    Raises KeygenError for what is no name: it says which `kind` of name it was to be.
    """
    found = tuple(name.split("/", parts - 1))
    fault = next(filter(None, map(fault_of, found)), None)
    if fault is None:
        return found
    raise KeygenError(
        f"{name!r} cannot be the name of {kind}",
        expected="topic/name" if parts > 1 else "a name that is no path",
        found=fault,
        repair="use letters, digits, - and _",
    )


def fault_of(part: str) -> str | None:
    """What keeps a part of a name from being one, in words; None where nothing does."""
    rules = {
        "an empty part": not part,
        f"the part {part!r}": part in (".", ".."),
        "a separator of folders": any(character in SEPARATORS for character in part),
        "a character that cannot be seen": any(map(unseen, part)),
        "a dot, a dash, a tilde or a space in front": part[:1] in (".", "-", " ", "~"),
        "a dot or a space at the end": part[-1:] in (".", " "),
        "a device of Windows": DEVICES.fullmatch(part) is not None,
        f"more than {BOUND} bytes": len(part.encode("utf-8", "surrogatepass")) > BOUND,
    }
    return next((words for words, broken in rules.items() if broken), None)


def unseen(character: str) -> bool:
    """Whether a character leaves no mark of its own: a control or direction mark, a space that is none, half a pair."""
    return character != " " and unicodedata.category(character)[0] in "CZ"
