"""The check of every line when it is made: evaluated at random points, differentials by the complex step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from keygen.differentials.evaluate import STEP, Array, Point, Undefined, evaluate
from keygen.differentials.expression import Expression
from keygen.differentials.shapes import written
from keygen.errors import KeygenError

TOLERANCE = 1e-6
SMALL = 1e-3  # numbers below it are compared as if they were so large
TINY = 1e-60  # no rounding leaves so small a number


def close(a: Array, b: Array) -> bool:
    """Whether two values are equal up to the relative tolerance; what is smaller than any rounding of zero counts."""
    largest = max(float(np.max(np.abs(a))), float(np.max(np.abs(b))))
    scale = largest if largest < TINY else max(SMALL, largest)
    return a.shape == b.shape and bool(np.max(np.abs(a - b)) <= TOLERANCE * scale)


class Truth:
    """An expression's values at some points, and what must equal them."""

    def __init__(self, e: Expression, at: Sequence[Point]) -> None:
        self.shape = e.shape
        self.points = at
        self.values = [evaluate(e, point) for point in at]

    def require(self, before: Expression, after: Expression, reason: str) -> None:
        """Raise KeygenError unless `after` has these values; `before` and the laws (`reason`) are for the message."""
        if after.shape != self.shape:
            raise false_line(before, after, reason, f"shapes {written(self.shape)} and {written(after.shape)}")
        for point, value in zip(self.points, self.values, strict=True):
            try:
                found = evaluate(after, point)
            except Undefined as undefined:
                raise false_line(before, after, reason, str(undefined)) from undefined
            if not close(found, value):
                raise false_line(before, after, reason, f"{value.tolist()} and {found.tolist()} at a random point")


def require_first_order(a: Expression, b: Expression, reason: str, at: Point) -> None:
    """Raise KeygenError unless two expressions in X and dX have the same value and the same part linear in dX."""
    tiny = replace(at, direction={symbol: 1j * STEP * dx for symbol, dx in at.direction.items()})
    left, right = evaluate(a, tiny), evaluate(b, tiny)
    if not (close(left.real, right.real) and close(left.imag / STEP, right.imag / STEP)):
        raise false_line(a, b, reason, "another differential at X")


def false_line(before: Expression, after: Expression, reason: str, found: str) -> KeygenError:
    """The error for an equality that does not hold."""
    return KeygenError(
        f"a false line: {before} = {after}",
        expected=f"two equal sides, by {reason}",
        found=found,
        repair="mend the rule",
    )
