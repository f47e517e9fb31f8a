"""A folder with the files of a run before: what a new run goes on with, takes away, keeps, and refuses to touch."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from scratch_course import EXPECTED, ROSTER, SOLUTIONS, STUDENTS, Course, built, files_of, keygen

from keygen.builds.former import swept
from keygen.builds.manifest import load_manifest
from keygen.builds.run import Swept
from keygen.builds.run import few as few_of
from keygen.cli import main
from keygen.course.secret import fingerprint


@pytest.fixture
def few(course: Course) -> Course:
    """The course with three students."""
    roster(course, "s1", "s2", "s3")
    return course


def roster(course: Course, *ids: str) -> None:
    course.file("students.csv").write_text("id,name\n" + "".join(f"{id},Student {id}\n" for id in ids))


def names(course: Course, folder: str = "mine") -> set[str]:
    return set(files_of(course.build / folder))


def manifest(course: Course, name: str = "manifest.json") -> dict[str, Any]:
    return dict(json.loads(course.file("build", "mine", name).read_text()))


def refused(course: Course, *words: str) -> str:
    """What is said where a folder is another run's; nothing in it is touched, and no TeX is run."""
    before = files_of(course.build / "mine")
    course.tex_runs()
    result = keygen(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert files_of(course.build / "mine") == before
    assert course.tex_runs() == 0
    assert "--out" in result.stderr
    return result.stderr


# --- what is removed


def test_what_a_run_makes_no_more_is_removed_and_named(few: Course) -> None:
    built(*ROSTER, "--solutions")
    roster(few, "s1", "s3", "s4")
    said = built(*ROSTER).stderr
    assert names(few) == {"s1.pdf", "s3.pdf", "s4.pdf", "all.pdf", "key.csv", "key-page.csv", "manifest.json"}
    gone = ["all-solutions.pdf", "s1-solutions.pdf", "s2.pdf", "s2-solutions.pdf", "s3-solutions.pdf"]
    (line,) = [line for line in said.splitlines() if "removed" in line]
    assert line.partition(": removed, for this run makes no such files: ")[2].split(", ") == gone
    assert "removed" not in built(*ROSTER).stderr


def test_the_sheet_of_a_student_who_fails_now_is_no_longer_there(few: Course, monkeypatch: Any) -> None:
    built(*ROSTER)
    text = few.file("exercises", "my", "one", "en.tex")
    text.write_text(text.read_text().replace("Find", "Now find"))
    few.spring('grep -q "Student s2" sheet.tex 2>/dev/null && kill -9 $$')
    result = keygen(*ROSTER)
    assert result.exit_code == 1
    assert "removed, for this run makes no such files: s2.pdf" in result.stderr
    assert "s2.pdf" not in names(few)


def test_a_file_that_no_manifest_lists_and_one_that_was_edited_are_kept(few: Course) -> None:
    built(*ROSTER, "--solutions")
    few.file("build", "mine", "notes.txt").write_text("mine")
    few.file("build", "mine", "s9-solutions.pdf").write_text("somebody's")
    few.file("build", "mine", "s1-solutions.pdf").write_bytes(b"%PDF with remarks")
    linked = few.file("build", "mine", "s3-solutions.pdf")
    linked.rename("elsewhere.pdf")
    linked.symlink_to(few.file("elsewhere.pdf"))
    said = built(*ROSTER).stderr
    assert "keygen: not of this run, but edited, so kept: s1-solutions.pdf, s3-solutions.pdf" in said.splitlines()
    assert {"notes.txt", "s9-solutions.pdf", "s1-solutions.pdf", "s3-solutions.pdf"} <= names(few)
    assert "s2-solutions.pdf" not in names(few)
    assert few.file("elsewhere.pdf").exists()


def test_one_student_alone_removes_nothing(few: Course) -> None:
    built(*ROSTER, "--solutions")
    before = names(few)
    assert "removed" not in built(*ROSTER, "--student", "s1").stderr
    assert names(few) == before


def test_a_forged_manifest_removes_nothing_outside_its_folder(few: Course) -> None:
    built(*ROSTER)
    outside = few.file("build", "victim.pdf")
    outside.write_bytes(few.file("build", "mine", "s2.pdf").read_bytes())
    forged = manifest(few)
    files = forged["students"][1]["files"]
    files |= dict.fromkeys((f"../{outside.name}", str(outside), f"x/../../{outside.name}"), files["s2.pdf"])
    few.file("build", "mine", "manifest.json").write_text(json.dumps(forged))
    roster(few, "s1", "s3")
    keygen(*ROSTER)
    assert outside.exists()


def test_where_capitals_do_not_count_the_new_file_is_not_taken_for_the_old(few: Course) -> None:
    built(*ROSTER)
    before = load_manifest(few.file("build", "mine", "manifest.json"))
    few.file("build", "mine", "S2.pdf").hardlink_to(few.file("build", "mine", "s2.pdf"))
    assert (
        swept(before, {"S2.pdf", *(name for name in before.files if name != "s2.pdf")}, few.build / "mine") == Swept()
    )
    few.file("build", "mine", "S2.pdf").unlink()
    assert swept(before, set(before.files) - {"s2.pdf"}, few.build / "mine") == Swept(("s2.pdf",))


def test_a_run_that_nobody_has_a_sheet_of_leaves_the_folder_as_it_was(few: Course) -> None:
    built(*ROSTER, "--solutions")
    before = files_of(few.build / "mine")
    text = few.file("exercises", "my", "one", "en.tex")
    text.write_text(text.read_text().replace("Find", r"\val{ line.nonsense }"))
    assert keygen(*ROSTER).exit_code == 1
    assert files_of(few.build / "mine") == before


def test_fewer_seeds_leave_the_files_of_these_alone(few: Course) -> None:
    built("mine", "--variants", "3")
    said = built("mine", "--variants", "1").stderr
    assert "seed2.pdf, seed3.pdf" in said
    assert names(few, "mine-variants") == {"seed1.pdf", "all.pdf", "key.csv", "key-page.csv", "manifest.json"}


# --- whose folder it is


def test_another_key_stops_before_anything_is_written(few: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    built(*ROSTER)
    assert "another key" in refused(few, *ROSTER, "--public")
    monkeypatch.setenv("KEYGEN_SECRET", "another secret that nobody guesses")
    assert "another key" in refused(few, *ROSTER)
    assert "another key" in refused(few, *ROSTER, "--student", "s1")
    assert "another key" in refused(few, *ROSTER, "--solutions", "--out", "build")
    built(*ROSTER, "--out", "elsewhere")


def test_a_roster_with_nobody_of_the_former_stops_before_anything_is_written(few: Course) -> None:
    built(*ROSTER)
    roster(few, "t1", "t2")
    assert "3 others" in refused(few, *ROSTER)
    roster(few, "t1", "s3")
    built(*ROSTER)
    assert names(few) == {"t1.pdf", "s3.pdf", "all.pdf", "key.csv", "key-page.csv", "manifest.json"}


def test_a_roster_of_a_few_of_the_class_takes_nobody_s_pages_away_unless_told_to(no_tex: Course) -> None:
    everybody = [f"s{number}" for number in range(1, 7)]
    roster(no_tex, *everybody)
    built(*ROSTER)
    roster(no_tex, *everybody[:3])  # three of six have left: not most
    assert "removed, for this run makes no such files: s4.pdf, s5.pdf, s6.pdf" in built(*ROSTER).stderr
    roster(no_tex, *everybody)
    built(*ROSTER)
    roster(no_tex, "s2", "t1")
    said = refused(no_tex, *ROSTER)
    assert "of 6 students 5 would lose their pages" in said
    assert "found:    not on it: s1, s3, s4, s5, s6\n" in said
    assert "copy the sheet under another name" in said
    assert "--remove" in said
    built(*ROSTER, "--student", "s2")
    built(*ROSTER, "--out", "makeup")
    lines = built(*ROSTER, "--remove").stderr.splitlines()
    assert lines == ["keygen: removed, for this run makes no such files: s1.pdf, s3.pdf, s4.pdf, s5.pdf, s6.pdf"]
    assert few_of([f"{number}.pdf" for number in range(124)]) == "124, such as 0.pdf, 1.pdf, 2.pdf"
    assert names(no_tex) == {"s2.pdf", "t1.pdf", "all.pdf", "key.csv", "key-page.csv", "manifest.json"}
    assert keygen("mine", "--remove").exit_code == 2


def test_a_manifest_of_another_sheet_or_none_at_all_stops_before_anything_is_written(few: Course) -> None:
    built("other", "--roster", "students.csv")
    shutil.move(few.build / "other", few.build / "mine")
    assert "a run of other" in refused(few, *ROSTER)
    few.file("build", "mine", "manifest.json").write_text('{"name": "of a web page"}')
    assert "not a manifest of keygen" in refused(few, *ROSTER)


def test_the_other_language_of_another_key_stops_it_too(few: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    in_russian(few)
    built(*ROSTER, "--lang", "ru")
    monkeypatch.setenv("KEYGEN_SECRET", "another secret that nobody guesses")
    assert "manifest.ru.json" in refused(few, *ROSTER)


# --- two languages


def in_russian(course: Course) -> None:
    for name in ("one", "two"):
        folder = course.file("exercises", "my", name)
        shutil.copy(folder / "en.tex", folder / "ru.tex")


def test_a_second_language_stands_beside_the_first(few: Course) -> None:
    in_russian(few)
    built(*ROSTER, "--solutions")
    first = files_of(few.build / "mine")
    paths = built(*ROSTER, "--solutions", "--lang", "ru").stdout.splitlines()
    stems = ("s1", "s2", "s3", "all")
    second = {f"{stem}{kind}.ru.pdf" for stem in stems for kind in ("", "-solutions")}
    second |= {"key-page.ru.csv", "manifest.ru.json"}
    assert {Path(path).name for path in paths} == {*second, "key.csv"}
    after = files_of(few.build / "mine")
    assert after.keys() == {*first, *second}
    assert {name: after[name] for name in first} == first
    shared = {"all.ru.pdf", "all-solutions.ru.pdf", "key.csv", "key-page.ru.csv"}
    assert manifest(few, "manifest.ru.json")["shared"].keys() == shared
    roster(few, "s1", "s2")
    assert "s3.ru.pdf" in built(*ROSTER, "--lang", "ru").stderr
    left = names(few)
    assert {"s3.pdf", "s3-solutions.pdf", "all-solutions.pdf"} <= left
    assert not {"s3.ru.pdf", "s1-solutions.ru.pdf"} & left
    built("--from", "build/mine/manifest.ru.json", "--out", "again")
    again = {"s1.ru.pdf", "s2.ru.pdf", "all.ru.pdf", "key.csv", "key-page.ru.csv", "manifest.ru.json"}
    assert set(files_of(few.file("again", "mine"))) == again


def test_variants_in_a_second_language_stand_beside_the_first(few: Course) -> None:
    in_russian(few)
    built("mine", "--variants", "2")
    built("mine", "--variants", "2", "--lang", "ru")
    own = {"seed1.pdf", "seed2.pdf", "all.pdf", "manifest.json", "key.csv", "key-page.csv"}
    second = {"seed1.ru.pdf", "seed2.ru.pdf", "all.ru.pdf", "key-page.ru.csv", "manifest.ru.json"}
    assert names(few, "mine-variants") == own | second


# --- made again


def test_what_does_not_come_out_as_the_manifest_has_it_is_not_written(few: Course) -> None:
    built(*ROSTER, "--solutions")
    kept = manifest(few)
    kept["students"][1]["files"]["s2.pdf"]["sha256"] = "0" * 64
    few.file("kept.json").write_text(json.dumps(kept))
    assert keygen("--from", "kept.json").exit_code == 1  # though all is there as it was made
    few.file("build", "mine", "s1.pdf").write_bytes(b"%PDF with remarks")
    before = files_of(few.build / "mine")
    result = keygen("--from", "kept.json")
    assert result.exit_code == 1
    assert "not as the manifest has them, so nothing is written: s2.pdf" in result.stderr
    assert result.stdout.strip() == ""
    assert files_of(few.build / "mine") == before
    assert keygen("--from", "kept.json", "--out", "again").exit_code == 1
    assert not few.file("again").exists()
    built("--from", "build/mine/manifest.json")
    assert files_of(few.build / "mine") != before
    assert files_of(few.build / "mine")["s2.pdf"] == before["s2.pdf"]


def test_a_key_that_is_not_the_fingerprints_is_refused(few: Course) -> None:
    built(*ROSTER)
    forged = manifest(few)
    forged["streams"]["key"] = "public"
    few.file("kept.json").write_text(json.dumps(forged))
    result = keygen("--from", "kept.json", "--out", "again")
    assert result.exit_code == 1
    assert "the manifest's key is not the one" in result.stderr
    assert fingerprint("public") in result.stderr
    assert not few.file("again").exists()


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("s1", "the id 's1' stands twice"),
        ("S1", "the id 'S1' would write into a file that is taken"),
        ("s1.en", "the id 's1.en' would write into a file that is taken"),
        ("s1-solutions", "the id 's1-solutions' would write into a file that is taken"),
        ("s\u200b1", "the id holds an invisible character, ZERO WIDTH SPACE (U+200B)"),
        (" s2", "the id ' s2' is not as a run writes it"),
    ],
)
def test_ids_of_a_manifest_are_refused_as_a_roster_s_are(few: Course, id: str, said: str) -> None:
    built(*ROSTER)
    forged = manifest(few)
    forged["students"][1]["id"] = id
    few.file("kept.json").write_text(json.dumps(forged))
    result = keygen("--from", "kept.json", "--out", "again")
    assert result.exit_code == 1
    assert said in result.stderr
    assert "kept.json" in result.stderr
    assert not few.file("again").exists()


# --- answers of a manifest


def test_answers_of_a_manifest_are_its_own_sheet_s(few: Course) -> None:
    built(*ROSTER)
    words = ("--student", "s1", "--manifest", "build/mine/manifest.json")
    result = CliRunner().invoke(main, ["answers", "other", *words])
    assert result.exit_code == 1
    assert "the manifest is not of other" in result.stderr


# --- whose numbers are the same


NARROW = """from keygen.author import choice, same_as

given = {"side": choice(*%s, published="a")}


def computation(t):
    pass


def answers(s):
    return {"a": {"side": same_as(s.choices["side"]%s)}}
"""


def narrow(course: Course, options: str, shown: str = "") -> None:
    """The second exercise of the sheet with so few variants."""
    course.file("exercises", "my", "two", "exercise.py").write_text(NARROW % (options, shown))
    course.file("exercises", "my", "two", "en.tex").write_text(
        "%% title\nA side\n%% endtitle\n%% part a\nWhich side?\n%% solution\nThis one.\n%% endpart\n"
    )


def test_few_variants_in_a_class_are_counted(course: Course) -> None:
    narrow(course, '"ab"')
    said = built(*ROSTER).stderr.splitlines()
    assert said == ["keygen: exercise 2 (my/two): only 2 different variants among 12 students"]
    course.tex_runs()
    assert built(*ROSTER).stderr.splitlines() == said
    assert course.tex_runs() == 0


def test_two_students_with_the_same_numbers_are_named(course: Course) -> None:
    narrow(course, "range(30)")
    (said,) = built(*ROSTER).stderr.splitlines()
    entries = manifest(course)["students"]
    sides: dict[str, list[str]] = {}
    for entry in entries:
        sides.setdefault(str(entry["exercises"][1]["given"]), []).append(entry["id"])
    same = [f"{', '.join(ids[:-1])} and {ids[-1]}" for ids in sides.values() if len(ids) > 1]
    assert 0 < len(same) <= 3
    assert said == f"keygen: exercise 2 (my/two): the same numbers for {'; '.join(same)}"


def test_few_sets_of_answers_are_counted_where_the_numbers_differ(course: Course) -> None:
    narrow(course, "range(10**6)", " > -1")
    said = built(*ROSTER).stderr.splitlines()
    assert said == ["keygen: exercise 2 (my/two): only one set of answers among 12 students"]


def test_what_is_the_same_for_everybody_by_intention_is_not_told(course: Course) -> None:
    narrow(course, '"ab"')
    sheet = course.file("exercises", "mine.toml")
    sheet.write_text(sheet.read_text() + 'pin = { side = "b" }\n')
    assert built(*ROSTER).stderr == ""
    narrow(course, '"ab"')
    code = course.file("exercises", "my", "two", "exercise.py")
    code.write_text(code.read_text().replace('given = {"side": choice(*"ab", published="a")}', "").replace(
        's.choices["side"]', '"b"'
    ))  # fmt: skip
    sheet.write_text(sheet.read_text().replace('pin = { side = "b" }\n', ""))
    assert built(*ROSTER).stderr == ""


def test_an_ordinary_class_is_told_nothing(course: Course) -> None:
    assert built(*ROSTER, "--solutions").stderr == ""
    assert names(course) == EXPECTED | SOLUTIONS
    assert len(STUDENTS) == 12
