"""Pinned data: a sheet fixes values by name; what does not fit is refused in the words of the sheet's file."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from keygen.course.draw import choice, decimals, integers, order
from keygen.course.exercise import Exercise
from keygen.course.fixed_data import apply_pin, as_in_file, check_pin, pinned_lengths
from keygen.course.seeding import NumberStreams
from keygen.errors import KeygenError
from keygen.variants.solve import drawn, published, solve
from keygen.variants.solved import Variant
from tests.courses import SHIPPED

F = Fraction


def exercise(**given: Any) -> Exercise:
    """Three samples of two features, the number of units drawn; nothing is computed."""
    axes = {"sample": 3, "feature": 2, "unit": choice(2, 4, published=2)}
    return Exercise("my/one", Path("my/one"), axes, given, {}, lambda t: None, {})


ONE = exercise(
    rate=decimals("", "0.1", "1", "0.1", published="0.5"),
    X=integers("sample feature", -3, 3, published=[[1, 2], [3, 4], [5, 6]]),
    w=integers("unit", -3, 3, published=[1, -1]),
    loss=choice("logloss", "half_square", published="half_square"),
    bias=choice(True, False, published=True),
    pair=choice((1, 2), (2, 1), published=(3, 3)),
    T=choice(F(1, 2), F(2), published=F(1, 2)),
    order=order("sample", published=(2, 1), take=2),
)


def pin_of(text: str) -> dict[str, Any]:
    """The pin as a sheet's file says it."""
    pin: dict[str, Any] = tomllib.loads(f"pin = {{ {text} }}")["pin"]
    return pin


def refused(text: str) -> list[str]:
    with pytest.raises(KeygenError) as caught:
        apply_pin(ONE, published(ONE), pin_of(text))
    return str(caught.value).splitlines()


# --- what is pinned


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("rate = 0.3", "rate", F(3, 10)),
        ("rate = 1e-2", "rate", F(1, 100)),
        ('rate = "-1/3"', "rate", F(-1, 3)),
        ("rate = 7", "rate", F(7)),
        ('X = [[1, "0.5"], [0.25, -4], ["1/3", 0]]', "X", [[F(1), F(1, 2)], [F(1, 4), F(-4)], [F(1, 3), F(0)]]),
        ('loss = "logloss"', "loss", "logloss"),
        ("bias = false", "bias", False),
        ("pair = [2, 1]", "pair", (2, 1)),
        ("pair = [3, 3]", "pair", (3, 3)),
        ('T = "1/2"', "T", F(1, 2)),
        ("T = 0.5", "T", F(1, 2)),
        ("order = [3, 1]", "order", (3, 1)),
    ],
)
def test_a_pinned_value_takes_its_place_and_no_other(text: str, name: str, value: Any) -> None:
    before, after = published(ONE), apply_pin(ONE, published(ONE), pin_of(text))
    assert {**after.data, **after.choices} == {**before.data, **before.choices, name: value}
    assert after.lengths == before.lengths


def test_a_pinned_option_has_the_type_of_the_option() -> None:
    assert type(apply_pin(ONE, published(ONE), pin_of("T = 2")).choices["T"]) is Fraction


def test_pinned_lengths_are_told_before_data_are_drawn() -> None:
    assert pinned_lengths(ONE, pin_of("unit = 4, rate = 0.3, sample = 3")) == {"unit": 4, "sample": 3}


def test_pinned_data_show_their_lengths() -> None:
    assert pinned_lengths(ONE, pin_of("w = [1, 2, 3, 4]")) == {"unit": 4}
    assert apply_pin(ONE, published(ONE), pin_of("w = [1, 2, 3, 4]")).lengths["unit"] == 4


def test_a_pinned_length_and_its_data_go_together() -> None:
    variant = apply_pin(ONE, published(ONE), pin_of("unit = 4, w = [1, 2, 3, 4]"))
    assert variant.lengths["unit"] == 4
    assert variant.data["w"] == [1, 2, 3, 4]


def test_without_a_pin_a_variant_stays_as_it_is() -> None:
    variant = published(ONE)
    assert apply_pin(ONE, variant, {}) is variant


@pytest.mark.parametrize("name", SHIPPED.exercises)
def test_the_published_values_of_every_exercise_can_be_pinned(name: str) -> None:
    each = SHIPPED.exercise(name)
    variant = published(each)
    lengths = {axis: length for axis, length in variant.lengths.items() if axis not in each.given}
    values = {**lengths, **variant.choices, **variant.data}
    pin = pin_of(", ".join(f'"{key}" = {as_in_file(value)}' for key, value in values.items()))
    check_pin(each, pin)
    assert apply_pin(each, variant, pin) == variant


