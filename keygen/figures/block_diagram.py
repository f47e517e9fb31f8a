"""The backward scheme: the forward pass of a network, the backward pass below it, the gradients of its weights."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from msgspec import Struct

from keygen.figures.alt_text import Telling
from keygen.figures.figure import Figure
from keygen.figures.labels import Text, require_texts

Notes = tuple[Text, Text]  # above an arrow, below it


class Column(Struct, frozen=True):
    """One quantity of the forward pass and what the backward pass makes of it; None for no box.

    `applied` stands at the forward arrow that comes into the column from the left (not used in the first column);
    `multiplied` at the backward arrow that comes into it from the right, where both columns have a backward box.
    `gradient` stands below the backward box, which an arrow with `by` beside it joins to it.
    """

    forward: Text
    applied: Notes = (None, None)
    backward: Text = None
    multiplied: Notes = (None, None)
    gradient: Text = None
    by: Text = None


class BlockDiagramFigure(Figure, frozen=True):
    """The forward and the backward pass of a network."""

    kind: ClassVar[str] = "scheme"

    columns: tuple[Column, ...]

    def told(self, tell: Telling) -> str:
        """The forward pass from left to right, the backward pass from right to left, the gradients below."""
        neighbours = [*pairwise(self.columns)]
        forward = [step_told(tell, a.forward, b.forward, b.applied) for a, b in neighbours]
        backward = [step_told(tell, b.backward, a.backward, a.multiplied) for a, b in reversed(neighbours)]
        below = [step_told(tell, c.backward, c.gradient, (c.by, None)) for c in reversed(self.columns)]
        rows = (("scheme_forward", forward), ("scheme_backward", backward), ("scheme_gradients", below))
        told = [tell(name, steps=tell.after(*steps)) for name, steps in rows if any(steps)]
        return tell("scheme", parts=tell.after(*told))


def step_told(tell: Telling, start: Text, end: Text, notes: Notes) -> str:
    """An arrow between two boxes; nothing where one is missing."""
    if not (start and end):
        return ""
    by = [note for note in notes if note]
    return tell("scheme_step_by", start=start, end=end, by=by) if by else tell("scheme_step", start=start, end=end)


def scheme_figure(columns: Sequence[Column]) -> BlockDiagramFigure:
    """The forward and the backward pass of a network, box by box."""
    for c in columns:
        labels = (c.forward, *c.applied, c.backward, *c.multiplied, c.gradient, c.by)
        require_texts("a label of a scheme", labels)
    return BlockDiagramFigure(tuple(columns))
