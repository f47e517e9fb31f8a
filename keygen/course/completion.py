"""What the Tab key offers: names of sheets, ids of exercises, files to copy, pages, languages. Nothing of the course is
run; where its folders cannot be read, nothing is offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from keygen.course.handbook import TOPICS
from keygen.course.languages import languages
from keygen.course.scaffold import ejectable
from keygen.course.search_path import SearchPath, search_path
from keygen.errors import KeygenError

KINDS: dict[str, Callable[[SearchPath], Iterable[str]]] = {
    "sheet": SearchPath.sheets,
    "exercise": SearchPath.exercises,
    "file": lambda path: (name for name, _ in ejectable(SearchPath(path.places[1:]))),
    "language": languages,
    "page": lambda path: TOPICS,
}


def completions(begun: str, *kinds: str) -> list[str]:
    """What of some kinds begins so, in the course of the working folder."""
    try:
        path = search_path(Path.cwd())
        return sorted({name for kind in kinds for name in KINDS[kind](path) if name.startswith(begun)})
    except (KeygenError, OSError):
        return []
