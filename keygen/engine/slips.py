"""The known slips: what people write in the place of a step, in primitives. A slip is more of the same trace.

A row of `MISTAKES` is of a primitive, wherever a step of it stands. A row of `PULLBACK_MISTAKES` is of its pullback:
the steps of the backward pass that it asked for. `engine.mistaken` finds the places in a trace where one of them could
be made; what has other sizes than the step is no slip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

from keygen.engine.primitives import PRIMITIVES, Effort, Reading, Shape
from keygen.engine.tape import Ref
from keygen.engine.trace import Step, Trace, is_link
from keygen.errors import KeygenError, nearest


class Spot(NamedTuple):
    """A step of a trace."""

    trace: Trace
    step: Step

    def behind(self, number: int) -> Step | None:
        """The step that made an input, by the input's number."""
        return self.trace.defining.get(self.step.inputs[number])

    def constant(self, number: int) -> bool:
        """Whether an input is a literal number."""
        step = self.behind(number)
        return step is not None and step.primitive == "constant"

    def link(self, number: int) -> bool:
        """Whether an input has no name."""
        return is_link(self.step.inputs[number])

    @property
    def readers(self) -> Iterator[Step]:
        """The steps that read the result."""
        return (step for step in self.trace.steps if self.step.target.name in step.inputs)


def anywhere(spot: Spot) -> bool:
    """At every step of the primitive."""
    return True


@dataclass(frozen=True, slots=True)
class Mistake:
    """A step that is written wrongly.

    name     of its sentence, too
    instead  what is written, in primitives: from the step's inputs (and its parameter)
    where    whether it is made at a place
    at       in a pullback: the primitive of the step
    """

    name: str
    instead: Callable[..., Ref]
    where: Callable[[Spot], bool] = anywhere
    at: str = ""


@dataclass(frozen=True, slots=True)
class Misreading:
    """A variable that is read for another one.

    name   of its sentence, too
    reads  of a place: the variable that should be read, the one that is, and the steps that read it
    """

    name: str
    reads: Callable[[Spot], tuple[str, str, tuple[Step, ...]] | None]
    at: str = ""


@dataclass(frozen=True, slots=True)
class ChosenSlip:
    """The slip that an author wants a key to name: in which part, and if that matters in the line of which variable."""

    part: str
    name: str
    line: str = ""


def slip(part: str, name: str, line: str = "") -> ChosenSlip:
    """A common slip that the key of a part names with its number: `name` is one of `engine.slips.TYPICAL`, `line` the
    variable in whose line it is made, by default the first where it tells. Raises KeygenError for an unknown name."""
    if name not in TYPICAL:
        raise KeygenError(
            f"the slip {name!r} is unknown", expected="a name in keygen/engine/slips.py", repair=nearest(name, TYPICAL)
        )
    return ChosenSlip(part, name, line)


# --- where


def complement(spot: Spot) -> bool:
    """z (1 - z)"""
    other = spot.behind(1)
    return other is not None and other.primitive == "sub" and other.inputs[1] == spot.step.inputs[0]


def by_slope(spot: Spot) -> bool:
    """What arrives times the slope of an elementwise function, and no part of the slope itself."""
    inside = (one for one in spot.readers if one.law == spot.step.law and one.primitive == "add")
    return not complement(spot) and next(inside, None) is None


def between_parts(spot: Spot) -> bool:
    """The slope right of the kink and the slope left of it, added up."""
    left = spot.behind(1)
    return left is not None and left.primitive == "mul" and left.law == spot.step.law


def left_of_elu(spot: Spot) -> bool:
    """elu + alpha, the slope left of the kink"""
    return not between_parts(spot)


def between_variables(spot: Spot) -> bool:
    """A difference in which no number is typed, and that is no gradient step."""
    return not spot.constant(0) and not spot.constant(1) and not is_update(spot)


def by_count(spot: Spot) -> bool:
    """A division by a typed number, such as n."""
    return spot.constant(1)


def not_minus_one(spot: Spot) -> bool:
    """A multiple by a number that is more than a sign."""
    return spot.step.param != -1


def minus_one(spot: Spot) -> bool:
    """A multiple by -1."""
    return spot.step.param == -1


