"""A trace in Maxima, entry by entry: what follows from numbers that somebody typed, as STACK works it out.

An error in a tree's assignments costs the whole tree, even if the answer itself is right, and somebody may type a 0 by
which one divides later, a probability of 0, or 1000 for a logit. So whatever Maxima could refuse is a function of
`GUARDED`, which has a value, far from any answer, there too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from keygen.engine.domains import Domain, Value, elementwise
from keygen.engine.evaluate import bound
from keygen.engine.primitives import PRIMITIVES, Reading, elementary, nobody
from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.engine.trace import Step, Trace
from keygen.export.typed_number import decimal_text
from keygen.mathematics.number_format import rounded

FIGURES = 17
"""Significant digits of a number that is not rational: as many as a double has."""
Number = Fraction | Real | Surd
CONSTANT = re.compile(r"\(?-?[0-9.]+(?:e-?[0-9]+)?(?:/[0-9]+)?\)?")
"""A number, as `entered` writes it."""
GUARDED = (
    "kgover(a,b):=if is(abs(float(b))<1.0e-60) then 1.0e60 else a/b;",
    "kgexp(x):=if is(float(x)>100.0) then 1.0e60 else exp(x);",
    "kglog(x):=if is(float(x)>0.0) then log(x) else -1.0e60;",
    "kgroot(x):=if is(float(x)<0.0) then 1.0e60 else sqrt(x);",
)
"""Division, exp, log and the square root of whatever may be typed."""


@dataclass(frozen=True, slots=True)
class MaximaTerm:
    """An expression of Maxima, closed: it may stand anywhere. Adding 0 and multiplying by 0 or 1 write nothing."""

    text: str

    def __neg__(self) -> MaximaTerm:
        return self if self.text == "0" else MaximaTerm(f"(-{self.text})")

    def __add__(self, other: Any) -> Any:
        return operated(sum_of, self, other)

    def __radd__(self, other: Any) -> Any:
        return operated(sum_of, other, self)

    def __sub__(self, other: Any) -> Any:
        return operated(difference_of, self, other)

    def __rsub__(self, other: Any) -> Any:
        return operated(difference_of, other, self)

    def __mul__(self, other: Any) -> Any:
        return operated(product_of, self, other)

    def __rmul__(self, other: Any) -> Any:
        return operated(product_of, other, self)

    def __truediv__(self, other: Any) -> Any:
        return operated(quotient_of, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return operated(quotient_of, other, self)

    def __pow__(self, power: int) -> MaximaTerm:
        raised = MaximaTerm(f"({self.text}^{abs(power)})")
        return raised if power >= 0 else quotient_of(MaximaTerm("1"), raised)


def operated(operation: Callable[[MaximaTerm, MaximaTerm], MaximaTerm], a: Any, b: Any) -> Any:
    """An operation on numbers; of an array NumPy makes one of its entries."""
    return (
        NotImplemented if isinstance(a, np.ndarray) or isinstance(b, np.ndarray) else operation(entered(a), entered(b))
    )


def difference_of(a: MaximaTerm, b: MaximaTerm) -> MaximaTerm:
    """a - b"""
    return a if b.text == "0" else -b if a.text == "0" else MaximaTerm(f"({a.text}-{b.text})")


def quotient_of(a: MaximaTerm, b: MaximaTerm) -> MaximaTerm:
    """a / b, guarded unless b is a number."""
    if b.text == "1":
        return a
    return MaximaTerm(f"({a.text}/{b.text})" if CONSTANT.fullmatch(b.text) else f"kgover({a.text},{b.text})")


def sum_of(a: MaximaTerm, b: MaximaTerm) -> MaximaTerm:
    """a + b"""
    return b if a.text == "0" else a if b.text == "0" else MaximaTerm(f"({a.text}+{b.text})")


def product_of(a: MaximaTerm, b: MaximaTerm) -> MaximaTerm:
    """a b"""
    if "0" in (a.text, b.text):
        return MaximaTerm("0")
    return b if a.text == "1" else a if b.text == "1" else MaximaTerm(f"({a.text}*{b.text})")


def entered(number: Any) -> MaximaTerm:
    """A number as Maxima has it: a fraction exactly, any other as the nearest decimal of 17 digits."""
    if isinstance(number, MaximaTerm):
        return number
    if isinstance(number, int | Fraction):
        text = str(Fraction(number))
        return MaximaTerm(text if text.isdigit() else f"({text})")
    text = decimal_text(rounded(number, FIGURES))
    return MaximaTerm(f"({text})" if text.startswith("-") else text)


def enter(data: Any) -> Value:
    """Numbers, or arrays of them, in Maxima."""
    return np.frompyfunc(entered, 1, 1)(data) if isinstance(data, np.ndarray) else entered(data)


def called(name: str) -> Callable[[Value], Value]:
    """A function by Maxima's name, or by ours for what it has none for."""
    return elementwise(lambda x: MaximaTerm(name.format(x.text)))


