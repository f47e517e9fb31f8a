"""The sympy reading of a trace, and gradients by sympy's own differentiation: the oracle.

It never imports `backprop`: the two ways to a gradient share no rule. Importing this module imports sympy, so nothing
that must start fast does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from keygen.engine.primitives import PRIMITIVES, Reading, Shape, nobody
from keygen.engine.surd import Surd
from keygen.engine.trace import Trace
from keygen.errors import KeygenError

Expr = Any  # a sympy expression, or a numpy object array of them


def sympify(x: Any) -> Expr:
    """Numbers and nested lists to sympy: exact ones exactly, floats to 30 digits of their exact value."""
    if isinstance(x, np.ndarray | list | tuple):
        return np.frompyfunc(sympify, 1, 1)(np.array(x, dtype=object))
    if isinstance(x, Fraction):
        return sympy.Rational(x.numerator, x.denominator)
    if isinstance(x, Surd):
        return sympify(x.factor) * sympy.sqrt(x.radicand)
    return sympy.Float(x, 30) if isinstance(x, float) else sympy.sympify(x)


def kink() -> KeygenError:
    """What is wrong with a derivative where a function in two pieces is joined."""
    return KeygenError("a ReLU stands at its kink, where it has no derivative", repair="draw away from 0")


def zero(x: Expr) -> Expr:
    """0"""
    return sympy.Integer(0)


def piecewise(positive: Callable[[Expr], Expr], negative: Callable[[Expr], Expr] = zero) -> Callable[[Expr], Expr]:
    """A function in two pieces; at the kink between them a number has the left one, by convention (ReLU'(0) = 0)."""

    def rule(x: Expr) -> Expr:
        if x.is_zero and x.is_number:
            return negative(x)
        if x.is_zero:
            raise kink()
        if x.is_positive or x.is_negative:
            return positive(x) if x.is_positive else negative(x)
        return sympy.Piecewise((positive(x), x > 0), (negative(x), True))

    return rule


def each(function: Callable[..., Expr]) -> Callable[..., Expr]:
    """A function of expressions, applied to the elements at each place."""

    def mapped(*arguments: Expr) -> Expr:
        several = any(isinstance(argument, np.ndarray) for argument in arguments)
        return np.frompyfunc(function, len(arguments), 1)(*arguments) if several else function(*arguments)

    return mapped


def softmax(x: Expr) -> Expr:
    """e^x / sum of e^x along the last axis"""
    grown = each(sympy.exp)(x)
    return grown / np.sum(grown, axis=-1, keepdims=True)


def logloss(y: Expr, p: Expr) -> Expr:
    """-(y ln p + (1 - y) ln(1 - p))"""
    log = each(sympy.log)
    return -(y * log(p) + (1 - y) * log(1 - p))


def largest(x: Expr) -> Expr:
    """The largest element."""
    return sympy.Max(*np.asarray(x).flat)


def smallest(x: Expr) -> Expr:
    """The smallest element."""
    return sympy.Min(*np.asarray(x).flat)


def nearest_whole(x: Expr) -> Expr:
    """The nearest whole number, half away from zero."""
    return sympy.sign(x) * sympy.floor(sympy.Abs(x) + sympy.Rational(1, 2))


def indicator(relation: Callable[[Expr, Expr], Any]) -> Callable[[Expr, Expr], Expr]:
    """1 where a relation holds of two numbers, 0 elsewhere, element by element."""

    def rule(a: Expr, b: Expr) -> Expr:
        return sympy.Piecewise((1, relation(a, b)), (0, True))

    return each(rule)


def argmax(x: Expr) -> Expr:
    """The place of the largest of each row, counted from 1."""
    if x.ndim > 1:
        return np.array([[argmax(row)] for row in x], dtype=object)
    top = largest(x)
    return sum(place * indicator(sympy.Eq)(entry, top) for place, entry in enumerate(x, start=1))


def order_of(row: Expr) -> list[int]:
    """The places of a row's numbers from the smallest to the largest."""
    return sorted(range(len(row)), key=lambda place: row[place])


def sorted_by(h: Expr, x: Expr) -> Expr:
    """The elements of h in the order that sorts x, row by row."""
    if x.ndim > 1:
        return np.array([sorted_by(*rows) for rows in zip(h, x, strict=True)], dtype=object)
    return h[order_of(x)]


def unsorted(g: Expr, x: Expr) -> Expr:
    """The elements of g put where sorting takes those of x from, row by row."""
    if x.ndim > 1:
        return np.array([unsorted(*rows) for rows in zip(g, x, strict=True)], dtype=object)
    return g[[order_of(x).index(place) for place in range(len(x))]]


def sum_to(x: Expr, shape: Shape) -> Expr:
    """The sum over whatever `shape` lacks or has as 1."""
    array = np.asarray(x, dtype=object)
    padded = (1,) * (array.ndim - len(shape)) + shape
    for axis, size in enumerate(padded):
        if size == 1:
            array = array.sum(axis=axis, keepdims=True)
    return array.reshape(shape) if shape else array.item()


def place_entry(x: Expr, param: tuple[Shape, Shape]) -> Expr:
    """x at one place, zero elsewhere"""
    array = np.full(param[1], sympy.Integer(0), dtype=object)
    array[param[0]] = x
    return array


def named(x: Expr, param: tuple[str, int]) -> Expr:
    """A function known by name only, or one of its derivatives."""
    name, order = param
    slot = sympy.Dummy("u")

    def at(value: Expr) -> Expr:
        function = sympy.Function(name)
        return sympy.Subs(function(slot).diff(slot, order), slot, value).doit() if order else function(value)

    return each(at)(x)


RULES: Reading[Callable[..., Expr]] = Reading(
    "the value in sympy",
    {
        "constant": sympify,
        "identity": lambda n: sympify(np.eye(n, dtype=int).tolist()),
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "copy": lambda x: x,
        "neg": lambda x: -x,
        "scale": lambda x, c: sympify(c) * x,
        "power": lambda x, n: x**n,
        "square": lambda x: x**2,
        "matmul": lambda a, b: a.dot(b),
        "transpose": lambda x: x.T,
        "exp": each(sympy.exp),
        "ln": each(sympy.log),
        "sqrt": each(sympy.sqrt),
        "sigmoid": each(lambda x: 1 / (1 + sympy.exp(-x))),
        "tanh": each(sympy.tanh),
        "relu": each(piecewise(lambda x: x)),
        "leaky_relu": lambda x, alpha: each(piecewise(lambda e: e, lambda e: alpha * e))(x),
        "elu": lambda x, alpha: each(piecewise(lambda e: e, lambda e: alpha * (sympy.exp(e) - 1)))(x),
        "softplus": each(lambda x: sympy.log(1 + sympy.exp(x))),
        "step": each(piecewise(lambda x: sympy.Integer(1))),
        "softmax": softmax,
        "logloss": logloss,
        "max": largest,
        "where_max": lambda x: indicator(sympy.Eq)(x, largest(x)),
        "min": smallest,
        "where_min": lambda x: indicator(sympy.Eq)(x, smallest(x)),
        "abs": each(sympy.Abs),
        "sign": each(sympy.sign),
        "floor": each(sympy.floor),
        "ceil": each(sympy.ceiling),
        "round": each(nearest_whole),
        "larger": each(sympy.Max),
        "smaller": each(sympy.Min),
        "greater": indicator(sympy.Gt),
        "at_least": indicator(sympy.Ge),
        "matches": indicator(sympy.Eq),
        "argmax": argmax,
        "sort": lambda x: sorted_by(x, x),
        "sorted_by": sorted_by,
        "unsorted": unsorted,
        "apply": named,
        "pick": lambda x, place: x[place],
        "place": place_entry,
        "sum_to": sum_to,
        "repeat_to": lambda x, shape: np.broadcast_to(np.asarray(x, dtype=object), shape),
    },
    takes=lambda primitive: primitive.arguments,
)


ORDERED: Reading[Callable[..., Expr]] = Reading(
    "the value in the order of the numbers that it is near to, which come last",
    {
        "sort": lambda x, near: sorted_by(x, near),
        "sorted_by": lambda h, x, own, near: sorted_by(h, near),
        "unsorted": lambda g, x, own, near: unsorted(g, near),
    },
    needs=nobody,
)


def piece(rule: Callable[..., Expr], x: Expr, value: Any, *rest: Expr) -> Expr:
    """The piece of a function in two pieces that holds about an argument of this value; KeygenError at the kink, where
    a symbol that moves the argument has no derivative."""
    if value == 0 and x.free_symbols:
        raise kink()
    if value == 0:
        return rule(x, *rest)
    side = sympy.Dummy(positive=True) if value > 0 else sympy.Dummy(negative=True)
    return sympy.sympify(rule(side, *rest)).subs(side, x)


def evaluate(trace: Trace, given: Mapping[str, Any], near: Mapping[str, Any] | None = None) -> dict[str, Expr]:
    """Every name's sympy value; inputs may be numbers, sympy expressions, or nested lists and arrays of both.

    Where `near` has the value of a variable, a function in two pieces has the piece of that value: sympy cannot put
    one function in pieces into the condition of another. What is constant wherever it has a derivative has its value
    there, and what is sorted has its order there.
    """
    values = {variable.name: sympify(given[variable.name]) for variable in trace.inputs}
    for step in trace.steps:
        inputs = [values[name] for name in step.inputs]
        rule: Callable[..., Expr] = RULES[step.primitive]
        if near is not None and PRIMITIVES[step.primitive].kinked and step.inputs[0] in near:
            first, *rest = inputs
            chosen = np.frompyfunc(lambda x, value, rule=rule, rest=rest: piece(rule, x, value, *rest), 2, 1)
            values[step.target.name] = chosen(first, near[step.inputs[0]])
        elif near is not None and PRIMITIVES[step.primitive].flat and step.target.name in near:
            values[step.target.name] = sympify(near[step.target.name])
        elif near is not None and step.primitive in ORDERED and not near.keys().isdisjoint(step.inputs):
            values[step.target.name] = ORDERED[step.primitive](*inputs, *[near[name] for name in step.inputs])
        else:
            values[step.target.name] = rule(*inputs, *(() if step.param is None else (step.param,)))
    return values


def gradient(trace: Trace, of: str, by: str, values: Mapping[str, Any], weight: Any = Fraction(1)) -> Expr:
    """The derivative of the number `of` by `by` at these values, by sympy, one entry at a time: differentiate by it,
    then put its number in. All other entries, and what is computed from them alone, are numbers from the start, so that
    expressions stay small. With a `weight` of the shape of `of` it is that of the sum of weight times `of`.
    """
    moving = trace.depending([by])
    still = [name for name in trace.needs([of]) if name in trace.defining and name not in moving]
    part = trace.cut_at([by, *still], [of])
    point = np.asarray(sympify(values[by]), dtype=object)
    slopes = np.empty(point.shape, dtype=object)
    symbol = sympy.Symbol(by, real=True)
    for place in np.ndindex(*point.shape):
        moved = point.copy()
        moved[place] = symbol
        loss = np.sum(sympify(weight) * evaluate(part, {**values, by: moved[()]}, near=values)[of])
        slopes[place] = sympy.sympify(loss).diff(symbol).subs(symbol, point[place])
    return slopes[()]
