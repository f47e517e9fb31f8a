"""Computation graphs."""

from __future__ import annotations

from typing import Any

from keygen.page.figures import graph as pictures
from keygen.page.figures.display import Display
from keygen.page.figures.remembered import layout
from keygen.page.figures.spelling import WIDTH, Write


def graph(write: Write, vertices: Any, edges: Any, paths: Any) -> Display:
    """A computation graph."""
    return pictures.computation_graph(
        [pictures.Vertex(name, write(label) or "") for name, label in vertices],
        [pictures.Edge(source, target, write(label)) for source, target, label in edges],
        paths,
        WIDTH,
        layout,
    )
