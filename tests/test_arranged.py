"""Draws that `worthwhile` refuses may be arranged by their exercise: few are drawn in vain, good ones stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from keygen.course.draw import integers
from keygen.course.exercise import Exercise
from keygen.course.seeding import NumberStreams
from keygen.errors import KeygenError
from keygen.variants.arranging import arranged
from keygen.variants.solve import candidate, drawn, judged, solve
from tests.courses import SHIPPED

IN_VAIN = {
    "nets/from_picture": 0.25, "dropout/mask": 0.5, "logic/region": 1, "logic/gates": 2, "outputs/heads": 0.1,
    "rnn/vanishing": 1,
}  # fmt: skip
"""Draws in vain for each that is taken, at most; without arranging there were 15, 11, 5, 1.4, 60 and 50. Of `gates`
those are left whose numbers of inputs and of functions do not go together, of `vanishing` those with few steps."""
RARE = "rnn/vanishing"  # so few of its draws are good as they are that none is looked for


@pytest.mark.parametrize("name", IN_VAIN)
def test_few_draws_are_in_vain(name: str) -> None:
    found = [solve(SHIPPED.exercise(name), "sheet1", seed).rejected for seed in range(12)]
    assert sum(sum(rejected.values()) for rejected in found) <= 12 * IN_VAIN[name]


@pytest.mark.parametrize("name", [name for name in IN_VAIN if name != RARE])
def test_a_draw_that_was_good_is_not_arranged(name: str) -> None:
    exercise = SHIPPED.exercise(name)
    alone = replace(exercise, arranged=None)
    firsts = ((seed, drawn(alone, NumberStreams("any", seed), name, 0, {})) for seed in range(600))
    taken = next(seed for seed, first in firsts if judged(alone, first, {})[1] is None)
    assert not solve(alone, "any", taken).rejected
    assert solve(exercise, "any", taken).variant == solve(alone, "any", taken).variant


def exercise_of(arrange: Callable[[Any], Any]) -> Exercise:
    """A number that must be above 7, and a column of two."""
    base = SHIPPED.exercise("logic/one_unit")

    def worthwhile(v: Any) -> Any:
        yield "it is large", v.a > 7

    given = {"a": integers("", 0, 9, published=1), "b": integers("2", 0, 9, published=[1, 2])}
    return replace(
        base, axes={}, given=given, computation=lambda t: None, worthwhile=worthwhile, arranged=arrange, pinnable=None,
        answers={}, show=None, conditions=None, told={}, signs={}, traces={},
    )  # fmt: skip


def test_what_is_arranged_is_asked_again() -> None:
    found = [solve(exercise_of(lambda v: {"a": 9 - v.a}), "any", seed) for seed in range(30)]
    assert {int(one.values["a"]) for one in found} == {8, 9}
    alone = [solve(replace(exercise_of(lambda v: {}), arranged=None), "any", seed) for seed in range(30)]
    assert sum(sum(one.rejected.values()) for one in found) < sum(sum(one.rejected.values()) for one in alone)


@pytest.mark.parametrize("arrange", [lambda v: {}, lambda v: {"a": v.a}])
def test_what_is_arranged_into_itself_is_not_asked_again(arrange: Callable[[Any], Any]) -> None:
    asked: list[Any] = []
    base = exercise_of(arrange)

    def worthwhile(v: Any) -> Any:
        asked.append(v.a)
        assert base.worthwhile is not None
        return base.worthwhile(v)

    found = [solve(replace(base, worthwhile=worthwhile), "any", seed) for seed in range(10)]
    assert len(asked) == sum(1 + sum(one.rejected.values()) for one in found) > 10


def test_what_is_pinned_stays() -> None:
    found = solve(exercise_of(lambda v: {"a": 9, "b": [0, 0]}), "any", 1, pin={"b": [3, 4]})
    assert found.variant.data["b"] == [Fraction(3), Fraction(4)]


@pytest.mark.parametrize(
    ("said", "what", "found"),
    [
        ({"a": 12}, "arranged gives 'a' what is never drawn", "12 is not from 0 to 9"),
        ({"a": [8]}, "arranged gives 'a' another shape", "a list of 1 number"),
        ({"c": 8}, "arranged names 'c', which is no number that is drawn", None),
    ],
)
def test_numbers_that_would_never_be_drawn_are_refused(said: Any, what: str, found: str | None) -> None:
    exercise = exercise_of(lambda v: said)
    draw = candidate(exercise, drawn(exercise, NumberStreams("any", 1), exercise.id, 0, {}))
    with pytest.raises(KeygenError) as raised:
        arranged(draw, {})
    assert raised.value.what == what
    assert found is None or found in str(raised.value.found)
