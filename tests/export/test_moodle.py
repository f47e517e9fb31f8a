"""`keygen export --to moodle`: the file as Moodle reads it, against the answers of `keygen answers`."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Context, Decimal
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import Result
from cloze import CloseBox, ReadQuestion, boxes_in, read_quiz
from hypothesis import given, settings
from hypothesis import strategies as st
from mathjax import read_by_mathjax

from keygen.builds.answer_key import AnswersRequest, answered, json_of
from keygen.builds.sheet import asked_items, solved
from keygen.export.moodle import category, in_cloze
from keygen.export.typed_number import decimal_text, typed_number
from keygen.variants.slips import slips
from tests.courses import SHIPPED, keygen, laid, ordered
from tests.odd_signs import CHOICE, EXERCISE, OPTIONS, SHEET, TEMPLATE, TITLE

SEEDS = (1, 2)
HARD = (
    "}",
    "#",
    "~",
    "%",
    "=",
    "{",
    "<",
    "&",
    "]]>",
    "&amp;",
    r"\}",
    r"\frac{1}{2}",
    "=1",
    "%50%",
    "&#126;",
    "\\",
    "a & b",
    "Ёж",
)


class Pool(NamedTuple):
    result: Result
    questions: list[ReadQuestion]
    map: dict[str, Any]

    def question(self, seed: int, number: int) -> tuple[ReadQuestion, dict[str, Any]]:
        """The question of an exercise and a seed, and its part of the map."""
        (variant,) = (one for one in self.map["variants"] if one["seed"] == seed)
        (record,) = (one for one in variant["exercises"] if one["number"] == number)
        (question,) = (
            one for one in self.questions if one.name.startswith(f"{number} ") and variant["code"] in one.name
        )
        return question, record

    def boxes(self) -> Iterator[tuple[int, dict[str, Any], dict[str, Any], CloseBox]]:
        """Every box: its seed, the exercise's and its own part of the map, and what Moodle reads."""
        for variant in self.map["variants"]:
            for record in variant["exercises"]:
                found = self.question(variant["seed"], record["number"])[0].boxes
                assert [one["box"] for one in record["boxes"]] == list(range(1, len(found) + 1))
                for place, box in zip(record["boxes"], found, strict=True):
                    yield variant["seed"], record, place, box


def pool_of(sheet: str, out: Path, *words: str) -> Pool:
    result = keygen("export", sheet, "--to", "moodle", "--out", str(out), *words)
    assert result.exit_code == 0, result.output
    xml, found = map(Path, result.stdout.split())
    return Pool(result, read_quiz(xml), json.loads(found.read_text("utf-8")))


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    return pool_of("sheet4", tmp_path_factory.mktemp("pool"), "--seeds", "1..2", "--lang", "en")


def entry(answer: dict[str, Any], cell: list[int], form: str) -> Any:
    """One entry of an answer of `keygen answers --json`."""
    value = answer[form]
    for place in cell:
        value = None if value is None else value[place]
    return value


def rounded(value: float, figures: int) -> str:
    """A number with so many significant digits, as a person types it."""
    return f"{Context(prec=figures).create_decimal(Decimal(repr(value))):f}"


# --- marks


def test_a_right_answer_rounded_to_three_digits_or_more_has_full_marks(pool: Pool) -> None:
    said = json.loads(json_of(answered(AnswersRequest(SHIPPED, "sheet4", 1), exact=False)))["exercises"]
    tried = 0
    for seed, record, place, box in pool.boxes():
        if seed != 1:
            continue
        number, part, name = place["column"].split(".")
        (worked,) = (one for one in said if one["number"] == int(number) == record["number"])
        assert worked["parts"][part][name].items() >= record["parts"][part][name].items()
        value = entry(worked["parts"][part][name], place["cell"], "float")
        whole = float(value).is_integer()
        for typed in (repr(value), *(rounded(value, figures) for figures in ((12,) if whole else (3, 4, 6)))):
            assert box.mark(typed)[0] == 1, f"seed {seed}, {place}: {typed} for {value}, {box}"
            tried += 1
    assert tried > 150


