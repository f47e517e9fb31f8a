"""The plane: points of two classes, lines, half-planes, boxes, over a pair of axes with one unit of length."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any, ClassVar, Literal

from msgspec import Struct
from msgspec.structs import replace

from keygen.calculus.algebra import sub, times, total, whole
from keygen.calculus.claims import Claim, Given
from keygen.errors import KeygenError
from keygen.figures.alt_text import Telling
from keygen.figures.figure import Figure
from keygen.figures.labels import Text, require_texts
from keygen.figures.palette import stroke
from keygen.figures.plot import PLAIN, Axis, axis_told
from keygen.mathematics.terms import Chain, Name

ROOM = 7.5  # mm between ticks, at least
LARGEST = (72.0, 72.0)  # mm: the frame, which is as high as its unit of length asks
AIR = Fraction(1, 8)  # of the widest extent, left free about what is shown

Mode = Literal["and", "or"]
Said = Claim | Given


def number(said: Any, what: str = "a coordinate") -> Fraction:
    """The rational number that a claim or a given number says. Raises KeygenError for any other."""
    value = getattr(said.shown, "value", None) if isinstance(said, Claim | Given) else None
    if isinstance(value, int | Fraction):
        return value if type(value) is Fraction else Fraction(value)
    raise KeygenError(
        f"{what} of a plane is no rational number that something is said of", found=repr(said)[:80],
        expected='s.claim("X", 0, 1), or Given(number) for what the statement gives',
    )  # fmt: skip


Row = tuple[Said, Said, Said]
"""The numbers a, b and c of a x + b y against c."""


def row_of(side: Any) -> tuple[Fraction, Fraction, Fraction]:
    """The numbers of a row. Raises KeygenError for one of which nothing is said, and for a row without a direction."""
    try:
        a, b, c = (number(said, "a coefficient") for said in side)
    except KeygenError as error:
        repair = (
            'boundary(s, "z", "x") is the row (a, b, c) of the line where z of the computation is 0; of others each is '
            'a claim: s.claim("w", 0, 0), claim(apply("neg", Name("b")), b=s.values["b"])'
        )
        raise dataclasses.replace(error, expected="a row (a, b, c) of claims", repair=repair) from error
    if not (a or b):
        raise KeygenError("a line of a plane has no direction", expected="a x + b y = c, a or b not 0")
    return a, b, c


class PlanePoint(Struct, frozen=True):
    """A point: `parts` are its coordinates and, where it has one, its class 1 or 0, each said by a claim."""

    parts: tuple[Said, ...]
    label: Text = None

    @property
    def place(self) -> tuple[Fraction, Fraction]:
        """Where it lies."""
        return number(self.parts[0]), number(self.parts[1])

    @property
    def target(self) -> int | None:
        """Its class."""
        return int(number(self.parts[2])) if len(self.parts) > 2 else None


def plane_point(x: Said, y: Said, target: Said | None = None, label: Text = None) -> PlanePoint:
    """A point at (x, y), of class 1 (a dot) or 0 (a ring), or of none (a square)."""
    found = PlanePoint((x, y) if target is None else (x, y, target), label)
    if found.place and found.target not in (None, 0, 1):
        raise KeygenError("a point of a plane has no such class", expected="1 or 0", found=str(found.target))
    return found


class PlaneLine(Struct, frozen=True):
    """a x + b y = c, each of the three said by a claim; labelled by its equation once the axes are known; `stroke`
    numbers its look from 1.

    Raises KeygenError for a bare number, and where a and b are 0.
    """

    unseen: ClassVar[frozenset[str]] = frozenset({"a", "b", "c"})

    a: Said
    b: Said
    c: Said
    stroke: int = 1
    label: Text = None

    def __post_init__(self) -> None:
        row_of((self.a, self.b, self.c))

    @property
    def row(self) -> tuple[Fraction, Fraction, Fraction]:
        """a, b and c."""
        return row_of((self.a, self.b, self.c))

    @property
    def role(self) -> str:
        """The role of its stroke."""
        return stroke(self.stroke)

    def equation(self, x: Name, y: Name) -> Chain:
        """The line in the letters of the axes, tried at the place of it that is nearest to the origin."""
        a, b, c = self.row
        at = {x.name: a * c / (a * a + b * b), y.name: b * c / (a * a + b * b)}
        return Chain((total((times(a, x), times(b, y))), whole(c)), at=at)


class PlaneRegion(Struct, frozen=True):
    """Where all (`and`) or some (`or`) of a x + b y > c hold, hatched; `sides` are rows (a, b, c) of claims, as of
    lines.

    Raises KeygenError for a bare number, for no side, and for a side that is no row.
    """

    unseen: ClassVar[frozenset[str]] = frozenset({"sides"})

    sides: tuple[Row, ...]
    mode: Mode = "and"
    label: Text = None

    def __post_init__(self) -> None:
        if not self.sides or any(not isinstance(side, tuple | list) or len(side) != 3 for side in self.sides):
            raise KeygenError("a region of a plane has no sides", expected="rows (a, b, c)", found=str(self.sides)[:80])
        for side in self.sides:
            row_of(side)
        if self.mode not in ("and", "or"):
            raise KeygenError("the sides of a region are not joined so", expected="and, or", found=repr(self.mode))

    @property
    def rows(self) -> tuple[tuple[Fraction, Fraction, Fraction], ...]:
        """a, b and c of each side."""
        return tuple(map(row_of, self.sides))


class PlaneBox(Struct, frozen=True):
    """An upright rectangle between two corners (x, y): what values range over. Each coordinate is said by a claim."""

    unseen: ClassVar[frozenset[str]] = frozenset({"low", "high"})

    low: tuple[Said, Said]
    high: tuple[Said, Said]
    label: Text = None
    stroke: int = 3

    def __post_init__(self) -> None:
        (left, bottom), (right, top) = self.corners
        if not (left < right and bottom < top):
            raise KeygenError(
                "a box of a plane has no area", expected="low below high",
                found=f"({left}, {bottom}), ({right}, {top})",
            )  # fmt: skip

    @property
    def corners(self) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]:
        """The lower left one and the upper right one."""
        left, bottom, right, top = (number(said) for said in (*self.low, *self.high))
        return (left, bottom), (right, top)

    @property
    def role(self) -> str:
        """The role of its border."""
        return stroke(self.stroke)


class PlaneFigure(Figure, frozen=True):
    """Points, lines, regions and boxes in a frame of `frame` mm; `classes` are the legend's labels of 1 and 0."""

    kind: ClassVar[str] = "plane"
    shared: ClassVar[bool] = False  # its places are of one variant

    spots: tuple[PlanePoint, ...] = ()
    lines: tuple[PlaneLine, ...] = ()
    regions: tuple[PlaneRegion, ...] = ()
    boxes: tuple[PlaneBox, ...] = ()
    x: Axis = PLAIN
    y: Axis = PLAIN
    classes: tuple[Text, Text] = (None, None)
    frame: tuple[float, float] = LARGEST

    def completed(self) -> PlaneFigure:
        """Limits, ticks and the equations of the lines."""
        places = [(float(x), float(y)) for x, y in self.corners()]
        limits = [self.limits(axis, [place[k] for place in places]) for k, axis in enumerate((self.x, self.y))]
        spans = [high - low for low, high in limits]
        unit = min(most / span for most, span in zip(self.frame, spans, strict=True))
        frame = (unit * spans[0], unit * spans[1])
        x, y = (
            replace(axis, low=low, high=high).completed((), length, ROOM)
            for axis, (low, high), length in zip((self.x, self.y), limits, frame, strict=True)
        )
        letters = letters_of(x, y)
        lines = tuple(
            line if line.label or letters is None else replace(line, label=line.equation(*letters))
            for line in self.lines
        )
        return replace(self, x=x, y=y, lines=lines, frame=frame)

    def corners(self) -> list[tuple[Fraction, Fraction]]:
        """What must be seen: points, corners of boxes, and where two lines cross."""
        found = [point.place for point in self.spots]
        found += [corner for box in self.boxes for corner in box.corners]
        found += [(Fraction(0), Fraction(0))]
        for (a, b, c), (p, q, r) in combinations([line.row for line in self.lines], 2):
            if det := a * q - b * p:
                found.append(((c * q - b * r) / det, (a * r - c * p) / det))
        return found

    def limits(self, axis: Axis, data: Sequence[float]) -> tuple[float, float]:
        """The ends of an axis: those that it has, else those of the data and some air, at least a unit."""
        first, last = min(data), max(data)
        air = max(1.0, float(AIR) * (last - first))
        return (first - air if axis.low is None else axis.low, last + air if axis.high is None else axis.high)

    def told(self, tell: Telling) -> str:
        """The axes, every point with its class, the lines, what is hatched, the boxes."""
        whole = self.completed()
        points = [point_told(tell, point) for point in self.spots]
        lines = [tell("plane_line", label=line.label) for line in whole.lines if line.label]
        regions = [region_told(tell, region, whole) for region in self.regions]
        boxes = [
            tell("plane_box", label=box.label, left=box.low[0], bottom=box.low[1], right=box.high[0], top=box.high[1])
            for box in self.boxes
        ]
        axes = axis_told(tell, "plot_x", whole.x), axis_told(tell, "plot_y", whole.y)
        return tell("plane", parts=tell.after(*axes, *points, *lines, *regions, *boxes))


