"""Draws a display list as a LaTeX picture (package pict2e; colours by name from style.sty): plain text to edit.

Under pdfTeX style.sty has quicker definitions of these commands, for which a \\polyline or \\polygon* ends its line.
Coordinates are in millimetres, with two decimals. A straight line is one line of TeX, dashed (pict2e has no dashes:
they are repeated lines) or not; so are its head, a curve, a box, its filling and a label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from keygen.errors import KeygenError
from keygen.figures.arrange import laid_out
from keygen.figures.arrowheads import head, short_of_tip
from keygen.figures.dashes import DashRow, dashes, rows
from keygen.figures.display import Bezier, Box, DisplayList, Item, Label, Line
from keygen.figures.figure import Figure, outlined, sample_of
from keygen.figures.geometry import (
    Point,
    Shape,
    flatten,
    is_straight,
    straight,
)
from keygen.figures.labels import Size, Words, says
from keygen.figures.mathbox import measure, measure_text
from keygen.figures.palette import ROLES, Role, role

EDGE = "\0"  # of a label's place; no TeX holds it
_SLOT = re.compile(rf"{EDGE}(\d+){EDGE}")
POINT = "(%.2f,%.2f)"
SHORTER = (("0,", ","), ("0)", ")"), (".0,", ","), (".0)", ")"), ("-0,", "0,"), ("-0)", "0)"))  # in turn
ARC = 0.5523  # control distance of a cubic that follows a quarter circle of radius 1


def picture(figure: Figure, write: Callable[[Any], str]) -> str:
    """The TeX of a figure; `write` gives a label's TeX, words as they stand in the text, all else as mathematics.
    Raises KeygenError for what cannot be drawn."""
    written: list[str] = []

    def room(text: Any) -> Size:
        """The room of a label, which is kept as it stands in the text."""
        tex, plain = write(text), isinstance(text, Words)
        written.append(tex if plain else f"${tex}$")
        return measure_text(tex) if plain else measure(tex)

    outline, _ = outlined(figure, room)
    return filled(pieces(outline) if outline.shared else cut(outline), written)


@lru_cache(maxsize=512)
def pieces(outline: Figure) -> tuple[str, ...]:
    """The TeX of a figure cut at the places of its labels, made once for all variants that differ in them alone."""
    return cut(outline)


def cut(outline: Figure) -> tuple[str, ...]:
    """What stands before the first label, the first label's number, what stands before the second ..."""
    return tuple(_SLOT.split(draw(laid_out(outline), lambda number: f"{EDGE}{number}{EDGE}")))


def filled(pieces: Sequence[str], labels: Sequence[str]) -> str:
    """The pieces with the labels in their places."""
    whole = list(pieces)
    whole[1::2] = [labels[int(number)] for number in pieces[1::2]]
    return "".join(whole)


@lru_cache(maxsize=32)
def sample(number: int) -> str:
    """A short stroke in the role of path `number`, for the text beside a figure."""
    return draw(sample_of(number), str) + r"\quad"


def draw(display: DisplayList, write: Callable[[Any], str]) -> str:
    """The picture's TeX, a group of its own that sets its unit of length; `write` gives a label's TeX as it stands in
    the text. Raises KeygenError for an item of no known kind."""
    bounds = display.bounds
    pen = _Pen(write)
    lines = [line for item in display.items for line in _drawn(item, pen)]
    size = f"({_number(bounds.right - bounds.left)},{_number(bounds.top - bounds.bottom)})"
    return "\n".join(
        [
            r"{\setlength{\unitlength}{1mm}\setlength{\fboxsep}{0.3mm}%",
            rf"\begin{{picture}}{size}{_point((bounds.left, bounds.bottom))}",
            *lines,
            r"\end{picture}}",
        ]
    )


def colors() -> tuple[str, ...]:
    """The definitions that style.sty must hold, one line a colour."""
    rows = {look.color: look.rgb for look in ROLES.values()}
    return tuple(rf"\definecolor{{{name}}}{{RGB}}{{{r},{g},{b}}}" for name, (r, g, b) in rows.items())


class _Pen:
    """Remembers colour and thickness, so that they are written only where they change; `write` writes labels."""

    def __init__(self, write: Callable[[Any], str]) -> None:
        self.write = write
        self.color = ""
        self.width = 0.0

    def take(self, look: Role, width: bool = True) -> list[str]:
        """The commands that bring the pen from its present look to another."""
        commands = []
        if self.color != look.color:
            self.color = look.color
            commands.append(rf"\color{{{look.color}}}%")
        if width and self.width != look.width:
            self.width = look.width
            commands.append(rf"\linethickness{{{_number(look.width)}mm}}")
        return commands


def _drawn(item: Item, pen: _Pen) -> Iterator[str]:
    if type(item) not in _WAYS:
        raise KeygenError(
            what="a figure holds an item that this backend cannot draw",
            expected=", ".join(kind.__name__ for kind in _WAYS),
            found=type(item).__name__,
        )
    return _WAYS[type(item)](item, pen)


def _line(item: Line, pen: _Pen) -> Iterator[str]:
    look, points = role(item.role), item.points
    yield from pen.take(look)
    if not item.arrow:
        yield from _segments(points, look)
        return
    base = short_of_tip(straight(*points))[::3]
    yield from _segments(base, look)
    yield _head(base[-1], points[-1])