def test_a_known_slip_has_no_marks_and_its_sentence(pool: Pool) -> None:
    order = ordered("sheet4", "en", 1)
    (item,) = (one for one in asked_items(order) if one.number == 4)
    question, record = pool.question(1, 4)
    found = solved(order, item)
    right = found.answers()
    told = 0
    for slip in slips(found):
        part, name = slip.answers[0]
        wrong = slip.answer(part, name)
        for place, box in zip(record["boxes"], question.boxes, strict=True):
            if place["column"] == f"4.{part}.{name}":
                typed, key = (entry({"float": one.float}, place["cell"], "float") for one in (wrong, right[part][name]))
                if abs(typed - key) > 2 * box.alternatives[0].tolerance:
                    share, feedback = box.mark(repr(typed))
                    assert share == 0
                    told += feedback.startswith("This number comes out if you ")
    assert told > 30


def test_the_sentence_of_a_slip_says_what_was_done_and_not_what_is_right(pool: Pool) -> None:
    question, record = pool.question(1, 4)
    pairs = zip(record["boxes"], question.boxes, strict=True)
    places = {(place["column"], *place["cell"]): box for place, box in pairs}
    mask = places["4.d.dH", 0, 1]
    share, feedback = mask.mark(mask.alternatives[1].text.partition(":")[0])
    assert share == 0
    assert feedback == "This number comes out if you forget the ReLU mask."


def test_alternatives_begin_with_the_right_one_and_lie_apart(pool: Pool) -> None:
    for *_, box in pool.boxes():
        assert [one.share for one in box.alternatives] == [1.0] + [0.0] * (len(box.alternatives) - 1)
        for place, one in enumerate(box.alternatives):
            for other in box.alternatives[:place]:
                assert abs(one.key - other.key) > one.tolerance + other.tolerance


def test_a_fraction_typed_into_a_box_is_wrong_and_is_told(pool: Pool) -> None:
    typed = 0
    for _, record, place, box in pool.boxes():
        _, part, name = place["column"].split(".")
        exact = entry(record["parts"][part][name], place["cell"], "exact")
        if exact and "/" in exact and re.fullmatch(r"-?\d+/\d+", exact):
            share, feedback = box.mark(exact)
            assert share == 0, f"{place}: {exact} is read as {exact.partition('/')[0]}"
            typed += "Type a decimal" in feedback
    assert typed > 10


def test_a_whole_number_is_taken_exactly(pool: Pool) -> None:
    for _, record, place, box in pool.boxes():
        _, part, name = place["column"].split(".")
        value = entry(record["parts"][part][name], place["cell"], "float")
        if value.is_integer():
            assert box.mark(str(value))[0] == 1
            assert box.mark(str(value + 0.001))[0] == box.mark(str(value - 0.4))[0] == 0


def test_keys_are_decimals_with_a_point(pool: Pool) -> None:
    for *_, box in pool.boxes():
        for one in box.alternatives:
            assert re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?:\d+(\.\d+)?(e-?\d+)?", one.text)


# --- the file


def test_each_exercise_has_a_category_and_each_variant_a_question_with_its_code(pool: Pool) -> None:
    codes = [one["code"] for one in pool.map["variants"]]
    found = [(one.category, one.name) for one in pool.questions]
    titles = {1: "A computation graph", 3: "Two steps of SGD", 4: "Layer by layer"}
    assert found == [
        (f"$course$/top/sheet4/{number} {title}", f"{number} {title}, {code}")
        for number, title in titles.items()
        for code in codes
    ]
    for question in pool.questions:
        assert question.text.startswith(f"<p><small>variant {question.name[-9:]} · {question.name[0]}</small></p>")


def test_the_map_says_what_is_in_the_file(pool: Pool) -> None:
    head = {name: value for name, value in pool.map.items() if name != "variants"}
    assert head.pop("version")
    assert head == {"schema": "keygen-map/1", "sheet": "sheet4", "lang": "en", "target": "moodle", "key": "public"}
    assert [one["seed"] for one in pool.map["variants"]] == list(SEEDS)
    for _, _, place, box in pool.boxes():
        assert place["weight"] == box.weight


