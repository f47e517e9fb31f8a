"""Answers that are no numbers: each is as CLI.md has it, and what could not be told right from wrong is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest

from keygen.author import (
    Name,
    apply,
    edge_list,
    multiple_choice,
    no_witness,
    relation,
    sequence_of,
    set_of,
    shape_of,
    table_of,
    unknowns,
    weighted,
    witness,
)
from keygen.builds.answer_key import shown
from keygen.builds.key_csv import written as cell
from keygen.errors import KeygenError
from keygen.mathematics.answers import Answer
from keygen.mathematics.number_format import Policy

X, Y = Name("x"), Name("y")
HALF = Fraction(1, 2)
W = unknowns("w", 2)


@pytest.mark.parametrize(
    ("answer", "exact", "text", "in_csv"),
    [
        (set_of(3, HALF, 1), ["1/2", "1", "3"], "[1/2, 1, 3]", '["1/2", "1", "3"]'),
        (set_of("relu", "tanh", 2), ["2", "relu", "tanh"], "[2, relu, tanh]", '["2", "relu", "tanh"]'),
        (sequence_of(True, 3, "x"), [True, "3", "x"], "[true, 3, x]", '[true, "3", "x"]'),
        (
            table_of(("layer", "size"), [("conv", 3)]), {"head": ["layer", "size"], "rows": [["conv", "3"]]},
            "layer, size; conv, 3", '{"head": ["layer", "size"], "rows": [["conv", "3"]]}',
        ),
        (
            edge_list(("x1", "h1", 5), ("h1", "y", X), ("1", "h1", -HALF)),
            [["1", "h1", "-1/2"], ["x1", "h1", "5"], ["h1", "y", "x"]],
            "[[1, h1, -1/2], [x1, h1, 5], [h1, y, x]]",
            '[["1", "h1", "-1/2"], ["x1", "h1", "5"], ["h1", "y", "x"]]',
        ),
        (shape_of("B", 12), ["B", 12], "[B, 12]", '["B", 12]'),
        (no_witness(separable=False), None, "none", "null"),
    ],
)  # fmt: skip
def test_each_type_is_written_for_scripts_people_and_spreadsheets(
    answer: Answer, exact: object, text: str, in_csv: str
) -> None:
    found = answer.as_json(Policy())
    assert found["exact"] == exact
    assert found["float"] is None
    assert shown(found) == text
    assert cell(answer) == in_csv


def test_a_choice_has_its_options_beside_it_and_does_not_tell_the_right_one_by_its_place() -> None:
    found = multiple_choice("relu", "tanh", "elu").as_json(Policy())
    assert found == {"type": "choice", "exact": "relu", "float": None, "options": ["elu", "relu", "tanh"]}
    assert shown(found) == "relu (of elu, relu, tanh)"


@pytest.mark.parametrize(
    ("key", "distractor"),
    [
        ("ReLU ", "relu"), (HALF, Fraction(2, 4)),
        (apply("add", X, Y), apply("add", Y, X)), (apply("square", X), apply("mul", X, X)),
    ],
)  # fmt: skip
def test_a_distractor_that_equals_the_key_is_refused_whatever_it_looks_like(key: object, distractor: object) -> None:
    with pytest.raises(KeygenError, match="two options of a choice are one"):
        multiple_choice(key, "another", distractor)  # type: ignore[arg-type]


def test_a_witness_has_numbers_and_a_condition_without_denominators() -> None:
    found = witness(
        {"w": [1, 1], "b": -HALF}, relation(apply("add", weighted((1, HALF), W), Name("b")), ">", 0)
    ).as_json(Policy())
    assert found == {
        "type": "witness", "exact": {"w": ["1", "1"], "b": "-1/2"}, "float": None,
        "condition": "2 * w[0] + w[1] + 2 * b > 0",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: multiple_choice("relu"), "no option but the right one"),
        (lambda: set_of(1, Fraction(2, 2)), "holds one thing twice"),
        (lambda: table_of(("a", "b"), [(1,)]), "not as long as its head"),
        (lambda: edge_list(("x0", "h1", 1)), "'x0' is no node"),
        (lambda: edge_list(("x1", "h1", 1), ("x1", "h1", 2)), "holds one thing twice"),
        (lambda: shape_of(0), "no such length"),
        (lambda: set_of(0.5), "no exact form"),  # type: ignore[arg-type]
        (lambda: witness({"w": 1}), "has no condition"),
        (lambda: witness({"w": 0.5}, relation(X, ">", 0)), "no exact number"),
        (lambda: witness({"w": 1}, relation(apply("exp", X), ">", 0)), "no sign for 'exp'"),
        (lambda: witness({"w": 1}, relation(apply("step", apply("scale", X, param=HALF)), "=", 1)), "not whole"),
        (lambda: no_witness(separable=True), "nothing says why"),
    ],
)
def test_what_could_not_be_graded_is_refused(make: object, message: str) -> None:
    with pytest.raises(KeygenError, match=message):
        make()  # type: ignore[operator]
