"""`keygen grade --from moodle`: Moodle's report of responses, read by the map beside the questions."""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from keygen.grading.moodle_responses import boxes_of, put_together
from tests.courses import keygen
from tests.grading.manifests import read

SHEET = "sheet7"
BOX = re.compile(r"\{\d+:(?:NUMERICAL|MULTICHOICE(?:_V)?):(?:[^}\\]|\\.)*\}")
HEAD = ["Last name", "First name", "Email address", "State", "Grade/10.00"]


class Text(HTMLParser):
    """What Moodle's summary of a question has of its HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data


class Quiz:
    """What was exported, and attempts at it as Moodle reports them."""

    def __init__(self, folder: Path, sheet: str = SHEET) -> None:
        result = keygen("export", sheet, "--to", "moodle", "--seeds", "1..2", "--out", str(folder))
        assert result.exit_code == 0, result.output
        self.sheet, self.map_file = sheet, folder / f"{sheet}.moodle.map.json"
        self.map = json.loads(self.map_file.read_text("utf-8"))
        asked = ET.parse(folder / f"{sheet}.moodle.xml").getroot().iter("question")
        self.texts = [
            Text(BOX.sub("_____", one.findtext("questiontext/text") or "")).text
            for one in asked
            if one.get("type") == "cloze"
        ]

    def exercise(self, seed: int, number: int) -> tuple[str, dict[str, Any]]:
        """The code of a variant and what the map says of an exercise."""
        variant = next(one for one in self.map["variants"] if one["seed"] == seed)
        return variant["code"], next(one for one in variant["exercises"] if one["number"] == number)

    def text(self, seed: int, number: int) -> str:
        """A question's text: those of an exercise stand together, seed by seed."""
        code, _ = self.exercise(seed, number)
        numbers = [one["number"] for one in self.map["variants"][0]["exercises"]]
        place = numbers.index(number) * len(self.map["variants"]) + seed - 1
        assert code in self.texts[place]
        return self.texts[place]

    def right(self, seed: int, number: int) -> list[str]:
        """What is to be typed into each box."""
        _, exercise = self.exercise(seed, number)
        found = []
        for box in exercise["boxes"]:
            _, part, name = box["column"].split(".")
            value = exercise["parts"][part][name]
            value = value["exact"] if value["exact"] is not None else value["float"]
            for step in box["cell"]:
                value = value[step]
            found.append({True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value))
        return found

    @property
    def numbers(self) -> list[int]:
        return [one["number"] for one in self.map["variants"][0]["exercises"]]


def reported(typed: list[str], word: str = "part") -> str:
    """A response as Moodle writes it."""
    return "; ".join(f"{word} {place}: {text}" for place, text in enumerate(typed, start=1))


@pytest.fixture(scope="module")
def quiz(tmp_path_factory: pytest.TempPathFactory) -> Quiz:
    return Quiz(tmp_path_factory.mktemp("quiz"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


Attempt = list[tuple[str, str]]


def attempt(quiz: Quiz, *seeds: int, word: str = "part") -> Attempt:
    """Questions and right responses, an exercise of each of these seeds."""
    return [
        (quiz.text(seed, number), reported(quiz.right(seed, number), word))
        for seed, number in zip(seeds, quiz.numbers, strict=True)
    ]


def report(path: Path, attempts: dict[str, Attempt], head: list[str] = HEAD) -> Path:
    """The file that Moodle gives."""
    count = max(map(len, attempts.values()))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*head, *(f"{name} {n}" for n in range(1, count + 1) for name in ("Question", "Response"))])
        for id, questions in attempts.items():
            flat = [cell for pair in questions for cell in pair]
            writer.writerow(["Иванова", "Анна", id, "Finished", "7.5", *flat, *["-"] * (2 * count - len(flat))])
    return path


def graded(quiz: Quiz, path: Path, *options: str) -> Result:
    words = (
        "grade",
        quiz.sheet,
        str(path),
        "--from",
        "moodle",
        "--manifest",
        str(quiz.map_file),
        "--no-pdf",
        "--out",
        "out",
    )
    return keygen(*words, *options)


def test_right_responses_are_right_whatever_seed_each_question_is_of(quiz: Quiz, here: Path) -> None:
    attempts = {"a@b.c": attempt(quiz, 1, 2, 1), "d@e.f": attempt(quiz, 2, 2, 2)}
    result = graded(quiz, report(here / "r.csv", attempts))
    assert result.exit_code == 0, result.output
    rows = read(here / "out" / "verdicts.csv")
    assert {row["verdict"] for row in rows} == {"right"}, [row for row in rows if row["verdict"] != "right"]
    assert {row["id"] for row in rows} == set(attempts)
    assert {row["name"] for row in read(here / "out" / "grades.csv")} == {"Иванова Анна"}
    assert (here / "out" / "moodle.csv").read_text("utf-8").startswith("Email address,")


