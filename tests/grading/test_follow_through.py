"""Follow-through on the published numbers: what follows rightly from a slip is carried, and a slip costs once."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from keygen.builds.key_csv import written
from keygen.grading.exercise_grading import graded
from keygen.grading.graded_exercise import GradedExercise
from keygen.grading.verdicts import AnswerVerdict, Rates
from tests.courses import SHIPPED
from tests.grading.simulated import entry, exercise, handed_in, mutations, text_of, typed

LAYERS = "sheet4", 4
RATES = Rates()
HALF, ONE = Fraction(1, 2), Fraction(1)


def layers(seed: int = 2) -> GradedExercise:
    return exercise(*LAYERS, seed)


def key(of: GradedExercise) -> dict[str, str]:
    return {asked.column: written(asked.answer) for asked in of.columns}


def verdicts(of: GradedExercise, **changed: str) -> dict[str, AnswerVerdict]:
    """The verdicts on the key with some cells changed: `h_dW1` for 4.h.dW1."""
    cells = key(of) | {f"{of.number}.{name.replace('_', '.', 1)}": cell for name, cell in changed.items()}
    return graded(of, cells, RATES)


def kinds(found: dict[str, AnswerVerdict]) -> dict[str, str]:
    """The verdicts that are not "right"."""
    return {column: one.kind for column, one in found.items() if one.kind != "right"}


def test_the_key_is_right() -> None:
    assert kinds(verdicts(layers())) == {}


def test_a_wrong_answer_alone_is_wrong_and_the_first_wrong_step() -> None:
    found = verdicts(layers(), g_loss="17")
    assert kinds(found) == {"4.g.loss": "wrong"}
    assert found["4.g.loss"].slip == "the first wrong step"
    assert found["4.g.loss"].credit == 0


def test_what_follows_from_a_wrong_value_is_carried_and_the_key_is_right_as_well() -> None:
    """L = (yhat - y)^2 and dL/dyhat = 2 (yhat - y) of another prediction."""
    of = layers()
    assert of.workings is not None
    y = of.workings.solved.values["y"][0, 0]
    found = verdicts(of, e_yhat="[[5]]", g_loss=str((5 - y) ** 2), g_dyhat=f"[[{2 * (5 - y)}]]")
    assert kinds(found)["4.e.yhat"] == "wrong"
    assert {found["4.g.loss"].kind, found["4.g.dyhat"].kind} == {"carried"}
    assert found["4.g.loss"].credit == ONE
    assert found["4.g.loss"].replay == str((5 - y) ** 2)
    by_key = verdicts(of, e_yhat="[[5]]")
    assert kinds(by_key) == {"4.e.yhat": "wrong"}


def test_a_known_slip_is_named_with_its_place() -> None:
    """dH is dO without the mask of ReLU: part d quotes dO."""
    of = layers()
    found = verdicts(of, d_dH=key(of)["4.f.dO"])
    assert found["4.d.dH"].kind == "slip"
    assert found["4.d.dH"].credit == HALF
    assert "mask_left_out" in found["4.d.dH"].slip
    assert "the first wrong step" in found["4.d.dH"].slip


def test_a_quoted_value_cuts_the_trace_for_its_part_alone() -> None:
    """Part b quotes dH: a wrong dH of part d is not followed there. Part h quotes nothing: there it is."""
    of = layers()
    assert of.quoted["b"] == {"dL_dH"}
    assert of.workings is not None
    wrong = key(of)["4.f.dO"]
    values = of.workings.solved.values
    followed = (values["X"].T @ values["dL_dO"]).tolist()
    text = "[" + ", ".join("[" + ", ".join(map(str, row)) + "]" for row in followed) + "]"
    found = verdicts(of, d_dH=wrong, h_dW1=text)
    assert found["4.b.dX"].kind == "right"
    assert found["4.h.dW1"].kind == "carried"
    assert verdicts(of, d_dH=wrong, b_dX=text)["4.b.dX"].kind in ("wrong", "shape")


def test_one_slip_behind_several_answers_is_deducted_once() -> None:
    """Both weights are moved without the rate: one habit."""
    of = layers(3)
    assert of.workings is not None
    values = of.workings.solved.values
    assert values["rate"] != 1
    cells = {}
    for name in ("W1", "W2"):
        rows = (values[name] - values[f"dL_d{name}"]).tolist()
        cells[f"h_{name}_new"] = "[" + ", ".join("[" + ", ".join(map(str, row)) + "]" for row in rows) + "]"
    found = verdicts(of, **cells)
    kinds_of = [found[f"4.h.{name}_new"].kind for name in ("W1", "W2")]
    assert sorted(kinds_of) == ["carried", "slip"]


def test_no_credit_is_carried_where_nothing_is_left_to_do() -> None:
    """Who says that the hidden layer is zero has no work with what follows from it."""
    of = layers()
    zeros = "[" + ", ".join("0" for _ in range(len(of.columns[0].numbers))) + "]"
    nothing = "0"
    found = verdicts(of, a_H=zeros, c_O=zeros, e_yhat=nothing)
    assert found["4.c.O"].kind == "carried"
    assert found["4.c.O"].credit == 0
    assert "nothing is left to compute" in found["4.c.O"].person


def test_an_empty_cell_is_no_answer_and_nothing_follows_from_it() -> None:
    found = verdicts(layers(), e_yhat="", g_loss="?")
    assert kinds(found) == {"4.e.yhat": "empty", "4.g.loss": "empty"}


def test_a_column_that_is_missing_was_not_asked() -> None:
    of = layers()
    assert set(graded(of, {"4.a.H": key(of)["4.a.H"]}, RATES)) == {"4.a.H"}


def test_what_cannot_be_read_is_for_a_person_and_another_shape_is_said() -> None:
    found = verdicts(layers(), e_yhat="see paper", a_H="1 2 3 4 5 6 7", g_loss="02.янв")
    assert kinds(found) == {"4.e.yhat": "person", "4.a.H": "shape", "4.g.loss": "person"}
    assert "spreadsheet" in found["4.g.loss"].person


def test_fewer_digits_than_asked_are_coarse_and_one_digit_tells_nothing() -> None:
    of = exercise("sheet5", 1, 1)
    (column, value) = next((c, float(v)) for c, v in key(of).items() if v.replace(".", "").replace("-", "").isdigit())
    name = column.partition(".")[2].replace(".", "_", 1)
    assert verdicts(of, **{name: f"{value:.4g}"})[column].kind == "right"
    assert verdicts(of, **{name: f"{value:.3g}"})[column].kind == "right"
    assert verdicts(of, **{name: f"{value:.2g}"})[column].kind == "coarse"
    assert verdicts(of, **{name: f"{value:.1g}"})[column].kind == "wrong"


def test_an_exact_answer_is_exact() -> None:
    found = verdicts(layers(), g_loss=key(layers())["4.g.loss"] + " + 1/1000000")
    assert found["4.g.loss"].kind == "wrong"


def test_a_whole_number_that_is_right_makes_nothing_after_it_doubtful() -> None:
    """H is whole, so nothing is rounded in it: half of dH stays a slip, however many digits H has."""
    of = exercise("sheet5", 1, 1)
    assert key(of)["1.a.H"] == '[["-1", "1"]]'
    halves = [f"{float(number) / 2:.4f}" for number in dict(of.columns[2].numbers).values()]
    column = of.columns[2].column
    assert column == "1.a.dH"
    found = graded(of, key(of) | {column: "[[" + ", ".join(halves) + "]]"}, RATES)
    assert found[column].kind == "slip"


def test_one_slip_that_nobody_knows_behind_several_answers_is_deducted_once() -> None:
    """p is taken for q = 1 - p, which no answer asks for: h shows it first, and both gradients rest on it."""
    of = exercise("sheet5b", 1, 1)
    assert of.workings is not None
    trace, floats = of.workings.trace, dict(of.workings.floats)
    step = trace.defining["q"]
    *_, slip = (one for one in mutations(trace, step, random.Random(1), floats) if one.kind == "left out")
    found = graded(of, typed(of, handed_in(of, 5, slip), 5), RATES)
    assert found["1.a.h"].kind == "wrong"
    for column in ("1.a.dW", "1.a.dX"):
        assert (found[column].kind, found[column].credit) == ("carried", ONE)
        assert found[column].slip == "the same slip as in 1.a.h"


@pytest.mark.parametrize(("sheet", "number"), [("sheet5b", 1), ("sheet4", 4), ("sheet5", 1), ("sheet7", 1)])
def test_wrong_answers_that_have_nothing_to_do_with_each_other_are_no_one_slip(sheet: str, number: int) -> None:
    rng = random.Random(f"apart {sheet} {number}")
    for seed in (1, 2, 3):
        of = exercise(sheet, number, seed)
        assert of.workings is not None
        right, asked = typed(of, handed_in(of, 5), 5), [one for one in of.columns if one.entries]
        for _ in range(6):
            cells = dict(right)
            for one in rng.sample(asked, 2):
                wrong = {name: np.asarray(of.workings.floats[name]) * rng.uniform(1.1, 1.9) for name in one.variables}
                cells[one.column] = text_of({k: entry(wrong, *where) for k, where in one.entries.items()}, 4)
            assert not any("same slip" in one.slip for one in graded(of, cells, RATES).values())


EVERY = [(sheet, number) for sheet in SHIPPED.sheets for number, _ in enumerate(SHIPPED.sheet(sheet).exercise, 1)]


@pytest.mark.parametrize(("sheet", "number"), EVERY)
def test_grading_the_key_gives_full_marks(sheet: str, number: int) -> None:
    for seed in (1, 2):
        of = exercise(sheet, number, seed)
        found = graded(of, key(of), RATES)
        assert len(found) == len(of.columns)
        assert [one for one in found.values() if one.kind != "right" or one.credit != 1] == []


@pytest.mark.parametrize(("digits", "kind"), [(3, "slip"), (2, "slip"), (1, "wrong")])
def test_one_digit_tells_nothing_of_a_slip(digits: int, kind: str) -> None:
    """The gradient without the mask is another number when it is rounded to one digit."""
    of = layers(1)
    unmasked = of.solved.values["dL_dO"][0]
    rounded = " ".join(f"{float(entry):.{digits}g}" for entry in unmasked)
    assert digits > 1 or any(float(one) != float(text) for one, text in zip(unmasked, rounded.split(), strict=True))
    assert verdicts(of, d_dH=rounded)["4.d.dH"].kind == kind


def test_a_slip_in_a_step_without_a_name_is_told_by_the_value_that_the_step_is_made_for() -> None:
    """1 - O for 1 - O^2 in the derivative of the hyperbolic tangent."""
    of = exercise("sheet5", 2, None)
    output, upstream = (np.array(of.solved.values[name], dtype=float) for name in ("O", "dL_dO"))
    dH = "; ".join(" ".join(f"{entry:.4g}" for entry in row) for row in upstream * (1 - output))
    assert "square_left_out (before dL_dH)" in verdicts(of, c_dH=dH)["2.c.dH"].slip


def test_a_product_with_a_wrong_one_is_work() -> None:
    """dW2 = O' dL/dyhat of dL/dyhat = 1, which is 2: every number of it is taken times 1."""
    of = exercise("sheet4", 4, None)
    output = of.solved.values["O"]
    found = verdicts(of, g_dyhat="1", h_dW2="; ".join(str(one) for one in output[0]))
    assert found["4.g.dyhat"].kind in ("wrong", "slip")
    assert (found["4.h.dW2"].kind, found["4.h.dW2"].credit) == ("carried", ONE)


