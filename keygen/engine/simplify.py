"""What a person simplifies in passing, so that no page shows `1 * x`: rules on the step about to be taken.

Each rule is an identity, tried in order; a rule answers with a reference that equals the step, or None. Only links are
looked into: a variable with a name is never taken apart.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

from keygen.engine.primitives import Param, Reading, broadcast, nobody
from keygen.engine.tape import Ref, Tape
from keygen.engine.trace import is_link


def link(tape: Tape, ref: Ref, primitive: str) -> tuple[Ref, ...] | None:
    """The inputs of an unnamed step of this kind, or None."""
    step = tape.by_name.get(ref.name)
    if step is None or step.primitive != primitive or not is_link(ref.name):
        return None
    return tuple(type(ref)(tape, name) for name in step.inputs)


def number(tape: Tape, ref: Ref) -> Fraction | None:
    """The value of an unnamed constant, repeated or not."""
    inner = link(tape, ref, "repeat_to")
    step = tape.by_name.get(inner[0].name if inner else ref.name)
    constant = step is not None and step.primitive == "constant" and is_link(step.target.name)
    return step.param if constant and isinstance(step.param, Fraction) else None  # type: ignore[union-attr]  # a constant has a step


def coefficient(tape: Tape, ref: Ref) -> tuple[Fraction, Ref] | None:
    """c and x where the link is c * x."""
    inner = link(tape, ref, "scale")
    factor = tape.by_name[ref.name].param if inner else None
    return (factor, inner[0]) if inner and isinstance(factor, Fraction) else None


def unit_factor(tape: Tape, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """1 * x -> x, c * x -> scale[c](x)"""
    for one, other in (inputs, inputs[::-1]):
        value = number(tape, one)
        if value is not None and broadcast(one.shape, other.shape) == other.shape:
            known = number(tape, other)
            if known is not None and other.shape == ():
                return tape.constant(value * known)
            return other if value == 1 else tape.emit("scale", other, param=value)
    return None


def repeated_factor(tape: Tape, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """repeat_to(s) * x -> s * x, repeated where x does not have the whole shape"""
    for one, other in (inputs, inputs[::-1]):
        inner = link(tape, one, "repeat_to")
        if inner and broadcast(inner[0].shape, other.shape) == other.shape:
            return tape.emit("repeat_to", tape.emit("mul", inner[0], other), param=broadcast(one.shape, other.shape))
    return None


def quotient_times_scaled(tape: Tape, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """(a / n) * (c x) -> (a c / n) * x, a and c numbers"""
    quotient = link(tape, inputs[0], "div")
    scaled = coefficient(tape, inputs[1])
    top = number(tape, quotient[0]) if quotient and quotient[0].shape == () else None
    if quotient is None or scaled is None or top is None:
        return None
    return tape.emit("mul", tape.emit("div", tape.constant(top * scaled[0]), quotient[1]), scaled[1])


def scaled_once(tape: Tape, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """1 x -> x; c (d x) -> (c d) x; c (a number d) -> the number c d"""
    if param == 1:
        return inputs[0]
    scaled = coefficient(tape, inputs[0])
    if scaled and isinstance(param, Fraction):
        return tape.emit("scale", scaled[1], param=param * scaled[0])
    known = number(tape, inputs[0])
    if known is not None and inputs[0].shape == () and isinstance(param, Fraction):
        return tape.constant(param * known)
    return None


def flipped_difference(tape: Tape, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """-(a - b) -> b - a; -(c (a - b)) -> c (b - a); -(s * (a - b)) -> s * (b - a); -(c x) -> (-c) x; -(-x) -> x"""
    (x,) = inputs
    if difference := link(tape, x, "sub"):
        return tape.emit("sub", difference[1], difference[0])
    if scaled := coefficient(tape, x):
        if difference := link(tape, scaled[1], "sub"):
            return tape.emit("scale", tape.emit("sub", difference[1], difference[0]), param=scaled[0])
        return tape.emit("scale", scaled[1], param=-scaled[0])
    if (factors := link(tape, x, "mul")) and (difference := link(tape, factors[1], "sub")):
        return tape.emit("mul", factors[0], tape.emit("sub", difference[1], difference[0]))
    if inner := link(tape, x, "neg"):
        return inner[0]
    known = number(tape, x)
    return tape.constant(-known) if known is not None and x.shape == () else None


def twice_transposed(tape: Tape, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """(x^T)^T -> x"""
    inner = link(tape, inputs[0], "transpose")
    return inner[0] if inner else None


def identity_factor(tape: Tape, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """I @ x -> x, x @ I -> x"""
    for one, other in (inputs, inputs[::-1]):
        step = tape.by_name.get(one.name)
        if step is not None and step.primitive == "identity" and is_link(one.name):
            return other
    return None


def same_shape(tape: Tape, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """x summed or repeated to its own shape -> x"""
    return inputs[0] if inputs[0].shape == param else None


def sum_of_scaled(tape: Tape, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """sum(s * x) -> s * sum(x); sum((s * x) * y) -> s * sum(x * y), s a number"""
    factors = link(tape, inputs[0], "mul")
    if factors is None:
        return None
    first, second = factors
    if inner := link(tape, first, "mul"):
        first, second = inner[0], tape.emit("mul", inner[1], second)
    return tape.emit("mul", first, tape.emit("sum_to", second, param=param)) if first.shape == () else None


def sum_of_repeated(tape: Tape, inputs: tuple[Ref, ...], param: Any) -> Ref | None:
    """the sum of x repeated n times -> n x, repeated as often as is left; down to a number: n sum(x)"""
    inner = link(tape, inputs[0], "repeat_to")
    if inner is None:
        return None
    (x,), shape = inner, param
    if broadcast(x.shape, shape) == shape:
        times = Fraction(prod(inputs[0].shape), prod(shape))
        return tape.emit("repeat_to", tape.emit("scale", x, param=times), param=shape)
    if shape != ():
        return None
    times = Fraction(prod(inputs[0].shape), prod(x.shape))
    return tape.emit("scale", tape.emit("sum_to", x, param=shape), param=times)


def negative_repeated(tape: Tape, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """-(x repeated) -> -x, repeated"""
    inner = link(tape, inputs[0], "repeat_to")
    return tape.emit("repeat_to", tape.emit("neg", inner[0]), param=inputs[0].shape) if inner else None


def scaled_repeated(tape: Tape, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """c (x repeated) -> c x, repeated"""
    inner = link(tape, inputs[0], "repeat_to")
    return tape.emit("repeat_to", tape.emit("scale", inner[0], param=param), param=inputs[0].shape) if inner else None


def square_of(tape: Tape, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """x^1 -> x; x^2 -> square(x)"""
    if param == 1:
        return inputs[0]
    return tape.emit("square", inputs[0]) if param == 2 else None


Fold = Callable[[Tape, tuple[Ref, ...], Param], Ref | None]


class Folds(NamedTuple):
    """The rules of a primitive, and the kinds of links one of which must be among the inputs (most steps have none);
    None where it is not the links that decide."""

    rules: tuple[Fold, ...]
    into: frozenset[str] | None = None


FOLDS = Reading(
    "what a person simplifies in passing",
    {
        "mul": Folds(
            (unit_factor, repeated_factor, quotient_times_scaled), frozenset({"constant", "repeat_to", "div"})
        ),
        "scale": Folds((scaled_once, scaled_repeated)),
        "neg": Folds(
            (flipped_difference, negative_repeated),
            frozenset({"sub", "scale", "mul", "neg", "constant", "repeat_to"}),
        ),
        "matmul": Folds((identity_factor,), frozenset({"identity"})),
        "transpose": Folds((twice_transposed,), frozenset({"transpose"})),
        "sum_to": Folds((same_shape, sum_of_repeated, sum_of_scaled)),
        "repeat_to": Folds((same_shape,)),
        "power": Folds((square_of,)),
    },
    needs=nobody,
)


def folded(tape: Tape, primitive: str, inputs: tuple[Ref, ...], param: Param) -> Ref | None:
    """What the step about to be taken is equal to, if a fold makes it simpler."""
    folds = FOLDS.get(primitive)
    if folds is None:
        return None
    into = folds.into
    if into is not None and not any(is_link(ref.name) and tape.by_name[ref.name].primitive in into for ref in inputs):
        return None
    for rule in folds.rules:
        simpler = rule(tape, inputs, param)
        if simpler is not None:
            return simpler
    return None
