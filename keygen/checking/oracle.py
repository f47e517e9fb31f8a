"""The oracle: every number of a solved variant computed again from its data, by mpmath, over the recorded trace.

Values that an exercise made outside its trace have their own terms, which are evaluated by the same table (`rules`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, reduce
from typing import Any

import numpy as np

from keygen.calculus.randomness import RandomLaw
from keygen.checking import arithmetic as mp
from keygen.checking.arithmetic import Value, each, number
from keygen.checking.moments import AVERAGED, LAWS, Chance, constant, letter
from keygen.checking.roots import ROOTS
from keygen.checking.rules import RULES, Rule
from keygen.engine.polynomial import Polynomial
from keygen.engine.primitives import Reading, nobody
from keygen.engine.surd import Surd
from keygen.mathematics.terms import Apply, Literal, Marked, Name, Term
from keygen.variants.solved import Solved


class UnknownValue(LookupError):
    """A name that has no value of the oracle's."""


def entered(value: Any) -> Value:
    """A value of the engine's as it is: a whole number, a fraction, a root, what its operations give; or the double at
    which a letter is tried.

    Raises Unknown for a number that is known by its balls alone.
    """
    if isinstance(value, np.ndarray):
        return each(entered, value)
    if isinstance(value, list | tuple):
        return entered(np.array(value, dtype=object))
    if hasattr(value, "operation"):
        return expression(value, {})
    if isinstance(value, Surd):
        return number(value.factor) * mp.sqrt(Fraction(value.radicand))
    if isinstance(value, complex):
        return number(value.real)
    if isinstance(value, int | Fraction | str):
        return number(value)
    return number(float(value))


def expression(value: Any, found: dict[int, Value]) -> Value:
    """A number that knows what it was computed from, computed again; `found` are those it shares. One that solves an
    equation is solved for again.

    Raises Unknown for one that is known by its balls alone.
    """
    operation = getattr(value, "operation", None)
    if operation is None:
        return entered(value)
    if id(value) not in found and getattr(operation, "problem", None) in ROOTS:
        found[id(value)] = ROOTS[operation.problem](*operation.data)[operation.place]
    if id(value) not in found:
        inputs = [expression(x, found) for x in value.inputs]
        if operation in ("number", "rounded"):
            (found[id(value)],) = inputs
        elif operation == "dot":
            found[id(value)] = reduce(RULES["add"], map(RULES["mul"], inputs[::2], inputs[1::2]))
        elif operation in RULES:
            found[id(value)] = RULES[operation](*inputs)
        else:
            raise UnknownValue(str(value))
    return found[id(value)]


class Oracle:
    """The values of one solved variant. An input that stays a symbol has the value of a point of its own.

    `rules` are those by which the trace is computed, where they are not the oracle's own.
    """

    def __init__(self, solved: Solved, rules: Mapping[str, Rule] = RULES) -> None:
        self.solved, self.rules = solved, rules
        self.found: dict[int, Mapping[str, Value]] = {}
        self.refused: set[int] = set()

    @property
    def values(self) -> Mapping[str, Value]:
        """The value of every name, in as many digits as are being computed with, or more.

        Raises what `arithmetic.settled` asks for more digits by.
        """
        asked = mp.here().dps
        enough = [digits for digits in self.found if digits >= asked]
        if not enough:
            if asked in self.refused:
                raise mp.PrecisionLost(f"the values in {asked} digits")
            try:
                self.found[asked] = self.evaluated()
            except (ArithmeticError, ValueError):
                self.refused.add(asked)
                raise
        return self.found[min(enough or [asked])]

    @cached_property
    def settled(self) -> Mapping[str, Value]:
        """The value of every name."""
        found: Mapping[str, Value] = mp.settled(lambda: self.values)
        return found

    def given(self, name: str) -> Value:
        """The value of an input: from the data; of a symbol, a number made of its name."""
        data = self.solved.variant.data
        value = data[name] if name in data else self.solved.values[name]
        if isinstance(value, Polynomial):
            return Fraction(1000 + sum(map(ord, name)) * 37 % 977, 1009)
        return entered(value)

    def evaluated(self) -> dict[str, Value]:
        """The value of every name of the trace."""
        trace = self.solved.trace
        values = {variable.name: self.given(variable.name) for variable in trace.inputs}
        for step in trace.steps:
            extra = () if step.param is None else (step.param,)
            values[step.target.name] = self.rules[step.primitive](*[values[name] for name in step.inputs], *extra)
        return values


