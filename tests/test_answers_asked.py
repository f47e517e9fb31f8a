"""The table of answers answers what a part asks for, and that alone: of each line what stands on its left."""

from __future__ import annotations

import pytest

from keygen.document.nodes import InlineFormula, Problem, walked
from keygen.mathematics.terms import Chain, Name, leaves_of
from tests.test_keys_read import key

ASKED: dict[tuple[str, str, str], tuple[str, ...]] = {
    ("sheet1", "nets/linear_collapse", "c"): ("f", "y"),  # what is to be added, and y with it
    ("sheet1", "nets/from_picture", "a"): ("yhat",),
    ("sheet2", "outputs/sigmoid", "h"): ("df_max", "t"),  # how large, and where
    ("sheet2", "outputs/softmax", "d"): ("M",),
    ("sheet3", "optimizers/logistic_step", "b"): ("p", "L", "dL_dw", "w1", "p1", "L1"),
    ("sheet4", "backprop/computation_graph", "a"): tuple(f"d{v}_d{x}" for v in "abcdef" for x in "xy"),
    ("sheet4", "backprop/layered_network", "c"): ("dL_dZ3", "dL_dZ2"),
    ("sheet4", "backprop/two_layer_formula", "a"): (
        "Z2", "H2", "yhat", "dZ2_dX", "dyhat_dH2", "dH2_dZ2", "dL_dyhat", "dL_dH2", "dL_dZ2",
        "dL_dW1", "dL_dW2", "W1_new", "W2_new",
    ),
    ("sheet4", "backprop/layer_by_layer", "b"): ("dH_dX", "dL_dX", "dL_dX"),  # the derivative, the formula, the numbers
    ("sheet4", "backprop/layer_by_layer", "d"): ("dO_dH", "dL_dH", "dL_dH"),
    ("sheet4", "backprop/layer_by_layer", "f"): ("dyhat_dO", "dL_dO", "dL_dO"),
    ("sheet4b", "backprop/delta_recursion", "a"): (
        "delta_2", "delta_1", "dW_2", "db_2", "dW_1", "db_1",
        "delta_1", "delta_2", "dW_1", "dW_2", "db_1", "db_2",
    ),
    ("sheet4b", "backprop/delta_recursion", "b"): ("mean_dW_1", "mean_dW_2", "mean_db_1", "mean_db_2"),
    ("sheet5", "activations/sigmoid_layer", "a"): ("H", "O", *("dL_dH",) * 2, *("dL_dX",) * 2, *("dL_dW",) * 2),
    ("sheet5", "activations/tanh", "c"): ("H", "O", *("dL_dH",) * 2, *("dL_dX",) * 2, *("dL_dW",) * 2),
    ("sheet7", "rnn/bptt", "d"): ("state", "predicted"),
}  # fmt: skip


def answered(made: Problem, part: str) -> list[str]:
    """What stands on the left of the lines of a part's row."""
    assert made.answers
    letter = next(one.letter for one in made.parts if one.key == part) if len(made.parts) > 1 else ""
    (row,) = (one for one in made.answers.rows if one.letter == letter)
    said = [one for node in walked(row) if isinstance(node, InlineFormula) for one in node.says]
    lefts = [one.links[0] if isinstance(one, Chain) else one for one in said]
    return [one.name for one in lefts if isinstance(one, Name)]


@pytest.mark.parametrize(("place", "names"), ASKED.items(), ids=lambda value: value[1] if len(value) == 3 else "")
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_part_is_answered_by_what_it_asks_for_and_nothing_else(
    place: tuple[str, str, str], names: tuple[str, ...], language: str
) -> None:
    sheet, exercise, part = place
    assert tuple(answered(key(exercise, sheet, language), part)) == names


@pytest.mark.parametrize(("seed", "outer"), [(3, "yhat"), (58, "Z2")])
def test_gradients_are_answered_with_the_derivative_that_an_activation_has(seed: int, outer: str) -> None:
    """In every part: an answer with f' beside one with [z > 0] would seem to be of another function."""
    made = key("backprop/layered_network", "sheet4", "en", seed)
    assert answered(made, "b") == ["downL_dW2", "downL_dW1"]
    assert answered(made, "c") == [f"downL_down{outer}"]
    assert answered(made, "d") == ["owndelta2", "downL_dW2", "owndelta1", "downL_dW1"]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_single_layers_formula_has_the_numbers_of_its_variant(language: str) -> None:
    made = key("nets/linear_collapse", "sheet1", language, 3)
    (row,) = (one for one in made.answers.rows if one.letter == made.parts[2].letter)
    formulas = [one for node in walked(row) if isinstance(node, InlineFormula) for one in node.says]
    line = [one for one in formulas if isinstance(one, Chain)][-1]
    leaves = {leaf.name for link in line.links for leaf in leaves_of(link) if isinstance(leaf, Name)}
    assert leaves == {"y", "x"}
