"""The known slips of every exercise: each differs from the right value, and the engine, the oracle, a computation by
hand and the page have one number for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import numpy as np
import pytest

from keygen.certify.stage import BUILD, certified
from keygen.checking import arithmetic as mp
from keygen.checking.deep import deep
from keygen.checking.oracle import Oracle, entered
from keygen.checking.slips import OracleOfSlip
from keygen.document.composition import composed
from keygen.document.slips import seen
from keygen.document.typesetter import Typesetter
from keygen.engine import slips as table
from keygen.engine.replay import replay, told_apart
from keygen.engine.slips import MISTAKES, PULLBACK_MISTAKES, Mistake
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.variants.slips import Slip, SlipChain, collected, numeric, slips
from keygen.variants.solve import solve
from keygen.variants.solved import Evaluated, Solved
from keygen.writers.latex import problem
from tests.courses import EN, LANGUAGES, SHIPPED

HOME = {entry.id: sheet for sheet in SHIPPED.sheets for entry in SHIPPED.sheet(sheet).exercise}
SYMBOLIC = {"backprop/computation_graph", "backprop/layered_network", "backprop/two_layer_formula"}
NUMERIC = [name for name in sorted(HOME) if not name.startswith("matrix/") and name not in SYMBOLIC]
UNNAMED = {"outputs/sigmoid", "outputs/logloss_separable"}
"""Whose keys name no slip: their numbers are read off formulas in letters, which the trace has no steps of."""
POLICY = Policy()
SEEDS = range(1, 6)


@cache
def variant(name: str, seed: int | None = None) -> Solved:
    return solve(SHIPPED.exercise(name), HOME[name], seed)


def first(name: str, slip: str, line: str = "", seed: int | None = None) -> Slip:
    """The first slip of this name in a variant, made at one step."""
    found = slips(variant(name, seed))
    return next(s for s in found if s.name == slip and len(s.at) == 1 and line in ("", s.line))


def proofs_of(solved: Solved) -> Proofs:
    return Proofs(solved.values, POLICY, solved.calls, quick=solved.quick)


def oracle_of(slip: Slip) -> Any:
    """The wrong value by the oracle's own table."""
    chain = slip.claim.chain
    assert isinstance(chain, SlipChain)
    return OracleOfSlip(Oracle(slip.solved), chain).settled[slip.variable]


def close(value: Any, other: Any) -> bool:
    """Whether a value of the engine's has the first 40 digits of one of the oracle's."""
    pairs = zip(mp.entries(mp.settled(lambda: entered(value))), mp.entries(other), strict=True)
    return all(abs(mp.inexact(a) - mp.inexact(b)) <= mp.inexact(abs(b)) / 10**40 for a, b in pairs)


# --- all of them


@pytest.mark.parametrize("name", NUMERIC)
def test_every_slip_differs_from_the_right_value_and_is_the_oracles(name: str) -> None:
    for seed in SEEDS:
        solved = variant(name, seed)
        for slip in slips(solved):
            assert told_apart(slip.wrong, solved.values[slip.variable])
            assert slip.variable in solved.trace.shapes
            assert slip.answers
            assert np.shape(slip.wrong) == solved.trace.shapes[slip.variable]
            if seed == SEEDS[0]:
                assert close(slip.wrong, oracle_of(slip)), (slip.name, slip.at)


@pytest.mark.parametrize("name", sorted(SYMBOLIC))
def test_where_inputs_stay_letters_there_is_no_slip(name: str) -> None:
    assert not numeric(variant(name))
    assert slips(variant(name)) == ()


@pytest.mark.parametrize("name", ["backprop/layer_by_layer", "optimizers/fifty_shades", "rnn/bptt"])
def test_a_claim_of_a_slip_is_read_back_line_and_digits(name: str) -> None:
    for slip in slips(variant(name, 3)):
        proofs = proofs_of(slip.solved)
        proofs.require(slip.claim.chain)
        assert proofs.equalities == 2


def test_slips_with_one_value_stand_together() -> None:
    groups = collected(slips(variant("backprop/layer_by_layer")))
    (masks,) = [group for group in groups if group[0].name == "mask_left_out" and group[0].variable == "dL_dH"]
    assert {"mask_left_out", "mask_of_gradient"} == {slip.name for slip in masks}
    for group in groups:
        assert all(not told_apart(group[0].wrong, slip.wrong) for slip in group)
    assert sum(map(len, groups)) == len(slips(variant("backprop/layer_by_layer")))


def test_a_slip_says_what_becomes_of_any_answer() -> None:
    slip = first("backprop/layer_by_layer", "mask_left_out", "dL_dH")
    assert slip.answer("d", "dH").exact == [["1", "2"]]
    assert slip.answer("a", "H") == slip.solved.answers()["a"]["H"]


# --- by hand


def data(name: str, seed: int) -> dict[str, Any]:
    """What is given, in mpmath's numbers."""
    found = variant(name, seed).variant
    as_mp = np.vectorize(lambda x: mpmath.mpf(x.numerator) / x.denominator, otypes=[object])
    arrays = {key: as_mp(np.array(value, dtype=object)) for key, value in found.data.items()}
    return {**{key: value[()] for key, value in arrays.items()}, **found.choices}


