"""What a person has decided of single answers, kept apart from what is computed and applied on every regrade.

decisions.csv    id, column, credit, note
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from keygen.errors import KeygenError
from keygen.grading.answers_file import AnswersFile
from keygen.grading.typed_text import unquoted
from keygen.grading.verdicts import AnswerVerdict

COLUMNS = ("id", "column", "credit", "note")
CREDIT = re.compile(r"\d+(?:[.,]\d+)?|\d+/[1-9]\d*")
DECIDED = "decided"
Cell = tuple[str, str]
"""A student's id and a column."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The credit that a person gives an answer, from 0 to 1, and why."""

    credit: Fraction
    note: str


def load_decisions(path: Path) -> dict[Cell, Decision]:
    """The decisions in a file; none where there is no file. Raises KeygenError at the line of one that is none."""
    if not path.exists():
        return {}
    file = AnswersFile(path, "the decisions")
    missing = [name for name in COLUMNS[:3] if name not in file.columns()]
    if missing:
        raise KeygenError(
            f"the decisions have no column {missing[0]!r}", file=path, line=1, expected=", ".join(COLUMNS)
        )
    found: dict[Cell, Decision] = {}
    for row in file.rows():
        cell = row.id, unquoted(row.cells.get("column", ""))
        text = unquoted(row.cells.get("credit", ""))
        credit = Fraction(text.replace(",", ".")) if CREDIT.fullmatch(text) else Fraction(2)
        if credit > 1:
            raise KeygenError(
                "a decision gives no credit that there is", file=path, line=row.line, expected="a number from 0 to 1",
                found=text[:40] or "nothing", repair="write 1 for all of the answer's points, 0.5 for half of them",
            )  # fmt: skip
        if cell in found:
            raise KeygenError(f"two decisions on {cell[1]} of {cell[0]}", file=path, line=row.line, repair="leave one")
        found[cell] = Decision(credit, row.cells.get("note", ""))
    return found


def decided(id: str, verdict: AnswerVerdict, decisions: Mapping[Cell, Decision]) -> AnswerVerdict:
    """A verdict with the credit that a person gives, if one does; what was computed stays beside it."""
    decision = decisions.get((id, verdict.column))
    if decision is None:
        return verdict
    return replace(verdict, credit=decision.credit, person=": ".join(filter(None, (DECIDED, decision.note))))
