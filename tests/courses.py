"""A course folder of one exercise and one sheet, for tests that work in one."""

from __future__ import annotations

from pathlib import Path


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
