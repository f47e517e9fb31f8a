"""Optimizers as steps of a trace: against plain NumPy, against autograd's own, and the exercises of sheet3."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import exp, log, sqrt
from typing import Any

import autograd.misc.optimizers as theirs
import numpy as np
import pytest
import sympy

from keygen.author import optimizers
from keygen.author.optimizers import OPTIMIZERS, Optimizer, OptimizerStep, descend
from keygen.engine.domains import EXACT, FLOAT
from keygen.engine.evaluate import as_float, evaluate
from keygen.engine.functions import called, half_square, squared_error
from keygen.engine.graph import parents
from keygen.engine.real import Real
from keygen.engine.record import Recorder
from keygen.engine.surd import Surd
from keygen.engine.trace import Trace
from keygen.errors import KeygenError
from keygen.mathematics.answers import Answer
from keygen.mathematics.latex import LatexPrinter
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import verify
from keygen.mathematics.terms import chain
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from tests.courses import SHIPPED

Array = np.ndarray[Any, Any]

STEPS = 6
CONSTANTS = {"rate": 0.05, "alpha": 0.8, "beta1": 0.7, "beta2": 0.9, "decay": 0.1}
START, TARGET = np.array([[1.5, -2.0, 0.5]]), np.array([[0.3, 1.0, -1.0]])
STRETCH = np.array([[1.0, 3.0, 0.5]])


def gradient(w: Array) -> Array:
    """Of 1/2 sum of (stretch * w - target)^2."""
    found: Array = (STRETCH * w - TARGET) * STRETCH
    return found


def walked(method: str, constants: dict[str, float] | None = None) -> dict[str, Any]:
    """Every value of a walk on the loss above, in float64."""
    numbers = {**CONSTANTS, **(constants or {})}
    arrays = {"w": START, "target": TARGET, "stretch": STRETCH}
    t = Recorder({**dict.fromkeys(numbers, ()), **{name: array.shape for name, array in arrays.items()}})
    descend(t, method, t.w, STEPS, lambda k, w: half_square(t.target, t.stretch * w))
    return evaluate(t.trace(), {**numbers, **arrays}, FLOAT)


# --- the same rules written from the papers' formulas, sharing nothing with the engine


def plain_descent(w: Array, eps: float) -> list[Array]:
    path = []
    for _ in range(STEPS):
        w = w - CONSTANTS["rate"] * gradient(w)
        path.append(w)
    return path


def plain_momentum(w: Array, eps: float) -> list[Array]:
    path, velocity = [], np.zeros_like(w)
    for _ in range(STEPS):
        velocity = CONSTANTS["alpha"] * velocity + CONSTANTS["rate"] * gradient(w)
        w = w - velocity
        path.append(w)
    return path


def plain_nesterov(w: Array, eps: float) -> list[Array]:
    path, velocity = [], np.zeros_like(w)
    for _ in range(STEPS):
        ahead = gradient(w - CONSTANTS["alpha"] * velocity)
        velocity = CONSTANTS["alpha"] * velocity + CONSTANTS["rate"] * ahead
        w = w - velocity
        path.append(w)
    return path


def plain_adagrad(w: Array, eps: float) -> list[Array]:
    path, gathered = [], np.zeros_like(w)
    for _ in range(STEPS):
        g = gradient(w)
        gathered = gathered + np.square(g)
        w = w - CONSTANTS["rate"] / (np.sqrt(gathered) + eps) * g
        path.append(w)
    return path


def plain_rmsprop(w: Array, eps: float) -> list[Array]:
    path, mean_square = [], np.zeros_like(w)
    for _ in range(STEPS):
        g = gradient(w)
        mean_square += (1 - CONSTANTS["alpha"]) * (g * g - mean_square)
        w = w - CONSTANTS["rate"] / (np.sqrt(mean_square) + eps) * g
        path.append(w)
    return path


def plain_adam(w: Array, eps: float, decay: float = 0.0, belief: bool = False) -> list[Array]:
    path, first, second = [], np.zeros_like(w), np.zeros_like(w)
    b1, b2 = CONSTANTS["beta1"], CONSTANTS["beta2"]
    for k in range(1, STEPS + 1):
        g = gradient(w)
        first = b1 * first + (1 - b1) * g
        spread = g - first if belief else g
        second = b2 * second + (1 - b2) * spread**2
        direction = (first / (1 - b1**k)) / (np.sqrt(second / (1 - b2**k)) + eps)
        w = w - CONSTANTS["rate"] * direction - CONSTANTS["rate"] * decay * w
        path.append(w)
    return path


PLAIN: dict[str, Callable[[Array, float], list[Array]]] = {
    "gd": plain_descent,
    "sgd": plain_descent,
    "momentum": plain_momentum,
    "nesterov": plain_nesterov,
    "adagrad": plain_adagrad,
    "rmsprop": plain_rmsprop,
    "adam": plain_adam,
    "adamw": lambda w, eps: plain_adam(w, eps, decay=CONSTANTS["decay"]),
    "adabelief": lambda w, eps: plain_adam(w, eps, belief=True),
}


def test_every_optimizer_has_an_independent_twin() -> None:
    assert set(PLAIN) == set(OPTIMIZERS)


@pytest.mark.parametrize("method", OPTIMIZERS)
@pytest.mark.parametrize("epsilon", [None, 0.01])
def test_every_weight_equals_that_of_plain_numpy(method: str, epsilon: float | None) -> None:
    values = walked(method, None if epsilon is None else {"epsilon": epsilon})
    expected = PLAIN[method](START, epsilon or 0.0)
    for k, weight in enumerate(expected, start=1):
        assert values[f"w{k}"] == pytest.approx(weight, rel=1e-12)


def test_momentum_is_autograds_sgd_with_the_rate_inside_the_velocity() -> None:
    mass = CONSTANTS["alpha"]
    end = theirs.sgd(
        lambda w, k: gradient(w), START, num_iters=STEPS, step_size=CONSTANTS["rate"] / (1 - mass), mass=mass
    )
    assert walked("momentum")[f"w{STEPS}"] == pytest.approx(end, rel=1e-12)


def test_adam_is_autograds_adam() -> None:
    end = theirs.adam(
        lambda w, k: gradient(w), START, num_iters=STEPS,
        step_size=CONSTANTS["rate"], b1=CONSTANTS["beta1"], b2=CONSTANTS["beta2"], eps=0.001,
    )  # fmt: skip
    assert walked("adam", {"epsilon": 0.001})[f"w{STEPS}"] == pytest.approx(end, rel=1e-12)


def test_rmsprop_is_autograds_rmsprop_which_starts_its_mean_square_at_one() -> None:
    shapes = {name: array.shape for name, array in {"w": START, "target": TARGET, "stretch": STRETCH}.items()}
    t = Recorder({**shapes, "rate": (), "alpha": (), "epsilon": ()})
    t["w0"], t["s0"] = called(t.w), 1
    for k in range(1, STEPS + 1):
        t[f"g{k}"] = (t.stretch * t[f"w{k - 1}"] - t.target) * t.stretch
        OPTIMIZERS["rmsprop"].rule(OptimizerStep(t, "", k))
    data = {**CONSTANTS, "w": START, "target": TARGET, "stretch": STRETCH, "epsilon": 0.01}
    values = evaluate(t.trace(), {name: data[name] for name in (*shapes, "rate", "alpha", "epsilon")}, FLOAT)
    end = theirs.rmsprop(
        lambda w, k: gradient(w), START, num_iters=STEPS,
        step_size=CONSTANTS["rate"], gamma=CONSTANTS["alpha"], eps=0.01,
    )  # fmt: skip
    assert values[f"w{STEPS}"] == pytest.approx(end, rel=1e-12)


def exact_walk(method: str, steps: int = 3) -> tuple[Trace, dict[str, Any]]:
    """A walk of one weight on exact numbers."""
    data = {name: Fraction(str(value)) for name, value in CONSTANTS.items()}
    t = Recorder({**dict.fromkeys(data, ()), "w": (), "y": ()})
    descend(t, method, t.w, steps, lambda k, w: squared_error(t.y, k * w), prefix="m_")
    trace = t.trace()
    return trace, evaluate(trace, {**data, "w": Fraction(0), "y": Fraction(3)}, EXACT)


@pytest.mark.parametrize("method", OPTIMIZERS)
def test_every_step_of_every_optimizer_prints_and_reads_back(method: str) -> None:
    trace, values = exact_walk(method)
    checked = sum(
        verify(chain(trace, values, name), values, Policy()) for name in trace.named if name in trace.defining
    )
    assert checked > 20


@pytest.mark.parametrize("method", ["adam", "adamw", "adabelief"])
def test_a_corrected_moment_is_never_fed_back_into_the_recursion(method: str) -> None:
    trace, _ = exact_walk(method)
    kept = {"adam": ("m", "v"), "adamw": ("m", "v"), "adabelief": ("m", "s")}[method]
    for k in (1, 2, 3):
        for moment in kept:
            direct = parents(trace, f"m_{moment}{k}")
            assert f"m_{moment}{k - 1}" in direct
            assert not [name for name in direct if "hat" in name]


def test_a_corrected_moment_fed_back_would_give_another_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    def fed_back(o: OptimizerStep) -> None:
        before = o.last.mhat if o.k > 1 else o.last.m
        o.m = o.beta1 * before + (1 - o.beta1) * o.g
        o.mhat = o.m / (1 - o.beta1**o.k)
        o.v = o.beta2 * (o.last.vhat if o.k > 1 else o.last.v) + (1 - o.beta2) * o.g**2
        o.vhat = o.v / (1 - o.beta2**o.k)
        o.w = o.last.w - o.over_root(o.rate * o.mhat, o.vhat)

    true = walked("adam")
    monkeypatch.setitem(OPTIMIZERS, "adam", Optimizer(fed_back, ("m", "v")))
    false = walked("adam")
    assert false["w1"] == pytest.approx(true["w1"])
    assert false["w2"] != pytest.approx(true["w2"], rel=1e-3)


def test_adams_first_step_is_the_rate_times_the_sign_of_the_gradient() -> None:
    values = walked("adam")
    assert values["w1"] == pytest.approx(START - CONSTANTS["rate"] * np.sign(values["g1"]))
    _, exact = exact_walk("adam")
    assert exact["m_w1"] == Fraction("0.05")


def test_nesterov_takes_its_gradient_ahead_and_steps_from_where_it_is() -> None:
    values = walked("nesterov")
    ahead = values["w1"] - CONSTANTS["alpha"] * values["v1"]
    assert values["g2"] == pytest.approx(gradient(ahead))
    assert values["w2"] == pytest.approx(values["w1"] - values["v2"])


def test_a_new_optimizer_is_one_rule_and_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def damped(o: OptimizerStep) -> None:
        o.w = o.last.w - o.rate / o.k * o.g

    monkeypatch.setitem(OPTIMIZERS, "damped", Optimizer(damped))
    values = walked("damped")
    assert values["w2"] == pytest.approx(values["w1"] - CONSTANTS["rate"] / 2 * gradient(values["w1"]))


def test_an_unknown_optimizer_is_offered_the_nearest_names() -> None:
    with pytest.raises(KeygenError) as error:
        walked("adm")
    assert str(error.value).startswith("unknown optimizer 'adm'\n  mend:     did you mean 'adam'")


def test_each_rule_says_its_law_in_one_line() -> None:
    rules = {optimizer.rule for optimizer in OPTIMIZERS.values()} | {optimizers.where_momentum_leads}
    assert all(rule.__doc__ and "\n" not in rule.__doc__ for rule in rules)


# --- sheet3: fifty shades

SHADES, LOGISTIC = "optimizers/fifty_shades", "optimizers/logistic_step"


def solved(name: str, seed: int | None = None) -> Solved:
    return solve(SHIPPED.exercise(name), "sheet3", seed)


def answers(name: str, seed: int | None = None) -> dict[str, dict[str, Answer]]:
    return solved(name, seed).answers()


def test_the_published_answers_of_fifty_shades() -> None:
    found = answers(SHADES)
    assert list(found) == list("abcdefg")
    assert found["a"]["w_hat"].exact == "8/5"
    assert found["b"]["w"].exact == ["4/5", "6/5"]
    assert found["c"]["w"].exact == ["2/5", "32/25"]
    assert found["c"]["g"].exact == ["-4", "-44/5"]
    assert found["d"]["w"].exact == ["2/5", "41/25"]
    assert found["d"]["v"].exact == ["-2/5", "-31/25"]
    assert found["e"]["w"].exact == ["2/5", "169/125"]
    assert found["g"]["m_hat"].exact == ["-4", "-148/19"]
    assert found["g"]["v_hat"].exact == ["16", "368/5"]
    assert {part: sorted(names) for part, names in found.items()} == {
        "a": ["w_hat"], "b": ["g", "w"], "c": ["g", "w"], "d": ["g", "v", "w"], "e": ["g", "v", "w"],
        "f": ["g", "s", "w"], "g": ["g", "m", "m_hat", "v", "v_hat", "w"],
    }  # fmt: skip


def test_short_roots_stay_exact_in_fifty_shades() -> None:
    values = solved(SHADES).values
    assert values["fw1"] == Surd(Fraction(1, 10), 10)
    assert isinstance(values["fw2"], Real)


def test_a_corrected_mean_has_decimals_beside_its_fraction_and_goes_on_in_them() -> None:
    _, lines = solved(SHADES).shown["walk"]["g"][1]
    written = {line.links[0].name: [LatexPrinter().write(link).text for link in line.links] for line in lines}
    assert written["gmhat2"][-2:] == [r"-\frac{148}{19}", "-7.789"]
    assert written["gw2"][-2:] == [r"0.1 - \frac{0.1 \cdot (-7.789)}{\sqrt{73.6}}", "0.1908"]


def test_rmsprops_second_weight_comes_from_the_true_second_gradient() -> None:
    root = 10**0.5
    w1 = root / 10
    g2 = 2 * (w1 * 2 - 3) * 2
    s2 = 0.9 * 1.6 + 0.1 * g2 * g2
    found = answers(SHADES)["f"]
    assert found["g"].float[1] == pytest.approx(g2)
    assert found["w"].float[1] == pytest.approx(w1 - 0.1 * g2 / sqrt(s2))
    sgd = answers(SHADES)["c"]["g"].float[1]
    borrowed = w1 - 0.1 * sgd / sqrt(0.9 * 1.6 + 0.1 * sgd * sgd)
    assert found["w"].float[1] != pytest.approx(borrowed, abs=1e-3)


def test_adams_first_step_in_every_variant_is_the_rate_times_the_sign() -> None:
    for seed in range(30):
        values = solved(SHADES, seed).values
        sign = 1 if values["gg1"] > 0 else -1
        assert values["gw1"] == values["w0"] - values["rate"] * sign


def given_numbers(name: str, seed: int | None) -> dict[str, Any]:
    """What `given` says, and nothing else."""
    said = solved(name, seed).given()
    return {key: answer.exact if answer.type == "choice" else answer.float for key, answer in said.items()}


def by_hand(given: dict[str, Any]) -> dict[str, list[float]]:
    """All the weights, computed again from `given` alone."""
    x, y, rate, alpha = given["x"], given["y"], given["rate"], given["alpha"]
    b1, b2, count = given["beta1"], given["beta2"], int(given["steps"])
    order = [int(i) - 1 for i in given["order"]]
    found: dict[str, list[float]] = {part: [] for part in "bcdefg"}

    def at(i: int, w: float) -> float:
        return -2 * x[i] * (y[i] - w * x[i])

    w = dict.fromkeys("bcdefg", float(given["w0"]))
    d = e = f = m = v = 0.0
    for k in range(count):
        i = order[k]
        w["b"] -= rate * sum(at(j, w["b"]) for j in range(len(x))) / len(x)
        w["c"] -= rate * at(i, w["c"])
        d = alpha * d + rate * at(i, w["d"])
        w["d"] -= d
        e = alpha * e + rate * at(i, w["e"] - alpha * e)
        w["e"] -= e
        g = at(i, w["f"])
        f = alpha * f + (1 - alpha) * g**2
        w["f"] -= rate * g / sqrt(f)
        g = at(i, w["g"])
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        w["g"] -= rate * (m / (1 - b1 ** (k + 1))) / sqrt(v / (1 - b2 ** (k + 1)))
        for part in found:
            found[part].append(w[part])
    return found


@pytest.mark.parametrize("seed", [None, *range(40)])
def test_fifty_shades_can_be_solved_again_from_what_is_given(seed: int | None) -> None:
    given = given_numbers(SHADES, seed)
    assert list(given) == ["x", "y", "w0", "rate", "alpha", "beta1", "beta2", "order", "steps"]
    assert len(given["order"]) == given["steps"]
    found = answers(SHADES, seed)
    for part, weights in by_hand(given).items():
        assert found[part]["w"].float == pytest.approx(weights, rel=1e-9)
    least = sum(a * b for a, b in zip(given["x"], given["y"], strict=True)) / sum(a * a for a in given["x"])
    assert found["a"]["w_hat"].float == pytest.approx(least)


def test_where_adam_is_said_to_step_no_further_than_the_learning_rate_it_does_not() -> None:
    said = 0
    for seed in range(30):
        s = solve(SHIPPED.exercise(SHADES), "sheet3", seed)
        stops = [s.values[f"gw{k}"] for k in range(s.choices["steps"] + 1)]
        equal = bool(s.conditions["equal_betas"])
        said += equal
        assert not equal or all(
            abs(after - before) <= s.values["rate"] + Fraction(1, 10**12) for before, after in pairwise(stops)
        )
    assert said


# --- sheet3: a step of logistic regression


def test_the_published_answers_of_the_logistic_step() -> None:
    found = answers(LOGISTIC)
    p = 1 / (1 + exp(5))
    assert found["b"]["p"].float == pytest.approx(p)
    assert found["b"]["gradient"].float == pytest.approx((p - 1) * -5)
    assert found["b"]["w1"].float == pytest.approx(1 - 0.01 * (p - 1) * -5)


@pytest.mark.parametrize("seed", [None, *range(20)])
def test_the_gradient_of_logloss_through_the_sigmoid_is_the_error_times_the_input(seed: int | None) -> None:
    given, found = given_numbers(LOGISTIC, seed), answers(LOGISTIC, seed)
    w, x, y = given["w0"], given["x"], given["y"]
    p = 1 / (1 + exp(-w * x))
    assert found["b"]["gradient"].float == pytest.approx((p - y) * x)
    letters = sympy.symbols("w x y")
    formula = sympy.sympify(found["a"]["gradient"].exact)
    assert formula.free_symbols == set(letters)
    assert float(formula.subs(dict(zip(letters, (w, x, y), strict=True)))) == pytest.approx((p - y) * x)


def test_the_logistic_step_lowers_the_loss_in_every_variant() -> None:
    for seed in range(30):
        values = solved(LOGISTIC, seed).values
        p, q, y = float(values["p"]), float(values["p1"]), float(values["y"])
        before, after = (-(y * log(r) + (1 - y) * log(1 - r)) for r in (p, q))
        assert as_float(values["L"]) == pytest.approx(before)
        assert after < before


def test_numeric_sheets_are_solved_and_rendered_without_sympy_and_the_rules_of_matrices() -> None:
    program = (
        "import sys; from tests.one_sheet import SheetRequest, sources; from keygen.course.course import course_here\n"
        "course = course_here()\n"
        "for sheet in ('sheet3', 'sheet7'):\n"
        "    sources(SheetRequest(course, course.sheet(sheet), None, 4), solutions=True)\n"
        "print({'sympy', 'keygen.matrix.exercises', 'keygen.matrix.expression'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