def point_told(tell: Telling, point: PlanePoint) -> str:
    """A point, by its coordinates and its class."""
    x, y, *rest = point.parts
    name = "plane_point_of_class" if rest else "plane_point"
    return tell(name, label=point.label, x=x, y=y, target=rest[0] if rest else None)


def letters_of(x: Axis, y: Axis) -> tuple[Name, Name] | None:
    """The letters of two axes; None where one of them has none."""
    return (x.label, y.label) if isinstance(x.label, Name) and isinstance(y.label, Name) else None


def region_told(tell: Telling, region: PlaneRegion, figure: PlaneFigure) -> str:
    """What is hatched, by its inequalities: each a difference that is positive there."""
    letters = letters_of(figure.x, figure.y)
    if letters is None:
        return tell("plane_region_bare", label=region.label)
    sides = [sub(total((times(a, letters[0]), times(b, letters[1]))), whole(c)) for a, b, c in region.rows]
    where = tell(f"plane_where_{region.mode if len(sides) > 1 else 'one'}", sides=sides)
    return tell("plane_region_called" if region.label else "plane_region", label=region.label, where=where)


def require_one_class_a_place(points: Sequence[PlanePoint]) -> None:
    """Raise KeygenError for points of two classes in one place: one would hide the other, and nothing tells them
    apart."""
    classes: dict[tuple[Fraction, Fraction], int | None] = {}
    for point in points:
        if classes.setdefault(point.place, point.target) != point.target:
            raise KeygenError(
                "two points of a plane are in one place and of different classes", expected="a place for each class",
                found=f"({', '.join(map(str, point.place))})", repair="move one of them, or give both one class",
            )  # fmt: skip


