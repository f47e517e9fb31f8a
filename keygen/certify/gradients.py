"""Every gradient compared with a slope, by ways that share no rule with how it was recorded: float64, at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np

from keygen.course.draw import stream
from keygen.engine.decisions import choosing, gaps, no_derivative
from keygen.engine.domains import EXACT
from keygen.engine.evaluate import Functions, as_float
from keygen.engine.finite_differences import random_direction, slope, slope_of_all
from keygen.engine.polynomial import Polynomial
from keygen.engine.trace import Gradient
from keygen.errors import FalseClaim, KeygenError
from keygen.tolerances import COMPLEX_STEP, FLOAT_DIFFERENCES, SYMPY_GRADIENT
from keygen.variants.solved import Solved
from keygen.variants.trial import probes


def certify_gradients(solved: Solved, *, oracle: bool = False) -> int:
    """Compare every gradient with differences (and with sympy if `oracle`); how many there are.

    All gradients of a number are compared in one run, and one by one where they do not agree, to name the wrong one.
    Raises KeygenError for gradients that disagree, and one that lists those which have no number to be compared with.
    """
    require_derivatives(solved)
    unverified: list[str] = []
    for (of, _), gradients in by_number(solved.trace.gradients).items():
        try:
            one_by_one = oracle or isinstance(solved.quick[of], Polynomial)
            error = None if one_by_one else disagreement_together(solved, of, gradients)
            if one_by_one or error:
                for gradient in gradients:
                    compare(solved, gradient, oracle=oracle)
            if error:
                raise error
        except (ArithmeticError, ValueError) as failure:  # a number too large, a logarithm of what is not positive
            unverified += [f"{gradient.target} ({failure})" for gradient in gradients]
    if unverified:
        raise unverifiable(solved, unverified)
    return len(solved.trace.gradients)


def require_derivatives(solved: Solved) -> None:
    """Raise KeygenError where a gradient goes through a tie or a jump; ReLU has its derivative at 0 by convention."""
    for step in choosing(solved.trace):
        if not all(gaps(step, solved.values, EXACT)):
            raise KeygenError(
                f"a gradient goes through a choice: {no_derivative(step)}",
                exercise=solved.exercise.id,
                who=solved.variant.who,
                file=solved.exercise.file,
                expected="numbers of which none ties with another, and none stands at a jump",
                found=" and ".join(", ".join(map(str, np.ravel(solved.values[name]))) for name in step.inputs)[:200],
                repair="publish and draw other numbers, or ask for no gradient through this step",
            )


def unverifiable(solved: Solved, gradients: Iterable[str]) -> KeygenError:
    """Gradients that have no number to be compared with, each with the reason."""
    return KeygenError(
        "gradients could not be verified",
        exercise=solved.exercise.id,
        who=solved.variant.who,
        file=solved.exercise.file,
        expected="each agrees with a slope that is measured",
        found=", ".join(gradients),
        repair="draw numbers at which the computation has derivatives, and no number in it is too large",
    )


def by_number(gradients: Iterable[Gradient]) -> Mapping[tuple[str, str], list[Gradient]]:
    """Gradients by the number that they are of, or by the variable and what arrives there."""
    found: dict[tuple[str, str], list[Gradient]] = {}
    for gradient in gradients:
        found.setdefault((gradient.of, gradient.incoming), []).append(gradient)
    return found


def weight_of(gradient: Gradient, values: Mapping[str, Any]) -> Any:
    """What the entries of the variable are multiplied by before they are added: the gradient that arrives, else 1."""
    return as_float(values[gradient.incoming]) if gradient.incoming else 1.0


def disagreement_together(solved: Solved, of: str, gradients: list[Gradient]) -> KeygenError | None:
    """Go from each variable in a random direction at once: the gradients along them must add up to the complex step."""
    trace, values, weight = solved.trace, solved.quick, weight_of(gradients[0], solved.quick)

    def make() -> dict[str, Any]:
        rng = stream("directions", solved.exercise.id, of)
        return {gradient.target: random_direction(trace.shapes[gradient.by], rng) for gradient in gradients}

    directions = trace.memo(("directions", of, gradients[0].incoming), make)
    parts = [float(np.sum(as_float(values[target]) * direction)) for target, direction in directions.items()]
    moves = [(gradient.by, directions[gradient.target]) for gradient in gradients]
    found, expected = sum(parts), slope_of_all(trace, of, values, moves, weight=weight, functions=meanings(solved))
    if abs(finite(found) - finite(expected)) <= COMPLEX_STEP * max(1.0, *map(abs, parts)):
        return None
    return disagreement(
        solved, gradients[0], "the complex step, or another gradient of its number does", expected, found
    )


def meanings(solved: Solved) -> Functions | None:
    """What stands for the functions that an exercise only names."""
    return probes(solved.trace) if solved.calls else None


def compare(solved: Solved, gradient: Gradient, *, oracle: bool) -> None:
    """One gradient against finite differences in a random direction, and against sympy entry by entry."""
    if isinstance(solved.quick[gradient.of], Polynomial):
        return polynomial_slope(solved, gradient)
    rng = stream("direction", solved.exercise.id, gradient.of, gradient.by)
    direction = random_direction(solved.trace.shapes[gradient.by], rng)
    found = float(np.sum(as_float(solved.quick[gradient.target]) * direction))
    weight = weight_of(gradient, solved.quick)
    expected = slope(
        solved.trace, gradient.of, gradient.by, solved.quick, direction, weight=weight, functions=meanings(solved)
    )
    if abs(finite(found) - finite(expected)) > FLOAT_DIFFERENCES * max(1.0, abs(expected)):
        raise disagreement(solved, gradient, "finite differences", expected, found)
    if oracle and not solved.calls:
        from keygen.engine import symbolic  # sympy is slow to import and `build` does without it

        exact = symbolic.gradient(
            solved.trace, gradient.of, gradient.by, solved.values,
            solved.values[gradient.incoming] if gradient.incoming else Fraction(1),
        )  # fmt: skip
        by_sympy = np.asarray(np.frompyfunc(float, 1, 1)(exact), dtype=float)
        ours = np.asarray(as_float(solved.quick[gradient.target]), dtype=float)
        if not np.allclose(by_sympy, ours, rtol=SYMPY_GRADIENT, atol=SYMPY_GRADIENT):
            raise disagreement(solved, gradient, "sympy", by_sympy, ours)
    return None


def finite(slope: float) -> float:
    """A slope that something can be compared with; ArithmeticError for none."""
    if not isfinite(slope):
        raise ArithmeticError(f"a slope of {slope}")
    return slope


def polynomial_slope(solved: Solved, gradient: Gradient) -> None:
    """A polynomial's derivative against its difference quotient at random points."""
    rng = stream("point", solved.exercise.id, gradient.of, gradient.by)
    function, derivative = solved.values[gradient.of], solved.values[gradient.target]
    at = {variable.name: rng.uniform(-2, 2) for variable in solved.trace.inputs}
    weight = float(solved.values[gradient.incoming].at(at)) if gradient.incoming else 1.0
    h = 1e-4
    ends = [weight * float(function.at({**at, gradient.by: at[gradient.by] + side * h})) for side in (1, -1)]
    expected, found = (ends[0] - ends[1]) / (2 * h), float(derivative.at(at))
    if abs(finite(found) - finite(expected)) > FLOAT_DIFFERENCES * max(1.0, abs(expected)):
        raise disagreement(solved, gradient, "the difference quotient", expected, found)


def disagreement(solved: Solved, gradient: Gradient, way: str, expected: Any, found: Any) -> KeygenError:
    """Two ways to one gradient do not agree."""
    return FalseClaim(
        f"the gradient {gradient.target} disagrees with {way}",
        exercise=solved.exercise.id,
        who=solved.variant.who,
        file=solved.exercise.file,
        expected=str(expected),
        found=str(found),
        repair="this is a defect of keygen; please report it with the seed",
    )
