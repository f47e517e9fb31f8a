"""The primitives in mpmath's numbers, each by the plain definition (`arithmetic`).

The oracle computes with them, and the functions on a page are read as them.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

from keygen.checking import arithmetic as mp
from keygen.checking.arithmetic import Value, each, number
from keygen.engine.primitives import Reading

Rule = Callable[..., Value]


def entrywise(function: Callable[..., Any]) -> Rule:
    """A rule that takes the entries one by one."""
    return partial(each, function)


def probe(x: Any) -> Any:
    """What stands for a function that an exercise only names: sin(13 x / 10) + 2 x^2 / 5, and its derivatives."""
    x = mp.inexact(x)
    return mp.here().sin(13 * x / 10) + 2 * x * x / 5


def probe_slope(x: Any) -> Any:
    """The derivative of `probe`."""
    x = mp.inexact(x)
    return 13 * mp.here().cos(13 * x / 10) / 10 + 4 * x / 5


def probe_curvature(x: Any) -> Any:
    """The second derivative of `probe`."""
    x = mp.inexact(x)
    return -169 * mp.here().sin(13 * x / 10) / 100 + mp.inexact(Fraction(4, 5))


MEANINGS: tuple[Callable[[Any], Any], ...] = (probe, probe_slope, probe_curvature)


def meaning(name: str, order: int) -> Callable[[Any], Any]:
    """What stands for the function of a name, or for its derivative: that of f, moved for any other name."""
    away = sum(map(ord, name)) - ord("f")
    return lambda x: MEANINGS[order](mp.inexact(x) + away)


RULES: Reading[Rule] = Reading(
    "the value in mpmath",
    {
        "constant": number,
        "identity": mp.identity,
        "add": entrywise(mp.plus),
        "sub": entrywise(mp.minus),
        "mul": entrywise(mp.times),
        "div": entrywise(mp.divided),
        "copy": lambda x: x,
        "neg": entrywise(lambda x: -x),
        "scale": lambda x, factor: each(lambda entry: mp.times(number(factor), entry), x),
        "power": lambda x, n: each(lambda entry: mp.power(entry, n), x),
        "square": entrywise(lambda x: mp.times(x, x)),
        "matmul": mp.matmul,
        "transpose": lambda x: x.T,
        "exp": entrywise(mp.exp),
        "ln": entrywise(mp.ln),
        "sqrt": entrywise(mp.sqrt),
        "sigmoid": entrywise(mp.sigmoid),
        "tanh": entrywise(mp.tanh),
        "relu": entrywise(mp.relu),
        "leaky_relu": entrywise(mp.leaky_relu),
        "elu": entrywise(mp.elu),
        "softplus": entrywise(mp.softplus),
        "step": entrywise(mp.step),
        "softmax": mp.softmax,
        "logloss": entrywise(mp.logloss),
        "max": mp.largest,
        "where_max": mp.where_max,
        "min": mp.smallest,
        "where_min": mp.where_min,
        "abs": entrywise(lambda x: x if mp.sign(x) > 0 else -x),
        "sign": entrywise(lambda x: Fraction(mp.sign(x))),
        "floor": entrywise(mp.floor),
        "ceil": entrywise(lambda x: -mp.floor(-x)),
        "round": entrywise(mp.nearest),
        "larger": entrywise(lambda a, b: a if mp.sign(mp.minus(a, b)) > 0 else b),
        "smaller": entrywise(lambda a, b: b if mp.sign(mp.minus(a, b)) > 0 else a),
        "greater": entrywise(lambda a, b: Fraction(mp.sign(mp.minus(a, b)) > 0)),
        "at_least": entrywise(lambda a, b: Fraction(mp.sign(mp.minus(a, b)) >= 0)),
        "matches": entrywise(lambda a, b: Fraction(mp.sign(mp.minus(a, b)) == 0)),
        "argmax": mp.argmax,
        "sort": lambda x: mp.sorted_by(x, x),
        "sorted_by": mp.sorted_by,
        "unsorted": mp.unsorted,
        "apply": lambda x, param: each(meaning(*param), x),
        "pick": lambda x, place: x[tuple(place)],
        "place": mp.placed,
        "sum_to": mp.sum_to,
        "repeat_to": mp.repeat_to,
    },
    takes=lambda primitive: primitive.arguments,
)
