"""How much work variants are, side by side: the rows of a table, how far each is from the median, which are alike."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean, median

from keygen.course.band import MEASURES, Measure
from keygen.preview.variants import PreviewVariant

ALWAYS = ("operations", "negatives", "widest")
"""The measures that a table has where there are any; the others where they are not the same for all."""


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One variant in the table: its work (None: there is an error, or nothing was asked), the draws refused before it
    (None: published), equal `key`s for equal data ("" for what is never drawn). `distance` is from the work of the
    median of the seeds; `twin` is the row above that has the same numbers."""

    seed: int | None
    work: Measure | None
    rejected: int | None = None
    key: Hashable = ""
    failed: bool = False
    distance: float | None = None
    twin: WorkRow | None = None


@dataclass(frozen=True, slots=True)
class WorkTable:
    """The table: which measures tell variants apart, and a row for each."""

    measures: tuple[str, ...]
    rows: tuple[WorkRow, ...]


def row_of(one: PreviewVariant) -> WorkRow:
    """The work of one exercise's variant."""
    rejected = None if one.seed is None else sum(one.rejected.values())
    return WorkRow(one.seed, one.work, rejected, one.key, one.error is not None)


def together(seed: int | None, rows: Mapping[int, WorkRow]) -> WorkRow:
    """The work of a whole sheet: of all exercises that a seed gets, by their numbers."""
    measures = [row.work for row in rows.values() if row.work is not None]
    if not rows or len(measures) < len(rows):
        return WorkRow(seed, None, failed=bool(rows))
    rejected = None if seed is None else sum(row.rejected or 0 for row in rows.values())
    key = tuple((number, row.key) for number, row in rows.items())
    drawn = any(row.key for row in rows.values())
    return WorkRow(seed, sum(measures[1:], measures[0]), rejected, key if drawn else "")


def compared(rows: Sequence[WorkRow]) -> WorkTable:
    """The rows with their twins and their distance from the median, under the measures that tell them apart."""
    found = [row.work.by_name() for row in rows if row.work is not None]
    kinds = {name: {one[name] for one in found} for name in MEASURES}
    shown = tuple(name for name in MEASURES if len(kinds[name]) > 1 or (name in ALWAYS and kinds[name] != {0}))
    seeded = [row.work.by_name() for row in rows if row.work is not None and row.seed is not None] or found
    medians = {name: median([one[name] for one in seeded] or [0]) for name in shown}
    first: dict[Hashable, WorkRow] = {}
    compared_rows = []
    for row in rows:
        twin = first.setdefault(row.key, row) if row.key else row
        away = None if row.work is None else distance(row.work.by_name(), medians)
        compared_rows.append(replace(row, distance=away, twin=None if twin is row else twin))
    return WorkTable(shown, tuple(compared_rows))


def distance(measures: Mapping[str, int], medians: Mapping[str, float]) -> float:
    """How much more work than the median: of each measure the difference as a part of the larger of the two, so that
    none outweighs the others; the mean of these, from -1 to 1."""
    parts = [(measures[name] - middle) / (max(measures[name], middle) or 1) for name, middle in medians.items()]
    return mean(parts) if parts else 0.0
