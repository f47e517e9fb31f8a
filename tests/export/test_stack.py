"""`keygen export --to stack`: trees walked with right answers, known slips, and what follows from wrong ones."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from stack_question import EMPTY, Matrix, StackRead, read_stack, run

from keygen.builds.answer_key import AnswersRequest, answered, json_of
from tests.courses import SHIPPED, keygen, laid
from tests.odd_signs import EXERCISE, SHEET, TEMPLATE

EXERCISES = (1, 3, 4)


def exported(sheet: str, out: Path, *more: str) -> list[StackRead]:
    result = keygen("export", sheet, "--to", "stack", "--out", str(out), *more)
    assert result.exit_code == 0, result.output
    return read_stack(Path(result.stdout.strip()))


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> dict[int, StackRead]:
    found = exported("sheet4", tmp_path_factory.mktemp("out"), "--seeds", "1", "--lang", "en")
    return {int(one.name.partition(" ")[0]): one for one in found}


def rounded(value: Any, figures: int) -> Any:
    """What a person types for a right answer."""
    if isinstance(value, Matrix):
        return Matrix(*([rounded(one, figures) for one in row] for row in value.rows))
    if isinstance(value, Fraction) and value.denominator > 1:
        return float(f"{float(value):.{figures - 1}e}")
    return value


@pytest.mark.parametrize("number", EXERCISES)
def test_right_answers_are_those_of_keygen_and_score_in_each_tree(questions: dict[int, StackRead], number: int) -> None:
    question = questions[number]
    said = json.loads(json_of(answered(AnswersRequest(SHIPPED, "sheet4", 1), exact=False)))["exercises"]
    (worked,) = (one for one in said if one["number"] == number)
    floats = [
        leaf
        for named in worked["parts"].values()
        for one in named.values()
        if one["float"] is not None
        for leaf in leaves(one["float"])
    ]
    typed = [float(x) for value in question.right().values() for x in leaves(value)]
    assert typed == pytest.approx(floats, rel=1e-9)
    for figures in (3, 4, 6, 12):
        answers = {name: rounded(value, figures) for name, value in question.right().items()}
        assert all(one.score == 1 and one.note.endswith("-1-T") for one in question.marked(answers))


def leaves(value: Any) -> list[Any]:
    if isinstance(value, Matrix):
        return value.entries()
    return [leaf for one in value for leaf in leaves(one)] if isinstance(value, list) else [value]


def test_a_matrix_is_compared_as_the_list_of_its_entries(questions: dict[int, StackRead]) -> None:
    question = questions[4]
    matrices = [name for name, kind in question.inputs.items() if kind == "matrix"]
    texts = [tree.findtext("feedbackvariables/text", "") for tree in question.root.findall("prt")]
    assert len(matrices) > 10
    assert all(any(f"list_matrix_entries({name})" in text for text in texts) for name in matrices)


def test_what_follows_from_a_wrong_answer_counts_and_is_told(questions: dict[int, StackRead]) -> None:
    question = questions[4]
    typed = question.right()
    first, second = typed["ans1"].rows[0]
    typed["ans1"] = Matrix([first + 2, second])
    trees = question.root.findall("prt")
    assert question.walked(trees[0], dict(typed)).score == 0
    carried = 0
    for place, (tree, name) in enumerate(zip(trees[1:], list(question.inputs)[1:], strict=True), start=2):
        known = dict(typed)
        run(tree.findtext("feedbackvariables/text", ""), known)
        if "follows" in known and f"k{place}w" in tree.findtext("feedbackvariables/text", ""):
            old = known[name]
            flat = [float(x) for x in known["follows"]]
            width = len(old.rows[0]) if isinstance(old, Matrix) else 1
            new = (
                Matrix(*(flat[i : i + width] for i in range(0, len(flat), width)))
                if isinstance(old, Matrix)
                else flat[0]
            )
            typed[name] = new
            verdict = question.walked(tree, dict(typed))
            assert verdict.score == 1
            if verdict.note.endswith("-2-T"):
                assert "This follows from what you have typed before" in verdict.said
                carried += 1
    assert carried > 5


@pytest.mark.parametrize("number", [3, 4])
@pytest.mark.parametrize("before", [0, -1, 1000, -1000, EMPTY])
def test_a_right_answer_counts_whatever_is_typed_before_it(
    questions: dict[int, StackRead], number: int, before: Any
) -> None:
    """Maxima stops at a division by 0, at log(0) and at exp(1000), and STACK then gives a tree no points. What is left
    empty is EMPTYANSWER, for inputs that may be."""
    question = questions[number]
    right = question.right()
    built_on = 0
    for tree in question.root.findall("prt"):
        lines = tree.findtext("feedbackvariables/text", "")
        own = set(re.findall(r"\bans\d+\b", lines.splitlines()[0]))
        others = set(re.findall(r"\bans\d+\b", lines)) - own
        wrong = {name: filled(right[name], before) for name in others}
        assert question.walked(tree, {**right, **wrong}).score == 1
        built_on += bool(others)
    assert built_on > 3


@pytest.mark.parametrize("number", [3, 4])
def test_an_empty_input_costs_itself_and_nothing_follows_from_it(questions: dict[int, StackRead], number: int) -> None:
    question = questions[number]
    right = question.right()
    empty = {name: filled(value, EMPTY) for name, value in right.items()}
    follow = 0
    for tree in question.root.findall("prt"):
        lines = tree.findtext("feedbackvariables/text", "")
        own = set(re.findall(r"\bans\d+\b", lines.splitlines()[0]))
        assert question.walked(tree, {**right, **{name: empty[name] for name in own}}).score == 0
        others = set(re.findall(r"\bans\d+\b", lines)) - own
        known = {**right, **{name: empty[name] for name in others}}
        run(lines, known)
        if others:
            assert min(abs(float(x)) for x in known["follows"]) > 1e80
            follow += 1
    assert follow > 3
    kinds = {one.findtext("type"): one.findtext("options") for one in question.root.findall("input")}
    assert {kinds.get("numerical", "allowempty"), kinds.get("matrix", "allowempty")} == {"allowempty"}
    assert not kinds.get("dropdown")


def filled(value: Any, number: Any) -> Any:
    """A number in each entry of an answer."""
    return Matrix(*([number for _ in row] for row in value.rows)) if isinstance(value, Matrix) else number


def test_what_maxima_could_refuse_is_guarded(questions: dict[int, StackRead]) -> None:
    steps = [
        line
        for question in questions.values()
        for tree in question.root.findall("prt")
        for line in tree.findtext("feedbackvariables/text", "").splitlines()
        if re.match(r"k\d+w\d+:", line)
    ]
    assert len(steps) > 50
    assert any("kg" in line for line in steps)
    for line in steps:
        assert not re.search(r"(?<!kg)\b(?:exp|log|sqrt)\(", line)
        assert not re.search(r"/\(?-?(?:ans|k)", line)


def test_a_whole_number_that_follows_is_taken_exactly(tmp_path: Path) -> None:
    (question,) = (one for one in exported("sheet4", tmp_path, "--seeds", "3") if one.name.startswith("4 "))
    typed = question.right()
    assert typed["ans3"].rows == [[4, 0]]
    assert question.marked(typed)[2].score == 1
    typed["ans3"] = Matrix([4.004, 0])
    assert question.marked(typed)[2].score == 0


def test_a_number_near_zero_is_told_from_others_near_zero(tmp_path: Path) -> None:
    """0 to within 1e-6 once followed where 2.27e-14 is right, so that -2.27e-14 scored."""
    (question,) = (one for one in exported("sheet5", tmp_path, "--seeds", "5") if one.name.startswith("4 "))
    typed = question.right()
    *before, last = typed["ans6"].rows[0]
    assert 0 < last < Fraction(1, 10**9)
    tree = question.root.findall("prt")[5]
    assert question.walked(tree, typed).score == 1
    for other in (-last, last / 3, 0, 10**-7):
        assert question.walked(tree, {**typed, "ans6": Matrix([*before, other])}).score == 0


@pytest.mark.parametrize("number", [3, 4])
def test_known_slips_score_nothing_and_are_told(questions: dict[int, StackRead], number: int) -> None:
    question = questions[number]
    told = 0
    for tree, name in zip(question.root.findall("prt"), question.inputs, strict=False):
        texts = tree.findtext("feedbackvariables/text", "")
        wrong = [re.findall(r"float\((\[.*?\])\)\)/", line)[0] for line in texts.splitlines() if line.startswith("d")
                 and "typed-float" in line][1:]  # fmt: skip
        for text in wrong:
            values = [float(Fraction(x.strip("()"))) for x in text[1:-1].split(",")]
            typed = question.right()
            old = typed[name]
            width = len(old.rows[0]) if isinstance(old, Matrix) else 1
            rows = [values[i : i + width] for i in range(0, len(values), width)]
            typed[name] = Matrix(*rows) if isinstance(old, Matrix) else values[0]
            verdict = question.walked(tree, typed)
            assert verdict.score == 0
            told += "comes out if you" in verdict.said
    assert told > 3


def test_the_trees_share_the_points(questions: dict[int, StackRead]) -> None:
    question = questions[4]
    assert question.root.findtext("defaultgrade") == "8"
    assert all(one.value > 0 for one in question.marked(question.right()))
    assert question.category == "$course$/top/sheet4/4 Layer by layer"


def test_a_question_has_a_test_that_stack_can_run(questions: dict[int, StackRead]) -> None:
    for question in questions.values():
        test = question.root.find("qtest")
        assert test is not None
        given = {one.findtext("name"): one.findtext("value") for one in test.findall("testinput")}
        assert given == {name: f"t{name}" for name in question.inputs}


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    paths = [
        Path(keygen("export", "sheet7", "--to", "stack", "--seeds", "3", "--out", str(tmp_path / name)).stdout.strip())
        for name in "ab"
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_any_signs_may_stand_in_titles_choices_and_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    (question,) = exported("mine", Path("o"), "--seeds", "5")
    assert question.inputs == {"ans1": "numerical", "ans2": "dropdown"}
    options = question.root.findall("input")[1].findtext("tans", "")
    assert options.count("true") == 1
    assert '[3,true,"a } b"]' in options
    assert '"g &amp; h &lt;i&gt; ]]&gt; {#j#} [[k]] \\"l\\""' in options
    assert [one.score for one in question.marked(question.right())] == [1, 1]
    assert [one.score for one in question.marked({**question.right(), "ans2": 1})] == [1, 0]
    assert "see [ [1]] and { #2#}" in question.text("questiontext")
