"""The backward scheme."""

from __future__ import annotations

from typing import Any

from keygen.course.figures import Column
from keygen.page.figures import scheme as pictures
from keygen.page.figures.display import Display
from keygen.page.figures.spelling import WIDTH, Write


def scheme(write: Write, columns: tuple[Column, ...]) -> Display:
    """The two passes of a network."""

    def arrow(notes: tuple[Any, Any]) -> pictures.Arrow:
        above, below = notes
        return pictures.Arrow(write(above) or "", write(below) or "")

    return pictures.backward_scheme(
        [
            pictures.Column(
                write(column.forward) or "",
                arrow(column.applied),
                write(column.backward),
                arrow(column.multiplied),
                write(column.gradient),
                write(column.by) or "",
            )
            for column in columns
        ],
        WIDTH,
    )
