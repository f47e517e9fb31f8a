"""Layouts of graphs, kept from run to run: most variants of an exercise draw one of a few graphs, and python-igraph
takes longer to import than a page to make.

A layout is found again under the graph, the code that made it and igraph's version; its file begins with a checksum,
and one that is not whole is as good as none.
"""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache, lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from keygen.errors import KeygenError
from keygen.figures.layouts import layers
from keygen.figures.layouts.layers import Key, Layout, layered
from keygen.files import cache_folder, write_whole


@lru_cache(maxsize=512)
def layout(names: tuple[str, ...], edges: tuple[Key, ...]) -> Layout:
    """`layers.layered`, worked out once for all graphs of one structure, whatever the names of their vertices."""
    place = {name: at for at, name in enumerate(names)}
    graph = json.dumps([len(names), [(place[a], place[b]) for a, b in edges]])
    file = cache_folder() / "layouts" / f"{_hash(graph + _made_by())[:24]}.json"
    known = _read(file)
    if known is None:
        found = layered(names, edges)
        known = [*found.columns.values()], [*found.heights.values()], [*found.bends.values()]
        text = json.dumps(known)
        with suppress(KeygenError):  # the cache saves time and is no condition
            write_whole(file, f"{_hash(text)}\n{text}".encode())
    columns, heights, bends = known
    return Layout(
        dict(zip(names, columns, strict=True)),
        dict(zip(names, heights, strict=True)),
        dict(zip(edges, map(tuple, bends), strict=True)),
    )


def _read(file: Path) -> Any:
    """What the file holds; None where there is none, or it is not whole."""
    try:
        checksum, _, text = file.read_text("utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return json.loads(text) if checksum == _hash(text) else None


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@cache
def _made_by() -> str:
    """Changes with the code that lays out and with igraph's version, without importing igraph."""
    spec = find_spec("igraph")
    folders = spec.submodule_search_locations if spec else None
    sources = [Path(layers.__file__), *(Path(folder, "version.py") for folder in folders or ())]
    return "".join(map(_hash, (path.read_text("utf-8") for path in sources)))
