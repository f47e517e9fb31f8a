"""Whole sheets: real PDFs, their text read back, the contract of files and JSON."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from keygen.builds.request import SheetRequest, file_stem
from keygen.builds.sheet import policy_of
from keygen.cli import main
from keygen.document.kinds import PageKind
from keygen.engine.real import in_decimals
from keygen.figures.pict2e import colors
from keygen.mathematics.number_format import Policy, digits
from keygen.tex.pdf import Pdf, compile_side_by_side, compile_tex
from tests.courses import LANGUAGES, SHIPPED, ordered
from tests.one_sheet import document, sources

SHEETS = SHIPPED.sheets
ORDERS = [ordered(sheet, language, seed) for sheet in SHEETS for language in LANGUAGES for seed in (None, 5)]


Texts = dict[tuple[object, ...], dict[str, str]]


def name(order: SheetRequest) -> str:
    """What a test is called."""
    return file_stem(order, PageKind.PROBLEMS)


@pytest.fixture(scope="module")
def texts() -> Texts:
    return {}


def made(texts: Texts, order: SheetRequest) -> dict[str, str]:
    """The extracted text of both files of an order, built once."""
    if order.identity not in texts:
        pages = in_tex(order)
        texts[order.identity] = {stem: text_of(pdf.data) for stem, pdf in pages.items()}
    return texts[order.identity]


def in_tex(order: SheetRequest) -> dict[str, Pdf]:
    """The PDFs of an order, with solutions."""
    texts = sources(order, solutions=True)
    pages = compile_side_by_side([*texts.values()], style=SHIPPED.style_files(), engine=order.sheet.engine)
    return dict(zip(texts, pages, strict=True))


def text_of(pdf: bytes) -> str:
    program = shutil.which("pdftotext")
    assert program is not None, "poppler-utils is part of the set-up"
    done = subprocess.run([program, "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def found_slips(text: str, slips: tuple[str, ...]) -> list[str]:
    """The slips in a text; those that are words only as whole words ("determinant" holds no nan)."""
    return [s for s in slips if re.search(rf"\b{s}\b" if s.isalpha() else re.escape(s), text)]


@pytest.mark.parametrize("order", ORDERS, ids=name)
def test_tex_has_nothing_to_complain_of(order: SheetRequest) -> None:
    for text in sources(order, solutions=True).values():
        assert compile_tex(text, style=SHIPPED.style_files()).warnings == ()


@pytest.mark.parametrize("order", ORDERS, ids=name)
def test_the_text_of_the_pdf_has_no_slip(order: SheetRequest, texts: Texts) -> None:
    for text in made(texts, order).values():
        slips = ("nan", "None", "??", "--", "−−", "undefined")  # brackets made of pieces are lost to pdftotext
        assert found_slips(text, slips) == []


@pytest.mark.parametrize("order", ORDERS, ids=name)
def test_every_numeric_answer_stands_on_the_page(order: SheetRequest, texts: Texts) -> None:
    words = ["answers", order.sheet.name, "--json"] + ([] if order.seed is None else ["--seed", str(order.seed)])
    key = json.loads(CliRunner().invoke(main, words).stdout)
    page = made(texts, order)[file_stem(order, PageKind.SOLUTIONS)].replace("−", "-")
    whole = re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", "", page)  # 84 301 is one number
    on_page = {number for text in (page, whole) for number in re.findall(r"\d+(?:[.,]\d+)?", text)}
    policy = policy_of(order.sheet, order.language)
    for exercise in key["exercises"]:
        for part, answers in exercise["parts"].items():
            for name, answer in answers.items():
                for number in numbers(answer):
                    ways = (printed(number, policy), short(number, policy), fraction(number))
                    shown = name in UNPRINTED or any(way <= on_page for way in ways if way is not None)
                    assert shown, (exercise["id"], part, name, number)


def numbers(answer: dict[str, Any]) -> Iterator[Any]:
    """The numbers of an answer: Fractions as text where they are exact, floats elsewhere."""
    if answer["type"] in ("number", "vector", "matrix"):
        floats = list(flat(answer["float"]))
        exact = [""] * len(floats) if answer["exact"] is None else flat(answer["exact"])
        yield from (said if rational(said) else value for said, value in zip(exact, floats, strict=True))


def rational(text: str) -> bool:
    return re.fullmatch(r"-?\d+(/\d+)?", text) is not None


def flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from flat(item)
    else:
        yield value


UNPRINTED = {"cv_mean"}  # for graders who average; the page gives the sum


def fraction(number: Any) -> set[str] | None:
    """The digits of a float that is a short fraction: an exact entry among irrational ones."""
    near = Fraction(number).limit_denominator(9999)
    return {str(abs(near.numerator)), str(near.denominator)} if abs(near - Fraction(number)) < 1e-13 else None


def short(number: Any, policy: Policy) -> set[str] | None:
    """A rational entry of a matrix that is irrational elsewhere, as its page shows it: 1.6 and not 1.600."""
    if "/" in str(number):
        return None
    return {f"{abs(float(number)):.5f}".rstrip("0").rstrip(".").replace(".", policy.point)}


def printed(number: Any, policy: Policy) -> set[str]:
    """The runs of digits that a page shows for a number."""
    seen = digits(Fraction(number) if isinstance(number, str) else in_decimals(Fraction(number)), policy)
    if seen.text == "0" or set(seen.text) <= {"0", "."} or abs(float(seen.value())) < 1e-9:
        return set()
    if not seen.exact and float(seen.text) == round(float(seen.text)):
        return set()  # an exact entry of a matrix that is irrational elsewhere: shown without its zeros
    return set(seen.text.replace(".", policy.point).split("/"))


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_problems_hold_no_trace_of_a_solution(sheet: str) -> None:
    for seed in (None, 3):
        order = ordered(sheet, None, seed)
        problems = sources(order, solutions=True)[file_stem(order, PageKind.PROBLEMS)]
        assert problems.count(r"\begin{kgsolution}") == 0
        for problem in document(order).problems:
            for part in problem.parts:
                for line in part.solution.splitlines():
                    worth = len(line) > 25 and (line.startswith(r"\[") or line[0].isalpha())
                    if worth and line not in part.statement and line not in problem.statement:
                        leaked = line in problems
                        assert not leaked, line


def test_the_same_order_gives_the_same_bytes() -> None:
    order = ordered("sheet4", "ru", 3)
    first = in_tex(order)
    assert first == in_tex(order)


def test_every_page_of_a_seeded_sheet_carries_its_code() -> None:
    order = ordered("sheet4", "ru", 7)
    code = document(order).variant
    assert len(code) == 9
    for pdf in in_tex(order).values():
        pages = text_of(pdf.data).rstrip("\f\n").split("\f")
        assert all(code in page for page in pages)


def test_the_published_sheet_carries_no_code() -> None:
    assert document(ordered("sheet4")).variant == ""


def test_files_are_named_after_sheet_seed_and_language() -> None:
    assert file_stem(ordered("sheet4"), PageKind.PROBLEMS) == "sheet4"
    assert file_stem(ordered("sheet4"), PageKind.SOLUTIONS) == "sheet4-solutions"
    assert file_stem(ordered("sheet4", None, 7), PageKind.SOLUTIONS) == "sheet4-seed7-solutions"
    assert file_stem(ordered("sheet4", "ru", None), PageKind.PROBLEMS) == "sheet4"
    assert file_stem(ordered("sheet4", "en", None), PageKind.PROBLEMS) == "sheet4.en"


def test_the_fonts_are_outlines(tmp_path: Path) -> None:
    order = ordered("sheet4", "ru", None)
    for stem, pdf in in_tex(order).items():
        path = tmp_path / f"{stem}.pdf"
        path.write_bytes(pdf.data)
        program = shutil.which("pdffonts")
        assert program is not None
        listing = subprocess.run([program, str(path)], capture_output=True, text=True, check=True).stdout
        assert "Type 3" not in listing
        assert "Type 1" in listing


def test_the_style_defines_the_colours_of_the_figures() -> None:
    style = SHIPPED.style_files()["style.sty"].decode()
    assert [line for line in colors() if line not in style] == []


def test_build_prints_the_paths_and_nothing_else(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["build", "sheet4", "--solutions", "--out", str(tmp_path)])
    assert result.stdout.splitlines() == [str(tmp_path / "sheet4.pdf"), str(tmp_path / "sheet4-solutions.pdf")]
    assert result.stderr == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheet4-solutions.pdf", "sheet4.pdf"]


def test_answers_as_json_follow_the_schema() -> None:
    key = json.loads(CliRunner().invoke(main, ["answers", "sheet4", "--json", "--seed", "2"]).stdout)
    assert list(key) == ["schema", "version", "sheet", "lang", "seed", "variant", "key", "exercises"]
    assert (key["schema"], key["sheet"], key["lang"], key["seed"]) == ("keygen-answers/1", "sheet4", "ru", 2)
    for exercise in key["exercises"]:
        assert list(exercise) == ["id", "number", "given", "parts"]
        for answers in [exercise["given"], *exercise["parts"].values()]:
            for answer in answers.values():
                page = ["page"] if answer["type"] in ("number", "vector", "matrix") else []
                assert list(answer) == ["type", "exact", "float", *page]
                assert answer["type"] in {
                    "number", "vector", "matrix", "expression", "formula", "boolean", "choice", "shapes",
                }  # fmt: skip
                if answer["type"] in ("expression", "formula"):
                    assert isinstance(answer["exact"], str)
                    assert answer["float"] is None


def test_published_answers_of_sheet4_are_the_printed_ones() -> None:
    key = json.loads(CliRunner().invoke(main, ["answers", "sheet4", "--json"]).stdout)
    parts = {exercise["id"]: exercise["parts"] for exercise in key["exercises"]}
    steps = parts["backprop/two_sgd_steps"]["a"]
    assert steps["s1_weights"]["exact"] == [["0", "0"], ["0", "0"], ["-1/2", "-1/4"]]
    layers = parts["backprop/layer_by_layer"]
    assert layers["f"]["dO"]["exact"] == [["1", "2"]]
    assert layers["g"]["dyhat"]["exact"] == [["2"]]
    assert layers["d"]["dH"]["exact"] == [["1", "0"]]
    assert layers["i"]["p"]["exact"] == [["1/(exp(-1) + 1)"]]
    assert layers["i"]["p"]["float"] == [[0.7310585786300049]]
    paths = parts["backprop/computation_graph"]["b"]
    assert (paths["paths_x"]["exact"], paths["paths_y"]["exact"]) == ("3", "2")
