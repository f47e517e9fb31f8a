"""Formulas with follow-through: what comes rightly from a student's own wrong formula is carried, slips are named."""

from __future__ import annotations

import pytest

from keygen.grading.exercise_grading import graded
from keygen.grading.verdicts import AnswerVerdict, Rates
from tests.grading.simulated import exercise


def verdicts(sheet: str, number: int, **typed: str) -> dict[str, AnswerVerdict]:
    """The verdicts on formulas of a published exercise, by `part_name`."""
    cells = {f"{number}.{name.replace('_', '.', 1)}": cell for name, cell in typed.items()}
    found = graded(exercise(sheet, number, None), cells, Rates())
    return {name: found[f"{number}.{name.replace('_', '.', 1)}"] for name in typed}


def kinds(found: dict[str, AnswerVerdict]) -> dict[str, str]:
    return {name: one.kind for name, one in found.items()}


RIDGE = {
    "a_gradient": "-2X'(y - X w) - 2 lam w", "b_optimum": "inv(X.T @ X - lam*I(3)) @ X.T @ y",
    "c_step": "w - eta*(-2X'(y - X w) - 2 lam w)", "d_hessian": "2 X'X - 2 lam I",
}  # fmt: skip


def test_optimum_step_and_hessian_follow_from_a_wrong_gradient() -> None:
    found = verdicts("sheet8", 5, **RIDGE)
    assert kinds(found) == {
        "a_gradient": "slip", "b_optimum": "carried", "c_step": "carried", "d_hessian": "carried",
    }  # fmt: skip
    assert found["a_gradient"].first
    assert found["a_gradient"].slips == (("other_sign",),)
    assert found["b_optimum"].slip == "follows from 5.a.gradient"
    assert {float(one.credit) for one in found.values()} == {0.5, 1}


def test_what_belongs_to_the_statement_is_compared_with_it_alone() -> None:
    one = exercise("sheet8", 1, None)
    cells = {asked.column: str(asked.answer.exact) for asked in one.columns if asked.answer.type == "formula"}
    found = graded(one, cells | {"1.b.f": f"2 * ({cells['1.b.f']})"}, Rates())
    assert found["1.b.f"].kind in ("wrong", "slip")
    assert not found["1.b.f"].first
    assert {verdict.kind for column, verdict in found.items() if column != "1.b.f"} == {"right"}


def test_what_follows_is_written_as_the_key_writes_formulas() -> None:
    found = verdicts("sheet8", 5, **RIDGE | {"d_hessian": "3 X'X"})
    assert {name: one.replay for name, one in found.items()} == {
        "a_gradient": "", "b_optimum": "inv(X.T @ X - lam * I(3)) @ X.T @ y",
        "c_step": "w - eta * (-2 * X.T @ (y - X @ w) - 2 * lam * w)", "d_hessian": "2 * X.T @ X - 2 * lam * I(3)",
    }  # fmt: skip
    tied = verdicts("sheet8", 8, a_gradient="2(X + A) + L' - L", a_X="-(A + A')/2")
    assert tied["a_X"].replay == "1/2 * (-A - A.T)"


@pytest.mark.parametrize(
    ("name", "typed", "slip"),
    [
        ("b_optimum", "(X'X - lam I) X' y", "without_inverse"),
        ("c_step", "w + eta*(-2X'(y - X w) - 2 lam w)", "other_sign"),
        ("d_hessian", "X'X - 2 lam I", "other_factor"),
    ],
)
def test_a_slip_in_what_follows_from_a_wrong_gradient_is_named(name: str, typed: str, slip: str) -> None:
    found = verdicts("sheet8", 5, **RIDGE | {name: typed})[name]
    assert (found.kind, float(found.credit), found.first) == ("slip", 0.5, False)
    assert (slip,) in found.slips


@pytest.mark.parametrize(
    ("optimum", "replay"),
    [("inv(X'X) X'y", "w - eta * w"), ("x", "")],
)
def test_what_follows_from_a_formula_that_cannot_be_read_is_not_written(optimum: str, replay: str) -> None:
    found = verdicts("sheet8", 4, a_gradient="w" if replay else "q q", c_step=optimum)
    assert found["c_step"].replay == replay


def test_what_does_not_follow_from_a_wrong_gradient_is_not_carried() -> None:
    found = verdicts(
        "sheet8", 5, **RIDGE | {"b_optimum": "(X'X - 3 lam I) X' y", "d_hessian": "3 X'X", "c_step": "w + eta*w"}
    )
    assert kinds(found) == {"a_gradient": "slip", "b_optimum": "wrong", "c_step": "wrong", "d_hessian": "wrong"}


@pytest.mark.parametrize(
    ("gradient", "hessian", "why"),
    [("X' y", "0 X'X", "nothing is left to compute"), ("2w", "2 I(3)", "less than half of the work is left")],
)
def test_nothing_is_paid_for_what_follows_from_a_formula_that_leaves_nothing_to_do(
    gradient: str, hessian: str, why: str
) -> None:
    found = verdicts("sheet8", 4, a_gradient=gradient, d_hessian=hessian)["d_hessian"]
    assert (found.kind, found.credit, found.person) == ("carried", 0, why)


