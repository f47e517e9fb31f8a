"""A layer's own backward pass, `backprop(..., incoming=...)`: its gradients are certified like those of a loss."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keygen.certify.gradients import certify_gradients
from keygen.checking.slopes import certify_slopes
from keygen.course.course import course_here
from keygen.engine import backprop
from keygen.errors import KeygenError
from keygen.variants.solve import solve
from keygen.variants.solved import Evaluated, Solved
from tests.courses import keygen, laid

EXERCISE = '''"""Batch normalisation of a column, and the gradient that arrives at it."""

from fractions import Fraction

from keygen.author import backprop, exp, integers, ln, mean, sigmoid, sqrt, square

axes = {"batch": 3}

given = {
    "x": integers("batch 1", -4, 4, published=[[1], [2], [4]]),
    "gamma": integers("", 1, 3, published=2),
    "beta": integers("", -2, 2, published=1),
    "g": integers("batch 1", -3, 3, published=[[1], [-1], [2]], nonzero=True),
}


def computation(t):
    t.c = t.x - mean(t.x)
    t.s = sqrt(mean(square(t.c)) + Fraction(1, 10))
    t.z = t.gamma * (t.c / t.s) + t.beta
    backprop(t, "z", ["x", "gamma", "beta"], incoming="g", names={"x": "dx", "gamma": "dgamma", "beta": "dbeta"})


answers = {"a": {"gradient": "dx"}}


def worthwhile(v):
    return {"the column varies": len({x for x in v.x.flat}) == 3}
'''

TEMPLATE = r"""%% title
Batch normalisation
%% endtitle
%% part a
Find the gradient.
%% solution
\[ \val{ line.dgamma } \]
%% endpart
"""

SHEET = 'title = "My sheet"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\npoints = 2\n'


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def solved() -> Solved:
    return solve(course_here().exercise("my/one"), "mine", 1)


def test_check_counts_the_gradients_of_an_incoming_one(course: Path) -> None:
    result = keygen("check", "my/one", "--seeds", "3", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["gradients"] == 3 * 4


def test_they_agree_with_the_complex_step_with_sympy_and_with_central_differences(course: Path) -> None:
    found = solved()
    assert {gradient.incoming for gradient in found.trace.gradients} == {"g"}
    assert certify_gradients(found) == certify_gradients(found, oracle=True) == certify_slopes(found) == 3


@pytest.mark.parametrize("target", ["dx", "dgamma", "dbeta"])
def test_a_wrong_one_is_named_by_each_way(course: Path, target: str) -> None:
    found = solved()
    values = {**found.values, target: found.values[target] + 1}
    wrong = Solved(found.exercise, found.variant, Evaluated(found.trace, values, found.calls))
    for certify in (certify_gradients, lambda s: certify_gradients(s, oracle=True), certify_slopes):
        with pytest.raises(KeygenError, match=f"the gradient {target} disagrees"):
            certify(wrong)


def test_a_wrong_rule_stops_check(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slipped(g: Any, z: Any, a: Any, b: Any) -> Any:
        return g * z / b  # the sign is lost

    monkeypatch.setitem(backprop.PULLBACKS, "div", (backprop.PULLBACKS["div"][0], slipped))
    result = keygen("check", "my/one", "--seeds", "3", "--jobs", "1")
    assert result.exit_code == 1
    assert "the gradient dx disagrees" in result.stdout + result.stderr


def test_the_incoming_gradient_does_not_move_with_what_it_is_computed_from(course: Path) -> None:
    path = course / "exercises" / "my" / "one" / "exercise.py"
    text = path.read_text(encoding="utf-8")
    text = text.replace('    "g": integers("batch 1", -3, 3, published=[[1], [-1], [2]], nonzero=True),\n', "")
    path.write_text(
        text.replace('    backprop(t, "z"', '    t.g = sigmoid(t.x)\n    backprop(t, "z"'), encoding="utf-8"
    )
    assert keygen("check", "my/one", "--seeds", "3").exit_code == 0


NUMBERLESS = '''"""A logarithm."""

from keygen.author import backprop, integers, ln, total

given = {"x": integers("", 1, 9, published=2), "v": integers("2", 1, 9, published=[1, 2])}


def computation(t):
    t.L = ln(t.x)
    t.M = total(ln(t.v))
    backprop(t, "L", ["x"])
    backprop(t, "M", ["v"])


answers = {"a": {"gradient": "dL_dx"}}
'''


def test_gradients_that_have_no_number_to_be_compared_with_are_listed(course: Path) -> None:
    (course / "exercises" / "my" / "one" / "exercise.py").write_text(NUMBERLESS, encoding="utf-8")
    found = solved()
    nowhere = {"x": Fraction(0), "v": np.array([Fraction(0), Fraction(1)])}
    variant = replace(found.variant, data=nowhere)
    broken = Solved(found.exercise, variant, Evaluated(found.trace, {**found.values, **nowhere}, found.calls))
    for certify in (certify_gradients, certify_slopes):
        with np.errstate(all="ignore"), pytest.raises(KeygenError, match="gradients could not be verified") as error:
            certify(broken)
        assert error.value.found is not None
        assert [part.split()[0] for part in error.value.found.split(", ")] == ["dL_dx", "dM_dv"]


# --- a computation that is another one each time


def test_a_random_computation_is_refused_at_its_line(course: Path) -> None:
    path = course / "exercises" / "my" / "one" / "exercise.py"
    text = path.read_text(encoding="utf-8").replace(
        "    t.z = t.gamma", "    t.noise = Fraction(random.randrange(10**9), 7)\n    t.z = t.noise * t.gamma"
    )
    text = text.replace("from fractions import Fraction\n", "import random\nfrom fractions import Fraction\n")
    path.write_text(text, encoding="utf-8")
    line = text[: text.index("    t.noise")].count("\n") + 1
    for command in (("build", "mine", "--format", "tex"), ("answers", "mine"), ("check", "mine", "--seeds", "2")):
        result = keygen(*command)
        assert result.exit_code == 1
        said = result.stdout + result.stderr
        assert "the computation is another one each time that it is recorded" in said
        assert f"{path}:{line}" in said
        assert "t.noise = Fraction(random.randrange(10**9), 7)" in said
        assert "draw numbers in `given`" in said


def test_a_computation_that_remembers_its_former_runs_is_refused(course: Path) -> None:
    path = course / "exercises" / "my" / "one" / "exercise.py"
    text = path.read_text(encoding="utf-8")
    text = text.replace("def computation(t):\n", "RUNS = []\n\n\ndef computation(t):\n    RUNS.append(1)\n", 1)
    path.write_text(text.replace("    t.z = t.gamma", "    t.z = len(RUNS) * t.gamma"), encoding="utf-8")
    result = keygen("answers", "mine")
    assert result.exit_code == 1
    assert "the computation is another one each time that it is recorded" in result.stderr