def by_a_slope(df: str, slope: Callable[[Any], Any]) -> dict[str, AnswerVerdict]:
    """The verdicts on a layer of the hyperbolic tangent for who says `df`, and works out all numbers by a `slope`."""
    of = exercise("sheet5", 2, None)
    assert of.workings is not None
    held = of.workings.floats
    dH = held["dL_dO"] * slope(held["O"])

    def rows(value: Any) -> str:
        return "; ".join(" ".join(f"{entry:.4g}" for entry in row) for row in value)

    return verdicts(
        of, b_df=df, c_dH=rows(dH), c_dX=rows(dH @ held["W"].T), c_dW=rows(held["X"].T @ dH),
        d_df1=f"{slope(held['f1']):.4g}",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("df", "slope"),
    [
        ("1 - f", lambda f: 1 - f), ("1 + f^2", lambda f: 1 + f * f), ("f(1 - f)", lambda f: f * (1 - f)),
        ("2f", lambda f: 2 * f), ("1/2", lambda f: 0 * f + 0.5),
    ],
)  # fmt: skip
def test_who_works_out_numbers_by_a_wrong_formula_pays_once(df: str, slope: Callable[[Any], Any]) -> None:
    found = by_a_slope(df, slope)
    assert kinds(found) == {
        "2.b.df": "wrong", "2.c.dH": "carried", "2.c.dX": "carried", "2.c.dW": "carried", "2.d.df1": "carried",
    }  # fmt: skip
    assert {one.credit for column, one in found.items() if column != "2.b.df"} == {ONE}
    assert found["2.b.df"].first


