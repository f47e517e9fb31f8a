"""What grading says of one answer."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

VerdictKind = Literal["right", "carried", "slip", "wrong", "coarse", "shape", "empty", "person"]


@dataclass(frozen=True, slots=True)
class Rates:
    """What part of an answer's points a verdict is worth: what follows rightly from an earlier slip, and a known slip
    where it is made first."""

    carried: Fraction = Fraction(1)
    slip: Fraction = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class AnswerVerdict:
    """One answer of one student.

    column  as key.csv names it
    typed   what stands in the cell
    read    as what it was read
    key     the right value, `replay` the one that follows from the student's own (where that is another)
    credit  the part of the answer's points, from 0 to 1
    slip    the known slip, by name and place, and the words for the student's first wrong step
    person  why a person should look at it, "" where nobody need
    slips   the names of the slips that lead to it, one way or another; nothing where that may be chance
    first   whether it is the first wrong step
    """

    column: str
    typed: str
    kind: VerdictKind
    credit: Fraction = Fraction(0)
    read: str = ""
    key: str = ""
    replay: str = ""
    slip: str = ""
    person: str = ""
    slips: tuple[tuple[str, ...], ...] = ()
    first: bool = False