def agrees(slip: Slip, by_hand: Any) -> bool:
    """Whether the wrong value is the one by hand, to 15 digits."""
    got = np.array(slip.wrong, dtype=object).ravel()
    wanted = np.array(by_hand, dtype=object).ravel()
    return len(got) == len(wanted) and all(
        abs(float(a) - float(b)) <= 1e-12 * max(1, abs(float(b))) for a, b in zip(got, wanted, strict=True)
    )


def sigma(z: Any) -> Any:
    return 1 / (1 + mpmath.exp(-z))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_turned_difference_of_two_sgd_steps(seed: int) -> None:
    g = data("backprop/two_sgd_steps", seed)
    place = g["order"][0] - 1
    signal = g["x"][place]
    for bias, weight in g["weights"]:
        last, signal = signal, sigma(bias + weight * signal)
    y = g["y"][place]
    delta = y - signal if g["loss"] == "logloss" else (y - signal) * signal * (1 - signal)
    unit = len(g["weights"])
    found = first("backprop/two_sgd_steps", "difference_turned", "s1_g_yhat", seed)
    assert found.variable == f"s1_delta{unit}"
    assert agrees(found, delta)
    assert agrees(replace(found, variable=f"s1_g_w1_{unit}"), delta * last)


def layers(seed: int) -> tuple[dict[str, Any], Any, Any, Any]:
    """The data of layer_by_layer, the gradient by the prediction, by the ReLU's output, and the ReLU's input."""
    g = data("backprop/layer_by_layer", seed)
    H = g["X"] @ g["W1"]
    error = 2 * (np.where(H > 0, H, 0) @ g["W2"] - g["y"]) / len(g["X"])
    return g, error, error @ g["W2"].T, H


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_forgotten_mask_of_layer_by_layer(seed: int) -> None:
    g, _, dO, H = layers(seed)
    found = first("backprop/layer_by_layer", "mask_left_out", "dL_dH", seed)
    assert found.variable == "dL_dH"
    assert agrees(found, dO)
    assert agrees(replace(found, variable="dL_dW1"), g["X"].T @ dO)
    inverted = first("backprop/layer_by_layer", "mask_inverted", "dL_dH", seed)
    assert agrees(replace(inverted, variable="dL_dX"), np.where(H > 0, 0, dO) @ g["W1"].T)


@pytest.mark.parametrize("seed", range(1, 12))
def test_the_forgotten_transpose_of_layer_by_layer(seed: int) -> None:
    g, _, dO, H = layers(seed)
    found = [s for s in slips(variant("backprop/layer_by_layer", seed)) if s.name == "transpose_left_out"]
    at_input = [s for s in found if s.line == "dL_dX"]
    assert bool(at_input) is (g["W1"].shape == (2, 2))
    for slip in at_input:
        assert agrees(slip, np.where(H > 0, dO, 0) @ g["W1"])


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_adam_of_fifty_shades_without_its_correction(seed: int) -> None:
    g = data("optimizers/fifty_shades", seed)
    place = g["order"][0] - 1
    x, y = g["x"][place], g["y"][place]
    slope = 2 * (g["w0"] * x - y) * x
    mean, square = (1 - g["beta1"]) * slope, (1 - g["beta2"]) * slope**2
    found = first("optimizers/fifty_shades", "correction_left_out", "gmhat1", seed)
    assert agrees(found, mean)
    corrected = square / (1 - g["beta2"])
    assert agrees(replace(found, variable="gw1"), g["w0"] - g["rate"] * mean / mpmath.sqrt(corrected))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_adam_of_fifty_shades_with_its_correction_carried_on(seed: int) -> None:
    g = data("optimizers/fifty_shades", seed)
    w, m, v = g["w0"], mpmath.mpf(0), mpmath.mpf(0)
    for k in (1, 2):
        place = g["order"][(k - 1) % len(g["order"])] - 1
        slope = 2 * (w * g["x"][place] - g["y"][place]) * g["x"][place]
        m, v = g["beta1"] * m + (1 - g["beta1"]) * slope, g["beta2"] * v + (1 - g["beta2"]) * slope**2
        if k == 2:
            break
        m_hat, v_hat = m / (1 - g["beta1"] ** k), v / (1 - g["beta2"] ** k)
        w, m = w - g["rate"] * m_hat / mpmath.sqrt(v_hat), m_hat
    found = first("optimizers/fifty_shades", "corrected_carried_on", "gm2", seed)
    assert found.variable == "gm2"
    assert agrees(found, m)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_softmax_that_nobody_normalised(seed: int) -> None:
    g = data("outputs/softmax", seed)
    found = first("outputs/softmax", "not_normalised", "p1", seed)
    grown = [mpmath.exp(z) for z in g["z1"]]
    assert agrees(found, grown)
    one, two = (place - 1 for place in g["classes"])
    right = mpmath.exp(g["z2"][two]) / sum(map(mpmath.exp, g["z2"]))
    assert agrees(replace(found, variable="L"), -(mpmath.log(grown[one]) + mpmath.log(right)) / 2)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_paths_that_a_slip_of_dense_minibatch_counts_or_leaves_out_are_those_that_it_names(seed: int) -> None:
    g = data("backprop/dense_minibatch", seed)
    k, j = g["entry_W"]
    by_path = {f"z_{i}{j}": row[k - 1] * g["dZ"][i - 1][j - 1] for i, row in enumerate(g["X"], start=1)}
    found = [
        s
        for s in slips(variant("backprop/dense_minibatch", seed))
        if s.variable == "dL_dw" and s.through and "path" in s.name
    ]
    assert {s.name for s in found} == {"later_path_left_out", "first_path_left_out"}
    for slip in found:
        named = sum(by_path[name] for name in slip.through)
        assert agrees(slip, named if slip.name == "later_path_left_out" else sum(by_path.values()) - named)


