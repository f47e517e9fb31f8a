"""Formulas as choices: one option is right, the others have its shape and are wrong as the grader sees it, which has a
reader and an evaluation of its own.

Many seeds, with what was tried: PYTHONPATH=.:tests .venv/bin/python tests/export/test_formula_choices.py 1..20
"""

from __future__ import annotations

import html
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from canvas_package import read_package
from cloze import read_quiz
from mathjax import read_by_mathjax
from qti21_package import read_qti

from keygen.builds.sheet import asked_items, solved
from keygen.course.languages import Language
from keygen.course.seeding import seeds_of
from keygen.document.template import words
from keygen.errors import KeygenError
from keygen.export.formula_choices import formula_choice, result_of, worked_to
from keygen.export.making import asked_of, boxless, question_of
from keygen.export.question import ChoiceBox
from keygen.grading.formulas import Letters, agrees, key_formula, typed_formula
from keygen.grading.typed_text import UnreadableError
from keygen.mathematics.answers import ConcludedSource, concluded
from keygen.mathematics.terms import Chain, Name
from keygen.matrix.algebra import add, negate, transpose
from keygen.matrix.exercises import Worked
from keygen.matrix.expression import Expression, Symbol
from keygen.matrix.mistakes import (
    FORMULA_MISTAKES,
    RULE_MISTAKES,
    WHOLE_MISTAKES,
    multiplier_turned,
    not_turned,
    wrong_formulas,
)
from tests.courses import EN, RU, keygen, ordered

FORMULAS = 34
"""What sheet8 asks for."""
COMPARED = 0
SOME = (3, 11)


def letters_of(worked: Worked) -> Letters:
    sizes = worked.shapes | {"eta": [1, 1]}
    traits = {s.name: s.trait for s in worked.letters if s.trait != "general"}
    return Letters({name: tuple(shape) for name, shape in sizes.items()}, traits)


def apart(one: str, other: str, letters: Letters) -> bool:
    """Whether a formula has the shape of another and other values; a letter that the other has not is told so."""
    try:
        wanted = key_formula(other, letters)
        return agrees(typed_formula(one, wanted), wanted) is False
    except UnreadableError as error:
        return str(error).startswith("the key has no ")


def in_numpy(worked: Worked, e: Expression) -> str | None:
    """A formula in NumPy's signs; a sum over a sample need not have a form in matrices."""
    try:
        return worked.formula(e)
    except KeygenError:
        return None


def compared(worked: Worked, box: ChoiceBox) -> int:
    """How many options were compared two by two, as the grader compares what is typed with a key."""
    texts = [text for one in box.formulas if (text := in_numpy(worked, one.value)) is not None]
    for one, other in combinations(texts, 2):
        assert apart(one, other, letters_of(worked)), f"{one} and {other}"
    return len(texts)


def tried(seed: int) -> Counter[int]:
    """How many formulas of a seed have so many options; under 0, how many options were compared."""
    found: Counter[int] = Counter()
    order = ordered("sheet8", "en", seed)
    for item in asked_items(order):
        done = solved(order, item)
        asked = asked_of(done.answers(), done, item)
        assert not list(boxless(asked, done))
        for part, named in asked.items():
            for name, answer in named.items():
                box = formula_choice(done, part, name, answer)
                assert box is not None, f"{seed}: {item.entry.id} {part}.{name}"
                assert box.formulas[box.right] == result_of(done, part, name, answer)
                assert len({one.value.shape for one in box.formulas}) == 1
                worked = worked_to(done, box.formulas[box.right])
                if worked is not None:
                    found[COMPARED] += compared(worked, box)
                    assert worked.formula(box.formulas[box.right].value) == answer.exact
                found[len(box.options)] += 1
    return found


@pytest.mark.parametrize("seed", SOME)
def test_every_formula_of_sheet8_stands_among_three_others_of_its_shape_that_are_wrong(seed: int) -> None:
    found = tried(seed)
    assert found.pop(COMPARED) > 3 * FORMULAS
    assert found == {4: FORMULAS}


def test_the_order_belongs_to_the_variant_and_says_nothing_of_what_is_right() -> None:
    places = Counter[int]()
    for seed in range(1, 6):
        order = ordered("sheet8", "en", seed)
        item = next(iter(asked_items(order)))
        done = solved(order, item)
        answers = asked_of(done.answers(), done, item)
        boxes = [[formula_choice(done, part, *one) for part in answers for one in answers[part].items()] for _ in "ab"]
        assert boxes[0] == boxes[1]
        places.update(box.right for box in boxes[0] if box)
    assert set(places) == {0, 1, 2, 3}


def test_what_a_part_has_under_two_names_is_asked_once() -> None:
    order = ordered("sheet8", "en", 1)
    item = next(iter(asked_items(order)))
    done = solved(order, item)
    question = question_of(done, done.answers(), order, item, words("export", EN))
    assert [column for column, _ in question.places if column.startswith("1.f")] == ["1.f.gradient"]


