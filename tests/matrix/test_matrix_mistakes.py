"""Mistakes in differentiation: each is told as a false law, and is false."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from keygen.matrix.algebra import multiply
from keygen.matrix.derive import derive
from keygen.matrix.distractors import differ
from keygen.matrix.expression import Differential, Expression, Power, Symbol, Transpose
from keygen.matrix.law_formulas import RULE_SUBJECTS, A, U, u
from keygen.matrix.mistakes import (
    FORMULA_MISTAKES,
    RULE_MISTAKES,
    WHOLE_MISTAKES,
    at_one_place,
    without_transpose,
    wrong_derivations,
)
from keygen.matrix.rules import RULES
from keygen.matrix.transform import tidy

SUBJECTS = {**RULE_SUBJECTS, "power": Power(u, Fraction(3))}


def d(e: Expression) -> Expression:
    return RULES["constant"].apply(e, d) if e == A else Differential(e)


@pytest.mark.parametrize(("name", "mistake"), RULE_MISTAKES, ids=[one.__name__ for _, one in RULE_MISTAKES])
def test_a_mistaken_rule_begins_as_its_rule_and_is_false(name: str, mistake: Callable[[Any, Any], Expression]) -> None:
    law = mistake.__doc__ or ""
    assert law.partition(" = ")[0] == RULES[name].law.partition(" = ")[0]
    subject = SUBJECTS[name]
    right, wrong = RULES[name].apply(subject, d), mistake(subject, d)
    assert wrong.shape == right.shape
    assert differ(wrong, right)


def test_no_two_mistakes_are_told_alike() -> None:
    told = [one.__doc__ for one in (*(one for _, one in RULE_MISTAKES), *FORMULA_MISTAKES, *WHOLE_MISTAKES)]
    assert None not in told
    assert len({*told}) == len(told)


def test_a_derivation_goes_wrong_by_each_rule_that_it_uses() -> None:
    X = Symbol("X", "n", "n")
    f = tidy(RULE_SUBJECTS["ln_det"])
    wrong = {one.gradient for _, one in wrong_derivations(f, U)} - {derive(f, U).gradient}
    assert len(wrong) == 4  # three false rules, and a gradient that is not transposed
    assert wrong_derivations(tidy(Transpose(X)), X)[0][1].differential == Differential(X)


def test_a_mistake_is_made_in_one_place_at_a_time_and_only_where_shapes_allow_it() -> None:
    B = Symbol("B", "n", "m")
    both = tidy(Transpose(A)), tidy(Transpose(B))
    assert list(at_one_place(multiply(A, both[0], both[0]), without_transpose)) == [
        multiply(A, A, both[0]), multiply(A, both[0], A),
    ]  # fmt: skip
    assert list(at_one_place(multiply(both[1], A), without_transpose)) == []
