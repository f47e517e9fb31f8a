"""Fixtures of the tests of runs."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from scratch_course import Course, laid, wrapped_tex
from tex_runs import shared_cache

from keygen.builds import executors
from keygen.builds.batch_worker import BatchWorker, Files
from keygen.document.covers import sheet_page
from keygen.document.tex_parts import Document
from keygen.tex.pdf_pages import PdfPages, file_of, plain


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


@pytest.fixture
def no_tex(course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The course without TeX, and all work done in this process: a page is a page with the source of what it would be
    on it. Whoever stands in the file `failing` has none."""

    def worked(work: Any, pieces: Any, workers: Any, *, known: Any, **_: Any) -> Iterator[Any]:
        for number, piece in enumerate(pieces):
            yield number, known(number) or work(piece) or known(number)

    def files(worker: BatchWorker, documents: Mapping[int, Document], failures: dict[int, str]) -> Files | None:
        failing = course.file("failing").read_text() if course.file("failing").exists() else ""
        for place, document in documents.items():
            if failing and failing in str(sheet_page((document,), worker.policy, worker.kinds[0])):
                failures[place] = "no page"
        left = [document for place, document in documents.items() if place not in failures]
        kinds = [[page_of(sheet_page((one,), worker.policy, kind)) for one in left] for kind in worker.kinds]
        each = [page for pages in kinds for page in pages]
        together = [file_of([PdfPages(page).part() for page in pages], contents=False) for pages in kinds]
        return Files(each, [1] * len(each), [[]] * len(each), together) if left else None

    monkeypatch.setattr(executors, "worked", worked)
    monkeypatch.setattr(BatchWorker, "files", files)
    return course


def page_of(text: str) -> bytes:
    """A PDF of one page."""
    pdf, file = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page().Contents = pdf.make_stream(text.encode())
    pdf.save(file, static_id=True)
    return plain(file.getvalue())