MAXIMA = Domain(
    "maxima",
    enter,
    (MaximaTerm,),
    Reading(
        "its function in Maxima",
        {
            "exp": called("kgexp({0})"),
            "ln": called("kglog({0})"),
            "sqrt": called("kgroot({0})"),
            "sigmoid": called("(1/(1+kgexp(-{0})))"),
            "tanh": called("tanh({0})"),
            "relu": called("max(0,{0})"),
            "step": called("kgstep({0})"),
            "floor": called("floor({0})"),
        },
        needs=elementary,
    ),
    np.max,
    np.frompyfunc(lambda x, a, b: MaximaTerm(f"(kgstep({x.text})*{a.text}+(1-kgstep({x.text}))*{b.text})"), 3, 1),
)


def softmax(x: Value) -> Value:
    """e^x / sum of them, along the last axis."""
    grown = MAXIMA.functions["exp"](x)
    return grown / np.sum(grown, axis=-1, keepdims=True)


RULES: Reading[Callable[..., Value]] = Reading(
    "its rule for terms, where that of numbers compares entries",
    {"matmul": lambda a, b: a @ b, "softmax": softmax},
    needs=nobody,
)


def can_say(step: Step) -> bool:
    """Whether Maxima can work a step out from numbers that nobody knows yet: it compares none of them."""
    primitive = PRIMITIVES[step.primitive]
    return step.primitive != "apply" and (not primitive.decides or primitive.elementary or primitive.kinked)


class Follower:
    """Works out variables of a trace from others that somebody typed; `typed` has their entries as terms. Everything
    that does not depend on them has its right value. `lines` are the assignments, each to a new name."""

    def __init__(self, trace: Trace, values: Mapping[str, Any], typed: Mapping[str, Value], prefix: str) -> None:
        self.trace, self.values, self.prefix = trace, values, prefix
        self.known: dict[str, Value] = dict(typed)
        self.moved = trace.depending(typed)
        self.lines: list[str] = []

    def __getitem__(self, name: str) -> Value:
        """A variable. Raises LookupError where a step before it is none that Maxima can say."""
        if name in self.known:
            return self.known[name]
        if name not in self.moved:
            return enter(self.values[name])
        step = self.trace.defining[name]
        if not can_say(step):
            raise LookupError(name)
        inputs = [self[source] for source in step.inputs]
        rule = RULES.get(step.primitive) or bound(step, MAXIMA, {})
        self.known[name] = self.assigned(rule(*inputs))
        return self.known[name]

    def assigned(self, value: Value) -> Value:
        """A value whose entries have names of their own, where they are more than a name or a number."""
        if isinstance(value, np.ndarray):
            return np.frompyfunc(self.named, 1, 1)(value)
        return self.named(value)

    def named(self, term: Any) -> MaximaTerm:
        """The name of an expression."""
        found = entered(term)
        if not found.text.startswith("(") and "(" not in found.text:
            return found
        name = f"{self.prefix}{len(self.lines) + 1}"
        self.lines.append(f"{name}:{found.text};")
        return MaximaTerm(name)


def flat(values: Iterator[Any]) -> str:
    """A list of Maxima."""
    return f"[{','.join(entered(one).text for one in values)}]"
