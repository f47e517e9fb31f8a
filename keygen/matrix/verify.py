"""Random points, and the check of every line when it is made: evaluated there, differentials by the complex step.

At a random point no matrix is square or symmetric unless it must be, and every expression is defined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from random import Random

import numpy as np

from keygen.errors import FalseClaim, KeygenError
from keygen.matrix.algebra import nonnegative
from keygen.matrix.evaluate import STEP, Array, MatrixPoint, Undefined, evaluate
from keygen.matrix.expression import (
    Differential,
    DimensionNumber,
    Expression,
    Function,
    Identity,
    Ones,
    Power,
    Product,
    SampleSum,
    Symbol,
    Zero,
)
from keygen.matrix.shapes import SCALAR, Dim, Sizes, sized, written
from keygen.tolerances import MATRIX_LINES

SIDES = (2, 3, 4, 5)
ATTEMPTS = 400
LARGEST = 1e100
VAIN = 100  # draws without a new combination of signs, after which there is none
SIGNED = 5  # numbers whose signs are tried in all combinations


def points(
    expressions: Sequence[Expression], moving: Sequence[Symbol] = (), count: int = 2, seed: int = 0
) -> tuple[MatrixPoint, ...]:
    """Points at which every expression has a value, each of other sizes. `moving`: the variables that get a direction.

    Raises KeygenError if none is found: the expressions are defined nowhere, whatever the sizes.
    """
    rng, shuffle = np.random.default_rng(seed), Random(seed)
    letters = letters_of([*expressions, *moving])
    found: list[MatrixPoint] = []
    reason = ""
    for _ in range(ATTEMPTS):
        point = draw(expressions, moving, draw_sizes(letters, shuffle), rng)
        missing = why_undefined(expressions, point)
        if not missing:
            found.append(point)
        if len(found) == count:
            return tuple(found)
        reason = missing or reason
    shown = ", ".join(map(str, expressions))
    raise KeygenError(f"no point was found where {shown} has a value", found=reason, repair="look at shapes and signs")


def points_of_both_signs(
    expressions: Sequence[Expression], moving: Sequence[Symbol] = (), count: int = 2, seed: int = 0
) -> tuple[MatrixPoint, ...]:
    """Points as above, and one more for every combination of signs that the numbers under roots and logarithms take.

    Two random points cannot tell |u| from u; where no root or logarithm stands they are enough.
    """
    found = list(points(expressions, moving, count, seed))
    signed = list(islice(signed_numbers(expressions), SIGNED))
    if not signed:
        return tuple(found)
    rng, shuffle = np.random.default_rng(seed + 1), Random(seed + 1)
    letters = letters_of([*expressions, *moving])
    met = {signs(signed, point) for point in found}
    vain = 0
    while len(met) < 2 ** len(signed) and vain < VAIN:
        point = turned(draw(expressions, moving, draw_sizes(letters, shuffle), rng), rng)
        new = not why_undefined(expressions, point) and (pattern := signs(signed, point)) not in met
        vain = 0 if new else vain + 1
        if new:
            met.add(pattern)
            found.append(point)
    return tuple(found)


def signed_numbers(expressions: Sequence[Expression]) -> Iterator[Expression]:
    """The factors inside roots, logarithms and powers that are not whole, whose sign is not known."""
    arguments = (
        part
        for e in expressions
        for node in walk(e)
        if (isinstance(node, Function) and node.function in ("ln", "sqrt"))
        or (isinstance(node, Power) and node.exponent.denominator != 1)
        for part in node.parts
    )
    found = (factor for argument in arguments for factor in numbers_in(argument) if factor != argument)
    return iter(dict.fromkeys(factor for factor in found if factor.symbols and not nonnegative(factor)))


def numbers_in(e: Expression) -> Iterator[Expression]:
    """The numbers that a product, a power or a root is made of."""
    match e:
        case Product(factors) if len(factors) > len(e.chain):
            yield from (number for factor in factors if factor.shape == SCALAR for number in numbers_in(factor))
            if e.chain:
                yield Product(e.chain)
        case Power(base) | Function(base, "sqrt"):
            yield from numbers_in(base)
        case _:
            yield e


def signs(numbers: Sequence[Expression], at: MatrixPoint) -> tuple[bool, ...]:
    """Which of some numbers are positive; of a sample, the first member's."""
    for index in sorted({symbol.index for e in numbers for symbol in e.symbols if symbol.index is not None}):
        at = at.at_member(index, 0)
    return tuple(bool(evaluate(e, at).real[0, 0] > 0) for e in numbers)


def turned(point: MatrixPoint, rng: np.random.Generator) -> MatrixPoint:
    """The point with some letters negated and some square matrices without their leaning to the identity."""

    def other(symbol: Symbol, value: Array) -> Array:
        if symbol.trait not in ("general", "symmetric"):
            return value
        leaning = symbol.trait == "general" and value.shape[-1] == value.shape[-2] and rng.random() < 1 / 2
        bare = value - 2 * np.eye(value.shape[-1]) if leaning else value
        return np.asarray(-bare if rng.random() < 1 / 2 else bare)

    return replace(point, values={symbol: other(symbol, value) for symbol, value in point.values.items()})


