"""How one formula follows from another, whatever the other is: at numbers, so that it holds for what students typed.

    df = tr(G' dX)       the gradient G is read off the differential, an entry of dX at a time
    df = J dx            the Jacobian, a column at a time
    H  = dG/dx'          the Hessian is the Jacobian of the gradient
    x - eta G            the step of gradient descent
    G(x) = 0             the optimum, subject to what ties its entries
    f(u(z), z)           one optimum in the place of its letter in another

(J. R. Magnus, H. Neudecker: Matrix Differential Calculus, ch. 9-10.) A rule is one of an exercise's only where it leads
from the key's own formulas to the key's own formula, at every random point: so nothing here knows an exercise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from keygen.errors import KeygenError
from keygen.grading.formulas import Array, Point, close
from keygen.matrix.derive import derive, read_from
from keygen.matrix.expression import Expression, Symbol
from keygen.matrix.optimum import gradient_step, moved_to_unknown, tied_to_unknown
from keygen.matrix.transform import substitute

STEP = 1e-30
"""The complex step, below all rounding."""
ZERO = 1e-7
"""What counts as zero beside the size of what it is made of."""
RATE = "eta"
"""The letter of a learning rate (`matrix.exercises.RATE`)."""
EMPTY = "nothing is left to compute"
Valued = Callable[[Point], Array]
"""A formula: its value at a point. Raises UnreadableError where it has none."""


@dataclass(frozen=True)
class FormulaPoint:
    """Where a formula is compared: the point, the variable by which is differentiated, what the key's formula is there,
    and the letters that the key's formula is free of though its sources are not: multipliers."""

    at: Point
    name: str
    right: Array
    free: tuple[str, ...] = ()


Sources = Sequence[Valued]
Written = Callable[[Sequence[Expression], Symbol, FormulaPoint], Expression]
"""What follows from formulas, by the variable by which is differentiated: as an expression. Raises KeygenError where
the moves by hand do not lead to it."""


@dataclass(frozen=True, slots=True)
class FormulaRule:
    """A way from some formulas, `takes` of them, to another one.

    holds    whether a value at a point is what follows from them
    written  what follows, as an expression
    empty    why nothing is left to be worked out from them there, "" where something is
    works    whether anything is worked out at all
    derives  whether the formula is differentiated
    """

    takes: int
    holds: Callable[[Sources, FormulaPoint, Array], bool]
    written: Written
    empty: Callable[[Sources, FormulaPoint], str]
    works: bool = True
    derives: bool = False


def moved(at: Point, name: str, way: Array) -> dict[str, Any]:
    """A point with a variable moved by a complex step in one way."""
    return {**at, name: np.asarray(at[name]) + 1j * STEP * way}


def units(shape: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Array]]:
    """Each place of a shape with the matrix that has 1 there and 0 elsewhere."""
    for place in np.ndindex(shape):
        unit = np.zeros(shape)
        unit[place] = 1.0
        yield place, unit


def jacobian(formula: Valued, name: str, at: Point) -> Array:
    """The derivatives of the entries of a formula, a row each, by those of a variable, a column each."""
    columns = [np.imag(np.ravel(formula(moved(at, name, unit)))) / STEP for _, unit in units(np.shape(at[name]))]
    return np.array(columns).T


def alike(value: Array, found: Array) -> bool:
    """Whether a value is what was found."""
    return value.size == found.size and close(np.reshape(found, value.shape), value)


def read_off(sources: Sources, there: FormulaPoint, value: Array) -> bool:
    """df = tr(G' dX), df = J dx"""
    along = along_all(sources[0], there)
    return alike(value, along if along.shape[1] == 1 else along.T)


def along_all(differential: Valued, there: FormulaPoint) -> Array:
    """A differential along each entry of dX, a row each."""
    name, shape = f"d{there.name}", np.shape(there.at[there.name])
    return np.array([np.ravel(differential({**there.at, name: unit})) for _, unit in units(shape)])


def differentiated(sources: Sources, there: FormulaPoint, value: Array) -> bool:
    """H = dG/dx'"""
    return alike(value, jacobian(sources[0], there.name, there.at))


def stepped(sources: Sources, there: FormulaPoint, value: Array) -> bool:
    """x - eta G"""
    return RATE in there.at and alike(value, there.at[there.name] - there.at[RATE] * sources[0](there.at))


