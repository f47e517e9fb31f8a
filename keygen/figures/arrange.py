"""From a figure to its display list: each kind by the module of its own under `layouts`."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from keygen.figures.block_diagram import BlockDiagramFigure
from keygen.figures.cell import CellFigure, UnrolledFigure
from keygen.figures.circuit import CircuitFigure
from keygen.figures.display import DisplayList
from keygen.figures.figure import WIDTH, Figure, outlined
from keygen.figures.graph import GraphFigure
from keygen.figures.grid import GridFigure
from keygen.figures.labels import Measured, Size, with_texts
from keygen.figures.network import ChainFigure, NetworkFigure
from keygen.figures.plane import PlaneFigure
from keygen.figures.plot import PlotFigure


def laid_out(figure: Figure) -> DisplayList:
    """The display list of a figure whose labels are measured, the page's width at most. Raises KeygenError for what
    does not fit the page. Layouts are imported only for what a page shows.
    """
    match figure:
        case CellFigure():
            from keygen.figures.layouts.cell import cell

            return cell(figure.moment, figure.weights)
        case UnrolledFigure():
            from keygen.figures.layouts.cell import unrolled

            return unrolled(figure.start, figure.moments, figure.weights, WIDTH)
        case CircuitFigure():
            from keygen.figures.layouts.circuit import circuit

            return circuit(figure.start, figure.gates, WIDTH, goes_on=figure.goes_on)
        case ChainFigure():
            from keygen.figures.layouts.network import chain

            return chain(figure.source, figure.units, figure.output, figure.constant, WIDTH)
        case NetworkFigure():
            from keygen.figures.layouts.network import layered

            return layered(figure.layers, figure.weights, figure.outputs, figure.captions, WIDTH)
        case GraphFigure():
            from keygen.figures.layouts.graph import computation_graph
            from keygen.figures.layouts.layout_cache import layout

            return computation_graph(figure.vertices, figure.edges, figure.paths, WIDTH, layout)
        case PlotFigure():
            from keygen.figures.layouts.plot import plot

            return plot(figure.curves, figure.x, figure.y, figure.guides, figure.tracks, figure.frame)
        case PlaneFigure():
            from keygen.figures.layouts.plane import plane

            return plane(figure)
        case GridFigure():
            from keygen.figures.layouts.panes import panes

            return panes(figure.panes, WIDTH)
        case BlockDiagramFigure():
            from keygen.figures.layouts.block_diagram import backward_scheme

            return backward_scheme(figure.columns, WIDTH)
        case _:
            return figure.laid_out()


def arranged(outline: Figure) -> DisplayList:
    """The display list of a figure whose labels are numbers: variants share most of their figures but for the texts."""
    return arranged_once(outline) if outline.shared else laid_out(outline)


@lru_cache(maxsize=512)
def arranged_once(outline: Figure) -> DisplayList:
    """A display list that is made once."""
    return laid_out(outline)


def displayed(figure: Figure, size: Callable[[Any], Size]) -> DisplayList:
    """The display list of a figure whose labels are as large as `size` says, in mm."""
    outline, texts = outlined(figure, size)

    def said(number: Measured) -> Measured:
        """The label of a number."""
        return number._replace(says=texts[number.says])

    return DisplayList(with_texts(arranged(outline).items, said))
