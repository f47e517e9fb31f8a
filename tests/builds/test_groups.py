"""A class in groups: a folder and a printer's file each, in the order of a column, made again and cleaned."""

from __future__ import annotations

import csv
import json
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from scratch_course import Course, built, files_of, keygen

from keygen.builds.former import swept
from keygen.builds.handout import handout_of
from keygen.builds.manifest import Manifest, load_manifest
from keygen.builds.reproduction import groups_of
from keygen.builds.requests import BuildOptions, ordered
from keygen.builds.run import Swept, order_for
from keygen.cli import main
from keygen.course.course import course_here
from keygen.document.kinds import PageKind
from keygen.errors import KeygenError

ROSTER = ("other", "--roster", "students.csv", "--jobs", "1")
GROUPS = (*ROSTER, "--group", "group", "--sort", "seat")
STUDENTS = ("B_2/s1", "А/s2", "B_2/s3")


@pytest.fixture
def few(course: Course) -> Course:
    """The course with three students in two groups."""
    rows = "s1,Ann,B/2,10\ns2,Bob,А,7\ns3,Eve,B/2,9\n"
    course.file("students.csv").write_text(f"id,name,group,seat\n{rows}", encoding="utf-8")
    return course


def whose(file: Path) -> list[str]:
    """The names at the top of a printer's file, in order."""
    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True, text=True).stdout
    return [name for word in text.split() if (name := word.strip(",.")) in {"Ann", "Bob", "Eve"}]


def test_a_group_has_a_folder_and_printer_s_files_in_the_order_of_a_column(few: Course) -> None:
    result = built(*GROUPS, "--solutions")
    out = few.build / "other"
    made = files_of(out)
    pages = [f"{stem}{kind}.pdf" for kind in ("", "-solutions") for stem in (*STUDENTS, "B_2/all", "А/all")]
    assert set(made) == {*pages, "key.csv", "key-page.csv", "manifest.json"}
    assert {Path(path).relative_to("build/other").as_posix() for path in result.stdout.splitlines()} == set(made)
    assert [whose(out / file) for file in ("B_2/all.pdf", "А/all-solutions.pdf")] == [["Eve", "Ann"], ["Bob"]]
    rows = csv.DictReader((out / "key.csv").read_text("utf-8-sig").splitlines())
    assert [row["id"] for row in rows] == ["s2", "s3", "s1"]
    told = json.loads((out / "manifest.json").read_text())
    assert [next(iter(entry["files"])) for entry in told["students"]] == ["А/s2.pdf", "B_2/s3.pdf", "B_2/s1.pdf"]
    assert {*told["shared"]} == {"key.csv", "key-page.csv", *(page for page in pages if "all" in page)}
    few.tex_runs()
    built(*GROUPS, "--solutions")
    assert few.tex_runs() == 0
    built("--from", "build/other/manifest.json", "--out", "again")
    assert files_of(few.file("again", "other")) == made
    built("--from", "build/other/manifest.json", "--student", "s2", "--out", "alone")
    assert files_of(few.file("alone", "other")) == {name: made[name] for name in ("А/s2.pdf", "А/s2-solutions.pdf")}


def test_a_second_language_stands_in_the_groups_too_and_groups_may_be_given_up(few: Course) -> None:
    folder = few.file("exercises", "my", "two")
    (folder / "ru.tex").write_bytes((folder / "en.tex").read_bytes())
    one = (*GROUPS, "--lang", "ru", "--student", "s2")
    built(*one)
    assert set(files_of(few.build / "other")) == {"А/s2.ru.pdf"}
    few.file("students.csv").write_text("id,name,group,seat\ns2,Bob,А,7\n", encoding="utf-8")
    whole = set(built(*GROUPS, "--lang", "ru").stdout.split())
    names = "А/s2.ru.pdf", "А/all.ru.pdf", "key.csv", "key-page.ru.csv", "manifest.ru.json"
    assert whole == {f"build/other/{name}" for name in names}
    said = built(*ROSTER, "--lang", "ru").stderr
    assert said == "keygen: removed, for this run makes no such files: А/all.ru.pdf, А/s2.ru.pdf\n"
    assert set(files_of(few.build / "other")) == {Path(name).name for name in names}
    assert not (few.build / "other" / "А").exists()


