"""The value of a term at a point: exactly, quickly in float64, or to forty digits (`multiprecision`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from msgspec import Struct

from keygen.calculus.randomness import AVERAGES, outcomes
from keygen.calculus.scope import Scope
from keygen.calculus.traversal import names
from keygen.engine.domains import COMPLEX, EXACT, STEP, Domain
from keygen.engine.evaluate import RULES
from keygen.errors import KeygenError
from keygen.mathematics.terms import Apply, Literal, Name, Term
from keygen.tolerances import FLOAT_LINES

Value = Any  # a number of the kind; for an equation the pair of its sides


class Arithmetic(Struct, frozen=True):
    """kind   the numbers and their elementary functions
    slope  the derivative of a function at a number
    gamma  the gamma function, for factorials
    far    a number large enough to read a limit off
    close  how far apart equal numbers may be, relative to the larger; `rough` after a slope or a limit
    points how many points a link is tried at
    """

    domain: Domain
    slope: Callable[[Callable[[Value], Value], Value], Value]
    gamma: Callable[[Value], Value]
    far: Value
    close: float
    rough: float
    points: int


def complex_slope(function: Callable[[complex], complex], x: complex) -> complex:
    """f'(x) by the complex step."""
    return complex(function(complex(x.real, STEP)).imag / STEP)


def real_gamma(x: complex) -> complex:
    """The gamma function of a number's real part."""
    return complex(math.gamma(x.real))


QUICK = Arithmetic(COMPLEX, complex_slope, real_gamma, 1e15, close=FLOAT_LINES, rough=FLOAT_LINES, points=2)


class ScopePoint:
    """Values of the letters of a scope; `value` gives that of any term there."""

    def __init__(self, scope: Scope, letters: Mapping[str, Any], arithmetic: Arithmetic = QUICK) -> None:
        self.scope, self.arithmetic = scope, arithmetic
        self.letters = {name: arithmetic.domain.enter(x) for name, x in letters.items()}
        self.meanings = dict(scope.meanings)
        self.known: dict[str, Value] = {}
        self.ways: dict[frozenset[str], Sequence[ScopePoint]] = {}

    def at(self, letter: str, x: Any) -> ScopePoint:
        """This point with another value of one letter."""
        return self.where({letter: self.arithmetic.domain.enter(x)})

    def where(self, letters: Mapping[str, Value]) -> ScopePoint:
        """This point with other values of some letters, which are of its kind already."""
        point = ScopePoint(self.scope, {}, self.arithmetic)
        point.letters = {**self.letters, **letters}
        return point

    def value(self, term: Term) -> Value:
        """The number that a term stands for here. Raises KeygenError for a name that stands for nothing."""
        return reading(term, self.arithmetic.domain)(self)

    @cached_property
    def outcomes(self) -> Sequence[ScopePoint]:
        """This point with every way in which the random letters may come out, all of one probability."""
        return self.outcomes_of(frozenset(name for name, _ in self.scope.random))

    def outcomes_of(self, letters: frozenset[str]) -> Sequence[ScopePoint]:
        """Every way in which some of the random letters may come out; independent others have no value."""
        if letters not in self.ways:
            laws = [(name, law) for name, law in self.scope.random if name in letters]
            ways = outcomes(laws, self.value, self.arithmetic.domain.functions["sqrt"])
            self.ways[letters] = [self.where(found) for found in ways]
        return self.ways[letters]

    def random_in(self, term: Term) -> frozenset[str]:
        """The random letters that a term speaks of, itself or by what its names stand for."""
        found = names(term)
        for name, meaning in reversed(self.scope.meanings):
            if name in found:
                found |= names(meaning)
        return found.intersection(name for name, _ in self.scope.random)

    def named(self, name: str) -> Value:
        """A letter's value, or that of what the name stands for."""
        if name in self.letters:
            return self.letters[name]
        if name not in self.meanings:
            known = ", ".join([*self.letters, *self.meanings])
            raise KeygenError(f"a chain names {name!r}, which stands for nothing", expected=f"one of {known}")
        if name not in self.known:
            self.known[name] = self.value(self.meanings[name])
        return self.known[name]


Reading = Callable[[ScopePoint], Value]


