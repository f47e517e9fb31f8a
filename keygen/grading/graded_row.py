"""What came of one student's row of answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from keygen.grading.verdicts import AnswerVerdict


@dataclass(frozen=True, slots=True)
class GradedRow:
    """One student's verdicts in the order of the sheet, the points of each exercise that something was asked of, and
    the points that could be had of what was asked; `page` is the student's own, in HTML, `tex` and then `pdf` the same
    for paper, where that was wanted; `line` is the number of the row."""

    id: str
    name: str
    verdicts: tuple[AnswerVerdict, ...]
    points: Mapping[int, Fraction]
    possible: Fraction = Fraction(0)
    page: str = ""
    tex: str = ""
    pdf: bytes = b""
    line: int = 0

    @property
    def total(self) -> Fraction:
        """All points."""
        return sum(self.points.values(), Fraction(0))