def why_undefined(expressions: Sequence[Expression], point: MatrixPoint) -> str:
    """Which expression has no value at a point, and why; empty if all have one."""
    for e in expressions:
        try:
            value = evaluate(e, point)
        except Undefined as undefined:
            return str(undefined)
        if not np.all(np.abs(value) < LARGEST):
            return f"{e} is too large"
        if 0 < np.max(np.abs(value)) < 1 / LARGEST:
            return f"{e} is too small"
    return ""


def letters_of(expressions: Sequence[Expression]) -> list[str]:
    """The dimensions that are letters."""
    return sorted({dim for e in expressions for node in walk(e) for dim in dims(node) if isinstance(dim, str)})


def draw_sizes(letters: Sequence[str], rng: Random) -> dict[str, int]:
    """A number for each letter, different ones as long as they last."""
    sides = rng.sample(SIDES, len(SIDES)) * (1 + len(letters) // len(SIDES))
    return dict(zip(letters, sides, strict=False))


def draw(
    expressions: Sequence[Expression], moving: Sequence[Symbol], sizes: Sizes, rng: np.random.Generator
) -> MatrixPoint:
    """One random point of the given sizes, whether the expressions are defined there or not."""
    nodes = [node for e in expressions for node in walk(e)]
    samples = {node.index: sized(node.size, sizes) for node in nodes if isinstance(node, SampleSum)}
    symbols = sorted({*moving, *(node for node in nodes if isinstance(node, Symbol))}, key=str)

    def stack(symbol: Symbol) -> Array:
        shape = (sized(symbol.rows, sizes), sized(symbol.columns, sizes))
        if symbol.index is None:
            return matrix(shape, symbol, rng)
        return np.stack([matrix(shape, symbol, rng) for _ in range(samples[symbol.index])])

    values = {symbol: stack(symbol) for symbol in symbols}
    return MatrixPoint(values, {symbol: direction(values[symbol], symbol, rng) for symbol in moving}, sizes)


def matrix(shape: tuple[int, int], symbol: Symbol, rng: np.random.Generator) -> Array:
    """A random matrix of the symbol's kind; a square one leans to the identity, so that most are invertible."""
    entries = rng.normal(size=shape)
    match symbol.trait:
        case "sign":
            return np.sign(entries)
        case "positive":
            return np.abs(entries) + 0.5
        case "symmetric":
            return np.asarray(entries + entries.T)
        case "definite":
            return np.asarray(entries @ entries.T + np.eye(shape[0]))
    return entries + 2 * np.eye(shape[0]) if shape[0] == shape[1] else entries


def direction(value: Array, symbol: Symbol, rng: np.random.Generator) -> Array:
    """A random dX; symmetric where X is."""
    entries = np.asarray(rng.normal(size=value.shape))
    return entries + entries.T if symbol.trait in ("symmetric", "definite") else entries


def walk(e: Expression) -> Iterator[Expression]:
    """e and everything inside it."""
    yield e
    for part in e.parts:
        yield from walk(part)


def moving_in(sides: Sequence[Expression]) -> tuple[Symbol, ...]:
    """The letters whose differentials stand in some formulas."""
    found = (node.arg for e in sides for node in walk(e) if isinstance(node, Differential))
    return tuple(dict.fromkeys(arg for arg in found if isinstance(arg, Symbol)))


def dims(e: Expression) -> Iterable[Dim]:
    """The dimensions that a node names itself."""
    match e:
        case Symbol(_, rows, columns) | Zero(rows, columns):
            return (rows, columns)
        case SampleSum(_, _, size) | Identity(size) | Ones(size) | DimensionNumber(size):
            return (size,)
    return ()


SMALL = 1e-3  # numbers below it are compared as if they were so large
TINY = 1e-60  # no rounding leaves so small a number


def close(a: Array, b: Array) -> bool:
    """Whether two values are equal up to the relative tolerance; what is smaller than any rounding of zero counts."""
    largest = max(float(np.max(np.abs(a))), float(np.max(np.abs(b))))
    scale = largest if largest < TINY else max(SMALL, largest)
    return a.shape == b.shape and bool(np.max(np.abs(a - b)) <= MATRIX_LINES * scale)


class KnownValues:
    """An expression's values at some points, and what must equal them."""

    def __init__(self, e: Expression, at: Sequence[MatrixPoint]) -> None:
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


def require_first_order(a: Expression, b: Expression, reason: str, at: MatrixPoint) -> None:
    """Raise KeygenError unless two expressions in X and dX have the same value and the same part linear in dX."""
    tiny = replace(at, direction={symbol: 1j * STEP * dx for symbol, dx in at.direction.items()})
    left, right = evaluate(a, tiny), evaluate(b, tiny)
    if not (close(left.real, right.real) and close(left.imag / STEP, right.imag / STEP)):
        raise false_line(a, b, reason, "another differential at X")


def false_line(before: Expression, after: Expression, reason: str, found: str) -> KeygenError:
    """The error for an equality that does not hold."""
    return FalseClaim(
        f"a false line: {before} = {after}",
        expected=f"two equal sides, by {reason}",
        found=found,
        repair="mend the rule",
    )
