"""Fixtures of the tests of runs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from scratch_course import Course, laid, wrapped_tex
from tex_runs import shared_cache


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wrapped_tex(shared_cache(tmp_path_factory) / "counted")


@pytest.fixture
def course(tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course as the working folder, and temporary files in a folder of the test's own."""
    course = laid(tmp_path / "course", tools)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    course.env["TMPDIR"] = str(scratch)
    for name, value in course.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.chdir(course.folder)
    return course
