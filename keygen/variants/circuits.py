"""The circuit of a variant, read off its trace alone: which gates there are, what the wires carry, what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from keygen.calculus.claims import Claim, Given
from keygen.engine.graph import parents
from keygen.engine.trace import Trace, is_link
from keygen.errors import KeygenError, nearest
from keygen.figures.circuit import CircuitFigure, Cut, Gate, Source, circuit_of
from keygen.figures.labels import Sign, Text
from keygen.mathematics.terms import Chain, Literal, written
from keygen.variants.solved import Solved

MOST = 6  # numbers that a label shows; a larger matrix is named


def circuit_figure(s: Solved, of: str) -> CircuitFigure:
    """The circuit that computes the number `of`: a gate for every operation, with the value of each wire above it and
    the gradient of `of` by it below, as the pass back from `of` found them; the last gate is `of` itself, whole.

    The gates must stand one behind the other, as those of a network do whose layers follow each other. Raises
    KeygenError for a number without a backward pass, and for gates that join.
    """
    (whole,) = circuit_figures(s, of)
    return whole


def circuit_figures(s: Solved, of: str, *cuts: str) -> list[CircuitFigure]:
    """The circuit of a number in parts, which can stand on different pages: each but the last ends with one of the
    variables `cuts`, and the next begins with it.

    Raises KeygenError as `circuit_figure` does, and for a cut where no wire is.
    """
    for name in (of, *cuts):
        if name not in s.trace.shapes:
            raise KeygenError(f"the computation has no variable {name!r}", repair=nearest(name, s.trace.shapes))
    return Circuit(s, of).figures(cuts)


class Circuit:
    """A walk from a number back to where nobody asks for gradients any more."""

    def __init__(self, s: Solved, of: str) -> None:
        self.s, self.trace, self.of = s, s.trace, of
        self.back = gradients(s.trace, of)

    def figures(self, cuts: Sequence[str]) -> list[CircuitFigure]:
        """The gates, first to last, in parts."""
        parts: list[CircuitFigure] = []
        gates: list[Gate] = []
        name: str | None = self.of
        while name is not None:
            inputs = self.inputs(name)
            before = [source for source in inputs if self.computed(source)]
            if len(before) > 1:
                raise KeygenError(
                    f"the gates of a circuit join at {name!r}", found=", ".join(before),
                    expected="gates one behind the other", repair="draw a graph_figure",
                )  # fmt: skip
            behind = before[0] if before else self.first(inputs)
            gates.append(self.gate(name, [source for source in inputs if source != behind]))
            name = before[0] if before else None
            if name is None or name in cuts:
                start = self.source(behind) if name is None else Cut(self.s.name(name))
                parts.insert(0, circuit_of(start, gates[::-1], goes_on=bool(parts)))
                gates = []
        if len(parts) <= len(cuts):
            raise KeygenError(
                "a circuit is cut where it has no wire", expected="names of what its gates make", found=", ".join(cuts)
            )
        return parts

    def inputs(self, name: str) -> list[str]:
        """What goes into a gate: of the last one all that it is computed from, but for numbers of its formula."""
        step = self.trace.defining[name]
        found = parents(self.trace, name) if name == self.of else step.inputs
        return [self.followed(source) for source in found if self.primitive(source) != "constant"]

    def followed(self, name: str) -> str:
        """A variable, or the one that it is a second name of."""
        while self.primitive(name) == "copy" and self.trace.defining[name].inputs[0] in self.back:
            name = self.trace.defining[name].inputs[0]
        return name

    def primitive(self, name: str) -> str:
        """What a variable is computed by, "" for one of the data."""
        return self.trace.defining[name].primitive if name in self.trace.defining else ""

    def computed(self, name: str) -> bool:
        """Whether the pass back goes on behind a variable."""
        step = self.trace.defining.get(name)
        return step is not None and any(source in self.back for source in step.inputs)

    def first(self, inputs: list[str]) -> str:
        """Which input of the first gate the circuit begins with: the data, by which there is no gradient."""
        return next((source for source in inputs if source not in self.back), inputs[0])

    def gate(self, name: str, sources: list[str]) -> Gate:
        """A gate with what comes to it from aside."""
        sign: Text = self.s.name(name) if name == self.of else Sign(self.primitive(name))
        gradient = Given(1) if name == self.of else self.gradient(name)
        return Gate(
            sign, tuple(map(self.source, sources)), self.value(name), gradient,
            None if is_link(name) or name == self.of else self.s.name(name),
        )  # fmt: skip

    def source(self, name: str) -> Source:
        """Something that comes into the circuit."""
        shown: Text = self.s.chain(name).result if self.small(name) else self.s.name(name)
        return Source(shown, self.gradient(name))

    def value(self, name: str) -> Text:
        """What a wire carries."""
        if not self.small(name):
            return None if is_link(name) else self.s.name(name)
        if is_link(name):
            return Claim(Chain((written(self.trace, name), Literal(self.s.values[name]))))
        return self.s.claim(name)

    def gradient(self, name: str) -> Text:
        """What comes back on a wire, None where nobody asks."""
        return self.value(self.back[name]) if name in self.back else None

    def small(self, name: str) -> bool:
        """Whether a label has room for all numbers of a variable."""
        return prod(self.trace.shapes[name]) <= MOST


def gradients(trace: Trace, of: str) -> Mapping[str, str]:
    """The gradient of a number by everything that its backward pass went through. Raises KeygenError where there was
    none."""
    found = {g.by: g.target for g in trace.adjoints if g.of == of and not g.incoming}
    if not found:
        raise KeygenError(f"no gradient of {of!r} was asked for", repair=f'backprop(t, "{of}", [...]) first')
    return found
