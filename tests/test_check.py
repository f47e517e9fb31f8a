"""`keygen check`: every variant verified, the whole measured and counted, the first false line reported and exit 1."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from keygen.certify.answers import certify_answers
from keygen.certify.gradients import certify_gradients
from keygen.checking import lines
from keygen.checking.slopes import certify_slopes
from keygen.checking.sweep import Request, chunks, survey
from keygen.checking.sweep_report import as_text
from keygen.cli import main
from keygen.course.band import MEASURES
from keygen.course.course import course_here
from keygen.engine import backprop
from keygen.errors import KeygenError
from keygen.mathematics.latex import DigitTemplate
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from keygen.variants.workload import measure
from tests.courses import SHIPPED, laid

EXERCISE = '''"""One hidden ReLU layer, squared error."""

from keygen.author import Chain, Literal, backprop, integers, relu, squared_error

axes = {"input": 2, "hidden": 3}

given = {
    "x": integers("1 input", -3, 3, published=[[1, 2]]),
    "W": integers("input hidden", -2, 2, published=[[1, -1, 0], [2, 0, 1]]),
    "v": integers("hidden 1", -2, 2, published=[[1], [1], [-1]]),
    "y": integers("1 1", 0, 3, published=[[1]]),
}


def computation(t):
    t.H = t.x @ t.W
    t.O = relu(t.H)
    t.yhat = t.O @ t.v
    t.L = squared_error(t.y, t.yhat)
    backprop(t, "L", ["W", "v"])


answers = {"a": {"gradient": "dL_dW", "loss": "L"}}


def show(s):
    return {"again": Chain((s.name("L"), Literal(s.values["L"])))}
'''

TEMPLATE = r"""%% title
One hidden layer
%% endtitle
%% part a
Find the gradient of \( \val{ formula.L } \).
%% solution
\[ \val{ line.H } \]
\[ \val{ line.dL_dW } \]
\[ \val{ again } \]
%% endpart
"""

SHEET = 'title = "My sheet"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\n'
HOME = {entry.id: sheet for sheet in SHIPPED.sheets for entry in SHIPPED.sheet(sheet).exercise}


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course folder with one exercise and one sheet, as the working folder."""
    folder = laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    return folder


def check(*words: str) -> Result:
    return CliRunner().invoke(main, ["check", *words])


def append(folder: Path, text: str) -> None:
    with (folder / "exercise.py").open("a", encoding="utf-8") as file:
        file.write(text)


def rewrite(folder: Path, old: str, new: str) -> None:
    text = (folder / "exercise.py").read_text(encoding="utf-8")
    assert old in text
    (folder / "exercise.py").write_text(text.replace(old, new), encoding="utf-8")


