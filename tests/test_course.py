"""A course: found once, then handed on. What is installed as a package is part of it."""

from __future__ import annotations

import pickle
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from keygen.builds.request import SheetRequest
from keygen.checking.sweep import Request, survey
from keygen.cli import main
from keygen.course import course as courses
from keygen.course import exercise as exercises
from keygen.course.catalog import catalogue
from keygen.course.course import Course, course_at
from keygen.course.search_path import SearchPath, search_path, shipped
from keygen.errors import KeygenError
from tests.courses import SHIPPED, laid, placed
from tests.one_sheet import document, sources

EXERCISE = '''"""A product."""

from keygen.author import integers

given = {"x": integers("", 2, 9, published=NUMBER), "w": integers("", 2, 9, published=7)}


def computation(t):
    t.L = t.x * t.w


answers = {"a": {"product": "L"}}
'''
TEMPLATE = r"""%% title
A product
%% endtitle
%% part a
Find \( \val{ formula.L } \) for \( \val{ line.x } \) and \( \val{ line.w } \).
%% solution
\[ \val{ line.L } \]
%% endpart
"""
SHEET = 'title = "Mine"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\n'


def exercise(number: int) -> str:
    """The exercise with this number as its published x."""
    return EXERCISE.replace("NUMBER", str(number))


def page(course: Course, sheet: str = "mine") -> str:
    """The page of a sheet with its solutions."""
    return sources(SheetRequest(course, course.sheet(sheet)), solutions=True)[f"{sheet}-solutions"]


# --- a value


def test_a_course_is_worked_with_from_any_folder(tmp_path: Path) -> None:
    laid(tmp_path, exercise(3), TEMPLATE, SHEET)
    course = course_at(tmp_path)
    assert r"\kglink{=}{3 \cdot 7}\kglink{=}{21}" in page(course)
    assert survey(Request(course, ("mine",), seeds=2)).ok


def test_an_order_loads_each_sheet_exercise_and_language_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: Counter[tuple[str, str]] = Counter()

    def counted(kind: str, load: Callable[[str, SearchPath], Any]) -> Callable[[str, SearchPath], Any]:
        def once(name: str, path: SearchPath) -> Any:
            loaded[kind, name] += 1
            return load(name, path)

        return once

    for module, kind in ((courses, "sheet"), (exercises, "exercise"), (courses, "language")):
        monkeypatch.setattr(module, f"load_{kind}", counted(kind, getattr(module, f"load_{kind}")))
    course = Course(SHIPPED.path)
    sources(SheetRequest(course, course.sheet("sheet4b"), seed=3), solutions=True)
    sheet = course.sheet("sheet4b")
    wanted = {("sheet", "sheet4b"), ("language", sheet.language), *(("exercise", one.id) for one in sheet.exercise)}
    assert loaded == dict.fromkeys(wanted, 1)


def test_a_course_goes_to_another_process_as_its_folders_and_is_read_anew_there(tmp_path: Path) -> None:
    laid(tmp_path, exercise(3), TEMPLATE, SHEET)
    course = course_at(tmp_path)
    before = page(course)
    there = pickle.loads(pickle.dumps(course))
    assert there == course
    assert page(there) == before
    laid_again = tmp_path / "exercises" / "my" / "one" / "exercise.py"
    laid_again.write_text(exercise(4))
    assert page(course) == before
    assert page(pickle.loads(pickle.dumps(course))) != before


