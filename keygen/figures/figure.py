"""What every kind of figure is: data with labels in it, that is laid out as a display list and told in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

from msgspec import Struct

from keygen.errors import KeygenError
from keygen.figures.alt_text import Telling
from keygen.figures.display import DisplayList, Line
from keygen.figures.labels import Measured, Size, with_texts
from keygen.figures.palette import stroke

WIDTH = 156.0  # mm: the width of the text in a solution


class Figure(Struct, frozen=True):
    """A picture, by what it shows. Each kind is a frozen struct in a module of its own."""

    kind: ClassVar[str]
    shared: ClassVar[bool] = True  # whether figures that differ in their labels alone are to be expected

    def completed(self) -> Self:
        """This figure with everything chosen that was left to be: a plot's ticks."""
        return self

    def laid_out(self) -> DisplayList:
        """Its display list, when all labels are measured, of a kind that `arrange` has no layout for."""
        raise NotImplementedError

    def require(self, language: str) -> None:
        """Raise KeygenError where it has no words for a language."""

    def told(self, tell: Telling) -> str:
        """What it shows, in words."""
        raise NotImplementedError  # each kind has its own


class Swatch(Struct, frozen=True):
    """A sample of the stroke that a figure draws its path number `number` with, counted from 1."""

    number: int


def sample_of(number: int) -> DisplayList:
    """A short stroke in the role of path `number`."""
    return DisplayList((Line(((0.0, 1.0), (9.0, 1.0)), stroke(number)),))


def outlined(figure: Figure, size: Callable[[Any], Size]) -> tuple[Figure, list[Any]]:
    """A figure with numbers from 0 in the place of its labels, each as large as `size` says, and the labels."""
    if not isinstance(figure, Figure):
        raise KeygenError(f"a {type(figure).__name__} is no figure", found=repr(figure)[:80])
    texts: list[Any] = []

    def numbered(text: Any) -> Measured:
        """The number of a label more."""
        texts.append(text)
        return Measured(len(texts) - 1, *size(text))

    return with_texts(figure.completed(), numbered), texts
