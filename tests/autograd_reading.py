"""A trace read by HIPS autograd: another reading of the primitives, and gradients by another library's rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np

from keygen.engine.primitives import Reading
from keygen.engine.trace import Trace


def spread(x: Any) -> Any:
    """e^x over the sum of its row"""
    grown = anp.exp(x)
    return grown / anp.sum(grown, axis=-1, keepdims=True)


def summed(x: Any, shape: tuple[int, ...]) -> Any:
    """The sum of each group of entries that one entry of `shape` would be repeated to."""
    size = np.shape(x)
    groups = np.broadcast_to(np.arange(int(np.prod(shape))).reshape(shape), size).ravel()
    flat = anp.reshape(x, (-1,))
    sums = [anp.sum(flat[np.flatnonzero(groups == group)]) for group in range(int(np.prod(shape)))]
    return anp.reshape(anp.array(sums), shape) if shape else sums[0]


def placed(x: Any, param: tuple[tuple[int, ...], tuple[int, ...]]) -> Any:
    """x times the array that is 1 at the place and 0 elsewhere"""
    basis = np.zeros(param[1])
    basis[param[0]] = 1
    return x * basis


def by_rows(rule: Callable[..., Any], *arrays: Any) -> Any:
    """A rule of rows, along the last axis."""
    return anp.array([rule(*rows) for rows in zip(*arrays, strict=True)]) if np.ndim(arrays[0]) > 1 else rule(*arrays)


def plain(x: Any) -> Any:
    """The numbers behind autograd's boxes."""
    while hasattr(x, "_value"):
        x = x._value
    return np.asarray(x, dtype=float)


def ordered(h: Any, x: Any) -> Any:
    """h in the order that sorts x"""
    return by_rows(lambda own, row: own[np.argsort(plain(row), kind="stable")], h, x)


def back(g: Any, x: Any) -> Any:
    """g in the places from which sorting takes x"""
    return by_rows(lambda own, row: own[np.argsort(np.argsort(plain(row), kind="stable"))], g, x)


def largest_at(x: Any) -> Any:
    """The place of the largest of each row, from 1"""
    found = np.argmax(plain(x), axis=-1) + 1.0
    return found[:, None] if np.ndim(x) > 1 else found


def whole(rule: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A rule of numbers that nothing flows through"""
    return lambda *x: rule(*map(plain, x))


FUNCTIONS = {
    ("f", 0): lambda x: anp.sin(1.3 * x) + 0.4 * x * x,
    ("f", 1): lambda x: 1.3 * anp.cos(1.3 * x) + 0.8 * x,
}

READING: Reading[Callable[..., Any]] = Reading(
    "the value in autograd",
    {
        "constant": lambda c: c,
        "identity": lambda n: anp.eye(n),
        "add": anp.add,
        "sub": anp.subtract,
        "mul": anp.multiply,
        "div": anp.divide,
        "copy": lambda x: x,
        "neg": anp.negative,
        "scale": lambda x, c: c * x,
        "power": lambda x, n: anp.power(x, float(n)) if n > 0 else 1 / anp.power(x, float(-n)),
        "square": lambda x: x**2,
        "matmul": anp.dot,
        "transpose": anp.transpose,
        "exp": anp.exp,
        "ln": anp.log,
        "sqrt": anp.sqrt,
        "sigmoid": lambda x: 1 / (1 + anp.exp(-x)),
        "tanh": anp.tanh,
        "relu": lambda x: anp.maximum(x, 0.0),
        "leaky_relu": lambda x, alpha: anp.where(x > 0, x, alpha * x),
        "elu": lambda x, alpha: anp.where(x > 0, x, alpha * (anp.exp(x) - 1)),
        "softplus": lambda x: anp.log(1 + anp.exp(x)),
        "step": lambda x: anp.where(x > 0, 1.0, 0.0),
        "softmax": spread,
        "logloss": lambda y, p: -(y * anp.log(p) + (1 - y) * anp.log(1 - p)),
        "max": anp.max,
        "where_max": lambda x: anp.where(x == anp.max(x), 1.0, 0.0),
        "min": anp.min,
        "where_min": lambda x: anp.where(x == anp.min(x), 1.0, 0.0),
        "argmax": largest_at,
        "abs": anp.abs,
        "sign": whole(np.sign),
        "floor": whole(np.floor),
        "ceil": whole(np.ceil),
        "round": whole(lambda x: np.trunc(x + 0.5 * np.sign(x))),
        "larger": anp.maximum,
        "smaller": anp.minimum,
        "greater": whole(lambda a, b: np.where(a > b, 1.0, 0.0)),
        "at_least": whole(lambda a, b: np.where(a >= b, 1.0, 0.0)),
        "matches": whole(lambda a, b: np.where(a == b, 1.0, 0.0)),
        "sort": lambda x: ordered(x, x),
        "sorted_by": ordered,
        "unsorted": back,
        "apply": lambda x, name: FUNCTIONS[name](x),
        "pick": lambda x, place: x[place],
        "place": placed,
        "sum_to": summed,
        "repeat_to": lambda x, shape: x * anp.ones(shape),
    },
    takes=lambda primitive: primitive.arguments,
)


def gradients(trace: Trace, of: str, names: tuple[str, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """The derivative of `of` by each of `names`, inputs or variables on the way, in one backward pass of autograd.

    A variable on the way gets a zero added to it; the derivative by that zero is the derivative by the variable.
    """
    steps = [step for step in trace.steps if step.target.name in trace.needs([of])]

    def loss(nudges: dict[str, Any]) -> Any:
        values = {v.name: given[v.name] + nudges.get(v.name, 0.0) for v in trace.inputs}
        for step in steps:
            param = float(step.param) if isinstance(step.param, Fraction) else step.param
            inputs = [values[name] for name in step.inputs]
            value = READING[step.primitive](*inputs, *(() if param is None else (param,)))
            values[step.target.name] = value + nudges.get(step.target.name, 0.0)
        return values[of]

    return autograd.grad(loss)({name: np.zeros(trace.shapes[name]) for name in names})
