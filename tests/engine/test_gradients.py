"""Gradients of random computations, each found twice more by ways that share no rule with the pullbacks."""

from __future__ import annotations

import random
from typing import Any

import autograd_reading
import numpy as np
import pytest
from grammar import EVERYTHING, MEANINGS, PROFILES, Computation, computations, smooth_sources
from hypothesis import assume, given, settings
from oracles import by_sympy, error_along, error_together, relative_error

from keygen.engine.backprop import backprop
from keygen.engine.domains import FLOAT
from keygen.engine.evaluate import evaluate
from keygen.engine.functions import total
from keygen.engine.primitives import PRIMITIVES
from keygen.engine.trace import Trace

REPRODUCIBLE = settings(derandomize=True, database=None, deadline=None)
SIZES = [pytest.param(sizes, id=name) for name, sizes in [*PROFILES.items(), ("everything", EVERYTHING)]]

KINKED = frozenset(name for name, record in PRIMITIVES.items() if record.kinked)
CHOOSING = frozenset(name for name, record in PRIMITIVES.items() if record.decides and not record.kinked)


def pulled_back(computation: Computation) -> tuple[Trace, dict[str, Any]]:
    """The trace with every gradient that L has, and its float64 values."""
    t = computation.record()
    by = computation.reached()
    assume(by)
    backprop(t, "L", by)
    trace = t.trace()
    return trace, evaluate(trace, computation.values, FLOAT, MEANINGS)


@pytest.mark.parametrize("sizes", SIZES)
def test_gradients_of_200_random_traces_equal_differences_and_autograd(sizes: Any) -> None:
    """Five kinds of shapes, so 1,000 traces; every input and every named variable on the way."""

    @settings(REPRODUCIBLE, max_examples=200)
    @given(computations(sizes))
    def agree(computation: Computation) -> None:
        trace, values = pulled_back(computation)
        names = tuple(gradient.by for gradient in trace.gradients)
        by_autograd = autograd_reading.gradients(trace, "L", names, computation.values)
        for gradient in trace.gradients:
            found = values[gradient.target]
            assert np.shape(found) == trace.shapes[gradient.by]
            assert relative_error(found, by_autograd[gradient.by]) < 1e-9
        numbers = random.Random(1)
        for gradient in numbers.sample(trace.gradients, k=min(2, len(names))):
            assert error_along(trace, "L", gradient.by, values, values[gradient.target], numbers) < 1e-8
        found = {gradient.by: values[gradient.target] for gradient in trace.gradients}
        assert error_together(trace, "L", values, found, numbers) < 1e-9

    agree()


@pytest.mark.parametrize("sizes", [pytest.param(((), (2,)), id="lists"), pytest.param(((1, 2), (2, 2)), id="matrices")])
def test_gradients_of_short_random_traces_equal_sympy(sizes: Any) -> None:
    @settings(REPRODUCIBLE, max_examples=25)
    @given(computations(sizes, longest=4))
    def agree(computation: Computation) -> None:
        trace, values = pulled_back(computation)
        used = {step.primitive for step in trace.steps}
        assume(used.isdisjoint(KINKED) or used.isdisjoint(CHOOSING))  # sympy has no Max of a Piecewise
        for gradient in trace.gradients:
            assert relative_error(values[gradient.target], by_sympy(trace, "L", gradient.by, values)) < 1e-9

    agree()


@settings(REPRODUCIBLE, max_examples=60)
@given(computations())
def test_the_backward_pass_has_a_backward_pass(computation: Computation) -> None:
    """The gradient of |dL/dx|^2, against differences of it."""
    t = computation.record()
    assume("x0" in computation.reached())
    backprop(t, "L", ["x0"])
    t.G = total(t.dL_dx0 * t.dL_dx0)
    assume("x0" in smooth_sources(t.trace(), "G"))
    backprop(t, "G", ["x0"])
    trace = t.trace()
    values = evaluate(trace, computation.values, FLOAT, MEANINGS)
    assert error_along(trace, "G", "x0", values, values["dG_dx0"], random.Random(2)) < 1e-6


def test_the_grammar_meets_every_primitive() -> None:
    met: set[str] = set()

    @settings(REPRODUCIBLE, max_examples=400)
    @given(computations())
    def collect(computation: Computation) -> None:
        met.update(step.primitive for step in computation.record().trace().steps)

    collect()
    assert met == set(PRIMITIVES)


@settings(REPRODUCIBLE, max_examples=100)
@given(computations())
def test_every_value_has_the_shape_that_the_trace_says(computation: Computation) -> None:
    trace, values = pulled_back(computation)
    assert {name: np.shape(value) for name, value in values.items()} == dict(trace.shapes)
