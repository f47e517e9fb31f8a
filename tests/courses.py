"""Courses for tests: what keygen ships, and a folder of one exercise and one sheet."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from keygen.builds.request import SheetRequest
from keygen.cli import main
from keygen.course.course import Course
from keygen.course.search_path import Place, SearchPath, shipped

SHIPPED = Course(SearchPath((Place(shipped()),)))
RU, EN = SHIPPED.language("ru"), SHIPPED.language("en")
LANGUAGES = {"ru": RU, "en": EN}


def ordered(sheet: str, lang: str | None = None, seed: int | None = None) -> SheetRequest:
    """An order for a sheet that keygen ships."""
    return SheetRequest(SHIPPED, SHIPPED.sheet(sheet), lang, seed)


def laid(folder: Path, exercise: str, template: str, sheet: str) -> Path:
    """Write `my/one` in English and the sheet `mine`; the folder of the exercise."""
    place = placed(folder, "one", exercise, template)
    (folder / "exercises" / "mine.toml").write_text(sheet, encoding="utf-8")
    return place


def placed(folder: Path, name: str, exercise: str, template: str) -> Path:
    """Write the exercise `my/<name>` in English; its folder."""
    place = folder / "exercises" / "my" / name
    place.mkdir(parents=True)
    (place / "exercise.py").write_text(exercise, encoding="utf-8")
    (place / "en.tex").write_text(template, encoding="utf-8")
    return place


def keygen(*words: str) -> Result:
    """The command, in this process and in the working folder."""
    return CliRunner().invoke(main, words)


def rewrite(course: Path, name: str, old: str, new: str) -> Path:
    """Put something else in a file under `exercises`, where it stands first; the file."""
    path = course / "exercises" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path