def test_a_wrong_formula_that_nobody_went_by_costs_what_it_costs_itself() -> None:
    assert kinds(by_a_slope("1 - f", lambda f: 1 - f * f)) == {"2.b.df": "wrong"}


def test_a_wrong_number_is_not_carried_by_a_wrong_formula() -> None:
    found = by_a_slope("2f", lambda f: f)
    assert found["2.c.dH"].kind not in ("right", "carried", "coarse")
    assert found["2.d.df1"].kind not in ("right", "carried", "coarse")


def test_nothing_is_paid_for_what_follows_from_a_formula_that_is_zero() -> None:
    found = by_a_slope("0", lambda f: 0 * f)
    assert {one.credit for column, one in found.items() if column.startswith(("2.c.d", "2.d.d"))} == {0}


@pytest.mark.parametrize(
    ("typed", "gradient_by"),
    [("sigmoid(w x) - y", lambda p, y, x: p - y), ("(y - sigmoid(wx)) x", lambda p, y, x: (y - p) * x)],
)
def test_a_step_by_a_wrong_gradient_is_carried(typed: str, gradient_by: Callable[..., float]) -> None:
    of = exercise("sheet3", 2, None)
    assert of.workings is not None
    held = of.workings.floats
    gradient = gradient_by(held["p"], held["y"], held["x"])
    moved = held["w"] - held["rate"] * gradient
    found = verdicts(of, a_gradient=typed, b_gradient=f"{gradient:.5g}", b_w1=f"{moved:.5g}")
    assert {found[f"2.b.{name}"].kind for name in ("gradient", "w1")} == {"carried"}
    assert found["2.a.gradient"].first
