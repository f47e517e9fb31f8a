"""A class compared: a row a student, who has much more or less to do than the others, and who has the same numbers."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any
from xml.etree import ElementTree

import pytest

from keygen.builds.batch import ExerciseWork
from keygen.builds.class_work import ClassTable, StudentWork, outsiders
from keygen.checking.classes import class_text
from keygen.course.band import Measure
from keygen.course.course import course_here
from tests.courses import keygen, laid

EXERCISE = '''"""A sum of products."""

from keygen.author import integers

given = {
    "x": integers("1 2", LOW, 9, published=[[1, 2]]),
    "w": integers("2 1", LOW, 9, published=[[3], [4]]),
}


def computation(t):
    t.p = t.x @ t.w


answers = {"a": {"p": "p"}}
'''
TEMPLATE = r"""%% title
A product
%% endtitle
%% part a
Given \( \val{ line.x } \) and \( \val{ line.w } \), find \( \val{ formula.p } \).
%% solution
\[ \val{ line.p } \]
%% endpart
"""
ENTRY = '\n[[exercise]]\nid = "my/one"\npoints = 4\n'
SHEET = 'title = "One"\nlanguage = "en"\nchoose = { k = 1, of = [2, 3] }\n' + 3 * ENTRY
ROSTER = "ID number,First name,Last name\n" + "".join(f"{n},Ann [b],Lee{n}\n" for n in range(1, 31))


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "мой курс 100% #1"
    laid(here, EXERCISE.replace("LOW", "-9"), TEMPLATE, SHEET)
    (here / "class.csv").write_text(ROSTER, "utf-8")
    monkeypatch.chdir(here)
    monkeypatch.setenv("KEYGEN_SECRET", "correct horse battery staple")
    return here


def class_of(*more: str) -> dict[str, Any]:
    result = keygen("check", "mine", "--roster", "class.csv", "--json", "--jobs", "1", *more)
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.stdout)["classes"]
    return dict(found)


def answered(id: str, *more: str) -> dict[str, Any]:
    return dict(json.loads(keygen("answers", "mine", "--student", id, "--json", *more).stdout))


def negatives(exercises: list[dict[str, Any]]) -> int:
    """Minus signs among the numbers of some exercises, counted in what a student is given and asked."""
    found = [one["given"][name]["exact"] for one in exercises for name in ("x", "w")]
    found += [one["parts"]["a"]["p"]["exact"] for one in exercises]
    return json.dumps(found).count('"-')


def test_the_row_of_a_student_is_of_the_numbers_that_the_student_gets(course: Path) -> None:
    found = class_of()
    assert found["sheet"] == "mine"
    assert len(found["students"]) == 30
    for row in (found["students"][0], found["students"][17]):
        own = answered(row["id"], "--roster", "class.csv")
        assert (row["code"], row["draw"], found["key"]) == (own["variant"], own["draw"], own["key"])
        assert list(row["rejected"]) == [str(one["number"]) for one in own["exercises"]]
        assert len(row["rejected"]) == 2  # of three
        assert row["measures"]["negatives"] == negatives(own["exercises"])
    operations = [row["measures"]["operations"] for row in found["students"]]
    assert found["median"]["operations"] == median(operations)
    first, medians = found["students"][0]["measures"], found["median"]
    away = [Fraction(first[name]) / Fraction(medians[name]) - 1 for name in ("operations", "negatives", "widest")]
    assert found["students"][0]["distance"] == pytest.approx(float(sum(away) / 3))


def test_the_numbers_are_the_same_for_any_jobs_and_others_by_another_key(course: Path) -> None:
    (course / "class.csv").write_text("id,name\n" + "".join(f"{n},N\n" for n in range(60)), "utf-8")
    words = "check", "mine", "--roster", "class.csv", "--json"
    one, two = (json.loads(keygen(*words, "--jobs", jobs).stdout) for jobs in "12")
    assert one["classes"] == two["classes"]
    assert [exercise["variants"] for exercise in one["exercises"]] == [1, 1, 1]  # the published one alone
    public = json.loads(keygen(*words, "--public").stdout)["classes"][0]
    assert public["key"] == "public" != one["classes"][0]["key"]
    assert public["students"][5]["code"] == answered("5", "--roster", "class.csv", "--public")["variant"]


def test_the_table_is_for_a_person_and_says_who_shares_numbers(course: Path) -> None:
    file = course / "exercises" / "my" / "one" / "exercise.py"
    file.write_text(EXERCISE.replace("LOW", "8"), "utf-8")  # 16 variants
    result = keygen("check", "mine", "--roster", "class.csv", "--jobs", "1")
    assert result.exit_code == 0
    assert "keygen: taking ID number as id" in result.stderr
    lines = result.stdout.splitlines()
    assert "mine: 30 students" in lines
    (row,) = [line.split() for line in lines if "Lee17" in line]
    assert row[:4] == ["17", "Ann", "[b]", "Lee17"]
    assert row[4:6] == ["6", "0"]
    groups = {one["number"]: one for one in class_of()["duplicates"]}
    assert set(groups) == {1, 2, 3}
    assert all(len(same) > 1 for one in groups.values() for same in one["students"])
    (said,) = [line for line in lines if line.startswith("exercise 1 (my/one): ")]
    assert "different variants among 30 students" in said


def test_a_secret_of_three_letters_is_warned_of(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYGEN_SECRET", "abc")
    result = keygen("check", "mine", "--roster", "class.csv", "--jobs", "1")
    assert result.exit_code == 0
    assert "keygen: the course secret has only 3 characters, and can be guessed" in result.stderr


def test_whoever_cannot_be_drawn_is_named_and_costs_the_exit_code(course: Path) -> None:
    file = course / "exercises" / "my" / "one" / "exercise.py"
    text = EXERCISE.replace("LOW", "-9") + '\n\ndef worthwhile(v):\n    return {"it is huge": (v.p > 160).all()}\n'
    file.write_text(text, "utf-8")
    (course / "class.csv").write_text("id,name\n1,Ann\n2,Bob\n", "utf-8")
    (course / "exercises" / "mine.toml").write_text('title = "One"\nlanguage = "en"\n' + ENTRY, "utf-8")
    result = keygen("check", "mine", "--roster", "class.csv", "--jobs", "1", "--junit", "found.xml")
    assert result.exit_code == 1
    assert "student 1 has no sheet: no worthwhile variant in 2000 draws" in result.stdout
    assert "keygen: no worthwhile variant in 2000 draws\n  exercise: my/one (student 1)" in result.stderr
    assert "0 false" in result.stdout
    assert len(ElementTree.parse("found.xml").findall(".//testsuite[@name='mine: students']/testcase/failure")) == 2


WRONG = (
    ("--roster", "class.csv"),
    ("my/one", "--roster", "class.csv"),
    ("mine", "--public"),
    ("mine", "--id-column", "x"),
)


@pytest.mark.parametrize("words", WRONG)
def test_a_class_without_a_sheet_or_a_roster_is_wrong_use(course: Path, words: tuple[str, ...]) -> None:
    assert keygen("check", *words).exit_code == 2


# --- who lies outside


def table(*operations: int) -> ClassTable:
    """A class whose students have so many operations."""
    students = []
    for n, count in enumerate(operations):
        work = ExerciseWork(Measure(count, 2, 0, 3, 9, 4), 0, f"{n}")
        students.append(StudentWork(f"s{n}", f"Student {n} with a long name", "", works={1: work}))
    return ClassTable("mine", "public", tuple(students))


def test_who_lies_far_beyond_the_quartiles_is_outside_the_band_of_the_class() -> None:
    usual = (40, 42, 44, 46, 48, 50, 52, 54)  # quartiles 43.5 and 50.5, and three halves of 7 beyond them
    assert table(*usual).band == (33, 61)
    assert table(*usual).outside == ()
    found = table(*usual, *usual, 10, 99)
    assert [one.id for one in found.outside] == ["s16", "s17"]
    whose, said = outsiders(found)[1]
    assert whose == "student s17"
    assert said == "99 operations; the median is 47, and the class's band {} to {}".format(*found.band or ())


def test_nearly_the_same_work_is_the_same_and_of_a_few_nothing_is_said() -> None:
    assert table(*[50] * 20, 51, 46).outside == ()
    assert [one.id for one in table(*[50] * 20, 56).outside] == ["s20"]
    assert table(10, 90).band is None
    assert outsiders(table(10, 90)) == []


def test_the_table_keeps_to_the_width_of_the_terminal(course: Path) -> None:
    said = class_text(table(*range(40, 60), 500), course_here(), 80)
    head = said.split("\noperations: ")[0]
    assert max(map(len, head.splitlines())) <= 80
    assert "500" in head
    assert head.splitlines()[-1].split()[0] == "s20"
    assert head.splitlines()[-1].split()[-3:] == ["+300", "%", "outside"]
    assert max(map(len, said.splitlines())) <= 80
    told = " ".join(said.split())
    assert "outside: s20 the band is of operations alone; `from median` is of operations, negatives" in told
