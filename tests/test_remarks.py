"""What a check remarks on: published numbers that would not be drawn, and one exercise twice with the same numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keygen.checking.remarks import of_published, outside
from keygen.course.draw import Distribution, choice, decimals, integers, order
from tests.courses import SHIPPED, keygen, laid
from tests.test_sheet_keys import ENTRY, EXERCISE, HEAD, TEMPLATE

ODD = (
    EXERCISE.replace("published=2", "published=20")
    + """

def worthwhile(v):
    return {"the numbers differ": v.x != v.y, "x is less": v.x < v.y}
"""
)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, ODD, TEMPLATE, HEAD + ENTRY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def remarks(*more: str) -> list[dict[str, Any]]:
    result = keygen("check", "mine", "--seeds", "2", "--jobs", "1", "--json", *more)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)["remarks"]
    return found


def test_published_numbers_outside_their_distribution_or_their_worthwhile_are_remarked_on(course: Path) -> None:
    first, second = remarks()
    assert first["what"] == "the published x is not as it is drawn: 20 is not from 1 to 9"
    assert second["what"] == "the published numbers do not meet 'x is less'"
    file = course / "exercises/my/one/exercise.py"
    lines = file.read_text("utf-8").splitlines()
    assert [Path(one["file"]) for one in (first, second)] == [file, file]
    assert lines[first["line"] - 1].startswith("given = ")
    assert lines[second["line"] - 1].startswith("def worthwhile")
    told = keygen("check", "mine", "--seeds", "2", "--jobs", "1").stdout
    assert f"my/one: {first['what']} ({file}:{first['line']})" in told
    assert " 0 false;" in told.splitlines()[-1]


def test_a_worthwhile_that_cannot_tell_of_the_published_numbers_is_a_remark_too(course: Path) -> None:
    file = course / "exercises/my/one/exercise.py"
    broken = '{"x is less": 1 / (20 - v.x) > 0}'
    file.write_text(
        EXERCISE.replace("published=2", "published=20") + f"\n\ndef worthwhile(v):\n    return {broken}\n", "utf-8"
    )
    assert remarks()[1]["what"].startswith("`worthwhile` cannot tell of the published numbers: ")


def meant(course: Path, *names: str) -> None:
    listed = ", ".join(f'"{name}"' for name in names)
    (course / "exercises/my/one/exercise.py").write_text(f'{ODD}\nmeant = {{"as in the book": [{listed}]}}\n', "utf-8")


def test_what_an_exercise_says_to_be_meant_is_shown_to_who_asks_and_all_else_to_everybody(course: Path) -> None:
    words = "check", "mine", "--seeds", "2", "--jobs", "1"
    meant(course, "x")
    assert [one["what"] for one in remarks()] == ["the published numbers do not meet 'x is less'"]
    meant(course, "x", "x is less")
    assert remarks() == []
    (x, less) = json.loads(keygen(*words, "--json").stdout)["meant"]
    assert x["what"].startswith("the published x is not as it is drawn")
    assert (x["meant"], less["meant"]) == ("as in the book", "as in the book")
    said = "the published numbers do not meet 'x is less', as is meant: as in the book"
    assert said not in keygen(*words).stdout
    assert said in keygen(*words, "-v").stdout


def test_what_is_said_to_be_meant_and_is_no_remark_is_one(course: Path) -> None:
    meant(course, "x", "x is less", "y", "the numbers differ")
    (one,) = remarks()
    assert one["what"].startswith("`meant` names 'y', 'the numbers differ': there is no such remark")
    (course / "exercises/my/one/exercise.py").write_text(f'{ODD}\nmeant = ["x"]\n', "utf-8")
    result = keygen("check", "mine", "--seeds", "0")
    assert result.exit_code == 1
    assert "`meant` is no table of reasons" in result.stderr


def test_a_pin_answers_for_its_own_numbers_and_what_they_break_is_told_at_its_line(course: Path) -> None:
    meant(course, "x", "x is less")
    file = course / "exercises/my/one/exercise.py"
    file.write_text(file.read_text("utf-8") + '\nband = {"operations": (2, 2)}\n', "utf-8")
    sheet = Path("exercises/mine.toml")
    sheet.write_text(HEAD + ENTRY + "pin = { x = 4 }\n", "utf-8")
    assert remarks("--seeds", "0") == []
    sheet.write_text(HEAD + ENTRY + "pin = { x = 4, y = 1 }\n", "utf-8")  # a quotient by 1 is not worked out
    (one,) = remarks("--seeds", "0")
    assert one["what"] == "with the pin of mine the published numbers do not meet 'operations between 2 and 2'"
    sheet.write_text(HEAD + ENTRY + "pin = { x = 3, y = 3 }\n", "utf-8")
    (one,) = remarks("--seeds", "0")
    assert one["what"].endswith(" do not meet 'the numbers differ', 'operations between 2 and 2'")
    assert sheet.read_text("utf-8").splitlines()[one["line"] - 1].startswith("pin")


def test_no_shipped_exercise_has_a_remark_on_its_published_numbers_that_is_not_meant() -> None:
    found = [one for id in SHIPPED.exercises for one in of_published(SHIPPED.exercise(id)) if not one.meant]
    assert found == []


@pytest.mark.parametrize(
    ("second", "alike"),
    [
        ("", True), ("seed = 3\n", False), ("pin = { x = 4 }\n", False), ('parts = ["b"]\n', True),
        ('title = "Again"\n', True),
    ],
)  # fmt: skip
def test_one_exercise_twice_with_the_same_published_numbers_is_told_by_check_and_build(
    course: Path, second: str, alike: bool
) -> None:
    Path("exercises/mine.toml").write_text(HEAD + ENTRY + ENTRY + second, "utf-8")
    what = "exercise 2 of mine has the published numbers of exercise 1; give it another pin, or a seed"
    found = [(one["what"], one["line"]) for one in remarks() if "another pin" in one["what"]]
    assert found == ([(what, 9)] if alike else [])
    built = keygen("build", "mine", "--format", "tex")
    assert built.exit_code == 0
    assert (what in built.stderr) == alike
    assert what not in keygen("build", "mine", "--seed", "1", "--format", "tex").stderr


def test_different_parts_of_one_exercise_are_no_twins(course: Path) -> None:
    Path("exercises/mine.toml").write_text(HEAD + ENTRY + 'parts = ["a"]\n' + ENTRY + 'parts = ["b"]\n', "utf-8")
    assert not [one for one in remarks() if "another pin" in one["what"]]


@pytest.mark.parametrize(
    ("distribution", "shape", "fault"),
    [
        (integers("", 1, 5, published=5), (), None),
        (integers("n", 1, 5, published=[1, 6]), (2,), "6 is not from 1 to 5"),
        (integers("n", -1, 5, published=[1, 0], nonzero=True), (2,), "it has a zero"),
        (integers("n", 0, 5, published=[3, 3], increasing=True), (2,), "it does not increase"),
        (decimals("", "0.1", "0.9", "0.2", published="0.5"), (), None),
        (decimals("", "0.1", "0.9", "0.2", published="0.4"), (), "2/5 is not a step of 1/5 from 1/10"),
        (choice("a", "b", published="b"), (), None),
        (choice("a", "b", published="c"), (), "'c' is not among the options"),
        (order("n", published=(2, 1)), (2,), None),
        (order("n", published=(2, 3)), (2,), "(2, 3) is not 2 of 1 to 2"),
    ],
)
def test_what_could_not_be_drawn_is_said(distribution: Distribution, shape: tuple[int, ...], fault: str | None) -> None:
    assert outside(distribution, shape) == fault
