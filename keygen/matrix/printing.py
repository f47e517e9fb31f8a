"""Expressions as text: in NumPy's style for other programs and for messages, in Unicode for a terminal; and as Python
under the brackets of a page or of a terminal, which is evaluated.

What is printed is written once more through the same table in Python's signs and evaluated there: a bracket that the
table forgets is missing here too. The value must be that of the tree (`evaluate`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from types import CodeType
from typing import Any, ClassVar, NamedTuple

import numpy as np
from msgspec.structs import replace

from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.errors import FalseClaim, KeygenError
from keygen.mathematics.factors import begins_as_number, is_part, letters_before, pattern_of, stands_apart
from keygen.mathematics.formula import FormulaPrinter
from keygen.mathematics.number_format import Policy
from keygen.mathematics.operators import Precedence
from keygen.mathematics.printer import NO_PARAM, Boundary, Fragment
from keygen.mathematics.python import LinearPythonPrinter, PythonPrinter
from keygen.mathematics.simplified import simplified
from keygen.mathematics.terms import Apply, Name, Term, constant
from keygen.mathematics.text_boxes import lowered, width
from keygen.mathematics.unicode import ACCENTS, GREEK, UnicodePrinter
from keygen.matrix.as_terms import as_term
from keygen.matrix.evaluate import STEP, Array, MatrixPoint, evaluate
from keygen.matrix.expression import Expression, SampleSum, Symbol
from keygen.matrix.shapes import Sizes
from keygen.matrix.transform import resize
from keygen.matrix.verify import close, moving_in, points_of_both_signs

EXACT = Policy(decimals=0, fraction=10**1000)
"""Numbers of a formula: as fractions, whatever their length."""
CALLED = re.compile(r".*(?:sigma|ln|det|tr|exp)")
LETTERS = {**GREEK, "lam": "λ"}
DIGITS = "0123456789"


def numpy_form(e: Expression, sizes: Sizes | None = None) -> str:
    """NumPy-style: `@ .T inv det tr I(n) *`, with numbers for the dimensions that `sizes` names."""
    return numpy_text(resize(e, sizes) if sizes else e)


@lru_cache(maxsize=8192)
def numpy_text(e: Expression) -> str:
    """An expression in NumPy's style with the dimensions as they are. Kept, because letters are put in order by it
    again and again."""
    return MatrixNumpy().term(as_term(e)).text


Expression.spelling = numpy_text


class MatrixNumpy(FormulaPrinter):
    """Python that NumPy runs: what it has no function for is written by what it is made of."""

    flat: ClassVar[bool] = True

    def simple(self, term: Term) -> Fragment:
        """A term that has been simplified."""
        if isinstance(term, Apply) and (made := MADE_OF.get(term.primitive)) is not None:
            term = simplified(made(term))
        return super().simple(term)

    def name(self, term: Name) -> Fragment:
        """X, x[i]"""
        return Fragment(f"{term.name}[{term.index}]" if term.index else term.name)

    def number(self, value: Fraction | Real | Surd) -> Fragment:
        """3, -2, 1/2 as a quotient like any other."""
        if not isinstance(value, Fraction):
            return super().number(value)
        level = Precedence.NEGATIVE if value < 0 else Precedence.ATOM if value.denominator == 1 else Precedence.QUOTIENT
        return Fragment(str(value), level, number=True)

    def param(self, term: Apply) -> Fragment:
        """Exponents, lengths, the members of a sample."""
        match term.primitive, term.param:
            case "sample_sum", (index, size, _):
                return Fragment(f"for {index} in range({size})")
            case "number_power", exponent:
                return Fragment(f"({exponent})" if "/" in str(exponent) else str(exponent))
            case _, tuple(lengths):
                return Fragment(", ".join(map(str, lengths)))
        return Fragment(str(term.param))

    def row(self, terms: Sequence[Term], factors: Sequence[Fragment]) -> str:
        """@ between matrices, * beside a number."""
        return in_python(terms)


def in_python(factors: Sequence[Term]) -> str:
    """The pattern of a product: @ between matrices, * beside a number and between numbers and what they multiply."""
    matrices = [any(factor.shape for factor in factors[:place]) for place in range(1, len(factors))]
    pairs = zip(matrices, factors[1:], strict=True)
    return pattern_of([" @ " if behind and factor.shape else " * " for behind, factor in pairs])


def norm_in_numpy(term: Apply) -> Term:
    """||A||^2 = tr(A'A); of a column, u'u"""
    (arg,) = term.args
    rows, columns = arg.shape
    square = Apply("product", (Apply("transposed", (arg,), None, (columns, rows)), arg), None, (columns, columns))
    return replace(square, shape=()) if columns == 1 else Apply("trace", (square,))


def sigmoid_in_numpy(term: Apply) -> Term:
    """sigma(u) = 1 / (1 + exp(-u))"""
    (arg,) = term.args
    minus = arg.args[0] if isinstance(arg, Apply) and arg.primitive == "neg" else Apply("neg", (arg,), None, arg.shape)
    below = Apply("add", (constant(1), Apply("exp_of", (minus,), None, arg.shape)), None, arg.shape)
    return Apply("div", (constant(1), below), None, arg.shape)


def sum_in_numpy(term: Apply) -> Term:
    """A column of ones is 1 beside another column: NumPy spreads it."""
    ones = [is_ones(arg) for arg in term.args]
    return replace(term, args=tuple(map(one, term.args, ones))) if len(set(ones)) > 1 else term


def is_ones(term: Term) -> bool:
    """Whether it is the column of ones, or minus it."""
    return isinstance(term, Apply) and (term.primitive == "ones" or (term.primitive == "neg" and is_ones(term.args[0])))


def one(term: Term, spread: bool) -> Term:
    """1 or -1 for a column of ones that NumPy spreads; any other term as it is."""
    if not spread or not isinstance(term, Apply):
        return term
    return replace(term, args=(constant(1),), shape=()) if term.primitive == "neg" else constant(1)


MADE_OF: dict[str, Callable[[Apply], Term]] = {
    "norm_squared": norm_in_numpy,
    "sigmoid_of": sigmoid_in_numpy,
    "add": sum_in_numpy,
    "sub": sum_in_numpy,
}


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


@lru_cache(maxsize=4096)
def plain_text(e: Expression) -> str:
    """Unicode text for a terminal: tr(AXᵀX), X⁻ᵀ, ∑ᵢ yᵢxᵢ. Kept, because lines are compared by it again and again."""
    printer = MatrixUnicodePrinter(EXACT, {})
    return printer.box(printer.term(as_term(e))).lines[0]


def letter(name: str) -> str:
    """x₁, Σ, μ̂, foo"""
    return on_the_line(stem := name.rstrip(DIGITS)) + lowered(name[len(stem) :])


def on_the_line(stem: str) -> str:
    """A name without its digits: a letter, with its accent where the name ends in one, or a word."""
    for word, accent in ACCENTS.items():
        sign = LETTERS.get(bare := stem.removesuffix(word), bare)
        if bare != stem and len(sign) == 1:
            return unicodedata.normalize("NFC", sign + accent)
    return LETTERS.get(stem, stem)


def spelled_out(term: Term) -> bool:
    """Whether a name in a term has more letters than one: beside others it would be read letter by letter."""
    match term:
        case Name(name):
            return width(on_the_line(name.rstrip(DIGITS))) > 1
        case Apply("length", (), str(dim)):
            return len(LETTERS.get(dim, dim)) > 1
        case Apply():
            return any(map(spelled_out, term.args))
        case _:
            return False


class MatrixUnicodePrinter(UnicodePrinter):
    """Unicode text of matrix differentials: letters side by side are a product."""

    def name(self, term: Name) -> Fragment:
        """x₁, xᵢ, x[q]"""
        return Fragment(letter(term.name) + lowered(term.index))

    def param(self, term: Apply) -> Fragment:
        """Exponents, sizes, the index of a sum over a sample."""
        match term.primitive, term.param:
            case "sample_sum", (str(index), size, told):
                return Fragment(lowered(index) if told else f"({index}=1..{size})")
            case "length", str(dim):
                return Fragment(LETTERS.get(dim, dim))
            case "unit" | "ones" | "unit_of_size" | "ones_of_size", (size,):
                return Fragment(str(size))
        return super().param(term)

    def row(self, terms: Sequence[Term], factors: Sequence[Fragment]) -> str:
        """Factors side by side, apart where a reader would lump them together."""
        places = range(1, len(terms))
        return pattern_of([self.between(terms[:place], terms[place], factors[place]) for place in places])

    def between(self, before: Sequence[Term], term: Term, factor: Fragment) -> str:
        """A dot between what would be read as one number, one name, a function or a differential; a space beside what
        stands apart."""
        letters = letters_before(before)
        called = factor.first is Boundary.BRACKET and CALLED.fullmatch(letters)
        named = not is_part(before[-1]) and (spelled_out(before[-1]) or spelled_out(term))
        if begins_as_number(factor) or called or letters.endswith("d") or named:
            return "·"
        return " " if stands_apart(before[-1]) or stands_apart(term) else ""


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


class MatrixPythonPrinter(PythonPrinter):
    """Python of matrix differentials; names end in _, so that none is a function's."""

    def name(self, term: Name) -> Fragment:
        """X_, x_[i]"""
        return Fragment(f"{term.name}_each[{term.index}]" if term.index else f"{term.name}_")

    def param(self, term: Apply) -> Fragment:
        """Exponents, lengths, the members of a sample."""
        match term.primitive, term.param:
            case "sample_sum", (index, size, _):
                return Fragment(f"for {index} in range({length(size)})")
            case "length", dim:
                return Fragment(length(dim))
            case _, tuple(lengths):
                return Fragment(", ".join(map(length, lengths)))
            case "number_power", exponent:
                return Fragment(str(exponent))
        return NO_PARAM

    def row(self, terms: Sequence[Term], factors: Sequence[Fragment]) -> str:
        """@ between matrices, * beside a number."""
        return in_python(terms)


class LinearMatrixPythonPrinter(MatrixPythonPrinter, LinearPythonPrinter):
    """Python of matrix differentials under the brackets of a terminal."""

    flat: ClassVar[bool] = True


def length(dim: Any) -> str:
    """A number of rows or columns."""
    return f"_{dim}" if isinstance(dim, str) else str(dim)


class CompiledLine(NamedTuple):
    """An expression in Python's signs, ready to run, with its numbers."""

    text: str
    code: CodeType
    constants: Mapping[str, float]


@lru_cache(maxsize=4096)
def to_python(e: Expression, *, flat: bool = False) -> CompiledLine:
    """An expression in Python's signs. Raises KeygenError for what is no Python."""
    printer = (LinearMatrixPythonPrinter if flat else MatrixPythonPrinter)(EXACT)
    text = printer.term(as_term(e)).text
    try:
        code = compile(text, "<page>", "eval")
    except SyntaxError as error:
        raise unspoken(text, str(e), str(error)) from error
    return CompiledLine(text, code, {name: float(value) for name, value in printer.constants.items()})


def scope(at: MatrixPoint) -> dict[str, Any]:
    """What the names of a line mean at a point: what moves carries its direction in an imaginary part."""
    found: dict[str, Any] = {**FUNCTIONS, **{length(dim): n for dim, n in at.sizes.items()}}
    for symbol, value in at.shifted().values.items():
        found[named(symbol)] = np.asarray(value).view(Matrix)
        found[f"_d{named(symbol)}"] = np.asarray(at.direction.get(symbol, 0 * at.values[symbol])).view(Matrix)
    return found


def named(symbol: Symbol) -> str:
    """The Python of a symbol, or of all members of a sample."""
    return f"{symbol.name}_each" if symbol.index is not None else f"{symbol.name}_"


class EvaluationPoint(NamedTuple):
    """A point, and what the names of a line mean there."""

    point: MatrixPoint
    scope: Mapping[str, Any]

    def member(self, index: str) -> EvaluationPoint:
        """This point for the first member of a sample."""
        return EvaluationPoint(self.point.at_member(index, 0), {**self.scope, index: 0})


def places(points: Sequence[MatrixPoint]) -> tuple[EvaluationPoint, ...]:
    """Where lines are evaluated."""
    return tuple(EvaluationPoint(point, scope(point)) for point in points)


def value(e: Expression, at: EvaluationPoint, *, flat: bool = False) -> Array:
    """What Python makes of an expression as it is printed. Raises KeygenError where it makes nothing of it."""
    line = to_python(e, flat=flat)
    try:
        with np.errstate(all="ignore"):
            found = eval(line.code, {"__builtins__": {}, **at.scope, **line.constants})
    except (ArithmeticError, NameError, TypeError, ValueError, np.linalg.LinAlgError) as error:
        raise unspoken(line.text, str(e), str(error)) from error
    return np.asarray(np.atleast_2d(np.asarray(found)).real)


def require_spoken(e: Expression, where: Sequence[EvaluationPoint], *, flat: bool = False) -> None:
    """Raise KeygenError unless an expression, as it is printed, has the value of its tree at each place."""
    indices = sorted(free_indices(e))
    for place in where:
        at = reduce(EvaluationPoint.member, indices, place)
        expected, found = evaluate(e, at.point), value(e, at, flat=flat)
        if not close(found, expected):
            raise unspoken(to_python(e, flat=flat).text, f"{e} = {expected.tolist()}", f"{found.tolist()}")


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
    return FalseClaim(
        f"a printed formula is not what it was written from: {text}",
        expected=expected,
        found=found,
        repair="this is a defect of keygen; please report it with the formula",
    )
