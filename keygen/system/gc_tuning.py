"""How often Python looks for garbage: rarely, for a program that starts keeps what it makes, and a page drops thousands
of objects that are no garbage of this kind."""

from __future__ import annotations

import gc

LITTER = 50_000  # new objects; 10,000 take a twentieth of the time that a page is made in, Python's own 700 a tenth
LOOKS = 40  # at new objects alone, until those that stayed are looked at again: nearly all of them are the program


def look_rarely() -> None:
    """From now on look less often."""
    gc.set_threshold(LITTER, LOOKS)


def collect() -> None:
    """Look now, between pieces of work each of which leaves cycles behind: what piles up from one rare look to the next
    grows with what there is."""
    gc.collect()
