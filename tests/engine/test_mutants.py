"""The checks catch every mutant of every pullback: no wrong gradient rule could live here unseen.

A mutant is made by changing one step that a pullback takes (a factor dropped, sides swapped, a transpose or a sign
forgotten, a number changed), or the pullback as a whole. Each is built on a witness, a small computation through its
primitive, and must be refused by the shapes or disagree with finite differences, the complex step and sympy, all three.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from grammar import FLAT, MEANINGS
from oracles import by_sympy, error_along, error_together, relative_error
from witnesses import WITNESSES, witness

from keygen.engine import backprop as rules
from keygen.engine.domains import FLOAT
from keygen.engine.evaluate import evaluate
from keygen.engine.primitives import PRIMITIVES, Param
from keygen.engine.tape import Ref
from keygen.engine.trace import Trace
from keygen.errors import KeygenError

Emit = Callable[..., Ref]
Mutation = Callable[..., Ref]

# What may go wrong in one step of a pullback.
STEPS: dict[str, dict[str, Mutation]] = {
    "add": {
        "minus": lambda emit, a, b: emit("sub", a, b),
        "left only": lambda emit, a, b: a,
        "right only": lambda emit, a, b: b,
    },
    "sub": {
        "swapped": lambda emit, a, b: emit("sub", b, a),
        "plus": lambda emit, a, b: emit("add", a, b),
        "left only": lambda emit, a, b: a,
    },
    "mul": {"left only": lambda emit, a, b: a, "right only": lambda emit, a, b: b},
    "div": {
        "left only": lambda emit, a, b: a,
        "swapped": lambda emit, a, b: emit("div", b, a),
        "product": lambda emit, a, b: emit("mul", a, b),
    },
    "neg": {"dropped": lambda emit, x: x},
    "scale": {"dropped": lambda emit, x, param: x, "another": lambda emit, x, param: emit("scale", x, param=param + 1)},
    "constant": {"another": lambda emit, param: emit("constant", param=param + 1)},
    "matmul": {
        "swapped": lambda emit, a, b: emit("matmul", b, a),
        "left only": lambda emit, a, b: a,
        "right only": lambda emit, a, b: b,
    },
    "transpose": {"dropped": lambda emit, x: x},
    "square": {"dropped": lambda emit, x: x, "cube": lambda emit, x: emit("power", x, param=3)},
    "power": {"another": lambda emit, x, param: emit("power", x, param=param + 1)},
    "sigmoid": {"dropped": lambda emit, x: x},
    "ln": {"dropped": lambda emit, x: x},
    "step": {"of -x": lambda emit, x: emit("step", emit("neg", x)), "dropped": lambda emit, x: x},
    "sign": {"of -x": lambda emit, x: emit("sign", emit("neg", x)), "dropped": lambda emit, x: x},
    "greater": {
        "swapped": lambda emit, a, b: emit("greater", b, a),
        "of -b": lambda emit, a, b: emit("greater", a, emit("neg", b)),
        "left only": lambda emit, a, b: a,
    },
    "unsorted": {"sorted": lambda emit, g, x: emit("sorted_by", g, x), "dropped": lambda emit, g, x: g},
    "sorted_by": {"put back": lambda emit, g, x: emit("unsorted", g, x), "dropped": lambda emit, g, x: g},
    "where_min": {"of -x": lambda emit, x: emit("where_min", emit("neg", x)), "dropped": lambda emit, x: x},
    "where_max": {"of -x": lambda emit, x: emit("where_max", emit("neg", x)), "dropped": lambda emit, x: x},
    "apply": {
        "once more": lambda emit, x, param: emit("apply", x, param=(param[0], param[1] + 1)),
        "dropped": lambda emit, x, param: x,
    },
    "pick": {"elsewhere": lambda emit, x, param: emit("pick", x, param=(param[0], 1 - param[1]))},
    "place": {"elsewhere": lambda emit, x, param: emit("place", x, param=((param[0][0], 1 - param[0][1]), param[1]))},
    "sum_to": {"twice": lambda emit, x, param: emit("scale", emit("sum_to", x, param=param), param=Fraction(2))},
    "repeat_to": {"twice": lambda emit, x, param: emit("scale", emit("repeat_to", x, param=param), param=Fraction(2))},
}


def swapped(x: Ref, *rest: Any) -> tuple[Any, ...]:
    """Two inputs the other way round; one stays where it is."""
    return (rest[0], x, *rest[1:]) if rest and isinstance(rest[0], Ref) else (x, *rest)


def ones(g: Ref) -> Ref:
    return rules.repeat(g.tape.constant(1), g)


# What may go wrong with a pullback as a whole, given the pullback and its arguments.
WHOLE: dict[str, Callable[..., Ref]] = {
    "sign flipped": lambda p, g, z, *rest: -p(g, z, *rest),
    "doubled": lambda p, g, z, *rest: 2 * p(g, z, *rest),
    "g alone": lambda p, g, z, *rest: g,
    "without g": lambda p, g, z, *rest: p(ones(g), z, *rest),
    "transposed": lambda p, g, z, *rest: p(g, z, *rest).T,
    "output for input": lambda p, g, z, x, *rest: p(g, x, z, *rest),
    "inputs swapped": lambda p, g, z, x, *rest: p(g, z, *swapped(x, *rest)),
}

# The same gradient in other words.
EQUIVALENT = {
    ("relu", 0, "output for input"): "max(0, x) is positive where x is",
    ("leaky_relu", 1, "transposed"): "the entries are added up",
    ("elu", 1, "transposed"): "the entries are added up",
    ("larger", 0, "output for input"): "the larger of a and b is above b where a is",
    ("smaller", 0, "output for input"): "the smaller of a and b is below b where a is",
}


@dataclass(frozen=True)
class Mutant:
    """The primitive, the input whose pullback is mutated, and how."""

    primitive: str
    argument: int
    how: str
    pullback: Callable[..., Ref]


def step_mutant(pullback: Callable[..., Ref], place: int, mutation: Mutation) -> Callable[..., Ref]:
    """The pullback with its step number `place` mutated."""

    def mutated(g: Ref, *rest: Any) -> Ref:
        tape, count = g.tape, iter(range(1000))
        plain = tape.emit

        def emit(primitive: str, *inputs: Ref, param: Param = None) -> Ref:
            if next(count) != place:
                return plain(primitive, *inputs, param=param)
            return mutation(plain, *inputs, **({} if param is None else {"param": param}))

        tape.emit = emit
        try:
            return pullback(g, *rest)
        finally:
            tape.emit = plain

    return mutated


def steps_taken(primitive: str, argument: int) -> list[str]:
    """The primitives that a pullback emits on its witness, in order."""
    taken: list[str] = []
    pullback = rules.PULLBACKS[primitive][argument]
    assert pullback is not None

    def watched(g: Ref, *rest: Any) -> Ref:
        plain = g.tape.emit

        def emit(name: str, *inputs: Ref, param: Param = None) -> Ref:
            taken.append(name)
            return plain(name, *inputs, param=param)

        g.tape.emit = emit
        try:
            return pullback(g, *rest)
        finally:
            g.tape.emit = plain

    gradients(primitive, Mutant(primitive, argument, "watched", watched))
    return taken


def mutants(primitive: str) -> Iterator[Mutant]:
    """Every mutant of a primitive's row."""
    for argument, pullback in enumerate(rules.PULLBACKS[primitive]):
        if pullback is None:
            yield Mutant(primitive, argument, "lets the gradient through", lambda g, *rest: g)
            continue
        for how, change in WHOLE.items():
            yield Mutant(primitive, argument, how, lambda *a, change=change, pullback=pullback: change(pullback, *a))
        for place, step in enumerate(steps_taken(primitive, argument)):
            for how, mutation in STEPS[step].items():
                yield Mutant(primitive, argument, f"{step} {how} at {place}", step_mutant(pullback, place, mutation))