# --- broken rows


def broken(solved: Solved) -> Iterator[str]:
    """The slips of a variant, found anew, that are not the oracle's."""
    anew = replace(solved, evaluation=Evaluated(replace(solved.trace), solved.values, solved.calls))
    for slip in slips(anew):
        if not close(slip.wrong, oracle_of(slip)):
            yield slip.name


def rows(name: str) -> list[tuple[Any, str, int]]:
    return [
        (made, primitive, place)
        for made in (MISTAKES, PULLBACK_MISTAKES)
        for primitive, row in made.items()
        for place, known in enumerate(row)
        if known.name == name
    ]


MET = {
    "backprop/layer_by_layer": ("mask_left_out", "difference_turned", "plus_for_minus", "other_class"),
    "optimizers/fifty_shades": ("root_left_out", "correction_left_out", "count_left_out", "square_left_out"),
    "outputs/heads": ("not_normalised", "own_class_alone", "mean_for_sum", "minus_left_out", "factor_left_out"),
    "rnn/bptt": ("later_path_left_out", "first_path_left_out", "count_left_out", "rate_left_out"),
    "activations/relu_and_friends": ("leak_left_out", "mask_inverted", "slope_left_out"),
}


@pytest.mark.parametrize(("name", "slip"), [(name, slip) for name, met in MET.items() for slip in met])
def test_a_broken_row_is_seen_by_the_oracle(name: str, slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    solved = variant(name, 3)
    assert slip not in set(broken(solved))
    for made, primitive, place in rows(slip):
        row, known = made[primitive], made[primitive][place]

        def doubled(*inputs: Any, instead: Callable[..., Any] = known.instead) -> Any:
            return 2 * instead(*inputs)

        monkeypatch.setitem(made, primitive, (*row[:place], replace(known, instead=doubled), *row[place + 1 :]))
    assert slip in set(broken(solved))


# --- on the page


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("name", NUMERIC)
def test_a_numeric_exercise_names_a_slip_with_its_number(name: str, language: str) -> None:
    solved = variant(name)
    (made, _), _ = certified(
        solved, POLICY, BUILD, lambda proofs: composed(solved, 1, None, LANGUAGES[language], POLICY, proofs=proofs)
    )
    words = {"en": "A common slip.", "ru": "Частая ошибка."}[language]
    count = str(made).count(words)
    assert (count == 0) is (name in UNNAMED)
    assert count <= 2


def read(solved: Solved) -> Any:
    """What reading the English page finds, whose lines nobody has read back."""
    proofs = proofs_of(solved)
    made = problem(solved, 1, None, EN, POLICY, proofs=proofs)
    return deep(solved, {EN: (made, POLICY)}, proofs.kept.values())


def test_the_number_of_a_slip_is_compared_with_the_oracles(monkeypatch: pytest.MonkeyPatch) -> None:
    solved = solve(SHIPPED.exercise("outputs/softmax"), "sheet2", None)
    assert read(solved).false == ()
    wrong = table.exponentials
    row = Mistake("not_normalised", lambda x: wrong(2 * x))
    monkeypatch.setitem(MISTAKES, "softmax", (row,))
    anew = replace(solved, evaluation=Evaluated(replace(solved.trace), solved.values, solved.calls))
    (false,) = read(anew).false
    assert "a number is false" in false.what


def test_a_slip_that_looks_like_the_right_value_is_not_named() -> None:
    slip = first("backprop/layer_by_layer", "mask_left_out", "dL_dH")
    typesetter = Typesetter(POLICY, slip.solved.signs, proofs_of(slip.solved), EN)
    tiny = slip.solved.values["dL_dH"] + Fraction(1, 3 * 10**20)
    hidden = replace(slip, values=replay(slip.solved.trace, slip.solved.values, {"dL_dH": tiny}))
    assert seen(slip, typesetter)
    assert told_apart(hidden.wrong, slip.solved.values["dL_dH"])
    right = replace(slip, values=replay(slip.solved.trace, slip.solved.values, {}))
    assert not seen(right, typesetter)


def test_a_fraction_stays_exact() -> None:
    slip = first("backprop/layer_by_layer", "mask_left_out", "dL_dH")
    assert {type(entry) for entry in slip.wrong.flat} == {Fraction}
