"""What the tests of figures look at: how the items of a display list lie to each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from math import dist, hypot

from keygen.figures.display import Bezier, Box, DisplayList, Label, Line
from keygen.figures.geometry import Point, Shape, flatten
from keygen.figures.graph import GraphFigure
from keygen.figures.labels import Measured, says
from keygen.figures.mathbox import measure
from keygen.figures.pict2e import draw

Stroke = Line | Bezier


def tex(text: str) -> Measured:
    """A label that says some TeX, which takes the room that it takes."""
    return Measured(text, *measure(text))


def texts(display: DisplayList) -> list[str]:
    """What the labels say."""
    return [says(item.text) for item in labels(display)]


def tex_of(display: DisplayList) -> str:
    """The picture in LaTeX, for labels that say TeX."""
    return draw(display, lambda text: f"${text}$")


def labels(display: DisplayList) -> list[Label]:
    return [item for item in display.items if isinstance(item, Label) and item.text]


def boxes(display: DisplayList) -> list[Box]:
    return [item for item in display.items if isinstance(item, Box)]


def strokes(display: DisplayList) -> list[Stroke]:
    return [item for item in display.items if isinstance(item, Line | Bezier)]


def points(stroke: Stroke) -> tuple[Point, ...]:
    return stroke.points if isinstance(stroke, Line) else flatten(stroke.points)


def overlaps(display: DisplayList) -> list[str]:
    """Labels over labels, over boxes that are not their own, over lines that they are not meant to interrupt."""
    found = [
        f"{says(a.text)} over {says(b.text)}" for a, b in combinations(labels(display), 2) if a.bounds.common(b.bounds)
    ]
    for label in labels(display):
        found += [f"{says(label.text)} over a box" for box in boxes(display) if _half_in(label, box)]
        found += [f"{says(label.text)} over a line" for stroke in strokes(display) if _crosses(stroke, label)]
    return found + ["a box over a box" for a, b in combinations(boxes(display), 2) if a.bounds.common(b.bounds)]


def _half_in(label: Label, box: Box) -> bool:
    inside = label.at == box.shape.center
    room = box.shape.rect
    fits = label.bounds.right - label.bounds.left <= box.shape.width and label.bounds.top <= room.top
    return not fits if inside else label.bounds.common(room) > 0


def _crosses(stroke: Stroke, label: Label) -> bool:
    """A label that stands on a line of its own may cover that one: the line that runs through its middle."""
    line = points(stroke)
    own = label.backed and min(_distance(label.at, a, b) for a, b in pairwise(line)) < 2.7
    return not own and any(label.bounds.inside(a, b) > 0 for a, b in pairwise(line))


def _distance(point: Point, start: Point, end: Point) -> float:
    (px, py), (ax, ay), (bx, by) = point, start, end
    length = dist(start, end)
    part = 0.0 if not length else ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length**2
    part = min(1.0, max(0.0, part))
    return dist(point, (ax + part * (bx - ax), ay + part * (by - ay)))


def doubtful(display: DisplayList, figure: GraphFigure) -> list[str]:
    """Labels beside an edge that are not thrice as near to it as to any other, so that a reader asks whose they are."""
    shapes = {vertex.id: box.shape for vertex, box in zip(figure.vertices, boxes(display), strict=True)}
    lines: dict[tuple[str, str], list[Stroke]] = {
        (source, target): [s for s in strokes(display) if _joins(s, shapes[source], shapes[target])]
        for source, target, _ in figure.edges
    }
    labelled = [edge.key for edge in figure.edges if edge.label]
    found = []
    for key, label in zip(labelled, labels(display)[len(shapes) :], strict=True):
        far = {other: min(_apart(label, stroke) for stroke in lines[other]) for other in lines}
        own = far.pop(key)
        if not label.backed and far and min(far.values()) < 3 * own:
            found.append(f"{' to '.join(key)}: {own:.2f} mm to its edge, {min(far.values()):.2f} mm to another")
    return found


def _joins(stroke: Stroke, source: Shape, target: Shape) -> bool:
    start, *_, end = points(stroke)
    return abs(source.distance(start)) < 0.02 and abs(target.distance(end)) < 0.02


def _apart(label: Label, stroke: Stroke) -> float:
    left, bottom, right, top = label.bounds
    return min(hypot(max(left - x, 0, x - right), max(bottom - y, 0, y - top)) for x, y in _walk(points(stroke), 400))


def loose_ends(display: DisplayList) -> list[Stroke]:
    """Strokes an end of which is not on the border of a box."""
    return [
        s for s in strokes(display) for end in (points(s)[0], points(s)[-1]) if abs(_to_nearest(display, end)) > 0.02
    ]


def _to_nearest(display: DisplayList, point: Point) -> float:
    return min((box.shape.distance(point) for box in boxes(display)), key=abs)


def trespassing(display: DisplayList, margin: float = 0.5) -> list[Stroke]:
    """Strokes that run into a box, or nearer than `margin` past a box at which they neither begin nor end."""
    return [stroke for stroke in strokes(display) if any(_too_near(stroke, box, margin) for box in boxes(display))]


def _too_near(stroke: Stroke, box: Box, margin: float) -> bool:
    line = points(stroke)
    ends = min(abs(box.shape.distance(line[0])), abs(box.shape.distance(line[-1])))
    return min(map(box.shape.distance, _walk(line))) < (-0.03 if ends < 0.02 else margin)


def _walk(line: tuple[Point, ...], steps: int = 25) -> Iterator[Point]:
    for (ax, ay), (bx, by) in pairwise(line):
        yield from ((ax + (bx - ax) * k / steps, ay + (by - ay) * k / steps) for k in range(steps + 1))


def sticking_out(display: DisplayList) -> list[object]:
    """Items that reach beyond the picture's rectangle."""
    frame = display.bounds
    return [
        item
        for item in display.items
        if item.bounds.left < frame.left
        or item.bounds.bottom < frame.bottom
        or item.bounds.right > frame.right
        or item.bounds.top > frame.top
    ]
