"""Many variants as Moodle reads them, against `keygen answers --json` and the slips of the engine.

All of them, with the numbers tried: PYTHONPATH=.:tests .venv/bin/python tests/export/test_moodle_seeds.py 1..50
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import Counter
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import pytest
from cloze import CloseBox, ReadQuestion, read_quiz

from keygen.builds.answer_key import AnswersRequest, answered, json_of
from keygen.builds.sheet import asked_items, solved
from keygen.course.seeding import seeds_of
from keygen.errors import KeygenError
from keygen.variants.slips import numeric, slips
from tests.courses import SHIPPED, keygen, ordered

FIGURES = (3, 4, 6)
LEAST = 1e-25
"""Numbers nearer to zero Moodle does not tell apart."""


def entry(value: Any, cell: list[int]) -> Any:
    for place in cell:
        value = None if value is None else value[place]
    return value


def typed(value: float, figures: int) -> str:
    """A number with so many significant digits, as a person types it."""
    return f"{Context(prec=figures).create_decimal(Decimal(repr(value))):f}"


def surveyed(sheet: str, seeds: str, folder: Path) -> Counter[str]:
    """How many boxes, right answers and slips of these variants were tried; what went wrong is an AssertionError."""
    result = keygen("export", sheet, "--to", "moodle", "--seeds", seeds, "--out", str(folder))
    assert result.exit_code == 0, result.output
    xml, told = map(Path, result.stdout.split())
    questions = {one.name.split(" ")[0] + one.name[-9:]: one for one in read_quiz(xml)}
    tried: Counter[str] = Counter(bytes=xml.stat().st_size)
    for variant in json.loads(told.read_text("utf-8"))["variants"]:
        said = json.loads(json_of(answered(AnswersRequest(SHIPPED, sheet, variant["seed"]), exact=False)))
        worked = {one["number"]: one["parts"] for one in said["exercises"]}
        for record in variant["exercises"]:
            question = questions[f"{record['number']}{variant['code']}"]
            tried["questions"] += 1
            try_right(record, question, worked[record["number"]], tried)
        tried["variants"] += 1
    for seed in seeds_of(seeds):
        try_slips(sheet, seed, json.loads(told.read_text("utf-8")), questions, tried)
    return tried


def try_right(record: dict[str, Any], question: ReadQuestion, worked: dict[str, Any], tried: Counter[str]) -> None:
    """Every right rounding has full marks, and so has the right choice alone."""
    for place, box in zip(record["boxes"], question.boxes, strict=True):
        _, part, name = place["column"].split(".")
        answer = worked[part][name]
        about = f"{question.name}: {place} {box}"
        tried["boxes"] += 1
        if "choices" in place:
            shares = [one.share for one in box.alternatives]
            assert shares.count(1.0) == 1, about
            assert [one.text for one in box.alternatives] == [one["shown"] for one in place["choices"]], about
            exact = entry(answer["exact"], place["cell"])
            assert [one["exact"] == exact for one in place["choices"]] == [share == 1 for share in shares], about
            tried["choices"] += len(shares)
            continue
        value = entry(answer["exact"] if answer["float"] is None else answer["float"], place["cell"])
        if isinstance(value, str):
            value = float(eval(value, {}))  # a fraction
        whole = float(value).is_integer() and not box.alternatives[0].tolerance
        for text in (repr(value), *(typed(value, figures) for figures in ((15,) if whole else FIGURES))):
            assert box.mark(text)[0] == 1, f"{about}: {text} for {value}"
            tried["right"] += 1
        if whole:
            assert box.mark(str(value + 0.4))[0] == 0, about
        tried["listed slips"] += len(box.alternatives) - 1
        for one in box.alternatives[1:]:
            assert box.mark(one.text.partition(":")[0])[0] == 0, about


def try_slips(
    sheet: str, seed: int, told: dict[str, Any], questions: dict[str, ReadQuestion], tried: Counter[str]
) -> None:
    """No number that a slip of the engine leads to, farther from the key than two tolerances, has marks."""
    order = ordered(sheet, None, seed)
    (variant,) = (one for one in told["variants"] if one["seed"] == seed)
    records = {one["number"]: one for one in variant["exercises"]}
    for item in asked_items(order):
        if item.number not in records:
            continue
        found = solved(order, item)
        if not numeric(found):
            continue
        letters = {key: place for place, key in enumerate(item.entry.parts or ())}
        boxes: dict[str, list[tuple[list[int], CloseBox]]] = {}
        question = questions[f"{item.number}{variant['code']}"]
        for place, box in zip(records[item.number]["boxes"], question.boxes, strict=True):
            boxes.setdefault(place["column"], []).append((place["cell"], box))
        for slip in slips(found):
            for part, name in slip.answers:
                letter = "abcdefghijklmnopqrstuvwxyz"[letters[part]] if part in letters else part
                try:
                    wrong = slip.answer(part, name)
                except KeygenError:
                    continue
                for cell, box in boxes.get(f"{item.number}.{letter}.{name}", ()):
                    number = entry(wrong.float, cell)
                    if not isinstance(number, float) or box.kind != "NUMERICAL":
                        continue
                    key = box.alternatives[0]
                    if 0 < abs(key.key) < LEAST:  # which the command has told
                        tried["too small for Moodle"] += 1
                        continue
                    if abs(number - key.key) > 2 * key.tolerance:
                        assert box.mark(repr(number))[0] == 0, f"{question.name} {part}.{name} {cell}: {slip.name}"
                        tried["slips"] += 1
                    else:
                        tried["slips like the key"] += 1


@pytest.mark.parametrize(("sheet", "seeds"), [("sheet2", "3"), ("sheet5", "4"), ("sheet7", "3..4"), ("sheet8", "1")])
def test_right_answers_have_marks_and_slips_have_none(sheet: str, seeds: str, tmp_path: Path) -> None:
    tried = surveyed(sheet, seeds, tmp_path)
    assert tried["right"] + tried["choices"] > 20
    assert tried["boxes"] > 10


def test_a_number_that_moodle_takes_for_zero_is_told(tmp_path: Path) -> None:
    words = ("export", "sheet2", "--to", "moodle", "--seeds", "27", "--out", str(tmp_path))
    said = keygen(*words).stderr
    assert "i.f_1000 is nearer to zero than Moodle tells numbers apart: any below 1e-28 is taken for it" in said


if __name__ == "__main__":
    for each in sys.argv[2:] or sorted(SHIPPED.sheets):
        with tempfile.TemporaryDirectory() as name:
            print(each, re.sub(r"[{}']|Counter", "", str(surveyed(each, sys.argv[1], Path(name)))), flush=True)
