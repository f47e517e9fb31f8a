"""The table of answers that closes an exercise: each as its line, or in the words that the template has for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from keygen.document.nodes import AnswerRow, Answers, InlineFormula, Question, Words
from keygen.errors import KeygenError, line_where, nearest
from keygen.variants.conclusions import Conclusions
from keygen.variants.solved import Solved

FEWEST = 2
"""Answers that make a table: one alone would repeat the line right above it."""


def require_asked(solved: Solved, parts: Collection[str]) -> None:
    """Raise KeygenError for an answer to a part that the words of the exercise have not: nobody is asked it, and the
    part that it was meant for has none."""
    for part in solved.sources:
        if part not in parts:
            exercise = solved.exercise
            raise KeygenError(
                f"an answer to part {part!r}, which the page has not", exercise=exercise.id,
                **line_where(exercise.file, rf"""["']{re.escape(part)}["']\s*:""", after="answers"),
                expected=f"the parts {', '.join(sorted(parts))}" if parts else "a part of it",
                repair=nearest(part, parts) if parts else f"write `%% part {part}` into the template",
            )  # fmt: skip


def table_of(found: Conclusions, parts: Sequence[Question], own: Mapping[str, Words]) -> Answers | None:
    """The answers part by part; what an earlier part has answered is not said again. None where there is no more than
    one.

    `own` has the words of the template by `part.answer`; without words an answer is left out. Raises KeygenError for
    one that the exercise does not have.
    """
    known = [f"{part}.{name}" for part, named in found.items() for name in named]
    for name in own:
        if name not in known:
            raise KeygenError(f"the exercise has no answer {name!r}", repair=nearest(name, known))
    rows: list[AnswerRow] = []
    said: list[Any] = []
    for part in parts:
        answers: list[Words] = []
        for name, lines in found.get(part.key, {}).items():
            if (words := own.get(f"{part.key}.{name}")) is not None:
                answers += [words] if words else []
                continue
            new = [line for line in lines if line not in said]
            said += new
            answers += [(InlineFormula((line,)),) for line in new]
        if answers:
            rows.append(AnswerRow(part.letter if len(parts) > 1 else "", tuple(answers)))
    return Answers(tuple(rows)) if sum(len(row.answers) for row in rows) >= FEWEST else None