def corrects_start(spot: Spot) -> bool:
    """m / (1 - beta^k), k counted from 1"""
    below = spot.behind(1)
    if below is None or below.primitive != "sub" or not Spot(spot.trace, below).constant(0):
        return False
    decay = spot.trace.defining.get(below.inputs[1])
    if decay is None:
        return True
    return effort(decay.primitive) is Effort.POWER and decay.inputs[0] not in spot.trace.defining


def fan_out(spot: Spot) -> bool:
    """The sum of gradients that arrive along several paths."""
    return spot.step.law == "fan_out"


def bias_first(spot: Spot) -> bool:
    """b + x w"""
    return not spot.step.law and not spot.link(0) and product_of(spot.behind(1)) and spot.link(1)


def bias_last(spot: Spot) -> bool:
    """x w + b"""
    return not spot.step.law and not spot.link(1) and product_of(spot.behind(0)) and spot.link(0)


def product_of(step: Step | None) -> bool:
    """Whether a step multiplies."""
    return step is not None and effort(step.primitive) in {Effort.PRODUCT, Effort.ROWS_BY_COLUMNS}


def by_name(spot: Spot) -> bool:
    """What arrives times a variable."""
    return not spot.link(1) and spot.step.inputs[0] != spot.step.inputs[1]


def of_step(spot: Spot) -> bool:
    """The rate times a gradient, in a gradient step."""
    targets = {gradient.target for gradient in spot.trace.gradients}
    return spot.step.inputs[1] in targets and any(is_update(Spot(spot.trace, one)) for one in spot.readers)


def undivided(spot: Spot) -> bool:
    """A sum of several terms that nothing divides: of the forward pass, or the gradient of what a sum repeats."""
    before, after = spot.trace.shapes[spot.step.inputs[0]], spot.step.target.shape
    of_sum = not spot.step.law or effort(spot.step.law) is Effort.SUM
    return of_sum and prod(before) > prod(after) and all(one.primitive != "div" for one in spot.readers)


def effort(name: str) -> Effort | None:
    """What a person works out in a primitive; nothing where a law is none's."""
    record = PRIMITIVES.get(name)
    return None if record is None else record.effort


def several(spot: Spot) -> bool:
    """Factors of which one is more than a number."""
    return any(prod(spot.trace.shapes[name]) > 1 for name in spot.step.inputs)


def is_update(spot: Spot) -> bool:
    """w - what comes of the gradient by w"""
    return spot.step.target.name in updates(spot.trace)


def updates(trace: Trace) -> Mapping[str, tuple[str, frozenset[str]]]:
    """The gradient steps of a trace: by the new weight the old one, and the losses whose gradients it follows."""
    return trace.memo("updates", lambda: dict(updated(trace)))


def updated(trace: Trace) -> Iterator[tuple[str, tuple[str, frozenset[str]]]]:
    """What `updates` finds."""
    for step in trace.steps:
        if step.primitive == "sub" and not step.law and trace.gradients:
            behind = trace.needs(step.inputs[1:])
            followed = [gradient for gradient in trace.gradients if gradient.target in behind]
            losses = {gradient.of for gradient in followed if step.inputs[0] in trace.needs([gradient.by])}
            if losses:
                yield step.target.name, (step.inputs[0], frozenset(losses))


def too_early(spot: Spot) -> tuple[str, str, tuple[Step, ...]] | None:
    """The old weight, the new one, and the steps of the backward pass that read the weight on the way to the gradient
    by another."""
    trace, new = spot.trace, spot.step.target.name
    if not is_update(spot):
        return None
    old, losses = updates(trace)[new]
    others = [other for other, (of, same) in updates(trace).items() if of != old and same & losses]
    backward = [step for step in trace.steps if step.law and old in step.inputs]
    if not others or not backward:
        return None
    own, wanted = trace.needs([new]), trace.needs(others)
    readers = tuple(step for step in backward if step.target.name in wanted and step.target.name not in own)
    return (old, new, readers) if readers else None


def carried_on(spot: Spot) -> tuple[str, str, tuple[Step, ...]] | None:
    """A mean, the corrected one, and the steps that go on with the mean."""
    if not corrects_start(spot):
        return None
    mean, corrected = spot.step.inputs[0], spot.step.target.name
    own = spot.trace.needs([corrected])
    readers = tuple(step for step in spot.trace.steps if mean in step.inputs and step.target.name not in own)
    return (mean, corrected, readers) if readers else None


