"""Where Jinja gets a template's text: read as every file of a course is, and looked through for what TeX would eat."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import BaseLoader, Environment, TemplateNotFound
from jinja2.loaders import split_template_path

from keygen.course.contents import contents, nearest_file
from keygen.course.languages import Language
from keygen.document.words import require_words
from keygen.errors import KeygenError
from keygen.system.text import decoded, require_file

FRAMES = frozenset({"sheet.tex", "derivation.tex", "checked.tex", "figures.tex"})
"""The files of TeX around the words, and what figures are told by, which is plain text."""
CLOSING = re.compile(r'[^\W\d_]"(?=[\s,]|$)')
SENTENCE = re.compile(r"^%% (law|word) ([A-Za-z]\w*)\n(.*?)^%% end\1(?:\n|\Z)", re.M | re.S)
PART = "#"
"""What stands in the name of a template before that of its one sentence: conventions.tex#rounding."""
NOT_TEX = re.compile(r"^\s*%%.*|%#.*|\\(?:val|block|comment)\{[^}]*\}")


class Loader(BaseLoader):
    """Templates by their names in the first of some folders that has them, known to be as they were by their bytes; or
    one sentence of a template.

    Raises KeygenError for a file that cannot be read, is not UTF-8, or has a quote that a page in the `language` would
    not show.
    """

    def __init__(self, folders: tuple[Path, ...], language: Language | None = None) -> None:
        self.folders, self.language = folders, language

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The text, its file, and whether it is still that. Raises TemplateNotFound."""
        name, _, sentence = template.partition(PART)
        path = self.path(name)
        if path is None:
            raise TemplateNotFound(name)
        require_file(path, "the template")
        data = contents(path)
        whole = decoded(path, data, "the template")
        text = readable(path, alone(sentence, whole) if sentence else whole, self.language)
        linecache.cache[str(path)] = (len(whole), None, whole.splitlines(keepends=True), str(path))
        return text, str(path), lambda: self.path(name) == path and contents(path) == data

    def path(self, template: str) -> Path | None:
        """The file of a template; None where no folder has one."""
        return nearest_file(self.folders, *split_template_path(template))


def alone(sentence: str, text: str) -> str:
    """A template without its other sentences, the line numbers as they were."""
    return SENTENCE.sub(lambda found: found[0] if found[2] == sentence else "\n" * found[0].count("\n"), text)


def readable(path: Path, text: str, language: Language | None) -> str:
    """The text itself. Raises KeygenError at the first thing that is no words, and at a straight quote that closes,
    where the language has babel swallow the space or the comma after it; in a title quotes are printed."""
    if path.name not in FRAMES:
        require_words(path, text)
    if language is None or not language.shorthands or language.code not in {path.stem, path.parent.name}:
        return text
    titled = False
    for number, line in enumerate(text.splitlines(), start=1):
        titled = line.startswith("%% title") or (titled and not line.startswith("%% endtitle"))
        if not titled and CLOSING.search(NOT_TEX.sub("", line)):
            raise KeygenError(
                f"a straight quote in {language.name} words swallows what follows it", file=path, line=number,
                source=line, repair="write {}word{}".format(*language.quotes),
            )  # fmt: skip
    return text
