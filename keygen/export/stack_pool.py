"""A pool for Moodle with STACK: a file of questions, a category for each exercise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import chain
from pathlib import Path

from keygen.export.carried import WrittenQuestion, by_exercise, carried, points_of
from keygen.export.moodle import category, quiz
from keygen.export.pool import PoolReport, PoolRequest
from keygen.export.question import NeutralQuestion
from keygen.export.stack import StackQuestion
from keygen.system.files import write_whole


def to_stack(
    request: PoolRequest, out: Path, advance: Callable[[int], None], note: Callable[[str], None]
) -> PoolReport:
    """Write a pool into a folder. Raises KeygenError as `carried` does: then nothing is written."""
    done, left = carried(request, written, "STACK", advance, note)
    first = request.orders[0]
    path = out / f"{first.sheet.name}{first.sheet.mark(first.language.code)}.stack.xml"
    groups = by_exercise(done)
    elements = ([category(first.sheet.name, group[0].title), *(one.made for one in group)] for group in groups)
    write_whole(path, quiz(chain.from_iterable(elements)))
    return PoolReport((path,), left, first.key)


def written(question: NeutralQuestion, say: Mapping[str, str], words: Mapping[str, str]) -> WrittenQuestion:
    """A question as an element."""
    writer = StackQuestion(question, say, words)
    points = points_of(question)
    return WrittenQuestion(writer.title, writer.xml(Fraction(1) if points is None else points), tuple(writer.otherwise))
