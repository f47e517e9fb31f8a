"""From an exercise's figure to TeX: labels are typeset, the builder lays them out, the backend draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from keygen.course.figures import Axis, Cell, Column, Curve, Figure, Guide, Moment, Track
from keygen.engine.terms import Apply, Chain, Literal, Marked, Name
from keygen.errors import KeygenError, nearest
from keygen.page.figures import cell, graph, network, plot, scheme
from keygen.page.figures.display import Display, Line
from keygen.page.figures.palette import distinct
from keygen.page.figures.pict2e import draw
from keygen.page.figures.scale import limits, ticks

WIDTH = 156.0  # mm: the width of the text in a solution
Write = Callable[[Any], str | None]  # a label to TeX mathematics; None stays None


def graph_display(write: Write, vertices: Any, edges: Any, paths: Any) -> Display:
    """A computation graph."""
    return graph.computation_graph(
        [graph.Vertex(name, write(label) or "") for name, label in vertices],
        [graph.Edge(source, target, write(label)) for source, target, label in edges],
        paths,
        WIDTH,
    )


def network_display(write: Write, layers: Any, weights: Any, outputs: Any, captions: Any) -> Display:
    """A layered network; a weight of None is no edge."""
    return network.layered(
        [[write(label) or "" for label in layer] for layer in layers],
        [[[write(label) for label in row] for row in layer] for layer in weights],
        [write(label) or "" for label in outputs],
        [write(label) or "" for label in captions],
        WIDTH,
    )


def chain_display(write: Write, source: Any, units: Any, output: Any) -> Display:
    """Single units in a row."""
    made = [network.Unit(write(label) or "", write(weight) or "", write(bias)) for label, weight, bias in units]
    return network.chain(write(source) or "", made, write(output) or "", max_width=WIDTH)


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
        ],
        WIDTH,
    )


def plot_display(
    write: Write,
    curves: tuple[Curve, ...],
    x: Axis,
    y: Axis,
    guides: tuple[Guide, ...],
    tracks: tuple[Track, ...],
    size: tuple[float, float],
) -> Display:
    """Curves over axes; limits and ticks that were not given follow from the data."""
    points = [point for curve in curves for point in curve.points]
    xs = [*(at for at, _ in points), *(at for track in tracks for at in track.xs)]

    def axis(asked: Axis, data: list[float], length: float, room: float) -> plot.Axis:
        low, high = limits(data, asked.low, asked.high, log=asked.log)
        values = asked.ticks or ticks(low, high, max(2, int(length / room)), log=asked.log)
        marks = tuple((float(value), write(Literal(value)) or "") for value in values)
        return plot.Axis(low, high, marks, write(asked.label) or "", asked.log)

    return plot.plot(
        [plot.Curve(tuple(c.points), write(c.label) or "", stroke(c.stroke), c.marks, c.line, c.arrow) for c in curves],
        axis(x, xs, size[0], 11.5),
        axis(y, [at for _, at in points], size[1], 7.5),
        [plot.Guide(guide.x, guide.y, write(guide.label) or "") for guide in guides],
        [plot.Track(tuple(track.xs), write(track.label) or "", stroke(track.stroke)) for track in tracks],
        size,
    )


def cell_weights(write: Write, weights: Cell) -> cell.Weights:
    """The labels of a cell's weights."""
    return cell.Weights(write(weights.past) or "", write(weights.input) or "", write(weights.output) or "")


def cell_moment(write: Write, moment: Moment) -> cell.Moment:
    """The labels of a cell at one moment."""
    texts = {field.name: write(getattr(moment, field.name)) or "" for field in fields(moment)}
    return cell.Moment(**texts)


def cell_display(write: Write, weights: Cell, moment: Moment) -> Display:
    """A recurrent cell."""
    return cell.cell(cell_moment(write, moment), cell_weights(write, weights))


def unrolled_display(write: Write, weights: Cell, start: Any, moments: tuple[Moment, ...]) -> Display:
    """A recurrent cell unrolled in time."""
    steps = [cell_moment(write, moment) for moment in moments]
    return cell.unrolled(write(start) or "", steps, cell_weights(write, weights), WIDTH)


def stroke(number: int) -> str:
    """The role of a stroke by its number; 0 is plain ink."""
    return distinct(number)[-1] if number else "curve"


BUILDERS: dict[str, Callable[..., Display]] = {
    "graph": graph_display,
    "network": network_display,
    "chain": chain_display,
    "scheme": scheme_display,
    "plot": plot_display,
    "cell": cell_display,
    "unrolled": unrolled_display,
}


def sample(number: int) -> str:
    """A short stroke in the role of path `number`, for the text beside a figure."""
    return draw(Display((Line(((0.0, 1.0), (9.0, 1.0)), stroke(number)),))) + r"\quad"


def drawn(figure: Figure, write: Write) -> str:
    """The figure's TeX. Raises KeygenError for a kind that has no builder, and what the builder raises."""
    if figure.kind not in BUILDERS:
        raise KeygenError(f"no builder for a figure of kind {figure.kind!r}", repair=nearest(figure.kind, BUILDERS))
    if figure.kind == "plot":  # its ticks are chosen, and written, when it is built
        return draw(plot_display(write, *figure.args))
    return built(figure.kind, spelled(figure.args, write))


def spelled(value: Any, write: Write) -> Any:
    """A figure's arguments with every term and chain in them written."""
    if isinstance(value, Name | Literal | Apply | Marked | Chain):
        return write(value)
    if isinstance(value, list | tuple):
        return tuple(spelled(item, write) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: spelled(getattr(value, field.name), write) for field in fields(value)})
    return value


@lru_cache(maxsize=512)
def built(kind: str, args: tuple[Any, ...]) -> str:
    """The TeX of a figure whose labels are written; variants share most of their figures."""
    return draw(BUILDERS[kind](lambda label: label, *args))