def without_times(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    for exercise in found["exercises"]:
        exercise.pop("seconds")
    return found


def test_a_right_exercise_is_counted_and_passes(course: Path) -> None:
    result = check("mine", "--seeds", "3", "--jobs", "1")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("152 equalities, 0 false; 8 gradients by two independent ways;")


def test_json_says_what_was_checked_and_measured(course: Path) -> None:
    result = check("my/one", "--seeds", "5", "--jobs", "1", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert {key: found[key] for key in ("schema", "ok", "seeds", "variants", "false", "failure", "flaws")} == {
        "schema": "keygen-check/2", "ok": True, "seeds": 5, "variants": 6, "false": 0, "failure": None, "flaws": [],
    }  # fmt: skip
    (exercise,) = found["exercises"]
    assert (exercise["target"], exercise["id"], exercise["gradients"]) == ("my/one", "my/one", 12)
    assert exercise["draws"] == pytest.approx(1 + sum(exercise["rejected"].values()) / 5)
    assert exercise["duplicates"] == 0
    assert set(exercise["measures"]) == set(MEASURES)
    assert all(m["min"] <= m["median"] <= m["max"] for m in exercise["measures"].values())
    assert set(exercise["ranges"]) == {"a.gradient", "a.loss"}
    assert exercise["ranges"]["a.loss"]["min"] >= 0


def test_the_ranges_are_those_of_the_seeds(course: Path) -> None:
    losses = [float(solve(course_here().exercise("my/one"), "my/one", seed).values["L"]) for seed in range(4)]
    found = json.loads(check("my/one", "--seeds", "4", "--jobs", "1", "--json").stdout)
    assert found["exercises"][0]["ranges"]["a.loss"] == {"min": min(losses), "max": max(losses)}


def test_the_details_are_shown_of_an_exercise_that_is_asked_for_by_name(course: Path) -> None:
    assert " drawn again:" not in check("mine", "--seeds", "2", "--jobs", "1").stdout
    text = check("my/one", "--seeds", "2", "--jobs", "1").stdout
    assert " drawn again:" in text
    assert "a.loss" in text


def test_a_false_line_is_reported_with_exercise_seed_and_line(course: Path) -> None:
    rewrite(course, 'Literal(s.values["L"])', 'Literal(s.values["L"] + (s.variant.who == 2))')
    result = check("mine", "--seeds", "9", "--jobs", "1")
    assert result.exit_code == 1
    message = result.stderr.partition("keygen: ")[2].splitlines()
    assert message[0] == "a printed line is false: its two sides differ"
    assert message[1] == "  exercise: my/one (seed 2)"
    assert message[2] == f"  at:       {course / 'en.tex'}:9"
    assert message[3] == r"  line:     \[ \val{ again } \]"
    assert " 1 false; " in result.stdout


def test_a_false_line_is_the_failure_of_json_and_junit(course: Path, tmp_path: Path) -> None:
    rewrite(course, 'Literal(s.values["L"])', 'Literal(s.values["L"] + (s.variant.who == 2))')
    result = check("mine", "--seeds", "9", "--jobs", "1", "--json", "--junit", str(tmp_path / "check.xml"))
    found = json.loads(result.stdout)
    assert (found["ok"], found["false"], found["variants"]) == (False, 1, 4)
    assert {key: found["failure"][key] for key in ("exercise", "seed", "line")} == {
        "exercise": "my/one", "seed": 2, "line": 9,
    }  # fmt: skip
    suite = ElementTree.parse(tmp_path / "check.xml").find("testsuite")
    assert suite is not None
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("mine", "1", "1")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert "my/one (seed 2)" in str(failure.text)


def test_a_right_exercise_has_a_case_without_failure(course: Path, tmp_path: Path) -> None:
    assert check("mine", "--seeds", "2", "--jobs", "1", "--junit", str(tmp_path / "check.xml")).exit_code == 0
    (case,) = ElementTree.parse(tmp_path / "check.xml").iter("testcase")
    assert (case.get("classname"), case.get("name")) == ("mine", "my/one")
    assert case.find("failure") is None
    assert "3 variants" in str(case.findtext("system-out"))


def test_a_false_pullback_is_reported(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(backprop.PULLBACKS, "square", (lambda g, z, x: 3 * x * g,))
    result = check("mine", "--seeds", "2", "--jobs", "1")
    assert result.exit_code == 1
    assert "the gradient dL_dW disagrees with finite differences" in result.stderr
    assert "exercise: my/one" in result.stderr


def test_digits_in_the_wrong_place_of_a_stencil_are_reported(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The read-back knows no TeX: that the page has the right digits is looked at by writing its lines once more."""
    filled = DigitTemplate.filled
    monkeypatch.setattr(DigitTemplate, "filled", lambda self, texts: filled(self, texts[::-1]))
    result = check("mine", "--seeds", "2", "--jobs", "1")
    assert result.exit_code == 1
    assert "a line is not written as it would be alone" in result.stderr


def test_a_wrong_sheet_is_one_message(course: Path) -> None:
    result = check("minne")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "keygen: unknown sheet or exercise 'minne'" in result.stderr
    assert "did you mean 'mine'" in result.stderr


def test_the_findings_do_not_depend_on_the_number_of_processes(course: Path) -> None:
    one, two = (check("mine", "my/one", "--seeds", "26", "--jobs", jobs, "--json") for jobs in "12")
    assert without_times(one.stdout) == without_times(two.stdout)


def test_the_first_failure_is_the_same_whatever_the_number_of_processes(course: Path) -> None:
    rewrite(course, 'Literal(s.values["L"])', 'Literal(s.values["L"] + (s.variant.who in (30, 55)))')
    one, two = (check("mine", "--seeds", "60", "--jobs", jobs, "--json") for jobs in "12")
    assert without_times(one.stdout) == without_times(two.stdout)
    assert json.loads(two.stdout)["failure"]["seed"] == 30


def test_tex_flaws_are_found_at_their_seed(course: Path) -> None:
    template = course / "en.tex"
    words = r"\begin{kgtex}{wide}\hbox to 40cm{wide}\end{kgtex}" + "\n"
    template.write_text(TEMPLATE.replace("%% solution\n", "%% solution\n" + words), encoding="utf-8")
    result = check("mine", "--seeds", "1", "--tex", "2", "--jobs", "1", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["ok"], found["false"]) == (1, False, 0)
    assert [(flaw["kind"], flaw["seed"]) for flaw in found["flaws"]] == [("overfull", None), ("overfull", 0)]


def test_a_page_that_fits_has_no_flaw(course: Path) -> None:
    result = check("mine", "--seeds", "0", "--tex", "1", "--jobs", "1")
    assert result.exit_code == 0
    assert result.stdout.rstrip().endswith("flaws in TeX: 0")


# Fairness.


def test_a_variant_outside_its_band_is_drawn_again(course: Path) -> None:
    before = [measure(solve(course_here().exercise("my/one"), "mine", seed)).operations for seed in range(25)]
    low, high = sorted(before)[8], sorted(before)[16]
    append(course, f'\n\nband = {{"operations": ({low}, {high})}}\n')
    after = [solve(course_here().exercise("my/one"), "mine", seed) for seed in range(25)]
    assert min(before) < low <= min(measure(s).operations for s in after)
    assert max(before) > high >= max(measure(s).operations for s in after)
    assert any(f"operations between {low} and {high}" in s.rejected for s in after)


@pytest.mark.parametrize(
    ("band", "what"),
    [
        ('{"operation": (1, 2)}', "unknown measure 'operation' in the band"),
        ('{"silent": (3, 1)}', "the band of 'silent' is no pair of whole numbers, the smaller first"),
        ('{"silent": 3}', "the band of 'silent' is no pair of whole numbers, the smaller first"),
        ("(1, 2)", "the band is (1, 2)"),
    ],
)
def test_a_band_that_is_none_is_an_error_at_its_line(course: Path, band: str, what: str) -> None:
    append(course, f"\n\nband = {band}\n")
    with pytest.raises(KeygenError) as raised:
        course_here().exercise("my/one")
    assert raised.value.what == what
    assert raised.value.file == course / "exercise.py"
    assert raised.value.source == f"band = {band}"
    assert raised.value.line == len(EXERCISE.splitlines()) + 3


def hidden_layer(x: list[int], W: list[list[int]], v: list[int], y: int) -> Solved:
    pin = {"x": [x], "W": W, "v": [[entry] for entry in v], "y": [[y]]}
    return solve(course_here().exercise("my/one"), "mine", None, pin=pin)


def test_an_operation_with_zero_or_one_is_not_counted(course: Path) -> None:
    plain = hidden_layer([2, 3], [[2, 2, 2], [3, 3, 3]], [2, 2, 2], 5)
    assert measure(plain).operations > measure(hidden_layer([2, 3], [[2, 2, 0], [3, 3, 0]], [2, 2, 2], 5)).operations
    assert measure(plain).operations > measure(hidden_layer([1, 3], [[2, 2, 2], [3, 3, 3]], [2, 2, 2], 5)).operations


def test_silent_units_and_signs_are_counted(course: Path) -> None:
    found = measure(hidden_layer([1, 1], [[1, -2, -3], [1, 1, 1]], [1, 1, 1], 1))
    assert found.silent == 2  # H = (2, -1, -2)
    assert measure(hidden_layer([1, 1], [[1, 2, 3], [1, 1, 1]], [1, 1, 1], 1)).silent == 0
    assert found.negatives >= 4  # two in W, two in H


def test_the_widest_number_is_as_a_page_writes_it(course: Path) -> None:
    assert measure(hidden_layer([1, 1], [[1, 1, 1], [1, 1, 1]], [1, 1, 1], 3)).widest == len("18")  # gradients of 18
    assert measure(hidden_layer([1, 1], [[1, 1, 1], [1, 1, 1]], [1, 1, 1], 1)).widest == len("25")


@pytest.mark.parametrize("name", EXERCISES := SHIPPED.exercises)
def test_every_seed_lies_in_the_band_of_its_exercise(name: str) -> None:
    exercise = SHIPPED.exercise(name)
    for seed in range(4):
        found = measure(solve(exercise, HOME[name], seed)).by_name()
        assert all(low <= found[key] <= high for key, (low, high) in exercise.band.items())


# The second way to a gradient, and the answers.


@pytest.mark.parametrize("name", EXERCISES)
def test_both_ways_see_a_gradient_that_is_off(name: str) -> None:
    solved = solve(SHIPPED.exercise(name), HOME[name], 1)
    for gradient in solved.trace.gradients[:3]:
        value = solved.values[gradient.target]
        values = {**solved.values, gradient.target: value + value + 1}
        off = replace(solved, evaluation=replace(solved.evaluation, values=values))
        for way in (certify_gradients, certify_slopes):
            with pytest.raises(KeygenError, match=f"the gradient {gradient.target} disagrees"):
                way(off)


@pytest.mark.parametrize("name", EXERCISES)
def test_every_answer_is_compared_with_the_trace(name: str) -> None:
    solved = solve(SHIPPED.exercise(name), HOME[name], 1)
    numbers = [one for part in solved.answers().values() for one in part.values() if one.float is not None]
    assert certify_answers(solved) > 0 or not numbers


def test_an_answer_that_the_trace_does_not_give_is_reported(course: Path) -> None:
    solved = solve(course_here().exercise("my/one"), "mine", 3)
    values = {**solved.values, "L": solved.values["L"] + 1}
    wrong = replace(solved, evaluation=replace(solved.evaluation, values=values))
    with pytest.raises(KeygenError, match=r"the answer a\) loss is not what the computation gives"):
        certify_answers(wrong)


def test_without_targets_every_sheet_is_checked() -> None:
    asked = {chunk.target for chunk in chunks(Request(SHIPPED, seeds=0))}
    assert asked == set(SHIPPED.sheets)


def test_a_sheet_is_checked_exercise_by_exercise() -> None:
    found = survey(Request(SHIPPED, targets=("sheet3",), seeds=0))
    assert [exercise.id for exercise in found.exercises] == ["optimizers/fifty_shades", "optimizers/logistic_step"]
    assert found.ok
    assert found.counts.equalities > 100


def test_a_deep_check_reads_the_finished_pages_and_counts_its_numbers(course: Path) -> None:
    result = check("my/one", "--seeds", "2", "--jobs", "1", "--deep", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert found["counts"] == {
        key: found[key] for key in ("equalities", "gradients", "answers", "digits", "conditions")
    }
    assert found["failures"] == []
    deep = found["deep"]
    assert found["counts"]["digits"] == sum(deep[place] for place in ("lines", "cells", "labels", "answers")) > 0
    assert deep["relations"]
    assert not deep["unread"]
    (exercise,) = found["exercises"]
    assert exercise["distinct"] + exercise["duplicates"] == 2
    assert exercise["deep"] == deep


def test_a_check_that_is_not_deep_asks_no_oracle(course: Path) -> None:
    found = json.loads(check("my/one", "--seeds", "1", "--jobs", "1", "--json").stdout)
    assert found["deep"] is None
    assert found["counts"]["digits"] == 0


def test_a_deep_check_says_everything_that_is_false_and_not_the_first_thing_alone(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "rounds_to", lambda magnitude, shown: False)
    monkeypatch.setattr(lines, "equal", lambda *values: False)
    result = check("mine", "--seeds", "2", "--jobs", "1", "--deep")
    assert result.exit_code == 1
    assert result.stderr.count("keygen: a printed line is false") == 1
    assert result.stdout.count("a printed line is false") > 2
    assert "my/one (seed 1)" in result.stdout


def test_an_exercise_that_does_not_run_is_not_checked_rather_than_false(course: Path, tmp_path: Path) -> None:
    rewrite(course, "t.x @ t.W", "t.x @ t.WW")
    result = check("my/one", "--seeds", "3", "--jobs", "1", "--junit", str(tmp_path / "check.xml"))
    assert result.exit_code == 1
    *head, summary = result.stdout.splitlines()
    assert head == ["not checked, for there is an error: my/one (published)", ""]
    assert summary.startswith("0 equalities, 0 false;")
    assert summary.endswith("; not checked: 1")
    found = json.loads(check("my/one", "--seeds", "3", "--jobs", "1", "--json").stdout)
    assert (found["ok"], found["false"], found["not_checked"]) == (False, 0, 1)
    assert found["failure"]["kind"] == "not checked"
    failure = ElementTree.parse(tmp_path / "check.xml").find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("type") == "not checked"


def test_a_template_with_an_unknown_name_is_not_checked_rather_than_false(course: Path) -> None:
    text = (course / "en.tex").read_text(encoding="utf-8")
    (course / "en.tex").write_text(text.replace("line.", "lnie.", 1), encoding="utf-8")
    result = check("my/one", "--seeds", "3", "--jobs", "1")
    assert result.exit_code == 1
    assert " 0 false;" in result.stdout


FALSE_LINK = """def show(s):
    from keygen.author import calculus
    scope = calculus.scope({"t": (1, 2)})
    calculus.derivation(scope, calculus.read("t + t"), calculus.becomes(calculus.read("t**2")))
"""


def test_a_false_line_of_a_derivation_is_false_wherever_it_is_found(course: Path) -> None:
    rewrite(course, "def show(s):\n", FALSE_LINK)
    found = json.loads(check("my/one", "--seeds", "0", "--jobs", "1", "--json").stdout)
    assert (found["false"], found["not_checked"], found["failure"]["kind"]) == (1, 0, "false")


def test_values_that_are_no_numbers_are_written_as_a_reader_writes_them() -> None:
    findings = survey(Request(SHIPPED, ("logic/gates",), seeds=3))
    text = as_text(findings)
    assert re.search(r"a\.f1 +w = \[", text)
    assert not re.search(r"[{}']|None|True|False", text)
