"""Files of strangers: a manifest is looked through before anything of it is used, and names are names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from scratch_course import Course, built, files_of, keygen

from keygen.cli import main
from keygen.course.names import named
from keygen.errors import KeygenError
from tests.courses import SHIPPED

PATH = SHIPPED.path
ROSTER = ("mine", "--roster", "two.csv")


@pytest.fixture
def manifest(course: Course) -> dict[str, Any]:
    """The manifest of a run for two students, as a dictionary."""
    course.file("two.csv").write_text("id,name\ns1,One\ns2,Two\n")
    built(*ROSTER)
    return dict(json.loads(course.file("build", "mine", "manifest.json").read_text()))


def show(course: Course, manifest: Any, code: str) -> Result:
    """`keygen show CODE` with this manifest; a string is the file itself."""
    text = manifest if isinstance(manifest, str) else json.dumps(manifest)
    course.file("forged.json").write_text(text)
    return CliRunner().invoke(main, ["show", code, "--manifest", "forged.json"])


def first(manifest: dict[str, Any]) -> dict[str, Any]:
    """The first student."""
    return dict(manifest["students"][0])


def put(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    """Changes one place of a manifest."""

    def forge(manifest: Any) -> None:
        for step in path[:-1]:
            manifest = manifest[step]
        manifest[path[-1]] = value

    return forge


STUDENT = ("students", 0)
EXERCISE = (*STUDENT, "exercises", 0)
ANSWER = (*EXERCISE, "parts", "a", "gradient")
FORGED = {
    "a sheet elsewhere": (put("sheet", value="../../x"), "the sheet's name '../../x' has a separator of folders"),
    "a sheet by its path": (put("sheet", value="/etc/passwd"), "a separator of folders"),
    "a hidden sheet": (put("sheet", value="..mine"), "in front"),
    "no sheet": (put("sheet", value=""), "an empty part"),
    "a language elsewhere": (put("lang", value="../x"), "the language '../x'"),
    "a file of the course elsewhere": (put("course", "/etc/passwd", value="0" * 64), "'/etc/passwd' of the course"),
    "a digest that is none": (put("course", "exercises/mine.toml", value="x"), "matching regex"),
    "a shared file elsewhere": (put("shared", "../x.pdf", value="0" * 64), "the file '../x.pdf' of all"),
    "a student's file elsewhere": (
        put(*STUDENT, "files", "/x.pdf", value={"pages": 1, "sha256": "0" * 64}), "the file '/x.pdf' of student s1",
    ),
    "a file of another": (
        put(*STUDENT, "files", "s2.pdf", value={"pages": 1, "sha256": "0" * 64}), "the file 's2.pdf' of student s1",
    ),
    "pages below none": (put(*STUDENT, "files", "s1.pdf", "pages", value=-1), "$.students[0].files[...].pages"),
    "the id of a file of all": (put(*STUDENT, "id", value="all"), "the file 's1.pdf' of student all"),
    "the id of the key": (put(*STUDENT, "id", value="key"), "the file 's1.pdf' of student key"),
    "one id twice": (put("students", 1, "id", value="s1"), "the id 's1' stands twice"),
    "two ids of one file": (put("students", 1, "id", value="S1"), "but 's1' as number 1 writes s1.pdf"),
    "an id of no characters": (put(*STUDENT, "id", value=""), "the id is empty"),
    "an id with a newline": (put(*STUDENT, "id", value="s\n1"), "the id holds an invisible character"),
    "a seed among students": (put(*STUDENT, "seed", value=1), "students among seeds"),
    "a seed that is no number": (put(*STUDENT, "seed", value=-1), "$.students[0].seed"),
    "no students": (put("students", value=[]), "no students"),
    "a code that is none": (put(*STUDENT, "code", value="x"), "$.students[0].code"),
    "a key that is none": (put("streams", "key", value=""), "$.streams.key"),
    "exercises that are none": (put(*STUDENT, "exercises", value=7), "Expected `array`"),
    "an exercise that is none": (put(*EXERCISE, value="my/one"), "Expected `object`"),
    "an exercise elsewhere": (put(*EXERCISE, "id", value="../../x"), "the exercise '../../x' of student s1"),
    "an answer without its value": (put(*ANSWER, value={"type": "number", "float": 1.0}), "`exact`"),
    "an answer that is none": (put(*ANSWER, value=None), "Expected `object`"),
    "an answer of another type": (put(*ANSWER, "float", value={"x": 1}), "float"),
    "an answer without bottom": (put(*ANSWER, "exact", value=[[[[[[["1"]]]]]]]), "exact"),
    "given that is none": (put(*EXERCISE, "given", value=[]), "given"),
    "columns that are none": (put(*STUDENT, "columns", value={"group": 7}), "columns"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FORGED)
def test_a_manifest_that_no_run_can_have_written_is_refused_before_anything_is_done(
    kind: str, course: Course, manifest: dict[str, Any]
) -> None:
    forge, found = FORGED[kind]
    code = first(manifest)["code"]
    forge(manifest)
    before = files_of(course.folder)
    for result in (show(course, manifest, code), keygen("--from", "forged.json")):
        assert result.exit_code == 1
        assert result.stdout == ""
        assert found in result.stderr
        assert result.stderr.splitlines()[1] == "  at:       forged.json"
    course.file("forged.json").unlink()
    assert files_of(course.folder) == before


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", "[" * 100_000, '{"schema": ' + "[" * 100_000, "\x00", '{"schema": "keygen-manifest/1"}',
    ],
)  # fmt: skip
def test_what_is_no_manifest_is_told(text: str, course: Course) -> None:
    result = show(course, text, "AAAA-AAAA")
    assert result.exit_code == 1
    assert result.stderr.startswith("keygen: this is not a manifest of keygen's\n")


@pytest.mark.parametrize("where", [ANSWER, (*ANSWER, "exact"), EXERCISE])
def test_lists_without_end_in_a_manifest_are_told(
    where: tuple[Any, ...], course: Course, manifest: dict[str, Any]
) -> None:
    code = first(manifest)["code"]
    put(*where, value="HERE")(manifest)
    result = show(course, json.dumps(manifest).replace('"HERE"', "[" * 90_000 + "]" * 90_000), code)
    assert result.exit_code == 1
    assert result.stderr.startswith("keygen: this is not a manifest of keygen's\n")


def test_the_manifest_itself_is_shown(course: Course, manifest: dict[str, Any]) -> None:
    assert show(course, manifest, first(manifest)["code"]).exit_code == 0


# --- names

NO_NAMES = (
    "..", ".", "../mine", "my/../mine", "/etc/passwd", "a\\b", "c:x", "a\nb", "a\x00b", "a\u202eb", "a\u200bb",
    ".hidden", "-out", "~", "mine.", "mine ", " mine", "a\u00a0b", "con", "nul.x", "x" * 101,
)  # fmt: skip


@pytest.mark.parametrize("name", NO_NAMES)
@pytest.mark.parametrize("door", [PATH.sheet_file, lambda name: PATH.exercise_folder(f"my/{name}"), PATH.find])
def test_what_is_no_name_opens_no_file(name: str, door: Callable[[str], object], course: Course) -> None:
    with pytest.raises(KeygenError) as caught:
        door(name)
    assert "cannot be the name of" in caught.value.what


@pytest.mark.parametrize("name", ["sheet4", "Лист 4", "sheet-4_b.ru", "été", "4"])
def test_a_name_may_be_in_any_script(name: str) -> None:
    assert named("a sheet", name) == (name,)


def test_a_sheet_outside_of_the_course_is_not_built(course: Course, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(course.file("exercises", "mine.toml").read_text())
    for name in ("../../x", str(tmp_path / "x")):
        result = keygen(name)
        assert result.exit_code == 1
        assert "cannot be the name of a sheet" in result.stderr
    assert not course.build.exists()


@pytest.mark.parametrize("id", ["../../out/one", "my/../my/one", "my//one", "my/one/", "/my/one", "my/one/../two"])
def test_an_exercise_outside_of_the_course_is_told_at_its_line(id: str, course: Course, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    (tmp_path / "out" / "one").mkdir(parents=True)
    (tmp_path / "out" / "one" / "exercise.py").write_text(f"open({str(ran)!r}, 'w')\n")
    sheet = course.file("exercises", "mine.toml")
    sheet.write_text(sheet.read_text().replace('"my/two"', json.dumps(id)))
    result = keygen("mine")
    assert result.exit_code == 1
    assert "cannot be the name of an exercise" in result.stderr
    assert f"at:       {sheet}:8" in result.stderr
    assert not ran.exists()