def plane_figure(
    *shown: PlanePoint | PlaneLine | PlaneRegion | PlaneBox,
    x: Axis = PLAIN,
    y: Axis = PLAIN,
    classes: tuple[Text, Text] = (None, None),
    size: tuple[float, float] = LARGEST,
) -> PlaneFigure:
    """Points of two classes, lines, hatched regions and boxes over two axes; `classes` name 1 and 0 in the legend, the
    frame is as large as `size` allows, in mm.

    Raises KeygenError for anything else, where there is nothing, and for points of two classes in one place.
    """
    kinds = (PlanePoint, PlaneLine, PlaneRegion, PlaneBox)
    if not shown or not all(isinstance(one, kinds) for one in shown):
        raise KeygenError(
            "a plane shows nothing that can be drawn", expected=", ".join(kind.__name__ for kind in kinds),
            found=", ".join(type(one).__name__ for one in shown) or "nothing",
        )  # fmt: skip
    require_texts("a label of a plane", (*(one.label for one in shown), x.label, y.label, *classes))
    points = tuple(one for one in shown if isinstance(one, PlanePoint))
    lines = tuple(one for one in shown if isinstance(one, PlaneLine))
    regions = tuple(one for one in shown if isinstance(one, PlaneRegion))
    boxes = tuple(one for one in shown if isinstance(one, PlaneBox))
    require_one_class_a_place(points)
    return PlaneFigure(points, lines, regions, boxes, x, y, classes, size)
