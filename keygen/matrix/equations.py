"""Equations M = N and the moves that solve them, as a table; each docstring is the law of its move.

A move makes a new equation; the table says apart from that what becomes of the difference M - N. The two are compared
at random points, so that a wrong move raises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd, lcm

from msgspec import Struct
from msgspec.structs import replace

from keygen.errors import KeygenError
from keygen.matrix.algebra import add, depends, inverse, multiply, number, power, transpose, transpose_each
from keygen.matrix.expression import Expression, Identity, Inverse, Product, SampleSum, Sum, Symbol, Transpose
from keygen.matrix.rewrite_rules import MOVES
from keygen.matrix.terms import JOINS, Term, expand, summed
from keygen.matrix.transform import substitute
from keygen.matrix.verify import walk


class Equation(Struct, frozen=True):
    """left = right"""

    left: Expression
    right: Expression

    @property
    def difference(self) -> Expression:
        """left - right, as it stands"""
        return Sum((self.left, Product((number(-1), self.right))))


Unknown = Symbol | Inverse
"""What an equation is solved for: X, or X^-1 on the way to X."""


def loose(e: Expression) -> list[Term]:
    """The terms of e as they stand: no bracket is opened, a product summed over a sample is looked into."""
    return expand(e, lambda part: any(isinstance(n, SampleSum) and not isinstance(n.body, Sum) for n in walk(part)))


def joined(terms: Sequence[Term], like: Expression) -> Expression:
    """The terms added, what cancels cancelled; zero of the shape of `like` if nothing is left."""
    tidied = [MOVES["powers"].apply(MOVES["cancel"].apply(term)) for term in terms]
    return add(*(term.whole for term in JOINS["like_terms"](tidied)), multiply(number(0), like))


def scale(equation: Equation, c: Expression) -> Equation:
    """M = N  =>  c M = c N"""
    factors = c.factors if isinstance(c, Product) else (c,)
    return each_side(equation, lambda term: replace(term, scalars=(*factors, *term.scalars)))


def surround(equation: Equation, a: Expression) -> Equation:
    """M = N  =>  A M A = A N A, A invertible"""
    return each_side(equation, lambda term: replace(term, chain=(a, *term.chain, a)))


def multiply_left(equation: Equation, a: Expression) -> Equation:
    """M = N  =>  A M = A N, A invertible"""
    return each_side(equation, lambda term: replace(term, chain=(a, *term.chain)))


def each_side(equation: Equation, change: Callable[[Term], Term]) -> Equation:
    """An equation with every term of both sides changed."""
    left, right = (joined([change(term) for term in loose(e)], e) for e in (equation.left, equation.right))
    return Equation(left, right)


def expand_brackets(equation: Equation, x: Symbol) -> Equation:
    """A (M + N) = A M + A N"""
    return replace(equation, left=joined(expand(equation.left, lambda part: x in part.symbols), equation.left))


def take_out(equation: Equation) -> Equation:
    """sum_i A M_i = A sum_i M_i"""
    return replace(equation, left=add(*map(factored_sample, loose(equation.left))))


def factored_sample(term: Term) -> Expression:
    """A term with the constant matrices at the ends of its chain before and behind its sum over a sample."""
    if term.sample is None:
        return term.whole
    index = term.sample[0]
    first = next((i for i, factor in enumerate(term.chain) if depends(factor, index)), 0)
    last = next((i for i, factor in enumerate(reversed(term.chain)) if depends(factor, index)), 0)
    middle = term.chain[first : len(term.chain) - last]
    numbers = [s for s in term.scalars if not depends(s, index)]
    inner = summed(multiply(*(s for s in term.scalars if depends(s, index)), *middle), term.sample)
    outer = term.chain[len(term.chain) - last :]
    return multiply(number(term.coefficient), *numbers, *term.chain[:first], inner, *outer)


def separate(equation: Equation, x: Symbol, sign: int) -> Equation:
    """M + N = 0  =>  M = -N, or -M = N"""
    terms = expand(equation.left, lambda part: x in part.symbols)
    held = [term for term in terms if x in term.core.symbols]
    others = [term for term in terms if term not in held]
    left = [replace(term, coefficient=sign * term.coefficient) for term in held]
    right = sorted(
        (replace(term, coefficient=-sign * term.coefficient) for term in others), key=lambda term: term.coefficient < 0
    )
    return Equation(joined(left, equation.left), joined(right, equation.left))


def collect_unknown(equation: Equation, x: Unknown) -> Equation:
    """A X + B X = (A + B) X"""
    return replace(equation, left=multiply(before(equation.left, x), x))


def before(e: Expression, x: Unknown) -> Expression:
    """A, where e is A X. Raises KeygenError if X does not stand at the end of every term."""
    terms = expand(e, lambda part: bool(x.symbols & part.symbols))
    if any(term.chain[-1] != x or any(x.symbols & factor.symbols for factor in term.chain[:-1]) for term in terms):
        raise KeygenError(f"{x} cannot be brought to the end of {e}")
    unit = () if all(term.chain == (x,) for term in terms) else (Identity(x.shape[0]),)
    heads = [replace(term, chain=term.chain[:-1] or unit) for term in terms]
    factored: Expression | None = JOINS["factor"](heads)
    return add(*(head.whole for head in heads)) if factored is None else factored


def solve(equation: Equation, x: Unknown, a: Expression) -> Equation:
    """A X = N  =>  X = A^-1 N, A invertible"""
    return Equation(x, multiply(inverse(a), equation.right))


def divide(equation: Equation, x: Unknown, c: Expression) -> Equation:
    """c X = N  =>  X = N / c, c a number other than zero"""
    return Equation(x, multiply(power(c, -1), gathered(equation.right)))


def gathered(e: Expression) -> Expression:
    """2 A + 4 B = 2 (A + 2 B)"""
    c = common_factor(e)
    return multiply(number(c), add(*(replace(term, coefficient=term.coefficient / c).whole for term in loose(e))))


def common_factor(e: Expression) -> Fraction:
    """The largest number that leaves whole coefficients."""
    coefficients = [term.coefficient for term in loose(e)]
    return Fraction(gcd(*(c.numerator for c in coefficients)), lcm(*(c.denominator for c in coefficients)))


def invert(equation: Equation, x: Symbol) -> Equation:
    """X^-1 = N  =>  X = N^-1"""
    return Equation(x, inverse(equation.right))


def turn(equation: Equation, x: Symbol) -> Equation:
    """M = 0  =>  M' = 0"""
    opened = expand_brackets(equation, x)
    return Equation(transpose_each(opened.left), transpose(equation.right))


