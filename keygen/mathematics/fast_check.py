"""The read-back at a glance: a chain in float64, through Python that is made once for all terms of one sketch.

A glance only confirms. What it cannot confirm, whatever the reason, is left to the exact read-back, which either finds
that the line is true or says what is wrong with it. Polynomials are looked at in one point, where two different ones
agree by a wild accident only (Zippel 1979, Schwartz 1980).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

import numpy as np

from keygen.engine.domains import FLOAT
from keygen.engine.evaluate import as_float
from keygen.engine.polynomial import Polynomial
from keygen.mathematics.comparison import HOLDS_AT_A_GLANCE, on_trial, real
from keygen.mathematics.eval_scope import ATTRIBUTES, Compiled, called, compiled, evaluate_line
from keygen.mathematics.number_format import Policy, separator_free
from keygen.mathematics.operators import Precedence
from keygen.mathematics.printer import Fragment
from keygen.mathematics.python import PythonPrinter, require_true_digits, under
from keygen.mathematics.skeleton import Bounded, Hole, Leaf, TermSkeleton, term_skeletons
from keygen.mathematics.terms import Apply, Chain, Literal, Name, Term

PATTERNS = 8192
SLOT = "_s"


class Pattern(NamedTuple):
    """A line, and what its names stand for: numbers, each by the place of its literal and its own there (-1: the whole
    literal), numbers of the formula's own, which are `fixed`, and variables; how many numbers it shows of its own."""

    line: Compiled
    numbers: tuple[tuple[str, int, int], ...]
    fixed: Mapping[str, Any]
    variables: tuple[str, ...]
    own: int


class TemplatePythonPrinter(PythonPrinter):
    """Python with slots in the places of numbers."""

    def number(self, value: Any) -> Fragment:
        """A slot under the sign and the brackets that its face asks for."""
        if not isinstance(value, Hole):
            return super().number(value)
        return under(value.shape_class, f"{SLOT}{value.leaf}_{value.place}")

    def array(self, value: np.ndarray) -> Fragment:
        """A slot for all numbers of an array."""
        hole = value.flat[0]
        return Fragment(f"{SLOT}{hole.leaf}") if isinstance(hole, Hole) else super().array(value)

    def literal(self, value: Any) -> Fragment:
        """One number keeps its shape where it stands in for a matrix."""
        if isinstance(value, np.ndarray) and value.size == 1 and isinstance(hole := value.item(), Hole):
            scalar = self.number(hole)
            return scalar._replace(text=("-" if scalar.level is Precedence.NEGATIVE else "") + f"{SLOT}{hole.leaf}")
        return super().literal(value)

    def param(self, term: Apply) -> Fragment:
        """A slot for a coefficient, whose sign stands before it."""
        hole: Any = term.param
        if not isinstance(hole, Hole):
            return super().param(term)
        slot = f"{SLOT}{hole.leaf}_{hole.place}"
        return Fragment(f"-{slot}", Precedence.NEGATIVE) if hole.shape_class.negative else Fragment(slot)


