"""From an exercise's figure to TeX: labels are typeset, the builder lays them out, the backend draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keygen.course.figures import Column, Figure
from keygen.errors import KeygenError, nearest
from keygen.page.figures import graph, network, scheme
from keygen.page.figures.display import Display, Line
from keygen.page.figures.palette import distinct
from keygen.page.figures.pict2e import draw

Write = Callable[[Any], str | None]  # a label to TeX mathematics; None stays None


def graph_display(write: Write, vertices: Any, edges: Any, paths: Any) -> Display:
    """A computation graph."""
    return graph.computation_graph(
        [graph.Vertex(name, write(label) or "") for name, label in vertices],
        [graph.Edge(source, target, write(label)) for source, target, label in edges],
        paths,
    )


def network_display(write: Write, layers: Any, weights: Any, outputs: Any, captions: Any) -> Display:
    """A layered network; a weight of None is no edge."""
    return network.layered(
        [[write(label) or "" for label in layer] for layer in layers],
        [[[write(label) for label in row] for row in layer] for layer in weights],
        [write(label) or "" for label in outputs],
        [write(label) or "" for label in captions],
    )


def chain_display(write: Write, source: Any, units: Any, output: Any) -> Display:
    """Single units in a row."""
    made = [network.Unit(write(label) or "", write(weight) or "", write(bias)) for label, weight, bias in units]
    return network.chain(write(source) or "", made, write(output) or "")


def scheme_display(write: Write, columns: tuple[Column, ...]) -> Display:
    """The two passes of a network."""

    def arrow(notes: tuple[Any, Any]) -> scheme.Arrow:
        above, below = notes
        return scheme.Arrow(write(above) or "", write(below) or "")

    return scheme.backward_scheme(
        [
            scheme.Column(
                write(column.forward) or "",
                arrow(column.applied),
                write(column.backward),
                arrow(column.multiplied),
                write(column.gradient),
                write(column.by) or "",
            )
            for column in columns
        ]
    )


BUILDERS: dict[str, Callable[..., Display]] = {
    "graph": graph_display,
    "network": network_display,
    "chain": chain_display,
    "scheme": scheme_display,
}


def sample(number: int) -> str:
    """A short stroke in the role of path `number`, for the text beside a figure."""
    role = distinct(number)[-1]
    return draw(Display((Line(((0.0, 0.0), (9.0, 0.0)), role),)))


def drawn(figure: Figure, write: Write) -> str:
    """The figure's TeX. Raises KeygenError for a kind that has no builder, and what the builder raises."""
    if figure.kind not in BUILDERS:
        raise KeygenError(f"no builder for a figure of kind {figure.kind!r}", repair=nearest(figure.kind, BUILDERS))
    return draw(BUILDERS[figure.kind](write, *figure.args))
