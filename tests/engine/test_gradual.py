"""Values that are worked out when they are asked for: no more than is needed, and the same as all at once."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from grammar import Computation, computations
from hypothesis import given, settings

from keygen.engine.backprop import backprop
from keygen.engine.domains import EXACT
from keygen.engine.evaluate import evaluate
from keygen.engine.functions import half_square, sigmoid
from keygen.engine.lazy import Observers, lazy_values
from keygen.engine.record import Recorder
from keygen.engine.trace import Trace
from keygen.errors import KeygenError

DATA = {"x": [[1, 2]], "W": [[1], [-1]], "y": [[3]], "u": Fraction(1, 2)}


def layer() -> Trace:
    """A layer with its backward pass, and a unit that stands after it and does not need it."""
    t = Recorder({"x": (1, 2), "W": (2, 1), "y": (1, 1), "u": ()})
    t.H = t.x @ t.W
    t.L = half_square(t.y, t.H)
    backprop(t, "L", ["W"])
    t.p = sigmoid(t.u)
    return t.trace()


class Asked(dict[str, Any]):
    """Data that remember which of them somebody asked for."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.names: list[str] = []

    def __getitem__(self, name: str) -> Any:
        self.names.append(name)
        return super().__getitem__(name)


@settings(derandomize=True, database=None, deadline=None, max_examples=150)
@given(computations())
def test_every_value_is_the_one_that_evaluating_gives_in_whatever_order(computation: Computation) -> None:
    trace = computation.record().trace()
    exact = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in computation.values.items()}
    try:
        expected = evaluate(trace, exact, EXACT)
    except KeygenError:
        return
    values = lazy_values(trace, exact, EXACT)
    for name in reversed(list(expected)):
        assert str(values[name]) == str(expected[name])
    assert list(dict(values)) == list(trace.shapes)


def test_only_what_a_name_is_computed_from_is_worked_out_and_drawn() -> None:
    data, seen = Asked(DATA), []
    trace = layer()
    observers = Observers({name: lambda values, name=name: seen.append(name) for name in trace.defining})
    values = lazy_values(trace, data, EXACT, observers)
    assert values["p"] > Fraction(1, 2)
    assert (seen, data.names) == (["p"], ["u"])
    assert values["H"].tolist() == [[-1]]
    assert (seen, data.names) == (["p", "H"], ["u", "x", "W"])


def test_every_watch_is_called_once_when_its_value_is_known() -> None:
    trace, seen = layer(), []
    observers = Observers(
        {name: lambda values, name=name: seen.append((name, name in values)) for name in trace.defining}
    )
    values = lazy_values(trace, DATA, EXACT, observers)
    assert values["dL_dW"].tolist() == [[-4], [-8]]
    assert len(dict(values)) == len(trace.shapes)
    assert sorted(seen) == sorted((name, True) for name in trace.defining)


def test_what_is_to_come_first_comes_before_the_first_backward_step() -> None:
    trace, seen = layer(), []
    observers = Observers({name: lambda values, name=name: seen.append(name) for name in trace.defining}, first=("p",))
    values = lazy_values(trace, DATA, EXACT, observers)
    assert values["L"].denominator == 1
    assert seen[-1] == "L"
    assert values["dL_dW"] is not None
    assert seen[seen.index("L") + 1] == "p"


def test_what_a_watch_raises_reaches_whoever_asked() -> None:
    def refuse(values: Mapping[str, Any]) -> None:
        raise ValueError("no")

    values = lazy_values(layer(), DATA, EXACT, Observers({"H": refuse}))
    assert values["p"] > 0
    with pytest.raises(ValueError, match="no"):
        values["dL_dW"]


def test_a_name_that_the_trace_does_not_have_is_a_key_error() -> None:
    values = lazy_values(layer(), DATA, EXACT)
    assert "H" in values
    assert "Z" not in values
    with pytest.raises(KeyError):
        values["Z"]
