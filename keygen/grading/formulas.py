"""Formulas that students typed, compared with the key's at random points and shapes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from keygen.course.draw import stream
from keygen.engine.primitives import Shape
from keygen.grading.arrays import DECIMAL_COMMA
from keygen.grading.grammar import FUNCTIONS, Formula, FormulaReader, LetterNode, Operation, TypedNumeral
from keygen.grading.typed_text import UnreadableError, plain, unnamed

Array = Any
Point = Mapping[str, Any]
"""Values of letters by their names."""
POINTS = 4
TRIES = 60
LONGEST = 100
"""Rows of an identity, or of a column of ones, that is made: those of the keys have some ten."""
CLOSE = 1e-7
HUGE = 1e12
CONSTANTS = {"e": math.e, "pi": math.pi}
RANGES = ((-2.0, 2.0), (0.1, 0.9), (0.5, 4.0), (1.0, 8.0))
"""Where letters are tried: a logarithm wants positive numbers, the odds of a probability those below 1."""
WIDE = (*RANGES, (-20.0, 20.0), (-5.0, 5.0), (-100.0, 100.0))
"""Where letters are tried of what is in pieces, each of which is to be seen."""
OF_PIECES = 12
"""Points of a formula in pieces."""
PIECES = frozenset({"max", "min", "abs", "relu", "step", "sign", ">", "<", ">=", "<="})
"""What puts a formula together of pieces."""
IDENTIFIER = re.compile(r"[^\W\d]\w*")
SEVERAL = re.compile(r"max|min|ones", re.IGNORECASE)
"""Functions of several arguments, between which a comma stands."""
CALLED = re.compile(r"([^\W\d]\w*)\(")


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a formula: their shapes, () for a number, and traits: positive, sign, definite; and those that are
    lengths, with the text that the key has for each."""

    shapes: Mapping[str, Shape]
    traits: Mapping[str, str]
    lengths: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((tuple(self.shapes.items()), tuple(self.traits.items()), tuple(self.lengths.items())))

    def spelled(self, text: str) -> str:
        """A text with a letter for each length that it spells out."""
        for name, (out, _) in self.lengths.items():
            text = text.replace(out, name)
        return text


@dataclass(frozen=True, slots=True)
class UnitMatrix:
    """A multiple of the identity whose size its place says."""

    scale: Any = 1.0


@dataclass(frozen=True)
class KeyFormula:
    """The key's formula at random points: the same ones for everybody."""

    key: str
    letters: Letters

    @cached_property
    def text(self) -> str:
        """It with a letter for each length that it spells out."""
        return self.letters.spelled(self.key)

    @cached_property
    def called(self) -> frozenset[str]:
        """The functions that the exercise only names, with their derivatives: f and df."""
        found = frozenset(CALLED.findall(self.text)) - FUNCTIONS.keys()
        return found | {name[1:] for name in found if name[:1] == "d" and name[1:]} | {f"d{name}" for name in found}

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that may stand in such a formula."""
        own = frozenset(IDENTIFIER.findall(self.text)) - FUNCTIONS.keys()
        return own | self.letters.shapes.keys() | self.called

    @cached_property
    def formula(self) -> Formula:
        """The formula itself."""
        return self.read(self.text)

    def read(self, text: str) -> Formula:
        """A text in the letters of this formula. Raises UnreadableError for what cannot be read."""
        return FormulaReader(text, self.names, self.called, self.is_matrix).formula()

    def is_matrix(self, formula: Formula) -> bool:
        """Whether a formula is no number, whatever its letters are."""
        try:
            with np.errstate(all="ignore"):
                found = value(formula, self.values[0][0] if self.values else {})
        except UnreadableError:
            return False
        return isinstance(found, UnitMatrix) or np.size(found) > 1

    @cached_property
    def values(self) -> tuple[tuple[Point, Array], ...]:
        """Random points with its value there."""
        return tuple(points(self.formula, self.names - self.called, self.letters, self.key))


@lru_cache(maxsize=512)
def key_formula(key: str, letters: Letters) -> KeyFormula:
    """The key's formula, worked out once for all students who have it."""
    return KeyFormula(key, letters)


def typed_formula(cell: str, wanted: KeyFormula) -> Formula:
    """A formula as somebody has typed it. Raises UnreadableError for what cannot be read."""
    text = wanted.letters.spelled(unnamed(plain(cell)))
    return wanted.read(text if SEVERAL.search(text) else DECIMAL_COMMA.sub(".", text))


def agrees(typed: Formula, wanted: KeyFormula) -> bool | None:
    """Whether a formula is the key's; None for one of another shape. Raises UnreadableError for one that has a letter
    that the key's has not, or no value."""
    if len(wanted.values) < POINTS:
        raise UnreadableError("the key's own formula has too few values to compare with")
    if typed == wanted.formula:
        return True
    found = [same_value(typed, at, right) for at, right in wanted.values]
    if None in found:
        return None
    if not all(found) and (strange := names_in(typed) - names_in(wanted.formula) - CONSTANTS.keys()):
        raise UnreadableError(f"the key has no {', '.join(sorted(strange))}")
    return all(found)


