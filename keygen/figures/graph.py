"""The computation graph: which variables a computation leads to, with labels on the edges and paths through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from keygen.figures.alt_text import Telling
from keygen.figures.figure import Figure
from keygen.figures.labels import Text, named, require_texts


class Vertex(NamedTuple):
    """A vertex: the name by which edges refer to it, and its label."""

    id: str
    label: Text


class Edge(NamedTuple):
    """An edge between two vertices, by their names, with a label or none."""

    source: str
    target: str
    label: Text = None

    @property
    def key(self) -> tuple[str, str]:
        """The two names."""
        return self.source, self.target


class GraphFigure(Figure, frozen=True):
    """A computation graph; `paths`, by the names of their vertices, are drawn in a role each."""

    kind: ClassVar[str] = "graph"

    vertices: tuple[Vertex, ...]
    edges: tuple[Edge, ...]
    paths: tuple[tuple[str, ...], ...] = ()

    def told(self, tell: Telling) -> str:
        """Which vertices lead to which, what stands on the edges, how the paths run."""
        names = {vertex.id: named(vertex.label) for vertex in self.vertices}
        leads = []
        for vertex in self.vertices:
            sources = [names[edge.source] for edge in self.edges if edge.target == vertex.id]
            if sources:
                sentence = "graph_step" if len(sources) > 1 else "graph_step_of_one"
                leads.append(tell(sentence, sources=sources, target=vertex.label))
        joined = {name for edge in self.edges for name in edge.key}
        apart = [vertex.label for vertex in self.vertices if vertex.id not in joined]
        leads += [tell("graph_apart", vertices=apart)] if apart else []
        on_edges = [
            tell("graph_edge", source=names[edge.source], target=names[edge.target], label=edge.label)
            for edge in self.edges
            if edge.label
        ]
        paths = [
            tell("graph_path", number=str(number), vertices=tell.row([names[name] for name in path]))
            for number, path in enumerate(self.paths, start=1)
        ]
        return tell("graph", parts=tell.after(*leads, *on_edges, *paths))


def graph_figure(
    vertices: Sequence[tuple[str, Text]],
    edges: Sequence[tuple[str, str, Text]],
    paths: Sequence[Sequence[str]] = (),
) -> GraphFigure:
    """A computation graph: vertices (id, label), edges (source id, target id, label), paths as vertex ids."""
    require_texts("a vertex of a graph", (label for _, label in vertices))
    require_texts("an edge of a graph", (label for _, _, label in edges))
    return GraphFigure(
        tuple(Vertex(*vertex) for vertex in vertices), tuple(Edge(*edge) for edge in edges), tuple(map(tuple, paths))
    )
