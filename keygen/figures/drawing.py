"""A figure that an author composes of the display list's own items, with words for who does not see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from math import isfinite
from string import Formatter
from typing import Any, ClassVar

from keygen.errors import KeygenError
from keygen.figures.alt_text import Telling
from keygen.figures.display import SIDES, Bezier, Box, DisplayList, Item, Label, Line
from keygen.figures.figure import WIDTH, Figure
from keygen.figures.geometry import Point, Shape
from keygen.figures.labels import Text, Words, require_texts
from keygen.figures.palette import role

HEIGHT = 230.0  # mm: what a page has room for


class Drawing(Figure, frozen=True):
    """Items, painted in their order; `alt` tells what they show, with `parts` in the place of {names}."""

    kind: ClassVar[str] = "drawing"

    items: tuple[Item, ...]
    alt: Words
    parts: tuple[tuple[str, Text], ...] = ()

    def laid_out(self) -> DisplayList:
        """The items where the author has put them. Raises KeygenError where they do not fit the page."""
        display = DisplayList(self.items)
        for what, length, most in (("wide", display.width, WIDTH), ("tall", display.height, HEIGHT)):
            if length > most:
                raise KeygenError(
                    f"a drawing is too {what} for the page", expected=f"at most {most:g} mm", found=f"{length:.0f} mm"
                )
        return display

    def require(self, language: str) -> None:
        """The author's words are of each language that a page is made in."""
        self.alt.of(language)

    def told(self, tell: Telling) -> str:
        """The author's words."""
        return tell.filled(self.alt.of(tell.language), dict(self.parts))


def drawing(*items: Item, alt: Words, **parts: Text) -> Drawing:
    """A figure of lines, curves, boxes and labels, in mm with y upwards; what comes later lies above.

    `alt` says in words what the drawing shows; a {name} in it is the label that `parts` has by this name. Raises
    KeygenError for an item that makes no picture, a number that nothing is said of, and words that are missing.
    """
    if not items:
        raise KeygenError("a drawing has no items", expected="Line, Bezier, Box, Label")
    if not isinstance(alt, Words):
        raise KeygenError(
            "a drawing has no words for those who do not see it", found=repr(alt)[:80],
            repair='alt=words(<language>="a triangle with the sides {a} and {b}", ...), a=..., b=...',
        )  # fmt: skip
    require_texts("a part of a drawing's words", parts.values())
    for language, text in alt.texts:
        require_parts(language, text, parts)
    return Drawing(tuple(checked(item, number) for number, item in enumerate(items, 1)), alt, tuple(parts.items()))


def require_parts(language: str, text: str, parts: Iterable[str]) -> None:
    """Raise KeygenError for words whose {names} are not those of the parts."""
    try:
        named = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise KeygenError(f"the words of a drawing have a brace too many: {error}", found=text) from error
    if set(named) != set(parts):
        raise KeygenError(
            f"the words of a drawing in the language {language!r} do not name its parts",
            expected=", ".join(f"{{{name}}}" for name in parts) or "no braces", found=text,
        )  # fmt: skip


def checked(item: Any, number: int) -> Item:
    """An item that can be drawn, its coordinates numbers. Raises KeygenError for any other."""
    check = CHECKS.get(type(item))
    if check is None:
        raise KeygenError(
            f"item {number} of a drawing is a {type(item).__name__}",
            expected=", ".join(kind.__name__ for kind in CHECKS),
        )
    try:
        return check(item)
    except KeygenError as error:
        raise replace(error, what=f"item {number} of a drawing: {error.what}") from error


def line(item: Line) -> Line:
    """Two points at least, no two in one place one after the other."""
    ends = points(item.points)
    if len(ends) < 2 or any(a == b for a, b in pairwise(ends)):
        raise KeygenError("a line needs two points, each away from the one before", found=str(item.points)[:80])
    role(item.role)
    return item._replace(points=ends)


def bezier(item: Bezier) -> Bezier:
    """Points three by three after the first."""
    ends = points(item.points)
    if len(ends) < 4 or len(ends) % 3 != 1:
        raise KeygenError(
            "a curve needs a point, and for each piece two controls and a point",
            expected="4, 7, 10 ... points", found=str(len(ends)),
        )  # fmt: skip
    if ends[-2] == ends[-1] or len(set(ends)) < 3:
        raise KeygenError("a curve ends where its last control stands, and has no direction", found=str(ends[-1]))
    role(item.role)
    return item._replace(points=ends)


def box(item: Box) -> Box:
    """A shape with an area, its corners no rounder than it is; a border, a filling, or both."""
    if not isinstance(item.shape, Shape):
        raise KeygenError(
            "a box needs a shape", expected="Shape(centre, width, height, radius)", found=repr(item.shape)
        )
    (center,) = points((item.shape.center,))
    width, height, radius = map(real, item.shape[1:])
    if not (width > 0 and height > 0 and 0 <= radius <= min(width, height) / 2 + 1e-9):
        raise KeygenError(
            "a box has no such shape", expected="a width and a height above 0, a radius up to half of the smaller",
            found=f"width {width:g}, height {height:g}, radius {radius:g}",
        )  # fmt: skip
    looks = [name for name in (item.border, item.fill) if name]
    if not looks:
        raise KeygenError("a box has neither a border nor a filling, and nobody sees it")
    for name in looks:
        role(name)
    return item._replace(shape=Shape(center, width, height, radius))


def label(item: Label) -> Label:
    """A label that says something, at a point, on a side of it."""
    (at,) = points((item.at,))
    if item.text is None:
        raise KeygenError("a label says nothing")
    require_texts("a label of a drawing", (item.text,))
    if item.anchor not in SIDES:
        raise KeygenError("a label has no such side", expected=", ".join(SIDES), found=repr(item.anchor))
    role(item.role)
    return item._replace(at=at)


CHECKS: dict[type, Callable[[Any], Item]] = {Line: line, Bezier: bezier, Box: box, Label: label}


def points(given: Any) -> tuple[Point, ...]:
    """Points as pairs of numbers. Raises KeygenError for what is none."""
    try:
        pairs = [tuple(point) for point in given]
    except TypeError:
        pairs = [()]
    if any(len(pair) != 2 for pair in pairs):
        raise KeygenError("a point is no pair (x, y)", found=repr(given)[:80])
    return tuple((real(x), real(y)) for x, y in pairs)


def real(x: Any) -> float:
    """A coordinate. Raises KeygenError for what is no finite number."""
    try:
        value = float(x)
    except (TypeError, ValueError, OverflowError):
        value = float("nan")
    if not isfinite(value) or isinstance(x, bool | str):
        raise KeygenError("a coordinate is no finite number", found=repr(x)[:80])
    return value