def same_value(typed: Formula, at: Point, right: Array) -> bool | None:
    """Whether a formula has a value at a point; None where it has another shape."""
    found = array_at(typed, at, right)
    return None if found is None else close(right, found)


def array_at(typed: Formula, at: Point, like: Array) -> Array | None:
    """What a formula is at a point, in the shape of another value; None where it has another shape. A lone 0 is the
    zero of any shape."""
    with np.errstate(all="ignore"):
        found = value(typed, at)
    if isinstance(found, UnitMatrix):
        found = found.scale * np.eye(len(like)) if np.ndim(like) == 2 else found.scale
    found = np.asarray(found)
    if isinstance(typed, TypedNumeral) and not typed.value:
        return np.zeros(like.shape)
    if like.size == found.size == 1:
        return found.reshape(like.shape)
    return found if like.shape == found.shape else None


def close(right: Array, found: Array) -> bool:
    """Whether two values of one shape are the same."""
    return bool(np.all(np.abs(right - found) <= CLOSE * (1 + np.max(np.abs(right)))))


def points(wanted: Formula, names: frozenset[str], letters: Letters, key: str) -> Iterator[tuple[Point, Array]]:
    """Random points at which a formula has a value, with that; of one in pieces some at which it has another value than
    at the first, if there are any."""
    pieces = not PIECES.isdisjoint(signs_in(wanted))
    wanted_points = OF_PIECES if pieces else POINTS
    found: list[tuple[Point, Array]] = []
    others = 0
    for at, there in tried(wanted, names, letters, key, WIDE if pieces else RANGES):
        other = bool(found) and not np.allclose(there, found[0][1])
        if len(found) < wanted_points or other:  # where most values are alike, each that is not says more
            found.append((at, there))
            others += other
        if len(found) >= wanted_points and (others >= POINTS or not pieces):
            break
    yield from found


def tried(
    wanted: Formula, names: frozenset[str], letters: Letters, key: str, ranges: Sequence[tuple[float, float]]
) -> Iterator[tuple[Point, Array]]:
    """Points at which a formula has a value, with that, as far as they are tried."""
    rng = np.random.default_rng(stream("formula", key).getrandbits(64))
    for attempt in range(TRIES * (1 if ranges is RANGES else 4)):
        low, high = ranges[attempt % len(ranges)]
        at: dict[str, Any] = {name: float(length) for name, (_, length) in letters.lengths.items()}
        for name in sorted(names - at.keys()):
            shape = letters.shapes.get(name, letters.shapes.get(name[1:], ()) if name[:1] == "d" else ())
            at[name] = drawn(rng, shape, letters.traits.get(name, ""), low, high)
        with np.errstate(all="ignore"):
            found = np.asarray(value(wanted, at), dtype=float)
        if np.all(np.isfinite(found)) and np.all(np.abs(found) < HUGE):
            yield at, found


def drawn(rng: Any, shape: Shape, trait: str, low: float, high: float) -> Any:
    """A random value of a shape that has a trait."""
    array = rng.uniform(low, high, shape)
    match trait:
        case "positive":
            array = np.abs(array) + 0.1
        case "sign":
            array = np.sign(array) + (array == 0)
        case "definite":
            array = array @ array.T + np.eye(len(array))
        case "symmetric":
            array = array + array.T
    return array if shape else float(array)


def names_in(formula: Formula) -> set[str]:
    """The letters of a formula."""
    match formula:
        case LetterNode(name):
            return {name}
        case Operation(inputs=inputs):
            return {name for part in inputs for name in names_in(part)}
    return set()


def signs_in(formula: Formula) -> set[str]:
    """The signs and the functions of a formula."""
    if not isinstance(formula, Operation):
        return set()
    return {formula.sign}.union(*map(signs_in, formula.inputs))


def signs_counted(formula: Formula) -> int:
    """How many signs and functions stand in a formula."""
    return 1 + sum(map(signs_counted, formula.inputs)) if isinstance(formula, Operation) else 0


def value(formula: Formula, at: Point) -> Any:
    """The value of a formula at a point. Raises UnreadableError where shapes do not fit."""
    match formula:
        case TypedNumeral(number):
            return float(number)
        case LetterNode(name):
            if name not in at and name not in CONSTANTS:
                raise UnreadableError(f"{name} has no value here")
            return at[name] if name in at else CONSTANTS[name]
        case Operation("I", (size,)):
            return np.eye(length(size, at))
        case Operation("unit"):
            return UnitMatrix()
        case Operation("ones", (size,)):
            return np.ones((length(size, at), 1))
        case Operation(sign, inputs):
            values = [value(one, at) for one in inputs]
            try:
                return operated(sign, values)
            except (ValueError, IndexError, np.linalg.LinAlgError) as error:
                if isinstance(error, UnreadableError):
                    raise
                raise UnreadableError(f"the shapes do not fit under {sign}") from error
            except (ArithmeticError, TypeError) as error:
                raise UnreadableError(f"{sign} has no value here: {error}") from error


