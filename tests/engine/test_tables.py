"""No table has a hole: every primitive has its row in every reading, and every law its sentence."""

from __future__ import annotations

import re
from inspect import Parameter, signature
from pathlib import Path
from string import Formatter

import pytest
from autograd_reading import READING
from grammar import computations
from hypothesis import assume, given, settings

from keygen.engine import evaluate, symbolic
from keygen.engine.backprop import PULLBACKS, SLOPES, backprop
from keygen.engine.fold import FOLDS
from keygen.engine.kinds import COMPLEX, EXACT, FLOAT, POLYNOMIAL
from keygen.engine.ops import PARAMETRIC, PRIMITIVES
from keygen.notation.signs import SIGNS

TEMPLATES = Path(__file__).parents[2] / "templates"


def takes(rule: object, count: int) -> bool:
    """Whether the rule can be called with so many arguments."""
    try:
        signature(rule).bind(*range(count))
    except TypeError:
        return False
    return True


def arguments(primitive: str) -> int:
    """Inputs and parameter."""
    return PRIMITIVES[primitive][0] + (primitive in PARAMETRIC)


@pytest.mark.parametrize("primitive", PRIMITIVES)
def test_every_primitive_says_its_law_of_shapes(primitive: str) -> None:
    _, rule = PRIMITIVES[primitive]
    assert rule.__doc__
    assert takes(rule, arguments(primitive))


@pytest.mark.parametrize("primitive", sorted(PRIMITIVES.keys() - {"apply"}))
def test_every_primitive_has_a_numeric_rule(primitive: str) -> None:
    """`apply` takes its meaning from whoever evaluates."""
    assert takes(evaluate.RULES[primitive], 1 + arguments(primitive))


@pytest.mark.parametrize("primitive", PRIMITIVES)
def test_every_primitive_has_a_sympy_rule(primitive: str) -> None:
    assert takes(symbolic.RULES[primitive], arguments(primitive))


@pytest.mark.parametrize("primitive", PRIMITIVES)
def test_every_primitive_has_a_pullback_for_each_input(primitive: str) -> None:
    row = PULLBACKS[primitive]
    assert len(row) == PRIMITIVES[primitive][0]
    assert all(pullback is None or takes(pullback, 2 + arguments(primitive)) for pullback in row)


@pytest.mark.parametrize("primitive", SLOPES)
def test_every_slope_takes_the_output_the_inputs_and_the_parameter(primitive: str) -> None:
    assert takes(SLOPES[primitive], 1 + arguments(primitive))


@pytest.mark.parametrize("primitive", PRIMITIVES)
def test_every_primitive_has_a_sign_with_a_place_for_each_input(primitive: str) -> None:
    sign = SIGNS[primitive]
    assert len(sign.allowed) == PRIMITIVES[primitive][0]
    inputs = {str(place) for place in range(len(sign.allowed))}
    for pattern in (sign.tex, sign.python, sign.formula or sign.python):
        fields = {field for _, field, _, _ in Formatter().parse(pattern) if field is not None}
        assert fields - {"p"} == inputs


def test_no_table_speaks_of_what_is_no_primitive() -> None:
    assert evaluate.RULES.keys() | {"apply"} == PRIMITIVES.keys()
    assert symbolic.RULES.keys() == PRIMITIVES.keys()
    assert PULLBACKS.keys() == PRIMITIVES.keys()
    assert READING.keys() == PRIMITIVES.keys()
    assert SLOPES.keys() | FOLDS.keys() <= PRIMITIVES.keys()
    assert PRIMITIVES.keys() >= evaluate.IRRATIONAL


@pytest.mark.parametrize("kind", [FLOAT, EXACT, POLYNOMIAL, COMPLEX], ids=lambda kind: kind.name)
def test_every_number_kind_has_the_same_functions(kind: object) -> None:
    assert kind.functions.keys() == EXACT.functions.keys()


def emitted_laws() -> list[str]:
    """Every law that a backward pass can name."""
    return ["fan_out", *(name for name, row in PULLBACKS.items() if any(pullback is not None for pullback in row))]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("law", emitted_laws())
def test_every_law_has_its_sentence(law: str, language: str) -> None:
    text = (TEMPLATES / language / "laws.tex").read_text(encoding="utf-8")
    sentences = re.findall(rf"^%% law {law}$\n(.+?)\n^%% endlaw$", text, re.M | re.S)
    assert len(sentences) == 1
    assert sentences[0].strip().endswith(".")


def test_both_languages_tell_the_same_laws() -> None:
    told = [
        re.findall(r"^%% law (\w+)$", (TEMPLATES / language / "laws.tex").read_text(encoding="utf-8"), re.M)
        for language in ("ru", "en")
    ]
    assert sorted(told[0]) == sorted(told[1])
    assert len(set(told[0])) == len(told[0])


def test_a_backward_pass_names_no_other_law() -> None:
    met: set[str] = set()

    @settings(derandomize=True, database=None, deadline=None, max_examples=60)
    @given(computations())
    def collect(computation: object) -> None:
        t = computation.record()
        by = computation.reached()
        assume(by)
        backprop(t, "L", by)
        met.update(step.law for step in t.trace().steps)

    collect()
    assert met - {""} <= set(emitted_laws())
    assert "fan_out" in met


def test_pullbacks_take_no_argument_by_name() -> None:
    """A row is read by eye against a calculus book: g, z, the inputs, the parameter, in this order."""
    for row in PULLBACKS.values():
        for pullback in row:
            if pullback is not None:
                kinds = {parameter.kind for parameter in signature(pullback).parameters.values()}
                assert kinds <= {Parameter.POSITIONAL_OR_KEYWORD, Parameter.VAR_POSITIONAL}