def _bezier(item: Bezier, pen: _Pen) -> Iterator[str]:
    look, line = role(item.role), short_of_tip(item.points) if item.arrow else item.points
    yield from pen.take(look)
    if look.dash or is_straight(line):
        yield from _segments(flatten(line), look)
    else:
        path = rf"\moveto{POINT}" + rf"\curveto{POINT}{POINT}{POINT}" * (len(line) // 3)
        yield _filled(path, line) + r"\strokepath%"
    if item.arrow:
        yield _head(line[-1], item.points[-1])


def _segments(points: Sequence[Point], look: Role) -> Iterator[str]:
    """A polyline, dashed or not."""
    if not look.dash:
        yield rf"\polyline{_points(points)}"
    elif len(points) == 2:
        yield from map(_row, rows(points[0], points[1], look.dash))
    else:
        yield from _polylines([*dashes(points, look.dash)])


def _head(base: Point, tip: Point) -> str:
    return rf"\polygon*{_points(head(base, tip))}"


def _box(item: Box, pen: _Pen) -> Iterator[str]:
    shape = item.shape
    circle = shape.width == shape.height == 2 * shape.radius
    if item.fill:
        yield from pen.take(role(item.fill), width=False)
        yield (rf"\put{_point(shape.center)}{{\circle*{{{_number(shape.width)}}}}}" if circle else _patch(shape))
    if item.border:
        yield from pen.take(role(item.border))
        outline = (
            rf"\circle{{{_number(shape.width)}}}"
            if circle
            else rf"\oval[{_number(shape.radius)}]{_point((shape.width, shape.height))}"
        )
        yield rf"\put{_point(shape.center)}{{{outline}}}"


def _patch(shape: Shape) -> str:
    """A filled rounded rectangle, which \\oval has not: its outline, corner by corner."""
    rect, radius = shape.rect, shape.radius
    reach = radius * (1 - ARC)
    corners = [  # corner, then the unit vectors in which the outline comes to it and leaves it
        ((rect.right, rect.bottom), (1, 0), (0, 1)),
        ((rect.right, rect.top), (0, 1), (-1, 0)),
        ((rect.left, rect.top), (-1, 0), (0, -1)),
        ((rect.left, rect.bottom), (0, -1), (1, 0)),
    ]
    path, points = rf"\moveto{POINT}", [(rect.left + radius, rect.bottom)]
    for (x, y), (a, b), (c, d) in corners:
        path += rf"\lineto{POINT}\curveto{POINT}{POINT}{POINT}"
        points += [(x - a * radius, y - b * radius), (x - a * reach, y - b * reach)]
        points += [(x + c * reach, y + d * reach), (x + c * radius, y + d * radius)]
    return _filled(path, points) + r"\closepath\fillpath%"


def _label(item: Label, pen: _Pen) -> Iterator[str]:
    if item.text is None:
        return
    yield from pen.take(role(item.role), width=False)
    text = pen.write(says(item.text))
    if item.backed:
        text = rf"\colorbox{{{role('paper').color}}}{{{text}}}"
    side = "" if item.anchor == "c" else f"[{item.anchor}]"
    yield rf"\put{_point(item.at)}{{\makebox(0,0){side}{{{text}}}}}"


_WAYS: dict[type, Callable[..., Iterator[str]]] = {Line: _line, Bezier: _bezier, Box: _box, Label: _label}


def _polylines(lines: Sequence[Sequence[Point]]) -> Iterator[str]:
    """A line of TeX for each polyline, all in one piece; none where there is none."""
    if lines:
        pattern = "\n".join([r"\polyline" + POINT * len(points) for points in lines])
        yield _filled(pattern, chain.from_iterable(lines))


def _row(row: DashRow) -> str:
    reach = (row.end[0] - row.start[0], row.end[1] - row.start[1])
    step = f"({_number(row.step[0], 3)},{_number(row.step[1], 3)})"  # repeated, so its rounding adds up
    return rf"\multiput{_point(row.start)}{step}{{{row.count}}}{{\Line(0,0){_point(reach)}}}"


def _point(point: Point) -> str:
    return f"({_number(point[0])},{_number(point[1])})"


def _points(points: Sequence[Point]) -> str:
    return "".join(map(_point, points)) if len(points) <= 2 else _filled(POINT * len(points), points)


def _filled(pattern: str, points: Iterable[Point]) -> str:
    """A pattern with points in it, their numbers written as `_number` does, but all at once: a plot has hundreds."""
    text = pattern % tuple(chain.from_iterable(points))
    for written, shorter in SHORTER:
        text = text.replace(written, shorter)
    return _finite(text)


@lru_cache(maxsize=1024)
def _number(value: float, digits: int = 2) -> str:
    """Rounded, without trailing zeros and without a negative zero."""
    return _finite(f"{value:z.{digits}f}".rstrip("0").rstrip("."))


def _finite(text: str) -> str:
    """Written numbers as they are, unless there is an inf or a nan among them."""
    if "inf" in text or "nan" in text:
        found = ", ".join(re.findall(r"-?inf|nan", text)[:3])
        raise KeygenError(what="a figure has a coordinate that is not a finite number", found=found)
    return text
