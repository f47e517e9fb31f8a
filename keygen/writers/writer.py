"""What the writers of one exercise share: a table from node type to writing, and where an error stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, ClassVar

from keygen.course.points import decimal
from keygen.document.nodes import Section, Words
from keygen.document.template import words
from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError


class Writer:
    """The writer of one exercise: mathematics, figures and tables by its typesetter."""

    WRITES: ClassVar[dict[type, Callable[[Any, Any], str]]]

    def __init__(self, typesetter: Typesetter) -> None:
        self.typesetter = typesetter

    def write(self, node: Any) -> str:
        """A node. Raises KeyError for a type that the table has not."""
        return self.WRITES[type(node)](self, node)

    def words(self, words: Words) -> str:
        """What stands within a line."""
        return "".join(map(self.write, words))


@contextmanager
def writing(exercise: str, section: Section) -> Iterator[None]:
    """An error on the way is told at the section of its exercise."""
    try:
        yield
    except KeygenError as error:
        raise error.within(exercise=exercise, file=section.file, line=section.line) from error


def in_words(points: Fraction | None, typesetter: Typesetter) -> str:
    """So many points in the words of the page's language; "" where there are none."""
    language = typesetter.spoken
    if points is None or language is None:
        return ""
    return language.counted(decimal(points, typesetter.policy.point), words("words", language)["points"])
