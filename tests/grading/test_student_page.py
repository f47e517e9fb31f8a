"""The page for one student: the first wrong step, and what follows rightly from it; nothing of anybody else."""

from __future__ import annotations

import json
import re
import subprocess
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest
from browser import found_in

from keygen.builds.request import SheetRequest
from keygen.grading.grade_files import GradeTables
from keygen.grading.gradebooks import Gradebooks
from keygen.grading.graded_row import GradedRow
from keygen.grading.summary_page import grading_words
from keygen.grading.told_verdicts import ToldVerdict, told_verdict
from keygen.grading.typed_text import unquoted
from keygen.grading.verdicts import AnswerVerdict, VerdictKind
from tests.courses import SHIPPED, keygen
from tests.grading.manifests import key_of, manifest_of, written
from tests.grading.slipped import slipped

SHEET = "sheet4"
CLASS = {"1": "<b>Анна</b>", "2": "Boris", "3": "Vera"}
WORDS = {
    "ru": ("Первый неверный шаг", "Это верно следует из вашего значения", "Если продолжить вычисления"),
    "en": ("The first wrong step", "This follows rightly from your value", "Worked on from your value, it goes on"),
}


def graded(folder: Path, language: str, *options: str) -> Path:
    """A class: the first slips in H and goes on rightly, the second slips in dH alone, the third has the key."""
    manifest = manifest_of(folder, SHEET, CLASS)
    made = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps(made | {"lang": language}), encoding="utf-8")
    rows = [
        {name: cell for name, cell in row.items() if name in ("id", "code") or name[:2] == "4."}
        for row in key_of(manifest)
    ]
    rows[0] |= slipped(manifest, SHEET, "1", "4.a.H")
    rows[1]["4.d.dH"] = slipped(manifest, SHEET, "2", "4.d.dH")["4.d.dH"]
    answers = written(folder / "answers.csv", rows)
    words = ("--manifest", str(manifest), "--out", str(folder / "out"), *(options or ["--no-pdf"]))
    result = keygen("grade", SHEET, str(answers), *words)
    assert result.exit_code == 0, result.output
    return folder / "out"


@pytest.fixture(scope="module", params=sorted(WORDS))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    return graded(tmp_path_factory.mktemp("class"), request.param), request.param


def plain(page: Path) -> str:
    """What stands on a page."""
    body = page.read_text("utf-8").partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_first_wrong_step_is_shown_and_what_follows_rightly_from_it(made: tuple[Path, str]) -> None:
    folder, language = made
    first, follows, onward = WORDS[language]
    page = plain(folder / "1.html")
    assert first in page
    assert follows in page
    assert onward not in page


def test_where_nothing_was_carried_the_next_line_is_worked_on_from_the_value(made: tuple[Path, str]) -> None:
    folder, language = made
    first, follows, onward = WORDS[language]
    page = plain(folder / "2.html")
    assert first in page
    assert follows not in page
    assert onward in page
    assert "ReLU" in page.partition(first)[2].partition(onward)[0], "the law of the key's line"


def test_who_has_all_right_has_no_wrong_step(made: tuple[Path, str]) -> None:
    folder, language = made
    assert WORDS[language][0] not in plain(folder / "3.html")


def test_a_page_has_every_answer_and_nothing_of_anybody_else(made: tuple[Path, str]) -> None:
    folder, language = made
    letters = {"ru": "абвгдежзик", "en": "abcdefghij"}[language]
    places = {f"4{letter}" for letter in letters}
    for id, name in CLASS.items():
        text = (folder / f"{id}.html").read_text("utf-8")
        page = plain(folder / f"{id}.html")
        assert f'<html lang="{language}">' in text
        assert name in page
        assert not any(other in page for other in CLASS.values() if other != name)
        assert places <= set(page.split()), "each part by the letter of its page"
        assert not re.search(r"\b4\.[a-z]\.", page), "and by no other"
        assert "<b>" not in text
        assert not re.search(r"<(?:script|link|img|iframe)|\b(?:src|href)=", text)


