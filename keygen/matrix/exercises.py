"""Exercises by matrix differentials: formulas drawn from the grammar, worked out, answered in NumPy's style."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, Literal

from keygen.errors import KeygenError
from keygen.mathematics.answers import Answer
from keygen.matrix.algebra import ONE, add, count, inverse, multiply, negate
from keygen.matrix.derive import Derivation, derive, gradient_of, hessian
from keygen.matrix.derive import DerivationLine as Line
from keygen.matrix.equations import Equation
from keygen.matrix.expression import (
    Det,
    Differential,
    Expression,
    Function,
    Identity,
    Power,
    Product,
    SampleSum,
    SquaredNorm,
    Sum,
    Symbol,
    Zero,
)
from keygen.matrix.expression import (
    MatrixTrace as Trace,
)
from keygen.matrix.marks import MatrixObject, MatrixProblem, MatrixSizes, worked_in
from keygen.matrix.normal import in_precision, normal_model
from keygen.matrix.numbers import NumericCheck, Subject, signs, try_on_numbers
from keygen.matrix.optimum import (
    Constraint,
    EquationLine,
    Optimum,
    SecondOrder,
    constrained_optimum,
    gradient_step,
    optimum,
    second_order,
)
from keygen.matrix.parse import Form, FormulaProblem
from keygen.matrix.printing import numpy_form, require_in_numpy
from keygen.matrix.proofs import Equalities, Equations, as_squares, equalities, inverted_in
from keygen.matrix.rules import RULES
from keygen.matrix.shapes import SCALAR, sized
from keygen.matrix.transform import stacked, substitute
from keygen.matrix.verify import KnownValues, points, require_first_order, walk

__all__ = [
    "ONE",
    "Constraint",
    "Det",
    "Differential",
    "Equalities",
    "Equations",
    "Explained",
    "Form",
    "GradientReading",
    "Identity",
    "Kind",
    "Product",
    "Result",
    "Sizes",
    "SquaredNorm",
    "Subject",
    "Sum",
    "Symbol",
    "Trace",
    "Worked",
    "Zero",
    "add",
    "as_squares",
    "by_rule",
    "count",
    "equalities",
    "equations",
    "formulas",
    "in_precision",
    "inverse",
    "moves",
    "multiply",
    "negate",
    "normal_model",
    "signs",
    "substitute",
    "to_first_order",
    "try_on_numbers",
    "worked_in",
]  # fmt: skip
"""What an exercise by differentials is written with, and what of it a page shows."""

RATE = Symbol("eta", 1, 1, trait="positive")
PREFIX = "matrix_"  # of the sentences of these laws, apart from those of backpropagation

Kind = Literal["function", "differential", "gradient", "jacobian", "hessian", "second_differential", "optimum", "step"]


def formulas(wrt: str, *patterns: str, published: str, shapes: str = "", tall: bool = False) -> Form:
    """A distribution of formulas that ask for the same: in a pattern `A~` is A or A.T, and `{p|q}` is p or q.

    wrt        the variable
    published  the formula without a seed
    shapes     what a formula does not say about its shapes by itself: "X:n,k S:k,k,definite lam:1,1,positive"
    tall       whether a sample has more observations, n, than unknowns, k
    """
    return Form(wrt, published, patterns, shapes, tall)


@dataclass(frozen=True, slots=True)
class Result(MatrixObject):
    """letter(before, wrt, others) = value, its differential, its gradient and so on: one line that a page sets off."""

    kind: Kind
    letter: str
    wrt: Symbol
    value: Expression
    others: tuple[Symbol, ...] = ()
    before: tuple[Symbol, ...] = ()

    @property
    def variables(self) -> tuple[Symbol, ...]:
        """All that the function depends on, in the order of the page."""
        return (*self.before, self.wrt, *self.others)


@dataclass(frozen=True, slots=True)
class GradientReading(MatrixObject):
    """How a gradient is read off a differential: df = tr((grad f)' dX), for a column df = (grad f)' dx."""

    letter: str
    wrt: Symbol


@dataclass(frozen=True, slots=True)
class Sizes(MatrixSizes):
    """Which spaces some matrices and vectors are from."""

    symbols: tuple[Symbol, ...]


@dataclass(frozen=True)
class Worked(MatrixProblem):
    """A problem with its derivation, and what follows from it when it is asked for.

    letter      what the function is called on the page
    constraint  X' = X or X' = -X where the problem is a Lagrangian
    others      the other variables of the function
    before      those that stand before the variable, where the page has named the function so
    multiplier  the Lagrangian's
    """

    problem: FormulaProblem
    letter: str = "f"
    constraint: Constraint | None = None
    others: tuple[Symbol, ...] = ()
    multiplier: Symbol | None = None
    before: tuple[Symbol, ...] = ()

    def __post_init__(self) -> None:
        if (self.constraint is None) != (self.multiplier is None):
            raise KeygenError("a constraint and its multiplier belong together", expected="both, or neither")

    @property
    def wrt(self) -> Symbol:
        """The variable."""
        return self.problem.wrt

    @property
    def rate(self) -> Symbol:
        """The rate of the gradient step."""
        return RATE

    @cached_property
    def derivation(self) -> Derivation:
        """The differential line by line; each line was checked when it was made."""
        return derivation_of(self.problem.f, self.wrt)

    @cached_property
    def optimum(self) -> Optimum:
        """Where the gradient is zero, and the second differential."""
        return optimum_of(self.problem.f, self.wrt, self.multiplier, self.constraint)

    @cached_property
    def curvature(self) -> Derivation:
        """The differential of the gradient."""
        return hessian(self.derivation)

    @property
    def second(self) -> SecondOrder:
        """The second differential as squares, at the optimum."""
        return self.optimum.second

    @cached_property
    def squares(self) -> SecondOrder:
        """The second differential as squares anywhere, for a function whose optimum has no formula."""
        return squares_of(self.problem.f, self.wrt)

    @cached_property
    def values(self) -> Mapping[str, Expression]:
        """What is found of each kind, where there is such a thing, in the formula's own letters."""
        first = self.derivation
        found = {"function": self.problem.f, "differential": first.differential}
        if first.gradient is not None:
            found["gradient"] = first.gradient
        if first.jacobian is not None:
            found["jacobian"] = first.jacobian
        return found

    def value(self, kind: Kind) -> Expression:
        """What is found of this kind. Raises KeygenError where the problem has no such thing."""
        match kind:
            case "optimum":
                return self.optimum.solution
            case "step" if RATE.name in self.problem.symbols:
                raise KeygenError(
                    f"{RATE.name} is the learning rate of a step", repair="call the letter something else"
                )
            case "step":
                return gradient_step(gradient_of(self.derivation), self.wrt, RATE)
            case "hessian" if self.curvature.jacobian is not None:
                return self.curvature.jacobian
            case "second_differential":
                return self.second.lines[-1].after
            case _ if kind in self.values:
                return self.values[kind]
        raise KeygenError(f"{self.problem.f} has no {kind} by {self.wrt}", expected="one of " + ", ".join(self.values))

    def result(self, kind: Kind) -> Result:
        """What is found of this kind, as a line of the page."""
        return Result(kind, self.letter, self.wrt, self.value(kind), self.others, self.before)

    @property
    def reading(self) -> GradientReading:
        """What the differential says about the gradient."""
        return GradientReading(self.letter, self.wrt)

    @property
    def column(self) -> Symbol:
        """Any column that a matrix may be multiplied by."""
        return Symbol("v", self.wrt.rows, 1)

    @cached_property
    def form(self) -> Equalities:
        """v'Mv as a sum of squares, where M is the matrix that was inverted to find the optimum, and v the `column`."""
        return as_squares(inverted_in(self.optimum.lines), self.column)

    def tried(self, kind: Kind = "gradient", *, optimum: bool = False) -> NumericCheck:
        """A gradient or a differential on small numbers, and the point where the gradient is zero."""
        solution = self.optimum.solution if optimum else None
        return try_on_numbers(Subject(self.problem.f, self.wrt, self.value(kind), solution))

    def of_trait(self, *traits: str) -> tuple[Symbol, ...]:
        """The letters declared symmetric, positive ..., in alphabetical order; constants of nature left out."""
        return tuple(s for s in self.letters if s.trait in traits)

    @cached_property
    def letters(self) -> tuple[Symbol, ...]:
        """The letters of the formula as they stand in it, the number pi left out."""
        return tuple(
            sorted((s for s in self.problem.f.symbols if s.name != "pi"), key=lambda s: (s.name, s.index or ""))
        )

    @property
    def sizes(self) -> Sizes:
        """The letters of the formula with their spaces, but numbers of which something else is said."""
        return Sizes(tuple(s for s in self.letters if s.shape != SCALAR or (s.trait == "general" and s.index is None)))

    @property
    def logarithm(self) -> bool:
        """Whether the formula has a logarithm, of what must be positive."""
        return any(isinstance(node, Function) and node.function == "ln" for node in walk(self.problem.f))

    @property
    def denominator(self) -> bool:
        """Whether the formula has a denominator that is no number of its own: what must not be zero."""
        below = (node.base for node in walk(self.problem.f) if isinstance(node, Power) and node.exponent < 0)
        return any(base.symbols for base in below)

    @property
    def counts(self) -> tuple[Symbol, ...]:
        """The letters for how many observations the sums of the formula go over."""
        sizes = (node.size for node in walk(self.problem.f) if isinstance(node, SampleSum))
        return tuple(Symbol(size, 1, 1) for size in dict.fromkeys(sizes) if isinstance(size, str))

    @property
    def laws(self) -> tuple[str, ...]:
        """The laws of the derivation and of the reading, as the sentences of the page are called."""
        used = [*(law for line in self.derivation.lines for law in line.laws), *self.derivation.reading]
        return sentences(used)

    @property
    def together(self) -> dict[str, str]:
        """What the members of a sample are called as one matrix: x_i' are the rows of X, the numbers y_i are y."""
        members = [s for s in self.letters if s.index is not None]
        found = {s.name: s.name if s.shape == SCALAR else s.name.upper() for s in members}
        for name, together in found.items():
            if together in self.problem.symbols and together != name:
                raise KeygenError(
                    f"the {name} of a sample are {together} together, which is another letter", repair="rename one"
                )
        return found

    def in_matrices(self, e: Expression) -> Expression:
        """An expression with matrices for its samples."""
        return in_matrices(e, tuple(self.together.items()))

    def formula(self, e: Expression) -> str:
        """An expression in NumPy's style, read back, with numbers for its dimensions and matrices for its samples."""
        spelled = self.in_matrices(e)
        require_in_numpy(spelled)
        return numpy_form(spelled, self.problem.sizes)

    def answer(self, e: Expression) -> Answer:
        """An expression as an answer."""
        return Answer("formula", self.formula(e), None)

    @property
    def shapes(self) -> dict[str, list[int]]:
        """The shape of every letter of the formulas, samples as matrices."""
        sizes = self.problem.sizes
        samples = {node.index: sized(node.size, sizes) for node in walk(self.problem.f) if isinstance(node, SampleSum)}
        found: dict[str, list[int]] = {}
        for name, (rows, columns) in self.problem.shapes.items():
            sample = next((s for s in self.letters if s.name == name and s.index is not None), None)
            if sample is None:
                found[name] = [int(rows), int(columns)]
            else:
                found[self.together[name]] = [samples[str(sample.index)], int(rows)]
        return found

    def answers(self, **kinds: Kind) -> dict[str, Answer]:
        """Answers by name: what is asked, then f, wrt and shapes, and what is special about some letters."""
        asked = {name: replace(self.answer(self.value(kind)), says=self.result(kind)) for name, kind in kinds.items()}
        shapes = self.shapes | ({"eta": [1, 1]} if "step" in kinds.values() else {})
        traits = [f"{s.name} {s.trait}" for s in self.letters if s.trait != "general"]
        said = {
            "f": self.answer(self.problem.f),
            "wrt": Answer("choice", self.wrt.name, None),
            "shapes": Answer("shapes", shapes, None),
        }
        return asked | said | ({"traits": Answer("choice", traits, None)} if traits else {})


KEPT = 512  # of each: a sheet's formulas come from some hundred forms, which the variants of a group have in common


@lru_cache(maxsize=KEPT)
def derivation_of(f: Expression, wrt: Symbol) -> Derivation:
    """The differential of f."""
    return derive(f, wrt)


@lru_cache(maxsize=KEPT)
def optimum_of(f: Expression, wrt: Symbol, multiplier: Symbol | None, constraint: Constraint | None) -> Optimum:
    """Where the gradient of f is zero, or that of a Lagrangian with this multiplier where there is a constraint."""
    if multiplier is None or constraint is None:
        return optimum(derivation_of(f, wrt))
    return constrained_optimum(derivation_of(f, wrt), multiplier, constraint)


@lru_cache(maxsize=KEPT)
def squares_of(f: Expression, wrt: Symbol) -> SecondOrder:
    """The second differential of f anywhere."""
    return second_order(derivation_of(f, wrt), points([f], [wrt]))


@lru_cache(maxsize=KEPT)
def in_matrices(e: Expression, together: tuple[tuple[str, str], ...]) -> Expression:
    """The expression with matrices for its samples, whose members are called this together."""
    return stacked(e, dict(together))


def sentences(laws: Any) -> tuple[str, ...]:
    """The names under which the page keeps the sentences of laws."""
    return tuple(PREFIX + law for law in dict.fromkeys(laws))


def by_rule(law: str, e: Expression) -> Expression:
    """The differential of e by one rule, those of its parts left as they are."""
    return RULES[law].apply(e, Differential)


def equations(wrt: Symbol, *lines: tuple[Expression, Expression, str]) -> Equations:
    """Equations in which `wrt` varies, each with the law that made it of the one before. Raises KeygenError for one
    that is false."""
    at = points([side for left, right, _ in lines for side in (left, right)], [wrt])
    for left, right, law in lines:
        KnownValues(left, at).require(left, right, law)
    return Equations(tuple(EquationLine(Equation(left, right), law) for left, right, law in lines))


def to_first_order(wrt: Symbol, start: Expression, *links: tuple[Expression, str]) -> Equalities:
    """A chain of equalities up to terms of second order in the differential of `wrt`, each link with its law. Raises
    KeygenError for one that is false."""
    chain = [start, *(e for e, _ in links)]
    lines = tuple(Line(before, after, (law,)) for (before, after), (_, law) in zip(pairwise(chain), links, strict=True))
    for point in points(chain, [wrt]):
        for line in lines:
            require_first_order(line.before, line.after, line.laws[0], point)
    return Equalities(lines)


@dataclass(frozen=True, slots=True)
class Explained:
    """Lines whose laws are worth a sentence: the equation solved, or the second differential."""

    laws: tuple[str, ...]


def moves(found: Optimum | SecondOrder | Derivation | Equalities) -> Explained:
    """The laws of the lines of an optimum, of its second differential, of another derivation or chain."""
    if isinstance(found, Optimum):
        return Explained(sentences(line.law for line in found.lines))
    signs = found.reasons if isinstance(found, SecondOrder) else ()
    return Explained(sentences([*(law for line in found.lines for law in line.laws), *signs]))
