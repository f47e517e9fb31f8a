"""The targets of an export by their names, each imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from keygen.export.pool import PoolReport, PoolRequest


def exported(
    request: PoolRequest, out: Path, advance: Callable[[int], None], note: Callable[[str], None]
) -> PoolReport:
    """Write a pool for its target into a folder; `advance` hears of each seed that is done. Raises KeygenError where
    the target says so."""
    match request.target:
        case "html":
            from keygen.export.html_pool import to_html

            return to_html(request, out, advance, note)
        case "moodle":
            from keygen.export.moodle_pool import to_moodle

            return to_moodle(request, out, advance, note)
        case "notebook":
            from keygen.export.notebook_pool import to_notebooks

            return to_notebooks(request, out, advance, note)
        case "canvas" | "canvas-classic":
            from keygen.export.canvas_pool import to_canvas

            return to_canvas(request, out, advance, note)
        case "qti21":
            from keygen.export.qti21_pool import to_qti21

            return to_qti21(request, out, advance, note)
        case "stack":
            from keygen.export.stack_pool import to_stack

            return to_stack(request, out, advance, note)
        case "gradescope":
            from keygen.export.gradescope_pool import to_gradescope

            return to_gradescope(request, out, advance, note)
    raise ValueError(f"there is no target {request.target!r}")
