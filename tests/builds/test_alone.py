"""One sheet takes the way of a run: it is a batch of one, its pieces serve both, and its bytes are its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scratch_course import Course, built, files_of, keygen

from keygen.builds import batch_worker
from keygen.builds.batch import batch_of
from keygen.builds.batch_worker import make, perform
from keygen.builds.request import SheetRequest
from keygen.course.course import course_here
from keygen.system.store import finished
from tests.one_sheet import run_of

SEVEN = ("mine", "--seed", "7", "--solutions")
RUN = ("mine", "--variants", "1", "--seed", "7", "--solutions")


@pytest.fixture
def solved(course: Course, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The exercises that were solved in this process."""
    asked: list[str] = []
    solve = batch_worker.solved

    def told(order: SheetRequest, spot: Any) -> Any:
        asked.append(spot.entry.id)
        return solve(order, spot)

    monkeypatch.setattr(batch_worker, "solved", told)
    return asked


def words(pdf: Path) -> list[str]:
    """The lines of a PDF's pages."""
    program = shutil.which("pdftotext")
    assert program is not None, "poppler-utils is part of the set-up"
    return subprocess.run([program, "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout.split("\n")


def drawn(pdf: Path, folder: Path) -> np.ndarray:
    """The pixels of a PDF's pages, one under the other."""
    program = shutil.which("pdftoppm")
    assert program is not None, "poppler-utils is part of the set-up"
    folder.mkdir()
    subprocess.run([program, "-r", "60", "-gray", pdf.absolute(), "page"], cwd=folder, check=True)
    pages = []
    for file in sorted(folder.iterdir()):
        _, size, _, pixels = file.read_bytes().split(b"\n", 3)
        width, height = map(int, size.split())
        pages.append(np.frombuffer(pixels, np.uint8).reshape(height, width).astype(int))
    return np.vstack(pages)


@pytest.mark.parametrize("form", ["pdf", "tex", "html"])
@pytest.mark.parametrize("seed", [None, 7])
def test_a_single_build_and_a_batch_of_one_give_the_same_bytes(course: Course, form: str, seed: int | None) -> None:
    asked = ("mine", "--solutions", "--format", form, *(() if seed is None else ("--seed", str(seed))))
    written = [Path(line).read_bytes() for line in built(*asked).stdout.splitlines()]
    here = course_here()
    key = here.seeds_key("mine") if seed else "public"
    run = run_of(SheetRequest(here, here.sheet("mine"), None, seed, key=key), solutions=True, form=form)
    assert make(batch_of(run, run.people)).files == written
    worked = perform(batch_of(run, run.people))
    assert worked is not None
    assert worked.files == written


def test_a_sheet_shows_alone_what_it_shows_in_a_run(course: Course, tmp_path: Path) -> None:
    alone = [Path(line) for line in built(*SEVEN).stdout.splitlines()]
    built(*RUN)
    folder = course.build / "mine-variants"
    seen = []
    for place, (one, other) in enumerate(zip(alone, ("seed7.pdf", "seed7-solutions.pdf"), strict=True)):
        seen.append(drawn(one, tmp_path / f"alone{place}"))
        same = drawn(folder / other, tmp_path / f"run{place}")
        assert seen[-1].shape == same.shape
        assert np.abs(seen[-1] - same).mean() < 0.1  # the fonts of a run are cut anew
    assert seen[0].shape != seen[1].shape or np.abs(seen[0] - seen[1]).mean() > 0.1


def test_a_changed_text_of_an_exercise_does_that_exercise_of_one_sheet_again(course: Course, solved: list[str]) -> None:
    built(*SEVEN)
    assert solved == ["my/one", "my/two"]
    solved.clear()
    text = course.file("exercises", "my", "two", "en.tex")
    text.write_text(text.read_text().replace("Find", "Now find"))
    course.tex_runs()
    built(*SEVEN)
    assert solved == ["my/two"]
    assert course.tex_runs() == 2
    assert "Now find" in "\n".join(words(course.build / "mine-seed7.pdf"))


def test_what_a_run_has_worked_out_serves_one_sheet(course: Course, solved: list[str]) -> None:
    built(*RUN)
    solved.clear()
    built(*SEVEN)
    assert solved == []


def test_what_one_sheet_has_worked_out_spoils_no_key(course: Course) -> None:
    built(*SEVEN)
    built(*RUN)
    alone = files_of(course.build / "mine-variants")
    shutil.rmtree(course.build)
    built(*RUN)
    assert files_of(course.build / "mine-variants") == alone
    manifest = json.loads(course.file("build", "mine-variants", "manifest.json").read_text())
    assert all(exercise["parts"] for exercise in manifest["students"][0]["exercises"])


@pytest.mark.parametrize("form", ["tex", "html"])
def test_what_needs_no_tex_asks_for_none_and_keeps_nothing(
    course: Course, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(course.folder))
    paths = built("mine", "--format", form).stdout.splitlines()
    beside = {"style.sty"} if form == "tex" else set()
    assert set(files_of(course.build)) == {Path(path).name for path in paths} | beside


def test_a_course_that_is_edited_while_a_sheet_is_built_leaves_nothing_in_the_store(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve, text = batch_worker.solved, course.file("exercises", "my", "two", "en.tex")

    def edited(order: SheetRequest, spot: Any) -> Any:
        text.write_text(text.read_text().replace("Find", "Seek"))
        return solve(order, spot)

    monkeypatch.setattr(batch_worker, "solved", edited)
    built("mine")
    assert not [path for path in finished().folder.rglob("*") if path.is_file()]
    monkeypatch.setattr(batch_worker, "solved", solve)
    built("mine")
    assert "Seek" in "\n".join(words(course.build / "mine.pdf"))


def test_a_sheet_of_which_one_exercise_fails_is_not_written_at_all(course: Course) -> None:
    before = built(*SEVEN).stdout
    made = files_of(course.build)
    exercise = course.file("exercises", "my", "two", "exercise.py")
    exercise.write_text(exercise.read_text().replace("v.yhat != v.y", "v.nothing != v.y"))
    failed = keygen(*SEVEN)
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert "my/two (seed 7)" in failed.stderr
    assert {name: files_of(course.build)[name] for name in map(str, made) if ".cache" not in name} == {
        name: sum for name, sum in made.items() if ".cache" not in name
    }
    assert before
