"""`keygen export --to canvas` and `canvas-classic`: the package as Canvas reads it, against the answers."""

from __future__ import annotations

import html
import json
import re
import sys
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from canvas_package import BLANK, CanvasPackage, CanvasQuestionRead, read_package
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from mathjax import read_by_mathjax

from keygen.builds.answer_key import AnswersRequest, answered, json_of
from keygen.builds.sheet import asked_items, solved
from keygen.document.template import words
from keygen.export.making import question_of
from keygen.export.question import NeutralQuestion, NumberBox
from keygen.export.spellings import pattern, spellings
from keygen.export.typed_number import typed_number
from tests.courses import EN, SHIPPED, keygen, laid, ordered
from tests.odd_signs import EXERCISE, OPTIONS, SHEET, SHEET_TITLE, TEMPLATE, TITLE, sized

TARGETS = ("canvas", "canvas-classic")
DTD = Path(sys.prefix) / "schemas" / "ims_qtiasiv1p2p1.dtd"


def exported(sheet: str, target: str, out: Path, *more: str) -> CanvasPackage:
    result = keygen("export", sheet, "--to", target, "--out", str(out), *more)
    assert result.exit_code == 0, result.output
    return read_package(Path(result.stdout.strip()))


@pytest.fixture(scope="module", params=TARGETS)
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CanvasPackage:
    return exported("sheet4", request.param, tmp_path_factory.mktemp("out"), "--seeds", "1,2", "--lang", "en")


def asked(number: int, seed: int) -> NeutralQuestion:
    order = ordered("sheet4", "en", seed)
    (item,) = (one for one in asked_items(order) if one.number == number)
    found = solved(order, item)
    return question_of(found, found.answers(), order, item, words("export", EN))


def of(package: CanvasPackage, number: int, place: int) -> CanvasQuestionRead:
    (group,) = (found for title, found in package.groups.items() if title.startswith(f"{number} "))
    return group[place]


def rounded(value: float, figures: int) -> str:
    """A number with so many significant digits, as a person types it."""
    return f"{Context(prec=figures).create_decimal(Decimal(repr(value))):f}"


CANVAS_ADDS = {
    "No declaration for element points_per_item",
    "No declaration for attribute scoring_algorithm of element response_label",
    "No declaration for attribute answer_type of element response_label",
    "No declaration for attribute position of element response_label",
}
"""What Canvas's dialect has that QTI 1.2 has not."""


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("sheet", ["sheet1", "sheet4", "sheet5b", "sheet8"])
def test_a_package_is_valid_by_the_dtd_of_qti_but_for_what_canvas_adds(sheet: str, target: str, tmp_path: Path) -> None:
    errors = invalid(exported(sheet, target, tmp_path, "--seeds", "1,2").xml)
    assert set(errors) <= CANVAS_ADDS
    assert errors.count("No declaration for element points_per_item") > 1


def test_the_dtd_refuses_what_stands_in_a_wrong_place(package: CanvasPackage) -> None:
    wrong = package.xml.replace(b"<itemmetadata>", b"<itemmetadata><presentation/>", 1)
    assert any("Element itemmetadata content does not follow the DTD" in error for error in invalid(wrong))


def invalid(xml: bytes) -> list[str]:
    """What the DTD of QTI 1.2.1 says of a file, whose elements are looked at without their namespace."""
    root = etree.fromstring(xml)
    for one in root.iter():
        one.tag = etree.QName(one).localname
    root.attrib.clear()
    etree.cleanup_namespaces(root)
    dtd = etree.DTD(str(DTD))
    dtd.validate(root)
    return [error.message for error in dtd.error_log.filter_from_errors()]


