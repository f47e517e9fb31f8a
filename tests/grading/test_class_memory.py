"""Grading takes as much memory for a large class as for a small one, and leaves nothing half-written."""

from __future__ import annotations

import gc
import os
import pickle
import weakref
from pathlib import Path
from typing import Any

import pytest

from keygen.builds.manifest import load_manifest
from keygen.builds.manifest_index import read_index
from keygen.grading import grade_files
from keygen.grading.class_list import class_list
from keygen.grading.grade_files import GradingRequest, grade, people_of
from keygen.grading.graded_exercise import prepared
from tests.courses import SHIPPED
from tests.grading.manifests import key_of, manifest_of, read, written

SHEET = "sheet7"
SIZE, PIECE = 8, 2
BYTES = 500
"""What is held of a student before the answers are graded: who they are, and where in the file their numbers stand."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of a class, with the answers beside."""
    folder = tmp_path_factory.mktemp("class")
    found = manifest_of(folder, SHEET, {str(1000 + k): f"Student {k}" for k in range(SIZE)})
    written(folder / "answers.csv", key_of(found))
    return found


def request_of(manifest: Path, out: Path) -> GradingRequest:
    return GradingRequest(SHIPPED, SHEET, manifest, manifest.with_name("answers.csv"), out=out)


def graded(request: GradingRequest) -> None:
    people, answers = people_of(request)
    assert answers is not None
    grade(request, people, answers, lambda done: None, lambda said: None)


class Loop:
    """An object that holds itself, as a computation does what was made of it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_holds_itself_is_forgotten_from_piece_to_piece(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops: list[weakref.ref[Loop]] = []

    def looped(*about: Any) -> Any:
        loops.append(weakref.ref(Loop()))
        return prepared(*about)

    monkeypatch.setattr("keygen.builds.executors.cores", lambda: 1)
    monkeypatch.setattr("keygen.grading.class_grading.CHUNK", PIECE)
    monkeypatch.setattr("keygen.grading.class_grading.prepared", looped)
    people, answers = people_of(request := request_of(made, tmp_path / "out"))
    assert answers is not None
    alive: list[int] = []

    def advance(done: int) -> None:
        alive.append(sum(one() is not None for one in loops))

    gc.disable()
    try:
        grade(request, people, answers, advance, lambda said: None)
    finally:
        gc.enable()
    assert len(loops) >= SIZE
    assert alive == [0] * (SIZE // PIECE)


def test_little_is_held_of_each_student_before_the_answers_are_graded(made: Path) -> None:
    index = read_index(made)
    assert index is not None
    assert made.stat().st_size > 10 * SIZE * BYTES
    assert len(pickle.dumps(index.students)) < SIZE * BYTES


def test_a_manifest_is_read_student_by_student_as_it_is_read_whole(made: Path) -> None:
    index, whole = read_index(made), load_manifest(made)
    assert index is not None
    assert [(one.entry.id, one.entry.name, one.entry.code) for one in index.students] == [
        (one.id, one.name, one.code) for one in whole.students
    ]
    assert [one.worked for one in index.students] == [one.worked for one in whole.students]


def test_a_manifest_on_one_line_is_read_as_well(made: Path, tmp_path: Path) -> None:
    flat = tmp_path / "manifest.json"
    flat.write_bytes(b"".join(line.strip() for line in made.read_bytes().splitlines()))
    assert read_index(flat) is None
    people = class_list(SHIPPED, SHEET, flat)
    assert people.keys() == class_list(SHIPPED, SHEET, made).keys()
    assert all(person.exercises() for person in people.values())


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.99])
def test_a_manifest_that_is_cut_short_is_no_manifest(made: Path, tmp_path: Path, cut: float) -> None:
    whole = made.read_bytes()
    part = tmp_path / "manifest.json"
    part.write_bytes(whole[: int(len(whole) * cut)])
    assert read_index(part) is None


def test_a_grading_that_fails_leaves_what_was_there(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = request_of(made, tmp_path / "out")
    graded(request)
    before = {path.name: path.read_bytes() for path in request.folder.iterdir()}

    def stopped(order: object, summary: object, people: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(grade_files, "SummaryPage", stopped)
    with pytest.raises(KeyboardInterrupt):
        graded(request)
    assert {path.name: path.read_bytes() for path in request.folder.iterdir()} == before
    assert os.listdir(tmp_path) == ["out"]


def test_a_regrade_lists_those_who_are_not_graded_any_more(made: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    rows = key_of(made)
    request = GradingRequest(SHIPPED, SHEET, made, answers, out=tmp_path / "out")
    for some in (rows[:2], rows[1:3]):
        written(answers, some)
        graded(request)
    changes = read(request.folder / "changes.csv")
    assert {(row["id"], row["verdict before"], row["verdict"]) for row in changes} == {
        ("1000", "right", ""), ("1002", "", "right"),
    }  # fmt: skip
