"""Each fold is an identity: a tape that folds and one that does not compute the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from grammar import MEANINGS, Computation, computations
from hypothesis import assume, given, settings

from keygen.engine import record, simplify
from keygen.engine.backprop import backprop
from keygen.engine.domains import EXACT, FLOAT
from keygen.engine.evaluate import evaluate
from keygen.engine.primitives import Param
from keygen.engine.record import Recorder
from keygen.engine.tape import Ref
from keygen.errors import KeygenError

SHAPES = {"s": (), "v": (3,), "M": (2, 2), "N": (2, 2), "r": (1, 2), "c": (2, 1), "one": (1, 1)}
VALUES = {
    "s": Fraction(5, 2),
    "v": [2, -3, 7],
    "M": [[2, 3], [-5, 7]],
    "N": [[Fraction(1, 3), 4], [11, -2]],
    "r": [[13, -4]],
    "c": [[6], [-9]],
    "one": [[Fraction(7, 2)]],
}
NAMES = list(SHAPES)


def emit(primitive: str, *inputs: Ref, param: Param = None) -> Ref:
    return inputs[0].tape.emit(primitive, *inputs, param=param)


INGREDIENTS: dict[str, Callable[[Recorder], Ref]] = {
    **{name: lambda t, name=name: t[name] for name in NAMES},
    "1": lambda t: t._tape.constant(1),
    "3": lambda t: t._tape.constant(3),
    "-1/2": lambda t: t._tape.constant(Fraction(-1, 2)),
    "1 repeated to (2, 2)": lambda t: emit("repeat_to", t._tape.constant(1), param=(2, 2)),
    "3 repeated to (3,)": lambda t: emit("repeat_to", t._tape.constant(3), param=(3,)),
    "s repeated to (2, 2)": lambda t: emit("repeat_to", t.s, param=(2, 2)),
    "r repeated to (2, 2)": lambda t: emit("repeat_to", t.r, param=(2, 2)),
    "c repeated to (2, 2)": lambda t: emit("repeat_to", t.c, param=(2, 2)),
    "3 s": lambda t: emit("scale", t.s, param=Fraction(3)),
    "-1 M": lambda t: emit("scale", t.M, param=Fraction(-1)),
    "1/3 r": lambda t: emit("scale", t.r, param=Fraction(1, 3)),
    "M - N": lambda t: t.M - t.N,
    "r - c": lambda t: t.r - t.c,
    "2 (M - N)": lambda t: emit("scale", emit("sub", t.M, t.N), param=Fraction(2)),
    "s (M - r)": lambda t: emit("mul", t.s, emit("sub", t.M, t.r)),
    "-M": lambda t: emit("neg", t.M),
    "-s": lambda t: emit("neg", t.s),
    "2 / s": lambda t: emit("div", t._tape.constant(2), t.s),
    "2 / c": lambda t: emit("div", t._tape.constant(2), t.c),
    "3 repeated / s": lambda t: emit("div", emit("repeat_to", t._tape.constant(3), param=(2, 2)), t.s),
    "M^T": lambda t: t.M.T,
    "r^T": lambda t: t.r.T,
    "I": lambda t: t._tape.emit("identity", param=2),
    "M^2": lambda t: emit("square", t.M),
}

PARAMS: dict[str, list[Param]] = {
    "scale": [Fraction(c) for c in ("1", "-1", "0", "5", "-2/3")],
    "sum_to": [(), (1,), (3,), (1, 1), (1, 2), (2, 1), (2, 2)],
    "repeat_to": [(), (3,), (1, 1), (2, 2), (2, 3), (1, 2)],
    "power": [0, 1, 2, 3],
}
ARITY = {"mul": 2, "matmul": 2}
CASES = [
    (primitive, inputs, param)
    for primitive in simplify.FOLDS
    for inputs in product(INGREDIENTS, repeat=ARITY.get(primitive, 1))
    for param in PARAMS.get(primitive, [None])
]


def result(primitive: str, inputs: tuple[str, ...], param: Param) -> tuple[Any, Any] | None:
    """Shape and exact value of one step over these ingredients, None where the shapes do not fit."""
    t = Recorder(SHAPES)
    made = [INGREDIENTS[name](t) for name in inputs]
    try:
        z = t._tape.emit(primitive, *made, param=param)
    except KeygenError:
        return None
    t.z = z if z.name.startswith("_") else emit("copy", z)
    values = evaluate(t.trace(), VALUES, EXACT)
    return t.z.shape, np.asarray(values["z"], dtype=object).tolist()


def unfolded(monkeypatch: pytest.MonkeyPatch, make: Callable[[], Any]) -> Any:
    """What `make` gives on tapes that never fold."""
    with monkeypatch.context() as patch:
        patch.setattr(record, "folded", lambda *arguments: None)
        return make()


@pytest.mark.parametrize("primitive", simplify.FOLDS)
def test_each_fold_keeps_the_value_and_the_shape_of_every_pair_of_ingredients(
    primitive: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = 0
    for _, inputs, param in (case for case in CASES if case[0] == primitive):
        expected = unfolded(monkeypatch, lambda inputs=inputs, param=param: result(primitive, inputs, param))
        if expected is not None:
            assert result(primitive, inputs, param) == expected, (inputs, param)
            compared += 1
    assert compared > len(INGREDIENTS) / 2


def test_every_fold_is_met_by_these_ingredients(monkeypatch: pytest.MonkeyPatch) -> None:
    met: set[str] = set()

    def watched(rule: simplify.Fold) -> simplify.Fold:
        def observer(tape: Any, inputs: Any, param: Param) -> Any:
            found = rule(tape, inputs, param)
            if found is not None:
                met.add(rule.__name__)
            return found

        return observer

    table = {name: folds._replace(rules=tuple(map(watched, folds.rules))) for name, folds in simplify.FOLDS.items()}
    monkeypatch.setattr(simplify, "FOLDS", table)
    for primitive, inputs, param in CASES:
        result(primitive, inputs, param)
    monkeypatch.undo()
    assert met == {rule.__name__ for folds in simplify.FOLDS.values() for rule in folds.rules}


@pytest.mark.parametrize("primitive", [name for name, folds in simplify.FOLDS.items() if folds.into is not None])
def test_no_fold_is_passed_over_for_the_kinds_of_its_inputs(primitive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at the inputs' kinds saves time alone: tried in every case, the rules make the same traces."""

    def traces() -> list[str]:
        found = []
        for _, inputs, param in (case for case in CASES if case[0] == primitive):
            t = Recorder(SHAPES)
            made = [INGREDIENTS[name](t) for name in inputs]
            with suppress(KeygenError):
                t._tape.emit(primitive, *made, param=param)
            found.append("\n".join(map(str, t._tape.steps)))
        return found

    quick = traces()
    monkeypatch.setitem(simplify.FOLDS, primitive, simplify.FOLDS[primitive]._replace(into=None))
    assert quick == traces()