def exported(target: str, out: Path, *more: str) -> Path:
    result = keygen("export", "sheet8", "--to", target, "--seeds", "2", "--out", str(out), *more)
    assert result.exit_code == 0, result.output
    return Path(result.stdout.splitlines()[0])


def test_moodle_reads_formulas_beside_buttons(tmp_path: Path) -> None:
    boxes = [box for one in read_quiz(exported("moodle", tmp_path)) for box in one.boxes]
    assert [(box.kind, len(box.alternatives)) for box in boxes] == [("MULTICHOICE_V", 4)] * FORMULAS
    texts = []
    for box in boxes:
        assert sorted(one.share for one in box.alternatives) == [0, 0, 0, 1]
        assert len({one.text for one in box.alternatives}) == 4
        texts += [re.fullmatch(r"\\\((.*)\\\)", one.text, re.DOTALL) for one in box.alternatives]
    assert None not in texts
    formulas = [html.unescape(one[1]) for one in texts if one is not None]
    assert len(read_by_mathjax(formulas)) == 4 * FORMULAS


def test_a_wrong_formula_is_told_by_the_mistake_that_leads_to_it(tmp_path: Path) -> None:
    boxes = [box for one in read_quiz(exported("moodle", tmp_path)) for box in one.boxes]
    assert all((one.feedback == "") == (one.share == 1) for box in boxes for one in box.alternatives)
    item = next(iter(read_qti(exported("qti21", tmp_path)).sections.values()))[0]
    right = item.right()
    for name, key in right.items():
        for place in range(4):
            score, said = item.marked({**right, name: f"C{place}"})
            assert (len(said) == 1) == (f"C{place}" == key)
            assert (score == pytest.approx(item.worth)) == (f"C{place}" == key)


@pytest.mark.parametrize("language", [EN, RU], ids=["en", "ru"])
def test_every_mistake_has_a_sentence_of_its_own(language: Language) -> None:
    say = words("export", language)
    mistakes = [*(one for _, one in RULE_MISTAKES), *FORMULA_MISTAKES, *WHOLE_MISTAKES, not_turned, multiplier_turned]
    assert len({say[f"mistake_{one.__name__}"] for one in mistakes}) == len(mistakes)


def test_a_mistake_is_named_by_what_it_is() -> None:
    A, B = Symbol("A", "n", "m"), Symbol("B", "m", "n")
    named = {one: name for name, one in wrong_formulas(add(A, transpose(B)))}
    assert named[A] == "lost_term"
    assert named[add(A, negate(transpose(B)))] == "other_sign"
    assert named[negate(add(A, transpose(B)))] == "turned_sign"


def test_moodle_has_no_macro_of_the_pages_style(tmp_path: Path) -> None:
    texts = [text for one in read_quiz(exported("moodle", tmp_path)) for text in one.formulas]
    assert texts
    assert not [text for text in texts if re.search(r"\\(kg|penalty)", text)]


def test_canvas_lists_formulas_by_numbers_and_asks_for_a_number(tmp_path: Path) -> None:
    package = read_package(exported("canvas", tmp_path))
    questions = [one for group in package.groups.values() for one in group]
    assert sum(len(one.boxes) for one in questions) == FORMULAS
    for one in questions:
        listed = re.findall(r"<p>\((\d)\) \\\(", one.text)
        assert listed == list("1234") * len(one.boxes)


def test_qti_and_stack_and_notebooks_and_quizzes_carry_them_too(tmp_path: Path) -> None:
    for target, *more in (("qti21",), ("stack",), ("html", "--quiz"), ("notebook",)):
        exported(target, tmp_path / target, "--strict", *more)


def test_a_formula_whose_lines_a_function_makes_is_a_choice_too() -> None:
    order = ordered("sheet8", "en", 3)
    item = next(one for one in asked_items(order) if one.entry.id == "matrix/ridge")
    found = solved(order, item)
    sources = {
        part: {
            name: concluded(source.source, lambda source=source: source.lines)
            if isinstance(source, ConcludedSource) else source
            for name, source in named.items()
        }
        for part, named in found.sources.items()
    }  # fmt: skip
    late = solved(order, item)
    late.__dict__["sources"] = sources
    each = [list(boxless(asked_of(one.sources, one, item), one)) for one in (found, late)]
    assert each[0] == each[1]
    choices = [formula_choice(one, "a", "gradient", one.answer("a", "gradient")) for one in (found, late)]
    assert choices[0] is not None
    assert choices[0] == choices[1]


def test_a_function_makes_the_lines_of_an_answer_once() -> None:
    asked: list[int] = []

    def lines() -> Iterator[int]:
        asked.append(1)
        yield from (1, 2)

    source = concluded("L", lines)
    assert source.says == source.says == (1, 2)
    assert len(asked) == 1
    line = Chain((Name("L"), Name("M")))
    assert concluded("L", lambda: line).says == (line,)
    with pytest.raises(KeygenError, match="a function among the lines of an answer"):
        concluded("L", lines, line)


if __name__ == "__main__":
    total: Counter[int] = Counter()
    for each in seeds_of(sys.argv[1]):
        total += tried(each)
    print("options of a formula, and how many formulas:", dict(total))
