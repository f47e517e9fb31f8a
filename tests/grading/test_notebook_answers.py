"""`keygen grade --from notebook`: what a notebook has printed is graded, and what is typed in one that was never run;
nothing of it is run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.courses import keygen
from tests.grading.manifests import Table, read

SHEET = "sheet7"
Book = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of two seeds."""
    out = tmp_path_factory.mktemp("notebooks")
    result = keygen("export", SHEET, "--to", "notebook", "--seeds", "1..2", "--out", str(out))
    assert result.exit_code == 0, result.output
    return out / f"{SHEET}-notebooks"


def codes(book: Book) -> Iterator[dict[str, Any]]:
    """The cells of code."""
    return (cell for cell in book["cells"] if cell["cell_type"] == "code")


def handed_in(made: Path, seed: int, to: Path, change: Callable[[Book], None], *, run: bool = True) -> None:
    """A student's notebook: the solved one, changed, run in a process of its own as Jupyter does, and saved."""
    book = json.loads((made / "solutions" / f"{SHEET}-seed{seed}.ipynb").read_text("utf-8"))
    change(book)
    if run:
        program = "\n".join("".join(cell["source"]) for cell in codes(book) if "assert" not in "".join(cell["source"]))
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        last = list(codes(book))[-1]
        last["outputs"] = [{"output_type": "stream", "name": "stdout", "text": done.stdout.splitlines(keepends=True)}]
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps(book), encoding="utf-8")


def as_it_is(book: Book) -> None:
    """Nothing is changed."""


def instead(name: str, line: str) -> Callable[[Book], None]:
    """An answer given otherwise."""

    def change(book: Book) -> None:
        cell = next(cell for cell in codes(book) if "".join(cell["source"]).startswith(f"{name} ="))
        cell["source"] = "".join(cell["source"]) + f"\n{line}"

    return change


def graded(made: Path, folder: Path, *options: str) -> Result:
    words = ("--from", "notebook", "--manifest", str(made / "map.json"), "--no-pdf", "--out", str(folder / "out"))
    return keygen("grade", SHEET, str(folder / "in"), *words, *options)


def verdicts(folder: Path, id: str) -> Table:
    return [row for row in read(folder / "out" / "verdicts.csv") if row["id"] == id]


def test_nbgraders_tree_and_ottos_files_are_read_and_each_has_its_own_variant(made: Path, tmp_path: Path) -> None:
    submitted = tmp_path / "in"
    handed_in(made, 1, submitted / "1001" / f"{SHEET}-seed1" / f"{SHEET}-seed1.ipynb", as_it_is)
    handed_in(made, 2, submitted / "1002.ipynb", as_it_is)
    handed_in(made, 2, submitted / "1002" / ".ipynb_checkpoints" / "old.ipynb", as_it_is)
    result = graded(made, tmp_path)
    assert result.exit_code == 0, result.output
    for id in ("1001", "1002"):
        assert {row["verdict"] for row in verdicts(tmp_path, id)} == {"right"}


def test_what_follows_from_a_slip_in_a_notebook_is_carried(made: Path, tmp_path: Path) -> None:
    """One loss is larger by 1, and their sum or mean is worked out from it."""

    def change(book: Book) -> None:
        each, whole = "answer_1_a_loss_t", "answer_1_a_loss"
        instead(each, f"{each} = {each} + np.arange(len({each})) // (len({each}) - 1)")(book)
        instead(whole, f"{whole} = {whole} * np.sum({each}) / (np.sum({each}) - 1)")(book)

    handed_in(made, 1, tmp_path / "in" / "7.ipynb", change)
    assert graded(made, tmp_path).exit_code == 0
    kinds = {row["column"]: row["verdict"] for row in verdicts(tmp_path, "7")}
    assert kinds.pop("1.a.loss_t") == "wrong"
    assert kinds.pop("1.a.loss") == "carried"
    assert set(kinds.values()) == {"right"}


