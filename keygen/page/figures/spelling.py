"""What builders of figures are given: labels that are written, or what writes them, and the width of the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

from keygen.course.claims import Claim, Given
from keygen.engine.terms import Apply, Chain, Marked, Name

WIDTH = 156.0  # mm: the width of the text in a solution
Write = Callable[[Any], str | None]  # a label to TeX mathematics; None stays None


LABELS = (Name, Apply, Marked, Chain, Claim, Given)


def spelled(value: Any, write: Write) -> Any:
    """A figure's arguments with every label in them written."""
    if value is None or isinstance(value, str):  # which most are: names of vertices and edges
        return value
    if isinstance(value, LABELS):
        return write(value)
    if isinstance(value, list | tuple):
        return tuple([spelled(item, write) for item in value])
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(*[spelled(getattr(value, field.name), write) for field in fields(value)])
    return value
