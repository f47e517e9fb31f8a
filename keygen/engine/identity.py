"""Whether two numbers are one by the laws of fields alone, as a printed line and the value beside it should be.

Both are computed modulo a prime of 127 bits, where a function of an argument is a residue drawn for that function and
that argument: the same for the same. Numbers that are equal whatever the functions are have one residue; two that are
not have one by an accident of 2^-100 (J. T. Schwartz, Fast probabilistic algorithms for verification of polynomial
identities, 1980). Of exp it is known, too, that e^-x is 1 / e^x, and sigmoid and tanh are made of it.

A number that is defined as the solution of equations brings them: its operation has `equations`, expressions that are
zero by definition. What is a sum of multiples of them is zero, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from hashlib import blake2b
from typing import Any

PRIME = 2**127 - 1
ONE = Fraction(1)


class FieldExpression:
    """An operation on rationals and other expressions; `power` has a whole exponent as its second input. An operation
    that has no name here makes a number of which nothing is known but the equations that it brings."""

    __slots__ = ("inputs", "operation", "residue")
    residue: int  # as soon as somebody asks

    def __init__(self, operation: str | Callable[[], Any], inputs: tuple[Fraction | FieldExpression, ...]) -> None:
        self.operation, self.inputs = operation, inputs


def identical(one: Fraction | FieldExpression, other: Fraction | FieldExpression) -> bool:
    """Whether two numbers are equal whatever the functions in them are; False says only that it is not known."""
    try:
        return residue(one) == residue(other)
    except ZeroDivisionError:
        return False


def residue(number: Fraction | FieldExpression) -> int:
    """The residue of a number. Raises ZeroDivisionError where a divisor has none."""
    if isinstance(number, Fraction):
        top, bottom = number.as_integer_ratio()
        return top % PRIME if bottom == 1 else top * inverse(bottom) % PRIME
    waiting = [number]
    while waiting:
        part = waiting[-1]
        unknown = [x for x in part.inputs if isinstance(x, FieldExpression) and not hasattr(x, "residue")]
        if unknown:
            waiting += unknown
            continue
        waiting.pop()
        if not hasattr(part, "residue"):
            part.residue = operated(part, [residue(x) for x in part.inputs])
    return number.residue


def operated(part: FieldExpression, inputs: list[int]) -> int:
    """The residue of an operation on residues."""
    match part.operation, inputs:
        case "number" | "rounded", (x,):
            return x
        case "add", (a, b):
            return (a + b) % PRIME
        case "sub", (a, b):
            return (a - b) % PRIME
        case "neg", (x,):
            return -x % PRIME
        case "mul", (a, b):
            return a * b % PRIME
        case "div", (a, b):
            return a * inverse(b) % PRIME
        case "dot", factors:
            return sum(a * b for a, b in zip(factors[::2], factors[1::2], strict=True)) % PRIME
        case "power", (x, _):
            exponent = int(part.inputs[1])  # type: ignore[arg-type]  # a whole number
            return pow(x if exponent >= 0 else inverse(x), abs(exponent), PRIME)
        case "exp", (x,):
            return grown(x)
        case "sigmoid", (x,):
            e = grown(x)
            return e * inverse(1 + e) % PRIME
        case "tanh", (x,):
            e = grown(2 * x % PRIME)
            return (e - 1) * inverse(1 + e) % PRIME
        case str() as function, (x,):
            return drawn(function, x)
    return drawn("given", id(part.operation))


def grown(x: int) -> int:
    """The residue of e^x; that of e^-x is its inverse."""
    return drawn("exp", x) if 2 * x < PRIME else inverse(drawn("exp", PRIME - x))


def drawn(function: str, x: int) -> int:
    """The residue that stands for a function of an argument."""
    return int.from_bytes(blake2b(f"{function} {x}".encode(), digest_size=20).digest()) % PRIME


def inverse(x: int) -> int:
    """1 / x. Raises ZeroDivisionError for 0."""
    if x % PRIME == 0:
        raise ZeroDivisionError
    return pow(x, -1, PRIME)


# --- equations


Linear = Mapping[int, Fraction]
"""A sum of multiples of numbers, by their residues; the rational in it stands at 0. No multiple is 0."""


def follows(expression: FieldExpression) -> bool:
    """Whether a number is zero by the equations that the numbers in it are defined by."""
    equations = equations_in(expression)
    if not equations:
        return False
    try:
        left = linear(expression)
        for one in reduced([linear(equation) for equation in equations]):
            left = without(left, one)
    except ZeroDivisionError:
        return False
    return not left


def equations_in(expression: FieldExpression) -> tuple[FieldExpression, ...]:
    """The equations of all numbers in an expression."""
    found: dict[int, FieldExpression] = {}
    waiting, seen = [expression], {id(expression)}
    while waiting:
        part = waiting.pop()
        found |= {id(equation): equation for equation in getattr(part.operation, "equations", ())}
        for x in part.inputs:
            if isinstance(x, FieldExpression) and id(x) not in seen:
                seen.add(id(x))
                waiting.append(x)
    return tuple(found.values())


def linear(x: Fraction | FieldExpression) -> Linear:
    """A number as a sum of multiples of numbers that are no sums. Raises ZeroDivisionError."""
    if isinstance(x, Fraction):
        return {0: x} if x else {}
    match x.operation:
        case "number" | "rounded" | "neg":
            return added({}, linear(x.inputs[0]), Fraction(-1 if x.operation == "neg" else 1))
        case "add" | "sub":
            a, b = (linear(part) for part in x.inputs)
            return added(a, b, Fraction(-1 if x.operation == "sub" else 1))
        case "dot":
            pairs = zip(x.inputs[::2], x.inputs[1::2], strict=True)
            return reduce(added, (linear(FieldExpression("mul", pair)) for pair in pairs))
        case "mul" | "div":
            a, b = (linear(part) for part in x.inputs)
            if b.keys() <= {0}:
                factor = b.get(0, Fraction(0))
                return added({}, a, factor if x.operation == "mul" else 1 / factor)
            if a.keys() <= {0} and x.operation == "mul":
                return added({}, b, a.get(0, Fraction(0)))
    return {residue(x): Fraction(1)}


def added(a: Linear, b: Linear, factor: Fraction = ONE) -> Linear:
    """a + factor b"""
    total = {name: a.get(name, Fraction(0)) + factor * b.get(name, Fraction(0)) for name in {**a, **b}}
    return {name: multiple for name, multiple in total.items() if multiple}


def without(form: Linear, equation: Linear) -> Linear:
    """A form less the multiple of an equation by which the equation's first number falls out of it."""
    first = next(iter(equation), 0)
    return added(form, equation, -form[first] / equation[first]) if first in form and equation else form


def reduced(equations: Sequence[Linear]) -> list[Linear]:
    """The equations, reduced: none of them has the first number of one before it."""
    found: list[Linear] = []
    for equation in equations:
        for one in found:
            equation = without(equation, one)
        found.append(equation)
    return found