def gradients(primitive: str, mutant: Mutant | None) -> tuple[Trace, dict[str, Any]]:
    """The witness with its gradients, by a mutated row or by the true one."""
    row = list(rules.PULLBACKS[primitive])
    if mutant is not None:
        row[mutant.argument] = mutant.pullback
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(rules.PULLBACKS, primitive, tuple(row))
        t, values = witness(primitive)
        rules.backprop(t, "z", inputs_of(primitive), incoming="w")
        trace = t.trace()
    with np.errstate(all="ignore"):  # a mutant may leave the numbers
        return trace, evaluate(trace, values, FLOAT, MEANINGS)


def inputs_of(primitive: str) -> list[str]:
    return [f"x{place}" for place in range(PRIMITIVES[primitive].arity)]


@cache
def truth(primitive: str) -> tuple[str, dict[str, Any]]:
    """The true trace as text, and sympy's gradients."""
    trace, values = gradients(primitive, None)
    return str(trace), {name: by_sympy(trace, "L", name, values) for name in inputs_of(primitive)}


def seen_by(trace: Trace, values: dict[str, Any], primitive: str) -> set[str]:
    """The checks that a trace with its gradients does not pass."""
    _, expected = truth(primitive)
    failed = set()
    numbers = random.Random(primitive)
    for name in inputs_of(primitive):
        found = values[f"dz_d{name}"]
        if error_along(trace, "L", name, values, found, numbers) > 1e-6:
            failed.add("differences")
        if relative_error(found, expected[name]) > 1e-9:
            failed.add("sympy")
    together = {name: values[f"dz_d{name}"] for name in inputs_of(primitive)}
    if error_together(trace, "L", values, together, numbers) > 1e-9:
        failed.add("complex step")
    return failed


