"""What a certificate says: how much was checked, by which ways, and how deep the numbers had to be worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from operator import add

from msgspec import Struct, field


@dataclass(frozen=True, slots=True)
class Counts:
    """What was checked: printed equalities read back; gradients, each by every way; answers; printed numbers whose
    digits were compared with the number that they stand for; conditions by which words were chosen."""

    equalities: int = 0
    gradients: int = 0
    answers: int = 0
    digits: int = 0
    conditions: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*map(add, astuple(self), astuple(other)))


class Certificate(Struct, frozen=True):
    """That a solved exercise is right, as far as `counts` goes, by the `ways` that each of its counts names.

    `bits` is the precision that its values had to be worked out to until every printed digit, zero and sign was proven:
    0 where they are rationals, or roots, throughout.
    """

    counts: Counts = field(default_factory=Counts)
    ways: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bits: int = 0
