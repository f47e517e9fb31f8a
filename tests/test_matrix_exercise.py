"""An author writes an exercise by matrix differentials in a course of their own, with the public vocabulary alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keygen.errors import KeygenError
from keygen.matrix.exercises import Kind, Worked, formulas
from tests.courses import keygen, laid, rewrite

EXERCISE = '''"""A gradient, and where a penalised loss is least."""

from keygen.author import differentials

problems = {
    "form": differentials.formulas(
        "x", "x.T @ A~ @ {x|B~ @ x}", "{ln|exp}(x.T @ A~ @ x)", published="x.T @ A @ x"
    ),
    "loss": differentials.formulas(
        "w",
        "norm({y - X @ w|X @ w - y})**2 + {|2*|3*}lam*w.T @ w",
        published="norm(y - X @ w)**2 + lam*w.T @ w",
        shapes="X:n,k w:k,1 lam:1,1,positive",
        tall=True,
    ),
}


def show(s):
    return {
        "form": differentials.Worked(s.problems["form"]),
        "loss": differentials.Worked(s.problems["loss"], "L"),
    }


def answers(s):
    form, loss = s.shown["form"], s.shown["loss"]
    return {"a": form.answers(gradient="gradient"), "b": loss.answers(w="optimum", hessian="hessian")}
'''

TEMPLATE = r"""%% title
Two gradients
%% endtitle
%% part a
%% set found = form
Find the gradient of the function
%% include "en/where.tex"
%% solution
%% set found = form
%% include "en/derived.tex"
%% endpart
%% part b
%% set found = loss
For which weights is the loss least?
%% include "en/where.tex"
%% solution
%% set found = loss
%% set second = loss.second
%% include "en/derived.tex"
%% include "en/solved.tex"
\val{ steps(loss.curvature) }
%% include "en/second.tex"
%% endpart
"""

SHEET = 'title = "Mine"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\npoints = 2\n'


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    return tmp_path


def test_a_gradient_and_an_optimum_of_ones_own_are_built(course: Path) -> None:
    result = keygen("build", "mine", "--format", "tex", "--solutions", "--seed", "3")
    assert result.exit_code == 0, result.output
    page = (course / "build" / "mine-seed3-solutions.tex").read_text(encoding="utf-8")
    assert page.count(r"\kgderivation") == 5  # both differentials, the equation solved, the Hessian, the second one
    assert r"\nabla_{\!\kgmat{w}} L" in page


def test_they_pass_a_deep_check(course: Path) -> None:
    result = keygen("check", "my/one", "--deep", "--seeds", "5", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["ok"], found["variants"]) == (True, 6)
    assert found["counts"]["gradients"] > 0


def test_their_answers_are_formulas_for_numpy(course: Path) -> None:
    (found,) = json.loads(keygen("answers", "my/one", "--json").stdout)["exercises"]
    assert found["parts"]["a"]["gradient"]["exact"] == "(A + A.T) @ x"
    assert found["parts"]["b"]["w"]["exact"] == "inv(X.T @ X + lam * I(3)) @ X.T @ y"
    shapes = found["parts"]["b"]["shapes"]["exact"]
    assert shapes["X"][0] > shapes["X"][1]


def test_a_seed_draws_another_formula(course: Path) -> None:
    said = [json.loads(keygen("answers", "my/one", "--json", "--seed", str(seed)).stdout) for seed in range(1, 13)]
    assert len({key["exercises"][0]["parts"]["a"]["f"]["exact"] for key in said}) > 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('published="x.T @ A @ x"', 'published="x.T @ (A @ x"', ["a formula that cannot be read", "x.T @ (A @ x"]),
        ('published="x.T @ A @ x"', 'published="a.T @ b"', ["x does not occur in a.T @ b"]),
        ('published="x.T @ A @ x"', 'published="x.T @ A"', ["has no gradient"]),
        ('"x.T @ A~ @ {x|B~ @ x}", "{ln|exp}(x.T @ A~ @ x)"', '"x.T @ A~ @ "', ["that cannot be read"]),
        ("lam:1,1,positive", "lam:1,one,positively", ["a shape that cannot be read"]),
        ('"loss": differentials.formulas(', '"loss": dict(zip("ab", "cd")), "loss2": differentials.formulas(', [
            "'loss' in problems is no distribution of formulas", "differentials.formulas(...)"]),
    ],
)  # fmt: skip
def test_a_formula_that_is_wrong_is_told_with_its_exercise(course: Path, old: str, new: str, said: list[str]) -> None:
    rewrite(course, "my/one/exercise.py", old, new)
    result = keygen("answers", "my/one", "--json", *(["--seed", "1"] if "~" in old else []))
    assert result.exit_code == 1
    assert not result.stdout
    for words in [*said, "exercise: my/one"]:
        assert words in result.stderr


def worked(f: str, shapes: str, wrt: str = "w", **kinds: Any) -> Worked:
    """A formula of one's own, worked out."""
    return Worked(formulas(wrt, published=f, shapes=shapes).published, **kinds)


def test_a_sample_may_have_any_letter_for_its_size() -> None:
    found = worked("sum((y[q] - x[q].T @ w)**2 for q in range(m))", "x:p,1 y:1,1")
    key = found.answers(w="optimum")
    members, numbers = found.problem.sizes["m"], found.problem.sizes["p"]
    assert key["shapes"].exact == {"X": [members, numbers], "w": [numbers, 1], "y": [members, 1]}
    assert key["w"].exact == "inv(X.T @ X) @ X.T @ y"


@pytest.mark.parametrize(
    ("f", "shapes", "kind", "said"),
    [
        ("sum(exp(-x[i].T @ w) for i in range(n)) + w.T @ X @ w", "x:k,1", "gradient", "which is another letter"),
        ("eta * w.T @ w", "w:k,1", "step", "the learning rate of a step"),
        ("exp(a.T @ w)", "w:k,1", "optimum", "does not occur|cannot be brought"),
    ],
)  # fmt: skip
def test_letters_that_would_mean_two_things_are_refused(f: str, shapes: str, kind: Kind, said: str) -> None:
    with pytest.raises(KeygenError, match=said):
        worked(f, shapes).answers(it=kind)


def test_a_constraint_needs_its_multiplier() -> None:
    with pytest.raises(KeygenError, match="belong together"):
        worked("norm(X - A)**2", "X:n,n", "X", constraint="symmetric")