def test_a_right_answer_rounded_is_right_and_a_slip_is_not(package: CanvasPackage) -> None:
    said = json.loads(json_of(answered(AnswersRequest(SHIPPED, "sheet4", 1), exact=False)))["exercises"]
    tried = slips = 0
    for number in (1, 3, 4):
        question, made = of(package, number, 0), asked(number, 1)
        (worked,) = (one for one in said if one["number"] == number)
        for (column, box), read in zip(made.places, question.boxes, strict=True):
            _, part, name = column.split(".")
            value = worked["parts"][part][name]["float"]
            for place in box.cell:
                value = value[place]
            assert isinstance(box, NumberBox)
            forms = [str(int(value))] if float(value).is_integer() else [rounded(value, one) for one in (3, 4, 6)]
            for form in [*forms, *(one.replace(".", ",") for one in forms), *(one.replace("-", "−") for one in forms)]:
                assert read.right_for(form, question.kind), (column, form, read)
                tried += 1
            if isinstance(box.key.value, Fraction) and box.key.value.denominator > 1:
                assert read.right_for(str(box.key.value), question.kind)
            for slip in box.slips:
                typed = rounded(float(slip.number.decimal), 6)
                assert not read.right_for(typed, question.kind), (column, typed, read)
                slips += 1
    assert tried > 400
    assert slips > 50


def test_the_comment_on_what_is_wrong_says_what_each_known_slip_leads_to(package: CanvasPackage) -> None:
    told = 0
    for number in (3, 4):
        question, made = of(package, number, 0), asked(number, 1)
        lines = re.findall(r"<li>(.*?)</li>", question.wrong)
        assert lines
        for column, box in made.places:
            assert isinstance(box, NumberBox)
            for slip in box.slips:
                typed = slip.number.decimal
                near = [
                    line
                    for line in lines
                    for text in re.findall(r"<code>(-?[\d.e-]+)</code>", line)
                    if abs(Fraction(text) - typed) <= abs(typed) / 1000
                ]
                assert any("comes out if" in line for line in near), (column, typed)
                told += 1
    assert told > 50
    assert of(package, 1, 0).wrong == "" or "comes out if" in of(package, 1, 0).wrong


def test_each_exercise_is_a_group_of_its_variants_with_its_points(package: CanvasPackage) -> None:
    assert list(package.groups) == ["1 A computation graph", "3 Two steps of SGD", "4 Layer by layer"]
    for title, group in package.groups.items():
        assert [one.title.partition(", ")[0] for one in group] == [title, title]
        assert len({one.title for one in group}) == 2
        assert {one.points for one in group} == {package.points[title]}
    assert package.points["4 Layer by layer"] == 8


def test_a_group_whose_variants_have_other_points_is_told(tmp_path: Path) -> None:
    result = keygen("export", "sheet4", "--to", "canvas", "--seeds", "1,7", "--lang", "en", "--out", str(tmp_path))
    package = read_package(Path(result.stdout.strip()))
    assert package.points["1 A computation graph"] == 2
    told = (
        "1 backprop/computation_graph: what boxes hold of it is worth 2 or 2.5 points, as variants go; Canvas gives all"
    )
    assert f"{told} of a group the same, 2 " in result.stderr


def test_solutions_and_figures_go_along(package: CanvasPackage) -> None:
    shown: set[str] = set()
    for group in package.groups.values():
        for question in group:
            assert question.solution
            for text in (question.text, question.solution):
                images = re.findall(r'<img src="%24IMS-CC-FILEBASE%24/([^"]+)" alt="[^"]*">', text)
                assert text.count("<img") == len(images)
                shown.update(images)
                assert r"\[" not in text
                assert text.count(r"\(") == text.count(r"\)")
    assert shown == {name for name in package.files if name.startswith("images/")}
    assert "multiplied by it element by element" in of(package, 4, 0).solution


def test_no_element_but_a_paragraph_goes_round_a_blank_of_new_quizzes(tmp_path: Path) -> None:
    package = exported("sheet4", "canvas", tmp_path, "--seeds", "1", "--lang", "en")
    for group in package.groups.values():
        for piece in re.split(r"\[b\d+\]", group[0].text.removeprefix("<div>"))[:-1]:
            opened = re.findall(r"<(table|ul|ol|td)\b", piece)
            assert len(opened) == len(re.findall(r"</(table|ul|ol|td)>", piece))
    assert "<td>[b" in exported("sheet4", "canvas-classic", tmp_path, "--seeds", "1").groups["4 Слой за слоем"][0].text


def test_mathjax_reads_every_formula(package: CanvasPackage) -> None:
    texts = [text for group in package.groups.values() for text in (group[0].text, group[0].solution)]
    found = sorted({html.unescape(tex) for text in texts for tex in re.findall(r"\\\((.*?)\\\)", text, re.DOTALL)})
    formulas = [re.sub(r"\\bbox\[[^]]*\]", "", tex) for tex in found]
    assert len(read_by_mathjax(formulas)) == len(formulas) > 100


