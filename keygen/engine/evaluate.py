"""The numeric reading of a trace: one rule a primitive, for every number domain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

import numpy as np

from keygen.engine import decisions
from keygen.engine.bounds import bounded, power_has_room
from keygen.engine.domains import FLOAT, Domain, Value
from keygen.engine.primitives import PRIMITIVES, Effort, Primitive, Reading, Shape
from keygen.engine.real import Real, Undecided, dot
from keygen.engine.surd import Surd
from keygen.engine.trace import Step, Trace
from keygen.errors import KeygenError

Functions = Mapping[tuple[str, int], Callable[[Value], Value]]


def softmax(domain: Domain, x: Value) -> Value:
    """e^(x - max) / sum of them, along the last axis; the shift keeps equal logits exact."""
    shifted = x - np.max(x, axis=-1, keepdims=True)
    grown = domain.functions["exp"](shifted)
    return grown / np.sum(grown, axis=-1, keepdims=True)


def logloss(domain: Domain, y: Value, p: Value) -> Value:
    """-(y ln p + (1 - y) ln(1 - p))"""
    ln = domain.functions["ln"]
    return -(y * ln(p) + (1 - y) * ln(1 - p))


def sum_to(domain: Domain, x: Value, shape: Shape) -> Value:
    """Sum over the axes that a repetition to x's shape had made."""
    if shape == () and isinstance(x, np.ndarray) and types_in(x) == RATIONAL:
        return rational_sum(x.ravel().tolist())
    lead = np.ndim(x) - len(shape)
    x = np.sum(x, axis=tuple(range(lead))) if lead else x
    axes = tuple(axis for axis, size in enumerate(shape) if size == 1 and x.shape[axis] != 1)
    return np.sum(x, axis=axes, keepdims=True) if axes else x


def rational_sum(numbers: list[Fraction]) -> Fraction:
    """The sum of Fractions, in lowest terms once."""
    top, bottom = 0, 1
    for x in numbers:
        over, under = x.as_integer_ratio()
        top, bottom = (top + over, bottom) if under == bottom else (top * under + over * bottom, bottom * under)
    return Fraction(top, bottom)


def place_entry(domain: Domain, x: Value, param: tuple[Shape, Shape]) -> Value:
    """x at one place, zero elsewhere."""
    place, shape = param
    array = domain.enter(np.zeros(shape, dtype=int))
    array[place] = x
    return array


def power(domain: Domain, x: Value, n: int) -> Value:
    """x^n for a whole n, also negative ones, staying exact."""
    if Fraction in domain.elements:
        power_has_room(x, n)
    return x**n if n >= 0 else 1 / x**-n


def matmul(domain: Domain, a: Value, b: Value) -> Value:
    """Rows by columns."""
    if a.dtype != object:
        return a @ b
    if types_in(a) | types_in(b) == {Fraction}:
        return rational_product(a, b)
    columns = b.T.tolist()
    product = np.empty((len(a), len(columns)), dtype=object)
    for i, row in enumerate(a.tolist()):
        for j, column in enumerate(columns):
            product[i, j] = dot(row, column)
    return product


def rational_product(a: Value, b: Value) -> Value:
    """a b on Fractions, each entry in lowest terms once, not after every product and sum: a third of the time."""
    rows = [[x.as_integer_ratio() for x in row] for row in a.tolist()]
    columns = [[x.as_integer_ratio() for x in column] for column in b.T.tolist()]
    product = np.empty((len(rows), len(columns)), dtype=object)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            top, bottom = 0, 1
            for (x, p), (y, q) in zip(row, column, strict=True):
                over, under = x * y, p * q
                top, bottom = (top + over, bottom) if under == bottom else (top * under + over * bottom, bottom * under)
            product[i, j] = Fraction(top) if bottom == 1 else Fraction(top, bottom)
    return product


def leaky_relu(domain: Domain, x: Value, alpha: Value) -> Value:
    """x where x > 0, alpha x elsewhere"""
    return domain.by_sign(x, x, alpha * x)


def elu(domain: Domain, x: Value, alpha: Value) -> Value:
    """x where x > 0, alpha (e^x - 1) elsewhere; the exponential is never taken of a positive number"""
    return domain.by_sign(x, x, alpha * (domain.functions["exp"](domain.by_sign(x, 0, x)) - 1))


def softplus(domain: Domain, x: Value) -> Value:
    """ln(1 + e^x), as max(0, x) + ln(1 + e^-|x|), which overflows nowhere"""
    return domain.by_sign(x, x, 0) + domain.functions["ln"](1 + domain.functions["exp"](domain.by_sign(x, -x, x)))


Rule = Callable[..., Value]
EXACT_NUMBERS = (Fraction, int, Real, Surd)
RATIONAL = frozenset({Fraction})
SEEN = Effort.NOTHING
LEFT_RATIONALS = frozenset({Real, Surd})


