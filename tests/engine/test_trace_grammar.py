"""A trace is held to its grammar before anyone may have it; each breach has its whole message."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from keygen.engine.trace import Gradient, Step, Trace, Variable, check
from keygen.errors import KeygenError

X, W, H = Variable("X", (2, 3)), Variable("W", (3, 4)), Variable("H", (2, 4))
PRODUCT = Step(H, "matmul", ("X", "W"))


def message(*steps: Step, inputs: tuple[Variable, ...] = (X, W), gradients: tuple[Gradient, ...] = ()) -> str:
    with pytest.raises(KeygenError) as error:
        check(Trace(inputs, steps, gradients))
    return str(error.value)


def test_a_well_formed_trace_passes_through_as_it_is() -> None:
    trace = Trace((X, W), (PRODUCT, Step(Variable("L", ()), "sum_to", ("H",), ())))
    assert check(trace) is trace
    assert str(trace) == "X: (2, 3)\nW: (3, 4)\nH = matmul(X, W)\nL = sum_to[()](H)"


def test_an_unbound_variable_is_refused_with_the_nearest_name() -> None:
    assert message(Step(H, "matmul", ("X", "V"))) == (
        "unbound variable 'V' in step 'H = matmul(X, V)'\n  mend:     known: W, X"
    )
    first, second = Step(Variable("hidden", (2, 4)), "matmul", ("X", "W")), Step(H, "relu", ("hiden",))
    assert message(first, second) == (
        "unbound variable 'hiden' in step 'H = relu(hiden)'\n  mend:     did you mean 'hidden'?"
    )


def test_a_variable_used_before_its_step_is_unbound() -> None:
    assert message(Step(Variable("O", (2, 4)), "relu", ("H",)), PRODUCT) == (
        "unbound variable 'H' in step 'O = relu(H)'\n  mend:     known: W, X"
    )


def test_a_variable_bound_twice_is_refused() -> None:
    assert message(PRODUCT, PRODUCT) == (
        "variable 'H' is bound twice: again by step 'H = matmul(X, W)'\n  mend:     give it a new name"
    )
    assert message(inputs=(X, X)) == "variable 'X' is bound twice: again by an input\n  mend:     give it a new name"
    assert message(Step(X, "neg", ("X",))) == (
        "variable 'X' is bound twice: again by step 'X = neg(X)'\n  mend:     give it a new name"
    )


def test_a_shape_that_the_operation_does_not_give_is_refused() -> None:
    assert message(Step(Variable("H", (4, 2)), "matmul", ("X", "W"))) == (
        "step 'H = matmul(X, W)' claims a shape that its operation does not give\n"
        "  expected: (2, 4)\n"
        "  found:    (4, 2)"
    )


def test_an_unknown_operation_is_refused_with_the_nearest_ones() -> None:
    assert message(Step(X, "transpos", ("X",))) == (
        "unknown operation 'transpos' in step 'X = transpos(X)'\n  mend:     did you mean 'transpose' or 'tanh'?"
    )


def test_a_wrong_number_of_inputs_is_refused() -> None:
    assert message(Step(H, "matmul", ("X",))) == (
        "operation 'matmul' in step 'H = matmul(X)' has the wrong number of inputs\n  expected: 2\n  found:    1"
    )
    assert message(Step(H, "relu", ("X", "W"))) == (
        "operation 'relu' in step 'H = relu(X, W)' has the wrong number of inputs\n  expected: 1\n  found:    2"
    )


def test_a_missing_or_a_needless_parameter_is_refused() -> None:
    assert message(Step(X, "scale", ("X",))) == (
        "operation 'scale' in step 'X = scale(X)' takes a parameter\n  found:    none"
    )
    assert message(Step(X, "neg", ("X",), Fraction(2))) == (
        "operation 'neg' in step 'X = neg[2](X)' takes no parameter\n  found:    2"
    )


def test_shapes_that_do_not_fit_are_shown_beside_the_rule() -> None:
    assert message(Step(H, "matmul", ("W", "X"))) == (
        "the shapes do not fit in step 'H = matmul(W, X)'\n"
        "  expected: matmul: (n, k) @ (k, m) -> (n, m)\n"
        "  found:    (3, 4) and (2, 3)\n"
        "  mend:     check the order of the factors, a missing .T, or the sizes in `given`"
    )


MISFITS: list[tuple[str, tuple[tuple[int, ...], ...], Any]] = [
    ("add", ((2, 3), (3, 2)), None),
    ("mul", ((2,), (3,)), None),
    ("matmul", ((3,), (3, 2)), None),
    ("transpose", ((3,),), None),
    ("softmax", ((),), None),
    ("leaky_relu", ((2,), (2,)), None),
    ("pick", ((2, 3),), (2, 0)),
    ("pick", ((2, 3),), (-1, 0)),
    ("pick", ((2, 3),), (0,)),
    ("place", ((2,),), ((0,), (3,))),
    ("place", ((),), ((3,), (3,))),
    ("sum_to", ((2, 3),), (3, 3)),
    ("sum_to", ((),), (3,)),
    ("repeat_to", ((2, 3),), (3,)),
    ("repeat_to", ((2,),), (3,)),
]


@pytest.mark.parametrize(("primitive", "shapes", "param"), MISFITS)
def test_every_rule_refuses_what_does_not_fit(primitive: str, shapes: Any, param: Any) -> None:
    inputs = tuple(Variable(f"x{place}", shape) for place, shape in enumerate(shapes))
    step = Step(Variable("z", ()), primitive, tuple(variable.name for variable in inputs), param)
    assert message(step, inputs=inputs).startswith(f"the shapes do not fit in step {str(step)!r}\n")


def test_a_gradient_must_have_the_shape_of_its_variable() -> None:
    loss = Step(Variable("L", ()), "sum_to", ("X",), ())
    assert message(loss, gradients=(Gradient("L", "X", "W"),)) == (
        "the gradient 'W' does not have the shape of its variable 'X'\n  expected: (2, 3)\n  found:    (3, 4)"
    )


def test_a_gradient_must_stand_in_the_trace() -> None:
    loss = Step(Variable("L", ()), "sum_to", ("X",), ())
    assert message(loss, gradients=(Gradient("L", "X", "dL_dX"),)) == (
        "unbound variable 'dL_dX' in a gradient\n  mend:     known: L, W, X"
    )


def test_pruning_keeps_the_inputs_and_what_is_needed() -> None:
    trace = Trace(
        (X, W), (PRODUCT, Step(Variable("O", (2, 4)), "relu", ("H",)), Step(Variable("Y", (2, 3)), "neg", ("X",)))
    )
    assert str(trace.pruned(["O"])) == "X: (2, 3)\nW: (3, 4)\nH = matmul(X, W)\nO = relu(H)"
    assert trace.needs(["O"]) == {"X", "W", "H", "O"}
    assert trace.depending(["W"]) == {"W", "H", "O"}


def test_a_cut_makes_inputs_of_the_names_and_forgets_what_led_to_them() -> None:
    trace = Trace((X, W), (PRODUCT, Step(Variable("O", (2, 4)), "relu", ("H",))))
    cut = check(trace.cut_at(["H"], ["O"]))
    assert str(cut) == "H: (2, 4)\nO = relu(H)"