def listed(folder: Path, *names: str) -> dict[str, Any]:
    """A manifest of students with a file each, which are there."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    students = [
        {
            "code": f"AAAA-AAA{place}", "id": Path(name).stem, "name": "", "columns": {"year": "1", "group": group},
            "files": {name: {"pages": 1, "sha256": sha256(name.encode()).hexdigest()}},
        }
        for place, name in enumerate(names)
        for group in ["B/2" if name.startswith("B") else "А"]
    ]  # fmt: skip
    return {
        "schema": "keygen-manifest/2", "sheet": "other", "lang": "en", "solutions": False, "versions": {}, "course": {},
        "streams": {"key": "public", "fingerprint": ""}, "shared": {}, "students": students,
    }  # fmt: skip


def loaded(told: object, folder: Path) -> Manifest:
    (folder / "manifest.json").write_text(json.dumps(told))
    return load_manifest(folder / "manifest.json")


FILES = tuple(f"{stem}.pdf" for stem in STUDENTS)


def test_a_folder_goes_with_its_last_file_and_no_sooner(tmp_path: Path) -> None:
    before = loaded(listed(tmp_path, *FILES), tmp_path)
    (tmp_path / "B_2" / "notes.txt").write_text("mine")
    assert swept(before, {"B_2/s1.pdf"}, tmp_path) == Swept(("А/s2.pdf", "B_2/s3.pdf"))
    assert not (tmp_path / "А").exists()
    assert swept(before, (), tmp_path) == Swept(("B_2/s1.pdf",))
    assert set(files_of(tmp_path)) == {"B_2/notes.txt", "manifest.json"}


def test_what_a_folder_that_is_a_link_leads_to_is_let_be(tmp_path: Path) -> None:
    before = loaded(listed(tmp_path / "mine", *FILES), tmp_path)
    (tmp_path / "mine" / "B_2").rename(tmp_path / "B_2")
    (tmp_path / "mine" / "B_2").symlink_to(tmp_path / "B_2")
    assert swept(before, (), tmp_path / "mine") == Swept(("А/s2.pdf",))
    assert set(files_of(tmp_path / "B_2")) == {"s1.pdf", "s3.pdf"}


def test_a_student_whose_sheet_failed_belongs_to_the_group_all_the_same(tmp_path: Path) -> None:
    told = listed(tmp_path, *FILES)
    told["students"][2] |= {"files": {}, "failure": "no"}
    assert groups_of(loaded(told, tmp_path)) == {"s1": "B_2", "s2": "А", "s3": "B_2"}


@pytest.mark.parametrize("group", ["../B_2", "..", "x/y", "/tmp", "B/2", "nul", "all", "x\\y"])
def test_a_group_that_is_no_folder_of_a_run_is_refused(tmp_path: Path, group: str) -> None:
    forged = listed(tmp_path, *FILES)
    files = forged["students"][0]["files"]
    forged["students"][0]["files"] = {f"{group}/s1.pdf": files["B_2/s1.pdf"]}
    with pytest.raises(KeygenError, match="no run of keygen has written this manifest"):
        loaded(forged, tmp_path)


@pytest.mark.parametrize("word", ["--group", "--sort"])
def test_a_column_of_no_roster_is_wrong_use_and_an_unknown_one_is_told(few: Course, word: str) -> None:
    assert CliRunner().invoke(main, ["build", "other", word, "group"]).exit_code == 2
    result = keygen(*ROSTER, word, "grup")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "the roster has no column 'grup'" in result.stderr
    assert "students.csv:1" in result.stderr
    assert not few.build.exists()


def test_the_line_for_the_group_is_filled_whatever_its_capitals_and_else_it_is_said_why_not(few: Course) -> None:
    sheet = few.file("exercises", "other.toml")
    sheet.write_text(f'fields = ["group", "seat"]\n{sheet.read_text("utf-8")}', "utf-8")
    for column, filled in (("group", "B/2"), ("Group", "B/2"), ("Groups", "")):
        few.file("students.csv").write_text(f"id,name,{column},seat\ns1,Ann,B/2,10\n", encoding="utf-8")
        course = course_here()
        options = BuildOptions(
            course, "other", "en", (PageKind.PROBLEMS,), roster=Path("students.csv"), public=True, group=column
        )
        run, _ = ordered(options)
        (person,) = run.people
        lines = handout_of(order_for(course, run.sheet, "en", run.key, person)).fields
        assert [str(line.filled) for line in lines] == [filled, "10"]
        assert [text for text in run.told if "stays empty" in text and repr(column) in text] == [*run.told]
        assert bool(run.told) == (column == "Groups")
