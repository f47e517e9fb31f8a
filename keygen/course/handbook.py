"""The pages that `keygen help` shows: Markdown in `keygen/help/<topic>.md`, each begun by its title; in another
language, where it is written in that too, in `keygen/help/<language>/`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from keygen.course.languages import default
from keygen.course.names import fault_of
from keygen.course.search_path import holds_course, joined, packaged
from keygen.errors import KeygenError, nearest, one_of
from keygen.system.text import text_of

TOPICS = (
    "exercise", "template", "sheet", "numbers", "figures", "vocabulary", "roster", "grading", "grade", "export",
    "checking", "ci", "sharing", "commands", "completion",
)  # fmt: skip
"""In the order in which they are read."""
INDEX, PAGES = "index", "PAGES"
"""The page around the list of pages, and what stands for that list in it."""


def spoken_in(home: Path) -> str:
    """The language of the course in a folder; none where the course is broken, for then its author wants to read. In
    a folder that is no course, the reader's own."""
    if not holds_course(home):
        return of_reader()
    try:
        return default(joined(home))
    except KeygenError:
        return ""


def of_reader() -> str:
    """The language of whoever reads, as POSIX finds that of messages: ru of ru_RU.UTF-8."""
    said = next((said for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (said := os.environ.get(name))), "")
    return re.split(r"[_.@-]", said)[0]


def page_file(topic: str, language: str) -> Path:
    """The file of a page, in the language if it is written in that."""
    folder = packaged("help")
    file = folder / language / f"{topic}.md"
    return file if fault_of(language) is None and file.exists() else folder / f"{topic}.md"


def page(topic: str, language: str) -> str:
    """A page as Markdown. Raises KeygenError for a topic that has none, with the nearest."""
    if topic not in TOPICS:
        raise KeygenError(
            f"there is no page on {topic!r}",
            expected=one_of(TOPICS, "`keygen help` shows them"),
            repair=nearest(topic, TOPICS),
        )
    return text_of(page_file(topic, language), "the page")


def overview(language: str) -> str:
    """The pages there are, a line each: the topic and the page's title, between the words of the page `index`."""
    titles = {topic: page(topic, language).partition("\n")[0].removeprefix("# ") for topic in TOPICS}
    rows = [f"    keygen help {topic:<12} {title}" for topic, title in titles.items()]
    return text_of(page_file(INDEX, language), "the page").rstrip().replace(PAGES, "\n".join(rows))
