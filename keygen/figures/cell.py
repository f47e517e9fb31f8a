"""A recurrent cell: folded, with its loop, and unrolled in time, with gradients on the way back if they are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct

from keygen.figures.alt_text import Telling
from keygen.figures.figure import Figure
from keygen.figures.labels import Text, parts_of, require_texts


class Cell(Struct, frozen=True):
    """The weights of a recurrent cell: of the state before, of the input, of the output."""

    past: Text
    input: Text
    output: Text


class Moment(Struct, frozen=True):
    """A recurrent cell at one moment: input, state, output, loss, and the gradients that come back to the output, to
    the state, and to the state before; None for none."""

    input: Text
    state: Text
    output: Text
    loss: Text = None
    to_output: Text = None
    to_state: Text = None
    to_past: Text = None


class CellFigure(Figure, frozen=True):
    """A recurrent cell with its loop."""

    kind: ClassVar[str] = "cell"

    weights: Cell
    moment: Moment

    def told(self, tell: Telling) -> str:
        """What it reads, what it is, what it puts out, by which weights."""
        return tell("cell", **named_parts(self.moment, "input", "state", "output"), **weights_told(self.weights))


class UnrolledFigure(Figure, frozen=True):
    """A recurrent cell once for each step in time."""

    kind: ClassVar[str] = "unrolled"

    weights: Cell
    start: Text
    moments: tuple[Moment, ...]

    def told(self, tell: Telling) -> str:
        """Step by step, forward and, with gradients, back."""
        steps = []
        for number, moment in enumerate(self.moments, start=1):
            step = tell("unrolled_step", number=str(number), **named_parts(moment, "input", "state", "output"))
            back = [
                tell(f"unrolled_{name}", gradient=gradient)
                for name in ("loss", "to_output", "to_state", "to_past")
                if (gradient := getattr(moment, name))
            ]
            steps.append(", ".join((step, *back)))
        return tell("unrolled", start=self.start, steps=tell.after(*steps), **weights_told(self.weights))


def named_parts(moment: Moment, *names: str) -> dict[str, Text]:
    """Some labels of a moment, by their names."""
    return {name: getattr(moment, name) for name in names}


def weights_told(weights: Cell) -> dict[str, Text]:
    """The weights, by the names that sentences have for them."""
    return {"past_weight": weights.past, "input_weight": weights.input, "output_weight": weights.output}


def cell_figure(weights: Cell, moment: Moment) -> CellFigure:
    """A recurrent cell with its loop."""
    require_texts("a label of a cell", (*parts_of(weights), *parts_of(moment)))
    return CellFigure(weights, moment)


def unrolled_figure(weights: Cell, start: Text, moments: Sequence[Moment]) -> UnrolledFigure:
    """A recurrent cell unrolled in time from the state `start`, forward and, with gradients, back."""
    labels = (start, *parts_of(weights), *(label for moment in moments for label in parts_of(moment)))
    require_texts("a label of a cell", labels)
    return UnrolledFigure(weights, start, tuple(moments))
