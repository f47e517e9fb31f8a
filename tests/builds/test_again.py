"""What is not made again, and what comes out the same when it is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scratch_course import EXPECTED, ROSTER, SOLUTIONS, TEX, Course, built, files_of, keygen

from keygen.builds import batch_worker

SLOW = "numpy", "sympy", "jinja2", "pikepdf", "igraph", "distributed"


@pytest.fixture
def solved(course: Course, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Who had which exercise solved, since it was asked before."""
    record, solve = course.folder.parent / "solved", batch_worker.solved

    def told(order: Any, item: Any) -> Any:
        with record.open("a") as file:
            file.write(f"{order.who} {item.entry.id}\n")
        return solve(order, item)

    def asked() -> list[str]:
        lines = record.read_text().splitlines() if record.exists() else []
        record.unlink(missing_ok=True)
        return sorted(lines)

    monkeypatch.setattr(batch_worker, "solved", told)
    return asked


# --- nothing has changed


def test_a_run_that_nothing_has_changed_for_is_not_made_again(course: Course, solved: Any) -> None:
    first = built(*ROSTER, "--solutions")
    assert len(solved()) == 24
    assert course.tex_runs() >= TEX
    made = files_of(course.build / "mine")
    assert made.keys() == EXPECTED | SOLUTIONS
    again = built(*ROSTER, "--solutions")
    assert again.stdout == first.stdout
    assert (solved(), course.tex_runs()) == ([], 0)
    assert files_of(course.build / "mine") == made


def test_one_sheet_that_nothing_has_changed_for_is_not_made_again(course: Course) -> None:
    first = built("mine", "--solutions")
    made = [Path(line).read_bytes() for line in first.stdout.splitlines()]
    course.tex_runs()
    again = built("mine", "--solutions")
    assert again.stdout == first.stdout
    assert course.tex_runs() == 0
    assert [Path(line).read_bytes() for line in again.stdout.splitlines()] == made


@pytest.mark.parametrize("words", [("mine",), ROSTER], ids=["a sheet", "a roster"])
def test_no_slow_library_is_imported_where_nothing_is_to_be_done(course: Course, words: tuple[str, ...]) -> None:
    built(*words)
    asked = f"""import sys
from keygen.cli import main
main(["build", *{words!r}], standalone_mode=False)
print(*({{*{SLOW!r}}} & set(sys.modules)))"""
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == ""


def test_a_file_that_was_lost_or_spoiled_comes_back_without_tex(course: Course) -> None:
    built(*ROSTER)
    made = files_of(course.build / "mine")
    course.tex_runs()
    course.file("build", "mine", "s3.pdf").unlink()
    course.file("build", "mine", "s5.pdf").write_bytes(b"%PDF")
    built(*ROSTER)
    assert files_of(course.build / "mine") == made
    assert course.tex_runs() == 0


# --- something has


def test_a_changed_text_of_an_exercise_does_that_exercise_again_and_no_other(course: Course, solved: Any) -> None:
    built(*ROSTER)
    built("other", "--roster", "students.csv")
    solved(), course.tex_runs()
    text = course.file("exercises", "my", "one", "en.tex")
    text.write_text(text.read_text().replace("Find", "Now find"))
    built("other", "--roster", "students.csv")
    assert (solved(), course.tex_runs()) == ([], 0)
    built(*ROSTER)
    assert {line.split()[1] for line in solved()} == {"my/one"}
    assert course.tex_runs() == TEX


def test_a_changed_template_of_the_sheet_solves_nothing_again(course: Course, solved: Any) -> None:
    built(*ROSTER)
    solved(), course.tex_runs()
    shipped = Path(batch_worker.__file__).parents[2] / "templates" / "sheet.tex"
    course.file("templates").mkdir()
    course.file("templates", "sheet.tex").write_text(shipped.read_text() + "% changed\n")
    built(*ROSTER)
    assert solved() == []
    assert course.tex_runs() >= TEX


