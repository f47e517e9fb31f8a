"""The cells of a notebook as nbgrader and Otter-Grader want them, in version 4.5 of the format.

nbgrader: a source notebook, of which `nbgrader generate_assignment` makes the students': solutions stand between BEGIN
SOLUTION and END SOLUTION, hidden tests likewise; what a cell is stands in its metadata (schema 3).
Otter: a master notebook, of which `otter assign` makes the students' and the autograder: raw cells say what begins and
ends, a comment at a test's top that it is hidden.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from nbformat import validate

from keygen.export.notebook import AnswerCells, NotebookCell, TextCell

IMPORT = "import numpy as np"
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
SCHEMA = 3
"""Of nbgrader's metadata."""

Cell = dict[str, Any]


def nbgrader_notebook(
    head: str, name: str, cells: Iterable[NotebookCell], say: Mapping[str, str], *, solved: bool
) -> bytes:
    """nbgrader's source notebook; or, `solved`, what a student may hand in, to Otter too, with the tests for all to see
    and the worked solutions between."""

    def cell(name: str, text: str, *, points: float | None = None, answer: bool = False) -> Cell:
        own = {
            "schema_version": SCHEMA, "grade_id": name, "grade": points is not None, "solution": answer,
            "locked": not answer, "task": False,
        }  # fmt: skip
        return code(text, {"nbgrader": own if points is None else {**own, "points": points}})

    def written(one: AnswerCells) -> Iterator[Cell]:
        yield words(one.told)
        begin, end = ("", "") if solved else ("### BEGIN SOLUTION\n", "\n### END SOLUTION")
        yield cell(one.name, f"{one.empty}\n{begin}{one.right}{end}", answer=True)
        yield cell(f"shape_{one.name}", one.shape)
        begin, end = ("", "") if solved else ("### BEGIN HIDDEN TESTS\n", "\n### END HIDDEN TESTS")
        told = f"# {say['hidden']}\n"
        yield cell(f"value_{one.name}", f"{told}{begin}{one.value}{end}", points=float(one.points))

    return notebook(head, name, ordered(cells, written, solved=solved))


def otter_notebook(head: str, name: str, cells: Sequence[NotebookCell]) -> bytes:
    """Otter's master notebook."""

    def written(one: AnswerCells) -> Iterator[Cell]:
        yield raw(f"# BEGIN QUESTION\nname: {one.name}\npoints: {float(one.points)!r}")
        yield words(one.told)
        yield raw("# BEGIN SOLUTION")
        yield code(f"{one.empty}\n# BEGIN SOLUTION NO PROMPT\n{one.right}\n# END SOLUTION")
        yield raw("# END SOLUTION")
        yield raw("# BEGIN TESTS")
        yield code(f'""" # BEGIN TEST CONFIG\npoints: 0\n""" # END TEST CONFIG\n{one.shape}')
        config = f'""" # BEGIN TEST CONFIG\nhidden: true\npoints: {float(one.points)!r}\n""" # END TEST CONFIG\n'
        yield code(config + one.value)
        yield raw("# END TESTS")
        yield raw("# END QUESTION")

    config = f"# ASSIGNMENT CONFIG\nname: {name}\ninit_cell: true\nexport_cell: false\nfiles: []\n"
    return notebook(head, name, ordered(cells, written, solved=False), before=[raw(config)])


def ordered(
    cells: Iterable[NotebookCell], written: Callable[[AnswerCells], Iterator[Cell]], *, solved: bool
) -> Iterator[Cell]:
    """Cells of a notebook, an answer's as it is `written`; solutions in words where it is `solved` alone."""
    for one in cells:
        if isinstance(one, AnswerCells):
            yield from written(one)
        elif isinstance(one, TextCell):
            if solved or not one.solution:
                yield words(one.text)
        else:
            yield code(one.code)


def words(text: str) -> Cell:
    """A cell of Markdown."""
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def raw(text: str) -> Cell:
    """A cell that is neither shown nor run."""
    return {"cell_type": "raw", "metadata": {}, "source": text}


def code(text: str, metadata: Cell | None = None) -> Cell:
    """A cell of code that nobody has run."""
    return {"cell_type": "code", "metadata": metadata or {}, "source": text, "execution_count": None, "outputs": []}


def notebook(head: str, name: str, cells: Iterable[Cell], before: Sequence[Cell] = ()) -> bytes:
    """A whole file, the same for the same cells. Otter asks a notebook that is handed in for the assignment's name."""
    all_of_them = [*before, words(head), code(IMPORT), *cells]
    named = [{"id": f"cell-{place}", **one} for place, one in enumerate(all_of_them, start=1)]
    made = {
        "cells": named,
        "metadata": {**KERNEL, "otter": {"assignment_name": name}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    validate(made)
    return json.dumps(made, ensure_ascii=False, indent=1).encode() + b"\n"