@pytest.mark.parametrize("language", sorted(WORDS))
def test_a_page_on_paper_says_what_the_page_in_a_browser_does(language: str, tmp_path: Path) -> None:
    folder = graded(tmp_path, language, "--pdf")
    pages = [
        subprocess.run(["pdftotext", "-layout", folder / f"{id}.pdf", "-"], capture_output=True, text=True, check=True)
        for id in CLASS
    ]
    first, second, third = (" ".join(page.stdout.split()) for page in pages)
    head, follows, onward = WORDS[language]
    assert (head in first, follows in first, onward in first, "Boris" in first) == (True, True, False, False)
    assert (head in second, onward in second, "ReLU" in second, "Boris" in second) == (True, True, True, True)
    assert head not in third
    assert {"ru": "4г", "en": "4d"}[language] in first
    assert "4.d" not in first
    assert "<b>Анна</b>" in first


@pytest.mark.parametrize("language", sorted(WORDS))
def test_a_wrong_formula_stands_beside_the_line_of_the_right_one(language: str, tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, SHEET, {"1": "Anna"})
    made = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps(made | {"lang": language}), encoding="utf-8")
    row = key_of(manifest)[0]
    row |= {"5.a.yhat": f"2 * ({row['5.a.yhat']})"}
    rows = [{name: cell for name, cell in row.items() if name in ("id", "5.a.yhat")}]
    words = ("--manifest", str(manifest), "--out", str(tmp_path / "out"), "--no-pdf")
    assert keygen("grade", SHEET, str(written(tmp_path / "a.csv", rows)), *words).exit_code == 0
    page = plain(tmp_path / "out" / "1.html")
    assert WORDS[language][0] in page
    assert page.count(row["5.a.yhat"]) == 2
    code = f"<code>{escape(unquoted(row['5.a.yhat']), quote=False)}</code>"
    assert (tmp_path / "out" / "1.html").read_text("utf-8").count(code) == 2, "as it was typed, in the font of code"
    right = {"ru": "Верный ответ: ", "en": "The right one: "}[language]
    assert re.sub(r"\s", "", page.partition(right)[2]).startswith("yˆ=σ(σ(XW3)W2)W1.")


def test_an_answer_stands_under_the_sign_that_its_exercise_has_for_it(made: tuple[Path, str]) -> None:
    folder, language = made
    text = (folder / "1.html").read_text("utf-8")
    labels = [re.sub("<[^>]*>", "", label) for label in re.findall(r"<th scope=\"row\">(.*?)</th>", text)]
    assert {"ru": ["4а H", "4г ∂L/∂H"], "en": ["4a H", "4d ∂L/∂H"]}[language] == [labels[0], labels[3]]


def test_two_ids_that_one_file_name_would_hold_have_two_pages(tmp_path: Path) -> None:
    with GradeTables(tmp_path, Gradebooks("s", "Sheet", addresses=True), (1,)) as tables:
        for id in ("a@b", "a_b", "A_B"):
            tables.add(GradedRow(id, "", (), {}, page=id))
        pages = [path for path in tables.finished("1", b"") if path.suffix == ".html" and path.stem != "summary"]
    assert [path.read_text("utf-8") for path in pages] == ["a@b", "a_b", "A_B"]
    assert len({path.name.casefold() for path in pages}) == 3


NOTES = {
    "ru": (
        "первый неверный шаг; так получится, если забыть маску ReLU",
        "первый неверный шаг; здесь не хватает числового множителя",
        "деление на ноль",
        "следует верно, но мало цифр",
        "осталось меньше половины вычислений",
        "так получится, если забыть множитель (дважды)",
    ),
    "en": (
        "the first wrong step; this comes out if you forget the ReLU mask",
        "the first wrong step; a numerical factor is missing here",
        "a division by zero",
        "follows rightly, but too few digits",
        "less than half of the work is left",
        "this comes out if you forget a factor (twice)",
    ),
}


