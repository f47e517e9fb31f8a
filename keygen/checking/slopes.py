"""Gradients by central differences of the naive computation, in 150 digits and more: the second way of `keygen check`.

The trace is run a step of 10^-40 to either side, by the oracle's arithmetic; no rule of differentiation is used, and no
float. All gradients of a number are compared in one run, along a random direction, and one by one where they do not
agree, to name the wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from keygen.certify.gradients import by_number, disagreement, unverifiable
from keygen.checking import arithmetic as mp
from keygen.checking.arithmetic import Value, each
from keygen.checking.oracle import Oracle
from keygen.checking.rules import RULES, Rule
from keygen.course.draw import stream
from keygen.engine.polynomial import Polynomial
from keygen.engine.primitives import Reading
from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.engine.trace import Gradient
from keygen.variants.solved import Solved

RELATIVE = Fraction(1, 10**15)  # of the smallest entry: how far apart the two ways may be
ABSOLUTE = Fraction(1, 10**30)  # how near to zero the slope is of what is zero among others; alone it is nearer
STEP = Fraction(4, 15)  # of the digits: the step is 10^-40 in 150 of them
GUARD = 10  # digits: the third derivative in the error of a difference, and the rounding of a long computation
DEPTHS = (128, 256, 512, 1024, 2048, 4096)  # bits of the engine's balls
LONGEST = 97  # directions are whole numbers up to it, or to twice as many as there are


def certify_slopes(solved: Solved) -> int:
    """Compare every gradient with the slope of the oracle's computation, and with them all that a backward pass has
    found on its way, which a circuit shows; how many the trace promises.

    Raises KeygenError for gradients that disagree, and one that lists those which have no number to be compared with.
    """
    runs, unverified = Runs(solved), []
    passed = () if any(isinstance(x, Polynomial) for x in solved.values.values()) else solved.trace.adjoints
    for gradients in by_number(dict.fromkeys((*solved.trace.gradients, *passed))).values():
        try:
            if runs.agree(gradients):
                continue
            wrong = next((gradient for gradient in gradients if not runs.agree([gradient])), gradients[0])
        except (ArithmeticError, ValueError) as failure:  # a logarithm of what is not positive, a division by zero
            unverified += [f"{gradient.target} ({failure})" for gradient in gradients]
            continue
        raise disagreement(solved, wrong, "a central difference", *runs.found([wrong]))
    if unverified:
        raise unverifiable(solved, unverified)
    return len(solved.trace.gradients)


def itself(x: Any, *parameter: Any) -> Any:
    """x"""
    return x


def zero(x: Any) -> Any:
    """0"""
    return Fraction(0)


def on_its_side(left: Callable[..., Any], right: Callable[..., Any] = itself) -> Rule:
    """A function in two pieces where its argument moves around a value `at`: the piece of that value, the left one at
    the kink itself, by convention (ReLU'(0) = 0)."""

    def rule(at: Any, x: Any, *parameter: Any) -> Any:
        return right(x, *parameter) if mp.sign(at) > 0 else left(x, *parameter)

    return partial(each, rule)


SIDED: Reading[Rule] = Reading(
    "the value about a number, on its side of the kink",
    {
        "relu": on_its_side(zero),
        "step": on_its_side(zero, lambda x: Fraction(1)),
        "leaky_relu": on_its_side(mp.times),
        "elu": on_its_side(lambda x, slope: mp.times(slope, mp.minus(mp.exp(x), Fraction(1)))),
    },
    needs=lambda primitive: primitive.kinked,
)


class Runs:
    """The naive computation of a variant: at its numbers, and a step away from them."""

    def __init__(self, solved: Solved) -> None:
        self.solved, self.rules = solved, {**RULES, "apply": self.called}
        self.oracle = Oracle(solved, self.rules)

    def called(self, x: Value, param: tuple[str, int]) -> Value:
        """A function that the trace only names, by the meaning that the variant's values have."""
        name, order = param
        return each(lambda entry: self.solved.calls["d" * order + name](mp.inexact(entry)), x)

    def at(self) -> Mapping[str, Value]:
        """The value of every name, in the digits of now."""
        return self.oracle.values

    def moved(self, of: str, moves: Mapping[str, Value]) -> Value:
        """The value of `of` where these names move; each move is added to what the others make of the name."""
        trace, start = self.solved.trace, self.at()
        moving = trace.memo(("moving", of, tuple(moves)), lambda: trace.depending(moves) & trace.needs([of]))
        reached = {v.name: plus(start[v.name], moves[v.name]) for v in trace.inputs if v.name in moves}
        for step in trace.steps:
            name = step.target.name
            if name in moving:
                around = [start[step.inputs[0]]] if step.primitive in SIDED else []
                rule = SIDED[step.primitive] if around else self.rules[step.primitive]
                inputs = [reached[source] if source in reached else start[source] for source in step.inputs]
                value = rule(*around, *inputs, *(() if step.param is None else (step.param,)))
                reached[name] = plus(value, moves[name]) if name in moves else value
        return reached.get(of, start[of])

    def agree(self, gradients: Sequence[Gradient]) -> bool:
        """Whether gradients of one number, each along a random direction, add up to its slope along all of them."""
        agreed: bool = mp.settled(lambda: self.compared(gradients))
        return agreed

    def found(self, gradients: Sequence[Gradient]) -> tuple[str, str]:
        """The slope, and what the gradients say that it is, in twenty digits."""

        def both() -> tuple[str, str]:
            parts = [part for gradient in gradients for part in self.parts(gradient, DEPTHS[0])]
            slope = self.slope(gradients)
            ours = sum((middle for middle, _ in parts), start=mp.here().mpf(0))
            return str(mp.here().nstr(slope, 20)), str(mp.here().nstr(ours, 20))

        texts: tuple[str, str] = mp.settled(both)
        return texts

    def direction(self, gradient: Gradient) -> Value:
        """Whole numbers in the shape of what a gradient is by, no two alike, so that swapped entries show."""
        trace = self.solved.trace

        def make() -> Value:
            rng = stream("slope", self.solved.exercise.id, gradient.of, gradient.by)
            shape = trace.shapes[gradient.by]
            count = int(np.prod(shape))
            sizes = rng.sample(range(1, max(LONGEST, 2 * count) + 1), count)
            numbers = [Fraction(rng.choice((-1, 1)) * size) for size in sizes]
            return np.array(numbers, dtype=object).reshape(shape)[()]

        return trace.memo(("slope", gradient), make)

    def slope(self, gradients: Sequence[Gradient]) -> Any:
        """The central difference along the directions of all gradients."""
        h = mp.here().mpf(10) ** -step_digits()
        moves: dict[str, Value] = {}
        for gradient in gradients:
            way = self.direction(gradient)
            moves[gradient.by] = plus(moves[gradient.by], way) if gradient.by in moves else way
        of, incoming = gradients[0].of, gradients[0].incoming
        ends = [self.moved(of, {name: scaled(way, step) for name, way in moves.items()}) for step in (h, -h)]
        weight = self.at()[incoming] if incoming else Fraction(1)
        risen = each(lambda up, down, w: (mp.inexact(up) - mp.inexact(down)) * mp.inexact(w), *ends, weight)
        return sum(mp.entries(risen), start=mp.here().mpf(0)) / (2 * h)

    def compared(self, gradients: Sequence[Gradient]) -> bool:
        """The work of `agree` in the digits of now. Raises Cancelled where they do not suffice."""
        slope = self.slope(gradients)
        for bits in DEPTHS:
            parts = [part for gradient in gradients for part in self.parts(gradient, bits)]
            sizes = [abs(middle) for middle, _ in parts if middle]
            digits = min(2 * step_digits(), mp.here().dps - step_digits()) - GUARD
            unsure = max([abs(slope), mp.here().mpf(1), *sizes]) * mp.here().mpf(10) ** -digits
            near = min([mp.inexact(ABSOLUTE), *(mp.inexact(RELATIVE) * size for size in sizes)]) if sizes else unsure
            wide = sum((radius for _, radius in parts), start=mp.here().mpf(0))
            apart = abs(slope - sum((middle for middle, _ in parts), start=mp.here().mpf(0)))
            if unsure > near and not mp.CURRENT.get().last:
                raise mp.PrecisionLost(f"a slope to {near}")
            if wide <= near:
                break
        if apart > near and not mp.CURRENT.get().last:
            raise mp.PrecisionLost(f"a slope of {slope}")  # a steep function, of which the step was too long
        if wide > near or unsure > near:
            raise ArithmeticError(f"neither way has the digits of a slope of {mp.here().nstr(slope, 5)}")
        return bool(apart <= near)

    def parts(self, gradient: Gradient, bits: int) -> Iterator[tuple[Any, Any]]:
        """Every entry of a gradient along the direction, with its error."""
        values = np.asarray(self.solved.values[gradient.target], dtype=object).flat
        for value, way in zip(values, mp.entries(self.direction(gradient)), strict=True):
            middle, radius = self.entry(value, bits)
            yield middle * mp.inexact(way), radius * abs(mp.inexact(way))

    def entry(self, value: Any, bits: int) -> tuple[Any, Any]:
        """A number of the engine's: the middle and the radius of its ball."""
        here = mp.here()
        match value:
            case Real():
                ball = value.at_depth(bits)
                middle, radius = (here.mpf(tuple(map(int, part.man_exp()))) for part in (ball.mid(), ball.rad()))
                return middle, radius
            case Surd():
                return mp.inexact(mp.times(value.factor, mp.sqrt(Fraction(value.radicand)))), here.mpf(0)
            case Polynomial():
                point = {v.name: self.oracle.given(v.name) for v in self.solved.trace.inputs}
                return mp.inexact(Fraction(value.at(point))), here.mpf(0)
        return mp.inexact(Fraction(value)), here.mpf(0)


def step_digits() -> int:
    """The step of a difference is ten to minus this."""
    return int(mp.here().dps * STEP)


def scaled(way: Value, step: Any) -> Value:
    """A step in a direction."""
    return each(lambda d: step * mp.inexact(d), way)


def plus(value: Value, move: Value) -> Value:
    """A value that has moved. No digits are lost: the move is what matters."""
    return each(lambda x, d: mp.inexact(x) + mp.inexact(d), value, move)