def test_weights_share_the_points_of_the_sheet(pool: Pool) -> None:
    for seed in SEEDS:
        record = pool.question(seed, 4)[1]
        weights: dict[str, int] = {}
        for box in record["boxes"]:
            part = box["column"].split(".")[1]
            weights[part] = weights.get(part, 0) + box["weight"]
        points = dict(zip("abcdefghijk", [1] * 6 + [2] * 5, strict=True))
        assert len({Fraction(weights[part], points[part]) for part in points}) == 1


def test_figures_are_files_of_the_text_that_shows_them(pool: Pool) -> None:
    shown = 0
    for question in pool.questions:
        for name, text in (("questiontext", question.text), ("generalfeedback", question.feedback)):
            images = re.findall(r'<img src="@@PLUGINFILE@@/([^"]+)" alt="([^"]*)">', text)
            assert {file for file, _ in images} == set(question.files[name])
            for data in question.files[name].values():
                assert ET.fromstring(data).tag == "{http://www.w3.org/2000/svg}svg"
            shown += sum(bool(told) for _, told in images)
    assert shown >= 6


def test_the_solution_is_the_feedback_and_the_question_has_none_of_it(pool: Pool) -> None:
    question, _ = pool.question(1, 4)
    assert "The upstream gradient is multiplied by it element by element" in question.feedback
    assert "element by element:" not in question.text
    assert "A gradient has the shape of what it is taken with respect to" in question.text
    assert "Hand in exact values" not in question.text
    assert r"\end{aligned}." not in question.feedback
    assert r"\kg" not in question.text + question.feedback
    assert question.text.count("Type each number as a decimal") == 11


