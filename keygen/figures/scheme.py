"""The backward scheme: the forward pass of a network, the backward pass below it, the gradients of its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from keygen.figures.display import Display
from keygen.figures.figure import WIDTH, Figure
from keygen.figures.labels import Text, require_texts
from keygen.figures.parts import Column, Notes
from keygen.figures.telling import Telling


@dataclass(frozen=True, slots=True)
class SchemeFigure(Figure):
    """The forward and the backward pass of a network."""

    kind: ClassVar[str] = "scheme"

    columns: tuple[Column, ...]

    def laid_out(self) -> Display:
        """The scheme, the page's width at most."""
        # where things stand is worked out only for what a page shows
        from keygen.figures.layouts.scheme import backward_scheme

        return backward_scheme(self.columns, WIDTH)

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


def scheme_figure(columns: Sequence[Column]) -> SchemeFigure:
    """The forward and the backward pass of a network, box by box."""
    for c in columns:
        labels = (c.forward, *c.applied, c.backward, *c.multiplied, c.gradient, c.by)
        require_texts("a label of a scheme", labels)
    return SchemeFigure(tuple(columns))