def test_the_nearest_matrix_follows_from_the_gradient_of_the_lagrangian() -> None:
    found = verdicts("sheet8", 8, a_gradient="2(X + A) + L' - L", a_X="-(A + A')/2")
    assert kinds(found) == {"a_gradient": "slip", "a_X": "carried"}
    assert kinds(verdicts("sheet8", 8, a_gradient="2(X + A) + L' - L", a_X="-A"))["a_X"] != "carried"


def test_one_optimum_in_the_place_of_its_letter_in_another_is_carried() -> None:
    centred = "(X - 1/5 * ones(5) @ ones(5).T @ X)"
    given = "1/4 * (X - ones(5) @ mu.T).T @ (X - ones(5) @ mu.T)"
    found = verdicts("sheet8", 7, b_Sigma_given_mu=given, b_Sigma=f"1/4 * {centred}.T @ {centred}")
    assert kinds(found) == {"b_Sigma_given_mu": "wrong", "b_Sigma": "carried"}


def test_the_slip_behind_a_formula_is_named_and_a_habit_is_deducted_once() -> None:
    found = verdicts("sheet8", 2, a_differential="-inv(X) @ dX", b_differential="det(X) * tr(dX)")
    assert [one.slips for one in found.values()] == [(("inverse_of_differential",),), (("det_without_inverse",),)]
    both = verdicts("sheet8", 3, b_gradient="2 X A", c_gradient="inv(X)")
    assert ("not_turned",) in both["c_gradient"].slips


def test_a_multiplier_with_the_other_sign_is_a_slip_of_the_gradient_and_the_optimum_is_right() -> None:
    found = verdicts("sheet8", 8, a_gradient="2(X - A) + L - L'", a_X="(A + A')/2")
    assert kinds(found) == {"a_gradient": "slip", "a_X": "right"}
    assert found["a_gradient"].slips == (("multiplier_turned",),)


def test_a_lone_zero_is_the_zero_of_the_shape_that_is_asked_for() -> None:
    found = verdicts("sheet8", 5, a_gradient="0", d_hessian="0")
    assert kinds(found) == {"a_gradient": "wrong", "d_hessian": "carried"}
    assert (found["a_gradient"].first, found["d_hessian"].credit) == (True, 0)


def test_gradients_of_a_network_follow_from_a_wrong_output() -> None:
    hidden = "relu(X @ W2)"
    found = verdicts(
        "sheet4", 5, a_yhat=f"{hidden} @ W1 + 1", a_dL_dW1=f"{hidden}.T @ (2*({hidden} @ W1 + 1 - y))",
        a_dL_dW2=f"X.T @ ((2 * ({hidden} @ W1 + 1 - y) @ W1.T) * (X @ W2 > 0))",
    )  # fmt: skip
    assert kinds(found) == {"a_yhat": "wrong", "a_dL_dW1": "carried", "a_dL_dW2": "carried"}
    relu = "((X @ W2) * ((X @ W2) > 0))"
    assert found["a_dL_dW1"].replay == f"({relu}).T @ (2 * ({relu} @ W1 + 1 - y))"
    slips = verdicts(
        "sheet4", 5, a_yhat=f"{hidden} @ W1 + 1", a_dL_dW1=f"{hidden}.T @ ({hidden} @ W1 + 1 - y)",
        a_dL_dW2=f"X.T @ (2 * ({hidden} @ W1 + 1 - y) @ W1.T)",
    )  # fmt: skip
    assert [one.slips for one in slips.values()] == [(), (("factor_left_out",),), (("mask_left_out",),)]


def test_an_error_without_the_slope_leaves_the_product_with_it_to_be_done() -> None:
    layers = "f(f(X W1) W2)"
    found = verdicts("sheet4", 2, c_factor1=f"f({layers} W3) - y", b_dL_dW3=f"{layers}' (f({layers} W3) - y)")
    assert kinds(found) == {"c_factor1": "slip", "b_dL_dW3": "carried"}
    assert found["b_dL_dW3"].credit == 1


def test_a_slip_of_a_network_is_found_in_its_formulas_and_deducted_once() -> None:
    hidden = "relu(X @ W2)"
    found = verdicts(
        "sheet4", 5, a_dL_dW1=f"{hidden}.T @ ({hidden} @ W1 - y)",
        a_dL_dW2=f"X.T @ ((({hidden} @ W1 - y) @ W1.T) * (X @ W2 > 0))",
    )  # fmt: skip
    assert kinds(found) == {"a_dL_dW1": "slip", "a_dL_dW2": "carried"}
    assert found["a_dL_dW1"].slip.startswith("factor_left_out (dL_dyhat)")


def test_a_letter_by_itself_is_no_slip_of_a_longer_formula_and_a_dash_is_no_formula() -> None:
    found = verdicts("sheet8", 4, c_step="w", d_hessian="-", a_gradient="?")
    assert kinds(found) == {"c_step": "wrong", "d_hessian": "empty", "a_gradient": "empty"}
