"""Networks of units: fully connected layers with a weight on each edge, and rows of single units with biases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct

from keygen.calculus.claims import Given
from keygen.figures.alt_text import Telling
from keygen.figures.figure import Figure
from keygen.figures.labels import Text, require_texts

ONE = Given(1)  # what a bias multiplies


class Unit(Struct, frozen=True):
    """A unit of a chain: what stands in it, the weight of the arrow into it, its bias (None for no bias)."""

    label: Text
    weight: Text
    bias: Text = None


class NetworkFigure(Figure, frozen=True):
    """Layers of units with a weight on each edge."""

    kind: ClassVar[str] = "network"

    layers: tuple[tuple[Text, ...], ...]
    weights: tuple[tuple[tuple[Text, ...], ...], ...]
    outputs: tuple[Text, ...] = ()
    captions: tuple[Text, ...] = ()

    def told(self, tell: Telling) -> str:
        """The units of each layer, the weight of each edge, what comes out."""
        captions = self.captions or (None,) * len(self.layers)
        layers = [
            tell(
                "network_layer_called" if caption else "network_layer",
                number=str(k),
                caption=caption,
                units=[self.unit(tell, k - 1, i) for i in range(len(layer))],
            )
            for k, (layer, caption) in enumerate(zip(self.layers, captions, strict=False), start=1)
        ]
        edges = [
            tell("network_edge", source=self.unit(tell, k, i), target=self.unit(tell, k + 1, j), label=label)
            for k, rows in enumerate(self.weights)
            for i, row in enumerate(rows)
            for j, label in enumerate(row)
            if label
        ]
        outputs = tell("network_outputs", outputs=list(self.outputs)) if self.outputs else ""
        return tell("network", parts=tell.after(*layers, *edges, outputs))

    def unit(self, tell: Telling, layer: int, place: int) -> str:
        """A unit by its label if no other unit has it, else by its place."""
        labels = [label for row in self.layers for label in row]
        label = self.layers[layer][place]
        if label is not None and labels.count(label) == 1:
            return tell.text(label)
        return tell("network_unit", number=str(place + 1), layer=str(layer + 1))


def network_figure(
    layers: Sequence[Sequence[Text]],
    weights: Sequence[Sequence[Sequence[Text]]],
    outputs: Sequence[Text] = (),
    captions: Sequence[Text] = (),
) -> NetworkFigure:
    """A layered network: labels of the units by layer, of the edges by layer, from unit, to unit; None is no edge."""
    require_texts("a unit of a network", (*(unit for layer in layers for unit in layer), *outputs, *captions))
    require_texts("an edge of a network", (edge for layer in weights for unit in layer for edge in unit))
    return NetworkFigure(
        tuple(map(tuple, layers)),
        tuple(tuple(map(tuple, rows)) for rows in weights),
        tuple(outputs),
        tuple(captions),
    )


class ChainFigure(Figure, frozen=True):
    """Single units in a row; `constant` is what biases multiply."""

    kind: ClassVar[str] = "chain"

    source: Text
    units: tuple[Unit, ...]
    output: Text
    constant: Text = ONE

    def told(self, tell: Telling) -> str:
        """The units in their order, each with its weight and its bias."""
        units = [
            tell("chain_unit", number=str(number), label=unit.label, weight=unit.weight)
            if unit.bias is None
            else tell("chain_unit_with_bias", number=str(number), label=unit.label, weight=unit.weight, bias=unit.bias)
            for number, unit in enumerate(self.units, start=1)
        ]
        return tell("chain", source=self.source, units=tell.after(*units), output=self.output)


def chain_figure(source: Text, units: Sequence[tuple[Text, Text, Text]], output: Text) -> ChainFigure:
    """Single units in a row, each (label, weight of the arrow into it, bias)."""
    require_texts("a label of a chain", (source, *(label for unit in units for label in unit), output))
    return ChainFigure(source, tuple(Unit(*unit) for unit in units), output)