def constrain(equation: Equation, old: Expression, new: Expression) -> Equation:
    """X' = X on the constraint"""
    return Equation(substitute(equation.left, old, new), substitute(equation.right, old, new))


def add_equations(equation: Equation, x: Symbol, other: Equation) -> Equation:
    """M = 0, N = 0  =>  N + M = 0"""
    return combined(equation, x, other, 1)


def subtract_equations(equation: Equation, x: Symbol, other: Equation) -> Equation:
    """M = 0, N = 0  =>  N - M = 0"""
    return combined(equation, x, other, -1)


def combined(equation: Equation, x: Symbol, other: Equation, sign: int) -> Equation:
    """The left side of another equation plus or minus this one's, what cancels cancelled."""
    (first, second) = (expand(e.left, lambda part: x in part.symbols) for e in (other, equation))
    terms = [*first, *(replace(term, coefficient=sign * term.coefficient) for term in second)]
    return Equation(joined(terms, equation.left), equation.right)


class EquationMove(Struct, frozen=True):
    """apply       equation, arguments -> the next equation; its docstring is the law
    difference  left - right of the old equation, the same arguments -> left - right of the new one
    """

    apply: Callable[..., Equation]
    difference: Callable[..., Expression]

    @property
    def law(self) -> str:
        """The law, in one line."""
        return self.apply.__doc__ or ""


def same(d: Expression, *_: object) -> Expression:
    """The difference of the sides stays."""
    return d


EQUATION_MOVES: dict[str, EquationMove] = {
    "scale": EquationMove(scale, lambda d, c: Product((c, d))),
    "surround": EquationMove(surround, lambda d, a: Product((a, d, a))),
    "multiply_left": EquationMove(multiply_left, lambda d, a: Product((a, d))),
    "take_out": EquationMove(take_out, same),
    "expand": EquationMove(expand_brackets, same),
    "separate": EquationMove(separate, lambda d, x, sign: Product((number(sign), d))),
    "collect_unknown": EquationMove(collect_unknown, same),
    "solve": EquationMove(solve, lambda d, x, a: Product((Inverse(a), d))),
    "divide": EquationMove(divide, lambda d, x, c: Product((power(c, -1), d))),
    "turn": EquationMove(turn, lambda d, x: Transpose(d)),
    "constrain": EquationMove(constrain, same),
    "invert": EquationMove(invert, same),
    "add_equations": EquationMove(add_equations, lambda d, x, other: Sum((other.difference, d))),
    "subtract_equations": EquationMove(
        subtract_equations, lambda d, x, other: Sum((other.difference, Product((number(-1), d))))
    ),
}