@pytest.mark.parametrize("language", sorted(NOTES))
def test_a_student_is_told_why_an_answer_has_its_verdict(language: str) -> None:
    order = SheetRequest(SHIPPED, SHIPPED.sheet(SHEET), language)

    def told(kind: VerdictKind, **facts: Any) -> ToldVerdict:
        return told_verdict(AnswerVerdict("4.d.dH", "1", kind, **facts), order, grading_words(order))

    mask, factor, zero, coarse, half, twice = NOTES[language]
    assert told("slip", slips=(("mask_left_out",),), first=True).note == mask
    assert told("slip", slips=(("other_factor",),), first=True).note == factor
    assert zero in told("person", person="cannot be read: 1/0: a division by zero").note
    assert told("coarse", replay="8.389", credit=1).word == coarse
    assert told("carried", person="less than half of the work is left").note == half
    assert told("slip", slips=(("factor_left_out", "factor_left_out"),)).note == twice
    assert told("right", person="the comma has two meanings", credit=1).note == ""


WIDE = """
const right = one => one.getBoundingClientRect().right;
return {sideways: page.documentElement.scrollWidth - page.documentElement.clientWidth,
  hidden: [...page.querySelectorAll("CELLS")].filter(one => right(one) > page.documentElement.clientWidth + 1).length,
  cells: page.querySelectorAll("CELLS").length > 5};
"""


@pytest.mark.parametrize(
    ("name", "width", "cells"),
    [
        ("1.html", 360, ".answered td:nth-child(3)"),
        ("1.html", 1200, ".answered td"),
        ("summary.html", 1200, ".work td"),
    ],
)
def test_verdicts_are_seen_on_a_phone_and_the_summary_in_a_window(
    name: str, width: int, cells: str, made: tuple[Path, str], tmp_path: Path
) -> None:
    folder, _ = made
    found = found_in((folder / name).read_text("utf-8"), WIDE.replace("CELLS", cells), tmp_path, width=width)
    assert found == {"sideways": 0, "hidden": 0, "cells": True}


def test_a_summary_is_no_wider_than_a_phone(made: tuple[Path, str], tmp_path: Path) -> None:
    found = found_in((made[0] / "summary.html").read_text("utf-8"), WIDE.replace("CELLS", "td"), tmp_path)
    assert found["sideways"] == 0, "its wide table scrolls by itself"


def test_between_the_first_wrong_step_and_what_follows_stands_what_changed_between_them(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, SHEET, {"2": "Boris"})
    row = key_of(manifest)[0]
    assert row["3.a.s2_a2"], "a second unit behind the first"
    row["3.a.s2_a1"] = "0.5"
    rows = [{name: cell for name, cell in row.items() if name == "id" or name[:2] == "3."}]
    words = ("--manifest", str(manifest), "--out", str(tmp_path / "out"), "--no-pdf")
    assert keygen("grade", SHEET, str(written(tmp_path / "a.csv", rows)), *words).exit_code == 0
    page = plain(tmp_path / "out" / "2.html")
    assert "Первый неверный шаг . Ваш ответ s2_a1 :" in page, "an exercise of one part has no letter"
    lines = re.sub(r"\s", "", page.partition("Если продолжить вычисления")[2])
    assert "0,5≈" in lines.partition("σ(")[0], "the value goes into a sum, and that into the sigmoid"


def test_a_slip_that_may_be_chance_is_told_as_one_that_may_have_been_made() -> None:
    order = SheetRequest(SHIPPED, SHIPPED.sheet(SHEET), "en")
    told = told_verdict(AnswerVerdict("4.d.dH", "1", "slip"), order, grading_words(order))
    assert told == ToldVerdict("looks like a common slip", "")