# --- what is written instead


def as_it_is(x: Ref, *rest: Any) -> Ref:
    """x"""
    return x


def second(x: Ref, y: Ref, *rest: Any) -> Ref:
    """y"""
    return y


def turned(a: Ref, b: Ref) -> Ref:
    """b - a"""
    return b - a


def added(a: Ref, b: Ref) -> Ref:
    """a + b"""
    return a + b


def swapped(a: Ref, b: Ref) -> Ref:
    """b a"""
    return b @ a


def sign_alone(x: Ref, c: Fraction) -> Ref:
    """x with the sign of its factor"""
    return -x if c < 0 else x


def averaged(x: Ref, shape: Shape) -> Ref:
    """the mean of the terms"""
    return x.tape.emit("sum_to", x, param=shape) / Fraction(prod(x.shape), prod(shape))


def inverted(g: Ref, mask: Ref) -> Ref:
    """g where the mask is 0"""
    return g * (1 - mask)


def by_own_sign(g: Ref, mask: Ref) -> Ref:
    """g where g itself is positive"""
    return g * g.tape.emit("step", g)


def exponentials(x: Ref) -> Ref:
    """e^x"""
    return x.tape.emit("exp", x)


def rectified(x: Ref, parameter: Ref) -> Ref:
    """max(0, x)"""
    return x.tape.emit("relu", x)


def of_other_class(y: Ref, p: Ref) -> Ref:
    """the logloss with 1 - y for y"""
    return y.tape.emit("logloss", 1 - y, p)


def nearest_whole(x: Ref) -> Ref:
    """the whole number nearest to x"""
    return x.tape.emit("round", x)


def whole_above(x: Ref) -> Ref:
    """the whole number above x"""
    return x.tape.emit("ceil", x)


def whole_below(x: Ref) -> Ref:
    """the whole number below x"""
    return x.tape.emit("floor", x)


def from_zero(x: Ref) -> Ref:
    """the place of the largest, counted from 0"""
    return x.tape.emit("argmax", x) - 1


def other_of_two(primitive: str) -> Callable[[Ref, Ref], Ref]:
    """the other one of two numbers"""
    return lambda a, b: a.tape.emit(primitive, a, b)


LEFT_OUT = Mistake("activation_left_out", as_it_is)
SLOPE_LEFT_OUT = Mistake("slope_left_out", as_it_is, by_slope, at="mul")
FACTOR_LEFT_OUT = Mistake("chain_factor_left_out", as_it_is, by_name, at="mul")
LEAK_LEFT_OUT = Mistake("leak_left_out", rectified)
SLOPE_OF_LEAK = Mistake("leak_left_out", as_it_is, between_parts, at="add")
VALUE_OF_ELU = Mistake("elu_for_slope", as_it_is, left_of_elu, at="add")
Known = Mistake | Misreading


MISTAKES: Reading[tuple[Known, ...]] = Reading(
    "the mistakes that are made in it",
    {
        "constant": (),
        "identity": (),
        "add": (
            Mistake("later_path_left_out", second, fan_out),
            Mistake("first_path_left_out", as_it_is, fan_out),
            Mistake("bias_left_out", second, bias_first),
            Mistake("bias_left_out", as_it_is, bias_last),
        ),
        "sub": (
            Mistake("difference_turned", turned, between_variables),
            Mistake("plus_for_minus", added, is_update),
            Misreading("new_weights_too_early", too_early),
        ),
        "mul": (Mistake("rate_left_out", second, of_step),),
        "div": (
            Mistake("count_left_out", as_it_is, by_count),
            Mistake("correction_left_out", as_it_is, corrects_start),
            Misreading("corrected_carried_on", carried_on),
        ),
        "copy": (),
        "neg": (Mistake("minus_left_out", as_it_is),),
        "scale": (
            Mistake("factor_left_out", sign_alone, not_minus_one),
            Mistake("minus_left_out", as_it_is, minus_one),
        ),
        "power": (),
        "square": (Mistake("square_left_out", as_it_is),),
        "matmul": (Mistake("factors_swapped", swapped, several),),
        "transpose": (Mistake("transpose_left_out", as_it_is, several),),
        "exp": (),
        "ln": (),
        "sqrt": (Mistake("root_left_out", as_it_is),),
        "sigmoid": (LEFT_OUT,),
        "tanh": (LEFT_OUT,),
        "relu": (LEFT_OUT,),
        "leaky_relu": (LEFT_OUT, LEAK_LEFT_OUT),
        "elu": (LEFT_OUT, LEAK_LEFT_OUT),
        "softplus": (LEFT_OUT,),
        "step": (),
        "softmax": (Mistake("not_normalised", exponentials),),
        "logloss": (Mistake("other_class", of_other_class),),
        "max": (),
        "where_max": (),
        "min": (),
        "where_min": (),
        "argmax": (Mistake("counted_from_zero", from_zero),),
        "abs": (Mistake("bars_left_out", as_it_is),),
        "sign": (),
        "floor": (Mistake("rounded_to_nearest", nearest_whole), Mistake("rounded_up", whole_above)),
        "ceil": (Mistake("rounded_to_nearest", nearest_whole), Mistake("rounded_down", whole_below)),
        "round": (),
        "larger": (Mistake("other_of_two", other_of_two("smaller")),),
        "smaller": (Mistake("other_of_two", other_of_two("larger")),),
        "greater": (),
        "at_least": (),
        "matches": (),
        "sort": (),
        "sorted_by": (),
        "unsorted": (),
        "apply": (),
        "pick": (),
        "place": (),
        "sum_to": (Mistake("mean_for_sum", averaged, undivided),),
        "repeat_to": (),
    },
)