def by_kind(name: str) -> Rule:
    """The rule that leaves a function to the number domain."""
    return lambda domain, x: domain.functions[name](x)


def has_rule(primitive: Primitive) -> bool:
    """All but a function that is only named: it takes its meaning from whoever evaluates."""
    return primitive.name != "apply"


RULES: Reading[Rule] = Reading(
    "the value, in every number kind",
    {
        "constant": lambda domain, c: c,
        "identity": lambda domain, n: domain.enter(np.eye(n, dtype=int)),
        "add": lambda domain, a, b: a + b,
        "sub": lambda domain, a, b: a - b,
        "mul": lambda domain, a, b: a * b,
        "div": lambda domain, a, b: a / b,
        "copy": lambda domain, x: x,
        "neg": lambda domain, x: -x,
        "scale": lambda domain, x, c: c * x,
        "power": power,
        "square": lambda domain, x: x * x,
        "matmul": matmul,
        "transpose": lambda domain, x: x.T,
        "softmax": softmax,
        "logloss": logloss,
        "leaky_relu": leaky_relu,
        "elu": elu,
        "softplus": softplus,
        "max": lambda domain, x: domain.max(x),
        "where_max": decisions.where_max,
        "min": decisions.smallest,
        "where_min": decisions.where_min,
        "argmax": decisions.argmax,
        "sort": lambda domain, x: decisions.sorted_by(domain, x, x),
        "sorted_by": decisions.sorted_by,
        "unsorted": decisions.unsorted,
        "abs": decisions.magnitude,
        "sign": decisions.sign,
        "ceil": decisions.whole_above,
        "round": decisions.whole_nearest,
        "larger": decisions.larger,
        "smaller": decisions.smaller,
        "greater": decisions.is_above,
        "at_least": decisions.is_at_least,
        "matches": decisions.is_equal,
        "pick": lambda domain, x, place: x[place],
        "place": place_entry,
        "sum_to": sum_to,
        "repeat_to": lambda domain, x, shape: np.broadcast_to(x, shape),
        **{name: by_kind(name) for name in FLOAT.functions},
    },
    needs=has_rule,
    takes=lambda primitive: 1 + primitive.arguments,
)


def bound(step: Step, domain: Domain, functions: Functions) -> Callable[..., Value]:
    """The step's rule with kind and param filled in."""
    if step.primitive == "apply":
        return meaning(step, functions)
    rule = RULES[step.primitive]
    if step.param is None:
        return partial(rule, domain)
    param = domain.enter(step.param) if isinstance(step.param, Fraction) else step.param
    if step.primitive == "constant":
        return lambda: param
    return lambda *inputs: rule(domain, *inputs, param)


def meaning(step: Step, functions: Functions) -> Callable[[Value], Value]:
    """The function that stands for the name in an `apply` step."""
    name: Any = step.param
    if name not in functions:
        raise KeygenError(
            f"no meaning was given for the function {name[0]!r} (derivative {name[1]}) in step {str(step)!r}",
            repair="pass it in `functions`",
        )
    return functions[name]


OFTEN = 16  # calls after which a program on floats is worth compiling


class Program:
    """A trace made ready for one number domain: call it with the inputs, get the value of every name.

    float64 runs bare, compiled once it turns out to be called often. The exact kinds check the element type of every
    node, because numpy's object arrays turn int / int into a float without a word: rational operations on Fractions
    must give Fractions.
    """

    def __init__(self, trace: Trace, domain: Domain, functions: Functions | None = None) -> None:
        self.trace, self.domain = trace, domain
        self.steps = [(step, bound(step, domain, functions or {})) for step in trace.steps]
        self.plain = RATIONAL.intersection(domain.elements)  # of such numbers there is nothing more to ask
        self.run: Callable[[dict[str, Value]], None] = self.on_floats if domain is FLOAT else self.exactly
        self.calls = 0

    @cached_property
    def leading(self) -> Mapping[str, int]:
        """The steps that each step is computed from, itself included: bit k stands for step number k."""
        found: dict[str, int] = {}
        for place, step in enumerate(self.trace.steps):
            bits = 1 << place
            for source in step.inputs:
                bits |= found.get(source, 0)
            found[step.target.name] = bits
        return found

    @cached_property
    def backward(self) -> int:
        """The steps of backward passes, as bits."""
        return sum(1 << place for place, step in enumerate(self.trace.steps) if step.law)

    def __call__(self, given: Mapping[str, Any]) -> dict[str, Value]:
        """Values by name. Raises KeygenError for a missing input, a wrong shape, a number domain lost on the way."""
        return self.completed({v.name: entered(v.name, v.shape, given, self.domain) for v in self.trace.inputs})

    def completed(self, values: dict[str, Value]) -> dict[str, Value]:
        """The values of the inputs, already of the kind, with those of all steps added."""
        self.calls += 1
        if self.calls == OFTEN and self.domain is FLOAT:
            self.run = compiled([(step.target.name, rule, step.inputs) for step, rule in self.steps])
        self.run(values)
        return values

    def on_floats(self, values: dict[str, Value]) -> None:
        """Add the value of every step."""
        for step, rule in self.steps:
            values[step.target.name] = rule(*[values[name] for name in step.inputs])

    def exactly(self, values: dict[str, Value]) -> None:
        """Add the value of every step, its elements checked."""
        for step, rule in self.steps:
            values[step.target.name] = self.exact(step, rule, [values[source] for source in step.inputs])

    def exact(self, step: Step, rule: Rule, inputs: list[Value]) -> Value:
        """The value of one step, its elements checked."""
        primitive = PRIMITIVES[step.primitive]
        try:
            value = rule(*inputs)
            entries = value.ravel().tolist() if type(value) is np.ndarray else (value,)
            if primitive.effort is not SEEN or not inputs:  # what is only seen makes no number longer
                bounded(entries)
        except Undecided as error:
            raise KeygenError(f"step {str(step)!r} cannot be decided: {error}", redraw=True) from error
        except ZeroDivisionError as error:
            raise KeygenError(f"step {str(step)!r} has no value: a division by zero", redraw=True) from error
        except (ValueError, OverflowError) as error:
            raise KeygenError(f"step {str(step)!r} has no value: {error}", redraw=True) from error
        kind = type(value)  # of a lone number there is least to ask
        if (kind is Fraction and self.plain) or (kind is Real and Real in map(type, inputs) and self.plain):
            return value
        types = set(map(type, entries))
        if types == self.plain:
            return value
        if Real in types or not types.issubset(self.domain.elements):
            rational = (
                not primitive.leaves_rationals and Real not in map(type, inputs) and not any(map(irrational, inputs))
            )
            if rational or not types.issubset(self.domain.elements):
                check_elements(step, entries, self.domain, rational=rational)
        return value