CHECKS = {"differences", "complex step", "sympy"}


DIFFERENTIABLE = [primitive for primitive, row in rules.PULLBACKS.items() if row]


def test_every_pullback_has_a_witness() -> None:
    assert sorted(WITNESSES) == sorted(DIFFERENTIABLE)


@pytest.mark.parametrize("primitive", DIFFERENTIABLE)
def test_the_true_rule_passes_every_check(primitive: str) -> None:
    assert seen_by(*gradients(primitive, None), primitive) == set()


@pytest.mark.parametrize("primitive", DIFFERENTIABLE)
def test_every_mutant_is_caught(primitive: str) -> None:
    """A mutation that leaves the same trace is none; one that shapes refuse is caught by them."""
    text, _ = truth(primitive)
    caught = 0
    for mutant in mutants(primitive):
        try:
            trace, values = gradients(primitive, mutant)
        except KeygenError:
            caught += 1
            continue
        if str(trace) != text:
            equivalent = (primitive, mutant.argument, mutant.how) in EQUIVALENT
            assert seen_by(trace, values, primitive) == (set() if equivalent else CHECKS), mutant
            caught += not equivalent
    assert caught >= (1 if primitive in FLAT else 4)


SLOPES = {name: row[0].of for name, row in rules.PULLBACKS.items() if row and isinstance(row[0], rules.Slope)}


@pytest.mark.parametrize("primitive", SLOPES)
def test_every_mutant_of_a_slope_is_caught(primitive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    true, (_, *others) = SLOPES[primitive], rules.PULLBACKS[primitive]
    changes: dict[str, Callable[..., Ref]] = {
        "sign flipped": lambda z, x, *rest: -true(z, x, *rest),
        "dropped": lambda z, x, *rest: ones(x),
        "output for input": lambda z, x, *rest: true(x, z, *rest),
        "cubed and one more": lambda z, x, *rest: true(z, x, *rest) ** 3 + 1,
    }
    text, _ = truth(primitive)
    for how, change in changes.items():
        monkeypatch.setitem(rules.PULLBACKS, primitive, (rules.Slope(change), *others))
        trace, values = gradients(primitive, None)
        if str(trace) != text:
            equivalent = (primitive, 0, how) in EQUIVALENT
            assert seen_by(trace, values, primitive) == (set() if equivalent else CHECKS), how
