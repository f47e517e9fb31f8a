"""A computation as a program in plain NumPy: a line for each variable that has a name, read off the trace."""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from keygen.engine.primitives import Reading, Shape, nobody
from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.engine.trace import Trace, is_link
from keygen.mathematics.formula import NumpyPrinter
from keygen.mathematics.number_format import Policy, digits
from keygen.mathematics.operators import Precedence
from keygen.mathematics.printer import Fragment
from keygen.mathematics.terms import Apply, Name, Term, written

WIDTH = 76
"""Characters of a line, which a page has room for."""
EXACT = Policy(decimals=12, fraction=10**9)
"""How data and coefficients are written: none of them is rounded."""

CALLS: Reading[str] = Reading(
    "the function that a program calls for it",
    {
        "identity": "np.eye({p})",
        "exp": "np.exp({0})",
        "ln": "np.log({0})",
        "sqrt": "np.sqrt({0})",
        "tanh": "np.tanh({0})",
        "sigmoid": "sigmoid({0})",
        "relu": "np.maximum({0}, 0)",
        "leaky_relu": "leaky_relu({0}, {1})",
        "elu": "elu({0}, {1})",
        "softplus": "np.log1p(np.exp({0}))",
        "step": "step({0})",
        "softmax": "softmax({0})",
        "logloss": "logloss({0}, {1})",
        "max": "np.max({0})",
        "where_max": "where_max({0})",
        "place": "place({0}, {p})",
        "repeat_to": "np.broadcast_to({0}, {p})",
        "min": "np.min({0})",
        "where_min": "where_min({0})",
        "abs": "np.abs({0})",
        "sign": "np.sign({0})",
        "floor": "np.floor({0})",
        "ceil": "np.ceil({0})",
        "round": "rounded({0})",
        "larger": "np.maximum({0}, {1})",
        "smaller": "np.minimum({0}, {1})",
        "argmax": "(np.argmax({0}, axis=-1, keepdims=True) + 1.0)",
        "sort": "np.sort({0})",
        "sorted_by": "np.take_along_axis({0}, np.argsort({1}), -1)",
        "unsorted": "np.take_along_axis({0}, np.argsort(np.argsort({1})), -1)",
    },
    needs=nobody,
)
DEFINITIONS: Reading[str] = Reading(
    "what NumPy has no function for, on a line of its own",
    {
        "sigmoid": "def sigmoid(z): return 1 / (1 + np.exp(-z))",
        "leaky_relu": "def leaky_relu(z, a): return np.where(z > 0, z, a * z)",
        "elu": "def elu(z, a): return np.where(z > 0, z, a * (np.exp(z) - 1))",
        "step": "def step(z): return np.where(z > 0, 1.0, 0.0)",
        "softmax": "def softmax(z): return np.exp(z) / np.exp(z).sum(-1, keepdims=True)",
        "logloss": "def logloss(y, p): return -y * np.log(p) - (1 - y) * np.log(1 - p)",
        "where_max": "def where_max(z): return np.where(z == z.max(), 1.0, 0.0)",
        "where_min": "def where_min(z): return np.where(z == z.min(), 1.0, 0.0)",
        "place": "def place(x, i, n): a = np.zeros(n); a[i] = x; return a",
        "round": "def rounded(z): return np.sign(z) * np.floor(np.abs(z) + 0.5)",
    },
    needs=nobody,
)
DEFINED: Mapping[str, str] = {line.removeprefix("def ").partition("(")[0]: line for line in DEFINITIONS.values()}
"""The same by the names that programs call."""
TAKEN = frozenset({"np", *DEFINED, *keyword.kwlist})


LONG = re.compile(r"-?\d{5,}")
"""A whole number whose powers are too large for 64 bits."""