def test_pinned_data_are_the_same_for_every_seed_and_the_rest_is_drawn() -> None:
    each = SHIPPED.exercise("backprop/dense_minibatch")
    variants: list[Variant] = [
        solve(each, "sheet4", seed, pin=pin_of("W = [[1, 2], [3, 4], [5, 6]]")).variant for seed in range(5)
    ]
    assert all(variant.data["W"] == [[1, 2], [3, 4], [5, 6]] for variant in variants)
    assert all((variant.lengths["input"], variant.lengths["output"]) == (3, 2) for variant in variants)
    assert len({repr(variant.data["X"]) for variant in variants}) == 5


def test_a_pin_changes_no_other_names_draw() -> None:
    each = SHIPPED.exercise("backprop/dense_minibatch")
    free = drawn(each, NumberStreams("sheet4", 3), each.id, 0, {})
    pin = {"W": [[1] * free.lengths["output"]] * free.lengths["input"]}
    with_pin = drawn(each, NumberStreams("sheet4", 3), each.id, 0, pin)
    assert with_pin == replace(free, data={**free.data, "W": pin["W"]})


# --- what is refused


def test_an_unknown_name_offers_the_nearest() -> None:
    assert refused("rat = 0.5") == [
        "the pin names 'rat', which the exercise does not draw",
        "  exercise: my/one",
        "  mend:     did you mean 'rate'?",
    ]


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ('loss = "log"', 'one of "logloss", "half_square"', '"log"'),
        ("loss = 1", 'one of "logloss", "half_square"', "1"),
        ("bias = 1", "one of true, false", "1"),
        ("pair = [1, 1]", "one of [1, 2], [2, 1], [3, 3]", "[1, 1]"),
        ("pair = 1", "one of [1, 2], [2, 1], [3, 3]", "1"),
        ("T = 3", 'one of "1/2", 2', "3"),
        ("unit = 3", "one of 2, 4", "3"),
        ("unit = true", "one of 2, 4", "true"),
        ("sample = 4", "nothing but 3", "4"),
        ('rate = "a half"', 'a number such as 3, 0.5 or "-1/3"', '"a half"'),
        ('rate = "1/0"', 'a number such as 3, 0.5 or "-1/3"', '"1/0"'),
        ("rate = nan", 'a number such as 3, 0.5 or "-1/3"', "nan"),
        ("rate = inf", 'a number such as 3, 0.5 or "-1/3"', "inf"),
        ("rate = true", 'a number such as 3, 0.5 or "-1/3"', "true"),
        ("rate = 2026-03-02", 'a number such as 3, 0.5 or "-1/3"', "2026-03-02"),
        ("rate = [1]", "a number", "a list of 1 numbers"),
        ("w = 1", "a list of 2 numbers", "a number"),
        ("w = []", "a list of 2 numbers", "a list of 0 numbers"),
        ("w = [1, 2, 3]", "a list of 2 numbers", "a list of 3 numbers"),
        ("X = [[1, 2], [3, 4]]", "3 rows of 2 numbers", "2 rows of 2 numbers"),
        ("X = [1, 2]", "3 rows of 2 numbers", "a list of 2 numbers"),
        ("X = [[1, 2], [3, 4], [5]]", "3 rows of 2 numbers", "rows of different lengths"),
        ("X = [[[1]]]", "3 rows of 2 numbers", "lists nested as 1 x 1 x 1"),
        ("unit = 4, w = [1, 2]", "a list of 4 numbers", "a list of 2 numbers"),
        ("order = [1]", "2 of the numbers 1..3", "[1]"),
        ("order = [1, 4]", "2 of the numbers 1..3", "[1, 4]"),
        ("order = [1, 1]", "a list of different item numbers, counted from 1", "[1, 1]"),
        ("order = [0, 1]", "a list of different item numbers, counted from 1", "[0, 1]"),
        ('order = "12"', "a list of different item numbers, counted from 1", '"12"'),
    ],
)
def test_a_value_that_no_variant_can_have_is_refused(text: str, expected: str, found: str) -> None:
    name = text.rpartition(" = ")[0].split()[-1]
    assert refused(text) == [
        f"the pin of {name!r} does not fit",
        "  exercise: my/one",
        f"  expected: {expected}",
        f"  found:    {found}",
    ]


def test_a_pinned_length_that_the_published_data_have_not_asks_for_the_data() -> None:
    assert refused("unit = 4") == [
        "the pinned lengths do not go with the published 'w'",
        "  exercise: my/one",
        "  expected: a list of 4 numbers",
        "  found:    a list of 2 numbers",
        "  mend:     pin 'w', too, or give a seed",
    ]


@pytest.mark.parametrize("text", ["rat = 1", 'loss = "log"', 'rate = "half"', "order = [1, 1]", "unit = 3"])
def test_names_and_options_are_checked_before_any_variant_is_drawn(text: str) -> None:
    with pytest.raises(KeygenError):
        check_pin(ONE, pin_of(text))


def test_shapes_are_left_to_the_variant() -> None:
    check_pin(ONE, pin_of("w = [1, 2, 3, 4]"))