def test_a_changed_row_of_the_roster_makes_its_own_batch_again(course: Course, solved: Any) -> None:
    built(*ROSTER)
    solved(), course.tex_runs()
    roster = course.file("students.csv")
    roster.write_text(roster.read_text().replace("Student s5,", "Another Name,"))
    before = files_of(course.build / "mine")
    built(*ROSTER)
    assert {line.split()[0] for line in solved()} == {"s5"}
    assert course.tex_runs() == 1
    after = files_of(course.build / "mine")
    changed = {name for name in EXPECTED if before[name] != after[name]}
    assert {"s5.pdf", "all.pdf", "key.csv", "key-page.csv", "manifest.json"} <= changed
    assert changed <= {"s4.pdf", "s5.pdf", "s6.pdf", "all.pdf", "key.csv", "key-page.csv", "manifest.json"}


def test_an_empty_line_in_the_roster_changes_nothing(course: Course, solved: Any) -> None:
    built(*ROSTER)
    solved(), course.tex_runs()
    roster = course.file("students.csv")
    roster.write_text(roster.read_text().replace("\ns2,", "\n\ns2,"))
    built(*ROSTER)
    assert (solved(), course.tex_runs()) == ([], 0)


def test_a_course_that_changes_while_it_is_built_is_told(course: Course) -> None:
    course.spring("echo '%# a word more' >> " + str(course.file("exercises", "my", "one", "en.tex")))
    result = keygen(*ROSTER, "--jobs", "1")
    assert result.exit_code == 1
    assert "changed" in result.stderr
    assert not course.file("build", "mine", "manifest.json").exists()


# --- the same bytes


def test_the_bytes_are_the_same_whatever_the_number_of_jobs(course: Course) -> None:
    built(*ROSTER, "--jobs", "1")
    one = files_of(course.build / "mine")
    shutil.rmtree(course.build)
    built(*ROSTER, "--jobs", "3")
    assert files_of(course.build / "mine") == one


def test_a_manifest_brings_the_run_back_to_the_same_bytes(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    built(*ROSTER, "--solutions")
    made = files_of(course.build / "mine")
    shutil.move(course.file("build", "mine", "manifest.json"), "kept.json")
    shutil.rmtree(course.build)
    course.file("students.csv").unlink()
    monkeypatch.setenv("KEYGEN_SECRET", "another secret")
    built("--from", "kept.json")
    assert files_of(course.build / "mine") == made


def refused(course: Course) -> str:
    """What is said of a manifest that would not come out as it was; nothing is done for it."""
    shutil.rmtree(course.build)
    course.tex_runs()
    result = keygen("--from", "kept.json")
    assert result.exit_code == 1
    assert not course.build.exists()
    assert course.tex_runs() == 0
    return result.stderr


def test_a_manifest_of_other_exercises_is_refused_before_anything_is_made(course: Course) -> None:
    built(*ROSTER)
    shutil.copy(course.file("build", "mine", "manifest.json"), "kept.json")
    course.file("exercises", "my", "two", "en.tex").write_text("")
    assert "exercises/my/two/en.tex has changed" in refused(course)


def test_a_manifest_of_other_versions_is_refused_before_anything_is_made(course: Course) -> None:
    built(*ROSTER)
    kept = json.loads(course.file("build", "mine", "manifest.json").read_text())
    kept["versions"]["sympy"] = "0.1"
    course.file("kept.json").write_text(json.dumps(kept))
    assert "sympy was 0.1, is " in refused(course)


def test_one_student_alone_has_the_same_files_and_leaves_the_run_as_it_is(course: Course) -> None:
    built(*ROSTER, "--solutions")
    made = files_of(course.build / "mine")
    shutil.rmtree(course.file("build", ".cache"))
    course.tex_runs()
    result = built(*ROSTER, "--solutions", "--student", "s7")
    assert course.tex_runs() == 1
    assert result.stdout.splitlines() == ["build/mine/s7.pdf", "build/mine/s7-solutions.pdf"]
    assert files_of(course.build / "mine") == made
