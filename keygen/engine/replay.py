"""A trace replayed: some values are others, or some steps are; what follows is worked out again, the rest stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from flint import ctx

from keygen.engine.domains import EXACT, Domain, Value
from keygen.engine.evaluate import Program, bound, program
from keygen.engine.real import BITS, DEEPER, Number, Real, as_ball, entered
from keygen.engine.trace import Step, Trace

NOTHING: Mapping[str, Value] = MappingProxyType({})
AS_RECORDED: Mapping[str, Step] = MappingProxyType({})


class Replay(Mapping[str, Value]):
    """The values of a trace in which some are `given` otherwise, or some `steps` are others (by target, with the links
    that they take). Each is worked out when somebody asks for it; `moved` are the names that may have another value.

    Asking may raise what evaluating raises: KeygenError for what has no value.
    """

    def __init__(
        self,
        trace: Trace,
        values: Mapping[str, Value],
        given: Mapping[str, Value] = NOTHING,
        *,
        steps: Mapping[str, Step] = AS_RECORDED,
        domain: Domain = EXACT,
    ) -> None:
        self.trace, self.unmoved, self.steps, self.domain = trace, values, steps, domain
        self.given, self.known = given, dict(given)
        self.moved = trace.depending([*given, *(name for name in steps if name in trace.shapes)])

    def __getitem__(self, name: str) -> Value:
        known, moved, steps, defining = self.known, self.moved, self.steps, self.trace.defining
        if name in known:
            return known[name]
        waiting = [name]
        while waiting:
            asked = waiting[-1]
            if asked in known or not (asked in moved or asked in steps):
                waiting.pop()
                continue
            step = steps[asked] if asked in steps else defining[asked]
            missing = [one for one in step.inputs if one not in known and (one in moved or one in steps)]
            if missing:
                waiting += missing
            else:
                waiting.pop()
                known[asked] = self.worked_out(step)
        return self.value(name)

    def worked_out(self, step: Step) -> Value:
        """The value of a step whose inputs are known: what it was, where nothing in it has changed."""
        known, unmoved, name = self.known, self.unmoved, step.target.name
        recorded = name not in self.steps
        if recorded and all(one not in known or known[one] is unmoved[one] for one in step.inputs):
            return unmoved[name]
        inputs = [known[one] if one in known else unmoved[one] for one in step.inputs]
        value = self.program.exact(step, self.rule(step), inputs)
        return unmoved[name] if name in unmoved and seen_as_same(value, unmoved[name]) else value

    @cached_property
    def program(self) -> Program:
        """The trace ready to run."""
        return program(self.trace, self.domain)

    def value(self, name: str) -> Value:
        """A value that is known."""
        return self.known[name] if name in self.known else self.unmoved[name]

    def rule(self, step: Step) -> Callable[..., Value]:
        """What works a step out."""
        name = step.target.name
        return bound(step, self.domain, {}) if name in self.steps else self.rules[name]

    @cached_property
    def rules(self) -> Mapping[str, Callable[..., Value]]:
        """What works each step out as it was recorded, by its target."""
        return rules(self.trace, self.domain)

    def __iter__(self) -> Iterator[str]:
        return iter(self.trace.shapes)

    def __len__(self) -> int:
        return len(self.trace.shapes)


def rules(trace: Trace, domain: Domain) -> Mapping[str, Callable[..., Value]]:
    """What works each step out, by its target."""
    return trace.memo(
        ("rules", domain.name),
        lambda: {step.target.name: rule for step, rule in program(trace, domain).steps},
    )


def replay(trace: Trace, values: Mapping[str, Value], given: Mapping[str, Value], *, domain: Domain = EXACT) -> Replay:
    """What follows when some variables have other values than they had: the student's, say."""
    return Replay(trace, values, given, domain=domain)


def seen_as_same(one: Value, other: Value) -> bool:
    """Whether two values of one shape are seen to be the same: the same rationals, or the same objects."""
    if isinstance(one, np.ndarray):
        return one.shape == np.shape(other) and all(map(seen_as_same, one.ravel().tolist(), other.ravel().tolist()))
    return one is other or (type(one) is type(other) is Fraction and one == other)


def told_apart(one: Value, other: Value) -> bool:
    """Whether two values are proven to differ, by exact numbers or by their balls. Algebra is not asked: to find that
    two long expressions are one number takes it long, and nobody needs that of a slip."""
    if isinstance(one, np.ndarray):
        return one is not other and any(map(apart_at_depth, one.flat, other.flat))
    return apart_at_depth(one, other)


def apart_at_depth(one: Any, other: Any) -> bool:
    """Whether two numbers are proven to differ."""
    if one is other:
        return False
    kinds = type(one), type(other)
    if Real not in kinds:
        return bool(one != other)
    if kinds == (Real, Real) and not one.ball.overlaps(other.ball):
        return True
    numbers = [number for number in (entered(one), entered(other)) if number is not None]
    for bits in (BITS, *DEEPER):
        first, second = (ball_at(number, bits) for number in numbers)
        if not first.overlaps(second):
            return True
    return False


def ball_at(number: Number, bits: int) -> Any:
    """A ball of a number at so many bits."""
    if isinstance(number, Real):
        return number.at_depth(bits)
    ctx.prec = bits
    try:
        return as_ball(number)
    finally:
        ctx.prec = BITS