class Balance(HTMLParser):
    """Tags that are open; a tag that closes another raises."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("img", "br", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_tag_is_closed_and_no_formula_is_left_out(pool: Pool) -> None:
    for question in pool.questions:
        for text in (
            question.text,
            question.feedback,
            *(one.feedback for box in question.boxes for one in box.alternatives),
        ):
            reader = Balance()
            reader.feed(text)
            assert reader.open == []
            assert text.count(r"\(") == text.count(r"\)")
            assert not re.search(r"<math|None|\\val", text)


def test_mathjax_reads_every_formula(pool: Pool) -> None:
    formulas = sorted({re.sub(r"\\bbox\[[^]]*\]", "", tex) for one in pool.questions[::2] for tex in one.formulas})
    assert len(formulas) > 100
    assert len(read_by_mathjax(formulas)) == len(formulas)


def test_what_moodle_cannot_carry_is_told_and_the_keys_are_warned_of(pool: Pool) -> None:
    said = pool.result.stderr
    assert (
        "keygen: 1 backprop/computation_graph: without boxes, which take numbers and listed choices alone: a.da_dx,"
        in said
    )
    assert "keygen: 2 backprop/layered_network: left out" in said
    assert "keygen: 5 backprop/two_layer_formula: left out" in said
    assert "layer_by_layer" not in said
    assert "what is written holds the answers and the solutions" in said


def test_a_student_is_told_which_answers_have_no_box(pool: Pool) -> None:
    told = {number: pool.question(1, number)[0].text.count("There is no box for") for number in (1, 3, 4)}
    assert told == {1: 2, 3: 0, 4: 0}
    assert "There is no box for the rest of this answer: it is not marked here." in pool.question(1, 1)[0].text


# --- a small course


def test_choices_and_titles_may_hold_any_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    found = pool_of("mine", Path("out"), "--seeds", "5")
    (question,) = found.questions
    assert question.category == f"$course$/top/mine/1 {TITLE}"
    _, choice = question.boxes
    options = {html_text(one.text): one.share for one in choice.alternatives}
    assert options == {one: int(one == "a } b") for one in OPTIONS}
    assert [place["column"] for place in found.map["variants"][0]["exercises"][0]["boxes"]] == ["1.a.h", "1.b.best"]
    assert [box["weight"] for box in found.map["variants"][0]["exercises"][0]["boxes"]] == [1, 1]


def test_a_wrong_answer_is_told_though_no_boxes_hold_what_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = EXERCISE.replace("multiple_choice,", "expression,").replace(CHOICE, 'expression("h")')
    laid(tmp_path, wrong.replace('"a": {"h": "h"}', '"a": {"h": "nothing"}'), TEMPLATE, SHEET + 'parts = ["b"]\n')
    monkeypatch.chdir(tmp_path)
    result = keygen("export", "mine", "--to", "moodle", "--seeds", "1..2")
    assert result.exit_code == 1
    assert "an answer names 'nothing'" in result.stderr
    assert "exercise.py" in result.stderr


def test_strict_writes_nothing_where_something_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = EXERCISE.replace("multiple_choice,", "expression,").replace(CHOICE, 'expression("h")')
    laid(tmp_path, mixed, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    result = keygen("export", "mine", "--to", "moodle", "--seeds", "1", "--strict")
    assert result.exit_code == 1
    assert "Moodle does not carry all of the sheet 'mine'" in result.stderr
    assert "b.best (expression)" in result.stderr
    assert not Path("build").exists()
    assert keygen("export", "mine", "--to", "moodle", "--seeds", "1").exit_code == 0


def test_parts_that_a_sheet_keeps_have_its_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET + 'parts = ["b"]\n')
    monkeypatch.chdir(tmp_path)
    (record,) = pool_of("mine", Path("out"), "--seeds", "1").map["variants"][0]["exercises"]
    assert [box["column"] for box in record["boxes"]] == ["1.a.best"]
    assert list(record["parts"]) == ["a"]
    assert list(record["parts"]["a"]) == ["best"]


def test_a_sheet_of_formulas_alone_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    formulas = EXERCISE.replace("multiple_choice,", "expression,").replace(CHOICE, 'expression("h")')
    laid(tmp_path, formulas.replace('{"h": "h"}', '{"h": expression("h")}'), TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    result = keygen("export", "mine", "--to", "moodle", "--seeds", "1")
    assert result.exit_code == 1
    assert "Moodle carries nothing of the sheet 'mine'" in result.stderr
    assert not Path("build").exists()


def html_text(html: str) -> str:
    """What a browser shows of a choice."""
    return "".join(ET.fromstring(f"<p>{html}</p>").itertext()).strip()


# --- pieces


@pytest.mark.parametrize("text", HARD)
def test_nothing_in_a_choice_or_in_feedback_ends_it(text: str) -> None:
    for hard in (text, f"a{text}", f"{text} b", f"да {text}{text}"):
        found, after = boxes_in(
            f"x {{1:MULTICHOICE:={in_cloze(hard)}~%0%{in_cloze(hard)}#{in_cloze(hard)}}} {{2:NUMERICAL:=1:0}}"
        )
        assert [one.text.rstrip() for one in found.alternatives] == [hard.rstrip()] * 2
        assert found.alternatives[1].feedback.rstrip() == hard.rstrip()
        assert [one.share for one in found.alternatives] == [1, 0]
        assert after.weight == 2


def test_a_slash_in_a_category_is_doubled() -> None:
    assert "<text>$course$/top/s/1 and//or &lt;</text>" in category("s", "1 and/or <")


@settings(max_examples=40)
@given(st.fractions(max_denominator=10**6).filter(lambda one: one.denominator > 1), st.integers(3, 9))
def test_every_right_rounding_of_a_fraction_is_accepted(value: Fraction, figures: int) -> None:
    key = typed_number(value)
    near = Context(prec=figures).divide(Decimal(value.numerator), Decimal(value.denominator))
    assert key.accepts(Fraction(near))
    assert Fraction(decimal_text(key.decimal)) == key.decimal
    assert not key.accepts(value * Fraction(102, 100))


def test_a_whole_number_has_no_tolerance() -> None:
    assert [typed_number(value).tolerance for value in (0, Fraction(7), Fraction(-12345))] == [0, 0, 0]
    assert decimal_text(Fraction(10**20)) == "1e20"
    assert decimal_text(Fraction(-3, 10**9)) == "-3e-9"
