"""The pages of students on paper: one run of TeX for some, and nobody's page tells who else was in it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from keygen.builds.request import SheetRequest
from keygen.errors import KeygenError
from keygen.grading.student_pdf import student_pdfs
from tests.courses import SHIPPED

ORDER = SheetRequest(SHIPPED, SHIPPED.sheet("sheet4"))


def page(text: str) -> str:
    return (
        "\\documentclass[11pt]{article}\n\\usepackage[en]{style}\n\\begin{document}\n"
        f"\\kgdocument\n\\kgabout{{{text}}}{{K7QM-2FXA}}\n{text}\n\\end{{document}}\n"
    )


def made(*texts: str) -> Sequence[bytes | KeygenError]:
    return list(student_pdfs(ORDER, [page(text) for text in texts]))


def test_a_page_is_the_same_file_whoever_else_is_in_the_run() -> None:
    first, second = made("Anna: $x = 1$", "Boris: QUOTH")
    assert [first] == made("Anna: $x = 1$")
    assert [second, first] == made("Boris: QUOTH", "Anna: $x = 1$")
    assert isinstance(first, bytes)
    assert first != second


def test_a_page_that_tex_cannot_set_costs_nobody_else_theirs() -> None:
    first, second, third = made("Anna", r"\nosuchcommand", "Boris")
    assert isinstance(second, KeygenError)
    assert "nosuchcommand" in str(second)
    assert all(isinstance(one, bytes) and one.startswith(b"%PDF") for one in (first, third))


def test_without_an_engine_that_is_cut_each_page_is_made_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keygen.grading.student_pdf.cut", refused)
    assert [type(one) for one in made("Anna", "Boris")] == [bytes, bytes]


def refused(order: SheetRequest, texts: Sequence[str]) -> list[bytes]:
    raise KeygenError("two pages in one run")