@pytest.mark.parametrize("target", TARGETS)
def test_two_runs_write_the_same_bytes(target: str, tmp_path: Path) -> None:
    paths = [
        Path(keygen("export", "sheet7", "--to", target, "--seeds", "3", "--out", str(tmp_path / name)).stdout.strip())
        for name in "ab"
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()


# --- spellings

numbers = st.fractions(min_value=-(10**7), max_value=10**7, max_denominator=10**6) | st.builds(
    lambda size, power: Fraction(size) * Fraction(10) ** power, st.integers(-999, 999), st.integers(-12, 12)
)


@settings(max_examples=150, deadline=None)
@given(value=numbers, off=st.fractions(-3, 3, max_denominator=1000), figures=st.integers(2, 9))
@example(value=Fraction(9999, 1000), off=Fraction(1), figures=4)
@example(value=Fraction(1), off=Fraction(1, 2), figures=3)
@example(value=Fraction(0), off=Fraction(0), figures=3)
def test_a_pattern_takes_what_a_box_takes(value: Fraction, off: Fraction, figures: int) -> None:
    number = typed_number(value)
    spread = number.tolerance or Fraction(1, 100)
    unit = max(Fraction(1, 10**14), spread / 10 ** (figures - 2))
    near = round((number.decimal + off * spread) / unit) * unit
    typed = f"{'-' if near < 0 else ''}{Decimal(abs(near.numerator)) / Decimal(near.denominator):f}"
    found = re.search(pattern(number), typed.replace(".", ",")) is not None
    if found != number.accepts(Fraction(typed)):
        beyond = abs(Fraction(typed) - number.decimal) - number.tolerance
        assert found, f"{typed} for {value}"
        assert beyond <= abs(number.decimal) / 10**5


@settings(max_examples=100, deadline=None)
@given(value=numbers)
def test_a_pattern_takes_every_spelling(value: Fraction) -> None:
    number = typed_number(value)
    for one in spellings(number):
        assert re.search(pattern(number), one), one
        assert "/" in one or number.accepts(Fraction(one.replace(",", ".").replace("−", "-")))


@pytest.mark.parametrize(
    ("value", "right", "wrong"),
    [
        (Fraction(1, 2), ["0.5", ".5", "0,50", " 1/2 ", "+0.500", "00.5"], ["1", "0.51", "1/3", "0.5x", "5", "-0.5"]),
        (Fraction(-3, 4), ["-0.75", "−0,75", "–3/4", "- 0.75"], ["0.75", "3/4", "-.7", "-4/3"]),
        (Fraction(0), ["0", "0.0", "-0", ",0"], ["", "1", "0.1", ".", "-"]),
        (Fraction(12), ["12", "12.0", "+12", "012"], ["12.1", "1/2", "24/2", "120", "-12", "1,2"]),
        (Fraction(1, 80000), ["0.0000125", "1.25e-5", "1,25·10^-5", "1.250 × 10−5", "1/80000"], ["1.25e-4", "1.25"]),
        (Fraction(12345678), ["12345678", "12345678.0"], ["12345679", "1.23e7"]),
    ],
)  # fmt: skip
def test_what_people_type(value: Fraction, right: list[str], wrong: list[str]) -> None:
    made = pattern(typed_number(value))
    assert [one for one in right if not re.search(made, one)] == []
    assert [one for one in wrong if re.search(made, one)] == []


# --- small courses


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def resized(course: Path, size: str, parts: str = 'parts = ["a"]\n') -> None:
    (course / "exercises/my/one/exercise.py").write_text(sized(size))
    (course / "exercises/mine.toml").write_text(SHEET + parts)


def test_any_signs_may_stand_in_titles_choices_and_words(course: Path) -> None:
    package = exported("mine", "canvas", course / "o", "--seeds", "5")
    ((question,),) = package.groups.values()
    assert package.title == SHEET_TITLE
    assert question.title.startswith(f"1 {TITLE}, ")
    choice = question.boxes[1]
    assert choice.options == OPTIONS
    assert choice.right == "a } b"
    assert choice.algorithm == "Equivalence"
    assert BLANK.findall(question.text) == ["b1", "b2"]
    assert "in a row [\u2060k], 50% of it" in question.text


def test_classic_has_a_choice_among_blanks_typed(course: Path) -> None:
    ((question,),) = exported("mine", "canvas-classic", course / "o", "--seeds", "5").groups.values()
    assert question.kind == "fill_in_multiple_blanks_question"
    assert '(%100%e ~ f | =c # d | a } b | g &amp; h &lt;i&gt; ]]&gt; {#j#} [[\u2060k]] "l") [b2]' in question.text
    assert question.boxes[1].right_for("A } B", question.kind)
    assert not question.boxes[1].right_for("=c # d", question.kind)


def test_choices_alone_are_lists_to_open_in_classic(course: Path) -> None:
    resized(course, "1/4", 'parts = ["b"]\n')
    ((question,),) = exported("mine", "canvas-classic", course / "o", "--seeds", "5").groups.values()
    assert question.kind == "multiple_dropdowns_question"
    assert question.boxes[0].right == "a } b"


@pytest.mark.parametrize("size", ["1/4", "1/7", "100", "1/3"])
def test_a_lone_number_is_a_numerical_question_of_classic(course: Path, size: str) -> None:
    resized(course, size)
    ((question,),) = exported("mine", "canvas-classic", course / "o", "--seeds", "5").groups.values()
    (said,) = json.loads(keygen("answers", "mine", "--seed", "5", "--json").stdout)["exercises"]
    value = said["parts"]["a"]["h"]["float"]
    assert question.kind == "numerical_question"
    assert BLANK.findall(question.text) == []
    (box,) = question.boxes
    for figures in (3, 4, 6, 12):
        assert box.right_for(rounded(value, figures), question.kind)
    assert not box.right_for(rounded(value * 1.01, 6), question.kind)
    assert not box.right_for(rounded(-value, 6), question.kind)


def test_a_number_that_classic_would_cut_to_fewer_digits_is_a_blank(course: Path) -> None:
    resized(course, "1/700")
    ((question,),) = exported("mine", "canvas-classic", course / "o", "--seeds", "5").groups.values()
    (said,) = json.loads(keygen("answers", "mine", "--seed", "5", "--json").stdout)["exercises"]
    assert question.kind == "fill_in_multiple_blanks_question"
    assert question.boxes[0].right_for(rounded(said["parts"]["a"]["h"]["float"], 3), question.kind)


def test_classic_refuses_numbers_that_it_takes_for_zero_by_exercise_and_seed(course: Path) -> None:
    resized(course, "1/1000000")
    result = keygen("export", "mine", "--to", "canvas-classic", "--seeds", "5,6")
    assert result.exit_code == 1
    assert "Canvas Classic carries nothing of the sheet 'mine'" in result.stderr
    for seed in (5, 6):
        assert f"seed {seed} left out: 1.a.h is 0.00000" in result.stderr
    assert "1 my/one" in result.stderr
    assert "none of its variants is left, and it is not exported" in result.stderr
    assert not Path("build").exists()
    assert keygen("export", "mine", "--to", "canvas", "--seeds", "5,6").exit_code == 0


def test_strict_refuses_weights_that_canvas_has_not(tmp_path: Path) -> None:
    result = keygen("export", "sheet4", "--to", "canvas", "--seeds", "1", "--strict", "--out", str(tmp_path / "o"))
    assert result.exit_code == 1
    assert "Canvas does not carry all of the sheet 'sheet4'" in result.stderr
    assert not (tmp_path / "o").exists()


def test_a_question_in_russian_says_what_to_type(tmp_path: Path) -> None:
    package = exported("sheet4", "canvas", tmp_path, "--seeds", "1", "--lang", "ru")
    question = next(iter(package.groups.values()))[0]
    assert "с точкой или с запятой" in question.text
    assert "Для этого ответа поля нет: здесь он не проверяется." in question.text


def test_numbers_with_a_decimal_comma_are_listed_with_semicolons(tmp_path: Path) -> None:
    package = exported("sheet4", "canvas", tmp_path, "--seeds", "1", "--lang", "ru")
    lists = re.findall(
        r"</code>([;,]) <code>", "".join(one.wrong for group in package.groups.values() for one in group)
    )
    assert lists
    assert set(lists) == {";"}
