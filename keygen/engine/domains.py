"""Number kinds: the elementary functions on float64, on exact rationals and on polynomials.

A kind turns data into values and supplies the functions that leave the four operations. Values are plain numbers for
the shape () and numpy arrays otherwise (object arrays for the exact kinds).

Exact means: a Fraction for as long as the number is rational, including the points where a transcendental function is
(sigma(0) = 1/2, e^0, ln 1, tanh 0, square roots of squares); a Surd where a short square root is all that is not;
elsewhere a Real, whose digits are proven. No float is among them.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from msgspec import Struct

from keygen.engine.polynomial import Polynomial
from keygen.engine.primitives import Reading, elementary
from keygen.engine.real import Real, function
from keygen.engine.surd import Surd, square_root
from keygen.engine.whole import floor
from keygen.errors import KeygenError

Value = Any  # Fraction | Real | Surd | Polynomial | float, or a numpy array of them
Unary = Callable[[Value], Value]


def one_by_sign(x: Value, a: Value, b: Value) -> Value:
    """One number or another, by the sign of a third."""
    return a if x > 0 else b


class Domain(Struct, frozen=True):
    """A number kind: how data enter, which elements are legal, and its elementary functions.

    `by_sign(x, a, b)` is a where x > 0 and b elsewhere, element by element.
    """

    name: str
    enter: Callable[[Any], Value]
    elements: tuple[type, ...]
    functions: Reading[Unary]
    max: Callable[[Value], Value]
    by_sign: Callable[[Value, Value, Value], Value] = one_by_sign


def float_scalar(x: float) -> float:
    """sigma(x) without overflow at either end."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    grown = math.exp(x)
    return grown / (1 + grown)


def on_numbers(scalar: Unary, array: Unary) -> Unary:
    """A function that takes plain numbers the fast way and arrays through numpy."""

    def function(x: Value) -> Value:
        return array(x) if isinstance(x, np.ndarray) else scalar(x)

    return function


def array_sigmoid(x: np.ndarray) -> np.ndarray:
    """sigma(x) = (1 + tanh(x / 2)) / 2, which overflows nowhere."""
    return 0.5 * (1 + np.tanh(0.5 * x))


def float_enter(data: Any) -> Value:
    """Numbers and nested lists to floats and float64 arrays."""
    if isinstance(data, np.ndarray):
        return data.astype(np.float64)
    if isinstance(data, list | tuple):
        return np.array([float_enter(row) for row in data], dtype=np.float64)
    return float(data)


FLOAT = Domain(
    "float64",
    float_enter,
    (float, np.float64),
    Reading(
        "its function in float64",
        {
            "exp": on_numbers(math.exp, np.exp),
            "ln": on_numbers(math.log, np.log),
            "sqrt": on_numbers(math.sqrt, np.sqrt),
            "sigmoid": on_numbers(float_scalar, array_sigmoid),
            "tanh": on_numbers(math.tanh, np.tanh),
            "relu": on_numbers(lambda x: max(x, 0.0), lambda x: np.maximum(x, 0.0)),
            "step": on_numbers(lambda x: float(x > 0), lambda x: np.asarray(x > 0, dtype=np.float64)),
            "floor": on_numbers(lambda x: float(math.floor(x)), np.floor),
        },
        needs=elementary,
    ),
    np.max,
    lambda x, a, b: np.asarray(np.where(x > 0, a, b))[()],
)


def complex_sigmoid(x: complex) -> complex:
    """sigma(x) without overflow at either end."""
    if x.real >= 0:
        return 1 / (1 + cmath.exp(-x))
    grown = cmath.exp(x)
    return grown / (1 + grown)


def complex_enter(data: Any) -> Value:
    """Numbers to complex ones, arrays of numbers to complex128 arrays."""
    return data.astype(np.complex128) if isinstance(data, np.ndarray) else complex(data)


