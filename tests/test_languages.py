"""Languages: a folder of templates each. German lives here, in the words of one exercise."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keygen.builds.show import ShowRequest, shown
from keygen.checking.sweep import Request, survey
from keygen.cli import main
from keygen.course.course import Course, course_at
from keygen.course.languages import OPTIONAL
from keygen.errors import KeygenError
from tests.courses import EN, RU, SHIPPED

ROOT = Path(__file__).parents[1]
GERMAN = Path(__file__).parent / "german"
NAMES = re.compile(r"(?<![\w.-])(?:ru|en|de|russian|english|german)(?![\w-])", re.IGNORECASE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The German course, to be harmed."""
    return Path(shutil.copytree(GERMAN, tmp_path / "course"))


@pytest.fixture
def course(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same as the working folder."""
    monkeypatch.chdir(folder)
    return folder


def keygen(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def refusal(folder: Path, code: str = "de") -> KeygenError:
    """Why a language is refused."""
    with pytest.raises(KeygenError) as caught:
        course_at(folder).language(code)
    return caught.value


# --- one more language


def test_a_language_is_a_toml_some_words_and_the_words_of_an_exercise(course: Path) -> None:
    files = [path.relative_to(course).as_posix() for path in sorted(course.rglob("*")) if path.is_file()]
    assert files == [
        "exercises/blatt.toml", "exercises/outputs/softmax/de.tex", "templates/de/language.toml",
        "templates/de/words.tex",
    ]  # fmt: skip
    result = keygen("build", "blatt", "--solutions")
    assert result.exit_code == 0, result.output
    program = shutil.which("pdftotext")
    assert program is not None, "poppler-utils is part of the set-up"
    done = subprocess.run([program, "-layout", "build/blatt-solutions.pdf", "-"], capture_output=True, check=True)
    page = done.stdout.decode()
    for words in ("Blatt 1. Ausgänge des Netzes", "2. März 2026", "Punkte: 4", "a) Bestimmen Sie", "Lösung.", "0,7054"):
        assert words in page


def test_the_new_language_is_everywhere_that_one_is(course: Path) -> None:
    assert keygen("build", "blatt", "--format", "html").exit_code == 0
    assert Path("build/blatt.html").read_text().startswith('<!DOCTYPE html>\n<html lang="de">')
    assert "Lösung." in keygen("show", "outputs/softmax", "--lang", "de", "--solutions").output
    assert keygen("build", "blatt", "--lang", "en", "--format", "tex").output == "build/blatt.en.tex\n"
    assert "'ru', 'de', 'en'" in keygen("build", "blatt", "--lang", "fr").stderr
    roster = Path("students.csv")
    roster.write_text("id,name\n1,Jürgen Groß\n")
    result = keygen("build", "blatt", "--roster", "students.csv", "--public", "--format", "pdf")
    assert result.exit_code == 0, result.output
    assert Path("build/blatt/1.pdf").exists()


def test_a_check_reads_the_pages_of_every_language_that_an_exercise_has() -> None:
    course = course_at(GERMAN)
    assert course.written_in(course.exercise("outputs/softmax")) == ("ru", "de", "en")
    assert course.written_in(course.exercise("outputs/heads")) == ("ru", "en")
    assert survey(Request(course, ("blatt",), seeds=2, deep=True)).ok


def test_what_a_language_lacks_is_told_where_an_exercise_asks_for_it(folder: Path) -> None:
    words = folder / "exercises" / "outputs" / "softmax" / "de.tex"
    words.write_text(words.read_text().replace("Zähler und Nenner", "\\val{ law.relu } Zähler und Nenner"))
    with pytest.raises(KeygenError, match=r"the template 'de/laws.tex' is missing"):
        shown(ShowRequest(course_at(folder), "outputs/softmax", None, "de", solutions=True), 80)


def test_more_parts_than_a_language_has_letters_are_refused_at_the_first_without_one(folder: Path) -> None:
    toml = folder / "templates" / "de" / "language.toml"
    toml.write_text(toml.read_text().replace("abcdefghijklmnopqrst", "abc"))
    with pytest.raises(KeygenError, match="has no letter for so many parts") as caught:
        shown(ShowRequest(course_at(folder), "outputs/softmax", None, "de"), 80)
    assert "part d" in (caught.value.source or "")


def test_a_day_is_written_as_its_language_writes_days() -> None:
    day = date(2026, 3, 2)
    german = course_at(GERMAN).language("de")
    assert [one.dated(day) for one in (RU, EN, german)] == ["2 марта 2026 г.", "2 March 2026", "2. März 2026"]


# --- a language that is not whole


def test_a_language_without_its_toml_is_refused(folder: Path) -> None:
    (folder / "templates" / "de" / "language.toml").unlink()
    assert str(refusal(folder)).splitlines() == [
        "the language 'de' has no language.toml",
        f"  at:       {folder / 'templates' / 'de'}",
        "  expected: its name, letters, separator and quotes",
        f"  mend:     write {folder / 'templates' / 'de' / 'language.toml'}; "
        f"{ROOT / 'templates' / 'ru' / 'language.toml'} is an example",
    ]


def test_a_folder_of_templates_without_sentences_is_no_language(folder: Path) -> None:
    (folder / "templates" / "parts").mkdir()
    (folder / "templates" / "parts" / "head.tex").write_text("words")
    assert course_at(folder).languages == ("ru", "de", "en")


@pytest.mark.parametrize(("table", "kind"), [("words.tex", "word"), ("laws.tex", "law"), ("figures.tex", "word")])
def test_a_table_that_lacks_a_sentence_is_refused_with_the_sentence_and_the_tables(
    table: str, kind: str, folder: Path
) -> None:
    shipped = ROOT / "templates" / "ru" / table
    text = shipped.read_text()
    name = re.findall(rf"^%% {kind} (\w+)", text, re.MULTILINE)[-1]
    (folder / "templates" / "de" / table).write_text(text.replace(f"%% {kind} {name}\n", f"%% {kind} other\n"))
    assert str(refusal(folder)).splitlines() == [
        f"the language 'de' lacks the sentence {name!r}",
        f"  at:       {folder / 'templates' / 'de' / table}",
        f"  expected: every sentence of {shipped}",
        f"  found:    none for {name}",
        f"  mend:     add `%% {kind} {name}`, the sentence, and `%% end{kind}`",
    ]


def test_the_languages_that_keygen_ships_are_whole() -> None:
    for code in SHIPPED.languages:
        assert SHIPPED.language(code).code == code


WRONG = {
    "a key that there is not": ('name = "German"', 'nmae = "German"', "unknown key 'nmae'"),
    "no name": ('name = "German"\n', "", "the language has no name"),
    "another separator": ('separator = ","', 'separator = ";"', "separator does not fit"),
    "one quote": ('["„", "“"]', '["„"]', "quotes does not fit"),
    "eleven months": ('"Januar", ', "", "months does not fit"),
    "a date without its year": ("{day}. {month} {year}", "{day}. {month}", "date does not fit"),
    "a letter twice": ("abcd", "abca", "letters does not fit"),
    "TeX for a language of babel": ('"german"', '"\\\\input"', "babel does not fit"),
    "another encoding": ('"T1"', '"OT1"', "encoding does not fit"),
    "no TOML": ("separator", "separator separator", "this is not valid TOML"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_key_of_a_language_that_does_not_fit_is_told(kind: str, folder: Path) -> None:
    before, after, what = WRONG[kind]
    toml = folder / "templates" / "de" / "language.toml"
    assert before in toml.read_text()
    toml.write_text(toml.read_text().replace(before, after, 1))
    error = refusal(folder)
    assert what in error.what
    assert error.file == toml


def test_an_unknown_language_is_told_with_those_there_are() -> None:
    assert refusal(GERMAN, "fr").repair == "did you mean 'ru'?"
    assert "babel" in OPTIONAL


# --- the default


def test_the_working_folder_may_set_the_language_of_sheets_that_name_none(course: Path) -> None:
    sheet = course / "exercises" / "blatt.toml"
    sheet.write_text(sheet.read_text().replace('language = "de"\n', ""))
    assert course_at(course).sheet("blatt").language == "ru"
    (course / "templates" / "settings.toml").write_text('language = "de"\n')
    assert course_at(course).sheet("blatt").language == "de"
    assert keygen("build", "blatt", "--format", "tex").output == "build/blatt.tex\n"


def test_a_default_language_without_a_folder_is_told_at_its_line(folder: Path) -> None:
    settings = folder / "templates" / "settings.toml"
    settings.write_text('\nlanguage = "fr"\n')
    with pytest.raises(KeygenError, match="the default language 'fr' has no folder") as caught:
        Course(course_at(folder).path).sheet("sheet4")
    assert (caught.value.file, caught.value.line) == (settings, 2)


# --- Python names none


def test_no_module_of_keygen_names_a_language() -> None:
    named = []
    tex = {ROOT / "keygen" / "tex" / name for name in ("doctor.py", "install_hints.py")}  # as TeX calls its own parts
    for file in sorted(set((ROOT / "keygen").rglob("*.py")) - tex):
        tree = ast.parse(file.read_text("utf-8"))
        said = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and id(node) not in said else getattr(node, "id", None)
            if isinstance(text, str) and NAMES.search(text.replace("_", " ")):
                named.append(f"{file.relative_to(ROOT)}:{node.lineno}: {text[:60]}")  # type: ignore[attr-defined]
    assert named == []
