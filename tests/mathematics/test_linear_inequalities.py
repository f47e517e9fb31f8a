"""Linear inequalities: each decision is one that can be checked, and is the one that another method finds."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keygen.errors import KeygenError
from keygen.mathematics.linear_inequalities import (
    Feasible,
    Inequality,
    Infeasible,
    contradicts,
    decide,
    equation,
    fulfils,
    nonnegative,
    nonpositive,
    positive,
)

NUMBERS = st.integers(-4, 4).map(Fraction) | st.fractions(-4, 4, max_denominator=6)
SYSTEMS = st.integers(1, 3).flatmap(
    lambda unknowns: st.lists(
        st.builds(Inequality, st.tuples(*[NUMBERS] * unknowns), NUMBERS, st.booleans()),
        min_size=1, max_size=8,
    )
)  # fmt: skip


@given(SYSTEMS)
@settings(max_examples=150, deadline=None)
def test_a_system_has_a_solution_or_a_contradiction_and_never_both(system: list[Inequality]) -> None:
    match decide(system):
        case Feasible(point):
            assert fulfils(system, point)
        case Infeasible(multipliers):
            assert contradicts(system, multipliers)
            assert sum(map(bool, multipliers)) <= len(system[0].coefficients) + 1


@given(SYSTEMS)
@settings(max_examples=80, deadline=None)
def test_a_system_that_a_small_point_fulfils_is_never_called_contradictory(system: list[Inequality]) -> None:
    points = product([Fraction(k, 2) for k in range(-4, 5)], repeat=len(system[0].coefficients))
    if any(fulfils(system, point) for point in points):
        assert isinstance(decide(system), Feasible)


@pytest.mark.parametrize(("table", "separable"), [((0, 0, 0, 1), True), ((0, 1, 1, 1), True), ((0, 1, 1, 0), False)])
def test_one_unit_does_and_and_or_but_not_xor(table: tuple[int, ...], separable: bool) -> None:
    rows = [(x1, x2, 1) for x1, x2 in product((0, 1), repeat=2)]
    system = [positive(row) if wanted else nonpositive(row) for row, wanted in zip(rows, table, strict=True)]
    assert isinstance(decide(system), Feasible) is separable


def test_exactly_fourteen_functions_of_two_inputs_and_a_hundred_and_four_of_three_are_separable() -> None:
    for inputs, count in ((2, 14), (3, 104)):
        rows = [(*row, 1) for row in product((0, 1), repeat=inputs)]
        tables = product((0, 1), repeat=len(rows))
        found = sum(
            isinstance(decide([positive(r) if y else nonpositive(r) for r, y in zip(rows, t, strict=True)]), Feasible)
            for t in tables
        )
        assert found == count


def test_the_contradiction_of_xor_takes_each_row_once() -> None:
    system = [nonpositive((0, 0, 1)), positive((0, 1, 1)), positive((1, 0, 1)), nonpositive((1, 1, 1))]
    assert decide(system) == Infeasible((1, 1, 1, 1))


def test_a_solution_is_as_simple_as_its_bounds_allow() -> None:
    assert decide([positive((2,), -1), positive((-2,), 3)]) == Feasible((Fraction(1),))
    assert decide([positive((3,), -1), positive((-2,), 1)]) == Feasible((Fraction(2, 5),))
    assert decide([*equation((2,), -1)]) == Feasible((Fraction(1, 2),))
    assert decide([nonnegative((1,), -1), nonpositive((1,), -1)]) == Feasible((Fraction(1),))
    assert decide([positive((1,), -1), nonpositive((1,), -1)]) == Infeasible((1, 1))


def test_false_certificates_are_seen() -> None:
    system = [positive((1,), 0), nonpositive((1,), 0)]
    assert contradicts(system, (1, 1))
    assert not contradicts(system, (1, 0))
    assert not contradicts(system, (-1, -1))
    assert not contradicts([nonnegative((1,)), nonpositive((1,))], (1, 1))


def test_inequalities_in_different_unknowns_are_refused() -> None:
    with pytest.raises(KeygenError, match="different numbers of unknowns"):
        decide([positive((1,)), positive((1, 2))])
