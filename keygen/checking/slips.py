"""The known slips once more, for the oracle: each by its own table on mpmath's numbers, over the recorded trace.

Nothing of `engine.slips` is used but where a slip was made: the targets of the wrong steps, and which variable was read
for which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import prod

from keygen.checking import arithmetic as mp
from keygen.checking.arithmetic import Value, each
from keygen.checking.oracle import Oracle, OraclePoint, entered
from keygen.engine.trace import Step, Trace
from keygen.mathematics.terms import Chain
from keygen.variants.slips import SlipChain

WrongRule = Callable[[Step, list[Value]], Value]


def kept(number: int) -> WrongRule:
    """One of the inputs alone."""
    return lambda step, inputs: inputs[number]


def without_bias(step: Step, inputs: list[Value]) -> Value:
    """The product of a sum: the addend that has no name."""
    return inputs[0] if step.inputs[0].startswith("_") else inputs[1]


def sign_alone(step: Step, inputs: list[Value]) -> Value:
    """The input with the sign of its factor."""
    sign = mp.sign(mp.number(step.param))
    return each(lambda x: x if sign > 0 else -x, inputs[0])


def mean(step: Step, inputs: list[Value]) -> Value:
    """The mean of the terms of a sum."""
    (x,) = inputs
    shape = step.target.shape
    return each(lambda total: mp.divided(total, Fraction(x.size, prod(shape))), mp.sum_to(x, shape))


def times_where(mask: Callable[[Value, Value], bool]) -> WrongRule:
    """What arrives, where something holds of it and of the mask; 0 elsewhere."""

    def rule(step: Step, inputs: list[Value]) -> Value:
        return each(lambda g, m: g if mask(g, m) else Fraction(0), *inputs)

    return rule


def other_of_two(step: Step) -> Callable[[Value, Value], Value]:
    """The smaller number where the larger is asked for, and the other way round."""
    wanted = -1 if step.primitive == "larger" else 1
    return lambda a, b: a if mp.sign(mp.minus(a, b)) == wanted else b


WRONG: Mapping[str, WrongRule] = {
    "value_for_slope": kept(0),
    "mask_left_out": kept(0),
    "mask_inverted": times_where(lambda g, m: mp.sign(m) == 0),
    "mask_of_gradient": times_where(lambda g, m: mp.sign(g) > 0),
    "later_path_left_out": kept(1),
    "first_path_left_out": kept(0),
    "transpose_left_out": kept(0),
    "factors_swapped": lambda step, inputs: mp.matmul(inputs[1], inputs[0]),
    "correction_left_out": kept(0),
    "not_normalised": lambda step, inputs: each(mp.exp, inputs[0]),
    "root_left_out": kept(0),
    "count_left_out": kept(0),
    "chain_factor_left_out": kept(0),
    "own_class_alone": kept(0),
    "leak_left_out": lambda step, inputs: kept(0)(step, inputs) if step.law else each(mp.relu, inputs[0]),
    "elu_for_slope": kept(0),
    "factor_left_out": sign_alone,
    "slope_left_out": kept(0),
    "difference_turned": lambda step, inputs: each(lambda a, b: mp.minus(b, a), *inputs),
    "denominator_left_out": kept(0),
    "minus_left_out": kept(0),
    "activation_left_out": kept(0),
    "bias_left_out": without_bias,
    "plus_for_minus": lambda step, inputs: each(mp.plus, *inputs),
    "rate_left_out": kept(1),
    "other_class": lambda step, inputs: each(lambda y, p: mp.logloss(mp.minus(Fraction(1), y), p), *inputs),
    "mean_for_sum": mean,
    "square_left_out": kept(0),
    "rounded_to_nearest": lambda step, inputs: each(mp.nearest, inputs[0]),
    "rounded_up": lambda step, inputs: each(lambda x: -mp.floor(-x), inputs[0]),
    "rounded_down": lambda step, inputs: each(mp.floor, inputs[0]),
    "bars_left_out": kept(0),
    "other_of_two": lambda step, inputs: each(other_of_two(step), *inputs),
    "counted_from_zero": lambda step, inputs: each(lambda place: place - 1, mp.argmax(inputs[0])),
}
"""The value of a wrong step. A variable that is read for another one has no row: its steps are right, their inputs are
not."""


class OracleOfSlip(Oracle):
    """The values of a variant in which a slip was made: of these names, and what they are computed from."""

    def __init__(self, oracle: Oracle, chain: SlipChain) -> None:
        super().__init__(oracle.solved, oracle.rules)
        self.slip, self.wanted = chain.slip, tuple(chain.at)

    def evaluated(self) -> dict[str, Value]:
        """The values that are asked for, each from what it reads, whatever the order of the trace."""
        trace: Trace = self.solved.trace
        values = {variable.name: self.given(variable.name) for variable in trace.inputs}
        waiting = list(self.wanted)
        while waiting:
            name = waiting[-1]
            sources = () if name in values else self.sources(trace.defining[name])
            missing = [source for source in sources if source not in values]
            if not missing:
                waiting.pop()
                if name not in values:
                    values[name] = self.value(trace.defining[name], [values[source] for source in sources])
            waiting += missing
        return values

    def sources(self, step: Step) -> tuple[str, ...]:
        """What a step reads."""
        if step.target.name in self.slip.at and self.slip.misread:
            right, wrong = self.slip.misread
            return tuple(wrong if name == right else name for name in step.inputs)
        return step.inputs

    def value(self, step: Step, inputs: list[Value]) -> Value:
        """What a step gives."""
        if step.target.name in self.slip.at and not self.slip.misread:
            return WRONG[self.slip.name](step, inputs)
        extra = () if step.param is None else (step.param,)
        return self.rules[step.primitive](*inputs, *extra)


def point_of(chain: Chain, oracle: Oracle) -> OraclePoint:
    """Where a chain is tried: at a point of its scope; without one, at the values that it brings and the variant's, or
    those that follow from its slip."""
    scope = getattr(chain, "scope", None)
    if scope is not None:
        letters = {name: mp.number(x) for name, x in next(iter(scope.points(1))).items()}
        return OraclePoint(letters, dict(scope.meanings), oracle, scope.random)
    if isinstance(chain, SlipChain):
        return OraclePoint({}, {}, OracleOfSlip(oracle, chain))
    return OraclePoint({name: entered(value) for name, value in chain.at.items() if not callable(value)}, {}, oracle)