STEP = 1e-30
COMPLEX = Domain(
    "complex",
    complex_enter,
    (complex, float, Fraction),
    Reading(
        "its function of complex numbers",
        {
            "exp": on_numbers(cmath.exp, np.exp),
            "ln": on_numbers(cmath.log, np.log),
            "sqrt": on_numbers(cmath.sqrt, np.sqrt),
            "sigmoid": on_numbers(complex_sigmoid, array_sigmoid),
            "tanh": on_numbers(cmath.tanh, np.tanh),
            "relu": on_numbers(lambda x: x if x.real > 0 else 0j, lambda x: np.where(x.real > 0, x, 0)),
            "step": on_numbers(lambda x: complex(x.real > 0), lambda x: np.asarray(x.real > 0, dtype=np.complex128)),
            "floor": on_numbers(
                lambda x: complex(math.floor(x.real)), lambda x: np.floor(x.real).astype(np.complex128)
            ),
        },
        needs=elementary,
    ),
    np.max,  # numpy compares complex numbers by their real parts first
    lambda x, a, b: np.asarray(np.where(np.real(x) > 0, a, b))[()],
)
"""Numbers whose tiny imaginary part carries a derivative: f(x + ih) = f(x) + ih f'(x) for h = STEP, without a
difference that would lose digits (the complex step of Squire and Trapp, 1998)."""


def elementwise(function: Callable[[Any], Any]) -> Unary:
    """A function of one exact number, applied to each element."""
    ufunc = np.frompyfunc(function, 1, 1)

    def mapped(x: Value) -> Value:
        return ufunc(x) if isinstance(x, np.ndarray) else function(x)

    return mapped


ZERO, ONE = Fraction(0), Fraction(1)


def positive(x: Fraction | Real | Surd) -> bool:
    """Whether an exact number is above 0."""
    return x.numerator > 0 if type(x) is Fraction else not x.negative if type(x) is Real else bool(x > 0)


def negative(x: Fraction | Real | Surd) -> bool:
    """Whether an exact number is below 0."""
    return x.numerator < 0 if type(x) is Fraction else x.negative if type(x) is Real else bool(x < 0)


def exact_sqrt(x: Fraction | Real | Surd) -> Fraction | Real | Surd:
    """The square root: rational or a surd where it is short."""
    exact = square_root(x) if isinstance(x, Fraction) and x >= 0 else None
    return function("sqrt")(x) if exact is None else exact


def exact_enter(data: Any) -> Value:
    """Ints, Fractions and nested lists of them to Fractions and object arrays; Reals and Surds stay.

    Raises KeygenError for a float.
    """
    if type(data) is Fraction:
        return data
    if isinstance(data, np.ndarray):
        return np.frompyfunc(exact_enter, 1, 1)(data)
    if isinstance(data, list | tuple):
        array = np.array(data, dtype=object)
        if set(map(type, array.flat)) == {Fraction}:
            return array
        rows = [exact_enter(row) for row in data]
        array = np.empty((len(rows), *np.shape(rows[0])), dtype=object)
        for place, row in enumerate(rows):
            array[place] = row
        return array
    if isinstance(data, float):
        raise KeygenError(
            f"the number {data!r} is not exact", expected="an int, a Fraction or a string", repair=f'write "{data!r}"'
        )
    return Fraction(data) if isinstance(data, int | str) else data


EXACT = Domain(
    "exact",
    exact_enter,
    (Fraction, Real, Surd),
    Reading(
        "its function of exact numbers",
        {
            "exp": elementwise(function("exp")),
            "ln": elementwise(function("ln")),
            "sigmoid": elementwise(function("sigmoid")),
            "tanh": elementwise(function("tanh")),
            "sqrt": elementwise(exact_sqrt),
            "relu": elementwise(lambda x: x if positive(x) else ZERO),
            "step": elementwise(lambda x: ONE if positive(x) else ZERO),
            "floor": elementwise(lambda x: Fraction(floor(x))),
        },
        needs=elementary,
    ),
    np.max,
    np.frompyfunc(lambda x, a, b: (a if positive(x) else b) or ZERO, 3, 1),
)


def not_polynomial(name: str) -> Unary:
    """The refusal of a function that leads out of the polynomials."""

    def refuse(x: Value) -> Value:
        raise KeygenError(f"{name} of a polynomial is not a polynomial", repair="evaluate on numbers instead")

    return refuse


def polynomial_enter(data: Any) -> Value:
    """A number as a constant, a polynomial as it is; the entries of an array are numbers, which are exact."""
    if isinstance(data, list | tuple | np.ndarray):
        return exact_enter(data)
    return data if isinstance(data, Polynomial) else Polynomial.constant(data)


POLYNOMIAL = Domain(
    "polynomial",
    polynomial_enter,
    (Polynomial, Fraction),
    Reading("its refusal", {name: not_polynomial(name) for name in EXACT.functions}, needs=elementary),
    not_polynomial("max"),
    lambda x, a, b: not_polynomial("the sign")(x),
)
