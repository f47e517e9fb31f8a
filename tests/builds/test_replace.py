"""A student drawn anew: other numbers for one, written down, repeated by every later command, and nobody else's."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from scratch_course import Course, built, files_of, keygen

from keygen.builds.manifest import load_manifest
from keygen.cli import main

ROSTER = ("other", "--roster", "students.csv", "--jobs", "1")
REPLACE = (*ROSTER, "--replace", "s2")


@pytest.fixture
def few(course: Course) -> Course:
    """The course with three students in two groups; its exercise is written in Russian too."""
    roster(course, "s1", "s2", "s3")
    folder = course.file("exercises", "my", "two")
    (folder / "ru.tex").write_bytes((folder / "en.tex").read_bytes())
    return course


@pytest.fixture
def quick(few: Course, no_tex: Course) -> Course:
    """That course without TeX: whoever stands in the file `failing` has no page."""
    return no_tex


def roster(course: Course, *ids: str) -> None:
    rows = "".join(f"{id},Student {id},{'A' if id == 's2' else 'B'}\n" for id in ids)
    course.file("students.csv").write_text(f"id,name,group\n{rows}", encoding="utf-8")


def told(course: Course, name: str = "manifest.json") -> dict[str, Any]:
    return dict(json.loads((course.build / "other" / name).read_text()))


def numbers(course: Course, id: str = "s2", name: str = "manifest.json") -> Any:
    (entry,) = (entry for entry in told(course, name)["students"] if entry["id"] == id)
    return entry["code"], entry["exercises"]


def answers(*words: str) -> Any:
    result = CliRunner().invoke(main, ["answers", "other", "--student", "s2", "--json", *words])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    return (found["variant"], found["exercises"]), found["draw"]


def codes(folder: Path) -> dict[str, str]:
    rows = csv.DictReader((folder / "key.csv").read_text("utf-8-sig").splitlines())
    return {row["id"]: row["code"] for row in rows}


def refused(course: Course, *words: str) -> Result:
    """A command that changes nothing."""
    before = files_of(course.build)
    result = keygen(*words)
    assert result.exit_code != 0
    assert {name: sum for name, sum in files_of(course.build).items() if not name.startswith(".cache")} == {
        name: sum for name, sum in before.items() if not name.startswith(".cache")
    }
    return result


def test_the_page_has_the_code_of_the_new_draw_and_one_run_of_tex_sets_it(few: Course) -> None:
    roster(few, "s2")
    built(*ROSTER)
    few.tex_runs()
    built(*REPLACE)
    assert few.tex_runs() == 1
    page = subprocess.run(
        ["pdftotext", few.build / "other" / "s2.pdf", "-"], capture_output=True, check=True, text=True
    )
    assert numbers(few)[0] in page.stdout
    built(*ROSTER)
    assert few.tex_runs() == 0


def test_one_student_has_other_numbers_and_all_else_is_as_it_was(quick: Course) -> None:
    built(*ROSTER, "--solutions", "--group", "group")
    before, first = files_of(quick.build / "other"), numbers(quick)
    said = built(*REPLACE).stderr
    assert said.splitlines() == [
        "keygen: student s2 is drawn anew: draw 2",
        "keygen: new, so to be printed again: A/s2-solutions.pdf, A/s2.pdf",
        "keygen: the new pages and answers are in these, too: A/all-solutions.pdf, A/all.pdf, key-page.csv, key.csv",
    ]
    after, second = files_of(quick.build / "other"), numbers(quick)
    own = {"A/s2.pdf", "A/s2-solutions.pdf", "A/all.pdf", "A/all-solutions.pdf"}
    assert {name for name in before if before[name] != after.get(name)} == {
        *own, "key.csv", "key-page.csv", "manifest.json",
    }  # fmt: skip
    assert before.keys() == after.keys()
    assert first[0] != second[0]
    assert first[1][0]["given"] != second[1][0]["given"]
    assert codes(quick.build / "other")["s2"] == second[0]
    assert told(quick)["draws"] == {"s2": 2}
    shown = CliRunner().invoke(main, ["show", second[0], "--manifest", "build/other/manifest.json"])
    assert shown.stdout.startswith(f"{second[0]}  other, student s2, draw 2, Student s2\n")
    shown = CliRunner().invoke(main, ["show", first[0], "--manifest", "build/other/manifest.json"])
    assert shown.stdout.splitlines() == [
        f"{first[0]}  other, student s2, draw 1, replaced, Student s2", f"  draw 2 counts, with the code {second[0]}"
    ]  # fmt: skip
    # whoever builds, asks or makes again gets that draw
    built(*ROSTER, "--solutions", "--group", "group")
    assert files_of(quick.build / "other") == after
    built("--from", "build/other/manifest.json", "--out", "again")
    assert files_of(quick.file("again", "other")) == after
    built("--from", "build/other/manifest.json", "--student", "s2", "--out", "alone")
    assert files_of(quick.file("alone", "other")) == {name: after[name] for name in own if "all" not in name}
    (quick.build / "other" / "A" / "s2.pdf").unlink()
    built(*ROSTER, "--student", "s2", "--group", "group")
    assert files_of(quick.build / "other") == after
    found, draw = answers("--roster", "students.csv")
    assert (found[0], draw) == (second[0], 2)
    assert found[1][0]["given"] == second[1][0]["given"]
    found, draw = answers("--manifest", "build/other/manifest.json")
    assert (found, draw) == ((second[0], second[1]), 2)


def test_replaced_again_a_student_gets_numbers_that_were_never_theirs_even_after_leaving(quick: Course) -> None:
    built(*ROSTER)
    codes_of_s2 = [numbers(quick)[0]]
    built(*REPLACE)
    codes_of_s2.append(numbers(quick)[0])
    roster(quick, "s1", "s3")
    assert "s2.pdf" in built(*ROSTER).stderr  # removed
    assert told(quick)["draws"] == {"s2": 2}
    roster(quick, "s1", "s2", "s3")
    built(*ROSTER)
    assert numbers(quick)[0] == codes_of_s2[1]
    built(*REPLACE, "--jobs", "2")
    codes_of_s2.append(numbers(quick)[0])
    assert told(quick)["draws"] == {"s2": 3}
    assert len(set(codes_of_s2)) == 3


SMALL = '"x": integers("1 input", -9, 9, published=[[1, 2]], nonzero=True)'


def narrowed(course: Course, x: str) -> None:
    """The exercise draws nothing but x, of these."""
    file = course.file("exercises", "my", "two", "exercise.py")
    text = file.read_text("utf-8").replace(SMALL, f'"x": {x}').replace(
        'integers("input 1", -9, 9, published=[[1], [-1]])', 'integers("input 1", 1, 1, published=[[1], [1]])'
    ).replace('integers("1 1", 0, 9, published=[[1]])', 'integers("1 1", 9, 9, published=[[9]])')  # fmt: skip
    file.write_text(text, encoding="utf-8")


def test_a_draw_is_passed_over_whose_numbers_the_student_or_another_had(quick: Course) -> None:
    narrowed(quick, 'integers("1 input", 1, 4, published=[[1, 2]])')
    roster(quick, "s1", "s2")
    built(*ROSTER)
    seen = [numbers(quick)[1][0]["given"]["x"]["exact"]]
    other = numbers(quick, "s1")[1][0]["given"]["x"]["exact"]
    for _ in range(4):  # 16 variants in all
        built(*REPLACE)
        seen.append(numbers(quick)[1][0]["given"]["x"]["exact"])
    assert len({str(one) for one in seen}) == len(seen)
    assert other not in seen[1:]


def test_where_nothing_can_change_a_student_is_not_drawn_anew(quick: Course) -> None:
    narrowed(quick, 'integers("1 input", 2, 2, published=[[2, 2]])')
    roster(quick, "s2")
    built(*ROSTER)
    result = refused(quick, *REPLACE)
    assert result.exit_code == 1
    assert "student s2 cannot be drawn anew: the next 20 draws have no other numbers" in result.stderr


def test_a_failure_leaves_everything_as_it_was(quick: Course) -> None:
    built(*ROSTER)
    quick.file("failing").write_text("Student s2")
    result = refused(quick, *REPLACE)
    assert "student s2 has no sheet" in result.stderr
    assert "nothing is written" in result.stderr
    assert told(quick)["draws"] == {}
    quick.file("failing").unlink()
    built(*REPLACE)
    assert told(quick)["draws"] == {"s2": 2}


def test_a_former_manifest_is_made_again_elsewhere_and_not_over_a_later_draw(quick: Course) -> None:
    built(*ROSTER)
    before = files_of(quick.build / "other")
    manifest = quick.file("kept.json")
    manifest.write_bytes((quick.build / "other" / "manifest.json").read_bytes())
    built(*REPLACE)
    for words in ((), ("--student", "s2")):
        said = refused(quick, "--from", "kept.json", *words).stderr
        assert "expected: a run that knows draw 2 of student s2" in said
    built("--from", "kept.json", "--student", "s1")
    built("--from", "kept.json", "--out", "again")
    assert files_of(quick.file("again", "other")) == before


def test_where_the_course_has_changed_that_is_said_and_all_are_made_again(quick: Course) -> None:
    built(*ROSTER)
    assert "made again" not in built(*REPLACE).stderr
    template = quick.file("exercises", "my", "two", "en.tex")
    template.write_text(template.read_text("utf-8").replace("Find", "Now find"), "utf-8")
    assert "not as it was when this run was made: everybody's pages are made again" in built(*REPLACE).stderr


def test_a_second_language_has_the_same_draw_and_is_told_to_be_behind(quick: Course) -> None:
    built(*ROSTER)
    built(*ROSTER, "--lang", "ru")
    said = built(*REPLACE).stderr
    assert "the pages in ru are still those of the draw before: build them again, with --lang ru" in said
    built(*ROSTER, "--lang", "ru")
    assert numbers(quick, name="manifest.ru.json")[0] == numbers(quick)[0]
    assert told(quick, "manifest.ru.json")["draws"] == {"s2": 2}


def test_a_spoiled_manifest_that_knew_of_a_draw_is_written_over_by_the_same_draws_alone(quick: Course) -> None:
    built(*ROSTER)
    built(*REPLACE)
    manifest = quick.build / "other" / "manifest.json"
    manifest.write_text("{}")
    for words in (REPLACE, (*ROSTER, "--solutions")):
        said = refused(quick, *words).stderr
        assert "this is not a manifest of keygen's" in said
        assert "put back a copy of it, or remove it: who was drawn anew is then read off key.csv" in said
    assert "keygen: the manifest cannot be read: who was drawn anew is read off key.csv" in built(*ROSTER).stderr
    assert told(quick)["draws"] == {"s2": 2}


def test_where_the_manifest_is_lost_the_codes_of_the_key_tell_who_was_drawn_anew(quick: Course) -> None:
    built(*ROSTER)
    built(*REPLACE)
    before, manifest = numbers(quick), quick.build / "other" / "manifest.json"
    whole = manifest.read_bytes()
    for spoiled in (b"", whole[: len(whole) // 2], b"{}"):
        manifest.write_bytes(spoiled)
        assert answers("--roster", "students.csv") == (before, 2)
    manifest.unlink()
    assert answers("--roster", "students.csv") == (before, 2)
    said = "there is no manifest: who was drawn anew is read off key.csv, which has nobody who has left: s2 (draw 2)"
    assert f"keygen: {said}" in built(*ROSTER).stderr.splitlines()
    assert (numbers(quick), told(quick)["draws"]) == (before, {"s2": 2})
    built(*REPLACE)
    assert told(quick)["draws"] == {"s2": 3}


def test_where_nothing_tells_who_was_drawn_anew_no_command_takes_the_first_draw(quick: Course) -> None:
    built(*ROSTER)
    built(*REPLACE)
    (quick.build / "other" / "manifest.json").write_text("{")
    (quick.build / "other" / "key.csv").unlink()
    asked = ("answers", "other", "--roster", "students.csv", "--student", "s2")
    for command in (asked, ("check", "other", "--roster", "students.csv"), ("build", *ROSTER), ("build", *REPLACE)):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 1
        assert "it alone would know who was drawn anew" in result.stderr
        assert "only if nobody was ever drawn anew, remove it" in result.stderr


def test_a_copy_from_before_a_draw_does_not_undo_it_where_the_manifest_is_spoiled(quick: Course) -> None:
    built(*ROSTER)
    copy = quick.file("copy.json")
    copy.write_bytes((quick.build / "other" / "manifest.json").read_bytes())
    built(*REPLACE)
    for spoil in (lambda file: file.write_text("{}"), lambda file: file.unlink()):
        spoil(quick.build / "other" / "manifest.json")
        said = refused(quick, "--from", "copy.json").stderr
    assert "a run that knows draw 2 of student s2, by the codes of key.csv" in said


def test_another_run_s_key_tells_nothing_of_draws(quick: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    built(*ROSTER)
    built(*REPLACE)
    (quick.build / "other" / "manifest.json").unlink()
    monkeypatch.setenv("KEYGEN_SECRET", "another secret, quite long enough")
    assert answers("--roster", "students.csv")[1] == 1


def test_the_run_is_looked_for_where_it_is(quick: Course) -> None:
    built(*ROSTER, "--out", "there")
    result = keygen(*REPLACE)
    assert result.exit_code == 1
    assert not quick.file("build", "other").exists()
    lines = result.stderr.splitlines()
    assert lines[0] == "keygen: there is no run in which a student could be drawn anew"
    assert lines[-1] == "  mend:     build the roster first, or name its folder by --out"
    built(*REPLACE, "--out", "there")
    assert load_manifest(quick.file("there", "other", "manifest.json")).draws == {"s2": 2}
    found, draw = answers("--roster", "students.csv", "--out", "there")
    assert (found[0], draw) == (codes(quick.file("there", "other"))["s2"], 2)
    assert answers("--roster", "students.csv")[1] == 1


def test_an_unknown_student_is_told_with_the_nearest_and_wrong_use_is_wrong_use(quick: Course) -> None:
    built(*ROSTER)
    result = refused(quick, *ROSTER, "--replace", "s22")
    assert result.exit_code == 1
    assert "the roster has no student 's22'" in result.stderr
    assert "did you mean 's2'" in result.stderr
    for words in (
        ("other", "--replace", "s2"),
        (*REPLACE, "--student", "s2"),
        ("--from", "build/other/manifest.json", "--replace", "s2"),
        ("other", "--variants", "3", "--replace", "1"),
    ):
        assert keygen(*words).exit_code == 2
