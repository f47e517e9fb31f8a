"""The targets of an export by their names: the one table of them. Each is imported when it is written for, so that the
names alone cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keygen.export.pool import PoolReport, PoolRequest

    Export = Callable[[PoolRequest, Path, Callable[[int], None], Callable[[str], None]], PoolReport]
    """A pool, the folder, what hears of each seed that is done, what hears of notes -> what was written."""


def exported(
    request: PoolRequest, out: Path, advance: Callable[[int], None], note: Callable[[str], None]
) -> PoolReport:
    """Write a pool for its target into a folder; `advance` hears of each seed that is done. Raises KeygenError where
    the target says so, KeyError for one that there is not."""
    return TARGETS[request.target]()(request, out, advance, note)


def html() -> Export:
    """Pages, or quizzes, for a browser."""
    from keygen.export.html_pool import to_html

    return to_html


def moodle() -> Export:
    """Cloze questions."""
    from keygen.export.moodle_pool import to_moodle

    return to_moodle


def canvas() -> Export:
    """QTI 1.2 in the dialect of either kind of quizzes."""
    from keygen.export.canvas_pool import to_canvas

    return to_canvas


def notebook() -> Export:
    """Notebooks with their tests."""
    from keygen.export.notebook_pool import to_notebooks

    return to_notebooks


def qti21() -> Export:
    """QTI 2.1."""
    from keygen.export.qti21_pool import to_qti21

    return to_qti21


def stack() -> Export:
    """STACK questions."""
    from keygen.export.stack_pool import to_stack

    return to_stack


def gradescope() -> Export:
    """An outline, and a page to answer on."""
    from keygen.export.gradescope_pool import to_gradescope

    return to_gradescope


TARGETS: Mapping[str, Callable[[], Export]] = {
    "html": html, "moodle": moodle, "canvas": canvas, "canvas-classic": canvas, "notebook": notebook, "qti21": qti21,
    "stack": stack, "gradescope": gradescope,
}  # fmt: skip
"""A target -> what loads its writer, in the order of the help."""
