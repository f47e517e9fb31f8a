"""What is run is what was hashed: files are known by their bytes, never by their times; and a cache, whatever has
happened to it, changes no byte and fails no run."""

from __future__ import annotations

import json
import os
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from scratch_course import ROSTER, Course, built, files_of, keygen

from keygen.cli import main
from keygen.course.contents import contents, nearest_file, read_once
from keygen.course.course import course_here
from keygen.course.search_path import shipped
from keygen.document import template
from keygen.system.store import CACHES, Store
from keygen.tex.doctor import diagnose
from keygen.tex.pdf import compile_tex
from tests.courses import EN, LANGUAGES

ONE = ("exercises", "my", "one", "exercise.py")
TEXT = ("exercises", "my", "one", "en.tex")


def edited(file: Path, old: str, new: str) -> None:
    """Edit a file to one of the same length, and give it the time that it had."""
    stat, text = file.stat(), file.read_text()
    assert len(old) == len(new)
    assert old in text
    file.write_text(text.replace(old, new))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def command(course: Course, *words: str) -> str:
    """A command as a process of its own, to which Python may lend its bytecode."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | course.env
    call = [sys.executable, "-m", "keygen", *words]
    done = subprocess.run(call, cwd=course.folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- what is run


def published(course: Course, target: str = "my/one") -> Any:
    return json.loads(command(course, "answers", target, "--json"))["exercises"][0]["given"]["x"]["exact"]


def test_an_exercise_edited_within_its_second_is_run_as_it_is_now(course: Course) -> None:
    assert published(course) == [["1", "2"]]
    edited(course.file(*ONE), "published=[[1, 2]]", "published=[[3, 4]]")
    assert published(course) == [["3", "4"]]


def test_no_bytecode_of_an_exercise_is_read_or_written(course: Course) -> None:
    command(course, "build", "mine")
    assert not list(course.folder.rglob("__pycache__"))
    other = course.file(*ONE).read_text().replace("[[1, 2]]", "[[7, 7]]")
    lie = course.folder.parent / "lie.py"
    lie.write_text(other)
    cached = Path(cache_from_source(str(course.file(*ONE))))
    cached.parent.mkdir()
    py_compile.compile(str(lie), str(cached), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    assert published(course) == [["1", "2"]]


def test_the_manifest_has_the_digest_of_what_was_run(course: Course) -> None:
    built(*ROSTER)
    edited(course.file(*ONE), "published=[[1, 2]]", "published=[[3, 4]]")
    built(*ROSTER)
    manifest = json.loads(course.file("build", "mine", "manifest.json").read_text())
    assert manifest["course"]["/".join(ONE)] == sha256(course.file(*ONE).read_bytes()).hexdigest()


def test_within_a_command_a_file_has_one_content(course: Course) -> None:
    file = course.file(*ONE)
    with read_once():
        before, exercise = contents(file), course_here().exercise("my/one")
        file.write_text(file.read_text().replace("[[1, 2]]", "[[3, 4]]"))
        assert contents(file) == before
        assert course_here().exercise("my/one") is exercise
    assert course_here().exercise("my/one") is not exercise


@pytest.mark.parametrize("where", ["at the top", "in a function"])
def test_a_module_of_the_course_is_not_imported(where: str, course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    course.file("exercises", "my", "one", "common_to_all.py").write_text("value = 1\n")
    file = course.file(*ONE)
    line = "import common_to_all\n"
    old = '"""One' if where == "at the top" else "    t.yhat ="
    file.write_text(file.read_text().replace(old, line + old if where == "at the top" else f"    {line}{old}", 1))
    monkeypatch.syspath_prepend(str(file.parent))
    result = keygen("mine")
    assert result.exit_code == 1
    assert result.stderr.startswith("keygen: an exercise may not import 'common_to_all', a module of the course\n")
    assert f"  at:       {file}:" in result.stderr
    assert f"  line:     {line.strip()}\n" in result.stderr
    sys.modules.pop("common_to_all", None)


def test_a_sheet_and_a_template_of_an_old_time_are_read_again_in_the_same_process(course: Course) -> None:
    first = built("mine", "--format", "tex")
    (path,) = (Path(line) for line in first.stdout.splitlines())
    edited(course.file("exercises", "mine.toml"), 'title = "mine"', 'title = "name"')
    edited(course.file(*TEXT), "Find the", "Seek the")
    built("mine", "--format", "tex")
    assert r"\kghead{name}" in path.read_text()
    assert "Seek the" in path.read_text()