def stationary(sources: Sources, there: FormulaPoint, value: Array) -> bool:
    """G(x) = 0, and nowhere about it; with multipliers, G(x) = 0 for some value of them, where x is tied as the key's
    is, x' = x or x' = -x."""
    gradient, x = sources[0], {**there.at, there.name: np.reshape(value, np.shape(there.at[there.name]))}
    ways, left = tied(there), untied(gradient, there)
    slopes = left @ jacobian(gradient, there.name, x) @ ways
    if np.linalg.matrix_rank(slopes) < slopes.shape[1]:
        return False
    size = 1 + np.max(np.abs(gradient(there.at)))
    off = np.ravel(value) - ways @ np.linalg.lstsq(ways, np.ravel(value), rcond=None)[0]
    return bool(np.all(np.abs(left @ np.ravel(gradient(x))) <= ZERO * size) and np.all(np.abs(off) <= ZERO))


def tied(there: FormulaPoint) -> Array:
    """The ways in which the variable may go, a column each: all, or those that stay symmetric, or skew."""
    size = there.right.size
    rows, *columns = np.shape(there.right)
    if not there.free or columns != [rows]:
        return np.eye(size)
    turned = np.eye(size).reshape(rows, rows, size).transpose(1, 0, 2).reshape(size, size)
    sign = 1 if alike(there.right, there.right.T) else -1
    return np.linalg.svd((np.eye(size) + sign * turned) / 2)[0][:, : (rows * (rows + sign)) // 2]


def untied(gradient: Valued, there: FormulaPoint) -> Array:
    """What is left of a gradient where multipliers may be anything: a projection onto the ways in which they do not
    move it."""
    if not there.free:
        return np.eye(there.right.size)
    slopes = np.hstack([jacobian(gradient, name, there.at) for name in there.free])
    left, sizes, _ = np.linalg.svd(slopes)
    return left[:, int(np.sum(sizes > ZERO)) :].T


def put_in(sources: Sources, there: FormulaPoint, value: Array) -> bool:
    """f(u(z), z)"""
    outer, inner = sources
    return alike(value, outer({**there.at, there.name: inner(there.at)}))


def same_again(sources: Sources, there: FormulaPoint, value: Array) -> bool:
    """A formula that is asked again."""
    return alike(value, sources[0](there.at))


def gradient_written(sources: Sequence[Expression], x: Symbol, there: FormulaPoint) -> Expression:
    """G of df = tr(G' dX), J of df = J dx"""
    return read_from(sources[0], x)


def hessian_written(sources: Sequence[Expression], x: Symbol, there: FormulaPoint) -> Expression:
    """dG/dx'"""
    found = derive(sources[0], x).jacobian
    if found is None:
        raise KeygenError(f"{sources[0]} has no Jacobian")
    return found


def step_written(sources: Sequence[Expression], x: Symbol, there: FormulaPoint) -> Expression:
    """x - eta G"""
    return gradient_step(sources[0], x, Symbol(RATE, 1, 1))


def optimum_written(sources: Sequence[Expression], x: Symbol, there: FormulaPoint) -> Expression:
    """x of G(x) = 0, tied as the key's is where there are multipliers"""
    if not there.free:
        return moved_to_unknown(sources[0], x).now.right
    symmetric = alike(there.right, there.right.T)
    return tied_to_unknown(sources[0], x, "symmetric" if symmetric else "skew").now.right


def substituted(sources: Sequence[Expression], x: Symbol, there: FormulaPoint) -> Expression:
    """f(u(z), z)"""
    return substitute(sources[0], x, sources[1])


def unchanged(sources: Sequence[Expression], x: Symbol, there: FormulaPoint) -> Expression:
    """The formula that is asked again."""
    return sources[0]


def is_zero(sources: Sources, there: FormulaPoint) -> str:
    """A formula that is zero."""
    return EMPTY if vanishes(sources[0](there.at)) else ""


def no_differential(sources: Sources, there: FormulaPoint) -> str:
    """A differential in which nothing moves."""
    return EMPTY if vanishes(along_all(sources[0], there)) else ""


def no_variable(sources: Sources, there: FormulaPoint) -> str:
    """A formula without the variable."""
    return EMPTY if vanishes(jacobian(sources[0], there.name, there.at)) else ""


def nothing(sources: Sources, there: FormulaPoint) -> str:
    """Nothing was to be done."""
    return ""


def vanishes(value: Array) -> bool:
    """Whether a value is zero."""
    return bool(np.all(np.abs(value) <= ZERO))


RULES: tuple[FormulaRule, ...] = (
    FormulaRule(1, same_again, unchanged, nothing, works=False),
    FormulaRule(1, read_off, gradient_written, no_differential),
    FormulaRule(1, differentiated, hessian_written, no_variable, derives=True),
    FormulaRule(1, stepped, step_written, is_zero),
    FormulaRule(1, stationary, optimum_written, no_variable),
    FormulaRule(2, put_in, substituted, no_variable),
)
"""In the order in which they are tried."""
