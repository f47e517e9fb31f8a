"""Where the gradient is zero: the equation solved move by move, then the second differential as a sum of squares, its
sign, and when it is strict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from keygen.errors import KeygenError
from keygen.matrix.algebra import (
    add,
    definite,
    multiply,
    number,
    positive,
    power,
    squared_norm,
    transpose,
)
from keygen.matrix.as_terms import is_letter
from keygen.matrix.derive import Derivation, DerivationLine, gradient_of, hessian
from keygen.matrix.equations import (
    EQUATION_MOVES,
    Equation,
    Unknown,
    before,
    common_factor,
    gathered,
    joined,
    loose,
)
from keygen.matrix.evaluate import MatrixPoint, evaluate
from keygen.matrix.expression import (
    Differential,
    Expression,
    Inverse,
    MatrixTrace,
    Power,
    Product,
    Sum,
    Symbol,
    Transpose,
    Zero,
)
from keygen.matrix.printing import plain_text
from keygen.matrix.rewrite_rules import Laws, advance, turned
from keygen.matrix.shapes import SCALAR
from keygen.matrix.terms import Chain, Term, compose, expand, summed
from keygen.matrix.transform import substitute
from keygen.matrix.verify import KnownValues, close, points, walk

Kind = Literal["minimum", "maximum"]


class StrictnessCondition(Struct, frozen=True):
    """What makes the second differential strict: a matrix of full column rank, or a sample that spans the space."""

    kind: Literal["full_column_rank", "spans"]
    of: Expression


class SecondOrder(Struct, frozen=True):
    """The derivation of the Hessian; d^2 f line by line, down to squares.

    reasons     the laws that give the terms their sign
    strict      when d^2 f is zero for dX = 0 alone; None: always
    everywhere  whether all this holds at every point; else at the optimum
    """

    hessian: Derivation
    lines: tuple[DerivationLine, ...]
    kind: Kind
    reasons: Laws
    strict: StrictnessCondition | None
    everywhere: bool


class Scatter(Struct, frozen=True):
    """What the optimum says of a sum over a sample: sum_i A_i = value."""

    total: Term
    value: Term

    def insert(self, term: Term) -> Term:
        """A term with its sum over the sample replaced; unchanged if it has none."""
        width = len(self.total.chain)
        for start in range(len(term.chain) - width + 1):
            if term.sample == self.total.sample and term.chain[start : start + width] == self.total.chain:
                ratio = self.value.coefficient / self.total.coefficient
                chain = (*term.chain[:start], *self.value.chain, *term.chain[start + width :])
                kept = (s for s in term.scalars if s not in self.total.scalars)
                scalars = (*kept, *self.value.scalars)
                return replace(term, coefficient=term.coefficient * ratio, scalars=scalars, chain=chain, sample=None)
        return term


def second_order(first: Derivation, at: Sequence[MatrixPoint], scatter: Scatter | None = None) -> SecondOrder:
    """d^2 f for the f of a first differential, checked at some points, where `scatter` holds if it is given.

    Raises KeygenError where d^2 f is no sum of squares of one sign.
    """
    second = hessian(first)
    terms = [quadratic(term, first.wrt) for term in second.terms]
    settled = terms if scatter is None else advance([scatter.insert(term) for term in terms], ())[0]
    last: Expression = Differential(first.differential)
    truth = KnownValues(last, at)
    lines = []
    squares = add(*(squared(term) for term in settled))
    reasons = tuple(dict.fromkeys(as_square(term).law for term in settled))
    stages = (
        (compose(terms), ("second_differential",)),
        (compose(settled), ("at_optimum",)),
        (squares, reasons),
    )
    for after, laws in stages:
        truth.require(last, after, ", ".join(laws))
        if plain_text(after) != plain_text(last):
            lines.append(DerivationLine(last, after, laws))
        last = after
    strict = [condition(term) for term in settled]
    weakest = None if None in strict else strict[0]
    return SecondOrder(second, tuple(lines), kind(settled), reasons, weakest, scatter is None)


def quadratic(term: Term, x: Symbol) -> Term:
    """A term of d(grad f) as one of d^2 f = tr((dX)' d(grad f))."""
    return replace(term, chain=(transpose(Differential(x)), *term.chain), traced=x.shape[1] != 1)


def kind(terms: Sequence[Term]) -> Kind:
    """What the signs of the squares say. Raises KeygenError if they differ, or one is not known."""
    for scalar in (scalar for term in terms for scalar in term.scalars):
        if not positive(scalar):
            raise KeygenError(f"the sign of {scalar} is not known", repair='declare it, e.g. "lam:1,1,positive"')
    signs = {term.coefficient > 0 for term in terms}
    if len(signs) != 1:
        raise KeygenError(f"a second differential without one sign: {compose(terms)}")
    return "minimum" if signs == {True} else "maximum"


class Square(Struct, frozen=True):
    """A term's chain as a square: ||U||^2, or U' M U with a definite M; under a trace also M U M U, U symmetric.

    law  the one by which it is not negative
    """

    u: Chain
    body: Expression
    law: str


def as_square(term: Term) -> Square:
    """The square that a term is, up to a rotation under its trace. Raises KeygenError if it is none."""
    for chain in rotations(term):
        half = len(chain) // 2
        u, middle = chain[len(chain) - half :], chain[half : len(chain) - half]
        if chain[:half] == turned(u):
            if not middle:
                return Square(u, squared_norm(multiply(*u)), "squares_trace" if term.traced else "squares")
            if definite(middle[0]):
                body = Product((transposed(u), *middle, multiply(*u)))
                law = "definite_inverse" if isinstance(middle[0], Inverse) else "definite_form"
                return Square(u, MatrixTrace(body) if term.traced else body, law)
        if term.traced and half == 2 and chain[:2] == u and definite(u[1]) and transpose(u[0]) == u[0]:
            return Square(u[:1], MatrixTrace(Product(chain)), "definite_trace")
    raise KeygenError(f"a second differential that is no square: {term.whole}")


def rotations(term: Term) -> Iterator[Chain]:
    """The chain, and under a trace the chains that are worth the same."""
    chain = term.chain
    yield from (chain[k:] + chain[:k] for k in range(len(chain) if term.traced else 1))


def transposed(u: Chain) -> Expression:
    """U' with U kept in one bracket: (X dw)'."""
    return transpose(u[0]) if len(u) == 1 else Transpose(multiply(*u))


def squared(term: Term) -> Expression:
    """The term with its chain written as a square."""
    return summed(multiply(number(term.coefficient), *term.scalars, as_square(term).body), term.sample)


def condition(term: Term) -> StrictnessCondition | None:
    """When the term is zero only for dX = 0; None where it is so anyway."""
    u = as_square(term).u
    if len(u) == 1:
        return None
    return StrictnessCondition("full_column_rank" if term.sample is None else "spans", multiply(*u[:-1]))


Constraint = Literal["symmetric", "skew"]


class EquationLine(Struct, frozen=True):
    """An equation, and the move that made it from the one before it (the first: "stationary")."""

    equation: Equation
    law: str


class Optimum(Struct, frozen=True):
    """gradient = 0 and what follows from it, down to the solution; then the second differential; subject to a
    constraint, a `multiplier` with which the gradient is zero at the solution."""

    unknown: Symbol
    lines: tuple[EquationLine, ...]
    solution: Expression
    second: SecondOrder
    multiplier: Expression | None = None


class Solving:
    """An equation on its way; its moves are checked together at the end, when it is known what must exist."""

    def __init__(self, left: Expression, unknown: Unknown) -> None:
        self.unknown = unknown
        self.now = Equation(left, Zero(*left.shape))
        self.lines = [EquationLine(self.now, "stationary")]
        self.claims: list[tuple[str, Expression, Expression]] = []

    def step(self, law: str, *args: Any) -> None:
        """One move; it makes a line only if it changes something."""
        move = EQUATION_MOVES[law]
        after = move.apply(self.now, *args)
        self.claims.append((law, move.difference(self.now.difference, *args), after.difference))
        if written(after) != written(self.now):
            self.lines.append(EquationLine(after, law))
        self.now = after

    def isolate(self) -> None:
        """Brackets opened, the unknown on the left, everything else on the right, divided by what stands before it."""
        x, (symbol,) = self.unknown, self.unknown.symbols
        self.step("expand", symbol)
        terms = expand(self.now.left, lambda part: symbol in part.symbols)
        signs = [term.coefficient > 0 for term in terms if symbol in term.core.symbols]
        if not signs:
            raise KeygenError(f"{symbol} does not occur in {self.now.left} = 0")
        self.step("separate", symbol, 1 if signs[0] else -1)
        self.step("collect_unknown", x)
        head = before(self.now.left, x)
        self.step("divide" if head.shape == SCALAR else "solve", x, head)

    def invert(self, x: Symbol) -> None:
        """X^-1 = N turned over: no difference to compare, the solution itself is checked."""
        self.now = EQUATION_MOVES["invert"].apply(self.now, x)
        self.lines.append(EquationLine(self.now, "invert"))

    def check(self, at: Sequence[MatrixPoint]) -> None:
        """Raise KeygenError unless every move did to the difference of the sides what it says."""
        for law, expected, found in self.claims:
            KnownValues(expected, at).require(expected, found, law)


def optimum(first: Derivation) -> Optimum:
    """The zero of a gradient that holds its unknown linearly, or through its inverse.

    Raises KeygenError where these moves do not lead to the unknown, or where one of them is broken.
    """
    x, gradient = first.wrt, gradient_of(first)
    if isinstance(gradient, Zero):
        raise KeygenError(f"the gradient of {first.f} is zero everywhere")
    solving = moved_to_unknown(gradient, x)
    solution = solving.now.right
    zero = substitute(gradient, x, solution)
    at = points([first.f, gradient, solution, zero], [x])
    solving.check(at)
    KnownValues(Zero(*x.shape), at).require(gradient, zero, "the solution")
    known = scatter(solving) if linear_in(gradient, x) is None else None
    there = at if known is None else [point.with_values({x: evaluate(solution, point)}) for point in at]
    return Optimum(x, tuple(solving.lines), solution, second_order(first, there, known))


def moved_to_unknown(gradient: Expression, x: Symbol) -> Solving:
    """The moves from gradient = 0 to x = ..., not checked yet. Raises KeygenError where they do not lead there."""
    target = linear_in(gradient, x)
    solving = Solving(gradient, target or x)
    if target is None:
        solving.step("surround", x)
    solving.step("scale", multiplier(solving.now.left))
    solving.step("take_out")
    if (leading := leading_inverse(solving.now.left)) is not None:
        solving.step("multiply_left", leading.arg)
    solving.isolate()
    if isinstance(target, Inverse):
        solving.invert(x)
    return solving


def constrained_optimum(first: Derivation, multiplier: Symbol, constraint: Constraint) -> Optimum:
    """The zero of a Lagrangian's gradient subject to X' = X or X' = -X, free of the multiplier.

    `first` is the differential of f + tr(L'(X' - X)), or f + tr(L'(X' + X)). Raises KeygenError like `optimum`.
    """
    x, gradient = first.wrt, gradient_of(first)
    sign = 1 if constraint == "symmetric" else -1
    solving = tied_to_unknown(gradient, x, constraint)
    solution = solving.now.right
    drawn = points([first.f, solution], [x])
    at = [point.with_values({x: point.values[x] + sign * point.values[x].T}) for point in drawn]
    solving.check(at)
    free = substitute(gradient, multiplier, Zero(*multiplier.shape))
    require_stationary(free, x, solution, sign, at)
    found = balancing(substitute(gradient, x, solution), substitute(free, x, Zero(*x.shape)), multiplier, sign, at)
    return Optimum(x, tuple(solving.lines), solution, second_order(first, at), found)


def tied_to_unknown(gradient: Expression, x: Symbol, constraint: Constraint) -> Solving:
    """The moves from the gradient of a Lagrangian to x subject to x' = x, or x' = -x, not checked yet. Raises
    KeygenError where they do not lead there."""
    sign = 1 if constraint == "symmetric" else -1
    solving = Solving(gradient, x)
    start = solving.now
    solving.step("turn", x)
    solving.step("constrain", Transpose(x), multiply(number(sign), x))
    solving.step("add_equations" if sign == 1 else "subtract_equations", x, start)
    solving.isolate()
    return solving


def balancing(
    there: Expression, start: Expression, multiplier: Symbol, sign: int, at: Sequence[MatrixPoint]
) -> Expression:
    """The multiplier with which the Lagrangian's gradient at the solution is zero: plus or minus a quarter of G -+ G',
    G the gradient of f at 0 (`start`), whose other part the solution has cancelled. Raises KeygenError for neither."""
    terms = expand(start, lambda part: any(isinstance(node, Sum) for node in walk(part)))
    turned = [replace(term, coefficient=-sign * term.coefficient, chain=(transpose(term.core),)) for term in terms]
    for quarter in (Fraction(1, 4), Fraction(-1, 4)):
        scaled = [replace(term, coefficient=quarter * term.coefficient) for term in (*terms, *turned)]
        found = gathered(joined(sorted(scaled, key=lambda term: term.coefficient < 0), start))
        value = substitute(there, multiplier, found)
        if all(close(evaluate(value, point), evaluate(Zero(*value.shape), point)) for point in at):
            return found
    raise KeygenError(f"no multiplier was found that balances {there}")


def require_stationary(
    gradient: Expression, x: Symbol, solution: Expression, sign: int, at: Sequence[MatrixPoint]
) -> None:
    """Raise KeygenError unless the solution obeys X' = +-X, and the gradient of f there has no part that does."""
    turned = multiply(number(sign), transpose(solution))
    KnownValues(solution, at).require(solution, turned, "the constraint")
    there = substitute(gradient, x, solution)
    KnownValues(there, at).require(there, multiply(number(-sign), Transpose(there)), "the solution")


def linear_in(gradient: Expression, x: Symbol) -> Unknown | None:
    """What a gradient is linear in: X, or X^-1 where X stands nowhere else; None where X^-1 stands around something."""
    terms = loose(gradient)
    found = [factor for term in terms for factor in term.chain if isinstance(factor, Inverse) and factor.arg == x]
    if not found:
        return x
    alone = all(x not in term.core.symbols or term.chain == (found[0],) for term in terms)
    return found[0] if alone else None


def multiplier(e: Expression) -> Expression:
    """What clears an equation of common factors and denominators, and of a minus that all its terms share."""
    terms = loose(e)
    sign = -1 if all(term.coefficient < 0 for term in terms) else 1
    below = [s for term in terms for s in term.scalars if isinstance(s, Power) and s.exponent < 0 and plain(s.base)]
    shared = [s for s in terms[0].scalars if plain(s) and all(s in term.scalars for term in terms)]
    return multiply(number(sign / common_factor(e)), *(power(s, -1) for s in dict.fromkeys([*below, *shared])))


def plain(e: Expression) -> bool:
    """Whether e is a letter for a positive number, the same for every member of a sample."""
    return is_letter(e) and positive(e)


def leading_inverse(e: Expression) -> Inverse | None:
    """The inverse with which every term begins."""
    (first, *others) = dict.fromkeys(term.chain[:1] for term in loose(e))
    return first[0] if not others and first and isinstance(first[0], Inverse) else None


def scatter(solving: Solving) -> Scatter | None:
    """The last equation before the unknown stood alone, n S = sum_i A_i; None if its right side is no such sum."""
    equation = next(line.equation for line in reversed(solving.lines) if line.law != "divide")
    total, value = loose(equation.right), loose(equation.left)
    return Scatter(total[0], value[0]) if len(total) == len(value) == 1 and total[0].sample else None


def written(equation: Equation) -> tuple[str, str]:
    """Both sides as a reader sees them."""
    return (plain_text(equation.left), plain_text(equation.right))


def gradient_step(gradient: Expression, x: Symbol, rate: Symbol) -> Expression:
    """x - rate grad f"""
    return add(x, multiply(number(-1), rate, gradient))