@settings(derandomize=True, database=None, deadline=None, max_examples=120)
@given(computations())
def test_a_backward_pass_without_folds_computes_the_same(computation: Computation) -> None:
    by = computation.reached()
    assume(by)

    def gradients() -> dict[str, Any]:
        t = computation.record()
        backprop(t, "L", [name for name in by if name in t])
        trace = t.trace()
        values = evaluate(trace, computation.values, FLOAT, MEANINGS)
        return {gradient.by: values[gradient.target] for gradient in trace.gradients}

    folded = gradients()
    with pytest.MonkeyPatch.context() as patch:
        plain = unfolded(patch, gradients)
    for name in folded.keys() & plain.keys():
        np.testing.assert_allclose(folded[name], plain[name], rtol=1e-9, atol=1e-9)
    assert set(folded) <= set(plain)


FORMS: list[tuple[Callable[[Recorder], Ref], str]] = [
    (lambda t: 1 * t.M, "copy(M)"),
    (lambda t: t.s * 3, "scale[3](s)"),
    (lambda t: 2 * (3 * t.s), "scale[6](s)"),
    (lambda t: -(t.M - t.N), "sub(N, M)"),
    (lambda t: -emit("neg", t.M), "copy(M)"),
    (lambda t: -(2 * t.M), "scale[-2](M)"),
    (lambda t: t.M.T.T, "copy(M)"),
    (lambda t: t.s**1, "copy(s)"),
    (lambda t: t.s**2, "square(s)"),
    (lambda t: emit("repeat_to", t.s, param=(2, 2)) * t.M, "mul(s, M)"),
    (lambda t: emit("repeat_to", t._tape.constant(1), param=(3,)) * t.s, "repeat_to[(3,)](s)"),
    (lambda t: emit("sum_to", emit("repeat_to", t.s, param=(2, 2)), param=()), "scale[4](s)"),
    (lambda t: emit("sum_to", emit("repeat_to", t.r, param=(2, 2)), param=(1, 2)), "scale[2](r)"),
    (lambda t: emit("sum_to", emit("repeat_to", t.r, param=(2, 2)), param=()), "scale[2](sum_to[()](r))"),
    (lambda t: emit("sum_to", emit("repeat_to", t.s, param=(2, 2)), param=(1, 2)), "repeat_to[(1, 2)](scale[2](s))"),
    (lambda t: -emit("repeat_to", t.r, param=(2, 2)), "repeat_to[(2, 2)](neg(r))"),
    (lambda t: 3 * emit("repeat_to", t.c, param=(2, 2)), "repeat_to[(2, 2)](scale[3](c))"),
]


def written_out(t: Recorder, name: str) -> str:
    """The right side of a step, its links in their places."""
    right = str(t.trace().defining[name]).partition(" = ")[2]
    return re.sub(r"\b_\d+\b", lambda link: written_out(t, link[0]), right)


@pytest.mark.parametrize(("formula", "step"), FORMS)
def test_what_a_person_simplifies_in_passing(formula: Callable[[Recorder], Ref], step: str) -> None:
    t = Recorder(SHAPES)
    z = formula(t)
    t.z = z if z.name.startswith("_") else emit("copy", z)
    assert written_out(t, "z") == step


def test_a_variable_with_a_name_is_never_taken_apart() -> None:
    t = Recorder(SHAPES)
    t.d = t.M - t.N
    t.z = -t.d
    t.u = t.s * 3
    t.w = 2 * t.u
    assert [str(step) for step in t.trace().steps] == [
        "d = sub(M, N)",
        "z = neg(d)",
        "u = scale[3](s)",
        "w = scale[2](u)",
    ]
