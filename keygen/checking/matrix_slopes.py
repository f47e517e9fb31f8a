"""Gradients of matrix formulas by central differences in 150 digits: the second way of `keygen check`.

The formulas are those of the answers, as NumPy is told them; here every number in them is read exactly, and an array
holds numbers of the oracle's arithmetic. No float is computed with: the difference of two doubles would say nothing of
a gradient of 8.5e-17.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from keygen.certify.matrices import numeric, slopes
from keygen.checking import arithmetic as mp
from keygen.checking.arithmetic import Value, each
from keygen.errors import FalseClaim
from keygen.matrix.exercises import Worked
from keygen.matrix.expression import Expression
from keygen.matrix.shapes import SCALAR
from keygen.tolerances import ORACLE_SLOPES_DIGITS

STEP = 40  # digits: the step of a difference is ten to minus this
LITERAL = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


def certify_matrix_slopes(worked: Worked) -> int:
    """Compare every gradient, Jacobian or differential of a worked problem with a slope; how many there are.

    Raises KeygenError for the first that disagrees.
    """
    found = list(slopes(worked))
    values = {name: exactly(value) for name, value in numeric(worked)[0].items()}
    for f, slope in found:
        compare(worked, f, slope, values)
    return len(found)


def compare(worked: Worked, f: Expression, slope: Expression, values: Mapping[str, Value]) -> None:
    """Raise KeygenError unless a slope's formula is that of the formula of f."""
    name, text = worked.wrt.name, worked.formula(f)
    direction = values[f"d{name}"]
    h = mp.here().mpf(10) ** -STEP
    ends = [oracle_value(text, {**values, name: values[name] + step * direction}) for step in (h, -h)]
    risen = (ends[0] - ends[1]) / (2 * h)
    found = oracle_value(worked.formula(slope), values)
    parts = found
    if not slope.moving:
        parts = found * direction if f.shape == SCALAR else found @ direction
        found = np.atleast_2d(np.sum(parts)) if f.shape == SCALAR else parts
    size = max((abs(x) for x in [*parts.flat, *risen.flat]), default=0)
    most = size * mp.here().mpf(10) ** -ORACLE_SLOPES_DIGITS
    if risen.shape != found.shape or any(abs(x) > most for x in (risen - found).flat):
        raise FalseClaim(
            f"a formula disagrees with a central difference: {text}",
            expected=shown(risen),
            found=shown(found),
            repair="this is a defect of keygen; please report it with the seed",
        )


def oracle_value(formula: str, values: Mapping[str, Value]) -> Any:
    """An answer's formula in the oracle's numbers, as at least a matrix."""
    line = LITERAL.sub(lambda number: f"number('{number[0]}')", formula)
    return np.atleast_2d(eval(line, dict(CALLS), dict(values)))


def exactly(value: Any) -> Value:
    """A double, or an array of them, as they are."""
    return each(lambda x: mp.here().mpf(float(x)), np.asarray(value, dtype=object))


def entrywise(name: str) -> Callable[[Any], Any]:
    """A function of the entries."""
    return lambda x: each(getattr(mp.here(), name), np.asarray(x, dtype=object))


def inverse(a: Any) -> Any:
    """A^-1"""
    return np.array((mp.here().matrix(a.tolist()) ** -1).tolist(), dtype=object)


def determinant(a: Any) -> Any:
    """det A"""
    return mp.here().det(mp.here().matrix(a.tolist()))


def filled(x: int) -> Callable[..., Any]:
    """An array of ones or zeros, whose lengths come as numbers or in a tuple of them."""

    def make(*shape: Any) -> Any:
        lengths = shape[0] if isinstance(shape[0], tuple) else shape
        return np.full(tuple(map(int, lengths)), mp.here().mpf(x), dtype=object)

    return make


CALLS: Mapping[str, Any] = {
    "__builtins__": {}, "inv": inverse, "det": determinant, "tr": np.trace, "log": entrywise("ln"),
    "exp": entrywise("exp"), "sqrt": entrywise("sqrt"), "ones": filled(1), "zeros": filled(0),
    "number": lambda text: mp.here().mpf(text), "I": lambda n: exactly(np.eye(int(n))),
}  # fmt: skip
"""What an answer's formula may call."""


def shown(value: Any) -> str:
    """Numbers in twenty digits."""
    return str([[mp.here().nstr(x, 20) for x in row] for row in value.tolist()])
