"""Expressions as Python under the signs and brackets that they have on a page, or on a terminal, and its value.

What is printed is written once more through the same table in Python's signs and evaluated there: a bracket that the
table forgets is missing here too. The value must be that of the tree (`evaluate`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, reduce
from types import CodeType
from typing import Any, ClassVar, NamedTuple

import numpy as np

from keygen.differentials.as_terms import as_term
from keygen.differentials.evaluate import STEP, Array, Point, evaluate
from keygen.differentials.expression import Expression, SampleSum, Symbol
from keygen.differentials.points import moving_in, points_of_both_signs
from keygen.differentials.printing import EXACT, in_python, numpy_text
from keygen.differentials.verify import close
from keygen.engine.terms import Apply, Name, Term
from keygen.errors import KeygenError
from keygen.notation.medium import NO_PARAM, Written
from keygen.notation.python import Flat, Python


class Matrix(np.ndarray):
    """An array whose power -1 is its inverse; a power of a number keeps the complex step."""

    def __pow__(self, exponent: Any) -> Matrix:  # type: ignore[override]  # of one number alone
        if self.shape != (1, 1):
            if exponent != -1:
                raise ValueError("the power of a matrix")
            return matrix(np.linalg.inv(self))
        if float(exponent).is_integer():
            whole = np.prod([self] * abs(int(exponent)), axis=0) if exponent else np.ones((1, 1))
            return matrix(1 / whole if exponent < 0 else whole)
        return matrix(np.power(np.asarray(self), float(exponent)))


def matrix(value: Any) -> Matrix:
    """A value as a matrix, a number as 1 x 1."""
    return np.atleast_2d(np.asarray(value)).view(Matrix)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "tr": lambda a: matrix(np.trace(a)),
    "det": lambda a: matrix(np.linalg.det(a)),
    "ln_det": lambda a: matrix(np.log(np.linalg.det(a))),
    "ln": lambda u: matrix(np.log(u)),
    "exp": lambda u: matrix(np.exp(u)),
    "sqrt": lambda u: matrix(np.sqrt(u)),
    "sigmoid": lambda u: matrix(1 / (1 + np.exp(-u))),
    "norm_squared": lambda a: matrix(np.sum(np.asarray(a) * np.asarray(a))),
    "slope_of": lambda a: matrix(np.asarray(a).imag / STEP),
    "eye": lambda n: matrix(np.eye(n)),
    "ones": lambda n: matrix(np.ones((n, 1))),
    "zeros": lambda n, m: matrix(np.zeros((n, m))),
    "sum": sum,
    "range": range,
}


class Spoken(Python):
    """Python of matrix differentials; names end in _, so that none is a function's."""

    def name(self, term: Name) -> Written:
        """X_, x_[i]"""
        return Written(f"{term.name}_each[{term.index}]" if term.index else f"{term.name}_")

    def param(self, term: Apply) -> Written:
        """Exponents, lengths, the members of a sample."""
        match term.primitive, term.param:
            case "sample_sum", (index, size, _):
                return Written(f"for {index} in range({length(size)})")
            case "length", dim:
                return Written(length(dim))
            case _, tuple(lengths):
                return Written(", ".join(map(length, lengths)))
            case "number_power", exponent:
                return Written(str(exponent))
        return NO_PARAM

    def row(self, terms: Sequence[Term], factors: Sequence[Written]) -> str:
        """@ between matrices, * beside a number."""
        return in_python(terms)


class SpokenFlat(Spoken, Flat):
    """The same under the brackets of a terminal."""

    flat: ClassVar[bool] = True


def length(dim: Any) -> str:
    """A number of rows or columns."""
    return f"_{dim}" if isinstance(dim, str) else str(dim)


class Line(NamedTuple):
    """An expression in Python's signs, ready to run, with its numbers."""

    text: str
    code: CodeType
    constants: Mapping[str, float]


@lru_cache(maxsize=4096)
def spoken(e: Expression, *, flat: bool = False) -> Line:
    """An expression in Python's signs. Raises KeygenError for what is no Python."""
    medium = (SpokenFlat if flat else Spoken)(EXACT)
    text = medium.term(as_term(e)).text
    try:
        code = compile(text, "<page>", "eval")
    except SyntaxError as error:
        raise unspoken(text, str(e), str(error)) from error
    return Line(text, code, {name: float(value) for name, value in medium.constants.items()})