def test_sentences_of_an_old_time_are_read_again_in_the_same_process(course: Course) -> None:
    laws = course.file("templates", "en", "laws.tex")
    laws.parent.mkdir(parents=True)
    shutil.copy(shipped() / "templates" / "en" / "laws.tex", laws)
    text = course.file(*TEXT)
    text.write_text(text.read_text().replace("%% solution\n", "%% solution\n\\val{ law.neg }\n"))
    said = template.words("laws", EN)["neg"]
    other = said[::-1]
    built("mine", "--format", "tex", "--solutions")
    edited(laws, said, other)
    built("mine", "--format", "tex", "--solutions")
    assert other in course.file("build", "mine-solutions.tex").read_text()


@pytest.mark.parametrize("name", ["laws", "law_names", "words", "export", "quiz", "reasons"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_sentences_are_read_without_jinja_as_jinja_reads_them(name: str, language: str) -> None:
    path = shipped() / "templates" / language / f"{name}.tex"
    known = template.plain(path, path.read_bytes())
    assert known
    assert known == template.rendered_sentences(path, LANGUAGES[language])


@pytest.mark.parametrize(
    "text",
    [
        "%% law a\n\\val{ 1 + 1 }\n%% endlaw\n", "%% law a\nx %# y\n%% endlaw\n", "%% law a\nx\r\n%% endlaw\n",
        "%% law a\n%% if 1\nx\n%% endif\n%% endlaw\n", "%% law a\nx\n", "words\n%% law a\nx\n%% endlaw\n",
    ],
)  # fmt: skip
def test_sentences_with_anything_else_in_them_are_jinjas(text: str) -> None:
    assert template.plain(Path("laws.tex"), text.encode()) is None


def test_which_file_is_the_nearest_is_found_once_in_a_command(tmp_path: Path) -> None:
    near, far = folders = tmp_path / "near", tmp_path / "far"
    for folder in folders:
        folder.mkdir()
    (far / "words.tex").write_text("far")
    with read_once():
        assert nearest_file(folders, "words.tex") == far / "words.tex"
        assert nearest_file(folders, "laws.tex") is None
        for name in ("words.tex", "laws.tex"):
            (near / name).write_text("near")
        assert nearest_file(folders, "words.tex") == far / "words.tex"
        assert nearest_file(folders, "laws.tex") is None
    assert nearest_file(folders, "words.tex") == near / "words.tex"


@pytest.mark.parametrize("name", ["help.tex", "ru/where.tex", "a/b/c.tex"])
def test_a_template_that_an_exercise_includes_is_part_of_what_its_page_is_made_of(name: str, course: Course) -> None:
    file = course.file("templates", *name.split("/"))
    file.parent.mkdir(parents=True)
    file.write_text("a word of help")
    text = course.file(*TEXT)
    text.write_text(text.read_text().replace("Find", f'\\block{{ include "{name}" }} Find'))
    built(*ROSTER)
    before = files_of(course.build / "mine")
    edited(file, "of help", "in need")
    built(*ROSTER)
    after = files_of(course.build / "mine")
    assert all(before[name] != after[name] for name in before if name.endswith(".pdf"))


# --- what is done


@pytest.mark.parametrize("file", ["s3.pdf", "all.pdf", "key.csv", "key-page.csv", "manifest.json"])
def test_a_flipped_byte_of_an_old_time_is_no_finished_file(file: str, course: Course) -> None:
    built(*ROSTER)
    made = files_of(course.build / "mine")
    path = course.file("build", "mine", file)
    stat, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    course.tex_runs()
    built(*ROSTER)
    assert files_of(course.build / "mine") == made
    assert course.tex_runs() == 0


def test_a_flipped_byte_of_a_single_sheet_is_mended(course: Course) -> None:
    built("mine")
    path = course.file("build", "mine.pdf")
    stat, data = path.stat(), path.read_bytes()
    path.write_bytes(data[:-10] + bytes([data[-10] ^ 1]) + data[-9:])
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    built("mine")
    assert path.read_bytes() == data


# --- caches

SOURCE = "\\documentclass{article}\n\\usepackage[T2A]{fontenc}\n\\begin{document}\nслово\n\\end{document}\n"


@pytest.fixture(scope="session")
def filled(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with a format and fonts; not to be spoilt."""
    folder = tmp_path_factory.mktemp("filled")
    compile_tex(SOURCE, style={}, cache=folder)
    assert {path.name for path in folder.iterdir()} == {"formats", "fonts", "engines"}
    return folder


@pytest.fixture
def cache(filled: Path, tmp_path: Path) -> Path:
    """The same, to be spoilt."""
    return Path(shutil.copytree(filled, tmp_path / "cache"))


def flipped(data: bytes) -> bytes:
    """Some bytes changed in the middle, as a macro's text would be."""
    middle = len(data) // 2
    return data[:middle] + bytes(byte ^ 1 for byte in data[middle : middle + 8]) + data[middle + 8 :]


@pytest.mark.parametrize("kind", ["formats", "fonts", "engines"])
@pytest.mark.parametrize("harm", [flipped, lambda data: data[:-5], lambda data: b""], ids=["flipped", "cut", "emptied"])
def test_a_damaged_file_of_a_cache_is_made_anew(
    kind: str, harm: Callable[[bytes], bytes], cache: Path, filled: Path
) -> None:
    good = compile_tex(SOURCE, style={}, cache=filled).data
    (file,) = (path for path in (cache / kind).rglob("*") if path.is_file())
    stat, data = file.stat(), file.read_bytes()
    file.write_bytes(harm(data))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    if kind == "fonts":
        shutil.rmtree(cache / "formats")  # which hold what TeX needs of a font
    assert compile_tex(SOURCE, style={}, cache=cache).data == good
    (again,) = (path for path in (cache / kind).rglob("*") if path.is_file())
    assert again.read_bytes() != harm(data)
    assert kind != "engines" or again.read_bytes() == data


@pytest.mark.parametrize("kind", ["formats", "fonts", "engines", "layouts"])
def test_a_file_in_the_place_of_a_cache_is_no_obstacle(kind: str, cache: Path, filled: Path) -> None:
    shutil.rmtree(cache / kind, ignore_errors=True)
    (cache / kind).write_text("a file where the folder should be")
    assert compile_tex(SOURCE, style={}, cache=cache).data == compile_tex(SOURCE, style={}, cache=filled).data


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own without room for anything; a file, where none may be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4096", "tmpfs", str(folder)]
    if os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0:
        (folder / "full").write_bytes(bytes(4096))
        yield folder
        subprocess.run(["umount", folder], check=True)
        return
    folder.rmdir()
    folder.touch()
    yield folder


@pytest.mark.parametrize("words", [("mine",), ROSTER], ids=["a sheet", "a roster"])
def test_a_full_cache_is_no_condition(
    words: tuple[str, ...], course: Course, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(*words)
    made = files_of(course.build)
    shutil.rmtree(course.build)
    monkeypatch.setenv("KEYGEN_CACHE", str(small))
    built(*words)
    pages = {name: sum for name, sum in files_of(course.build).items() if ".cache" not in name}
    assert pages == {name: sum for name, sum in made.items() if ".cache" not in name}


def test_a_cache_that_cannot_be_written_is_used_and_told_by_doctor(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("KEYGEN_CACHE", str(tmp_path / "file" / "cache"))
    built("mine")
    (row,) = [row for row in diagnose().rows if row.what == "cache folder"]
    assert (row.ok, row.optional) == (False, True)
    assert row.repair == "set KEYGEN_CACHE to a folder that you may write to"


@pytest.mark.parametrize("answer", [b"\xc1", b"\x90", b"\x93\x01\x02\x03", b"\x91" * 100_000])
def test_a_sound_piece_of_another_kind_is_as_good_as_none(answer: bytes, tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("00", answer)
    assert store.get("00") == answer
    assert store.read("00", dict[str, str]) is None


def test_compiled_templates_are_not_kept(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYGEN_CACHE", str(tmp_path / "cache"))
    built("mine", "--format", "tex", "--solutions")
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_clean_and_doctor_know_all_caches(
    course: Course, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYGEN_CACHE", str(cache))
    built("mine")
    (cache / "templates").mkdir()  # as versions before this one left it
    (cache / "mine").write_text("somebody else's")
    rows = {row.what: row.found for row in diagnose().rows}
    assert all(name in rows["cache folder"] for name in ("formats", "fonts"))
    assert rows["finished work"].startswith("build/.cache (")
    assert CliRunner().invoke(main, ["clean"]).exit_code == 0
    assert [path.name for path in cache.iterdir()] == ["mine"]
    assert not course.file("build", ".cache").exists()
    assert course.file("build", "mine.pdf").exists()
    assert {store(cache).folder.name for store in CACHES} == {"formats", "fonts", "engines", "layouts"}


# --- templates run in a sandbox


@pytest.mark.parametrize(
    "attack",
    [
        "line.dL_dw.__class__", "''.__class__.__mro__", "why.__globals__", "steps.__func__.__globals__",
        "(line|attr('find')).__globals__", "line.dL_dw.laws.append('x')",
    ],
)  # fmt: skip
def test_a_template_gets_at_nothing_behind_what_it_is_given(attack: str, course: Course) -> None:
    text = course.file(*TEXT)
    text.write_text(text.read_text().replace("Find", f"\\val{{ {attack} }} Find"))
    result = keygen("mine", "--format", "tex")
    assert result.exit_code == 1
    assert f"  at:       {text}:5\n" in result.stderr