def test_a_course_has_its_own_secret_whatever_the_working_folder(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("KEYGEN_SECRET", raising=False)
    course = course_at(tmp_path)
    assert course.seeds_key("mine") == "public"
    (tmp_path / ".keygen-secret").write_text("a secret that nobody guesses")
    assert len(course.seeds_key("mine")) == 64
    assert course.students_key("mine") == course.seeds_key("mine")


def test_words_of_an_exercise_may_lie_nearer_than_the_exercise_and_never_farther(tmp_path: Path) -> None:
    words = tmp_path / "exercises" / "outputs" / "softmax" / "en.tex"
    words.parent.mkdir(parents=True)
    words.write_text(TEMPLATE)
    course = course_at(tmp_path)
    assert course.exercise("outputs/softmax").template("en") == words
    assert course.exercise("outputs/softmax").folder == shipped() / "exercises" / "outputs" / "softmax"
    placed(tmp_path / "other", "one", exercise(3), TEMPLATE).rename(tmp_path / "other" / "exercises" / "my" / "x")
    own = tmp_path / "own" / "exercises" / "outputs" / "softmax"
    own.mkdir(parents=True)
    (own / "exercise.py").write_text(exercise(3))
    assert not course_at(tmp_path / "own").exercise("outputs/softmax").template("en").exists()


# --- packages


def installed(folder: Path, name: str, module: str, *, value: str = "", code: str = "") -> Path:
    """A package as an installer leaves it: its module, and its metadata with an entry point; the module's folder."""
    place = folder / module
    place.mkdir(parents=True)
    (place / "__init__.py").write_text(code)
    metadata = folder / f"{module}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[keygen.courses]\n{name} = {value or module}\n")
    (metadata / "RECORD").write_text(f"{module}/__init__.py,,\n{metadata.name}/entry_points.txt,,\n")
    return place


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A folder of installed packages."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if name.startswith("course_"):
            del sys.modules[name]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def keygen(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_an_installed_course_is_listed_built_and_checked(site: Path, home: Path) -> None:
    laid(installed(site, "products", "course_of_products"), exercise(3), TEMPLATE, SHEET)
    assert "my/one" in keygen("list").output
    built = keygen("build", "mine", "--solutions", "--format", "tex")
    assert built.output == "build/mine.tex\nbuild/mine-solutions.tex\n"
    assert keygen("answers", "mine").exit_code == 0
    checked = keygen("check", "my/one", "--seeds", "3", "--jobs", "2")
    assert checked.exit_code == 0, checked.output
    assert list(home.iterdir()) == [home / "build"]


def test_the_working_folder_goes_before_packages_and_packages_go_before_what_keygen_ships(
    site: Path, home: Path
) -> None:
    package = installed(site, "products", "course_of_products")
    laid(package, exercise(3), TEMPLATE, SHEET)
    assert r"3 \cdot 7" in page(Course(search_path(home)))
    laid(home, exercise(5), TEMPLATE, SHEET)
    assert r"5 \cdot 7" in page(Course(search_path(home)))
    (package / "templates").mkdir()
    (package / "templates" / "style.css").write_text("p {}")
    assert Course(search_path(home)).asset("style.css") == b"p {}"
    assert SHIPPED.asset("style.css") != b"p {}"


def test_an_exercise_of_a_package_may_import_its_package(site: Path, home: Path) -> None:
    package = installed(site, "products", "course_of_products", code="from fractions import Fraction as SEVEN\n")
    text = f"from course_of_products import SEVEN\n{exercise(3)}"
    laid(package, text.replace("published=7", "published=SEVEN(7)"), TEMPLATE, SHEET)
    assert r"3 \cdot 7" in page(Course(search_path(home)))


BROKEN = {
    "a name of no module": ({"value": "course_nowhere"}, "ModuleNotFoundError: No module named 'course_nowhere'"),
    "a module that raises": ({"code": "raise ValueError('no')"}, "ValueError: no"),
    "a module that exits": ({"code": "raise SystemExit(3)"}, "SystemExit: 3"),
    "a module that is not Python": ({"code": "def"}, "SyntaxError: invalid syntax (__init__.py, line 1)"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_course_package_that_cannot_be_imported_is_named_with_its_place(kind: str, site: Path, home: Path) -> None:
    how, found = BROKEN[kind]
    installed(site, "products", "course_of_products", **how)
    for words in (("list",), ("build", "sheet4"), ("check",)):
        result = keygen(*words)
        assert result.exit_code == 1
        assert result.stderr.splitlines() == [
            "keygen: the course package products cannot be imported",
            f"  at:       {site / 'course_of_products-1.0.dist-info' / 'entry_points.txt'}",
            f"  line:     products = '{how.get('value', 'course_of_products')}'",
            "  expected: the name of a module, in the entry points keygen.courses",
            f"  found:    {found}",
            "  mend:     mend the package, or uninstall it: pip uninstall products",
        ]


def test_a_course_package_without_a_course_is_named(site: Path, home: Path) -> None:
    place = installed(site, "products", "course_of_products")
    with pytest.raises(KeygenError) as caught:
        search_path(home)
    assert caught.value.what == "the course package products has no course"
    assert caught.value.found == str(place)


def test_two_packages_with_one_exercise_are_named_and_the_working_folder_decides(site: Path, home: Path) -> None:
    laid(installed(site, "products", "course_of_products"), exercise(3), TEMPLATE, SHEET)
    placed(installed(site, "squares", "course_of_squares"), "one", exercise(4), TEMPLATE)
    first, second = (site / f"course_of_{name}/exercises/my/one/exercise.py" for name in ("products", "squares"))
    result = keygen("build", "mine")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "keygen: two installed courses have the exercise 'my/one'",
        f"  at:       {first}",
        "  expected: a name of its own in every package",
        f"  found:    {first} of products and {second} of squares",
        "  mend:     uninstall one of them, or put the exercise that you want into the working folder",
    ]
    assert "my/one" in catalogue(search_path(home))
    placed(home, "one", exercise(5), TEMPLATE)
    assert r"5 \cdot 7" in page(Course(search_path(home)))


def test_two_packages_with_one_sheet_are_named_where_it_is_asked_for(site: Path, home: Path) -> None:
    for name in ("products", "squares"):
        package = installed(site, name, f"course_of_{name}")
        placed(package, name, exercise(3), TEMPLATE)
        (package / "exercises" / "mine.toml").write_text(SHEET.replace("my/one", f"my/{name}"))
    assert "two installed courses have the sheet 'mine'" in keygen("build", "mine").stderr
    assert "two installed courses have the sheet 'mine'" in keygen("list").output
    course = Course(search_path(home))
    assert document(SheetRequest(course, course.sheet("sheet4b"))).title


def test_a_command_that_needs_no_course_looks_for_no_package(site: Path, home: Path) -> None:
    installed(site, "products", "course_of_products", code="raise ValueError('no')")
    assert keygen("--help").exit_code == keygen("build", "--help").exit_code == keygen("secret").exit_code == 0
