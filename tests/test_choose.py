"""A student gets some of the exercises to choose from: any as likely as any other, whoever else is on the roster."""

from __future__ import annotations

import csv
import json
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from keygen.builds.key_csv import key_csv
from keygen.course.roster import Student
from keygen.course.seeding import NumberStreams
from keygen.course.sheet import Sheet
from keygen.course.sheet_keys import Choose, SheetEntry
from keygen.mathematics.answers import Answer
from tests.courses import keygen, laid
from tests.test_sheet_keys import ENTRY, EXERCISE, HEAD, TEMPLATE

CHOOSE = "choose = { k = 2, of = [2, 3, 4] }\n"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, EXERCISE, TEMPLATE, HEAD + CHOOSE + 4 * ENTRY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def numbers(*more: str) -> list[int]:
    """The numbers of the exercises that somebody is asked."""
    result = keygen("answers", "mine", "--json", *more)
    assert result.exit_code == 0, result.output
    return [one["number"] for one in json.loads(result.stdout)["exercises"]]


def sheet(*choices: Choose) -> Sheet:
    return Sheet(title="", exercise=[SheetEntry("my/one")] * 5, name="mine", choose=list(choices))


def test_each_choice_is_as_likely_as_any_other_and_does_not_depend_on_others() -> None:
    one, more = sheet(Choose(2, [2, 3, 4])), sheet(Choose(1, [1, 5]), Choose(2, [2, 3, 4]))
    found = Counter[tuple[int, ...]]()
    for who in range(3000):
        streams = NumberStreams("mine", f"{who}")
        asked = one.asked(streams)
        assert [number for number in more.asked(streams) if number in (2, 3, 4)] == asked[1:-1]
        found[tuple(asked)] += 1
    assert set(found) == {(1, *pair, 5) for pair in combinations((2, 3, 4), 2)}
    assert all(abs(times - 1000) < 100 for times in found.values())  # nearly four deviations


def test_the_published_sheet_has_all_and_a_seed_some_in_every_medium(course: Path) -> None:
    assert numbers() == [1, 2, 3, 4]
    asked = numbers("--seed", "1")
    assert len(asked) == 3
    assert asked[0] == 1
    assert keygen("build", "mine", "--seed", "1", "--format", "tex").exit_code == 0
    tex = Path("build/mine-seed1.tex").read_text("utf-8")
    assert [number for number in range(1, 5) if rf"\kgproblem{{{number}}}" in tex] == asked
    assert "{Points: 12}" in tex
    assert keygen("build", "mine", "--seed", "1", "--format", "html").exit_code == 0
    page = Path("build/mine-seed1.html").read_text("utf-8")
    assert [number for number in range(1, 5) if f"<h2>{number}. " in page] == asked


def test_an_exercise_that_a_student_was_not_asked_is_an_empty_cell_and_not_in_the_manifest(course: Path) -> None:
    Path("class.csv").write_text("id,name\n" + "".join(f"{n},N\n" for n in range(1, 7)), "utf-8")
    result = keygen("build", "mine", "--roster", "class.csv", "--public", "--jobs", "1")
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(Path("build/mine/key.csv").read_text("utf-8-sig").splitlines()))
    assert [name for name in rows[0] if name.endswith("a.p")] == [f"{n}.a.p" for n in range(1, 5)]
    manifest = json.loads(Path("build/mine/manifest.json").read_text("utf-8"))
    asked = [[one["number"] for one in student["exercises"]] for student in manifest["students"]]
    assert {len(one) for one in asked} == {3}
    assert len(set(map(tuple, asked))) > 1
    assert [[n for n in range(1, 5) if row[f"{n}.a.p"]] for row in rows] == asked
    again = numbers("--student", "3", "--manifest", "build/mine/manifest.json")
    assert again == numbers("--student", "3", "--roster", "class.csv", "--public") == asked[2]


def test_columns_stand_in_the_order_of_the_sheet_whoever_comes_first() -> None:
    answer = Answer("number", "1", 1.0)
    rows = [
        (Student(id, "", {}, 0), "", {number: {"a": {"x": answer}} for number in asked})
        for id, asked in (("1", ("1", "10")), ("2", ("2", "10")))
    ]
    assert key_csv(rows).decode("utf-8-sig").splitlines()[0] == "id,name,code,1.a.x,2.a.x,10.a.x"


@pytest.mark.parametrize(
    ("choose", "what"),
    [
        ("{ k = 2, of = [2, 5] }", "the exercise number 5 is not on the sheet"),
        ("{ k = 1, of = [2, 2] }", "the exercise number 2 is twice among those to choose from"),
        ("[{ k = 1, of = [2, 3] }, { k = 1, of = [3, 4] }]", "the exercise number 3 is twice"),
        ("{ k = 2, of = [2, 3] }", "there is nothing to choose"),
        ("{ k = 0, of = [2, 3] }", "the sheet does not fit at choose.k"),
        ("{ n = 1, of = [2, 3] }", "the sheet has an unknown key 'n'"),
        ("{ k = 1, of = [1, 2] }", "the exercises to choose from are not worth the same"),
    ],
)
def test_a_choice_that_is_none_or_unfair_is_told_at_its_line(course: Path, choose: str, what: str) -> None:
    first = ENTRY.replace("points = 4", "points = 3")
    Path("exercises/mine.toml").write_text(f"{HEAD}choose = {choose}\n{first}{3 * ENTRY}", "utf-8")
    result = keygen("answers", "mine")
    assert result.exit_code == 1
    assert what in result.stderr
    assert "mine.toml:3\n" in result.stderr
