"""The line of a plane on which a number of the computation is 0, read off the trace: its coefficients are claims."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from keygen.calculus.claims import Claim
from keygen.calculus.traversal import put
from keygen.engine.domains import EXACT
from keygen.engine.evaluate import Program
from keygen.engine.primitives import PRIMITIVES, Shape
from keygen.engine.trace import Step
from keygen.errors import KeygenError, nearest
from keygen.mathematics.terms import Apply, Chain, Literal, Term, apply, written
from keygen.variants.solved import Solved

PLACES = ((0, 0), (1, 0), (0, 1))  # of a plane, by which an affine function is known


def boundary(solved: Solved, of: str, by: str, unit: int = 0) -> tuple[Claim, Claim, Claim]:
    """a, b and c of a x_1 + b x_2 = c, where entry `unit` of `of` is 0 and `by` holds x_1 and x_2: `PlaneLine(*row)`,
    and `PlaneRegion((row,))` where it is positive. Of observations in rows the first is the one that varies.

    Raises KeygenError for a name that there is not, where `by` are not two numbers, and where `of` is no affine
    function of them.
    """
    trace = solved.trace
    for name in (of, by):
        if name not in trace.shapes:
            raise KeygenError(f"the computation has no variable {name!r}", repair=nearest(name, trace.shapes))
    shape = trace.shapes[by]
    if not shape or 2 not in (shape[-1], int(np.prod(shape))):
        raise KeygenError(
            f"{by} is no point of a plane", expected="two numbers, or rows of two",
            found=" x ".join(map(str, shape)) or "a number",
        )  # fmt: skip
    steps = trace.cut_at([by], [of]).steps
    moving = {by}
    for step in steps:
        if moving.intersection(step.inputs):
            require_affine(step, moving, of, by)
            moving.add(step.target.name)
    if of not in moving - {by}:
        raise KeygenError(f"{of} is not computed from {by}", repair="name what the line is drawn for first")
    body = written(trace, of, moving.__contains__)
    program = Program(trace.cut_at([by], [of]), EXACT)

    def at(place: tuple[int, int]) -> tuple[Term, Any]:
        """The entry where x_1 and x_2 have these values, written out and worked out."""
        point = np.full(shape, Fraction(0), dtype=object)
        point.flat[:2] = [Fraction(x) for x in place]
        there, value = put(body, {by: Literal(point)}), program({**solved.values, by: point})[of]
        return (there, value) if not trace.shapes[of] else entry(there, value, trace.shapes[of], unit)

    (origin, none), (right, one), (up, other) = map(at, PLACES)
    terms = (apply("sub", right, origin), one - none), (apply("sub", up, origin), other - none)
    a, b, c = (Claim(Chain((term, Literal(value)))) for term, value in (*terms, (apply("neg", origin), -none)))
    return a, b, c


def entry(term: Term, value: Any, shape: Shape, unit: int) -> tuple[Term, Any]:
    """The entry of a row or a matrix that is of a unit."""
    if not 0 <= unit < shape[-1]:
        raise KeygenError("there is no such unit", expected=f"0 to {shape[-1] - 1}", found=str(unit))
    place = (*(0 for _ in shape[1:]), unit)
    return Apply("pick", (term,), place), value[place]


def require_affine(step: Step, moving: set[str], of: str, by: str) -> None:
    """Raise KeygenError for a step that is no affine function of what moves."""
    places = [place for place, name in enumerate(step.inputs) if name in moving]
    match PRIMITIVES[step.primitive].affine:
        case "jointly":
            return
        case "each" if len(places) == 1:
            return
        case "first" if places == [0]:
            return
    raise KeygenError(
        f"{of} is no affine function of {by}: where it is 0 is no line",
        found=step.primitive, repair='name the sum before the activation: boundary(s, "z", "x")',
    )  # fmt: skip
