"""The circuit of a computation, as Stanford's CS231n draws it: gates in the order of the work, on every wire its value
above and the gradient that comes back below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from keygen.figures.alt_text import Telling
from keygen.figures.figure import Figure
from keygen.figures.labels import Text, require_texts


class Source(NamedTuple):
    """What comes into a circuit: its name and value, and the gradient by it, None where nobody asks for one."""

    shown: Text
    gradient: Text = None


class Cut(NamedTuple):
    """A wire that goes on from where it was cut: its name, which stands at both ends; what it carries stands before the
    cut alone."""

    shown: Text
    gradient: None = None


class Gate(NamedTuple):
    """An operation: its sign; what comes to it beside the wire from the gate before it; the wire out of it: its value,
    the gradient by it, and its name, None where it has none."""

    sign: Text
    sources: tuple[Source, ...]
    value: Text
    gradient: Text = None
    name: Text = None


class CircuitFigure(Figure, frozen=True):
    """Gates one after another; `start` goes into the first of them, in a part of a circuit the wire that was
    cut. A part that goes on elsewhere ends with the name of its last wire."""

    kind: ClassVar[str] = "circuit"

    start: Source | Cut
    gates: tuple[Gate, ...]
    goes_on: bool = False

    def told(self, tell: Telling) -> str:
        """Gate by gate, what comes in, what goes out, and what comes back."""
        parts = [tell("circuit_start", source=source_told(tell, self.start))]
        for number, gate in enumerate(self.gates, start=1):
            inputs = [source_told(tell, source) for source in gate.sources]
            sentence = "circuit_gate_with" if inputs else "circuit_gate"
            told = [tell(sentence, number=str(number), sign=gate.sign, sources=inputs)]
            told += [tell("circuit_name", name=gate.name)] if gate.name else []
            told.append(tell("circuit_value", value=gate.value))
            told += [tell("circuit_gradient", gradient=gate.gradient)] if gate.gradient else []
            parts.append(", ".join(told))
        return tell("circuit", parts=tell.after(*parts))


def source_told(tell: Telling, source: Source | Cut) -> str:
    """A source with its gradient, if it has one."""
    if not source.gradient:
        return tell("circuit_source", shown=source.shown)
    return tell("circuit_source_back", shown=source.shown, gradient=source.gradient)


def circuit_of(start: Source | Cut, gates: Sequence[Gate], *, goes_on: bool = False) -> CircuitFigure:
    """The figure of gates that stand one behind the other; one that goes on ends with a name.

    Raises KeygenError for labels of which nothing is said.
    """
    texts = [*start, *(text for gate in gates for source in gate.sources for text in source)]
    texts += [text for gate in gates for text in (gate.sign, gate.value, gate.gradient, gate.name)]
    require_texts("a label of a circuit", texts)
    return CircuitFigure(start, tuple(gates), goes_on)
