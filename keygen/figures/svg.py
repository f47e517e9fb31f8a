"""Draws a figure as SVG: one element that needs nothing else, in millimetres, in the colours of a light or a dark page.

Each colour of the palette is a class of its name. A page that wants another gives the variable of that name, as in
`:root { --kgpaper: #fffaf0 }`; where nothing knows classes or variables, the light colours stand in attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from html import escape
from itertools import pairwise
from math import dist
from typing import Any

from keygen.errors import KeygenError
from keygen.figures.arrange import arranged
from keygen.figures.arrowheads import head, short_of_tip
from keygen.figures.dashes import fitted
from keygen.figures.display import Bezier, Box, DisplayList, Item, Label, Line
from keygen.figures.figure import Figure, outlined, sample_of
from keygen.figures.geometry import Point, flatten, straight
from keygen.figures.labels import says
from keygen.figures.palette import MARKS, Role, colours, role
from keygen.figures.svg_labels import FONT, WrittenLabel, number

FONTS = "'STIX Two Text','Latin Modern Roman','Times New Roman',Times,'Liberation Serif',serif"
PATCH = 0.3  # mm of paper about a label that interrupts a line


def svg(
    figure: Figure, labels: Callable[[Any], WrittenLabel], *, title: str = "", told: str = "", language: str = ""
) -> str:
    """A figure as an `<svg>` element: `labels` writes each label and says how much room it takes; `told` says in words
    what it shows. Raises KeygenError for what cannot be drawn."""
    written: dict[int, WrittenLabel] = {}

    def room(text: Any) -> tuple[float, float]:
        """The room of the label that is looked at, in their order."""
        one = written[len(written)] = labels(text)
        return one.width, one.height

    outline, _ = outlined(figure, room)
    return draw(arranged(outline), written.__getitem__, title=title, told=told, language=language)


@cache
def sample(number: int) -> str:
    """A short stroke in the role of path `number`, for the text beside a figure."""
    return draw(sample_of(number), lambda text: WrittenLabel("", 0.0, 0.0))


def draw(
    display: DisplayList, labels: Callable[[Any], WrittenLabel], *, title: str = "", told: str = "", language: str = ""
) -> str:
    """A display list as an `<svg>` element; without words it is an ornament, which nobody is read."""
    bounds = display.bounds
    width, height = number(display.width), number(display.height)
    pieces, paper = [piece for item in display.items for piece in drawn(item, labels)], role("paper")
    body = "".join(coloured(pieces))
    names = tuple(sorted({look.color for look, _ in pieces} | {paper.color} | marks_in(body)))
    frame = f'x="{number(bounds.left)}" y="{number(-bounds.top)}" width="{width}" height="{height}"'
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="kgfigure"{said(title, told, language)}',
            f' width="{width}mm" height="{height}mm"',
            f' viewBox="{number(bounds.left)} {number(-bounds.top)} {width} {height}"',
            f' style="max-width:100%;height:auto" font-family="{escape(FONTS)}" font-size="{FONT}">',
            f"<title>{escape(title)}</title>" if title else "",
            f"<style>{style(names)}</style>",
            f'<rect {frame} class="{paper.color}" color="{paper.hex}" fill="currentColor"/>',
            body,
            "</svg>",
        )
    )


def marks_in(body: str) -> set[str]:
    """The colours of the frames that labels have of their own."""
    return {mark.color for mark in MARKS if f'class="{mark.color}"' in body}


def said(title: str, told: str, language: str) -> str:
    """What a figure is to who does not see it."""
    if not (title or told):
        return ' aria-hidden="true"'
    spoken = f' lang="{escape(language)}"' if language else ""
    return f' role="img"{spoken} aria-label="{escape(told or title)}"'


@lru_cache(maxsize=64)
def style(names: tuple[str, ...]) -> str:
    """The colours of the classes of these names, on a light page and on a dark one."""
    light, dark = zip(*(colours()[name] for name in names), strict=True)
    return f"{rules(names, light)}@media(prefers-color-scheme:dark){{{rules(names, dark)}}}"


def rules(names: Iterable[str], values: Iterable[str]) -> str:
    """What each class is coloured with."""
    pairs = zip(names, values, strict=True)
    return "".join(f".kgfigure .{name}{{color:var(--{name},{value})}}" for name, value in pairs)


Piece = tuple[Role, str]  # a colour, and markup in that colour


def coloured(pieces: Sequence[Piece]) -> Iterator[str]:
    """Markup in its order, one group for what follows each other in one colour."""
    group: list[str] = []
    for place, (look, markup) in enumerate(pieces):
        group.append(markup)
        if place + 1 == len(pieces) or pieces[place + 1][0].color != look.color:
            yield f'<g class="{look.color}" color="{look.hex}">{"".join(group)}</g>'
            group = []


def drawn(item: Item, labels: Callable[[Any], WrittenLabel]) -> list[Piece]:
    """An item. Raises KeygenError for one of no known kind."""
    match item:
        case Label():
            return labelled(item, labels)
        case Line() | Bezier():
            return stroked(item)
        case Box():
            return boxed(item)
        case _:
            raise KeygenError(
                what="a figure holds an item that this backend cannot draw",
                expected="Line, Bezier, Box, Label", found=type(item).__name__,
            )  # fmt: skip


def stroked(item: Line | Bezier) -> list[Piece]:
    """A stroke, and the head of its arrow."""
    look, line, points = role(item.role), isinstance(item, Line), item.points
    if item.arrow:
        chain = short_of_tip(straight(*points) if line else points)
        points = chain[::3] if line else chain
    dash = ""
    if look.dash:
        length = sum(dist(a, b) for a, b in pairwise(points if line else flatten(points)))
        dash = f' stroke-dasharray="{" ".join(map(number, fitted(look.dash, length)[0]))}"' if length else ""
    whole = path(points) if line else curved(points)
    found = [(look, f'<path d="{whole}" fill="none" stroke="currentColor" stroke-width="{number(look.width)}"{dash}/>')]
    if item.arrow:
        found.append((look, f'<path d="{path(head(points[-1], item.points[-1]))}Z" fill="currentColor"/>'))
    return found


def boxed(item: Box) -> list[Piece]:
    """A rounded rectangle: its filling, then its border."""
    rect, radius = item.shape.rect, number(item.shape.radius)
    place = f'x="{number(rect.left)}" y="{number(-rect.top)}" rx="{radius}"'
    shape = f'<rect {place} width="{number(item.shape.width)}" height="{number(item.shape.height)}"'
    found = [(role(item.fill), f'{shape} fill="currentColor"/>')] if item.fill else []
    if item.border:
        look = role(item.border)
        found.append((look, f'{shape} fill="none" stroke="currentColor" stroke-width="{number(look.width)}"/>'))
    return found


def labelled(item: Label, labels: Callable[[Any], WrittenLabel]) -> list[Piece]:
    """A label, on its patch of paper where it interrupts a line."""
    if item.text is None:
        return []
    bounds = item.bounds
    found: list[Piece] = []
    if item.backed:
        patch = bounds.grown(PATCH)
        size = f'width="{number(patch.right - patch.left)}" height="{number(patch.top - patch.bottom)}"'
        patched = f'<rect x="{number(patch.left)}" y="{number(-patch.top)}" {size} fill="currentColor"/>'
        found.append((role("paper"), patched))
    written = labels(says(item.text))
    x, anchor = bounds.left, "middle"
    if written.line and item.anchor == "l":
        anchor = "start"
    elif written.line:
        x, anchor = (bounds.right, "end") if item.anchor == "r" else (bounds.center[0], "middle")
    place = f'transform="translate({number(x)} {number(-bounds.top)})" text-anchor="{anchor}"'
    found.append((role(item.role), f'<g {place} fill="currentColor">{written.markup}</g>'))
    return found


def path(points: Sequence[Point]) -> str:
    """A polyline."""
    return "M" + "L".join(map(pair, points))


def curved(chain: Sequence[Point]) -> str:
    """Cubic curves."""
    return f"M{pair(chain[0])}C{' '.join(map(pair, chain[1:]))}"


def pair(point: Point) -> str:
    """A point, y downwards. Raises KeygenError where it is none."""
    text = f"{number(point[0])} {number(-point[1])}"
    if "n" in text:  # of inf, of nan
        raise KeygenError(what="a figure has a coordinate that is not a finite number", found=text)
    return text