def compiled(steps: list[tuple[str, Callable[..., Value], tuple[str, ...]]]) -> Callable[[dict[str, Value]], None]:
    """The steps as one Python function on a dict of values: a straight line, no loop, no look-up of rules."""
    local = {f"rule{place}": rule for place, (_, rule, _) in enumerate(steps)}
    names = {name: f"v{place}" for place, name in enumerate(dict.fromkeys(n for t, _, i in steps for n in (*i, t)))}
    made: set[str] = set()
    body = []
    for place, (target, _, inputs) in enumerate(steps):
        body += [f"    {names[name]} = values[{name!r}]" for name in inputs if name not in made]
        made.update((*inputs, target))
        body.append(f"    {names[target]} = rule{place}({', '.join(names[name] for name in inputs)})")
    body += [f"    values[{target!r}] = {names[target]}" for target, _, _ in steps]
    exec("def run(values):\n" + "\n".join(body or ["    pass"]), local)
    run: Callable[[dict[str, Value]], None] = local["run"]
    return run


def entered(name: str, shape: Shape, given: Mapping[str, Any], domain: Domain) -> Value:
    """One input as a value of the kind, its shape checked."""
    if name not in given:
        raise KeygenError(f"no value was given for the input {name!r}", expected=f"shape {shape}")
    value = domain.enter(given[name])
    if np.shape(value) != shape:
        raise KeygenError(
            f"the value given for {name!r} has the wrong shape", expected=str(shape), found=str(np.shape(value))
        )
    return value


def types_in(value: Value) -> set[type]:
    """The types of the numbers in a value."""
    return set(map(type, value.flat)) if isinstance(value, np.ndarray) else {type(value)}


def irrational(value: Value) -> bool:
    """Whether a number of the value has left the rationals."""
    return not types_in(value).isdisjoint(LEFT_RATIONALS)


def check_elements(step: Step, entries: Iterable[Any], domain: Domain, *, rational: bool) -> None:
    """Every element of the node is of the number domain, and not a Real if it comes from rational numbers."""
    legal = tuple(element for element in domain.elements if not (rational and element is Real))
    for element in entries:
        if not isinstance(element, legal):
            raise KeygenError(
                f"step {str(step)!r} left the number kind {domain.name!r}",
                expected=" or ".join(element_type.__name__ for element_type in legal),
                found=f"{type(element).__name__} ({element})",
            )


def evaluate(
    trace: Trace, given: Mapping[str, Any], domain: Domain, functions: Functions | None = None
) -> dict[str, Value]:
    """The value of every name for these inputs, in this number kind."""
    if functions:
        return Program(trace, domain, functions)(given)
    return program(trace, domain)(given)


def program(trace: Trace, domain: Domain) -> Program:
    """A trace ready to run in a number kind."""
    return trace.memo(("program", domain.name), lambda: Program(trace, domain))


def as_float(value: Value) -> Value:
    """A value of any kind in float64: a float, or an array of them."""
    if type(value) is float:
        return value
    if isinstance(value, np.ndarray):
        return value.astype(np.float64)
    return float(value) if isinstance(value, EXACT_NUMBERS) else value
