"""Whether a side of numbers loses figures: somewhere in it near numbers are subtracted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from keygen.engine.domains import FLOAT
from keygen.engine.evaluate import RULES, as_float
from keygen.engine.primitives import Reading, nobody
from keygen.mathematics.terms import Apply, Literal, Marked, Term

LEFT = 0.5
"""A sum loses figures that is, in absolute value, smaller than so much of its largest part."""


class Lost(Exception):
    """A sum is much smaller than a part of it."""


def loses_figures(term: Term) -> bool:
    """Whether a sum or a difference in a term of numbers is much smaller than a part of it. What only a page has, a
    limit say, counts as none."""
    try:
        with np.errstate(all="ignore"):
            value(term)
    except Lost:
        return True
    except (LookupError, ArithmeticError, TypeError, ValueError):
        return False
    return False


def value(term: Term) -> Any:
    """The value of a term in doubles. Raises Lost where it loses figures, LookupError for what is no operation."""
    match term:
        case Literal():
            return as_float(np.asarray(term.value, dtype=object))
        case Marked():
            return value(term.body)
        case Apply():
            args = [value(arg) for arg in term.args]
            params = () if term.param is None else (term.param,)
            found = RULES[term.primitive](FLOAT, *args, *params)
            if term.primitive in PARTS and np.any(np.abs(found) < LEFT * PARTS[term.primitive](*args, *params)):
                raise Lost
            return found
    raise LookupError(term)


def largest_product(a: Any, b: Any) -> Any:
    """The largest product that each entry of a product of matrices adds up."""
    return np.max(np.abs(a[:, :, None] * b[None, :, :]), axis=1)


def largest_term(x: Any, shape: tuple[int, ...]) -> Any:
    """The largest number that each entry of a sum over rows or columns adds up."""
    axes = tuple(i for i in range(x.ndim) if not shape or shape[i] != x.shape[i])
    return np.max(np.abs(x), axis=axes, keepdims=bool(shape))


PARTS: Reading[Callable[..., Any]] = Reading(
    "the largest part of a sum",
    {
        "add": lambda a, b: np.maximum(np.abs(a), np.abs(b)),
        "sub": lambda a, b: np.maximum(np.abs(a), np.abs(b)),
        "matmul": largest_product,
        "sum_to": largest_term,
    },
    needs=nobody,
)
"""The largest part of each sum, by what adds up."""
