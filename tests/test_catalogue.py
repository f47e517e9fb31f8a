"""What other programs rely on: names and types of `keygen answers --json`, and every number against plain NumPy."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
import sympy
from by_hand import SOLVED, numbers
from click.testing import CliRunner

from keygen.cli import main

SHEETS = ("sheet2", "sheet3", "sheet4", "sheet4b", "sheet5", "sheet7")
ONCE = {
    "sheet1": {"nets", "logic", "counts"},
    "sheet5b": {"dropout", "init"},
}  # topics of sheets drawn for one seed alone
SEEDS = (None, 1, 2, 3)

# Every answer of the published variant: exercise, part, type, names.
ANSWERS: dict[str, dict[str, dict[str, str]]] = {
    "nets/linear_collapse": {
        "a": {"expression": "y", "boolean": "nonlinear"}, "b": {"expression": "intercept slope"},
        "c": {"expression": "y_f"},
    },
    "nets/from_picture": {
        "a": {"number": "h1 h2 yhat"}, "b": {"expression": "yhat"}, "c": {"edges": "edges", "expression": "y"},
    },
    "logic/one_unit": {"a": {"witness": "witness"}, "b": {"witness": "witness"}},
    "logic/gates": {
        "a": {"sequence": "separable", "witness": "and or xor"}, "b": {"witness": "witness"},
        "c": {"boolean": "possible", "witness": "witness"},
    },
    "logic/region": {"a": {"witness": "witness"}, "b": {"vector": "labels"}, "c": {"number": "units"}},
    "logic/fewest_units": {"a": {"number": "units", "witness": "witness"}},
    "nets/staircase": {"a": {"number": "units", "vector": "weights"}},
    "counts/dense": {"a": {"number": "count count_no_bias", "shapes": "shapes"}},
    "dropout/mask": {"a": {"matrix": "h yhat dX test", "matrices": "dW"}},
    "dropout/how_many": {
        "a": {"number": "count"}, "b": {"number": "count"}, "c": {"expression": "p_off"}, "d": {"expression": "p_some"},
        "e": {"expression": "mean variance", "number": "p"}, "f": {"expression": "mean variance"},
    },
    "init/variance": {
        "a": {"number": "ratio"}, "b": {"expression": "half_width"}, "c": {"expression": "variance"},
        "d": {"expression": "variance"}, "e": {"number": "p_zero"},
    },
    "outputs/sigmoid": {
        "a": {"number": "limit_plus limit_minus"},
        "b": {"expression": "f_neg"},
        "c": {"expression": "df_neg"},
        "d": {"expression": "df"},
        "e": {"number": "f0 df0 lnf0"},
        "f": {"expression": "inverse"},
        "g": {"expression": "dlnf"},
        "i": {"number": "f_1 f_10 f_100 f_1000"},
    },
    "outputs/logloss_separable": {"a": {"expression": "loss"}, "b": {"boolean": "separable"}},
    "outputs/softmax": {"a": {"vector": "p1 p2"}, "b": {"number": "logloss"}, "c": {"expression": "softmax1"}},
    "outputs/heads": {"f": {"expression": "nll"}},
    "optimizers/fifty_shades": {
        "a": {"number": "w_hat"},
        "b": {"vector": "w g"},
        "c": {"vector": "w g"},
        "d": {"vector": "w g v"},
        "e": {"vector": "w g v"},
        "f": {"vector": "w g s"},
        "g": {"vector": "w g m v m_hat v_hat"},
    },
    "optimizers/logistic_step": {"a": {"expression": "gradient"}, "b": {"number": "p gradient w1"}},
    "backprop/computation_graph": {
        "a": {"expression": " ".join(f"d{vertex}_d{name}" for vertex in "abcdef" for name in "xy")},
        "b": {"expression": "df_dx df_dy", "number": "paths_x paths_y"},
    },
    "backprop/layered_network": {"a": {"expression": "yhat"}, "d": {"formula": "dL_dW3 dL_dW2 dL_dW1"}},
    "backprop/two_sgd_steps": {
        "a": {
            "number": " ".join(f"s{step}_{name}" for step in (1, 2) for name in ("a1", "a2", "yhat", "L")),
            "vector": "s1_delta s2_delta",
            "matrix": "s1_gradient s1_weights s2_gradient s2_weights",
        }
    },
    "backprop/layer_by_layer": {
        **{part: {"matrix": name} for part, name in zip("abcdef", ("H", "dX", "O", "dH", "yhat", "dO"), strict=True)},
        "g": {"number": "loss", "matrix": "dyhat"},
        "h": {"matrix": "dW1 dW2 W1_new W2_new"},
        "i": {"matrix": "p dp_dz"},
        "j": {"number": "logloss", "matrix": "dlogloss_dp"},
        "k": {"matrix": "dlogloss_dz dW1 dW2 W1_new W2_new"},
    },
    "backprop/two_layer_formula": {"a": {"formula": "dL_dW1 dL_dW2"}},
    "backprop/path_counting": {"a": {"vector": "dp_dx"}, "b": {"number": "paths mults_paths mults_reverse"}},
    "backprop/dense_minibatch": {"a": {"matrix": "dL_dW dL_dX"}},
    "backprop/delta_recursion": {"a": {"matrix": "delta_1 delta_2 dW_1 dW_2 db_1 db_2"}},
    "backprop/two_sgd_steps_matrix": {
        "a": {"formula": "dL_dW1 dL_dW2 dL_dW3"},
        "b": {
            "number": "s1_yhat s1_L s2_yhat s2_L",
            "matrix": " ".join(f"s{step}_{d}W{k}" for step in (1, 2) for d in ("d", "") for k in (1, 2, 3)),
        },
    },
    "backprop/graph_rules": {
        "a": {"expression": "dp_dx1 dp_dx2"}, "b": {"expression": "dh_dx dq_dx"},
        "c": {"expression": "dL_dw0 dL_dw1 dL_dw2"},
    },
    "activations/sigmoid_layer": {"b": {"number": "max_df"}},
    "activations/tanh": {
        "a": {"number": "limit_plus limit_minus"}, "b": {"expression": "df"}, "d": {"number": "max_df"},
    },
    "activations/relu_and_friends": {part: {"matrix": "O dO_dZ dZ"} for part in "abcd"},
    "outputs/temperature": {part: {"vector": "p" if part in "abc" else "limit"} for part in "abcde"},
    "regularization/constant_with_ridge": {
        "a": {"number": "beta"}, "b": {"expression": "beta"}, "c": {"number": "lambda cv"}, "d": {"number": "beta"},
    },
    "rnn/bptt": {
        "a": {"vector": "h yhat loss_t", "number": "loss"},
        "b": {"number": "dL_du dL_dv dL_dw"},
        "c": {"number": "dL_du dL_dv dL_dw u_new v_new w_new"},
    },
    "rnn/parameter_count": {part: {"number": "count"} for part in "abcde"},
    "rnn/vanishing": {"a": {"number": "dhT_dh0"}, "c": {"vector": "clipped"}},
}  # fmt: skip

# What a second program needs to solve the exercise again: exercise, type, names of `given`.
GIVEN: dict[str, dict[str, str]] = {
    "nets/linear_collapse": {"matrices": "layers"},
    "nets/from_picture": {"matrix": "W V", "vector": "w b v x", "number": "c d"},
    "logic/one_unit": {"choice": "activation", "matrix": "inputs", "vector": "targets inputs_not targets_not"},
    "logic/gates": {"matrix": "tables", "number": "hidden function"},
    "logic/region": {"choice": "mode", "matrix": "lines points"},
    "logic/fewest_units": {"matrix": "points", "vector": "labels"},
    "nets/staircase": {"expression": "f", "number": "eps a b"},
    "counts/dense": {"number": "batch", "vector": "sizes"},
    "dropout/mask": {"choice": "activation", "matrix": "x W1 W2 y D", "number": "p"},
    "dropout/how_many": {"number": "inputs", "vector": "sizes"},
    "backprop/layer_by_layer": {"matrix": "X W1 W2 y", "number": "rate"},
    "backprop/two_sgd_steps": {"vector": "x y order", "number": "rate", "matrix": "weights", "choice": "loss"},
    "backprop/dense_minibatch": {"matrix": "X W dZ"},
    "backprop/delta_recursion": {"matrix": "x y W1 b1 W2 b2", "choice": "activation"},
    "backprop/two_sgd_steps_matrix": {"matrix": "X W1 W2 W3", "vector": "y order", "number": "rate"},
    "backprop/computation_graph": {"expression": "f"},
    "backprop/path_counting": {"matrices": "weights"},
    "backprop/graph_rules": {"expression": "z1 z2 p h q", "choice": "activation loss"},
    "optimizers/fifty_shades": {"vector": "x y order", "number": "w0 rate alpha beta1 beta2 steps"},
    "optimizers/logistic_step": {"number": "x y w0 rate"},
    "outputs/softmax": {"vector": "z1 z2 classes"},
    "outputs/temperature": {"vector": "z T"},
    "outputs/sigmoid": {"number": "a b c"},
    "regularization/constant_with_ridge": {"vector": "y"},
    "rnn/bptt": {"vector": "y", "number": "h0 w u v rate", "choice": "activation reduction"},
    "rnn/parameter_count": {"vector": "sizes"},
}

# The numbers that are published: exercise, part, name, exact.
PUBLISHED: list[tuple[str, str, str, Any]] = [
    ("nets/from_picture", "a", "h1", "201/2"),
    ("nets/from_picture", "a", "h2", "0"),
    ("nets/from_picture", "a", "yhat", "209/2"),
    ("counts/dense", "a", "count", "84301"),
    ("counts/dense", "a", "count_no_bias", "83700"),
    ("dropout/how_many", "a", "count", "84301"),
    ("dropout/how_many", "b", "count", "22151"),
    ("dropout/how_many", "e", "p", "1/4"),
    ("init/variance", "a", "ratio", "1/3"),
    ("init/variance", "e", "p_zero", "1/2"),
    ("backprop/computation_graph", "b", "paths_x", "3"),
    ("backprop/computation_graph", "b", "paths_y", "2"),
    ("backprop/two_sgd_steps", "a", "s1_weights", [["0", "0"], ["0", "0"], ["-1/2", "-1/4"]]),
    ("backprop/layer_by_layer", "g", "dyhat", [["2"]]),
    ("backprop/layer_by_layer", "f", "dO", [["1", "2"]]),
    ("backprop/layer_by_layer", "d", "dH", [["1", "0"]]),
    ("backprop/two_sgd_steps_matrix", "b", "s1_yhat", "0"),
    ("backprop/two_sgd_steps_matrix", "b", "s1_W3", [["0"], ["0"]]),
    ("backprop/graph_rules", "a", "dp_dx2", "2 * x1 ** 4 * x2 + x1 ** 3 + 6 * x1 ** 2 * x2"),
    ("backprop/graph_rules", "b", "dh_dx", "df(x) * g(x) + f(x) * dg(x)"),
    ("optimizers/fifty_shades", "b", "w", ["4/5", "6/5"]),
    ("optimizers/fifty_shades", "c", "w", ["2/5", "32/25"]),
    ("activations/sigmoid_layer", "b", "max_df", "1/4"),
    ("activations/tanh", "d", "max_df", "1"),
    ("regularization/constant_with_ridge", "a", "beta", "22/3"),
    ("regularization/constant_with_ridge", "c", "lambda", "4/39"),
    ("regularization/constant_with_ridge", "d", "beta", "78/11"),
    ("rnn/bptt", "a", "h", ["0", "1/2", "0"]),
    ("rnn/bptt", "a", "loss", "105/16"),
    ("rnn/bptt", "b", "dL_du", "5/4"),
]


@cache
def key(seed: int | None) -> dict[str, dict[str, Any]]:
    """The exercises of all these sheets by name, as the command prints them."""
    found = {}
    for sheet in (*SHEETS, *(ONCE if seed in SEEDS[:2] else ())):
        words = ["answers", sheet, "--json", *([] if seed is None else ["--seed", str(seed)])]
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
        found |= {exercise["id"]: exercise for exercise in json.loads(result.stdout)["exercises"]}
    return found


def typed(rows: dict[str, str]) -> dict[str, str]:
    """The type of each name."""
    return {name: kind for kind, names in rows.items() for name in names.split()}


def types(answers: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    """The type that the JSON gives each of these names, "" where it lacks one."""
    return {name: answers.get(name, {"type": ""})["type"] for name in names}


def test_every_exercise_of_the_course_is_in_the_table() -> None:
    assert set(key(None)) == set(ANSWERS)


@pytest.mark.parametrize("exercise", ANSWERS)
def test_every_answer_has_the_agreed_name_and_type(exercise: str) -> None:
    parts = key(None)[exercise]["parts"]
    for part, rows in ANSWERS[exercise].items():
        assert types(parts[part], typed(rows)) == typed(rows), part


DRAWN = [
    (exercise, seed)
    for exercise in GIVEN
    for seed in (SEEDS[:2] if exercise.split("/")[0] in set().union(*ONCE.values()) else SEEDS)
]


@pytest.mark.parametrize(("exercise", "seed"), DRAWN)
def test_what_is_given_has_the_agreed_names_and_types(exercise: str, seed: int | None) -> None:
    assert types(key(seed)[exercise]["given"], typed(GIVEN[exercise])) == typed(GIVEN[exercise])


@pytest.mark.parametrize(("exercise", "part", "name", "exact"), PUBLISHED)
def test_the_published_numbers_are_the_agreed_ones(exercise: str, part: str, name: str, exact: Any) -> None:
    assert key(None)[exercise]["parts"][part][name]["exact"] == exact


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("exercise", SOLVED)
def test_every_number_of_the_key_is_that_of_plain_numpy(exercise: str, seed: int | None) -> None:
    found = key(seed)[exercise]
    for part, answers in SOLVED[exercise](numbers(found["given"])).items():
        for name, expected in answers.items():
            answer = found["parts"][part][name]
            value = answer["exact"] if answer["type"] == "boolean" else answer["float"]
            assert np.shape(value) == np.shape(expected), (part, name)
            np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-12, err_msg=f"{part}: {name}")


@pytest.mark.parametrize("exercise", SOLVED)
def test_plain_numpy_leaves_out_no_number_that_is_agreed(exercise: str) -> None:
    solved = SOLVED[exercise](numbers(key(None)[exercise]["given"]))
    for part, rows in ANSWERS[exercise].items():
        numeric = {name for name, kind in typed(rows).items() if kind not in ("expression", "formula")}
        assert numeric <= set(solved.get(part, {})), part


def entries(answer: dict[str, Any]) -> list[tuple[str, float]]:
    """Exact text and float side by side."""
    exact, floats = (np.array(answer[form], dtype=object).ravel() for form in ("exact", "float"))
    return list(zip(exact, floats, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_exact_form_is_the_float_beside_it(seed: int | None) -> None:
    checked = 0
    for exercise in key(seed).values():
        for answers in (exercise["given"], *exercise["parts"].values()):
            for name, answer in answers.items():
                if answer["type"] not in ("number", "vector", "matrix") or answer["exact"] is None:
                    continue
                for exact, value in entries(answer):
                    assert isinstance(exact, str)
                    assert float(sympy.sympify(exact)) == pytest.approx(value, rel=1e-12, abs=1e-300), name
                    checked += 1
    assert checked > 300


LETTERS = {"f", "n", "p", "t", "lam", "y", "b0", "b1", "z1", "z2", "z3", "w", "x", "z"}
INDEXED = {
    "backprop/layered_network",
    "backprop/graph_rules",
    "nets/linear_collapse",
    "nets/from_picture",
}  # whose letters have numbers: x1, w2_12


@pytest.mark.parametrize("seed", SEEDS)
def test_every_expression_is_read_by_sympy_and_speaks_of_agreed_letters_alone(seed: int | None) -> None:
    for name, exercise in key(seed).items():
        for answers in (exercise["given"], *exercise["parts"].values()):
            for answer in (answer for answer in answers.values() if answer["type"] == "expression"):
                functions = {"f": sympy.Function("f")} if name in INDEXED else {}
                letters = {str(letter) for letter in sympy.sympify(answer["exact"], functions).free_symbols}
                allowed = {letter for letter in letters if letter[:1] in "wx" and letter[1:2].isdigit()}
                assert letters <= LETTERS | (allowed if functions else set()), (name, answer["exact"])


WORDS = {
    "exp": np.exp, "log": np.log, "tanh": np.tanh, "f": np.sin, "df": np.cos, "inv": np.linalg.inv,
    "det": np.linalg.det, "tr": np.trace, "I": np.eye,
}  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_every_formula_runs_on_numpys_names_and_has_the_shape_of_its_variable(seed: int | None) -> None:
    checked = 0
    for exercise in key(seed).values():
        kinds = {answer["type"] for answers in exercise["parts"].values() for answer in answers.values()}
        at = arrays(exercise["given"]) if "formula" in kinds else {}
        for answers in exercise["parts"].values():
            for name, answer in answers.items():
                if answer["type"] == "formula":
                    value = eval(answer["exact"], {"__builtins__": {}}, {**WORDS, **at})
                    wanted = name.removeprefix("dL_d")
                    assert wanted == name or value.shape == at[wanted].shape
                    checked += 1
    assert checked >= 12


def arrays(given: dict[str, Any]) -> dict[str, Any]:
    """The data of an exercise, random where only their shapes are given; of a sample the first observation."""
    if "shapes" in given:
        rng = np.random.default_rng(3)
        return {name: rng.normal(size=shape) for name, shape in given["shapes"]["exact"].items()}
    found = numbers(given)
    return {**found, "X": found["X"][:1], "y": found["y"][0]} if "order" in found and "X" in found else found
