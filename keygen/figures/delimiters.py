"""Brackets that are as tall as what they hold, drawn as strokes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from keygen.figures import font_metrics
from keygen.figures.math_boxes import Ink, Stroke

AXIS = 0.25  # em above the baseline: the middle of brackets, and where the line of a fraction runs
DELIMITERS = {"pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "vmatrix": ("|", "|")}


@lru_cache(maxsize=512)
def fence(sign: str, left: float, width: float, height: float, depth: float) -> tuple[Ink, ...]:
    """A bracket that reaches from a height to a depth."""
    near, far, middle = left + 0.2 * width, left + 0.8 * width, (height - depth) / 2
    if sign in ")]":
        near, far = far, near
    if sign in "()":
        bend = [(far, height), (near, height - 0.3 * (height + depth)), (near, middle)]
        return (Stroke(tuple(bent([*bend, (near, -depth + 0.3 * (height + depth)), (far, -depth)]))),)
    if sign in "[]":
        return (Stroke(((far, height), (near, height), (near, -depth), (far, -depth))),)
    if sign in ("|", r"\vert"):
        return (Stroke(((left + width / 2, height), (left + width / 2, -depth))),)
    if sign in (r"\{", r"\}"):
        near, far = (far, near) if sign == r"\}" else (near, far)
        half = (near + far) / 2
        upper = bent([(far, height), (half, height), (half, (height + middle) / 2), (half, middle), (near, middle)])
        lower = bent([(near, middle), (half, middle), (half, (middle - depth) / 2), (half, -depth), (far, -depth)])
        return (Stroke((*upper, *lower)),)
    return ()


def bent(controls: Sequence[tuple[float, float]], steps: int = 10) -> Iterator[tuple[float, float]]:
    """A smooth line from the first point to the last, drawn to those between (a Bernstein polynomial)."""
    xs, ys = zip(*controls, strict=True)
    return zip(bernstein(xs, steps), bernstein(ys, steps), strict=True)


@lru_cache(maxsize=512)
def bernstein(controls: tuple[float, ...], steps: int) -> tuple[float, ...]:
    """One coordinate of such a line: brackets of one height differ in the other alone."""
    found = []
    for step in range(steps + 1):
        row: Sequence[float] = controls
        while len(row) > 1:
            row = [a + (b - a) * step / steps for a, b in pairwise(row)]
        found.append(row[0])
    return tuple(found)


def accent(sign: str, width: float, height: float, depth: float) -> Stroke:
    """An accent over all of something, or a line below it."""
    low, high, middle = height + 0.06, height + 0.2, width / 2
    match sign:
        case r"\hat" | r"\widehat":
            return Stroke(((0.05, low), (middle, high), (width, low)))
        case r"\tilde" | r"\widetilde":
            return Stroke(tuple(bent([(0.05, low), (middle, high + 0.2), (middle, low - 0.2), (width, high)])))
        case r"\vec":
            return Stroke(((0.05, high), (width, high), (width - 0.12, high + 0.08)))
        case r"\underline":
            return Stroke(((0.0, -depth - 0.1), (width, -depth - 0.1)))
        case _:
            return Stroke(((0.05, high), (width, high)))


def fences(name: str, width: float, tall: float) -> tuple[Ink, ...]:
    """The delimiters of rows."""
    height, depth, side = tall / 2 + AXIS, tall / 2 - AXIS, font_metrics.FENCES[name] / 2
    signs = DELIMITERS.get(name)
    if name == "cases":
        return fence(r"\{", 0.0, side, height, depth)
    if signs is None:
        return ()
    left, right = signs
    return (
        *fence(left, 0.1 * side, 0.7 * side, height, depth),
        *fence(right, width - 0.8 * side, 0.7 * side, height, depth),
    )