class OraclePoint:
    """The values of the letters of a chain: of its own scope where it has one, else the variant's.

    `exact` are letters with their numbers, `meanings` what other names stand for, in letters and in each other;
    behind them are the names of the trace. `random` letters have a value under E( ) and Var( ) alone.
    """

    def __init__(
        self,
        exact: Mapping[str, Value],
        meanings: Mapping[str, Term],
        oracle: Oracle,
        random: Sequence[tuple[str, RandomLaw]] = (),
    ) -> None:
        self.exact, self.meanings, self.oracle, self.random = exact, meanings, oracle, random
        self.found: dict[str, Value] = {}

    def at(self, letter: str, x: Any) -> OraclePoint:
        """This point with another value of one letter."""
        return OraclePoint({**self.exact, letter: x}, self.meanings, self.oracle, self.random)

    def value(self, name: str) -> Value:
        """The value of a name. Raises Unknown."""
        if name in self.exact:
            return self.exact[name]
        if name in self.meanings:
            if name not in self.found:
                self.found[name] = self.term(self.meanings[name])
            return self.found[name]
        if name in self.oracle.solved.trace.shapes:
            return self.oracle.values[name]
        raise UnknownValue(name)

    def term(self, term: Term) -> Value:
        """The value of a term. Raises Unknown."""
        match term:
            case Name(name=name):
                return self.value(name)
            case Literal(value=Polynomial()):
                return self.polynomial(term.value)
            case Literal(value=value):
                return entered(value)
            case Marked(body=body):
                return self.term(body)
            case Apply(primitive="derivative", args=(body,), param=letter):
                return slope(lambda x: self.at(str(letter), x).term(body), self.value(str(letter)))
            case Apply(primitive="limit", args=(body,), param=(letter, toward)):
                return self.at(str(letter), far(str(toward))).term(body)
            case Apply(primitive=primitive, args=(body,)) if primitive in AVERAGED:
                return AVERAGED[primitive](self.chance(body))
            case Apply(primitive="cases", args=(positive, otherwise, x)):
                return self.term(positive if mp.sign(self.term(x)) > 0 else otherwise)
            case Apply(primitive="raised", args=(base, exponent)):
                return each(mp.power, self.term(base), self.term(exponent))
            case Apply(primitive="factorial", args=(n,)):
                return mp.here().gamma(mp.inexact(self.term(n)) + 1)
            case Apply(primitive=primitive, args=args, param=param) if primitive in RULES:
                extra = () if param is None else (param,)
                return RULES[primitive](*[self.term(arg) for arg in args], *extra)
        raise UnknownValue(str(term))

    @cached_property
    def letters(self) -> Mapping[str, Chance]:
        """The random letters with their laws, whose parameters have their values here."""
        return {name: letter(name, LAWS[law.kind](*map(self.term, law.params))) for name, law in self.random}

    def chance(self, term: Term) -> Chance:
        """A term as a polynomial in the random letters. Raises Unknown, and UnknownMomentError for what is none."""
        match term:
            case Name(name=name) if name in self.letters:
                return self.letters[name]
            case Name(name=name) if name in self.meanings and name not in self.exact:
                return self.chance(self.meanings[name])
            case Apply(primitive=primitive, args=args, param=param) if primitive in CHANCES:
                extra = () if param is None else (param,)
                return CHANCES[primitive](*map(self.chance, args), *extra)
        return constant(self.term(term))

    def polynomial(self, value: Polynomial) -> Value:
        """The sum of a polynomial's terms."""
        total: Value = Fraction(0)
        for monomial, coefficient in value.terms:
            term = number(coefficient)
            for name, n in monomial:
                term = mp.times(term, mp.power(self.value(name), n))
            total = mp.plus(total, term)
        return total


CHANCES: Reading[Callable[..., Chance]] = Reading(
    "the operation on polynomials in random letters",
    {
        "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
        "neg": lambda a: -a, "scale": lambda a, factor: constant(Fraction(factor)) * a, "square": lambda a: a**2,
        "power": lambda a, n: a**n, "relu": Chance.rectified,
    },
    needs=nobody,
)  # fmt: skip

FAR = 40  # a limit is read off at 10^FAR


def far(toward: str) -> Value:
    """A number so far on the way of a limit that what is left of it is smaller than what is compared."""
    big = mp.here().mpf(10) ** FAR
    return {"+oo": big, "-oo": -big, "0+": 1 / big}[toward]


def slope(function: Callable[[Any], Value], x: Any) -> Value:
    """The derivative of a function, by a central difference whose step is a small part of the digits."""
    digits = mp.CURRENT.get().context.dps
    h = mp.here().mpf(10) ** -(digits // 3)
    x = mp.inexact(x)
    return each(lambda up, down: (mp.inexact(up) - mp.inexact(down)) / (2 * h), function(x + h), function(x - h))
