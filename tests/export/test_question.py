"""The neutral question: which answers have boxes, how boxes share points, what known slips lead to."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from keygen.builds.sheet import asked_items, solved
from keygen.document.template import words
from keygen.export.making import entries, fits, question_of, weighed
from keygen.export.question import AskedAnswer, AskedPart, ChoiceBox, NeutralQuestion, NumberBox
from keygen.export.typed_number import typed_number
from keygen.mathematics.answers import Answer, same_as
from keygen.mathematics.answers import answer as answered
from keygen.mathematics.typed_answers import multiple_choice, sequence_of, set_of, shape_of
from tests.courses import EN, ordered


def question(sheet: str, number: int, seed: int) -> NeutralQuestion:
    order = ordered(sheet, "en", seed)
    (item,) = (one for one in asked_items(order) if one.number == number)
    found = solved(order, item)
    return question_of(found, found.answers(), order, item, words("export", EN))


@pytest.fixture(scope="module")
def layers() -> NeutralQuestion:
    return question("sheet4", 4, 3)


def part(points: int | str | None, boxes: int) -> AskedPart:
    row = tuple(NumberBox((place,), None, typed_number(Fraction(place))) for place in range(boxes))
    answers = (AskedAnswer("v", "vector", None, (row,)),) if boxes else ()
    return AskedPart("a", "a", answers, None if points is None else Fraction(points))


@pytest.mark.parametrize(
    ("asked", "weights"),
    [
        ([part(2, 1), part(1, 1)], [2, 1]),
        ([part("1/2", 1), part(1, 4)], [2, 1]),
        ([part(1, 3), part(1, 2), part(5, 0)], [2, 3]),
        ([part(None, 2), part(None, 5)], [1, 1]),
        ([part(0, 1), part(3, 1)], [0, 1]),
        ([part(0, 1), part(0, 3)], [1, 1]),
        ([part(1, 997), part(1, 1009)], [1000, 988]),
    ],
)
def test_boxes_share_the_points_of_their_part_alike(asked: list[AskedPart], weights: list[int]) -> None:
    found = [{box.weight for box in one.boxes} for one in weighed(asked) if one.answers]
    assert found == [{weight} for weight in weights]


def stated(value: object) -> Answer:
    return answered(same_as(value), None, {})


def test_numbers_truth_and_options_have_boxes_and_nothing_else() -> None:
    boxed = [
        stated(3), stated(True), stated([1, 2]), multiple_choice("a", "b"), sequence_of(True, False),
        sequence_of(1, Fraction(1, 2)), shape_of(3, 4),
    ]  # fmt: skip
    others = [
        sequence_of("x", "y"),
        set_of(1, 2),
        shape_of("B", 12),
        shape_of(),
        stated("x"),
        Answer("expression", "x + 1", None),
    ]
    assert [fits(entries(one)) for one in (*boxed, *others)] == [True] * len(boxed) + [False] * len(others)


def test_entries_stand_at_the_places_of_the_answer() -> None:
    matrix = np.array([[Fraction(1), Fraction(2)], [Fraction(3), Fraction(1, 2)]], dtype=object)
    one = Answer("matrices", [[["1", "2"], ["3", "1/2"]], [["7"]]], None, value=[matrix, [[Fraction(7)]]])
    found = [[(cell, exact) for cell, exact, _ in row] for row in entries(one)]
    assert found == [
        [((0, 0, 0), "1"), ((0, 0, 1), "2")],
        [((0, 1, 0), "3"), ((0, 1, 1), "1/2")],
        [((1, 0, 0), "7")],
    ]


def test_a_question_has_the_answers_and_their_columns(layers: NeutralQuestion) -> None:
    for column, box in layers.places:
        number, letter, name = column.split(".")
        value = layers.answers[letter][name]["float"]
        for place in box.cell:
            value = value[place]
        assert number == "4"
        assert isinstance(box, NumberBox)
        assert abs(float(box.key.decimal) - value) <= 1e-9 * abs(value)


def test_slips_lie_apart_from_the_key_and_from_each_other_and_are_told_in_words(layers: NeutralQuestion) -> None:
    several = 0
    for box in layers.boxes:
        assert isinstance(box, NumberBox)
        numbers = [box.key, *(slip.number for slip in box.slips), *([box.misread] if box.misread else [])]
        several += len(numbers) > 2
        for place, one in enumerate(numbers):
            assert not any(one.near(other) for other in numbers[:place])
        assert all(slip.told for slip in box.slips)
        assert len(box.slips) <= 3
    assert several > 5


def test_a_truth_value_is_a_choice_of_words_in_the_language() -> None:
    boxes = [box for box in question("sheet5", 5, 1).boxes if isinstance(box, ChoiceBox)]
    assert [(box.options, box.options[box.right]) for box in boxes] == [(("yes", "no"), "yes")]
