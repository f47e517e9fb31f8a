"""`keygen export --to notebook`: notebooks that nbgrader and Otter-Grader hand out and mark by their own commands."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from mathjax import read_by_mathjax

from keygen.builds.answer_key import AnswersRequest, answered, json_of
from keygen.export import notebook_pool
from keygen.export.notebook import data_lines
from tests.courses import SHIPPED, keygen, laid

EXERCISE = """
from keygen.author import integers, multiple_choice, sequence_of

axes = {"sample": 1, "input": 2, "unit": 3}

given = {
    "x": integers("sample input", -3, 4, published=[[1, 2]]),
    "W": integers("input unit", -3, 4, published=[[1, 2, 3], [4, 5, 6]]),
    "k": integers("", 2, 9, published=3),
}


def computation(t):
    t.h = t.x @ t.W / 7
    t.s = t.k / 7


answers = {
    "a": {"h": "h", "s": "s"},
    "b": {"best": multiple_choice("a < b", "it's", '"e"'), "true": sequence_of(True, False)},
}
"""
TEMPLATE = r"""%% title
Sevenths & *more*
%% endtitle
%% statement
Let \( \val{ line.x } \) and \( \val{ line.W } \).
%% endstatement
%% part a
Find \( \val{ name.h } \).
%% solution
\[ \val{ line.h } \]
%% endpart
%% part b
Which one?
%% solution
The first.
%% endpart
"""
SHEET = 'title = "Mine"\nlanguage = "en"\n[[exercise]]\nid = "my/one"\npoints = 5\n'


def tool(*words: str, folder: Path) -> str:
    """A command of a tool; what it says."""
    here = str(Path(sys.executable).parent)
    env = {**os.environ, "HOME": str(folder), "PATH": f"{here}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def exported(out: Path, sheet: str, *words: str) -> Path:
    result = keygen("export", sheet, "--to", "notebook", "--out", str(out), *words)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{out / f'{sheet}-notebooks'}\n"
    return out / f"{sheet}-notebooks"


def cells(path: Path) -> list[Any]:
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    return list(book.cells)


def named(path: Path) -> dict[str, str]:
    """The code of the cells that nbgrader knows, by their names."""
    known = [one for one in cells(path) if "nbgrader" in one.metadata]
    return {one.metadata.nbgrader.grade_id: one.source for one in known}


def run(source: str, names: dict[str, Any]) -> bool:
    """Whether code runs through."""
    try:
        exec(source, names)
    except AssertionError:
        return False
    return True


def spoiled(path: Path, to: Path, name: str) -> Path:
    """A notebook with one answer made wrong."""
    book = json.loads(path.read_text("utf-8"))
    (cell,) = (one for one in book["cells"] if one["metadata"].get("nbgrader", {}).get("grade_id") == name)
    cell["source"] += f"\n{name} = np.asarray({name}) + 0.01"
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps(book), "utf-8")
    return to


# --- marked by the tools themselves


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nbgrader_gives_the_solution_all_points_and_takes_those_of_one_wrong_answer(course: Path) -> None:
    folder = exported(course / "build", "mine", "--seeds", "3")
    solution = folder / "solutions" / "mine-seed3.ipynb"
    tool("nbgrader", "generate_assignment", "mine-seed3", folder=folder)
    released = (folder / "release/mine-seed3/mine-seed3.ipynb").read_text("utf-8")
    for cell in cells(folder / "release/mine-seed3/mine-seed3.ipynb"):
        if cell.metadata.get("nbgrader", {}).get("grade"):
            assert cell.source == "# The numbers are tested when the notebook is marked."
    assert not re.search("BEGIN|solution-words|tolerance|NotImplementedError|The first", released)
    handed_in = folder / "submitted/right/mine-seed3/mine-seed3.ipynb"
    handed_in.parent.mkdir(parents=True)
    handed_in.write_bytes(solution.read_bytes())
    spoiled(solution, folder / "submitted/wrong/mine-seed3/mine-seed3.ipynb", "answer_1_a_h")
    empty = folder / "submitted/empty/mine-seed3/mine-seed3.ipynb"
    empty.parent.mkdir(parents=True)
    empty.write_text(released, "utf-8")
    tool("nbgrader", "autograde", "mine-seed3", folder=folder)
    tool("nbgrader", "export", folder=folder)
    with (folder / "grades.csv").open(encoding="utf-8") as file:
        marks = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    points = points_of(folder / "source/mine-seed3/mine-seed3.ipynb")
    assert sum(points.values()) == pytest.approx(5)
    assert marks["right"] == (pytest.approx(5), pytest.approx(5))
    assert marks["wrong"] == (pytest.approx(5 - points["value_answer_1_a_h"]), pytest.approx(5))
    assert marks["empty"] == (0, pytest.approx(5))


def points_of(path: Path) -> dict[str, float]:
    graded = [one.metadata.nbgrader for one in cells(path) if one.metadata.get("nbgrader", {}).get("grade")]
    return {one.grade_id: one.points for one in graded}


def test_otter_gives_the_solution_all_points_and_takes_those_of_one_wrong_answer(course: Path) -> None:
    folder = exported(course / "build", "mine", "--seeds", "3", "--tests", "otter")
    tool("otter", "assign", "otter/mine-seed3.ipynb", "dist", "--no-pdfs", folder=folder)
    student = (folder / "dist/student/mine-seed3.ipynb").read_text("utf-8")
    assert "answer_1_a_h = np.full((1, 3), np.nan)" in student
    assert not re.search("BEGIN|np.abs|The first", student)
    (archive,) = (folder / "dist/autograder").glob("*.zip")
    solution = folder / "solutions/mine-seed3.ipynb"
    wrong = spoiled(solution, folder / "wrong.ipynb", "answer_1_a_h")
    lost: dict[str, list[str]] = {}
    for name, path in (("right", solution), ("wrong", wrong)):
        (folder / name).mkdir()
        tool("otter", "run", "-a", str(archive), "-o", name, str(path), folder=folder)
        tests = json.loads((folder / name / "results.json").read_text("utf-8"))["tests"]
        marked = [one for one in tests if one.get("max_score")]
        assert sum(one["max_score"] for one in marked) == pytest.approx(5, abs=1e-3)
        assert all(one["score"] in (0, one["max_score"]) for one in marked)
        lost[name] = [one["name"] for one in marked if one["score"] != one["max_score"]]
    assert lost == {"right": [], "wrong": ["answer_1_a_h"]}


# --- what stands in them


@pytest.fixture(scope="module", params=["sheet4", "sheet5"])
def sheet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    return request.param, exported(tmp_path_factory.mktemp("books"), request.param, "--seeds", "1")


def values(folder: Path, sheet: str) -> tuple[dict[str, str], dict[str, Any]]:
    """The named cells of the solved notebook, and what they make."""
    code = named(folder / f"solutions/{sheet}-seed1.ipynb")
    names: dict[str, Any] = {"np": np}
    for name, source in code.items():
        assert run(source, names), name
    return code, names


def test_answers_are_those_of_the_key_and_pass_in_every_rounding_and_slips_do_not(sheet: tuple[str, Path]) -> None:
    name, folder = sheet
    said = json.loads(json_of(answered(AnswersRequest(SHIPPED, name, 1), exact=False)))["exercises"]
    code, names = values(folder, name)
    tried = 0
    for worked in said:
        for part, answers in worked["parts"].items():
            for called, one in answers.items():
                variable = f"answer_{worked['number']}_{part}_{called}"
                if variable not in code:
                    assert one["type"] in (
                        "expression",
                        "formula",
                        "edges",
                        "witness",
                        "set",
                        "shapes",
                        "table",
                        "choice",
                    )
                    continue
                if one["type"] not in ("number", "vector", "matrix"):
                    continue
                right = np.asarray(one["float"])
                assert np.shape(names[variable]) == right.shape
                test = code[f"value_{variable}"]
                round_to = np.vectorize(lambda value, figures: float(f"{value:.{figures - 1}e}"))
                for figures in (3, 4, 6, 12):
                    rounded = np.where(right == np.round(right), right, round_to(right, figures))
                    assert run(test, names | {variable: rounded}), variable
                    assert run(test, names | {variable: rounded.tolist()}), variable
                assert not run(test, names | {variable: right * 1.02 + 0.01}), variable
                assert not run(test, names | {variable: np.append(right, 1.0)}), variable
                tried += 1
    assert tried > 10


def test_an_answer_begins_empty_with_the_right_shape_and_no_points(sheet: tuple[str, Path]) -> None:
    name, folder = sheet
    code = named(folder / f"source/{name}-seed1/{name}-seed1.ipynb")
    names: dict[str, Any] = {"np": np}
    for called, source in code.items():
        if called.startswith("answer_"):
            source = source.split("### BEGIN SOLUTION")[0]
        assert run(source, names) is not called.startswith("value_"), called
    worth = points_of(folder / f"source/{name}-seed1/{name}-seed1.ipynb")
    assert set(worth) == {called for called in code if called.startswith("value_")}


def test_the_map_says_what_is_in_the_notebooks(sheet: tuple[str, Path]) -> None:
    name, folder = sheet
    told = json.loads((folder / "map.json").read_text("utf-8"))
    assert (told["schema"], told["target"], [one["seed"] for one in told["variants"]]) == (
        "keygen-map/1", "notebook", [1],
    )  # fmt: skip
    columns = {box["column"] for one in told["variants"][0]["exercises"] for box in one["boxes"]}
    code = named(folder / f"source/{name}-seed1/{name}-seed1.ipynb")
    found = {f"answer_{re.sub(chr(92) + 'W', '_', one)}" for one in columns}
    assert found == {one for one in code if one.startswith("answer_")}


def test_words_are_markdown_and_mathjax_reads_every_formula(sheet: tuple[str, Path]) -> None:
    name, folder = sheet
    words = [one.source for one in cells(folder / f"solutions/{name}-seed1.ipynb") if one.cell_type == "markdown"]
    formulas = sorted(
        {
            re.sub(r"\\bbox\[[^]]*\]", "", display or inline)
            for text in words
            for display, inline in re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", text, re.DOTALL)
        }
    )
    assert len(formulas) > 40
    assert len(read_by_mathjax(formulas)) == len(formulas)
    for text in words:
        assert text.count("$") % 2 == 0
        assert not re.search(r"\\[(\[]|\\kg|<math|None", text)
        for image in re.findall("<img [^>]*>", text):
            assert re.fullmatch(r'<img src="data:image/svg\+xml;base64,[A-Za-z0-9+/=]+" alt="[^"]*">', image)


def test_data_are_there_by_their_names(course: Path) -> None:
    folder = exported(course / "build", "mine", "--seeds", "3")
    code = [one.source for one in cells(folder / "source/mine-seed3/mine-seed3.ipynb") if one.cell_type == "code"]
    (data,) = (one for one in code if one.startswith("x = "))
    names: dict[str, Any] = {"np": np}
    assert run(data, names)
    assert (names["x"].shape, names["W"].shape) == ((1, 2), (2, 3))
    solved = named(folder / "solutions/mine-seed3.ipynb")["answer_1_a_h"]
    assert run(solved, names)
    assert np.allclose(names["answer_1_a_h"], names["x"] @ names["W"] / 7)
    assert names["k"] in range(2, 10)


def test_several_matrices_are_a_list_of_arrays() -> None:
    given = {
        "layers": {"type": "matrices", "exact": [[["1", "1/2"]], [["3"]]], "float": None},
        "np": {"type": "number", "float": 0.5},
    }
    assert list(data_lines(given)) == ["layers = [np.array([[1.0, 0.5]]), np.array([[3.0]])]", "np_ = 0.5"]


def test_titles_and_words_hold_no_marks_of_markdown(course: Path) -> None:
    folder = exported(course / "build", "mine", "--seeds", "3")
    texts = [one.source for one in cells(folder / "source/mine-seed3/mine-seed3.ipynb") if one.cell_type == "markdown"]
    assert "## 1. Sevenths &amp; &#42;more&#42;" in texts
    assert any("- `'a < b'`" in text for text in texts)


def test_the_same_notebooks_have_the_same_bytes(course: Path) -> None:
    first, second = (exported(course / out, "mine", "--seeds", "3..4") for out in ("o1", "o2"))
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert len(files) == 6
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in files)


# --- bad input


def test_tests_are_of_notebooks(course: Path) -> None:
    result = keygen("export", "mine", "--to", "html", "--tests", "otter")
    assert (result.exit_code, "--tests is for --to notebook" in result.stderr) == (2, True)


def test_what_a_notebook_does_not_test_is_told_and_strict_refuses_it(tmp_path: Path) -> None:
    words = ("export", "sheet1", "--to", "notebook", "--seeds", "1", "--out", str(tmp_path))
    result = keygen(*words, "--strict")
    assert result.exit_code == 1
    assert "a notebook does not carry all of the sheet 'sheet1'" in result.stderr
    assert list(tmp_path.iterdir()) == []
    assert "3 logic/one_unit: without boxes" in keygen(*words).stderr


def test_without_nbformat_the_command_says_what_to_install(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_pool, "find_spec", {}.get)
    result = keygen("export", "mine", "--to", "notebook")
    assert result.exit_code == 1
    assert "pip install 'keygen-sheets[notebook]'" in result.stderr
