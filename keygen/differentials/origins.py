"""Where the rules for the inverse and the determinant come from: the two that a course proves."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from keygen.differentials.algebra import ONE, add, inverse, multiply, negate
from keygen.differentials.derive import Line
from keygen.differentials.equations import Equation
from keygen.differentials.evaluate import STEP, Point, evaluate
from keygen.differentials.expression import Det, Differential, Expression, Identity, Product, Sum, Symbol, Trace, Zero
from keygen.differentials.optimum import EquationLine
from keygen.differentials.points import points
from keygen.differentials.rules import RULES
from keygen.differentials.verify import Truth, close, false_line


def inverse_rule(x: Symbol) -> tuple[EquationLine, ...]:
    """X X^-1 = I, differentiated and solved for d(X^-1). Raises KeygenError if a line is false."""
    y, unit, zero = inverse(x), Identity(x.rows), Zero(x.rows, x.rows)
    whole = Product((x, y))
    lines = (
        EquationLine(Equation(whole, unit), "cancel"),
        EquationLine(Equation(Differential(whole), zero), "constant"),
        EquationLine(Equation(RULES["product"].apply(whole, Differential), zero), "product"),
        EquationLine(Equation(multiply(x, Differential(y)), negate(multiply(Differential(x), y))), "separate"),
        EquationLine(Equation(Differential(y), RULES["inverse"].apply(y, Differential)), "solve"),
    )
    at = points([y], [x])
    for line in lines:
        Truth(line.equation.left, at).require(line.equation.left, line.equation.right, line.law)
    return lines


def det_rule(x: Symbol) -> tuple[Line, ...]:
    """det(X + dX) = ... = det X (1 + tr(X^-1 dX)) up to second order. Raises KeygenError if a line is false."""
    dx, unit, ratio = Differential(x), Identity(x.rows), multiply(inverse(x), Differential(x))
    chain: tuple[tuple[Expression, str], ...] = (
        (Det(add(x, dx)), ""),
        (Det(Product((x, Sum((unit, ratio))))), "factor"),
        (Product((Det(x), Det(Sum((unit, ratio))))), "det_product"),
        (Product((Det(x), Sum((ONE, Trace(ratio))))), "first_order"),
    )
    lines = tuple(Line(before, after, (law,)) for (before, _), (after, law) in pairwise(chain))
    for line in lines:
        for point in points([Det(x)], [x]):
            if not equal_to_first_order(line.before, line.after, point):
                raise false_line(line.before, line.after, line.laws[0], "another differential at X")
    return lines


def equal_to_first_order(a: Expression, b: Expression, at: Point) -> bool:
    """Whether two expressions in X and dX have the same value and the same part linear in dX."""
    tiny = replace(at, direction={symbol: 1j * STEP * dx for symbol, dx in at.direction.items()})
    left, right = evaluate(a, tiny), evaluate(b, tiny)
    return close(left.real, right.real) and close(left.imag / STEP, right.imag / STEP)
