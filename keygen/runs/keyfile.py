"""The key of a run as a table for a spreadsheet: a row a student, a column an answer."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from keygen.runs.manifest import Entry, has_hole

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def key_csv(entries: Sequence[Entry]) -> bytes:
    """The table: id, name, code, then `4.a.H` for the answer H of part a of exercise 4.

    Numbers are exact where they can be, else at full precision; vectors and matrices are lists in JSON. UTF-8 with a
    byte order mark, without which spreadsheets take Russian for something else. An id or a name that a spreadsheet
    would take for a formula has an apostrophe before it.
    """
    rows = [answers_of(entry) for entry in entries]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["id", "name", "code", *columns])
    for entry, row in zip(entries, rows, strict=True):
        id = entry.id if entry.seed is None else f"seed{entry.seed}"
        writer.writerow([plain(id), plain(entry.name), entry.code, *(row.get(column, "") for column in columns)])
    return text.getvalue().encode("utf-8-sig")


def answers_of(entry: Entry) -> dict[str, str]:
    """The answers of one student by their columns."""
    return {
        f"{worked.number}.{part}.{name}": cell(answer)
        for worked in entry.exercises
        for part, answers in worked.parts.items()
        for name, answer in answers.items()
    }


def cell(answer: Mapping[str, Any]) -> str:
    """An answer in one cell."""
    exact = answer["exact"]
    value = answer["float"] if exact is None or has_hole(exact) else exact
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def plain(text: str) -> str:
    """Text that no spreadsheet runs."""
    return f"'{text}" if text.startswith(FORMULA) else text