def test_a_question_of_a_former_export_without_its_number_is_known_by_its_words(quiz: Quiz, here: Path) -> None:
    attempts = [(re.sub(r" · \d+", "", text), response) for text, response in attempt(quiz, 1, 2, 1)]
    assert all(text != former for (text, _), (former, _) in zip(attempt(quiz, 1, 2, 1), attempts, strict=True))
    assert graded(quiz, report(here / "r.csv", {"a@b.c": attempts})).exit_code == 0
    assert {row["verdict"] for row in read(here / "out" / "verdicts.csv")} == {"right"}


def test_a_formula_that_was_chosen_is_read_by_what_the_map_says_of_its_option(tmp_path: Path, here: Path) -> None:
    quiz = Quiz(tmp_path, "sheet8")
    right: Attempt = []
    wrong: Attempt = []
    unspoken = set()
    for number in quiz.numbers:
        _, exercise = quiz.exercise(2, number)
        shown: tuple[list[str], list[str]] = [], []
        for box in exercise["boxes"]:
            _, part, name = box["column"].split(".")
            options = {one["exact"]: one["shown"] for one in box["choices"]}
            shown[0].append(options.pop(exercise["parts"][part][name]["exact"]))
            taken = next(filter(None, options), None)  # one without a form in NumPy's signs is for a person to read
            unspoken |= {box["column"]} if taken is None else set()
            shown[1].append(options[taken])
        for attempted, texts in zip((right, wrong), shown, strict=True):
            attempted.append((quiz.text(2, number), reported(texts)))
    result = graded(quiz, report(here / "r.csv", {"right@b.c": right, "wrong@b.c": wrong}))
    assert result.exit_code == 0, result.output
    verdicts = read(here / "out" / "verdicts.csv")
    assert {row["verdict"] for row in verdicts if row["id"] == "right@b.c" and row["typed"]} == {"right"}
    found = {row["column"]: row["verdict"] for row in verdicts if row["id"] == "wrong@b.c" and row["typed"]}
    assert {column for column, verdict in found.items() if verdict == "person"} == unspoken == {"7.b.Sigma"}
    assert set(found.values()) <= {"wrong", "slip", "person"}
    assert len(found) > 30


def test_questions_may_stand_in_another_order_and_labels_in_another_language(quiz: Quiz, here: Path) -> None:
    attempts = {"a@b.c": attempt(quiz, 1, 2, 1, word="часть")[::-1]}
    result = graded(quiz, report(here / "r.csv", attempts))
    assert result.exit_code == 0, result.output
    assert {row["verdict"] for row in read(here / "out" / "verdicts.csv")} == {"right"}


def test_a_question_that_was_not_answered_is_empty_and_a_row_without_an_attempt_is_passed_over(
    quiz: Quiz, here: Path
) -> None:
    questions = attempt(quiz, 1, 1, 1)
    text, _ = questions[1]
    result = graded(quiz, report(here / "r.csv", {"a@b.c": [questions[0], (text, "-"), questions[2]], "d@e.f": []}))
    assert result.exit_code == 0, result.output
    kinds = {row["column"][0]: row["verdict"] for row in read(here / "out" / "verdicts.csv")}
    assert kinds == {"1": "right", "2": "empty", "3": "right"}
    assert [row["id"] for row in read(here / "out" / "grades.csv")] == ["a@b.c"]


def test_what_cannot_be_graded_is_said_by_its_line_and_the_others_are_graded(quiz: Quiz, here: Path) -> None:
    good = attempt(quiz, 1, 1, 1)
    text, response = good[0]
    code, _ = quiz.exercise(1, quiz.numbers[0])
    flat = text.replace("\n", " ")
    bad = {
        "none@b.c": [(flat.replace(code, "2222-2222"), response)],
        "parts@b.c": [(flat, reported(["1"] * 77))],
        "twice@b.c": [(flat, response), (flat, response)],
        "essay@b.c": [(flat, "I do not know")],
    }
    path = report(here / "r.csv", {**bad, "good@b.c": good})
    result = graded(quiz, path)
    assert result.exit_code == 1
    assert "row 2: Question 1 has the code 2222-2222, none of the map's" in result.stderr
    assert "row 3: Question 1: no exercise of" in result.stderr
    assert "row 4: two questions are of exercise" in result.stderr
    assert "row 5: Response 1 is no list of parts: 'I do not know'" in result.stderr
    assert [row["id"] for row in read(here / "out" / "grades.csv")] == ["good@b.c"]