@dataclass(frozen=True)
class ProgramPrinter(NumpyPrinter):
    """A term as an expression of NumPy on one line, with the variables of the program."""

    policy: Policy = field(default_factory=lambda: EXACT)
    flat: ClassVar[bool] = True

    def name(self, term: Name) -> Fragment:
        """The variable, out of the way of Python's own words."""
        return Fragment(identifier(term.name))

    def number(self, value: Fraction | Real | Surd) -> Fragment:
        """0.5, 2/3, -3, np.sqrt(10)/10: its digits, exactly; a long whole number as a float, for NumPy's own overflow
        without a word."""
        shown = digits(value, self.policy)
        level = Precedence.QUOTIENT if "/" in shown.text else Precedence.ATOM
        text = f"{shown.plain}.0" if LONG.fullmatch(shown.plain) else in_numpy(shown.plain)
        return Fragment(text, Precedence.NEGATIVE if shown.negative else level, number=True)

    def array(self, value: np.ndarray) -> Fragment:
        """np.array([[1, -2], [1/3, 4]])"""
        return Fragment(f"np.array({self.nested(value)})")

    def apply(self, term: Apply) -> Fragment:
        """A function by its name in NumPy; all else by its sign."""
        if term.primitive in CALLS:
            args = [self.term(part).text for part in term.args]
            param = "" if term.param is None else parameter(term)
            return Fragment(CALLS[term.primitive].format(*args, p=param))
        if term.primitive == "pick":
            inside = self.term(term.args[0])
            base = inside if inside.level is Precedence.ATOM else self.closed(inside)
            return Fragment(f"{base.text}[{parameter(term).strip('(,)')}]")
        if term.primitive == "sum_to":
            return Fragment(f"np.sum({self.term(term.args[0]).text}{axes(term.args[0].shape, term.shape)})")
        return super().apply(term)


def parameter(term: Apply) -> str:
    """The parameter of a primitive as arguments."""
    param: Any = term.param
    return ", ".join(map(str, param)) if term.primitive == "place" else str(param)


def axes(long: Shape, short: Shape) -> str:
    """Which axes a sum runs over, as an argument behind the first; "" where it is all of them."""
    if short == ():
        return ""
    if len(short) < len(long):
        return ", axis=0"
    summed = [axis for axis, size in enumerate(short) if size == 1 and long[axis] != 1]
    return f", axis={summed[0] if len(summed) == 1 else tuple(summed)}, keepdims=True"


def identifier(name: str) -> str:
    """A variable's name in a program."""
    return f"{name}_" if name in TAKEN else name


def in_numpy(text: str) -> str:
    """The digits of a number with NumPy's root."""
    return text.replace("sqrt(", "np.sqrt(")


def expression(term: Term) -> str:
    """A term as an expression of NumPy."""
    return ProgramPrinter().write(term).text


def data_lines(trace: Trace, values: Mapping[str, Any], needed: Iterable[str]) -> list[str]:
    """The inputs of the computation among some variables: its numbers on one line, then an array a line."""
    inputs = [variable for variable in trace.inputs if variable.name in set(needed)]
    numbers = [variable.name for variable in inputs if variable.shape == ()]
    printer = ProgramPrinter()
    lines = []
    if numbers:
        said = ", ".join(printer.number(values[name]).text for name in numbers)
        lines.append(f"{', '.join(map(identifier, numbers))} = {said}")
    arrays = [variable.name for variable in inputs if variable.shape]
    return [*lines, *(f"{identifier(name)} = {printer.array(values[name]).text}" for name in arrays)]


def computation_lines(trace: Trace, needed: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The variables with names among some, in the order of the computation, each with its line."""
    wanted = set(needed)
    for step in trace.steps:
        name = step.target.name
        if name in wanted and not is_link(name):
            yield name, f"{identifier(name)} = {expression(written(trace, name))}"


def called_in(lines: Iterable[str]) -> set[str]:
    """The functions that lines call by names of their own."""
    return set(re.findall(r"(?<![\w.])(\w+)\(", "\n".join(lines)))


def definitions(lines: Iterable[str]) -> list[str]:
    """The functions that lines call and NumPy does not have."""
    called = called_in(lines)
    return [line for name, line in DEFINED.items() if name in called]


def folded(line: str) -> list[str]:
    """A line as lines that a page has room for; what is assigned gets brackets for it."""
    if len(line) <= WIDTH:
        return [line]
    head = re.match(r"[\w, ]+ = |def \w+\(\w+\): return ", line)
    if head and not brackets_hold(line[head.end() :]):
        line = f"{head[0]}({line[head.end() :]})"
    return textwrap.wrap(
        line, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )  # fmt: skip


def brackets_hold(text: str) -> bool:
    """Whether a text is one call, in whose brackets all of its spaces stand."""
    depth = 0
    for sign in text:
        depth += (sign in "([") - (sign in ")]")
        if sign == " " and depth == 0:
            return False
    return True