PULLBACK_MISTAKES: Reading[tuple[Known, ...]] = Reading(
    "the mistakes that are made in its pullback",
    {
        "constant": (),
        "identity": (),
        "add": (),
        "sub": (),
        "mul": (FACTOR_LEFT_OUT,),
        "div": (),
        "copy": (),
        "neg": (),
        "scale": (),
        "power": (),
        "square": (),
        "matmul": (),
        "transpose": (),
        "exp": (SLOPE_LEFT_OUT,),
        "ln": (),
        "sqrt": (),
        "sigmoid": (Mistake("value_for_slope", as_it_is, complement, at="mul"), SLOPE_LEFT_OUT),
        "tanh": (SLOPE_LEFT_OUT,),
        "relu": (
            Mistake("mask_left_out", as_it_is, at="mul"),
            Mistake("mask_inverted", inverted, at="mul"),
            Mistake("mask_of_gradient", by_own_sign, at="mul"),
        ),
        "leaky_relu": (SLOPE_LEFT_OUT, SLOPE_OF_LEAK),
        "elu": (SLOPE_LEFT_OUT, SLOPE_OF_LEAK, VALUE_OF_ELU),
        "softplus": (SLOPE_LEFT_OUT,),
        "step": (),
        "softmax": (Mistake("own_class_alone", as_it_is, at="sub"),),
        "logloss": (Mistake("denominator_left_out", as_it_is, at="div"),),
        "max": (),
        "where_max": (),
        "min": (),
        "where_min": (),
        "argmax": (),
        "abs": (),
        "sign": (),
        "floor": (),
        "ceil": (),
        "round": (),
        "larger": (),
        "smaller": (),
        "greater": (),
        "at_least": (),
        "matches": (),
        "sort": (),
        "sorted_by": (),
        "unsorted": (),
        "apply": (SLOPE_LEFT_OUT,),
        "pick": (),
        "place": (),
        "sum_to": (),
        "repeat_to": (),
    },
)

TYPICAL = (
    "value_for_slope", "mask_left_out", "later_path_left_out", "transpose_left_out", "correction_left_out",
    "not_normalised", "corrected_carried_on", "root_left_out", "count_left_out", "chain_factor_left_out",
    "own_class_alone", "mask_inverted", "mask_of_gradient", "leak_left_out", "elu_for_slope", "factor_left_out",
    "slope_left_out", "new_weights_too_early", "difference_turned", "denominator_left_out", "minus_left_out",
    "activation_left_out", "bias_left_out", "plus_for_minus", "rate_left_out", "first_path_left_out", "other_class",
    "mean_for_sum", "square_left_out", "factors_swapped", "rounded_to_nearest", "rounded_up", "rounded_down",
    "bars_left_out", "other_of_two", "counted_from_zero",
)  # fmt: skip
"""Every mistake, the most telling first: what a key names when nobody says which."""
