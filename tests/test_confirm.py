"""`confirm = true`: the program that closes a key runs in plain NumPy, comes to the answers of the JSON by itself, and
stops where a figure of the key is false."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from witnesses import WITNESSES, witness

from keygen.certify.stage import BUILD, certified
from keygen.cli import main
from keygen.course.sheet_keys import Wishes
from keygen.document.composition import composed
from keygen.document.confirmation import confirmation_of
from keygen.document.nodes import Code, Problem, walked
from keygen.document.typesetter import Typesetter
from keygen.engine.domains import EXACT, FLOAT
from keygen.engine.evaluate import as_float, evaluate
from keygen.engine.trace import is_link
from keygen.mathematics.number_format import Policy
from keygen.mathematics.program import WIDTH, computation_lines, data_lines, definitions, identifier
from keygen.variants.confirmation import spelled, stated
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from keygen.writers.html import HtmlWriter
from keygen.writers.latex import written
from keygen.writers.text import problem as text_of_problem
from tests.courses import LANGUAGES, SHIPPED

SILENT = {
    "backprop/computation_graph", "backprop/graph_rules", "backprop/layered_network", "backprop/two_layer_formula",
    "logic/fewest_units", "logic/gates", "logic/one_unit", "nets/linear_collapse", "outputs/logloss_separable",
}  # fmt: skip
"""Whose answers are words, witnesses and expressions in letters."""
NUMERIC = [name for name in SHIPPED.exercises if not name.startswith("matrix/") and name not in SILENT]
ACCEPTED = Path(__file__).parent / "golden" / "confirm-layer_by_layer.py"


@cache
def variant(name: str, seed: int | None) -> Solved:
    return solve(SHIPPED.exercise(name), "sheet", seed)


def program(solved: Solved, language: str) -> str:
    """The program of a page, under the letters that the page would have."""
    letters = LANGUAGES[language].letters
    parts = tuple(SimpleNamespace(key=key, letter=letters[place]) for place, key in enumerate(solved.sources))
    blocks = confirmation_of(SimpleNamespace(parts=parts), solved, Policy(), LANGUAGES[language])  # type: ignore[arg-type]
    return next((node.text for node in walked(blocks) if isinstance(node, Code)), "")


def page(name: str, language: str) -> tuple[Problem, Typesetter]:
    found = variant(name, None)
    return certified(
        found, Policy(), BUILD,
        lambda proofs: composed(
            found, 1, None, LANGUAGES[language], Policy(), proofs=proofs, wishes=Wishes(confirm=True)
        ),
    )[0]  # fmt: skip


def run(text: str) -> dict[str, Any]:
    """The names of a program that came to its end."""
    names: dict[str, Any] = {}
    exec(text, names)
    return names


@pytest.mark.parametrize("name", NUMERIC)
def test_the_program_comes_to_the_answers_of_the_json(name: str) -> None:
    for language, seed in (("ru", None), ("en", 1)):
        solved = variant(name, seed)
        text = program(solved, language)
        assert max(map(len, text.splitlines())) <= WIDTH
        names, confirmed = run(text), 0
        for part, sources in solved.sources.items():
            answers = solved.answers()[part]
            for answer, source in sources.items():
                for wanted in stated(source):
                    value = eval(spelled(wanted), names)
                    if isinstance(source, str):
                        np.testing.assert_allclose(value, answers[answer].float, rtol=1e-9, atol=1e-12)
                    assert f"assert np.allclose({spelled(wanted)}," in text.replace("\n    ", " ")
                    confirmed += 1
        assert confirmed


@pytest.mark.parametrize("name", sorted(SILENT))
def test_answers_that_are_no_numbers_of_the_trace_have_no_program(name: str) -> None:
    assert program(variant(name, None), "en") == ""


@pytest.mark.parametrize("name", [name for name in SHIPPED.exercises if name.startswith("matrix/")])
def test_formulas_have_the_slopes_of_their_functions_at_random_matrices(name: str) -> None:
    for language, seed in (("ru", None), ("en", 1)):
        solved = variant(name, seed)
        text = program(solved, language)
        assert max(map(len, text.splitlines())) <= WIDTH
        assert text.count("assert np.allclose(") >= len(solved.answers())
        run(text)


def test_a_false_formula_stops_the_program() -> None:
    text = program(variant("matrix/least_squares", None), "en")
    for right, wrong in (
        ("gradient = -2", "gradient = 2"),
        ("best = inv", "best = -inv"),
        ("hessian = 2", "hessian = 3"),
    ):
        assert right in text
        with pytest.raises(AssertionError):
            run(text.replace(right, wrong, 1))


def test_each_part_of_the_longest_exercise_has_half_a_point() -> None:
    found = variant("backprop/layer_by_layer", 1)
    points = next(e.points for e in SHIPPED.sheet("sheet4").exercise if e.id == "backprop/layer_by_layer")
    (made, _), _ = certified(
        found, Policy(), BUILD, lambda proofs: composed(found, 1, points, LANGUAGES["en"], Policy(), proofs=proofs)
    )
    assert all(part.points is not None and part.points >= Fraction(1, 2) for part in made.parts)


def test_a_false_figure_stops_the_program() -> None:
    text = program(variant("backprop/layer_by_layer", None), "en")
    held = re.findall(r"^assert np\.allclose\(\w+, (.*), rtol", text, re.MULTILINE)
    assert len(held) == 21
    for figure in dict.fromkeys(held):
        false = re.sub(r"[1-9]", lambda digit: str(int(digit[0]) % 9 + 1), figure, count=1)
        with pytest.raises(AssertionError):
            run(text.replace(f", {figure}, rtol", f", {false}, rtol"))


def test_a_key_so_small_that_numpy_would_let_all_pass_is_held_by_its_figures() -> None:
    text = program(variant("outputs/temperature", None), "en")
    assert "2.901e-12]" in text
    with pytest.raises(AssertionError):
        run(text.replace("2.901e-12]", "2.911e-12]"))


def test_the_program_of_one_exercise_is_the_accepted_one(accept: bool) -> None:
    text = program(variant("backprop/layer_by_layer", None), "ru") + "\n"
    if accept:
        ACCEPTED.write_text(text, "utf-8")
    assert text == ACCEPTED.read_text("utf-8")


def test_it_closes_the_solutions_in_every_medium_and_no_problem_sheet() -> None:
    made, typesetter = page("optimizers/logistic_step", "en")
    code = next(node for node in walked(made.confirmation) if isinstance(node, Code)).text
    run(code)
    assert written(made, typesetter).confirmation.count(code) == 1
    assert "np.allclose" in HtmlWriter(typesetter).blocks(made.confirmation)
    for solutions in (True, False):
        shown = text_of_problem(made, typesetter, lambda word: word, 80, solutions=solutions)
        assert ("assert np.allclose" in shown) is solutions


@pytest.mark.parametrize("value", ["1", '"yes"', "[]"])
def test_a_sheet_says_true_or_false(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sheet = tmp_path / "exercises" / "mine.toml"
    sheet.parent.mkdir()
    sheet.write_text(f'title = "Mine"\nconfirm = {value}\n[[exercise]]\nid = "rnn/vanishing"\n', "utf-8")
    told = CliRunner().invoke(main, ["build", "mine", "--format", "tex"])
    assert told.exit_code == 1
    assert all(said in told.output for said in ("mine.toml:2", "true or false"))


def test_a_sheet_that_asks_for_it_has_it_in_its_solutions_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sheet = tmp_path / "exercises" / "mine.toml"
    sheet.parent.mkdir()
    for confirm, programs in (("true", 1), ("false", 0)):
        sheet.write_text(f'title = "Mine"\nconfirm = {confirm}\n[[exercise]]\nid = "rnn/vanishing"\n', "utf-8")
        assert CliRunner().invoke(main, ["build", "mine", "--format", "tex", "--solutions"]).exit_code == 0
        assert "import numpy" not in (tmp_path / "build" / "mine.tex").read_text("utf-8")
        found = (tmp_path / "build" / "mine-solutions.tex").read_text("utf-8")
        assert found.count("import numpy") == programs


@pytest.mark.parametrize("primitive", sorted(WITNESSES.keys() - {"apply"}))
def test_a_program_has_every_operation_of_a_trace(primitive: str) -> None:
    recorder, data = witness(primitive)
    trace = recorder.trace()
    exact = {name: EXACT.enter(np.vectorize(Fraction, otypes=[object])(value)[()]) for name, value in data.items()}
    lines = [
        *data_lines(trace, exact, trace.shapes),
        *(line for _, line in computation_lines(trace, trace.shapes)),
    ]
    names = run("\n".join(["import numpy as np", *definitions(lines), *lines]))
    expected = evaluate(trace, {name: as_float(value) for name, value in exact.items()}, FLOAT)
    for step in trace.steps:
        if not is_link(step.target.name):
            assert np.allclose(names[identifier(step.target.name)], expected[step.target.name])


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("name", NUMERIC)
def test_no_answer_is_held_to_a_number_that_the_program_was_given(name: str, seed: int | None) -> None:
    text = program(variant(name, seed), "en")
    given = set(re.findall(r"^(\w+) = -?[\d./]+$", text, re.MULTILINE))
    assert given.isdisjoint(re.findall(r"^assert np\.allclose\((\w+),", text, re.MULTILINE))


def test_the_share_that_thins_a_net_is_found_from_the_numbers_of_its_units() -> None:
    text = program(variant("dropout/how_many", None), "en")
    assert "p_thin = (units - target) / units" in text
    run(text)
    with pytest.raises(AssertionError):
        run(text.replace("target = 0.75 * units", "target = 0.7 * units"))


@pytest.mark.parametrize("large", [10**10, -(10**12), 99999])
def test_long_whole_numbers_do_not_overflow(large: int) -> None:
    found = solve(SHIPPED.exercise("backprop/dense_minibatch"), "sheet4", None, pin={"X": [[large, 1, 2], [0, 1, 3]]})
    text = program(found, "en")
    assert f"{large}.0" in text
    run(text)
