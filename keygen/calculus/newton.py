"""An optimum that has no closed form: found by Newton's method, enclosed in balls that are proven to hold it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx

from keygen.engine.identity import FieldExpression
from keygen.engine.real import Number, Undecided, as_ball, function, real
from keygen.errors import KeygenError

Vector = np.ndarray  # float64, (n,)

STEPS, HALVINGS = 60, 40
CONVERGED = 1e-11  # the largest entry of the gradient at an optimum
SLACK = 24  # bits by which an enclosure may be wider than its precision


def newton(gradient: Callable[[Vector], Vector], hessian: Callable[[Vector], Vector], start: Vector) -> Vector:
    """The least point of a strictly convex function of n numbers, in float64; `hessian` gives (n, n).

    Newton's step solves H s = -g; while it does not shorten the gradient it is halved, which ends because the step goes
    down on |g|^2. It goes on until the gradient is as short as float64 can make it. Raises KeygenError where it does
    not vanish: the function has no least point, or one too far away.
    """
    x = np.asarray(start, dtype=np.float64)
    g = gradient(x)
    for _ in range(STEPS):
        step = np.linalg.solve(hessian(x), -g)
        ahead = next((x + step / 2**k for k in range(HALVINGS) if shorter(gradient(x + step / 2**k), g)), None)
        if ahead is None:
            break
        x, g = ahead, gradient(ahead)
    if np.max(np.abs(g)) > CONVERGED:
        raise KeygenError("Newton's method found no optimum", found=f"gradient {g} at {x}", redraw=True)
    return x


def shorter(one: Vector, other: Vector) -> bool:
    """Whether one vector is shorter than the other."""
    return bool(one @ one < other @ other)


Column = Any  # an arb_mat, (n, 1)


class Enclosures:
    """Balls that hold the one zero of a function of n numbers, at any precision.

    Newton's steps on midpoints come close; then N(X) = m - J(X)^-1 F(m) over a box X around m is taken in balls, and
    where N(X) lies inside X, it holds a zero, the only one in X (R. E. Moore, Methods and Applications of Interval
    Analysis, 1979, theorem 5.2). Raises KeygenError where it does not.

    `equations` are the function's entries at the zero, as expressions of the numbers that these balls hold.
    """

    def __init__(
        self, function: Callable[[Column], Column], jacobian: Callable[[Column], Any], start: Sequence[float]
    ) -> None:
        self.function, self.jacobian = function, jacobian
        self.middle = arb_mat(len(start), 1, [arb(x) for x in start])
        self.known: dict[int, Column] = {}
        self.equations: tuple[FieldExpression, ...] = ()

    def entry(self, place: int) -> arb:
        """The ball of one number at the precision that is set."""
        if ctx.prec not in self.known:
            self.known[ctx.prec] = self.enclosed()
        ball: arb = self.known[ctx.prec][place, 0]
        return ball

    def enclosed(self) -> Column:
        """All balls at the precision that is set."""
        m = self.middle
        for _ in range(ctx.prec.bit_length() + 2):  # each step doubles the digits
            m = (m - self.jacobian(m).solve(self.function(m))).mid()
        box = arb_mat(m.nrows(), 1, [arb(x, (1 + abs(x).upper()) * arb(2) ** (SLACK - ctx.prec)) for x in m.entries()])
        found = m - self.jacobian(box).solve(self.function(m))
        if not all(x.contains_interior(y) for x, y in zip(box.entries(), found.entries(), strict=True)):
            raise KeygenError("an optimum cannot be enclosed", found=str(found), redraw=True)
        self.middle = m
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """One number of an enclosed zero: a number by its balls, which says what it is, so that anybody may find it again.

    problem  the name of the problem that it solves
    data     the numbers of the problem
    """

    balls: Enclosures
    place: int
    problem: str
    data: tuple[tuple[Fraction, ...], ...]

    def __call__(self) -> arb:
        """The ball at the precision that is set."""
        return self.balls.entry(self.place)

    @property
    def equations(self) -> tuple[FieldExpression, ...]:
        """What is zero by the definition of the number."""
        return self.balls.equations


def mirrored(x: Sequence[Fraction]) -> bool:
    """Whether -x has the same values as often."""
    return sorted(x) == sorted(-at for at in x)


def logistic_regression(x: Sequence[Fraction], y: Sequence[Fraction]) -> tuple[Number, Number, Number]:
    """b0, b1 and the least sum of logloss of p = sigma(b0 + b1 x) on a sample, y of 0 and 1, with proven digits.

    The loss is the sum of ln(1 + e^u) - y u over the sample, its gradient X'(p - y), its Hessian X' diag(p (1 - p)) X,
    positive definite where x has two values: there is one zero of the gradient at most. So b1 is 0 where X'(p - y)
    vanishes with every p the share of ones, and b0 is 0 where the p of a mirrored sample add up to half its size, and y
    does. Raises KeygenError where the classes are separable, so that there is no zero.
    """
    rows, answers = np.array([[1.0, float(at)] for at in x]), np.array([float(answer) for answer in y])

    def probabilities(b: Vector) -> Vector:
        return np.asarray(1 / (1 + np.exp(-rows @ b)))

    def hessian(b: Vector) -> Vector:
        p = probabilities(b)
        return np.asarray(rows.T @ (rows * (p * (1 - p))[:, None]))

    near = newton(lambda b: np.asarray(rows.T @ (probabilities(b) - answers)), hessian, np.zeros(2))

    def design() -> Any:
        return arb_mat(len(x), 2, [part for at in x for part in (arb(1), as_ball(at))])

    def fitted(b: Column) -> list[arb]:
        return [1 / (1 + (-u).exp()) for u in (design() * b).entries()]

    def gradient(b: Column) -> Column:
        errors = [p - as_ball(answer) for p, answer in zip(fitted(b), y, strict=True)]
        return design().transpose() * arb_mat(len(x), 1, errors)

    def curvature(b: Column) -> Any:
        weights = arb_mat(len(x), len(x))
        for place, p in enumerate(fitted(b)):
            weights[place, place] = p * (1 - p)
        return design().transpose() * weights * design()

    balls = Enclosures(gradient, curvature, near.tolist())

    def entry(place: int) -> Number:
        return real(Root(balls, place, "logistic_regression", (tuple(x), tuple(y))))

    share = sum(y) / Fraction(len(y))
    level = sum(at * (share - answer) for at, answer in zip(x, y, strict=True)) == 0
    try:
        b1 = Fraction(0) if level else entry(1)
        b0 = Fraction(0) if 2 * share == 1 and (level or mirrored(x)) else entry(0)
    except Undecided as error:
        raise KeygenError("nobody can tell a number of an optimum from 0", found=str(error), redraw=True) from error
    balls.equations = tuple(residual(b0, b1, x, y, weights) for weights in ([Fraction(1)] * len(x), x))
    exp, ln = function("exp"), function("ln")
    logits = [b0 + b1 * at for at in x]
    return b0, b1, sum(ln(1 + exp(u)) - answer * u for u, answer in zip(logits, y, strict=True))


def residual(
    b0: Number, b1: Number, x: Sequence[Fraction], y: Sequence[Fraction], weights: Sequence[Fraction]
) -> FieldExpression:
    """The sum of weight (p - y) over a sample, p = sigma(b0 + b1 x): an entry of the gradient."""
    total = FieldExpression("number", (Fraction(0),))
    for at, answer, weight in zip(x, y, weights, strict=True):
        p = FieldExpression("sigmoid", (FieldExpression("add", (b0, FieldExpression("mul", (Fraction(at), b1)))),))
        error = FieldExpression("sub", (p, Fraction(answer)))
        total = FieldExpression("add", (total, FieldExpression("mul", (Fraction(weight), error))))
    return total