def test_two_attempts_of_one_student_are_refused(quiz: Quiz, here: Path) -> None:
    path = report(here / "r.csv", {"a@b.c": attempt(quiz, 1, 1, 1), "b@b.c": attempt(quiz, 2, 2, 2)})
    path.write_text(path.read_text("utf-8").replace("b@b.c", "a@b.c"), encoding="utf-8")
    result = graded(quiz, path)
    assert result.exit_code == 1
    assert "the id 'a@b.c' stands 2 times: leave one row" in result.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("Email address", "Office").replace("a@b.c", "7"), "whose each attempt is"),
        (lambda text: re.sub(r"[2-9A-Z]{4}-[2-9A-Z]{4}", "", text), "no report of responses"),
        (lambda text: text.replace("Response 1", "Right answer 1"), "no report of responses"),
        (lambda text: re.sub(r"[2-9A-Z]{4}-[2-9A-Z]{4}", "2222-2222", text), "no question of the report"),
    ],
    ids=["ids", "texts", "keys", "codes"],
)  # fmt: skip
def test_a_report_that_lacks_what_is_needed_is_refused_with_the_way_to_have_it(
    change: Any, said: str, quiz: Quiz, here: Path
) -> None:
    path = report(here / "r.csv", {"a@b.c": attempt(quiz, 1, 1, 1)})
    path.write_text(change(path.read_text("utf-8")), encoding="utf-8")
    result = graded(quiz, path)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "mend:" in result.stderr
    assert not (here / "out").exists()


def test_a_map_of_another_export_and_no_map_are_refused(quiz: Quiz, here: Path) -> None:
    path = report(here / "r.csv", {"a@b.c": attempt(quiz, 1, 1, 1)})
    for text in (json.dumps({**quiz.map, "target": "canvas"}), "{}", ""):
        (here / "map.json").write_text(text, encoding="utf-8")
        result = keygen("grade", SHEET, str(path), "--from", "moodle", "--manifest", "map.json")
        assert result.exit_code == 1
        assert "map" in result.stderr
    assert keygen("grade", SHEET, "--from", "moodle", "--template", "--manifest", "map.json").exit_code == 2


def test_nothing_typed_into_a_box_shifts_the_others_unseen() -> None:
    assert boxes_of("part 1: 2; part 2: 1/2") == ["2", "1/2"]
    assert boxes_of("part 1: ; part 2: 3; part 3: ") == ["", "3", ""]
    assert boxes_of("partie 1 : 2; partie 2 : 3") == ["2", "3"]
    assert boxes_of("-") == boxes_of("") == []
    assert boxes_of("whatever") is None
    assert boxes_of("see part 1: 2") == ["2"]
    assert len(boxes_of("part 1: 1; part 2: 5; part 2: 3; part 3: 4") or ()) == 3
    assert boxes_of("part 1: 1; part 2: 5; part 2: 3") == ["1", "5; part 2: 3"]


@given(st.lists(st.text(st.characters(exclude_characters=";:：", codec="utf-8"), max_size=6), min_size=1, max_size=30))
def test_boxes_are_read_as_they_were_typed(typed: list[str]) -> None:
    assert boxes_of(reported(typed)) == [text.strip() for text in typed]


def test_entries_come_together_as_one_answer() -> None:
    assert put_together({(): "1/2"}) == "1/2"
    assert put_together({(0,): "0,5", (1,): "2"}) == "[0,5 & 2]"
    assert put_together({(0, 0): "1", (0, 1): "", (1, 0): "3", (1, 1): "4"}) == "[[1 & ?]; [3 & 4]]"
    assert put_together({(0,): "", (1,): "-"}) == ""
    assert put_together({(0,): "-", (1,): "2"}) == "[? & 2]"


def test_an_answer_of_which_one_box_was_left_blank_is_not_there_and_the_others_are_graded(
    quiz: Quiz, here: Path
) -> None:
    questions = attempt(quiz, 1, 1, 1)
    number = quiz.numbers[0]
    _, exercise = quiz.exercise(1, number)
    column = next(box["column"] for box in exercise["boxes"] if box["cell"])
    gap = next(place for place, box in enumerate(exercise["boxes"]) if box["column"] == column)
    typed = ["" if place == gap else text for place, text in enumerate(quiz.right(1, number))]
    result = graded(quiz, report(here / "r.csv", {"a@b.c": [(questions[0][0], reported(typed)), *questions[1:]]}))
    assert result.exit_code == 0, result.output
    verdicts = {row["column"]: row for row in read(here / "out" / "verdicts.csv")}
    assert (verdicts[column]["verdict"], verdicts[column]["person"]) == ("empty", "")
    assert {row["verdict"] for other, row in verdicts.items() if other != column} == {"right"}
