"""Worked matrix problems checked anew: lines at other random points, NumPy's formulas against finite differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from keygen.errors import FalseClaim
from keygen.matrix.evaluate import MatrixPoint, evaluate
from keygen.matrix.exercises import RATE, Worked
from keygen.matrix.expression import Differential, Expression
from keygen.matrix.marks import worked_in
from keygen.matrix.printing import NUMPY
from keygen.matrix.shapes import SCALAR
from keygen.matrix.verify import KnownValues, draw, points_of_both_signs, why_undefined
from keygen.tolerances import MATRIX_DIFFERENCES
from keygen.variants.solved import Solved

STEP = 1e-6  # of a central difference
SEED = 1  # other points than those at which the lines were checked when they were made
TRIES = 200


def numpy_value(formula: str, values: Mapping[str, Any]) -> Any:
    """An answer's formula computed by NumPy, as at least a matrix."""
    return np.atleast_2d(eval(formula, dict(NUMPY), dict(values)))


def certify_problems(solved: Solved) -> int:
    """Check every matrix problem at points of its own and in NumPy's words; how many equalities hold."""
    return sum(map(certify_worked, worked_in(solved.shown)))


def certify_worked(worked: Worked) -> int:
    """How many equalities hold. Raises KeygenError for the first that does not."""
    first = worked.derivation
    truth = KnownValues(Differential(first.f), points_of_both_signs([first.f], [first.wrt], seed=SEED))
    for line in first.lines:
        truth.require(line.before, line.after, ", ".join(line.laws))
    values, point = numeric(worked)
    for e in spelled(worked):
        same_in_numpy(worked, e, values, point)
    for f, slope in slopes(worked):
        against_differences(worked, f, slope, values)
    return len(first.lines) + 1


def spelled(worked: Worked) -> Iterator[Expression]:
    """What is found that has a form for NumPy: a differential of members of a sample has none."""
    yield from (e for e in worked.values.values() if not (e.moving and worked.together))
    if "optimum" in worked.__dict__:
        yield worked.optimum.solution


def numeric(worked: Worked) -> tuple[dict[str, Any], MatrixPoint]:
    """A random point of the problem's own sizes, and its values by name, samples stacked."""
    rng = np.random.default_rng(SEED)
    for _ in range(TRIES):
        point = draw([worked.problem.f, RATE], [worked.wrt], worked.problem.sizes, rng)
        if not why_undefined([worked.problem.f], point):
            break
    values = {}
    for symbol, value in point.values.items():
        if symbol.index is None:
            values[symbol.name] = value
        else:
            values[worked.together[symbol.name]] = value.reshape(value.shape[0], -1)
    return {**values, f"d{worked.wrt.name}": point.direction[worked.wrt]}, point


def same_in_numpy(worked: Worked, e: Expression, values: Mapping[str, Any], point: MatrixPoint) -> None:
    """Raise KeygenError unless the formula written for NumPy has the value of the expression."""
    text = worked.formula(e)
    expected = evaluate(e, point).real if not e.moving else evaluate(e, point)
    require_equal(text, expected, numpy_value(text, values))


def slopes(worked: Worked) -> Iterator[tuple[Expression, Expression]]:
    """Each function with its gradient, Jacobian or, where it is no number, its differential."""
    first = worked.derivation
    yield first.f, first.gradient or first.jacobian or first.differential
    if "curvature" in worked.__dict__ and first.gradient is not None and worked.curvature.jacobian is not None:
        yield first.gradient, worked.curvature.jacobian


def against_differences(worked: Worked, f: Expression, slope: Expression, values: Mapping[str, Any]) -> None:
    """Raise KeygenError unless a slope in NumPy is that of f in NumPy."""
    name = worked.wrt.name
    direction, text = values[f"d{name}"], worked.formula(f)
    ahead, behind = (numpy_value(text, {**values, name: values[name] + sign * STEP * direction}) for sign in (1, -1))
    found = numpy_value(worked.formula(slope), values)
    if not slope.moving:
        found = np.atleast_2d(np.sum(found * direction)) if f.shape == SCALAR else found @ direction
    require_equal(text, (ahead - behind) / (2 * STEP), found)


def require_equal(formula: str, expected: Any, found: Any) -> None:
    """Raise KeygenError unless two values agree."""
    scale = max(1.0, float(np.max(np.abs(expected))))
    if expected.shape != found.shape or float(np.max(np.abs(expected - found))) > MATRIX_DIFFERENCES * scale:
        raise FalseClaim(
            f"a formula disagrees with finite differences: {formula}",
            expected=str(expected.tolist()),
            found=str(found.tolist()),
            repair="this is a defect of keygen; please report it with the seed",
        )
