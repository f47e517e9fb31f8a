"""Layouts of graphs, kept from run to run: most variants of an exercise draw one of a few graphs, and python-igraph
takes longer to import than a page to make.

A layout is found again under the graph, the code that made it and igraph's version.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import msgspec

from keygen.figures.layouts import sugiyama
from keygen.figures.layouts.sugiyama import Key, LayeredLayout, layered
from keygen.system.files import cache_folder
from keygen.system.store import digest, layouts

Number = int | float


class Known(msgspec.Struct, array_like=True):
    """A layout without names: its columns, its heights, its bends."""

    columns: list[int]
    heights: list[Number]
    bends: list[list[Number]]


@lru_cache(maxsize=512)
def layout(names: tuple[str, ...], edges: tuple[Key, ...]) -> LayeredLayout:
    """`layers.layered`, worked out once for all graphs of one structure, whatever the names of their vertices."""
    place = {name: at for at, name in enumerate(names)}
    graph = repr((len(names), [(place[a], place[b]) for a, b in edges]))
    store, key = layouts(cache_folder()), digest(graph, _made_by())
    known = store.read(key, Known)
    if known is None:
        found = layered(names, edges)
        bends = [list(bend) for bend in found.bends.values()]
        known = Known([*found.columns.values()], [*found.heights.values()], bends)
        store.write(key, known)
    return LayeredLayout(
        dict(zip(names, known.columns, strict=True)),
        dict(zip(names, known.heights, strict=True)),
        dict(zip(edges, map(tuple, known.bends), strict=True)),
    )


@cache
def _made_by() -> str:
    """Changes with the code that lays out and with igraph's version, without importing igraph."""
    spec = find_spec("igraph")
    folders = spec.submodule_search_locations if spec else None
    sources = [Path(sugiyama.__file__), *(Path(folder, "version.py") for folder in folders or ())]
    return digest(*(path.read_bytes() for path in sources))
