"""The plane: hatching below, then the axes, boxes, lines, points and their labels; a legend on the right.

y | /////|       -- x + y = 1
  | ///o |        o  y = 0
  +------ x
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import ceil, floor, hypot, sqrt

from keygen.figures.display import Box, DisplayList, Item, Label, Line
from keygen.figures.geometry import Point, Rect, Shape
from keygen.figures.labels import Text, size
from keygen.figures.layouts.label_placement import LabelChoice, LabelSpot, Obstacles, place
from keygen.figures.layouts.plot import LEGEND_GAP, LEGEND_ROW, NOTE, SAMPLE, axes, grid, visible_part
from keygen.figures.plane import PlaneBox, PlaneFigure, PlaneLine, PlanePoint, PlaneRegion
from keygen.figures.ticks import Scale

PITCH = 2.4  # mm between the lines of a hatching
SHORT = 0.4  # mm: what is not drawn of it
MARK = 1.1  # mm, half the width of a point's marker
APART = (0.8, 2.0, 3.5)  # mm between a marker and its label
SLOPES = (1, -1)  # of hatchings, one region after another
AROUND = ((1, 1), (-1, 1), (1, -1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1))

Interval = tuple[float, float]
ToPage = Callable[[float, float], Point]


def plane(figure: PlaneFigure) -> DisplayList:
    """A plane whose labels are measured."""
    across, up = figure.x.scale(figure.frame[0]), figure.y.scale(figure.frame[1])
    frame = Rect(0.0, 0.0, *figure.frame)

    def page(x: float, y: float) -> Point:
        return across.at(x), up.at(y)

    strokes = [drawn for line in figure.lines if (drawn := across_frame(line, across, up, frame))]
    borders = [border(box, page) for box in figure.boxes]
    marked = [(point, page(*map(float, point.place))) for point in figure.spots]
    slopes = [SLOPES[k % 2] for k in range(len(figure.regions))]
    return DisplayList((
        *grid(figure.x, figure.y, across, up, frame),
        *(item for one in zip(figure.regions, slopes, strict=True) for item in hatched(*one, across, up, frame)),
        *axes(figure.x, figure.y, across, up, frame),
        *borders,
        *strokes,
        *(marker(at, point.target) for point, at in marked),
        *point_labels(marked, [*strokes, *borders], frame),
        *legend(figure, frame),
    ))  # fmt: skip


def across_frame(line: PlaneLine, across: Scale, up: Scale, frame: Rect) -> Line | None:
    """The part of a line inside the frame; None where it passes by."""
    a, b, c = in_frame(line.row, across, up)
    length = hypot(a, b)
    foot, way = (a * c / length**2, b * c / length**2), (-b / length, a / length)
    far = 2 * (frame.right + frame.top) + hypot(*foot)
    ends = visible_part(
        (foot[0] - far * way[0], foot[1] - far * way[1]), (foot[0] + far * way[0], foot[1] + far * way[1]), frame
    )
    return None if ends is None else Line(ends, line.role)


def in_frame(side: tuple[Fraction, Fraction, Fraction], across: Scale, up: Scale) -> tuple[float, float, float]:
    """a x + b y against c in millimetres of the frame."""
    a, b, c = map(float, side)
    unit_x, unit_y = across.at(across.low + 1), up.at(up.low + 1)
    return a / unit_x, b / unit_y, c - a * across.low - b * up.low


def hatched(region: PlaneRegion, slope: int, across: Scale, up: Scale, frame: Rect) -> Iterator[Line]:
    """Strokes under 45 degrees where the region is."""
    sides = [in_frame(side, across, up) for side in region.rows]
    step = PITCH * sqrt(2)
    heights = (-slope * frame.right, frame.top, 0.0, frame.top - slope * frame.right)
    for k in range(floor(min(heights) / step), ceil(max(heights) / step) + 1):
        height = step * (k + 0.5)  # y = height + slope x
        inside = inside_of([(1.0, 0.0, 0.0), (-1.0, 0.0, -frame.right), (0.0, 1.0, 0.0), (0.0, -1.0, -frame.top)],
                           height, slope)  # fmt: skip
        parts = [inside_of([side], height, slope) for side in sides]
        if region.mode == "and":
            pieces = [common([inside, *parts])]
        else:
            pieces = merged([common([inside, part]) for part in parts])
        for start, end in pieces:
            if end - start > SHORT:
                yield Line(((start, height + slope * start), (end, height + slope * end)), "faint")


def inside_of(sides: Sequence[tuple[float, float, float]], height: float, slope: int) -> Interval:
    """The x of the points of y = height + slope x where all a x + b y > c hold."""
    low, high = float("-inf"), float("inf")
    for a, b, c in sides:
        factor, rest = a + b * slope, c - b * height
        if abs(factor) < 1e-9:
            if rest >= 0:
                return 0.0, 0.0
        elif factor > 0:
            low = max(low, rest / factor)
        else:
            high = min(high, rest / factor)
    return low, high


def common(intervals: Sequence[Interval]) -> Interval:
    """What all of them share; of no length where that is nothing."""
    low, high = max(low for low, _ in intervals), min(high for _, high in intervals)
    return (low, high) if low < high else (0.0, 0.0)


def merged(intervals: Sequence[Interval]) -> list[Interval]:
    """The intervals in order, those that meet as one."""
    found: list[Interval] = []
    for low, high in sorted(intervals):
        if low == high:
            continue
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found


def border(box: PlaneBox, page: ToPage) -> Line:
    """The border of a box, dashed as its stroke is."""
    (left, bottom), (right, top) = (page(float(x), float(y)) for x, y in box.corners)
    return Line(((left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)), box.role)


def marker(at: Point, target: int | None) -> Box:
    """A dot for class 1, a ring for class 0, a square for a point of no class."""
    return Box(Shape(at, 2 * MARK, 2 * MARK, 0.0 if target is None else MARK), fill="paper" if target == 0 else "ink")


def point_labels(marked: Sequence[tuple[PlanePoint, Point]], strokes: Sequence[Line], frame: Rect) -> Iterator[Label]:
    """Labels beside their points, clear of markers and lines where there is room."""
    named = [(point.label, at) for point, at in marked if point.label]
    segments = [
        (k, start, end)
        for k, line in enumerate(strokes)
        for start, end in zip(line.points, line.points[1:], strict=False)
    ]
    outside = [  # the axes' own labels stand there
        Rect(frame.left - 60, frame.bottom - 60, frame.left, frame.top + 60),
        Rect(frame.left - 60, frame.bottom - 60, frame.right + 60, frame.bottom),
    ]
    obstacles = Obstacles([*(Rect.around(at, 2 * MARK, 2 * MARK) for _, at in marked), *outside], segments)
    choices = [choice(text, at) for text, at in named]
    for (text, _), spot in zip(named, place(choices, obstacles)[0], strict=True):
        yield Label(spot.rect.center, text, backed=True)


def choice(text: Text, at: Point) -> LabelChoice:
    """Places around a point, the nearest first."""
    width, height = size(text)
    spots = [
        LabelSpot(
            Rect.around(
                (at[0] + right * (MARK + gap + width / 2), at[1] + above * (MARK + gap + height / 2)), width, height
            ),
            owner=-1, plainness=rank + 0.1 * turn,
        )
        for rank, gap in enumerate(APART)
        for turn, (right, above) in enumerate(AROUND)
    ]  # fmt: skip
    reach = MARK + APART[-1]
    return LabelChoice(Rect.around(at, 2 * (reach + width), 2 * (reach + height)), spots)


def legend(figure: PlaneFigure, frame: Rect) -> Iterator[Item]:
    """Samples with their labels, right of the frame from the top down: lines, boxes, classes, what is hatched."""
    left = frame.right + LEGEND_GAP + (size(figure.x.label)[0] + 2 * NOTE if figure.x.label else 0.0)
    y = frame.top - LEGEND_ROW / 2
    for sample, text in samples(figure):
        if not text:
            continue
        row = max(LEGEND_ROW, size(text)[1] + NOTE)
        y -= (row - LEGEND_ROW) / 2
        yield from sample(left, y)
        yield Label((left + SAMPLE + 2 * NOTE, y), text, "l")
        y -= (row + LEGEND_ROW) / 2


Sample = Callable[[float, float], Sequence[Item]]


def samples(figure: PlaneFigure) -> Iterator[tuple[Sample, Text]]:
    """What the legend explains, each with a way to draw its sample."""
    for line in figure.lines:
        yield level(line.role), line.label
    for box in figure.boxes:
        yield level(box.role), box.label
    for target, text in zip((1, 0), figure.classes, strict=True):
        if any(point.target == target for point in figure.spots):
            yield dot(target), text
    for k, region in enumerate(figure.regions):
        yield hatching(SLOPES[k % 2]), region.label


def level(role: str) -> Sample:
    """A stroke."""
    return lambda left, y: [Line(((left, y), (left + SAMPLE, y)), role)]


def dot(target: int) -> Sample:
    """A marker."""
    return lambda left, y: [marker((left + SAMPLE / 2, y), target)]


def hatching(slope: int) -> Sample:
    """Three strokes of a hatching."""
    half = LEGEND_ROW / 3
    return lambda left, y: [
        Line(((x - half, y - slope * half), (x + half, y + slope * half)), "faint")
        for x in (left + SAMPLE / 2 + k * PITCH for k in (-1, 0, 1))
    ]
