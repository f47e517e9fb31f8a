"""What a class was given when it was graded before, and what a regrade changes.

changes.csv      id, column, verdict before, credit before, verdict, credit
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from keygen.errors import KeygenError
from keygen.grading.typed_text import unquoted

CHANGES = ("id", "column", "verdict before", "credit before", "verdict", "credit")
Paid = tuple[str, str]
"""The verdict on an answer and its credit, as verdicts.csv has them."""
NOTHING: Paid = ("", "")
"""What stands for an answer that was not asked."""


@dataclass
class FormerVerdicts:
    """Verdict and credit of each answer by student, those that are graded again left out one by one. What many have in
    common, the columns and the verdicts, is held once: a student takes some hundred bytes."""

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    paid: dict[str, tuple[Paid, ...]] = field(default_factory=dict)

    def changes(self, id: str, now: Mapping[str, Paid]) -> Iterator[tuple[str, ...]]:
        """The answers of a student whose verdict or credit is another one now; one that was not asked before, or is not
        now, has nothing."""
        before = dict(zip(self.columns.pop(id, ()), self.paid.pop(id, ()), strict=True))
        for column in dict.fromkeys((*before, *now)):
            old, new = before.get(column, NOTHING), now.get(column, NOTHING)
            if old != new:
                yield id, column, *old, *new

    def gone(self) -> Iterator[tuple[str, ...]]:
        """The answers of those who are not graded any more."""
        for id in list(self.columns):
            yield from self.changes(id, {})


def former_verdicts(path: Path) -> FormerVerdicts | None:
    """The verdicts in a file; None where there is none. Raises KeygenError for one that is no table."""
    if not path.exists():
        return None
    found = FormerVerdicts()
    names: dict[tuple[str, ...], tuple[str, ...]] = {}
    kinds: dict[Paid, Paid] = {}
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = (row for row in csv.DictReader(file) if all(row.get(name) for name in ("id", "column", "verdict")))
            for id, own in groupby(rows, lambda row: unquoted(row["id"])):
                here = {row["column"]: (row["verdict"], row.get("credit") or "") for row in own}
                before = dict(zip(found.columns.get(id, ()), found.paid.get(id, ()), strict=True)) | here
                found.columns[id] = names.setdefault(tuple(before), tuple(before))
                found.paid[id] = tuple(kinds.setdefault(one, one) for one in before.values())
    except (OSError, csv.Error) as error:
        raise KeygenError(
            "the verdicts of before cannot be read", file=path, found=str(error),
            repair="move the file away: then nothing is listed as changed",
        ) from error  # fmt: skip
    return found