def reading(term: Term, domain: Domain) -> Reading:
    """A term as a function of the point: what it is made of is looked at once, however many points there are."""
    match term:
        case Name(name=name):
            return lambda point: point.named(name)
        case Literal(value=value):
            number = domain.enter(value)
            return lambda point: number
        case Apply(primitive=primitive) if primitive in CHAIN_RULES:
            chain_rule, inner = CHAIN_RULES[primitive], [reading(arg, domain) for arg in term.args]
            return lambda point: chain_rule(point, term, *inner)
        case Apply(primitive=primitive, args=args, param=param):
            rule, parts = RULES[primitive], [reading(arg, domain) for arg in args]
            extra = () if param is None else (domain.enter(param) if isinstance(param, Fraction) else param,)
            return lambda point: rule(domain, *[part(point) for part in parts], *extra)
    raise KeygenError(f"a chain has no number for {term!r}")


def derivative(point: ScopePoint, term: Apply, body: Reading) -> Value:
    """The slope by the letter that the operation names."""
    letter = str(term.param)
    return point.arithmetic.slope(lambda x: body(point.at(letter, x)), point.letters[letter])


def limit(point: ScopePoint, term: Apply, body: Reading) -> Value:
    """The value far out on the way."""
    letter, toward = way(term)
    far = point.arithmetic.far
    if far is None:
        raise KeygenError("a limit has no exact number", repair="settle it first: calculus.settled_limit")
    return body(point.at(letter, {"+oo": far, "-oo": -far, "0+": 1 / far}[toward]))


def way(term: Apply) -> tuple[str, str]:
    """The letter of a limit and where it goes."""
    if not isinstance(term.param, tuple):
        raise KeygenError(f"a limit without a way: {term!r}")
    letter, toward = term.param
    return str(letter), str(toward)


def cases(point: ScopePoint, term: Apply, positive: Reading, otherwise: Reading, x: Reading) -> Value:
    """The first where the third is positive, else the second."""
    decisive = x(point)
    return positive(point) if (decisive.real if isinstance(decisive, complex) else decisive) > 0 else otherwise(point)


def averaged(point: ScopePoint, term: Apply, body: Reading) -> Value:
    """E( ) or Var( ), over the outcomes of the random letters."""
    letters = point.random_in(term.args[0])
    return AVERAGES[term.primitive]([body(one) for one in point.outcomes_of(letters)])


def factorial(point: ScopePoint, term: Apply, n: Reading) -> Value:
    """n!, by the gamma function."""
    return point.arithmetic.gamma(n(point) + 1)


CHAIN_RULES: Mapping[str, Callable[..., Value]] = {
    "derivative": derivative,
    "limit": limit,
    "cases": cases,
    "raised": lambda point, term, base, exponent: base(point) ** exponent(point),
    "factorial": factorial,
    "expectation": averaged,
    "variance": averaged,
    "equals": lambda point, term, left, right: (left(point), right(point)),
}
"""The signs that only chains have; every other operation is evaluated by the engine's own rule."""


def no_exact_slope(function: Callable[[Value], Value], x: Value) -> Value:
    """The refusal of a slope that is not worked out."""
    raise KeygenError("a derivative has no exact number", repair="differentiate it first: calculus.differentiate")


def whole_gamma(x: Value) -> Value:
    """(x - 1)! of a whole number."""
    if not isinstance(x, Fraction) or x.denominator != 1 or x < 1:
        raise KeygenError("a factorial of what is not a whole number", found=str(x - 1))
    return Fraction(math.factorial(int(x) - 1))


NOWHERE = Scope(())  # for letters that have values
EXACTLY = Arithmetic(EXACT, no_exact_slope, whole_gamma, None, close=0.0, rough=0.0, points=1)


def exactly(term: Term, **letters: Any) -> Value:
    """The value of a term for these values of its letters, by the engine's rules on exact numbers, for a page.

    Raises KeygenError for a letter without a value, and for derivatives and limits that are not worked out.
    """
    return ScopePoint(NOWHERE, letters, EXACTLY).value(term)


def approximate(term: Term, **letters: float) -> float:
    """The value of a term for these values of its letters, in float64: for the curves of plots."""
    return float(ScopePoint(NOWHERE, letters).value(term).real)