class FastCheck:
    """A look at the chains of one variant. `scope` are the meanings of their names."""

    def __init__(self, scope: Mapping[str, Any], policy: Policy) -> None:
        self.scope, self.policy = scope, policy
        self.known: dict[str, Any] = {}
        self.digits = 0  # numbers of chains that were confirmed
        self.term_skeletons = term_skeletons(policy)
        self.patterns = patterns(separator_free(policy))

    def confirms(self, chain: Chain) -> bool:
        """Whether every link of a chain, as the page shows it, is found equal to the one before it, and every number
        one that its digits say."""
        before = self.digits
        try:
            confirmed = self.found_true(chain)
        except Exception:  # the exact read-back says better what it is
            confirmed = False
        if not confirmed:
            self.digits = before
        return confirmed

    @np.errstate(divide="raise", over="raise", invalid="raise")
    def found_true(self, chain: Chain) -> bool:
        """Whether a look finds the chain true, with whatever Python says of a line that it cannot evaluate."""
        own = apart(chain.at) if chain.at else {}
        before: Any = None
        for place, link in enumerate(chain.links):
            value = self.value(link, own)
            if value is None or (place and not HOLDS_AT_A_GLANCE[chain.relation(place)](before, value)):
                return False
            before = value
        return True

    def value(self, link: Term, own: Mapping[str, Any]) -> Any:
        """The value of a link, None where a digit of it is wrong. `own` are the meanings of the chain's own letters.

        A lone name or number has no sign that could be lost.
        """
        if isinstance(link, Name):
            if link.name in own or link.name in self.scope:
                return real(self.meaning(link.name, own))
        elif isinstance(link, Literal):
            if on_trial(link.value):
                return link.value
            if not isinstance(link.value, Polynomial):
                leaf = self.term_skeletons.leaf_of(link, single=False)
                self.digits += len(leaf.numbers)
                return leaf.floats if leaf.digits_match else None
        return self.evaluated(link, own)

    def evaluated(self, link: Term, own: Mapping[str, Any]) -> Any:
        """The value of a link as Python has it under the signs and brackets of the page."""
        term_skeleton = self.term_skeletons.of(link)
        leaves = term_skeleton.leaves
        pattern = self.pattern_of(link, term_skeleton)
        self.digits += pattern.own
        for leaf in leaves:
            if not leaf.digits_match:
                return None
            self.digits += 0 if leaf.coefficient else len(leaf.numbers)
        values = dict(pattern.fixed)
        for name, place, number in pattern.numbers:
            values[name] = magnitude(leaves[place], number)
        for name in pattern.variables:
            if name not in ATTRIBUTES or name in own or name in self.scope:
                values[name] = self.meaning(name, own)
        return real(evaluate_line(pattern.line, values, FLOAT.name))

    def meaning(self, name: str, own: Mapping[str, Any]) -> Any:
        """The value of a name."""
        if name in own:
            return entered(own[name])
        if name not in self.known:
            self.known[name] = entered(self.scope[name])
        return self.known[name]

    def pattern_of(self, link: Term, term_skeleton: TermSkeleton) -> Pattern:
        """A term's Python without its numbers, made once for all terms that are alike."""
        pattern = self.patterns.get(term_skeleton.skeleton)
        if pattern is None:
            pattern = self.patterns.keep(term_skeleton.skeleton, self.pattern(link, term_skeleton))
        return pattern

    def pattern(self, link: Term, term_skeleton: TermSkeleton) -> Pattern:
        """A term's Python without its numbers. Raises KeygenError where a digit of the formula's own is wrong."""
        printer = TemplatePythonPrinter(self.policy)
        text = printer.term(self.term_skeletons.stand_in(link, iter(enumerate(term_skeleton.leaves)))).text
        for shown in printer.shown:
            require_true_digits(shown)
        line = compiled(text)
        numbers = tuple((name, *place_of(name)) for name in line.names if name.startswith(SLOT))
        fixed = {name: entered(value) for name, value in printer.constants.items()}
        known = {*fixed, *(name for name, _, _ in numbers)}
        return Pattern(
            line, numbers, fixed, tuple(name for name in line.names if name not in known), len(printer.shown)
        )


def entered(value: Any) -> Any:
    """A value as it is computed with."""
    if isinstance(value, Polynomial):
        return float(value.at(POINT))
    return value if callable(value) else as_float(value)


class TestPoint(dict[str, float]):
    """Where polynomials are looked at: each variable somewhere between 1 and 2, the same everywhere."""

    def __missing__(self, letter: str) -> float:
        """The value of a variable that has not been asked for."""
        return self.setdefault(letter, Random(letter).uniform(1, 2))


POINT = TestPoint()


def magnitude(leaf: Leaf, place: int) -> Any:
    """A number of a literal without its sign, which the line has; a whole array with its signs, if it has many."""
    if place >= 0:
        return abs(leaf.numbers[place].number)
    return abs(leaf.floats) if len(leaf.numbers) == 1 else leaf.floats


def place_of(hole: str) -> tuple[int, int]:
    """The place of a literal, and of a number in it (-1: all of them), from a slot's name."""
    leaf, _, place = hole.removeprefix(SLOT).partition("_")
    return int(leaf), int(place or -1)


def apart(scope: Mapping[str, Any]) -> dict[str, Any]:
    """A scope in which variables are out of the way of what the page's Python calls by their names."""
    return {**scope, **{f"_{name}": scope[name] for name in called() & scope.keys()}}


@lru_cache(maxsize=64)
def patterns(policy: Policy) -> Bounded[Pattern]:
    """The patterns of a policy without a separator of its own so far, by their outlines."""
    return Bounded(PATTERNS)
