"""Networks of units."""

from __future__ import annotations

from typing import Any

from keygen.page.figures import network as pictures
from keygen.page.figures.display import Display
from keygen.page.figures.spelling import WIDTH, Write


def network(write: Write, layers: Any, weights: Any, outputs: Any, captions: Any) -> Display:
    """A layered network; a weight of None is no edge."""
    return pictures.layered(
        [[write(label) or "" for label in layer] for layer in layers],
        [[[write(label) for label in row] for row in layer] for layer in weights],
        [write(label) or "" for label in outputs],
        [write(label) or "" for label in captions],
        WIDTH,
    )


def chain(write: Write, source: Any, units: Any, output: Any) -> Display:
    """Single units in a row."""
    made = [pictures.Unit(write(label) or "", write(weight) or "", write(bias)) for label, weight, bias in units]
    return pictures.chain(write(source) or "", made, write(output) or "", max_width=WIDTH)
