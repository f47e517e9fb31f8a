"""Where Jinja gets a template's text: read as every file of a course is, and looked through for what TeX would eat."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, TemplateNotFound
from jinja2.loaders import split_template_path

from keygen.errors import KeygenError
from keygen.text import text_of

SHORTHANDS = frozenset({"ru"})
"""Languages in which babel takes a straight quote and what follows for a sign of its own."""
CLOSING = re.compile(r'[^\W\d_]"(?=[\s,]|$)')
NOT_TEX = re.compile(r"^\s*%%.*|%#.*|\\(?:val|block|comment)\{[^}]*\}")


class Templates(FileSystemLoader):
    """The templates of some folders, the nearest first.

    Raises KeygenError for a file that cannot be read, is not UTF-8, or has a quote that the page would not show.
    """

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """A template's text, its file, and whether the file is as it was."""
        places = (Path(folder, *split_template_path(template)) for folder in self.searchpath)
        path = next((place for place in places if place.exists()), None)
        if path is None:
            raise TemplateNotFound(template)
        text = readable(path, text_of(path, "the template"))
        changed = path.stat().st_mtime_ns
        return text, str(path), lambda: path.exists() and path.stat().st_mtime_ns == changed


def readable(path: Path, text: str) -> str:
    """The text itself. Raises KeygenError at the first straight quote that closes, where babel would swallow the space
    or the comma after it; in a title quotes are printed."""
    if not SHORTHANDS & {path.stem, path.parent.name}:
        return text
    titled = False
    for number, line in enumerate(text.splitlines(), start=1):
        titled = line.startswith("%% title") or (titled and not line.startswith("%% endtitle"))
        if not titled and CLOSING.search(NOT_TEX.sub("", line)):
            raise KeygenError(
                "a straight quote in Russian words swallows what follows it", file=path, line=number, source=line,
                repair="write «слово»",
            )  # fmt: skip
    return text
