"""Boxes of mathematics as TeX has them, with the ink in them; all lengths in em, y upwards from the baseline."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace


class Span(Struct, frozen=True):
    """Characters of one size and style: their left end and their baseline in em, the width kept for them."""

    x: float
    y: float
    width: float
    text: str
    scale: float = 1.0
    italic: bool = False
    bold: bool = False

    def moved(self, x: float, y: float) -> Span:
        """This ink in another place."""
        return Span(self.x + x, self.y + y, self.width, self.text, self.scale, self.italic, self.bold)


class Stroke(Struct, frozen=True):
    """A line through points (x, y) in em: the line of a fraction, a root, a bracket; `frame` numbers a coloured box."""

    points: tuple[tuple[float, float], ...]
    frame: int | None = None

    def moved(self, x: float, y: float) -> Stroke:
        """This ink in another place."""
        return Stroke(tuple([(a + x, b + y) for a, b in self.points]), self.frame)


class Cluster(Struct, frozen=True):
    """What stands together apart from the rest of its line: the top of a fraction."""

    ink: tuple[Ink, ...]

    def moved(self, x: float, y: float) -> Cluster:
        """This ink in another place."""
        return Cluster(moved(self.ink, x, y))


Ink = Span | Stroke | Cluster


def moved(ink: Iterable[Ink], x: float, y: float) -> tuple[Ink, ...]:
    """Ink in another place."""
    return tuple([one.moved(x, y) for one in ink])


class MathBox(Struct, frozen=True):
    """A box of TeX: its width, its height above and depth below the baseline, in em; its ink about the beginning of
    its baseline; its plain text, and whether that is one thing, which needs no brackets."""

    width: float = 0.0
    height: float = 0.0
    depth: float = 0.0
    ink: tuple[Ink, ...] = ()
    plain: str = ""
    single: bool = True

    @property
    def total(self) -> float:
        """Height and depth together."""
        return self.height + self.depth

    def beside(self, other: MathBox) -> MathBox:
        """Both boxes on one line."""
        return MathBox(
            self.width + other.width,
            max(self.height, other.height),
            max(self.depth, other.depth),
            self.ink + (moved(other.ink, self.width, 0.0) if other.ink else ()),
            self.plain + other.plain,
            not self.plain and other.single,
        )

    def grown(self, width: float = 0.0, height: float = 0.0, depth: float = 0.0) -> MathBox:
        """A larger box."""
        return replace(self, width=self.width + width, height=self.height + height, depth=self.depth + depth)

    @property
    def bracketed(self) -> str:
        """The plain text as one thing."""
        return self.plain if self.single else f"({self.plain})"
