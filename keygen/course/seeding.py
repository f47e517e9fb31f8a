"""Where a person's numbers come from: streams named by the course's secret, the sheet and the person."""

from __future__ import annotations

import re
from random import Random

from msgspec import Struct

from keygen.course.code import variant_code
from keygen.course.draw import stream
from keygen.course.secret import PUBLIC
from keygen.errors import KeygenError

SEEDS = re.compile(r"([0-9]{1,30})(?:\.\.([0-9]{1,30}))?")
GREATEST = 10**18
"""The greatest seed that a command takes."""
MOST = 200
"""Seeds that one may ask for by their numbers."""


class NumberStreams(Struct, frozen=True):
    """All streams of one variant of a sheet.

    `who` is a seed (a number) or a student's id (a string); `key` belongs to the secret and the sheet
    (`secret.sheet_key`), and is public where the course has no secret. `draw` counts from 1 how often the numbers of
    a student have been drawn.
    """

    sheet: str
    who: int | str
    key: str = PUBLIC
    draw: int = 1

    @property
    def names(self) -> tuple[object, ...]:
        """What the streams' names begin with; the seed 7 and the student "7" are two."""
        if isinstance(self.who, int):
            return self.key, self.sheet, self.who
        first = (self.key, self.sheet, "student", self.who)
        return first if self.draw == 1 else (*first, "draw", self.draw)

    @property
    def code(self) -> str:
        """The variant's code on every page."""
        return variant_code(*self.names[1:] if self.key == PUBLIC else self.names)

    def stream(self, *names: object) -> Random:
        """The stream of one parameter of one exercise, say, in one attempt."""
        return stream(*self.names, *names)


def require_seed(seed: int) -> None:
    """Raise KeygenError for a seed that no command takes."""
    if seed > GREATEST:
        raise KeygenError("this seed is too great", expected=f"{GREATEST:,} at most", found=f"{seed:,}")


def seeds_of(text: str) -> tuple[int, ...]:
    """The seeds that are meant by "1..12" or "1,5,7..9", each once and in this order. Raises KeygenError for other
    texts, for a range from the larger to the smaller, and for too many."""
    ranges: list[range] = []
    for piece in text.split(","):
        found = SEEDS.fullmatch(piece.strip())
        if found is None:
            raise KeygenError(
                "these are no seeds", expected='whole numbers and ranges of them, such as "1..12" or "1,5,7..9"',
                found=repr(text), repair=f"{piece.strip()!r} is neither" if piece.strip()
                else "leave out a comma" if "," in text else "say at least one seed",
            )  # fmt: skip
        first, last = int(found[1]), int(found[2] or found[1])
        require_seed(max(first, last))
        if first > last:
            raise KeygenError(
                "a range of seeds goes from the smaller to the larger, both included", found=repr(piece.strip()),
                repair=f'write "{last}..{first}"',
            )  # fmt: skip
        ranges.append(range(first, last + 1))
    if sum(map(len, ranges)) > MOST:
        raise KeygenError(
            "these are too many seeds", expected=f"{MOST} at most", found=f"{sum(map(len, ranges)):,} in {text!r}"
        )
    return tuple(dict.fromkeys(seed for several in ranges for seed in several))