def test_what_was_typed_in_a_notebook_that_was_never_run_is_read_and_nothing_of_it_is_run(
    made: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "run"
    line = f"__import__('pathlib').Path({str(mark)!r}).touch()"
    handed_in(made, 1, tmp_path / "in" / "7.ipynb", instead("answer_1_a_yhat", line), run=False)
    handed_in(
        made, 1, tmp_path / "in" / "8.ipynb", instead("answer_1_a_yhat", "answer_1_a_yhat = x @ secret"), run=False
    )
    handed_in(
        made,
        1,
        tmp_path / "in" / "9.ipynb",
        instead("answer_1_a_yhat", "answer_1_a_yhat = np.full((4,), np.nan)"),
        run=False,
    )
    assert graded(made, tmp_path).exit_code == 0
    assert not mark.exists()
    assert {row["verdict"] for row in verdicts(tmp_path, "7")} == {"right"}
    kinds = {row["column"]: row["verdict"] for row in verdicts(tmp_path, "8")}
    assert kinds["1.a.yhat"] == "person"
    kinds = {row["column"]: row["verdict"] for row in verdicts(tmp_path, "9")}
    assert kinds["1.a.yhat"] == "empty"


def test_an_answer_of_single_precision_is_right_and_one_that_nobody_gave_is_empty(made: Path, tmp_path: Path) -> None:
    def change(book: Book) -> None:
        for cell in codes(book):
            source = "".join(cell["source"])
            name = source.partition(" =")[0]
            if name.startswith("answer_1_a_") and "assert" not in source:
                cell["source"] = f"{source}\n{name} = np.float32({name})"
        instead("answer_1_a_yhat", "del answer_1_a_yhat")(book)

    handed_in(made, 1, tmp_path / "in" / "7.ipynb", change)
    assert graded(made, tmp_path).exit_code == 0
    kinds = {row["column"]: row["verdict"] for row in verdicts(tmp_path, "7")}
    assert kinds.pop("1.a.yhat") == "empty"
    assert set(kinds.values()) == {"right"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 7}', '{"cells": [7]}', '{"cells": []}', "[" * 100_000])
def test_what_is_no_notebook_of_this_export_is_told_by_its_file_and_the_others_are_graded(
    text: str, made: Path, tmp_path: Path
) -> None:
    handed_in(made, 1, tmp_path / "in" / "7.ipynb", as_it_is)
    (tmp_path / "in" / "8.ipynb").write_text(text, encoding="utf-8")
    result = graded(made, tmp_path)
    assert result.exit_code == 1
    assert "8.ipynb" in result.stderr
    assert "Traceback" not in result.stderr
    assert [row["id"] for row in read(tmp_path / "out" / "grades.csv")] == ["7"]


def test_a_folder_is_for_notebooks_and_one_without_any_is_refused(made: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    result = graded(made, tmp_path)
    assert result.exit_code == 1
    assert "there is no notebook here" in result.stderr
    assert keygen("grade", SHEET, str(tmp_path), "--manifest", str(made / "map.json")).exit_code == 2


def test_a_map_of_another_export_is_refused(made: Path, tmp_path: Path) -> None:
    found = json.loads((made / "map.json").read_text("utf-8"))
    (tmp_path / "map.json").write_text(json.dumps(found | {"target": "moodle"}), encoding="utf-8")
    handed_in(made, 1, tmp_path / "in" / "7.ipynb", as_it_is)
    result = keygen(
        "grade", SHEET, str(tmp_path / "in"), "--from", "notebook", "--manifest", str(tmp_path / "map.json")
    )
    assert result.exit_code == 1
    assert "the map is not of notebooks" in result.stderr


def test_a_formula_that_was_chosen_is_graded_as_what_the_option_says(tmp_path: Path) -> None:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "mine.toml").write_text(
        'title = "Mine"\nlanguage = "en"\n\n[[exercise]]\nid = "matrix/least_squares"\npoints = 4\n', encoding="utf-8"
    )
    with pytest.MonkeyPatch.context() as there:
        there.chdir(tmp_path)
        assert keygen("export", "mine", "--to", "notebook", "--seeds", "1..1").exit_code == 0
        made = tmp_path / "build" / "mine-notebooks"
        book = json.loads((made / "solutions" / "mine-seed1.ipynb").read_text("utf-8"))
        boxes = json.loads((made / "map.json").read_text("utf-8"))["variants"][0]["exercises"][0]["boxes"]
        wrong = next(one for one in boxes[0]["choices"] if f"= {one['shown']!r}" not in json.dumps(book))
        instead("answer_1_a_gradient", f"answer_1_a_gradient = {wrong['shown']!r}")(book)
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "1.ipynb").write_text(json.dumps(book), encoding="utf-8")
        words = ("--from", "notebook", "--manifest", str(made / "map.json"))
        assert keygen("grade", "mine", "in", *words).exit_code == 0
        rows = read(tmp_path / "build" / "mine-grades" / "verdicts.csv")
    assert [(row["column"], row["verdict"]) for row in rows] == [
        ("1.a.gradient", "slip"), ("1.b.optimum", "right"), ("1.c.step", "right"), ("1.d.hessian", "right"),
    ]  # fmt: skip
    assert wrong["exact"] in (rows[0]["typed"], rows[0]["typed"].removeprefix("'"))
