"""`keygen export --to qti21`: the package by the specification, and what typed answers are worth."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from decimal import Context, Decimal
from pathlib import Path

import pytest
from pyslet_scoring import pyslet_scored
from qti21_package import Q, QtiItemRead, QtiPackage, read_qti
from tao_scoring import tao_scored

from keygen.builds.answer_key import AnswersRequest, answered, json_of
from keygen.builds.sheet import asked_items, solved
from keygen.document.template import words
from keygen.errors import KeygenError
from keygen.export.making import question_of
from keygen.export.qti21_body import body
from keygen.export.question import NeutralQuestion, NumberBox
from tests import odd_signs
from tests.courses import EN, SHIPPED, keygen, laid, ordered
from tests.odd_signs import EXERCISE, OPTIONS, SHEET_TITLE, TEMPLATE, TITLE

SHEET = "sheet4"


def exported(sheet: str, out: Path, *more: str) -> QtiPackage:
    result = keygen("export", sheet, "--to", "qti21", "--out", str(out), *more)
    assert result.exit_code == 0, result.output
    return read_qti(Path(result.stdout.strip()))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> QtiPackage:
    return exported(SHEET, tmp_path_factory.mktemp("out"), "--seeds", "1,2", "--lang", "en")


def asked(number: int, seed: int) -> NeutralQuestion:
    order = ordered(SHEET, "en", seed)
    (item,) = (one for one in asked_items(order) if one.number == number)
    found = solved(order, item)
    return question_of(found, found.answers(), order, item, words("export", EN))


def of(package: QtiPackage, number: int, place: int) -> QtiItemRead:
    (items,) = (found for title, found in package.sections.items() if title.startswith(f"{number} "))
    return items[place]


def rounded(value: float, figures: int) -> str:
    return f"{Context(prec=figures).create_decimal(Decimal(repr(value))):f}"


@pytest.mark.parametrize("number", [1, 3, 4])
def test_right_answers_rounded_have_all_points_and_each_slip_loses_its_box_alone(
    package: QtiPackage, number: int
) -> None:
    said = json.loads(json_of(answered(AnswersRequest(SHIPPED, SHEET, 1), exact=False)))["exercises"]
    (worked,) = (one for one in said if one["number"] == number)
    item, made = of(package, number, 0), asked(number, 1)
    values = []
    for column, box in made.places:
        _, part, name = column.split(".")
        value = worked["parts"][part][name]["float"]
        for place in box.cell:
            value = value[place]
        values.append(value)
    names = [one.get("identifier", "") for one in item.responses]
    for figures in (3, 4, 6):
        typed = {
            name: rounded(value, 12 if float(value).is_integer() else figures)
            for name, value in zip(names, values, strict=True)
        }
        score, told = item.marked(typed)
        assert score == pytest.approx(item.worth, abs=1e-9)
        assert len(told) == 1
    told_slips = 0
    for (_, box), name in zip(made.places, names, strict=True):
        assert isinstance(box, NumberBox)
        share = item.worth - item.marked({**typed, name: "1e9"})[0]
        assert share > 0
        for slip in box.slips:
            score, told = item.marked({**typed, name: rounded(float(slip.number.decimal), 6)})
            assert score == pytest.approx(item.worth - share, abs=1e-9)
            assert len(told) == 2
            assert "comes out if" in told[0]
            told_slips += 1
    assert told_slips or number == 1


@pytest.mark.parametrize("number", [1, 3, 4])
def test_tao_gives_all_points_for_right_answers_and_says_the_sentence_of_each_slip(
    package: QtiPackage, number: int, tmp_path: Path
) -> None:
    """Its scoring stopped at the outcome that once collected all sentences."""
    item = of(package, number, 0)
    right = item.right()
    floats = {one.get("identifier") for one in item.responses if one.get("baseType") == "float"}
    near = {
        name: rounded(float(text), 12 if float(text).is_integer() else 4) if name in floats else text
        for name, text in right.items()
    }
    slips = [
        (one[0][0].get("identifier", ""), one[0][1].text or "", one[1][0].text or "")
        for one in item.root.iter(f"{Q}responseElseIf")
    ]
    typed = [right, near, {}, *({**right, name: wrong} for name, wrong, _ in slips)]
    best, rounded_off, nothing, *slipped = tao_scored(item.root, typed, tmp_path)
    for found in (best, rounded_off):
        assert found.score == item.worth
        assert {value for name, value in found.outcomes.items() if name.endswith("SAID")} <= {"NONE"}
        assert found.outcomes["FEEDBACK"] == "SOLUTION"
    assert nothing.score == 0
    for (name, _, said), found in zip(slips, slipped, strict=True):
        assert found.score < item.worth
        assert found.outcomes[f"{name}SAID"] == said
    assert slips or number == 1


@pytest.mark.parametrize("number", [1, 3, 4])
def test_pyslet_reads_an_item_and_scores_it_as_tao_does(package: QtiPackage, number: int, tmp_path: Path) -> None:
    item = of(package, number, 0)
    right = item.right()
    lost = [{name: text for name, text in right.items() if name != gone} for gone in right]
    slips = [
        {**right, one[0][0].get("identifier", ""): one[0][1].text or ""} for one in item.root.iter(f"{Q}responseElseIf")
    ]
    typed = [right, {}, *lost, *slips]
    best, nothing, *others = pyslet_scored(item.root, typed)
    assert (best.score, nothing.score) == (item.worth, 0)
    assert all(0 <= one.score < item.worth for one in others)
    by_tao = tao_scored(item.root, typed, tmp_path)
    assert [one.score for one in (best, nothing, *others)] == pytest.approx([one.score for one in by_tao], abs=1e-9)


def test_pyslet_refuses_what_may_not_stand_where_it_does(package: QtiPackage) -> None:
    root = ET.fromstring(ET.tostring(of(package, 1, 0).root))
    (text,) = root.iter(f"{Q}itemBody")
    ET.SubElement(text, f"{Q}responseIf")
    with pytest.raises(AssertionError, match="QTIValidityError"):
        pyslet_scored(root, [{}])


def test_nothing_typed_is_worth_nothing(package: QtiPackage) -> None:
    for items in package.sections.values():
        assert all(item.marked({})[0] == 0 for item in items)
        assert all(item.marked(item.right())[0] == pytest.approx(item.worth, abs=1e-9) for item in items)


def test_a_test_asks_one_variant_of_each_exercise(package: QtiPackage) -> None:
    assert list(package.sections) == ["1 A computation graph", "3 Two steps of SGD", "4 Layer by layer"]
    assert {len(items) for items in package.sections.values()} == {2}
    assert [one.tag.removeprefix(Q) for one in package.test] == ["outcomeDeclaration", "testPart", "outcomeProcessing"]
    assert of(package, 4, 0).worth == 8


def test_right_boxes_are_counted_and_the_score_is_worked_out_once_so_that_no_engine_rounds_a_share(
    package: QtiPackage,
) -> None:
    """The counts stay below a thousand: qti-components would put a comma into a larger one."""
    item = of(package, 4, 0)
    counted = list(item.root.iterfind(f".//{Q}responseIf//{Q}baseValue[@baseType='integer']"))
    assert len(counted) == len(item.responses)
    assert {one.text for one in counted} == {"1"}
    assert len(list(item.root.iterfind(f".//{Q}setOutcomeValue[@identifier='SCORE']"))) == 1
    assert item.marked(item.right())[0] == item.worth


def test_what_qti_has_not_is_refused() -> None:
    with pytest.raises(KeygenError, match=r"what QTI 2\.1 has not"):
        body("<details>no</details>")
    (made,) = body('<p style="x">a<wbr>b<br>c</p>')
    assert "".join(made.itertext()) == "abc"
    assert not made.attrib


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    paths = [
        Path(keygen("export", "sheet7", "--to", "qti21", "--seeds", "3", "--out", str(tmp_path / name)).stdout.strip())
        for name in "ab"
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()


# --- a small course


def test_any_signs_may_stand_in_titles_and_choices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid(tmp_path, EXERCISE, TEMPLATE, odd_signs.SHEET)
    monkeypatch.chdir(tmp_path)
    found = exported("mine", Path("o"), "--seeds", "5")
    assert found.test.get("title") == SHEET_TITLE
    ((item,),) = found.sections.values()
    assert item.title.startswith(f"1 {TITLE}, ")
    options = [one.text for one in item.root.iter(f"{Q}inlineChoice")]
    assert tuple(options) == OPTIONS
    assert item.right()["R2"] == "C2"
    assert item.worth == 1
    assert item.marked({"R2": "C2"})[0] == 0.5
    assert item.marked({"R2": "C1"})[0] == 0
