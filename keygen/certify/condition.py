"""The condition of a witness, evaluated from the JSON alone: text, exact numbers by name, true or false.

It shares nothing with what has written the text: a reader of its own (recursive descent, no `eval`), on Fractions.

    any    ::=  each ('|' each)*              each   ::=  said ('&' said)*
    said   ::=  sum (comparison sum)?         sum    ::=  term (('+' | '-') term)*
    term   ::=  sign (('*' | '@') sign)*      sign   ::=  ('-' | '~') sign | atom ('[' place (',' place)* ']')*
    atom   ::=  digits | name | function '(' any (',' any)* ')' | '(' any ')'

Comparisons stand in brackets beside & and |, as Python wants them too.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from keygen.errors import KeygenError

LONGEST = 50_000  # characters of a condition
DEEPEST = 60  # brackets within each other
TOKEN = re.compile(r"\s*(?:(\d+)|([A-Za-z_]\w*)|(==|!=|<=|>=|[-+*@<>&|~()\[\],]))")

Value = Any  # a Fraction, a truth value, or an array of either


def step(x: Value) -> Value:
    """[x > 0] as the number 1 or 0, entry by entry."""
    return each(lambda entry: Fraction(int(entry > 0)), x)


def maximum(x: Value, y: Value) -> Value:
    """The larger of two numbers, entry by entry."""
    found = np.frompyfunc(max, 2, 1)(x, y)
    return found if isinstance(found, np.ndarray) else Fraction(found)


def every(x: Value) -> bool:
    """Whether all entries are true."""
    return all(truth(entry) for entry in np.asarray(x, dtype=object).flat)


def each(change: Callable[[Any], Any], x: Value) -> Value:
    """A function of a number, entry by entry."""
    return np.frompyfunc(change, 1, 1)(x) if isinstance(x, np.ndarray) else change(x)


def truth(x: Value) -> bool:
    """A truth value. Raises TypeError for a number."""
    if not isinstance(x, bool | np.bool_):
        raise TypeError(f"{x} is neither true nor false")
    return bool(x)


FUNCTIONS: Mapping[str, Callable[..., Value]] = {"step": step, "maximum": maximum, "all": every}
COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
SUMS: Mapping[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub}
TERMS: Mapping[str, Callable[[Any, Any], Any]] = {"*": operator.mul, "@": operator.matmul}


class ConditionReader:
    """A condition, read once from left to right and worked out on the way."""

    def __init__(self, text: str, names: Mapping[str, Value]) -> None:
        self.tokens, self.names, self.at, self.depth = tokens(text), names, 0, 0
        self.compared = False  # whether what was read last is a comparison without brackets

    def next(self) -> str:
        """The token that comes, "" at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        """The token that comes, if it is one of these; "" if not."""
        found = self.next()
        if found not in wanted:
            return ""
        self.at += 1
        return found

    def expect(self, wanted: str) -> None:
        """Go past a token. Raises SyntaxError for another."""
        if not self.take(wanted):
            raise SyntaxError(f"{wanted!r} is missing before {self.next() or 'the end'!r}")

    def any(self) -> Value:
        """Alternatives."""
        return self.connected("|", operator.or_, self.each)

    def each(self) -> Value:
        """What must hold at once."""
        return self.connected("&", operator.and_, self.said)

    def connected(self, sign: str, connect: Callable[[Any, Any], Any], part: Callable[[], Value]) -> Value:
        """Parts between signs. Raises SyntaxError for a comparison among them that has no brackets: Python would read
        it otherwise."""
        found = part()
        while self.next() == sign:
            bare = self.compared
            self.take(sign)
            found = both(connect, found, part())
            if bare or self.compared:
                raise SyntaxError(f"a comparison beside {sign!r} stands without brackets")
        return found

    def said(self) -> Value:
        """A comparison, or a value."""
        left = self.sum()
        sign = self.take(*COMPARISONS)
        found = by_entry(COMPARISONS[sign], left, self.sum()) if sign else left
        self.compared = bool(sign)
        return found

    def sum(self) -> Value:
        """Terms added up."""
        found = self.term()
        while sign := self.take(*SUMS):
            found = SUMS[sign](found, self.term())
        return found

    def term(self) -> Value:
        """Factors multiplied."""
        found = self.sign()
        while sign := self.take(*TERMS):
            found = TERMS[sign](found, self.sign())
        return found

    def sign(self) -> Value:
        """A minus, a not, or an atom with its places."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise SyntaxError("too many brackets")
        if self.take("-"):
            found = -self.sign()
        elif self.take("~"):
            found = each(lambda entry: not truth(entry), self.sign())
        else:
            found = self.atom()
            while self.take("["):
                places = [self.place()]
                while self.take(","):
                    places.append(self.place())
                self.expect("]")
                found = found[tuple(places)]
        self.depth -= 1
        return found

    def place(self) -> int:
        """A place, counted from 0."""
        token = self.next()
        if not token.isdigit():
            raise SyntaxError(f"{token!r} is no place")
        self.at += 1
        return int(token)

    def atom(self) -> Value:
        """A number, a name, a function's value, or what stands in brackets."""
        token = self.next()
        self.at += 1
        if token == "(":
            found = self.any()
            self.expect(")")
            return found
        if token.isdigit():
            return Fraction(int(token))
        if token in FUNCTIONS and self.take("("):
            inputs = [self.any()]
            while self.take(","):
                inputs.append(self.any())
            self.expect(")")
            return FUNCTIONS[token](*inputs)
        if token not in self.names:
            raise SyntaxError(f"{token or 'the end'!r} stands for nothing")
        return self.names[token]


def both(connect: Callable[[Any, Any], Any], one: Value, other: Value) -> Value:
    """Two truth values connected."""
    return by_entry(lambda a, b: connect(truth(a), truth(b)), one, other)


def by_entry(function: Callable[[Any, Any], Any], one: Value, other: Value) -> Value:
    """A function of two values, entry by entry where one of them has entries."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.frompyfunc(function, 2, 1)(one, other)
    return function(one, other)


def tokens(text: str) -> list[str]:
    """The tokens of a condition. Raises SyntaxError for one that the grammar does not have."""
    if len(text) > LONGEST:
        raise SyntaxError(f"{len(text)} characters")
    found, end = [], 0
    while end < len(text.rstrip()):
        token = TOKEN.match(text, end)
        if token is None:
            raise SyntaxError(f"{text[end : end + 10]!r} cannot be read")
        found.append(token[0].strip())
        end = token.end()
    return found


def entered(exact: Any) -> Value:
    """A number, or nested lists of numbers, from the texts that JSON has of them. Raises ValueError for others."""
    if isinstance(exact, list):
        return np.array([entered(item) for item in exact], dtype=object)
    return Fraction(exact)


def satisfied(condition: str, exact: Mapping[str, Any]) -> bool:
    """Whether a condition is true of these numbers, by name and as JSON has them.

    Raises KeygenError for a text that the grammar does not have, a name without a number, and a text that is neither
    true nor false.
    """
    try:
        reader = ConditionReader(condition, {name: entered(value) for name, value in exact.items()})
        found = reader.any()
        if reader.next():
            raise SyntaxError(f"{reader.next()!r} stands behind the end")
        return truth(found)
    except (SyntaxError, TypeError, ValueError, IndexError, RecursionError) as error:
        raise KeygenError(
            "the condition of a witness cannot be evaluated",
            found=f"{condition[:200]}: {error}",
            repair="this is a defect of keygen or of the exercise's `answers`; please report it with the seed",
        ) from error
