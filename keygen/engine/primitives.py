"""The primitives: a record each, with every trait that another room asks for. A rule's docstring is its law of shapes.

What a primitive is on numbers, in sympy, on a page, backwards ... are readings: tables keyed by its name, each in its
room, a row a primitive. A table that is a `Reading` is found by the test that looks for holes; nothing else lists
primitives by name. So a new primitive is a record here and a row in each reading that needs one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from fractions import Fraction
from inspect import signature
from typing import Any, Generic, Literal, TypeVar

Shape = tuple[int, ...]
Param = Fraction | int | str | tuple[int | str, ...] | tuple[Shape, Shape] | None
ShapeRule = Callable[..., Shape | None]


def broadcast(a: Shape, b: Shape) -> Shape | None:
    """equal shapes, or a side of length 1 (or missing) that is repeated"""
    if a == b:
        return a
    long, short = (a, b) if len(a) >= len(b) else (b, a)
    short = (1,) * (len(long) - len(short)) + short
    if any(p != q and 1 not in (p, q) for p, q in zip(long, short, strict=True)):
        return None
    return tuple(max(p, q) for p, q in zip(long, short, strict=True))


def product(a: Shape, b: Shape) -> Shape | None:
    """(n, k) @ (k, m) -> (n, m)"""
    return (a[0], b[1]) if len(a) == len(b) == 2 and a[1] == b[0] else None


def flipped(a: Shape) -> Shape | None:
    """(n, m) -> (m, n)"""
    return a[::-1] if len(a) == 2 else None


def same(a: Shape) -> Shape | None:
    """any shape -> the same, element by element"""
    return a


def same_with(a: Shape, param: Param) -> Shape | None:
    """any shape -> the same, element by element"""
    return a


def slanted(a: Shape, parameter: Shape) -> Shape | None:
    """any shape and a number -> the first shape, element by element"""
    return a if parameter == () else None


def places(a: Shape) -> Shape | None:
    """(m,) -> a number, (n, m) -> (n, 1): one for each row"""
    return {1: (), 2: (*a[:1], 1)}.get(len(a))


def rows_by_rows(a: Shape, b: Shape) -> Shape | None:
    """twice (m,) or (n, m) -> the same, row by row"""
    return a if a and a == b else None


def to_number(a: Shape) -> Shape | None:
    """any shape -> a number"""
    return ()


def rows(a: Shape) -> Shape | None:
    """(m,) or (n, m) -> the same, row by row"""
    return a if a else None


def square_matrix(param: int) -> Shape | None:
    """an n x n matrix"""
    return (param, param)


def constant(param: Param) -> Shape | None:
    """a number"""
    return ()


def summed_to(a: Shape, param: Shape) -> Shape | None:
    """a shape -> the shape it was repeated from"""
    return param if broadcast(a, param) == a else None


def entry(a: Shape, param: Shape) -> Shape | None:
    """a shape and the place of one entry in it (counted from 0) -> a number"""
    whole = all(isinstance(place, int) for place in param)  # and not a slice
    inside = whole and len(a) == len(param) and all(0 <= place < size for place, size in zip(param, a, strict=True))
    return () if inside else None


def lone_entry(a: Shape, param: tuple[Shape, Shape]) -> Shape | None:
    """a number, its place and a shape -> that shape, zero elsewhere"""
    place, shape = param
    return shape if a == () and entry(shape, place) == () else None


def repeated_to(a: Shape, param: Shape) -> Shape | None:
    """a shape -> a larger one that repeats it"""
    return param if broadcast(a, param) == param else None


class Effort(Enum):
    """What a person works out in a step; `variants.operation_count` counts it."""

    NOTHING = auto()  # it is seen: signs, places, comparisons. So no number becomes longer
    VALUE = auto()  # a function's value for each number
    SUM = auto()
    PRODUCT = auto()
    QUOTIENT = auto()
    POWER = auto()
    MULTIPLE = auto()  # by the parameter
    TOTAL = auto()  # the sum of all numbers
    ROWS_BY_COLUMNS = auto()
    SHARES = auto()  # exponentials, and the part that each has in the sum of its row
    LOSSES = auto()  # a logarithm and a product for each of two terms
    VALUE_ON_THE_LEFT = auto()  # of 0; right of it the number stays what it is


@dataclass(frozen=True, slots=True)
class Primitive:
    """What a trace has steps of.

    arity             the number of inputs
    shape             from their shapes (and the parameter, if it takes one) to the shape of the result
    pointwise         an entry of the result is a function of the inputs' entries at its place
    kinked            in two pieces, which meet where the first input is 0; there it has the left one's derivative
    decides           it chooses by values (`decisions`): what is kinked does
    flat              constant wherever it has a derivative
    absorbs_zero      0 where one of its inputs is
    keeps_zero        0 where all of its inputs are
    leaves_rationals  even where its inputs are rational
    affine            an affine function of all of its inputs; of each, the others fixed; or of the first alone
    elementary        each number domain has a function of its own for it, of which other rules are made
    effort            what a person works out in it
    shown             as an operation on numbers; by the value alone, which a reader wants to see as such; or as one of
                      the data, which nobody computes
    unit              what the units of a layer are that ends in it: their outputs are cut off at 0, or saturate
    """

    name: str
    arity: int
    shape: ShapeRule
    pointwise: bool = True
    kinked: bool = False
    decides: bool = False
    flat: bool = False
    absorbs_zero: bool = False
    keeps_zero: bool = False
    leaves_rationals: bool = False
    affine: Literal["jointly", "each", "first"] | None = None
    elementary: bool = False
    effort: Effort = Effort.VALUE
    shown: Literal["operation", "value", "data"] = "operation"
    unit: Literal["rectified", "saturating"] | None = None
    parametric: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parametric", len(signature(self.shape).parameters) > self.arity)
        object.__setattr__(self, "decides", self.decides or self.kinked)
        object.__setattr__(self, "keeps_zero", self.keeps_zero or (self.absorbs_zero and self.arity > 0))

    @property
    def arguments(self) -> int:
        """How many arguments a rule for it takes: inputs and parameter."""
        return self.arity + self.parametric


SEEN = Effort.NOTHING
PRIMITIVES: dict[str, Primitive] = {
    primitive.name: primitive
    for primitive in (
        Primitive("constant", 0, constant, effort=SEEN, shown="data"),
        Primitive("identity", 0, square_matrix, pointwise=False, effort=SEEN),
        Primitive("add", 2, broadcast, affine="jointly", keeps_zero=True, effort=Effort.SUM),
        Primitive("sub", 2, broadcast, affine="jointly", keeps_zero=True, effort=Effort.SUM),
        Primitive("mul", 2, broadcast, affine="each", absorbs_zero=True, effort=Effort.PRODUCT),
        Primitive("div", 2, broadcast, affine="first", effort=Effort.QUOTIENT),
        Primitive("copy", 1, same, affine="jointly", absorbs_zero=True, effort=SEEN),
        Primitive("neg", 1, same, affine="jointly", absorbs_zero=True, effort=SEEN),
        Primitive("scale", 1, same_with, affine="jointly", absorbs_zero=True, effort=Effort.MULTIPLE),
        Primitive("power", 1, same_with, effort=Effort.POWER),
        Primitive("square", 1, same, absorbs_zero=True, effort=Effort.POWER),
        Primitive(
            "matmul", 2, product, affine="each", pointwise=False, absorbs_zero=True, effort=Effort.ROWS_BY_COLUMNS
        ),
        Primitive("transpose", 1, flipped, affine="jointly", pointwise=False, absorbs_zero=True, effort=SEEN),
        Primitive("exp", 1, same, elementary=True, leaves_rationals=True),
        Primitive("ln", 1, same, elementary=True, leaves_rationals=True),
        Primitive("sqrt", 1, same, elementary=True, absorbs_zero=True, leaves_rationals=True),
        Primitive("sigmoid", 1, same, elementary=True, leaves_rationals=True, unit="saturating"),
        Primitive("tanh", 1, same, elementary=True, absorbs_zero=True, leaves_rationals=True, unit="saturating"),
        Primitive("relu", 1, same, elementary=True, kinked=True, absorbs_zero=True, effort=SEEN, unit="rectified"),
        Primitive("leaky_relu", 2, slanted, kinked=True, keeps_zero=True, effort=Effort.VALUE_ON_THE_LEFT),
        Primitive(
            "elu", 2, slanted, kinked=True, keeps_zero=True, leaves_rationals=True, effort=Effort.VALUE_ON_THE_LEFT
        ),
        Primitive("softplus", 1, same, leaves_rationals=True),
        Primitive(
            "step", 1, same, elementary=True, kinked=True, flat=True, absorbs_zero=True, effort=SEEN, shown="value"
        ),
        Primitive("abs", 1, same, decides=True, absorbs_zero=True, effort=SEEN),
        Primitive("sign", 1, same, decides=True, flat=True, absorbs_zero=True, effort=SEEN),
        Primitive("floor", 1, same, elementary=True, decides=True, flat=True, absorbs_zero=True, effort=SEEN),
        Primitive("ceil", 1, same, decides=True, flat=True, absorbs_zero=True, effort=SEEN),
        Primitive("round", 1, same, decides=True, flat=True, absorbs_zero=True, effort=SEEN),
        Primitive("larger", 2, broadcast, decides=True, keeps_zero=True, effort=SEEN),
        Primitive("smaller", 2, broadcast, decides=True, keeps_zero=True, effort=SEEN),
        Primitive("greater", 2, broadcast, decides=True, flat=True, keeps_zero=True, effort=SEEN),
        Primitive("at_least", 2, broadcast, decides=True, flat=True, effort=SEEN),
        Primitive("matches", 2, broadcast, decides=True, flat=True, effort=SEEN),
        Primitive("softmax", 1, rows, pointwise=False, leaves_rationals=True, effort=Effort.SHARES),
        Primitive("logloss", 2, broadcast, leaves_rationals=True, effort=Effort.LOSSES),
        Primitive("max", 1, to_number, pointwise=False, decides=True, absorbs_zero=True, effort=SEEN),
        Primitive("where_max", 1, same, pointwise=False, decides=True, flat=True, effort=SEEN, shown="value"),
        Primitive("min", 1, to_number, pointwise=False, decides=True, absorbs_zero=True, effort=SEEN),
        Primitive("where_min", 1, same, pointwise=False, decides=True, flat=True, effort=SEEN, shown="value"),
        Primitive("argmax", 1, places, pointwise=False, decides=True, flat=True, effort=SEEN),
        Primitive("sort", 1, rows, pointwise=False, decides=True, absorbs_zero=True, effort=SEEN),
        Primitive(
            "sorted_by", 2, rows_by_rows, pointwise=False, decides=True, keeps_zero=True, effort=SEEN, shown="value"
        ),
        Primitive(
            "unsorted", 2, rows_by_rows, pointwise=False, decides=True, keeps_zero=True, effort=SEEN, shown="value"
        ),
        Primitive("apply", 1, same_with, leaves_rationals=True),
        Primitive("pick", 1, entry, affine="jointly", pointwise=False, absorbs_zero=True, effort=SEEN, shown="data"),
        Primitive("place", 1, lone_entry, affine="jointly", pointwise=False, absorbs_zero=True, effort=SEEN),
        Primitive("sum_to", 1, summed_to, affine="jointly", pointwise=False, absorbs_zero=True, effort=Effort.TOTAL),
        Primitive("repeat_to", 1, repeated_to, affine="jointly", pointwise=False, absorbs_zero=True, effort=SEEN),
    )
}


Row = TypeVar("Row")


def everyone(primitive: Primitive) -> bool:
    """A reading of all primitives."""
    return True


def elementary(primitive: Primitive) -> bool:
    """A reading by a number domain."""
    return primitive.elementary


def nobody(primitive: Primitive) -> bool:
    """A reading of a few, whose others are read otherwise."""
    return False


class Reading(dict[str, Row], Generic[Row]):
    """One way to read primitives: a table keyed by their names.

    what       what a row is, for a person
    needs      of which primitives there must be a row
    takes      how many arguments a row is called with, where it is a function
    beyond     whether there are rows of what no trace has steps of, too (a page has more signs)
    """

    def __init__(
        self,
        what: str,
        rows: Mapping[str, Row],
        *,
        needs: Callable[[Primitive], bool] = everyone,
        takes: Callable[[Primitive], int] | None = None,
        beyond: bool = False,
    ) -> None:
        super().__init__(rows)
        self.what, self.needs, self.takes, self.beyond = what, needs, takes, beyond
        READINGS.append(self)


READINGS: list[Reading[Any]] = []
"""All readings in the modules that have been imported."""
