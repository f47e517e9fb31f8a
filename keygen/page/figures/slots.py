"""Labels that are put in later: a figure is laid out by the sizes of its labels alone, so one layout serves for all of
one structure whose labels are as large.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

EDGE = "\0"  # of a slot; no TeX holds it
_SLOT = re.compile(rf"{EDGE}(\d+) [^{EDGE}]*{EDGE}")


def slot(number: int, size: tuple[float, float]) -> str:
    """What stands for a label of this width and height in mm."""
    return f"{EDGE}{number} {_room(size)}{EDGE}"


@lru_cache(maxsize=1024)
def _room(size: tuple[float, float]) -> str:
    return f"{size[0]!r} {size[1]!r}"


def size_of(slot: str) -> tuple[float, float]:
    """The width and the height that a slot keeps free."""
    _, width, height = slot.strip(EDGE).split()
    return float(width), float(height)


def pieces(text: str) -> tuple[str, ...]:
    """A text cut at its slots: what is before the first, the first one's number, what is between ..."""
    return tuple(_SLOT.split(text))


def filled(pieces: Sequence[str], labels: Sequence[str]) -> str:
    """The text with the labels in their slots."""
    whole = list(pieces)
    whole[1::2] = [labels[int(number)] for number in pieces[1::2]]
    return "".join(whole)