def length(size: Formula, at: Point) -> int:
    """The length of a column, or the order of an identity. Raises UnreadableError for one that nobody means."""
    found = np.real(value(size, at))
    if np.size(found) != 1 or not 1 <= np.ravel(found)[0] <= LONGEST or np.ravel(found)[0] % 1:
        raise UnreadableError("no matrix with such a number of rows is read")
    return int(np.ravel(found)[0])


def operated(sign: str, values: list[Any]) -> Any:
    """A sign or a function at values."""
    if sign == "neg":
        return UnitMatrix(-values[0].scale) if isinstance(values[0], UnitMatrix) else -values[0]
    if sign in SIGNS:
        return SIGNS[sign](*values)
    if sign in VALUES:
        return VALUES[sign](*map(np.asarray, values))
    return named_function(sign)(np.asarray(values[0]))


def named_function(name: str) -> Callable[[Any], Any]:
    """What stands for a function that an exercise only names, and for its derivative: f and df."""
    inner = name[1:] if name[:1] == "d" and len(name) > 1 else name
    a = 0.3 + stream("named", inner).random()
    if inner == name:
        return lambda u: np.sin(a * u) + u * u / 3 + a * u + 2
    return lambda u: a * np.cos(a * u) + 2 * u / 3 + a


def plus(a: Any, b: Any) -> Any:
    """a + b, the identity in the size of the other."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, UnitMatrix):
            if isinstance(other, UnitMatrix):
                return UnitMatrix(one.scale + other.scale)
            rows, columns = np.shape(other)
            if rows != columns:
                raise UnreadableError("the identity beside a matrix that is not square")
            return one.scale * np.eye(rows) + other
    return a + b


def minus(a: Any, b: Any) -> Any:
    """a - b"""
    return plus(a, UnitMatrix(-b.scale) if isinstance(b, UnitMatrix) else -b)


def times(a: Any, b: Any) -> Any:
    """a * b, entry by entry, as NumPy has it."""
    if isinstance(a, UnitMatrix) or isinstance(b, UnitMatrix):
        return side_by_side(a, b)
    return a * b


def side_by_side(a: Any, b: Any) -> Any:
    """a b: a product of matrices where both are, of numbers else."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, UnitMatrix):
            return UnitMatrix(one.scale * other.scale) if isinstance(other, UnitMatrix) else scaled(one, other)
    return a @ b if np.size(a) > 1 and np.size(b) > 1 else a * b


def scaled(unit: UnitMatrix, other: Any) -> Any:
    """A multiple of the identity times a number or a matrix."""
    return UnitMatrix(unit.scale * np.ravel(other)[0]) if np.size(other) == 1 else unit.scale * other


def over(a: Any, b: Any) -> Any:
    """a / b"""
    return UnitMatrix(a.scale / np.ravel(b)[0]) if isinstance(a, UnitMatrix) else a / b


def raised(a: Any, b: Any) -> Any:
    """a to a power: the inverse of a matrix for -1, else entry by entry."""
    exponent = np.ravel(b)[0]
    if np.size(a) > 1 and exponent == -1 and np.ndim(a) == 2:
        return np.linalg.inv(a)
    return np.asarray(a) ** (np.asarray(b) if np.size(b) > 1 else exponent)


def turned(a: Any) -> Any:
    """The transpose."""
    return np.transpose(a)


def truth(said: Any) -> Any:
    """1 where something is true, else 0."""
    return np.asarray(said, dtype=float)


SIGNS: Mapping[str, Callable[..., Any]] = {
    "+": plus, "-": minus, "*": times, "·": side_by_side, "/": over, "^": raised, "T": turned,
    "@": lambda a, b: side_by_side(a, b) if UnitMatrix in (type(a), type(b)) else a @ b,
    ">": lambda a, b: truth(np.real(a) > np.real(b)), "<": lambda a, b: truth(np.real(a) < np.real(b)),
    ">=": lambda a, b: truth(np.real(a) >= np.real(b)), "<=": lambda a, b: truth(np.real(a) <= np.real(b)),
}  # fmt: skip
VALUES: Mapping[str, Callable[..., Any]] = {
    "exp": np.exp, "ln": np.log, "sqrt": np.sqrt, "tanh": np.tanh,
    "abs": lambda u: u * np.sign(np.real(u)), "sign": lambda u: np.sign(np.real(u)),
    "sigmoid": lambda u: 1 / (1 + np.exp(-u)), "softplus": lambda u: np.log1p(np.exp(u)),
    "relu": lambda u: np.maximum(u, 0), "step": lambda u: truth(np.real(u) > 0),
    "max": np.maximum, "min": np.minimum, "tr": np.trace, "det": np.linalg.det, "inv": np.linalg.inv,
    "norm": lambda u: np.sqrt(np.sum(u * u)), "sum": np.sum, "diag": np.diag, "transpose": np.transpose,
    "factorial": lambda u: float(math.factorial(int(np.real(u)))) if 0 <= np.real(u) <= 100 else math.nan,
}  # fmt: skip