def scope(at: Point) -> dict[str, Any]:
    """What the names of a line mean at a point: what moves carries its direction in an imaginary part."""
    found: dict[str, Any] = {**FUNCTIONS, **{length(dim): n for dim, n in at.sizes.items()}}
    for symbol, value in at.shifted().values.items():
        found[named(symbol)] = np.asarray(value).view(Matrix)
        found[f"_d{named(symbol)}"] = np.asarray(at.direction.get(symbol, 0 * at.values[symbol])).view(Matrix)
    return found


def named(symbol: Symbol) -> str:
    """The Python of a symbol, or of all members of a sample."""
    return f"{symbol.name}_each" if symbol.index is not None else f"{symbol.name}_"


class Place(NamedTuple):
    """A point, and what the names of a line mean there."""

    point: Point
    scope: Mapping[str, Any]

    def member(self, index: str) -> Place:
        """The same for the first member of a sample."""
        return Place(self.point.at_member(index, 0), {**self.scope, index: 0})


def places(points: Sequence[Point]) -> tuple[Place, ...]:
    """Where lines are evaluated."""
    return tuple(Place(point, scope(point)) for point in points)


def value(e: Expression, at: Place, *, flat: bool = False) -> Array:
    """What Python makes of an expression as it is printed. Raises KeygenError where it makes nothing of it."""
    line = spoken(e, flat=flat)
    try:
        with np.errstate(all="ignore"):
            found = eval(line.code, {"__builtins__": {}, **at.scope, **line.constants})
    except (ArithmeticError, NameError, TypeError, ValueError, np.linalg.LinAlgError) as error:
        raise unspoken(line.text, str(e), str(error)) from error
    return np.asarray(np.atleast_2d(np.asarray(found)).real)


def require_spoken(e: Expression, where: Sequence[Place], *, flat: bool = False) -> None:
    """Raise KeygenError unless an expression, as it is printed, has the value of its tree at each place."""
    indices = sorted(free_indices(e))
    for place in where:
        at = reduce(Place.member, indices, place)
        expected, found = evaluate(e, at.point), value(e, at, flat=flat)
        if not close(found, expected):
            raise unspoken(spoken(e, flat=flat).text, f"{e} = {expected.tolist()}", f"{found.tolist()}")


SEED = 2  # other points than those at which lines were checked when they were made
NUMPY: Mapping[str, Any] = {
    "__builtins__": {}, "inv": np.linalg.inv, "det": np.linalg.det, "tr": np.trace, "I": np.eye, "log": np.log,
    "exp": np.exp, "sqrt": np.sqrt, "ones": np.ones, "zeros": np.zeros, "sum": sum, "range": range,
}  # fmt: skip
"""What a formula in NumPy's style may call."""


@lru_cache(maxsize=2048)
def require_in_numpy(e: Expression) -> None:
    """Raise KeygenError unless NumPy makes of an expression in its style what the tree is worth, at random points."""
    text = numpy_text(e)
    for point in points_of_both_signs([e], moving_in([e]), seed=SEED):
        names = {symbol.name: value for symbol, value in point.values.items()}
        moving = {f"d{symbol.name}": value for symbol, value in point.direction.items()}
        try:
            with np.errstate(all="ignore"):
                found = np.atleast_2d(eval(text, {**NUMPY, **names, **moving, **point.sizes}))
        except (ArithmeticError, NameError, SyntaxError, TypeError, ValueError, np.linalg.LinAlgError) as error:
            raise unspoken(text, "a formula that NumPy computes", str(error)) from error
        if not close(found, expected := evaluate(e, point)):
            raise unspoken(text, f"{expected.tolist()}", f"{found.tolist()}")


def free_indices(e: Expression, bound: frozenset[str] = frozenset()) -> frozenset[str]:
    """The indices of members of a sample that stand outside its sum."""
    match e:
        case Symbol(_, _, _, index):
            return frozenset({index} if index is not None else ()) - bound
        case SampleSum(body, index):
            return free_indices(body, bound | {index})
    if all(symbol.index is None for symbol in e.symbols):
        return frozenset()
    return frozenset[str]().union(*(free_indices(part, bound) for part in e.parts))


def unspoken(text: str, expected: str, found: str) -> KeygenError:
    """The error for a formula whose brackets say something else than its tree."""
    return KeygenError(
        f"a printed formula is not what it was written from: {text}",
        expected=expected,
        found=found,
        repair="this is a defect of keygen; please report it with the formula",
    )
