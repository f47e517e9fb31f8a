r"""TeX read as a strict person reads it: by another grammar than the one it was written by.

    sum      ::=  ["-"] term (("+" | "-") term)*
    term     ::=  product  |  factor (\odot factor)+
    product  ::=  factor ((\cdot | \, | nearness) factor)*
    factor   ::=  base (^\top | ^{n} | ^{\odot n} | _index)*

A product of two arrays is a product of matrices, and has to mean the same however it is bracketed; of an array and a
number, every entry times the number. The power of a matrix is a product of matrices. ln and a sum reach to the end of
their product. Functions, fractions, sums and differences go entry by entry. Whatever could be read in two ways raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product as pairs
from typing import Any, NoReturn

import numpy as np

ROWS, COLUMNS = 0, 1
Env = Mapping[str, int]


class MisreadError(Exception):
    """The text has no meaning, or two."""


@dataclass(frozen=True)
class Value:
    """A number, a list or a matrix; along the axes in `free` it is repeated as often as its neighbours need."""

    array: np.ndarray
    free: frozenset[int] = frozenset()

    @property
    def number(self) -> bool:
        return self.array.size == 1 and not self.free


Node = Callable[[Env], Value]


ONES = Value(np.ones((1, 1)), frozenset({ROWS}))  # a column


def number(x: float) -> Value:
    return Value(np.array(float(x)))


def entrywise(function: Callable[..., Any], *values: Value) -> Value:
    """A function of the entries at the same place; numbers and single rows or columns are repeated."""
    arrays = [value.array for value in values]
    if any(array.ndim == 1 and array.size > 1 for array in arrays):  # among lists, what is repeated is a list too
        arrays = [value.array.ravel() if value.free and value.array.size == 1 else value.array for value in values]
        return Value(np.asarray(function(*arrays)))
    extended = [value for value in values if not value.number]
    free = frozenset.intersection(*(value.free for value in extended)) if extended else frozenset()
    return Value(np.asarray(function(*arrays)), free)


def times(left: Value, right: Value) -> Value:
    """A number times anything, or two matrices."""
    for one, other in ((left, right), (right, left)):
        if one.number:
            return Value(one.array.reshape(()) * other.array, other.free)
    a, b = left.array, right.array
    if ROWS in left.free and b.ndim == 1:  # a list under ones is a row
        b = b.reshape(1, -1)
    if a.ndim != 2 or b.ndim != 2:
        raise MisreadError("a product of lists")
    free = (left.free & {ROWS}) | (right.free & {COLUMNS})
    if COLUMNS in left.free and ROWS in right.free:
        raise MisreadError("a product over an unknown length")
    if COLUMNS in left.free:
        return Value(a * b.sum(axis=ROWS, keepdims=True), free)
    if ROWS in right.free:
        return Value(a.sum(axis=COLUMNS, keepdims=True) * b, free)
    if a.shape[COLUMNS] != b.shape[ROWS]:
        raise MisreadError(f"a product of {a.shape} and {b.shape}")
    return Value(a @ b, free)


def multiplied(factors: list[Value]) -> Value:
    """A product, which must be the same from the left and from the right."""
    left, right = factors[0], factors[-1]
    for factor in factors[1:]:
        left = times(left, factor)
    for factor in reversed(factors[:-1]):
        right = times(factor, right)
    if not np.allclose(left.array, right.array):
        raise MisreadError("a product that depends on its brackets")
    return left


def transposed(value: Value) -> Value:
    return Value(value.array.T, frozenset(1 - axis for axis in value.free))


def powered(base: Value, n: int) -> Value:
    """x^n of numbers and lists; a power of a matrix is a product."""
    if base.array.size == 1 or base.array.ndim == 1:
        return entrywise(lambda x: x ** float(n), base)
    if base.array.shape[0] != base.array.shape[1] or base.free:
        raise MisreadError("a power of a matrix that is not square")
    return Value(np.linalg.matrix_power(base.array, n))


def softmax(x: np.ndarray) -> np.ndarray:
    grown = np.exp(x - np.max(x))
    return grown / np.sum(grown, axis=-1, keepdims=True)


FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    r"\sigma": lambda x: 1 / (1 + np.exp(-x)),
    r"\tanh": np.tanh,
    r"\mathrm{softmax}": softmax,
    r"\mathrm{softplus}": lambda x: np.log(1 + np.exp(x)),
}
SLANTED: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    r"\mathrm{LeakyReLU}": lambda x, a: np.where(x > 0, x, a * x),
    r"\mathrm{ELU}": lambda x, a: np.where(x > 0, x, a * (np.exp(np.minimum(x, 0)) - 1)),
}
DIGITS = re.compile(r"\d+(?:(?:\.|\{,\})\d+)?")
SIZES = re.compile(r"\\(?:left|right|[bB]igg?[lr])(?=[()\[\]])")
LINED = re.compile(r"e\^\{(-?)([^{}/]+)/([^{}/]+)\}")  # a fraction on one line, in an exponent only
PLAIN_FRACTION = re.compile(r"\\frac\{[\d.{},]+\}\{[\d.{},]+\}")
GREEDY = (r"\ln", r"\sum")


class Reader:
    """One text, read from the left; `names` gives the TeX of each variable its value, `functions` that of each f,
    `around` the shape of the arrays that units e_i stand among."""

    def __init__(
        self,
        text: str,
        names: Mapping[str, Any],
        functions: Mapping[str, Callable[[Any], Any]],
        around: tuple[int, ...] | None = None,
    ) -> None:
        self.around = around
        self.text = LINED.sub(r"e^{\1\\frac{\2}{\3}}", SIZES.sub("", text))
        self.at = 0
        self.names = {name: np.asarray(value, dtype=float) for name, value in names.items()}
        self.functions = dict(functions)
        self.lengths: dict[str, int] = {}

    def read(self) -> Value:
        node = self.sum()
        if self.rest():
            raise MisreadError(f"what is {self.rest()!r}?")
        return node({})

    # The text

    def rest(self) -> str:
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1
        return self.text[self.at :]

    def sees(self, *options: str) -> bool:
        return self.rest().startswith(options)

    def take(self, *options: str) -> str:
        """The first option that comes next, "" if none does."""
        rest = self.rest()
        for option in options:
            if rest.startswith(option):
                self.at += len(option)
                return option
        return ""

    def expect(self, *options: str) -> str:
        taken = self.take(*options)
        if not taken:
            self.fail(f"expected {' or '.join(options)}")
        return taken

    def fail(self, what: str) -> NoReturn:
        raise MisreadError(f"{what} at {self.rest()!r} of {self.text!r}")

    def braced(self) -> str:
        """The text in the braces that come next."""
        self.expect("{")
        start, depth = self.at, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.text[self.at], 0)
            self.at += 1
        return self.text[start : self.at - 1]

    def group(self) -> Node:
        self.expect("{")
        node = self.sum()
        self.expect("}")
        return node

    def bracket(self) -> Node:
        self.expect("(")
        node = self.sum()
        self.expect(")")
        return node

    # The grammar

    def sum(self) -> Node:
        negative = bool(self.take("-"))
        first = self.term()
        terms = [(-1 if negative else 1, first)]
        while sign := self.take("+", "-"):
            terms.append((1 if sign == "+" else -1, self.term()))

        def value(env: Env) -> Value:
            total: Value | None = None
            for sign, term in terms:
                one = entrywise(lambda x, sign=sign: sign * x, term(env))
                total = one if total is None else entrywise(np.add, total, one)
            assert total is not None
            return total

        return value

    def term(self) -> Node:
        if self.sees("-", "+"):
            self.fail("two signs in a row")
        greedy = self.sees(*GREEDY) and not self.own_sign()
        factors = self.product()
        if not self.sees(r"\odot"):
            return lambda env: multiplied([factor(env) for factor in factors])
        if len(factors) > 1 or greedy:
            self.fail("a product beside an entrywise one")
        operands = factors
        while self.take(r"\odot"):
            if self.sees(*GREEDY):
                operands.append(self.whole_product())
                break
            operands.append(self.factor())
            if self.starts():
                self.fail("a product beside an entrywise one")

        def value(env: Env) -> Value:
            total = operands[0](env)
            for operand in operands[1:]:
                total = entrywise(np.multiply, total, operand(env))
            return total

        return value

    def whole_product(self) -> Node:
        factors = self.product()
        return lambda env: multiplied([factor(env) for factor in factors])

    def starts(self) -> bool:
        """Whether another factor comes next, with or without a sign of multiplication."""
        return bool(self.rest()) and not self.sees(
            "+", "-", ")", "}", "]", ",", ";", "&", r"\\", r"\odot", ">", "=", r"\end"
        )

    def product(self) -> list[Node]:
        factors: list[Node] = []
        before = ""
        while True:
            if not self.own_sign() and self.take(GREEDY[0]):
                factors.append(self.logarithm())
                return factors
            if self.sees(GREEDY[1]):
                factors.append(self.summation())
                return factors
            start = self.at
            factors.append(self.factor())
            before = self.text[start : self.at].strip()
            if not self.starts():
                return factors
            sign = self.take(r"\cdot", r"\,")
            self.check_nearness(before, sign)

    def check_nearness(self, before: str, sign: str) -> None:
        """What may follow a factor without a dot."""
        numeric = DIGITS.match(self.rest()) is not None
        plain = PLAIN_FRACTION.match(self.rest()) is not None
        if sign != r"\cdot" and numeric:
            self.fail("a number right behind a factor")
        if sign != r"\cdot" and plain and DIGITS.fullmatch(before):
            self.fail("a mixed number")
        if not sign and self.sees("("):
            self.fail("a factor that looks like a function")
        if not sign and not (self.name_ahead() or self.sees(r"\sqrt", "e")):
            self.fail("two factors without a sign")

    def logarithm(self) -> Node:
        argument = self.whole_product()
        return lambda env: entrywise(np.log, argument(env))

    def summation(self) -> Node:
        self.expect(r"\sum_")
        letters = self.braced().split(",")
        outer = dict(self.lengths)
        self.lengths = {}
        factors = self.product()
        lengths = {letter: self.lengths.get(letter) for letter in letters}
        self.lengths = outer
        if None in lengths.values():
            self.fail(f"nothing is counted by one of {letters}")

        def value(env: Env) -> Value:
            total = 0.0
            for places in pairs(*(range(lengths[letter] or 0) for letter in letters)):
                entry = multiplied([factor({**env, **dict(zip(letters, places, strict=True))}) for factor in factors])
                if not entry.number:
                    raise MisreadError("a sum of what is no number")
                total += float(entry.array.item())
            return number(total)

        return value

    def factor(self) -> Node:
        start = self.at
        node = self.base()
        base = self.text[start : self.at].strip()
        scripts = {script for script in "^_" if script in base and (base in self.names or base.startswith("e^"))}
        while script := self.take("^", "_"):
            if script in scripts:
                self.fail("a second script")  # TeX itself refuses it
            scripts.add(script)
            node = self.superscript(node) if script == "^" else self.subscript(node)
        return node

    def superscript(self, base: Node) -> Node:
        if self.take(r"\top"):
            return lambda env: transposed(base(env))
        inside = self.braced()
        if inside.startswith(r"\odot"):
            n = int(inside.removeprefix(r"\odot"))
            return lambda env: entrywise(lambda x: x ** float(n), base(env))
        return lambda env: powered(base(env), int(inside))

    def subscript(self, base: Node) -> Node:
        index = self.braced() if self.sees("{") else self.expect("i", "j", *map(str, range(1, 10)))
        if all(part.isdigit() for part in index.split(",")):
            return self.picked(base, [int(part) - 1 for part in index.split(",")])
        whole = self.whole(base)
        shape = whole.array.shape
        axes = [axis for axis, size in enumerate(shape) if size > 1 or axis in whole.free]
        if len(axes) != len(index):
            self.fail(f"{index} indices of shape {shape}")
        for axis, letter in zip(axes, index, strict=True):
            if axis not in whole.free and self.lengths.setdefault(letter, shape[axis]) != shape[axis]:
                self.fail(f"{letter} counts two lengths")

        def value(env: Env) -> Value:
            place = [0] * len(shape)
            for axis, letter in zip(axes, index, strict=True):
                place[axis] = 0 if axis in whole.free else env[letter]
            return number(base(env).array[tuple(place)])

        return value

    def picked(self, base: Node, several: list[int]) -> Node:
        shape = self.whole(base).array.shape
        axes = [axis for axis, size in enumerate(shape) if size > 1]
        place = [0] * len(shape)
        for axis, at in zip(axes, several if axes else [], strict=True):
            place[axis] = at
        return lambda env: number(base(env).array[tuple(place)])

    def whole(self, base: Node) -> Value:
        """What the index picks an entry of."""
        try:
            return base({})
        except KeyError:
            raise MisreadError("an index of an index") from None

    # The leaves

    def name_ahead(self) -> str:
        """The longest name that comes next."""
        rest = self.rest()
        return max((name for name in self.names if rest.startswith(name)), key=len, default="")

    def own_sign(self) -> str:
        """A variable's own sign that looks like a formula, such as softmax(z)_1 or ln f(0)."""
        name = self.name_ahead()
        return name if "(" in name else ""

    def base(self) -> Node:
        if found := DIGITS.match(self.rest()):
            self.at += found.end()
            return constant(number(float(found[0].replace("{,}", "."))))
        if name := self.own_sign():
            self.take(name)
            return constant(Value(self.names[name]))
        for sign, function in FUNCTIONS.items():
            if self.take(sign):
                return applied(function, self.bracket())
        for sign, slanted in SLANTED.items():
            if self.take(sign):
                self.expect("_")
                slope = self.group()
                x = self.bracket()
                return lambda env: entrywise(slanted, x(env), slope(env))
        for name in sorted(self.functions, key=len, reverse=True):
            if self.rest().startswith(f"{name}("):
                self.take(name)
                return applied(self.functions[name], self.bracket())
        if self.take(r"\ell("):
            y = self.sum()
            self.expect(r",\ ")
            p = self.sum()
            self.expect(")")
            return lambda env: entrywise(lambda a, b: -(a * np.log(b) + (1 - a) * np.log(1 - b)), y(env), p(env))
        if self.take(r"\max("):
            return self.maximum()
        if self.take("["):
            return self.condition()
        if self.take("e^"):
            return applied(np.exp, self.group())
        if self.take(r"\sqrt"):
            return applied(np.sqrt, self.group())
        if self.take(r"\mathbf{1}"):
            return constant(ONES)
        if self.take(r"\mathbf{e}_"):
            return constant(self.unit([int(place) - 1 for place in self.braced().split(",")]))
        if name := self.name_ahead():
            self.take(name)
            if self.sees("("):
                self.fail("a variable that looks like a function")
            return constant(Value(self.names[name]))
        if self.take("e"):
            return constant(number(np.e))
        if self.take(r"\frac"):
            top, bottom = self.group(), self.group()
            return lambda env: entrywise(np.divide, top(env), bottom(env))
        if self.take(r"\begin{pmatrix}"):
            return self.matrix()
        if self.take(r"\kgmark"):  # a box brackets what stands in it
            self.braced()
            return self.group()
        if not self.take("("):
            self.fail("no factor")
        return self.list_or_bracket()

    def unit(self, several: list[int]) -> Value:
        """1 in one place of an array whose shape the text does not say."""
        if self.around is None:
            self.fail("a unit of unknown shape")
        array = np.zeros(self.around or ())
        axes = [axis for axis, size in enumerate(array.shape) if size > 1]
        place = [0] * array.ndim
        for axis, at in zip(axes, several if axes else [], strict=True):
            place[axis] = at
        array[tuple(place)] = 1
        return Value(array)

    def maximum(self) -> Node:
        zero = self.take(r"0,\ ")
        x = self.sum()
        self.expect(")")
        if zero:
            return applied(lambda a: np.maximum(a, 0), x)
        return lambda env: number(float(np.max(x(env).array)))

    def condition(self) -> Node:
        x = self.sum()
        if self.take("> 0]"):
            return applied(lambda a: np.where(a > 0, 1.0, 0.0), x)
        self.expect(r"= \max]")
        return applied(lambda a: np.where(a == np.max(a), 1.0, 0.0), x)

    def matrix(self) -> Node:
        rows = [[self.sum()]]
        while sign := self.take("&", r"\\"):
            if sign == "&":
                rows[-1].append(self.sum())
            else:
                rows.append([self.sum()])
        self.expect(r"\end{pmatrix}")
        return lambda env: Value(np.array([[float(entry(env).array.item()) for entry in row] for row in rows]))

    def list_or_bracket(self) -> Node:
        items = [self.sum()]
        while self.take(r",\ ", r";\ "):
            items.append(self.sum())
        self.expect(")")
        if len(items) == 1:
            return items[0]
        return lambda env: Value(np.array([float(item(env).array.item()) for item in items]))


def constant(value: Value) -> Node:
    return lambda env: value


def applied(function: Callable[..., Any], argument: Node) -> Node:
    return lambda env: entrywise(function, argument(env))


def value_of(
    text: str,
    names: Mapping[str, Any],
    shape: Iterable[int],
    functions: Mapping[str, Callable[[Any], Any]] | None = None,
    around: tuple[int, ...] | None = None,
) -> np.ndarray:
    """The value that a strict reader gives the text, repeated to the shape where ones stand for every length."""
    found = Reader(text, names, functions or {}, around).read()
    array, shape = found.array, tuple(shape)
    if array.size == 1 and int(np.prod(shape)) == 1:
        return array.reshape(shape)
    if len(shape) == 1 and array.ndim == 2 and 1 in array.shape:  # a row or a column in the place of a list
        array = array.ravel()
    if array.ndim == 1 and shape == (1, array.size):  # a list that was written out once is a row
        array = array.reshape(shape)
    if found.free:
        return np.broadcast_to(array, shape)
    if array.shape != shape:
        raise MisreadError(f"a value of shape {array.shape} in the place of {shape}")
    return array
