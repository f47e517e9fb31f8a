"""The graders' table: a row a student, a column an answer, for a spreadsheet or a script."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from keygen.course.roster import Student

if TYPE_CHECKING:
    from keygen.mathematics.answers import Answer

Parts = Mapping[str, Mapping[str, Mapping[str, "Answer"]]]
"""Answers by the exercise's number, the part's letter and the answer's name."""
Row = tuple[Student, str, Parts]
"""Whose, the code, the answers."""
Column = tuple[str, str, str]
"""The exercise's number, the part's letter and the answer's name."""

in_json = json.JSONEncoder(ensure_ascii=False).encode
FORMULA = tuple("=+-@＝＋－＠")  # what a spreadsheet takes for the beginning of one, full-width forms too


def key_csv(rows: Iterable[Row]) -> bytes:
    """A CSV file of the students, their codes and their answers: columns id, name, code, then "1.a.H" and so on.

    An answer stands in its exact form where it has one ("-1/2"), else as a float in full precision; a vector, a
    matrix or anything else that is no single value as JSON. A student whose variant does not ask for an answer has an
    empty cell. UTF-8 with the byte order mark by which spreadsheets know it, lines ended by CR LF.

    A cell that a spreadsheet would run as a formula has an apostrophe in front, be it an id, a name or an answer
    ("'-1/2"): one that begins with a sign of `FORMULA`. A spreadsheet should read the columns as text all the same,
    or it makes a date of 1/2.
    """
    return spreadsheet(rows, ".".join, written)


def spreadsheet(rows: Iterable[Row], head: Callable[[Column], str], cell: Callable[[Answer], str]) -> bytes:
    """The rows of a key: how the head of a column and how an answer is written is told."""
    places: dict[Column, int] = {}
    table = [(student, code, cells_of(parts, places, cell)) for student, code, parts in rows]
    columns = together(places)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "name", "code", *map(head, columns)])
    for student, code, cells in table:
        answers = (cells.get(places[column], "") for column in columns)
        writer.writerow(map(inert, (student.id, student.name, code, *answers)))
    return text.getvalue().encode("utf-8-sig")


def cells_of(parts: Parts, places: dict[Column, int], cell: Callable[[Answer], str]) -> dict[int, str]:
    """The answers of one student, each written as its `cell`, by the places of their columns (number, part, name); new
    ones get one."""
    return {
        places.setdefault((number, part, name), len(places)): cell(answer)
        for number, each in parts.items()
        for part, answers in each.items()
        for name, answer in answers.items()
    }


def together(columns: Iterable[Column]) -> list[Column]:
    """The columns by the exercises' numbers, then as they first appear, those of one part beside each other."""
    first_seen = list(columns)
    parts = {(number, part): place for place, (number, part, _) in reversed(list(enumerate(first_seen)))}
    return sorted(first_seen, key=lambda column: (int(column[0]), parts[column[:2]]))


def written(answer: Answer) -> str:
    """One answer as the text of a cell."""
    value = best(answer.exact, best(answer.float, answer.decimal))
    if isinstance(value, str):
        return value
    return repr(value) if isinstance(value, float) else in_json(value)


def best(first: Any, second: Any) -> Any:
    """The first form; the second in the places that have no first, be it one of several matrices or one entry."""
    if isinstance(first, list) and isinstance(second, list):
        return [best(*pair) for pair in zip(first, second, strict=True)]
    return second if first is None else first


def as_meant(text: str) -> str:
    """The text of a cell without the apostrophe that keeps a spreadsheet from running it."""
    return text[1:] if text.startswith("'") and text[1:].lstrip().startswith(FORMULA) else text


def inert(text: str) -> str:
    """A text that stays a text in a spreadsheet, which may pass over blanks in front."""
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text
